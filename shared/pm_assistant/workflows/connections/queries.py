"""What people see of a tenant's connections: which there are, and how they are."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, Field

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.connections import lacking
from pm_assistant.domain.errors import InvalidRequest, NotConnected
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Activity, Connection, Provider
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.credentials import MARGIN

if TYPE_CHECKING:
    from pm_assistant.domain.catch_up import Gap, Position
    from pm_assistant.domain.code import Coverage, Repository


class ConnectionStatus(StrEnum):
    """How a tie to a vendor is."""

    CONNECTED = "connected"
    BROKEN = "broken"
    NONE = "none"


MOST_REPOSITORIES = 100
"""That are shown with one connection."""
MOST_CHANNELS, MOST_GAPS, MOST_GAPS_SHOWN = 100, 100, 20
"""Shown of a chat; read of all vendors; shown of one of them."""


class RepositoryReading(Model):
    """How far a repository has been read."""

    name: str = Field(description="owner and name")
    read_at: AwareDatetime | None = Field(description="what had changed by then is known; none if never read")


class ChannelReading(Model):
    """How far a channel has been read; what is said after that we are told of, or it is read next time."""

    name: str | None = Field(description="none if the channel is private")
    known_since: AwareDatetime | None = Field(description="from when on it is known what was said; none if never read")
    read_at: AwareDatetime | None = Field(description="what had been said by then is known; none if never read")
    read_back_to: AwareDatetime | None = Field(
        description="a reading is under way, newest first: how far back it has come; none if there is none"
    )


class GapView(Model):
    """A stretch of time of which the vendor did not tell us all."""

    place: str | None = Field(description="name of the channel; none if it is private, or all of the source is meant")
    began_at: AwareDatetime = Field(description="when that was which we first were not told of, or may not have been")
    ended_at: AwareDatetime = Field(description="when that was which we last were not told of, or may not have been")
    repaired_at: AwareDatetime | None = Field(description="since when it has been read; none if it is to be read yet")


class ConnectionHealth(Model):
    """A tie to a vendor; without one (`none`) only `provider` and `state` say anything."""

    provider: Provider
    state: ConnectionStatus
    name: str | None = Field(default=None, description="what people call the workspace")
    external_id: str | None = Field(default=None, description="the vendor's own id of the workspace")
    scopes: tuple[str, ...] = Field(default=(), description="what was granted, in the vendor's words")
    scopes_missing: tuple[str, ...] = Field(default=(), description="what is needed and was not granted")
    last_event_at: AwareDatetime | None = Field(default=None, description="when we last heard of it, to the minute")
    last_sync_at: AwareDatetime | None = Field(default=None, description="when all of it was last read")
    next_refresh_at: AwareDatetime | None = Field(
        default=None, description="from when on the next use refreshes the credentials; none if they do not end"
    )
    broken_since: AwareDatetime | None = None
    broken_reason: str | None = None
    unavailable_since: AwareDatetime | None = Field(
        default=None, description="since when the vendor has not answered us, so that it is left alone for a while"
    )
    retry_at: AwareDatetime | None = Field(
        default=None, description="when it is tried again; none if with what is next"
    )
    limited_until: AwareDatetime | None = Field(
        default=None, description="until when the vendor wants to be left alone, as we have asked it too often"
    )
    reading_resumes_at: AwareDatetime | None = Field(
        default=None, description="until when what it still allows is for what happens now, and older things wait"
    )
    connected_by: str | None = Field(default=None, description="the e-mail of who connected it, or the id of a key")
    connected_at: AwareDatetime | None = None
    repositories: tuple[RepositoryReading, ...] = Field(
        default=(), description="of a code host, read longest ago first; a hundred at most"
    )
    channels: tuple[ChannelReading, ...] = Field(
        default=(), description="of a chat, those being read first, then those read longest ago; a hundred at most"
    )
    gaps: tuple[GapView, ...] = Field(
        default=(), description="of which we were not told when it happened, the latest first; twenty at most"
    )


def list_connection_health(
    unit: Unit, providers: Iterable[Provider], caller: Caller | None = None
) -> Sequence[ConnectionHealth]:
    """How the tenant's connections to these vendors are, made or not; what the `caller` is called is known."""
    stores, tenant_id, asked = unit.stores, unit.tenant_id, list(providers)
    with unit.side_by_side() as reads:
        found_connections = reads.submit(stores.connections.with_activity, tenant_id)
        found_gaps = reads.submit(stores.readings.gaps, tenant_id, limit=MOST_GAPS)
        found_positions = {
            provider: reads.submit(stores.readings.positions, tenant_id, provider)
            for provider in asked
            if Role.CHAT in unit.vendors[provider].roles
        }
        if any(Role.CODE_HOST in unit.vendors[provider].roles for provider in asked):
            found_coverage = reads.submit(stores.code.coverage, tenant_id)
            found_repositories = reads.submit(stores.code.repositories, tenant_id)
        connections = {connection.provider: (connection, heard) for connection, heard in found_connections.result()}
        emails = _emails({connection.connected_by for connection, _ in connections.values()}, caller, unit)
    gaps = found_gaps.result()

    def health(provider: Provider) -> ConnectionHealth:
        if provider not in connections:
            return ConnectionHealth(provider=provider, state=ConnectionStatus.NONE)
        requested_scopes = tuple(unit.vendors[provider].scopes)
        connection, activity = connections[provider]
        found = _health(connection, activity, emails, requested_scopes=requested_scopes, now=unit.now())
        roles = unit.vendors[provider].roles
        places = found_positions[provider].result() if provider in found_positions else ()
        change = {
            "repositories": (
                _repositories(found_repositories.result(), found_coverage.result())[:MOST_REPOSITORIES]
                if Role.CODE_HOST in roles
                else ()
            ),
            "channels": _channels(places)[:MOST_CHANNELS],
            "gaps": _gaps((gap for gap in gaps if gap.source is provider), places),
        }
        return found.model_copy(update=change)

    return [health(provider) for provider in asked]


