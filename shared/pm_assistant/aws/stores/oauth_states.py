"""Passes of connecting a vendor, on DynamoDB."""

import hashlib
from datetime import datetime

from pm_assistant.aws import tables
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
from pm_assistant.domain.connections import Authorization, ConnectLink
from pm_assistant.domain.tenants import TenantId


class DynamoOAuthStates:
    """Passes (`OAuthStates`): `LINK#<digest>` and `STATE#<digest>`; who reads the table cannot redeem what is in it."""

    def put_link(self, code: str, link: ConnectLink) -> None:
        """Keep a link under its code."""
        _put(_sk("LINK", code), link)

    def get_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Read a link."""
        row = Row.find(tenant_id, _sk("LINK", code))
        link = stored(ConnectLink, row.data) if row else None
        return link if link and link.expires_at > now else None

    def take_link(self, tenant_id: TenantId, code: str, now: datetime) -> ConnectLink | None:
        """Redeem a link: whose delete finds it there has it."""
        row_data = _take(tenant_id, _sk("LINK", code))
        link = row_data and stored(ConnectLink, row_data)
        return link if link and link.expires_at > now else None

    def put_authorization(self, state: str, authorization: Authorization) -> None:
        """Keep an authorization under its state."""
        _put(_sk("STATE", state), authorization)

    def take_authorization(self, tenant_id: TenantId, state: str, now: datetime) -> Authorization | None:
        """Redeem an authorization: whose delete finds it there has it."""
        row_data = _take(tenant_id, _sk("STATE", state))
        authorization = row_data and stored(Authorization, row_data)
        return authorization if authorization and authorization.expires_at > now else None


def _sk(kind: str, code: str) -> str:
    return f"{kind}#{hashlib.sha256(code.encode()).hexdigest()}"


def _put(sk: str, state: ConnectLink | Authorization) -> None:
    pk = tables.partition(state.tenant_id)
    Row(pk, sk, data=state.model_dump_json(), expires_at=state.expires_at).put()


def _take(tenant_id: TenantId, sk: str) -> str | None:
    row = Row.find(tenant_id, sk)
    # Should the answer to the delete get lost, its repetition finds nothing: a pass may be lost, never used twice.
    return row.data if row and row.drop(Row.pk.exists()) else None
