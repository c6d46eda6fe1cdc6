"""Judging once more what was said: as it was then as far as that is known, without a trace, in bounded steps."""

import json
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.backtest import BacktestReport
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome, Subject
from pm_assistant.domain.errors import InvalidRequest, Misconfigured, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.history import Keeping
from pm_assistant.domain.jobs import Backtest, Job, JobKind, Order
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.domain.work import Message, Ticket
from pm_assistant.workflows.pipeline.backfill import JUDGED_PER_STEP, JUDGING
from pm_assistant.workflows.pipeline.backtest import backtest
from pm_assistant.workflows.pipeline.hindsight import Hindsight
from tests.builders import (
    ACME,
    DOING,
    DONE,
    ENG,
    NOW,
    a_confirmed_match,
    a_connection,
    a_conversation,
    a_decision,
    a_heard_conversation,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
    an_attachment,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

HOUR = 3600.0
LEFT = Outcome(external_id="left-1", url="https://linear.app/acme/issue/ENG-1", inverse='{"operation": "x"}')


class BacktestUnit(FakeUnit):
    """A team, in which these messages were said before NOW, each a conversation of its own unless it replies."""

    def __init__(self, *said: Message, tickets: tuple[Ticket, ...] = (a_ticket(),)) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member()])
        self.stores.directory.put_teams(ACME, [ENG])
        for ticket in tickets:
            self.stores.tickets.put(ACME, ticket)
        for message in said:
            self.stores.messages.record(ACME, message, keep_days=90)
        self.seconds = count(0, 0)

    def now(self) -> datetime:
        """The time, which goes on by itself when told to."""
        return NOW + timedelta(seconds=next(self.seconds))

    def decided(self, message: Message, action: Any = None, **changes: Any) -> Decision:
        """Log what was decided about a message when it was said."""
        moment = {"as_of": message.posted_at, "created_at": message.posted_at, "updated_at": NOW}
        return self.stores.decisions.save(a_decision(ACME, action, message, **{**moment, **changes}))

    def report(self, *answers: Any, **order: Any) -> BacktestReport:
        """Run a backtest to its end, in which the analyst says this, or shrugs at a single message."""
        self.analyst = FakeAnalyst(*answers)
        job = a_backtest(**order)
        while not job.finished:
            job = job.after(backtest(job, self), at=NOW)
        [result] = job.results
        return BacktestReport.model_validate(json.loads(json.dumps(result)))


def a_backtest(**order: Any) -> Job:
    """A backtest of the last two weeks."""
    asked = Order(kind=JobKind.BACKTEST, backtest=Backtest(**order))
    return Job(id="run-1", tenant_id=ACME, order=asked, asked_by="key:1", created_at=NOW, updated_at=NOW)


def about(message: Message, action: Any = None, confidence: float = 0.9) -> Any:
    """An analyst's one proposal on a message."""
    return a_judgement(a_proposal(action, message.id, confidence=confidence))


def test_proposals_are_held_against_what_people_answered() -> None:
    """By kind and in all; a variant stands beside today, and whoever judges alike for both is asked once."""
    yes, no = a_message(-2 * HOUR), a_message(-HOUR)
    unit = BacktestUnit(yes, no)
    unit.decided(yes, state=DecisionState.DONE, decided_by="U0ADA", outcome=LEFT)
    unit.decided(no, state=DecisionState.DISMISSED, decided_by="U0ADA")

    report = unit.report(about(yes), about(no, confidence=0.6), variant=Variant(threshold=0.95))

    today, variant = (side.kinds[ActionKind.COMMENT] for side in report.sides)
    assert (2, 2, 2) == (report.conversations, report.judged, unit.analyst.calls)
    assert (1, 1, 1, 1, 1, 0) == tuple(
        getattr(today, name) for name in ("acts", "asks", "agreed", "disagreed", "acts_agreed", "acts_disagreed")
    )
    assert (0, 2, 1, 1) == (variant.acts, variant.asks, variant.agreed, variant.disagreed)
    assert [None, 0.95] == [side.variant.threshold if side.variant else None for side in report.sides]
    assert ("scripted",) == report.sides[0].judged_by


WRITERS = {
    "decisions": ("save", "replace"),
    "conversations": ("save_verdict", "mark_judged", "forget"),
    "history": ("keep",),
    "cards": ("put_ts",),
    "messages": ("record", "delete"),
    "tickets": ("put", "put_all", "remove"),
    "jobs": ("put", "replace"),
}


