"""Another tenant's things are not there: every route that takes an id, made of the API's own description."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.api.openapi import DOCUMENT
from pm_assistant.domain.accounts import Invitation, Role, Scope
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.jobs import Job, JobKind, JobState, Order
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.work import Channel
from tests.api.conftest import Client, World, a_world, segment
from tests.builders import (
    ENG,
    GLOBEX,
    NOW,
    a_decision,
    a_member,
    a_message,
    a_pull_request,
    a_repository,
    a_ticket,
    an_experiment,
)
from tests.contracts.stores import IMPLEMENTATIONS

WRITTEN = json.loads(DOCUMENT.read_text())
LEFT = Outcome(external_id="c-1", url="https://linear.app/globex/issue/ENG-1", inverse='{"operation": "x"}')
LATER = NOW + timedelta(days=365)

BODIES: Mapping[str, Any] = {
    "adopt_model": {},
    "approve_decision": {},
    "change_member_by_hand": {"name": "Mallory"},
    "change_role": {"role": "admin"},
    "dismiss_decision": {"reason": "no"},
    "relink_decision": {"ticket": "ENG-1"},
    "change_rule_of_team": {"note": "x"},
    "put_identity": {"account": "lin-ada"},
    "put_subscription": {},
    "put_channel_subscription": {},
    "snooze_report": {"until": "hour"},
}
"""A good body for each write that takes an id; a new one has to be added here."""


def choices(parameter: Mapping[str, Any]) -> list[str]:
    """The values of a parameter that has only so many."""
    schema = parameter["schema"]
    if "$ref" in schema:
        schema = WRITTEN["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: list[str] = schema.get("enum", [])
    return found


def with_ids() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    """Every operation with an id in its path: its name, method, path, and the parameter that is the id."""
    for path, operations in WRITTEN["paths"].items():
        if path.startswith("/v1/operator/"):
            continue  # Nobody in a tenant gets past that door: test_operator.py.
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path" and not choices(parameter):
                    yield operation["operationId"], method.upper(), filled(path, operation), parameter


def filled(path: str, operation: Mapping[str, Any]) -> str:
    """A path whose other parts have their first possible value."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "path" and choices(parameter):
            path = path.replace(f"{{{parameter['name']}}}", choices(parameter)[0])
    return path


@pytest.fixture(scope="module", params=IMPLEMENTATIONS)
def globex(request: pytest.FixtureRequest) -> Iterator[tuple[World, dict[str, str]]]:
    """A world in which globex has one of everything, and the ids of these things by what paths call them."""
    with a_world(request.param) as world:
        stores = world.stores
        invitation = Invitation(
            id="inv-globex",
            tenant_id=GLOBEX,
            email="new@globex.test",
            role=Role.MEMBER,
            invited_by="account:x",
            created_at=NOW,
            expires_at=LATER,
        )
        order = Order(kind=JobKind.EXPORT)
        run = Job(
            id="run-globex",
            tenant_id=GLOBEX,
            order=order,
            state=JobState.RUNNING,
            asked_by="account:x",
            created_at=NOW,
            updated_at=NOW,
        )
        stores.invitations.put(invitation)
        stores.jobs.put(run)
        finetune = run.model_copy(update={"id": "finetune-globex", "order": Order(kind=JobKind.FINETUNE)})
        stores.jobs.put(finetune)
        stores.directory.put_members(GLOBEX, [a_member("eve"), a_member("ada", slack_id=None, id="lin-ada")])
        stores.directory.put_teams(GLOBEX, [ENG])
        stores.tickets.put(GLOBEX, a_ticket(77, key="GLX-77"))
        stores.messages.record(GLOBEX, a_message(), keep_days=9_999)
        for part in (a_repository(), a_pull_request(77)):
            stores.code.record(GLOBEX, part, keep_days=9_999)
        stores.experiments.put(GLOBEX, an_experiment())
        channel = Channel(id="C0GLX", name="eng")
        place = Position(source=Provider.SLACK, workspace="T0GLOBEX", place=channel.id, channel=channel)
        stores.readings.put_position(GLOBEX, place)
        stores.subscriptions.put(GLOBEX, Subscription(channel_id=channel.id, time_zone="UTC"))
        asked = stores.decisions.save(a_decision(GLOBEX, state=DecisionState.PROPOSED, outcome=LEFT))
        member = world.as_person(Role.MEMBER, GLOBEX).authorizer
        key = world.as_program(Scope.READ, GLOBEX).authorizer
        assert member
        assert key
        rule = TeamRule(id="rule-globex", kind="create", owner="account:x", made_at=NOW)
        tenant = stores.tenants.get(GLOBEX)
        stores.tenants.replace(tenant.model_copy(update={"rules": (rule,)}), before=tenant)
        yield (
            world,
            {
                "account_id": member["id"],
                "channel_id": channel.id,
                "conversation_id": f"C0ENG:{a_message().ts}",
                "decision_id": asked.id,
                "experiment_id": an_experiment().id,
                "finetune_id": finetune.id,
                "invitation_id": invitation.id,
                "key_id": key["id"],
                "member_id": "U0EVE",
                "pull_request_id": "900:77",
                "rule_id": rule.id,
                "run_id": run.id,
                "ticket": "GLX-77",
            },
        )


@pytest.mark.parametrize(("name", "method", "path", "parameter"), list(with_ids()), ids=lambda value: str(value)[:40])
def test_an_id_of_another_tenant_is_an_id_of_nothing(
    globex: tuple[World, dict[str, str]], name: str, method: str, path: str, parameter: Mapping[str, Any]
) -> None:
    """The same answer, word for word, as for an id that nobody has; to its own tenant the thing is there."""
    world, ids = globex
    theirs, body = ids[parameter["name"]], BODIES.get(name)

    def ask(client: Client, id: str) -> Any:
        return client.send(method, path.replace(f"{{{parameter['name']}}}", segment(id)), body)

    got, expected = ask(world.owner, theirs), ask(world.owner, uuid.uuid4().hex)

    assert (404, 404) == (got.status, expected.status)
    assert expected.json == got.json
    assert theirs not in got.text
    if method == "GET":
        assert 200 == ask(world.stranger, theirs).status
