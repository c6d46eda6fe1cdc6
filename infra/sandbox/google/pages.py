"""People's calendars, where each can enter that they are out of office."""

from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import Pages, missing, problem
from infra.sandbox.core.requests import form_of
from infra.sandbox.core.state import Clock, Person
from infra.sandbox.core.store import Store
from infra.sandbox.google.controls import whole_days
from infra.sandbox.google.oauth import GoogleOAuth
from infra.sandbox.google.state import Entry, GoogleWorld, local


class GooglePages:
    """The calendar as people see it, where they enter what they do."""

    def __init__(self, store: Store[GoogleWorld], oauth: GoogleOAuth, clock: Clock) -> None:
        self._store = store
        self._oauth = oauth
        self._clock = clock
        self._pages = Pages()

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/google/calendars", self.people),
            Route("/google/calendars/{handle}", self.calendar),
            Route("/google/calendars/{handle}", self.change, methods=["POST"]),
        ]

    async def people(self, _: Request) -> Response:
        """Whose calendars there are, of all companies."""
        world = self._store.world
        people = [person for each in (world, *self._store.other_worlds) for person in each.people]
        return self._pages.page("google/calendars.html", title="Google Calendar", people=people)

    async def calendar(self, request: Request) -> Response:
        """One person's, with a form."""
        person = self._store.world.person(request.path_params["handle"])
        if person is None:
            return missing("calendar")
        entries = self._store.world.calendars.get(person.handle, [])
        return self._pages.page(
            "google/calendar.html",
            title=f"{person.name}'s calendar",
            forms="'self'",
            person=person,
            today=local(self._clock(), person).date(),
            entries=[(entry, _words(entry, person)) for entry in sorted(entries, key=lambda entry: entry.start)],
        )

    async def change(self, request: Request) -> Response:
        """Enter days, take an entry out, or end what the app was granted."""
        world, form = self._store.world, await form_of(request)
        person = world.person(request.path_params["handle"])
        if person is None:
            return missing("calendar")
        entries = world.calendars.setdefault(person.handle, [])
        match form.get("do"):
            case "enter":
                try:
                    first, last = (date.fromisoformat(form.get(name, "")) for name in ("first", "last"))
                except ValueError:
                    return problem("This is no day", "A day is written as 2026-12-24.")
                entries.append(whole_days(first, last, person, at=self._clock()))
            case "remove":
                world.calendars[person.handle] = [entry for entry in entries if entry.id != form.get("id")]
            case "end":
                self._oauth.end(person.handle)
        self._store.changed()
        return RedirectResponse(request.url.path, 303)


def _words(entry: Entry, person: Person) -> str:
    start, end = local(entry.start, person), local(entry.end, person)
    return (
        f"{start:%Y-%m-%d} to {end:%Y-%m-%d}" if entry.whole_days else f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
    )
