"""A team's report in a channel: only where the channel was subscribed, and only what all who listen may read."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from pm_assistant.domain.decisions import external_id
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.facts import Person, Sources
from pm_assistant.domain.languages import Language
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import (
    Audience,
    FactKind,
    Line,
    Post,
    Report,
    ReportChannel,
    ReportDue,
    ReportKind,
    Section,
)
from pm_assistant.domain.tenants import Member, Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.working_time import WorkingTime
from pm_assistant.domain.workspaces import zone_named
from pm_assistant.ports.unit import LEASE, Unit
from pm_assistant.presentation.i18n import Texts, gettext_noop, texts_in
from pm_assistant.workflows.reports.delivery import Delivery
from pm_assistant.workflows.reports.facts import Found, person_of, sources_of
from pm_assistant.workflows.reports.kinds import REPORTS, ReportSpec
from pm_assistant.workflows.reports.posting import channel, post_once
from pm_assistant.workflows.reports.report import read_work
from pm_assistant.workflows.reports.team import facts_of_team, people_of, team_named

TITLES: Mapping[ReportKind, str] = {
    ReportKind.STANDUP: gettext_noop("The team's standup, {day}"),
    ReportKind.WEEKLY: gettext_noop("The team's weekly report, {day}"),
}
EVERYBODY = Person(name="", reads_all=True)
"""Who reads in a channel, of whom nothing is one's own."""
NOBODYS = {FactKind.UNTRACKED, FactKind.CREATED}
"""What is told of the team and not of one of its people."""


class Composed(NamedTuple):
    """What a channel is told.

    Attributes:
        since: what happened before is told in others.
        quoted: what people said that it quotes, as `Post` has it.
    """

    report: Report
    since: datetime
    quoted: Mapping[str, datetime]


def report_to_channel(due: ReportDue, unit: Unit) -> str | None:
    """Post a report in a channel once per local day and kind; returns the channel, None if it is not posted.

    It is not posted without that channel's own subscription, by whatever way it became due; nor where people of other
    companies listen, whoever has subscribed it; nor where we cannot write any more.

    Raises:
        NotConnected: the tenant has no chat.
        Conflict: the same report is being posted right now; repeat.
        UpstreamError: the chat failed; repeat.
    """
    channel_id = due.channel_id or ""
    if unit.stores.subscriptions.get(unit.tenant_id, due.subscription_id) is None:
        return None
    delivery = Delivery(due, None, unit)
    with unit.lease(f"report|{delivery.key}", lasts=LEASE):
        if delivery.is_over():
            return None
        try:
            if unit.chat.channel(channel_id).outside:
                return None
            composed = compose_for_channel(due, unit, tenant=delivery.tenant)
            report = delivery.with_notes(composed.report)
            finish = delivery.noting(report, ReportChannel.SLACK)

            def remember(parts: Sequence[str]) -> None:
                if due.once is None and tells_what_was_said(due.kind):
                    unit.stores.deliveries.keep_post(unit.tenant_id, _post(due, delivery, composed, report, parts))
                finish()

            post_once(delivery.key, channel(channel_id, unit), report, unit, remember=remember)
        except NotFound:
            return None  # People removed the channel, or closed it or the team to us; repeating would not mend that.
        return channel_id


def tells_what_was_said(kind: ReportKind) -> bool:
    """Whether a channel's report of a kind quotes what people say for it."""
    return FactKind.SAID in REPORTS[kind].team_kinds


def _post(due: ReportDue, delivery: Delivery, composed: Composed, report: Report, parts: Sequence[str]) -> Post:
    return Post(
        **due.target_fields,
        day=delivery.day,
        at=delivery.at,
        since=composed.since,
        parts=tuple(parts),
        notes=report.notes,
        quoted=dict(composed.quoted),
    )


