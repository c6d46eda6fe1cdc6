"""What a new ticket gets beside its title: quotes, a team, a parent, and suggestions, each with what speaks for it."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome
from pm_assistant.domain.drafts import MOST_QUOTES, Quote
from pm_assistant.domain.tenants import Provider, Settings, Standing
from pm_assistant.domain.work import Message, Team, Ticket
from pm_assistant.workflows.pipeline.drafting import LONGEST_QUOTE, LOOKED_BACK, Drafting, team_and_details
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TODO,
    a_comment,
    a_conversation,
    a_decision,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit

OPS = ENG.model_copy(update={"id": "team-ops", "key": "OPS", "name": "Operations"})
SECRET = ENG.model_copy(update={"id": "team-sec", "key": "ABC", "name": "Secret", "private": True})


class DraftUnit(FakeUnit):
    """A unit of a tenant with two teams that everybody sees and one that not everybody does."""

    def __init__(self, *tickets: Ticket, teams: tuple[Team, ...] = (ENG, OPS, SECRET), **bob: Any) -> None:
        super().__init__(at=NOW + timedelta(minutes=2))
        self.stores.directory.put_teams(ACME, teams)
        self.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob", **bob)])
        self.tickets = tickets
        for ticket in tickets:
            self.stores.tickets.put(ACME, ticket)

    def led_to(self, *ticket_ids: str, **changes: Any) -> None:
        """Earlier conversations of the channel led to comments on these tickets."""
        for number, ticket_id in enumerate(ticket_ids):
            earlier = a_message(-3600 * (number + 1))
            done = {"state": DecisionState.DONE} | changes
            self.stores.decisions.save(a_decision(action=a_comment(ticket_id), message=earlier, **done))

    def draft(self, *said: Message, cited: int | None = None, **changes: Any) -> CreateTicket:
        """Fill in a ticket that rests on these messages, or on the first of them."""
        action = CreateTicket(title="Deposit is charged twice", description="A summary.", **changes)
        messages = said or (a_message(text="The deposit is charged twice"),)
        drafting = Drafting(
            a_conversation(*messages), a_tenant(), self.stores.index.read(ACME), self, near=self.tickets
        )
        return drafting.filled(action, messages[:cited])


def replies(*texts: str, author: str = "U0BOB") -> list[Message]:
    """A thread that Ada began, in which somebody else said these."""
    root = a_message(text="The deposit is charged twice")
    said = (a_message(n, text, author=author, root_ts=root.ts) for n, text in enumerate(texts, start=1))
    return [root, *said]


# What is quoted


def test_what_was_said_is_quoted_word_for_word_under_its_authors_name() -> None:
    """As the chat shows it, names in place of ids, lines as they are; who is not known is not named."""
    said = [
        a_message(text="<@U0BOB> the *deposit* is charged twice:\nsee a_b"),
        a_message(1, "Yes", author="U0STRANGE"),
    ]

    assert (
        Quote(author="Ada", text="Bob the deposit is charged twice:\nsee a_b"),
        Quote(author="Somebody", text="Yes"),
    ) == DraftUnit().draft(*said).quotes


def test_of_a_long_conversation_the_beginning_and_the_end_are_quoted() -> None:
    """So many messages, so much of each; where one is cut, that is said."""
    said = [a_message(n, f"{n} " + "x" * 2_000) for n in range(9)]

    quotes = DraftUnit().draft(*said).quotes

    assert MOST_QUOTES == len(quotes)
    assert ["0", "5", "6", "7", "8"] == [quote.text[0] for quote in quotes]
    assert all(quote.text[LONGEST_QUOTE:] == " [\u2026]" for quote in quotes)


def test_nothing_said_in_private_is_quoted() -> None:
    """The ticket is read by more people."""
    said = replies("I'll take it")

    action = DraftUnit().draft(*(message.model_copy(update={"private": True}) for message in said))

    assert () == action.quotes
    assert "A summary." == action.description
    assert action.suggested_assignee is not None
    assert "take it" not in action.suggested_assignee.because


def test_a_description_that_only_repeats_what_is_quoted_is_left_out() -> None:
    """Nobody reads it twice."""
    action = CreateTicket(title="Deposit", description="Ada: The deposit is charged twice")
    unit, [root] = DraftUnit(), replies()

    drafting = Drafting(a_conversation(root), a_tenant(), unit.stores.index.read(ACME), unit)

    assert "" == drafting.filled(action, [root]).description


# How urgent it is


def test_a_priority_needs_the_sentence_that_says_so() -> None:
    """Word for word: what nobody said is none."""
    unit = DraftUnit()
    said = a_message(text="Charged twice. All customers are affected!")

    known = unit.draft(said, priority=1, priority_because="All customers are affected!")
    assert (1, "All customers are affected!") == (known.priority, known.priority_because)
    for made_up in ("", "Everybody is affected!"):
        action = unit.draft(said, priority=1, priority_because=made_up)
        assert (0, "") == (action.priority, action.priority_because)


# Whose ticket it is to be


def team_of(action: CreateTicket) -> str | None:
    """The id of the team that a ticket is to be of."""
    return action.team.id if action.team else None


def test_a_ticket_goes_where_the_channels_earlier_tickets_are() -> None:
    """If most of them are one team's; what was not done counts for nothing, nor does what was long ago."""
    tickets = [a_ticket(n, team_id="team-ops") for n in (1, 2)]
    unit = DraftUnit(*tickets, a_ticket(3))
    unit.led_to("ticket-3", state=DecisionState.PROPOSED)
    assert team_of(unit.draft()) is None

    unit.led_to("ticket-1", "ticket-2")
    assert "team-ops" == team_of(unit.draft())

    assert team_of(unit.draft(a_message(LOOKED_BACK.total_seconds() + 60, "The deposit"))) is None


