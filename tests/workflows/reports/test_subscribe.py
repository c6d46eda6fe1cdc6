"""A report comes at the person's own hour, or no longer."""

import pytest

from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.reports import ReportChannel, ReportKind, Subscription
from pm_assistant.domain.tenants import Member
from pm_assistant.workflows.connections.missed_reports import send_missed_reports
from pm_assistant.workflows.reports.subscribe import subscribe, unsubscribe
from tests.builders import ACME, GLOBEX, NOW, a_member
from tests.fakes.unit import FakeUnit

ADA = a_member("ada")
STANDUP, WEEKLY = ReportKind.STANDUP, ReportKind.WEEKLY


def a_unit(member: Member = ADA) -> FakeUnit:
    """Work for Acme, of which this is a member; Eve is one of Globex."""
    unit = FakeUnit(ACME)
    unit.stores.directory.put_members(ACME, [member])
    unit.stores.directory.put_members(GLOBEX, [a_member("eve")])
    return unit


def nothing_is_set(unit: FakeUnit) -> bool:
    """Whether neither the clock nor the list of wishes knows of any report."""
    wishes = [*unit.stores.subscriptions.all(ACME), *unit.stores.subscriptions.all(GLOBEX)]
    return not wishes and not unit.schedules.recurring


def test_a_wish_sets_the_clock_and_is_noted() -> None:
    """By the person's own zone."""
    unit = a_unit()

    wish = subscribe(Subscription(member_id=ADA.id, hour=7, minute=15), unit)

    assert [wish] == list(unit.stores.subscriptions.all(ACME))
    assert {(ACME, wish.id): (ADA.time_zone, wish)} == unit.schedules.recurring


def test_a_later_wish_replaces_the_earlier_one_of_its_kind() -> None:
    """The other kind stays."""
    unit = a_unit()
    weekly = subscribe(Subscription(member_id=ADA.id, kind=WEEKLY, weekdays=("FRI",)), unit)
    subscribe(Subscription(member_id=ADA.id, hour=7), unit)

    later = subscribe(Subscription(member_id=ADA.id, hour=10), unit)

    assert {STANDUP: later, WEEKLY: weekly} == {wish.kind: wish for wish in unit.stores.subscriptions.all(ACME)}
    assert [(ADA.time_zone, weekly), (ADA.time_zone, later)] == list(unit.schedules.recurring.values())


@pytest.mark.parametrize(
    ("delivery", "missing"), [(ReportChannel.SLACK, {"slack_id": None}), (ReportChannel.EMAIL, {"email": None})]
)
def test_whoever_cannot_be_reached_that_way_gets_no_report(delivery: ReportChannel, missing: dict[str, None]) -> None:
    """The other way is fine."""
    unit = a_unit(a_member("ada", **missing))

    with pytest.raises(InvalidRequest) as refused:
        subscribe(Subscription(member_id=ADA.id, delivery=delivery), unit)

    assert "delivery" == refused.value.field
    assert nothing_is_set(unit)
    [other] = set(ReportChannel) - {delivery}
    assert subscribe(Subscription(member_id=ADA.id, delivery=other), unit)


def test_a_wish_whose_clock_cannot_be_set_is_not_noted() -> None:
    """It would never come true."""
    unit = a_unit(a_member("ada", time_zone="Mars/Base"))

    with pytest.raises(InvalidRequest):
        subscribe(Subscription(member_id=ADA.id), unit)

    assert nothing_is_set(unit)


def test_a_person_of_another_team_gets_no_report() -> None:
    """Nor loses one."""
    unit = a_unit()
    with pytest.raises(NotFound):
        subscribe(Subscription(member_id="U0EVE"), unit)
    assert nothing_is_set(unit)
    subscribe(Subscription(member_id="U0EVE"), unit.unit(GLOBEX))

    with pytest.raises(NotFound):
        unsubscribe("U0EVE", STANDUP, unit)

    assert 1 == len(unit.stores.subscriptions.all(GLOBEX)) == len(unit.schedules.recurring)


def test_a_report_is_ended_and_the_other_kind_goes_on() -> None:
    """It may be ended twice."""
    unit = a_unit()
    subscribe(Subscription(member_id=ADA.id), unit)
    weekly = subscribe(Subscription(member_id=ADA.id, kind=WEEKLY), unit)

    for _ in range(2):
        unsubscribe(ADA.id, STANDUP, unit)

        assert [weekly] == list(unit.stores.subscriptions.all(ACME))
        assert [(ADA.time_zone, weekly)] == list(unit.schedules.recurring.values())


@pytest.mark.parametrize("comes", [True, False], ids=["changed", "new"])
def test_what_is_changed_is_owed_today_and_what_is_new_from_now_on(comes: bool) -> None:
    """Whoever wants it earlier than it is now gets today's late; a new wish does not bring what was due before it."""
    unit = a_unit(a_member("ada", time_zone="UTC"))
    if comes:
        subscribe(Subscription(member_id=ADA.id, hour=11), unit)
    unit.at = NOW.replace(hour=10)

    wish = subscribe(Subscription(member_id=ADA.id, hour=8), unit)

    unit.at = NOW.replace(hour=12)
    assert int(comes) == send_missed_reports(unit)
    assert wish == unit.stores.subscriptions.get(ACME, wish.id)
