"""What holds for every request, whatever the route."""

import base64
import json
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from pm_assistant.api import app as api
from pm_assistant.api import context, routes
from pm_assistant.api.openapi import DOCUMENT
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.decisions import DecisionState
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.tenants import TenantState
from pm_assistant.runtime import wiring
from pm_assistant.runtime.http import PROBLEM_JSON
from tests.api.conftest import Answer, Client, World, answer_to, event
from tests.builders import ACME, GLOBEX, a_decision, a_tenant


def test_every_route_is_found_by_the_beginning_of_its_path() -> None:
    """A module that the table does not name there is not loaded, so that its route is not there."""
    declared = defaultdict(set)
    for file in Path(routes.__file__).parent.glob("[a-z]*.py"):
        for path, *_ in import_module(f"{routes.__name__}.{file.stem}").router._routes:
            declared[routes.group_of(path)].add(file.stem)

    assert declared == {group: set(modules) for group, modules in routes.MODULES.items()}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_there_are_no_other_routes(world: World, method: str) -> None:
    """An unknown path is told the same, whatever the method."""
    for path in ("/v1/nothing", "/v1/decisions/1/nothing", "/v1/openapi.json/x", "/v1//tenant"):
        answer = world.owner.send(method, path)

        assert (404, PROBLEM_JSON) == (answer.status, answer.headers["content-type"])
        assert "no such route" == answer.json["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/tenant", "DELETE, GET, PATCH"),
        ("POST", "/v1/openapi.json", "GET"),
        ("HEAD", "/v1/decisions/1", "GET"),
        ("DELETE", "/v1/members/suggestions", "GET, PATCH"),
        ("GET", "/auth/login", "POST"),
    ],
)
def test_a_route_has_its_own_methods(world: World, method: str, path: str, allowed: str) -> None:
    """Another one is told which there are (RFC 9110, 15.5.6); the values of the path make no difference."""
    answer = (world.nobody if path.startswith("/auth/") else world.owner).send(method, path)

    assert (405, PROBLEM_JSON, allowed) == (answer.status, answer.headers["content-type"], answer.headers["allow"])


OPERATIONS = [
    (method.upper(), re.sub(r"{\w+}", "slack", path), operation)
    for path, operations in json.loads(DOCUMENT.read_text())["paths"].items()
    for method, operation in operations.items()
]


def test_what_no_route_reads_is_refused_and_named(world: World) -> None:
    """Everywhere: parameters nobody knows, two values where one is taken, and fields where no body is read."""
    owner = world.owner
    before = owner.get("/v1/tenant").text
    for method, path, operation in [*OPERATIONS, ("GET", "/v1/openapi.json", {})]:
        client = world.nobody if path.startswith("/auth/") else owner
        known = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
        for name in ("nonsense", "", "tenant_id", "Limit", *known):
            query = f"{name}=1&{name}=2" if name in known else urlencode({name: "x"})
            answer = client.send(method, f"{path}?{query}", {} if "requestBody" in operation else None)
            assert (422, [f"query.{name}"]) == (answer.status, named(answer)), f"{method} {path}?{query}"
        if "requestBody" not in operation:
            answer = client.send(method, path, {"dry_run": True})
            assert (422, ["body.dry_run"]) == (answer.status, named(answer)), f"{method} {path}"
    assert before == owner.get("/v1/tenant").text
    assert [] == world.queued("jobs") + world.queued("actions")


def test_the_manual_is_a_page_whatever_is_added_to_its_address(world: World) -> None:
    """As mail programs and those who count visitors do."""
    assert 200 == world.nobody.get("/v1/docs", utm_source="mail").status


def test_who_misspells_is_told_what_there_is(world: World) -> None:
    """A filter that filters nothing would be taken for an answer."""
    answer = world.reader.get("/v1/standup", person="lena")

    assert "query.person: no such parameter; there is member_id" == answer.json["detail"]


def test_an_empty_object_is_no_body(world: World) -> None:
    """Clients that always send one mean nothing by it."""
    assert 200 == world.owner.post("/v1/me/logout-everywhere", {}).status


