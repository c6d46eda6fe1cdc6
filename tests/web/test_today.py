"""The day as its viewer sees it, and answers that are given there."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.actions import Ignore
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Provider
from pm_assistant.web.pages.today import MOST
from tests.builders import (
    ACME,
    ENG,
    GLOBEX,
    a_comment,
    a_connection,
    a_decision,
    a_member,
    a_message,
    a_place,
    a_tenant,
    a_ticket,
)
from tests.web.browser import WebWorld

EVIL = "<img src=x onerror=alert(1)>"


def a_day(web: WebWorld, *decisions: Decision) -> list[Decision]:
    """Decisions of the last minutes, about tickets that everybody may read."""
    stores, now = web.api.stores, datetime.now(UTC)
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1))
    fresh = [each.model_copy(update={"updated_at": now - timedelta(minutes=n)}) for n, each in enumerate(decisions)]
    for each in fresh:
        stores.decisions.save(each)
    return fresh


def asked(**changes: Any) -> Decision:
    """A comment that people are asked about."""
    return a_decision(action=a_comment(summary="Ada: the coupon is lost"), state=DecisionState.PROPOSED, **changes)


def test_the_day_shows_what_waits_what_was_done_and_what_was_only_noted(web: WebWorld) -> None:
    """Each under its own heading; what nobody would do anything about is not shown."""
    a_day(
        web,
        asked(message=a_message(0)),
        a_decision(message=a_message(60), state=DecisionState.DONE, performed="digest-1"),
        a_decision(message=a_message(120), state=DecisionState.LOGGED),
        a_decision(action=Ignore(work=True), message=a_message(180), state=DecisionState.LOGGED),
    )
    day = web.browser().get("/today").text

    waiting, done, noted = (day.index(words) for words in ("Waiting for", "Done since", "Only noted"))
    assert waiting < day.index("Shall I? Comment on") < done < day.index("Commented on") < noted
    assert "Comment on" in day[noted:]
    assert 3 == day.count("90% sure")


def test_an_answer_goes_the_way_that_a_button_in_the_chat_goes(web: WebWorld) -> None:
    """By the account that is logged in, for what it saw; and is in the trail."""
    [decision] = a_day(web, asked())
    browser = web.browser(Role.MEMBER)
    fields = {"revision": decision.revision, "back": "/today"}

    answer = browser.post(f"/decisions/{decision.id}/approve", fields)

    assert (303, f"/today?answered={decision.id}") == (answer.status, answer.headers["location"])
    [request] = web.api.queued("actions")
    account = web.account(Role.MEMBER)
    assert ("approve", f"account:{account.id}") == (request["answer"], request["answered_by"])
    assert ["decision.approve"] == [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]


def test_what_has_changed_since_it_was_seen_is_not_answered(web: WebWorld) -> None:
    """It is shown as it is now, with why."""
    [decision] = a_day(web, asked())
    answer = web.browser().post(f"/decisions/{decision.id}/approve", {"revision": "another", "back": "/today"})
    assert 409 == answer.status
    assert "no longer what you saw" in answer.text
    assert [] == web.api.queued("actions")


def test_who_dismisses_says_why(web: WebWorld) -> None:
    """Browsers ask for it, and so do we."""
    [decision] = a_day(web, asked())
    browser, path = web.browser(), f"/decisions/{decision.id}/dismiss"
    assert 422 == browser.post(path, {"revision": decision.revision, "reason": " "}).status
    assert 303 == browser.post(path, {"revision": decision.revision, "reason": "we said so before"}).status
    assert ["we said so before"] == [each["remark"] for each in web.api.queued("actions")]


@pytest.mark.parametrize("verb", ["edit", "show", "x"])
def test_there_are_no_other_answers(verb: str, web: WebWorld) -> None:
    """Whatever stands in the address."""
    [decision] = a_day(web, asked())
    assert 404 == web.browser().post(f"/decisions/{decision.id}/{verb}").status


def test_broken_connections_come_first(web: WebWorld) -> None:
    """Before all that waits, with the way to mend them."""
    web.api.stores.connections.put(a_connection(broken_since=datetime.now(UTC), broken_reason="token revoked"))
    day = web.browser().get("/today")
    assert day.text.index("stopped letting us in") < day.text.index("Waiting for")
    assert "token revoked" in day.text


def test_what_was_said_in_private_and_tickets_of_private_teams_stay_there(web: WebWorld) -> None:
    """Neither on the day's page nor on their own."""
    private, withheld = a_day(
        web,
        asked(private=True, reason="a secret plan"),
        a_decision(action=a_comment(ticket_id="ticket-2"), message=a_message(60), state=DecisionState.DONE),
    )
    secret = ENG.model_copy(update={"id": "team-secret", "name": "Secret", "key": "SEC", "private": True})
    web.api.stores.directory.put_teams(ACME, [ENG, secret])
    web.api.stores.tickets.put(ACME, a_ticket(2, team_id=secret.id, title="Layoffs", key="SEC-2"))
    browser = web.browser()

    pages = [browser.get(path).html for path in ("/today", f"/decisions/{withheld.id}", f"/decisions/{private.id}")]
    assert not [words for words in ("secret plan", "Layoffs", "SEC-2") if any(words in page for page in pages)]