def test_nothing_is_kept_and_nobody_is_told() -> None:
    """Whatever has come of it is handed to whoever notes the job."""
    said = a_message(-HOUR)
    unit = BacktestUnit(said)
    unit.decided(said, state=DecisionState.DONE, decided_by="U0ADA", outcome=LEFT)

    def never(*_: object, **__: object) -> None:
        raise AssertionError("something is kept")

    for store, names in WRITERS.items():
        vars(getattr(unit.stores, store)).update(dict.fromkeys(names, never))

    unit.report(about(said))

    assert [] == [puts for queue in vars(unit.queues).values() for puts in queue.puts]


def test_a_ticket_that_came_later_is_not_there() -> None:
    """Nor is one that we made because of the conversation, whenever that was."""
    said, later = a_message(-2 * HOUR), a_message(-HOUR, text="coupon coupon", channel="C0OPS")
    ours = a_ticket(2, created_at=said.posted_at + timedelta(minutes=1))
    unit = BacktestUnit(said, later, tickets=(a_ticket(1), ours))
    made = LEFT.model_copy(update={"external_id": "ticket-2"})
    new = CreateTicket(title="Keep the coupon", description="It vanishes.")
    unit.decided(said, new, state=DecisionState.DONE, outcome=made)
    # A reply long after, so that nothing but whose ticket it is keeps it out.
    unit.stores.messages.record(ACME, a_message(-0.5 * HOUR, root_ts=said.ts), keep_days=90)

    unit.report(about(said), about(later))

    assert [["ticket-1"], ["ticket-1", "ticket-2"]] == [
        sorted(ticket.id for ticket in seen) for seen in unit.analyst.seen_candidates
    ]


@pytest.mark.parametrize("by", ["people", "us"])
def test_a_ticket_that_was_moved_later_stands_one_phase_before(by: str) -> None:
    """Else what was right then would be no step forwards now, and unusable."""
    said = a_message(-2 * HOUR)
    closed = a_ticket(state=DONE, completed_at=said.posted_at + timedelta(hours=1) if by == "people" else None)
    unit = BacktestUnit(said, tickets=(closed,))
    move = MoveTicket(ticket_id="ticket-1", to=DONE)
    if by == "us":
        left = LEFT.model_copy(update={"external_id": "ticket-1"})
        done = {"state": DecisionState.DONE, "outcome": left, "performed": "r", "performed_action": move}
        unit.decided(said, move, decided_by="U0ADA", **done)

    report = unit.report(about(said, move))

    [[seen]] = unit.analyst.seen_candidates
    assert DOING == seen.state
    assert (1, 0) == (report.sides[0].total.agreed, report.sides[0].total.missed)


def test_what_we_did_ourselves_agrees_with_nothing() -> None:
    """Nobody answered it: that a ticket is closed by us says nothing of what people want."""
    said = a_message(-2 * HOUR)
    closed = a_ticket(state=DONE, completed_at=said.posted_at + timedelta(hours=1))
    unit = BacktestUnit(said, tickets=(closed,))
    move, left = MoveTicket(ticket_id="ticket-1", to=DONE), LEFT.model_copy(update={"external_id": "ticket-1"})
    unit.decided(said, move, state=DecisionState.DONE, outcome=left, performed="r", performed_action=move)

    report = unit.report(about(said, move))

    assert (1, 0, None) == (report.sides[0].total.acts, report.sides[0].total.agreed, report.sides[0].total.precision)


@pytest.mark.parametrize("how", ["attached", "described", "named"])
def test_a_ticket_that_people_opened_for_a_conversation_was_wanted(how: str) -> None:
    """It is judged as it was right before: what was said afterwards is not shown, nor the ticket."""
    said = a_message(-2 * HOUR)
    reply = a_message(-HOUR, "thanks, that is ENG-7 now" if how == "named" else "thanks", root_ts=said.ts)
    page = f"https://acme.slack.com/archives/C0ENG/p{said.ts.replace('.', '')}"
    described = f"See {page}" if how == "described" else ""
    opened = a_ticket(7, created_at=said.posted_at + timedelta(minutes=5), description=described)
    unit = BacktestUnit(said, reply, tickets=(a_ticket(1), opened))
    if how == "attached":
        unit.stores.planning.record(ACME, an_attachment(ticket_id="ticket-7", url=page))
    new = CreateTicket(title="Keep the coupon", description="It vanishes.")

    found, missed = (unit.report(about(said, each)).sides[0].total for each in (new, Ignore()))

    assert ([said.id], ["ticket-1"]) == (
        [message.id for message in unit.analyst.seen[0].messages],
        [ticket.id for ticket in unit.analyst.seen_candidates[0]],
    )
    assert ((1, 0), (0, 1)) == ((found.agreed, found.missed), (missed.agreed, missed.missed))


