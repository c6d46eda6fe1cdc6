"""Reports: which come to me and into channels, when and how, what one would say now, and what was sent."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest, NotFound, ProductError
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.listing import latest, search
from pm_assistant.domain.reports import OWN_REPORTS, ReportChannel, ReportKind, Subscription
from pm_assistant.domain.tenants import Member
from pm_assistant.presentation.settings import DAYS, NAMES, WAYS
from pm_assistant.runtime.http import status_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import MOST_READ, Listing
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs, parsed
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.connections.queries import channel_names
from pm_assistant.workflows.reports.kinds import REPORTS
from pm_assistant.workflows.reports.report import day_of
from pm_assistant.workflows.reports.subscribe import subscribe, subscribe_channel, unsubscribe, unsubscribe_channel
from pm_assistant.workflows.tenants.members import person_calling

router = Router()

PAGE = 20
"""Sent reports on a page."""


@router.get("/reports", **needs(Scope.READ))
def show_reports() -> Response[str]:
    """My reports and the channels', each with its form."""
    return _page(current_request(router))


@router.post("/reports/mine/<kind>", **needs(Scope.RUN))
def set_mine(kind: str) -> Response[str]:
    """Have a report come to me, as the form says."""
    request = current_request(router)
    try:
        member = _oneself(request)
        wish = _wish(request, member_id=member.id, kind=_kind(kind), delivery=request.field("delivery"))
        subscribe(wish, request.unit)
    except InvalidRequest as error:
        return _page(request, error=error)
    request.note("subscription.made", member.id, kind=kind)
    return see_other(request, "/reports?answered=yes")


@router.post("/reports/mine/<kind>/end", **needs(Scope.RUN))
def end_mine(kind: str) -> Response[str]:
    """Have a report come to me no longer."""
    request = current_request(router)
    member = _oneself(request)
    unsubscribe(member.id, _kind(kind), request.unit)
    request.note("subscription.ended", member.id, kind=kind)
    return see_other(request, "/reports?answered=yes")


@router.post("/reports/channels", **needs(Scope.ADMIN))
def set_channel() -> Response[str]:
    """Have a report posted in a channel, by the viewer's clock."""
    request = current_request(router)
    channel, kind = request.field("channel"), request.field("kind")
    try:
        wish = _wish(request, channel_id=channel, kind=_kind(kind), time_zone=request.zone.key)
        subscribe_channel(wish, request.unit)
    except (InvalidRequest, NotFound) as error:
        return _page(request, error=error)
    request.note("subscription.made", channel, kind=kind)
    return see_other(request, "/reports?answered=yes")


@router.post("/reports/channels/<channel_id>/<kind>/end", **needs(Scope.ADMIN))
def end_channel(channel_id: str, kind: str) -> Response[str]:
    """Have a report posted in a channel no longer."""
    request = current_request(router)
    unsubscribe_channel(channel_id, _kind(kind), request.unit, team_id=request.field("team") or None)
    request.note("subscription.ended", channel_id, kind=kind)
    return see_other(request, "/reports?answered=yes")


@router.get("/reports/preview", **needs(Scope.READ))
def show_preview() -> Response[str]:
    """My standup as it would be now; nothing is delivered."""
    request = current_request(router)
    index = request.stores.index.read(request.tenant.id)
    member = person_calling(request.caller, request.unit, index.people)
    if member is None:
        return _page(request)
    told = day_of(member, request.unit, index=index, tenant=request.tenant)
    return page(request, "report.html", report=told)


@router.get("/reports/sent", **needs(Scope.READ))
def list_sent() -> Response[str]:
    """What came to me, and what did not and why, the last first."""
    request = current_request(router)
    reader, deliveries = person_calling(request.caller, request.unit), request.stores.deliveries
    listing = Listing.of(request, "/reports/sent", "kind")
    wanted, names = chosen(listing.wanted["kind"], ReportKind), _names(request)
    kept, next_place = search(
        latest(
            lambda before, limit: (
                [(each.key, each) for each in deliveries.kept(request.tenant.id, reader.id, before=before, limit=limit)]
                if reader
                else ()
            ),
            batch=PAGE + 1,
            before=request.before,
        ),
        lambda each: wanted in {None, each.kind},
        before=request.before,
        size=PAGE,
        most_read=MOST_READ,
    )
    return page(
        request,
        "sent_reports.html",
        sent=[each for _, each in kept],
        names=names,
        listing=listing.going_on(next_place),
    )


def _page(request: PageRequest, *, error: ProductError | None = None) -> Response[str]:
    unit, texts = request.unit, request.texts
    member = person_calling(request.caller, unit)
    subscriptions = unit.stores.subscriptions.all(unit.tenant_id)
    mine = {each.kind: each for each in subscriptions if member and each.member_id == member.id and not each.team_id}
    names = _names(request)
    return page(
        request,
        "reports.html",
        status=status_of(error) if error else HTTPStatus.OK,
        message=refusal(error, request.texts) if error else "",
        member=member,
        mine=[(kind, names[kind], mine.get(kind) or _usual(kind, member)) for kind in OWN_REPORTS if member],
        wished=set(mine),
        in_channels=[each for each in subscriptions if each.channel_id],
        channels=channel_names(unit),
        names=names,
        kinds={kind: names[kind] for kind in OWN_REPORTS},
        ways={way.value: texts.gettext(label) for way, label in WAYS.items()},
        days=dict(zip(DAYS, texts.weekdays(short=True), strict=True)),
        is_admin=request.caller.scope.covers(Scope.ADMIN),
        may_run=request.caller.scope.covers(Scope.RUN),
        zone=request.zone.key,
    )


def _names(request: PageRequest) -> Mapping[ReportKind, str]:
    return {kind: request.texts.gettext(name) for kind, name in NAMES.items()}


def _usual(kind: ReportKind, member: Member | None) -> Subscription:
    """What is offered where nothing has been wished for."""
    return Subscription(member_id=member.id if member else "nobody", kind=kind, weekdays=REPORTS[kind].usual_weekdays)


def _wish(request: PageRequest, **target: Any) -> Subscription:
    """What the form wishes for.

    Raises:
        InvalidRequest: its time, days or way cannot be used; names the field.
    """
    time = re.fullmatch(r"(\d{2}):(\d{2})", request.field("time"), re.ASCII)
    if time is None:
        raise InvalidRequest(Translatable("Please give a time such as 09:00."), field="time")
    days = [day for day in DAYS if day in request.form.get("days", ())]
    if not days:
        raise InvalidRequest(Translatable("Please choose a day at least."), field="days")
    if target.get("delivery", ReportChannel.SLACK) not in set(ReportChannel):
        raise InvalidRequest("there is no such way", field="delivery")
    return parsed(Subscription, {"hour": time[1], "minute": time[2], "weekdays": days, **target})


def _oneself(request: PageRequest) -> Member:
    """The viewer as one of the team's people.

    Raises:
        InvalidRequest: nobody of the team is known by the viewer's address.
    """
    member = person_calling(request.caller, request.unit)
    if member is None:
        message = Translatable(
            "Nobody of your team is known by your e-mail address yet, so I do not know whose work to tell you of."
        )
        raise InvalidRequest(message, field="member_id")
    return member


def _kind(name: str) -> ReportKind:
    kind = chosen(name, OWN_REPORTS)
    if kind is None:
        raise NotFound("there is no such report")
    return kind
