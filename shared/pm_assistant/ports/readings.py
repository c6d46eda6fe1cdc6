"""How far what the vendors know has been read."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.catch_up import DirectoryPage, Gap, Position
from pm_assistant.domain.tenants import Provider, TenantId


class Readings(Protocol):
    """Where the reading of each source stands, and of what we were not told."""

    def position(self, tenant_id: TenantId, source: Provider, place: str = "") -> Position | None:
        """How far one place has been read; None if it never was."""
        ...

    def positions(self, tenant_id: TenantId, source: Provider) -> Sequence[Position]:
        """How far each place of a source has been read, in the order of their ids."""
        ...

    def sharing(self, source: Provider, place: str) -> Sequence[TenantId]:
        """The tenants that read this channel among people of other companies, whoever they are to each other."""
        ...

    def gaps(self, tenant_id: TenantId, *, limit: int) -> Sequence[Gap]:
        """The gaps that were found last, the latest first; for 90 days."""
        ...

    def put_gap(self, tenant_id: TenantId, gap: Gap) -> None:
        """Note a gap, or what has become of it."""
        ...

    def put_listed(self, tenant_id: TenantId, page: DirectoryPage) -> None:
        """Keep a page of people or teams until all have been read; for a few days at most."""
        ...

    def listed(self, tenant_id: TenantId) -> Sequence[DirectoryPage]:
        """The pages that are kept, those of a list in their order."""
        ...

    def drop_listed(self, tenant_id: TenantId) -> None:
        """Forget them."""
        ...

    def put_position(self, tenant_id: TenantId, position: Position) -> None:
        """Note how far a place has been read by now."""
        ...