def named(answer: Answer) -> list[str]:
    """The fields that a problem names."""
    return [flaw["field"] for flaw in answer.json.get("errors", ())]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("", "body"),
        ("{", "body"),
        ("null", "body"),
        ("[]", "body"),
        ('[{"name": "x"}]', "body"),
        ('"name"', "body"),
        ("NaN", "body"),
        ("[" * 100_000, "body"),
        ('{"name": 7}', "body.name"),
        ('{"name": "x", "sort": "y"}', "body.sort"),
        (json.dumps({"name": "x", "n" * 999: 1}), f"body.{'n' * 64}"),
    ],
)
def test_a_body_that_cannot_be_used_is_named_and_not_repeated(world: World, body: str, field: str) -> None:
    """Malformed, of the wrong kind, missing or with fields nobody knows."""
    answer = world.owner.send("PATCH", "/v1/tenant", body)

    assert answer.status in {400, 422}
    assert PROBLEM_JSON == answer.headers["content-type"]
    assert [field] == (named(answer) or [answer.json["field"]])
    assert len(answer.text) < 1_000
    assert "Acme" == world.stores.tenants.get(ACME).name


def test_what_was_sent_is_never_repeated(world: World) -> None:
    """It may be a secret in the wrong field."""
    secret = "hunter2-and-more"

    answers = [
        world.owner.patch("/v1/tenant", {"name": [secret]}),
        world.owner.patch("/v1/settings", {"settle_seconds": secret, "language": secret, "rules": {"move": secret}}),
        world.owner.patch("/v1/settings", {"home_team_id": secret}),
        world.owner.get("/v1/decisions", state=secret, since=secret, limit=secret, cursor=secret),
        world.owner.get(f"/v1/decisions/{secret}"),
        world.owner.put(f"/v1/subscriptions/U0ADA/{secret}", {}),
        world.owner.send("PATCH", "/v1/tenant", f"{{{secret}"),
        world.owner.patch("/v1/tenant", {"name": "x"}, idempotency_key="\t" + secret),
    ]

    assert all(400 <= answer.status < 500 for answer in answers)
    assert not [answer.text for answer in answers if secret in answer.text]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_is_json_by_its_own_word(world: World, kind: str) -> None:
    """Nothing is guessed."""
    answer = world.owner.patch("/v1/tenant", {"name": "x"}, content_type=kind)

    assert (400, "Content-Type") == (answer.status, answer.json["field"])


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_a_body_may_come_in_base64(world: World, kind: str) -> None:
    """API Gateway wraps what it takes for binary."""
    asked = event("PATCH", "/v1/tenant", "-", headers={"content-type": kind}, authorizer=world.owner.authorizer)
    wrapped = {"body": base64.b64encode(json.dumps({"name": "Größe"}).encode()).decode(), "isBase64Encoded": True}

    assert "Größe" == answer_to(asked | wrapped).json["name"]


def test_a_body_that_is_no_text_is_refused(world: World) -> None:
    """JSON is UTF-8."""
    asked = event("PATCH", "/v1/tenant", "-", authorizer=world.owner.authorizer)

    answer = answer_to(asked | {"body": base64.b64encode(b"\xff\xfe").decode(), "isBase64Encoded": True})

    assert (400, "body") == (answer.status, answer.json["field"])


def test_every_answer_names_the_request(world: World) -> None:
    """Good or bad, known caller or none."""
    for client, path in ((world.owner, "/v1/tenant"), (world.owner, "/v1/nothing"), (world.nobody, "/v1/tenant")):
        asked = event("GET", path, authorizer=client.authorizer)

        assert asked["requestContext"]["requestId"] == answer_to(asked).headers["x-request-id"]


