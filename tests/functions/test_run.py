"""One message, one step: what is wired, what is logged, and what becomes of a message that cannot be handled."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from functions.run import app
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.decisions import Outcome
from pm_assistant.domain.errors import AccessRevoked, NotFound
from pm_assistant.domain.finetuning import FineTuneReport
from pm_assistant.domain.jobs import APP, Job, JobDue, JobKind, JobState, Order, Recurring, RecurringDue
from pm_assistant.domain.surfaces import SurfaceRequest
from pm_assistant.domain.tenants import Provider, Settings, Suspension, TenantState
from pm_assistant.domain.versions import WrittenByNewer
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import MOST_ATTEMPTS, FailureHandling, handling_of
from pm_assistant.runtime.settings.run import RunSettings
from pm_assistant.workflows.jobs import LEASE, run_step
from pm_assistant.workflows.tenants import closing
from pm_assistant.workflows.tenants.closing import GRACE
from pm_assistant.workflows.tenants.erasing import PARTS
from tests.builders import ACME, ENG, NOW, a_decision, a_job, a_member, a_message, a_tenant, a_ticket, an_account
from tests.fakes.accounts import FakeUsers
from tests.fakes.aws import FakeStageMetrics
from tests.fakes.connections import a_working_connection
from tests.fakes.stores import FakeArchives, FakeQueue, FakeSchedules, FakeStores, FakeVault
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeTracker

type Answer = dict[str, Any]


class Wired:
    """What the function finds behind its wiring; queues by their address."""

    def __init__(self) -> None:
        self.stores, self.archives, self.schedules = FakeStores(), FakeArchives(), FakeSchedules()
        self.users, self.chat, self.tracker = FakeUsers(), FakeChat(members=[a_member()]), FakeTracker(teams=[ENG])
        self.queues: dict[str, FakeQueue] = {}
        self.parked: list[tuple[str, str]] = []
        self.lost: AccessRevoked | None = None

    def queue(self, url: str) -> FakeQueue:
        """A queue."""
        return self.queues.setdefault(url, FakeQueue())

    def get_chat(self, *_: object) -> FakeChat:
        """The chat, unless we are no longer let in."""
        if self.lost:
            raise self.lost
        return self.chat

    def ask(self, kind: JobKind, **changes: Any) -> JobDue:
        """Note a run; its message."""
        job = a_job(order=Order(kind=kind, dry_run=False), **changes)
        self.stores.jobs.put(job)
        return JobDue(tenant_id=job.tenant_id, job_id=job.id)

    def job(self, due: JobDue) -> Job:
        """The run as it now is."""
        return self.stores.jobs.get(due.tenant_id, due.job_id)


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """A run function of its own."""
    made = Wired()
    for name in RunSettings.model_fields:
        if RunSettings.model_fields[name].is_required():
            monkeypatch.setenv(name.upper(), name)
    monkeypatch.setenv("ANALYST", "offline")
    letters = SimpleNamespace(park=lambda body, *, error, cause, **_: made.parked.append((error, cause)))
    stand_ins: dict[str, Any] = {
        "stores": lambda *_, **__: made.stores,
        "queue": made.queue,
        "source_queue": lambda _: SimpleNamespace(postpone=lambda *_: None),
        "dead_letters": lambda _: letters,
        "archives": lambda _: made.archives,
        "schedules": lambda *_: made.schedules,
        "users": lambda *_: made.users,
        "vault": lambda _: FakeVault(),
        "offline_analyst": FakeAnalyst,
        "chat": made.get_chat,
        "tracker": lambda *_: made.tracker,
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(wiring, name, stand_in)
    made.stores.tenants.put(a_tenant())
    app.settings.cache_clear()
    yield made
    app.settings.cache_clear()


def delivered(due: JobDue | RecurringDue, attempt: int = 1, *, since: datetime | None = None) -> Answer:
    """Hand a message to the function; with `since` it has been tried since then."""
    noted = {"since": {"stringValue": since.isoformat(), "dataType": "String"}} if since else {}
    record = {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": due.model_dump_json(),
        "attributes": {"ApproximateReceiveCount": str(attempt), "MessageGroupId": due.tenant_id},
        "messageAttributes": noted,
    }
    return app.handler({"Records": [record]}, None)


def erased(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the log says of tenants that were erased."""
    return [vars(line) for line in caplog.records if line.message == "tenant erased"]


OTHERWISE = {JobKind.IMPORT, JobKind.DELETE, JobKind.ERASE_PERSON, JobKind.FINETUNE, JobKind.ADOPT_MODEL}
"""What takes more than one step, or needs more than its kind."""