def test_one_earlier_ticket_is_no_habit_nor_is_every_second() -> None:
    """It may have been by chance."""
    tickets = [a_ticket(n, team_id="team-ops" if n < 3 else "team-eng") for n in range(1, 5)]
    unit = DraftUnit(*tickets)
    unit.led_to("ticket-1")
    assert team_of(unit.draft()) is None

    unit.led_to(*(ticket.id for ticket in tickets))
    assert team_of(unit.draft()) is None


def test_a_ticket_that_was_made_in_the_channel_counts_as_well() -> None:
    """It is known by what came of it."""
    tickets = [a_ticket(n, team_id="team-ops") for n in (1, 2)]
    unit = DraftUnit(*tickets)
    for number, ticket in enumerate(tickets, start=1):
        made = Outcome(external_id=ticket.id, url=ticket.url, inverse="{}")
        decision = a_decision(action=CreateTicket(title="T", description=""), message=a_message(-60 * number))
        unit.stores.decisions.save(decision.model_copy(update={"state": DecisionState.DONE, "outcome": made}))

    assert "team-ops" == team_of(unit.draft())


def test_else_it_goes_where_tickets_like_it_are_or_those_that_its_author_opened() -> None:
    """In this order; to a private team nothing goes, for people of all teams speak here."""
    alike = [a_ticket(n, title="Deposit charged", team_id="team-ops") for n in (1, 2)]
    assert "team-ops" == team_of(DraftUnit(*alike).draft(*replies()))

    opened = [a_ticket(n, creator_id="lin-ada", team_id="team-ops") for n in (1, 2)]
    assert "team-ops" == team_of(DraftUnit(*opened).draft(*replies()))

    private = [a_ticket(n, creator_id="lin-ada", team_id="team-sec") for n in (1, 2)]
    assert team_of(DraftUnit(*private).draft(*replies())) is None


def test_where_there_is_one_team_nothing_is_looked_up() -> None:
    """It gets all tickets."""
    unit = DraftUnit(a_ticket(1), a_ticket(2), teams=(ENG,))
    unit.led_to("ticket-1", "ticket-2")

    assert team_of(unit.draft()) is None


def test_a_ticket_that_is_said_to_be_below_another_is_its_teams() -> None:
    """And hangs there; one that not everybody may read is none."""
    unit = DraftUnit(a_ticket(7, team_id="team-ops"), a_ticket(8, team_id="team-sec", key="ABC-8"))

    action = unit.draft(*replies("please, as a sub-task of ENG-7"))
    assert ("ticket-7", "ENG-7", "team-ops") == (
        action.parent and action.parent.id,
        action.parent and action.parent.name,
        team_of(action),
    )

    assert unit.draft(*replies("a sub-task of ABC-8")).parent is None
    assert unit.draft(*replies("a sub-task of ENG-99")).parent is None


# Who may take it


