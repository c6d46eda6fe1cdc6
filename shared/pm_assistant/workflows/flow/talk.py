"""What was talked about where everybody could hear it: measured with the flow of work, and shown with links."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import AwareDatetime, Field

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.flow import WEEKS, Passage
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.model import Model
from pm_assistant.domain.spread import Spread
from pm_assistant.domain.talk import About, Talk, talk_of
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import MessageId, Place, conversations_in, permalink
from pm_assistant.language.asking import asks
from pm_assistant.language.text import plain
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.queries import channel_names, chat_url
from pm_assistant.workflows.tenants.audience import open_to_all, public_tickets

LISTENED = timedelta(weeks=4)
REPORTED = timedelta(weeks=WEEKS)
"""How far back reports are followed: they take longer than talk."""
MOST_MESSAGES = 20_000
"""That are looked at, the last ones."""
LONGEST_QUOTE = 300
NOT_ABOUT = frozenset({DecisionState.DISMISSED, DecisionState.UNDONE})


class TopicView(Model):
    """A ticket that was talked about."""

    key: str = Field(description="as people name it")
    title: str
    url: str
    conversations: int = Field(description="in which it was spoken of")
    messages: int = Field(description="of threads about it, and of others that are")


class UnansweredQuestion(Model):
    """What somebody asked, and nobody else said anything after."""

    text: str = Field(description="what was asked, 300 characters at most")
    at: AwareDatetime = Field(description="when that was")
    channel: str | None = Field(description="what the channel is called")
    url: str | None = Field(description="where it was said; none while the chat is not connected")


class TalkView(Model):
    """What talk came to where everybody could hear it; nobody is counted, and nobody named."""

    day: date | None = Field(description="that was measured last; none before there is one")
    since: AwareDatetime | None = Field(description="what was said from then on was looked at")
    conversations: int = Field(description="that were held")
    messages: int = Field(description="that were said in them")
    topics: tuple[TopicView, ...] = Field(description="tickets that cost the most talk, most first, 10 at most")
    untracked_conversations: int = Field(description="about work that has no ticket")
    untracked_messages: int = Field(description="that were said in those")
    unanswered: tuple[UnansweredQuestion, ...] = Field(
        description="questions that nobody answered for a day, latest first, 10 at most"
    )
    unanswered_count: int = Field(description="how many there are in all")
    ticket_hours: Spread | None = Field(description="from the first report to its ticket; none below five")
    work_days: Spread | None = Field(description="from that ticket to done; none below five")
    report_days: Spread | None = Field(description="from the first report to done; none below five")


def measured_talk(tenant: Tenant, index: TeamIndex, passages: Iterable[Passage], unit: Unit) -> Talk:
    """What the last weeks' talk came to, and how long what was reported in it took.

    It is listened to no further back than the tenant's plan goes.
    """
    now, channels = unit.now(), tenant.settings.channels
    since = tenant.reaching(now - LISTENED, at=now)
    said = unit.stores.messages.since(tenant.id, since, latest=MOST_MESSAGES)
    readable = [message for message in said if channels.reads(message.channel)]
    teams = {team.id for team in open_to_all(index.teams)}
    tickets = {head.id for head in index.tickets if head.team_id in teams}
    reports = [each.report for each in passages if each.team_id in teams and each.report is not None]
    us = _our_mention(unit)
    return talk_of(
        conversations_in(readable, gap_seconds=unit.burst_gap_seconds),
        _about(unit.stores.decisions.since(tenant.id, since), tickets, tenant),
        reports=(report for report in reports if report.at >= now - REPORTED),
        asks=lambda text: us not in text and asks(text),
        since=said[0].posted_at if len(said) == MOST_MESSAGES else since,
        now=now,
    )


def show_talk(unit: Unit) -> TalkView:
    """What the last day told of talk; what has been deleted since, or is not for everybody any more, is left out."""
    day = unit.stores.flow.latest_day(unit.tenant_id)
    talk = day.talk if day is not None else None
    if day is None or talk is None:
        return TalkView.model_validate(
            dict.fromkeys(TalkView.model_fields)
            | dict.fromkeys(("topics", "unanswered"), ())
            | {name: 0 for name in Talk.model_fields if name.endswith(("conversations", "messages", "count"))}
        )
    same = {name: getattr(talk, name) for name in Talk.model_fields if name in TalkView.model_fields}
    return TalkView.model_validate(
        same | {"day": day.day, "topics": _topics(talk, unit), "unanswered": _unanswered(talk.unanswered, unit)}
    )


def first_said_at(decision: Decision) -> datetime:
    """When the first of what a decision rests on was said; when it was made, where it rests on no message."""
    stamps = [float(each.ts) for each in decision.evidence if re.fullmatch(r"\d{1,12}\.\d{1,9}", each.ts)]
    return datetime.fromtimestamp(min(stamps), UTC) if stamps else decision.created_at


def _about(log: Iterable[Decision], tickets: Collection[str], tenant: Tenant) -> About:
    """What the log says that messages are about, as far as it is sure enough to ask, or people have said so."""
    found: dict[MessageId, set[str]] = {}
    untracked = set()
    for decision in log:
        cited = [receipt.message_id for receipt in decision.evidence] if decision.subject.in_chat else []
        if decision.private or decision.state in NOT_ABOUT:
            continue
        if decision.untracked:
            untracked.update(cited)
        elif decision.confidence >= tenant.settings.ask_from:
            named = {id for id in _tickets_of(decision) if id in tickets}
            for id in cited:
                found.setdefault(id, set()).update(named)
    return About(found, {id for id in untracked if not found.get(id)})


def _tickets_of(decision: Decision) -> Collection[str]:
    if isinstance(decision.action, CreateTicket):
        done = decision.state is DecisionState.DONE and decision.outcome is not None
        return (decision.outcome.external_id,) if done and decision.outcome is not None else ()
    return decision.action.tickets


def _our_mention(unit: Unit) -> str:
    """How people name us: what they ask us we answer, and they are not left without."""
    try:
        return f"<@{unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CHAT)).app_user_id}"
    except NotConnected:
        return "<@>"


def _topics(talk: Talk, unit: Unit) -> Sequence[TopicView]:
    found = unit.stores.tickets.some(unit.tenant_id, {topic.ticket_id for topic in talk.topics}) if talk.topics else ()
    tickets = {ticket.id: ticket for ticket in public_tickets(found, unit)}
    return [
        TopicView(
            key=ticket.key,
            title=ticket.title,
            url=ticket.url,
            conversations=topic.conversations,
            messages=topic.messages,
        )
        for topic in talk.topics
        if (ticket := tickets.get(topic.ticket_id)) is not None
    ]


def _unanswered(places: Sequence[Place], unit: Unit) -> Sequence[UnansweredQuestion]:
    if not places:
        return ()
    channels = unit.stores.tenants.get(unit.tenant_id).settings.channels
    names, base_url = channel_names(unit), chat_url(unit)
    said = unit.stores.messages.some(unit.tenant_id, places)
    shown = [m for m in said if not (m.deleted or m.private or m.outside) and channels.reads(m.channel)]
    return [
        UnansweredQuestion(
            text=plain(message.text, {})[:LONGEST_QUOTE],
            at=message.posted_at,
            channel=names.get(message.channel),
            url=permalink(base_url, message) if base_url else None,
        )
        for message in sorted(shown, key=lambda message: float(message.ts), reverse=True)
    ]
