"""Who may use the product for a tenant, on DynamoDB."""

import json
from collections.abc import Sequence
from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.rows import BrowserSessionRow, KeyRow
from pm_assistant.aws.stored import listed, readable, stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.accounts import Account, ApiKey, BrowserSession, Invitation
from pm_assistant.domain.errors import Contention, NotFound
from pm_assistant.domain.tenants import TenantId


class DynamoAccounts:
    """Logins (`Accounts`): `ACCOUNT#<id>`."""

    def get(self, tenant_id: TenantId, account_id: str) -> Account:
        """Read one."""
        row = Row.find(tenant_id, f"ACCOUNT#{account_id}")
        if row is None:
            raise NotFound("no such account")
        return stored(Account, row.data)

    def all(self, tenant_id: TenantId) -> Sequence[Account]:
        """All of a tenant."""
        rows = Row.among(tenant_id, Row.sk.startswith("ACCOUNT#"))
        return listed(Account, rows)

    def put(self, account: Account, *, until: datetime | None = None) -> None:
        """Create or replace one, which DynamoDB removes some time after `until`."""
        pk = tables.partition(account.tenant_id)
        Row(pk, f"ACCOUNT#{account.id}", data=account.model_dump_json(), expires_at=until).put()

    def replace(self, account: Account, *, before: Account) -> None:
        """Change one that still reads as `before`; compared as it lies there, whichever version of us wrote it."""
        row = Row.find(account.tenant_id, f"ACCOUNT#{account.id}")
        if row is None or stored(Account, row.data) not in (before, account):
            raise Contention("the account has changed")
        changed = Row(row.pk, row.sk, data=account.model_dump_json())
        # An attempt that was carried out, and repeated because its answer was lost, is no conflict.
        if not changed.put((Row.data == row.data) | (Row.data == changed.data)):
            raise Contention("the account has changed")

    def remove(self, tenant_id: TenantId, account_id: str) -> None:
        """Forget one."""
        Row(tables.partition(tenant_id), f"ACCOUNT#{account_id}").drop()


class DynamoInvitations:
    """Open offers (`Invitations`): `INVITATION#<id>`, which DynamoDB removes some time after they have expired."""

    def get(self, tenant_id: TenantId, invitation_id: str, now: datetime) -> Invitation:
        """Read one."""
        row = Row.find(tenant_id, f"INVITATION#{invitation_id}")
        invitation = row and stored(Invitation, row.data)
        if not invitation or invitation.expires_at <= now:
            raise NotFound("no such invitation")
        return invitation

    def all(self, tenant_id: TenantId, now: datetime) -> Sequence[Invitation]:
        """All that can still be taken up."""
        rows = Row.among(tenant_id, Row.sk.startswith("INVITATION#"))
        return [invitation for invitation in listed(Invitation, rows) if invitation.expires_at > now]

    def put(self, invitation: Invitation) -> None:
        """Create or replace one."""
        Row(
            tables.partition(invitation.tenant_id),
            f"INVITATION#{invitation.id}",
            data=invitation.model_dump_json(),
            expires_at=invitation.expires_at,
        ).put()

    def remove(self, tenant_id: TenantId, invitation_id: str) -> bool:
        """Take one away, in one conditional write."""
        return Row(tables.partition(tenant_id), f"INVITATION#{invitation_id}").drop(Row.pk.exists())


class DynamoApiKeys:
    """Keys of programs (`ApiKeys`): `KEY#<id>`."""

    def get(self, tenant_id: TenantId, key_id: str) -> ApiKey:
        """Read one."""
        row = KeyRow.find(tenant_id, f"KEY#{key_id}")
        if row is None:
            raise NotFound("no such key")
        return key_of(row)

    def all(self, tenant_id: TenantId) -> Sequence[ApiKey]:
        """All of a tenant."""
        return list(readable(key_of, KeyRow.among(tenant_id, KeyRow.sk.startswith("KEY#"))))

    def put(self, key: ApiKey) -> None:
        """Create or replace one."""
        KeyRow(
            tables.partition(key.tenant_id),
            f"KEY#{key.id}",
            data=key.model_dump_json(exclude={"last_used_at"}),
            last_used_at=tables.stamp(key.last_used_at) if key.last_used_at else None,
        ).put()

    def used(self, tenant_id: TenantId, key_id: str, at: datetime) -> None:
        """Note a use, in one conditional write that never goes back."""
        moment = tables.stamp(at)
        earlier = KeyRow.last_used_at.does_not_exist() | (KeyRow.last_used_at < moment)
        row = KeyRow(tables.partition(tenant_id), f"KEY#{key_id}")
        row.change([KeyRow.last_used_at.set(moment)], KeyRow.pk.exists() & earlier)

    def remove(self, tenant_id: TenantId, key_id: str) -> None:
        """Revoke one."""
        KeyRow(tables.partition(tenant_id), f"KEY#{key_id}").drop()


class DynamoBrowserSessions:
    """Logins in browsers (`BrowserSessions`): `SESSION#<account>#<digest>`, forgotten some time after they end."""

    def get(self, tenant_id: TenantId, account_id: str, digest: str) -> BrowserSession:
        """Read one."""
        row = BrowserSessionRow.find(tenant_id, _session_key(account_id, digest))
        if row is None:
            raise NotFound("no such session")
        return _session_of(row)

    def of_account(self, tenant_id: TenantId, account_id: str) -> Sequence[BrowserSession]:
        """All of an account."""
        of_account = BrowserSessionRow.sk.startswith(_session_key(account_id, ""))
        return list(readable(_session_of, BrowserSessionRow.among(tenant_id, of_account)))

    def put(self, session: BrowserSession) -> None:
        """Keep one."""
        BrowserSessionRow(
            tables.partition(session.tenant_id),
            _session_key(session.account_id, session.digest),
            data=session.model_dump_json(exclude={"seen_at"}),
            seen_at=tables.stamp(session.seen_at),
            expires_at=session.ends_at,
        ).put()

    def seen(self, session: BrowserSession, at: datetime) -> None:
        """Note a use, in one conditional write that never goes back."""
        row = BrowserSessionRow(tables.partition(session.tenant_id), _session_key(session.account_id, session.digest))
        # Where there is no such row, the comparison does not hold.
        row.change([BrowserSessionRow.seen_at.set(tables.stamp(at))], BrowserSessionRow.seen_at < tables.stamp(at))

    def remove(self, tenant_id: TenantId, account_id: str, digest: str) -> None:
        """End one."""
        Row(tables.partition(tenant_id), _session_key(account_id, digest)).drop()


def _session_key(account_id: str, digest: str) -> str:
    return f"SESSION#{account_id}#{digest}"


def _session_of(row: BrowserSessionRow) -> BrowserSession:
    return stored(BrowserSession, json.loads(row.data) | {"seen_at": row.seen_at})


def key_of(row: KeyRow) -> ApiKey:
    """Read a row."""
    return stored(ApiKey, json.loads(row.data) | {"last_used_at": row.last_used_at})
