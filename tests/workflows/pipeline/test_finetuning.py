"""Training on what a team has answered: only with its consent, without what is private, and never on what tests it."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.actions import Comment, CreateTicket
from pm_assistant.domain.backtest import AdoptionReport
from pm_assistant.domain.decisions import DecisionState, Judgement, Outcome
from pm_assistant.domain.errors import Forbidden, InvalidRequest, UpstreamRejected
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.finetuning import HELD_OUT, FineTuneReport, parted
from pm_assistant.domain.jobs import Backtest, Job, JobDue, JobKind, Order
from pm_assistant.domain.tenants import Settings
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.finetuning import LONGEST, POLL_SECONDS, adopt, finetune
from pm_assistant.workflows.tenants.model import change_model
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TRUSTING,
    a_connection,
    a_decision,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.finetuning import FakeFineTuning
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst

HOUR = 3600.0
LEFT = Outcome(external_id="left-1", url="https://linear.app/acme/issue/ENG-1", inverse='{"operation": "x"}')


class FineTuneUnit(FakeUnit):
    """A team that consents, and has said yes or no to what was proposed in each of so many conversations."""

    def __init__(self, answered: int = 15, *, consent: bool = True) -> None:
        super().__init__()
        self.consent(consent)
        self.stores.connections.put(a_connection())
        self.stores.directory.put_members(ACME, [a_member()])
        self.stores.directory.put_teams(ACME, [ENG])
        self.stores.tickets.put(ACME, a_ticket(created_at=NOW - timedelta(days=60), assignee_name="Ada Lovelace"))
        self.said = [a_message(-HOUR * (answered - n), f"The coupon vanishes, case {n}") for n in range(answered)]
        for number, message in enumerate(self.said):
            self.answered(message, wanted=number % 2 == 0)

    def consent(self, given: bool) -> None:
        """Give it, or take it back."""
        settings: Settings = TRUSTING.model_copy(update={"training_consent": given})
        self.stores.tenants.put(a_tenant(settings=settings))

    def answered(self, message: Message, action: Any = None, *, wanted: bool = True, **changes: Any) -> None:
        """Somebody says something, and to what is proposed then a person says yes or no."""
        self.stores.messages.record(ACME, message, keep_days=90)
        state = DecisionState.DONE if wanted else DecisionState.DISMISSED
        moment = {"as_of": message.posted_at, "created_at": message.posted_at, "updated_at": NOW}
        left = {"outcome": LEFT} if wanted else {}
        decision = a_decision(ACME, action, message, state=state, decided_by="U0ADA", **{**moment, **left, **changes})
        self.stores.decisions.save(decision)

    def run(self, job: Job) -> Job:
        """Take steps until it is over, or waits."""
        while not job.finished:
            step = finetune(job, self)
            if step is None:
                return job
            job = job.after(step, at=NOW)
        return job

    def run_adoption(self, job: Job) -> Job:
        """Compare, and adopt if it is better."""
        while not job.finished:
            job = job.after(adopt(job, self), at=NOW)
        return job

    @property
    def written(self) -> str:
        """All that is in the files."""
        return "".join(content.decode() for content in self.archives.files.values())


def a_finetune(*, dry_run: bool = False, **changes: Any) -> Job:
    """A run that trains, or only writes the files."""
    order = Order(kind=JobKind.FINETUNE, dry_run=dry_run)
    made = {"id": "run-1", "tenant_id": ACME, "order": order, "asked_by": "account:1", "created_at": NOW}
    return Job(**{**made, "updated_at": NOW, **changes})


def test_without_consent_nothing_is_written() -> None:
    """It is off at first."""
    unit = FineTuneUnit(consent=False)

    with pytest.raises(Forbidden, match="training_consent"):
        finetune(a_finetune(dry_run=True), unit)

    assert {} == unit.archives.files
    assert not Settings().training_consent


def test_an_export_is_two_files_parted_by_time() -> None:
    """What was asked last is held out; nothing leaves for the vendor."""
    unit = FineTuneUnit(15)

    [result] = unit.run(a_finetune(dry_run=True)).results

    report = FineTuneReport.model_validate(result)
    assert (12, 3) == (report.trained_on, report.held_out) == (15 - round(15 * HELD_OUT), round(15 * HELD_OUT))
    assert unit.said[12].posted_at == report.held_out_since
    assert ("run-1-train.jsonl", "run-1-held-out.jsonl") == report.files
    assert [12, 3] == [len(content.splitlines()) for content in unit.archives.files.values()]
    assert {} == unit.fine_tuning.trainings


def test_a_lesson_is_what_was_asked_then_and_what_people_wanted() -> None:
    """What they dismissed is to be left alone."""
    unit = FineTuneUnit(15)

    unit.run(a_finetune(dry_run=True))

    first, second = unit.fine_tuning.lessons[:2]
    assert ["ticket-1"] == [ticket.id for ticket in first.asked.candidates]
    assert unit.said[0].posted_at == first.at
    assert ([Comment], []) == ([type(each.action) for each in first.wanted], [*second.wanted])


def test_nobody_is_named_in_a_file() -> None:
    """Neither who spoke, nor who is spoken of, nor who works on it."""
    unit = FineTuneUnit(14)
    said = a_message(-1, "Ada Lovelace (ada@acme.test, +49 30 90182011) saw the coupon vanish, token=xoxb-12345678-abc")
    summary = Comment(ticket_id="ticket-1", summary="Ada Lovelace saw it.")
    unit.stores.directory.put_members(ACME, [a_member(name="Ada Lovelace")])
    unit.answered(said, summary, reason="Ada says so")

    unit.run(a_finetune(dry_run=True))

    assert "saw the coupon vanish" in unit.written
    for told in ("Ada", "Lovelace", "ada@acme", "90182011", "xoxb", "U0ADA"):
        assert told not in unit.written


@pytest.mark.parametrize("change", [{"private": True}, {"outside": True}, {"deleted": True, "text": ""}])
def test_what_not_everybody_may_read_or_nobody_any_more_is_left_out(change: dict[str, Any]) -> None:
    """Private channels, shared ones, and conversations of which something was deleted."""
    unit = FineTuneUnit(15)
    unit.answered(a_message(-1, "the merger vanishes with the coupon", channel="C0OTHER"))
    root = a_message(-1, channel="C0OTHER")
    unit.stores.messages.record(
        ACME, a_message(-0.5, channel="C0OTHER", root_ts=root.ts, **{"text": "x", **change}), keep_days=90
    )

    unit.run(a_finetune(dry_run=True))

    assert 15 == len(unit.fine_tuning.lessons)
    assert "merger" not in unit.written


def test_what_the_model_could_not_know_of_is_no_lesson() -> None:
    """A ticket that came later, or that was not among those it was shown."""
    unit = FineTuneUnit(15)
    unit.answered(a_message(-1), Comment(ticket_id="ticket-9", summary="It vanishes."))

    unit.run(a_finetune(dry_run=True))

    assert 15 == len(unit.fine_tuning.lessons)


def test_of_a_new_ticket_only_what_a_model_says_is_learned() -> None:
    """The rest is added by ourselves."""
    unit = FineTuneUnit(14)
    new = CreateTicket(
        title="Keep the coupon", description="It vanishes.", priority=2, priority_because="It is urgent!"
    )
    unit.answered(a_message(-1), new)

    unit.run(a_finetune(dry_run=True))

    assert (
        CreateTicket(title=new.title, description=new.description, priority=2)
        == unit.fine_tuning.lessons[-1].wanted[0].action
    )


def test_too_little_is_not_trained_on() -> None:
    """It says how much there is."""
    with pytest.raises(InvalidRequest, match="only 8"):
        finetune(a_finetune(), FineTuneUnit(10))


def test_a_training_is_waited_for_and_its_file_deleted() -> None:
    """The held-out share is never uploaded."""
    unit = FineTuneUnit(15)

    waiting = unit.run(a_finetune())
    uploaded = dict(unit.fine_tuning.files)
    ended = unit.run(waiting)

    assert (1, 2, False) == (waiting.done, waiting.total, waiting.finished)
    assert [12] == [len(content.splitlines()) for content in uploaded.values()]
    due = JobDue(tenant_id=ACME, job_id="run-1")
    assert [(due, POLL_SECONDS)] == [(put.message, put.delay_seconds) for put in unit.queues.jobs.puts]
    [result] = ended.results
    assert ("succeeded", "ft:1") == (result["training"]["state"], result["training"]["model"])
    assert {} == unit.fine_tuning.files


@pytest.mark.parametrize("why", ["consent", "failure", "time"])
def test_whatever_ends_a_training_its_file_goes(why: str) -> None:
    """The team takes its consent back, the vendor fails, or it takes for ever."""
    unit = FineTuneUnit(15)
    unit.fine_tuning.fails = "no capacity" if why == "failure" else None
    waiting = unit.run(a_finetune())
    known = unit.fine_tuning.trainings["run-1"]
    if why == "consent":
        unit.consent(False)
    if why == "time":
        unit.at = NOW + LONGEST + timedelta(seconds=1)
        unit.fine_tuning.trainings["run-1"] = known.model_copy(update={"state": "waiting"})

    with pytest.raises(Forbidden if why == "consent" else UpstreamRejected):
        finetune(waiting, unit)

    assert {} == unit.fine_tuning.files
    assert isinstance(unit.fine_tuning, FakeFineTuning)


def test_a_step_that_is_taken_again_trains_once() -> None:
    """Its note may have been lost."""
    unit = FineTuneUnit(15)

    steps = [finetune(a_finetune(), unit) for _ in range(2)]

    assert steps[0] == steps[1]
    assert 1 == len(unit.fine_tuning.trainings) == len(unit.fine_tuning.files)


def a_comparison(*, dry_run: bool = False) -> Job:
    """A run that compares a trained model with today's, and adopts it if it is better."""
    order = Order(
        kind=JobKind.ADOPT_MODEL,
        dry_run=dry_run,
        since=NOW - timedelta(days=30),
        backtest=Backtest(variant=Variant(model="ft:1")),
    )
    return a_finetune(order=order)


