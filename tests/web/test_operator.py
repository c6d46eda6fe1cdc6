"""Operators' pages: how teams fare, without a word of theirs; for everybody else there are no such pages."""

import re
from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import AuditEntry, Role
from pm_assistant.domain.health import QueueHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.tenants import Provider, TenantId, TenantState
from pm_assistant.web import request as web_request
from pm_assistant.web.pages.operator import STATES
from tests.api.conftest import OPERATOR
from tests.builders import ACME, GLOBEX, NOW, a_connection, a_health, a_message, a_tenant, a_ticket
from tests.fakes.aws import FakeStageMetrics
from tests.web.browser import Browser, WebWorld
from tests.web.test_dashboard import routes

CANARY = "quetzal"
ROUTES = sorted((method, path) for (method, path), scope in routes().items() if scope == "operator")
"""All of their pages and forms, by what the routes say."""


@pytest.fixture
def olive(web: WebWorld) -> Browser:
    """One of those who operate the service, a mere member of Globex."""
    return web.operator


def trail(web: WebWorld) -> list[AuditEntry]:
    """What stands in the operators' own trail, oldest first."""
    return list(reversed(web.api.stores.audit.latest(APP, limit=99)))


def send(browser: Browser, method: str, path: str) -> int:
    """Open a page of Acme's, or send its form as it is meant."""
    address = path.replace("<tenant_id>", ACME)
    return (browser.get(address) if method == "GET" else browser.post(address, {"reason": "x", "sure": "yes"})).status


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_for_everybody_else_there_are_no_such_pages(web: WebWorld, method: str, path: str) -> None:
    """Whatever they are to their team, logged in or not; nothing is noted, for nothing was seen."""
    browsers = [web.browser(role) for role in Role] + [web.browser(Role.OWNER, GLOBEX), Browser()]
    browsers.append(web.admitted(f"{OPERATOR}.evil.test", Role.OWNER))

    assert {404} == {send(browser, method, path) for browser in browsers}
    assert [] == trail(web)
    assert web.api.stores.tenants.get(ACME).suspended is None


def test_a_page_that_is_not_there_says_nothing_more_than_any_other(web: WebWorld) -> None:
    """Nobody can tell that there are operators' pages."""
    owner = web.browser()

    there, nowhere = owner.get("/operator"), owner.get("/no-such-page")

    assert nowhere.html.replace("/no-such-page", "/operator") == there.html
    assert "/operator" not in owner.get("/today").html


