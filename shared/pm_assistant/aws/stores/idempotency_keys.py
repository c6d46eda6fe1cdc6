"""Answers to give again, on DynamoDB."""

import uuid
from datetime import datetime, timedelta

from pm_assistant.aws import tables
from pm_assistant.aws.tables import ReplayRow
from pm_assistant.domain.errors import Conflict, InvalidRequest
from pm_assistant.domain.tenants import TenantId

AT_WORK = timedelta(seconds=60)
"""How long a request may take; no function behind the API lives longer."""

KEEP = timedelta(hours=24)


class DynamoIdempotencyKeys:
    """Keys (`IdempotencyKeys`): `REPLAY#<key>`; remembers what it began, so that it never ends what is another's."""

    def __init__(self) -> None:
        self._holders: dict[tuple[TenantId, str], str] = {}

    def begin(self, tenant_id: TenantId, key: str, *, fingerprint: str, now: datetime) -> str | None:
        """Take a key, in one conditional write; one read more if it is taken."""
        # botocore repeats a write whose answer got lost: a mark of its own keeps the call from losing against itself.
        holder = uuid.uuid4().hex
        row = ReplayRow(
            tables.partition(tenant_id),
            _sk(key),
            fingerprint=fingerprint,
            held_until=tables.stamp(now + AT_WORK),
            holder=holder,
            expires_at=now + KEEP,
        )
        if row.put(tables.absent_or((ReplayRow.held_until <= tables.stamp(now)) | (ReplayRow.holder == holder))):
            self._holders[tenant_id, key] = holder
            return None
        earlier = ReplayRow.find(tenant_id, _sk(key))
        if earlier and earlier.fingerprint != fingerprint:
            raise InvalidRequest("the idempotency key was used for a different request", field="Idempotency-Key")
        if not earlier or earlier.data is None:
            raise Conflict("the same request is being done right now")
        return earlier.data

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
        """Forget a request, unless our time ran out and another is at it."""
        holder = self._holders.pop((tenant_id, key), None)
        if holder is not None:
            ReplayRow(tables.partition(tenant_id), _sk(key)).drop(ReplayRow.holder == holder)


def _sk(key: str) -> str:
    return f"REPLAY#{key}"