@pytest.mark.parametrize(
    "authorizer",
    [
        None,
        {},
        {"refused": "expired"},
        {"kind": "account", "id": "acme-nobody", "tenant": ACME, "issued_at": "1", "expires_at": "9999999999"},
        {"kind": "account", "id": "acme-owner", "tenant": ACME},
        {"kind": "account", "id": "acme-owner", "tenant": GLOBEX, "issued_at": "1", "expires_at": "9999999999"},
        {"kind": "account", "id": "acme-owner", "tenant": ACME, "issued_at": "1", "expires_at": "2"},
        {"kind": "key", "id": "keyread", "tenant": GLOBEX},
        {"kind": "key", "id": "nokey", "tenant": ACME},
    ],
)
def test_whoever_is_not_proven_learns_nothing(world: World, authorizer: dict[str, str] | None) -> None:
    """The same for routes that are there and routes that are not."""
    assert 200 == world.owner.get("/v1/tenant").status
    assert 200 == world.reader.get("/v1/tenant").status

    for path in ("/v1/tenant", "/v1/nothing", "/v1/decisions/1"):
        answer = Client(authorizer).get(path)
        assert (401, PROBLEM_JSON) == (answer.status, answer.headers["content-type"])


def test_whoever_was_removed_is_out_at_once(world: World) -> None:
    """Whatever API Gateway has kept of the proof."""
    member, reader = world.member, world.reader
    assert (200, 200) == (member.get("/v1/tenant").status, reader.get("/v1/tenant").status)

    world.stores.accounts.remove(ACME, "acme-member")
    world.stores.api_keys.remove(ACME, "keyread")

    assert (401, 401) == (member.get("/v1/tenant").status, reader.get("/v1/tenant").status)


def test_a_tenant_that_is_gone_has_no_callers(world: World) -> None:
    """While its deletion can be called off, it still has."""
    owner, now = world.owner, datetime.now(UTC)
    for closes_at, status in ((now + timedelta(days=1), 200), (now - timedelta(seconds=1), 401)):
        world.stores.tenants.put(a_tenant(state=TenantState.CLOSING, closes_at=closes_at))
        assert status == owner.get("/v1/tenant").status


@pytest.mark.parametrize("smuggle", ["body", "query", "header"])
def test_the_tenant_comes_from_the_credential_alone(world: World, smuggle: str) -> None:
    """What names another one elsewhere is refused or has no effect."""
    decision = world.stores.decisions.save(a_decision(GLOBEX, state=DecisionState.PROPOSED))
    owner = world.owner
    match smuggle:
        case "body":
            answers = [
                owner.patch("/v1/tenant", {"name": "x", "tenant_id": GLOBEX}),
                owner.patch("/v1/settings", {"settle_seconds": 1, "tenant_id": GLOBEX}),
                owner.post(f"/v1/decisions/{decision.id}/approve", {"tenant_id": GLOBEX}),
            ]
            assert [422, 422, 422] == [answer.status for answer in answers]
        case "query":
            assert 422 == owner.get("/v1/tenant", tenant_id=GLOBEX, tenant=GLOBEX).status
            assert 422 == owner.get("/v1/decisions", tenant_id=GLOBEX).status
        case _:
            told = Client(owner.authorizer, {"x-tenant-id": GLOBEX, "tenant": GLOBEX, "x-forwarded-host": GLOBEX})
            assert ACME == told.get("/v1/tenant").json["id"]
            assert 404 == told.post(f"/v1/decisions/{decision.id}/approve", {}).status
    assert "Globex" == world.stores.tenants.get(GLOBEX).name
    assert [] == world.queued("actions")


def test_a_path_may_be_encoded(world: World) -> None:
    """A colon is spelt either way."""
    world.stores.decisions.save(a_decision(id="a:b"))

    assert 200 == world.reader.get("/v1/decisions/a%3Ab").status == world.reader.get("/v1/decisions/a:b").status


def test_a_path_is_decoded_once(world: World) -> None:
    """API Gateway leaves a percent sign alone as `%25`, and nothing else: what that makes is not read again."""
    world.stores.decisions.save(a_decision(id="a%41"))

    assert 200 == world.reader.get("/v1/decisions/a%2541").status
    assert 404 == world.reader.get("/v1/decisions/aA").status