def test_a_ticket_that_merely_came_later_is_no_answer() -> None:
    """Nothing ties it to what was said."""
    said = a_message(-2 * HOUR)
    unit = BacktestUnit(said, tickets=(a_ticket(1), a_ticket(7, created_at=said.posted_at + timedelta(minutes=5))))

    assert (0, 0) == (lambda t: (t.agreed, t.missed))(unit.report(about(said, Ignore())).sides[0].total)


def test_a_link_that_people_put_on_a_ticket_agrees_with_a_comment() -> None:
    """They told the ticket themselves what was said; on another ticket it would say nothing."""
    said = a_message(-2 * HOUR)
    unit = BacktestUnit(said, tickets=(a_ticket(1), a_ticket(2)))
    page = f"https://acme.slack.com/archives/C0ENG/p{said.ts.replace('.', '')}"
    unit.stores.planning.record(ACME, an_attachment(ticket_id="ticket-1", url=page))

    totals = [unit.report(about(said, Comment(ticket_id=f"ticket-{n}", summary="It vanishes."))) for n in (1, 2)]

    assert [1, 0] == [report.sides[0].total.agreed for report in totals]


def test_it_is_judged_as_it_was_when_people_were_asked() -> None:
    """What was said after their answer may tell it."""
    said = a_message(-2 * HOUR)
    reply = a_message(-HOUR, "done, closed it", root_ts=said.ts)
    unit = BacktestUnit(said, reply)
    unit.decided(said, state=DecisionState.DONE, decided_by="U0ADA", outcome=LEFT)

    unit.report(about(said))

    assert [[said.id]] == [[message.id for message in seen.messages] for seen in unit.analyst.seen]


def test_what_people_confirmed_later_is_not_known() -> None:
    """Else every answer would tell itself; what they had confirmed of another thread before is."""
    said, other = a_message(-2 * HOUR), a_message(-9 * HOUR, channel="C0OPS")
    unit = BacktestUnit(said, other)
    unit.decided(said, state=DecisionState.DONE, decided_by="U0ADA", outcome=LEFT)
    before = said.posted_at - timedelta(hours=1)
    unit.decided(other, state=DecisionState.DONE, decided_by="U0ADA", updated_at=before)
    keeping = Keeping(NOW, 90)
    for message in (said, other):
        match = a_confirmed_match(message, counts_from=message.posted_at)
        subject = Subject(channel=message.channel, root_ts=message.root_ts)
        unit.stores.history.confirm(ACME, subject, [match], keeping)
    unit.stores.history.keep(ACME, a_conversation(said), [a_heard_conversation(said)], keeping)
    conversation = a_conversation(said)

    then = Hindsight([a_conversation(other), conversation], unit).before(said.posted_at, conversation, unit.analyst)

    history = then.stores.history.read(ACME, ["U0ADA"])
    assert [other.channel] == [match.channel for match in history.confirmed]
    assert not any(heard.rests_on(conversation) for past in history.recent.values() for heard in past)


@pytest.mark.parametrize(
    ("whose", "answered", "known"),
    [("own", -1, False), ("own", 1, False), ("other", -1, True), ("other", 1, False)],
    ids=["its own before", "its own later", "another's before", "another's later"],
)
def test_of_what_people_confirmed_only_what_they_had_said_of_others_by_then_is_known(
    whose: str, answered: int, known: bool
) -> None:
    """Whenever it was said that they confirmed: an answer that came later is none yet, and one's own tells itself."""
    said, other = a_message(-2 * HOUR), a_message(-9 * HOUR, channel="C0OPS")
    unit, about_it = BacktestUnit(said, other), said if whose == "own" else other
    at = said.posted_at + timedelta(minutes=answered)
    unit.decided(about_it, state=DecisionState.DONE, decided_by="U0ADA", updated_at=at)
    match = a_confirmed_match(about_it, counts_from=about_it.posted_at)
    subject = Subject(channel=about_it.channel, root_ts=about_it.root_ts)
    unit.stores.history.confirm(ACME, subject, [match], Keeping(NOW, 90))
    conversation = a_conversation(said)

    then = Hindsight([a_conversation(other), conversation], unit).before(said.posted_at, conversation, unit.analyst)

    assert ([about_it.channel] if known else []) == [
        each.channel for each in then.stores.history.read(ACME, ["U0ADA"]).confirmed
    ]


def test_every_report_says_what_was_not_as_it_was_then() -> None:
    """How often words are said among it: counts cannot be wound back."""
    assert any("How often the team says a word" in each for each in BacktestUnit().report().not_known)


