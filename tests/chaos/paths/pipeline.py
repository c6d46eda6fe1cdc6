"""From what people say and press to what stands in the tracker."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial

from pm_assistant.domain.answers import Answer, Edited
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.errors import RateLimited, UpstreamRejected
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, QuietHours, Rule
from pm_assistant.workflows.pipeline.answer import Details
from tests.builders import (
    ACME,
    DOING,
)
from tests.chaos.paths.path import (
    KINDS,
    OTHER,
    SECRET,
    WORDS,
    Path,
    Promise,
    has_effect,
    has_no_effect,
    has_no_effect_unless_it_was_faster,
    has_state,
    is_not_asked,
    on_the_way,
    run_job,
    said,
    see_what_is_done,
    set_up,
    text,
    told,
    undo,
    waiting,
)
from tests.chaos.world import CHANNEL, Script, World

ORDERS = list(itertools.product(itertools.permutations(range(4)), (1, 10, 70), (None, 0, 1, 2, 3)))
"""Every order of four deliveries, how many seconds apart, and which of them comes twice."""


def answered(world: World, kind: str, *, approve: bool) -> Script:
    """It is proposed, and a person answers."""
    verb, _, rest = KINDS[kind].partition(" ")
    world.say(text(WORDS, f"{verb}? {rest}".strip()))
    yield lambda: world.questions
    world.press(approve=approve)
    yield None


def undone(world: World, kind: str) -> Script:
    """What was done is taken back by a person."""
    yield from said(world, kind)
    yield from undo(world)


def undone_with_notes(world: World, *, elsewhere: bool) -> Script:
    """A ticket that was made is taken back after more was noted on it, in its own thread or in another one."""
    root = world.say(text(WORDS, "create"))
    yield lambda: _done(world, ActionKind.CREATE)
    world.say(text(WORDS, "comment made"), below=None if elsewhere else root)
    yield lambda: _done(world, ActionKind.COMMENT)
    yield from told(world, "undo", lambda decision: decision in _done(world, ActionKind.CREATE))


def undone_where_taken_up(world: World) -> Script:
    """A ticket that was made is taken back after somebody has written on in it."""
    yield from said(world, "create")
    for id, ticket in world.made.items():
        world.tracker.tickets[id] = ticket.model_copy(update={"description": THEIRS})
        world.seen.add("taken up")
    yield from undo(world)


def _done(world: World, kind: ActionKind) -> Sequence[Decision]:
    return [decision for decision in world.decisions if decision.performed and decision.action.kind == kind]


def at_night(world: World) -> Script:
    """It is said in quiet hours, in which nobody is told."""
    set_up(world, quiet_hours=QuietHours(start="09:00", end="15:00", time_zone="UTC"))
    world.say(text(WORDS, "comment 1"))
    yield timedelta(minutes=15)
    world.seen |= {"told at night"} if world.chat.cards else set()
    yield None


def connected_again(world: World) -> Script:
    """The tracker is disconnected while something is to be done, and connected again hours later."""
    connections = world.base.stores.connections
    connection = connections.get(ACME, Provider.LINEAR)
    connections.remove(ACME, Provider.LINEAR)
    world.say(text(WORDS, "comment 1"))
    yield timedelta(hours=4)
    connections.put(connection)
    yield from run_job(world, Order(kind=JobKind.SYNC, dry_run=False))


def forbidden(world: World) -> Script:
    """The team switches a rule off while something that it let through waits for a vendor."""
    yield from waiting(world, text(WORDS, "comment 1"))
    rules = world.base.stores.tenants.get(ACME).settings.rules
    set_up(world, rules={**rules, ActionKind.COMMENT: Rule(mode=Mode.OFF)})
    yield None


def tried_again(world: World) -> Script:
    """The tracker refuses for good, and a person has it tried again once that is mended."""
    world.tracker.fail_next(UpstreamRejected("issue is locked"))
    world.say(text(WORDS, "comment 1"))
    yield None

    yield from told(world, "retry", lambda decision: decision.state is DecisionState.FAILED)


def instead(world: World, verb: Answer, wish: Edited | str) -> Script:
    """It is proposed, and a person words it otherwise, or means another ticket."""
    world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    yield from told(world, verb, lambda decision: decision.awaits_answer, details=Details(instead=wish))


def muted(world: World) -> Script:
    """What is asked is muted on its card; then the same is said once more in its thread."""
    root = world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.mute("thread")
    yield None
    world.say(text(OTHER, "comment? 1"), below=root)
    yield None


def edited(world: World, *, when: str, ask: bool = False) -> Script:
    """What was said is said otherwise: once it is done, or while it waits for us."""
    order = "comment? 1" if ask else "comment 1"
    message = world.say(text(WORDS, order))
    if when == "queued":
        world.tracker.fail_next(RateLimited("slow down", retry_after=90))
        yield on_the_way(world)
        yield timedelta(seconds=1)
    elif ask:
        yield lambda: world.questions
        world.press(approve=True)
        yield None
    else:
        yield None
    world.edit(message, text(OTHER, order))
    yield None


def deleted(world: World, kind: str, *, when: str) -> Script:
    """One message of a thread is deleted: while what it asks for waits, is under way, or is done."""
    root = world.say("Morning, look at this")
    yield timedelta(seconds=1)
    verb, _, rest = KINDS[kind].partition(" ")
    order = f"{verb}? {rest}".strip() if when == "asked" else KINDS[kind]
    message = world.say(text(SECRET, order), below=root)
    if when == "queued":
        world.tracker.fail_next(RateLimited("slow down", retry_after=90))
    if when == "acting":
        world.tracker.lose_next_answer()
    if when in {"queued", "acting"}:
        yield on_the_way(world)
        yield timedelta(seconds=1)
    if when == "asked":
        yield lambda: world.questions
    if when == "done":
        yield None
    see_what_is_done(world)
    world.delete(message, words=SECRET)
    yield None


def edited_away(world: World) -> Script:
    """A message that asked for something is changed so that it asks for nothing any more, while a card asks."""
    message = world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.edit(message, "Never mind")
    yield None


def deleted_where_noted(world: World) -> Script:
    """What a ticket was made of is deleted after others have spoken of that ticket."""
    root = world.say(text(SECRET, "create"))
    yield lambda: _done(world, ActionKind.CREATE)
    world.say(text("That password once more", "comment made"))
    yield lambda: _done(world, ActionKind.COMMENT)
    world.delete(root, words=SECRET)
    yield None


def gone(world: World, *, told: bool) -> Script:
    """A ticket that a question is about is thrown away: the tracker tells of that, or the approval finds out."""
    world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.tracker.tickets.pop("ticket-1", None)
    if told:
        world.from_linear("removed", {"type": "Issue", "action": "remove", "data": {"id": "ticket-1"}})
    else:
        world.press(approve=True)
    yield None


def four_tickets(world: World) -> Script:
    """A standup in a thread that names four tickets: eight actions, which eight workers take at once."""
    world.crowded = True
    root = world.say("Standup")
    for number in range(1, 5):
        yield timedelta(seconds=1)
        world.say(f"Did part {number} of ENG-{number} {{comment {number}}} {{move {number}}}", below=root)
    yield None


def shuffled(world: World) -> Script:
    """A message, a reply, the reply's edit and a second reply's deletion arrive in any order, one of them twice."""
    order, gap, doubled = ORDERS[world.variant]
    root = world.spoken(text(WORDS, "comment 1"))
    reply = world.spoken(text("First", "comment 2"), below=root)
    secret = world.spoken(text(SECRET, "comment 3"), below=root)
    deliveries: list[Callable[[], None]] = [
        partial(world.deliver_said, root),
        partial(world.deliver_said, reply),
        partial(world.edit, reply, text(OTHER, "comment 2")),
        partial(world.delete, secret, words=SECRET),
    ]
    for number in order:
        deliveries[number]()
        yield timedelta(seconds=gap)
    if doubled is not None:
        deliveries[doubled]()
    yield None


def stands_on_the_other_ticket(world: World) -> Iterator[str]:
    """It stands once, on the ticket that the person meant, and nothing is asked any more."""
    counts = {id: len(comments) for id, comments in world.tracker.comments.items() if comments}
    if {"ticket-2": 1} != counts:
        yield f"comments by tickets: {counts}"
    yield from ["somebody is still asked"] if world.questions else []


def is_muted(world: World) -> Iterator[str]:
    """One rule says so, and nothing is asked any more."""
    rules = world.base.stores.tenants.get(ACME).rules
    if [(CHANNEL, "never")] != [(rule.channel, rule.effect) for rule in rules]:
        yield f"the rules: {rules}"
    yield from has_no_effect(world)


THEIRS = "It happens in Firefox alone"
"""What somebody writes into a ticket of ours."""

# Promises


def asks_anew(world: World) -> Iterator[str]:
    """Somebody is asked about the change, or it has been made."""
    yield from () if world.questions else has_effect(world, "comment", OTHER)


def is_told_in_the_morning(world: World) -> Iterator[str]:
    """What was to be done is done, and the card came when the quiet was over."""
    yield from has_effect(world, "comment")
    if "told at night" in world.seen:
        yield "somebody was told at night"
    if not world.chat.cards:
        yield "nobody was told in the morning"


def takes_words_back(world: World) -> Iterator[str]:
    """Nothing of what was deleted stands anywhere; `deleted_words_are_gone` says where it does."""
    if not world.decisions:
        yield "the log has forgotten what was done"


def stands_with_its_note(world: World) -> Iterator[str]:
    """The ticket is there, and what others have said on it, unless it was gone before they said so."""
    noted = [body for id in world.made for body in world.tracker.comments.get(id, {}).values()]
    gone = any(decision.state is DecisionState.UNDONE for decision in world.decisions)
    if not gone and (len(world.made) != 1 or len(noted) != 1 or WORDS not in noted[0]):
        yield f"{len(world.made)} tickets with {len(noted)} comments"


def stands_as_theirs(world: World) -> Iterator[str]:
    """The ticket is there with its new text, and the log says that this keeps it, unless it came after the undoing."""
    if "taken up" not in world.seen:
        return
    yield from () if [THEIRS] == [ticket.description for ticket in world.made.values()] else ["it was taken back"]
    if not any(decision.error and "(text)" in decision.error for decision in world.decisions):
        yield "the log does not say why it stands"


def has_eight_effects(world: World) -> Iterator[str]:
    """Each of the four tickets has its comment and has moved."""
    tickets = [f"ticket-{number}" for number in range(1, 5)]
    if short := [id for id in tickets if len(world.tracker.comments.get(id, {})) != 1]:
        yield f"no comment on {short}"
    if short := [id for id in tickets if world.tracker.tickets[id].state != DOING]:
        yield f"not moved: {short}"


def is_shuffled(world: World) -> Iterator[str]:
    """What stands in the end is commented on, as it reads in the end."""
    first, second = (list(world.tracker.comments.get(f"ticket-{number}", {}).values()) for number in (1, 2))
    if len(first) != 1 or WORDS not in first[0] or len(second) != 1 or OTHER not in second[0]:
        yield "the comments are not what people said in the end"


def _of_each_kind(name: str, script: Callable[..., Script], promise: Callable[..., Iterator[str]]) -> dict[str, Path]:
    def promised(kind: str) -> Promise:
        return partial(promise, kind=kind) if promise is has_effect else promise

    return {f"{name}-{kind}": Path(partial(script, kind=kind), promised(kind)) for kind in KINDS}


PATHS: dict[str, Path] = {
    **_of_each_kind("said", said, has_effect),
    **_of_each_kind("approve", partial(answered, approve=True), has_effect),
    **_of_each_kind("dismiss", partial(answered, approve=False), partial(has_state, state=DecisionState.DISMISSED)),
    **_of_each_kind("undo", undone, partial(has_state, state=DecisionState.UNDONE)),
    "undo-noted": Path(partial(undone_with_notes, elsewhere=False), has_no_effect),
    "undo-noted-elsewhere": Path(partial(undone_with_notes, elsewhere=True), stands_with_its_note),
    "undo-taken-up": Path(undone_where_taken_up, stands_as_theirs),
    "reword": Path(
        partial(instead, verb="edit", wish=Edited(text=OTHER)), partial(has_effect, kind="comment", words=OTHER)
    ),
    "relink": Path(partial(instead, verb="relink", wish="ENG-2"), stands_on_the_other_ticket),
    "mute": Path(muted, is_muted),
    "edit-done": Path(partial(edited, when="done"), partial(has_effect, kind="comment", words=OTHER)),
    "edit-approved": Path(partial(edited, when="done", ask=True), asks_anew),
    "edit-queued": Path(partial(edited, when="queued"), partial(has_effect, kind="comment", words=OTHER)),
    "edit-asked-away": Path(edited_away, has_no_effect),
    **_of_each_kind("delete-asked", partial(deleted, when="asked"), has_no_effect),
    **_of_each_kind("delete-queued", partial(deleted, when="queued"), has_no_effect_unless_it_was_faster),
    **_of_each_kind("delete-acting", partial(deleted, when="acting"), takes_words_back),
    "delete-done": Path(partial(deleted, kind="comment", when="done"), takes_words_back),
    "delete-noted": Path(deleted_where_noted, takes_words_back),
    "gone-told": Path(partial(gone, told=True), is_not_asked),
    "gone-approved": Path(partial(gone, told=False), is_not_asked),
    "four-tickets": Path(four_tickets, has_eight_effects),
    "orders": Path(shuffled, is_shuffled, variants=len(ORDERS)),
    "at-night": Path(at_night, is_told_in_the_morning),
    "connected-again": Path(connected_again, partial(has_effect, kind="comment")),
    "forbidden": Path(forbidden, has_no_effect_unless_it_was_faster),
    "tried-again": Path(tried_again, partial(has_effect, kind="comment")),
}
