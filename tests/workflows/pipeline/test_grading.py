"""What people answer says how right we are, and trust follows at once: earned, kept under watch, and lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.answers import ActionRequest, Subject
from pm_assistant.domain.autonomy import Fall, Tally, TrackRecord, stream_of
from pm_assistant.domain.decisions import Decision, DecisionState, Outcome, RunnerUp
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.orders import GivenOrder
from pm_assistant.domain.tenants import ActionKind, TenantId
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.grading import learn
from pm_assistant.workflows.tenants.erasing import ask_to_erase, erase_person
from tests.builders import (
    ACME,
    DONE,
    ENG,
    NOW,
    a_connection,
    a_decision,
    a_grade,
    a_key,
    a_member,
    a_message,
    a_tenant,
    a_ticket,
    a_track_record,
    an_account,
)
from tests.fakes.tenancy import FakeTrackRecords
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

PROPOSED, DONE_STATE = DecisionState.PROPOSED, DecisionState.DONE
STREAM = stream_of(ActionKind.MOVE, 0.85, "scripted")
MOVE = MoveTicket(ticket_id="ticket-1", to=DONE)
OUTCOME = Outcome(
    external_id="x", url="https://linear.test/x", inverse='{"operation": "commentDelete", "variables": {"id": "x"}}'
)
PRESSED: dict[str, Any] = {"pressed_in": Subject(channel="C0ENG", root_ts="1.0")}


def a_move(n: int = 0, **changes: Any) -> Decision:
    """A move that was proposed in a conversation of its own."""
    defaults: dict[str, Any] = {"action": MOVE, "state": PROPOSED, "revision": f"r{n}"}
    return a_decision(message=a_message(-3600 * (n + 1)), **(defaults | changes))


@pytest.fixture
def unit() -> FakeUnit:
    """A tenant with a ticket, two people and a program."""
    unit = FakeUnit(at=NOW + timedelta(minutes=2))
    unit.tracker = FakeTracker(tickets=[a_ticket(1)], teams=[ENG])
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection())
    unit.stores.tickets.put(ACME, a_ticket(1))
    unit.stores.directory.put_teams(ACME, [ENG])
    unit.stores.directory.put_members(ACME, [a_member("ada"), a_member("bob")])
    unit.stores.accounts.put(an_account(id="7f", email="ada@acme.test"))
    unit.stores.api_keys.put(a_key(id="k1"))
    unit.chat.people = [a_member("ada"), a_member("bob")]
    return unit


def say(unit: FakeUnit, decision: Decision, answer: str, by: str = "U0ADA", **more: Any) -> None:
    """Have an answer to a decision that is in the log carried out."""
    unit.stores.decisions.save(decision)
    fields = {"tenant_id": ACME, "decision_id": decision.id, "answer": answer, "answered_by": by}
    act(ActionRequest.model_validate(fields | more), unit)


def record_of(unit: FakeUnit, stream: str = STREAM) -> TrackRecord:
    """The track record of a stream."""
    record = unit.stores.track_records.get(ACME, stream)
    assert record is not None
    return record


def tally(unit: FakeUnit) -> Tally:
    """How often all answers said yes and no, whoever gave them."""
    grades = [grade for record in unit.stores.track_records.all(ACME) for grade in record.grades]
    return Tally(sum(grade.right for grade in grades), sum(not grade.right for grade in grades))


def trail(unit: FakeUnit) -> list[str]:
    """What was done, as the audit trail has it, oldest first."""
    return [entry.action for entry in unit.stores.audit.latest(ACME, limit=99)[::-1]]


def test_an_answer_is_kept_with_what_it_was_given_to_and_without_a_word(unit: FakeUnit) -> None:
    """All that calibration and trust need, and nothing of what was said."""
    runner_up = RunnerUp(ticket_id="ticket-2", score=0.4)
    decision = a_move(confidence=0.9, raw_confidence=0.95, runners_up=(runner_up,))
    say(unit, decision, "approve", answered_at=NOW + timedelta(minutes=1), remark="quetzal")

    record = record_of(unit)
    grade = a_grade(
        decision_id=decision.id,
        conversation=decision.subject.id,
        revision="r0",
        by="U0ADA",
        confidence=0.95,
        runner_up=0.4,
        at=NOW + timedelta(minutes=1),
    )
    assert (ActionKind.MOVE, 0.85, "scripted", (grade,)) == (record.kind, record.band, record.judged_by, record.grades)
    assert "quetzal" not in record.model_dump_json()


@pytest.mark.parametrize(
    ("answer", "state", "expected"),
    [("approve", PROPOSED, Tally(1, 0)), ("dismiss", PROPOSED, Tally(0, 1)), ("undo", DONE_STATE, Tally(0, 1))],
)
def test_to_approve_is_to_agree_and_to_dismiss_or_undo_is_not(
    unit: FakeUnit, answer: str, state: DecisionState, expected: Tally
) -> None:
    """Also of what was done unasked."""
    say(unit, a_move(state=state, outcome=OUTCOME if state is DONE_STATE else None), answer)
    assert expected == tally(unit)


@pytest.mark.parametrize(("answer", "right"), [("edit", True), ("relink", False)])
def test_to_word_it_first_is_to_agree_and_to_name_another_ticket_is_not(
    unit: FakeUnit, answer: str, right: bool
) -> None:
    """What is graded is which ticket was found, not how it was put; what is done on the other is a person's choice."""
    request = ActionRequest.model_validate(
        {"tenant_id": ACME, "decision_id": "d", "answer": answer, "answered_by": "U0ADA"}
    )
    learn(a_move(0), request, unit)
    assert Tally(right, not right) == tally(unit)
    say(unit, a_move(1, state=DONE_STATE, outcome=OUTCOME, answered_how="relink"), "undo")
    assert Tally(right, not right) == tally(unit)


