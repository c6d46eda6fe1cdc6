"""The API's own description: true, and pleasant to read."""

import json
import re
import shlex
from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from pm_assistant.api import openapi
from pm_assistant.api.app import app
from pm_assistant.api.fields import FIELDS
from pm_assistant.web.manual import POLICY, SCRIPT, STYLE, curl, manual, operations
from pm_assistant.web.rendering import csp_source
from tests.api.conftest import PUBLIC_URL, World
from tests.builders import ACME, a_member

WRITTEN: dict[str, Any] = json.loads(openapi.DOCUMENT.read_text())
OPERATIONS = [
    (method, path, operation)
    for path, operations in WRITTEN["paths"].items()
    for method, operation in operations.items()
]


def test_what_is_written_is_what_there_is() -> None:
    """Routes or the manual's form have changed since: `python -m pm_assistant.api.openapi` writes both anew."""
    assert openapi.text() == openapi.DOCUMENT.read_text()
    assert manual(WRITTEN) == openapi.MANUAL.read_text("utf-8")


def test_the_document_is_served_as_it_was_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made of routes while somebody waits; nobody has to be known; it says where the API is reached."""

    def never(*_: object, **__: object) -> str:
        raise AssertionError("the document is made at run time")

    monkeypatch.setattr(app, "get_openapi_json_schema", never)

    answer = world.nobody.get("/v1/openapi.json")

    assert (200, "application/json") == (answer.status, answer.headers["content-type"])
    assert WRITTEN | {"servers": [{"url": PUBLIC_URL}]} == answer.json


def test_every_operation_says_what_it_is() -> None:
    """A name of its own, a sentence, a place, and a scope unless anybody may use it."""
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]

    assert sorted(set(ids)) == sorted(ids)
    for _, path, operation in OPERATIONS:
        assert re.fullmatch(r"[a-z_]+", operation["operationId"])
        assert operation["summary"]
        assert not operation["summary"].startswith(("GET", "POST", "PUT", "PATCH", "DELETE"))
        assert operation["tags"][0] in openapi.TAGS
        assert path.startswith("/auth/") == ("security" not in operation) == ("x-scope" not in operation)
    assert not [name for name in WRITTEN["components"]["schemas"] if "__" in name]


def test_every_operation_says_what_it_may_answer() -> None:
    """One good answer at least, and each problem in the one form."""
    for method, path, operation in OPERATIONS:
        answers = operation["responses"]
        assert [status for status in answers if status.startswith("2")]
        assert {"500", "503"} <= set(answers)
        if "security" in operation:
            assert {"401", "403", "429"} <= set(answers)
            assert (method != "get") == ("409" in answers)
        if "{" in path:
            assert "404" in answers
    for response in WRITTEN["components"]["responses"].values():
        problem = response["content"]["application/problem+json"]["schema"]
        assert {"$ref": "#/components/schemas/Problem"} == problem


def test_what_the_gateway_answers_by_itself_is_described() -> None:
    """It is no problem in our form, and who reads the description alone has to know of it."""
    by_gateway = {"$ref": "#/components/schemas/GatewayMessage"}
    answers = WRITTEN["components"]["responses"]

    own = {
        name for name, each in answers.items() if by_gateway in (form["schema"] for form in each["content"].values())
    }
    assert {"Unauthorized", "TooManyRequests", "InternalServerError", "ServiceUnavailable"} == own
    about = " ".join(WRITTEN["info"]["description"].split())
    _, _, said = about.partition('API Gateway answers itself, as `{"message": "…"}`')
    assert all(f"({status})" in said.partition("**")[0] for status in (401, 404, 429)), said
    assert "API Gateway itself answers" in answers["Unauthorized"]["description"]


def test_every_field_and_every_parameter_says_what_it_means() -> None:
    """Beside it in the code, or in the list of those that say it the same everywhere; the list holds nothing else."""
    said = {
        (name, field, schema.get("description"))
        for name, described in WRITTEN["components"]["schemas"].items()
        for field, schema in described.get("properties", {}).items()
    }
    said |= {
        (operation["operationId"], each["name"], each.get("description"))
        for _, _, operation in OPERATIONS
        for each in operation.get("parameters", ())
    }

    assert [] == [(owner, field) for owner, field, words in said if not words]
    used = {(name, words) for owner, field, words in said for name in (field, f"{owner}.{field}")}
    assert [] == [name for name, words in FIELDS.items() if (name, words) not in used]


def examples() -> Iterator[tuple[str, Any, Any]]:
    """What is shown of each operation's body and good answers: where, its schema, and the example itself."""
    for method, path, operation in OPERATIONS:
        good = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
        for message in (operation.get("requestBody", {}), *good):
            for content in message.get("content", {}).values():
                yield f"{method} {path}", content["schema"], content.get("example")


def test_every_body_and_every_good_answer_has_an_example_of_its_form() -> None:
    """One that the schema takes, formats included."""
    for where, schema, example in examples():
        whole = {**schema, "components": WRITTEN["components"]}
        flaws = [flaw.message for flaw in Draft202012Validator(whole, validate_formats=True).iter_errors(example)]
        assert [] == flaws, where


