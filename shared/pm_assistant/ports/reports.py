"""What reports need: who wants which when, the clockwork, what has been delivered, and mail."""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime
from typing import Protocol

from pm_assistant.domain.accounts import Mail, MailStop
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import Post, ReportDue, SentReport, Subscription
from pm_assistant.domain.tenants import TenantId


class Mailer(Protocol):
    """Sends e-mail."""

    def send(self, mail: Mail) -> None:
        """Send one; what is accepted may still not arrive."""
        ...


class MailRecords(Protocol):
    """What a tenant's mail needs."""

    def link_key(self, tenant_id: TenantId) -> bytes | None:
        """What the tenant's links are signed with; None if none was ever made, or the tenant is gone."""
        ...

    def make_link_key(self, tenant_id: TenantId) -> bytes:
        """The same, made if there is none; from then on it stays."""
        ...

    def stop(self, tenant_id: TenantId, stop: MailStop) -> None:
        """Note that an address is sent nothing more."""
        ...

    def stopped(self, tenant_id: TenantId, email: str) -> MailStop | None:
        """Since when and why an address is sent nothing; None if it is."""
        ...

    def stops(self, tenant_id: TenantId) -> Sequence[MailStop]:
        """All addresses that are sent nothing."""
        ...

    def resume(self, tenant_id: TenantId, email: str) -> None:
        """Send mail to an address again; one that was not stopped is fine."""
        ...


class Schedules(Protocol):
    """Clockwork that makes reports and long work due."""

    def put(self, tenant_id: TenantId, subscription: Subscription, time_zone: str) -> None:
        """Make a report due at the subscription's local time in that zone; replaces what was there for it.

        Raises:
            InvalidRequest: the zone, or the subscription's time or weekday, does not exist.
        """
        ...

    def put_reports(self, tenant_id: TenantId, wanted: Sequence[tuple[Subscription, str]]) -> int:
        """Have these reports and no others be what recurs, each with its zone as `put` has it; returns how many are.

        What cannot be put costs the others nothing.
        """
        ...

    def put_once(self, due: ReportDue, at: datetime) -> None:
        """Make a report due one time; the schedule removes itself afterwards."""
        ...

    def put_job(self, tenant_id: TenantId, job_id: str, at: datetime) -> None:
        """Have a run's next step taken at that time; replaces what was there for the run."""
        ...

    def put_recurring(self, tenant_id: TenantId) -> None:
        """Have the tenant compared every hour and caught up once a day, from now on; may be repeated."""
        ...

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Stop making a report due; one that is not there is fine."""
        ...

    def remove_all(self, tenant_id: TenantId) -> int:
        """Stop everything of a tenant; returns how many schedules that were."""
        ...


class Subscriptions(Protocol):
    """Who wants which report when."""

    def all(self, tenant_id: TenantId) -> Sequence[Subscription]:
        """All of a tenant."""
        ...

    def get(self, tenant_id: TenantId, subscription_id: str) -> Subscription | None:
        """The one of that id, None if nobody wishes for it."""
        ...

    def put(self, tenant_id: TenantId, subscription: Subscription) -> None:
        """Create or replace one."""
        ...

    def remove(self, tenant_id: TenantId, subscription_id: str) -> None:
        """Forget one; one that is not there is fine."""
        ...


class Deliveries(Protocol):
    """The ledger of what has been delivered; makes a retried or doubled schedule harmless."""

    def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
        """When the person's last report of that kind was delivered."""
        ...

    def delivered(self, tenant_id: TenantId, key: str) -> bool:
        """Whether the run of that key has been delivered."""
        ...

    def delivered_among(self, tenant_id: TenantId, keys: Iterable[str]) -> Set[str]:
        """Which of the runs of these keys have been."""
        ...

    def keep(self, tenant_id: TenantId, sent: SentReport, *, keep_days: int) -> None:
        """Remember what became of one, for so many days; a second time it is the same one."""
        ...

    def kept(self, tenant_id: TenantId, reader: str, *, before: str | None = None, limit: int) -> Sequence[SentReport]:
        """What became of a reader's, the last first, from below that key."""
        ...

    def forget(self, tenant_id: TenantId, reader: str) -> int:
        """Forget what a reader was sent; returns how many those were."""
        ...

    def keep_post(self, tenant_id: TenantId, post: Post) -> None:
        """Remember where a report stands in a channel, for some days; a second time of the day it is the same one."""
        ...

    def posts(self, tenant_id: TenantId, subscription_id: str | None = None) -> Sequence[Post]:
        """Where reports of the last days stand: all of the tenant's, or of a subscription, whose oldest is first."""
        ...

    def finish(self, tenant_id: TenantId, member_id: str, kind: str, key: str, *, at: datetime, once: bool) -> None:
        """Record a delivery; `once` leaves `last` alone."""
        ...


class ReportAnswersStore(Protocol):
    """What people say for their team's report: one row for each person and local day."""

    def put(self, tenant_id: TenantId, said: ReportAnswers, *, keep_days: int) -> None:
        """Keep what a person said on a day, in the place of what was said before, for so many days; nothing goes."""
        ...

    def some(self, tenant_id: TenantId, wanted: Iterable[tuple[date, str]]) -> Sequence[ReportAnswers]:
        """What was said on these days by these people, oldest first; of who said nothing there is nothing."""
        ...

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[ReportAnswers]:
        """The next so many of a tenant's, by their keys."""
        ...
