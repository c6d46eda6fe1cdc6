"""Whose an id is that others know a tenant by, apart from the vendors that it has connected."""

from typing import Protocol

from pm_assistant.domain.workspaces import TenantId


class OutsideIds(Protocol):
    """Ids that others gave; `issuer` says who, such as `stripe`."""

    def claim(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Note that an id means this tenant; may be repeated.

        Raises:
            Conflict: it means another.
        """
        ...

    def owner(self, issuer: str, outside_id: str) -> TenantId | None:
        """Whom an id means; the only read here that crosses tenants."""
        ...

    def release(self, tenant_id: TenantId, issuer: str, outside_id: str) -> None:
        """Let go of an id; one that is another's, or nobody's, stays as it is."""
        ...
