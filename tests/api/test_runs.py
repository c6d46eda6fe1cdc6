"""Runs, exports, imports and the tenant's end: over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.jobs import ABANDONED_AFTER, Job, JobKind, JobState, Order
from pm_assistant.domain.tenants import TenantState
from pm_assistant.ports.tenants import LARGEST_ARCHIVE
from tests.api.conftest import World
from tests.builders import ACME, GLOBEX, TRUSTING, a_job, a_member, a_tenant, going_back

WORKFLOWS = ["process", "move-tickets", "untracked", "standup", "weekly", "sync"]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_a_workflow_is_asked_for_and_can_be_looked_up(world: World, workflow: str) -> None:
    """The answer says where; the queue has it; nothing but showing is done unless asked for."""
    made = world.member.post(f"/v1/workflows/{workflow}", {})

    shown = world.member.get(made.headers["location"])
    assert (202, 200) == (made.status, shown.status)
    assert (workflow, True, "waiting", 0, None) == tuple(
        made.json[name] for name in ("kind", "dry_run", "state", "done", "total")
    )
    assert made.json | {"results": [], "left_out": 0} == shown.json
    assert [{"type": "job_due", "tenant_id": ACME, "job_id": made.json["id"]}] == world.queued("jobs")
    [noted, *_] = world.admin.get("/v1/audit").json["items"]
    assert ("run.started", made.json["id"]) == (noted["action"], noted["target"])


def test_a_workflow_is_run_as_wished(world: World) -> None:
    """Every wish is part of the order."""
    world.stores.directory.put_members(ACME, [a_member()])
    wish = {"dry_run": False, "since": "2026-11-01T00:00:00Z", "member_id": "U0ADA"}

    made = world.member.post("/v1/workflows/weekly", wish).json

    order = world.stores.jobs.get(ACME, made["id"]).order
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert Order(kind=JobKind.WEEKLY, dry_run=False, since=since, member_id="U0ADA") == order
    assert wish.items() <= made.items()


@pytest.mark.parametrize(
    ("workflow", "wish", "status", "field"),
    [
        ("delete", {}, 422, "path.workflow"),
        ("export", {}, 422, "path.workflow"),
        ("process", {"since": "yesterday"}, 422, "body.since"),
        ("process", {"since": "2026-11-01T00:00:00"}, 422, "body.since"),
        ("process", {"since": 1_795_167_000}, 422, "body.since"),
        ("process", {"since": True}, 422, "body.since"),
        ("process", {"since": "0001-01-01T00:00:00+14:00"}, 422, "body.since"),
        ("process", {"tenant_id": GLOBEX}, 422, "body.tenant_id"),
        ("process", {"since": "2999-01-01T00:00:00Z"}, 400, "since"),
        ("standup", {"member_id": "U0EVE"}, 404, None),
        ("standup", {"person": "U0EVE"}, 404, None),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    world: World, workflow: str, wish: dict[str, object], status: int, field: str | None
) -> None:
    """And nothing is queued."""
    refused = world.member.post(f"/v1/workflows/{workflow}", wish)

    named = refused.json["errors"][0]["field"] if status == 422 else refused.json.get("field")
    assert (status, field) == (refused.status, named)
    assert [] == world.queued("jobs")


def test_runs_are_listed_newest_first_in_pages(world: World) -> None:
    """Without what came of them, which may be long."""
    for number in range(5):
        world.stores.jobs.put(a_job(number=number, results=({"kind": "comment"},)))

    first = world.member.get("/v1/runs", limit=3).json
    rest = world.member.get("/v1/runs", limit=3, cursor=first["next"]).json

    numbers = [int(run["id"].rpartition("-")[2]) for run in first["items"] + rest["items"]]
    assert ([4, 3, 2, 1, 0], None) == (numbers, rest["next"])
    assert not any("results" in run for run in first["items"])


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.RUNNING])
def test_a_run_that_stands_still_for_too_long_has_failed(world: World, state: JobState) -> None:
    """A function that is killed at each attempt tells nobody; a tenant's end waits for days and is no such run."""
    now = datetime.now(UTC)
    kinds = [JobKind.PROCESS, JobKind.PROCESS, JobKind.EXPORT, JobKind.DELETE]
    for number, (kind, minutes) in enumerate(zip(kinds, (-6, 6, 6, 1200), strict=True)):
        touched = now - ABANDONED_AFTER - timedelta(minutes=minutes)
        world.stores.jobs.put(a_job(number=number, order=Order(kind=kind), state=state, updated_at=touched))

    listed = world.member.get("/v1/runs").json["items"][::-1]
    shown = [world.member.get(f"/v1/runs/{run['id']}").json for run in listed]

    assert [state, "failed", "failed", state] == [run["state"] for run in listed] == [run["state"] for run in shown]
    assert [None, "it broke off", "it broke off", None] == [run["error"] for run in shown]
    assert "failed" == world.owner.get(f"/v1/exports/{listed[2]['id']}").json["state"]


