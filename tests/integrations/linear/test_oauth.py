"""Our app at Linear: what it sends, and what Linear's answers mean."""

import httpx
import pytest

from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.linear.oauth import LinearOAuthApp
from pm_assistant.runtime.batch import family_of
from tests.builders import NOW
from tests.integrations.oauth_vendors import CLIENT_ID, CLIENT_SECRET, LinearVendor, form_of, query_of

BACK = "https://pm.test/oauth/linear/callback"
CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def an_app(vendor: LinearVendor, secret: str = CLIENT_SECRET) -> LinearOAuthApp:
    """Our app at this Linear."""
    return LinearOAuthApp(
        CLIENT_ID,
        secret,
        url="https://linear.test",
        oauth_url="https://api.linear.test/oauth",
        api_url="https://api.linear.test/graphql",
        transport=vendor.transport,
        clock=vendor.clock,
    )


def granted(vendor: LinearVendor) -> Grant:
    """What a person's consent leads to."""
    app = an_app(vendor)
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    return app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)


def test_the_app_asks_to_act_as_itself_without_being_admin() -> None:
    """And has the page shown each time, so that another workspace can be chosen."""
    asked = query_of(an_app(LinearVendor(lambda: NOW)).authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    assert {
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "read,write",
        "state": "s",
        "actor": "app",
        "prompt": "consent",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } == asked


def test_the_organisation_and_who_we_are_there_are_read_with_the_new_token() -> None:
    """What the app's own user writes is our echo."""
    grant = granted(LinearVendor(lambda: NOW))
    assert ("org-acme", "Acme", "app-user") == (grant.external_id, grant.name, grant.app_user_id)
    assert ("https://linear.test/acme/", ("read", "write")) == (grant.base_url, grant.scopes)
    assert 86399 == ((grant.credentials.expires_at or NOW) - NOW).total_seconds()


def test_a_refresh_hands_over_the_token_and_the_apps_own_proof() -> None:
    """In the body, not in the address."""
    vendor = LinearVendor(lambda: NOW)
    grant = granted(vendor)
    an_app(vendor).refresh(grant.external_id, grant.credentials)
    assert grant.credentials.refresh_token is not None
    assert {
        "grant_type": "refresh_token",
        "refresh_token": grant.credentials.refresh_token.get_secret_value(),
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    } == form_of(vendor.seen[-1])
    assert "" == vendor.seen[-1].url.query.decode()


def test_both_tokens_are_revoked_the_refresh_token_first() -> None:
    """If it goes wrong in between, nothing can be refreshed any more."""
    vendor = LinearVendor(lambda: NOW)
    grant = granted(vendor)
    an_app(vendor).revoke(grant.external_id, grant.credentials)
    assert ["refresh_token", "access_token"] == [form_of(each)["token_type_hint"] for each in vendor.seen[-2:]]


def test_a_wrong_secret_does_not_break_the_tenants_connection() -> None:
    """It is our mistake, and the same for all tenants; nor does it pass for revoked."""
    vendor = LinearVendor(lambda: NOW)
    grant = granted(vendor)
    with pytest.raises(Misconfigured, match=r"linear/client-secret: invalid_client"):
        an_app(vendor, "wrong").refresh(grant.external_id, grant.credentials)
    vendor.answers.append(httpx.Response(401, json={"error": "invalid_client"}))
    with pytest.raises(Misconfigured):
        an_app(vendor).revoke(grant.external_id, grant.credentials)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), AccessRevoked),
        (httpx.Response(400, json={"error": "invalid_request"}), UpstreamRejected),
        (httpx.Response(401, json={}), UpstreamUnavailable),
        *((httpx.Response(status, text="<html>"), UpstreamUnavailable) for status in (400, 403, 404)),
        (httpx.Response(429), RateLimited),
        (httpx.Response(500), UpstreamUnavailable),
        (httpx.Response(200, json={"access_token": ""}), UpstreamUnavailable),
        (httpx.Response(200, json=[]), UpstreamUnavailable),
        (httpx.ReadTimeout("slow"), UpstreamUnavailable),
    ],
)
def test_what_answers_to_a_refresh_mean(answer: httpx.Response | httpx.HTTPError, error: type[UpstreamError]) -> None:
    """Only a grant that ended breaks a connection."""
    vendor = LinearVendor(lambda: NOW)
    grant = granted(vendor)
    vendor.answers.append(answer)
    with pytest.raises(error) as caught:
        an_app(vendor).refresh(grant.external_id, grant.credentials)
    assert error.__name__ == family_of(caught.value)
    if isinstance(caught.value, AccessRevoked):
        assert Provider.LINEAR is caught.value.provider


def test_a_fresh_token_that_linear_does_not_take_is_no_grant() -> None:
    """We could not say whose it is."""
    vendor = LinearVendor(lambda: NOW)
    app = an_app(vendor)
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    tokens = {"access_token": "a", "refresh_token": "r", "expires_in": 1}
    vendor.answers += [httpx.Response(200, json=tokens), httpx.Response(200, json={"errors": [{"message": "no"}]})]
    with pytest.raises(UpstreamRejected):
        app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)
