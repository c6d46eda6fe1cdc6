"""What the product writes into tickets: what people said is data there, and gets its Markdown escaped."""

from collections.abc import Iterator

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.drafts import PRIORITIES, Quote
from pm_assistant.domain.work import own_link
from pm_assistant.presentation.escaping import escape_markdown


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
    parts = [escape_markdown(action.description), *map(_quotation, action.quotes), *_suggestions(action, decision)]
    return "\n\n".join([*filter(None, parts), _receipts(decision, base_url)])


def _quotation(quote: Quote) -> str:
    """A block quote that names who said it; the lines are as they were said."""
    first, *others = quote.text.splitlines() or [""]
    said = [f"**{escape_markdown(quote.author)}:** {escape_markdown(first)}", *map(escape_markdown, others)]
    return "\n".join(f"> {line}".rstrip() + "  " * (number < len(said)) for number, line in enumerate(said, start=1))


def _suggestions(action: CreateTicket, decision: Decision) -> Iterator[str]:
    """What it was before, why it has its priority, and who may take it; whom it was ordered for has it."""
    if action.regression_of is not None:
        before = action.regression_of
        yield f"Regression of {escape_markdown(before.name)}: {escape_markdown(before.because)}"
    if action.priority_because:
        because = escape_markdown(action.priority_because)
        yield f"Priority {PRIORITIES[action.priority]}, because of: \u201c{because}\u201d"
    if action.suggested_assignee is not None and not (decision.order and decision.order.assigns):
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