def test_what_is_undone_after_a_week_was_right_when_it_was_done(unit: FakeUnit) -> None:
    """Things have changed since; within the week it was wrong."""
    for age, expected in ((timedelta(days=7), Tally(0, 1)), (timedelta(days=7, seconds=1), Tally(0, 1))):
        number = age.seconds
        say(unit, a_move(number, state=DONE_STATE, outcome=OUTCOME, updated_at=unit.now() - age), "undo")
        assert expected == tally(unit)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"order": GivenOrder(message_id=a_message().id)}, "dismiss"),
        ({"state": DONE_STATE, "outcome": OUTCOME, "undo_proposed": True}, "approve"),
        ({"state": DONE_STATE, "outcome": OUTCOME, "undo_proposed": True}, "dismiss"),
        ({"state": DONE_STATE, "outcome": OUTCOME, "undo_proposed": True}, "undo"),
        ({"state": DecisionState.FAILED}, "retry"),
    ],
)
def test_an_answer_that_is_none_to_what_we_thought_says_nothing_of_us(
    unit: FakeUnit, changes: dict[str, Any], answer: str
) -> None:
    """Of orders, of what no longer follows from what people say, and of what could not be done."""
    say(unit, a_move(**changes), answer)
    assert [] == unit.stores.track_records.all(ACME)


def test_a_yes_within_two_seconds_of_the_card_is_none_and_a_no_is_one(unit: FakeUnit) -> None:
    """Nobody has read what was asked by then; the card shows it once it was judged and the card is there."""
    late = NOW + timedelta(minutes=1)
    for number, posted in enumerate((NOW, late)):
        decision = a_move(number, updated_at=late if posted == NOW else NOW)
        unit.stores.cards.put_ts(ACME, decision.subject.id, f"{posted.timestamp():.6f}")
        say(unit, decision, "approve", answered_at=late + timedelta(seconds=1.9), **PRESSED)
    assert Tally(0, 0) == tally(unit)
    say(unit, a_move(2, updated_at=late), "dismiss", answered_at=late + timedelta(seconds=1), **PRESSED)
    say(unit, a_move(3, updated_at=late), "approve", answered_at=late + timedelta(seconds=2), **PRESSED)
    assert Tally(1, 1) == tally(unit)


def test_what_programs_and_operators_approve_is_no_evidence_and_what_they_refuse_is(unit: FakeUnit) -> None:
    """A key that approves everything would otherwise earn us anything."""
    for number, by in enumerate(("key:k1", "pm:root")):
        say(unit, a_move(number), "approve", by=by)
        say(unit, a_move(10 + number), "dismiss", by=by)
    assert Tally(0, 2) == tally(unit)


def test_a_person_is_one_person_by_whichever_way_they_answer(unit: FakeUnit) -> None:
    """By a card and by the API: nobody is to give more than half of the evidence."""
    say(unit, a_move(0), "approve", by="account:7f")
    say(unit, a_move(1), "approve", by="U0ADA")
    assert ["U0ADA", "U0ADA"] == [grade.by for grade in record_of(unit).grades]


def nearly_trusted(unit: FakeUnit, **changes: Any) -> None:
    """Let 39 answers have been given."""
    record = a_track_record(judged_by="scripted", grades=tuple(a_grade(n) for n in range(-39, 0)), **changes)
    unit.stores.track_records.replace(ACME, record, before=None)


def promoted(unit: FakeUnit) -> set[str]:
    """The streams that policy trusts."""
    return set(unit.stores.tenants.get(ACME).earned.promoted)


def test_the_answer_that_earns_trust_has_policy_trust_at_once_and_the_trail_say_why(unit: FakeUnit) -> None:
    """With the numbers that it rests on."""
    nearly_trusted(unit)
    say(unit, a_move(50), "approve", by="U0ADA")
    assert {STREAM} == promoted(unit)
    [entry] = unit.stores.audit.latest(ACME, limit=9)
    assert ("trust.earned", STREAM) == (entry.action, entry.target)
    assert (
        "promoted after 40 answers; 40 of 40 answers right: at least 90% right with 95% certainty"
        == (entry.detail["because"])
    )


