"""What has to hold once everything has come to rest, whatever went wrong on the way; each law is a sentence.

A law yields what breaks it. Laws look at what people can see (vendors, log, cards), not at how we got there.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial, wraps
from typing import Protocol

from pm_assistant.domain.actions import (
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.jobs import ABANDONED_AFTER, JobKind, JobState
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Ticket
from pm_assistant.presentation.cards import card_of
from pm_assistant.presentation.escaping import escape_markdown
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.workflows.pipeline.answer import answer
from tests.builders import ACME, GLOBEX, TODO, a_ticket
from tests.chaos.faults import AWAY, Kind
from tests.chaos.world import ADA, MOST_RECEIVES, Worker, World

type Law = Callable[[World], Iterator[str]]


class SeenTracker(Protocol):
    """Tickets by id, and what is written on each by the comment's id."""

    @property
    def tickets(self) -> Mapping[str, Ticket]: ...  # noqa: D102

    @property
    def comments(self) -> Mapping[str, Mapping[str, str]]: ...  # noqa: D102


class Seen(Protocol):
    """What people see of a world that has come to rest, be it this folder's or the deployed stack (`tests/soak`).

    `comments` (texts) and `made` (tickets) are what we have left in the tracker; `questions` is what cards ask, as
    `decision:revision`.
    """

    @property
    def decisions(self) -> Sequence[Decision]: ...  # noqa: D102

    @property
    def tracker(self) -> SeenTracker: ...  # noqa: D102

    @property
    def comments(self) -> Mapping[str, str]: ...  # noqa: D102

    @property
    def made(self) -> Mapping[str, Ticket]: ...  # noqa: D102

    @property
    def questions(self) -> Collection[str]: ...  # noqa: D102


AROUND_SENDING = ("mailer.send", "stores.deliveries.finish")
OF_OTHERS = {Kind.TWIN, Kind.MEANWHILE}
GIVEN_UP = {Kind.BUG, Kind.REVOKED}
"""What is no matter of waiting: a message that meets it becomes a dead letter, and what it was to do fails visibly."""
LONGEST_CHAIN = 100
"""Of one function by itself, beside the one whose runs are counted: whatever goes round more often is a hot loop."""
FIRST_TICKETS = {f"ticket-{number}": TODO for number in range(1, 7)}


def nothing_is_left_under_way(world: World) -> Iterator[str]:
    """No decision waits for us, no message lies in a queue: what could be done has been done."""
    if locked_out(world):
        return
    for decision in world.decisions:
        if decision.unfinished and not gave_up(world):
            yield f"{_name(decision)} is still {decision.state}"
    for queue in world.all_queues:
        if queue.letters:
            yield f"{len(queue.letters)} messages never left the {queue.name} queue"


def nothing_is_parked(world: World) -> Iterator[str]:
    """Nothing becomes a dead letter that could have been done later; sent again once, nothing comes back."""
    if locked_out(world):
        return
    # A report is of no use a day later, and is given up then.
    outdated = Kind.AWAY_24H in world.befell and all(what.startswith("reports: ") for what in world.parked)
    if world.parked and not world.befell & GIVEN_UP and not outdated:
        yield f"parked: {dict(world.parked)}"
    elif left := [queue.name for queue in world.all_queues if queue.dead]:
        yield f"dead letters are left in {left}"


def a_failure_says_why(world: World) -> Iterator[str]:
    """What failed says why in the log, and fails for nothing that passes within hours."""
    lasting = locked_out(world) or world.befell & GIVEN_UP or "another workspace" in world.seen
    gone = {d.outcome.external_id for d in world.decisions if d.outcome and d.state is DecisionState.UNDONE}
    for decision in world.decisions:
        if decision.state is DecisionState.FAILED and not decision.error:
            yield f"{_name(decision)} failed and nobody knows why"
        elif decision.state is DecisionState.FAILED and not lasting and decision.action.about_ticket not in gone:
            yield f"{_name(decision)} failed for good: {decision.error}"


def what_is_done_is_there(world: Seen) -> Iterator[str]:
    """What the log calls done stands at the vendor, with the words of the log."""
    for decision in world.decisions:
        if decision.state is DecisionState.DONE and not _is_there(decision, world):
            yield f"{_name(decision)} is done, and not there"