def test_what_is_shown_to_be_typed_is_a_request_that_a_route_takes(world: World) -> None:
    """Its path, its method and all that it carries; whether there is such a thing is another question."""
    page = world.nobody.get("/v1/docs").text

    for operation in (each for tag in WRITTEN["tags"] for each in operations(WRITTEN, tag["name"])):
        line = curl(operation)
        words = shlex.split(line)
        options = dict(pairwise(words))
        target, body = next(word for word in words if word.startswith("$API")), options.get("-d")
        client = world.owner if "Authorization: Bearer $TOKEN" in words else world.nobody
        answer = client.send(options.get("-X", "GET"), target.removeprefix("$API"), body)
        assert escape(line, quote=True).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in page
        assert answer.status not in {405, 422, 500}, (line, answer.text)
        assert "no such route" not in answer.text


def test_no_body_takes_fields_that_nobody_knows() -> None:
    """On no level: a misspelt field is refused and not lost."""
    schemas = WRITTEN["components"]["schemas"]
    bodies = openapi._referenced(schemas, *(operation.get("requestBody") for _, _, operation in OPERATIONS))

    open_ones = [name for name in bodies if schemas[name].get("additionalProperties", "enum" not in schemas[name])]
    assert [] == open_ones


FORMER_NAMES = {"person", "assignee"}


def test_a_person_has_one_name_everywhere(world: World) -> None:
    """It is `member_id`; what some called it before is deprecated, means the same, and cannot mean anybody else."""
    world.stores.directory.put_members(ACME, [a_member("ada"), a_member("bo")])
    tickets = "/v1/tickets?member_id=U0ADA&assignee="
    runs, wish = "/v1/workflows/standup", {"member_id": "U0ADA"}

    assert [200, 422] == [world.owner.get(f"{tickets}{former}").status for former in ("U0ADA", "U0BO")]
    assert [202, 422] == [world.owner.post(runs, wish | {"person": former}).status for former in ("U0ADA", "U0BO")]
    parameters = [{each["name"]: each for each in operation.get("parameters", ())} for _, _, operation in OPERATIONS]
    fields = [schema.get("properties", {}) for schema in WRITTEN["components"]["schemas"].values()]
    for names in (*parameters, *fields):
        for former in FORMER_NAMES & set(names):
            assert "member_id" in names
            assert names[former]["deprecated"]
    made = world.owner.post(runs, {"person": "U0BO"}).json
    assert ("U0BO", "U0BO") == (made["member_id"], made["person"])


def test_a_form_of_the_frameworks_own_is_nowhere() -> None:
    """Whoever reads the document would believe in it."""
    assert "ValidationError" not in openapi.DOCUMENT.read_text()
    assert "x-problems" not in openapi.DOCUMENT.read_text()


def test_every_reference_leads_somewhere() -> None:
    """Within the document."""
    for reference in set(re.findall(r'"#/components/(\w+)/([\w-]+)"', openapi.DOCUMENT.read_text())):
        assert reference[1] in WRITTEN["components"][reference[0]]


def test_the_manual_is_one_page_without_anything_from_elsewhere(world: World) -> None:
    """One script, no font, no picture; the policy lets no other in. Its link leads on wherever the page lives."""
    answer = world.nobody.get("/v1/docs")

    assert (200, "text/html; charset=utf-8") == (answer.status, answer.headers["content-type"])
    assert POLICY == answer.headers["content-security-policy"]
    assert "default-src 'none'" in POLICY
    assert [f"<script>{SCRIPT}</script>"] == re.findall(r"<script.*?</script>", answer.text, re.DOTALL)
    assert f"script-src {csp_source(SCRIPT)};" in POLICY
    assert not re.findall(r"<link|<img|<iframe|url\(|@import|style=|\son\w+=", answer.text)
    assert {"openapi.json"} == set(re.findall(r'(?:href|src)="([^#"][^"]*)"', answer.text))
    assert f"<style>{STYLE}</style>" in answer.text


def test_the_manual_has_a_place_for_everything(world: World) -> None:
    """Each operation and each schema once, and every link leads to one."""
    page = world.nobody.get("/v1/docs").text
    places = re.findall(r'id="([^"]+)"', page)

    expected = {operation["operationId"] for _, _, operation in OPERATIONS}
    expected |= {f"schema-{name}" for name in WRITTEN["components"]["schemas"]}
    assert sorted(set(places)) == sorted(places)
    assert expected <= set(places)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(places)


def test_the_manual_takes_words_for_words() -> None:
    """A description is text, whatever it looks like."""
    hostile = {**WRITTEN, "info": {**WRITTEN["info"], "description": "<script>alert(1)</script> `<b>` **<i>**"}}

    page = manual(hostile)

    assert 1 == page.count("<script") == page.count(f"<script>{SCRIPT}</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <code>&lt;b&gt;</code> <strong>&lt;i&gt;</strong>" in page