def test_a_fault_of_ours_is_told_as_such_and_nothing_of_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has it under the request's id."""

    def broken(_: str) -> Any:
        raise RuntimeError("secret details")

    owner = world.owner
    monkeypatch.setattr(wiring, "queue", broken)
    decision = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))

    answer = owner.post(f"/v1/decisions/{decision.id}/approve", {})

    assert (500, PROBLEM_JSON) == (answer.status, answer.headers["content-type"])
    assert "secret" not in answer.text
    assert "ratelimit-limit" in answer.headers


def test_an_answer_of_the_wrong_form_is_a_fault_of_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the caller's fields that cannot be used."""
    monkeypatch.setattr(
        type(world.stores.tenants), "get", lambda *_: a_tenant().model_copy(update={"settings": "none"})
    )

    assert 500 == world.reader.get("/v1/settings").status


def test_a_tenant_has_so_many_requests_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers count them down; another tenant has its own; nothing is done for one too many."""
    monkeypatch.setenv("REQUESTS_PER_MINUTE", "3")
    context.settings.cache_clear()
    owner, member, stranger = world.owner, world.member, world.stranger
    monkeypatch.setattr(api, "datetime", StartOfMinute)

    answers = [client.get("/v1/tenant") for client in (owner, member, owner)]
    refused = owner.patch("/v1/tenant", {"name": "x"})

    assert [200, 200, 200] == [answer.status for answer in answers]
    assert ["2", "1", "0"] == [answer.headers["ratelimit-remaining"] for answer in answers]
    assert {("3", "60")} == {(a.headers["ratelimit-limit"], a.headers["ratelimit-reset"]) for a in answers}
    assert (429, "60", PROBLEM_JSON) == (
        refused.status,
        refused.headers["retry-after"],
        refused.headers["content-type"],
    )
    assert "Acme" == world.stores.tenants.get(ACME).name
    assert 200 == stranger.get("/v1/tenant").status


class StartOfMinute:
    """A clock that stands at the beginning of a minute."""

    @staticmethod
    def now(zone: Any) -> datetime:
        """The beginning of this minute."""
        return datetime.now(zone).replace(second=0, microsecond=0)


def test_a_repeated_write_is_done_once(world: World) -> None:
    """The second answer is the first one again, and says so."""
    decision = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    member, path = world.member, f"/v1/decisions/{decision.id}/approve"

    first, second = (member.post(path, {}, idempotency_key="k-1") for _ in range(2))

    assert (202, 202) == (first.status, second.status)
    assert first.json == second.json
    assert (None, "true") == tuple(answer.headers.get("idempotency-replayed") for answer in (first, second))
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert 1 == len(world.queued("actions"))
    assert 1 == len(world.stores.audit.latest(ACME, limit=9))


def test_a_key_stands_for_one_request(world: World) -> None:
    """With another body, path or method it is refused; another caller's key is another key; another tenant's, too."""
    admin = world.admin
    assert 200 == admin.patch("/v1/tenant", {"name": "One"}, idempotency_key="k").status

    assert "Idempotency-Key" == admin.patch("/v1/tenant", {"name": "Two"}, idempotency_key="k").json["field"]
    assert 400 == admin.patch("/v1/settings", {"name": "One"}, idempotency_key="k").status
    assert "One" == world.stores.tenants.get(ACME).name
    assert 200 == world.owner.patch("/v1/tenant", {"name": "Three"}, idempotency_key="k").status
    assert 200 == world.stranger.patch("/v1/tenant", {"name": "Four"}, idempotency_key="k").status
    assert ("Three", "Four") == (world.stores.tenants.get(ACME).name, world.stores.tenants.get(GLOBEX).name)


def test_two_at_the_same_time_are_not_both_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is told to wait, and gets the answer once it is there."""
    admin = world.admin
    answers: list[Answer] = []
    replace = type(world.stores.tenants).replace

    def meanwhile(*arguments: Any, **named: Any) -> None:
        if not answers:
            answers.append(admin.patch("/v1/tenant", {"name": "One"}, idempotency_key="k"))
        replace(*arguments, **named)

    monkeypatch.setattr(type(world.stores.tenants), "replace", meanwhile)

    first = admin.patch("/v1/tenant", {"name": "One"}, idempotency_key="k")

    assert (200, [409]) == (first.status, [answer.status for answer in answers])
    assert first.json == admin.patch("/v1/tenant", {"name": "One"}, idempotency_key="k").json


