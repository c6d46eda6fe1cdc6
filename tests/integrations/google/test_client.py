"""Google Calendar: what is asked for, and what its answers mean."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from pm_assistant.domain.absence import DaysOut, HoursOut
from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.integrations.google.client import MOST_PAGES, GoogleCalendar

SINCE = datetime(2026, 11, 30, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=21)


def event(start: object, end: object, **more: object) -> dict[str, Any]:
    """An entry as Google sends it."""
    return {"eventType": "outOfOffice", "status": "confirmed", "start": start, "end": end, **more}


def refused(status: int, reason: str, *, modern: bool = False) -> httpx.Response:
    """A refusal in one of the two forms that Google has."""
    listed = {"details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]} if modern else {}
    errors = {} if modern else {"errors": [{"domain": "global", "reason": reason, "message": "No."}]}
    return httpx.Response(status, json={"error": {"code": status, "message": "No.", **errors, **listed}})


def reading(*answers: httpx.Response) -> tuple[GoogleCalendar, list[httpx.Request]]:
    """A calendar that gives these answers, the last one for ever, and what it is asked."""
    left, seen = list(answers), list[httpx.Request]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return left.pop(0) if len(left) > 1 else left[0]

    return GoogleCalendar("token", "https://api.test/calendar/v3", transport=httpx.MockTransport(answer)), seen


def test_no_more_is_asked_for_than_when_somebody_is_out_of_office() -> None:
    """Neither titles nor who is invited ever reach us."""
    calendar, seen = reading(httpx.Response(200, json={"items": []}))
    calendar.out_of_office(SINCE, UNTIL)

    [request] = seen
    assert "/calendar/v3/calendars/primary/events" == request.url.path
    assert "Bearer token" == request.headers["authorization"]
    assert {
        "eventTypes": "outOfOffice",
        "singleEvents": "true",
        "timeMin": "2026-11-30T00:00:00+00:00",
        "timeMax": "2026-12-21T00:00:00+00:00",
        "maxResults": "250",
        "fields": "nextPageToken,items(eventType,status,start,end)",
    } == dict(request.url.params)


def test_entries_are_read_in_every_form_and_what_nobody_can_read_is_passed_over() -> None:
    """One odd entry never costs the others; what Google adds is survived."""
    items = [
        event({"date": "2026-12-24"}, {"date": "2026-12-27"}, summary="Secret", new={"of": "Google"}),
        event(
            {"dateTime": "2026-12-01T09:00:00+01:00", "timeZone": "Europe/Berlin"}, {"dateTime": "2026-12-01T17:00:00Z"}
        ),
        event({"dateTime": "2026-12-02T09:00:00", "timeZone": "Europe/Berlin"}, {"dateTime": "2026-12-02T17:00:00Z"}),
        event({"dateTime": "2026-12-03T09:00:00"}, {"dateTime": "2026-12-03T17:00:00Z"}),
        event({"date": "2026-12-24"}, {"date": "2026-12-27"}, status="cancelled"),
        event({"date": "2026-12-24"}, {"date": "2026-12-27"}, eventType="default"),
        event({"date": "2026-02-30"}, {"date": "2026-12-27"}),
        event({}, {}),
        "nonsense",
        None,
    ]
    calendar, _ = reading(httpx.Response(200, json={"items": items}))
    day = timedelta(days=1)
    assert [
        DaysOut(since=date(2026, 12, 24), until=date(2026, 12, 27)),
        HoursOut(since=SINCE + day + timedelta(hours=8), until=SINCE + day + timedelta(hours=17)),
        HoursOut(since=SINCE + 2 * day + timedelta(hours=8), until=SINCE + 2 * day + timedelta(hours=17)),
    ] == list(calendar.out_of_office(SINCE, UNTIL))


@pytest.mark.parametrize("answer", [{}, {"items": None}, {"items": {}}, {"items": [], "nextPageToken": 7}])
def test_an_answer_without_a_list_is_an_empty_one(answer: dict[str, object]) -> None:
    """It ends there."""
    calendar, seen = reading(httpx.Response(200, json=answer))
    assert [] == list(calendar.out_of_office(SINCE, UNTIL))
    assert 1 == len(seen)


def test_all_pages_are_read() -> None:
    """Each by the cursor of the one before, with everything else as it was."""
    entry = event({"date": "2026-12-24"}, {"date": "2026-12-27"})
    pages = [{"items": [entry], "nextPageToken": "two"}, {"items": [], "nextPageToken": "three"}, {"items": [entry]}]
    calendar, seen = reading(*(httpx.Response(200, json=page) for page in pages))
    assert 2 == len(calendar.out_of_office(SINCE, UNTIL))
    assert [None, "two", "three"] == [request.url.params.get("pageToken") for request in seen]
    assert {"outOfOffice"} == {request.url.params["eventTypes"] for request in seen}


def test_a_list_that_does_not_end_is_ended() -> None:
    """Whether it leads in a circle or on and on."""
    circle, seen = reading(httpx.Response(200, json={"items": [], "nextPageToken": "again"}))
    with pytest.raises(UpstreamUnavailable):
        circle.out_of_office(SINCE, UNTIL)
    assert len(seen) <= 3
    pages = (httpx.Response(200, json={"items": [], "nextPageToken": f"page {n}"}) for n in range(99))
    endless, seen = reading(*pages)
    with pytest.raises(UpstreamUnavailable):
        endless.out_of_office(SINCE, UNTIL)
    assert MOST_PAGES == len(seen)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(401, "authError"), AccessRevoked),
        (httpx.Response(401, json={}), AccessRevoked),
        (refused(403, "insufficientPermissions"), AccessRevoked),
        (refused(403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", modern=True), AccessRevoked),
        (refused(403, "rateLimitExceeded"), RateLimited),
        (refused(403, "userRateLimitExceeded"), RateLimited),
        (refused(429, "rateLimitExceeded"), RateLimited),
        (refused(403, "accessNotConfigured"), Misconfigured),
        (refused(403, "SERVICE_DISABLED", modern=True), Misconfigured),
        (refused(403, "notACalendarUser"), UpstreamRejected),
        (refused(404, "notFound"), UpstreamRejected),
        (refused(400, "timeRangeEmpty"), UpstreamRejected),
        (httpx.Response(403, text="who are you?"), UpstreamUnavailable),
        (httpx.Response(403, json={"error": "no"}), UpstreamUnavailable),
        (refused(503, "backendError"), UpstreamUnavailable),
    ],
)
def test_each_refusal_is_an_error_of_ours(answer: httpx.Response, error: type[ProductError]) -> None:
    """By Google's own word for it; what comes without one is whoever stands between us."""
    calendar, _ = reading(answer)
    with pytest.raises(error) as caught:
        calendar.out_of_office(SINCE, UNTIL)
    assert error is type(caught.value) or issubclass(type(caught.value), UpstreamUnavailable)
