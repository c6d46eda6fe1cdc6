"""What a team builds: told by GitHub, compared with the tickets, and moved; and what recurs without being asked for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from pm_assistant.domain.code import pull_request_id
from pm_assistant.domain.jobs import JobKind, Recurring, RecurringDue
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.accounts.audit import SYSTEM
from pm_assistant.workflows.jobs import job_id_of
from tests.builders import ACME, DONE, NOW, a_connection
from tests.chaos.paths.path import Path, jobs_are_done
from tests.chaos.world import Script, World

PULL_REQUEST = pull_request_id("900", 1)


def payload(action: str, seconds: int, **changes: Any) -> dict[str, Any]:
    """A delivery about the pull request, as it was so many seconds later."""
    at = (NOW + timedelta(seconds=seconds)).isoformat()
    pull_request = {
        "number": 1,
        "title": "Keep the coupon",
        "body": "Fixes ENG-1",
        "html_url": "https://github.com/acme/shop/pull/1",
        "user": {"login": "grace"},
        "author_association": "MEMBER",
        "state": "open",
        "created_at": NOW.isoformat(),
        "updated_at": at,
        "head": {"ref": "keep", "sha": "c0ffee", "repo": {"id": 900}},
        "base": {"ref": "main"},
        **changes,
    }
    repository = {"id": 900, "full_name": "acme/shop", "private": True, "updated_at": NOW.isoformat()}
    return {"action": action, "installation": {"id": 7}, "repository": repository, "pull_request": pull_request}


def merged(world: World) -> Script:
    """A pull request is opened and merged, and its ticket stays where it is until the hour comes."""
    world.base.stores.connections.put(a_connection(ACME, Provider.GITHUB, external_id="7"))
    at = (NOW + timedelta(seconds=9)).isoformat()
    closed = payload("closed", 9, state="closed", closed_at=at, merged_at=at)
    for what, told in (("merged", closed), ("opened", payload("opened", 0)), ("edited", payload("edited", 3))):
        world.from_github(what, "pull_request", told)
    yield None
    for hour in (1, 2):  # the first time may come right after the merge, which is too early
        due_at = NOW + timedelta(hours=hour)
        due = RecurringDue(tenant_id=ACME, kind=Recurring.COMPARISON, due_at=due_at)
        world.base.schedules.hours.append((due, due_at))  # type: ignore[attr-defined]
        yield timedelta(hours=1)


def is_moved(world: World) -> Iterator[str]:
    """The ticket is done, by one decision that says what was merged."""
    if any(hook.lost for hook in world.hooks):
        return
    known = world.base.stores.code.pull_request(ACME, PULL_REQUEST)
    if known is None or not known.stage.over or "ticket-1" not in known.ticket_ids:
        yield "the pull request is not known as it was told"
    elif world.tracker.tickets["ticket-1"].state != DONE or len(world.decisions) != 1:
        yield f"the ticket is {world.tracker.tickets['ticket-1'].state.name}; {len(world.decisions)} decisions"


def day_comes(world: World) -> Script:
    """Nobody asks for anything, and the team's hour of catching up comes, on two days."""
    for due_at in DAYS:
        due = RecurringDue(tenant_id=ACME, kind=Recurring.CATCH_UP, due_at=due_at)
        world.base.schedules.hours.append((due, due_at))  # type: ignore[attr-defined]
        yield due_at - world.at


DAYS = (NOW + timedelta(hours=1), NOW + timedelta(hours=25))


def is_caught_up(world: World) -> Iterator[str]:
    """There is one reading for each day, or one for both where the first took until the second; one fit in the week."""
    jobs = [job for job in world.base.stores.jobs.latest(ACME, limit=20) if job.asked_by == SYSTEM]
    for kind, name in ((JobKind.SYNC, Recurring.CATCH_UP), (JobKind.CALIBRATE, JobKind.CALIBRATE)):
        begun = {job.id for job in jobs if job.order.kind is kind}
        if not begun or not begun <= {job_id_of(name, day) for day in DAYS}:
            yield f"{kind}: {begun}"
    yield from jobs_are_done(world)


PATHS: dict[str, Path] = {"code-merged": Path(merged, is_moved), "code-caught-up": Path(day_comes, is_caught_up)}
