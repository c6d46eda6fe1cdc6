"""Our app at Slack: what it sends, and what Slack's answers mean."""

import base64
from typing import Any

import httpx
import pytest

from pm_assistant.domain.connections import Callback, Grant
from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.slack.oauth import Installed, SlackOAuthApp
from pm_assistant.runtime.batch import family_of
from tests.builders import NOW
from tests.contracts.vendor_contracts import given, load, needs_contracts
from tests.integrations.oauth_vendors import CLIENT_ID, CLIENT_SECRET, SlackVendor, form_of, query_of

BACK = "https://pm.test/oauth/slack/callback"


def an_app(vendor: SlackVendor, secret: str = CLIENT_SECRET) -> SlackOAuthApp:
    """Our app at this Slack."""
    return SlackOAuthApp(
        CLIENT_ID,
        secret,
        url="https://slack.test",
        api_url="https://slack.test/api/",
        transport=vendor.transport,
        clock=vendor.clock,
    )


def a_vendor(**settings: Any) -> SlackVendor:
    """Slack."""
    return SlackVendor(lambda: NOW, **settings)


def granted(vendor: SlackVendor) -> Grant:
    """What a person's consent leads to."""
    app = an_app(vendor)
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge="c"))
    return app.exchange(callback, redirect_uri=BACK, verifier="v")


def test_people_are_asked_for_a_bots_scopes_and_nothing_of_their_own() -> None:
    """No PKCE either: with it the app would count as public."""
    asked = query_of(an_app(a_vendor()).authorize_url(state="s", redirect_uri=BACK, challenge="c"))
    assert {
        "client_id": CLIENT_ID,
        "scope": "channels:history,channels:read,groups:history,groups:read,chat:write,im:write,im:history,"
        "users:read,users:read.email,app_mentions:read,assistant:write,channels:join,commands,links:read,links:write,"
        "reactions:read",
        "redirect_uri": BACK,
        "state": "s",
    } == asked


def test_the_secret_goes_into_a_header_and_into_no_address() -> None:
    """Addresses end up in logs."""
    vendor = a_vendor()
    granted(vendor)
    request = vendor.seen[0]
    basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert f"Basic {basic}" == request.headers["authorization"]
    assert {"code", "redirect_uri"} == form_of(request).keys()
    assert "" == "".join(each.url.query.decode() for each in vendor.seen)


def test_a_workspace_is_known_by_its_id_and_its_address() -> None:
    """The address is Slack's own word, for permalinks."""
    grant = granted(a_vendor())
    assert ("T0ACME", "Acme", "U0BOT", None) == (grant.external_id, grant.name, grant.app_user_id, grant.enterprise_id)
    assert "https://acme.slack.com/" == grant.base_url


def test_an_installation_on_a_whole_organisation_is_known_by_the_organisations_id() -> None:
    """It has no team."""
    grant = granted(a_vendor(grid=True))
    assert ("E0ACME", "Acme Group", "E0ACME") == (grant.external_id, grant.name, grant.enterprise_id)


def test_a_token_ends_only_where_rotation_is_on() -> None:
    """After twelve hours; without rotation there is nothing to refresh."""
    rotating, lasting = granted(a_vendor()).credentials, granted(a_vendor(rotation=False)).credentials
    assert 12 * 3600 == ((rotating.expires_at or NOW) - NOW).total_seconds()
    assert (None, None) == (lasting.expires_at, lasting.refresh_token)


def test_scopes_that_a_person_left_out_are_not_among_the_granted() -> None:
    """What was granted is what Slack says, not what we asked for."""
    assert ("chat:write", "users:read") == granted(a_vendor(granted="chat:write,users:read")).scopes


def test_where_a_bot_may_not_uninstall_its_token_is_ended() -> None:
    """The next best thing."""
    vendor = a_vendor(bots_may_uninstall=False)
    grant = granted(vendor)
    an_app(vendor).revoke(grant.external_id, grant.credentials)
    assert not vendor.accepts(grant.credentials)
    assert "/api/auth.revoke" == vendor.seen[-1].url.path


