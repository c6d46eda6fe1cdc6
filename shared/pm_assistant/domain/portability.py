"""What a tenant may take along and bring to another: the kinds of records, and how one is read back with care.

Some kinds are export-only, for people to read. An import leaves them alone: what they tell of belongs to the tenant it
was in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, assert_never

from pydantic import TypeAdapter, ValidationError

from pm_assistant.domain.accounts import Account, AuditEntry, TeamName, canonical
from pm_assistant.domain.autonomy import TrackRecord
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.code import CodeComment, Issue, PullRequest, Repository
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Decision, DecisionState
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Record
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.planning import Attachment, PlanName, TicketComment
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Connection, Member, Tenant, TenantId, Zone
from pm_assistant.domain.work import Message, Team, Ticket

LARGEST_RECORD = 300_000
"""In bytes of UTF-8; a row of our table holds 400 kB, its keys and index included."""
LONGEST_ID = 255
"""In bytes of UTF-8; a key of our table holds 1024, and three ids at most make one."""
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Moments that can be reckoned with: what is kept is kept for years from then on."""
TIMESTAMP = re.compile(r"\d{10}\.\d{6}")
"""The only form in which Slack's timestamps sort as text, which our keys rest on."""

type Portable = Tenant | Member | Team | Ticket | Message | Decision | Subscription

_KINDS: dict[str, type[Portable]] = {
    "tenant": Tenant,
    "member": Member,
    "team": Team,
    "ticket": Ticket,
    "message": Message,
    "decision": Decision,
    "subscription": Subscription,
}

OVER = frozenset(
    {DecisionState.LOGGED, DecisionState.DONE, DecisionState.DISMISSED, DecisionState.UNDONE},
)
"""The states of a decision that neither waits for anybody nor for us."""
NOT_BROUGHT_ALONG = "it was open where it was exported, and an import brings nothing that is open"
CLOCK_SKEW = timedelta(days=1)
"""How much later than now something may have happened."""

type ExportOnly = (
    AuditEntry
    | Account
    | Connection
    | Repository
    | PullRequest
    | Issue
    | CodeComment
    | PlanName
    | Attachment
    | TicketComment
    | TrackRecord
    | ReportAnswers
    | CalendarConnection
)

EXPORT_ONLY = frozenset(
    {"audit", "account", "connection", "repository", "pull_request", "issue", "code_comment"}
    | {"plan_name", "attachment", "ticket_comment", "track_record", "report_answers", "calendar"}
)
"""The kinds that an import leaves alone."""

_STAYS: Mapping[type[Portable], set[str]] = {
    Tenant: {"earned", "experiments", "suspension", "billing"},
    Member: {"standings", "changed_at", "absence"},
    Decision: {"performed_action"},
}
_OF_ACCOUNT = {"id", "email", "role", "created_at"}
_OF_CALENDAR = {"provider", "member_id", "connected_at"}
"""When somebody is away is not the team's to take along: the person sees it, in the API as on the page."""
_OF_CONNECTION = {
    "provider",
    "external_id",
    "base_url",
    "name",
    "enterprise_id",
    "scopes",
    "connected_at",
    "connected_by",
}
_IN_PART: Mapping[type[ExportOnly], tuple[str, set[str]]] = {
    Account: ("account", _OF_ACCOUNT),
    Connection: ("connection", _OF_CONNECTION),
    CalendarConnection: ("calendar", _OF_CALENDAR),
}
"""What is told of these, and as what."""


def to_record(item: Portable) -> Record:
    """Make a record that an import reads back, without what a vendor will say anew, or what is being changed."""
    data = item.model_dump(mode="json", exclude=_STAYS.get(type(item)))
    return Record(kind=type(item).__name__.lower(), data=data)


def to_export_only_record(item: ExportOnly) -> Record:
    """Make a record that is for people to read; what opens doors is left out."""
    match item:
        case AuditEntry():
            return Record(kind="audit", data=item.model_dump(mode="json"))
        case Account() | Connection() | CalendarConnection():
            kind, shown = _IN_PART[type(item)]
            return Record(kind=kind, data=item.model_dump(mode="json", include=shown))
        case Repository() | Issue() | CodeComment() | PlanName() | Attachment() | TicketComment():
            return Record(kind=item.kind, data=item.model_dump(mode="json", exclude={"kind", "read"}))
        case TrackRecord():
            return Record(kind="track_record", data=item.model_dump(mode="json"))
        case ReportAnswers():
            return Record(kind="report_answers", data=item.model_dump(mode="json"))
        case PullRequest():
            return Record(kind="pull_request", data=item.model_dump(mode="json"))
        case _:
            assert_never(item)


def from_records(tenant_id: TenantId, records: Iterable[Record]) -> Iterator[Portable]:
    """Read records as this tenant's, whoever's they were; those that are export-only are passed over.

    What is yielded can be kept: nothing about it is too long, too late or of a zone that does not exist.

    Raises:
        InvalidRequest: a record is not what `to_record` makes; names its number, from 1.
    """
    for number, record in enumerate(records, start=1):
        if record.kind in EXPORT_ONLY:
            continue
        try:
            yield _from_record(tenant_id, record)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            problem = Translatable("it is not as an export writes it: {field}", field=where)
            raise _bad_record(number, record.kind, problem, field=where) from error
        except InvalidRequest as error:
            raise _bad_record(number, record.kind, error.words, field=error.field) from error


