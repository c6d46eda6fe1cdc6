"""What a person sees of reports and of their readers: tables that fit in 80 columns."""

from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pm_assistant.cli.models import PersonTold, SentTold, SubscriptionTold
from pm_assistant.cli.terminal import add, counted, facts, table, text
from pm_assistant.cli.views import reports

WORKDAYS = ("MON", "TUE", "WED", "THU", "FRI")


def people(people: Sequence[PersonTold]) -> RenderableType:
    """People as a table; how they are reached is said where something is in the way."""
    rows = table("Person", "Name", "Zone", "Reads", "Now")
    for each in people:
        now = "; ".join(filter(None, (_away(each), _no_mail(each))))
        style = "yellow" if each.mail_stop else ""
        names = (text(each.id), text(each.name), text(each.time_zone), text(each.language or "en"))
        _add_whole(rows, *names, text(now, style))
    return counted(rows, len(people), "person") if len(people) < 2 else Group(rows, Text(f"{len(people)} people"))


def person(told: PersonTold) -> RenderableType:
    """One of them."""
    lifts = {
        "Bounce": "pm person … --mail-again",
        "Complaint": "a code that they enter; SES may refuse them until then",
    }
    stop = [("lifted by", lifts[told.mail_stop.reason])] if told.mail_stop else []
    return facts(
        ("person", f"{told.name} ({told.id})"),
        ("e-mail", told.email or "none"),
        ("mail", _no_mail(told) or "goes there"),
        *stop,
        ("zone", told.time_zone),
        ("reads", told.language or "en"),
        ("now", _away(told) or "at work"),
    )


def subscriptions(told: Sequence[SubscriptionTold], names: Mapping[str, str]) -> RenderableType:
    """Who gets which report when."""
    rows = table("Report", "For", "Team", "Comes")
    for subscription in told:
        reader = subscription.channel_id or names.get(subscription.member_id, subscription.member_id)
        cells = (subscription.kind, reader, subscription.team_id or "", when(subscription))
        _add_whole(rows, *map(text, cells))
    return counted(rows, len(told), "subscription")


def when(subscription: SubscriptionTold) -> str:
    """When a report comes, and how."""
    days = "MON-FRI" if subscription.weekdays == WORKDAYS else " ".join(subscription.weekdays)
    zone = f" {subscription.time_zone}" if subscription.time_zone else ""
    return f"{subscription.hour:02}:{subscription.minute:02}{zone} {days} by {subscription.delivery}"


def _add_whole(rows: Table, *cells: Text) -> None:
    """Add a row of which nothing is cut, for it is to be typed again: what does not fit goes on below."""
    for cell in cells:
        cell.overflow = "fold"
    rows.add_row(*cells)


def sent(sent: Sequence[SentTold]) -> RenderableType:
    """What came, the last first."""
    rows = table("No", "Day", "Report", "How", "Lines")
    for number, each in enumerate(sent, 1):
        lines = sum(len(section.lines) for section in each.report.sections) if each.report else ""
        add(rows, text(f"{number}"), text(each.day), text(each.kind), text(_how(each)), text(f"{lines}"))
    return counted(rows, len(sent), "report")


def sent_in_full(one: SentTold) -> RenderableType:
    """One that came; of what people had said there are the links."""
    return reports([one.report]) if one.report else text(f"None came on {one.day}: {_how(one)}")


def _how(one: SentTold) -> str:
    return one.delivery or f"none: {one.holiday or one.cause or one.skipped}"


def _away(told: PersonTold) -> str:
    if told.away_until:
        return f"back on {told.away_until}"
    return "away" if told.absence else ""


def _no_mail(told: PersonTold) -> str:
    stop = told.mail_stop
    return f"no mail since {stop.at:%F} ({stop.reason.lower()})" if stop else ""
