"""What the chat tells of one person is kept between the readings of everybody, whatever order it comes in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.events import EventEnvelope, PersonChanged
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.workflows.connections.sync import sync_tenant
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.tenants.members import change_member, disown, identify, member_of
from tests.builders import ACME, NOW, a_connection, a_member, a_tenant, an_account
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

SLACK, LINEAR = Provider.SLACK, Provider.LINEAR
ADMIN = Caller(kind="account", id="account-bob", name="bob@acme.test", tenant_id=ACME, scope=Scope.ADMIN)


def given(*members: Member, wishing: str = "U0ADA") -> FakeUnit:
    """A team of which these are known, one of whom is sent a standup."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    for provider in (Provider.SLACK, Provider.LINEAR):
        unit.stores.connections.put(a_connection(ACME, provider))
    unit.stores.accounts.put(an_account())
    unit.stores.directory.put_members(ACME, members or [a_member(), a_member("grace")])
    wish = Subscription(member_id=wishing)
    unit.stores.subscriptions.put(ACME, wish)
    unit.schedules.put(ACME, wish, member_of(wishing, unit).time_zone)
    return unit


def told(standing: Standing = Standing.MEMBER, *, at: datetime = NOW, **changes: Any) -> Member:
    """Ada, as the chat tells of her."""
    said = {"standings": {SLACK: standing}, "changed_at": {SLACK: at}}
    return a_member(**{"linear_id": None, **said, **changes})


def tell(unit: FakeUnit, *people: Member) -> None:
    """Handle what was told."""
    for person in people:
        analyze(EventEnvelope(tenant_id=ACME, event=PersonChanged(member=person)), unit)


def known(unit: FakeUnit, id: str = "U0ADA") -> Member:
    """Somebody, as we know them."""
    return next(member for member in unit.stores.directory.members(ACME) if member.id == id)


def test_a_new_name_address_and_zone_are_kept_with_all_else_that_is_known() -> None:
    """Reports come by the new clock; who somebody is in the tracker stays."""
    unit = given()
    tell(unit, told(name="Ada King", email="king@acme.test", time_zone="Asia/Tokyo", language=Language.JAPANESE))

    ada = known(unit)
    assert ("Ada King", "king@acme.test", "Asia/Tokyo") == (ada.name, ada.email, ada.time_zone)
    assert Language.JAPANESE is ada.language
    assert {SLACK: "U0ADA", LINEAR: "lin-ada"} == ada.accounts
    assert ["Asia/Tokyo"] == [zone for zone, _ in unit.schedules.recurring.values()]


def test_what_people_have_set_stays() -> None:
    """By hand is by hand; an address that the chat does not show is not taken away."""
    by_hand: dict[str, Any] = {"name": "Countess", "time_zone": "Europe/Paris", "language": Language.FRENCH}
    unit = given(a_member(**by_hand, by_hand=tuple(by_hand)))
    tell(unit, told(email=None, name="Ada King", time_zone="Asia/Tokyo", language=Language.JAPANESE))

    assert by_hand == {name: getattr(known(unit), name) for name in by_hand}
    assert "ada@acme.test" == known(unit).email


def test_a_language_that_the_chat_does_not_tell_this_time_is_the_one_it_told_before() -> None:
    """Neither where it tells of one person, nor where it lists everybody."""
    unit = given(a_member(language=Language.GERMAN))
    tell(unit, told(language=None))
    assert Language.GERMAN is known(unit).language

    _read(unit, told(language=None))
    assert Language.GERMAN is known(unit).language


def test_who_is_deactivated_is_sent_nothing_any_more() -> None:
    """Without a reading; the login is pointed out, and what they said still bears their name."""
    unit = given(a_member(linear_id=None), a_member("grace"))
    tell(unit, *[told(Standing.LEFT, name="Deactivated user")] * 2)

    assert ("Ada", True) == (known(unit).name, known(unit).left)
    assert [] == list(unit.stores.subscriptions.all(ACME))
    assert {} == unit.schedules.recurring
    entries = unit.stores.audit.latest(ACME, before=None, limit=10)
    assert [("member.left", "U0ADA", {"account": "account-ada"})] == [(e.action, e.target, e.detail) for e in entries]


