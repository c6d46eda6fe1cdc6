"""How the flow of work looks at a terminal."""

from rich.console import Group, RenderableType

from pm_assistant.cli.terminal import add, table, text
from pm_assistant.domain.flow import Spread, WeekOfFlow
from pm_assistant.workflows.flow.show import FlowView, ForecastView, TeamFlowView
from pm_assistant.workflows.flow.talk import TalkView

NOT_YET = "Nothing was measured yet: pm flow --measure begins it, and from then on it is done once a day."


def flow(found: FlowView) -> RenderableType:
    """Each team by itself."""
    if found.day is None:
        return text(NOT_YET)
    parts = [part for team in found.teams for part in _team(team)]
    return Group(text(f"Measured on {found.day}; weeks begin by the clock of {found.time_zone}."), *parts)


def forecast(found: ForecastView) -> RenderableType:
    """The sentence that says it."""
    return text(f"{found.items} to be done: {found.says}.")


def talk(found: TalkView) -> RenderableType:
    """What cost the most talk, how long reports took, and what nobody answered."""
    if found.day is None or found.since is None:
        return text(NOT_YET)
    heard = f"Since {found.since:%Y-%m-%d} {found.conversations} conversations, {found.messages} messages; "
    heard += f"{found.untracked_conversations} about work without a ticket, {found.untracked_messages} messages."
    topics = table("Ticket", "Conversations", "Messages", "Title")
    for topic in found.topics:
        add(topics, *map(text, (topic.key, str(topic.conversations), str(topic.messages), topic.title)))
    figures = _figures(
        ("First report to ticket", found.ticket_hours, " h"),
        ("Ticket to done", found.work_days, " d"),
        ("First report to done", found.report_days, " d"),
    )
    asked = table("Asked", "Where", "Question nobody answered")
    for question in found.unanswered:
        where = question.url or question.channel or ""
        add(asked, *map(text, (f"{question.at:%Y-%m-%d}", where, question.text)))
    return Group(text(heard), topics, figures, text(f"{found.unanswered_count} questions unanswered."), asked)


def _team(team: TeamFlowView) -> list[RenderableType]:
    figures = _figures(
        ("Begun to done", team.cycle_days, " d"),
        ("Created to done", team.lead_days, " d"),
        ("First review, working hours", team.review_hours, " h"),
    )
    weeks = table("Week of", "Finished", "Of talk", "Reopened", "In progress", "Half done within")
    for week in team.weeks:
        add(weeks, *map(text, _week(week)))
    oldest = table("In progress", "Days", "Title")
    for ticket in team.in_progress:
        add(oldest, *map(text, (ticket.key, f"{ticket.days:g}{' late' if ticket.late else ''}", ticket.title)))
    said = [text(f"{team.forecast.items} open: {team.forecast.says}.")] if team.forecast is not None else []
    share = team.efficiency
    worked = [text(f"In progress and not waiting: half of {share.count} at most {share.half:.0%}.")] if share else []
    if team.unplanned_share is not None and team.reopened_share is not None:
        worked.append(text(f"Began as talk: {team.unplanned_share:.0%}. Opened again: {team.reopened_share:.0%}."))
    remarks = [text(f"{remark}.") for remark in team.remarks]
    return [text(""), text(f"{team.name} ({team.key})"), weeks, figures, *worked, oldest, *said, *remarks]


def _figures(*measures: tuple[str, Spread | None, str]) -> RenderableType:
    """What was measured, each with its unit."""
    figures = table("Measure", "Half within", "85 % within", "Of")
    for name, spread, unit in measures:
        add(figures, *map(text, (name, *_measured(spread, unit))))
    return figures


def _measured(spread: Spread | None, unit: str) -> tuple[str, str, str]:
    if spread is None:
        return "", "", "fewer than 5"
    return f"{spread.half:g}{unit}", f"{spread.most:g}{unit}", str(spread.count)


def _week(week: WeekOfFlow) -> tuple[str, ...]:
    counts = (week.finished, week.unplanned, week.reopened, week.in_progress)
    return str(week.begins), *map(str, counts), f"{week.cycle_days.half:g} d" if week.cycle_days is not None else ""
