"""What is merged is moved as far as the team trusts us, once, and not against anybody's word."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.code import CodePart, Description, TicketLinks
from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, PrivateCode, Provider, Rule, Settings
from pm_assistant.domain.work import GitEvent, Ticket, TicketState
from pm_assistant.workflows.code.picture import list_disagreements
from pm_assistant.workflows.code.reconcile import reconcile
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.pipeline.act import act
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    REVIEW,
    TODO,
    a_connection,
    a_job,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    an_account,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

HOUR = timedelta(hours=1)
AUTO = {ActionKind.MOVE: Rule(mode=Mode.AUTO, threshold=0.8)}


class Reconciling(FakeUnit):
    """A tenant with a ticket in progress, an hour after the pull request that closes it was merged."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        self.tracker = FakeTracker(teams=[ENG])
        self.stores.tenants.put(a_tenant(settings=Settings(**settings)))
        self.stores.connections.put(a_connection(provider=Provider.LINEAR))
        self.stores.accounts.put(an_account(ACME, "ada"))
        self.stores.directory.put_teams(ACME, [ENG])
        self.put_ticket(a_ticket(state=DOING, updated_at=NOW - 2 * HOUR))
        self.record(a_repository())
        self.merge()

    def put_ticket(self, ticket: Ticket) -> None:
        """Have the tracker hold a ticket, and us know of it."""
        self.tracker.tickets[ticket.id] = ticket
        self.stores.tickets.put(ACME, ticket)

    def record(self, *parts: CodePart) -> None:
        """Take in what the code host tells."""
        record_code(CodeChanged(parts=parts), self)

    def merge(self, number: int = 1, at: datetime = NOW - HOUR, text: str = "Fixes ENG-1") -> None:
        """Have a pull request merged."""
        facts = a_pull_request(number, at=at, closed_at=at, merged_at=at)
        self.record(facts, Description(pull_request_id=facts.pull_request_id, at=at, text=text))

    def reconcile(self, *, dry_run: bool = False) -> list[Decision]:
        """Compare once, and carry out what is asked for; what the log then holds."""
        job: Job = a_job(ACME).model_copy(update={"order": Order(kind=JobKind.RECONCILE, dry_run=dry_run)})
        before = len(self.queues.actions.puts)
        step = reconcile(job, self)
        assert step.cursor is None
        for put in self.queues.actions.puts[before:]:
            assert isinstance(put.message, ActionRequest)
            act(put.message, self)
        return self.log

    @property
    def log(self) -> list[Decision]:
        """All decisions."""
        return [decision for _, decision in self.stores.decisions.page(ACME, limit=99)]

    def state_of_ticket(self) -> str:
        """Where the tracker says that the ticket stands."""
        return self.tracker.tickets["ticket-1"].state.name


def test_a_ticket_whose_work_is_merged_is_proposed_to_be_done_where_nothing_else_was_allowed() -> None:
    """With the pull request as its receipt, once however often we look, and in no thread."""
    unit = Reconciling()
    for _ in range(3):
        (decision,) = unit.reconcile()
    assert (DecisionState.PROPOSED, ("https://github.com/acme/shop/pull/1",)) == (
        decision.state,
        tuple(receipt.url for receipt in decision.evidence),
    )
    assert "Merged, with nothing open that closes it: acme/shop#1" == decision.reason
    assert DOING.name == unit.state_of_ticket()
    assert [] == list(unit.queues.actions.puts)


def test_it_is_moved_where_the_team_allows_that_and_can_be_undone() -> None:
    """And a person who opens it again is not overruled."""
    unit = Reconciling(rules=AUTO, channels=Channels(allow=("C0ENG",)))
    (decision,) = unit.reconcile()
    assert (DecisionState.DONE, DONE.name) == (decision.state, unit.state_of_ticket())
    unit.stores.tickets.put(ACME, unit.tracker.tickets["ticket-1"])
    act(ActionRequest(tenant_id=ACME, decision_id=decision.id, answer="undo", answered_by="account:account-ada"), unit)
    assert ([DecisionState.UNDONE], DOING.name) == ([each.state for each in unit.log], unit.state_of_ticket())


