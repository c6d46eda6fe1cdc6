"""Have a report come at a person's own hour, or in a channel at its own, or no longer."""

from collections.abc import Iterator
from contextlib import contextmanager

from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.reports import ReportChannel, ReportKind, ReportTarget, Subscription
from pm_assistant.domain.timetable import beginning_of_day
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import Member, zone_named
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail
from pm_assistant.workflows.connections.schedule import end_report, schedule_report
from pm_assistant.workflows.reports.team import team_for, team_named
from pm_assistant.workflows.tenants.address import address_of
from pm_assistant.workflows.tenants.members import member_of


def subscribe(subscription: Subscription, unit: Unit) -> Subscription:
    """Set the clock for a report, and note the wish; replaces what the person wished for that kind before.

    First the clock: a wish that is noted and never comes true would be worse than one that comes true unnoted.

    Raises:
        NotFound: the tenant has no such member.
        InvalidRequest: the person cannot be reached that way, or the clock cannot be set so, or it is of a team that is
            not there, or not for the person to read of.
    """
    member = member_of(subscription.member_id, unit)
    if subscription.team_id is not None:
        with _naming_the_team():
            team_for(member, subscription.team_id, unit.stores.directory.teams(unit.tenant_id), unit)
    address = address_of(member, subscription.delivery, unit)
    if address is None:
        raise InvalidRequest(
            Translatable("the member cannot be reached by {way}", way=subscription.delivery), field="delivery"
        )
    if subscription.delivery is ReportChannel.EMAIL:
        ask_for_mail(address, unit, field="delivery")
    return _noted(subscription, member, unit)


def subscribe_channel(subscription: Subscription, unit: Unit) -> Subscription:
    """The same for a channel: nothing is posted there without.

    Raises:
        NotFound: we are in no such channel.
        InvalidRequest: people of other companies listen there, or the clock cannot be set so, or it is of a team that
            is not there, or not for everybody to read of.
    """
    place = unit.stores.readings.position(unit.tenant_id, unit.provider(Role.CHAT), subscription.channel_id or "")
    if place is None or place.channel is None:
        raise NotFound(Translatable("we are in no such channel"))
    if place.channel.outside:
        raise InvalidRequest(Translatable("people of other companies are in that channel"), field="channel_id")
    if subscription.team_id is not None:
        with _naming_the_team():
            team_named(subscription.team_id, unit.stores.directory.teams(unit.tenant_id))
    return _noted(subscription, None, unit)


@contextmanager
def _naming_the_team() -> Iterator[None]:
    try:
        yield
    except NotFound as error:
        raise InvalidRequest(Translatable("no such team, or not for whoever would be told"), field="team_id") from error


def _noted(subscription: Subscription, member: Member | None, unit: Unit) -> Subscription:
    before = unit.stores.subscriptions.get(unit.tenant_id, subscription.id)
    today = beginning_of_day(unit.now(), zone_named(subscription.clock_for(member)))
    # Of what is changed today's is still owed, though its new hour may be over; of what is new only what is to come.
    noted = subscription.model_copy(update={"since": today if before else unit.now()})
    schedule_report(noted, member, unit)
    unit.stores.subscriptions.put(unit.tenant_id, noted)
    return noted


def unsubscribe(member_id: str, kind: ReportKind, unit: Unit, *, team_id: str | None = None) -> None:
    """Stop the clock, and forget the wish; one that is not there is fine.

    Raises:
        NotFound: the tenant has no such member.
    """
    member_of(member_id, unit)
    end_report(ReportTarget(member_id=member_id, kind=kind, team_id=team_id).subscription_id, unit)


def unsubscribe_channel(channel_id: str, kind: ReportKind, unit: Unit, *, team_id: str | None = None) -> None:
    """The same for a channel, also one that we are not in any more.

    Raises:
        NotFound: no such report comes there.
    """
    subscription_id = ReportTarget(channel_id=channel_id, kind=kind, team_id=team_id).subscription_id
    if unit.stores.subscriptions.get(unit.tenant_id, subscription_id) is None:
        raise NotFound("no such report comes there")
    end_report(subscription_id, unit)