def test_what_people_and_vendors_write_is_shown_as_text(web: WebWorld) -> None:
    """In every field of it."""
    a_day(
        web,
        a_decision(action=a_comment(summary=EVIL), state=DecisionState.PROPOSED, reason=EVIL, error=EVIL),
    )
    web.api.stores.tickets.put(ACME, a_ticket(1, title=EVIL))
    html = web.browser().get("/today").html
    assert "<img" not in html
    assert 3 <= html.count("&lt;img")


def test_decisions_of_another_tenant_are_not_there(web: WebWorld) -> None:
    """Neither to look at nor to answer."""
    foreign = a_decision(GLOBEX, state=DecisionState.PROPOSED)
    web.api.stores.decisions.save(foreign)
    browser = web.browser()
    assert 404 == browser.get(f"/decisions/{foreign.id}").status
    assert 404 == browser.post(f"/decisions/{foreign.id}/approve").status
    assert [] == web.api.queued("actions")


def test_pages_speak_the_viewers_language_and_tell_the_time_of_their_clock(web: WebWorld) -> None:
    """As the browser asks for it; a zone that nobody knows is none."""
    a_day(web, a_decision(state=DecisionState.DONE, performed="digest-1"))
    german = web.browser(accept_language="sv, de-AT;q=0.8, en;q=0.5")
    german.cookies["pm-zone"] = "Asia%2FTokyo"
    page = german.get("/today")
    assert "Wartet auf Ihre Antwort" in page.text
    assert '<html lang="de">' in page.html
    assert "+09:00" in page.html
    german.cookies["pm-zone"] = "../../etc/passwd"
    assert "+00:00" in german.get("/today").html


def test_a_new_team_is_told_the_next_step_and_no_team_of_before_is(web: WebWorld) -> None:
    """What is done is ticked; the next one says how, and where."""
    assert "First steps" not in web.browser().get("/today").text
    stores = web.api.stores
    stores.tenants.put(a_tenant(created_at=datetime.now(UTC)))
    owner = web.browser()
    day = owner.get("/today")
    assert ("Where your team talks." in day.text, 'href="/connections">Connect your tools' in day.html) == (True, True)
    assert 1 == day.html.count('aria-current="step"')

    for provider in Provider:
        stores.connections.put(a_connection(provider=provider))
    day = owner.get("/today")
    assert 5 == day.text.count("✓")
    assert "In Slack, type /invite @PM Assistant" in day.text

    stores.directory.put_members(ACME, [a_member("bo")])
    stores.readings.put_position(ACME, a_place("C0ENG", "engineering"))
    stores.subscriptions.put(ACME, Subscription(member_id="U0BO"))
    day = owner.get("/today")
    assert ("Say who is who at GitHub" in day.text, 'href="/people">Say who is who' in day.html) == (True, True)


def test_a_member_of_a_new_team_sees_who_may_connect(web: WebWorld) -> None:
    """And no button that would be refused."""
    owner, member = web.account(Role.OWNER), web.browser(Role.MEMBER)
    web.api.stores.tenants.put(a_tenant(created_at=datetime.now(UTC)))
    day = member.get("/today")
    assert f"An admin of your team does this: {owner.email}." in day.text
    assert "Connect your tools" not in day.text


def test_a_day_with_more_than_a_page_holds_leads_to_all_of_it(web: WebWorld) -> None:
    """The count is that of all; a part that is shown in full leads nowhere."""
    moments = [f"17000000{n:02}.000100" for n in range(MOST + 1)]
    questions = [asked(message=a_message(ts=at, root_ts=at)) for at in moments]

    a_day(web, *questions[:MOST])
    assert "Show all" not in web.browser().get("/today").text

    a_day(web, *questions)
    day = web.browser().get("/today").html
    assert MOST == day.count('<article class="decision"')
    assert f'<span class="count">{MOST + 1}</span>' in day
    assert 'href="/decisions?state=proposed">Show all</a>' in day
