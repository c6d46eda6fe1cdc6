"""Registering, logging in, passwords: over HTTP."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from pm_assistant.aws.tables import Row
from pm_assistant.domain.tenants import TenantId, TenantState
from pm_assistant.workflows.accounts.register import PENDING_LASTS
from tests.api.conftest import World, on_dynamodb
from tests.api.people import ADA, GRACE, OTHER, PASSWORD, People
from tests.builders import ACME


@pytest.fixture
def people(world: World) -> People:
    """Nobody so far."""
    return People(world)


def test_a_person_registers_proves_the_address_and_logs_in(people: People) -> None:
    """And the trail of the new tenant says so."""
    answer = people.ask("register", email=ADA, password=PASSWORD, team_name="New Ltd")
    registration = answer.json["registration"]
    assert (202, {"status": "accepted", "registration": registration}) == (answer.status, answer.json)
    assert 200 == people.ask("verify", email=ADA, code=people.code(), registration=registration).status

    session = people.ask("login", email=ADA, password=PASSWORD)

    assert (200, {"id_token", "refresh_token", "expires_in"}) == (session.status, set(session.json))
    fresh = people.ask("refresh", refresh_token=session.json["refresh_token"])
    assert (200, None) == (fresh.status, fresh.json["refresh_token"])
    who = people.users.find(ADA)
    assert who is not None
    assert TenantState.ACTIVE == people.world.stores.tenants.get(who.tenant_id).state
    trail = people.world.stores.audit.latest(who.tenant_id, limit=10)
    assert [("account.verified", ADA)] == [(e.action, e.actor_name) for e in trail]


@on_dynamodb
def test_what_is_never_proven_is_forgotten_after_a_week(people: People) -> None:
    """All of it, for nobody asked us to keep it; what is proven stays, but for how it fared on a day."""
    begun = people.ask("register", email=ADA, password=PASSWORD, team_name="New Ltd").json["registration"]
    week = int((datetime.now(UTC) + PENDING_LASTS).timestamp())
    ends = [int(row.expires_at.timestamp()) for row in Row.each(TenantId(begun))]
    assert [True] * 2 == [week - 60 <= end <= week for end in ends]

    people.ask("verify", email=ADA, code=people.code(), registration=begun)

    kept = [row for row in Row.each(TenantId(begun)) if not row.sk.startswith("HEALTHDAY#")]
    assert {None} == {row.expires_at for row in kept}


def test_a_session_ends_with_its_refresh_token_alone(people: People) -> None:
    """Logging out needs no id token, and is answered the same for what is no token."""
    people.registered()
    token = people.ask("login", email=ADA, password=PASSWORD).json["refresh_token"]

    assert {200} == {people.ask("logout", refresh_token=given).status for given in (token, token, "never was one")}

    assert 401 == people.ask("refresh", refresh_token=token).status


def test_a_password_is_set_anew_by_mail(people: People) -> None:
    """The trail says that it was, and a login that was refused before is in it as well, by nobody."""
    who = people.registered()
    assert 401 == people.ask("login", email=ADA, password=OTHER).status
    assert 202 == people.ask("password/forgot", email=ADA).status
    assert 200 == people.ask("password/reset", email=ADA, code=people.code(), password=OTHER).status

    assert 401 == people.ask("login", email=ADA, password=PASSWORD).status
    assert 200 == people.ask("login", email=ADA, password=OTHER).status
    trail = people.world.stores.audit.latest(who.tenant_id, limit=3)
    expected = [("login.refused", "unknown"), ("password.reset", f"account:{who.id}"), ("login.refused", "unknown")]
    assert expected == [(entry.action, entry.actor) for entry in trail]
    assert {f"account:{who.id}"} == {entry.target for entry in trail}


def test_whether_an_address_is_known_is_told_to_nobody(people: People) -> None:
    """Status, body and every header but the request's own id are the same."""
    people.registered(ADA)
    bodies: dict[str, dict[str, Any]] = {
        "register": {"password": OTHER, "team_name": "Other Ltd"},
        "verify": {"code": "999999", "registration": "f" * 32},
        "verify/resend": {},
        "login": {"password": OTHER},
        "password/forgot": {},
        "password/reset": {"code": "999999", "password": OTHER},
    }
    for route, body in bodies.items():
        known, unknown = (people.ask(route, email=email, **body) for email in (ADA, GRACE))
        heard = [dict(answer.headers) for answer in (known, unknown)]
        ids = {headers.pop("x-request-id") for headers in heard}

        assert (known.status, unnamed(known.text)) == (unknown.status, unnamed(unknown.text))
        assert heard[0] == heard[1]
        assert 2 == len(ids)
    assert [ADA] == [mail.to for mail in people.mailer.sent]


