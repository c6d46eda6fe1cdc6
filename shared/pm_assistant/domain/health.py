"""How tenants and the stage fare, for those who operate it: states and counts, and of words only teams' own names."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Provider, Tenant, TenantId, TenantState

SILENT_AFTER = timedelta(days=2)
"""What waits for longer waits for somebody to look."""


class VendorHealth(Model):
    """A tie to a vendor."""

    provider: Provider
    broken_since: AwareDatetime | None = Field(description="since when it does not let us in; none while it does")
    unavailable_since: AwareDatetime | None = Field(description="since when it has not answered us; none while it does")
    last_event_at: AwareDatetime | None = Field(description="when we last heard of it")
    last_reading_at: AwareDatetime | None = Field(description="when all of it was last read")


class QueueHealth(Model):
    """A queue in front of a stage, and what is parked beside it; all of it none where nothing was told."""

    name: str = Field(description="of the stage that it is in front of")
    oldest_seconds: float | None = Field(description="how long a message waited at most in the last hour")
    waiting: int | None = Field(description="messages in the queue")
    parked: int | None = Field(description="messages that could not be worked on, to be looked at by somebody")


class FunctionHealth(Model):
    """How often a function was called and ended in an error."""

    name: str = Field(description="as its folder is called")
    calls_of_hour: int = Field(description="how often it was called in the last hour")
    errors_of_hour: int = Field(description="how many of these ended in an error")
    calls_of_day: int = Field(description="how often it was called in the last day")
    errors_of_day: int = Field(description="how many of these ended in an error")


class StageHealth(Model):
    """How the stage itself fares, whoever's work it is."""

    looked_at: AwareDatetime = Field(description="of when all this is: an hour ago at most")
    measured: bool = Field(description="whether anything was told at all: an emulated AWS tells nothing")
    queues: tuple[QueueHealth, ...] = Field(description="in the order in which work goes through them")
    functions: tuple[FunctionHealth, ...] = Field(description="all that there are")


class TenantHealth(Model):
    """How a tenant fares, as it was when that was last looked at.

    Attributes:
        counted_until: decisions logged before that moment are counted.
    """

    tenant_id: TenantId
    name: str = Field(description="of the team")
    state: TenantState
    created_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = Field(default=None, description="when it ends, if it is closing")
    suspended_since: AwareDatetime | None = Field(default=None, description="none while it is not suspended")
    suspended_because: str | None = Field(default=None, description="why, in an operator's words")
    looked_at: AwareDatetime = Field(description="of when all this is: at most an hour ago, once a vendor is connected")
    vendors: tuple[VendorHealth, ...] = Field(default=(), description="its connections")
    people: int = Field(default=0, description="of the team, those who left not among them")
    accounts: int = Field(default=0, description="people who can log in")
    month: str = Field(description="the calendar month, by UTC, of the next three")
    decisions: int = Field(default=0, description="logged this month")
    judgements: int = Field(default=0, description="asked of the model this month")
    cost_dollars: float = Field(default=0, description="of the model this month")
    waiting_actions: int = Field(default=0, description="decisions of the last day that are to be carried out yet")
    oldest_action_at: AwareDatetime | None = Field(default=None, description="since when the oldest of these waits")
    failed_actions: int = Field(default=0, description="decisions of the last day that failed")
    done_actions: int = Field(default=0, description="decisions of the last day that were carried out")
    oldest_run_at: AwareDatetime | None = Field(default=None, description="since when the oldest unfinished run waits")
    failed_runs: int = Field(default=0, description="runs of the last week that failed")
    counted_until: AwareDatetime

    @classmethod
    def of(cls, tenant: Tenant, *, month: str, at: datetime) -> "TenantHealth":
        """That of a tenant of which nothing else is known yet."""
        return cls(
            tenant_id=tenant.id,
            name=tenant.name,
            state=tenant.state,
            created_at=tenant.created_at,
            closes_at=tenant.closes_at,
            suspended_since=tenant.suspended.began_at if tenant.suspended else None,
            suspended_because=tenant.suspended.reason if tenant.suspended else None,
            looked_at=at,
            month=month,
            counted_until=at,
        )

    @property
    def is_troubled(self) -> bool:
        """Whether somebody should look."""
        broken = any(vendor.broken_since or vendor.unavailable_since for vendor in self.vendors)
        waits = [at for at in (self.oldest_action_at, self.oldest_run_at) if at is not None]
        late = any(self.looked_at - at > SILENT_AFTER for at in waits)
        return bool(broken or late or self.failed_actions or self.failed_runs or self.suspended_since)

    @property
    def place(self) -> str:
        """Where it stands in the list of all: the troubled come first."""
        return f"{0 if self.is_troubled else 1}#{self.tenant_id}"
