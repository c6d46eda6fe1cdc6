"""Answers to give again, on DynamoDB."""

import uuid
from datetime import UTC, datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.rows import ReplayRow
from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.accounts import Attempt

AT_WORK = timedelta(seconds=60)
"""How long a request may take; no function behind the API lives longer."""

KEEP = timedelta(hours=24)

LONG_AGO = tables.stamp(datetime.fromtimestamp(0, UTC))


class DynamoIdempotencyKeys:
    """Keys (`IdempotencyKeys`): `REPLAY#<key>`; remembers what it began, so that it never ends what is another's."""

    def __init__(self) -> None:
        self._holders: dict[tuple[TenantId, str], str] = {}

    def begin(self, tenant_id: TenantId, key: str, *, fingerprint: str, now: datetime) -> str | Attempt:
        """Take a key, in one conditional write; if it is known, one read and perhaps one write more."""
        # botocore repeats a write whose answer got lost: a mark of its own keeps the call from losing against itself.
        holder, held_until = uuid.uuid4().hex, tables.stamp(now + AT_WORK)
        row = ReplayRow(
            tables.partition(tenant_id),
            _sk(key),
            fingerprint=fingerprint,
            began_at=now.isoformat(),
            held_until=held_until,
            holder=holder,
            expires_at=now + KEEP,
        )
        answered_long_ago = (ReplayRow.held_until <= tables.stamp(now)) & ReplayRow.data.exists()
        over = answered_long_ago | (ReplayRow.expires_at <= now)
        if row.put(tables.absent_or(over | (ReplayRow.holder == holder))):
            self._holders[tenant_id, key] = holder
            return Attempt(now)
        earlier = ReplayRow.find(tenant_id, _sk(key))
        if earlier and earlier.fingerprint != fingerprint:
            raise InvalidRequest("the idempotency key was used for a different request", field="Idempotency-Key")
        if earlier and earlier.data is not None:
            return earlier.data
        free = (ReplayRow.held_until <= tables.stamp(now)) & ReplayRow.data.does_not_exist()
        taken = free | (ReplayRow.holder == holder)
        if not earlier or not row.change([ReplayRow.held_until.set(held_until), ReplayRow.holder.set(holder)], taken):
            raise Conflict("the same request is being done right now")
        self._holders[tenant_id, key] = holder
        return Attempt(datetime.fromisoformat(earlier.began_at) if earlier.began_at else now, again=True)

    def finish(self, tenant_id: TenantId, key: str, *, answer: str, now: datetime) -> None:
        """Keep an answer for a day, unless our time ran out and another is at it."""
        holder = self._holders.pop((tenant_id, key), None)
        if holder is not None:
            ReplayRow(tables.partition(tenant_id), _sk(key)).change(
                [
                    ReplayRow.data.set(answer),
                    ReplayRow.held_until.set(tables.stamp(now + KEEP)),
                    ReplayRow.expires_at.set(now + KEEP),
                ],
                ReplayRow.holder == holder,
            )

    def give_up(self, tenant_id: TenantId, key: str) -> None:
        """Let a request go, unless our time ran out and another is at it; since when it was tried stays known."""
        holder = self._holders.pop((tenant_id, key), None)
        if holder is not None:
            row = ReplayRow(tables.partition(tenant_id), _sk(key))
            row.change([ReplayRow.held_until.set(LONG_AGO)], ReplayRow.holder == holder)


def _sk(key: str) -> str:
    return f"REPLAY#{key}"
