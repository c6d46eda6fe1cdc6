"""Settings: all that there are, saved group by group, with nobody's change lost."""

import re
from html import unescape
from typing import Any

import pytest
from pydantic import BaseModel

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.tenants import Provider, Settings
from pm_assistant.domain.work import Channel
from pm_assistant.web.settings_fields import ELSEWHERE, GROUPS, Kind
from tests.builders import ACME, ENG, GLOBEX, NOW, a_tenant
from tests.web.browser import Browser, PageAnswer, WebWorld

EVIL = "<img src=x onerror=alert(1)>"
ALL = {
    "ask_from": 0.555,
    "settle_seconds": 30,
    "reactions": ("approve", "ticket"),
    "shadow": True,
    "quiet_hours": {"start": "20:00", "end": "08:00", "time_zone": "Europe/Berlin"},
    "holidays": {"country": "DE", "subdivision": "BE", "days": ({"day": "2026-12-24", "name": "Christmas Eve"},)},
    "home_team_id": ENG.id,
    "language": "de",
    "guidance": "We ship on Fridays.\nNever on Mondays.",
    "channels": {"allow": ("C0ENG",), "deny": ("C0PRIVATE",)},
    "private_code": "everything",
    "bots": {"dependency_bots": ("a",), "coding_agents": ("b", "c"), "review_bots": ("d",), "humans": ("e",)},
    "retention_days": 30,
    "training_consent": True,
    "phrased_reports": True,
    "report_questions": ({"text": "What is in your way?", "meaning": "blocker"}, {"text": "And?", "meaning": "free"}),
    "model_budget_dollars": 12.5,
}


