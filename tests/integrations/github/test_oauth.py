"""Our GitHub App: whose installation it takes, and what GitHub's answers mean."""

import traceback
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from pm_assistant.domain.connections import Callback, Grant, InstallRedirect
from pm_assistant.domain.errors import (
    AccessRevoked,
    Forbidden,
    InvalidRequest,
    Misconfigured,
    ProductError,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.github.oauth import GitHubOAuthApp
from pm_assistant.runtime.batch import family_of
from tests.builders import NOW
from tests.integrations.oauth_vendors import CLIENT_ID, CLIENT_SECRET, KEY, PEM, GitHubVendor, form_of, query_of

BACK = "https://pm.test/oauth/github/callback"
CHALLENGE, VERIFIER = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def a_vendor(**settings: Any) -> GitHubVendor:
    """GitHub."""
    return GitHubVendor(lambda: NOW, **settings)


def an_app(
    vendor: GitHubVendor, app_id: str = "4711", *, secret: str = CLIENT_SECRET, private_key: str = PEM
) -> GitHubOAuthApp:
    """Our app at this GitHub."""
    return GitHubOAuthApp(
        GitHubApp(app_id, "pm-assistant", CLIENT_ID, secret, private_key),
        url="https://github.test",
        api_url="https://api.github.test",
        transport=vendor.transport,
        clock=vendor.clock,
    )


def exchanged(vendor: GitHubVendor, **changes: Any) -> Grant | InstallRedirect:
    """What a person's consent leads to, with this in the callback."""
    app = an_app(vendor)
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    return app.exchange(callback.model_copy(update=changes), redirect_uri=BACK, verifier=VERIFIER)


def taken(vendor: GitHubVendor, **changes: Any) -> str:
    """Which installation is taken."""
    grant = exchanged(vendor, **changes)
    assert isinstance(grant, Grant)
    return grant.external_id


def test_a_person_is_asked_who_they_are() -> None:
    """With a challenge; GitHub Apps have permissions and no scopes."""
    asked = query_of(an_app(a_vendor()).authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    assert {
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "state": "s",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } == asked


def test_a_redirect_to_install_leads_to_the_page_that_installs_the_app() -> None:
    """That page takes a state and nothing else."""
    url = an_app(a_vendor()).authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE, install=True)
    assert "https://github.test/apps/pm-assistant/installations/new?state=s" == url


def test_a_persons_own_installation_is_taken() -> None:
    """Whatever else they can reach."""
    assert "11" == taken(a_vendor(reachable=[22, 33]))


def test_the_only_installation_within_reach_is_taken() -> None:
    """Such as that of the one organisation they are a member of."""
    assert "22" == taken(a_vendor(installations={22: "acme"}, reachable=[22]))


@pytest.mark.parametrize("reachable", [[], [22, 33]])
def test_with_none_or_several_to_choose_from_the_person_chooses_at_github(reachable: list[int]) -> None:
    """We do not guess whose repositories are meant."""
    assert isinstance(
        exchanged(a_vendor(installations={22: "acme", 33: "globex"}, reachable=reachable)), InstallRedirect
    )


def test_of_several_the_one_that_the_callback_names_is_taken() -> None:
    """The person has just chosen it."""
    vendor = a_vendor(installations={11: "ada", 22: "acme", 33: "globex"}, reachable=[22, 33])
    assert ["33", "22", "11"] == [taken(vendor, installation_id=named) for named in ("33", "22", "11")]


def test_it_is_found_on_whatever_page_it_is() -> None:
    """GitHub shows a hundred at a time."""
    vendor = a_vendor(installations={150: "acme"}, reachable=list(range(1, 151)))
    assert "150" == taken(vendor, installation_id="150")


def test_pages_that_never_end_end_in_an_error() -> None:
    """Whatever number we ask for, there is one more: the person waits for an answer."""
    with pytest.raises(UpstreamUnavailable, match="does not end"):
        exchanged(a_vendor(reachable=list(range(1_000, 10_000))), installation_id="22")


def test_an_installation_that_is_not_within_the_persons_reach_is_refused() -> None:
    """The number in the address proves nothing: anybody can write one."""
    vendor = a_vendor(installations={11: "ada", 99: "victim"})
    with pytest.raises(Forbidden):
        exchanged(vendor, installation_id="99")
    assert not any("/99/" in each.url.path for each in vendor.seen)


@pytest.mark.parametrize("named", [None, "22"])
@pytest.mark.parametrize(
    "settings",
    [
        {"memberships": {"acme": ("active", "member")}},
        {"memberships": {"acme": ("active", "billing_manager")}},
        {"memberships": {"acme": ("pending", "admin")}},
        {"memberships": {}},
        {"secretive": True},
    ],
    ids=["member", "billing manager", "invited", "collaborator", "members hidden"],
)
def test_an_organisations_installation_is_its_owners_to_connect(settings: dict[str, Any], named: str | None) -> None:
    """Whoever can merely see it would take it from those who decide about it; no token is minted for them."""
    vendor = a_vendor(installations={22: "acme"}, reachable=[22], **settings)
    with pytest.raises(Forbidden):
        exchanged(vendor, installation_id=named)
    assert not any("access_tokens" in each.url.path for each in vendor.seen)


def test_the_own_account_takes_no_membership() -> None:
    """A person owns it; nothing is asked about organisations."""
    vendor = a_vendor(secretive=True)
    assert "11" == taken(vendor)
    assert not any("memberships" in each.url.path for each in vendor.seen)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (httpx.Response(403, headers={"retry-after": "30"}), RateLimited),
        (httpx.Response(503), UpstreamUnavailable),
        (httpx.Response(200, json={"role": "admin"}), UpstreamUnavailable),
    ],
)
def test_an_answer_that_says_nothing_of_a_membership_is_no_refusal(
    said: httpx.Response, error: type[UpstreamError]
) -> None:
    """The person may try again."""

    class Odd(GitHubVendor):
        def answer(self, request: httpx.Request) -> httpx.Response:
            return said if "/memberships/" in request.url.path else super().answer(request)

    with pytest.raises(error) as caught:
        exchanged(Odd(lambda: NOW, installations={22: "acme"}, reachable=[22]))
    assert error.__name__ == family_of(caught.value)