@pytest.mark.parametrize("named", ["", "somebody@else.test"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_who_is_named_no_more_or_by_another_stage_alone_is_no_operator(
    web: WebWorld, olive: Browser, method: str, path: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the very next request on, though they stay logged in."""
    assert 200 == olive.get("/operator").status
    before = len(trail(web))
    monkeypatch.setenv("OPERATOR_EMAILS", named)
    web_request.settings.cache_clear()

    assert 404 == send(olive, method, path)
    assert before == len(trail(web))
    assert 200 == olive.get("/today").status


def test_an_address_that_the_directory_does_not_vouch_for_makes_no_operator(web: WebWorld) -> None:
    """A team's own rows have addresses too, which any admin may have written."""
    owner = web.browser()
    account = web.account()
    web.api.stores.accounts.put(account.model_copy(update={"email": OPERATOR}))

    assert 404 == owner.get("/operator").status


def test_operators_are_led_to_their_pages_and_stay_what_they_are_to_their_team(web: WebWorld, olive: Browser) -> None:
    """A mere member does not become an admin of it."""
    assert 'href="/operator"' in olive.get("/today").html
    assert 403 == olive.post("/automation/kinds/move", {"mode": "auto", "threshold": "50"}).status


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_each_look_and_deed_is_in_the_trail_once(web: WebWorld, olive: Browser, method: str, path: str) -> None:
    """By what the API calls it there, with who, when and whom it was about; a deed has its own entry besides."""
    send(olive, method, path)

    entries = trail(web)
    assert {(OPERATOR, ACME if "<tenant_id>" in path else "")} == {
        (entry.actor_name, entry.target) for entry in entries
    }
    looks = [entry.action for entry in entries if re.fullmatch(r"operator\.\w+", entry.action)]
    assert 1 == len(looks)
    expected = {"suspend": ["tenant.suspended"], "resume": ["tenant.resumed"]}.get(path.rpartition("/")[2], [])
    assert sorted([*looks, *expected]) == sorted(entry.action for entry in entries)
    assert not any(entry.actor_name for entry in web.api.stores.audit.latest(ACME, limit=9))


def test_teams_are_listed_with_their_health_the_troubled_first(web: WebWorld, olive: Browser) -> None:
    """What each calls itself is escaped, and leads to its page."""
    web.api.stores.healths.put(a_health(ACME, name="<i>Acme</i>", people=7, accounts=2, decisions=41, cost_dollars=1.5))
    web.api.stores.healths.put(a_health(GLOBEX, name="Globex", failed_actions=3, done_actions=37, failed_runs=1))

    page = olive.get("/operator")

    assert [f"/operator/tenants/{GLOBEX}", f"/operator/tenants/{ACME}"] == re.findall(
        r'<td[^>]*><a href="(/operator/tenants/[^"]+)"', page.html
    )
    assert "<i>Acme" not in page.html
    assert "3 of 40 actions in a day" in page.text
    assert "7 people, 2 accounts" in page.text
    assert "November 2026: 41 decisions · Cost: $1.50" in page.text


def test_how_long_queues_wait_and_how_often_functions_fail_is_shown(web: WebWorld, olive: Browser) -> None:
    """As of the hour's look; where nothing was measured that is said, and nothing is made up."""
    assert "has not been measured here yet" in olive.get("/operator").text
    healths, metrics = web.api.stores.healths, FakeStageMetrics()
    metrics.queues.append(QueueHealth(name="runs", oldest_seconds=None, waiting=None, parked=None))
    metrics.queues.append(QueueHealth(name="reports", oldest_seconds=1_900, waiting=0, parked=0))
    healths.put_stage(metrics.read(NOW))

    shown = olive.get("/operator").text.split("\n")

    assert ["90 seconds", "4", "1"] == shown[shown.index("events") + 1 :][:3]
    assert ["\u2013"] * 3 == shown[shown.index("runs") + 1 :][:3]
    assert ["31 minutes", "0", "0"] == shown[shown.index("reports") + 1 :][:3]
    assert ["2 of 50 (4%)", "9 of 900 (1%)"] == shown[shown.index("act") + 1 :][:2]


def test_teams_are_found_by_trouble_and_by_name_page_by_page(web: WebWorld, olive: Browser) -> None:
    """What was looked for goes along to the next page; none that fits leads back to all."""
    for number in range(40):
        web.api.stores.healths.put(a_health(TenantId(f"t{number:02}"), name=f"Team {number}", failed_runs=number % 2))

    def listed(path: str) -> list[str]:
        found: list[str] = []
        while path:
            html = olive.get(path).html
            found += re.findall(r'href="/operator/tenants/(t\d+)"', html)
            further = re.search(r'href="(/operator\?[^"]+)"', html)
            path = further[1].replace("&amp;", "&") if further else ""
        return found

    everybody = [f"t{number:02}" for number in (*range(1, 40, 2), *range(0, 40, 2))]
    assert everybody == listed("/operator")
    assert everybody[:20] == listed("/operator?troubled=yes")
    assert ["t07"] == listed("/operator?q=tEAM+7")
    assert everybody[:20] == listed("/operator?troubled=yes&q=team")
    assert 'href="/operator"' in olive.get("/operator?q=nobody").html.partition("Nothing fits.")[2]
    assert "There is no team yet" not in olive.get("/operator?q=nobody").text


def test_nobodys_words_are_on_any_of_these_pages(web: WebWorld, olive: Browser) -> None:
    """Neither what was said nor planned, nor what connections are called or why they broke."""
    stores = web.api.stores
    stores.connections.put(
        a_connection(name=CANARY, broken_since=NOW, broken_reason=CANARY, connected_by=CANARY, base_url=CANARY)
    )
    stores.messages.record(ACME, a_message(text=CANARY), keep_days=9)
    stores.tickets.put(ACME, a_ticket(title=CANARY))
    assert 303 == olive.post(f"/operator/tenants/{ACME}/look").status

    pages = [olive.get(path) for path in ("/operator", f"/operator/tenants/{ACME}", "/operator/trail")]

    assert all(200 == page.status and CANARY not in page.html for page in pages)
    assert "Slack" in pages[1].text
    assert "Broken since" in pages[1].text


def test_a_team_is_seen_as_it_was_last_looked_at_and_anew_on_demand(web: WebWorld, olive: Browser) -> None:
    """A page is read from what is kept; where nobody has looked, it looks."""
    path, stores = f"/operator/tenants/{ACME}", web.api.stores
    assert "This team has connected nothing." in olive.get(path).text
    stores.connections.put(a_connection(ACME, Provider.GITHUB))
    assert "This team has connected nothing." in olive.get(path).text

    answer = olive.post(f"{path}/look")

    assert (303, path) == (answer.status, answer.headers["location"])
    assert "GitHub" in olive.get(path).text


def test_a_team_is_seen_day_by_day(web: WebWorld, olive: Browser) -> None:
    """The latest first, thirty on a page; what is no day is the beginning."""
    for day in range(40):
        web.api.stores.healths.put(a_health(ACME, failed_runs=day, looked_at=NOW - timedelta(days=40 - day)))

    def days(path: str) -> list[int]:
        return [int(count) for count in re.findall(r"(\d+) jobs? in a week", olive.get(path).text)[1:]]

    path = f"/operator/tenants/{ACME}"
    further = re.search(rf'href="({path}\?before=[^"]+)"', olive.get(path).html)
    assert further is not None
    assert list(range(39, 9, -1)) == days(path)
    assert list(range(9, -1, -1)) == days(further[1])
    assert list(range(39, 9, -1)) == days(f"{path}?before=yesterday")


def test_a_team_is_suspended_for_a_reason_by_who_means_it_and_resumed(web: WebWorld, olive: Browser) -> None:
    """Its people read why on every page of theirs, and may still look; then all is as before."""
    path, owner = f"/operator/tenants/{ACME}", web.browser()

    answer = olive.post(f"{path}/suspend", {"reason": "<b>unpaid</b>", "sure": "yes"})

    assert (303, path) == (answer.status, answer.headers["location"])
    assert "<b>unpaid</b>" in olive.get(path).text
    assert "Suspend this team" not in olive.get(path).text
    today = owner.get("/today")
    assert 200 == today.status
    assert "Your team is suspended: <b>unpaid</b>." in today.text
    assert "<b>unpaid" not in today.html
    assert 409 == owner.post("/decisions/x/approve").status
    assert "suspended" not in web.browser(Role.OWNER, GLOBEX).get("/today").text

    assert 303 == olive.post(f"{path}/resume").status
    assert "suspended" not in owner.get("/today").text
    assert web.api.stores.tenants.get(ACME).suspended is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "unpaid"}, "Please say that you mean it."),
        ({"reason": " ", "sure": "yes"}, "Please say why, in a line of at most 200 characters."),
        ({"reason": "x" * 201, "sure": "yes"}, "Please say why, in a line of at most 200 characters."),
        ({"reason": "two\nlines", "sure": "yes"}, "Please say why, in a line of at most 200 characters."),
    ],
)
def test_a_suspension_without_a_reason_or_by_accident_does_not_happen(
    web: WebWorld, olive: Browser, fields: dict[str, str], said: str
) -> None:
    """It is said beside the field, which keeps what was typed."""
    answer = olive.post(f"/operator/tenants/{ACME}/suspend", fields)

    assert 422 == answer.status
    assert said in answer.text
    assert "<details open>" in answer.html
    assert f'value="{fields["reason"].strip()}"' in answer.html
    assert web.api.stores.tenants.get(ACME).suspended is None
    assert "tenant.suspended" not in {entry.action for entry in trail(web)}