def test_a_deactivation_that_broke_off_is_brought_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was done before: the reports end."""
    unit = given()
    with monkeypatch.context() as breaking:
        breaking.setattr(unit.schedules, "remove", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell(unit, told(Standing.LEFT))
    tell(unit, told(Standing.LEFT))

    assert Standing.LEFT is known(unit).standings[SLACK]
    assert [] == list(unit.stores.subscriptions.all(ACME))


@pytest.mark.parametrize("who", [a_member(linear_id=None), a_member(id="lin-ada", confirmed=(SLACK,))])
def test_whatever_order_it_comes_in_the_last_that_was_said_counts(who: Member) -> None:
    """Slack gives no order; it says of each account when that last changed. By whatever id we know whose it is."""
    history = [
        told(at=NOW, name="Ada King"),
        told(Standing.LEFT, at=NOW + timedelta(minutes=1)),
        told(Standing.GUEST, at=NOW + timedelta(minutes=2), name="Ada King"),
    ]
    for order in permutations(history):
        unit = given(who, wishing=who.id)
        tell(unit, *order, *order[:1])
        assert (Standing.GUEST, "Ada King") == (known(unit, who.id).standings[SLACK], known(unit, who.id).name)
        assert 1 == len(unit.stores.directory.members(ACME))


def test_a_newcomer_is_known_at_once_and_is_who_is_known_in_the_tracker_by_the_same_address() -> None:
    """With whatever hung on that person; by a reading afterwards nothing changes."""
    in_tracker = a_member(id="lin-ada", slack_id=None)
    unit = given(in_tracker, a_member("grace"), wishing="lin-ada")
    tell(unit, *[told()] * 2)

    assert {SLACK: "U0ADA", LINEAR: "lin-ada"} == known(unit).accounts
    assert ["U0ADA"] == [wish.member_id for wish in unit.stores.subscriptions.all(ACME)]
    before = unit.stores.directory.members(ACME)
    unit.chat = FakeChat(members=[told(), a_member("grace", linear_id=None)])
    unit.tracker = FakeTracker(members=[in_tracker, a_member("grace", slack_id=None)])
    sync_tenant(a_tenant(), unit, messages_since=None)
    assert sorted(before, key=lambda m: m.id) == sorted(unit.stores.directory.members(ACME), key=lambda m: m.id)


def test_what_the_chat_said_when_it_was_asked_is_not_taken_back_by_what_comes_late() -> None:
    """It is asked before anybody's answer counts; an event of before that may still be on its way."""
    unit = given(a_member(linear_id=None))
    unit.chat = FakeChat(members=[told(Standing.GUEST, at=NOW + timedelta(minutes=2))])
    assert reason_to_refuse("U0ADA", unit) is not None
    tell(unit, told(at=NOW + timedelta(minutes=1)))

    assert Standing.GUEST is known(unit).standings[SLACK]


@pytest.mark.parametrize("standing", [Standing.OUTSIDER, Standing.LEFT])
def test_nobody_comes_who_is_not_of_the_team(standing: Standing) -> None:
    """People of other companies change, too, and who has left before we came."""
    unit = given()
    tell(unit, told(standing, id="U0EVE", slack_id="U0EVE"))

    assert ["U0ADA", "U0GRACE"] == sorted(member.id for member in unit.stores.directory.members(ACME))


def test_what_a_person_has_said_about_accounts_stays() -> None:
    """Whose chat account was given to somebody known by another id, and who was said to have none."""
    unit = given(a_member(id="lin-ada", slack_id=None), wishing="lin-ada")
    unit.stores.directory.put_members(ACME, [told(id="U0OLD", slack_id="U0OLD", email=None)])
    identify("lin-ada", SLACK, "U0OLD", unit)
    tell(unit, told(name="Ada King", slack_id="U0OLD", id="U0OLD", email="other@acme.test"))
    assert [("lin-ada", "Ada King")] == [(member.id, member.name) for member in unit.stores.directory.members(ACME)]

    unit = given(a_member(id="lin-ada", slack_id=None), wishing="lin-ada")
    disown("lin-ada", SLACK, unit)
    tell(unit, told())
    assert ["U0ADA", "lin-ada"] == sorted(member.id for member in unit.stores.directory.members(ACME))


def test_whoever_says_that_somebody_lives_elsewhere_reports_come_by_that_clock() -> None:
    """By a reading, by hand, or by word of the chat: a schedule is a copy of the zone."""
    unit = given(a_member(linear_id=None))
    zones = []
    saying: dict[str, Callable[[], object]] = {
        "Asia/Tokyo": lambda: tell(unit, told(time_zone="Asia/Tokyo")),
        "America/Lima": lambda: _read(unit, told(time_zone="America/Lima")),
        "Africa/Cairo": lambda: change_member(ADMIN, "U0ADA", {"time_zone": "Africa/Cairo"}, unit),
    }
    for zone, say in saying.items():
        say()
        zones.append((zone, [zone for zone, _ in unit.schedules.recurring.values()]))
    assert [
        ("Asia/Tokyo", ["Asia/Tokyo"]),
        ("America/Lima", ["America/Lima"]),
        ("Africa/Cairo", ["Africa/Cairo"]),
    ] == zones


def _read(unit: FakeUnit, person: Member) -> None:
    unit.chat, unit.tracker = FakeChat(members=[person]), FakeTracker()
    sync_tenant(a_tenant(), unit, messages_since=None)


def test_a_change_of_no_concern_costs_the_same_however_many_people_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture, a status: it happens all day, and nobody else is looked at."""
    unit = given()
    monkeypatch.setattr(unit.stores.directory, "put_members", lambda *_: 1 / 0)
    monkeypatch.setattr(unit.stores.leases, "hold", lambda *_: 1 / 0)
    later = NOW + timedelta(minutes=1)
    tell(unit, told(), told(at=later))

    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    assert {SLACK: later} == ada.changed_at