def list_places(provider: Provider, unit: Unit) -> Sequence[ChannelReading | RepositoryReading]:
    """How far each channel or repository of a vendor has been read, in the order of a connection's; all there are.

    Raises:
        NotConnected: there is no such connection.
    """
    stores, tenant_id, roles = unit.stores, unit.tenant_id, unit.vendors[provider].roles
    stores.connections.get(tenant_id, provider)
    if Role.CHAT in roles:
        return _channels(stores.readings.positions(tenant_id, provider))
    if Role.CODE_HOST in roles:
        return _repositories(stores.code.repositories(tenant_id), stores.code.coverage(tenant_id))
    return ()


def _emails(actors: Set[str | None], caller: Caller | None, unit: Unit) -> Mapping[str, str]:
    """What those of these log in with who are accounts; they are read where others than the caller are among them."""
    emails = {caller.actor: caller.name} if caller is not None and caller.kind == "account" else {}
    if any(actor is not None and actor.startswith("account:") for actor in actors - emails.keys()):
        emails |= {f"account:{account.id}": account.email for account in unit.stores.accounts.all(unit.tenant_id)}
    return emails


def _channels(places: "Iterable[Position]") -> tuple[ChannelReading, ...]:
    never = datetime.min.replace(tzinfo=UTC)
    channels = [position for position in places if position.channel is not None]
    channels.sort(key=lambda position: (position.reading is None, position.read_to or never, position.place))
    return tuple(
        ChannelReading(
            name=channel_name(position),
            known_since=position.since,
            read_at=position.read_to,
            read_back_to=(position.reading.reached or position.reading.began_at) if position.reading else None,
        )
        for position in channels
    )