def a_run_that_did_something(world: World, **changes: Any) -> Job:
    """A run that is over."""
    run = a_job(**{"state": JobState.DONE, "order": Order(kind=JobKind.PROCESS, dry_run=False), **changes})
    world.stores.jobs.put(run)
    return run


def test_a_run_is_undone_by_a_run_that_can_be_followed(world: World) -> None:
    """Each names the other; asked for again, it is the same, and what it comes to is told by it."""
    run = a_run_that_did_something(world)

    made, again = (world.member.post(f"/v1/runs/{run.id}/undo") for _ in range(2))

    assert (202, "undo", False, run.id, None) == (
        made.status,
        *(made.json[name] for name in ("kind", "dry_run", "undoes", "undone_by")),
    )
    assert made.json == again.json
    assert made.headers["location"] == f"/v1/runs/{made.json['id']}"
    assert made.json["id"] == world.member.get(f"/v1/runs/{run.id}").json["undone_by"]
    assert {"type": "job_due", "tenant_id": ACME, "job_id": made.json["id"]} in world.queued("jobs")
    noted = world.admin.get("/v1/audit").json["items"][-1]
    assert ("run.started", made.json["id"], {"kind": "undo", "run": run.id}) == (
        noted["action"],
        noted["target"],
        {name: noted["detail"][name] for name in ("kind", "run")},
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state": JobState.RUNNING}, "it is still going, and can be undone once it is over"),
        ({"order": Order(kind=JobKind.PROCESS)}, "nothing of this can be undone as a whole"),
        ({"order": Order(kind=JobKind.EXPORT, dry_run=False)}, "nothing of this can be undone as a whole"),
    ],
    ids=["still going", "only tried", "no acts"],
)
def test_a_run_that_cannot_be_undone_says_why(world: World, changes: dict[str, Any], says: str) -> None:
    """And nothing is queued."""
    run = a_run_that_did_something(world, **{"updated_at": datetime.now(UTC), **changes})

    refused = world.member.post(f"/v1/runs/{run.id}/undo")

    assert (409, says, []) == (refused.status, refused.json["detail"], world.queued("jobs"))


def test_only_whoever_may_undo_one_act_undoes_a_run(world: World) -> None:
    """Readers do not, and another tenant's run is not there."""
    run = a_run_that_did_something(world)

    refused = [client.post(f"/v1/runs/{run.id}/undo").status for client in (world.reader, world.stranger)]

    assert ([403, 404], []) == (refused, world.queued("jobs"))
    assert world.stores.jobs.get(ACME, run.id).undone_by is None


def test_who_may_only_read_sees_no_runs(world: World) -> None:
    """What a dry run found is for those who may run one."""
    world.stores.jobs.put(a_job())

    asked = [world.reader.get("/v1/runs"), world.reader.get(f"/v1/runs/{a_job().id}")]
    asked.append(world.reader.post("/v1/workflows/process", {}))

    assert [403] * 3 == [answer.status for answer in asked]