class ComparingUnit(FineTuneUnit):
    """A team with thirty answers; today's model proposes a comment on everything, the trained one what it is told."""

    def __init__(self, *trained: bool) -> None:
        super().__init__(30)
        says = trained or tuple(number % 2 == 0 for number in range(30))
        self.analyst = FakeAnalyst(*[self._said(message, proposes=True) for message in self.said])
        self.variants["ft:1"] = FakeAnalyst(
            *[self._said(message, proposes=proposes) for message, proposes in zip(self.said, says, strict=True)]
        )

    def _said(self, message: Message, *, proposes: bool) -> Judgement:
        return a_judgement(*([a_proposal(None, message.id)] if proposes else []))


def test_a_model_that_is_better_on_what_was_held_out_judges_from_then_on() -> None:
    """The result has the numbers of both, and the trail who asked for it."""
    unit = ComparingUnit()

    [result] = unit.run_adoption(a_comparison()).results

    report = AdoptionReport.model_validate(result)
    assert (None, [0.5, 1.0]) == (report.refusal, [side.total.agreement for side in report.sides])
    assert ("ft:1", "ft:1") == (report.model, unit.stores.tenants.get(ACME).own_model)
    [noted] = unit.stores.audit.latest(ACME, limit=9)
    assert ("model.adopted", "ft:1", "account:1") == (noted.action, noted.target, noted.actor)