def _gaps(gaps: "Iterable[Gap]", places: "Iterable[Position]") -> tuple[GapView, ...]:
    names = {position.place: channel_name(position) for position in places}
    return tuple(
        GapView(place=names.get(gap.place), began_at=gap.began_at, ended_at=gap.ended_at, repaired_at=gap.repaired_at)
        for gap in gaps
    )[:MOST_GAPS_SHOWN]


def channel_name(position: "Position") -> str | None:
    """What a channel is called, where everybody may know; a private one's name is for those who are in it."""
    channel = position.channel
    return f"#{channel.name}" if channel is not None and channel.name and not channel.private else None


def channel_names(unit: Unit) -> Mapping[str, str]:
    """What the channels that we are in are called, by their ids; without private ones."""
    places = unit.stores.readings.positions(unit.tenant_id, unit.provider(Role.CHAT))
    return {place.place: name for place in places if (name := channel_name(place)) is not None}


def channel_called(written: str, unit: Unit) -> str | None:
    """The id of the channel that is meant, by its id or by its name, with or without `#`; None where we are in none.

    A private one goes by its id alone, as does one whose name is another's, too.
    """
    places = unit.stores.readings.positions(unit.tenant_id, unit.provider(Role.CHAT))
    ours = {place.place: channel_name(place) or "" for place in places if place.channel is not None}
    name = f"#{written.removeprefix('#')}".casefold()
    called = [written] if written in ours else [id for id, own in ours.items() if own.casefold() == name]
    return called[0] if len(called) == 1 else None


def is_channel_id(written: str, unit: Unit) -> bool:
    """Whether a word has the form of the ids that the chat's channels have."""
    return re.fullmatch(unit.vendors[unit.provider(Role.CHAT)].channel_id, written) is not None


def channel_meant(written: str, unit: Unit, *, field: str) -> str:
    """The same.

    Raises:
        InvalidRequest: we are in none.
    """
    if (id := channel_called(written, unit)) is None:
        words = Translatable("I am in no channel {channel}; a private one is named by its id", channel=written)
        raise InvalidRequest(words, field=field)
    return id


def _repositories(
    repositories: "Iterable[Repository]", coverage: "Mapping[str, Coverage]"
) -> tuple[RepositoryReading, ...]:
    read_at = {id: reading.at for id, reading in coverage.items()}
    never = datetime.min.replace(tzinfo=UTC)
    places = sorted(repositories, key=lambda place: (read_at.get(place.id, never), place.name))
    return tuple(RepositoryReading(name=place.name, read_at=read_at.get(place.id)) for place in places)


def _health(
    connection: Connection,
    activity: Activity,
    emails: Mapping[str, str],
    *,
    requested_scopes: Sequence[str],
    now: datetime,
) -> ConnectionHealth:
    lately = connection.availability

    def ahead(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment > now else None

    return ConnectionHealth(
        provider=connection.provider,
        state=ConnectionStatus.BROKEN if connection.broken_since else ConnectionStatus.CONNECTED,
        name=connection.name,
        external_id=connection.external_id,
        scopes=connection.scopes,
        scopes_missing=lacking(requested_scopes, connection.scopes),
        last_event_at=activity.last_event_at,
        last_sync_at=activity.last_sync_at,
        next_refresh_at=connection.expires_at - MARGIN if connection.expires_at else None,
        broken_since=connection.broken_since,
        broken_reason=connection.broken_reason,
        unavailable_since=lately.failing_since if lately.retry_at else None,
        retry_at=ahead(lately.retry_at),
        limited_until=ahead(lately.limited_until),
        reading_resumes_at=ahead(lately.reserved_until),
        connected_by=emails.get(connection.connected_by or "", connection.connected_by),
        connected_at=connection.connected_at,
    )


def chat_url(unit: Unit) -> str | None:
    """Where the pages of the tenant's workspace in the chat live; None while there is none."""
    try:
        return unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CHAT)).base_url
    except NotConnected:
        return None
