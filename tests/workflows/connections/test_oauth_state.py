"""The codes of connecting: whose they are can be read from them, nothing else can, and no two are alike."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.workflows.connections.oauth_state import (
    matches,
    new_browser_secret,
    new_code,
    new_verifier,
    start_authorization,
    tenant_of,
)
from tests.builders import ACME, NOW, an_authorization
from tests.fakes.unit import FakeApplication
from tests.fakes.vendors import FakeOAuthApp


def test_a_code_says_whose_it_is_and_is_never_made_twice() -> None:
    """It is looked up in that tenant's partition alone."""
    codes = {new_code(ACME) for _ in range(100)}
    assert 100 == len(codes)
    assert {ACME} == {tenant_of(code) for code in codes}


@pytest.mark.parametrize(
    "code", ["", "acme", "acme.short", f"acme.{'A' * 44}", f"a.b.{'A' * 43}", f"acme\n.{'A' * 43}"]
)
def test_what_does_not_look_like_a_code_is_nobodys(code: str) -> None:
    """No key of the table is ever made of it."""
    assert tenant_of(code) is None


def test_a_browser_is_known_by_its_secret_alone() -> None:
    """We keep a digest; one that has no secret, or another's, is another browser."""
    secret, digest = new_browser_secret()
    assert hashlib.sha256(secret.encode()).hexdigest() == digest
    assert [True, False, False, False] == [
        matches(shown, digest) for shown in (secret, new_browser_secret()[0], "", None)
    ]


def test_an_authorization_is_kept_under_the_state_that_the_vendor_is_shown() -> None:
    """With the way back to us, and PKCE's challenge instead of its secret."""
    app, authorization = FakeApplication(), an_authorization(verifier=new_verifier())
    url = start_authorization(authorization, FakeOAuthApp(), app)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

    assert authorization == app.stores.oauth_states.take_authorization(ACME, query["state"], NOW)
    assert f"{app.public_url}/oauth/slack/callback" == query["redirect_uri"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(authorization.verifier.encode()).digest()).rstrip(b"=")
    assert challenge.decode() == query["challenge"]
    assert authorization.verifier not in url


def test_every_vendor_and_tenant_gets_a_state_of_its_own() -> None:
    """Two that are under way at once do not get in each other's way."""
    app = FakeApplication()
    started = [
        an_authorization(TenantId(tenant_id), provider=provider)
        for tenant_id in ("acme", "globex")
        for provider in Provider
    ]
    urls = [start_authorization(authorization, FakeOAuthApp(), app) for authorization in started]
    states = [parse_qs(urlsplit(url).query)["state"][0] for url in urls]

    assert started == [
        app.stores.oauth_states.take_authorization(authorization.tenant_id, state, NOW)
        for authorization, state in zip(started, states, strict=True)
    ]
