"""The calling person's own calendar."""

from datetime import date
from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.links import link_made
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.calendars import CalendarConnection
from pm_assistant.domain.connections import Link
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import CalendarProvider
from pm_assistant.workflows.accounts.calendars import end_own_calendar, own_calendar
from pm_assistant.workflows.tenants.members import person_calling

router = APIGatewayHttpRouter()


class OwnCalendar(Model):
    """The calling person's calendar, and what is kept of it."""

    state: Literal["none", "connected", "broken"]
    provider: CalendarProvider | None = Field(default=None, description="where it is")
    connected_at: AwareDatetime | None = Field(default=None, description="since when")
    read_at: AwareDatetime | None = Field(default=None, description="when it was read last")
    unread_since: AwareDatetime | None = Field(
        default=None, description="since when it could not be read; until it can, the last reading counts"
    )
    broken_since: AwareDatetime | None = Field(
        default=None, description="since when the vendor does not let us in any more"
    )
    absent_days: tuple[date, ...] = Field(
        default=(), description="the days on which it has the person out of office, seen by nobody else"
    )

    @classmethod
    def of(cls, calendar: CalendarConnection | None) -> "OwnCalendar":
        """What there is to say of it."""
        if calendar is None:
            return cls(state="none")
        shown = calendar.model_dump(include=cls.model_fields.keys() - {"state"})
        return cls(state="broken" if calendar.broken_since else "connected", **shown)


class CalendarEnded(Model):
    """An end."""

    revoked: bool = Field(description="whether the vendor was told; with `force` it may not have been")


@router.get("/v1/me/calendar", **needs(Scope.READ, tag="accounts"))
def show_calendar() -> OwnCalendar:
    """Show the calling person's own calendar; without one the state is `none`."""
    request = current_request(router)
    member = person_calling(request.caller, request.unit)
    return OwnCalendar.of(own_calendar(request.caller, member, request.unit))


@router.post("/v1/me/calendar/link", status_code=201, **needs(Scope.READ, 404, 409, tag="accounts"))
def make_calendar_link() -> Response[Link]:
    """Make a link with which the calling person connects their own calendar: it opens once, within ten minutes.

    On days on which the calendar has the person out of office for the whole working day no report comes. In another
    browser than the one that gets this answer's cookie, whoever opens the link is asked first. Where nobody can connect
    calendars, the status is 404.
    """
    return link_made(CalendarProvider.GOOGLE, "calendar.link_made", current_request(router))


@router.delete(
    "/v1/me/calendar", **needs(Scope.READ, 404, 409, 502, 503, tag="accounts", while_closing=True, while_suspended=True)
)
def end_calendar(
    force: Annotated[bool, Query(description="forget it even if the vendor cannot be told")] = False,
) -> CalendarEnded:
    """Have its vendor forget us, then forget the calling person's calendar with all that was read of it.

    If the vendor does not answer, the calendar is kept, so that it can be tried again.
    """
    request = current_request(router)
    revoked = end_own_calendar(request.caller, request.unit, force=force)
    request.note("calendar.ended", CalendarProvider.GOOGLE, revoked=str(revoked).lower())
    return CalendarEnded(revoked=revoked)
