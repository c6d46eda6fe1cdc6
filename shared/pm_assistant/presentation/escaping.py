"""What people wrote stays data where it is shown: nothing in it is taken for an address or for markup."""

import re

APART = "\u200b"
"""A space without width: keeps characters from forming a link or a list, and is not seen."""

_OPENING = re.compile(r"^(?:[-+=]|\d+[.)])")
"""What makes a list, a rule or a heading out of a line it begins."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~@])")
_HOST = re.compile(r"(?<=\S)[.\u3002\uff0e\uff61](?=[^\W\d_])")
"""The dots of a host, also those that browsers take for one (UTS 46); those of file names with them."""
_SCHEME = re.compile(r"(?<=[A-Za-z]):(?=\S)|/(?=/)")
"""What sets a scheme or an authority apart: `https:`, `mailto:`, `//host`."""


def inert(text: str) -> str:
    """Text of one line in which nothing is taken for an address, with or without a scheme; it reads as before."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _SCHEME.sub(rf"\g<0>{APART}", _HOST.sub(rf"\g<0>{APART}", line))


def escape_markdown(text: str) -> str:
    """Make text that a person wrote harmless inside Markdown: no markup, no mention, no link of its own."""
    safe = _MARKDOWN.sub(r"\\\1", inert(text))
    return f"{APART}{safe}" if _OPENING.match(safe) else safe