@pytest.mark.parametrize("named", ["", "x", "-1", "1.5", "\u0661", "1" * 21, "../app"])
def test_what_is_no_number_names_no_installation(named: str) -> None:
    """It would end up in an address."""
    with pytest.raises(InvalidRequest):
        exchanged(a_vendor(), installation_id=named)


def test_the_connection_has_a_token_of_the_installation_and_none_of_the_person() -> None:
    """It ends after an hour, and another is minted with our key."""
    vendor = a_vendor()
    grant = exchanged(vendor)
    assert isinstance(grant, Grant)
    assert grant.credentials.access_token.get_secret_value().startswith("ghs_")
    assert (NOW + timedelta(hours=1), None) == (grant.credentials.expires_at, grant.credentials.refresh_token)
    assert ("ada", "pm-assistant[bot]", "https://github.test/ada/") == (grant.name, grant.app_user_id, grant.base_url)


def test_a_permission_to_write_includes_that_to_read() -> None:
    """Otherwise it would be said to be missing."""
    grant = exchanged(a_vendor())
    assert isinstance(grant, Grant)
    assert {"pull_requests:read", "pull_requests:write", "issues:read"} <= set(grant.scopes)
    assert "issues:write" not in grant.scopes


def test_the_apps_proof_is_signed_dated_back_and_short() -> None:
    """GitHub takes ten minutes at most, and none from the future."""
    vendor = a_vendor()
    an_app(vendor).refresh("11", Credentials.model_validate({"access_token": "old"}))
    token = vendor.seen[-1].headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, KEY.public_key(), algorithms=["RS256"], options={"verify_exp": False})
    assert {"iss": "4711", "iat": NOW.timestamp() - 60, "exp": NOW.timestamp() + 540} == claims


def test_a_verifier_goes_along_only_where_there_was_a_challenge() -> None:
    """The page that installs the app takes none."""
    vendor = a_vendor()
    app = an_app(vendor)
    url = app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE, install=True)
    app.exchange(vendor.consent(url), redirect_uri=BACK, verifier="")
    assert "code_verifier" not in form_of(vendor.seen[0])


def test_a_suspended_installation_lets_us_in_no_more() -> None:
    """Until it is unsuspended."""
    vendor = a_vendor(suspended=True)
    with pytest.raises(AccessRevoked) as caught:
        an_app(vendor).refresh("11", Credentials.model_validate({"access_token": "old"}))
    assert Provider.GITHUB is caught.value.provider


def test_a_wrong_key_of_ours_does_not_break_the_tenants_connection() -> None:
    """It is our mistake, and the same for all tenants."""
    with pytest.raises(Misconfigured, match="github/private-key"):
        an_app(a_vendor(), "1").refresh("11", Credentials.model_validate({"access_token": "old"}))


PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
LOCKED = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"password")
)