@pytest.mark.parametrize("kind", [kind for kind in JobKind if kind not in OTHERWISE])
def test_every_kind_of_run_is_wired(wired: Wired, kind: JobKind) -> None:
    """Of a tenant that has next to nothing each is done at once."""
    wired.stores.accounts.put(an_account())
    due = wired.ask(kind)

    answer = delivered(due)

    assert {"batchItemFailures": []} == answer
    assert (JobState.DONE, None) == (wired.job(due).state, wired.job(due).error)


def test_who_looks_at_their_page_sees_once_that_a_run_is_undone(wired: Wired) -> None:
    """However many acts that was; where there was none to undo, no page is made anew."""
    wired.stores.accounts.put(an_account())
    wired.stores.connections.put(a_working_connection(ACME, Provider.LINEAR))
    wired.stores.homes.look(ACME, "U0ADA", since=datetime.now(UTC))
    order, inverse = (
        Order(kind=JobKind.PROCESS, dry_run=False),
        {"operation": "commentDelete", "variables": {"id": "c-1"}},
    )
    left = Outcome(external_id="c-1", url="", inverse=json.dumps(inverse))
    runs = [a_job(number=number, order=order, state=JobState.DONE) for number in (1, 2)]
    for number in range(2):
        logged = wired.stores.decisions.save(a_decision(message=a_message(number), run=runs[1].id))
        begun = wired.stores.decisions.replace(logged.begun(left, at=NOW), before=logged)
        wired.stores.decisions.replace(begun.carried_out(left, at=NOW), before=begun)
    for number, run in enumerate(runs, start=7):
        wired.stores.jobs.put(run)
        wired.stores.jobs.put(
            a_job(number=number, order=Order(kind=JobKind.UNDO, dry_run=False, undoes=run.id), id=f"undo-{number}")
        )

    def refreshed(job_id: str) -> list[str]:
        due = JobDue(tenant_id=ACME, job_id=job_id)
        delivered(due)
        assert JobState.DONE is wired.job(due).state
        asked = [put.message for put in wired.queue("actions_queue_url").puts]
        return [each.user_id for each in asked if isinstance(each, SurfaceRequest)]

    assert [[], ["U0ADA"]] == [refreshed("undo-7"), refreshed("undo-8")]
    assert ({"undone": 2, "not_undone": 0},) == wired.job(JobDue(tenant_id=ACME, job_id="undo-8")).results


