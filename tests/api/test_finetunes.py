"""Fine-tunings over HTTP: an owner's, and only with the team's consent."""

from typing import Any

import pytest

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.finetuning import FineTuneReport, Training
from pm_assistant.domain.jobs import Backtest, Job, JobKind, JobState, Order
from tests.api.conftest import World
from tests.builders import ACME, NOW, a_job, a_tenant

REPORT = FineTuneReport(trained_on=12, held_out=3, held_out_since=NOW, files=("a.jsonl", "b.jsonl"))
TRAINING = Training(id="j", files=("file-1",), state="running", base="gpt-4o-mini")


def consenting(world: World) -> World:
    """A world whose team lets itself be trained on."""
    assert 200 == world.owner.patch("/v1/settings", {"training_consent": True}).status
    return world


def a_finetune(world: World, **changes: Any) -> Job:
    """A fine-tuning whose files are written."""
    for name in REPORT.files:
        world.app.archives.publish(ACME, name, b"{}")
    job = a_job(order=Order(kind=JobKind.FINETUNE, dry_run=False), **changes)
    world.stores.jobs.put(job)
    return job


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_fine_tuning_is_asked_for_and_can_be_looked_up(world: World, dry_run: bool) -> None:
    """Nothing is known of it yet."""
    made = consenting(world).owner.post("/v1/finetunes", {"dry_run": dry_run})

    shown = world.owner.get(f"/v1/finetunes/{made.json['id']}").json
    assert (202, "finetune", dry_run) == (made.status, made.json["kind"], made.json["dry_run"])
    assert ("waiting", None, None, []) == tuple(shown[name] for name in ("state", "trained_on", "training", "urls"))
    assert [made.json["id"]] == [due["job_id"] for due in world.queued("jobs")]


def test_without_consent_nothing_is_begun(world: World) -> None:
    """It is off at first, and the answer says how to give it."""
    world.stores.tenants.put(a_tenant())

    refused = world.owner.post("/v1/finetunes", {})

    assert (403, True) == (refused.status, "training_consent" in refused.json["detail"])
    assert [] == world.queued("jobs")


def test_only_an_owner_has_anything_trained(world: World) -> None:
    """What people said leaves the house."""
    callers = (world.admin, world.as_program(Scope.ADMIN))

    asked = [who.post("/v1/finetunes", {}) for who in callers] + [world.admin.get("/v1/finetunes/x")]

    assert [403] * 3 == [answer.status for answer in asked]


def test_a_training_that_goes_on_is_shown_with_its_files(world: World) -> None:
    """And one that is over with what came of it."""
    running = REPORT.model_copy(update={"training": TRAINING})
    over = REPORT.model_copy(update={"training": TRAINING.model_copy(update={"state": "succeeded", "model": "ft:1"})})
    going_on = a_finetune(world, number=1, state=JobState.RUNNING, cursor=running.model_dump_json())
    ended = a_finetune(world, number=2, state=JobState.DONE, results=(over.model_dump(mode="json"),))

    first, second = (world.owner.get(f"/v1/finetunes/{job.id}").json for job in (going_on, ended))

    assert (12, 3, "running", None) == tuple(first[name] for name in ("trained_on", "held_out", "training", "model"))
    assert ("succeeded", "ft:1", "gpt-4o-mini") == tuple(second[name] for name in ("training", "model", "base"))
    assert [2, 2] == [len(shown["urls"]) for shown in (first, second)]


def test_any_other_run_is_no_fine_tuning(world: World) -> None:
    """Though it is one of the tenant's."""
    world.stores.jobs.put(a_job())

    assert 404 == world.owner.get(f"/v1/finetunes/{a_job().id}").status


def test_a_time_to_come_is_refused(world: World) -> None:
    """Nothing was answered then."""
    refused = consenting(world).owner.post("/v1/finetunes", {"since": "2999-01-01T00:00:00Z"})

    assert (400, "since") == (refused.status, refused.json["field"])


TRAINED = REPORT.model_copy(update={"training": TRAINING.model_copy(update={"state": "succeeded", "model": "ft:1"})})


def test_a_trained_model_is_compared_on_what_was_held_out(world: World) -> None:
    """For so much money, beside what judges today; unless told so nothing is changed."""
    job = a_finetune(consenting(world), state=JobState.DONE, results=(TRAINED.model_dump(mode="json"),))

    made = world.owner.post(f"/v1/finetunes/{job.id}/adopt", {"most_dollars": 2})

    order = world.stores.jobs.get(ACME, made.json["id"]).order
    backtest = Backtest(variant=Variant(model="ft:1"), most_microdollars=2_000_000)
    assert 202 == made.status
    assert Order(kind=JobKind.ADOPT_MODEL, dry_run=True, since=NOW, backtest=backtest) == order


def test_what_has_not_come_to_a_model_cannot_be_adopted(world: World) -> None:
    """Nor can anything without the team's consent."""
    job = a_finetune(consenting(world), state=JobState.DONE, results=(REPORT.model_dump(mode="json"),))
    refused = [world.owner.post(f"/v1/finetunes/{job.id}/adopt", {})]
    world.owner.patch("/v1/settings", {"training_consent": False})
    refused.append(world.owner.post(f"/v1/finetunes/{job.id}/adopt", {}))
    refused.append(world.admin.post(f"/v1/finetunes/{job.id}/adopt", {}))

    assert [409, 403, 403] == [answer.status for answer in refused]


def test_an_adopted_model_is_shown_while_the_team_consents_and_dropped_on_request(world: World) -> None:
    """It was made of the team's answers."""
    consenting(world)
    world.stores.tenants.put(world.stores.tenants.get(ACME).model_copy(update={"model": "ft:1"}))
    shown = [world.owner.get("/v1/tenant").json["model"]]
    world.owner.patch("/v1/settings", {"training_consent": False})
    shown.append(world.owner.get("/v1/tenant").json["model"])
    consenting(world)

    dropped = world.owner.delete("/v1/finetunes/adopted")

    assert (["ft:1", None], 200, None) == (shown, dropped.status, dropped.json["model"])
    assert world.stores.tenants.get(ACME).model is None
