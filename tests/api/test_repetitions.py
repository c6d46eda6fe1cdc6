"""A write repeated under its idempotency key, after an attempt that had its effect and could not say so."""

from collections.abc import Callable
from typing import Any

import pytest

from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.jobs import JobState
from pm_assistant.domain.tenants import TenantState
from tests.api.conftest import Answer, World, on_all_stores
from tests.builders import ACME, NOW, a_decision, a_member

LEFT = Outcome(external_id="c-1", url="", inverse='{"operation": "commentDelete", "variables": {"id": "c-1"}}')
FAILURES = ["audit before", "audit after", "finish before"]
"""What fails once the effect is there: the audit trail, before it wrote or after, or what keeps the answer."""


@pytest.fixture(params=FAILURES)
def fail_once(request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Have the next write fail after its effect."""
    where, _, when = str(request.param).partition(" ")

    def arm() -> None:
        store: Any = world.stores.audit if where != "finish" else world.stores.idempotency_keys
        name = "finish" if where == "finish" else "add"
        original = getattr(type(store), name)

        def failing(*arguments: Any, **named: Any) -> None:
            monkeypatch.setattr(type(store), name, original)
            if when == "after":
                original(*arguments, **named)
            raise UpstreamUnavailable("the table is away")

        monkeypatch.setattr(type(store), name, failing)

    return arm


def repeated(world: World, fail_once: Callable[[], None], ask: Callable[[], Answer]) -> Answer:
    """The answer to a repetition of what failed; it is the last there is."""
    fail_once()
    assert 503 == ask().status
    answer = ask()
    assert answer.status < 300, answer.text
    assert "idempotency-replayed" not in answer.headers
    again = ask()
    assert (answer.status, "true") == (again.status, again.headers["idempotency-replayed"])
    assert 1 == len(world.stores.audit.latest(ACME, limit=9))
    return answer


RUNS = [
    ("workflows/process", {"dry_run": False}),
    ("workflows/standup", {}),
    ("workflows/sync", {"dry_run": False}),
    ("exports", None),
    ("imports", {"upload_id": "0" * 32}),
]


@pytest.mark.parametrize(("path", "wish"), RUNS, ids=[path for path, _ in RUNS])
def test_a_run_that_was_noted_is_the_one_that_goes_on(
    world: World, fail_once: Callable[[], None], path: str, wish: object
) -> None:
    """Whatever was put on its way twice is one and the same, and has not begun anew."""
    owner = world.owner
    fail_once()
    assert 503 == owner.post(f"/v1/{path}", wish, idempotency_key="k").status
    [job] = world.stores.jobs.latest(ACME, limit=9)
    under_way = job.model_copy(update={"state": JobState.RUNNING, "done": 7})
    world.stores.jobs.replace(under_way, before=job)

    answer = owner.post(f"/v1/{path}", wish, idempotency_key="k")

    assert (202, job.id, 7) == (answer.status, answer.json["id"], answer.json["done"])
    assert [under_way] == list(world.stores.jobs.latest(ACME, limit=9))
    assert {job.id} == {put["job_id"] for put in world.queued("jobs")}
    assert 1 == len(world.stores.audit.latest(ACME, limit=9))


@on_all_stores
def test_the_same_key_of_another_caller_or_another_key_is_another_run(world: World) -> None:
    """What is named after a key is named after who asked, too, and comes after what was asked for before."""
    ids = [
        caller.post("/v1/workflows/process", {}, **headers).json["id"]
        for caller, headers in (
            (world.owner, {"idempotency_key": "k"}),
            (world.admin, {"idempotency_key": "k"}),
            (world.owner, {"idempotency_key": "l"}),
            (world.owner, {}),
        )
    ]

    assert sorted(set(ids)) == ids
    assert ids[::-1] == [job.id for job in world.stores.jobs.latest(ACME, limit=9)]


def test_an_erasure_that_is_done_meanwhile_is_not_asked_for_again(world: World, fail_once: Callable[[], None]) -> None:
    """The person is not there any more, and that is how it should be."""
    world.stores.directory.put_members(ACME, [a_member()])
    admin, path = world.admin, "/v1/members/U0ADA/data"
    fail_once()
    assert 503 == admin.delete(path, idempotency_key="k").status
    [job] = world.stores.jobs.latest(ACME, limit=9)
    world.stores.jobs.replace(job.model_copy(update={"state": JobState.DONE}), before=job)
    world.stores.directory.remove_member(ACME, "U0ADA")

    answer = admin.delete(path, idempotency_key="k")

    assert (202, job.id) == (answer.status, answer.json["id"])
    assert 1 == len(world.stores.jobs.latest(ACME, limit=9))


def test_a_key_that_nobody_was_shown_is_no_second_key(world: World, fail_once: Callable[[], None]) -> None:
    """The one that is shown is the one that there is."""
    admin = world.admin

    made = repeated(world, fail_once, lambda: admin.post("/v1/keys", {"name": "CI"}, idempotency_key="k"))

    [key] = world.stores.api_keys.all(ACME)
    assert f"pma_{ACME}_{key.id}_" == made.json["key"].rpartition("_")[0] + "_"


def test_who_was_invited_is_mailed_once(world: World, fail_once: Callable[[], None]) -> None:
    """And the code in that mail is the one that counts."""
    admin, offer = world.admin, {"email": "bob@acme.test"}

    invited = repeated(world, fail_once, lambda: admin.post("/v1/invitations", offer, idempotency_key="k"))

    [mail] = world.app.mailer.sent
    [invitation] = world.stores.invitations.all(ACME, NOW)
    assert (mail.to, invited.json["id"]) == (invitation.email, invitation.id)


def test_a_place_for_a_file_is_one_place(world: World, fail_once: Callable[[], None]) -> None:
    """Its link is told with the answer that there is."""
    owner = world.owner

    offered = repeated(world, fail_once, lambda: owner.post("/v1/uploads", {"size": 1}, idempotency_key="k"))

    assert offered.json["upload_id"] in offered.json["url"]
    assert f"{offered.json['upload_id']}" == world.stores.audit.latest(ACME, limit=1)[0].target


@pytest.mark.parametrize("verb", ["approve", "dismiss", "undo", "retry"])
@pytest.mark.parametrize("meanwhile", [True, False], ids=["carried out meanwhile", "waiting"])
def test_an_answer_counts_once(world: World, fail_once: Callable[[], None], verb: str, meanwhile: bool) -> None:
    """Also where it has been carried out by the time of the repetition."""
    states = {"undo": DecisionState.DONE, "retry": DecisionState.FAILED}
    before = a_decision(state=states.get(verb, DecisionState.PROPOSED), outcome=LEFT if verb == "undo" else None)
    before = world.stores.decisions.save(before)
    member, body = world.member, {"approve": {}, "dismiss": {"reason": "no"}}.get(verb)

    def ask() -> Answer:
        answer = member.post(f"/v1/decisions/{before.id}/{verb}", body, idempotency_key="k")
        now = world.stores.decisions.get(ACME, before.id)
        if meanwhile and now.decided_by is None:
            answered = {"state": DecisionState.UNDONE, "decided_by": world.queued("actions")[0]["answered_by"]}
            world.stores.decisions.replace(now.model_copy(update=answered), before=now)
        return answer

    assert 202 == repeated(world, fail_once, ask).status
    [asked] = {str(put) for put in world.queued("actions")}
    assert verb in asked


def test_an_answer_of_somebody_else_is_not_taken_for_ones_own(world: World, fail_once: Callable[[], None]) -> None:
    """What another has decided meanwhile is a conflict still."""
    before = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    member, path = world.member, f"/v1/decisions/{before.id}/approve"
    fail_once()
    assert 503 == member.post(path, {}, idempotency_key="k").status
    dismissed = before.model_copy(update={"state": DecisionState.DISMISSED, "decided_by": "U0BOB"})
    world.stores.decisions.replace(dismissed, before=before)

    assert 409 == member.post(path, {}, idempotency_key="k").status


def test_what_was_called_off_is_called_off(world: World, fail_once: Callable[[], None]) -> None:
    """The tenant goes on, and who called its end off is told so."""
    tenant = world.stores.tenants.get(ACME)
    owner = world.owner
    assert 200 == owner.send("DELETE", "/v1/tenant", {"confirm": tenant.name}).status
    fail_once()

    answers = [owner.post("/v1/tenant/restore", idempotency_key="k").status for _ in range(2)]

    assert [503, 200] == answers
    assert TenantState.ACTIVE is world.stores.tenants.get(ACME).state
    assert 409 == owner.post("/v1/tenant/restore", idempotency_key="l").status
