"""What the product writes into tickets: what people said is data there, and gets its Markdown escaped."""

import re
from collections.abc import Iterator

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.drafts import PRIORITIES, Quote
from pm_assistant.domain.work import own_link

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


def comment_body(summary: str, decision: Decision, *, base_url: str | None) -> str:
    """Write the Markdown of a ticket comment: what was said, and the permalinks that prove it.

    Args:
        summary: what was said.
        decision: whose evidence is linked.
        base_url: of the tenant's own workspace in the chat; evidence from anywhere else gets no link.
    """
    return f"{escape_markdown(summary)}\n\n{_receipts(decision, base_url)}"


def ticket_body(action: CreateTicket, decision: Decision, *, base_url: str | None) -> str:
    """Write the Markdown description of a ticket that a conversation asked for: what it is about, and who said what.

    Its evidence is linked as in a comment.
    """
    parts = [escape_markdown(action.description), *map(_quotation, action.quotes), *_suggestions(action)]
    return "\n\n".join([*filter(None, parts), _receipts(decision, base_url)])


def _quotation(quote: Quote) -> str:
    """A block quote that names who said it; the lines are as they were said."""
    first, *others = quote.text.splitlines() or [""]
    said = [f"**{escape_markdown(quote.author)}:** {escape_markdown(first)}", *map(escape_markdown, others)]
    return "\n".join(f"> {line}".rstrip() + "  " * (number < len(said)) for number, line in enumerate(said, start=1))


def _suggestions(action: CreateTicket) -> Iterator[str]:
    """What it was before, why it has its priority, and who may take it."""
    if action.regression_of is not None:
        before = action.regression_of
        yield f"Regression of {escape_markdown(before.name)}: {escape_markdown(before.because)}"
    if action.priority_because:
        because = escape_markdown(action.priority_because)
        yield f"Priority {PRIORITIES[action.priority]}, because of: \u201c{because}\u201d"
    if action.suggested_assignee is not None:
        who, because = (
            escape_markdown(action.suggested_assignee.name),
            escape_markdown(action.suggested_assignee.because),
        )
        yield f"Suggested assignee: {who} ({because})"


def _receipts(decision: Decision, base_url: str | None) -> str:
    links = [link for receipt in decision.evidence if (link := own_link(receipt.url, base_url))]
    if not links:
        return "Said in Slack"
    first, *others = links[:5]
    return f"[Said in Slack]({first})" + "".join(f", [{number}]({link})" for number, link in enumerate(others, start=2))
