"""The gateway's question is always answered, and what is logged of a refusal opens nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.authorize import app
from pm_assistant.domain.accounts import Caller, Identity, Scope
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.workflows.accounts.keys import create_key
from tests.builders import ACME
from tests.fakes.accounts import FakeVerifier
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeUnit

MADE_AT = datetime(2026, 11, 20, tzinfo=UTC)
LOGIN = Identity(
    kind="account", id="user-1", tenant_id=ACME, issued_at=MADE_AT, expires_at=MADE_AT + timedelta(hours=1)
)
OWNER = Caller(tenant_id=ACME, kind="account", id="user-1", name="ada@acme.test", scope=Scope.OWNER)


@pytest.fixture
def stores(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStores]:
    """What the function finds behind its wiring."""
    stores = FakeStores()
    for name in ("TABLE_NAME", "ISSUER", "JWKS_URL", "CLIENT_ID"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setattr(wiring, "stores", lambda *_, **__: stores)
    monkeypatch.setattr(wiring, "verifier", lambda issuer, jwks_url, client_id: FakeVerifier(good=LOGIN))
    app.settings.cache_clear()
    logger.cache_clear()
    yield stores
    app.settings.cache_clear()
    logger.cache_clear()


def asked(authorization: str | None) -> dict[str, Any]:
    """What API Gateway asks (payload 2.0)."""
    return {
        "version": "2.0",
        "type": "REQUEST",
        "routeKey": "GET /v1/{proxy+}",
        "rawPath": "/v1/tenant",
        "headers": {"authorization": authorization} if authorization is not None else {},
        "requestContext": {"requestId": "request-1", "http": {"method": "GET", "sourceIp": "192.0.2.1"}},
    }


def test_a_person_and_a_program_are_named(stores: FakeStores) -> None:
    """Every value is a string, as the gateway's context wants it."""
    key, secret = create_key("CI", Scope.RUN, OWNER, FakeUnit(ACME, stores=stores))

    person, program = (app.handler(asked(f"Bearer {credential}"), None) for credential in ("good", secret))

    times = {"issued_at": str(int(MADE_AT.timestamp())), "expires_at": str(int(MADE_AT.timestamp()) + 3_600)}
    assert {"isAuthorized": True, "context": {"kind": "account", "id": "user-1", "tenant": ACME, **times}} == person
    assert {"isAuthorized": True, "context": {"kind": "key", "id": key.id, "tenant": ACME}} == program


def test_a_refusal_is_passed_on_and_logged_without_the_credential(
    stores: FakeStores, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asked from where, for what, and in one word why not."""
    for credential, word in (("stolen-token", "signature"), (f"pma_acme_1_{'5' * 64}", "key"), ("", "form")):
        answer = app.handler(asked(f"Bearer {credential}"), None)

        assert {"isAuthorized": True, "context": {"refused": word}} == answer
        [logged] = (vars(record) for record in caplog.records)
        caplog.clear()
        assert ("caller refused", word) == (logged["message"], logged["reason"])
        assert ("request-1", "GET /v1/{proxy+}", "192.0.2.1") == (
            logged["request_id"],
            logged["route"],
            logged["address"],
        )
        assert not credential or credential not in str(logged)


def test_a_request_without_a_credential_is_no_failure(stores: FakeStores) -> None:
    """The gateway does not send those, but nothing rests on that."""
    assert {"isAuthorized": True, "context": {"refused": "form"}} == app.handler(asked(None), None)


def test_a_failure_is_no_answer(stores: FakeStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway keeps answers; a failure has to be asked again."""

    class Down:
        def verify(self, id_token: str, now: datetime) -> Identity:
            raise UpstreamUnavailable("later")

    monkeypatch.setattr(wiring, "verifier", lambda issuer, jwks_url, client_id: Down())

    with pytest.raises(UpstreamUnavailable):
        app.handler(asked("Bearer good"), None)
