"""Chat, tracker, analyst and OAuth app in memory; the contract suites hold them to what the real adapters do."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import SecretStr

from pm_assistant.domain.actions import ChangeTicket, Comment, CreateTicket, MoveTicket, TicketField
from pm_assistant.domain.catch_up import PlanningPage, TicketPage
from pm_assistant.domain.connections import Callback, Grant, InstallRedirect
from pm_assistant.domain.decisions import NO_ODDS, NOTHING_TO_UNDO, Judgement, Outcome, Stake
from pm_assistant.domain.drafts import NO_DETAILS, TicketDetails
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    Gone,
    InvalidRequest,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.events import TicketRemoved
from pm_assistant.domain.forms import Form
from pm_assistant.domain.home import Home
from pm_assistant.domain.people import Flaw, Listing, Participant
from pm_assistant.domain.planning import (
    Attachment,
    PlannedIds,
    PlanningPart,
    Relation,
    RelationList,
    RelationType,
    TicketComment,
)
from pm_assistant.domain.previews import Preview
from pm_assistant.domain.replies import Reply
from pm_assistant.domain.reports import Card, Notice, Report
from pm_assistant.domain.surfaces import SessionStatus
from pm_assistant.domain.tenants import Credentials, Member, Provider
from pm_assistant.domain.work import (
    Channel,
    ChannelPage,
    Conversation,
    Listed,
    Message,
    MessagePage,
    Team,
    Ticket,
    TicketState,
)

FIRST_TS = 1_800_000_000
TICKETS_PAGE = 3
PEOPLE_PAGE = 200
CHANNELS_PAGE = 100
HISTORY_EVERY, HISTORY_PAGE, CLOCKS_DIFFER = timedelta(minutes=1), 15, timedelta(minutes=1)


def _said(message: Message) -> datetime:
    """When a message came to read as it does."""
    return datetime.fromtimestamp(float(message.edited_ts or message.ts), UTC)


class Failing:
    """A vendor that can be told to misbehave on its next write."""

    def __init__(self) -> None:
        self._error: ProductError | None = None
        self._lose = False

    def fail_next(self, error: ProductError) -> None:
        """Refuse the next write and leave no trace of it."""
        self._error = error

    def lose_next_answer(self) -> None:
        """Carry out the next write and then fail to say so."""
        self._lose = True

    @contextmanager
    def _write(self) -> Iterator[None]:
        error, self._error = self._error, None
        if error is not None:
            raise error
        yield
        lose, self._lose = self._lose, False
        if lose:
            raise UpstreamUnavailable("the answer was lost")


def page_of[T](rows: Sequence[T], cursor: str | None, flaws: Iterable[Flaw] = ()) -> Listing[T]:
    """A page of a list."""
    start = int(cursor or 0)
    end = start + PEOPLE_PAGE
    return Listing(rows[start:end], flaws, cursor=str(end) if end < len(rows) else None)


class FakeChat(Failing):
    """A workspace that an app may ask once a minute what was said, as Slack's unlisted apps may.

    Args:
        messages: what was said so far.
        members: the people.
        clock: tells the time.
        history_every: how long it wants to be left alone after it was asked.

    Attributes:
        cards: what stands in threads, by (channel, ts); `threads` says in which.
        reports: what was sent to whom; so do `notices`.
        history_reads: how often it was asked what was said.
        listings: how often it was asked for its channels.
        flaws: what is wrong with single rows of the list of people.
        whispers: what one person alone was told: channel, thread, person and text.
        triggers: what lets us show a form.
        forms: what was shown, by what let us.
        answerable: how often each address still takes an answer.
        answers: what one person alone was answered, and at which address.
        homes: what people's own pages show, by person; `versions` says how often that has changed.
        unfurl_ids: what lets us show what is behind links.
        unfurled: what is shown there, by link.
        details: what one person was shown of a link, by what let us.
        sessions: how far we were in each thread, one after the other.
        absent: who is in no channel.
        closed: the channels in which we may not write.
        removed: where people have removed what stood there.
        places: channels that are there though nothing was said in them.
        listeners: who is in which channel.
        folded: what was sent into threads: the root's ts and the report; `reports` has it, too.
    """

    def __init__(
        self,
        *,
        messages: Sequence[Message] = (),
        members: Sequence[Member] = (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        history_every: timedelta = HISTORY_EVERY,
    ) -> None:
        super().__init__()
        self._history_every = history_every
        self.messages = list(messages)
        self.people = list(members)
        self.clock = clock
        self.cards: dict[tuple[str, str], Card] = {}
        self.reports: list[tuple[str, Report]] = []
        self.notices: list[tuple[str, Notice]] = []
        self.threads: dict[tuple[str, str], str] = {}
        self.flaws: list[Flaw] = []
        self.absent: set[str] = set()
        self.closed: set[str] = set()
        self.removed: set[str] = set()
        self.places: dict[str, Channel] = {}
        self.listeners: dict[str, list[str]] = {}
        self.folded: list[tuple[str, Report]] = []
        self.whispers: list[tuple[str, str, str, str]] = []
        self.triggers: set[str] = {"trigger-1"}
        self.forms: dict[str, Form] = {}
        self.answerable: dict[str, int] = {}
        self.answers: list[tuple[str, Reply]] = []
        self.homes: dict[str, Home] = {}
        self.versions: Counter[str] = Counter()
        self.unfurl_ids: set[str] = {"unfurl-1"}
        self.unfurled: dict[str, dict[str, Preview]] = {}
        self.details: dict[str, Preview | None] = {}
        self.sessions: dict[tuple[str, str], list[SessionStatus]] = {}
        self.history_reads = 0
        self.listings = 0
        self._asked_at: datetime | None = None
        self._sent: list[tuple[tuple[str, ...], str, datetime]] = []

    def channels(self, *, cursor: str | None = None) -> ChannelPage:
        """A page of the channels in which something was said."""
        self.listings += 1
        channels: dict[str, Channel] = {}
        for message in self.messages:
            known = channels.get(message.channel, Channel(id=message.channel, name=message.channel.lower()))
            change = {"private": known.private or message.private, "outside": known.outside or message.outside}
            channels[message.channel] = known.model_copy(update=change)
        ids, start = sorted(channels), int(cursor or 0)
        end = start + CHANNELS_PAGE
        page = tuple(channels[id] for id in ids[start:end])
        return ChannelPage(channels=page, cursor=str(end) if end < len(ids) else None)

    def history(
        self,
        channel: Channel,
        *,
        since: datetime,
        roots_since: datetime,
        until: datetime | None = None,
        cursor: str | None = None,
    ) -> MessagePage:
        """A page of what was said or edited in a channel since then, latest first; nothing of one that is not there."""
        self._ask()
        if all(message.channel != channel.id for message in self.messages):
            return MessagePage()
        roots = [m for m in self.messages if m.channel == channel.id and not m.is_reply and m.posted_at >= roots_since]
        roots = [m for m in roots if until is None or m.posted_at <= until]
        roots.sort(key=lambda message: float(message.ts), reverse=True)
        page, following = self._page(roots, cursor)
        said = {m.root_ts for m in self.messages if m.channel == channel.id and m.is_reply and _said(m) >= since}
        known = {m.ts for m in self.messages if m.channel == channel.id and not m.is_reply}
        threads = [message.ts for message in page if message.ts in said]
        # Of a thread whose root we were not given, whoever asks for it knows.
        threads += sorted(said - known) if cursor is None else []
        fitting = tuple(message for message in page if _said(message) >= since)
        rationed = following is not None and len(page) <= HISTORY_PAGE and self._history_every > timedelta(0)
        oldest = min((message.posted_at for message in page), default=None)
        return MessagePage(
            messages=fitting,
            listed=tuple(self._listed(message) for message in page),
            threads=tuple(threads),
            oldest=oldest,
            rationed=rationed,
            cursor=following,
        )

    def _listed(self, root: Message) -> Listed:
        below = [m.ts for m in self.messages if (m.channel, m.root_ts) == (root.channel, root.ts) and m.is_reply]
        return Listed(ts=root.ts, replies=len(below), latest_reply=max(below, key=float, default=None))

    def replies(self, channel: Channel, root_ts: str, *, since: datetime, cursor: str | None = None) -> MessagePage:
        """A page of what was replied in a thread since then."""
        self._ask()
        if all(message.channel != channel.id for message in self.messages):
            return MessagePage()
        thread = [m for m in self.messages if (m.channel, m.root_ts) == (channel.id, root_ts) and m.is_reply]
        thread = sorted((m for m in thread if _said(m) >= since), key=lambda message: float(message.ts))
        page, following = self._page(thread, cursor)
        return MessagePage(messages=tuple(page), listed=tuple(Listed(ts=m.ts) for m in page), cursor=following)

    @staticmethod
    def _page(messages: Sequence[Message], cursor: str | None) -> tuple[Sequence[Message], str | None]:
        start = int(cursor or 0)
        end = start + HISTORY_PAGE
        return messages[start:end], str(end) if end < len(messages) else None

    def members(self) -> Listing[Member]:
        """The people."""
        return Listing(self.people, self.flaws)

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """A page of them; what is wrong with any is said on the first."""
        return page_of(self.people, cursor, () if cursor else self.flaws)

    def member(self, user_id: str) -> Member:
        """One of them."""
        found = next((person for person in self.people if person.id == user_id), None)
        if found is None:
            raise NotFound("user_not_found")
        return found.model_copy(update={"accounts": {Provider.SLACK: user_id}})

    def post(self, channel: str, root_ts: str, card: Card) -> str:
        """Put a card into a thread."""
        with self._write():
            self._check_open(channel)
            ts = self._note(channel, root_ts, card.id)
            self.cards[channel, ts] = card
            self.threads[channel, ts] = root_ts
        return ts

    def find_card(self, channel: str, root_ts: str, card: Card, *, since: datetime) -> str | None:
        """Where a card stands that was posted since then."""
        ts = self._find((channel, root_ts, card.id), since)
        return ts if (channel, ts) in self.cards else None

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace a card's content."""
        with self._write():
            self._check_open(channel)
            if (channel, ts) not in self.cards:
                raise NotFound("message_not_found")
            self.cards[channel, ts] = card

    def open_form(self, trigger_id: str, form: Form) -> None:
        """Show a form, once for each press that is not too long ago."""
        with self._write():
            if trigger_id not in self.triggers:
                raise NotFound("expired_trigger_id")
            self.forms.setdefault(trigger_id, form)

    def publish_home(self, user_id: str, home: Home, *, over: str | None = None) -> str:
        """Show a person's own page; whoever is in no channel has none."""
        with self._write():
            if user_id in self.absent:
                raise NotFound("user_not_found")
            if over is not None and over != str(self.versions[user_id]):
                raise Conflict("hash_conflict")
            self.homes[user_id] = home
            self.versions[user_id] += 1
        return str(self.versions[user_id])

    def unfurl(self, unfurl_id: str, source: str, previews: Mapping[str, Preview]) -> None:
        """Show previews below links."""
        with self._write():
            if unfurl_id not in self.unfurl_ids:
                raise NotFound("cannot_unfurl_message")
            self.unfurled[unfurl_id] = dict(previews)

    def present_details(self, trigger_id: str, details: Preview | None) -> None:
        """Show one person more."""
        with self._write():
            if trigger_id not in self.triggers:
                raise NotFound("invalid_trigger_id")
            self.details[trigger_id] = details

    def show_session(self, channel: str, root_ts: str, status: SessionStatus, *, title: str | None = None) -> None:
        """Show whether we are at work."""
        with self._write():
            self._check_open(channel)
            self.sessions.setdefault((channel, root_ts), []).append(status)

    def post_ephemeral(self, channel: str, root_ts: str, user_id: str, text: str) -> None:
        """Say something to one person alone."""
        with self._write():
            self._check_open(channel)
            if user_id in self.absent:
                raise NotFound("user_not_in_channel")
            self.whispers.append((channel, root_ts, user_id, text))

    def channel(self, channel_id: str) -> Channel:
        """One that is there."""
        said = [message for message in self.messages if message.channel == channel_id]
        if channel_id in self.places:
            return self.places[channel_id]
        if not said:
            raise NotFound("channel_not_found")
        signs = {"private": any(m.private for m in said), "outside": any(m.outside for m in said)}
        return Channel(id=channel_id, name=channel_id.lower(), **signs)

    def people_in(self, channel_id: str) -> Sequence[str]:
        """Who is in one."""
        return self.listeners.get(self.channel(channel_id).id, [])

    def post_report(self, channel_id: str, report: Report, *, below: str | None = None) -> str:
        """Post a report."""
        self._check_open(channel_id)
        return self.direct_message(channel_id, report, below=below)

    def update_report(self, channel_id: str, ts: str, report: Report) -> None:
        """Replace what a report says."""
        with self._write():
            self._check_open(channel_id)
            stands = next((key for key, at, _ in self._sent if (key[0], at) == (channel_id, ts)), None)
            if stands is None or ts in self.removed:
                raise NotFound("message_not_found")
            place = next(n for n, known in enumerate(self.reports) if (known[0], known[1].id) == (stands[0], stands[2]))
            self.reports[place] = (channel_id, report)

    def find_report(self, channel_id: str, report: Report, *, since: datetime, below: str | None = None) -> str | None:
        """Where a report stands that was posted since then."""
        return self.find_direct_message(channel_id, report, since=since, below=below)

    def respond(self, address: str, reply: Reply) -> None:
        """Answer one person, as often as the address takes it."""
        with self._write():
            if self.answerable.get(address, 0) < 1:
                raise NotFound("used_url")
            self.answerable[address] -= 1
            self.answers.append((address, reply))

    def direct_channel(self, user_id: str) -> str:
        """The conversation with one person."""
        return f"D{user_id.removeprefix('U')}"

    def direct_message(self, user_id: str, report: Report | Notice, *, below: str | None = None) -> str:
        """Send a report or notice."""
        with self._write():
            match report:
                case Report():
                    self.reports.append((user_id, report))
                    self.folded += [(below, report)] if below is not None else []
                case Notice():
                    self.notices.append((user_id, report))
            return self._note(user_id, below or "", report.id)

    def find_direct_message(
        self, user_id: str, report: Report | Notice, *, since: datetime, below: str | None = None
    ) -> str | None:
        """Where a report or notice stands that was sent since then."""
        return self._find((user_id, below or "", report.id), since)

    def give_another_id(self, channel: str, now: str) -> None:
        """Let a channel stand under another id with all that is in it; nobody writes under the old one any more."""
        self.cards = {(now if its == channel else its, ts): card for (its, ts), card in self.cards.items()}
        self.threads = {(now if its == channel else its, ts): root for (its, ts), root in self.threads.items()}
        self._sent = [((now if key[0] == channel else key[0], *key[1:]), ts, at) for key, ts, at in self._sent]
        self.closed.add(channel)

    def _note(self, *key: str) -> str:
        ts = f"{FIRST_TS + len(self._sent)}.000100"
        self._sent.append((key, ts, self.clock()))
        return ts

    def _find(self, key: tuple[str, ...], since: datetime) -> str | None:
        self._ask()
        return next((ts for known, ts, at in self._sent if known == key and at >= since - CLOCKS_DIFFER), None)

    def _ask(self) -> None:
        now = self.clock()
        if self._asked_at is not None and now < self._asked_at + self._history_every:
            left = self._asked_at + self._history_every - now
            raise RateLimited("asked what was said less than a minute ago", retry_after=left.total_seconds())
        self._asked_at = now
        self.history_reads += 1

    def _check_open(self, channel: str) -> None:
        if channel in self.closed:
            raise NotFound("restricted_action")


