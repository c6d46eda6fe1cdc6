"""Several kinds of messages come in on one queue, and each is told in its own way, or sent on."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel

from functions.report import app
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.due import DueNotice, due_of
from pm_assistant.domain.errors import AccessRevoked
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.messages import ReportsMessage
from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import AnswersChanged, ReportChannel, ReportDue, Skip, Subscription
from pm_assistant.domain.tenants import Provider, Suspension
from pm_assistant.domain.work import Channel
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import QueueMessage
from pm_assistant.runtime.settings.report import ReportSettings
from pm_assistant.runtime.unit import AwsApplication
from tests.builders import ACME, NOW, a_connection, a_member, a_tenant, an_account
from tests.fakes.accounts import FakeMailer
from tests.fakes.connections import a_working_connection
from tests.fakes.stores import FakeQueue, FakeStores, FakeVault
from tests.fakes.vendors import FakeChat

DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)


class Wired:
    """What the function finds behind its wiring."""

    def __init__(self) -> None:
        self.stores, self.chat, self.mailer = FakeStores(), FakeChat(), FakeMailer()
        self.reports, self.jobs = FakeQueue(), FakeQueue()
        self.parked: list[str] = []
        self.lost: AccessRevoked | None = None
        self.stores.tenants.put(a_tenant())
        self.stores.directory.put_members(ACME, [a_member()])
        self.stores.accounts.put(an_account())
        self.stores.connections.put(a_working_connection())

    def queue(self, url: str) -> FakeQueue:
        """The queue of that address."""
        return {"https://reports_queue_url.test": self.reports, "https://jobs_queue_url.test": self.jobs}[url]

    def get_chat(self, *_: object) -> FakeChat:
        """The chat, unless we are no longer let in."""
        if self.lost:
            raise self.lost
        return self.chat


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """A report function of its own."""
    made = Wired()
    for name, field in ReportSettings.model_fields.items():
        if field.is_required():
            monkeypatch.setenv(name.upper(), f"https://{name}.test")
    letters = SimpleNamespace(park=lambda body, *, cause, **_: made.parked.append(cause))
    stand_ins: dict[str, Any] = {
        "stores": lambda *_, **__: made.stores,
        "queue": made.queue,
        "source_queue": lambda _: SimpleNamespace(postpone=lambda *_: None),
        "dead_letters": lambda _: letters,
        "vault": lambda _: FakeVault(),
        "mailer": lambda *_: made.mailer,
        "chat": made.get_chat,
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(wiring, name, stand_in)
    app.settings.cache_clear()
    yield made
    app.settings.cache_clear()


def delivered(body: BaseModel | str) -> list[dict[str, str]]:
    """Hand a message to the function; what has to come again."""
    record = {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": body if isinstance(body, str) else body.model_dump_json(),
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": ACME},
    }
    return app.handler({"Records": [record]}, None)["batchItemFailures"]


def test_a_report_goes_to_its_reader(wired: Wired) -> None:
    """In the chat, or by e-mail where that is wished for; then the chat is not even opened."""
    delivered(DUE)
    wired.lost = AccessRevoked("not needed")
    wired.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=ReportChannel.EMAIL))
    delivered(DUE.model_copy(update={"once": "again"}))

    assert ["U0ADA"] == [user for user, _ in wired.chat.reports]
    assert ["ada@acme.test"] == [mail.to for mail in wired.mailer.sent]


def test_a_schedule_of_before_there_were_others_is_still_understood(wired: Wired) -> None:
    """What waits in the scheduler is as old as its subscription."""
    delivered('{"tenant_id": "acme", "member_id": "U0ADA", "kind": "standup", "due_at": "2026-11-20T09:30:00Z"}')

    assert ["Standup for Ada, Friday 20 November"] == [sent.title for _, sent in wired.chat.reports]


def test_a_notice_goes_to_those_in_charge(wired: Wired) -> None:
    """By e-mail and in the chat, with the way to mend it."""
    wired.stores.connections.put(a_connection(ACME, Provider.LINEAR, broken_since=NOW))

    again = delivered(ConnectionNotice(tenant_id=ACME, provider=Provider.LINEAR, broken_since=NOW, reason="revoked"))

    assert [] == again
    assert ["ada@acme.test"] == [mail.to for mail in wired.mailer.sent]
    assert ["https://public_url.test/connections"] == [sent.url for _, sent in wired.chat.notices]


def test_what_people_say_is_put_into_the_post_that_is_out(wired: Wired, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is posted for it where none is."""
    monkeypatch.setattr(AwsApplication, "now", lambda _: NOW)
    wired.chat.places["C0TEAM"], wired.chat.listeners["C0TEAM"] = Channel(id="C0TEAM", name="team"), ["U0ADA"]
    wish = Subscription(channel_id="C0TEAM", time_zone="UTC")
    wired.stores.subscriptions.put(ACME, wish)
    changed = AnswersChanged(tenant_id=ACME, member_id="U0ADA", day=NOW.date())
    assert ([], []) == (delivered(changed), wired.chat.reports)
    due = ReportDue(tenant_id=ACME, channel_id="C0TEAM", due_at=NOW - timedelta(hours=1), time_zone="UTC")
    assert [] == delivered(due)
    said = ReportAnswers(member_id="U0ADA", day=NOW.date(), answers=(ReportAnswer(text="late today"),), at=NOW)
    wired.stores.report_answers.put(ACME, said, keep_days=9)

    assert [] == delivered(changed)

    assert "late today" in str(wired.chat.reports)


