"""Our app at Google: what it sends, and what Google's answers mean."""

import httpx
import pytest

from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.integrations.google.oauth import GoogleOAuthApp
from tests.builders import NOW
from tests.integrations.oauth_vendors import CLIENT_ID, CLIENT_SECRET, GoogleVendor, form_of, query_of

BACK = "https://pm.test/oauth/google/callback"
CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def an_app(vendor: GoogleVendor, secret: str = CLIENT_SECRET) -> GoogleOAuthApp:
    """Our app at this Google."""
    return GoogleOAuthApp(
        CLIENT_ID,
        secret,
        url="https://accounts.google.test",
        oauth_url="https://oauth2.google.test",
        transport=vendor.transport,
        clock=vendor.clock,
    )


def test_the_least_is_asked_for_and_for_when_nobody_is_there() -> None:
    """One right; asked anew each time, for otherwise no refresh token comes a second time."""
    asked = query_of(an_app(GoogleVendor(lambda: NOW)).authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    assert {
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "https://www.googleapis.com/auth/calendar.events.owned.readonly",
        "state": "s",
        "access_type": "offline",
        "prompt": "consent",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } == asked


def test_without_a_refresh_token_nothing_is_kept() -> None:
    """It would end within the hour."""
    app = an_app(vendor := GoogleVendor(lambda: NOW, offline=False))
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    with pytest.raises(UpstreamRejected):
        app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)


def test_a_refresh_token_stays_unless_google_sends_another() -> None:
    """It is worth as much as a person's consent."""
    app = an_app(vendor := GoogleVendor(lambda: NOW))
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    granted = app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER).credentials
    assert granted.refresh_token == app.refresh("primary", granted).refresh_token
    vendor.answers.append(httpx.Response(200, json={"access_token": "a", "refresh_token": "another"}))
    rotated = app.refresh("primary", granted).refresh_token
    assert rotated is not None
    assert "another" == rotated.get_secret_value()


def test_ending_takes_the_token_that_ends_all() -> None:
    """The refresh token; what Google has forgotten already is fine, any other refusal is not."""
    app = an_app(vendor := GoogleVendor(lambda: NOW))
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    granted = app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER).credentials
    app.revoke("primary", granted)
    assert granted.refresh_token is not None
    assert {"token": granted.refresh_token.get_secret_value()} == form_of(vendor.seen[-1])
    vendor.answers.append(httpx.Response(400, json={"error": "invalid_request"}))
    with pytest.raises(UpstreamRejected):
        app.revoke("primary", granted)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), AccessRevoked),
        (httpx.Response(401, json={"error": "invalid_client"}), Misconfigured),
        (httpx.Response(401, json={"error": "deleted_client"}), Misconfigured),
        (httpx.Response(400, json={"error": "invalid_request"}), UpstreamRejected),
        (httpx.Response(403, text="who are you?"), UpstreamUnavailable),
        (httpx.Response(500, json={"error": "internal_failure"}), UpstreamUnavailable),
        (httpx.Response(429, json={}), RateLimited),
        (httpx.Response(200, json={"token": "x"}), UpstreamUnavailable),
        (httpx.ConnectError("no"), UpstreamUnavailable),
    ],
)
def test_each_refusal_of_a_refresh_is_an_error_of_ours(
    answer: httpx.Response | httpx.HTTPError, error: type[ProductError]
) -> None:
    """Only `invalid_grant` says that a person has ended it."""
    app = an_app(vendor := GoogleVendor(lambda: NOW))
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    granted = app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER).credentials
    vendor.answers.extend([answer] * 3)
    with pytest.raises(error):
        app.refresh("primary", granted)
