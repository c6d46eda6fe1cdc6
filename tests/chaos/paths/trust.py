"""Who may say what, what people take back, and what the team changes while something waits."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotFound, RateLimited, UpstreamRejected
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.tenants import Provider, Standing, TenantState
from pm_assistant.workflows.tenants.closing import call_off, close
from pm_assistant.workflows.tenants.erasing import ask_to_erase
from tests.builders import ACME, DOING, NOW, TODO, a_connection, a_member, a_message, an_account
from tests.chaos.paths.path import (
    SECRET,
    WORDS,
    Path,
    Promise,
    has_effect,
    has_no_effect_unless_it_was_faster,
    jobs_are_done,
    on_the_way,
    run_job,
    set_up,
    text,
    told,
    waiting,
)
from tests.chaos.world import ADA, CHANNEL, Script, Worker, World

MEMBER = Caller(tenant_id=ACME, kind="account", id="account-eve", name="eve@acme.test", scope=ADA.scope)


def pressed_by(world: World, who: str, standing: Standing | None, *, known: bool = False) -> Script:
    """It is proposed, and somebody presses who may not, or of whom we have not heard yet."""
    if standing is not None:
        person = a_member(who, standings={Provider.SLACK: standing})
        world.chat.people.append(person)
        if known:
            world.base.stores.directory.put_members(ACME, [person.model_copy(update={"standings": {}})])
    world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.press(approve=True, by=f"U0{who.upper()}")
    yield None


def retried_by_button(world: World) -> Script:
    """The tracker refuses for good, and somebody presses the button that has it tried again."""
    world.tracker.fail_next(UpstreamRejected("issue is locked"))
    world.say(text(WORDS, "comment 1"))
    yield None
    world.press_button("retry", lambda: world.buttons("retry"))
    yield None


def lost_right(world: World) -> Script:
    """Somebody approves by the API and is removed before that is carried out."""
    accounts = world.base.stores.accounts
    accounts.put(an_account(ACME, "eve"))
    world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.later(0, lambda: accounts.remove(ACME, "account-eve"))
    yield from told(world, "approve", lambda decision: decision.awaits_answer, MEMBER)


def unsaid(world: World, *, verb: str) -> Script:
    """What was done no longer follows from what people say, and somebody answers whether to undo it."""
    message = world.say(text(WORDS, "move 1"))
    yield None
    world.edit(message, "Never mind")
    yield lambda: world.questions
    world.press(approve=verb == "undo")
    yield None


def created_and_deleted(world: World) -> Script:
    """A ticket was made of two messages, one of which is deleted."""
    root = world.say("Morning, look at this")
    yield timedelta(seconds=1)
    world.say(f"{WORDS} {{create}}", below=root)
    message = world.say(f"{SECRET} {{create}}", below=root)
    yield None
    world.delete(message, words=SECRET)
    yield None


def one_of_two_deleted(world: World, *, when: str) -> Script:
    """A comment rests on two messages, one of which is deleted, before or after it is written."""
    root = world.say("Morning, look at this")
    yield timedelta(seconds=1)
    world.say(text(WORDS, "comment 1"), below=root)
    message = world.say(text(SECRET, "comment 1"), below=root)
    if when == "queued":
        world.tracker.fail_next(RateLimited("slow down", retry_after=90))
        yield on_the_way(world)
        yield timedelta(seconds=1)
    else:
        yield None
    world.delete(message, words=SECRET)
    yield None


def erased(world: World) -> Script:
    """A person's data is erased while something that they said waits for the tracker."""
    yield from waiting(world, text(SECRET, "comment 1"))
    world.deleted.append(SECRET)
    world.ask("erase", lambda worker: ask_to_erase("U0ADA", worker, asked_by=ADA.actor))
    yield None


def expired(world: World) -> Script:
    """What was said has ended with its time while what it asks for waits for the tracker."""
    world.tracker.fail_next(RateLimited("slow down", retry_after=90))
    world.say(text(WORDS, "comment 1"))
    yield on_the_way(world)
    yield lambda: world.decisions
    if world.decisions:
        world.base.stores.messages._messages.clear()
    yield None


def unread(world: World) -> Script:
    """The team has a channel not read any more while something that was said there waits."""
    yield from waiting(world, text(WORDS, "comment 1"))
    channels = world.base.stores.tenants.get(ACME).settings.channels
    set_up(world, channels=channels.model_copy(update={"deny": (CHANNEL,)}))
    yield None