STAKES = {
    "title": Stake.TITLE,
    "description": Stake.TEXT,
    "state": Stake.STATE,
    "team_id": Stake.TEAM,
    "assignee_id": Stake.ASSIGNEE,
    "priority": Stake.PRIORITY,
    "labels": Stake.LABELS,
    "parent_id": Stake.PARENT,
    "project": Stake.PROJECT,
    "cycle": Stake.CYCLE,
    "estimate": Stake.ESTIMATE,
    "due_date": Stake.DUE_DATE,
}
"""What each field of a ticket stands for, where people have changed it."""


class FakeTracker(Failing):
    """An organisation: its tickets by id, and the comments of each ticket by their id.

    Whoever changes these by hand does what people do there.

    Attributes:
        removed: what was thrown away.
        planning: what is known beside the tickets, without what we have written.
        relations: what tickets are to each other.
        ticket_reads: how often a page of tickets was asked for.
        asked_for: what was asked for by ids, each time.
    """

    def __init__(
        self,
        *,
        tickets: Sequence[Ticket] = (),
        teams: Sequence[Team] = (),
        members: Sequence[Member] = (),
        clock: Callable[[], datetime] = lambda: datetime.fromtimestamp(FIRST_TS, UTC),
    ) -> None:
        super().__init__()
        self.clock = clock
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.comments: dict[str, dict[str, str]] = {}
        self.taken_up: dict[str, set[Stake]] = {}
        """What people have put on tickets and comments, by their ids, that is not to be seen of these themselves."""
        self._ours: dict[str, Ticket | str] = {}
        """Tickets and comments by their ids, as we wrote them last."""
        self._teams = {team.id: team for team in teams}
        self._members = list(members)
        self.flaws: list[Flaw] = []
        self.removed: list[TicketRemoved] = []
        self.planning: list[PlanningPart] = []
        self.relations: list[Relation] = []
        self.ticket_reads = 0
        self.asked_for: list[PlannedIds] = []

    def read_tickets(
        self, *, since: datetime | None, until: datetime | None = None, cursor: str | None = None
    ) -> TicketPage:
        """A page of the tickets changed within a stretch of time, changed last first."""
        self.ticket_reads += 1
        changed = [t for t in self.tickets.values() if until is None or t.updated_at <= until]
        changed = [ticket for ticket in changed if since is None or ticket.updated_at >= since]
        changed.sort(key=lambda ticket: (ticket.updated_at, ticket.id), reverse=True)
        start = next((n for n, ticket in enumerate(changed, start=1) if ticket.id == cursor), 0)
        page, after = changed[start : start + TICKETS_PAGE], changed[start + TICKETS_PAGE :]
        removed = [] if since is None or cursor else [gone for gone in self.removed if gone.at >= since]
        planning = self._planning(since, 0) if until is None and cursor is None else PlanningPage()
        following = page[-1].id if after else None
        return TicketPage(tickets=tuple(page), removed=tuple(removed), cursor=following, planning=planning)

    def read_planning(self, *, since: datetime | None, cursor: str) -> PlanningPage:
        """The page behind that cursor of what was changed beside the tickets."""
        return self._planning(since, int(cursor))

    def which_are_there(self, ids: PlannedIds) -> PlannedIds:
        """Those that are there."""
        self.asked_for.append(ids)
        planned = {kind: {p.id for p in self.planning if isinstance(p, kind)} for kind in (TicketComment, Attachment)}
        return PlannedIds(
            tickets=ids.tickets & self.tickets.keys(),
            comments=ids.comments & planned[TicketComment],
            attachments=ids.attachments & planned[Attachment],
        )

    def _planning(self, since: datetime | None, start: int) -> PlanningPage:
        changed = [part for part in self.planning if since is None or part.at >= since]
        changed.sort(key=lambda part: (part.at, part.id), reverse=True)
        page, after = changed[start : start + TICKETS_PAGE], changed[start + TICKETS_PAGE :]
        relations = RelationList(relations=tuple(self.relations)) if start == 0 else None
        cursor = str(start + TICKETS_PAGE) if after else None
        return PlanningPage(parts=tuple(page), relations=relations, cursor=cursor)

    def teams(self) -> Listing[Team]:
        """Teams with their states."""
        return Listing(self._teams.values())

    def page_of_teams(self, *, cursor: str | None = None) -> Listing[Team]:
        """A page of them."""
        return page_of(list(self._teams.values()), cursor)

    def members(self) -> Listing[Member]:
        """The people."""
        return Listing(self._members, self.flaws)

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """A page of them."""
        return page_of(self._members, cursor, () if cursor else self.flaws)

    def add_team(self, team: Team) -> None:
        """Found a team, or change one."""
        self._teams[team.id] = team

    def add_member(self, member: Member) -> None:
        """Let somebody in."""
        self._members.append(member)

    def planned(self, action: Comment | CreateTicket | MoveTicket | ChangeTicket, *, id: str) -> Outcome:
        """What a write would leave."""
        match action:
            case Comment():
                return Outcome(external_id=id, url="", inverse=_call("commentDelete", id=id))
            case CreateTicket():
                return Outcome(external_id=id, url="", inverse=_call("issueDelete", unseen=True, id=id))
            case MoveTicket(ticket_id=ticket_id, to=to, backwards=backwards):
                return self._planned_move(self._ticket(ticket_id), to, backwards=backwards)
            case ChangeTicket(ticket_id=ticket_id):
                return self._planned_change(self._ticket(ticket_id), action)

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write the comment of that id, or bring its text up to date."""
        with self._write():
            ticket = self._ticket(ticket_id)
            self.comments.setdefault(ticket_id, {})[id] = self._ours[id] = body
        return Outcome(external_id=id, url=f"{ticket.url}#comment-{id}", inverse=_call("commentDelete", id=id))

    def create(
        self,
        team_id: str,
        *,
        id: str,
        title: str,
        body: str,
        priority: int,
        details: TicketDetails = NO_DETAILS,
    ) -> tuple[Ticket, Outcome]:
        """Create the ticket of that id, or return the one that is there."""
        with self._write():
            team = self._teams.get(team_id)
            if team is None:
                raise UpstreamRejected("Entity not found: Team")
            if id not in self.tickets:
                new = self._new(team, id, title, body, priority).model_copy(update=self._fields(details))
                self.tickets[id] = self._ours[id] = new
                if details.regression_of is not None:
                    known = {"id": f"regression-{id}", "ticket_id": id, "other_id": details.regression_of}
                    self.relations.append(Relation(**known, type=RelationType.RELATED, at=self.clock()))
        ticket = self.tickets[id]
        inverse = _call("issueDelete", unless_left=ticket.state.id, id=id)
        digest = ticket.text_digest if (title, body) == (ticket.title, ticket.description) else None
        return ticket, Outcome(external_id=id, url=ticket.url, inverse=inverse, text_digest=digest)

    def rewrite(self, ticket_id: str, *, title: str, body: str) -> Ticket:
        """Replace a ticket's title and description."""
        with self._write():
            before = self._ticket(ticket_id)
            later = before.updated_at + timedelta(seconds=1)
            self._write_on(ticket_id, {"title": title, "description": body, "updated_at": later})
        return self.tickets[ticket_id]

    def move(self, ticket_id: str, to: TicketState, *, backwards: bool = False) -> tuple[Ticket, Outcome]:
        """Put a ticket into a state if that is a step forwards, or one back is wanted."""
        with self._write():
            before = self._ticket(ticket_id)
            outcome = self._planned_move(before, to, backwards=backwards)
            if outcome.inverse != NOTHING_TO_UNDO:
                later = before.updated_at + timedelta(seconds=1)
                self._write_on(ticket_id, {"state": to, "updated_at": later})
        return self.tickets[ticket_id], outcome

    def change(self, action: ChangeTicket) -> tuple[Ticket, Outcome]:
        """Give a ticket's field another value unless it has it already."""
        with self._write():
            before = self._ticket(action.ticket_id)
            outcome = self._planned_change(before, action)
            if outcome.inverse != NOTHING_TO_UNDO:
                later = before.updated_at + timedelta(seconds=1)
                self._write_on(before.id, {**self._changed(before, action), "updated_at": later})
        return self.tickets[before.id], outcome

    def undo(self, outcome: Outcome) -> Collection[Stake]:
        """Take back what an action left, or say what of others' keeps it."""
        back = json.loads(outcome.inverse)
        if not back:
            return ()
        with self._write():
            id, unless_left = back["variables"]["id"], back.get("unless_left")
            if back["operation"] == "commentDelete":
                return self._uncomment(id)
            ticket, before = self.tickets.get(id), back["variables"].get("input", {})
            goal = before.get("stateId")
            if ticket is None or ticket.state.id == goal:
                return ()
            if before and goal is None:
                return self._unchange(ticket, before, unless_left)
            moved = unless_left != ticket.state.id and not back.get("unseen")
            if goal is None:
                return self.stakes(id) or ([Stake.STATE] if moved else self._remove(id))
            if moved or Stake.STATE in self.stakes(id):
                return [Stake.STATE]
            state = next(state for state in self._teams[ticket.team_id].states if state.id == goal)
            self._write_on(id, {"state": state})
            return ()

    def stakes(self, id: str) -> Collection[Stake]:
        """What people have put on a ticket of ours, in the order in which it is told."""
        ours, now = self._ours.get(id), self.tickets[id]
        found = set(self.taken_up.get(id, ()))
        if isinstance(ours, Ticket):
            found |= {stake for field, stake in STAKES.items() if getattr(ours, field) != getattr(now, field)}
        if any(ticket.parent_id == id for ticket in self.tickets.values()):
            found.add(Stake.CHILDREN)
        return [stake for stake in Stake if stake in found]

    def _uncomment(self, id: str) -> Collection[Stake]:
        holder = next((comments for comments in self.comments.values() if id in comments), None)
        if holder is None:
            return ()
        edited = holder[id] != self._ours.get(id, holder[id])
        found = self.taken_up.get(id, set()) | ({Stake.TEXT} if edited else set())
        if not found:
            del holder[id]
        return [stake for stake in Stake if stake in found]

    def _remove(self, id: str) -> Collection[Stake]:
        self.removed.append(TicketRemoved(ticket_id=id, at=self.clock()))
        del self.tickets[id]
        self.comments.pop(id, None)
        self.relations = [relation for relation in self.relations if relation.id != f"regression-{id}"]
        return ()

    def _write_on(self, id: str, change: Mapping[str, object]) -> None:
        """Change a ticket; what people have changed of it stays theirs."""
        ours = self._ours.get(id, self.tickets[id])
        assert isinstance(ours, Ticket)
        self._ours[id] = ours.model_copy(update=change)
        self.tickets[id] = self.tickets[id].model_copy(update=change)

    def _planned_change(self, ticket: Ticket, action: ChangeTicket) -> Outcome:
        inverse, to, before = NOTHING_TO_UNDO, action.to.id, {"assignee_id": ticket.assignee_id}
        match action.field:
            case TicketField.ASSIGNEE:
                is_so = ticket.assignee_id == to
            case TicketField.PRIORITY:
                is_so, before = str(ticket.priority) == to, {"priority": str(ticket.priority)}
            case TicketField.LABEL:
                is_so, before = to in ticket.label_ids, {"label_ids": to}
        if not is_so:
            inverse = _call("issueUpdate", unless_left=to, id=ticket.id, input=before)
        return Outcome(external_id=ticket.id, url=ticket.url, inverse=inverse)

    def _changed(self, ticket: Ticket, action: ChangeTicket) -> Mapping[str, object]:
        """What a change writes."""
        match action.field:
            case TicketField.ASSIGNEE:
                found = self._fields(TicketDetails(assignee_id=action.to.id))
                return {name: found[name] for name in ("assignee_id", "assignee_name")}
            case TicketField.PRIORITY:
                return {"priority": int(action.to.id)}
            case TicketField.LABEL:
                found = self._fields(TicketDetails(label_ids=(*ticket.label_ids, action.to.id)))
                return {name: found[name] for name in ("label_ids", "labels")}

    def _unchange(self, ticket: Ticket, before: Mapping[str, str | None], left: str) -> Collection[Stake]:
        """Take a change back, unless people have changed the same since."""
        taken_up = self.taken_up.get(ticket.id, ())
        match before:
            case {"label_ids": label}:
                kept = {id: name for id, name in zip(ticket.label_ids, ticket.labels, strict=True) if id != label}
                self._write_on(ticket.id, {"label_ids": tuple(kept), "labels": tuple(kept.values())})
            case {"assignee_id": account} if ticket.assignee_id != account:
                if ticket.assignee_id != left or Stake.ASSIGNEE in taken_up:
                    return [Stake.ASSIGNEE]
                self._write_on(ticket.id, {"assignee_id": account, "assignee_name": self._name_of(account)})
            case {"priority": str(priority)} if str(ticket.priority) != priority:
                if str(ticket.priority) != left or Stake.PRIORITY in taken_up:
                    return [Stake.PRIORITY]
                self._write_on(ticket.id, {"priority": int(priority)})
        return ()

    def _name_of(self, account: str | None) -> str | None:
        named = {member.accounts.get(Provider.LINEAR): member.name for member in self._members}
        return named.get(account) if account else None

    def _planned_move(self, ticket: Ticket, to: TicketState, *, backwards: bool) -> Outcome:
        inverse = NOTHING_TO_UNDO
        if self._teams[ticket.team_id].forwards(ticket.state, to) or (backwards and ticket.state.id != to.id):
            inverse = _call("issueUpdate", unless_left=to.id, id=ticket.id, input={"stateId": ticket.state.id})
        return Outcome(external_id=ticket.id, url=ticket.url, inverse=inverse)

    def _ticket(self, ticket_id: str) -> Ticket:
        if ticket_id not in self.tickets:
            raise Gone("Entity not found: Issue")
        return self.tickets[ticket_id]

    def _fields(self, details: TicketDetails) -> Mapping[str, object]:
        accounts = {member.accounts.get(Provider.LINEAR): member for member in self._members}
        named = {id: label for t in self.tickets.values() for id, label in zip(t.label_ids, t.labels, strict=False)}
        if details.assignee_id is not None and details.assignee_id not in accounts:
            raise UpstreamRejected("Entity not found: User")
        if not named.keys() >= {*details.label_ids}:
            raise UpstreamRejected("Entity not found: IssueLabel")
        if details.parent_id is not None and details.parent_id not in self.tickets:
            raise UpstreamRejected("Entity not found: Issue (parent)")
        if details.regression_of is not None and details.regression_of not in self.tickets:
            raise UpstreamRejected("Entity not found: Issue")
        return {
            "assignee_id": details.assignee_id,
            "label_ids": tuple(details.label_ids),
            "parent_id": details.parent_id,
            "assignee_name": accounts[details.assignee_id].name if details.assignee_id else None,
            "labels": tuple(named[id] for id in details.label_ids),
        }

    def _new(self, team: Team, id: str, title: str, body: str, priority: int) -> Ticket:
        key = f"{team.key}-{len(self.tickets) + 1}"
        now = self.clock()
        return Ticket(
            id=id,
            key=key,
            title=title,
            description=body,
            url=f"https://tracker.test/issue/{key}",
            state=team.states[0],
            team_id=team.id,
            creator_id="lin-app",
            priority=priority,
            created_at=now,
            updated_at=now,
        )