@pytest.mark.parametrize("says", [[True] * 30, [False] * 30])
def test_a_model_that_is_no_better_is_refused_with_the_numbers(says: list[bool]) -> None:
    """As good as today's is no reason to change."""
    unit = ComparingUnit(*says)

    [result] = unit.run_adoption(a_comparison()).results

    assert "it agrees with 50.0% of what people said, today's with 50.0%" == result["refusal"]
    assert unit.stores.tenants.get(ACME).model is None


def test_a_dry_run_adopts_nothing() -> None:
    """It would be better all the same."""
    unit = ComparingUnit()

    [result] = unit.run_adoption(a_comparison(dry_run=True)).results

    assert result["refusal"] is None
    assert unit.stores.tenants.get(ACME).model is None


def test_without_consent_no_model_is_adopted() -> None:
    """Whatever it is worth."""
    unit = ComparingUnit()
    unit.consent(False)

    with pytest.raises(Forbidden):
        adopt(a_comparison(), unit)


def test_an_adopted_model_judges_while_the_team_consents() -> None:
    """Consent that ends ends that, too."""
    unit = FineTuneUnit()
    change_model("ft:1", unit)
    unit_before = unit.stores.tenants.get(ACME).own_model
    withdrawn = unit.stores.tenants.get(ACME).model_copy(update={"settings": TRUSTING})

    assert ("ft:1", None) == (unit_before, withdrawn.own_model)


def test_what_was_asked_last_is_held_out_in_whatever_order_it_is_found() -> None:
    """Nothing that is trained on was asked after what tells what the training was worth."""
    unit = FineTuneUnit(15)
    unit.run(a_finetune(dry_run=True))

    trained, held_out = parted([*reversed(unit.fine_tuning.lessons)])

    assert max(lesson.at for lesson in trained) < min(lesson.at for lesson in held_out)