def test_an_undo_of_a_severe_kind_ends_trust_at_once_and_the_trail_says_why(unit: FakeUnit) -> None:
    """Before the undo itself is carried out."""
    nearly_trusted(unit)
    say(unit, a_move(50), "approve")
    say(unit, a_move(51, state=DONE_STATE, outcome=OUTCOME), "undo")
    assert set() == promoted(unit)
    assert {"trust.earned", "trust.lost"} == set(trail(unit))
    [lost] = [entry for entry in unit.stores.audit.latest(ACME, limit=9) if entry.action == "trust.lost"]
    assert lost.detail["because"].startswith(f"asks again, because {Fall.UNDONE}; since then 0 of 0 answers right")


def test_an_answer_that_is_taken_in_twice_counts_once_and_ends_what_was_interrupted(unit: FakeUnit) -> None:
    """It is noted before it is carried out, so a message that comes again finds it noted."""
    nearly_trusted(unit)
    decision = a_move(50)
    request = ActionRequest(
        tenant_id=ACME, decision_id=decision.id, answer="approve", answered_by="U0ADA", answered_at=unit.now()
    )
    learn(decision, request, unit)
    before = record_of(unit)
    unit.stores.tenants.put(a_tenant())  # as if the function had been killed before policy was told
    learn(decision, request, unit)
    assert before == record_of(unit)
    assert {STREAM} == promoted(unit)
    assert ["trust.earned"] == trail(unit)


def test_a_new_version_of_what_judges_begins_anew_with_a_part_of_what_was_known(unit: FakeUnit) -> None:
    """The stream of the old one stays as it is: it may come back."""
    nearly_trusted(unit)
    say(unit, a_move(50, model="next"), "approve")
    record = record_of(unit, stream_of(ActionKind.MOVE, 0.85, "next"))
    assert (1, True) == (len(record.grades), record.prior[0] > 19)
    assert 39 == len(record_of(unit).grades)
    assert [] == trail(unit)


def test_trust_that_has_to_be_earned_anew_because_something_else_judges_is_said(unit: FakeUnit) -> None:
    """Once, with the first answer to it; of what was not trusted there is nothing to say."""
    nearly_trusted(unit)
    say(unit, a_move(50), "approve")
    for number in (51, 52):
        say(unit, a_move(number, model="next"), "approve")
        say(unit, a_move(number, model="next", confidence=0.75), "dismiss")
    assert ["trust.begins_anew", "trust.earned"] == sorted(trail(unit))
    [anew] = [entry for entry in unit.stores.audit.latest(ACME, limit=9) if entry.action == "trust.begins_anew"]
    assert stream_of(ActionKind.MOVE, 0.85, "next") == anew.target


class Contended(FakeTrackRecords):
    """Somebody else is quicker so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def replace(self, tenant_id: TenantId, record: TrackRecord, *, before: TrackRecord | None) -> None:
        """Have another answer come first."""
        if self.times:
            self.times -= 1
            other = (before or record).model_copy(update={"grades": (*(before.grades if before else ()), a_grade(99))})
            super().replace(tenant_id, other, before=before)
        super().replace(tenant_id, record, before=before)


def test_of_two_answers_in_the_same_moment_none_is_lost(unit: FakeUnit) -> None:
    """Whoever comes second looks again; if that never ends, the message is repeated."""
    unit.stores.track_records = Contended(1)
    say(unit, a_move(0), "approve")
    assert Tally(2, 0) == tally(unit)
    unit.stores.track_records = Contended(99)
    with pytest.raises(Conflict):
        say(unit, a_move(1), "approve")


def test_answers_are_kept_one_by_one_for_as_long_as_decisions_are(unit: FakeUnit) -> None:
    """After that only how many there were of each person."""
    old = a_grade(1, at=datetime(2020, 1, 1, tzinfo=UTC))
    unit.stores.track_records.replace(ACME, a_track_record(judged_by="scripted", grades=(old,)), before=None)
    say(unit, a_move(50), "approve")
    record = record_of(unit)
    assert (["r50"], {old.by: (1, 0)}) == ([grade.revision for grade in record.grades], record.earlier)


def test_who_answered_is_forgotten_with_the_persons_data_and_the_answers_still_count(unit: FakeUnit) -> None:
    """Only in the records that held it."""
    nearly_trusted(unit)
    untouched = a_track_record(7, grades=(a_grade(1, by="U0BOB"),))
    unit.stores.track_records.replace(ACME, untouched, before=None)
    before = record_of(unit).tally
    job = ask_to_erase("U0ADA", unit, asked_by="account:7f")
    step = erase_person(job, unit)
    results = step.results
    while step.cursor is not None:
        job = job.after(step, at=unit.now())
        step = erase_person(job, unit)
        results += step.results
    assert before == record_of(unit).tally
    assert "U0ADA" not in record_of(unit).model_dump_json()
    assert untouched == unit.stores.track_records.get(ACME, untouched.stream)
    assert [1] == [result["track_records"] for result in results]
