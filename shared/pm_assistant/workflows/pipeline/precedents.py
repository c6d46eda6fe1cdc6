"""Search before create: whether what people ask for was asked for before, and what follows from that (ADR 52).

An open ticket is updated. One that was done within `FRESH` is opened again, which only a person may let us do. What was
closed before that stays closed, and the new ticket is its regression; unless people say that they open it again, or are
at it. What others look at or try out goes back to who works on it where they say so.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import Proposal
from pm_assistant.domain.drafts import Suggestion
from pm_assistant.domain.work import Message, StateType, Team, Ticket, TicketState
from pm_assistant.language import text
from pm_assistant.language.drafting import fails_again, is_begun, reopens, same_title
from pm_assistant.language.excerpts import excerpt, short_title
from pm_assistant.language.states import first_in_work

FRESH = timedelta(days=7)
"""What was done so lately was not done."""


class Precedents:
    """The tickets that there are, held against what is proposed.

    Args:
        tickets: those that may be meant.
        teams: whose they are.
        names: people's names by who they are in the chat.
        now: the time of judging.
    """

    def __init__(
        self, tickets: Iterable[Ticket], teams: Iterable[Team], names: Mapping[str, str], *, now: datetime
    ) -> None:
        self._tickets = {ticket.id: ticket for ticket in tickets}
        self._teams = {team.id: team for team in teams}
        self._names, self._now = names, now

    def applied(self, proposal: Proposal, cited: Sequence[Message]) -> Sequence[Proposal]:
        """What is proposed, given what there was before.

        Args:
            proposal: names no ticket but these.
            cited: the messages that it rests on.
        """
        match proposal.action:
            case Comment(ticket_id=ticket_id) as comment:
                ticket = self._tickets[ticket_id]
                if (moved := self._taken_back(proposal, ticket, cited)) is not None:
                    return [proposal, moved]
                said = self._back_after(ticket, cited)
                return [proposal] if said is None else self._again(proposal, ticket, said, comment, cited)
            case CreateTicket(regression_of=Suggestion(id=ticket_id, because=because)) as new:
                ticket = self._tickets[ticket_id]
                comment = Comment(ticket_id=ticket_id, summary=new.words or new.title)
                if not ticket.state.type.closed:
                    return [proposal.model_copy(update={"action": comment})]
                return self._again(proposal, ticket, because, comment, cited, new=new)
            case CreateTicket() as new:
                same = (t for t in self._tickets.values() if not t.state.type.closed and same_title(t.title, new.title))
                if (known := next(same, None)) is None:
                    return [proposal]
                comment = Comment(ticket_id=known.id, summary=new.words or new.title)
                return [proposal.model_copy(update={"action": comment, "reason": f"{known.key} is the same."})]
            case MoveTicket() | Ignore():
                return [proposal]
            case _:
                assert_never(proposal.action)

    def _taken_back(self, proposal: Proposal, ticket: Ticket, cited: Sequence[Message]) -> Proposal | None:
        """Back to work with what is looked at by others or tried out, if they say that it is taken back."""
        team = self._teams.get(ticket.team_id)
        to = first_in_work(team) if team is not None else None
        if team is None or to is None or ticket.state.type is not StateType.STARTED:
            return None
        because = next((said for m in cited if (said := reopens(text.plain(m.text, self._names)))), None)
        if because is None or not team.forwards(to, ticket.state):
            return None
        action = MoveTicket(ticket_id=ticket.id, to=to, backwards=True)
        return proposal.model_copy(update={"action": action, "reason": f"Taken back to be worked on: {because}"})

    def _back_after(self, ticket: Ticket, cited: Sequence[Message]) -> str | None:
        """The sentence by which a ticket that was done is not, said after that."""
        if ticket.state.type is not StateType.COMPLETED or ticket.completed_at is None:
            return None
        found = (reopens(said) or fails_again(said) for said in self._said_since_done(ticket, cited))
        return next((sentence for sentence in found if sentence is not None), None)

    def _said_since_done(self, ticket: Ticket, cited: Iterable[Message]) -> Sequence[str]:
        done_at = ticket.completed_at
        return [text.plain(m.text, self._names) for m in cited if done_at is not None and m.posted_at > done_at]

    def _again(
        self,
        proposal: Proposal,
        ticket: Ticket,
        because: str,
        comment: Comment,
        cited: Sequence[Message],
        *,
        new: CreateTicket | None = None,
    ) -> Sequence[Proposal]:
        """Open a ticket again that was done just now; else have a new one for what is back."""
        reason = f"{ticket.key} is closed, and this was said since: {because}"
        said = self._said_since_done(ticket, cited)
        is_taken_up = any(is_begun(each) or reopens(each) is not None for each in said)
        to = self._state_again(ticket, is_taken_up=is_taken_up)
        done = ticket.state.type is StateType.COMPLETED and ticket.completed_at is not None
        is_fresh = self._now - (ticket.completed_at or self._now) <= FRESH
        if to is not None and done and (is_fresh or is_taken_up):
            reopening = MoveTicket(ticket_id=ticket.id, to=to, backwards=True)
            changes = ({"action": comment}, {"action": reopening, "reason": reason})
            return [proposal.model_copy(update=change) for change in changes]
        lines = [(self._names.get(m.author, "Somebody"), text.plain(m.text, self._names)) for m in cited]
        made = new or CreateTicket(title=short_title(lines[0][1]) or ticket.title, description=excerpt(lines))
        before = Suggestion(id=ticket.id, name=ticket.key, because=because)
        action = made.model_copy(update={"regression_of": before})
        # Nobody proposed a new ticket: how sure the comment was says nothing of that.
        asks_first = proposal.asks_first or new is None
        return [proposal.model_copy(update={"action": action, "reason": reason, "asks_first": asks_first})]

    def _state_again(self, ticket: Ticket, *, is_taken_up: bool) -> TicketState | None:
        """Where it begins again: among what is worked on, if somebody says to be at it since it was done."""
        team = self._teams.get(ticket.team_id)
        if team is None:
            return None
        if is_taken_up and (in_work := first_in_work(team)) is not None:
            return in_work
        return team.first(StateType.UNSTARTED) or team.first(StateType.BACKLOG)