def test_another_tenants_run_is_not_there(world: World) -> None:
    """Neither as a run nor as an export."""
    world.stores.jobs.put(a_job(order=Order(kind=JobKind.EXPORT), state=JobState.DONE))

    found = [world.stranger.get(f"/v1/{place}/{a_job().id}") for place in ("runs", "exports")]

    assert [404, 404] == [answer.status for answer in found]
    assert [] == world.stranger.get("/v1/runs").json["items"]


def test_an_export_is_asked_for_and_fetched_by_link(world: World) -> None:
    """No link before it is done; then one that leads to the file."""
    asked = world.owner.post("/v1/exports")
    before = world.owner.get(f"/v1/exports/{asked.json['id']}").json
    known = world.stores.jobs.get(ACME, asked.json["id"])
    world.app.archives.publish(ACME, f"{known.id}.zip", b"zip")
    world.stores.jobs.put(known.model_copy(update={"state": JobState.DONE}))

    after = world.owner.get(f"/v1/exports/{known.id}").json

    assert (202, "export", False) == (asked.status, asked.json["kind"], asked.json["dry_run"])
    assert ("waiting", None) == (before["state"], before["url"])
    assert urlsplit(after["url"]).path.endswith(f"/{ACME}/exports/{known.id}.zip")


def test_only_an_owner_takes_along_what_was_said_in_private(world: World) -> None:
    """No admin, and no program whatever its key allows."""
    asked = [who.post("/v1/exports") for who in (world.admin, world.as_program(Scope.ADMIN))]
    asked += [world.admin.get(f"/v1/exports/{a_job().id}")]

    assert [403] * 3 == [answer.status for answer in asked]


def test_only_an_export_has_a_file(world: World) -> None:
    """Any other run is none."""
    world.stores.jobs.put(a_job())

    assert 404 == world.owner.get(f"/v1/exports/{a_job().id}").status


def test_an_import_reads_what_was_uploaded(world: World) -> None:
    """The owner gets a place for the file, then asks for it to be read."""
    place = world.owner.post("/v1/uploads", {"size": 1_000}).json

    asked = world.owner.post("/v1/imports", {"upload_id": place["upload_id"]})

    assert urlsplit(place["url"]).path.endswith(f"/{ACME}/uploads/{place['upload_id']}")
    assert (202, "import") == (asked.status, asked.json["kind"])
    assert place["upload_id"] == world.stores.jobs.get(ACME, asked.json["id"]).order.upload_id
    asked_by_admin = [
        world.admin.post("/v1/uploads", {"size": 1}),
        world.admin.post("/v1/imports", {"upload_id": "0" * 32}),
    ]
    assert [403, 403] == [answer.status for answer in asked_by_admin]


def test_a_place_for_a_file_is_told_once(world: World) -> None:
    """Whoever has the link may put a file there, so it is not kept for repetitions."""
    owner = world.owner
    first, again = (owner.post("/v1/uploads", {"size": 1}, idempotency_key="k") for _ in range(2))

    assert (201, 201, "true") == (first.status, again.status, again.headers["idempotency-replayed"])
    assert first.json["url"].startswith("https://")
    assert first.json | {"url": None} == again.json


@pytest.mark.parametrize("size", [LARGEST_ARCHIVE + 1, 0, None])
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(world: World, size: int | None) -> None:
    """A link is for a file of one size, which has to be said and to be one that an import reads."""
    assert 201 == world.owner.post("/v1/uploads", {"size": LARGEST_ARCHIVE}).status
    refused = world.owner.post("/v1/uploads", {} if size is None else {"size": size})

    assert (422, "body.size") == (refused.status, refused.json["errors"][0]["field"])


@pytest.mark.parametrize("upload_id", ["../globex/uploads/1", "", "x" * 32])
def test_an_upload_is_named_by_its_id_and_by_no_path(world: World, upload_id: str) -> None:
    """What could leave the tenant's folder is no id."""
    refused = world.owner.post("/v1/imports", {"upload_id": upload_id})

    assert (422, "body.upload_id") == (refused.status, refused.json["errors"][0]["field"])


