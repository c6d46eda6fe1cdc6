"""What is known of work, for whoever asks: stored facts, each with its link, and none that not everybody may read.

A mention in a channel, a message to the agent and whatever else asks get the same answer. No model is asked.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import assert_never

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Decision, DecisionState, more_may_wait
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.reports import CardEntry
from pm_assistant.domain.tenants import Member, PrivateCode
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, StateType, Ticket, own_link
from pm_assistant.language.drafting import shares_subject
from pm_assistant.language.questions import Asks, Question, Span
from pm_assistant.language.ranking.mentions import keys_named_in
from pm_assistant.language.retrieval import Ranking
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation import replies
from pm_assistant.presentation.cards import concerned
from pm_assistant.presentation.i18n import Texts
from pm_assistant.presentation.reasons import reason_in
from pm_assistant.workflows.code.queries import (
    PullRequestFilter,
    PullRequestView,
    list_pull_requests,
    list_pull_requests_of,
)
from pm_assistant.workflows.pipeline.conversations import cited_messages
from pm_assistant.workflows.pipeline.queries import whole_tickets
from pm_assistant.workflows.pipeline.relations import blockers
from pm_assistant.workflows.pipeline.ticket_keys import ticket_with_key
from pm_assistant.workflows.pipeline.untracked import untracked_talk
from pm_assistant.workflows.tenants.audience import open_to_all

LIKELY = 0.5
"""From this probability on a ticket is named for talk that does not name it."""
MOST_FOUND = 3
"""Tickets that are named for the words of a question."""
MOST_PULL_REQUESTS = 3
LATEST = 200
"""Decisions that are looked through, changed last first."""
LOOKS_BACK = timedelta(days=7)
OVER = frozenset({DecisionState.DISMISSED, DecisionState.UNDONE})


class Knowledge:
    """What one person may be told.

    Args:
        account: of whoever asks, in the chat.
        texts: write in the language of whoever reads the answer.
        unit: of work.
    """

    def __init__(self, account: str, texts: Texts, unit: Unit) -> None:
        self._account, self._texts, self._unit = account, texts, unit
        self._tenant = unit.stores.tenants.get(unit.tenant_id)
        self._index: TeamIndex = unit.stores.index.read(unit.tenant_id)
        self._readable = {team.id for team in open_to_all(self._index.teams)}

    def answer(self, question: Question, talk: Conversation | None = None) -> Sequence[CardEntry]:
        """What is known; in its place what is not.

        Args:
            question: as it was read.
            talk: what was said before, which a question may be about.
        """
        return replies.bounded(list(self._lines(question, talk)), self._texts)

    def _lines(self, question: Question, talk: Conversation | None) -> Iterator[CardEntry]:
        match question.asks:
            case Asks.STATE | Asks.PEOPLE:
                yield from self._of_tickets(question, talk)
            case Asks.DOING | Asks.DONE:
                yield from self._of_person(question)
            case Asks.WAITING:
                yield from self._waiting()
            case Asks.UNTRACKED:
                yield from self._untracked()
            case _:
                assert_never(question.asks)

    # Tickets

    def tickets(self, question: Question, talk: Conversation | None) -> Sequence[Ticket]:
        """The tickets that a question is about, which everybody may read."""
        if question.keys:
            found = (ticket_with_key(key, self._index, self._unit) for key in question.keys)
            return [ticket for ticket in found if ticket is not None]
        if question.about:
            return self._like(question.about)
        return self._of_talk(talk) if talk is not None else ()

    def _of_tickets(self, question: Question, talk: Conversation | None) -> Iterator[CardEntry]:
        tickets = self.tickets(question, talk)
        blocking = blockers({ticket.id for ticket in tickets}, self._unit)
        for ticket in tickets:
            if question.asks is Asks.PEOPLE:
                yield replies.people_line(ticket, self._texts)
            else:
                yield replies.state_line(ticket, self._texts, blockers=blocking.get(ticket.id, ()), at=self._unit.now())
            built = filter(self._shows, list_pull_requests_of(ticket.id, self._unit))
            yield from (self._pull_request(each) for each in islice(built, MOST_PULL_REQUESTS))
        known = {key for ticket in tickets for key in (ticket.key, *ticket.former_keys)}
        missing = [key for key in question.keys if key not in known]
        if missing:
            yield replies.unknown_keys(missing, self._texts)
        elif not tickets:
            yield replies.sentence(replies.NO_TICKET_ABOUT if question.about else replies.NO_TICKET, self._texts)

    def _like(self, about: str) -> Sequence[Ticket]:
        """The tickets that words are most probably about, of those that share more than a passing word with them."""
        asked = Message(channel="", ts="0", root_ts="0", author="", text=about, received_at=self._unit.now())
        heads = [head for head, _ in self._ranked([asked]) if shares_subject(head.title, about)]
        return whole_tickets(heads[:MOST_FOUND], self._index, self._unit)

    def _of_talk(self, talk: Conversation) -> Sequence[Ticket]:
        """The tickets that a conversation names or has led to; else the one that it is most probably about."""
        said = talk.undeleted_messages
        tickets = self._index.tickets
        keys = {
            key
            for message in said
            for key in keys_named_in(message.text, tickets.with_key, workspace=tickets.workspace, quoted=True)
        }
        found_by_key = (ticket_with_key(key, self._index, self._unit) for key in sorted(keys))
        named = [ticket for ticket in found_by_key if ticket is not None]
        ids = {id for decision in self._decided_in(talk) for id in concerned(decision)}
        led_to = self._unit.stores.tickets.some(self._unit.tenant_id, ids) if ids else ()
        found = {t.id: t for t in (*named, *led_to) if t.team_id in self._readable}
        if found or not said:
            return list(found.values())
        heads = [head for head, probability in self._ranked(said) if probability >= LIKELY]
        return whole_tickets(heads[:1], self._index, self._unit)

    def _decided_in(self, talk: Conversation) -> Sequence[Decision]:
        roots = {message.root_ts for message in talk.messages}
        log = self._unit.stores.decisions
        decided = (d for root in roots for d in log.between(self._unit.tenant_id, talk.channel, root, root))
        surely = self._tenant.settings.ask_from
        return [d for d in decided if d.confidence >= surely and d.state not in OVER]

    def _ranked(self, said: Sequence[Message]) -> Sequence[tuple[TicketHead, float]]:
        ranking = Ranking(
            self._index.tickets,
            now=self._unit.now(),
            authors={},
            readable=lambda head: head.team_id in self._readable,
            workspace=self._index.tickets.workspace,
        )
        conversation = Conversation(channel=said[0].channel, messages=tuple(said))
        return ranking.shortlist(conversation).candidates

    # People

    def _of_person(self, question: Question) -> Iterator[CardEntry]:
        person = self._asker() if question.who is None else self._person(question.who)
        if person is None:
            yield replies.sentence(replies.NOBODY if question.who else replies.NOT_KNOWN, self._texts)
            return
        lines = list(self._doing(person) if question.asks is Asks.DOING else self._done(person, question.span))
        yield from lines
        if question.asks is Asks.DONE:
            yield from self._older_left_out(_span(question.span, self._now_of(person))[0])
        if not lines:
            nothing = replies.nothing_in_progress if question.asks is Asks.DOING else replies.nothing_done_by
            yield nothing(person.name, self._texts)

    def _asker(self) -> Member | None:
        chat = self._unit.provider(Role.CHAT)
        return next((m for m in self._index.people if m.accounts.get(chat) == self._account), None)

    def _person(self, who: str) -> Member | None:
        """Whoever goes by that account or name; nobody where several do."""
        chat = self._unit.provider(Role.CHAT)
        by_account = [member for member in self._index.people if member.accounts.get(chat) == who]
        found = by_account or [member for member in self._index.people if _goes_by(member, who)]
        return found[0] if len(found) == 1 else None

    def _own(self, person: Member) -> Sequence[Ticket]:
        account = person.accounts.get(self._unit.provider(Role.TRACKER))
        heads = self._index.tickets.of_assignee(account) if account is not None else ()
        return whole_tickets(heads, self._index, self._unit)

    def _doing(self, person: Member) -> Iterator[CardEntry]:
        for ticket in self._own(person):
            if ticket.state.type is StateType.STARTED:
                yield replies.ticket_line(f"{ticket.state.name}:", ticket)
        for pull_request in self._pull_requests(PullRequestFilter(author=person.id)):
            yield self._pull_request(pull_request)

    def _done(self, person: Member, span: Span) -> Iterator[CardEntry]:
        begun, until = _span(span, self._now_of(person))
        since = self._tenant.reaching(begun, at=self._unit.now())
        for ticket in self._own(person):
            if ticket.completed_at is not None and since <= ticket.completed_at < until:
                yield replies.ticket_line(f"{ticket.state.name}:", ticket)
        for pull_request in self._pull_requests(PullRequestFilter(author=person.id, over=True)):
            if pull_request.merged_at is not None and since <= pull_request.merged_at < until:
                yield self._pull_request(pull_request)

    def _now_of(self, person: Member) -> datetime:
        return self._unit.now().astimezone(person.zone)

    def _older_left_out(self, since: datetime) -> Iterator[CardEntry]:
        """That somebody's question goes further back than the team's plan; nothing where it does not."""
        shown_since = self._tenant.reaching(since, at=self._unit.now())
        if shown_since > since:
            yield CardEntry(headline=replies.beyond_plan(shown_since.date(), self._texts), answers=())

    def _pull_requests(self, criteria: PullRequestFilter) -> Sequence[PullRequestView]:
        page, _ = list_pull_requests(
            criteria, self._unit, before=None, limit=replies.MOST_LINES, fits_page=lambda _: True
        )
        return list(filter(self._shows, page))

    def _shows(self, pull_request: PullRequestView) -> bool:
        """Whether everybody may see a pull request: of a private repository even the name says something."""
        return not pull_request.private or self._tenant.settings.private_code is PrivateCode.EVERYTHING

    def _pull_request(self, shown: PullRequestView, *, headline: str | None = None) -> CardEntry:
        name = f"{shown.repository}#{shown.number} {shown.title}".strip()
        said = self._texts.gettext(headline or replies.STAGES[shown.stage])
        return replies.pull_request_line(said, name, shown.url)

    # What waits

    def _waiting(self) -> Iterator[CardEntry]:
        person, older = self._asker(), False
        lines: list[CardEntry] = []
        if person is not None:
            latest = [each for _, each in self._unit.stores.decisions.latest(self._unit.tenant_id, limit=LATEST)]
            older = more_may_wait(latest, limit=LATEST, at=self._unit.now())
            lines += self._asked(person, latest)
            awaited = self._pull_requests(PullRequestFilter(reviewer=person.id))
            lines += [self._pull_request(each, headline=replies.AWAITS_REVIEW) for each in awaited]
        if older:
            yield replies.sentence(replies.OLDER, self._texts)
        yield from lines
        if not lines:
            yield replies.sentence(replies.NOTHING_WAITS, self._texts)

    def _asked(self, person: Member, latest: Iterable[Decision]) -> Iterator[CardEntry]:
        """What people are asked about a person's tickets, or because of that person's own words."""
        own = {ticket.id: ticket for ticket in self._own(person)}
        base_url = self._index.base_urls.get(self._unit.provider(Role.CHAT))
        for decision in (each for each in latest if each.awaits_answer and not each.private and not each.outside):
            about = decision.action.about_ticket
            ticket = own.get(about or "")
            if ticket is None and not self._spoke(person, decision):
                continue
            if ticket is None and about is not None:
                ticket = next(iter(self._public([about])), None)
                if ticket is None:
                    continue
            url = own_link(decision.evidence[-1].url, base_url) if decision.evidence else None
            name = f"{ticket.key} {ticket.title}" if ticket else (decision.action.words or "").partition("\n")[0]
            if (where := url or (ticket.url if ticket else None)) is not None:
                yield replies.waiting_line(decision, name, where, self._texts)

    def _spoke(self, person: Member, decision: Decision) -> bool:
        account = person.accounts.get(self._unit.provider(Role.CHAT))
        return any(message.author == account for message in cited_messages(decision, self._unit))

    def _public(self, ids: Iterable[str]) -> Sequence[Ticket]:
        known = self._unit.stores.tickets.some(self._unit.tenant_id, {*ids})
        return [ticket for ticket in known if ticket.team_id in self._readable]

    def _untracked(self) -> Iterator[CardEntry]:
        base_url = self._index.base_urls.get(self._unit.provider(Role.CHAT))
        since = self._unit.now() - LOOKS_BACK
        talk = untracked_talk(since, self._tenant, self._unit)
        linked = [(d, own_link(d.evidence[0].url, base_url)) for d in talk if d.evidence]
        lines = [replies.talk_line(_gist(d, self._texts), url, self._texts) for d, url in linked if url]
        yield from lines
        yield from self._older_left_out(since)
        if not lines:
            yield replies.sentence(replies.NO_TALK, self._texts)


def _gist(decision: Decision, texts: Texts) -> str:
    return decision.action.title if isinstance(decision.action, CreateTicket) else reason_in(decision.reason, texts)


def _goes_by(member: Member, name: str) -> bool:
    """Whether somebody is called so, in full or by the first name."""
    asked, called = name.casefold().split(), member.name.casefold().split()
    return not member.left and bool(asked) and asked in (called, called[:1])


def _span(span: Span, now: datetime) -> tuple[datetime, datetime]:
    """From when to when that is, by the clock of whoever it is about; a week begins on Monday."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday, day = today - timedelta(days=today.weekday()), timedelta(days=1)
    match span:
        case "today":
            return today, today + day
        case "yesterday":
            return today - day, today
        case "week":
            return monday, monday + 7 * day
        case "last_week":
            return monday - 7 * day, monday
        case _:
            assert_never(span)