def form_of(page: PageAnswer, group: str) -> dict[str, list[str]]:
    """What a browser would send of a group's form, as it is shown."""
    html = page.html.partition(f'action="/settings/{group}"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        said = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if said.get("type") != "checkbox" or " checked" in tag:
            found.setdefault(said["name"], []).append(unescape(said["value"]))
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        options = re.findall(r'<option value="([^"]*)"( selected)?', inner)
        found[name] = [next((value for value, selected in options if selected), options[0][0])]
    for name, inner in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', html, re.DOTALL):
        found[name] = [unescape(inner).replace("\n", "\r\n")]
    return found


def save(browser: Browser, group: str, **fields: object) -> PageAnswer:
    """Change some fields of a group's form, points in their names written as two underscores, and send it."""
    form = form_of(browser.get("/settings"), group)
    return browser.post(f"/settings/{group}", form | {name.replace("__", "."): value for name, value in fields.items()})


def settings_of(web: WebWorld) -> Settings:
    """As they now are."""
    return web.api.stores.tenants.get(ACME).settings


def choose(web: WebWorld, **settings: Any) -> None:
    """Have the team choose these."""
    web.api.stores.tenants.put(a_tenant(ACME, settings=Settings.model_validate(settings)))


def known_places(web: WebWorld) -> None:
    """A team of the tracker, and a channel that has a name."""
    web.api.stores.directory.put_teams(ACME, [ENG])
    channel = Channel(id="C0ENG", name="engineering")
    place = Position(source=Provider.SLACK, workspace="w", place="C0ENG", channel=channel, since=NOW, read_to=NOW)
    web.api.stores.readings.put_position(ACME, place)


def test_every_setting_is_on_the_page() -> None:
    """One that is added to `Settings`, or within one of them, stands on a page or fails here."""
    shown = {setting.name: setting.kind for group in GROUPS for setting in group.settings}
    for name, field in Settings.model_fields.items():
        kinds = [
            kind for kind in (field.annotation, *getattr(field.annotation, "__args__", ())) if isinstance(kind, type)
        ]
        inner = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
        if name in ELSEWHERE or shown.get(name) is Kind.QUESTIONS:
            continue
        wanted = {f"{name}.{part}" for part in inner.model_fields} if inner else {name}
        assert wanted <= set(shown), name
    assert set(Settings.model_fields) - {*ELSEWHERE} == set(ALL)


def test_every_setting_says_what_it_is_in_the_pages_language(web: WebWorld) -> None:
    """Its name, and what it does, in a sentence; the page has nothing of English in another language."""
    browser = web.browser(accept_language="de")
    page = browser.get("/settings")
    assert {"Feiertage", "Ruhezeiten"} <= set(page.text.split("\n"))
    for group in GROUPS:
        for setting in group.settings:
            assert setting.what not in page.text


def test_what_is_shown_can_be_saved_as_it_is_and_changes_nothing(web: WebWorld) -> None:
    """Whatever the team has chosen, in each group."""
    known_places(web)
    choose(web, **ALL)
    before, browser = settings_of(web), web.browser(Role.ADMIN)
    for group in GROUPS:
        assert 303 == save(browser, group.id).status, group.id
    assert before == settings_of(web)


def test_every_setting_is_set_and_taken_back(web: WebWorld) -> None:
    """By a form that was filled in by hand; names of channels stand for their ids."""
    known_places(web)
    choose(web, **ALL)
    browser = web.browser(Role.ADMIN)
    forms = {group.id: form_of(browser.get("/settings"), group.id) for group in GROUPS}
    assert ["#engineering"] == forms["reading"]["channels.allow"]
    choose(web)
    for group in GROUPS:
        seen = form_of(browser.get("/settings"), group.id)["seen"]
        assert 303 == browser.post(f"/settings/{group.id}", forms[group.id] | {"seen": seen}).status, group.id
    assert Settings.model_validate(ALL) == settings_of(web)
    for group in GROUPS:
        cleared = {"ask_from": "55", "settle_seconds": "60", "retention_days": "90", "private_code": "links"}
        seen = form_of(browser.get("/settings"), group.id)["seen"]
        assert 303 == browser.post(f"/settings/{group.id}", cleared | {"seen": seen}).status, group.id
    assert Settings() == settings_of(web)
    assert {"settings.changed"} == {entry.action for entry in web.api.stores.audit.latest(ACME, limit=8)}


@pytest.mark.parametrize(
    ("group", "field", "value", "said"),
    [
        ("asking", "ask_from", "101", "a number from 0 to 100"),
        ("asking", "ask_from", "", "a number from 0 to 100"),
        ("asking", "ask_from", "nan", "a number from 0 to 100"),
        ("asking", "settle_seconds", "901", "a number from 0 to 900"),
        ("asking", "settle_seconds", "1.5", "a number from 0 to 900"),
        ("asking", "reactions", "dance", "choose one of these"),
        ("quiet", "quiet_hours.start", "25:00", "Please give both times"),
        ("quiet", "quiet_hours.end", "08:00", "Please give both times"),
        ("quiet", "quiet_hours.time_zone", "Mars", "There is no such time zone."),
        ("holidays", "holidays.country", "XX", "No public holidays are known"),
        ("holidays", "holidays.country", "x" * 5_000, "No public holidays are known"),
        ("holidays", "holidays.subdivision", "BE", "No public holidays are known"),
        ("holidays", "holidays.days", "tomorrow Party", "one day in each line"),
        ("writing", "home_team_id", "no-such", "choose one of these"),
        ("writing", "language", "German", "a language such as de"),
        ("writing", "guidance", "x" * 5_000, "at most 2000 characters"),
        ("reading", "channels.allow", "x" * 5_000, "one in each line"),
        ("reading", "private_code", "some", "choose one of these"),
        ("reading", "bots.humans", "x" * 5_000, "one in each line"),
        ("keeping", "retention_days", "0", "a number from 1 to 3650"),
        ("reports", "report_questions.0.text", "x" * 76, "at most 75 characters"),
        ("cost", "model_budget_dollars", "-1", "a number from 0 to 1000000"),
    ],
)
def test_what_cannot_be_set_is_said_beside_its_field(
    group: str, field: str, value: str, said: str, web: WebWorld
) -> None:
    """What was filled in stays, also in the other fields, and nothing is saved."""
    browser, before = web.browser(), settings_of(web)
    fields = {"quiet_hours.start": "20:00", "quiet_hours.end": "08:00"} if field.endswith("time_zone") else {}
    sent = {**form_of(browser.get("/settings"), group), **fields, field: value}
    answer = browser.post(f"/settings/{group}", sent)
    assert 422 == answer.status
    wrong = re.findall(r'aria-describedby="([\w-]+)" aria-invalid="true"', answer.html)
    marked = [answer.html.partition(f'id="{hint}"')[2].partition("</p>")[0] for hint in wrong]
    assert any(said in each for each in marked), marked
    form = form_of(answer, group)
    assert {name: form.get(name) for name in fields} == {name: [fields[name]] for name in fields}
    assert field in {"reactions", "home_team_id", "private_code"} or [value] == form[field]
    assert before == settings_of(web)


def test_two_who_save_different_groups_lose_nothing(web: WebWorld) -> None:
    """Each saves what stands in their own form alone."""
    one, other = web.browser(), web.browser(Role.ADMIN)
    first, second = (form_of(browser.get("/settings"), group) for browser, group in ((one, "keeping"), (other, "cost")))
    assert 303 == one.post("/settings/keeping", first | {"retention_days": "30"}).status
    assert 303 == other.post("/settings/cost", second | {"model_budget_dollars": "5"}).status
    assert (30, 5) == (settings_of(web).retention_days, settings_of(web).model_budget_dollars)


def test_two_who_save_the_same_group_see_what_the_other_saved_before_it_is_replaced(web: WebWorld) -> None:
    """The second is told beside the field, with the own values kept, and replaces them by saving once more."""
    one, other = web.browser(), web.browser(Role.ADMIN)
    first, second = form_of(one.get("/settings"), "asking"), form_of(other.get("/settings"), "asking")
    assert 303 == one.post("/settings/asking", first | {"settle_seconds": "10"}).status
    answer = other.post("/settings/asking", second | {"ask_from": "70"})
    assert 409 == answer.status
    assert "Somebody else has meanwhile saved: 10" in answer.text
    assert (10, 0.55) == (settings_of(web).settle_seconds, settings_of(web).ask_from)
    again = form_of(answer, "asking")
    assert (["70"], second["settle_seconds"]) == (again["ask_from"], again["settle_seconds"])
    assert 303 == other.post("/settings/asking", again).status
    assert (int(*second["settle_seconds"]), 0.7) == (settings_of(web).settle_seconds, settings_of(web).ask_from)


def test_a_form_that_is_sent_twice_is_saved_once(web: WebWorld) -> None:
    """And nobody is told of somebody else."""
    browser = web.browser()
    form = form_of(browser.get("/settings"), "keeping") | {"retention_days": "30"}
    assert [303, 303] == [browser.post("/settings/keeping", form).status for _ in range(2)]


def test_what_people_wrote_is_text(web: WebWorld) -> None:
    """In every field that takes any."""
    bots = dict.fromkeys(("dependency_bots", "coding_agents", "review_bots", "humans"), (EVIL,))
    choose(
        web,
        guidance=f"</textarea>{EVIL}",
        bots=bots,
        channels={"allow": (EVIL,), "deny": (EVIL,)},
        holidays={"country": None, "days": ({"day": "2026-12-24", "name": EVIL},)},
        report_questions=({"text": EVIL},),
    )
    for role in (Role.OWNER, Role.MEMBER):
        assert "<img" not in web.browser(role).get("/settings").html
    answer = web.browser().post("/settings/writing", {"guidance": EVIL, "language": EVIL})
    assert (422, False) == (answer.status, "<img" in answer.html)


def test_a_private_team_of_the_tracker_is_named_to_nobody(web: WebWorld) -> None:
    """That one is chosen is said, and saving the group leaves it chosen."""
    secret = ENG.model_copy(update={"id": "team-secret", "name": "Layoffs", "private": True})
    web.api.stores.directory.put_teams(ACME, [ENG, secret])
    choose(web, home_team_id=secret.id)
    for role in (Role.OWNER, Role.MEMBER):
        page = web.browser(role).get("/settings")
        assert ("Layoffs" in page.text, "a private team" in page.text) == (False, True)
    assert 303 == save(web.browser(), "writing", language="de").status
    assert secret.id == settings_of(web).home_team_id


def test_a_member_reads_them_and_changes_none(web: WebWorld) -> None:
    """In words, with no form."""
    choose(web, **ALL)
    browser = web.browser(Role.MEMBER)
    page = browser.get("/settings")
    assert "<form" not in page.html.partition('id="main"')[2]
    assert "We ship on Fridays." in page.text
    for group in GROUPS:
        assert 403 == browser.post(f"/settings/{group.id}").status


def test_what_is_switched_off_is_told_apart_from_what_is_not_chosen(web: WebWorld) -> None:
    """No is an answer; and quiet hours are by the clock of whoever sets them first."""
    assert {"no", "nothing"} <= set(web.browser(Role.MEMBER).get("/settings").text.split("\n"))
    browser = web.browser()
    browser.cookies["pm-zone"] = "Asia/Tokyo"
    assert 303 == save(browser, "quiet", quiet_hours__start="20:00", quiet_hours__end="08:00").status
    quiet = settings_of(web).quiet_hours
    assert quiet is not None
    assert ("20:00", "08:00", "Asia/Tokyo") == (quiet.start, quiet.end, quiet.time_zone)


def test_settings_of_another_team_are_not_touched(web: WebWorld) -> None:
    """Each saves their own; a group that is none is not there."""
    web.api.stores.tenants.put(a_tenant(GLOBEX))
    browser = web.browser(tenant_id=GLOBEX)
    assert 303 == save(browser, "keeping", retention_days="7").status
    assert (90, 7) == (settings_of(web).retention_days, web.api.stores.tenants.get(GLOBEX).settings.retention_days)
    assert 404 == browser.post("/settings/no-such").status
