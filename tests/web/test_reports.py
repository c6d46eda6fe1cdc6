"""Reports on pages: what comes when, what one would say, and what was sent."""

import re
from datetime import UTC, datetime

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.reports import FactKind, Line, Report, ReportChannel, ReportKind, Section, SentReport, Skip
from pm_assistant.domain.tenants import Member
from tests.builders import ACME, ENG, a_connection, a_member
from tests.web.browser import WebWorld

MORNING = {"time": "08:30", "days": ["MON", "WED"], "delivery": "email"}


def a_known_member(web: WebWorld, role: Role = Role.MEMBER) -> Member:
    """One of the team's people, known by the address of the account of that role."""
    stores = web.api.stores
    stores.directory.put_teams(ACME, [ENG])
    stores.connections.put(a_connection())
    member = a_member().model_copy(update={"email": web.account(role).email})
    stores.directory.put_members(ACME, [member])
    return member


def test_a_report_comes_when_and_how_its_form_says_until_it_is_stopped(web: WebWorld) -> None:
    """By the person's own clock, with the clockwork set; both stand in the trail."""
    member, browser = a_known_member(web), web.browser(Role.MEMBER)
    assert "does not come" in browser.get("/reports").text

    answer = browser.post("/reports/mine/standup", MORNING)

    assert 303 == answer.status, answer.text
    [wish] = web.api.stores.subscriptions.all(ACME)
    assert (member.id, ReportKind.STANDUP, 8, 30, ("MON", "WED"), ReportChannel.EMAIL) == (
        wish.member_id,
        wish.kind,
        wish.hour,
        wish.minute,
        wish.weekdays,
        wish.delivery,
    )
    assert 'value="08:30"' in browser.get("/reports").html
    assert 303 == browser.post("/reports/mine/standup/end").status
    assert [] == list(web.api.stores.subscriptions.all(ACME))
    trail = [entry.action for entry in web.api.stores.audit.latest(ACME, limit=9)]
    assert ["subscription.ended", "subscription.made"] == trail


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"time": "25:00"}, "This cannot be used: Time"),
        ({"time": "soon"}, "a time such as 09:00"),
        ({"days": []}, "choose a day"),
        ({"days": ["FOO"]}, "choose a day"),
        ({"delivery": "pigeon"}, "no such way"),
    ],
)
def test_a_form_that_cannot_be_used_says_why(change: dict[str, object], words: str, web: WebWorld) -> None:
    """And nothing is set."""
    a_known_member(web)
    answer = web.browser(Role.MEMBER).post("/reports/mine/standup", MORNING | change)
    assert 400 == answer.status
    assert words in answer.text
    assert [] == list(web.api.stores.subscriptions.all(ACME))


def test_who_is_nobody_of_the_team_is_told_so(web: WebWorld) -> None:
    """Their address may be another one at work."""
    browser = web.browser()
    assert "known by your e-mail address" in browser.get("/reports").text
    assert 400 == browser.post("/reports/mine/standup", MORNING).status
    assert "known by your e-mail address" in browser.get("/reports/preview").text


def test_a_members_form_sets_nothing_for_channels(web: WebWorld) -> None:
    """That is for admins, and there is no form either."""
    a_known_member(web)
    member = web.browser(Role.MEMBER)
    assert "/reports/channels" not in member.get("/reports").html
    assert 403 == member.post("/reports/channels", MORNING | {"channel": "C0ENG", "kind": "standup"}).status
    answer = web.browser(Role.ADMIN).post("/reports/channels", MORNING | {"channel": "C0NONE", "kind": "standup"})
    assert 404 == answer.status
    assert "we are in no such channel" in answer.text
    assert 404 == member.post("/reports/mine/monthly", MORNING).status


def test_the_preview_is_the_report_as_it_would_come_now(web: WebWorld) -> None:
    """Nothing is delivered."""
    member = a_known_member(web)
    page = web.browser(Role.MEMBER).get("/reports/preview")
    assert 200 == page.status
    assert member.name in page.text
    assert [] == web.api.queued("reports")


def test_what_was_sent_is_kept_and_what_was_not_says_why(web: WebWorld) -> None:
    """The last first, page by page, one's own only, as text."""
    member, now = a_known_member(web), datetime.now(UTC)
    line = Line(text="<b>ENG-1</b>", url="https://linear.app/acme/issue/ENG-1")
    report = Report(
        id="r",
        kind=ReportKind.STANDUP,
        title="Standup for Ada",
        day=now.date(),
        sections=(Section(title="Done", kind=FactKind.DONE, lines=(line,), hidden=2),),
    )
    keep = web.api.stores.deliveries.keep
    for hour in range(23):
        at = now.replace(hour=hour, minute=0)
        sent = SentReport(kind=ReportKind.STANDUP, subscription_id=f"standup.{member.id}", day=at.date(), at=at)
        done = {"skipped": Skip.AWAY} if hour else {"delivery": ReportChannel.SLACK, "report": report}
        keep(ACME, sent.model_copy(update=done), keep_days=9)
    keep(ACME, sent.model_copy(update={"subscription_id": "standup.U0EVE", "holiday": "Eve's day"}), keep_days=9)
    browser = web.browser(Role.MEMBER)
    first = browser.get("/reports/sent")
    further = re.search(r'href="(/reports/sent\?before=[^"]+)"', first.html)
    assert further is not None
    second = browser.get(further[1])
    assert (20, 2) == (first.text.count("you were away"), second.text.count("you were away"))
    assert "<b>ENG-1</b>" in second.text
    assert "<b>" not in second.html
    assert "Eve" not in first.text + second.text


def test_a_report_that_could_not_be_delivered_says_why(web: WebWorld) -> None:
    """In the reader's language as far as the cause is ours."""
    member, now = a_known_member(web), datetime.now(UTC)
    sent = SentReport(kind=ReportKind.STANDUP, subscription_id=f"standup.{member.id}", day=now.date(), at=now)
    failed = {"skipped": Skip.FAILED, "cause": "Slack failed: <b>fatal_error</b>"}
    web.api.stores.deliveries.keep(ACME, sent.model_copy(update=failed), keep_days=9)

    page = web.browser(Role.MEMBER).get("/reports/sent")

    assert "none, for it could not be delivered: Slack failed: <b>fatal_error</b>" in page.text
    assert "<b>" not in page.html


def test_what_was_sent_of_one_report_is_looked_at_alone(web: WebWorld) -> None:
    """However many others came between."""
    member, now = a_known_member(web), datetime.now(UTC)
    for kind, holiday in ((ReportKind.STANDUP, "Day of the standup"), (ReportKind.WEEKLY, "Day of the week")):
        sent = SentReport(
            kind=kind,
            subscription_id=f"{kind}.{member.id}",
            day=now.date(),
            at=now,
            skipped=Skip.HOLIDAY,
            holiday=holiday,
        )
        web.api.stores.deliveries.keep(ACME, sent, keep_days=9)
    browser = web.browser(Role.MEMBER)

    assert ("standup" in (text := browser.get("/reports/sent").text), "the week" in text) == (True, True)
    text = browser.get("/reports/sent?kind=weekly").text
    assert ("Day of the standup" in text, "Day of the week" in text) == (False, True)
