"""A decision as it is shown beside its address, and all that is known of it to whoever may read that; plain text."""

from collections.abc import Iterator, Mapping, Set

from pm_assistant.domain.decisions import Decision, DecisionState, percent
from pm_assistant.domain.previews import Fact, Preview
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.work import Ticket, own_link
from pm_assistant.presentation.cards import Deciding, entry_of
from pm_assistant.presentation.i18n import gettext_noop

STATUSES: Mapping[DecisionState, str] = {
    DecisionState.LOGGED: gettext_noop("Only logged"),
    DecisionState.PROPOSED: gettext_noop("Waits for an answer"),
    DecisionState.QUEUED: gettext_noop("On its way"),
    DecisionState.ACTING: gettext_noop("On its way"),
    DecisionState.DONE: gettext_noop("Done"),
    DecisionState.FAILED: gettext_noop("Could not be done"),
    DecisionState.DISMISSED: gettext_noop("Not done"),
    DecisionState.UNDONE: gettext_noop("Taken back"),
}
MOST_RECEIPTS = 5


def preview_of(
    decision: Decision, tickets: Mapping[str, Ticket], *, withheld: Set[str], url: str, deciding: Deciding
) -> Preview:
    """A decision in a line: what everybody may read who reads it.

    Args:
        decision: as whoever reads it may see it.
        tickets: those that everybody may read among what it is about, by id.
        withheld: the ids of the others.
        url: of its page.
        deciding: who has answered.
    """
    entry = entry_of(decision, tickets, withheld=withheld, outside=False, deciding=deciding)
    if entry is None:
        entry = CardEntry(headline=decision.action.imperative(again=False), detail=decision.reason)
    shown = entry.model_copy(update={"awaits_answer": None, "answers": (), "asks_why": False, "undoes": None})
    return Preview(decision_id=decision.id, url=url, entry=shown, status=STATUSES[decision.state])


def details_of(
    preview: Preview, decision: Decision, *, deciding: Deciding, base_url: str | None, withheld: bool
) -> Preview:
    """The same with all that is known of it, for one person who may read that.

    Args:
        preview: of it.
        decision: as that person may read it.
        deciding: who has answered.
        base_url: of the chat's workspace, for receipts.
        withheld: it is about a ticket of a private team, of which it may hold words.
    """
    facts = [Fact(label="Sure", text=percent(decision.confidence)), Fact(label="Judged by", text=decision.judged_by)]
    if (name := deciding.names.get(decision.decided_by or "")) is not None:
        facts.append(Fact(label="Decided by", text=name))
    if not withheld:
        facts += _words(decision, base_url)
    return preview.model_copy(update={"facts": tuple(facts)})


def _words(decision: Decision, base_url: str | None) -> Iterator[Fact]:
    """What was said, and what was made of it."""
    yield Fact(label="Why", text=decision.reason)
    if decision.error:
        yield Fact(label="Because", text=decision.error)
    for number, receipt in enumerate(decision.evidence[:MOST_RECEIPTS], 1):
        if (link := own_link(receipt.url, base_url)) is not None:
            yield Fact(label="Said here", text=f"Message {number}", url=link)
