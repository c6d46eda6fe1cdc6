"""Chat, tracker and analyst in memory; the contract suites hold them to what the real adapters do."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pm_assistant.domain.decisions import Judgement, Outcome
from pm_assistant.domain.errors import NotFound, ProductError, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.reports import Card, Report
from pm_assistant.domain.tenants import Member
from pm_assistant.domain.work import Conversation, Message, Team, Ticket, TicketState

FIRST_TS = 1_800_000_000


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


class FakeChat(Failing):
    """A workspace: what was said in it, the cards in its threads by (channel, ts), the reports sent to people."""

    def __init__(self, *, messages: Sequence[Message] = (), members: Sequence[Member] = ()) -> None:
        super().__init__()
        self.messages = list(messages)
        self.people = list(members)
        self.cards: dict[tuple[str, str], Card] = {}
        self.reports: list[tuple[str, Report]] = []
        self._threads: dict[tuple[str, str], str] = {}

    def messages_since(self, since: datetime) -> Sequence[Message]:
        """Messages said or edited since then, oldest first."""

        def written(message: Message) -> float:
            return float(message.edited_ts or message.ts)

        return sorted((m for m in self.messages if written(m) >= since.timestamp()), key=lambda m: float(m.ts))

    def members(self) -> Sequence[Member]:
        """The people."""
        return list(self.people)

    def post(self, channel: str, root_ts: str, card: Card) -> str:
        """Put a card into a thread, or bring the one of that id up to date."""
        with self._write():
            present = (
                ts
                for (where, ts), known in self.cards.items()
                if known.id == card.id and where == channel and self._threads[where, ts] == root_ts
            )
            ts = next(present, f"{FIRST_TS + len(self.cards)}.000100")
            self.cards[channel, ts] = card
            self._threads[channel, ts] = root_ts
        return ts

    def update(self, channel: str, ts: str, card: Card) -> None:
        """Replace a card's content."""
        with self._write():
            if (channel, ts) not in self.cards:
                raise NotFound("message_not_found")
            self.cards[channel, ts] = card

    def direct_message(self, user_id: str, report: Report) -> str:
        """Send a report unless that person has the one of that id."""
        with self._write():
            if (user_id, report.id) not in [(user, sent.id) for user, sent in self.reports]:
                self.reports.append((user_id, report))
        return f"https://chat.test/{user_id}/{report.id}"


class FakeTracker(Failing):
    """An organisation: its tickets by id, and the comments of each ticket by their id."""

    def __init__(
        self, *, tickets: Sequence[Ticket] = (), teams: Sequence[Team] = (), members: Sequence[Member] = ()
    ) -> None:
        super().__init__()
        self.tickets = {ticket.id: ticket for ticket in tickets}
        self.comments: dict[str, dict[str, str]] = {}
        self._teams = {team.id: team for team in teams}
        self._members = list(members)

    def tickets_since(self, since: datetime | None) -> Sequence[Ticket]:
        """Tickets changed since then."""
        return [ticket for ticket in self.tickets.values() if since is None or ticket.updated_at >= since]

    def teams(self) -> Sequence[Team]:
        """Teams with their states."""
        return list(self._teams.values())

    def members(self) -> Sequence[Member]:
        """The people."""
        return list(self._members)

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write the comment of that id, or bring its text up to date."""
        with self._write():
            ticket = self._ticket(ticket_id)
            self.comments.setdefault(ticket_id, {})[id] = body
        return Outcome(external_id=id, url=f"{ticket.url}#comment-{id}", inverse=_call("commentDelete", id=id))

    def create(self, team_id: str, *, id: str, title: str, body: str, priority: int) -> tuple[Ticket, Outcome]:
        """Create the ticket of that id, or return the one that is there."""
        with self._write():
            team = self._teams.get(team_id)
            if team is None:
                raise UpstreamRejected("Entity not found: Team")
            if id not in self.tickets:
                self.tickets[id] = self._new(team, id, title, body, priority)
        ticket = self.tickets[id]
        return ticket, Outcome(external_id=id, url=ticket.url, inverse=_call("issueDelete", id=id))

    def move(self, ticket_id: str, to: TicketState) -> tuple[Ticket, Outcome]:
        """Put a ticket into a state if that is a step forwards."""
        inverse = "{}"
        with self._write():
            before = self._ticket(ticket_id)
            if self._teams[before.team_id].forwards(before.state, to):
                inverse = _call("issueUpdate", id=ticket_id, input={"stateId": before.state.id})
                later = before.updated_at + timedelta(seconds=1)
                self.tickets[ticket_id] = before.model_copy(update={"state": to, "updated_at": later})
        ticket = self.tickets[ticket_id]
        return ticket, Outcome(external_id=ticket_id, url=ticket.url, inverse=inverse)

    def _ticket(self, ticket_id: str) -> Ticket:
        if ticket_id not in self.tickets:
            raise UpstreamRejected("Entity not found: Issue")
        return self.tickets[ticket_id]

    def _new(self, team: Team, id: str, title: str, body: str, priority: int) -> Ticket:
        key = f"{team.key}-{len(self.tickets) + 1}"
        now = datetime.fromtimestamp(FIRST_TS, UTC)
        return Ticket(
            id=id,
            key=key,
            title=title,
            description=body,
            url=f"https://tracker.test/issue/{key}",
            state=team.states[0],
            team_id=team.id,
            priority=priority,
            created_at=now,
            updated_at=now,
        )


class FakeAnalyst:
    """Gives the answers it was made with, one by one; an error among them is raised. More questions are a mistake.

    Attributes:
        seen: the conversations it was asked about.
        seen_candidates: the tickets it was given with each of them.
    """

    def __init__(self, *answers: Judgement | Exception) -> None:
        self._answers = list(answers)
        self.seen: list[Conversation] = []
        self.seen_candidates: list[Sequence[Ticket]] = []

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
        people: Sequence[Member],
        now: datetime,
    ) -> Judgement:
        """Give the next answer."""
        self.seen.append(conversation)
        self.seen_candidates.append(candidates)
        if not self._answers:
            raise AssertionError("the analyst was asked once more than the test expects")
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _call(operation: str, **variables: object) -> str:
    return json.dumps({"operation": operation, "variables": variables})
