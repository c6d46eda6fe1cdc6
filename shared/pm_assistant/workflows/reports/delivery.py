"""What becomes of a report that is due: sent, late, or skipped and why; and what of it is kept."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property

from pm_assistant.domain.errors import NotConnected, NotFound
from pm_assistant.domain.reports import FactKind, Report, ReportChannel, ReportDue, SentReport, Skip
from pm_assistant.domain.seats import has_seat
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import Member, zone_named
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import Texts, texts_in
from pm_assistant.workflows.accounts.calendars import days_out
from pm_assistant.workflows.tenants.members import member_of

LOOKED_BACK = 10
"""How many are looked at for those that were skipped since the last one came."""
MOST_NAMED = 3
TALK = frozenset({FactKind.UNTRACKED, FactKind.HELP, FactKind.SAID})
"""What rests on what people said."""


class Delivery:
    """One delivery of a report: of a subscription on a local day, or of what somebody asked for between times.

    Args:
        due: what is due.
        member: who gets it; None where a channel does.
        unit: of work.
    """

    def __init__(self, due: ReportDue, member: Member | None, unit: Unit) -> None:
        self._due, self._member, self._unit = due, member, unit
        self.at = due.due_at or unit.now()
        self.day = due.day(self.at, member)
        self.key = due.delivery_key(self.day)

    def is_over(self) -> bool:
        """Whether it was made before, or is skipped: on holidays, while the person is away, without a seat."""
        if self._unit.stores.deliveries.delivered(self._unit.tenant_id, self.key):
            return True
        outcome = self._reason_to_skip()
        if outcome:
            self._keep(outcome)
            self._finish(skipped=True)
        return bool(outcome)

    def with_notes(self, report: Report) -> Report:
        """The report, which says that it comes late, and on which days since the last one none came."""
        if self._due.once is not None:
            return report
        texts = texts_in(report.language)
        return report.model_copy(update={"notes": (*self._lateness(texts), *self._skipped(texts), *report.notes)})

    def noting(self, report: Report, delivery: ReportChannel) -> Callable[[], None]:
        """What notes that it has been made: that first, for until then whoever comes back makes it once more."""

        def note() -> None:
            self._finish(skipped=False)
            self._keep({"delivery": delivery, "report": _without_talk(report, self._unit)})

        return note

    def note_changed(self, report: Report, delivery: ReportChannel) -> None:
        """Note what it says by now."""
        kept = {"delivery": delivery, "report": _without_talk(report, self._unit), "changed_at": self._unit.now()}
        self._keep(kept)

    def note_failed(self, cause: str) -> None:
        """Note that it could not be made, unless it was made; should it be tried again, that is noted."""
        if not self._unit.stores.deliveries.delivered(self._unit.tenant_id, self.key):
            self._keep({"skipped": Skip.FAILED, "cause": cause})

    def _keep(self, outcome: Mapping[str, object]) -> None:
        due, tenant_id = self._due, self._unit.tenant_id
        sent = SentReport(kind=due.kind, subscription_id=due.subscription_id, day=self.day, at=self.at)
        sent = sent.model_copy(update=outcome)
        self._unit.stores.deliveries.keep(tenant_id, sent, keep_days=self._tenant.settings.retention_days)

    def _finish(self, *, skipped: bool) -> None:
        due, deliveries, tenant_id = self._due, self._unit.stores.deliveries, self._unit.tenant_id
        # What was skipped leaves to the next one what there is to tell, and so does what was asked for between times.
        leaves_last = due.once is not None or skipped
        deliveries.finish(tenant_id, due.told, due.kind, self.key, at=self.at, once=leaves_last)

    @cached_property
    def tenant(self) -> Tenant | None:
        """The team, as it was when the delivery began; None where it is gone meanwhile."""
        try:
            return self._unit.stores.tenants.get(self._unit.tenant_id)
        except NotFound:
            return None

    @cached_property
    def _tenant(self) -> Tenant:
        return self.tenant or Tenant(id=self._unit.tenant_id, name="", created_at=self.at)

    def _reason_to_skip(self) -> Mapping[str, object]:
        billing, now = self._tenant.billing, self._unit.now()
        if self._member is not None and not has_seat(billing, self._member.id, now):
            return {"skipped": Skip.SEAT}
        if self._due.once is not None:
            return {}
        holidays = self._tenant.settings.holidays
        holiday = holidays.name_of(self.day) if holidays else None
        if holiday is not None:
            return {"skipped": Skip.HOLIDAY, "holiday": holiday}
        is_away = self._member is not None and (
            self._member.is_away(self.day, self.at) or self.day in days_out(self._member, self._unit)
        )
        return {"skipped": Skip.AWAY} if is_away else {}

    def _lateness(self, texts: Texts) -> list[str]:
        if self._due.due_at is None or self._unit.now() - self._due.due_at < self._due.LATE_AFTER:
            return []
        zone = self._due.time_zone or (self._member.time_zone if self._member else "UTC")
        due_at = self._due.due_at.astimezone(zone_named(zone))
        day, time = texts.day(due_at), texts.time(due_at)
        return [texts.gettext("Late: this was due on {day} at {time}.", day=day, time=time)]

    def _skipped(self, texts: Texts) -> list[str]:
        reader = self._due.subscription_id.partition(".")[2]
        skipped: list[SentReport] = []
        for each in self._unit.stores.deliveries.kept(self._unit.tenant_id, reader, limit=LOOKED_BACK):
            if each.kind is self._due.kind and each.skipped is None:
                break
            if each.kind is self._due.kind and each.day != self.day:
                skipped.append(each)
        return [_why_none(each, texts) for each in reversed(skipped[:MOST_NAMED])]


def give_up(due: ReportDue, cause: str, unit: Unit) -> None:
    """Note that a report could not be delivered, and why: its reader sees it where reports are, and in the next one.

    Nothing is noted of a person who is gone.
    """
    with suppress(NotFound):
        member = member_of(due.member_id, unit) if due.channel_id is None else None
        Delivery(due, member, unit).note_failed(cause)


def _why_none(skipped: SentReport, texts: Texts) -> str:
    day = texts.day(skipped.day)
    if skipped.holiday is not None:
        return texts.gettext("None came on {day}: {holiday}.", day=day, holiday=skipped.holiday)
    if skipped.skipped is Skip.FAILED:
        return texts.gettext("None came on {day}, for it could not be delivered.", day=day)
    if skipped.skipped is Skip.SEAT:
        return texts.gettext("None came on {day}, for your team's plan had no seat for you.", day=day)
    return texts.gettext("None came on {day}, for you were away.", day=day)


def _without_talk(report: Report, unit: Unit) -> Report:
    """A report to keep: of what people said the links alone, so that what they delete is nowhere."""
    try:
        chat = unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CHAT)).base_url
    except NotConnected:
        chat = None
    sections = []
    for section in report.sections:
        lines = [
            line.model_copy(update={"text": ""})
            if section.kind in TALK
            or not line.url
            or (chat and any(url.startswith(chat) for url in (line.url, *line.receipts)))
            else line
            for line in section.lines
        ]
        sections.append(section.model_copy(update={"lines": tuple(lines)}))
    return report.model_copy(update={"sections": tuple(sections)})
