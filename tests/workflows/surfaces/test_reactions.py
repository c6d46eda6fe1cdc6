"""Reactions count where the team has said so: as the button would, or as an order, by whoever may press or order."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.surfaces import ReactionAdded
from pm_assistant.domain.tenants import Provider, Reaction, Settings, Standing
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.surfaces.reactions import SEVERAL, take_reaction
from tests.builders import ACME, ENG, NOW, a_comment, a_decision, a_member, a_message, a_tenant, a_ticket
from tests.fakes.vendors import FakeTracker
from tests.workflows.pipeline.unit import AnalyzeUnit

SAID = a_message(0, "The export of invoices times out")


class ReactingUnit(AnalyzeUnit):
    """A team that lets all reactions count, and whose Ada has said something."""

    def __init__(self, *, settings: Settings | None = None) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant(settings=settings or Settings(reactions=tuple(Reaction))))
        self.chat.people = [a_member("ada")]
        self.tracker = FakeTracker(tickets=[a_ticket(1)], teams=[ENG])
        self.say(SAID)

    def shown(self, *decisions: Decision) -> str:
        """Log some decisions of one thread, and have their card posted; where it stands."""
        for decision in decisions:
            self.stores.decisions.save(decision)
        act(ActionRequest(tenant_id=ACME, decision_id=decisions[0].id, only_show=True), self.unit(ACME))
        [(_, ts)] = self.chat.cards
        return ts

    def reacts(self, means: Reaction, ts: str, *, times: int = 1, by: str = "U0ADA") -> None:
        """Somebody reacts to a message, of which we are told so many times, and what is to be done then is done."""
        for _ in range(times):
            reaction = ReactionAdded(means=means, channel=SAID.channel, ts=ts)
            take_reaction(reaction, by, self.now(), self.unit(ACME))
        puts, self.queues.actions.puts = self.queues.actions.puts, []
        for put in puts:
            assert isinstance(put.message, ActionRequest)
            act(put.message, self.unit(ACME))

    @property
    def log(self) -> list[Decision]:
        """All decisions."""
        return list(self.stores.decisions.since(ACME, NOW - timedelta(days=1)))

    @property
    def reasons(self) -> list[str]:
        """What people were told alone."""
        return [text for *_, text in self.chat.whispers]


@pytest.fixture
def unit() -> ReactingUnit:
    """The team."""
    return ReactingUnit()


def asked(**changes: Any) -> Decision:
    """A comment that people are asked about."""
    return a_decision(message=SAID, state=DecisionState.PROPOSED, **changes)


def test_a_check_mark_on_a_card_approves_the_one_thing_it_asks(unit: ReactingUnit) -> None:
    """It is done once, by that person's word, however often we are told."""
    unit.reacts(Reaction.APPROVE, unit.shown(asked()), times=5)
    [decision] = unit.log
    assert (DecisionState.DONE, "U0ADA") == (decision.state, decision.decided_by)
    assert 1 == sum(len(comments) for comments in unit.tracker.comments.values())
    assert [] == unit.chat.whispers


def test_thumbs_down_dismisses_what_is_asked_and_takes_back_what_was_done(unit: ReactingUnit) -> None:
    """And teaches, as both do by their buttons."""
    card = unit.shown(asked())
    unit.reacts(Reaction.APPROVE, card)
    unit.reacts(Reaction.UNDO, card, times=5)
    [decision] = unit.log
    assert DecisionState.UNDONE is decision.state
    assert {} == {id: found for id, found in unit.tracker.comments.items() if found}
    other = ReactingUnit()
    other.reacts(Reaction.UNDO, other.shown(asked()))
    assert [DecisionState.DISMISSED] == [decision.state for decision in other.log]
    assert [[False]] == [[g.right for g in record.grades] for record in other.stores.track_records.all(ACME)]


def test_where_a_card_holds_several_things_nothing_is_done(unit: ReactingUnit) -> None:
    """Nobody knows which is meant; whoever reacted is told once."""
    card = unit.shown(asked(), asked(action=a_comment("ticket-2")))
    unit.reacts(Reaction.APPROVE, card, times=5)
    assert {DecisionState.PROPOSED} == {decision.state for decision in unit.log}
    assert [f"Nothing was done: {SEVERAL}."] == unit.reasons


def test_what_has_changed_since_somebody_reacted_is_not_done(unit: ReactingUnit) -> None:
    """They saw something else."""
    card = unit.shown(asked(updated_at=unit.now() + timedelta(seconds=1)))
    unit.reacts(Reaction.APPROVE, card)
    assert [DecisionState.PROPOSED] == [decision.state for decision in unit.log]
    assert 1 == len(unit.reasons)


