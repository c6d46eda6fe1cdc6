"""Once a day what a team's work came to: where its tickets have got to, and a row for the day.

First come the ways of the tickets that have changed, so many a step; then the figures, in one go. Whatever breaks off
is done again, and comes to the same. Only what everybody in the tracker may read is told of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.code import PullRequest, Repository
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.flow import WEEKS, DayOfFlow, Passage, Review, TeamFlow, flow_of, local_day, net_by_day
from pm_assistant.domain.forecast import (
    MOST_ITEMS,
    Forecast,
    Outlook,
    Week,
    days_until_done,
    forecast,
    score_of,
    share_to_say,
)
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.tenants import Member, PrivateCode, Settings, Tenant
from pm_assistant.domain.working_time import WorkingTime
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.ports.flow import KEPT_PASSAGES
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.queries import latest_pull_requests
from pm_assistant.workflows.flow.talk import first_said_at, measured_talk
from pm_assistant.workflows.tenants.audience import open_to_all

AT_ONCE = 1_000
"""Tickets that one step looks at."""
LOOKED_BACK = timedelta(weeks=WEEKS + 1)
AGAIN = timedelta(days=2)
"""From before the last look the log is read once more."""
MOST_TEAMS = 30
"""Teams that are told of, those with the most work: a row has to hold them."""
FORECAST_EVERY = timedelta(days=7)
MOST_FORECASTS = 24
"""Of one team that are kept, the last ones."""


def measure(job: Job, unit: Unit) -> Step:
    """Follow so many tickets; once all are, tell what it comes to. A dry run tells it and keeps nothing."""
    tenant, index = unit.stores.tenants.get(unit.tenant_id), unit.stores.index.read(unit.tenant_id)
    heads = sorted((head for head in index.tickets if _is_kept(head, unit.now())), key=lambda head: head.id)
    keep, before = not job.order.dry_run, job.cursor or ""
    part = [head for head in heads if head.id > before][:AT_ONCE]
    if part and keep:
        _follow(part, unit, after=before, last=part[-1].id)
        return Step(done=job.done + len(part), total=len(heads), cursor=part[-1].id)
    if keep:
        _forget_others(heads, unit)
    day = _day(tenant, index, unit)
    if keep:
        unit.stores.flow.put_day(unit.tenant_id, day)
    return Step(done=len(heads), total=len(heads), results=tuple(map(_result, day.teams)))


def zone_of_team(settings: Settings, people: Iterable[Member]) -> ZoneInfo:
    """By whose clock a team's weeks begin: that of its quiet hours, or else that of most of its people."""
    if settings.quiet_hours is not None:
        return zone_named(settings.quiet_hours.time_zone)
    counts: dict[str, int] = {}
    for member in people:
        counts[member.time_zone] = counts.get(member.time_zone, 0) + 1
    return zone_named(min(counts, key=lambda name: (-counts[name], name), default="UTC"))


def _is_kept(head: TicketHead, now: datetime) -> bool:
    return not head.state.type.closed or head.updated_at > now - KEPT_PASSAGES


def _follow(heads: Sequence[TicketHead], unit: Unit, *, after: str, last: str) -> None:
    """Keep how far those of the tickets have got that were changed since they were looked at."""
    known = {each.ticket_id: each for each in unit.stores.flow.passages(unit.tenant_id, after=after, last=last)}
    talk = _began_as_talk(unit)
    changed = [head for head in heads if _has_news(head, known.get(head.id), talk)]
    tickets = unit.stores.tickets.whole(unit.tenant_id, changed) if changed else ()
    unit.stores.flow.put_passages(
        unit.tenant_id,
        (
            Passage.of(ticket, known.get(ticket.id), unplanned=ticket.id in talk, reported_at=talk.get(ticket.id))
            for ticket in tickets
        ),
    )


def _has_news(head: TicketHead, known: Passage | None, talk: Mapping[str, datetime]) -> bool:
    if known is None or known.seen_at != head.updated_at or known.team_id != head.team_id:
        return True
    return head.id in talk and known.reported_at is None


def _began_as_talk(unit: Unit) -> Mapping[str, datetime]:
    """The tickets that were made of what everybody could hear, as far as the log was not read for it before.

    By id, each with when the first of that was said.
    """
    before = unit.stores.flow.latest_day(unit.tenant_id)
    since = before.measured_at - AGAIN if before is not None else unit.now() - LOOKED_BACK
    return {
        decision.outcome.external_id: first_said_at(decision)
        for decision in unit.stores.decisions.since(unit.tenant_id, since)
        if isinstance(decision.action, CreateTicket)
        and decision.state is DecisionState.DONE
        and decision.outcome is not None
        and not decision.private
    }


def _forget_others(heads: Iterable[TicketHead], unit: Unit) -> None:
    """What is gone from the tracker is gone here."""
    there = {head.id for head in heads}
    gone = [each.ticket_id for each in unit.stores.flow.passages(unit.tenant_id) if each.ticket_id not in there]
    unit.stores.flow.drop_passages(unit.tenant_id, gone)


