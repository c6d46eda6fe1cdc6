"""What people do, step by step, and what we promise comes of it if nothing keeps them from telling us.

A script yields what it waits for: nothing (until everything has come to rest), some time, or until something is so.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from pydantic import SecretStr

from pm_assistant.domain.archive import pack
from pm_assistant.domain.connections import Grant
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import NotFound, RateLimited, UpstreamRejected
from pm_assistant.domain.jobs import ABANDONED_AFTER, JobKind, JobState, Order
from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, QuietHours, Rule, TenantId
from pm_assistant.presentation.comments import escape_markdown
from pm_assistant.workflows.corridor.answer import answer
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.tenants.closing import close
from tests.builders import (
    ACME,
    DOING,
    DONE,
    GLOBEX,
    NOW,
    TODO,
    a_connection,
    a_decision,
    a_message,
    a_ticket,
    an_account,
)
from tests.chaos.world import ADA, Script, Worker, World

type Promise = Callable[[World], Iterator[str]]

WORDS, OTHER, SECRET = "The coupon vanishes", "The basket forgets its coupon", "password hunter2"
KINDS = {"comment": "comment 1", "move": "move 1", "create": "create"}
ORDERS = list(itertools.product(itertools.permutations(range(4)), (1, 10, 70), (None, 0, 1, 2, 3)))
"""Every order of four deliveries, how many seconds apart, and which of them comes twice."""


@dataclass(frozen=True)
class Path:
    """One way through the product.

    Attributes:
        script: what people do.
        promise: yields what did not come of it.
        variants: how many ways there are to deliver the same.
    """

    script: Callable[[World], Script]
    promise: Promise
    variants: int = 0


def _text(words: str, order: str) -> str:
    number = order.rpartition(" ")[2]
    return f"{words} ENG-{number if number.isdigit() else 1} {{{order}}}"


# Scripts


def said(world: World, kind: str) -> Script:
    """One message that asks for one thing."""
    world.say(_text(WORDS, KINDS[kind]))
    yield None


def answered(world: World, kind: str, *, approve: bool) -> Script:
    """It is proposed, and a person answers."""
    verb, _, rest = KINDS[kind].partition(" ")
    world.say(_text(WORDS, f"{verb}? {rest}".strip()))
    yield lambda: world.questions
    world.press(approve=approve)
    yield None


def undone(world: World, kind: str) -> Script:
    """What was done is taken back by a person."""
    yield from said(world, kind)
    yield from _undo(world)


def at_night(world: World) -> Script:
    """It is said in quiet hours, in which nobody is told."""
    tenant = world.base.stores.tenants.get(ACME)
    hours = QuietHours(start="09:00", end="15:00", time_zone="UTC")
    settings = tenant.settings.model_copy(update={"quiet_hours": hours})
    world.base.stores.tenants.put(tenant.model_copy(update={"settings": settings}))
    world.say(_text(WORDS, "comment 1"))
    yield timedelta(minutes=15)
    world.seen |= {"told at night"} if world.chat.cards else set()
    yield None


def connected_again(world: World) -> Script:
    """The tracker is disconnected while something is to be done, and connected again hours later."""
    connections = world.base.stores.connections
    connection = connections.get(ACME, Provider.LINEAR)
    connections.remove(ACME, Provider.LINEAR)
    world.say(_text(WORDS, "comment 1"))
    yield timedelta(hours=4)
    connections.put(connection)
    yield from _run_job(world, Order(kind=JobKind.SYNC, dry_run=False))


def forbidden(world: World) -> Script:
    """The team switches a rule off while something that it let through waits for a vendor."""
    world.tracker.fail_next(RateLimited("slow down", retry_after=90))
    world.say(_text(WORDS, "comment 1"))
    yield _on_the_way(world)
    yield timedelta(seconds=1)
    tenant = world.base.stores.tenants.get(ACME)
    rules = {**tenant.settings.rules, ActionKind.COMMENT: Rule(mode=Mode.OFF)}
    settings = tenant.settings.model_copy(update={"rules": rules})
    _see_what_is_done(world)
    world.base.stores.tenants.put(tenant.model_copy(update={"settings": settings}))
    yield None


def tried_again(world: World) -> Script:
    """The tracker refuses for good, and a person has it tried again once that is mended."""
    world.tracker.fail_next(UpstreamRejected("issue is locked"))
    world.say(_text(WORDS, "comment 1"))
    yield None

    def retry(worker: Worker) -> None:
        failed = next((d for d in world.decisions if d.state is DecisionState.FAILED), None)
        if failed is None:
            raise NotFound("nothing has failed yet")
        answer(ADA, failed.id, "retry", worker)

    world.ask("retry", retry)
    yield None


def _undo(world: World) -> Script:
    def undo(worker: Worker) -> None:
        """Take back what there is, as soon as there is something."""
        done = next((decision for decision in world.decisions if decision.performed), None)
        if done is None:
            raise NotFound("there is nothing to take back yet")
        answer(ADA, done.id, "undo", worker)

    world.ask("undo", undo)
    yield None


def edited(world: World, *, when: str, ask: bool = False) -> Script:
    """What was said is said otherwise: once it is done, or while it waits for us."""
    order = "comment? 1" if ask else "comment 1"
    message = world.say(_text(WORDS, order))
    if when == "queued":
        world.tracker.fail_next(RateLimited("slow down", retry_after=90))
        yield _on_the_way(world)
        yield timedelta(seconds=1)
    elif ask:
        yield lambda: world.questions
        world.press(approve=True)
        yield None
    else:
        yield None
    world.edit(message, _text(OTHER, order))
    yield None


def deleted(world: World, kind: str, *, when: str) -> Script:
    """One message of a thread is deleted: while what it asks for waits, is under way, or is done."""
    root = world.say("Morning, look at this")
    yield timedelta(seconds=1)
    verb, _, rest = KINDS[kind].partition(" ")
    order = f"{verb}? {rest}".strip() if when == "asked" else KINDS[kind]
    message = world.say(_text(SECRET, order), below=root)
    if when == "queued":
        world.tracker.fail_next(RateLimited("slow down", retry_after=90))
    if when == "acting":
        world.tracker.lose_next_answer()
    if when in {"queued", "acting"}:
        yield _on_the_way(world)
        yield timedelta(seconds=1)
    if when == "asked":
        yield lambda: world.questions
    if when == "done":
        yield None
    _see_what_is_done(world)
    world.delete(message, words=SECRET)
    yield None


def _see_what_is_done(world: World) -> None:
    world.seen |= {"done before"} if any(decision.performed for decision in world.decisions) else set()


def edited_away(world: World) -> Script:
    """A message that asked for something is changed so that it asks for nothing any more, while a card asks."""
    message = world.say(_text(WORDS, "comment? 1"))
    yield lambda: world.questions
    world.edit(message, "Never mind")
    yield None


def _on_the_way(world: World) -> Callable[[], object]:
    return lambda: world.base.queues.actions.letters or world.decisions  # type: ignore[attr-defined]


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
    root = world.spoken(_text(WORDS, "comment 1"))
    reply = world.spoken(_text("First", "comment 2"), below=root)
    secret = world.spoken(_text(SECRET, "comment 3"), below=root)
    deliveries: list[Callable[[], None]] = [
        partial(world.deliver_said, root),
        partial(world.deliver_said, reply),
        partial(world.edit, reply, _text(OTHER, "comment 2")),
        partial(world.delete, secret, words=SECRET),
    ]
    for number in order:
        deliveries[number]()
        yield timedelta(seconds=gap)
    if doubled is not None:
        deliveries[doubled]()
    yield None


def reported(world: World, delivery: ReportChannel) -> Script:
    """A standup is due, and its schedule strikes twice."""
    world.base.stores.subscriptions.put(ACME, Subscription(member_id="U0ADA", delivery=delivery))
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", kind=ReportKind.STANDUP, due_at=world.at)
    world.base.queues.reports.put(due, group=ACME)
    world.base.queues.reports.put(due, group=ACME, delay_seconds=2)
    yield None


def broken(world: World) -> Script:
    """Linear tells that we are no longer let in."""
    world.from_linear("revoked", {"type": "OAuthApp", "action": "revoked"})
    yield None


def ticket_changed(world: World) -> Script:
    """Linear tells of a ticket that somebody renamed."""
    ticket = a_ticket(1)
    data = {
        "id": ticket.id,
        "identifier": ticket.key,
        "number": 1,
        "title": OTHER,
        "state": DONE.model_dump(mode="json"),
        "teamId": ticket.team_id,
        "createdAt": ticket.created_at.isoformat(),
        "updatedAt": world.at.isoformat(),
    }
    world.from_linear("ticket", {"type": "Issue", "action": "update", "data": data})
    yield None


def processed(world: World) -> Script:
    """Somebody asks for all that was said while nobody listened to be worked through."""
    for number in (1, 2, 3):
        message = a_message(-1_000 * number, _text(f"{WORDS} {number}", f"comment {number}"))
        world.base.stores.messages.record(ACME, message, keep_days=90)
    yield from _run_job(world, Order(kind=JobKind.PROCESS, dry_run=False, since=NOW - timedelta(hours=2)))


def exported(world: World) -> Script:
    """Somebody asks for an archive."""
    yield from _run_job(world, Order(kind=JobKind.EXPORT, dry_run=False))


def imported(world: World) -> Script:
    """A fresh tenant takes in what another took along."""
    stores = world.base.stores
    stores.messages.record(ACME, a_message(), keep_days=90)
    stores.decisions.save(a_decision(state=DecisionState.DISMISSED))
    content, _ = pack(stores.partition.records(ACME), created_at=NOW)
    world.base.archives.put(world.base.archives.upload_url(GLOBEX, "up-1", size=len(content)), content)
    yield from _run_job(world, Order(kind=JobKind.IMPORT, dry_run=False, upload_id="up-1"), GLOBEX)


def closed(world: World) -> Script:
    """The owner closes the account, and does not think better of it."""
    world.horizon = NOW + timedelta(days=11)
    login = world.base.users.register("ada@acme.test", "correct horse battery", tenant_id=ACME)
    world.base.stores.accounts.put(an_account(id=login))
    world.base.stores.messages.record(ACME, a_message(), keep_days=90)
    world.ask("close", lambda worker: close("Acme", worker, asked_by=ADA.actor))
    yield None


def refreshed(world: World) -> Script:
    """Something is to be done with credentials that are about to end."""
    app, tenant_id = world.base.oauth_app(Provider.LINEAR), ACME
    url = app.authorize_url(state="s", redirect_uri="r", challenge="")
    grant = app.exchange(app.consent(url), redirect_uri="r", verifier="")  # type: ignore[attr-defined]
    assert isinstance(grant, Grant)
    sealed = world.base.vault.seal(tenant_id, Provider.LINEAR, grant.credentials)
    ends = world.at + timedelta(minutes=2)
    connection = a_connection(ACME, Provider.LINEAR, sealed_credentials=sealed, expires_at=ends)
    world.base.stores.connections.put(connection)
    yield from said(world, "comment")


def _run_job(world: World, order: Order, tenant_id: TenantId = ACME) -> Script:
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


def asks_anew(world: World) -> Iterator[str]:
    """Somebody is asked about the change, or it has been made."""
    yield from () if world.questions else has_effect(world, "comment", OTHER)


def has_no_effect_unless_it_was_faster(world: World) -> Iterator[str]:
    """The tracker is as if nothing had been said, but for what had come to its end before."""
    if "done before" not in world.seen:
        yield from has_no_effect(world)


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


def is_told(world: World, delivery: ReportChannel) -> Iterator[str]:
    """The report came, the way it was wished."""
    told = [user for user, _ in world.chat.reports] + [mail.to for mail in world.base.mailer.sent]
    if {"U0ADA" if delivery is ReportChannel.SLACK else "ada@acme.test"} != set(told):
        yield f"told: {told}"


def is_noticed(world: World) -> Iterator[str]:
    """The connection is marked, and the owner told by mail and in the chat."""
    connection = world.base.stores.connections.get(ACME, Provider.LINEAR)
    if connection.broken_since is None or not world.base.mailer.sent or not world.chat.notices:
        yield "nobody was told of the lost access"


def is_indexed(world: World) -> Iterator[str]:
    """Our index reads as Linear does."""
    if OTHER not in {ticket.title for ticket in world.base.stores.tickets.all(ACME)}:
        yield "the index does not know of the change"


def is_processed(world: World) -> Iterator[str]:
    """Each conversation has led to its comment."""
    yield from jobs_are_done(world)
    if {"ticket-1", "ticket-2", "ticket-3"} != {id for id, comments in world.tracker.comments.items() if comments}:
        yield "not every conversation was worked through"


def jobs_are_done(world: World, tenant_id: TenantId = ACME) -> Iterator[str]:
    """The run that was asked for has ended well."""
    later = world.at + ABANDONED_AFTER
    jobs = [job.seen(later) for job in world.base.stores.jobs.latest(tenant_id, limit=10)]
    # One whose order never got through is seen to have broken off, and was asked for anew.
    if JobState.DONE not in {job.state for job in jobs} or not all(job.finished for job in jobs):
        yield f"runs: {[(job.state.value, job.error) for job in jobs]}"


def is_exported(world: World) -> Iterator[str]:
    """There is a file."""
    yield from jobs_are_done(world)
    if not world.base.archives.files:
        yield "there is no archive"


def is_imported(world: World) -> Iterator[str]:
    """What was taken along is there, and not twice."""
    stores = world.base.stores
    if not any(job.state is JobState.DONE for job in stores.jobs.latest(GLOBEX, limit=10)):
        yield "the import did not end well"
    counts = (len(stores.tickets.all(GLOBEX)), len(stores.messages.since(GLOBEX, NOW - timedelta(days=9))))
    if counts != (6, 1) or len(stores.decisions.latest(GLOBEX, limit=9)) != 1:
        yield f"imported: {counts}"


def is_closed(world: World) -> Iterator[str]:
    """Nothing of the tenant is left, at vendors neither; the other tenant is as it was."""
    base = world.base
    if base.users.find("ada@acme.test") or base.stores.partition.erase(ACME) or base.schedules.remove_all(ACME):
        yield "something is left"
    base.stores.tenants.get(GLOBEX)
    if not base.stores.accounts.all(GLOBEX):
        yield "another tenant has lost something"


def is_fresh(world: World) -> Iterator[str]:
    """It was done, and what is stored is what the vendor takes."""
    yield from has_effect(world, "comment")
    app = world.base.oauth_app(Provider.LINEAR)
    sealed = world.base.stores.connections.get(ACME, Provider.LINEAR).sealed_credentials
    credentials = world.base.vault.open(ACME, Provider.LINEAR, sealed)
    if not app.accepts(credentials) or app.refreshes != 1:  # type: ignore[attr-defined]
        yield "the stored credentials are not the last ones"
    if credentials.access_token == SecretStr("token"):
        yield "nothing was refreshed"


def _of_each_kind(name: str, script: Callable[..., Script], promise: Callable[..., Iterator[str]]) -> dict[str, Path]:
    def promised(kind: str) -> Promise:
        return partial(promise, kind=kind) if promise is has_effect else promise

    return {f"{name}-{kind}": Path(partial(script, kind=kind), promised(kind)) for kind in KINDS}


def _report(channel: ReportChannel) -> Path:
    return Path(partial(reported, delivery=channel), partial(is_told, delivery=channel))


PATHS: dict[str, Path] = {
    **_of_each_kind("said", said, has_effect),
    **_of_each_kind("approve", partial(answered, approve=True), has_effect),
    **_of_each_kind("dismiss", partial(answered, approve=False), partial(has_state, state=DecisionState.DISMISSED)),
    **_of_each_kind("undo", undone, partial(has_state, state=DecisionState.UNDONE)),
    "edit-done": Path(partial(edited, when="done"), partial(has_effect, kind="comment", words=OTHER)),
    "edit-approved": Path(partial(edited, when="done", ask=True), asks_anew),
    "edit-queued": Path(partial(edited, when="queued"), partial(has_effect, kind="comment", words=OTHER)),
    "edit-asked-away": Path(edited_away, has_no_effect),
    **_of_each_kind("delete-asked", partial(deleted, when="asked"), has_no_effect),
    **_of_each_kind("delete-queued", partial(deleted, when="queued"), has_no_effect_unless_it_was_faster),
    **_of_each_kind("delete-acting", partial(deleted, when="acting"), takes_words_back),
    "delete-done": Path(partial(deleted, kind="comment", when="done"), takes_words_back),
    "four-tickets": Path(four_tickets, has_eight_effects),
    "orders": Path(shuffled, is_shuffled, variants=len(ORDERS)),
    "at-night": Path(at_night, is_told_in_the_morning),
    "connected-again": Path(connected_again, partial(has_effect, kind="comment")),
    "forbidden": Path(forbidden, has_no_effect_unless_it_was_faster),
    "tried-again": Path(tried_again, partial(has_effect, kind="comment")),
    "report-chat": Path(
        partial(reported, delivery=ReportChannel.SLACK), partial(is_told, delivery=ReportChannel.SLACK)
    ),
    "report-mail": Path(
        partial(reported, delivery=ReportChannel.EMAIL), partial(is_told, delivery=ReportChannel.EMAIL)
    ),
    "notice": Path(broken, is_noticed),
    "ticket": Path(ticket_changed, is_indexed),
    "job-process": Path(processed, is_processed),
    "job-export": Path(exported, is_exported),
    "job-import": Path(imported, is_imported),
    "closing": Path(closed, is_closed),
    "credentials": Path(refreshed, is_fresh),
}