def test_a_token_that_every_installation_shares_is_not_given_back() -> None:
    """Without rotation Slack hands out the same one again: ending ours would end theirs."""
    vendor = a_vendor(rotation=False)
    grant = granted(vendor)
    an_app(vendor).revoke(grant.external_id, grant.credentials, whole=False)
    assert vendor.accepts(grant.credentials)


def test_a_wrong_secret_does_not_break_the_tenants_connection() -> None:
    """It is our mistake, and the same for all tenants."""
    vendor = a_vendor()
    grant = granted(vendor)
    with pytest.raises(Misconfigured, match=r"slack/client-secret: bad_client_secret"):
        an_app(vendor, "wrong").refresh(grant.external_id, grant.credentials)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, json={"ok": False, "error": "invalid_refresh_token"}), AccessRevoked),
        (httpx.Response(200, json={"ok": False, "error": "account_inactive"}), AccessRevoked),
        (httpx.Response(200, json={"ok": False, "error": "ratelimited"}), RateLimited),
        (httpx.Response(429, headers={"retry-after": "7"}), RateLimited),
        (httpx.Response(200, json={"ok": False, "error": "internal_error"}), UpstreamUnavailable),
        (httpx.Response(200, json={"ok": False, "error": "invalid_client_id"}), Misconfigured),
        (httpx.Response(200, json={"ok": False, "error": "invalid_arguments"}), UpstreamRejected),
        (httpx.Response(200, json={"ok": False}), UpstreamUnavailable),
        *((httpx.Response(status, text="<html>"), UpstreamUnavailable) for status in (200, 403, 404)),
        (httpx.Response(200, json={"ok": True, "token_type": "bot"}), UpstreamUnavailable),
        (httpx.Response(200, json={"ok": True, "token_type": "user", "access_token": "xoxp"}), UpstreamUnavailable),
        (httpx.Response(503), UpstreamUnavailable),
        (httpx.ReadTimeout("slow"), UpstreamUnavailable),
    ],
)
def test_what_answers_mean(answer: httpx.Response | httpx.HTTPError, error: type[ProductError]) -> None:
    """One table for all of Slack's."""
    vendor = a_vendor()
    grant = granted(vendor)
    vendor.answers.append(answer)
    with pytest.raises(error) as caught:
        an_app(vendor).refresh(grant.external_id, grant.credentials)
    assert error.__name__ == family_of(caught.value)
    if isinstance(caught.value, AccessRevoked):
        assert Provider.SLACK is caught.value.provider


@pytest.mark.parametrize("answer", [httpx.Response(200, json={"ok": False, "error": "xoxe-secret <b>"}), None])
def test_errors_hold_no_secret(answer: httpx.Response | None) -> None:
    """Neither what was sent, nor whatever comes back in the place of a code."""
    vendor = a_vendor()
    grant = granted(vendor)
    vendor.answers.append(answer or httpx.Response(200, json={"ok": True, "access_token": 1, "token_type": "bot"}))
    with pytest.raises(ProductError) as caught:
        an_app(vendor).refresh(grant.external_id, grant.credentials)
    assert grant.credentials.refresh_token is not None
    for secret in ("xoxe", CLIENT_SECRET, grant.credentials.refresh_token.get_secret_value()):
        assert secret not in f"{caught.value}{caught.value.__cause__}"


def test_an_installation_that_names_no_place_is_no_grant() -> None:
    """Nobody could say whose it is."""
    vendor = a_vendor()
    app = an_app(vendor)
    vendor.answers.append(
        httpx.Response(
            200, json={"ok": True, "token_type": "bot", "access_token": "x", "bot_user_id": "U", "team": None}
        )
    )
    with pytest.raises(UpstreamUnavailable):
        app.exchange(Callback(code="c"), redirect_uri=BACK, verifier="v")


@needs_contracts
def test_recorded_answers_are_of_the_form_we_read() -> None:
    """Those to a code, as Slack gave them."""
    names = [path.name for path in given("slack/given/responses") if path.name.startswith("oauth.v2.access")]
    places = [Installed.model_validate(load(f"slack/given/responses/{name}")).place.id for name in names]
    assert ["T9TK3CUKW", "T0KRQLJ9H", "T111"] == places