def what_we_left_is_logged(world: Seen) -> Iterator[str]:
    """What we left at the vendor is what the log calls done, each by one decision; nothing is there twice."""
    claimed = Counter(d.outcome.external_id for d in world.decisions if d.outcome and _stands(d))
    for id in world.comments:
        if claimed[id] != 1:
            yield f"a comment is there that {claimed[id]} decisions have made"
    for id, ticket in world.made.items():
        if claimed[id] != 1:
            yield f"ticket {ticket.key} is there that {claimed[id]} decisions have made"


def moves_are_ours(world: World) -> Iterator[str]:
    """A ticket of before is where it was, or the log says that we moved it."""
    if any(hook.what == "ticket" for hook in world.hooks):
        return  # People have changed it.
    for id, state in FIRST_TICKETS.items():
        ticket = world.tracker.tickets.get(id)
        if ticket is None or ticket.state == state:
            continue
        if not any(_moved(decision, id) for decision in world.decisions if _stands(decision)):
            yield f"{id} was moved to {ticket.state.name}, and the log does not say by us"


def deleted_words_are_gone(world: World) -> Iterator[str]:
    """No words of a message that people deleted stand in a ticket, on a card, in the log or in a verdict, once told."""
    if any(hook.lost for hook in world.hooks if hook.what == "deleted") or gave_up(world):
        return
    tickets = [text for ticket in world.tracker.tickets.values() for text in (ticket.title, ticket.description)]
    entries = [entry for card in world.chat.cards.values() for entry in card.entries]
    cards = [text for entry in entries for text in (entry.headline, entry.link_text, entry.detail, entry.text)]
    for words in world.deleted:
        log = [decision.model_dump_json() for decision in world.decisions]
        verdicts = [d.model_dump_json() for kept in world.base.stores.conversations._verdicts.values() for d in kept]
        places = {"comment": world.comments.values(), "ticket": tickets, "card": cards, "log": log, "verdict": verdicts}
        for where, texts in places.items():
            if any(words in text for text in texts):
                yield f"deleted words stand in a {where}"


def no_lease_is_held(world: World) -> Iterator[str]:
    """Nobody who has gone keeps others from work, for longer than the longest lease lasts."""
    held, soon = world.base.stores.leases._held, world.at + timedelta(minutes=6)
    yield from (f"{key} is held until {until}" for (_, key), until in held.items() if until > soon)


def cards_ask_what_is_open(world: Seen) -> Iterator[str]:
    """Every open question is on a card, and no card asks anything else."""
    entitled = {f"{d.id}:{d.revision}" for d in world.decisions if d.awaits_answer and d.thread is not None}
    if superfluous := set(world.questions) - entitled:
        yield f"{len(superfluous)} questions on cards that are not open"
    if missing := entitled - set(world.questions):
        yield f"{len(missing)} open questions are on no card"


def cards_show_what_came_of_it(world: World) -> Iterator[str]:
    """A card says of every decision of its subject what the log says."""
    working = {
        connection.provider for connection in world.base.stores.connections.all(ACME) if not connection.broken_since
    }
    if Provider.SLACK not in working or gave_up(world):
        return
    subjects: dict[str, list[Decision]] = {}
    for decision in world.decisions:
        subjects.setdefault(decision.subject.id, []).append(decision)
    for decisions in subjects.values():
        if not any(decision.thread for decision in decisions):
            continue
        due_card = card_of(decisions, world.tracker.tickets, texts_in(None))
        shown = [card for card in world.chat.cards.values() if card.id == due_card.id]
        if len(shown) > 1:
            yield "a subject has two cards"
        lines = Counter(entry.headline for card in shown for entry in card.entries)
        due = Counter(entry.headline for entry in due_card.entries)
        if lines != due:
            yield f"the card says {sorted(lines)}, the log {sorted(due)}"


def what_was_done_can_be_undone(world: Seen) -> Iterator[str]:
    """Whatever we did, the log can take back."""
    for decision in world.decisions:
        if decision.state is DecisionState.DONE and not isinstance(decision.action, Ignore) and not decision.undoable:
            yield f"{_name(decision)} is done and cannot be undone"


def what_is_authentic_is_taken(world: World) -> Iterator[str]:
    """What a vendor really sent is never taken for a forgery, however late it comes again."""
    yield from (f"{hook.what} was refused" for hook in world.hooks if hook.refused)