def _day(tenant: Tenant, index: TeamIndex, unit: Unit) -> DayOfFlow:
    """What all teams' work comes to, each told of by itself."""
    zone, now = zone_of_team(tenant.settings, index.people), unit.now()
    today = local_day(now, zone)
    before = unit.stores.flow.latest_day(unit.tenant_id, before=today.isoformat())
    earlier = {team.team_id: team for team in before.teams} if before is not None else {}
    parents = {head.parent_id for head in index.tickets if head.parent_id is not None}
    passages = [each for each in unit.stores.flow.passages(unit.tenant_id) if each.ticket_id not in parents]
    reviews, by_team = list(_reviews(tenant, zone, unit)), _by_team(passages)
    talk = measured_talk(tenant, index, passages, unit)
    flows = []
    for team in open_to_all(index.teams):
        own = by_team.get(team.id, ())
        flow = flow_of(team.id, own, reviews, zone=zone, now=now)
        made = earlier[team.id].forecasts if team.id in earlier else ()
        seed = f"{unit.tenant_id}|{team.id}|{today}"
        flows.append(_with_forecasts(flow, made, net_by_day(own, zone), today=today, seed=seed))
    busiest = sorted(flows, key=lambda flow: (-flow.finished - flow.open_items, flow.team_id))[:MOST_TEAMS]
    return DayOfFlow(day=today, time_zone=zone.key, measured_at=now, teams=tuple(busiest), talk=talk)


def _by_team(passages: Iterable[Passage]) -> Mapping[str, Sequence[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        found.setdefault(passage.team_id, []).append(passage)
    return found


def _with_forecasts(
    flow: TeamFlow, made: Sequence[Forecast], net: Mapping[date, int], *, today: date, seed: str
) -> TeamFlow:
    """It, with when the open items will be done, and what became of what was said of that before."""
    days = list(net.items())
    scored = [
        each.scored(done_on=days_until_done(each.items, days, each.made_on), today=today) if each.held is None else each
        for each in made
    ]
    score = score_of(scored)
    outlook = outlook_of(flow, min(flow.open_items, MOST_ITEMS), seed=seed, share=share_to_say(score))
    said = _said(outlook, today) if outlook is not None else None
    if said is not None and all(each.made_on <= today - FORECAST_EVERY for each in scored):
        scored.append(said)
    return flow.model_copy(update={"outlook": outlook, "forecasts": tuple(scored[-MOST_FORECASTS:]), "score": score})


def outlook_of(flow: TeamFlow, items: int, *, seed: str, share: float) -> Outlook | None:
    """When so many items of a team will be done, by its own weeks; None where there is nothing to be done."""
    weeks = [Week(week.finished, week.added) for week in flow.weeks]
    return forecast(items, weeks, seed=seed, share=share) if items else None


def _said(outlook: Outlook, today: date) -> Forecast | None:
    if outlook.even_days is None or outlook.likely_days is None or outlook.why is not None:
        return None
    even, likely = (today + timedelta(days=days) for days in (outlook.even_days, outlook.likely_days))
    return Forecast(made_on=today, items=outlook.items, even=even, likely=likely, share=outlook.share)


def _reviews(tenant: Tenant, zone: ZoneInfo, unit: Unit) -> Iterator[Review]:
    """For how long pull requests waited that everybody may know of; programs neither ask nor review."""
    since, settings = unit.now() - LOOKED_BACK, tenant.settings
    repositories = {each.id: each for each in unit.stores.code.repositories(unit.tenant_id)}
    over = (pr for _, pr in latest_pull_requests(unit, over=True))
    lately = takewhile(lambda pr: pr.facts is None or pr.facts.at >= since, over)
    still_open = (pr for _, pr in latest_pull_requests(unit, over=False))
    working = _working_time(settings, zone, unit.now())
    for pull_request in (*still_open, *lately):
        first = _first_review(pull_request, settings)
        if pull_request.facts is None or first is None or not _is_known_to_all(pull_request, repositories, settings):
            continue
        asked_at = pull_request.facts.created_at
        yield Review(pull_request.ticket_ids, asked_at, first, working.hours(asked_at, first))


def _first_review(pull_request: PullRequest, settings: Settings) -> datetime | None:
    """When somebody else looked at it first; None where nobody has, or where no person wrote it."""
    facts, kind = pull_request.facts, settings.bots.kind
    if facts is None or kind(facts.author) in {AuthorKind.DEPENDENCY_BOT, AuthorKind.OTHER_BOT}:
        return None
    author = facts.author.login if facts.author is not None else None
    given = [
        review.submitted_at
        for review in pull_request.reviews.values()
        if kind(review.author) is AuthorKind.HUMAN and (review.author is None or review.author.login != author)
    ]
    return min((at for at in given if at >= facts.created_at), default=None)


def _is_known_to_all(pull_request: PullRequest, repositories: Mapping[str, Repository], settings: Settings) -> bool:
    repository = repositories.get(pull_request.facts.repository_id) if pull_request.facts is not None else None
    if repository is None:
        return False
    return not repository.private or settings.private_code is not PrivateCode.NOTHING


def _working_time(settings: Settings, zone: ZoneInfo, now: datetime) -> WorkingTime:
    """When a team works."""
    if settings.holidays is None:
        return WorkingTime(zone)
    days = [local_day(now, zone) - timedelta(days=back) for back in range(LOOKED_BACK.days + 1)]
    return WorkingTime(zone, days_off=frozenset(day for day in days if settings.holidays.name_of(day) is not None))


def _result(flow: TeamFlow) -> dict[str, object]:
    """What a run says of a team: counts."""
    return {"team_id": flow.team_id, "finished": flow.finished, "in_progress": flow.in_progress_count}
