"""A person's page in the chat; plain text, which the chat adapter escapes."""

from collections.abc import Mapping, Sequence, Set

from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.home import Home, HomeSection
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.cards import Deciding, entry_of

WAITING, DONE = "Waiting for your answer", "What I did"
NOTHING_WAITS, NOTHING_DONE = "Nothing waits for you.", "Nothing yet."


def home_of(
    decisions: Sequence[Decision],
    tickets: Mapping[str, Ticket],
    *,
    withheld: Set[str] = frozenset(),
    deciding: Deciding,
    answers: bool,
) -> Home:
    """A page of what waits for a person's answer and of what was done, each with why.

    Args:
        decisions: those that the person may read of, changed last first.
        tickets: those that everybody may read among what they are about, by id.
        withheld: the ids of the others.
        deciding: who has answered, and what can still be.
        answers: whether the person may answer.
    """
    asked = [decision for decision in decisions if decision.awaits_answer]
    done = [decision for decision in decisions if not decision.awaits_answer and decision.performed]
    sections = [(WAITING, asked, NOTHING_WAITS)] if answers else []
    sections.append((DONE, done, NOTHING_DONE))
    return Home(sections=tuple(_section(*each, tickets, withheld, deciding) for each in sections))


def stranger_home() -> Home:
    """A page for whoever is not of the team: it says nothing of it."""
    about = "I keep a team's tickets in step with what it says. Nothing here is for you yet."
    return Home(sections=(HomeSection(title="PM Assistant", text=about),))


def _section(
    title: str,
    decisions: Sequence[Decision],
    otherwise: str,
    tickets: Mapping[str, Ticket],
    withheld: Set[str],
    deciding: Deciding,
) -> HomeSection:
    found = (entry_of(each, tickets, withheld=withheld, outside=False, deciding=deciding) for each in decisions)
    entries = tuple(entry for entry in found if entry is not None)
    return HomeSection(title=title, entries=entries, text="" if entries else otherwise)
