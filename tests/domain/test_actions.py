"""What depends on the kind of action is said by its class, for every kind."""

from itertools import product
from typing import get_args

import pytest
from pydantic import ValidationError

from pm_assistant.domain.actions import (
    WITHHELD,
    Action,
    ChangeTicket,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
    TicketField,
)
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.tenants import ActionKind, Mode, Settings
from tests.builders import DOING, DONE, ENG, TODO, a_comment, a_ticket, a_tree

COMMENT, MOVE = a_comment(), MoveTicket(ticket_id="ticket-1", to=DONE)
CREATE = CreateTicket(title="Coupon lost", description="With PayPal")
TREE = a_tree(1, 2)
LINK = LinkPullRequest(pull_request_id="900:1", name="acme/shop#1", ticket_id="ticket-1", link=LinkKind.CONTRIBUTES)
CHANGE = ChangeTicket(
    ticket_id="ticket-1", field=TicketField.PRIORITY, to=Suggestion(id="1", name="urgent", because="said so")
)
ACTIONS: tuple[Action, ...] = (COMMENT, CREATE, MOVE, CHANGE, TREE, LINK, Ignore(), Ignore(work=True))
TICKETS, TEAMS = {"ticket-1": a_ticket(1, state=DOING)}, {ENG.id: ENG}


def test_every_kind_has_one_class() -> None:
    """A kind without one could be allowed and never done."""
    union = get_args(get_args(Action)[0])
    assert sorted(ActionKind) == sorted(get_args(cls.model_fields["kind"].annotation)[0] for cls in union)


def test_a_new_tenant_is_asked_about_every_kind_that_does_something() -> None:
    """A kind that is added later is proposed, too, never done on its own."""
    rules = Settings().rules
    assert set(ActionKind) - {ActionKind.IGNORE} == set(rules)
    assert {Mode.PROPOSE} == {rule.mode for rule in rules.values()}


@pytest.mark.parametrize(("one", "other"), list(product(ACTIONS, ACTIONS)))
@pytest.mark.parametrize("common", [True, False])
def test_being_the_same_is_mutual_and_needs_one_key(one: Action, other: Action, common: bool) -> None:
    """What is the same from one side is so from the other, and then both stand under one key."""
    assert one.same_as(other, common_evidence=common) is other.same_as(one, common_evidence=common)
    assert not one.same_as(other, common_evidence=common) or one.key == other.key


@pytest.mark.parametrize(
    ("action", "alone", "together"),
    [
        (COMMENT, True, True),
        (MOVE, True, True),
        (CREATE, False, True),
        (TREE, True, True),
        (LINK, True, True),
        (Ignore(work=True), False, False),
    ],
    ids=lambda value: value.kind if not isinstance(value, bool) else "",
)
def test_what_is_the_same_as_itself(action: Action, alone: bool, together: bool) -> None:
    """New tickets only with a message in common; doing nothing never."""
    assert alone is action.same_as(action, common_evidence=False)
    assert together is action.same_as(action, common_evidence=True)


def test_another_ticket_or_another_state_is_another_thing() -> None:
    """A comment on one ticket is none on another, and moving on is a move of its own."""
    assert not COMMENT.same_as(COMMENT.model_copy(update={"ticket_id": "ticket-2"}), common_evidence=True)
    assert not MOVE.same_as(MOVE.model_copy(update={"ticket_id": "ticket-2"}), common_evidence=True)
    assert not MOVE.same_as(MOVE.model_copy(update={"to": DOING}), common_evidence=True)
    assert not LINK.same_as(LINK.model_copy(update={"ticket_id": "ticket-2"}), common_evidence=True)
    assert not TREE.same_as(a_tree(2), common_evidence=True)
    assert TREE.same_as(a_tree(1), common_evidence=False)


def test_a_tree_is_about_all_of_its_tickets() -> None:
    """And about the closed one above them, where it closes what is below that."""
    assert {"ticket-1", "ticket-2"} == set(TREE.tickets)
    assert {"ticket-5", "ticket-1", "ticket-2"} == set(TREE.model_copy(update={"root_id": "ticket-5"}).tickets)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.kind)
def test_withheld_words_are_nowhere_in_what_is_shown(action: Action) -> None:
    """Not one word that people said is left; what it is about and where it leads stays."""
    shown = action.without_words()
    assert (action.kind, action.about_ticket) == (shown.kind, shown.about_ticket)
    left = [word for word in ("Ada", "coupon", "Coupon", "PayPal") if word in shown.model_dump_json()]
    assert [] == left
    assert shown.words in {None, "", WITHHELD}


@pytest.mark.parametrize(
    ("action", "flaw"),
    [
        (COMMENT, None),
        (Comment(ticket_id="ticket-9", summary="x"), "unknown ticket"),
        (CREATE, None),
        (CreateTicket(title=" ", description="x"), "new ticket has no title"),
        (MOVE, None),
        (MoveTicket(ticket_id="ticket-9", to=DONE), "unknown ticket"),
        (MoveTicket(ticket_id="ticket-1", to=TODO), "does not move the ticket forwards"),
        (MoveTicket(ticket_id="ticket-1", to=DOING), "does not move the ticket forwards"),
        (
            MoveTicket(ticket_id="ticket-1", to=DONE.model_copy(update={"id": "elsewhere"})),
            "state is not one of the ticket's team",
        ),
        (Ignore(), None),
    ],
    ids=lambda value: value.kind if not isinstance(value, str | None) else str(value),
)
def test_an_action_may_speak_only_of_what_was_shown(action: Action, flaw: str | None) -> None:
    """Tickets and states that nobody showed the analyst are made up."""
    assert flaw == action.flaw(TICKETS, TEAMS)


def test_a_move_in_a_team_that_nobody_knows_is_unusable() -> None:
    """Its workflow cannot be looked at."""
    assert "state is not one of the ticket's team" == MOVE.flaw(TICKETS, {})


def test_a_field_of_a_ticket_comes_to_be_one_thing() -> None:
    """The same change is the same; a priority is a number of the tracker's scale."""
    assert CHANGE.same_as(
        CHANGE.model_copy(update={"to": CHANGE.to.model_copy(update={"because": ""})}), common_evidence=False
    )
    for other in (
        CHANGE.model_copy(update={"ticket_id": "ticket-2"}),
        CHANGE.model_copy(update={"field": TicketField.ASSIGNEE}),
        CHANGE.model_copy(update={"to": CHANGE.to.model_copy(update={"id": "2"})}),
        MOVE,
    ):
        assert not CHANGE.same_as(other, common_evidence=True)
    with pytest.raises(ValidationError, match="scale"):
        ChangeTicket(ticket_id="ticket-1", field=TicketField.PRIORITY, to=CHANGE.to.model_copy(update={"id": "5"}))