@pytest.mark.parametrize("means", [Reaction.APPROVE, Reaction.UNDO])
def test_on_anybody_else_s_message_an_answer_means_nothing(unit: ReactingUnit, means: Reaction) -> None:
    """People put such reactions everywhere."""
    unit.shown(asked())
    unit.reacts(means, SAID.ts)
    assert ([DecisionState.PROPOSED], []) == ([decision.state for decision in unit.log], unit.reasons)


def test_a_ticket_on_a_message_opens_one_that_quotes_it(unit: ReactingUnit) -> None:
    """By that person's word, once, whoever else reacts as well."""
    unit.chat.people.append(a_member("ben"))
    unit.reacts(Reaction.TICKET, SAID.ts, times=5)
    unit.reacts(Reaction.TICKET, SAID.ts, by="U0BEN")
    [decision] = unit.log
    assert (DecisionState.DONE, "U0ADA") == (decision.state, decision.decided_by)
    assert [SAID.id] == [receipt.message_id for receipt in decision.evidence]
    [made] = [ticket for ticket in unit.tracker.tickets.values() if ticket.id != "ticket-1"]
    assert "The export of invoices times out" == made.title
    [answer] = unit.chat.cards.values()
    assert "The export of invoices times out" in answer.entries[0].link_text
    assert [f"Nothing was done: there is a ticket for this already, {made.key}."] == unit.reasons


def test_a_ticket_on_a_reply_is_found_by_its_timestamp_alone(unit: ReactingUnit) -> None:
    """Slack does not tell in which thread it is, nor what it says; and nothing is asked for it."""
    reply = a_message(9, "And the login page loops", root_ts=SAID.ts)
    unit.say(reply)
    unit.reacts(Reaction.TICKET, reply.ts)
    assert ["And the login page loops"] == [new.title for new in titled(unit)]
    assert 0 == unit.chat.history_reads


def titled(unit: ReactingUnit) -> list[CreateTicket]:
    """The new tickets."""
    return [decision.action for decision in unit.log if isinstance(decision.action, CreateTicket)]


def test_where_a_ticket_is_asked_about_already_the_reaction_approves_it(unit: ReactingUnit) -> None:
    """It is the one that is wanted."""
    new = CreateTicket(title="Export times out", description="It does.")
    unit.shown(asked(action=new))
    unit.reacts(Reaction.TICKET, SAID.ts, times=2)
    assert [DecisionState.DONE] == [decision.state for decision in unit.log]


def test_what_was_said_in_private_asks_before_it_is_carried_to_others() -> None:
    """Whoever reacts may not know who reads the tracker."""
    unit = ReactingUnit()
    secret: Message = a_message(20, "Salaries are in the export", private=True)
    unit.say(secret)
    unit.reacts(Reaction.TICKET, secret.ts)
    assert [DecisionState.PROPOSED] == [decision.state for decision in unit.log]


def test_a_message_that_we_do_not_keep_gets_no_ticket(unit: ReactingUnit) -> None:
    """It is not read for that: Slack lets us ask once a minute."""
    unit.stores.messages.delete(ACME, SAID.channel, SAID.root_ts, SAID.ts, at=unit.now())
    unit.reacts(Reaction.TICKET, SAID.ts)
    unit.reacts(Reaction.TICKET, "1700000000.000100")
    assert ([], 0) == (unit.log, unit.chat.history_reads)


@pytest.mark.parametrize("means", Reaction)
@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.OUTSIDER, Standing.LEFT])
def test_nobody_s_reaction_counts_whose_press_would_not(means: Reaction, standing: Standing) -> None:
    """They alone are told why, however often we are told of it."""
    unit = ReactingUnit()
    card = unit.shown(asked())
    unit.chat.people = [a_member("ada", standings={Provider.SLACK: standing})]
    unit.reacts(means, SAID.ts if means is Reaction.TICKET else card, times=2)
    assert [DecisionState.PROPOSED] == [decision.state for decision in unit.log]
    assert unit.reasons


@pytest.mark.parametrize("means", Reaction)
def test_reactions_mean_nothing_until_the_team_says_so(means: Reaction) -> None:
    """Other apps have their own use for them."""
    unit = ReactingUnit(settings=Settings())
    card = unit.shown(asked())
    unit.reacts(means, SAID.ts if means is Reaction.TICKET else card)
    assert [DecisionState.PROPOSED] == [decision.state for decision in unit.log]
