"""How far what the vendors know has been read, on DynamoDB."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.stored import listed, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.catch_up import DirectoryPage, Gap, Position
from pm_assistant.domain.tenants import Provider, TenantId

KEEP = timedelta(days=90)
"""How long a gap is remembered."""
LISTED_LASTS = timedelta(days=2)
"""Longer than a reading of people and teams takes."""


class DynamoReadings:
    """Readings (`Readings`): `POSITION#<source>#<place>`, `GAP#<found at>#<source>#<place>`.

    A page of people or teams is `LISTED#<list>#<page>` until all have been read.

    The position of a channel in which other companies are stands in the index, too, under `SHARED#<source>#<place>`.
    """

    def position(self, tenant_id: TenantId, source: Provider, place: str = "") -> Position | None:
        """How far one place has been read, in one request."""
        row = Row.find(tenant_id, _sk(source, place))
        return stored(Position, row.data) if row else None

    def positions(self, tenant_id: TenantId, source: Provider) -> Sequence[Position]:
        """How far each place has been read, in one request."""
        rows = Row.among(tenant_id, Row.sk.startswith(_sk(source, "")))
        return [stored(Position, row.data) for row in rows]

    def put_position(self, tenant_id: TenantId, position: Position) -> None:
        """Note how far a place has been read."""
        row = Row(tables.partition(tenant_id), _sk(position.source, position.place))
        row.data = position.model_dump_json(exclude_defaults=True)
        if position.channel is not None and position.channel.outside:
            row.gsi_pk, row.gsi_sk = _shared(position.source, position.place), row.pk
        row.put()

    def sharing(self, source: Provider, place: str) -> Sequence[TenantId]:
        """The tenants that read a shared channel, in one request; the index lags behind by a moment."""
        return [tables.owner(row) for row in Row.indexed(_shared(source, place))]

    def gaps(self, tenant_id: TenantId, *, limit: int) -> Sequence[Gap]:
        """The gaps that were found last, in one request."""
        rows = Row.newest(tenant_id, "GAP", before=None, each=limit)
        return listed(Gap, rows, limit=limit)

    def put_gap(self, tenant_id: TenantId, gap: Gap) -> None:
        """Note a gap, or what has become of it."""
        sk = f"GAP#{tables.stamp(gap.found_at)}#{gap.source}#{gap.place}"
        row = Row(tables.partition(tenant_id), sk, data=gap.model_dump_json(), expires_at=gap.found_at + KEEP)
        row.put()

    def put_listed(self, tenant_id: TenantId, page: DirectoryPage) -> None:
        """Keep a page."""
        row = Row(tables.partition(tenant_id), f"LISTED#{page.list}#{page.number:06d}")
        row.data = page.model_dump_json(exclude_defaults=True)
        row.expires_at = datetime.now(UTC) + LISTED_LASTS
        row.put()

    def listed(self, tenant_id: TenantId) -> Sequence[DirectoryPage]:
        """The pages that are kept."""
        return [stored(DirectoryPage, row.data) for row in _listed(tenant_id)]

    def drop_listed(self, tenant_id: TenantId) -> None:
        """Forget them."""
        Row.drop_all(_listed(tenant_id))


def _shared(source: Provider, place: str) -> str:
    return f"SHARED#{source}#{place}"


def _listed(tenant_id: TenantId) -> Sequence[Row]:
    return Row.among(tenant_id, Row.sk.startswith("LISTED#"))


def _sk(source: Provider, place: str) -> str:
    return f"POSITION#{source}#{place}"
