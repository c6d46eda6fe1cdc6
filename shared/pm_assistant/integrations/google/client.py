"""A person's Google Calendar, of which we read when its owner is out of office.

Forms: developers.google.com/workspace/calendar/api/v3/reference/events/list, and guides/errors beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

from pm_assistant.domain import causes
from pm_assistant.domain.absence import DaysOut, HoursOut, OutOfOffice
from pm_assistant.domain.errors import AccessRevoked, Misconfigured, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.integrations.oauth import NO_CODE, word
from pm_assistant.integrations.pages import all_rows
from pm_assistant.integrations.transport import Transport

if TYPE_CHECKING:
    import httpx

READ_SECONDS = 4.0
"""Without a word of an answer: a report waits for it, and comes without."""
A_PAGE = 250
MOST_PAGES = 8
OUT_OF_OFFICE = "outOfOffice"
_FIELDS = "nextPageToken,items(eventType,status,start,end)"
"""What Google is to send: no titles, no words, nobody who is invited."""
_LIMITS = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
_NOT_OURS = frozenset({"accessNotConfigured", "SERVICE_DISABLED"})
"""The API is not switched on in our project."""
_NOT_GRANTED = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})


class _Moment(BaseModel):
    """When something begins or ends: a day, or a moment, which has an offset or else names its zone."""

    day: date | None = Field(default=None, alias="date")
    dateTime: datetime | None = None
    timeZone: str | None = None

    @property
    def at(self) -> datetime | None:
        if self.dateTime is None or self.dateTime.tzinfo is not None:
            return self.dateTime
        return self.dateTime.replace(tzinfo=zone_named(self.timeZone)) if self.timeZone else None


class _Event(BaseModel):
    """An entry, as far as it is asked for; the end is not part of it."""

    eventType: str = ""
    status: str = ""
    start: _Moment
    end: _Moment


class GoogleCalendar:
    """Google as a `Calendar`.

    Args:
        access_token: of the person whose calendar it is.
        url: of the API, without slash at the end.
        transport: replaces the network in tests.
        clock: tells the time.
    """

    def __init__(
        self,
        access_token: str,
        url: str,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._headers = {"Authorization": f"Bearer {access_token}"}
        self._url = f"{url}/calendars/primary/events"
        self._endpoint = Transport("Google", transport, clock=clock, timeout=READ_SECONDS)

    def out_of_office(self, since: datetime, until: datetime) -> Sequence[OutOfOffice]:
        """What is entered as being out of office, each time that it recurs."""
        asked = {
            "eventTypes": OUT_OF_OFFICE,
            "singleEvents": "true",
            "timeMin": since.isoformat(),
            "timeMax": until.isoformat(),
            "maxResults": str(A_PAGE),
            "fields": _FIELDS,
        }

        def page_at(cursor: str | None) -> tuple[Sequence[object], str | None]:
            answer = self._get(asked | ({"pageToken": cursor} if cursor else {}))
            items, following = answer.get("items"), answer.get("nextPageToken")
            return (items if isinstance(items, list) else []), following if isinstance(following, str) else None

        rows = all_rows(page_at, vendor="Google", most=MOST_PAGES)
        return [entry for row in rows if (entry := _entry(row)) is not None]

    def _get(self, asked: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask, or raise what a refusal means: the one place where the calendar's errors become ours."""
        response = self._endpoint.send("GET", self._url, headers=self._headers, params=asked)
        answer = self._endpoint.read(response)
        if response.status_code < 400:
            return answer
        reasons = _reasons(answer)
        if response.status_code == 401 or reasons & _NOT_GRANTED:
            raise AccessRevoked(Translatable("Google does not let us read the calendar: {what}", what=_said(reasons)))
        if reasons & _LIMITS:
            raise self._endpoint.limited(response)
        if reasons & _NOT_OURS:
            raise Misconfigured(
                Translatable("the Google Calendar API is not switched on in the project of google/client-id")
            )
        if not reasons:
            raise UpstreamUnavailable(causes.failed_with("Google", response.status_code))
        raise UpstreamRejected(causes.refused_with("Google", response.status_code, _said(reasons)))


def _entry(row: object) -> OutOfOffice | None:
    """What an entry says, if it is one; others, and what nobody can read, are passed over."""
    try:
        event = _Event.model_validate(row)
        if event.eventType != OUT_OF_OFFICE or event.status == "cancelled":
            return None
        if event.start.day is not None and event.end.day is not None:
            return DaysOut(since=event.start.day, until=event.end.day)
        return HoursOut.model_validate({"since": event.start.at, "until": event.end.at})
    except ValidationError:
        return None


def _reasons(answer: Mapping[str, Any]) -> set[str]:
    """Google's own words for why not, of both forms in which its errors come."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return set()
    listed = [each for name in ("errors", "details") if isinstance(error.get(name), list) for each in error[name]]
    return {word(each.get("reason")) for each in listed if isinstance(each, dict)} - {NO_CODE}


def _said(reasons: set[str]) -> str:
    return ", ".join(sorted(reasons)) or NO_CODE
