"""Who leaves, leaves everywhere, at the next reading; nobody is taken for gone on doubtful grounds."""

import itertools
from collections.abc import Callable
from contextlib import suppress

import pytest

from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.workflows.connections.sync import Synced, sync_tenant
from pm_assistant.workflows.pipeline.permissions import reason_to_refuse
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.reports.send import send_reports
from tests.builders import ACME, a_calendar, a_connection, a_job, a_member, a_tenant, an_account
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeChat, FakeTracker

IN_CHAT = {"linear_id": None}
IN_TRACKER = {"slack_id": None, "id": "lin-ada"}
LEFT_CHAT = {"standings": {Provider.SLACK: Standing.LEFT}}


def given(delivery: ReportChannel = ReportChannel.SLACK) -> FakeUnit:
    """Ada and Grace, whom we know; Ada is sent a standup and can log in."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    for provider in (Provider.SLACK, Provider.LINEAR):
        unit.stores.connections.put(a_connection(ACME, provider))
    unit.stores.accounts.put(an_account())
    unit.stores.directory.put_members(ACME, [a_member(), a_member("grace")])
    wish = Subscription(member_id="U0ADA", delivery=delivery)
    unit.stores.subscriptions.put(ACME, wish)
    unit.schedules.put(ACME, wish, a_member().time_zone)
    return unit


def read(unit: FakeUnit, *, chat: list[Member], tracker: list[Member] | None = None) -> Synced:
    """Read these people; Grace is everywhere."""
    grace = a_member("grace", linear_id=None)
    unit.chat = FakeChat(members=[grace, *chat])
    unit.tracker = FakeTracker(members=[a_member("grace", slack_id=None), *(tracker or [])])
    return sync_tenant(a_tenant(), unit, messages_since=None)


def ada(unit: FakeUnit) -> Member:
    """Ada, as we know her."""
    return next(member for member in unit.stores.directory.members(ACME) if member.id == "U0ADA")


def wishes(unit: FakeUnit) -> list[str]:
    """Who is sent something."""
    return [wish.member_id for wish in unit.stores.subscriptions.all(ACME)]


@pytest.mark.parametrize("still_listed", [True, False], ids=["deactivated", "removed"])
@pytest.mark.parametrize("delivery", ReportChannel)
def test_who_has_left_is_sent_nothing_and_answers_nothing(still_listed: bool, delivery: ReportChannel) -> None:
    """Neither by schedule nor in a round for everybody; what they said still bears their name."""
    unit = given(delivery)
    read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT)] if still_listed else [])

    assert ("Ada", True) == (ada(unit).name, ada(unit).left)
    assert [] == wishes(unit)
    assert {} == unit.schedules.recurring
    assert reason_to_refuse("U0ADA", unit) is not None
    assert report(ReportDue(tenant_id=ACME, member_id="U0ADA"), unit) is None
    step = send_reports(a_job(order={"kind": JobKind.STANDUP, "dry_run": True}), unit)
    assert ["U0GRACE"] == [result["member_id"] for result in step.results]


def test_the_calendar_of_who_has_left_is_forgotten() -> None:
    """With the reading that finds it out; others' stay."""
    unit = given()
    for member_id in ("U0ADA", "U0GRACE", "U0NOBODY"):
        unit.stores.calendars.put(a_calendar(member_id=member_id))
    read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT)])
    assert ["U0GRACE"] == [calendar.member_id for calendar in unit.stores.calendars.all(ACME)]


def test_the_login_of_who_has_left_is_pointed_out_once() -> None:
    """In the result of the reading and in the audit trail; to end it is an admin's."""
    unit = given()

    first, second = (read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT)]) for _ in range(2))

    assert [("U0ADA", "account-ada")] == [(each.member_id, each.account_id) for each in first.findings.left]
    assert () == second.findings.left
    entries = unit.stores.audit.latest(ACME, before=None, limit=10)
    assert [("member.left", "U0ADA", {"account": "account-ada"})] == [
        (each.action, each.target, each.detail) for each in entries
    ]


def test_the_login_of_somebody_who_is_still_there_is_not() -> None:
    """Two accounts of one address: the other one goes on."""
    unit = given()
    unit.stores.directory.put_members(ACME, [a_member("ann", email="ada@acme.test")])
    read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT), a_member("ann", linear_id=None, email="ada@acme.test")])

    assert "account-ada" not in str(unit.stores.audit.latest(ACME, before=None, limit=10))


