"""Nothing reaches somebody who could not read where it is from: every source, place and viewer, on every surface.

A surface is added by one line in `SURFACES`: what makes it show something, as a function of the company and the place
that returns all that was shown as text; the places where it can be; and the sources of which it has to tell a member,
for what shows nothing keeps every secret.

    "home": Surface(a_home, {Place.ALONE}, {Source.OWN_PUBLIC_TICKET}),
"""

from collections.abc import Callable, Iterator, Set
from contextlib import suppress
from datetime import timedelta
from itertools import product
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.addresses import decision_page
from pm_assistant.domain.answers import Subject
from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.questions import ReportAnswer, ReportAnswers
from pm_assistant.domain.reports import AnswersChanged, ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.surfaces import (
    CommandTyped,
    DetailsWanted,
    LinkShared,
    Mentioned,
    QuestionAsked,
    SurfaceRequest,
    TicketAsked,
    TrackingAsked,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from pm_assistant.language.commands import Command
from pm_assistant.workflows.pipeline.cards import show_cards
from pm_assistant.workflows.reports.amend import bring_up_to_date
from pm_assistant.workflows.reports.channels import report_to_channel
from pm_assistant.workflows.reports.report import report
from pm_assistant.workflows.reports.send import send_reports
from pm_assistant.workflows.surfaces.answer import answer
from pm_assistant.workflows.surfaces.home import show_home
from pm_assistant.workflows.surfaces.questions import answer_mention
from pm_assistant.workflows.surfaces.sessions import answer_in_session
from pm_assistant.workflows.surfaces.unfurls import show_details, unfurl_links
from tests.builders import ACME, ENG, NOW, a_job, a_member, a_message
from tests.workflows.surfaces.audience import (
    OPEN,
    PRIVATE_TEAM,
    TICKETS,
    WORDS,
    Company,
    Place,
    Source,
    Viewer,
    may_read,
    sources_in,
)

type Shows = Callable[[Company, Place], str]


class Surface(NamedTuple):
    """Something that shows people what we know.

    Attributes:
        shows: has it show what it does, and returns that as text.
        places: where it can be.
        tells: the sources of which a member has to be told there.
    """

    shows: Shows
    places: Set[Place]
    tells: Set[Source]


def _report(kind: ReportKind, way: ReportChannel, team_id: str | None = None) -> Shows:
    """What the clock has us send the viewer: of their own work, or of a team."""

    def shows(company: Company, _: Place) -> str:
        wish = Subscription(member_id=company.viewer.id, kind=kind, delivery=way, team_id=team_id)
        company.stores.subscriptions.put(ACME, wish)
        due = ReportDue(tenant_id=ACME, member_id=company.viewer.id, kind=kind, due_at=NOW, team_id=team_id)
        with suppress(NotFound):
            report(due, company)
        return f"{company.chat.reports} {company.mailer.sent}"

    return shows


def _shown_report(workflow: JobKind) -> Shows:
    """Everybody's report as a job shows it to whoever asked for it, and so to everybody."""

    def shows(company: Company, _: Place) -> str:
        return str(send_reports(a_job(order=Order(kind=workflow)), company).results)

    return shows


def _cards(company: Company, place: Place) -> str:
    """The cards of all that was decided, each in a thread of such a channel; talk has one where it was."""
    for number, decision in enumerate(company.stores.decisions.since(ACME, NOW)):
        if not isinstance(decision.action, CreateTicket) or decision.subject.channel == place.channel:
            thread = Subject(channel=place.channel, root_ts=f"{number}.0")
            shown = {"subject": thread, "outside": place is Place.SHARED_CHANNEL}
            show_cards([decision.model_copy(update=shown)], company)
    return str(company.chat.cards)


def _mention(company: Company, place: Place) -> str:
    """What whoever asks us by name is answered there, whatever they ask."""
    company.chat.people = [company.viewer, company.other]
    shown: dict[str, Any] = {"channel": place.channel, "author": company.viewer.accounts[Provider.SLACK]}
    shown |= {"private": place is not Place.PUBLIC_CHANNEL, "outside": place is Place.SHARED_CHANNEL}
    for number, question in enumerate(_questions()):
        asked = a_message(3_000 + 2_000 * number, f"<@U0APP> {question}", **shown)
        company.stores.messages.record(ACME, asked, keep_days=30)
        mentioned = Mentioned(channel=asked.channel, root_ts=asked.root_ts, ts=asked.ts)
        answer_mention(mentioned, asked.author, company)
    return f"{company.chat.cards} {company.chat.whispers}"


def _agent(company: Company, _: Place) -> str:
    """What whoever asks us alone is answered, whatever they ask."""
    company.chat.people = [company.viewer, company.other]
    account = company.viewer.accounts[Provider.SLACK]
    for number, question in enumerate(_questions()):
        asked = QuestionAsked(channel="D0ADA", root_ts=f"{number}.0", ts=f"{number}.0", text=question)
        answer_in_session(asked, account, NOW, company)
    return str(company.chat.cards)


def _links(company: Company) -> tuple[str, ...]:
    """Of every decision."""
    return tuple(decision_page(company.public_url, each.id) for each in company.stores.decisions.since(ACME, NOW))


def _previews(company: Company, place: Place) -> str:
    """What is shown in a channel below links to all decisions, which the viewer has shared."""
    company.chat.people = [company.viewer, company.other]
    outside, source = place is Place.SHARED_CHANNEL, "conversations_history"
    for link in _links(company):
        shared = LinkShared(channel=place.channel, outside=outside, unfurl_id="unfurl-1", source=source, links=(link,))
        unfurl_links(shared, company.viewer.accounts[Provider.SLACK], company)
        company.chat.unfurled[link] = company.chat.unfurled.pop("unfurl-1", {})
    return str([preview.model_dump() for shown in company.chat.unfurled.values() for preview in shown.values()])


def _details(company: Company, _: Place) -> str:
    """What the viewer alone is shown of all decisions."""
    company.chat.people = [company.viewer, company.other]
    for link in _links(company):
        wanted = DetailsWanted(trigger_id=link, link=link)
        company.chat.triggers.add(link)
        show_details(wanted, company.viewer.accounts[Provider.SLACK], company)
    return str([shown.model_dump() for shown in company.chat.details.values() if shown is not None])


def _questions() -> Iterator[str]:
    """All that can be asked, of every ticket by its key and by its words."""
    for source, number in TICKETS.items():
        team = "SEC" if source in PRIVATE_TICKETS else "ENG"
        yield f"what is the state of {team}-{number * 10 + 1}?"
        yield f"who works on peel the {source}?"
    yield from ("what waits for me?", "what has no ticket?", "what am I working on?", "what is Bob working on?")
    yield from ("what did I do this week?", "what did Bob finish this week?")


def _request(company: Company, asked: Any) -> SurfaceRequest:
    company.chat.people = [company.viewer, company.other]
    company.chat.answerable[HOOK] = 99
    return SurfaceRequest(tenant_id=ACME, user_id=company.viewer.accounts[Provider.SLACK], asked_at=NOW, asked=asked)


def _commands(company: Company, _: Place) -> str:
    """What the viewer is answered to every command, with all that has no room in an answer."""
    with patch("pm_assistant.presentation.commands.MOST_LINES", 999):
        for command in Command:
            typed = CommandTyped(text=command, answer_to=HOOK, trigger_id=command)
            answer(_request(company, typed), company)
    return f"{company.chat.answers} {company.chat.forms}"


def _tracking(company: Company, _: Place) -> str:
    """The tickets that the viewer is offered for something that was said, and what there is to write a new one."""
    company.chat.triggers |= {"track", "new"}
    said = a_message(9_000, " ".join(f"peel the {source}" for source in TICKETS))
    company.stores.messages.record(ACME, said, keep_days=30)
    asked = (TrackingAsked(message=said, answer_to=HOOK, trigger_id="track"), TicketAsked(trigger_id="new"))
    for each in asked:
        answer(_request(company, each), company)
    return f"{company.chat.forms} {company.chat.answers} {company.chat.notices}"


HOOK = "https://hooks.slack.com/commands/T1/1/x"
CHANNELS = set(Place) - {Place.ALONE}


def _home(company: Company, _: Place) -> str:
    """The viewer's own page, with all that has no room on it."""
    with patch.multiple("pm_assistant.presentation.home", MOST_WAITING=999, MOST_DONE=999):
        show_home(company.viewer.id, company, since=NOW)
    return str(company.chat.homes)


CODE = {Source.PUBLIC_REPOSITORY, Source.PRIVATE_REPOSITORY}
PRIVATE_TICKETS = {Source.PRIVATE_TEAM, Source.OWN_PRIVATE_TICKET}


def _posted(kind: ReportKind, team_id: str | None = None) -> Shows:
    """A report in a channel with the viewer and another in it: of these, or of a team of the tracker's."""

    def shows(company: Company, place: Place) -> str:
        company.chat.places[place.channel] = Channel(
            id=place.channel,
            private=place is not Place.PUBLIC_CHANNEL,
            outside=place is Place.SHARED_CHANNEL,
        )
        company.chat.listeners[place.channel] = ["U0ADA", "U0BOB"]
        wish = Subscription(channel_id=place.channel, kind=kind, time_zone="UTC", team_id=team_id)
        company.stores.subscriptions.put(ACME, wish)
        told = {"channel_id": place.channel, "kind": kind, "team_id": team_id}
        report_to_channel(ReportDue(tenant_id=ACME, due_at=NOW, time_zone="UTC", **told), company)
        return str(company.chat.reports)

    return shows


def _changed(team_id: str | None = None) -> Shows:
    """A standup that a channel had when the viewer was a member and no company but ours was in it, and changes now."""
    posted = _posted(ReportKind.STANDUP, team_id)

    def shows(company: Company, place: Place) -> str:
        company.stores.directory.put_members(ACME, [a_member(), company.other])
        posted(company, Place.PUBLIC_CHANNEL if place is Place.PUBLIC_CHANNEL else Place.OTHER_PRIVATE_CHANNEL)
        company.stores.directory.put_members(ACME, [company.viewer, company.other])
        wish = company.stores.subscriptions.all(ACME)[0]
        there = company.chat.places[wish.channel_id or ""]
        company.chat.places[there.id] = there.model_copy(update={"outside": place is Place.SHARED_CHANNEL})
        company.at = NOW + timedelta(hours=1)
        speakers = {Source.WORDS_FOR_THE_TEAM: company.other, Source.VIEWERS_WORDS_FOR_THE_TEAM: company.viewer}
        for source, speaker in speakers.items():
            words = (ReportAnswer(text=f"now {source}"),)
            said = ReportAnswers(member_id=speaker.id, day=NOW.date(), answers=words, at=company.at)
            company.stores.report_answers.put(ACME, said, keep_days=30)
            changed = AnswersChanged(tenant_id=ACME, member_id=speaker.id, day=NOW.date())
            assert bring_up_to_date(changed, company) or source is Source.VIEWERS_WORDS_FOR_THE_TEAM
        return str(company.chat.reports)

    return shows


OWN_TICKETS = {Source.OWN_PUBLIC_TICKET, Source.OWN_PRIVATE_TICKET}
SURFACES: dict[str, Surface] = {
    "home": Surface(_home, {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL, Source.PUBLIC_TEAM}),
    "standup in the chat": Surface(
        _report(ReportKind.STANDUP, ReportChannel.SLACK), {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL}
    ),
    "standup by mail": Surface(
        _report(ReportKind.STANDUP, ReportChannel.EMAIL), {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL}
    ),
    "weekly report in the chat": Surface(
        _report(ReportKind.WEEKLY, ReportChannel.SLACK), {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL}
    ),
    "weekly report by mail": Surface(
        _report(ReportKind.WEEKLY, ReportChannel.EMAIL), {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL}
    ),
    "standup of a team": Surface(
        _report(ReportKind.STANDUP, ReportChannel.SLACK, ENG.id), {Place.ALONE}, (OPEN - CODE) | WORDS
    ),
    "standup of a private team": Surface(
        _report(ReportKind.STANDUP, ReportChannel.SLACK, PRIVATE_TEAM.id), {Place.ALONE}, set()
    ),
    "overview of a team": Surface(
        _report(ReportKind.OVERVIEW, ReportChannel.SLACK, ENG.id),
        {Place.ALONE},
        OPEN - CODE - WORDS - {Source.PUBLIC_CHANNEL},
    ),
    "standups shown by a job": Surface(
        _shown_report(JobKind.STANDUP), {Place.PUBLIC_CHANNEL}, {Source.PUBLIC_TEAM, Source.PUBLIC_CHANNEL}
    ),
    "weekly reports shown by a job": Surface(
        _shown_report(JobKind.WEEKLY), {Place.PUBLIC_CHANNEL}, {Source.PUBLIC_TEAM, Source.PUBLIC_CHANNEL}
    ),
    "standup in a channel": Surface(
        _posted(ReportKind.STANDUP),
        CHANNELS,
        {Source.PUBLIC_TEAM, Source.OWN_PUBLIC_TICKET, Source.PUBLIC_CHANNEL} | WORDS,
    ),
    "standup of a team in a channel": Surface(_posted(ReportKind.STANDUP, ENG.id), CHANNELS, (OPEN - CODE) | WORDS),
    "changed standup in a channel": Surface(
        _changed(), CHANNELS, {Source.PUBLIC_TEAM, Source.OWN_PUBLIC_TICKET, Source.PUBLIC_CHANNEL} | WORDS
    ),
    "changed standup of a team in a channel": Surface(_changed(ENG.id), CHANNELS, (OPEN - CODE) | WORDS),
    "weekly report in a channel": Surface(
        _posted(ReportKind.WEEKLY), CHANNELS, {Source.PUBLIC_TEAM, Source.OWN_PUBLIC_TICKET, Source.PUBLIC_CHANNEL}
    ),
    "cards": Surface(_cards, CHANNELS, set(Source) - CODE - WORDS - PRIVATE_TICKETS - {Source.PUBLIC_CHANNEL}),
}
SURFACES["answers of the agent"] = Surface(
    _agent, {Place.ALONE}, {Source.PUBLIC_TEAM, Source.OWN_PUBLIC_TICKET, Source.PUBLIC_CHANNEL}
)
SURFACES["previews of links"] = Surface(_previews, CHANNELS, OPEN - CODE - WORDS - {Source.PUBLIC_CHANNEL})
SURFACES["details of links"] = Surface(_details, {Place.ALONE}, OPEN - CODE - WORDS)
SURFACES["answers to mentions"] = Surface(_mention, set(Place) - {Place.ALONE}, OPEN - CODE - WORDS)
SURFACES["answers to commands"] = Surface(_commands, {Place.ALONE}, OWN_TICKETS | {Source.PUBLIC_CHANNEL})
SURFACES["tickets offered for what was said"] = Surface(_tracking, {Place.ALONE}, {Source.PUBLIC_TEAM})
MATRIX = [(name, place, viewer) for name in SURFACES for place, viewer in product(SURFACES[name].places, Viewer)]


@pytest.mark.parametrize(("name", "place", "viewer"), sorted(MATRIX))
def test_nobody_is_shown_what_they_could_not_read(name: str, place: Place, viewer: Viewer) -> None:
    """Of all sources at once: what is shown has the words of those alone that the place and the viewer may read."""
    shown = sources_in(SURFACES[name].shows(Company(viewer), place))

    assert set() == {source for source in shown if not may_read(source, place, viewer)}


@pytest.mark.parametrize(("name", "place"), sorted({(name, place) for name, place, _ in MATRIX}))
def test_what_members_may_read_is_shown(name: str, place: Place) -> None:
    """A surface that shows nothing would keep every secret."""
    readable = {source for source in SURFACES[name].tells if may_read(source, place, Viewer.MEMBER)}

    assert set() == readable - sources_in(SURFACES[name].shows(Company(Viewer.MEMBER), place))