def test_a_person_who_opens_it_again_is_not_overruled() -> None:
    """It was moved once for what was merged."""
    unit = Reconciling(rules=AUTO)
    unit.reconcile()
    unit.put_ticket(a_ticket(state=DOING, updated_at=NOW))
    assert [DecisionState.DONE] == [each.state for each in unit.reconcile()]
    assert DOING.name == unit.state_of_ticket()


def test_a_ticket_that_somebody_touched_since_is_only_asked_about() -> None:
    """It may have been opened again on purpose."""
    unit = Reconciling(rules=AUTO)
    unit.put_ticket(a_ticket(state=DOING, updated_at=NOW - timedelta(minutes=10)))
    (decision,) = unit.reconcile()
    assert DecisionState.PROPOSED is decision.state
    assert not decision.private


@pytest.mark.parametrize("private_code", PrivateCode)
def test_what_is_not_shown_of_private_repositories_moves_nothing(private_code: PrivateCode) -> None:
    """Whoever sees the ticket move is to see why; a receipt names no more than where it is."""
    unit = Reconciling(rules=AUTO, private_code=private_code)
    moved = [decision.reason for decision in unit.reconcile()]
    unit.stores.tenants.put(a_tenant(settings=Settings(private_code=PrivateCode.NOTHING)))
    assert [] == list(list_disagreements(unit.stores.tenants.get(ACME), unit))
    expected = [] if private_code is PrivateCode.NOTHING else ["Merged, with nothing open that closes it: acme/shop#1"]
    assert (expected, DONE.name if expected else DOING.name) == (moved, unit.state_of_ticket())


def test_open_work_that_is_not_shown_begins_no_ticket() -> None:
    """Nor does it keep what is shown from doing so."""
    unit = Reconciling(rules=AUTO, private_code=PrivateCode.NOTHING)
    unit.put_ticket(a_ticket(2, state=TODO, updated_at=NOW - 2 * HOUR))
    unit.record(a_repository("901", name="acme/site", private=False))
    for number, repository_id in ((2, "900"), (3, "901")):
        facts = a_pull_request(number, repository_id=repository_id, at=NOW - HOUR)
        unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text="Fixes ENG-2"))
        begun = [decision.reason for decision in unit.reconcile()]
        assert (["It is being built: acme/site#3"] if number == 3 else []) == begun


def test_a_dry_run_changes_nothing() -> None:
    """It says what does not agree."""
    unit = Reconciling(rules=AUTO)
    assert [] == unit.reconcile(dry_run=True)
    assert DOING.name == unit.state_of_ticket()


def test_what_was_dismissed_is_asked_again_only_when_more_was_merged() -> None:
    """A person's word counts for what that person saw."""
    unit = Reconciling()
    (decision,) = unit.reconcile()
    unit.stores.decisions.replace(decision.dismissed("account:ada", at=NOW, remark="not yet"), before=decision)
    assert [DecisionState.DISMISSED] == [each.state for each in unit.reconcile()]


def test_what_is_not_called_for_any_more_is_not_asked_any_more() -> None:
    """Somebody moved the ticket, or more is being built."""
    for after in ("moved", "building"):
        unit = Reconciling()
        unit.reconcile()
        if after == "moved":
            unit.put_ticket(a_ticket(state=DONE, updated_at=NOW, completed_at=NOW))
        else:
            facts = a_pull_request(2, at=NOW)
            unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=NOW, text="Closes ENG-1"))
        (decision,) = unit.reconcile()
        assert (DecisionState.DISMISSED, "the sources agree again", None) == (
            decision.state,
            decision.error,
            decision.decided_by,
        )