def test_it_goes_on_where_it_was_and_ends_with_one_result() -> None:
    """A step judges so many; what has come of it so far is no result yet."""
    said = [a_message(-HOUR * (n + 1)) for n in range(JUDGED_PER_STEP + 2)][::-1]
    unit = BacktestUnit(*said)
    unit.analyst = FakeAnalyst(*[about(message, Ignore()) for message in said])
    begun = a_backtest().after(backtest(a_backtest(), unit), at=NOW)

    ended = begun.after(backtest(begun, unit), at=NOW)

    assert (JUDGED_PER_STEP, len(said), ()) == (begun.done, begun.total, begun.results)
    assert (len(said), len(said), 1) == (ended.done, unit.analyst.calls, len(ended.results))
    assert len(said) == ended.results[0]["judged"]


def test_a_slow_model_makes_shorter_steps() -> None:
    """The function would be cut off otherwise."""
    unit = BacktestUnit(*[a_message(-HOUR * n) for n in (1, 2, 3)])
    unit.seconds = count(0, int(JUDGING.total_seconds()))
    unit.analyst = FakeAnalyst(about(a_message(-3 * HOUR), Ignore()))

    assert (1, 3) == (lambda step: (step.done, step.total))(backtest(a_backtest(), unit))


def test_another_model_is_asked_beside_todays() -> None:
    """Each conversation once by either; what both cost counts."""
    said = a_message(-HOUR)
    unit = BacktestUnit(said)
    unit.decided(said, state=DecisionState.DISMISSED, decided_by="U0ADA")
    unit.variants["gpt-9"] = FakeAnalyst(about(said, Ignore()).model_copy(update={"cost_microdollars": 70}))

    report = unit.report(about(said).model_copy(update={"cost_microdollars": 30}), variant=Variant(model="gpt-9"))

    today, other = (side.total for side in report.sides)
    assert ((1, 0), (0, 1)) == ((today.disagreed, today.spared), (other.disagreed, other.spared))
    assert (100, [30, 70]) == (report.microdollars, [side.microdollars for side in report.sides])


def test_a_model_that_cannot_be_asked_ends_the_run_in_words() -> None:
    """Nobody mends the deployment for a name that somebody mistyped; where today's cannot, it is tried again."""
    said = a_message(-HOUR)
    unit = BacktestUnit(said)
    unit.variants["gpt-9"] = FakeAnalyst(Misconfigured("OpenAI does not know it"))

    with pytest.raises(InvalidRequest, match="does not know it"):
        unit.report(about(said, Ignore()), variant=Variant(model="gpt-9"))
    with pytest.raises(Misconfigured):
        unit.report(Misconfigured("the key is not accepted"))


def test_what_was_judged_without_the_model_is_counted() -> None:
    """It says nothing of what the model is worth."""
    said = a_message(-HOUR)
    judged = about(said, Ignore()).model_copy(update={"fallback": "no answer"})

    assert 1 == BacktestUnit(said).report(judged).sides[0].fell_back


def test_what_the_model_refuses_is_counted_and_left_out() -> None:
    """One conversation ends nothing; where nobody answers, the step is taken again."""
    said = [a_message(-2 * HOUR), a_message(-HOUR)]
    unit = BacktestUnit(*said)

    report = unit.report(UpstreamRejected("the model refused to answer"), about(said[1], Ignore()))

    assert (1, 1, 2) == (report.refused, report.judged, report.conversations)
    with pytest.raises(UpstreamUnavailable):
        unit.report(UpstreamUnavailable("no answer"))


def test_it_ends_early_once_the_model_has_cost_what_it_may() -> None:
    """The rest stays unjudged, and the report says how much that is; two sides that judge alike cost one judgement."""
    said = [a_message(-HOUR * n) for n in (3, 2, 1)]
    unit = BacktestUnit(*said)
    answers = [about(message, Ignore()).model_copy(update={"cost_microdollars": 600}) for message in said]

    report = unit.report(*answers, most_microdollars=1_000, variant=Variant(threshold=0.9))

    assert (2, 3, 1_200, 2) == (report.judged, report.conversations, report.microdollars, unit.analyst.calls)
    assert [1_200, 1_200] == [side.microdollars for side in report.sides]


def test_without_a_model_it_costs_nothing() -> None:
    """The tenant's own analyst is not asked."""
    said = a_message(-HOUR)
    unit = BacktestUnit(said)
    unit.offline_analyst = FakeAnalyst(about(said))

    report = unit.report(analyst="offline")

    assert (1, 0, 0) == (report.judged, unit.analyst.calls, report.microdollars)


def test_nothing_said_leads_to_an_empty_report() -> None:
    """It ends at once."""
    report = BacktestUnit().report()

    assert (0, 0, True) == (report.conversations, report.judged, bool(report.not_known))
