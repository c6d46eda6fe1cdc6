"""Who wants which report when."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Page, paginate_sorted
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import ReportChannel, ReportKind, ReportTarget, Subscription, Weekday
from pm_assistant.domain.workspaces import Zone
from pm_assistant.workflows.reports.kinds import REPORTS
from pm_assistant.workflows.reports.overview import check_named
from pm_assistant.workflows.reports.snooze import Later, send_again
from pm_assistant.workflows.reports.subscribe import (
    subscribe,
    subscribe_channel,
    unsubscribe,
    unsubscribe_channel,
)
from pm_assistant.workflows.tenants.members import check_own, member_of, person_calling

router = APIGatewayHttpRouter()

ChannelPath = Annotated[str, Path(min_length=1, max_length=64)]
TeamQuery = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=64,
        description="the tracker's id of the team that it tells of; if left out, of the reader's own work, or of who "
        "is in the channel",
    ),
]


class LocalTime(Model):
    """When a report is to come, by a local clock."""

    hour: int = Field(default=9, ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    weekdays: tuple[Weekday, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=7,
        description="if left out: Monday to Friday for a standup, Friday for a weekly report, Monday for an overview",
    )

    def of(self, kind: ReportKind) -> dict[str, object]:
        """What is wished, with the weekdays that are usual for such reports."""
        return self.model_dump() | {"kind": kind, "weekdays": self.weekdays or REPORTS[kind].usual_weekdays}


class SubscriptionRequest(LocalTime):
    """When a report is to come, by the person's own clock, and how."""

    delivery: ReportChannel = ReportChannel.SLACK


class ChannelRequest(LocalTime):
    """When a report is to be posted in a channel."""

    time_zone: Zone | None = Field(
        default=None, description="IANA name; if left out, that of whoever asks, or UTC for a program"
    )


class SentAgain(Model):
    """That a report comes once more."""

    at: AwareDatetime = Field(description="when")


class SnoozeRequest(Model):
    """When a report is to come once more."""

    until: Later = Field(description="in an hour, or tomorrow when it comes anyway, by the person's own clock")


@router.get("/v1/subscriptions", **needs(Scope.READ, tag="subscriptions"))
def list_subscriptions(limit: Limit = 50, cursor: Cursor = "") -> Page[Subscription]:
    """List who gets which report when."""
    request = current_request(router)
    items, next_cursor = paginate_sorted(
        request.stores.subscriptions.all(request.tenant_id),
        lambda subscription: subscription.id,
        cursor=cursor,
        limit=limit,
    )
    return Page(items=tuple(items), next=next_cursor)


@router.put("/v1/subscriptions/<member_id>/<kind>", **needs(Scope.RUN, 404, tag="subscriptions"))
def put_subscription(
    member_id: Id, kind: ReportKind, requested: Annotated[SubscriptionRequest, Body()], team_id: TeamQuery = None
) -> Subscription:
    """Have a report come; replaces what was wished for the person, kind and team before.

    A team's tells what everybody may read, so there is none of a private team, and none for guests. People decide about
    their own reports, admins about everybody's. Who has the overview of a team is for admins to say.
    """
    request = current_request(router)
    wish = Subscription.model_validate(requested.of(kind) | {"member_id": member_id, "team_id": team_id})
    check_own(request.caller, member_id, request.unit)
    check_named(request.caller, wish, request.unit)
    subscription = subscribe(wish, request.unit)
    request.note("subscription.made", member_id, kind=kind, **_of_team(team_id))
    return subscription


@router.delete("/v1/subscriptions/<member_id>/<kind>", status_code=204, **needs(Scope.RUN, 404, tag="subscriptions"))
def remove_subscription(member_id: Id, kind: ReportKind, team_id: TeamQuery = None) -> None:
    """Have a report of one's own come no longer; as an admin, anybody's."""
    request = current_request(router)
    check_own(request.caller, member_id, request.unit)
    unsubscribe(member_id, kind, request.unit, team_id=team_id)
    request.note("subscription.ended", member_id, kind=kind, **_of_team(team_id))


@router.post(
    "/v1/subscriptions/<member_id>/<kind>/again", status_code=202, **needs(Scope.RUN, 404, tag="subscriptions")
)
def snooze_report(
    member_id: Id, kind: ReportKind, wish: Annotated[SnoozeRequest, Body()], team_id: TeamQuery = None
) -> SentAgain:
    """Have a report come again later, as things stand then; that day's own still comes.

    People decide about their own reports, admins about everybody's.
    """
    request = current_request(router)
    check_own(request.caller, member_id, request.unit)
    target = ReportTarget(member_id=member_id, kind=kind, team_id=team_id)
    check_named(request.caller, target, request.unit)
    reader = member_of(member_id, request.unit)
    return SentAgain(at=send_again(target, wish.until, reader, request.unit, asked_at=request.now))


@router.put("/v1/channels/<channel_id>/subscriptions/<kind>", **needs(Scope.ADMIN, 404, tag="subscriptions"))
def put_channel_subscription(
    channel_id: ChannelPath,
    kind: ReportKind,
    requested: Annotated[ChannelRequest, Body()],
    team_id: TeamQuery = None,
) -> Subscription:
    """Have the report of a channel's people posted there, or a team's; replaces what was wished for those before.

    It tells what everybody in the workspace may read. Where people of other companies listen none is posted.
    """
    request = current_request(router)
    asking = person_calling(request.caller, request.unit) if requested.time_zone is None else None
    zone = requested.time_zone or (asking.time_zone if asking else "UTC")
    target = {"channel_id": channel_id, "team_id": team_id, "time_zone": zone}
    wish = Subscription.model_validate(requested.of(kind) | target)
    check_named(request.caller, wish, request.unit)
    subscription = subscribe_channel(wish, request.unit)
    request.note("subscription.made", channel_id, kind=kind, **_of_team(team_id))
    return subscription


@router.delete(
    "/v1/channels/<channel_id>/subscriptions/<kind>", status_code=204, **needs(Scope.ADMIN, 404, tag="subscriptions")
)
def remove_channel_subscription(channel_id: ChannelPath, kind: ReportKind, team_id: TeamQuery = None) -> None:
    """Have a report posted in a channel no longer."""
    request = current_request(router)
    unsubscribe_channel(channel_id, kind, request.unit, team_id=team_id)
    request.note("subscription.ended", channel_id, kind=kind, **_of_team(team_id))


def _of_team(team_id: str | None) -> dict[str, str]:
    return {"team": team_id} if team_id else {}
