"""Who looks at a page of ours in the chat."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pm_assistant.domain.tenants import TenantId


class Homes(Protocol):
    """People's own pages, as far as they have been opened lately; forgotten by themselves."""

    def look(self, tenant_id: TenantId, account: str, *, since: datetime) -> None:
        """Note that somebody looks at their page, as it is made from now on."""
        ...

    def outdate(self, tenant_id: TenantId, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """Note that the pages that were opened since then are not true any more.

        Returns:
            Who looks at one, and since when; each once, until it is noted that it is made anew.
        """
        ...