def compose_for_channel(due: ReportDue, unit: Unit, *, tenant: Tenant | None = None) -> Composed:
    """Compute what a channel is told of its people, or of a team: no more than everybody in the workspace may read.

    What people said that another post quotes is told there, and nothing of a later day in a post that is out.

    Raises:
        NotFound: there is no such channel, or no such team that everybody may read of.
    """
    channel_id, spec = due.channel_id or "", REPORTS[due.kind]
    readers = _readers(channel_id, unit)
    found = read_work(due, unit, for_others=True, tenant=tenant)
    day, texts = due.day(found.at, None), texts_in(_language(readers))
    if tells_what_was_said(due.kind):
        posts = unit.stores.deliveries.posts(unit.tenant_id, due.subscription_id)
        found = replace(found, is_untold=_untold(posts, day, found.since))
    team = team_named(due.team_id, found.index.teams) if due.team_id else None
    if team is not None:
        people = people_of(team.id, found.index, unit, since=found.since)
        sources = sources_of(people, found, unit, working=WorkingTime(zone_named(due.time_zone or "UTC")))
        facts = facts_of_team(team.id, people, EVERYBODY, spec, sources)
        sections = spec.sections(facts, of_team=True, said_in=texts)
        quoted = _quoted(people, sources)
    else:
        sections, quoted = _of_readers(readers, found, spec, texts, unit)
    report = Report(
        id=external_id(due.delivery_key(day), "report"),
        kind=due.kind,
        title=texts.gettext(spec.title, name=team.name, day=texts.day(day))
        if team
        else texts.gettext(TITLES[due.kind], day=texts.day(day)),
        day=day,
        sections=tuple(section for section in sections if section.lines),
        language=texts.language,
        team_id=due.team_id,
    )
    return Composed(report, found.since, quoted)


def _untold(posts: Iterable[Post], day: date, since: datetime) -> Callable[[ReportAnswers], bool]:
    """Tells what people said for a day's post, which may be out, from what is another's to tell.

    Also what was said after it was due and before it is made: posts know what they quote, so none tells it again.
    """
    by_day = {post.day: post.quoted for post in posts}
    own = by_day.pop(day, None)
    elsewhere = {said for quoted in by_day.values() for said in quoted.items()}

    def is_untold(said: ReportAnswers) -> bool:
        is_new = said.at is not None and said.at >= since and (said.key, said.at) not in elsewhere
        return is_new and (own is None or said.key in own or said.day <= day)

    return is_untold


def _quoted(people: Iterable[Person], sources: Sources) -> Mapping[str, datetime]:
    """What these people have said that is told now, by its key: when each of them had changed it last."""
    return {said.key: said.at for person in people for said in sources.news_of(person) if said.at is not None}


def _of_readers(
    readers: Iterable[Member], found: Found, spec: ReportSpec, texts: Texts, unit: Unit
) -> tuple[tuple[Section, ...], Mapping[str, datetime]]:
    """What is told of each of them, under common headings; and of what they said, as `_quoted` has it."""
    sections: dict[FactKind, Section] = {}
    quoted: dict[str, datetime] = {}
    for reader in readers:
        person = person_of(reader, unit)
        sources = sources_of([person], found, unit, working=WorkingTime(reader.zone))
        facts = spec.facts(person, sources)
        quoted |= _quoted([person], sources)
        for section in spec.sections(facts, of_team=True, said_in=texts):
            if section.kind is not None:
                before = sections.get(section.kind)
                sections[section.kind] = _joined(before, _of(reader, section), section)
    return tuple(sections.values()), quoted


def _readers(channel_id: str, unit: Unit) -> Sequence[Member]:
    """The people of the team who are in a channel, by name; of guests and of others nothing is told there."""
    chat = unit.provider(Role.CHAT)
    present = set(unit.chat.people_in(channel_id))
    members = unit.stores.directory.members(unit.tenant_id)
    readers = (m for m in members if m.accounts.get(chat) in present and m.standings.get(chat) is Standing.MEMBER)
    return sorted(readers, key=lambda member: (member.name, member.id))


def _language(readers: Iterable[Member]) -> Language:
    """What most of them read."""
    spoken = Counter(reader.language or Language.ENGLISH for reader in readers)
    return max(spoken, key=lambda language: (spoken[language], language is Language.ENGLISH), default=Language.ENGLISH)


def _of(reader: Member, section: Section) -> Sequence[Line]:
    """What everybody may read of one person's section; it bears the name but for what is nobody's own."""
    lines = [line for line in section.lines if line.audience is Audience.EVERYBODY]
    if section.kind in NOBODYS:
        return lines
    return [line.model_copy(update={"text": f"{reader.name}: {line.text}", "awaits_answer": None}) for line in lines]


def _joined(before: Section | None, lines: Sequence[Line], section: Section) -> Section:
    """A section with these lines more; what two people would be told is told once."""
    known = before.lines if before else ()
    hidden = section.hidden + (before.hidden if before else 0)
    return section.model_copy(update={"lines": tuple(dict.fromkeys((*known, *lines))), "hidden": hidden})