def closing_meanwhile(world: World) -> Script:
    """The team announces its end while a card asks, somebody answers in vain, and the end is called off."""
    world.say(text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.ask("close", lambda worker: close("Acme", worker, asked_by=ADA.actor))
    yield timedelta(hours=30)
    world.press(approve=True)
    yield timedelta(hours=1)

    def restores(worker: Worker) -> None:
        if world.base.stores.tenants.get(ACME).state is not TenantState.CLOSING:
            raise NotFound("its end has not been announced yet")
        call_off(worker)

    world.ask("restore", restores)
    world.horizon = NOW + timedelta(days=9)
    yield timedelta(hours=30)
    world.press(approve=True)
    yield None


def swapped(world: World) -> Script:
    """The tracker is disconnected while something waits, and another of its workspaces is connected."""
    connections = world.base.stores.connections
    connections.remove(ACME, Provider.LINEAR)
    world.say(text(WORDS, "comment 1"))
    yield timedelta(hours=4)
    sealed = world.sealed(Provider.LINEAR)
    world.tracker.tickets.pop("ticket-1")
    world.seen.add("another workspace")
    connections.put(a_connection(ACME, Provider.LINEAR, external_id="linear-new", sealed_credentials=sealed))
    yield from run_job(world, Order(kind=JobKind.SYNC, dry_run=False))


def moved_by_run(world: World) -> Script:
    """Somebody asks for what was said to move tickets, and for nothing else."""
    for number in (1, 2):
        message = a_message(-1_000 * number, text(WORDS, f"move {number}") + f" {{comment {number}}}")
        world.base.stores.messages.record(ACME, message, keep_days=90)
    order = Order(kind=JobKind.MOVE_TICKETS, dry_run=False, since=NOW - timedelta(hours=2))
    yield from run_job(world, order)


def limited(world: World, port: str) -> Script:
    """A vendor wants for two hours to be asked a few seconds later, again and again."""
    world.limit(port, retry_after=5, lasts=timedelta(hours=2))
    world.say(text(WORDS, "comment 1"))
    yield None


# Promises


def is_refused(world: World, *, told: bool = True) -> Iterator[str]:
    """Nothing is done, the card asks on, and whoever pressed was told so alone."""
    if {DecisionState.PROPOSED} != {decision.state for decision in world.decisions}:
        yield "it was taken for an answer"
    if told and not world.chat.whispers:
        yield "nobody was told that it does not count"


def is_kept(world: World) -> Iterator[str]:
    """It stands as it was, and nobody is asked any more."""
    if world.tracker.tickets["ticket-1"].state != DOING:
        yield "what was to stay was taken back"
    if world.questions:
        yield "somebody is still asked"


def is_back(world: World) -> Iterator[str]:
    """It was taken back, and nobody is asked any more."""
    if world.tracker.tickets["ticket-1"].state != TODO or world.questions:
        yield "it was not taken back"


def is_erased(world: World) -> Iterator[str]:
    """The person is gone; `deleted_words_are_gone` says where words are left."""
    if any(member.id == "U0ADA" for member in world.base.stores.directory.members(ACME)):
        yield "the person is still known"


def says_the_rest(world: World) -> Iterator[str]:
    """What others said stays said."""
    if not any(WORDS in body for body in world.comments.values()):
        yield "what others said is gone, too"


def ticket_stands(world: World) -> Iterator[str]:
    """There is one ticket, without the words; or none, where the deletion came in between, and the log says so."""
    withdrawn = [decision.state for decision in world.decisions] == [DecisionState.DISMISSED]
    if len(world.made) != (0 if withdrawn else 1):
        yield f"{len(world.made)} tickets"


def fails_visibly(world: World) -> Iterator[str]:
    """What cannot be done any more is said to have failed."""
    if [DecisionState.FAILED] != [decision.state for decision in world.decisions]:
        yield f"{[decision.state.value for decision in world.decisions]}"


def is_done_or_asked(world: World) -> Iterator[str]:
    """The answer that counted was carried out, or none has been given since it counts again."""
    if not world.questions:
        yield from has_effect(world, "comment")


def only_moves(world: World) -> Iterator[str]:
    """Both tickets have moved, and nothing is written on them."""
    yield from jobs_are_done(world)
    if {world.tracker.tickets[f"ticket-{number}"].state.id for number in (1, 2)} != {DOING.id} or world.comments:
        yield "not moved, or more than that"


_commented: Promise = partial(has_effect, kind="comment")
PATHS: dict[str, Path] = {
    "press-guest": Path(partial(pressed_by, who="gus", standing=Standing.GUEST), is_refused),
    "press-stranger": Path(partial(pressed_by, who="sam", standing=None), is_refused),
    "press-newcomer": Path(partial(pressed_by, who="nia", standing=Standing.MEMBER), _commented),
    "press-leaver": Path(partial(pressed_by, who="lea", standing=Standing.LEFT, known=True), is_refused),
    "retry-button": Path(retried_by_button, _commented),
    "lost-right": Path(lost_right, partial(is_refused, told=False)),
    "unsaid-undo": Path(partial(unsaid, verb="undo"), is_back),
    "unsaid-keep": Path(partial(unsaid, verb="keep"), is_kept),
    "created-one-deleted": Path(created_and_deleted, ticket_stands),
    "two-one-deleted-queued": Path(partial(one_of_two_deleted, when="queued"), says_the_rest),
    "two-one-deleted-done": Path(partial(one_of_two_deleted, when="done"), says_the_rest),
    "erased": Path(erased, is_erased),
    "expired": Path(expired, _commented),
    "unread": Path(unread, has_no_effect_unless_it_was_faster),
    "closing-meanwhile": Path(closing_meanwhile, is_done_or_asked),
    "swapped": Path(swapped, fails_visibly),
    "job-move": Path(moved_by_run, only_moves),
    "limited-tracker": Path(partial(limited, port="tracker"), _commented, most_faults=400),
    "limited-analyst": Path(partial(limited, port="analyst"), _commented, most_faults=400),
}