def test_their_forms_are_taken_from_our_own_pages_alone(web: WebWorld, olive: Browser) -> None:
    """Whoever lures an operator elsewhere suspends nobody."""
    answer = olive.post(
        f"/operator/tenants/{ACME}/suspend", {"reason": "x", "sure": "yes"}, sec_fetch_site="cross-site"
    )

    assert 403 == answer.status
    assert web.api.stores.tenants.get(ACME).suspended is None


@pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if "<tenant_id>" in each[1]])
def test_a_team_that_there_is_not_is_not_found(web: WebWorld, olive: Browser, method: str, path: str) -> None:
    """The attempt is in the trail all the same."""
    assert 404 == send(olive, method, path.replace("<tenant_id>", "nowhere"))
    assert ["nowhere"] == [entry.target for entry in trail(web)]


def test_a_team_that_is_closing_is_shown_as_that(web: WebWorld, olive: Browser) -> None:
    """With when it ends."""
    web.api.stores.tenants.put(a_tenant(ACME, state=TenantState.CLOSING, closes_at=NOW))

    shown = olive.get(f"/operator/tenants/{ACME}").text

    assert {"Closing", "Ends"} <= set(shown.split("\n"))


def test_what_was_done_at_one_team_is_looked_at_alone(olive: Browser) -> None:
    """By its id; other looks are left out, this one as well."""
    olive.get(f"/operator/tenants/{ACME}")
    olive.get(f"/operator/tenants/{GLOBEX}")
    shown = olive.get(f"/operator/trail?team={ACME}").html

    assert f'href="/operator/tenants/{ACME}"' in shown
    assert f'href="/operator/tenants/{GLOBEX}"' not in shown
    assert "Looked at this trail" not in shown


def test_the_trail_goes_back_page_by_page(web: WebWorld, olive: Browser) -> None:
    """Each entry once, newest first, what operators do at a terminal or by the API among them."""
    for _ in range(29):
        olive.get(f"/operator/tenants/{ACME}")

    html = olive.get("/operator/trail").html
    further = re.search(r'href="(/operator/trail\?before=[^"]+)"', html)
    assert further is not None
    older = olive.get(further[1])

    assert (25, 5) == (html.count(">Looked at "), older.html.count(">Looked at "))
    assert "Looked at this trail" in html
    assert "Looked at this trail" not in older.html


def test_every_state_of_a_team_has_its_words() -> None:
    """Whatever stands in the list."""
    assert set(TenantState) == set(STATES)
