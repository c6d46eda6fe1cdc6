"""What the product writes into tickets: what people said is data there, and gets its Markdown escaped."""

import re

from pm_assistant.domain.decisions import Decision

APART = "\u200b"
"""A space without width: keeps characters from forming a link or a list, and is not seen."""

_OPENING = re.compile(r"^(?:[-+=]|\d+[.)])")
"""What makes a list, a rule or a heading out of a line it begins."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~@])")


def escape_markdown(text: str) -> str:
    """Make text that a person wrote harmless inside Markdown: no markup, no mention, no link of its own."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    safe = _MARKDOWN.sub(r"\\\1", line).replace("://", f":{APART}//").replace("www.", f"www{APART}.")
    return f"{APART}{safe}" if _OPENING.match(safe) else safe


def comment_body(summary: str, decision: Decision) -> str:
    """Write the Markdown of a ticket comment: what was said, and the permalinks that prove it."""
    return f"{escape_markdown(summary)}\n\n{_receipts(decision)}"


def ticket_body(description: str, decision: Decision) -> str:
    """Write the Markdown description of a ticket that a conversation asked for."""
    return f"{escape_markdown(description)}\n\n{_receipts(decision)}"


def _receipts(decision: Decision) -> str:
    first, *others = decision.evidence
    more = "".join(f", [{number}]({receipt.url})" for number, receipt in enumerate(others[:4], start=2))
    return f"[Said in Slack]({first.url}){more}"