@pytest.mark.parametrize(("delivery", "kept"), [(ReportChannel.SLACK, []), (ReportChannel.EMAIL, ["U0ADA"])])
def test_who_left_the_chat_alone_is_still_of_the_team(delivery: ReportChannel, kept: list[str]) -> None:
    """As far as a person has said that both accounts are theirs; what the chat brought them ends."""
    unit = given(delivery)
    unit.stores.directory.put_members(ACME, [a_member(confirmed=(Provider.LINEAR, Provider.SLACK))])
    read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT)], tracker=[a_member(**IN_TRACKER)])

    assert not ada(unit).left
    assert kept == wishes(unit)


def test_somebody_whose_row_could_not_be_read_has_not_left() -> None:
    """Nor has anybody if it is not known whose row it was."""
    for id in ("U0ADA", ""):
        unit = given()
        chat, grace = unit.chat, a_member("grace", linear_id=None)
        chat.people, chat.flaws = [grace], [Flaw(id=id, problem="profile: dict_type", left_out=True)]
        unit.tracker = FakeTracker(members=[a_member("grace", slack_id=None)])
        synced = sync_tenant(a_tenant(), unit, messages_since=None)

        assert not ada(unit).left
        assert ["U0ADA"] == wishes(unit)
        assert [id] == [flaw.id for flaw in synced.findings.flaws]


def test_nobody_has_left_a_vendor_that_lists_nobody() -> None:
    """That is its trouble and not theirs."""
    unit = given()
    unit.chat, unit.tracker = FakeChat(), FakeTracker()
    sync_tenant(a_tenant(), unit, messages_since=None)

    assert [False, False] == [member.left for member in unit.stores.directory.members(ACME)]


def test_whom_the_list_lacks_and_the_chat_knows_has_not_left() -> None:
    """The one who was asked about alone counts."""
    unit = given()

    class Forgetful(FakeChat):
        def member(self, user_id: str) -> Member:
            return a_member(linear_id=None)

    unit.chat = Forgetful(members=[a_member("grace", linear_id=None)])
    unit.tracker = FakeTracker(members=[a_member("grace", slack_id=None)])
    sync_tenant(a_tenant(), unit, messages_since=None)

    assert not ada(unit).left


def test_the_reports_of_who_became_part_of_another_go_on_under_that_name() -> None:
    """One address has shown that they are one person."""
    unit = given()
    unit.stores.directory.put_members(ACME, [a_member(**IN_TRACKER)])
    wish = Subscription(member_id="lin-ada", kind=ReportKind.WEEKLY, delivery=ReportChannel.EMAIL)
    unit.stores.subscriptions.put(ACME, wish)
    read(unit, chat=[a_member(**IN_CHAT)], tracker=[a_member(**IN_TRACKER)])

    kept = [(wish.member_id, wish.kind) for wish in unit.stores.subscriptions.all(ACME)]
    assert {("U0ADA", ReportKind.STANDUP), ("U0ADA", ReportKind.WEEKLY)} == set(kept)
    assert ["U0ADA", "U0GRACE"] == sorted(member.id for member in unit.stores.directory.members(ACME))


def test_who_comes_back_is_there_again() -> None:
    """With whatever they wish for anew."""
    unit = given()
    read(unit, chat=[a_member(**IN_CHAT, **LEFT_CHAT)])
    read(unit, chat=[a_member(**IN_CHAT)])

    assert not ada(unit).left
    assert reason_to_refuse("U0ADA", unit) is None


class Killed(Exception):
    """The function ends here."""


@pytest.mark.parametrize("writes_before", range(8))
def test_the_rules_of_who_has_left_end_wherever_a_reading_is_broken_off(
    writes_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes up what the first left undone: their own account's and their login's."""
    unit = given()
    owners = ("U0ADA", "account:account-ada", "U0GRACE")
    rules = tuple(TeamRule(id=owner, kind="create", owner=owner, made_at=unit.now()) for owner in owners)
    unit.stores.tenants.put(a_tenant().model_copy(update={"rules": rules}))
    left = itertools.count()

    def killed_at_last[**P, T](write: Callable[P, T]) -> Callable[P, T]:
        def written(*args: P.args, **named: P.kwargs) -> T:
            if next(left) == writes_before:
                raise Killed
            return write(*args, **named)

        return written

    for store, name in (
        (unit.stores.directory, "put_members"),
        (unit.stores.tenants, "replace"),
        (unit.stores.audit, "add"),
    ):
        monkeypatch.setattr(store, name, killed_at_last(getattr(store, name)))
    for _ in range(2):
        with suppress(Killed):
            read(unit, chat=[])

    ended = {rule.owner for rule in unit.stores.tenants.get(ACME).rules if rule.ended is not None}
    assert {"U0ADA", "account:account-ada"} == ended
    assert ada(unit).left
