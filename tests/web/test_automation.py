"""How far we are trusted, by a form; what has been earned; and the rules that people make."""

from datetime import UTC, datetime

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import ActionKind, Mode, Rule
from tests.builders import ACME, ENG, a_ticket, a_track_record
from tests.web.browser import WebWorld

EVIL = "<img src=x onerror=alert(1)>"


def rules_of(web: WebWorld) -> list[TeamRule]:
    """The rules that the team has."""
    return list(web.api.stores.tenants.get(ACME).rules)


def test_an_admin_sets_how_far_a_kind_of_action_is_trusted(web: WebWorld) -> None:
    """That kind and nothing else, and it stands in the trail."""
    before = web.api.stores.tenants.get(ACME).settings.rules
    answer = web.browser(Role.ADMIN).post("/automation/kinds/move", {"mode": "auto", "threshold": "85"})
    assert 303 == answer.status
    after = web.api.stores.tenants.get(ACME).settings.rules
    assert Rule(mode=Mode.AUTO, threshold=0.85) == after[ActionKind.MOVE]
    assert [ActionKind.MOVE] == [kind for kind in before if before[kind] != after[kind]]
    assert ["settings.changed"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        ("move", {"mode": "auto", "threshold": "101"}, 400),
        ("move", {"mode": "auto", "threshold": "x"}, 400),
        ("move", {"mode": "sometimes", "threshold": "80"}, 400),
        ("ignore", {"mode": "auto", "threshold": "80"}, 400),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(kind: str, fields: dict[str, str], status: int, web: WebWorld) -> None:
    """On the same page, and nothing has changed."""
    before = web.api.stores.tenants.get(ACME)
    answer = web.browser().post(f"/automation/kinds/{kind}", fields)
    assert status == answer.status
    assert 'role="alert"' in answer.html
    assert before == web.api.stores.tenants.get(ACME)


def test_a_member_sees_it_and_sets_nothing(web: WebWorld) -> None:
    """Nor is there a button to press."""
    member = web.browser(Role.MEMBER)
    assert "/automation/kinds/" not in member.get("/automation").html
    assert 403 == member.post("/automation/kinds/move", {"mode": "auto", "threshold": "85"}).status


def test_a_threshold_is_tried_before_it_is_saved(web: WebWorld) -> None:
    """On what was said, without doing anything, and one is led to where that can be followed."""
    before = web.api.stores.tenants.get(ACME)
    answer = web.browser().post("/automation/trial", {"mode": "auto", "threshold": "70"})
    [due] = web.api.queued("jobs")
    order = web.api.stores.jobs.get(ACME, due["job_id"]).order
    assert f"/jobs/{due['job_id']}" == answer.headers["location"]
    assert order.backtest is not None
    assert order.backtest.variant is not None
    assert (JobKind.BACKTEST, True, 0.7) == (order.kind, order.dry_run, order.backtest.variant.threshold)
    assert before == web.api.stores.tenants.get(ACME)


def test_the_numbers_that_earned_trust_stand_beside_it(web: WebWorld) -> None:
    """Of the kind that they are about."""
    web.api.stores.track_records.replace(ACME, a_track_record(), before=None)
    assert "What your answers show" in web.browser().get("/automation").text
    german = web.browser().get("/automation", accept_language="de").text
    assert "2 von 2 Antworten richtig: mit 95% Gewissheit mindestens " in german


def test_rules_are_made_changed_taken_over_and_taken_back(web: WebWorld) -> None:
    """Each by a form; what is written in one is shown as text."""
    web.api.stores.directory.put_teams(ACME, [ENG])
    web.api.stores.tickets.put(ACME, a_ticket(1))
    browser = web.browser(Role.MEMBER)
    made = browser.post(
        "/automation/rules", {"effect": "never", "ticket": "eng-1", "note": EVIL, "until": "2099-01-31"}
    )
    assert 303 == made.status, made.text
    [rule] = rules_of(web)
    assert ("ENG-1", EVIL, datetime(2099, 2, 1, tzinfo=UTC)) == (rule.ticket_key, rule.note, rule.until)
    html = browser.get("/automation").html
    assert "<img" not in html
    assert 'value="2099-01-31"' in html

    other = web.browser(Role.ADMIN)
    other.post(f"/automation/rules/{rule.id}", {"effect": "ask", "note": "so there", "until": "", "take_over": "yes"})
    [changed] = rules_of(web)
    account = web.account(Role.ADMIN)
    assert ("ask", "so there", None, f"account:{account.id}") == (
        changed.effect,
        changed.note,
        changed.until,
        changed.owner,
    )
    assert 303 == browser.post(f"/automation/rules/{rule.id}/end").status
    assert [] == rules_of(web)
    assert 404 == browser.post(f"/automation/rules/{rule.id}/end").status


@pytest.mark.parametrize(
    "fields",
    [
        {"effect": "never"},
        {"effect": "never", "ticket": "ENG-99"},
        {"effect": "always", "kind": "move"},
        {"effect": "never", "kind": "move", "until": "tomorrow"},
        {"effect": "never", "kind": "move", "until": "9999-12-31"},
        {"effect": "never", "kind": "move", "until": "2020-12-31"},
        {"effect": "never", "label": "nonsense"},
        {"effect": "never", "kind": "nonsense"},
    ],
)
def test_a_rule_about_nothing_or_nothing_we_know_is_refused_in_words(fields: dict[str, str], web: WebWorld) -> None:
    """And none is made."""
    assert 400 == web.browser().post("/automation/rules", fields).status
    assert [] == rules_of(web)