def test_what_is_due_over_money_goes_to_those_in_charge(wired: Wired) -> None:
    """By e-mail and in the chat, with the page where it is seen to."""
    wired.stores.tenants.put(a_tenant(billing=Billing(trial_ends_at=NOW)))
    thing = due_of(Billing(trial_ends_at=NOW), NOW)
    assert thing is not None

    assert [] == delivered(DueNotice(tenant_id=ACME, what=thing.what, occasion=thing.occasion))

    assert ["ada@acme.test"] == [mail.to for mail in wired.mailer.sent]
    assert ["https://public_url.test/billing"] == [sent.url for _, sent in wired.chat.notices]


@pytest.mark.parametrize("body", ['{"tenant_id": "acme", "run_id": "run-1"}', JobDue(tenant_id=ACME, job_id="run-1")])
def test_a_job_among_the_dead_reports_goes_on_to_its_own_queue(wired: Wired, body: str | JobDue) -> None:
    """It was put there when schedules went through a function, and is sent again from there."""
    assert [] == delivered(body)

    due = JobDue(tenant_id=ACME, job_id="run-1")
    assert [(due, ACME, 0)] == wired.jobs.puts
    assert [] == wired.reports.puts


def test_a_lost_access_is_noticed_here_too(wired: Wired) -> None:
    """The report is parked, and the admins hear of it."""
    wired.lost = AccessRevoked("Slack no longer accepts our token", provider=Provider.SLACK)

    delivered(DUE)

    assert ["Slack no longer accepts our token"] == wired.parked
    [put] = wired.reports.puts
    assert isinstance(put.message, ConnectionNotice)
    assert wired.stores.connections.get(ACME, Provider.SLACK).broken_since is not None


def test_a_report_that_is_given_up_is_told_of_with_its_cause(wired: Wired) -> None:
    """Where its reader looks for it, until it is sent after all; one that was delivered stays so."""
    wired.lost = AccessRevoked("Slack no longer accepts our token", provider=Provider.SLACK)
    delivered(DUE)
    delivered(DUE.model_copy(update={"member_id": "U0GONE"}))
    [missing] = wired.stores.deliveries.kept(ACME, "U0ADA", limit=9)
    assert (Skip.FAILED, "Slack no longer accepts our token") == (missing.skipped, missing.cause)
    assert [] == wired.stores.deliveries.kept(ACME, "U0GONE", limit=9)

    wired.lost = None
    wired.stores.connections.put(a_working_connection())
    delivered(DUE)
    app.on_given_up(ReportsMessage(DUE), ValueError("the answer was lost"), QueueMessage("m-1", NOW))

    [sent] = wired.stores.deliveries.kept(ACME, "U0ADA", limit=9)
    assert (None, None, ReportChannel.SLACK) == (sent.skipped, sent.cause, sent.delivery)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('{"tenant_id": "acme"}', "report_due"),
        ('{"notice": "connection_broken", "tenant_id": "acme"}', "connection_notice.provider"),
        ('{"notice": "party", "tenant_id": "acme"}', "connection_notice.notice"),
        ('{"run_id": "run-1"}', "job_due.tenant_id"),
        ("[]", "body"),
        ("no json", "body"),
    ],
)
def test_what_is_neither_is_parked_with_the_field_that_is_wrong(wired: Wired, body: str, named: str) -> None:
    """Whoever finds it there knows what to look at."""
    assert [] == delivered(body)

    [cause] = wired.parked
    assert cause.startswith(f"unreadable message: {named}: ")


def test_of_a_tenant_that_is_suspended_nothing_is_sent(wired: Wired) -> None:
    """A report is of no use later, a notice is kept."""
    wired.stores.tenants.put(a_tenant(suspension=Suspension(began_at=NOW, reason="x")))
    notice = ConnectionNotice(tenant_id=ACME, provider=Provider.SLACK, broken_since=NOW, reason="x")

    assert [[], []] == [delivered(message) for message in (DUE, notice)]

    assert [] == wired.chat.reports
    assert [] == wired.mailer.sent
    [kept] = wired.stores.kept_messages.page(ACME, limit=9)
    assert notice.model_dump_json() == kept.body