@pytest.mark.parametrize(
    "key", ["hush", PEM[:300], PUBLIC.decode(), LOCKED.decode()], ids=["none", "half", "public", "locked"]
)
def test_what_is_no_private_key_is_named_and_not_shown(key: str) -> None:
    """It is found out when the first proof is signed."""
    with pytest.raises(Misconfigured, match="github/private-key") as caught:
        an_app(a_vendor(), private_key=key).refresh("11", Credentials.model_validate({"access_token": "old"}))
    assert key not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_client_secret_is_no_refused_code() -> None:
    """The person did nothing wrong."""
    vendor = a_vendor()
    app = an_app(vendor, secret="wrong")
    callback = vendor.consent(app.authorize_url(state="s", redirect_uri=BACK, challenge=CHALLENGE))
    with pytest.raises(Misconfigured, match="github/client-secret: incorrect_client_credentials"):
        app.exchange(callback, redirect_uri=BACK, verifier=VERIFIER)


def test_secrets_do_not_show() -> None:
    """Values end up in logs."""
    shown = repr(GitHubApp("1", "slug", "client", "hush", "-----BEGIN"))
    assert [False, False] == [secret in shown for secret in ("hush", "BEGIN")]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(404, json={}), UpstreamUnavailable),
        (httpx.Response(403, json={}), UpstreamUnavailable),
        (httpx.Response(403, json={"message": "the `acme` organization has an IP allow list"}), UpstreamUnavailable),
        (httpx.Response(403, json={"message": "You have exceeded a secondary rate limit."}), RateLimited),
        (httpx.Response(403, json={"message": "You have triggered an abuse detection mechanism"}), RateLimited),
        (
            httpx.Response(
                403,
                json={"message": "You have exceeded a secondary rate limit."},
                headers={"x-ratelimit-remaining": "4999"},
            ),
            RateLimited,
        ),
        (httpx.Response(403, headers={"x-ratelimit-remaining": "0"}), RateLimited),
        (httpx.Response(403, headers={"retry-after": "30"}), RateLimited),
        (httpx.Response(429), RateLimited),
        (httpx.Response(401), Misconfigured),
        (httpx.Response(422), UpstreamRejected),
        (httpx.Response(503), UpstreamUnavailable),
        (httpx.Response(201, json={"token": "t"}), UpstreamUnavailable),
        (httpx.ReadError("away"), UpstreamUnavailable),
    ],
)
def test_what_answers_to_minting_mean(answer: httpx.Response | httpx.HTTPError, error: type[ProductError]) -> None:
    """One table for all of GitHub's."""
    vendor = a_vendor(answers=[answer])
    with pytest.raises(error) as caught:
        an_app(vendor).refresh("11", Credentials.model_validate({"access_token": "old"}))
    assert isinstance(caught.value, error)
    assert isinstance(caught.value, UpstreamRejected) == issubclass(error, UpstreamRejected)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 1200)}, 1200.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, 60.0),
        ({"x-ratelimit-remaining": "0", "retry-after": "30", "x-ratelimit-reset": "9999999999"}, 30.0),
    ],
)
def test_a_limit_is_waited_for_as_long_as_github_says(headers: dict[str, str], seconds: float) -> None:
    """In seconds, or until a moment."""
    vendor = a_vendor(answers=[httpx.Response(403, headers=headers)])
    with pytest.raises(RateLimited) as caught:
        an_app(vendor).refresh("11", Credentials.model_validate({"access_token": "old"}))
    assert seconds == caught.value.retry_after


@pytest.mark.parametrize("refused", [403, 404])
def test_access_is_lost_only_where_two_answers_agree(refused: int) -> None:
    """One refusal without a reason may be a passing trouble, and what follows from a verdict is not undone."""
    credentials = Credentials.model_validate({"access_token": "old"})
    with pytest.raises(UpstreamUnavailable):
        an_app(a_vendor(answers=[httpx.Response(refused, json={})])).refresh("11", credentials)
    with pytest.raises(AccessRevoked):
        an_app(a_vendor(answers=[httpx.Response(refused, json={})], installations={})).refresh("11", credentials)


@pytest.mark.parametrize("account", [None, {"slug": "acme-group", "id": 3}])
def test_an_installation_without_a_login_is_no_obstacle_to_the_others(account: dict[str, Any] | None) -> None:
    """An enterprise has none; nobody can be shown to own it."""

    class Group(GitHubVendor):
        def answer(self, request: httpx.Request) -> httpx.Response:
            if request.url.path != "/user/installations":
                return super().answer(request)
            found = [{"id": 33, "account": account}, {"id": 22, "account": {"login": "acme"}}]
            return httpx.Response(200, json={"installations": found})

    vendor = Group(lambda: NOW, installations={22: "acme", 33: "group"})
    assert "22" == taken(vendor, installation_id="22")
    with pytest.raises(Forbidden):
        exchanged(vendor, installation_id="33")


def test_a_refused_code_says_why_and_no_more() -> None:
    """GitHub answers 200 also when it refuses."""
    vendor = a_vendor()
    with pytest.raises(UpstreamRejected, match="bad_verification_code"):
        an_app(vendor).exchange(Callback(code="made-up"), redirect_uri=BACK, verifier=VERIFIER)
