"""What every OAuth app promises, held against the fake and the real adapters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import httpx
import pytest

from pm_assistant.domain.connections import Callback, Grant, InstallRedirect
from pm_assistant.domain.errors import (
    AccessRevoked,
    InvalidRequest,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import CalendarProvider, Credentials, Grantor, Provider
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.github.oauth import GitHubOAuthApp
from pm_assistant.integrations.google.oauth import GoogleOAuthApp
from pm_assistant.integrations.linear.oauth import LinearOAuthApp
from pm_assistant.integrations.slack.oauth import SlackOAuthApp
from pm_assistant.ports.vendors import OAuthApp
from tests.builders import NOW
from tests.fakes.vendors import FakeOAuthApp
from tests.integrations.oauth_vendors import (
    CLIENT_ID,
    CLIENT_SECRET,
    PEM,
    GitHubVendor,
    GoogleVendor,
    LinearVendor,
    SlackVendor,
    Vendor,
    query_of,
)

BACK = "https://pm.test/oauth/callback"
CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
"""The example of RFC 7636, appendix B."""


class VendorSide(Protocol):
    """The vendor's side of it."""

    def consent(self, url: str) -> Callback:
        """Agree on a page."""
        ...

    def accepts(self, credentials: Credentials) -> bool:
        """Whether these let somebody in."""
        ...

    def end(self) -> None:
        """Throw the app out."""
        ...


@dataclass(frozen=True)
class OAuthCase:
    """An app and its vendor."""

    provider: Grantor
    app: OAuthApp
    vendor: VendorSide

    def granted(self) -> Grant:
        """What a person's consent leads to."""
        grant = self.app.exchange(self.agreed(), redirect_uri=BACK, verifier=VERIFIER)
        assert isinstance(grant, Grant)
        return grant

    def agreed(self) -> Callback:
        """The callback of a person's consent."""
        return self.vendor.consent(self.app.authorize_url(state="s-1", redirect_uri=BACK, challenge=CHALLENGE))


def _fake() -> OAuthCase:
    app = FakeOAuthApp(lifetime=timedelta(hours=1), clock=lambda: NOW)
    return OAuthCase(Provider.SLACK, app, app)


def _slack() -> OAuthCase:
    vendor = SlackVendor(lambda: NOW)
    app = SlackOAuthApp(
        CLIENT_ID,
        CLIENT_SECRET,
        url="https://slack.test",
        api_url="https://slack.test/api/",
        transport=vendor.transport,
        clock=vendor.clock,
    )
    return OAuthCase(Provider.SLACK, app, vendor)


def _linear() -> OAuthCase:
    vendor = LinearVendor(lambda: NOW)
    app = LinearOAuthApp(
        CLIENT_ID,
        CLIENT_SECRET,
        url="https://linear.test",
        oauth_url="https://api.linear.test/oauth",
        api_url="https://api.linear.test/graphql",
        transport=vendor.transport,
        clock=vendor.clock,
    )
    return OAuthCase(Provider.LINEAR, app, vendor)


def _github() -> OAuthCase:
    vendor = GitHubVendor(lambda: NOW)
    app = GitHubOAuthApp(
        GitHubApp("4711", "pm-assistant", CLIENT_ID, CLIENT_SECRET, PEM),
        url="https://github.test",
        api_url="https://api.github.test",
        transport=vendor.transport,
        clock=vendor.clock,
    )
    return OAuthCase(Provider.GITHUB, app, vendor)


def _google() -> OAuthCase:
    vendor = GoogleVendor(lambda: NOW)
    app = GoogleOAuthApp(
        CLIENT_ID,
        CLIENT_SECRET,
        url="https://accounts.google.test",
        oauth_url="https://oauth2.google.test",
        transport=vendor.transport,
        clock=vendor.clock,
    )
    return OAuthCase(CalendarProvider.GOOGLE, app, vendor)


CASES: dict[str, Callable[[], OAuthCase]] = {
    "fake": _fake,
    "slack": _slack,
    "linear": _linear,
    "github": _github,
    "google": _google,
}


def test_every_vendor_is_held_to_the_contract() -> None:
    """A new one needs a row above."""
    assert {"fake", *Provider, *CalendarProvider} == CASES.keys()


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> OAuthCase:
    """Each of them."""
    return CASES[request.param]()


def test_the_page_it_sends_people_to_is_given_the_state_and_the_way_back(case: OAuthCase) -> None:
    """Without the state nobody could tell whose callback it is."""
    asked = query_of(case.app.authorize_url(state="s-1", redirect_uri=BACK, challenge=CHALLENGE))
    assert ("s-1", BACK) == (asked["state"], asked["redirect_uri"])


def test_a_code_becomes_a_grant_the_vendor_accepts(case: OAuthCase) -> None:
    """With all that a connection needs to know of the workspace; of whose a calendar is nothing is asked."""
    grant = case.granted()
    assert case.vendor.accepts(grant.credentials)
    if isinstance(case.provider, Provider):
        assert all((grant.external_id, grant.name, grant.app_user_id))
        assert grant.base_url.startswith("https://")
        assert grant.base_url.endswith("/")
    assert set(case.app.scopes) <= set(grant.scopes)


def test_a_code_is_good_once(case: OAuthCase) -> None:
    """Whoever replays it gets nothing."""
    callback = case.agreed()
    case.app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)
    with pytest.raises(UpstreamRejected):
        case.app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)


def test_a_code_is_good_for_the_address_it_was_made_for(case: OAuthCase) -> None:
    """A code that leaked to another address is worthless."""
    with pytest.raises(UpstreamRejected):
        case.app.exchange(case.agreed(), redirect_uri="https://evil.test/", verifier=VERIFIER)


