"""Connections on a page: how each is, and the ways to connect and to end that."""

from datetime import UTC, datetime

import pytest

from pm_assistant.domain import causes
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.billing import Billing
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from pm_assistant.integrations.vendors import VENDORS
from tests.builders import ACME, a_repository
from tests.fakes.connections import a_working_connection
from tests.fakes.vendors import FakeOAuthApp
from tests.web.browser import WebWorld

EVIL = "<img src=x onerror=alert(1)>"


def test_every_vendor_says_how_it_is_and_what_is_broken_comes_first(web: WebWorld) -> None:
    """With what the vendor said, as text."""
    stores, now = web.api.stores, datetime.now(UTC)
    stores.connections.put(a_working_connection())
    broken = a_working_connection(provider=Provider.LINEAR, name=EVIL, broken_since=now, broken_reason=EVIL)
    stores.connections.put(broken)
    page = web.browser().get("/connections")
    places = [page.text.index(label) for label in ("Linear", "Slack", "GitHub")]
    assert sorted(places) == places
    assert {"Broken", "Connected", "Not connected"} <= set(page.text.split("\n"))
    assert "<img" not in page.html


def test_why_a_connection_is_broken_is_said_in_the_readers_language(web: WebWorld) -> None:
    """As it was kept, in English."""
    reason = str(causes.refuses_token("Linear"))
    broken = a_working_connection(provider=Provider.LINEAR, broken_since=datetime.now(UTC), broken_reason=reason)
    web.api.stores.connections.put(broken)
    assert "Linear nimmt unser Token nicht mehr an" in web.browser().get("/connections", accept_language="de").text


def test_connecting_leads_to_the_vendor_by_a_link_of_this_browsers_own(web: WebWorld) -> None:
    """Its secret is kept here; a form may end with us alone, so the browser is led on by a page."""
    browser = web.browser(Role.ADMIN)
    answer = browser.post("/connections/slack/connect")
    assert (200, True) == (answer.status, answer.headers["refresh"].startswith("0; url=/oauth/slack/start?link="))
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert 'href="/oauth/slack/start?link=' in answer.html
    assert "__Host-pm-link-slack" in browser.cookies
    assert ["connection.link_made"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


@pytest.mark.parametrize("path", ["/connections/slack/connect", "/connections/slack/end"])
def test_members_connect_nothing_and_have_no_button_for_it(path: str, web: WebWorld) -> None:
    """Whatever they send."""
    member = web.browser(Role.MEMBER)
    assert 403 == member.post(path).status
    assert path not in member.get("/connections").html
    assert 404 == web.browser().post("/connections/nonsense/connect").status


def test_a_vendor_that_does_not_answer_is_kept_unless_it_is_wanted_otherwise(web: WebWorld) -> None:
    """And the page says so."""
    web.api.stores.connections.put(a_working_connection())
    slack = web.api.app.oauth_apps[Provider.SLACK] = FakeOAuthApp()
    slack.fail_next(UpstreamUnavailable("Slack does not answer"))
    browser = web.browser()
    answer = browser.post("/connections/slack/end")
    assert (503, True) == (answer.status, "Slack does not answer" in answer.text)
    assert 1 == len(web.api.stores.connections.all(ACME))
    slack.fail_next(UpstreamUnavailable("Slack does not answer"))
    assert 303 == browser.post("/connections/slack/end", {"force": "yes"}).status
    assert 0 == len(web.api.stores.connections.all(ACME))


def test_all_of_it_is_read_anew_by_one_press_and_followed_as_a_job(web: WebWorld) -> None:
    """Where something is connected; the same run that the API and the terminal begin."""
    browser = web.browser(Role.MEMBER)
    assert "Sync now" not in browser.get("/connections").text
    web.api.stores.connections.put(a_working_connection())
    page = browser.get("/connections")
    assert "Sync now" in page.text
    assert (
        '<form method="post" action="/jobs" class="actions"><input type="hidden" name="kind" value="sync">' in page.html
    )

    begun = browser.post("/jobs", {"kind": "sync"})
    [job] = web.api.stores.jobs.latest(ACME, limit=9)
    assert (303, f"/jobs/{job.id}", JobKind.SYNC, False) == (
        begun.status,
        begun.headers["location"],
        job.order.kind,
        job.order.dry_run,
    )


def test_what_the_plan_has_no_room_for_is_said_on_the_page(web: WebWorld) -> None:
    """In place of a vendor's page of consent; what is connected may be connected again."""
    stores = web.api.stores
    tenant = stores.tenants.get(ACME)
    over = Billing(trial_ends_at=datetime(2026, 1, 1, tzinfo=UTC))
    stores.tenants.put(tenant.model_copy(update={"billing": over}))

    answer = web.browser().post("/connections/github/connect")
    assert (409, True) == (answer.status, "something is due" in answer.text)


def test_a_right_that_is_missing_says_what_it_is_for_in_the_readers_language(web: WebWorld) -> None:
    """With what the vendor calls it, for whoever looks there."""
    scopes = tuple(scope for scope in VENDORS[Provider.SLACK].scopes if scope != "users:read")
    web.api.stores.connections.put(a_working_connection().model_copy(update={"scopes": scopes}))
    for language, meaning in (("en", "See who is in the workspace"), ("de", "Sehen, wer im Workspace ist")):
        page = web.browser(accept_language=language).get("/connections")
        assert f"{meaning} <code>users:read</code>" in page.html
        assert "channels:read" not in page.html


def test_each_channel_and_repository_is_found_with_how_far_it_is_read(web: WebWorld) -> None:
    """However many there are; a private channel's name is for those who are in it."""
    stores, now, browser = web.api.stores, datetime.now(UTC), web.browser(Role.MEMBER)
    assert 404 == browser.get("/connections/slack").status
    for provider in (Provider.SLACK, Provider.GITHUB):
        stores.connections.put(a_working_connection(provider=provider))
    for number in range(120):
        channel = Channel(id=f"C{number}", name=f"{EVIL}{number}", private=number == 7)
        place = Position(source=Provider.SLACK, workspace="T0ACME", place=channel.id, channel=channel, read_to=now)
        stores.readings.put_position(ACME, place)
    stores.code.record(ACME, a_repository(at=now, private=False), keep_days=30)

    first = browser.get("/connections/slack")
    assert "120" in first.text.split("\n")
    assert "<img" not in first.html
    assert f"#{EVIL}119" in browser.get("/connections/slack?q=119").text
    assert "Nothing fits." in browser.get("/connections/slack?q=)>7z").text
    private = browser.get("/connections/slack?q=private").text
    assert "a private channel" in private
    assert "onerror" not in private
    assert "acme/shop" in browser.get("/connections/github").text
    for provider in (Provider.SLACK, Provider.GITHUB):
        assert f'href="/connections/{provider}"' in browser.get("/connections").html
    assert [404, 404] == [browser.get(f"/connections/{each}").status for each in ("linear", "nonsense")]