class FakeAnalyst:
    """Gives the answers it was made with, one by one; an error among them is raised. More questions are a mistake.

    Attributes:
        seen: the conversations it was asked about.
        seen_candidates: the tickets it was given with each of them.
        seen_languages: the language it was asked to write in with each of them.
    """

    def __init__(self, *answers: Judgement | Exception) -> None:
        self._answers = list(answers)
        self.seen: list[Conversation] = []
        self.seen_candidates: list[Sequence[Ticket]] = []
        self.seen_languages: list[str | None] = []
        self.seen_odds: list[Mapping[str, float]] = []

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self.seen)

    def judge(
        self,
        conversation: Conversation,
        *,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Participant],
        now: datetime,
        language: str | None = None,
        odds: Mapping[str, float] = NO_ODDS,
    ) -> Judgement:
        """Give the next answer."""
        self.seen.append(conversation)
        self.seen_candidates.append(candidates)
        self.seen_languages.append(language)
        self.seen_odds.append(odds)
        if not self._answers:
            raise AssertionError("the analyst was asked once more than the test expects")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class _Consent:
    redirect_uri: str
    challenge: str


class FakeOAuthApp(Failing):
    """Our app at a vendor: `consent` is the person on its page, `end` the person who throws us out.

    Args:
        provider: which vendor; matters for what errors say.
        external_id: the workspace that a person lets us into.
        granted: the scopes that are granted; all, unless said, and with None the vendor does not say.
        lifetime: how long an access token lives; None for ever.
        installed: without, the first consent leads to the page for installing.
        clock: tells the time.

    Attributes:
        base_url: where that workspace's pages are.
        refreshes: how often credentials were refreshed.
        revoked: the workspaces that were revoked, each with whether as a whole.
    """

    scopes: Sequence[str] = ("read", "write")

    def __init__(
        self,
        provider: Provider = Provider.SLACK,
        *,
        external_id: str = "T0ACME",
        granted: Sequence[str] | None = ("read", "write"),
        lifetime: timedelta | None = None,
        installed: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.external_id = external_id
        self.base_url = f"https://{provider}.test/acme/"
        self.refreshes = 0
        self.revoked: list[tuple[str, bool]] = []
        self._provider = provider
        self.granted = granted
        self._lifetime = lifetime
        self._installed = installed
        self._clock = clock
        self._made = 0
        self._codes: dict[str, _Consent] = {}
        self._live: set[str] = set()

    def consent(self, url: str) -> Callback:
        """Let the app in on the page it sent a person to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = self._new("code")
        self._codes[code] = _Consent(asked["redirect_uri"], asked.get("challenge", ""))
        self._installed = self._installed or "install" in asked
        return Callback(state=asked["state"], code=code)

    def accepts(self, credentials: Credentials) -> bool:
        """Whether the vendor still lets somebody in with these."""
        return credentials.access_token.get_secret_value() in self._live

    def end(self) -> None:
        """Throw the app out."""
        self._live.clear()

    def authorize_url(self, *, state: str, redirect_uri: str, challenge: str, install: bool = False) -> str:
        """The page on which a person lets us in."""
        asked = {"state": state, "redirect_uri": redirect_uri}
        asked |= {"install": "yes"} if install else {"challenge": challenge}
        return f"https://{self._provider}.test/authorize?{urlencode(asked)}"

    def exchange(self, callback: Callback, *, redirect_uri: str, verifier: str) -> Grant | InstallRedirect:
        """Turn a code into a grant, once."""
        if not callback.code:
            raise InvalidRequest("no code", field="code")
        with self._write():
            consent = self._codes.pop(callback.code, None)
            if consent is None or consent.redirect_uri != redirect_uri or consent.challenge != _challenge(verifier):
                raise UpstreamRejected("invalid_code")
            if not self._installed:
                return InstallRedirect()
            return Grant(
                external_id=self.external_id,
                name="Acme",
                app_user_id="U0APP",
                base_url=self.base_url,
                credentials=self._credentials(),
                scopes=tuple(self.granted or ()),
            )

    def refresh(self, external_id: str, credentials: Credentials) -> Credentials:
        """Get fresh credentials for those that were never refreshed before."""
        with self._write():
            spent = credentials.refresh_token
            if spent is None or spent.get_secret_value() not in self._live:
                raise AccessRevoked("invalid_grant", provider=self._provider)
            self._live.remove(spent.get_secret_value())
            self.refreshes += 1
            scopes = tuple(self.granted) if self.granted is not None else None
            return self._credentials().model_copy(update={"scopes": scopes})

    def revoke(self, external_id: str, credentials: Credentials, *, whole: bool = True) -> None:
        """Forget the app, or these credentials alone."""
        with self._write():
            self.revoked.append((external_id, whole))
            for secret in (credentials.access_token, credentials.refresh_token):
                self._live.discard(secret.get_secret_value() if secret else "")
            if whole:
                self._live.clear()

    def _credentials(self) -> Credentials:
        ends = self._clock() + self._lifetime if self._lifetime else None
        access, refresh = self._new("access"), self._new("refresh") if self._lifetime else None
        self._live |= {access} | ({refresh} if refresh else set())
        secret = SecretStr(refresh) if refresh else None
        return Credentials(access_token=SecretStr(access), refresh_token=secret, expires_at=ends)

    def _new(self, kind: str) -> str:
        self._made += 1
        return f"{kind}-{self._made}"


def _challenge(verifier: str) -> str:
    """PKCE's challenge (S256); none for no verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() if verifier else ""


def _call(operation: str, *, unless_left: str | None = None, unseen: bool = False, **variables: object) -> str:
    return json.dumps({"operation": operation, "variables": variables, "unless_left": unless_left, "unseen": unseen})
