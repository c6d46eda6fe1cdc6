"""Two tenants of the same channels, timestamps, tickets, people and keys never notice each other, whatever they do.

What a tenant is answered beside a busy neighbour is what it would have been answered alone: over every method of every
store, in any order.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pm_assistant import ports
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.domain.accounts import Identity, MailStop, Scope
from pm_assistant.domain.calibration import Answered
from pm_assistant.domain.catch_up import DirectoryList, DirectoryPage, Gap, Position
from pm_assistant.domain.code import Coverage, TicketLinks, pull_request_id
from pm_assistant.domain.decisions import DecisionState, Subject
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.history import Keeping
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.planning import PlanName, Relation, RelationType
from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import Post, ReportKind, SentReport, Subscription
from pm_assistant.domain.suspension import KeptMessage, Stage
from pm_assistant.domain.tenants import Member, Provider, Settings, TenantId
from pm_assistant.domain.work import Channel
from pm_assistant.ports.unit import Stores
from tests.aws.emulated import forget_rows
from tests.builders import (
    ENG,
    NOW,
    a_browser_session,
    a_calendar,
    a_check,
    a_code_comment,
    a_confirmed_match,
    a_connection,
    a_conversation,
    a_day_of_flow,
    a_decision,
    a_fitted,
    a_health,
    a_heard_conversation,
    a_job,
    a_key,
    a_link,
    a_member,
    a_message,
    a_passage,
    a_pull_request,
    a_repository,
    a_tenant,
    a_thread_mention,
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
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

pytestmark = pytest.mark.thorough

OPERATORS = {"calendars.everywhere", "connections.everywhere", "tenants.everywhere"}
"""Not a function's to call: reads the whole table for whoever holds the stack's own keys."""
LISTED = {"healths.page", "healths.stage", "healths.put_stage"}
"""How all tenants and the stage fare, for those alone who operate the service: `test_healths.py` says what is seen."""
POOLED = {"calibrations.contributed"}
"""What all tenants' people answered, as numbers: `test_calibrations.py` says what is seen of it."""

LATER = NOW + timedelta(minutes=5)
VENDORS = (Provider.SLACK, Provider.LINEAR)

type Case = Callable[[Stores, TenantId, int, int], object]


class Step(NamedTuple):
    """One call: of which method, by whom, on which of two equal keys, and with which content."""

    method: str
    mine: bool
    key: int
    value: int


def a_sent_report(key: int, value: int) -> SentReport:
    """What became of somebody's report; another value is of another day."""
    at = LATER if value else NOW
    return SentReport(kind=ReportKind.STANDUP, subscription_id=f"standup.U{key}", day=at.date(), at=at)


def a_post(key: int, value: int) -> Post:
    """Where a channel's report stands; another value is of another day."""
    at = LATER if value else NOW
    return Post(channel_id=f"C{key}", day=at.date(), at=at, since=NOW, parts=(f"{value}.1",))


def renamed(name: str, value: int) -> Member:
    """A person that differs by what people say."""
    return a_member(name).model_copy(update={"name": f"name {value}"})


def records(value: int) -> list[Record]:
    """A small archive of somebody else's, with the ids everybody uses."""
    member, decision = renamed("ada", value), a_decision(TenantId("elsewhere"), id="decision-0")
    return [
        Record(kind="member", data=member.model_dump(mode="json")),
        Record(kind="decision", data=decision.model_dump(mode="json")),
        Record(kind="message", data=a_message(0, f"text {value}").model_dump(mode="json")),
    ]


def begun_in_run(stores: Stores, tenant_id: TenantId, run: str) -> object:
    """What was begun for a run, once something more has been."""
    logged = stores.decisions.save(a_decision(tenant_id, id=f"of-{run}", run=run))
    if logged.state is DecisionState.QUEUED:
        stores.decisions.replace(logged.begun(None, at=LATER), before=logged)
    return stores.decisions.begun_in_run(tenant_id, run, limit=9)


def worked(stores: Stores, tenant_id: TenantId, key: str) -> str:
    """Be at work on something for a moment."""
    with stores.leases.hold(tenant_id, key, now=NOW, until=LATER):
        return "done"