def _bad_record(number: int, kind: str, problem: str, *, field: str) -> InvalidRequest:
    words = Translatable("{kind}.jsonl, record {number}: {problem}", kind=kind, number=str(number), problem=problem)
    return InvalidRequest(words, field=field)


def admitted(item: Portable, *, tenant: Tenant, proven_addresses: Set[str], now: datetime) -> Portable:
    """What of a record a tenant takes in: nothing that trusts us further, mails strangers, waits or can be undone.

    An archive may come from anybody. Its settings count as far as they are no bolder than the tenant's own, an address
    only where it was proven in this tenant (a sync brings the vendors' own), a decision as history, and a moment that
    is yet to come would outlive every retention. Whose account is whose nobody here has said yet.
    """
    latest = now + CLOCK_SKEW
    match item:
        case Tenant(settings=settings):
            return item.model_copy(update={"settings": settings.within(tenant.settings)})
        case Member(email=email, emails=emails):
            known = [address for address in (email, *emails) if address and canonical(address) in proven_addresses]
            addresses = {"email": email if email in known else None, "emails": _rest(known, email)}
            return item.model_copy(update={**addresses, "confirmed": ()})
        case Message(received_at=received_at):
            return item.model_copy(update={"received_at": min(received_at, latest)})
        case Decision():
            return _as_history(item, latest, keep_days=tenant.settings.retention_days)
        case Team() | Ticket() | Subscription():
            return item
        case _:
            assert_never(item)


def _rest(addresses: Sequence[str], first: str | None) -> tuple[str, ...]:
    return tuple(address for address in addresses if address != first)


def _as_history(decision: Decision, latest: datetime, *, keep_days: int) -> Decision:
    """A decision of which nothing is left to do, here or ever: what would undo it is a call that we did not write."""
    change: dict[str, object] = {
        name: min(getattr(decision, name), latest) for name in ("as_of", "created_at", "updated_at")
    }
    change |= {"keep_days": keep_days, "intended": None, "waiting": None, "undoing": False, "undo_proposed": False}
    if decision.outcome is not None:
        change["outcome"] = decision.outcome.model_copy(update={"inverse": NOTHING_TO_UNDO, "parts": ()})
    if decision.state not in OVER:
        change |= {"state": DecisionState.DISMISSED, "error": NOT_BROUGHT_ALONG}
    return decision.model_copy(update=change)


def _from_record(tenant_id: TenantId, record: Record) -> Portable:
    if record.kind not in _KINDS:
        raise InvalidRequest(Translatable("there is no such kind of record"), field="kind")
    # An archive may come from anybody, and what an account is in its workspace is its vendor's to say.
    own: dict[str, dict[str, object]] = {
        "tenant": {"id": tenant_id},
        "decision": {"tenant_id": tenant_id},
        "member": {"standings": {}},
    }
    owner = own.get(record.kind, {})
    item = _KINDS[record.kind].model_validate(record.data | owner)
    _check_row(item)
    _check_content(item)
    return item


def _check_row(item: Portable) -> None:
    if len(item.model_dump_json().encode()) > LARGEST_RECORD:
        raise InvalidRequest(Translatable("it is too large"), field="data")
    if not all(0 < len(id.encode()) <= LONGEST_ID for id in _ids(item)):
        raise InvalidRequest(Translatable("ids have 1 to {most} bytes", most=str(LONGEST_ID)), field="data")
    for name, value in item:
        if isinstance(value, datetime) and not EARLIEST <= value < LATEST:
            raise InvalidRequest(Translatable("a moment lies between the years 1970 and 9000"), field=name)


def _check_content(item: Portable) -> None:
    match item:
        case Tenant(name=name) if not _is(TeamName, name):
            raise InvalidRequest(Translatable("a team's name is one line of 1 to 100 characters"), field="name")
        case Member(time_zone=zone) if not _is(Zone, zone):
            raise InvalidRequest(Translatable("there is no such time zone"), field="time_zone")
        case Message(ts=ts, root_ts=root_ts, edited_ts=edited_ts):
            if not all(TIMESTAMP.fullmatch(stamp) for stamp in (ts, root_ts, edited_ts or ts)):
                raise InvalidRequest(Translatable("a timestamp is ten digits, a point and six digits"), field="ts")
        case Tenant() | Member() | Team() | Ticket() | Decision() | Subscription():
            pass
        case _:
            assert_never(item)


def _is(form: Any, text: str) -> bool:
    try:
        _checked(form).validate_python(text)
    except ValidationError:
        return False
    return True


@cache
def _checked(form: Any) -> TypeAdapter[str]:
    return TypeAdapter(form)


def _ids(item: Portable) -> tuple[str, ...]:
    """What becomes part of a key, or stands beside the record a second time."""
    match item:
        case Message(channel=channel):
            return (channel,)
        case Decision(id=id, subject=subject, revision=revision):
            return (id, subject.channel, subject.root_ts, revision)
        case Subscription(member_id=member_id):
            return (member_id,)
        case Tenant(id=id) | Member(id=id) | Team(id=id) | Ticket(id=id):
            return (id,)
        case _:
            assert_never(item)
