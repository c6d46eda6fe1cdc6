"""What a tenant's mail needs, on DynamoDB."""

import secrets
from collections.abc import Sequence

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import MailStop, canonical
from pm_assistant.domain.tenants import TenantId

KEY_BYTES = 32
"""As many as a digest of SHA-256 has (RFC 2104, 3)."""


class DynamoMail:
    """Mail (`MailRecords`): `MAILKEY`, and `MAILSTOP#<address>` for each that is sent nothing."""

    def link_key(self, tenant_id: TenantId) -> bytes | None:
        """What links are signed with."""
        row = Row.find(tenant_id, "MAILKEY")
        return bytes.fromhex(row.data) if row else None

    def make_link_key(self, tenant_id: TenantId) -> bytes:
        """The same, drawn now if there is none: of two that are drawn at a time the first one stays."""
        key = self.link_key(tenant_id)
        if key is not None:
            return key
        drawn = secrets.token_bytes(KEY_BYTES)
        row = Row(tables.partition(tenant_id), "MAILKEY", data=drawn.hex())
        if row.put(tables.absent_or(Row.data == row.data)):
            return drawn
        return self.make_link_key(tenant_id)

    def stop(self, tenant_id: TenantId, stop: MailStop) -> None:
        """Note that an address is sent nothing more."""
        Row(tables.partition(tenant_id), _stop_key(stop.email), data=stop.model_dump_json()).put()

    def stopped(self, tenant_id: TenantId, email: str) -> MailStop | None:
        """Why an address is sent nothing."""
        row = Row.find(tenant_id, _stop_key(email))
        return stored(MailStop, row.data) if row else None

    def stops(self, tenant_id: TenantId) -> Sequence[MailStop]:
        """All that are sent nothing, in one query."""
        rows = Row.each(tenant_id, Row.sk.startswith("MAILSTOP#"))
        return [stored(MailStop, row.data) for row in rows]

    def resume(self, tenant_id: TenantId, email: str) -> None:
        """Send mail to an address again."""
        Row(tables.partition(tenant_id), _stop_key(email)).drop()


def _stop_key(email: str) -> str:
    return f"MAILSTOP#{canonical(email)}"