def built(stores: Stores, tenant_id: TenantId, key: int, value: int) -> None:
    """Have some parts told."""
    parts = (
        a_pull_request(key, title=f"title {value}"),
        TicketLinks(
            pull_request_id=pull_request_id("900", key),
            at=NOW,
            contradicts=(f"ticket-{value}",),
            awaits=(f"ENG-{value}",),
        ),
        a_code_comment(str(key), number=key, text=f"text {value}"),
        a_check(f"check {value}"),
        a_repository(str(key), name=f"acme/{value}"),
        Coverage(repository_id=str(key), at=NOW, read_to=NOW, issue_at=NOW + timedelta(value)),
    )
    for part in parts:
        stores.code.record(tenant_id, part, keep_days=30)
    stores.code.record(tenant_id, a_thread_mention(key, root_ts=f"{value}.0"), keep_days=30)


def planned(stores: Stores, tenant_id: TenantId, key: int, value: int) -> None:
    """Have the tracker tell of a plan and of an attachment."""
    stores.planning.record(tenant_id, PlanName(id=f"plan-{key}", name=f"name {value}", at=NOW))
    pull_request = a_pull_request(key)
    attachment = an_attachment(str(key), ticket_id=f"ticket-{value}", url=pull_request.url)
    stores.planning.record(tenant_id, attachment, pull_request_id=pull_request.pull_request_id)


def a_kept_message(key: int) -> KeptMessage:
    """What waits for a tenant to be resumed."""
    return KeptMessage(stage=Stage.EVENTS, body=f"{key}")


def said(key: int, value: int) -> ReportAnswers:
    """What a person said for the team's report."""
    answers = (ReportAnswer(text=f"text {value}"),) if value else ()
    return ReportAnswers(member_id=f"U{key}", day=NOW.date(), answers=answers, at=NOW)


def a_relation(key: int, value: int) -> Relation:
    """What a ticket is to another one."""
    type = RelationType.BLOCKS
    return Relation(id=f"relation-{key}", ticket_id=f"ticket-{value}", other_id="ticket-9", type=type, at=NOW)


def heard(stores: Stores, tenant_id: TenantId, key: int, value: int) -> None:
    """Have something heard."""
    said = a_message(value * 9_000, f"text {value}", author=f"U{key}")
    stores.history.keep(tenant_id, a_conversation(said), [a_heard_conversation(said)], Keeping(NOW, days=90))


def seen(index: TeamIndex) -> object:
    """What an index tells of."""
    return index.people, index.teams, index.base_urls, sorted(index.tickets)


