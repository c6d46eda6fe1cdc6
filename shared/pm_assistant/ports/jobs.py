"""Long work that was asked for."""

from collections.abc import Sequence
from typing import Protocol

from pm_assistant.domain.jobs import Job
from pm_assistant.domain.tenants import TenantId


class Jobs(Protocol):
    """Work that was asked for, and how far it has come."""

    def get(self, tenant_id: TenantId, job_id: str) -> Job:
        """Read one.

        Raises:
            NotFound: no such run in this tenant.
        """
        ...

    def put(self, job: Job) -> None:
        """Create or replace one; kept for 90 days, a dry run for a week, neither for longer than it says itself."""
        ...

    def replace(self, job: Job, *, before: Job) -> None:
        """Change one that still reads as `before`.

        Raises:
            Conflict: it has changed since, or is gone.
        """
        ...

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[Job]:
        """Runs newest first, from before the run of that id on (run ids sort by time)."""
        ...