def test_what_failed_for_our_sake_may_be_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal is an answer, an outage is none."""
    member = world.member
    decision = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    path = f"/v1/decisions/{decision.id}/approve"
    for error, status in ((UpstreamUnavailable("away"), 503), (RuntimeError("bug"), 500)):
        with monkeypatch.context() as patch:
            patch.setattr(wiring, "queue", failing(error))
            assert status == member.post(path, {}, idempotency_key="k").status

    assert 202 == member.post(path, {}, idempotency_key="k").status
    assert 1 == len(world.queued("actions"))

    refused = [member.post("/v1/decisions/none/undo", idempotency_key="n") for _ in range(2)]
    assert [404, 404] == [answer.status for answer in refused]
    assert "true" == refused[1].headers["idempotency-replayed"]


def failing(error: Exception) -> Callable[[str], Any]:
    """A maker of queues that fails."""

    def make(_: str) -> Any:
        raise error

    return make


@pytest.mark.parametrize("key", ["", "k" * 256, "a\tb", "a\u200bb"])
def test_a_key_has_a_form(world: World, key: str) -> None:
    """Printable, and not endless."""
    answer = world.owner.patch("/v1/tenant", {"name": "x"}, idempotency_key=key)

    assert (400, "Idempotency-Key") == (answer.status, answer.json["field"])
    assert "Acme" == world.stores.tenants.get(ACME).name


def test_reads_need_no_key(world: World) -> None:
    """They change nothing, so they are answered anew."""
    reader = Client(world.reader.authorizer, {"Idempotency-Key": "k"})
    assert "Acme" == reader.get("/v1/tenant").json["name"]
    world.stores.tenants.put(a_tenant(name="Other"))

    assert "Other" == reader.get("/v1/tenant").json["name"]


def test_a_scope_includes_the_ones_before_it(world: World) -> None:
    """Owner, admin, member, reader: each may do less."""
    decision = world.stores.decisions.save(a_decision(state=DecisionState.PROPOSED))
    everybody = (world.owner, world.admin, world.member, world.reader)

    assert [200] * 4 == [client.get("/v1/tenant").status for client in everybody]
    assert [200, 200, 403, 403] == [client.patch("/v1/tenant", {"name": "x"}).status for client in everybody]
    answers = [client.post(f"/v1/decisions/{decision.id}/approve", {}).status for client in everybody]
    assert [202, 202, 202, 403] == answers


def test_an_owner_of_one_tenant_is_nobody_in_another(world: World) -> None:
    """Even under the same account id."""
    twin = world.as_person(Role.OWNER, GLOBEX)
    assert twin.authorizer is not None

    assert 401 == Client({**twin.authorizer, "tenant": ACME}).get("/v1/tenant").status


def test_no_answer_is_kept_on_its_way_but_the_manual(world: World) -> None:
    """Tokens, keys and links are for whoever asked, also in what is refused; browsers come back over TLS only."""
    nobody, owner = world.nobody, world.owner
    answers = [
        nobody.post("/auth/login", {"email": "ada@acme.test", "password": "wrong"}),
        nobody.post("/auth/refresh", {"refresh_token": "none"}),
        owner.post("/v1/keys", {"name": "nightly", "scope": "read"}),
        owner.post("/v1/uploads", {"size": 1}),
        owner.get("/v1/decisions"),
        nobody.get("/v1/decisions"),
        nobody.get("/v1/nothing"),
    ]

    assert {"no-store"} == {answer.headers["cache-control"] for answer in answers}
    assert "no-store" not in nobody.get("/v1/docs").headers["cache-control"]
    for answer in (*answers, nobody.get("/v1/docs")):
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert "nosniff" == answer.headers["x-content-type-options"]
