"""A decision as it is shown beside its address, and all that is known of it to whoever may read that; plain text."""

from collections.abc import Iterator, Mapping, Set

from pm_assistant.domain.answers import Answer
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.previews import Fact, Preview
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.work import Ticket, own_link
from pm_assistant.presentation.cards import Deciding, entry_of, percent_in
from pm_assistant.presentation.deeds import imperative
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.presentation.reasons import reason_in

STATUSES: Mapping[DecisionState, str] = {
    DecisionState.LOGGED: gettext_noop("Only logged"),
    DecisionState.PROPOSED: gettext_noop("Waits for an answer"),
    DecisionState.QUEUED: gettext_noop("On its way"),
    DecisionState.ACTING: gettext_noop("Being done"),
    DecisionState.DONE: gettext_noop("Done"),
    DecisionState.FAILED: gettext_noop("Could not be done"),
    DecisionState.DISMISSED: gettext_noop("Not done"),
    DecisionState.UNDONE: gettext_noop("Taken back"),
}
ANSWERS: Mapping[Answer, str] = {
    "approve": gettext_noop("Approve"),
    "edit": gettext_noop("Edit…"),
    "relink": gettext_noop("Another ticket…"),
    "dismiss": gettext_noop("Dismiss"),
    "undo": gettext_noop("Undo"),
    "retry": gettext_noop("Try again"),
}
"""What is pressed to give each."""
MOST_RECEIPTS = 5


def preview_of(
    decision: Decision, tickets: Mapping[str, Ticket], texts: Texts, *, withheld: Set[str], url: str, deciding: Deciding
) -> Preview:
    """A decision in a line: what everybody may read who reads it.

    Args:
        decision: as whoever reads it may see it.
        tickets: those that everybody may read among what it is about, by id.
        texts: write in the language of whoever reads it.
        withheld: the ids of the others.
        url: of its page.
        deciding: who has answered.
    """
    entry = entry_of(decision, tickets, texts, withheld=withheld, outside=False, deciding=deciding)
    if entry is None:
        entry = CardEntry(headline=imperative(decision.action, texts), detail=reason_in(decision.reason, texts))
    shown = entry.model_copy(update={"awaits_answer": None, "answers": (), "asks_why": False, "undoes": None})
    return Preview(
        decision_id=decision.id,
        url=url,
        entry=shown,
        status=texts.gettext(STATUSES[decision.state]),
        language=texts.language,
    )


def details_of(
    preview: Preview, decision: Decision, texts: Texts, *, deciding: Deciding, base_url: str | None, withheld: bool
) -> Preview:
    """The same with all that is known of it, for one person who may read that.

    Args:
        preview: of it.
        decision: as that person may read it.
        texts: write in that person's language.
        deciding: who has answered.
        base_url: of the chat's workspace, for receipts.
        withheld: it is about a ticket of a private team, of which it may hold words.
    """
    facts = [
        Fact(label=texts.gettext("Sure"), text=percent_in(decision.confidence, texts)),
        Fact(label=texts.gettext("Judged by"), text=decision.judged_by),
    ]
    if (name := deciding.names.get(decision.decided_by or "")) is not None:
        facts.append(Fact(label=texts.gettext("Decided by"), text=reason_in(name, texts)))
    if not withheld:
        facts += _words(decision, texts, base_url)
    return preview.model_copy(update={"facts": tuple(facts)})


def _words(decision: Decision, texts: Texts, base_url: str | None) -> Iterator[Fact]:
    """What was said, and what was made of it."""
    yield Fact(label=texts.gettext("Why"), text=reason_in(decision.reason, texts))
    if decision.error:
        yield Fact(label=texts.gettext("Because"), text=reason_in(decision.error, texts))
    for number, receipt in enumerate(decision.evidence[:MOST_RECEIPTS], 1):
        if (link := own_link(receipt.url, base_url)) is not None:
            yield Fact(
                label=texts.gettext("Said here"), text=texts.gettext("Message {number}", number=str(number)), url=link
            )
