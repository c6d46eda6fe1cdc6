"""The audit trail on a page: who did what, in words, and what of it is wanted."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.accounts import AuditEntry, Role
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import ActionKind, Provider
from pm_assistant.domain.work import Channel
from pm_assistant.presentation.trail import ACTIONS, AREAS
from pm_assistant.web.actors import told_apart
from pm_assistant.workflows.accounts.audit import SYSTEM, entry
from tests.builders import ACME, GLOBEX, NOW, a_member, a_tenant
from tests.web.browser import PageAnswer, WebWorld

EVIL = "<script>alert(1)</script>"


def noted(web: WebWorld, action: str = "key.created", *, minutes: int = 0, **told: str) -> AuditEntry:
    """An entry of so many minutes ago."""
    made = entry(action, at=NOW - timedelta(minutes=minutes), **told)
    web.api.stores.audit.add(ACME, made)
    return made


def rows(page: PageAnswer) -> int:
    """How many entries a page shows."""
    return page.html.count('<td data-label="When">')


def test_what_was_done_is_told_in_words_with_names_instead_of_ids(web: WebWorld) -> None:
    """Of accounts, keys and people of the chat; who is gone is called as they were then."""
    account = web.account(Role.ADMIN)
    web.api.stores.directory.put_members(ACME, [a_member("U1", name="Ada Lovelace")])
    noted(web, "role.changed", actor=f"account:{account.id}", target=f"account:{account.id}", role="owner")
    noted(web, "settings.changed", actor="U1")
    noted(web, "rule.ended", actor=SYSTEM)
    noted(web, "account.removed", actor="account:gone", actor_name="grace@acme.test")
    noted(web, "surprise.of_tomorrow", actor="key:gone")
    noted(web, "decision.approve", actor="U1", target="d-1")
    page = web.browser().get("/audit")
    lines = set(page.text.split("\n"))
    assert {
        account.email,
        "Changed a role",
        "Role: Owner: all of it, and may end the team",
        "Changed settings",
        "PM Assistant itself",
    } <= lines
    assert {"grace@acme.test", "surprise: of tomorrow", "key:gone", "Ada Lovelace"} <= lines
    assert 'href="/decisions/d-1"' in page.html


def test_of_a_rule_the_trail_says_what_it_says(web: WebWorld) -> None:
    """In words, with its channel by its name; an id alone is all that is known of those of before."""
    channel = Channel(id="C0ENG", name="engineering")
    place = Position(source=Provider.SLACK, workspace="T0ACME", place=channel.id, channel=channel, read_to=NOW)
    web.api.stores.readings.put_position(ACME, place)
    about = {"kind": ActionKind.MOVE, "channel": "C0ENG", "root_ts": "1.0", "label": "ops", "note": "secret"}
    rule = TeamRule.model_validate({"id": "rule-new", "owner": "U1", "made_at": NOW, **about})
    web.api.stores.audit.add(ACME, entry("rule.made", at=NOW, actor="U1", target=rule.id, **rule.said))
    noted(web, "rule.ended", actor="U1", target="rule-old")
    page = web.browser().get("/audit")
    lines = {line.rstrip(";") for line in page.text.split("\n")}
    said = {"What it does: never ask", "What: Moves", "Label: ops", "Channel: #engineering"}
    assert said | {"One thread of it alone: Yes", "rule-old"} <= lines
    assert not any(words in page.text for words in ("rule-new", "C0ENG", "secret"))


@pytest.mark.parametrize("words", ["the scope is now read", "access_denied"])
def test_why_nothing_was_connected_is_never_said_to_be_a_vendors_word(words: str, web: WebWorld) -> None:
    """It is ours as often as not: the trail says what, and not whose words they are."""
    noted(web, "oauth.refused", target="linear", reason="rights", detail=words)
    assert f"Details: {words}" in {line.rstrip(";") for line in web.browser().get("/audit").text.split("\n")}


def test_whatever_anybody_is_called_is_text(web: WebWorld) -> None:
    """In names, targets and details."""
    noted(web, EVIL, actor=EVIL, actor_name=EVIL, target=f"{EVIL}2", name=EVIL)
    page = web.browser().get("/audit")
    assert EVIL not in page.html
    assert 4 <= page.text.count(EVIL)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("who=account:a", 2),
        ("what=key", 2),
        ("who=account:a&what=key", 1),
        ("since=2026-11-20", 2),
        ("until=2026-11-19", 2),
        ("since=2026-11-19&until=2026-11-19", 1),
        ("what=nonsense&since=tomorrow&until=9999-12-31", 4),
        ("who=nobody", 0),
    ],
)
def test_what_is_wanted_is_shown(query: str, count: int, web: WebWorld) -> None:
    """By who, what and the days of the viewer's own clock; what means nothing is not asked for."""
    web.api.stores.tenants.put(a_tenant(ACME))
    for at, actor, action in (
        (datetime(2026, 11, 20, 9, tzinfo=UTC), "account:a", "key.created"),
        (datetime(2026, 11, 19, 23, 30, tzinfo=UTC), "account:b", "key.revoked"),
        (datetime(2026, 11, 19, 9, tzinfo=UTC), "account:a", "role.changed"),
        (datetime(2026, 11, 18, 9, tzinfo=UTC), "account:b", "rule.made"),
    ):
        web.api.stores.audit.add(ACME, entry(action, at=at, actor=actor))
    browser = web.browser()
    browser.cookies["pm-zone"] = "Europe%2FBerlin"
    page = browser.get(f"/audit?{query}")
    assert (200, count) == (page.status, rows(page))


def test_a_long_trail_comes_page_by_page_and_each_entry_once(web: WebWorld) -> None:
    """The filter stays as it was from one page to the next."""
    for number in range(5_000):
        noted(web, minutes=number, actor="account:a" if number % 100 else "account:b", seats=str(number))
    browser, path, seen = web.browser(), "/audit?who=account%3Ab", []
    while path:
        page = browser.get(path)
        seen += [int(number) for number in re.findall(r">Seats: (\d+)<", page.html)]
        further = re.search(r'href="(/audit\?who=account%3Ab&amp;before=[^"]+)"', page.html)
        path = further[1].replace("&amp;", "&") if further else ""
    assert list(range(0, 5_000, 100)) == seen


def test_the_trail_is_for_admins_and_of_the_own_team(web: WebWorld) -> None:
    """A member is not shown it; another team's is not in it."""
    web.api.stores.tenants.put(a_tenant(GLOBEX))
    web.api.stores.audit.add(GLOBEX, entry("key.created", at=NOW, actor_name="Somebody of Globex"))
    assert 403 == web.browser(Role.MEMBER).get("/audit").status
    page = web.browser(Role.ADMIN).get("/audit")
    assert "Somebody of Globex" not in page.text
    assert "Nothing yet." in page.text


def test_every_action_with_words_can_be_asked_for() -> None:
    """By what it begins with."""
    assert set(AREAS) == {action.partition(".")[0] for action in ACTIONS}


def test_who_is_called_the_same_is_told_apart_where_one_is_chosen() -> None:
    """By what the name stands for; all others are called by their names alone."""
    names = {"account:1": "Grace", "U0GRACE": "Grace", "key:k": "export"}
    assert {"account:1": "Grace (1)", "U0GRACE": "Grace (U0GRACE)", "key:k": "export"} == told_apart(names)