def test_the_stage_is_looked_at_in_nobodys_name(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    """And kept for those who operate the service."""
    monkeypatch.setattr(wiring, "stage_metrics", lambda queues, functions: FakeStageMetrics())

    answer = delivered(JobDue(tenant_id=APP, job_id="stage"))

    assert ({"batchItemFailures": []}, []) == (answer, wired.parked)
    health = wired.stores.healths.stage()
    assert health is not None
    assert health.measured


def test_what_teams_pay_for_is_looked_at_in_nobodys_name(wired: Wired) -> None:
    """Also from where a page before it has ended."""
    for job_id in ("billing", "billing|1#acme"):
        assert ({"batchItemFailures": []}, []) == (delivered(JobDue(tenant_id=APP, job_id=job_id)), wired.parked)


def test_what_a_vendor_could_not_tell_us_is_asked_for_in_nobodys_name(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No tenant has that id, and no job of it runs."""
    asked = list[Provider]()

    def redelivery(provider: Provider, _: object) -> None:
        asked.append(provider)
        raise NotFound("no app there")

    monkeypatch.setattr(wiring, "redelivery", redelivery)

    answer = delivered(JobDue(tenant_id=APP, job_id="github"))

    assert ({"batchItemFailures": []}, [Provider.GITHUB], []) == (answer, asked, wired.parked)


@pytest.mark.parametrize("kind", Recurring)
def test_what_recurs_is_wired(wired: Wired, kind: Recurring, caplog: pytest.LogCaptureFixture) -> None:
    """With one line that says what came of it."""
    caplog.set_level("INFO")
    wired.stores.connections.put(a_working_connection(ACME, Provider.LINEAR))
    due = RecurringDue(tenant_id=ACME, kind=kind, due_at=NOW)

    answers = [delivered(due) for _ in range(2)]

    assert ([{"batchItemFailures": []}] * 2, []) == (answers, wired.parked)
    assert ["done", "repeated"] == [vars(line)["outcome"] for line in caplog.records if line.message == "recurred"]


def test_an_hour_that_cannot_be_done_is_given_up_without_a_trace_in_the_runs(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run has failed, for none was asked for; the message lies with the dead letters."""
    wired.stores.connections.put(a_working_connection(ACME, Provider.LINEAR))
    monkeypatch.setattr(wired.stores.index, "read", _bug)
    due = RecurringDue(tenant_id=ACME, kind=Recurring.COMPARISON, due_at=NOW)

    answers = [delivered(due, attempt)["batchItemFailures"] for attempt in (1, MOST_ATTEMPTS)]

    assert ([[{"itemIdentifier": "m-1"}], []], ["RuntimeError"]) == (answers, [error for error, _ in wired.parked])
    assert [] == list(wired.stores.jobs.latest(ACME, limit=9))


def test_a_message_of_before_messages_said_what_they_are_is_a_jobs(wired: Wired) -> None:
    """It may have waited while the function became another."""
    due = wired.ask(JobKind.RECONCILE)
    record = {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": f'{{"tenant_id": "{ACME}", "run_id": "{due.job_id}"}}',
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": ACME},
    }

    answer = app.handler({"Records": [record]}, None)

    assert ({"batchItemFailures": []}, JobState.DONE) == (answer, wired.job(due).state)


def test_of_a_tenant_that_is_suspended_runs_stand_still_but_an_export(wired: Wired) -> None:
    """They go on when it is resumed."""
    wired.stores.tenants.put(a_tenant(suspension=Suspension(began_at=NOW, reason="x")))
    process, export = wired.ask(JobKind.PROCESS, id="job-1"), wired.ask(JobKind.EXPORT, id="job-2")

    for due in (process, export):
        delivered(due)

    assert (JobState.WAITING, JobState.DONE) == (wired.job(process).state, wired.job(export).state)
    assert [process.model_dump_json()] == [each.body for each in wired.stores.kept_messages.page(ACME, limit=9)]


def test_an_import_is_wired(wired: Wired) -> None:
    """What was exported comes in, one message after the other."""
    exported = wired.ask(JobKind.EXPORT)
    delivered(exported)
    content = wired.archives.files[ACME, "exports", f"{exported.job_id}.zip"]
    wired.archives.put(wired.archives.upload_url(ACME, "u", size=len(content)), content)
    due = JobDue(tenant_id=ACME, job_id=a_job(number=2).id)
    order = Order(kind=JobKind.IMPORT, dry_run=False, upload_id="u")
    wired.stores.jobs.put(a_job(number=2, order=order))

    delivered(due)
    [again] = wired.queue("jobs_queue_url").puts
    delivered(JobDue.model_validate(again.message.model_dump()))

    assert JobState.DONE is wired.job(due).state


def test_an_erasure_is_wired(wired: Wired) -> None:
    """A step after the other, and the words are gone."""
    wired.stores.directory.put_members(ACME, [a_member()])
    wired.stores.messages.record(ACME, a_message(), keep_days=9)
    job = a_job(order=Order(kind=JobKind.ERASE_PERSON, dry_run=False, member_id="U0ADA"))
    wired.stores.jobs.put(job)
    due = JobDue(tenant_id=ACME, job_id=job.id)

    for _ in (*PARTS, "the person"):
        delivered(due)

    assert (JobState.DONE, [""]) == (wired.job(due).state, [m.text for m in wired.stores.messages.since(ACME, NOW)])
    assert 1 == len(wired.queue("events_queue_url").puts)


def test_a_deletion_is_wired_and_proven_in_one_line(
    wired: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What there was of each part, and that nothing is left; a vendor we have no app at cannot be told."""
    asked = datetime.now(UTC).replace(microsecond=0) - GRACE
    wired.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=asked + GRACE))
    wired.stores.connections.put(a_working_connection())
    wired.stores.accounts.put(an_account())
    wired.stores.tickets.put(ACME, a_ticket())
    monkeypatch.setattr(wiring, "oauth_app", _no_app)
    caplog.set_level("INFO")
    due = wired.ask(JobKind.DELETE, created_at=asked)

    for _ in range(1 + len(closing.PARTS)):
        delivered(due)

    [proof] = erased(caplog)
    known = {name: proof[name] for name in ("tenant", "connections", "revoked", "schedules", "logins", "files", "left")}
    assert {
        "tenant": ACME,
        "connections": 1,
        "revoked": 0,
        "schedules": 0,
        "logins": 1,
        "files": 0,
        "left": 0,
    } == known
    assert 0 == wired.stores.partition.erase(ACME)


def test_a_deletion_that_lost_its_own_row_is_finished(wired: Wired, caplog: pytest.LogCaptureFixture) -> None:
    """The message alone is enough."""
    caplog.set_level("INFO")
    ended = datetime.now(UTC) - timedelta(minutes=1)
    wired.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=ended))
    wired.stores.tickets.put(ACME, a_ticket())

    answer = delivered(JobDue(tenant_id=ACME, job_id="erased"))

    assert ({"batchItemFailures": []}, []) == (answer, wired.parked)
    assert [2] == [line["rows"] for line in erased(caplog)]


def test_a_lost_access_ends_the_run_and_is_said(wired: Wired) -> None:
    """The person who waits is told, and so are the tenant's admins, once."""
    for provider in (Provider.SLACK, Provider.LINEAR):
        wired.stores.connections.put(a_working_connection(ACME, provider))
    wired.lost = AccessRevoked("Slack no longer accepts our token: token_revoked", provider=Provider.SLACK)
    due = wired.ask(JobKind.SYNC)

    delivered(due)
    delivered(due)

    assert (JobState.FAILED, str(wired.lost)) == (wired.job(due).state, wired.job(due).error)
    [put] = wired.queue("reports_queue_url").puts
    assert isinstance(put.message, ConnectionNotice)


def test_what_fails_for_now_is_tried_again_and_given_up_in_the_end(
    wired: Wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only then has the run failed, with nothing in its text that nobody has checked."""
    monkeypatch.setattr(wiring, "offline_analyst", _bug)
    wired.stores.messages.record(ACME, a_message(), keep_days=9)
    due = wired.ask(JobKind.PROCESS)
    wired.stores.jobs.put(wired.job(due).model_copy(update={"order": Order(kind=JobKind.PROCESS)}))

    first = delivered(due)
    between = wired.job(due).state
    last = delivered(due, MOST_ATTEMPTS)

    assert ([{"itemIdentifier": "m-1"}], JobState.WAITING) == (first["batchItemFailures"], between)
    assert [] == last["batchItemFailures"]
    assert [("RuntimeError", "unexpected error, see the function's log")] == wired.parked
    assert (JobState.FAILED, "unexpected error, see the function's log") == (
        wired.job(due).state,
        wired.job(due).error,
    )


def test_a_message_that_only_met_another_at_work_ends_nothing(wired: Wired) -> None:
    """The other one goes on; this one is parked for whoever looks into it."""
    due = wired.ask(JobKind.PROCESS)
    now = datetime.now(UTC)

    with wired.stores.leases.hold(ACME, f"job|{due.job_id}", now=now, until=now + LEASE):
        delivered(due, since=now - timedelta(days=4))

    assert (["Contention"], JobState.WAITING) == ([error for error, _ in wired.parked], wired.job(due).state)


def _no_app(*_: object) -> None:
    raise AccessRevoked("the vendor has forgotten us already")


def _bug(*_: object) -> None:
    raise RuntimeError("what somebody said")


REPORT = FineTuneReport(trained_on=12, held_out=3, held_out_since=NOW, files=("a.jsonl", "b.jsonl"))
TAKEN_FURTHER: dict[str, dict[str, Any]] = {
    "adopt-model": {"sides": []},
    "backtest": {"sides": []},
    "catch-up": {},
    "erase-person": {},
    "finetune": REPORT.model_dump(mode="json"),
    "sync": {},
    "undo": {},
}
"""What steps of runs have noted of how far these are, by their kind."""


@pytest.mark.parametrize("kind", TAKEN_FURTHER)
def test_a_run_that_a_newer_version_has_taken_further_waits_for_it(kind: str) -> None:
    """What was noted may restrict what is done next: whoever has no word for it does nothing, and fails nothing."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(settings=Settings(training_consent=True)))
    for provider in Provider:
        unit.stores.connections.put(a_working_connection(ACME, provider))
    unit.stores.accounts.put(an_account())
    order = Order(kind=JobKind(kind), dry_run=False, undoes="run", member_id="U0ADA")
    cursor = json.dumps({**TAKEN_FURTHER[kind], "only": "on Mondays"})
    job = a_job(order=order, cursor=cursor, asked_by="account:account-ada")
    unit.stores.jobs.put(job)

    with pytest.raises(WrittenByNewer) as waits:
        run_step(JobDue(tenant_id=ACME, job_id=job.id), app.STEPS, unit)

    assert FailureHandling.WAIT is handling_of(waits.value)
    assert job == unit.stores.jobs.get(ACME, job.id)
