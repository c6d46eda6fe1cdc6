"""Doors for people and tests: what somebody enters into their calendar, and the account's own settings."""

import uuid
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, known_person, route
from infra.sandbox.core.state import Clock, Json, Model, Person
from infra.sandbox.core.store import Store
from infra.sandbox.google.oauth import GoogleOAuth
from infra.sandbox.google.state import Entry, GoogleWorld, local


class EntryControl(Model):
    """Somebody enters something: on days, the last one among them, or from one moment to another."""

    user: str
    kind: Literal["default", "outOfOffice", "focusTime"] = "outOfOffice"
    title: str = Field(default="Out of office", max_length=200)
    first: date | None = None
    last: date | None = None
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None


class PersonControl(Model):
    """Somebody clears their calendar, or takes the app's access away."""

    user: str


class GoogleControls:
    """The handlers."""

    def __init__(self, store: Store[GoogleWorld], oauth: GoogleOAuth, clock: Clock) -> None:
        self._store = store
        self._oauth = oauth
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/google/entries", self._enter),
            route("/google/entries/clear", self._clear),
            route("/google/access/end", self._end),
        ]

    async def _enter(self, request: Request) -> Json:
        body = await body_of(request, EntryControl)
        person = known_person(self._store.world, body.user)
        if body.first is not None:
            entry = whole_days(body.first, body.last or body.first, person, at=self._clock())
        elif body.start is not None and body.end is not None:
            entry = Entry(id=new_id(), start=body.start, end=body.end, created_at=self._clock())
        else:
            raise BadControl("first", "say on which day it begins, or when it starts and ends")
        entry = entry.model_copy(update={"kind": body.kind, "title": body.title})
        self._store.world.calendars.setdefault(person.handle, []).append(entry)
        self._store.changed()
        return {"ok": True, "id": entry.id}

    async def _clear(self, request: Request) -> Json:
        person = known_person(self._store.world, (await body_of(request, PersonControl)).user)
        gone = self._store.world.calendars.pop(person.handle, [])
        self._store.changed()
        return {"ok": True, "entries": len(gone)}

    async def _end(self, request: Request) -> Json:
        person = known_person(self._store.world, (await body_of(request, PersonControl)).user)
        return {"ok": True, "tokens": self._oauth.end(person.handle)}


def whole_days(first: date, last: date, person: Person, *, at: datetime) -> Entry:
    """An entry on days as such."""
    zone = local(at, person).tzinfo
    start, end = (datetime.combine(day, datetime.min.time(), zone) for day in (first, last + timedelta(days=1)))
    return Entry(id=new_id(), start=start, end=end, whole_days=True, created_at=at)


def new_id() -> str:
    """What an entry is called."""
    return uuid.uuid4().hex[:26]
