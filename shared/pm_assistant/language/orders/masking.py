"""Messages with a mask over what is not their author's own words: code, quotations, addresses and names of people."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

ADDRESS, PERSON, OPAQUE = "\x01", "\x02", "\ufffc"
"""What stands in the place of: the assistant's name, another's, and what the author did not say or we do not read."""
MENTION = re.compile(r"<[@!]([^<>|\s]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<(?![@!])([^<>|\s]+)(?:\|[^<>]*)?>")
_NOT_SAID = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`|^[ \t]*(?:&gt;|>).*$|(?<![\w~])~[^~\n]+~", re.DOTALL | re.MULTILINE)
_QUOTED_BLOCK = re.compile(r"^[ \t]*(?:&gt;|>){3}.*", re.DOTALL | re.MULTILINE)
_ARROW = re.compile(r"(?:-|=)(?:&gt;|>)")
"""As the chat hands on what is typed as an arrow."""
_NARROW = str.maketrans("\uff1a\uff0c\uff01\uff1f\u3002\u0964\uff1b\uff0d\u3000\u3001", ":,!?..;- ,")

type Span = tuple[int, int]
"""Where something begins and ends in a message."""


class Utterance(NamedTuple):
    """What somebody wrote.

    Attributes:
        text: in the chat's markup.
        masked: its author's own words, each where it stands in the text.
    """

    text: str
    masked: str

    def without(self, spans: Sequence[Span]) -> "Utterance":
        """The same where nothing stands there."""
        text, masked = self
        for start, end in sorted(spans, reverse=True):
            text, masked = text[:start] + text[end:], masked[:start] + masked[end:]
        return Utterance(text, masked)


def is_set_off(masked: str) -> bool:
    """Whether our name stands at the beginning or the end of what is said, so that all of it is said to us."""
    return masked.startswith(ADDRESS) or masked.endswith(ADDRESS)


def mask(text: str, assistant: str, ticket_at: Callable[[str], str | None]) -> str:
    """An author's own words, as long as the text: in narrow signs, and with keys for the addresses of our tickets.

    Args:
        text: in the chat's markup.
        assistant: who we are in the chat.
        ticket_at: the key of our ticket that an address leads to, if it leads to one.
    """

    def opaque(match: re.Match[str]) -> str:
        return OPAQUE * len(match[0])

    def mention(match: re.Match[str]) -> str:
        return (ADDRESS if match[1] == assistant else PERSON) * len(match[0])

    def link(match: re.Match[str]) -> str:
        key = ticket_at(match[1])
        return key.ljust(len(match[0])) if key and len(key) <= len(match[0]) else opaque(match)

    text = _ARROW.sub(lambda match: "\u2192".ljust(len(match[0])), text)
    narrow = "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text.translate(_NARROW))
    said = _NOT_SAID.sub(opaque, _QUOTED_BLOCK.sub(opaque, narrow))
    return _LINK.sub(link, MENTION.sub(mention, said)).replace("*", " ")