CASES: dict[str, Case] = {
    "tenants.get": lambda s, t, k, v: s.tenants.get(t),
    "tenants.put": lambda s, t, k, v: s.tenants.put(a_tenant(t, name=f"name {v}")),
    "tenants.replace": lambda s, t, k, v: s.tenants.replace(
        a_tenant(t, name="new"), before=a_tenant(t, name=f"name {v}")
    ),
    "connections.resolve": lambda s, t, k, v: s.connections.resolve(VENDORS[k], f"{VENDORS[k]}-{t}"),
    "connections.get": lambda s, t, k, v: s.connections.get(t, VENDORS[k]),
    "connections.all": lambda s, t, k, v: s.connections.all(t),
    "connections.with_activity": lambda s, t, k, v: s.connections.with_activity(t),
    "connections.put": lambda s, t, k, v: s.connections.put(
        a_connection(t, VENDORS[k], sealed_credentials=bytes([v]), name=f"name {v}")
    ),
    "connections.remove": lambda s, t, k, v: s.connections.remove(t, VENDORS[k]),
    "connection_states.renew": lambda s, t, k, v: s.connection_states.renew(
        a_connection(t, VENDORS[k], sealed_credentials=b"fresh", expires_at=LATER), before=bytes([v])
    ),
    "connection_states.regrant": lambda s, t, k, v: s.connection_states.regrant(
        t, VENDORS[k], (f"scope {v}",), at=NOW + timedelta(seconds=v)
    ),
    "connection_states.adapt": lambda s, t, k, v: s.connection_states.adapt(t, Settings(settle_seconds=v)),
    "connection_states.mark_broken": lambda s, t, k, v: s.connection_states.mark_broken(
        t, VENDORS[k], reason=f"reason {v}", at=NOW, refused=bytes([v])
    ),
    "connection_states.mend": lambda s, t, k, v: s.connection_states.mend(t, VENDORS[k], at=NOW + timedelta(seconds=v)),
    "connection_states.note": lambda s, t, k, v: s.connection_states.note(t, VENDORS[k], event_at=NOW, sync_at=LATER),
    "connection_states.failed": lambda s, t, k, v: s.connection_states.failed(
        t, VENDORS[k], at=NOW + timedelta(seconds=v)
    ),
    "connection_states.pause": lambda s, t, k, v: s.connection_states.pause(
        t, VENDORS[k], until=LATER, before=LATER if v else None
    ),
    "connection_states.answered": lambda s, t, k, v: s.connection_states.answered(t, VENDORS[k]),
    "connection_states.limit": lambda s, t, k, v: s.connection_states.limit(
        t, VENDORS[k], until=NOW + timedelta(seconds=v), reserve=v == 2
    ),
    "connection_states.activity": lambda s, t, k, v: s.connection_states.activity(t),
    "calendars.get": lambda s, t, k, v: s.calendars.get(t, f"U{k}"),
    "calendars.all": lambda s, t, k, v: s.calendars.all(t),
    "calendars.put": lambda s, t, k, v: s.calendars.put(a_calendar(t, f"U{k}", sealed_credentials=bytes([v]))),
    "calendars.replace": lambda s, t, k, v: s.calendars.replace(
        a_calendar(t, f"U{k}", absent_days=()), before=a_calendar(t, f"U{k}", sealed_credentials=bytes([v]))
    ),
    "calendars.remove": lambda s, t, k, v: s.calendars.remove(t, f"U{k}"),
    "leases.take": lambda s, t, k, v: s.leases.take(t, f"job|{k}", now=NOW, until=LATER),
    "leases.give_back": lambda s, t, k, v: s.leases.give_back(t, f"job|{k}"),
    "leases.hold": lambda s, t, k, v: worked(s, t, f"job|{k}"),
    "oauth_states.put_link": lambda s, t, k, v: s.oauth_states.put_link(f"code-{k}", a_link(t, actor=f"account:{v}")),
    "oauth_states.get_link": lambda s, t, k, v: s.oauth_states.get_link(t, f"code-{k}", NOW),
    "oauth_states.take_link": lambda s, t, k, v: s.oauth_states.take_link(t, f"code-{k}", NOW),
    "oauth_states.put_authorization": lambda s, t, k, v: s.oauth_states.put_authorization(
        f"code-{k}", an_authorization(t, verifier=f"verifier {v}")
    ),
    "oauth_states.take_authorization": lambda s, t, k, v: s.oauth_states.take_authorization(t, f"code-{k}", NOW),
    "accounts.get": lambda s, t, k, v: s.accounts.get(t, f"account-{k}"),
    "accounts.all": lambda s, t, k, v: s.accounts.all(t),
    "accounts.put": lambda s, t, k, v: s.accounts.put(an_account(t, f"{k}", email=f"{v}@acme.test")),
    "accounts.replace": lambda s, t, k, v: s.accounts.replace(
        an_account(t, f"{k}", email="new@acme.test"), before=an_account(t, f"{k}", email=f"{v}@acme.test")
    ),
    "accounts.remove": lambda s, t, k, v: s.accounts.remove(t, f"account-{k}"),
    "invitations.get": lambda s, t, k, v: s.invitations.get(t, f"invitation-{k}", NOW),
    "invitations.all": lambda s, t, k, v: s.invitations.all(t, NOW),
    "invitations.put": lambda s, t, k, v: s.invitations.put(
        an_invitation(t, id=f"invitation-{k}", email=f"{v}@acme.test")
    ),
    "invitations.remove": lambda s, t, k, v: s.invitations.remove(t, f"invitation-{k}"),
    "partition.login": lambda s, t, k, v: s.partition.login(
        Identity(kind="key" if v else "account", id=f"key-{k}" if v else f"account-{k}", tenant_id=t)
    ),
    "api_keys.get": lambda s, t, k, v: s.api_keys.get(t, f"key-{k}"),
    "api_keys.all": lambda s, t, k, v: s.api_keys.all(t),
    "api_keys.put": lambda s, t, k, v: s.api_keys.put(a_key(t, id=f"key-{k}", name=f"name {v}")),
    "api_keys.used": lambda s, t, k, v: s.api_keys.used(t, f"key-{k}", LATER if v else NOW),
    "browser_sessions.get": lambda s, t, k, v: s.browser_sessions.get(t, "account-ada", f"digest-{k}"),
    "browser_sessions.of_account": lambda s, t, k, v: sorted(
        s.browser_sessions.of_account(t, "account-ada"), key=lambda session: session.digest
    ),
    "browser_sessions.put": lambda s, t, k, v: s.browser_sessions.put(
        a_browser_session(t, digest=f"digest-{k}", scope=Scope.OWNER if v else Scope.ADMIN)
    ),
    "browser_sessions.seen": lambda s, t, k, v: s.browser_sessions.seen(
        a_browser_session(t, digest=f"digest-{k}"), LATER if v else NOW
    ),
    "browser_sessions.remove": lambda s, t, k, v: s.browser_sessions.remove(t, "account-ada", f"digest-{k}"),
    "api_keys.remove": lambda s, t, k, v: s.api_keys.remove(t, f"key-{k}"),
    "track_records.get": lambda s, t, k, v: s.track_records.get(t, a_track_record(k).stream),
    "track_records.all": lambda s, t, k, v: s.track_records.all(t),
    "track_records.replace": lambda s, t, k, v: s.track_records.replace(
        t, a_track_record(k, promoted_after=v), before=a_track_record(k, promoted_after=v - 1) if v else None
    ),
    "track_records.remove": lambda s, t, k, v: s.track_records.remove(t, a_track_record(k).stream),
    "calibrations.all": lambda s, t, k, v: s.calibrations.all(t),
    "calibrations.put": lambda s, t, k, v: s.calibrations.put(t, a_fitted(k, answers=v)),
    "calibrations.contribute": lambda s, t, k, v: s.calibrations.contribute(
        t, {"move|model": [Answered(0.8, v, k)]}, until=LATER
    ),
    "audit.add": lambda s, t, k, v: s.audit.add(t, an_entry(k, target=f"target {v}")),
    "audit.redact": lambda s, t, k, v: s.audit.redact(t, an_entry(k, actor=f"account:{v}")),
    "audit.latest": lambda s, t, k, v: s.audit.latest(t, before=an_entry(1).id if k else None, limit=1 + v),
    "rate_limiter.count": lambda s, t, k, v: s.rate_limiter.count(t, now=NOW, window_seconds=60 + k),
    "rate_limiter.counted": lambda s, t, k, v: s.rate_limiter.counted(t, now=NOW, window_seconds=60 + k),
    "idempotency_keys.begin": lambda s, t, k, v: s.idempotency_keys.begin(
        t, f"key-{k}", fingerprint=f"request {v}", now=NOW
    ),
    "idempotency_keys.finish": lambda s, t, k, v: s.idempotency_keys.finish(
        t, f"key-{k}", answer=f"answer {v}", now=NOW
    ),
    "idempotency_keys.give_up": lambda s, t, k, v: s.idempotency_keys.give_up(t, f"key-{k}"),
    "directory.members": lambda s, t, k, v: s.directory.members(t),
    "directory.some_members": lambda s, t, k, v: s.directory.some_members(t, [f"U0M{k}"]),
    "directory.replace_member": lambda s, t, k, v: s.directory.replace_member(
        t, renamed(f"m{k}", v), before=renamed(f"m{k}", 0)
    ),
    "directory.put_members": lambda s, t, k, v: s.directory.put_members(t, [renamed(f"m{k}", v)]),
    "directory.remove_member": lambda s, t, k, v: s.directory.remove_member(t, f"U0M{k}"),
    "directory.teams": lambda s, t, k, v: s.directory.teams(t),
    "directory.put_teams": lambda s, t, k, v: s.directory.put_teams(
        t, [ENG.model_copy(update={"id": f"team-{k}", "name": f"name {v}"})]
    ),
    "messages.record": lambda s, t, k, v: s.messages.record(
        t, a_message(k, f"text {v}", edited_ts=f"{NOW.timestamp() + v:.6f}"), keep_days=30
    ),
    "messages.delete": lambda s, t, k, v: s.messages.delete(
        t, "C0ENG", a_message(k).root_ts, a_message(k).ts, at=LATER
    ),
    "messages.some": lambda s, t, k, v: s.messages.some(t, [(m.channel, m.root_ts, m.ts) for m in [a_message(k)]]),
    "messages.at": lambda s, t, k, v: s.messages.at(t, "C0ENG", a_message(k).ts),
    "messages.thread": lambda s, t, k, v: s.messages.thread(t, "C0ENG", a_message(k).root_ts),
    "messages.burst": lambda s, t, k, v: s.messages.burst(t, "C0ENG", a_message(k).ts, gap_seconds=120),
    "messages.between": lambda s, t, k, v: s.messages.between(t, "C0ENG", a_message(k).ts, a_message(k + 900).ts),
    "messages.neighbours": lambda s, t, k, v: s.messages.neighbours(t, "C0ENG", a_message(k).ts, gap_seconds=120),
    "messages.since": lambda s, t, k, v: s.messages.since(t, NOW),
    "messages.page": lambda s, t, k, v: s.messages.page(
        t, after=f"C0ENG#{a_message().ts}#{a_message().ts}" if k else None, limit=1 + v
    ),
    "conversations.save_verdict": lambda s, t, k, v: s.conversations.save_verdict(
        t, a_conversation(a_message(k)), [a_decision(t, id="decision-0", reason=f"reason {v}")], at=NOW
    ),
    "conversations.progress": lambda s, t, k, v: s.conversations.progress(t, a_conversation(a_message(k))),
    "conversations.forget_deleted": lambda s, t, k, v: s.conversations.forget_deleted(
        t, a_conversation(a_message(k, deleted=True))
    ),
    "conversations.forget": lambda s, t, k, v: s.conversations.forget(t, a_conversation(a_message(k))),
    "conversations.mark_judged": lambda s, t, k, v: s.conversations.mark_judged(
        t, a_conversation(a_message(k)), at=NOW
    ),
    "history.read": lambda s, t, k, v: s.history.read(t, [f"U{k}"]),
    "history.keep": heard,
    "history.count": lambda s, t, k, v: s.history.count(t, {f"word{k}"}, Keeping(NOW, days=90)),
    "history.confirm": lambda s, t, k, v: s.history.confirm(
        t,
        Subject(channel="C0ENG", root_ts=f"{k}.0"),
        [a_confirmed_match(root_ts=f"{k}.0", authors=(f"U{k}",), terms={f"word{v}": 1})],
        Keeping(NOW, days=90),
    ),
    "history.forget_speaker": lambda s, t, k, v: s.history.forget_speaker(t, f"U{k}"),
    "cards.ts": lambda s, t, k, v: s.cards.ts(t, f"C0ENG:{k}"),
    "cards.subject_at": lambda s, t, k, v: s.cards.subject_at(t, f"{k}.0"),
    "cards.put_ts": lambda s, t, k, v: s.cards.put_ts(t, f"C0ENG:{k}", f"{v}.0"),
    "tickets.put": lambda s, t, k, v: s.tickets.put(t, a_ticket(k, title=f"title {v}")),
    "tickets.put_all": lambda s, t, k, v: s.tickets.put_all(t, [a_ticket(n, title=f"title {v}") for n in range(k + 1)]),
    "tickets.whole": lambda s, t, k, v: s.tickets.whole(t, [TicketHead.of(a_ticket(k, title=f"title {v}"))]),
    "tickets.remove": lambda s, t, k, v: s.tickets.remove(t, f"ticket-{k}", at=LATER),
    "tickets.all": lambda s, t, k, v: s.tickets.all(t),
    "tickets.some": lambda s, t, k, v: s.tickets.some(t, [f"ticket-{k}"]),
    "code.record": built,
    "code.repositories": lambda s, t, k, v: s.code.repositories(t),
    "code.coverage": lambda s, t, k, v: s.code.coverage(t),
    "code.pull_request": lambda s, t, k, v: s.code.pull_request(t, a_pull_request(k).pull_request_id),
    "code.description": lambda s, t, k, v: s.code.description(t, a_pull_request(k).pull_request_id),
    "code.latest_pull_requests": lambda s, t, k, v: [
        pull_request for _, pull_request in s.code.latest_pull_requests(t, over=bool(v), limit=1 + k)
    ],
    "code.pull_requests_awaiting": lambda s, t, k, v: s.code.pull_requests_awaiting(t, f"ENG-{v}"),
    "code.pull_requests_named_in": lambda s, t, k, v: s.code.pull_requests_named_in(t, "C0ENG", root_ts=f"{v}.0"),
    "code.pull_requests_with": lambda s, t, k, v: s.code.pull_requests_with(t, f"login-{v}"),
    "code.pull_requests_of": lambda s, t, k, v: s.code.pull_requests_of(t, f"ticket-{v}"),
    "code.pull_requests_among": lambda s, t, k, v: s.code.pull_requests_among(t, ["ticket-0", f"ticket-{v}"], most=k),
    "code.checks": lambda s, t, k, v: s.code.checks(t, [("900", a_pull_request().head)]),
    "code.comments": lambda s, t, k, v: s.code.comments(t, "900", k),
    "code.comments_page": lambda s, t, k, v: [comment for _, comment in s.code.comments_page(t, limit=1 + k)],
    "planning.record": planned,
    "planning.record_comment": lambda s, t, k, v: s.planning.record_comment(
        t, a_ticket_comment(str(k), text=f"text {v}"), keep_days=30
    ),
    "planning.comments": lambda s, t, k, v: s.planning.comments(t, "ticket-1", limit=1 + k),
    "planning.comments_page": lambda s, t, k, v: [comment for _, comment in s.planning.comments_page(t, limit=1 + k)],
    "planning.names": lambda s, t, k, v: s.planning.names(t, [f"plan-{k}"]),
    "planning.attachments": lambda s, t, k, v: s.planning.attachments(t, f"ticket-{v}"),
    "planning.relate": lambda s, t, k, v: s.planning.relate(t, a_relation(k, v)),
    "planning.unrelate": lambda s, t, k, v: s.planning.unrelate(t, a_relation(k, v)),
    "planning.relations": lambda s, t, k, v: s.planning.relations(t, f"ticket-{v}", limit=1 + k),
    "planning.relations_among": lambda s, t, k, v: s.planning.relations_among(
        t, ["ticket-0", f"ticket-{v}"], limit=1 + k, most=1 + k
    ),
    "planning.comments_among": lambda s, t, k, v: s.planning.comments_among(t, ["ticket-1"], limit=1 + k, most=1 + k),
    "planning.relations_between": lambda s, t, k, v: s.planning.relations_between(t),
    "planning.on_tickets": lambda s, t, k, v: s.planning.on_tickets(t, after="", last="ticket-9", limit=1 + k),
    "planning.attached": lambda s, t, k, v: s.planning.attached(
        t, a_pull_request(k).pull_request_id, a_pull_request(k).url
    ),
    "code.is_gone": lambda s, t, k, v: s.code.is_gone(t, "900", k),
    "code.issues": lambda s, t, k, v: s.code.issues(t),
    "index.read": lambda s, t, k, v: seen(s.index.read(t)),
    "index.rebuild": lambda s, t, k, v: s.index.rebuild(t),
    "decisions.save": lambda s, t, k, v: s.decisions.save(
        a_decision(t, id=f"decision-{k}", reason=f"reason {v}", revision=f"{v}")
    ),
    "decisions.get": lambda s, t, k, v: s.decisions.get(t, f"decision-{k}"),
    "decisions.replace": lambda s, t, k, v: s.decisions.replace(
        a_decision(t, id=f"decision-{k}", revision=f"{v}", state=DecisionState.DONE),
        before=a_decision(t, id=f"decision-{k}"),
    ),
    "decisions.between": lambda s, t, k, v: s.decisions.between(t, "C0ENG", a_message(-9).ts, a_message(9).ts),
    "decisions.since": lambda s, t, k, v: s.decisions.since(t, NOW),
    "decisions.latest": lambda s, t, k, v: s.decisions.latest(t, limit=1 + v),
    "decisions.page": lambda s, t, k, v: s.decisions.page(
        t, after=f"C0ENG:{a_message().ts}#decision-0" if k else None, limit=1 + v
    ),
    "decisions.begun_in_run": lambda s, t, k, v: begun_in_run(s, t, f"run-{k}"),
    "subscriptions.all": lambda s, t, k, v: s.subscriptions.all(t),
    "subscriptions.get": lambda s, t, k, v: s.subscriptions.get(t, f"standup.U{k}"),
    "subscriptions.put": lambda s, t, k, v: s.subscriptions.put(t, Subscription(member_id=f"U{k}", hour=v)),
    "subscriptions.remove": lambda s, t, k, v: s.subscriptions.remove(t, f"standup.U{k}"),
    "flow.passages": lambda s, t, k, v: s.flow.passages(t, after="" if k else a_passage(0).ticket_id),
    "flow.put_passages": lambda s, t, k, v: s.flow.put_passages(t, [a_passage(k, unplanned=bool(v))]),
    "flow.drop_passages": lambda s, t, k, v: s.flow.drop_passages(t, [a_passage(k).ticket_id]),
    "flow.put_day": lambda s, t, k, v: s.flow.put_day(
        t, a_day_of_flow(day=NOW.date() + timedelta(days=k), time_zone=("UTC", "Europe/Berlin")[min(v, 1)])
    ),
    "flow.latest_day": lambda s, t, k, v: s.flow.latest_day(t, before=LATER.date().isoformat() if k else None),
    "experiments.get": lambda s, t, k, v: s.experiments.get(t, an_experiment(k).id),
    "experiments.all": lambda s, t, k, v: s.experiments.all(t),
    "experiments.put": lambda s, t, k, v: s.experiments.put(t, an_experiment(k, share=0.1 + v / 10)),
    "jobs.get": lambda s, t, k, v: s.jobs.get(t, a_job(t, k).id),
    "jobs.put": lambda s, t, k, v: s.jobs.put(a_job(t, k, done=v)),
    "jobs.replace": lambda s, t, k, v: s.jobs.replace(a_job(t, k, done=v), before=a_job(t, k, done=0)),
    "jobs.latest": lambda s, t, k, v: s.jobs.latest(t, before=a_job(t, 1).id if k else None, limit=1 + v),
    "readings.position": lambda s, t, k, v: s.readings.position(t, VENDORS[k], f"C{v}"),
    "readings.positions": lambda s, t, k, v: s.readings.positions(t, VENDORS[k]),
    "readings.put_position": lambda s, t, k, v: s.readings.put_position(
        t,
        Position(
            source=VENDORS[k],
            workspace="T0",
            place=f"C{v}",
            channel=Channel(id=f"C{v}", outside=v > 0),
            read_to=NOW + timedelta(seconds=v),
        ),
    ),
    "readings.sharing": lambda s, t, k, v: t in s.readings.sharing(VENDORS[k], f"C{v}"),
    "readings.gaps": lambda s, t, k, v: s.readings.gaps(t, limit=1 + v),
    "readings.put_gap": lambda s, t, k, v: s.readings.put_gap(
        t, Gap(source=VENDORS[k], found_at=NOW, began_at=NOW, ended_at=NOW + timedelta(seconds=v))
    ),
    "readings.put_listed": lambda s, t, k, v: s.readings.put_listed(
        t, DirectoryPage(list=DirectoryList.TEAMS, number=k, flaws=(Flaw(id=f"{v}", problem="odd"),))
    ),
    "readings.listed": lambda s, t, k, v: s.readings.listed(t),
    "readings.drop_listed": lambda s, t, k, v: s.readings.drop_listed(t),
    "deliveries.last": lambda s, t, k, v: s.deliveries.last(t, f"U{k}", "standup"),
    "deliveries.delivered": lambda s, t, k, v: s.deliveries.delivered(t, f"key-{k}"),
    "deliveries.delivered_among": lambda s, t, k, v: s.deliveries.delivered_among(t, [f"key-{k}", "key-9"]),
    "deliveries.keep": lambda s, t, k, v: s.deliveries.keep(t, a_sent_report(k, v), keep_days=90),
    "deliveries.kept": lambda s, t, k, v: s.deliveries.kept(t, f"U{k}", limit=9),
    "deliveries.forget": lambda s, t, k, v: s.deliveries.forget(t, f"U{k}"),
    "deliveries.keep_post": lambda s, t, k, v: s.deliveries.keep_post(t, a_post(k, v)),
    "deliveries.posts": lambda s, t, k, v: s.deliveries.posts(t, a_post(k, v).subscription_id if v else None),
    "deliveries.finish": lambda s, t, k, v: s.deliveries.finish(
        t, f"U{k}", "standup", f"key-{k}", at=LATER if v else NOW, once=v == 2
    ),
    "report_answers.put": lambda s, t, k, v: s.report_answers.put(t, said(k, v), keep_days=9_000),
    "report_answers.some": lambda s, t, k, v: s.report_answers.some(t, [(NOW.date(), f"U{k}")]),
    "report_answers.page": lambda s, t, k, v: s.report_answers.page(t, limit=1 + v),
    "outbox.pending_since": lambda s, t, k, v: s.outbox.pending_since(t, f"key-{k}"),
    "homes.look": lambda s, t, k, v: s.homes.look(t, f"U{k}", since=LATER if v else NOW),
    "homes.outdate": lambda s, t, k, v: s.homes.outdate(t, since=LATER if v else NOW),
    "healths.get": lambda s, t, k, v: s.healths.get(t),
    "healths.days": lambda s, t, k, v: s.healths.days(t, limit=1 + v),
    "healths.put": lambda s, t, k, v: s.healths.put(a_health(t, people=v)),
    "kept_messages.keep": lambda s, t, k, v: s.kept_messages.keep(t, a_kept_message(k), until=LATER),
    "kept_messages.page": lambda s, t, k, v: s.kept_messages.page(t, after="events" if k else None, limit=1 + v),
    "kept_messages.drop": lambda s, t, k, v: s.kept_messages.drop(t, a_kept_message(k)),
    "outbox.begin": lambda s, t, k, v: s.outbox.begin(t, f"key-{k}", at=LATER if v else NOW),
    "outbox.settle": lambda s, t, k, v: s.outbox.settle(t, f"key-{k}"),
    "mail.link_key": lambda s, t, k, v: bool(s.mail.link_key(t)),
    "mail.make_link_key": lambda s, t, k, v: s.mail.make_link_key(t) == s.mail.link_key(t),
    "mail.stop": lambda s, t, k, v: s.mail.stop(t, MailStop(email=f"{k}@acme.test", reason="Bounce", at=NOW)),
    "mail.stopped": lambda s, t, k, v: s.mail.stopped(t, f"{k}@acme.test"),
    "mail.stops": lambda s, t, k, v: [stop.email for stop in s.mail.stops(t)],
    "mail.resume": lambda s, t, k, v: s.mail.resume(t, f"{k}@acme.test"),
    "model_months.get": lambda s, t, k, v: s.model_months.get(t, f"2026-{k + 1:02}"),
    "model_months.add": lambda s, t, k, v: s.model_months.add(t, f"2026-{k + 1:02}", microdollars=v),
    "model_months.unanswered": lambda s, t, k, v: s.model_months.unanswered(
        t, f"2026-{k + 1:02}", at=NOW + timedelta(seconds=v)
    ),
    "quotas.get": lambda s, t, k, v: s.quotas.get(t, f"2026-{k + 1:02}"),
    "quotas.reserve": lambda s, t, k, v: s.quotas.reserve(t, f"2026-{k + 1:02}", below=1 + v),
    "quotas.give_back": lambda s, t, k, v: s.quotas.give_back(t, f"2026-{k + 1:02}"),
    "quotas.went_beyond": lambda s, t, k, v: s.quotas.went_beyond(t, f"2026-{k + 1:02}"),
    "outside_ids.claim": lambda s, t, k, v: s.outside_ids.claim(t, "payments", f"{t}-{k}"),
    "outside_ids.owner": lambda s, t, k, v: s.outside_ids.owner("payments", f"{t}-{k}"),
    "outside_ids.release": lambda s, t, k, v: s.outside_ids.release(t, "payments", f"{t}-{k}"),
    "partition.records": lambda s, t, k, v: list(s.partition.records(t)),
    "partition.restore": lambda s, t, k, v: s.partition.restore(t, records(v)),
    "partition.follow_channel": lambda s, t, k, v: s.partition.follow_channel(
        t, ChannelChanged(channel="C0ENG", now=f"C0ENG{v}" if k else None, private=True), limit=9
    ),
    "partition.erase": lambda s, t, k, v: s.partition.erase(t),
}


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by all examples; each example has tenants of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


