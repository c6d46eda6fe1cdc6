"""Runs that take several steps, and a tenant's end."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pm_assistant.domain.archive import pack
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.jobs import JobKind, JobState, Order
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.pipeline.undoing import can_be_undone, undo_run
from pm_assistant.workflows.tenants.closing import close
from tests.builders import (
    ACME,
    GLOBEX,
    NOW,
    a_decision,
    a_message,
    an_account,
)
from tests.chaos.paths.path import WORDS, Path, has_no_effect, jobs_are_done, run_job, text
from tests.chaos.world import ADA, Script, World

EVERYTHING = Order(kind=JobKind.PROCESS, dry_run=False, since=NOW - timedelta(hours=2))


def processed(world: World) -> Script:
    """Somebody asks for all that was said while nobody listened to be worked through."""
    _say_unheard(world)
    yield from run_job(world, EVERYTHING)


def _say_unheard(world: World) -> None:
    for number in (1, 2, 3):
        message = a_message(-1_000 * number, text(f"{WORDS} {number}", f"comment {number}"))
        world.base.stores.messages.record(ACME, message, keep_days=90)


def undone(world: World, *, at_once: bool) -> Script:
    """Somebody wants all of that taken back, with what it has on the way or when that has come to rest."""
    _say_unheard(world)
    # Under an id of their own, as the API's: an answer that is lost begins no second run.
    world.ask("job", lambda worker: start_job(EVERYTHING, worker, asked_by=ADA.actor, job_id="run-1"))
    yield (lambda: any(map(can_be_undone, world.base.stores.jobs.latest(ACME, limit=9)))) if at_once else None
    world.ask("undo", lambda worker: undo_run("run-1", worker, asked_by=ADA.actor, job_id="undo-1"))
    yield None


def is_undone(world: World) -> Iterator[str]:
    """The tracker is as if nobody had asked for it; but for whom came while it was going, and was refused."""
    yield from jobs_are_done(world)
    is_refused = world.base.stores.jobs.get(ACME, "run-1").undone_by is None
    yield from is_processed(world) if is_refused else has_no_effect(world)


def read(world: World) -> Script:
    """Somebody asks for what was said lately, of which Slack gives away a page a minute, to be read and kept."""
    world.chat.messages += [a_message(-60 * number, f"Words {number}") for number in range(1, 261)]
    yield from run_job(world, Order(kind=JobKind.SYNC, dry_run=False, since=NOW - timedelta(hours=9)))


def exported(world: World) -> Script:
    """Somebody asks for an archive."""
    yield from run_job(world, Order(kind=JobKind.EXPORT, dry_run=False))


def imported(world: World) -> Script:
    """A fresh tenant takes in what another took along."""
    stores = world.base.stores
    stores.messages.record(ACME, a_message(), keep_days=90)
    stores.decisions.save(a_decision(state=DecisionState.DISMISSED))
    content, _ = pack(stores.partition.records(ACME), created_at=NOW)
    world.base.archives.put(world.base.archives.upload_url(GLOBEX, "up-1", size=len(content)), content)
    yield from run_job(world, Order(kind=JobKind.IMPORT, dry_run=False, upload_id="up-1"), GLOBEX)


def closed(world: World) -> Script:
    """The owner closes the account, and does not think better of it."""
    world.horizon = NOW + timedelta(days=11)
    login = world.base.users.register("ada@acme.test", "correct horse battery", tenant_id=ACME)
    world.base.stores.accounts.put(an_account(id=login))
    world.base.stores.messages.record(ACME, a_message(), keep_days=90)
    world.ask("close", lambda worker: close("Acme", worker, asked_by=ADA.actor))
    yield None


def is_read(world: World) -> Iterator[str]:
    """All of it is kept."""
    yield from jobs_are_done(world)
    kept = len(world.base.stores.messages.since(ACME, NOW - timedelta(hours=9)))
    if kept != 260:
        yield f"{kept} messages are kept"


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


def is_processed(world: World) -> Iterator[str]:
    """Each conversation has led to its comment."""
    yield from jobs_are_done(world)
    if {"ticket-1", "ticket-2", "ticket-3"} != {id for id, comments in world.tracker.comments.items() if comments}:
        yield "not every conversation was worked through"


PATHS: dict[str, Path] = {
    "job-process": Path(processed, is_processed),
    "job-undone": Path(partial(undone, at_once=False), is_undone),
    "job-undone-at-once": Path(partial(undone, at_once=True), is_undone),
    "job-read": Path(read, is_read, most_faults=300),
    "job-export": Path(exported, is_exported),
    "job-import": Path(imported, is_imported),
    "closing": Path(closed, is_closed),
}
