"""What a path through the product is made of, and what scripts and promises of several areas share.

A script yields what it waits for: nothing (until everything has come to rest), some time, or until something is so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.decisions import Answer, Decision, DecisionState
from pm_assistant.domain.errors import NotFound, RateLimited
from pm_assistant.domain.jobs import ABANDONED_AFTER, JobState, Order
from pm_assistant.domain.tenants import TenantId
from pm_assistant.presentation.escaping import escape_markdown
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.pipeline.answer import NONE, Details, answer
from tests.builders import (
    ACME,
    DOING,
    TODO,
)
from tests.chaos.world import ADA, Script, Worker, World

type Promise = Callable[[World], Iterator[str]]


WORDS, OTHER, SECRET = "The coupon vanishes", "The basket forgets its coupon", "password hunter2"


KINDS = {"comment": "comment 1", "move": "move 1", "create": "create"}


@dataclass(frozen=True)
class Path:
    """One way through the product.

    Attributes:
        script: what people do.
        promise: yields what did not come of it.
        variants: how many ways there are to deliver the same.
        most_faults: how many single faults are tried, drawn by lot, where there are too many to try each; None for all.
    """

    script: Callable[[World], Script]
    promise: Promise
    variants: int = 0
    most_faults: int | None = None


def text(words: str, order: str) -> str:
    """A message that says something and gives an order."""
    number = order.rpartition(" ")[2]
    return f"{words} ENG-{number if number.isdigit() else 1} {{{order}}}"


# Scripts


def said(world: World, kind: str) -> Script:
    """One message that asks for one thing."""
    world.say(text(WORDS, KINDS[kind]))
    yield None


def undo(world: World) -> Script:
    """What there is is taken back by the API, as soon as there is something."""
    yield from told(world, "undo", lambda decision: decision.performed)


def told(
    world: World, verb: Answer, which: Callable[[Decision], object], caller: Caller = ADA, details: Details = NONE
) -> Script:
    """Somebody gives an answer by the API to the first decision that it fits, as soon as there is one."""

    def request(worker: Worker) -> None:
        fitting = next((decision for decision in world.decisions if which(decision)), None)
        if fitting is None:
            raise NotFound("there is nothing to answer yet")
        answer(caller, fitting.id, verb, worker, details)

    world.ask(verb, request)
    yield None


def set_up(world: World, **changes: object) -> None:
    """Have the team's settings be others."""
    tenant = world.base.stores.tenants.get(ACME)
    settings = tenant.settings.model_copy(update=changes)
    world.base.stores.tenants.put(tenant.model_copy(update={"settings": settings}))


def see_what_is_done(world: World) -> None:
    """Note whether anything is done by now."""
    world.seen |= {"done before"} if any(decision.performed for decision in world.decisions) else set()


def on_the_way(world: World) -> Callable[[], object]:
    """Whether something is about to be done."""
    return lambda: world.base.queues.actions.letters or world.decisions  # type: ignore[attr-defined]


def waiting(world: World, words: str) -> Script:
    """Something is said, and what it asks for waits for the tracker, which is busy."""
    world.tracker.fail_next(RateLimited("slow down", retry_after=90))
    world.say(words)
    yield on_the_way(world)
    yield timedelta(seconds=1)
    see_what_is_done(world)


def run_job(world: World, order: Order, tenant_id: TenantId = ACME) -> Script:
    """Somebody asks for a run."""
    world.ask("job", lambda worker: start_job(order, worker, asked_by=ADA.actor), tenant_id)
    yield None


# Promises


def has_effect(world: World, kind: str, words: str = WORDS) -> Iterator[str]:
    """It stands in the tracker once, with these words and no others of ours."""
    match kind:
        case "comment":
            bodies = list(world.tracker.comments.get("ticket-1", {}).values())
            if len(bodies) != 1 or escape_markdown(words) not in bodies[0]:
                yield f"{len(bodies)} comments, or not these words"
        case "move":
            if world.tracker.tickets["ticket-1"].state != DOING:
                yield "the ticket was not moved"
        case _:
            if len(world.made) != 1 or not all(words in ticket.title for ticket in world.made.values()):
                yield f"{len(world.made)} tickets were made"


def has_no_effect(world: World) -> Iterator[str]:
    """The tracker is as if nothing had been said, and nobody is asked."""
    if any(world.tracker.comments.values()) or world.made or world.tracker.tickets["ticket-1"].state != TODO:
        yield "it has an effect"
    if world.questions:
        yield "somebody is still asked"


def has_state(world: World, state: DecisionState) -> Iterator[str]:
    """The log says so of all of it, and the tracker is as it was."""
    if {state} != {decision.state for decision in world.decisions}:
        yield f"the log says {[decision.state.value for decision in world.decisions]}, not {state}"
    yield from has_no_effect(world)


def is_not_asked(world: World) -> Iterator[str]:
    """Nothing is asked or done, and nothing has failed; if it was asked, the card says why it no longer is."""
    if world.questions or world.comments:
        yield f"{len(world.questions)} questions and {len(world.comments)} comments are left"
    if failed := [decision.error for decision in world.decisions if decision.state is DecisionState.FAILED]:
        yield f"failed: {failed}"
    lines = [entry.headline for card in world.chat.cards.values() for entry in card.entries]
    if any(decision.gone for decision in world.decisions) and not any("not there any more" in line for line in lines):
        yield f"the card says {lines}"


def has_no_effect_unless_it_was_faster(world: World) -> Iterator[str]:
    """The tracker is as if nothing had been said, but for what had come to its end before."""
    if "done before" not in world.seen:
        yield from has_no_effect(world)


def jobs_are_done(world: World, tenant_id: TenantId = ACME) -> Iterator[str]:
    """The run that was asked for has ended well."""
    later = world.at + ABANDONED_AFTER
    jobs = [job.seen(later) for job in world.base.stores.jobs.latest(tenant_id, limit=10)]
    # One whose order never got through is seen to have broken off, and was asked for anew.
    if JobState.DONE not in {job.state for job in jobs} or not all(job.finished for job in jobs):
        yield f"runs: {[(job.state.value, job.error) for job in jobs]}"
