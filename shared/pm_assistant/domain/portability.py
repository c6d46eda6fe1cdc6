"""What a tenant may take along and bring to another: the kinds of records, and how one is read back with care.

Some kinds are for people to read only. An import leaves them alone: what they tell of belongs to the tenant it was in.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError

from pm_assistant.domain.accounts import Account, AuditEntry, TeamName
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.jobs import Record
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

type Thing = Tenant | Member | Team | Ticket | Message | Decision | Subscription

_KINDS: dict[str, type[Thing]] = {
    "tenant": Tenant,
    "member": Member,
    "team": Team,
    "ticket": Ticket,
    "message": Message,
    "decision": Decision,
    "subscription": Subscription,
}

type Told = AuditEntry | Account | Connection

TOLD = frozenset({"audit", "account", "connection"})
"""The kinds that an import leaves alone."""

_OF_ACCOUNT = {"id", "email", "role", "created_at"}
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

_name: TypeAdapter[str] = TypeAdapter(TeamName)
_zone: TypeAdapter[str] = TypeAdapter(Zone)


def packed(thing: Thing) -> Record:
    """Make a record."""
    return Record(kind=type(thing).__name__.lower(), data=thing.model_dump(mode="json"))


def told(thing: Told) -> Record:
    """Make a record that is for people to read; what opens doors is left out."""
    match thing:
        case AuditEntry():
            return Record(kind="audit", data=thing.model_dump(mode="json"))
        case Account():
            return Record(kind="account", data=thing.model_dump(mode="json", include=_OF_ACCOUNT))
        case Connection():
            return Record(kind="connection", data=thing.model_dump(mode="json", include=_OF_CONNECTION))


def unpacked(tenant_id: TenantId, records: Iterable[Record]) -> Iterator[Thing]:
    """Read records as this tenant's, whoever's they were; those that are only told are passed over.

    What is yielded can be kept: nothing about it is too long, too late or of a zone that does not exist.

    Raises:
        InvalidRequest: a record is not what `packed` makes; names its number, from 1.
    """
    for number, record in enumerate(records, start=1):
        if record.kind in TOLD:
            continue
        try:
            yield _unpacked(tenant_id, record)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise InvalidRequest(f"record {number}: {where}: {error.errors()[0]['msg']}", field=where) from error
        except InvalidRequest as error:
            raise InvalidRequest(f"record {number}: {error}", field=error.field) from error


def _unpacked(tenant_id: TenantId, record: Record) -> Thing:
    if record.kind not in _KINDS:
        raise InvalidRequest("there is no such kind of record", field="kind")
    owner = {"tenant": {"id": tenant_id}, "decision": {"tenant_id": tenant_id}}.get(record.kind, {})
    thing = _KINDS[record.kind].model_validate(record.data | owner)
    _check_row(thing)
    _check_content(thing)
    return thing


def _check_row(thing: Thing) -> None:
    if len(thing.model_dump_json().encode()) > LARGEST_RECORD:
        raise InvalidRequest("it is too large", field="data")
    if not all(0 < len(id.encode()) <= LONGEST_ID for id in _ids(thing)):
        raise InvalidRequest(f"ids have 1 to {LONGEST_ID} bytes", field="data")
    for name, value in thing:
        if isinstance(value, datetime) and not EARLIEST <= value < LATEST:
            raise InvalidRequest("a moment lies between the years 1970 and 9000", field=name)


def _check_content(thing: Thing) -> None:
    match thing:
        case Tenant(name=name) if not _is(_name, name):
            raise InvalidRequest("a team's name is one line of 1 to 100 characters", field="name")
        case Member(time_zone=zone) if not _is(_zone, zone):
            raise InvalidRequest("there is no such time zone", field="time_zone")
        case Message(ts=ts, root_ts=root_ts, edited_ts=edited_ts):
            if not all(TIMESTAMP.fullmatch(each) for each in (ts, root_ts, edited_ts or ts)):
                raise InvalidRequest("a timestamp is ten digits, a point and six digits", field="ts")
        case _:
            pass


def _is(form: TypeAdapter[str], text: str) -> bool:
    try:
        form.validate_python(text)
    except ValidationError:
        return False
    return True


def _ids(thing: Thing) -> tuple[str, ...]:
    """What becomes part of a key, or stands beside the record a second time."""
    match thing:
        case Message(channel=channel):
            return (channel,)
        case Decision(id=id, subject=subject, revision=revision):
            return (id, subject.channel, subject.root_ts, revision)
        case Subscription(member_id=member_id):
            return (member_id,)
        case Tenant(id=id) | Member(id=id) | Team(id=id) | Ticket(id=id):
            return (id,)
