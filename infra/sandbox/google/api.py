"""Google Calendar's API, of which there is `events.list`.

developers.google.com/workspace/calendar/api/v3/reference/events/list, and guides/errors for what it refuses with.
"""

import re
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.state import Clock, Fault, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.google.oauth import ROOT
from infra.sandbox.google.state import Entry, GoogleWorld, local

MOST, USUALLY = 2_500, 250
"""Entries on a page."""
_ENOUGH = {
    f"{ROOT}{name}"
    for name in ("calendar", "calendar.readonly", "calendar.events.readonly", "calendar.events.owned.readonly")
}
_TYPES = {"birthday", "default", "focusTime", "fromGmail", "outOfOffice", "workingLocation"}
_NAMES = re.compile(r"(\w+)(?:\(([\w,]+)\))?")
"""A field, with those of its own that are wanted (guides/performance, partial response)."""


class Refused(Exception):
    """Google says no."""

    def __init__(self, status: int, reason: str, message: str, domain: str = "global") -> None:
        super().__init__(reason)
        self.status = status
        self.message = message
        self.domain = domain


class GoogleApi:
    """The handler."""

    def __init__(self, store: Store[GoogleWorld], tokens: Tokens, faults: Faults, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        faults.offer("google", lambda: ["events.list"])
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where it is, relative to `/google/calendar/v3`."""
        return [Route("/calendars/{calendar}/events", self.events)]

    async def events(self, request: Request) -> Response:
        """`events.list`."""
        self._store.count("google.events.list")

        async def perform() -> Response:
            try:
                return JSONResponse(self._listed(request))
            except Refused as refused:
                return _error(refused)

        return await self._faults.answer(request, "google", ["events.list"], perform=perform, refuse=_refusal)

    def _listed(self, request: Request) -> Json:
        person, query = self._person(request), request.query_params
        if request.path_params["calendar"] not in {"primary", person.email}:
            raise Refused(404, "notFound", "Not Found")
        since, until = (_moment(query.get(name), name) for name in ("timeMin", "timeMax"))
        if since is not None and until is not None and since >= until:
            raise Refused(400, "timeRangeEmpty", "The specified time range is empty.", "calendar")
        types = set(query.getlist("eventTypes")) or _TYPES
        if types - _TYPES:
            raise Refused(400, "badRequest", "Bad Request")
        found = [
            entry
            for entry in self._store.world.calendars.get(person.handle, ())
            if entry.kind in types
            if since is None or entry.end > since
            if until is None or entry.start < until
        ]
        size, start = _number(query.get("maxResults"), USUALLY), _number(query.get("pageToken"), 0)
        page: Json = {
            "kind": "calendar#events",
            "etag": f'"p{len(found)}"',
            "summary": person.email,
            "description": "",
            "updated": _stamp(self._clock()),
            "timeZone": person.time_zone,
            "accessRole": "owner",
            "defaultReminders": [{"method": "popup", "minutes": 10}],
            "items": [_wire(entry, person) for entry in found[start : start + min(size, MOST)]],
        }
        if start + size < len(found):
            page["nextPageToken"] = str(start + size)
        return _partial(page, query.get("fields", ""))

    def _person(self, request: Request) -> Person:
        scheme, _, access = request.headers.get("authorization", "").partition(" ")
        token: Token | None = self._tokens.live("google", access.strip()) if scheme.lower() == "bearer" else None
        person = self._store.world.person(token.person) if token else None
        if token is None or person is None:
            raise Refused(401, "authError", "Invalid Credentials")
        if not _ENOUGH & set(token.scopes or ()):
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        return person


def _wire(entry: Entry, person: Person) -> Json:
    own = {"email": person.email, "self": True}
    wire: Json = {
        "kind": "calendar#event",
        "etag": f'"{int(entry.created_at.timestamp() * 1000)}"',
        "id": entry.id,
        "status": "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={entry.id}",
        "created": _stamp(entry.created_at),
        "updated": _stamp(entry.created_at),
        "summary": entry.title,
        "creator": own,
        "organizer": own,
        "start": _when(entry.start, entry, person),
        "end": _when(entry.end, entry, person),
        "visibility": "public",
        "iCalUID": f"{entry.id}@google.com",
        "sequence": 0,
        "reminders": {"useDefault": False},
        "eventType": entry.kind,
    }
    if entry.kind == "outOfOffice":
        wire["outOfOfficeProperties"] = {"autoDeclineMode": "declineAllConflictingInvitations"}
    return wire


def _when(at: datetime, entry: Entry, person: Person) -> Json:
    there = local(at, person)
    if entry.whole_days:
        return {"date": there.date().isoformat()}
    return {"dateTime": there.isoformat(timespec="seconds"), "timeZone": person.time_zone}


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _moment(text: str | None, name: str) -> datetime | None:
    """RFC 3339 with an offset; anything else is refused."""
    if text is None:
        return None
    refused = Refused(400, "badRequest", f"Invalid value for: {name}")
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise refused from None
    if at.tzinfo is None:
        raise refused
    return at


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        raise Refused(400, "invalid", f"Invalid value: {text}")
    return int(text)


def _partial(page: Json, fields: str) -> Json:
    """As much of an answer as is asked for."""
    if not fields:
        return page
    wanted = {name: set(own.split(",")) if own else None for name, own in _NAMES.findall(fields)}
    answer: Json = {}
    for name, own in wanted.items():
        if name in page:
            value = page[name]
            answer[name] = [{key: row[key] for key in row if key in own} for row in value] if own else value
    return answer


def _error(refused: Refused) -> Response:
    reason = {"domain": refused.domain, "reason": str(refused), "message": refused.message}
    error = {"errors": [reason], "code": refused.status, "message": refused.message}
    return JSONResponse({"error": error}, status_code=refused.status)


def _refusal(fault: Fault) -> Response:
    match fault.kind:
        case "rate_limit":
            return _error(Refused(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"))
        case "revoked":
            return _error(Refused(401, "authError", "Invalid Credentials"))
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return _error(Refused(503, "backendError", "Backend Error"))