def building(unit: Reconciling, *, text: str = "Fixes ENG-2", **changes: Any) -> list[DecisionState]:
    """What is decided about a ticket that nobody has begun, while this is being built for it; where it is then."""
    unit.put_ticket(a_ticket(2, updated_at=NOW - 9 * HOUR))
    facts = a_pull_request(5, **{"created_at": NOW - HOUR, **changes})
    unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text=text))
    return [decision.state for decision in unit.reconcile() if decision.action.about_ticket == "ticket-2"]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, DOING),
        ({"text": "Part of ENG-2"}, DOING),
        ({"requested": ("ada",)}, REVIEW),
        ({"text": "See ENG-2"}, None),
        ({"draft": True}, None),
        ({"by_outsider": True}, None),
        ({"created_at": NOW - timedelta(minutes=5)}, None),
        ({"closed_at": NOW}, None),
        ({"repository_id": "901"}, None),
    ],
)
def test_a_ticket_whose_work_is_open_is_begun(changes: dict[str, Any], state: TicketState | None) -> None:
    """In review once somebody is to look at it; not for a draft, a stranger's wish or a mention."""
    unit = Reconciling(rules=AUTO)
    assert ([DecisionState.DONE] if state else []) == building(unit, **changes)
    assert (state or TODO).name == unit.tracker.tickets["ticket-2"].state.name


def test_a_ticket_that_comes_after_the_pull_request_that_names_it_is_found() -> None:
    """The tracker may have told of it late, or have been connected last; a dry run leaves it as it was."""
    unit = Reconciling(rules=AUTO)
    facts = a_pull_request(6, created_at=NOW - HOUR)
    unit.record(facts, Description(pull_request_id=facts.pull_request_id, at=facts.at, text="Fixes ENG-9"))
    unit.put_ticket(a_ticket(9, updated_at=NOW - 9 * HOUR))
    unit.reconcile(dry_run=True)
    assert TODO.name == unit.tracker.tickets["ticket-9"].state.name
    unit.reconcile()
    assert DOING.name == unit.tracker.tickets["ticket-9"].state.name


def test_a_ticket_never_goes_backwards() -> None:
    """Though nobody is to look at its work any more."""
    unit = Reconciling(rules=AUTO)
    building(unit, requested=("ada",))
    unit.stores.tickets.put(ACME, unit.tracker.tickets["ticket-2"])
    unit.record(a_pull_request(5, at=NOW + HOUR, created_at=NOW - HOUR))
    unit.reconcile()
    assert REVIEW.name == unit.tracker.tickets["ticket-2"].state.name


def test_a_team_without_a_state_that_is_done_is_left_alone() -> None:
    """There is nowhere to move to."""
    unit = Reconciling()
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"states": (DOING,)})])
    assert [] == unit.reconcile()


@pytest.mark.parametrize("text", ["Part of ENG-1", "See ENG-1", "Does not fix ENG-1"])
def test_what_does_not_close_moves_nothing(text: str) -> None:
    """A mention never does."""
    unit = Reconciling(rules=AUTO)
    unit.merge(at=NOW - HOUR / 2, text=text)
    known = unit.stores.code.pull_request(ACME, a_pull_request().pull_request_id)
    assert known is not None
    assert isinstance(known.ticket_links, TicketLinks)
    assert [] == unit.reconcile()


@pytest.mark.parametrize(("moves_at", "count"), [(None, 0), ((GitEvent.MERGE,), 0), ((GitEvent.START,), 1)])
def test_a_ticket_is_moved_at_once_where_the_tracker_does_not_do_it(
    moves_at: tuple[GitEvent, ...] | None, count: int
) -> None:
    """Where it does, or may, it is given a quarter of an hour."""
    unit = Reconciling()
    unit.stores.directory.put_teams(ACME, [ENG.model_copy(update={"moves_at": moves_at})])
    unit.merge(at=NOW - timedelta(minutes=1))
    assert count == len(unit.reconcile())