@pytest.mark.parametrize("code", [None, "", "made-up"])
def test_a_callback_without_a_code_of_the_vendors_is_refused(case: OAuthCase, code: str | None) -> None:
    """Ours to refuse where there is none, the vendor's where it is wrong."""
    with pytest.raises(UpstreamError if code else InvalidRequest):
        case.app.exchange(Callback(state="s-1", code=code), redirect_uri=BACK, verifier=VERIFIER)


def test_credentials_that_end_can_be_refreshed(case: OAuthCase) -> None:
    """The fresh ones last as long as the first ones did, and work; the vendor says for what."""
    grant = case.granted()
    fresh = case.app.refresh(grant.external_id, grant.credentials)
    assert case.vendor.accepts(fresh)
    assert fresh.access_token != grant.credentials.access_token
    assert fresh.expires_at is not None
    assert fresh.expires_at > NOW
    assert set(case.app.scopes) <= set(fresh.scopes or ())


def test_a_refresh_after_we_were_thrown_out_says_whose_access_was_revoked(case: OAuthCase) -> None:
    """So that the connection can be marked broken; a person's calendar is no connection of the team's."""
    grant = case.granted()
    case.vendor.end()
    with pytest.raises(AccessRevoked) as caught:
        case.app.refresh(grant.external_id, grant.credentials)
    assert caught.value.provider is (case.provider if isinstance(case.provider, Provider) else None)


def test_what_was_revoked_is_accepted_no_more(case: OAuthCase) -> None:
    """Neither the token nor what would refresh it."""
    grant = case.granted()
    case.app.revoke(grant.external_id, grant.credentials)
    assert not case.vendor.accepts(grant.credentials)
    with pytest.raises(AccessRevoked):
        case.app.refresh(grant.external_id, grant.credentials)


@pytest.mark.parametrize("whole", [True, False])
def test_revoking_what_is_gone_is_fine(case: OAuthCase, whole: bool) -> None:
    """Whoever disconnects twice, or after the vendor, has what they wanted."""
    grant = case.granted()
    case.vendor.end()
    case.app.revoke(grant.external_id, grant.credentials, whole=whole)
    assert not case.vendor.accepts(grant.credentials)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("slack", httpx.Response(200, json={"ok": False, "error": "token_revoked"})),
        ("slack", httpx.Response(200, json={"ok": False, "error": "invalid_auth"})),
        *(("linear", httpx.Response(400, json={"error": error})) for error in ("invalid_grant", "invalid_request")),
        ("linear", httpx.Response(401, json={"error": "invalid_token"})),
        ("github", httpx.Response(404, json={"message": "Not Found"})),
        *(("google", httpx.Response(400, json={"error": error})) for error in ("invalid_grant", "invalid_token")),
    ],
)
def test_a_vendor_that_answers_that_our_access_has_ended_has_forgotten_us(name: str, answer: httpx.Response) -> None:
    """In whichever of its words: there is nothing left to take back, and nothing to try again."""
    case = CASES[name]()
    grant = case.granted()
    assert isinstance(case.vendor, Vendor)
    case.vendor.answers += [answer, answer]

    case.app.revoke(grant.external_id, grant.credentials)


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"fake"}))
def test_a_vendor_that_is_away_has_not_forgotten_us(name: str) -> None:
    """It is tried again."""
    case = CASES[name]()
    grant = case.granted()
    assert isinstance(case.vendor, Vendor)
    case.vendor.answers += [httpx.Response(503, json={"error": "server_error"})] * 9

    with pytest.raises(UpstreamUnavailable):
        case.app.revoke(grant.external_id, grant.credentials)


def test_google_is_not_asked_to_end_one_grant_since_it_would_end_all_of_them() -> None:
    """A person may have connected their calendar in another team, too."""
    case = _google()
    kept, given_back = case.granted(), case.granted()
    case.app.revoke(given_back.external_id, given_back.credentials, whole=False)
    assert case.vendor.accepts(kept.credentials)


@pytest.mark.parametrize("name", sorted(CASES.keys() - CalendarProvider))
def test_giving_back_one_grant_leaves_another_of_the_same_workspace_alone(name: str) -> None:
    """Two tenants may have tried to connect it; the one who was there first keeps working."""
    case = CASES[name]()
    kept, given_back = case.granted(), case.granted()
    case.app.revoke(given_back.external_id, given_back.credentials, whole=False)
    assert [True, False] == [case.vendor.accepts(grant.credentials) for grant in (kept, given_back)]
    assert case.vendor.accepts(case.app.refresh(kept.external_id, kept.credentials))


@pytest.mark.parametrize("name", ["fake", "github"])
def test_where_the_app_is_not_installed_a_person_is_sent_there(name: str) -> None:
    """The page for installing comes back with a code of its own, which needs no verifier."""
    case = CASES[name]()
    if isinstance(case.vendor, GitHubVendor):
        case.vendor.installations.clear()
    else:
        case = OAuthCase(case.provider, app := FakeOAuthApp(installed=False), app)
    redirect = case.app.exchange(case.agreed(), redirect_uri=BACK, verifier=VERIFIER)
    assert isinstance(redirect, InstallRedirect)
    url = case.app.authorize_url(state="s-2", redirect_uri=BACK, challenge=CHALLENGE, install=True)
    back = case.vendor.consent(url)
    assert "s-2" == back.state
    assert isinstance(case.app.exchange(back, redirect_uri=BACK, verifier=""), Grant)


@pytest.mark.parametrize("name", ["fake", "linear", "github", "google"])
def test_where_the_vendor_knows_pkce_a_stolen_code_is_worthless(name: str) -> None:
    """Only who set out has the verifier."""
    case = CASES[name]()
    with pytest.raises(UpstreamRejected):
        case.app.exchange(case.agreed(), redirect_uri=BACK, verifier="another")
