"""What is asked for and what was done have words for every kind of action."""

import pytest

from pm_assistant.domain.actions import Action, ChangeTicket, CloseTree, Ignore, TicketField
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.presentation.deeds import imperative, past
from pm_assistant.presentation.i18n import texts_in
from tests.builders import a_tree
from tests.domain.test_actions import COMMENT, CREATE, MOVE

ENGLISH = texts_in(None)
TREE = a_tree(1, 2)


@pytest.mark.parametrize(
    ("action", "asked", "done"),
    [
        (a_tree(1), "Close:", "Closed:"),
        (TREE, "Close, with 1 below it:", "Closed, with 1 below it:"),
        (
            TREE.model_copy(update={"root_id": "ticket-5"}),
            "Close the 2 sub-tickets left open below:",
            "Closed the 2 sub-tickets left open below:",
        ),
        (
            a_tree(1).model_copy(update={"root_id": "ticket-5"}),
            "Close the sub-ticket left open below:",
            "Closed the sub-ticket left open below:",
        ),
    ],
)
def test_a_tree_says_how_many_tickets_it_closes(action: CloseTree, asked: str, done: str) -> None:
    """Before and after."""
    assert (asked, done) == (imperative(action, ENGLISH), past(action, ENGLISH, changed=True))
    assert past(action, ENGLISH, changed=False).startswith(("Was closed already", "Were closed already"))


def a_change(field: TicketField, id: str, name: str) -> ChangeTicket:
    """A field of a ticket is to be that."""
    return ChangeTicket(ticket_id="ticket-1", field=field, to=Suggestion(id=id, name=name, because="It was ordered."))


WORDS: list[tuple[Action, list[str], list[str]]] = [
    (COMMENT, ["Comment on", "Update the comment on"], ["Commented on", "Commented on"]),
    (CREATE, ["Create a ticket:", "Create a ticket:"], ["Created", "Created"]),
    (MOVE, ["Move to Done:", "Move to Done:"], ["Was at Done or further already:", "Moved to Done:"]),
    (
        a_change(TicketField.ASSIGNEE, "lin-kim", "Kim"),
        ["Assign to Kim:", "Assign to Kim:"],
        ["Was assigned to Kim already:", "Assigned to Kim:"],
    ),
    (
        a_change(TicketField.PRIORITY, "2", "high"),
        ["Change to priority high:", "Change to priority high:"],
        ["Had priority high already:", "Changed to priority high:"],
    ),
    (
        a_change(TicketField.LABEL, "label-bug", "Bug"),
        ["Label Bug:", "Label Bug:"],
        ["Was labelled Bug already:", "Labelled Bug:"],
    ),
    (Ignore(), ["", ""], ["", ""]),
]


@pytest.mark.parametrize(("action", "asked", "done"), WORDS, ids=lambda value: getattr(value, "kind", ""))
def test_what_is_asked_and_what_was_done_have_words(action: Action, asked: list[str], done: list[str]) -> None:
    """The first time and again; with nothing left to do and with something. What is ignored asks nothing."""
    assert asked == [imperative(action, ENGLISH, again=again) for again in (False, True)]
    assert done == [past(action, ENGLISH, changed=changed) for changed in (False, True)]
