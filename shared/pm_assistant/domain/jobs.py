"""Work that somebody asked for and that takes longer than a request: its order, its progress, its results."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import AliasChoices, AwareDatetime, Field

from pm_assistant.domain.actions import TAKEN_BACK
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model, is_none
from pm_assistant.domain.spending import DOLLAR
from pm_assistant.domain.tenants import ActionKind, TenantId
from pm_assistant.domain.versions import read_cursor

MOST_RESULT_BYTES = 300_000
"""A job is kept in one row, and DynamoDB takes 400 KB; what does not fit is counted."""

ABANDONED_AFTER = timedelta(hours=79)
"""How long a job may stand still: its step is tried for three days, may then rest for four more hours, and if the
function is killed at it then, six times half an hour apart, as its queue in template.yaml is set, nobody notes it."""

MOST_STEPS = 30 * 24 * 60
"""What a job may take: thirty days at a step a minute, which is as slow as Slack lets an unlisted app read.

Each step asks for the next, and nothing else would stop one that gets nowhere."""


DRY_RUN_LASTS = timedelta(days=7)
"""What a dry run found quotes what was said; people have looked at it by then."""
_QUOTING = frozenset({"title", "text", "reason"})
"""The fields of a result that say what people said."""


class JobKind(StrEnum):
    """What can be run."""

    PROCESS = "process"
    MOVE_TICKETS = "move-tickets"
    UNTRACKED = "untracked"
    STANDUP = "standup"
    WEEKLY = "weekly"
    SYNC = "sync"
    RECONCILE = "reconcile"
    CALIBRATE = "calibrate"
    FLOW = "flow"
    EXPORT = "export"
    IMPORT = "import"
    DELETE = "delete"
    ERASE_PERSON = "erase-person"
    CATCH_UP = "catch-up"
    BACKTEST = "backtest"
    FINETUNE = "finetune"
    ADOPT_MODEL = "adopt-model"
    RESUME = "resume"
    UNDO = "undo"


APP = TenantId("app")
"""In whose name work goes on that is no tenant's; a tenant's id has 32 characters."""


class JobState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


DEFAULT_COST = 5 * DOLLAR
"""In millionths of a dollar: what a backtest may cost unless it is told otherwise."""


class Backtest(Model):
    """How conversations are to be judged once more.

    Attributes:
        variant: is held against what would happen today; None if only that is asked for.
        analyst: who judges, if not the tenant's own.
        most_microdollars: in millionths of a dollar; no conversation is begun once so much is spent.
    """

    variant: Variant | None = None
    analyst: Literal["offline"] | None = None
    most_microdollars: int = Field(default=DEFAULT_COST, gt=0)


class Order(Model):
    """What is asked for.

    Attributes:
        dry_run: say what would happen and keep nothing.
        since: how far back to look; each kind has its own default.
        member_id: the person a report is for, None meaning everybody in the chat, or with a subscription of that kind;
            or the person whose data is erased.
        upload_id: names the uploaded archive of an import.
        channel: of a reading: only this one, by the chat's id.
        judge: of a reading: what was said since is judged as if its events had come, which the vendor owed us.
        backtest: how a backtest judges; of an adoption, its variant names the model.
        undoes: the run that is to be undone.
    """

    kind: JobKind
    dry_run: bool = True
    since: AwareDatetime | None = None
    member_id: str | None = None
    upload_id: str | None = None
    channel: str | None = None
    judge: bool = False
    backtest: Backtest | None = None
    undoes: str | None = None


class Step(Model):
    """What one step of a job achieved.

    Attributes:
        done: how much is behind the job with it, of `total` (None while that is not known).
        cursor: where the next step begins; None if there is nothing left to do.
        results: what came of this step.
        erased: the tenant is gone, and with it the place where a job is noted.
    """

    done: int
    total: int | None
    cursor: str | None = None
    results: tuple[dict[str, Any], ...] = ()
    erased: bool = False


class Job(Model):
    """One job, which the API calls a run.

    Attributes:
        steps: how many have been taken.
        done: how much is behind it, of `total` (None while that is not known), in each kind's own unit.
        cursor: where the next step begins.
        results: what came of it, as far as it got; JSON of each kind's own form.
        left_out: how many results there was no room for.
        error: why it failed, free of secrets.
        erased: it ended with its tenant; never stored, for there is no place left.
        keep_days: for how long at most it is kept, where what comes of it quotes what people said.
        undone_by: the run that undoes it; from then on nothing more is done of it unasked.
        begun_again_by: the run that was begun in its place, since it failed.
    """

    id: str
    tenant_id: TenantId
    order: Order
    state: JobState = JobState.WAITING
    steps: int = 0
    done: int = Field(default=0, ge=0)
    total: int | None = None
    cursor: str | None = None
    results: tuple[dict[str, Any], ...] = ()
    left_out: int = 0
    error: str | None = None
    erased: bool = Field(default=False, exclude=True)
    keep_days: int | None = None
    undone_by: str | None = None
    begun_again_by: str | None = Field(default=None, exclude_if=is_none)
    asked_by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def finished(self) -> bool:
        """Whether no step is left to take."""
        return self.state in {JobState.DONE, JobState.FAILED}

    def progress[M: Model](self, kind: type[M]) -> M | None:
        """How far it has come, as its cursor says; None before its first step.

        Raises:
            WrittenByNewer: a newer version of us has taken the last step; repeat.
            ValidationError: the cursor says nothing of that kind.
        """
        return read_cursor(kind, self.cursor) if self.cursor else None

    def seen(self, at: datetime) -> "Job":
        """The job as people are to see it: one that nothing has happened to for too long has failed.

        Nobody notes that a function was killed at each attempt. Should an operator have the step taken again after
        all, the job goes on. The end of a tenant waits for days.
        """
        if self.finished or self.order.kind is JobKind.DELETE or at - self.updated_at < ABANDONED_AFTER:
            return self
        return self.failed(Translatable("it broke off"), at=self.updated_at)

    def after(self, step: Step, *, at: datetime) -> "Job":
        """The job with one more step behind it; one that has taken too many without an end has failed."""
        fitting = _fitting(self.results, step.results)
        change = {
            "state": JobState.RUNNING if step.cursor is not None else JobState.DONE,
            "steps": self.steps + 1,
            "done": step.done,
            "total": step.total,
            "cursor": step.cursor,
            "results": self.results + fitting,
            "left_out": self.left_out + len(step.results) - len(fitting),
            "erased": step.erased,
            "updated_at": at,
        }
        after = self.model_copy(update=change)
        if after.finished or after.steps < MOST_STEPS:
            return after
        return after.failed(Translatable("it was not done after {count} steps", count=str(MOST_STEPS)), at=at)

    def failed(self, error: str, *, at: datetime) -> "Job":
        """The job, ended by an error; what came of it so far stays."""
        return self.model_copy(update={"state": JobState.FAILED, "error": error, "updated_at": at})

    def addresses(self) -> set[str]:
        """Of the messages and tickets that its results quote."""
        return {address for result in self.results for part in _parts(result) for address in _cited(part)}

    def without_words(self, gone: Callable[[str], bool]) -> "Job":
        """The job, saying nothing of what rests on an address of which the words are gone."""
        return self.model_copy(update={"results": tuple(_without_words(result, gone) for result in self.results)})

    def without_results_about(self, member_id: str) -> "Job":
        """The job without what it showed of one person alone."""
        others = tuple(result for result in self.results if result.get("member_id") != member_id)
        return self.model_copy(update={"results": others})


class Finding(Model):
    """A decision that a dry run found would be made.

    Attributes:
        would: act on its own, ask people first, only log it, or nothing: it has been done, or answered, already.
        ticket: key of the ticket it is about, such as `ENG-12`.
        to: name of the state the ticket would be moved to.
        title: of the ticket that would be created.
        text: of the comment, or the new ticket's description.
        evidence: addresses of the messages it rests on.
        private: said where not everyone listens; then only the addresses tell what.
    """

    kind: ActionKind
    would: Literal["act", "ask", "log", "nothing"]
    ticket: str | None = None
    to: str | None = None
    title: str | None = None
    text: str | None = None
    confidence: float
    reason: str | None = None
    evidence: tuple[str, ...]
    private: bool = False


class JobDue(Model):
    """A message on the jobs queue: take this job's next step.

    Attributes:
        job_id: `run_id` in what was sent, or scheduled, when jobs were called runs.
    """

    type: Literal["job_due"] = "job_due"
    tenant_id: TenantId
    job_id: str = Field(validation_alias=AliasChoices("job_id", "run_id"))


class Recurring(StrEnum):
    """What recurs for every tenant: its sources are compared every hour, and caught up once a day."""

    COMPARISON = "comparison"
    CATCH_UP = "catch-up"


class RecurringDue(Model):
    """A message on the jobs queue: a tenant's hour or day has come.

    Attributes:
        due_at: for when it was scheduled, which is the same however often the message comes.
    """

    type: Literal["recurring_due"] = "recurring_due"
    tenant_id: TenantId
    kind: Recurring
    due_at: AwareDatetime


class Record(Model):
    """One thing of a tenant as an export carries it: what kind it is, and its own form as JSON."""

    kind: str
    data: dict[str, Any]


def _fitting(stored: Sequence[dict[str, Any]], further: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """As many of the further results, from the first on, as there is room for beside those that are stored."""
    room = MOST_RESULT_BYTES - sum(map(_size, stored))
    fitting = 0
    for result in further:
        room -= _size(result)
        if room < 0:
            break
        fitting += 1
    return tuple(further[:fitting])


def _parts(of: Any) -> Iterator[dict[str, Any]]:
    """All that has fields in a result, the result itself included."""
    if isinstance(of, dict):
        yield of
    inner = of.values() if isinstance(of, dict) else of if isinstance(of, list | tuple) else ()
    for each in inner:
        yield from _parts(each)


def _cited(part: dict[str, Any]) -> Iterator[str]:
    """What a part itself rests on, not the parts in it."""
    yield from part.get("evidence", ())
    if "url" in part:
        yield part["url"]


def _without_words(of: Any, gone: Callable[[str], bool]) -> Any:
    if isinstance(of, list | tuple):
        return type(of)(_without_words(each, gone) for each in of)
    if not isinstance(of, dict):
        return of
    taken_back = _QUOTING if any(map(gone, _cited(of))) else frozenset[str]()
    return {name: TAKEN_BACK if name in taken_back else _without_words(value, gone) for name, value in of.items()}


def _size(result: dict[str, Any]) -> int:
    return len(json.dumps(result, ensure_ascii=False).encode())