def nobody_is_told_twice(world: World) -> Iterator[str]:
    """A report or notice comes once to the chat; by mail again only if we fell between sending and noting it."""
    for what, times in Counter((user, sent.id) for user, sent in world.chat.reports + world.chat.notices).items():
        if times > 1:
            yield f"{what[0]} was told {times} times in the chat"
    fell = sum(kind not in OF_OTHERS and name.startswith(AROUND_SENDING) for name, kind in world.fired)
    fell += bool(world.befell & AWAY.keys())
    fell += Kind.REVOKED in world.befell  # Each loss is told of.
    # Each attempt at a message that cannot be noted sends it.
    fell += 4 * MOST_RECEIVES * any(befallen == ("stores.deliveries.finish", Kind.BUG) for befallen in world.fired)
    for (to, subject), times in Counter((mail.to, mail.subject) for mail in world.base.mailer.sent).items():
        asked_twice = Kind.TWIN in world.befell and "invited" in subject
        if times > 1 + fell + asked_twice:
            yield f"{to} was mailed {times} times: {subject}"


def no_chain_goes_on_for_ever(world: World) -> Iterator[str]:
    """What a function asks of itself comes to an end, or to waiting in hours."""
    if world.longest_chain > LONGEST_CHAIN:
        yield f"a function ran {world.longest_chain} times in one trace"


def no_run_is_left_open(world: World) -> Iterator[str]:
    """Every run has come to its end, and says why if that was none; the end of a tenant waits for days."""
    for job in world.base.stores.jobs.latest(ACME, limit=20):
        seen = job.seen(world.at + ABANDONED_AFTER)
        if not seen.finished and job.order.kind is not JobKind.DELETE:
            yield f"the run {job.order.kind} is still {job.state}"
        elif seen.state is JobState.FAILED and not seen.error:
            yield f"the run {job.order.kind} failed and nobody knows why"


def no_schedule_is_left(world: World) -> Iterator[str]:
    """The clockwork holds what people have subscribed to, and nothing else that has no end."""
    wanted = {(ACME, wish.id) for wish in world.base.stores.subscriptions.all(ACME)}
    if left := world.base.schedules.recurring.keys() - wanted:
        yield f"schedules strike for nobody: {sorted(left)}"


def others_are_untouched(world: World) -> Iterator[str]:
    """Another tenant has what it had, and nothing of ours."""
    if world.base.stores.jobs.latest(GLOBEX, limit=1):
        return  # It has asked for something itself.
    if world.of_others() != world.others:
        yield "another tenant's rows have changed"


def the_index_is_true(world: World) -> Iterator[str]:
    """Our copies of tickets read as the tracker's do, where we or the tracker's own words have changed them."""
    taken_back = [decision for decision in world.decisions if decision.state is DecisionState.UNDONE]
    undone = {id for d in taken_back for id in (d.outcome and d.outcome.external_id, *d.action.tickets)}
    if gave_up(world) or any(hook.lost for hook in world.hooks) or "another workspace" in world.seen:
        return
    for ticket in world.base.stores.tickets.all(ACME):
        there = world.tracker.tickets.get(ticket.id)
        if ticket.id in undone:
            continue  # The tracker itself tells of that.
        if there is None or (ticket.title, ticket.state) != (there.title, there.state):
            yield f"our copy of {ticket.key} is not true"


def undoing_leaves_nothing(world: World) -> Iterator[str]:
    """Once all that can be undone is undone, the tracker is as it was, and log and cards say so."""
    wanted = [decision for decision in world.decisions if decision.undoable]
    if not wanted or locked_out(world):
        return
    makes_tickets = [isinstance(decision.action, CreateTicket) for decision in wanted]
    for last in (False, True):  # What is noted on a ticket of ours goes before it.
        for decision in itertools.compress(wanted, (made is last for made in makes_tickets)):
            world.ask("undo", partial(_undo, decision.id))
        world.run()
    ours = {decision.outcome.external_id for decision in wanted if decision.outcome}
    ours -= {id for id in world.made if world.tracker.stakes(id)}  # What is theirs stays.
    if left := (world.comments.keys() | world.made.keys()) & ours:
        yield f"{len(left)} things stand that were undone"
    for decision in wanted:
        if isinstance(decision.action, MoveTicket):
            id = decision.action.ticket_id
            if world.tracker.tickets[id].state != FIRST_TICKETS[id]:
                yield f"{id} is not back where it was"
    yield from what_we_left_is_logged(world)
    yield from moves_are_ours(world)
    yield from what_is_done_is_there(world)
    yield from cards_ask_what_is_open(world)
    yield from cards_show_what_came_of_it(world)