def test_who_says_to_take_it_is_suggested() -> None:
    """With the words; also if they were said after all that the ticket rests on."""
    [*_, last] = said = replies("Sure. I'll take it", "thanks!")

    assignee = DraftUnit().draft(*said, cited=1).suggested_assignee

    assert last.is_reply
    assert assignee is not None
    assert ("lin-bob", "Bob", "who said: \u201cI'll take it\u201d") == tuple(assignee.model_dump().values())


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
@pytest.mark.parametrize("provider", [Provider.SLACK, Provider.LINEAR])
def test_who_is_no_full_member_everywhere_is_not_suggested(provider: Provider, standing: Standing) -> None:
    """Whatever they say, and whatever they had."""
    alike = [a_ticket(n, title="Deposit charged", assignee_id="lin-bob") for n in (1, 2)]
    unit = DraftUnit(*alike, standings={provider: standing})

    assert unit.draft(*replies("I'll take it")).suggested_assignee is None


def test_who_has_no_account_in_the_tracker_is_not_suggested() -> None:
    """Nobody can be assigned so."""
    assert DraftUnit(linear_id=None).draft(*replies("I'll take it")).suggested_assignee is None


def test_else_who_has_the_tickets_like_it_is_suggested() -> None:
    """If that is one person, and not by chance."""
    mine = [a_ticket(n, title="Deposit charged", assignee_id="lin-bob") for n in (1, 2)]
    others = a_ticket(3, title="Deposit charged", assignee_id="lin-ada")

    owner = DraftUnit(*mine).draft(*replies()).suggested_assignee
    assert owner is not None
    assert ("lin-bob", "Bob", "who has ENG-1, ENG-2") == tuple(owner.model_dump().values())
    assert DraftUnit(mine[0]).draft(*replies()).suggested_assignee is None
    assert DraftUnit(*mine, others).draft(*replies()).suggested_assignee is None


# What it may be labelled with


def test_labels_are_those_that_were_named_or_that_tickets_like_it_have() -> None:
    """Of the team's own tickets, by their ids there."""
    alike = [a_ticket(n, title="Deposit charged", labels=("Billing",), label_ids=("l-1",)) for n in (1, 2)]
    named = a_ticket(3, title="Else", labels=("Checkout", "Mobile"), label_ids=("l-2", "l-3"))
    foreign = a_ticket(4, team_id="team-ops", labels=("Twice",), label_ids=("l-4",))

    labels = DraftUnit(*alike, named, foreign).draft(*replies("on mobile")).labels

    assert [("l-1", "Billing"), ("l-3", "Mobile")] == [(label.id, label.name) for label in labels]
    assert ["2 of 2 tickets like it have it.", "It was named."] == [label.because for label in labels]


# What is given to the tracker


def decided(action: CreateTicket, **changes: Any) -> Decision:
    """A decision to create it."""
    return a_decision(action=action, **changes)


def test_who_was_suggested_is_assigned_once_a_person_has_said_yes() -> None:
    """Unasked nobody is."""
    unit = DraftUnit()
    action = unit.draft(*replies("I'll take it"))

    for by, assigned in ((None, None), ("U0ADA", "lin-bob")):
        details = team_and_details(action, decided(action, decided_by=by), a_tenant(), unit)[1]
        assert assigned == details.assignee_id


def test_where_nothing_tells_the_home_team_gets_the_ticket_or_the_first_by_key() -> None:
    """Also if the team that was meant has become private."""
    unit = DraftUnit()
    action = unit.draft()
    home = a_tenant(settings=Settings(home_team_id="team-ops"))

    assert "team-eng" == team_and_details(action, decided(action), a_tenant(), unit)[0]
    assert "team-ops" == team_and_details(action, decided(action), home, unit)[0]
    below = DraftUnit(a_ticket(7, team_id="team-ops")).draft(*replies("a sub-task of ENG-7"))
    assert "team-ops" == team_and_details(below, decided(below), a_tenant(), unit)[0]
    unit.stores.directory.put_teams(ACME, [ENG, OPS.model_copy(update={"private": True})])
    assert "team-eng" == team_and_details(below, decided(below), a_tenant(), unit)[0]


def test_a_parent_that_has_gone_is_none() -> None:
    """The ticket is better made without it than not."""
    unit = DraftUnit(a_ticket(7, state=TODO))
    action = unit.draft(*replies("a sub-task of ENG-7"))
    assert "ticket-7" == team_and_details(action, decided(action), a_tenant(), unit)[1].parent_id

    unit.stores.tickets.remove(ACME, "ticket-7", at=NOW)
    assert team_and_details(action, decided(action), a_tenant(), unit)[1].parent_id is None
