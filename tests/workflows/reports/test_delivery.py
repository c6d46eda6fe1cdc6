"""What becomes of a report that is due is kept, and the next one says on which days none came."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.days_off import DayOff, Holidays
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, SentReport, Skip, Subscription
from pm_assistant.domain.tenants import Settings
from pm_assistant.workflows.reports.channels import report_to_channel
from pm_assistant.workflows.reports.delivery import give_up
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.tenants.erasing import erase_person
from tests.builders import ACME, DOING, NOW, a_connection, a_job, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit

DUE = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW, time_zone="Europe/Berlin")
MONDAY = DUE.model_copy(update={"due_at": NOW + timedelta(days=3)})
INVENTORY = Settings(holidays=Holidays(days=(DayOff(day=NOW.date(), name="Inventory"),)))
BACK_ON_MONDAY = {"away_until": NOW.date() + timedelta(days=3)}


def a_unit(settings: Settings | None = None, **ada: Any) -> FakeUnit:
    """A team of Ada, who has a ticket to work on."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant(settings=settings or Settings()))
    unit.stores.connections.put(a_connection())
    unit.stores.directory.put_members(ACME, [a_member(**ada)])
    unit.stores.tickets.put(ACME, a_ticket(1, title="Build it", state=DOING))
    return unit


def kept(unit: FakeUnit, reader: str = "U0ADA") -> list[SentReport]:
    """What is known of a reader's reports, the last first."""
    return list(unit.stores.deliveries.kept(ACME, reader, limit=9))


def test_what_was_sent_can_be_read_again() -> None:
    """As it was."""
    unit = a_unit()

    report(DUE, unit)
    report(DUE, unit)

    [sent] = kept(unit)
    [(_, told)] = unit.chat.reports
    assert (ReportChannel.SLACK, None, told) == (sent.delivery, sent.skipped, sent.report)
    assert (DUE.subscription_id, NOW, NOW.date()) == (sent.subscription_id, sent.at, sent.day)


@pytest.mark.parametrize(
    ("settings", "ada", "skipped", "note"),
    [
        (INVENTORY, {}, (Skip.HOLIDAY, "Inventory"), "None came on Friday 20 November: Inventory."),
        (None, BACK_ON_MONDAY, (Skip.AWAY, None), "None came on Friday 20 November, for you were away."),
    ],
)
def test_a_day_that_is_skipped_is_kept_as_such_and_named_in_the_next_report(
    settings: Settings | None, ada: dict[str, Any], skipped: tuple[Skip, str | None], note: str
) -> None:
    """Once: the one after that is about the days since."""
    unit = a_unit(settings, **ada)

    assert report(DUE, unit) is None
    assert report(DUE, unit) is None

    assert [] == unit.chat.reports
    assert [skipped] == [(each.skipped, each.holiday) for each in kept(unit)]
    for due in (MONDAY, MONDAY.model_copy(update={"due_at": NOW + timedelta(days=4)})):
        report(due, unit)
    assert [(note,), ()] == [sent.notes for _, sent in unit.chat.reports]


def test_the_next_report_says_that_one_could_not_be_delivered() -> None:
    """It tells what that one would have told."""
    unit = a_unit()

    give_up(DUE, "Slack failed", unit)
    report(MONDAY, unit)

    [(_, told)] = unit.chat.reports
    assert ("None came on Friday 20 November, for it could not be delivered.",) == told.notes


def test_what_comes_after_all_does_not_say_that_it_did_not() -> None:
    """And is then what is known of that day."""
    unit = a_unit()

    give_up(DUE, "Slack failed", unit)
    report(DUE, unit)

    assert [()] == [told.notes for _, told in unit.chat.reports]
    assert [(None, None)] == [(each.skipped, each.cause) for each in kept(unit)]


def test_who_asks_for_a_report_gets_it_on_a_holiday_as_well() -> None:
    """Nobody else had it sent."""
    unit = a_unit(INVENTORY, **BACK_ON_MONDAY)

    report(DUE.model_copy(update={"once": "asked"}), unit)

    assert [()] == [sent.notes for _, sent in unit.chat.reports]


def test_what_is_due_on_a_day_of_another_kind_is_not_named() -> None:
    """The weekly report says nothing of standups."""
    unit = a_unit(INVENTORY)
    report(DUE, unit)

    report(MONDAY.model_copy(update={"kind": ReportKind.WEEKLY}), unit)

    assert [()] == [sent.notes for _, sent in unit.chat.reports]


def test_a_channel_has_holidays_too() -> None:
    """And its own archive."""
    unit = a_unit(INVENTORY)
    wish = Subscription(channel_id="C0ENG", time_zone="Europe/Berlin")
    unit.stores.subscriptions.put(ACME, wish)
    due = ReportDue(tenant_id=ACME, channel_id="C0ENG", due_at=NOW, time_zone="Europe/Berlin")

    assert report_to_channel(due, unit) is None

    assert [Skip.HOLIDAY] == [each.skipped for each in kept(unit, "channel:C0ENG")]


def test_what_was_sent_to_a_person_is_erased_with_the_person() -> None:
    """All of it."""
    unit = a_unit()
    report(DUE, unit)
    job = a_job(order={"kind": "erase-person", "dry_run": False, "member_id": "U0ADA"})

    while (step := erase_person(job, unit)).cursor is not None:
        job = job.model_copy(update={"cursor": step.cursor})

    assert [] == kept(unit)
