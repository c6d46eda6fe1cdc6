"""What people set from their page: offered as it is set, changed once by whoever may, and shown."""

from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.forms import SettingsForm
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportChannel, ReportKind, ReportTarget, Subscription
from pm_assistant.domain.surfaces import Asked, SettingsAsked, SettingsChosen, SurfaceRequest
from pm_assistant.domain.tenants import QuietHours, Settings
from pm_assistant.presentation.settings import AS_IN_CHAT, NEVER
from pm_assistant.workflows.surfaces.answer import answer
from tests.builders import ACME, NOW, a_member, a_tenant, an_account
from tests.workflows.surfaces.test_home import HomeUnit, section

STANDUP = {
    "standup.time": "08:30",
    "standup.days": "MON,WED",
    "weekly.time": NEVER,
    "weekly.days": "FRI",
    "way": "slack",
}
QUIET = {"start": "20:00", "end": "08:00"}


class SettingsUnit(HomeUnit):
    """The same, with an admin."""

    def __init__(self, role: Role = Role.ADMIN) -> None:
        super().__init__()
        self.chat.people = [a_member()]
        self.stores.accounts.put(an_account(email="ada@acme.test", role=role))

    def do(self, asked: Asked, account: str = "U0ADA") -> None:
        """Let somebody do something at a surface."""
        answer(SurfaceRequest(tenant_id=ACME, user_id=account, asked_at=NOW, asked=asked), self)

    def ask(self, form: SettingsForm, account: str = "U0ADA") -> dict[str, Any]:
        """Press a button of the page; returns what stands in the form, by its fields."""
        self.do(SettingsAsked(form=form, trigger_id="trigger-1"), account)
        shown = self.chat.forms.get("trigger-1")
        return {field.id: field.value for field in shown.fields} if shown else {}

    def wish(self, kind: ReportKind = ReportKind.STANDUP) -> Subscription | None:
        """When a report of Ada's comes."""
        return self.stores.subscriptions.get(ACME, ReportTarget(member_id="U0ADA", kind=kind).subscription_id)

    @property
    def noted(self) -> list[str]:
        """What the audit trail tells."""
        return [each.action for each in self.stores.audit.latest(ACME, limit=99)]


def test_a_report_is_offered_as_it_is_set_and_comes_as_it_is_chosen() -> None:
    """With its days and way; the page says so."""
    unit = SettingsUnit()
    assert {
        "standup.time": NEVER,
        "standup.days": "MON,TUE,WED,THU,FRI",
        "weekly.time": NEVER,
        "weekly.days": "FRI",
        "way": "slack",
    } == unit.ask("reports")

    unit.do(SettingsChosen(form="reports", filled=STANDUP))

    wish = unit.wish()
    assert wish is not None
    assert (8, 30, ("MON", "WED"), ReportChannel.SLACK) == (wish.hour, wish.minute, wish.weekdays, wish.delivery)
    texts = [line.text for line in section(unit.chat.homes["U0ADA"], "Settings").lines]
    assert "Standup: at 08:30, Mon, Wed, by Slack" in texts
    assert "Weekly report: not at all" in texts
    unit.chat.forms.clear()
    assert ("08:30", "MON,WED") == tuple(unit.ask("reports")[f"standup.{name}"] for name in ("time", "days"))


def test_what_the_form_does_not_ask_stays() -> None:
    """Such as whose clock a report goes by."""
    unit = SettingsUnit()
    unit.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", time_zone="Asia/Tokyo"))

    unit.do(SettingsChosen(form="reports", filled=STANDUP))

    wish = unit.wish()
    assert wish is not None
    assert ("Asia/Tokyo", 8) == (wish.time_zone, wish.hour)


def test_a_report_that_is_not_wanted_ends() -> None:
    """And another stays as it is."""
    unit = SettingsUnit()
    unit.do(SettingsChosen(form="reports", filled={**STANDUP, "weekly.time": "16:00"}))
    unit.do(SettingsChosen(form="reports", filled={**STANDUP, "standup.time": NEVER, "weekly.time": "16:00"}))

    assert (None, True) == (unit.wish(), unit.wish(ReportKind.WEEKLY) is not None)


def test_the_same_choice_again_changes_nothing() -> None:
    """A queue may bring it twice."""
    unit = SettingsUnit()
    for _ in range(2):
        unit.do(SettingsChosen(form="reports", filled=STANDUP))
        unit.do(SettingsChosen(form="language", filled={"language": "de"}))
        unit.do(SettingsChosen(form="quiet_hours", filled=QUIET))

    assert ["member.changed", "settings.changed", "subscription.made"] == sorted(unit.noted)