PORTS = {
    name: port
    for area in iter_modules(ports.__path__)
    for name, port in vars(import_module(f"{ports.__name__}.{area.name}")).items()
}
ROLES = {
    name: get_type_hints(role.fget, localns=PORTS)["return"]
    for name, role in vars(Stores).items()
    if isinstance(role, property)
}
"""The port of every store, which a unit names for type checkers alone."""


def methods_of(store: str) -> set[str]:
    """All public methods of a store, as its port and its real adapter have them."""
    kinds = (ROLES[store], type(getattr(DynamoStores(), store)))
    return {f"{store}.{name}" for kind in kinds for name in vars(kind) if not name.startswith("_")}


def test_every_method_of_every_store_is_among_the_cases() -> None:
    """A new store or method without a case would go unseen."""
    assert DynamoStores.__annotations__.keys() == set(ROLES)
    assert set().union(*map(methods_of, ROLES)) - OPERATORS - LISTED - POOLED == set(CASES)


def answers(stores: Stores, steps: list[Step], tenants: dict[bool, TenantId]) -> list[str]:
    """What I am answered when all these steps are taken, my own name taken out."""
    heard = []
    for step in steps:
        try:
            answer = repr(CASES[step.method](stores, tenants[step.mine], step.key, step.value))
        except ProductError as error:
            answer = repr(error)
        if step.mine:
            heard.append(f"{step.method}: {answer.replace(tenants[True], 'me')}")
    return heard


WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
"""On the emulator it would take longer than finding the leak by reading the steps."""

VALUES = st.integers(0, 2)
ANYTHING = st.builds(Step, st.sampled_from(sorted(CASES)), st.booleans(), st.integers(0, 1), VALUES)


@pytest.mark.parametrize("store", ROLES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(data=st.data())
def test_a_neighbour_makes_no_difference(stores: Stores, store: str, data: st.DataObject) -> None:
    """Every method of a store, by both tenants on the same keys, in any order, amid other calls."""
    sweep = [
        Step(case, mine, key, data.draw(VALUES))
        for case in CASES
        if case.startswith(f"{store}.")
        for mine in (True, False)
        for key in (0, 1)
    ]
    steps = data.draw(st.permutations(sweep + data.draw(st.lists(ANYTHING, max_size=12))))
    me, neighbour, hermit = a_new_tenant(), a_new_tenant(), a_new_tenant()
    beside = answers(stores, steps, {True: me, False: neighbour})
    alone = answers(stores, [step for step in steps if step.mine], {True: hermit})
    forget_rows()
    assert alone == beside
