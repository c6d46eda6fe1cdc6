"""Whatever is sent, the API answers as its own description says, and never with a fault of its own."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from pm_assistant.api.openapi import DOCUMENT
from pm_assistant.domain.accounts import Role
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.tenants import Provider
from tests.api.conftest import Client, World, a_world
from tests.builders import ACME, ENG, a_decision, a_member, a_message, a_ticket
from tests.fakes.connections import a_working_connection
from tests.fakes.vendors import FakeOAuthApp

GOOD = "Bearer good"
OPEN = ("/auth/", "/v1/openapi.json", "/v1/docs")
LEFT = Outcome(external_id="c-1", url="https://linear.app/acme/issue/ENG-1", inverse='{"operation": "x"}')
ASKED = a_decision(state=DecisionState.PROPOSED)
DONE = a_decision(message=a_message(600), state=DecisionState.DONE, outcome=LEFT)
KNOWN = {
    "account_id": ["acme-member", "acme-owner"],
    "conversation_id": [f"C0ENG:{a_message().ts}"],
    "decision_id": [ASKED.id, DONE.id],
    "key_id": ["keyread"],
    "member_id": ["U0ADA", "lin-ada"],
    "ticket": ["ENG-1", "ticket-1"],
}
"""Ids of what is there, so that not every question is about nothing."""

type StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Gateway:
    """API Gateway in front of the function, as WSGI: it asks for a credential, and knows one good one."""

    world: World
    owner: Client

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        headers = {name[5:].replace("_", "-").lower(): environ[name] for name in environ if name.startswith("HTTP_")}
        if "CONTENT_TYPE" in environ:
            headers["content-type"] = environ["CONTENT_TYPE"]
        path, _, _ = environ["REQUEST_URI"].partition("?")
        target = f"{path}?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else path
        body = environ["wsgi.input"].read().decode("utf-8", "replace")
        credential = headers.get("authorization")
        if credential is None and not target.startswith(OPEN):
            start_response("401 Unauthorized", [("content-type", "application/json")])
            return [b'{"message":"Unauthorized"}']
        method = environ["REQUEST_METHOD"]
        answer = self._caller(target, credential).send(method, target, body or None, **headers)
        if method != "GET" and answer.status < 300:
            self.owner = self.world.owner  # What was done may well have been to leave.
        start_response(f"{answer.status} -", list(answer.headers.items()))
        return [answer.text.encode()]

    def _caller(self, target: str, credential: str | None) -> Client:
        if target.startswith(OPEN):
            return Client()
        return self.owner if credential == GOOD else Client({"refused": "form"})


GATEWAY = Gateway()


@pytest.fixture(autouse=True)
def furnished() -> Iterator[None]:
    """A world with one of everything, in which nobody ever has to wait."""
    with a_world(requests_per_minute=10**6) as world:
        stores = world.stores
        GATEWAY.world, GATEWAY.owner = world, world.owner
        world.as_person(Role.MEMBER)
        assert world.reader
        world.app.oauth_apps.update({provider: FakeOAuthApp(provider) for provider in Provider})
        stores.directory.put_members(
            ACME, [a_member("ada", linear_id=None), a_member("ada", id="lin-ada", slack_id=None)]
        )
        stores.directory.put_teams(ACME, [ENG])
        stores.tickets.put(ACME, a_ticket(1))
        stores.messages.record(ACME, a_message(), keep_days=9_999)
        stores.connections.put(a_working_connection(ACME, Provider.GITHUB))
        for decision in (ASKED, DONE):
            stores.decisions.save(decision)
        yield


schema = schemathesis.openapi.from_dict(json.loads(DOCUMENT.read_text()))
schema.app = GATEWAY
schema.config.generation.update(with_security_parameters=False)
schema.config.phases.coverage.unexpected_methods = {"put", "delete"}  # where a path does not have them


def ask_about_what_is_there(case: schemathesis.Case[Any]) -> None:
    """Now and then put a known id where one of good form was made up."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    for name, made_up in (case.path_parameters or {}).items():
        known = KNOWN.get(name, [])
        nth = zlib.crc32(str(made_up).encode()) % (len(known) + 1)
        case.path_parameters[name] = [*known, made_up][nth]


@schema.parametrize()
@settings(max_examples=6, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_is_documented(case: schemathesis.Case[Any]) -> None:
    """In status, headers and form; what is malformed is refused, and so is whoever shows no credential."""
    ask_about_what_is_there(case)
    # Good form alone is no good request: a code may be wrong, a ticket of another team, a thing in another state.
    case.call_and_validate(headers={"Authorization": GOOD}, excluded_checks=[positive_data_acceptance])