def unnamed(text: str) -> str:
    """An answer without the registration's own name."""
    return re.sub("[0-9a-f]{32}", "", text)


def test_too_many_attempts_are_told_when_to_come_again(people: People) -> None:
    """By e-mail, whether known or not."""
    for _ in range(5):
        people.ask("password/forgot", email=ADA)

    answer = people.ask("password/forgot", email=ADA)

    assert (429, "application/problem+json") == (answer.status, answer.headers["content-type"])
    assert 0 < int(answer.headers["retry-after"]) <= 3_600


@pytest.mark.parametrize(
    ("route", "body", "field"),
    [
        ("register", {"email": ADA, "password": PASSWORD}, "body"),
        ("register", {"email": ADA, "password": "hunter2", "team_name": "New Ltd"}, "body.password"),
        ("register", {"email": ADA, "password": PASSWORD, "team_name": "x", "tenant_id": ACME}, "body.tenant_id"),
        ("register", {"email": "ada", "password": PASSWORD, "team_name": "New Ltd"}, "body.email"),
        ("login", {"email": ADA}, "body.password"),
        ("login", {"email": ADA, "password": PASSWORD, "tenant_id": ACME}, "body.tenant_id"),
        ("password/reset", {"email": ADA, "code": "1", "password": "hunter2"}, "body.password"),
        ("password/reset", {"email": ADA, "code": "1", "password": f"{PASSWORD} "}, "body.password"),
        ("verify", {"email": ADA, "code": "1"}, "body.registration"),
        ("refresh", {"refresh_token": ""}, "body.refresh_token"),
        ("logout", {}, "body.refresh_token"),
    ],
)
def test_what_cannot_be_used_is_named_and_not_repeated(
    people: People, route: str, body: dict[str, Any], field: str
) -> None:
    """A password does not come back in an error."""
    answer = people.ask(route, **body)

    assert (422, [field]) == (answer.status, [flaw["field"] for flaw in answer.json["errors"]])
    assert "hunter2" not in answer.text
    assert PASSWORD not in answer.text


def test_a_route_without_login_has_no_caller(people: People) -> None:
    """What a caller might claim to be changes nothing; `Authorization` is not even looked at."""
    people.registered()
    answer = people.world.stranger.post("/auth/login", {"email": ADA, "password": PASSWORD})

    assert 200 == answer.status
    assert "ratelimit-limit" not in answer.headers


def test_no_secret_is_logged(people: People, caplog: pytest.LogCaptureFixture) -> None:
    """Neither of those who get in nor of those who do not."""
    people.registered()
    session = people.ask("login", email=ADA, password=PASSWORD).json
    people.ask("login", email=ADA, password=OTHER)
    people.ask("verify", email=ADA, code="999999", registration="f" * 32)
    people.ask("refresh", refresh_token="a-token-of-nobody")

    logged = " ".join(str(vars(record)) for record in caplog.records)
    assert "request refused" in logged
    secrets = (PASSWORD, OTHER, "999999", "a-token-of-nobody", session["id_token"], session["refresh_token"], ADA)
    assert [] == [secret for secret in secrets if secret in logged]