@pytest.mark.parametrize(
    ("form", "filled"),
    [
        ("reports", {**STANDUP, "standup.time": "25:00"}),
        ("reports", {**STANDUP, "standup.days": ""}),
        ("reports", {**STANDUP, "standup.days": "SOMEDAY"}),
        ("reports", {**STANDUP, "way": "pigeon"}),
        ("language", {"language": "tlh"}),
        ("quiet_hours", {"start": "20:00", "end": "late"}),
        ("quiet_hours", {}),
    ],
)
def test_what_no_form_offers_is_not_set(form: SettingsForm, filled: dict[str, str]) -> None:
    """Whoever makes up what is sent has nothing set, and loses nothing."""
    unit = SettingsUnit()
    unit.do(SettingsChosen(form=form, filled=filled))

    assert ([], None, None) == (unit.noted, unit.wish(), unit.stores.tenants.get(ACME).settings.quiet_hours)


def test_a_language_of_ones_own_goes_before_the_chats() -> None:
    """Until it is taken back."""
    unit = SettingsUnit()
    assert {"language": AS_IN_CHAT} == unit.ask("language")

    unit.do(SettingsChosen(form="language", filled={"language": "de"}))

    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    assert (Language.GERMAN, ("language",)) == (ada.language, ada.by_hand)
    unit.do(SettingsChosen(form="language", filled={"language": AS_IN_CHAT}))
    [ada] = unit.stores.directory.some_members(ACME, ["U0ADA"])
    assert () == ada.by_hand


def test_an_admin_sets_when_nobody_is_asked_by_the_clock_that_is_set_or_their_own() -> None:
    """And has it end."""
    unit = SettingsUnit()
    assert {"start": NEVER, "end": "08:00"} == unit.ask("quiet_hours")
    unit.do(SettingsChosen(form="quiet_hours", filled=QUIET))

    quiet = QuietHours(start="20:00", end="08:00", time_zone="Europe/Berlin")
    assert quiet == unit.stores.tenants.get(ACME).settings.quiet_hours
    unit.do(SettingsChosen(form="quiet_hours", filled={"start": NEVER, "end": "08:00"}))
    assert unit.stores.tenants.get(ACME).settings.quiet_hours is None


@pytest.mark.parametrize("account", ["U0ADA", "U0GUS", "U0SAM", "U0LEE", "U0NOBODY"])
def test_nobody_but_an_admin_sets_what_holds_for_the_team(account: str) -> None:
    """Nor is it offered, by whatever is pressed."""
    unit = SettingsUnit(Role.MEMBER)
    offered = unit.ask("quiet_hours", account)
    unit.do(SettingsChosen(form="quiet_hours", filled=QUIET), account)

    assert ({}, None) == (offered, unit.stores.tenants.get(ACME).settings.quiet_hours)
    unit.open("U0ADA")
    buttons = [each.opens for each in section(unit.chat.homes["U0ADA"], "Settings").buttons]
    assert ["reports", "language"] == buttons


def test_an_admin_who_has_left_the_workspace_sets_nothing() -> None:
    """The chat is asked, for what we know may be old."""
    unit = SettingsUnit()
    unit.chat.people = []
    unit.do(SettingsChosen(form="quiet_hours", filled=QUIET))

    assert unit.stores.tenants.get(ACME).settings.quiet_hours is None


@pytest.mark.parametrize("account", ["U0SAM", "U0LEE", "U0NOBODY"])
def test_who_is_not_of_the_team_sets_nothing(account: str) -> None:
    """Nor is anything offered."""
    unit = SettingsUnit()
    assert {} == unit.ask("reports", account)
    unit.do(SettingsChosen(form="reports", filled=STANDUP), account)

    assert [] == unit.noted


def test_who_came_too_late_presses_once_more() -> None:
    """What lets us show a form counts for three seconds."""
    unit = SettingsUnit()
    unit.chat.fail_next(NotFound("expired_trigger_id"))

    assert {} == unit.ask("reports")
    assert unit.ask("reports")


def test_quiet_hours_that_are_set_are_said() -> None:
    """To everybody of the team."""
    unit = SettingsUnit(Role.MEMBER)
    quiet = QuietHours(start="20:00", end="08:00", time_zone="Europe/Berlin")
    unit.stores.tenants.put(a_tenant(settings=Settings(quiet_hours=quiet)))

    texts = [line.text for line in section(unit.open(), "Settings").lines]

    assert "Quiet hours: 20:00 to 08:00 (Europe/Berlin)" in texts