def test_the_owner_announces_the_tenants_end_and_calls_it_off(world: World) -> None:
    """By its exact name; the clockwork knows, the trail says who."""
    unsure = world.owner.send("DELETE", "/v1/tenant", {"confirm": "acme"})
    closing = world.owner.send("DELETE", "/v1/tenant", {"confirm": "Acme"})
    struck = list(world.app.schedules.jobs.values())
    restored = world.owner.post("/v1/tenant/restore")

    assert (400, "confirm") == (unsure.status, unsure.json["field"])
    assert (200, "closing") == (closing.status, closing.json["state"])
    ends = datetime.fromisoformat(closing.json["closes_at"])
    assert timedelta(days=6, hours=23) < ends - datetime.now(UTC) <= timedelta(days=7)
    assert [ends] == struck
    assert (200, "active", None) == (restored.status, restored.json["state"], restored.json["closes_at"])
    trail = [entry["action"] for entry in world.owner.get("/v1/audit").json["items"]]
    assert ["tenant.restored", "tenant.closing"] == trail


def test_nobody_but_the_owner_ends_a_tenant(world: World) -> None:
    """No admin, and no program."""
    asked = [who.send("DELETE", "/v1/tenant", {"confirm": "Acme"}) for who in (world.admin, world.reader)]
    asked += [world.admin.post("/v1/tenant/restore")]

    assert [403] * 3 == [answer.status for answer in asked]
    assert TenantState.ACTIVE is world.stores.tenants.get(ACME).state


def test_what_does_not_end_cannot_be_restored(world: World) -> None:
    """There is nothing to call off."""
    assert 409 == world.owner.post("/v1/tenant/restore").status


def test_a_closing_tenant_can_be_read_exported_and_restored_and_nothing_else(world: World) -> None:
    """Whatever would be changed would be lost in a week."""
    ends = datetime.now(UTC) + timedelta(days=3)
    world.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=ends))

    refused = [
        world.owner.post("/v1/workflows/process", {}),
        world.owner.patch("/v1/tenant", {"name": "New"}),
        world.owner.post("/v1/uploads", {"size": 1}),
        world.owner.send("DELETE", "/v1/tenant", {"confirm": "Acme"}),
    ]
    done = [world.admin.get("/v1/tenant"), world.member.get("/v1/runs"), world.owner.post("/v1/exports")]
    done.append(world.owner.post("/v1/tenant/restore"))

    assert [409] * 4 == [answer.status for answer in refused]
    assert "closing" in refused[0].json["detail"]
    assert [200, 200, 202, 200] == [answer.status for answer in done]


def test_a_dry_run_is_kept_no_longer_than_what_it_quotes(world: World) -> None:
    """The tenant's own retention, where that is shorter than a week; a run that keeps nothing of people has none."""
    world.stores.tenants.put(a_tenant(settings=TRUSTING.model_copy(update={"retention_days": 2})))
    runs = [world.admin.post("/v1/workflows/process", {"dry_run": dry}).json["id"] for dry in (True, False)]

    assert [2, None] == [world.stores.jobs.get(ACME, run_id).keep_days for run_id in runs]


def test_a_run_goes_no_further_back_than_the_teams_plan_and_says_so(world: World) -> None:
    """What is asked for within it is looked at from then on."""
    tenants = world.stores.tenants
    tenants.put(tenants.get(ACME).model_copy(update={"billing": going_back(14)}))
    now = datetime.now(UTC)

    def since(days: int) -> datetime:
        wish = {"since": (now - timedelta(days=days)).isoformat()}
        return datetime.fromisoformat(world.member.post("/v1/workflows/untracked", wish).json["since"])

    bounded, within = since(60), since(3)

    assert timedelta(days=13) < now - bounded < timedelta(days=14, hours=1)
    assert now - timedelta(days=3) == within
