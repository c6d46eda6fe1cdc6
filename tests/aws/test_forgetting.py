"""Words leave: every place that holds what people said, by every way that words go.

A tenant is worked for until each kind of row is there; then whatever still holds a word of a message is looked for in
the whole table, in files, on queues, in schedules and at the vendors.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from pm_assistant.aws import stores
from pm_assistant.aws.stores.history import CONFIRMED, HEARD, Form
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import MailStop
from pm_assistant.domain.actions import Comment, CreateTicket
from pm_assistant.domain.catch_up import DirectoryList, DirectoryPage, Gap, Position
from pm_assistant.domain.code import (
    CodePart,
    Coverage,
    Description,
    Issue,
    RepositoryAccess,
    TicketLinks,
    pull_request_id,
)
from pm_assistant.domain.decisions import ActionRequest, DecisionState, Judgement, Subject
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.history import Keeping
from pm_assistant.domain.jobs import JobDue, JobKind, Order
from pm_assistant.domain.planning import PlanName, Relation, RelationType
from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import Post, ReportKind, SentReport, Subscription
from pm_assistant.domain.suspension import KeptMessage, Stage
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, Rule
from pm_assistant.domain.work import Conversation
from pm_assistant.workflows.jobs import run_step, start_job
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.backfill import backfill
from pm_assistant.workflows.reports.send import send_reports
from pm_assistant.workflows.tenants.closing import GRACE, close, delete_tenant
from pm_assistant.workflows.tenants.erasing import ask_to_erase, erase_person
from pm_assistant.workflows.tenants.export import export
from tests.aws.emulated import dynamo
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TRUSTING,
    a_browser_session,
    a_calendar,
    a_check,
    a_code_comment,
    a_comment,
    a_confirmed_match,
    a_day_of_flow,
    a_decision,
    a_fitted,
    a_health,
    a_judgement,
    a_key,
    a_link,
    a_member,
    a_message,
    a_passage,
    a_proposal,
    a_pull_request,
    a_repository,
    a_tenant,
    a_ticket,
    a_ticket_comment,
    a_track_record,
    an_account,
    an_attachment,
    an_authorization,
    an_entry,
    an_experiment,
    an_invitation,
)
from tests.fakes.connections import a_working_connection
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeOAuthApp, FakeTracker

pytestmark = pytest.mark.thorough

WORD = "quetzal"
RETENTION = timedelta(days=1)
SAID = a_message(-600, text=f"The {WORD} vanishes in checkout again")
REMARK = a_code_comment("1", text=f"A {WORD} more")
NOTE = a_ticket_comment("1", text=f"One {WORD} less")
PRESSED = ActionRequest(
    tenant_id=ACME, decision_id="dismissed", answer="dismiss", answered_by="U0ADA", remark=f"No {WORD}, please"
)
TOLD: Sequence[CodePart] = (
    a_repository(),
    RepositoryAccess(repository_id="900", at=NOW, granted=True),
    a_pull_request(),
    Description(pull_request_id=pull_request_id("900", 1), at=NOW, text="What it does"),
    TicketLinks(pull_request_id=pull_request_id("900", 1), at=NOW, contradicts=("ticket-1",)),
    Issue(repository_id="900", number=2, at=NOW, title="t", url="u", created_at=NOW),
    a_check("lint"),
    Coverage(repository_id="900", at=NOW, read_to=NOW),
    REMARK,
)
"""What the code host told. What pull requests and issues themselves say is work, as the text of a ticket is."""
STEPS = {
    JobKind.PROCESS: backfill,
    JobKind.WEEKLY: send_reports,
    JobKind.ERASE_PERSON: erase_person,
    JobKind.EXPORT: export,
    JobKind.DELETE: delete_tenant,
}
HOLD_WORDS = {
    "MESSAGE",
    "DECISION",
    "VERDICT",
    "HEARD",
    "CONFIRMED",
    "RUN_LOG",
    "REPLAY",
    "KEPT",
    "ANSWERS",
    "CODECOMMENT",
    "TICKETCOMMENT",
    "export",
    "tracker",
    "chat",
}
"""Where words are; every other kind of row is known to hold none."""
FORMS: Mapping[str, Form[Any]] = {"HEARD": HEARD, "CONFIRMED": CONFIRMED}
"""What is packed, and how it is unpacked."""
OURS_NO_LONGER = {"tracker", "chat"}
"""What was written into a vendor's system follows the vendor's own rules, unless people take their words back."""


class QuotingAnalyst(FakeAnalyst):
    """Repeats what was said, in everything it proposes."""

    def judge(self, conversation: Conversation, **_: Any) -> Judgement:
        """Comment and create, in the words of the first message."""
        first = conversation.undeleted_messages[0]
        actions = (Comment(ticket_id="ticket-1", summary=first.text), CreateTicket(title=first.text, description="x"))
        return a_judgement(*(a_proposal(action, first.id, reason=first.text) for action in actions))


class LivedIn(FakeUnit):
    """Work of a tenant that has a row of every kind; time stands still."""

    def __init__(self, stores: Any) -> None:
        super().__init__(stores=cast("FakeStores", stores))
        self.analyst = QuotingAnalyst()
        self.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG])
        rules = {**TRUSTING.rules, ActionKind.CREATE: Rule(mode=Mode.PROPOSE)}
        settings = TRUSTING.model_copy(update={"rules": rules, "retention_days": RETENTION.days})
        stores.tenants.put(a_tenant(settings=settings))
        for provider in (Provider.SLACK, Provider.LINEAR):
            stores.connections.put(a_working_connection(provider=provider))
            self.oauth_apps[provider] = FakeOAuthApp()
        ada = a_member()
        ada = ada.model_copy(update={"accounts": {**ada.accounts, Provider.GITHUB: "ada"}})
        stores.directory.put_members(ACME, [ada, a_member("bob")])
        for part in TOLD:
            stores.code.record(ACME, part, keep_days=RETENTION.days)
        for planned in (an_attachment(), PlanName(id="p-1", name="Launch", at=NOW)):
            stores.planning.record(ACME, planned)
        related = Relation(id="r-1", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.BLOCKS, at=NOW)
        stores.planning.relate(ACME, related)
        stores.planning.record_comment(ACME, NOTE, keep_days=RETENTION.days)
        stores.calendars.put(a_calendar())
        stores.directory.put_teams(ACME, [ENG])
        stores.tickets.put(ACME, a_ticket())
        stores.accounts.put(an_account())
        stores.invitations.put(an_invitation())
        stores.api_keys.put(a_key())
        stores.browser_sessions.put(a_browser_session())
        stores.audit.add(ACME, an_entry())
        stores.track_records.replace(ACME, a_track_record(), before=None)
        stores.calibrations.put(ACME, a_fitted())
        stores.calibrations.contribute(ACME, {"move|model": ()}, until=NOW + RETENTION)
        stores.oauth_states.put_link("code", a_link())
        stores.oauth_states.put_authorization("state", an_authorization())
        stores.subscriptions.put(ACME, Subscription(member_id="U0BOB"))
        stores.mail.make_link_key(ACME)
        stores.mail.stop(ACME, MailStop(email="gone@acme.test", reason="Bounce", at=NOW))
        stores.deliveries.finish(ACME, "U0BOB", ReportKind.STANDUP, "key", at=NOW, once=False)
        kept = SentReport(kind=ReportKind.STANDUP, subscription_id="standup.U0BOB", day=NOW.date(), at=NOW)
        stores.deliveries.keep(ACME, kept, keep_days=RETENTION.days)
        quoted = {f"{NOW.date()}#U0ADA": NOW}
        post = Post(channel_id="C0ENG", day=NOW.date(), at=NOW, since=NOW - RETENTION, parts=("1.1",), quoted=quoted)
        stores.deliveries.keep_post(ACME, post)
        said = (ReportAnswer(text=f"No {WORD} today"),)
        words = ReportAnswers(member_id="U0ADA", day=NOW.date(), answers=said, at=NOW)
        stores.report_answers.put(ACME, words, keep_days=RETENTION.days)
        stores.outbox.begin(ACME, "key", at=NOW)
        stores.kept_messages.keep(
            ACME, KeptMessage(stage=Stage.ACTIONS, body=PRESSED.model_dump_json()), until=NOW + RETENTION
        )
        stores.healths.put(a_health())
        stores.homes.look(ACME, "U0BOB", since=NOW)
        stores.readings.put_gap(ACME, Gap(source=Provider.SLACK, found_at=NOW, began_at=NOW, ended_at=NOW))
        stores.readings.put_listed(ACME, DirectoryPage(list=DirectoryList.TEAMS, number=0, teams=(ENG,)))
        stores.readings.put_position(ACME, Position(source=Provider.SLACK, workspace="T0ACME", place="C0ENG"))
        stores.experiments.put(ACME, an_experiment())
        stores.flow.put_passages(ACME, [a_passage()])
        stores.flow.put_day(ACME, a_day_of_flow())
        stores.model_months.add(ACME, "2026-11", microdollars=1)
        stores.quotas.reserve(ACME, "2026-11", below=1)
        stores.outside_ids.claim(ACME, "payments", "cus_1")
        stores.leases.take(ACME, "key", now=NOW, until=NOW + timedelta(seconds=1))
        stores.connection_states.note(ACME, Provider.SLACK, event_at=NOW)
        stores.rate_limiter.count("ada@acme.test", now=NOW, window_seconds=60)
        self._work()

    def _work(self) -> None:
        stores = self.stores
        stores.messages.record(ACME, SAID, keep_days=RETENTION.days)
        dismissed = a_decision(
            action=a_comment("ticket-9"),
            message=SAID,
            id="dismissed",
            state=DecisionState.DISMISSED,
            keep_days=RETENTION.days,
            remark=f"No {WORD}s",
            decided_by="account:account-ada",
        )
        stores.decisions.save(dismissed)
        self.touch()
        match = a_confirmed_match(SAID, terms={WORD: 1}, ends_at=NOW + RETENTION)
        thread = Subject(channel=match.channel, root_ts=match.root_ts)
        stores.history.confirm(ACME, thread, [match], Keeping(NOW, RETENTION.days))
        stores.idempotency_keys.begin(ACME, "key", fingerprint="f", now=NOW)
        stores.idempotency_keys.finish(ACME, "key", answer=dismissed.model_dump_json(), now=NOW)
        for kind in (JobKind.PROCESS, JobKind.WEEKLY):
            start_job(Order(kind=kind, member_id=None), self, asked_by="key:k", keep_days=RETENTION.days)
        start_job(Order(kind=JobKind.EXPORT, dry_run=False), self, asked_by="key:k")
        self.drain()

    def touch(self) -> None:
        """Have what was said looked at, and all done that follows."""
        touch = ConversationTouched(channel=SAID.channel, ts=SAID.ts, root_ts=SAID.root_ts, force=True, run="run-1")
        self.queues.events.put(EventEnvelope(tenant_id=ACME, event=touch), group=ACME)
        self.drain()

    def drain(self) -> None:
        """Handle what is on queues, and what comes of it."""
        handlers: Sequence[tuple[Any, Callable[[Any], object]]] = (
            (self.queues.events, lambda message: analyze(cast("EventEnvelope", message), self)),
            (self.queues.actions, lambda message: act(cast("ActionRequest", message), self)),
            (self.queues.jobs, self._step),
        )
        while any(queue.puts for queue, _ in handlers):
            for queue, handle in handlers:
                if queue.puts:
                    handle(queue.puts.pop(0).message)

    def _step(self, due: JobDue) -> None:
        if any(item["sk"] == f"RUN_LOG#{due.job_id}" for _, item in self.rows()):
            run_step(due, STEPS, self)

    def rows(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """Every row of the table with its kind, but those of no tenant."""
        return [(_kind(item), item) for item in _table().scan()["Items"]]

    def expire(self, after: timedelta) -> None:
        """Let DynamoDB remove what has ended by then."""
        for _, item in self.rows():
            if item.get("expires_at", float("inf")) <= (NOW + after).timestamp():
                _table().delete_item(Key={"pk": item["pk"], "sk": item["sk"]})

    def places(self) -> set[str]:
        """Where the word still is."""
        found = {kind for kind, item in self.rows() if WORD in repr(item) or WORD in _unpacked(kind, item)}
        files = (zipfile.ZipFile(io.BytesIO(content)) for content in self.archives.files.values())
        if any(WORD.encode() in file.read(name) for file in files for name in file.namelist()):
            found.add("export")
        elsewhere = {
            "tracker": vars(self._tracker),
            "chat": vars(self._chat),
            "queues": [queue.puts for queue in vars(self.queues).values()],
            "schedules": vars(self.schedules),
            "mail": vars(self.mailer),
        }
        return found | {place for place, content in elsewhere.items() if WORD in repr(content)}


def _table() -> Any:
    return boto3.resource("dynamodb").Table(Row.Meta.table_name)


def _unpacked(kind: str, item: Mapping[str, Any]) -> str:
    return repr(FORMS[kind].unpack(bytes(item["packed"]))) if kind in FORMS else ""


def _kind(item: Mapping[str, Any]) -> str:
    key: str = item["sk"] if item["pk"].startswith("TENANT#") else item["pk"]
    return key.partition("#")[0]


def deleted(unit: LivedIn) -> None:
    """Its author takes back what was said, in the chat and at the code host."""
    unit.stores.code.record(ACME, REMARK.model_copy(update={"deleted": True, "text": ""}), keep_days=RETENTION.days)
    unit.stores.planning.record_comment(ACME, NOTE.erased, keep_days=RETENTION.days)
    unit.stores.messages.delete(ACME, SAID.channel, SAID.root_ts, SAID.ts, at=NOW)
    unit.touch()


def erased(unit: LivedIn) -> None:
    """Its author wants all that is kept of them erased."""
    ask_to_erase("U0ADA", unit, asked_by="account:account-ada")
    unit.drain()


def expired(unit: LivedIn) -> None:
    """The tenant keeps nothing for longer than a day."""
    unit.expire(RETENTION)


def closed(unit: LivedIn) -> None:
    """The tenant ends."""
    close("Acme", unit, asked_by="account:account-ada")
    unit.at = NOW + GRACE
    [(_, job_id)] = unit.schedules.jobs
    unit.queues.jobs.put(JobDue(tenant_id=ACME, job_id=job_id), group=ACME)
    unit.drain()


@pytest.fixture
def unit() -> Iterator[LivedIn]:
    """A tenant that has been worked for, on an emulated DynamoDB."""
    with dynamo() as real:
        yield LivedIn(real)


def test_every_kind_of_row_is_looked_at_and_words_are_where_they_are_known_to_be(unit: LivedIn) -> None:
    """A kind that is new has to be written here, too, and where it holds words, to be reached by every way below."""
    sources = (path.read_text() for path in Path(stores.__file__).parent.glob("*.py"))
    spelt = {kind for source in sources for kind in re.findall(r'f?"([A-Z]+(?:_[A-Z]+)*)[#"]', source)}
    assert spelt - {"OWNER", "SHARED", "HEALTHS", "STAGE"} == {kind for kind, _ in unit.rows()}
    assert HOLD_WORDS == unit.places()


@pytest.mark.parametrize(
    ("way", "stay"),
    [
        pytest.param(deleted, {"REPLAY", "KEPT", "ANSWERS", "export"}, id="deleted"),
        pytest.param(erased, {"REPLAY", "export"}, id="erased"),
        pytest.param(expired, {"export", *OURS_NO_LONGER}, id="expired"),
        pytest.param(closed, OURS_NO_LONGER, id="closed"),
    ],
)
def test_words_leave_every_place_but_those_that_are_said_to_keep_them(
    unit: LivedIn, way: Callable[[LivedIn], None], stay: set[str]
) -> None:
    """Answers for repetitions stay a day, which is the shortest retention, and files of exports a week."""
    way(unit)

    assert stay == unit.places()


def test_what_dry_runs_showed_of_a_person_goes_with_the_persons_data(unit: LivedIn) -> None:
    """Their name stands in it, whatever was said."""
    erased(unit)

    reports = [item["data"] for kind, item in unit.rows() if kind == "RUN_LOG" and '"weekly"' in item["data"]]
    assert [("Bob" in report, "Ada" in report) for report in reports] == [(True, False)]