def _unless_given_up(law: Callable[[World], Iterator[str]]) -> Law:
    """A law that what failed for no passing reason, and is seen to have, may leave unfulfilled."""

    @wraps(law)
    def held(world: World) -> Iterator[str]:
        if not gave_up(world):
            yield from law(world)

    return held


LAWS: tuple[Law, ...] = (
    nothing_is_left_under_way,
    nothing_is_parked,
    a_failure_says_why,
    *map(_unless_given_up, (what_is_done_is_there, what_we_left_is_logged, moves_are_ours)),
    deleted_words_are_gone,
    no_lease_is_held,
    cards_ask_what_is_open,
    cards_show_what_came_of_it,
    what_was_done_can_be_undone,
    what_is_authentic_is_taken,
    nobody_is_told_twice,
    no_chain_goes_on_for_ever,
    no_run_is_left_open,
    no_schedule_is_left,
    others_are_untouched,
    the_index_is_true,
)
FINALLY: tuple[Law, ...] = (undoing_leaves_nothing,)
"""Laws that act themselves, and come after the path's own promise."""


def excused(world: World) -> bool:
    """Whether a path's promise need not be kept, because of something that people can see.

    A vendor or a person has given up on telling us, the analyst lied, or our access was lost and the admins were told:
    what somebody asked for in that moment is asked for again.
    """
    lost = any(hook.lost for hook in world.hooks)
    return lost or gave_up(world) or bool(world.befell & {Kind.LIE, Kind.REVOKED}) or locked_out(world)


def gave_up(world: World) -> bool:
    """Whether something failed that no waiting helps, and people see that, and can have it tried again."""
    if not world.befell & GIVEN_UP:
        return False
    jobs = (job for tenant_id in (ACME, GLOBEX) for job in world.base.stores.jobs.latest(tenant_id, limit=20))
    failed = any(decision.state is DecisionState.FAILED or decision.error for decision in world.decisions)
    return failed or bool(world.questions or world.parked) or any(job.state is JobState.FAILED for job in jobs)


def locked_out(world: World) -> bool:
    """Whether a vendor no longer lets us in and the owner was told: what waits then waits for a person."""
    broken = [c.provider for c in world.base.stores.connections.all(ACME) if c.broken_since]
    return Provider.LINEAR in broken and any(mail.to == "ada@acme.test" for mail in world.base.mailer.sent)


def _undo(decision_id: str, worker: Worker) -> None:
    answer(ADA, decision_id, "undo", worker)


def _name(decision: Decision) -> str:
    return f"{decision.action.kind} of {decision.action.about_ticket or 'a new ticket'}"


def _stands(decision: Decision) -> bool:
    """Whether what a decision has done is to be there, be it that a change of it is being asked for."""
    return decision.state not in {DecisionState.UNDONE, DecisionState.DISMISSED, DecisionState.LOGGED}


def _moved(decision: Decision, ticket_id: str) -> bool:
    moves = isinstance(decision.action, MoveTicket | CloseTree) and ticket_id in decision.action.tickets
    return moves and decision.undoable


def _is_there(decision: Decision, world: Seen) -> bool:
    id = decision.outcome.external_id if decision.outcome else ""
    match decision.action:
        case Comment(ticket_id=ticket_id, summary=summary):
            return escape_markdown(summary) in world.tracker.comments.get(ticket_id, {}).get(id, "\0")
        case CreateTicket(title=title):
            return id in world.made and world.made[id].title == title
        case MoveTicket(ticket_id=ticket_id, to=to):
            ticket = world.tracker.tickets.get(ticket_id, a_ticket())
            return ticket.state == to
        case CloseTree(closings=closings):
            return all(world.tracker.tickets[each.ticket_id].state == each.to for each in closings)
        case ChangeTicket() | LinkPullRequest() | Ignore():
            return True
