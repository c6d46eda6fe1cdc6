"""Letting the app into Linear and out again."""

import json
from pathlib import Path

import pytest

from infra.sandbox.linear.signing import signature as linear_signature
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.linear.flow import authorize, callback, consent, right, token
from tests.infra.sandbox.running import LINEAR_TOKEN, SECRETS, Receiver, Sandbox, SetClock, contract, flaws, serving

VIEWER = "{ viewer { id } organization { id urlKey } }"
COMMENT = 'mutation { commentCreate(input: { issueId: "ENG-1", body: "Hi" }) { success } }'
CREATE = 'mutation { issueCreate(input: { teamId: "9e383f51-2629-4f19-97ff-451cc2f0a0ad", title: "Hi" }) { success } }'


def test_consent_becomes_a_token_that_opens_the_api(sandbox: Sandbox, receiver: Receiver) -> None:
    """It lasts a day, comes with a refresh token, and the seeded token still counts."""
    page = sandbox.http.get(consent(receiver)).text
    granted = authorize(sandbox, receiver)

    assert "<b>PM Assistant</b> is requesting access to Acme in Linear" in page
    assert ("Bearer", 86399, "read write") == tuple(granted[each] for each in ("token_type", "expires_in", "scope"))
    assert granted["refresh_token"]
    assert [200, 200] == [sandbox.graphql(VIEWER, each).status_code for each in (granted["access_token"], LINEAR_TOKEN)]
    assert sandbox.graphql(COMMENT, granted["access_token"]).json()["data"]["commentCreate"]["success"]


def test_declining_sends_the_browser_back_empty_handed(sandbox: Sandbox, receiver: Receiver) -> None:
    """With the standard's word for it and the app's own state."""
    declined = sent_back(press(sandbox.http, consent(receiver), "cancel"), callback(receiver))

    assert {"error": "access_denied", "state": "s1"} == declined


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"scope": "everything"},
        {"actor": "ghost"},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
    ],
)
def test_a_request_that_is_not_the_apps_leads_nowhere(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str]
) -> None:
    """It ends on a page, not at a redirect."""
    answer = sandbox.http.get(consent(receiver, **changed))

    assert (400, None) == (answer.status_code, answer.headers.get("location"))


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "stranger"}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"code": "made-up"}, 400, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, 400, "invalid_grant"),
        ({"code_verifier": "another"}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": ""}, 400, "invalid_grant"),
    ],
)
def test_an_exchange_that_is_wrong_is_refused(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str], status: int, error: str
) -> None:
    """As the standard has it; the code can still be used afterwards."""
    fields = right(sandbox, receiver)

    refused = token(sandbox, **(fields | changed))

    assert (status, error) == (refused.status_code, refused.json()["error"])
    assert 200 == token(sandbox, **fields).status_code


def test_a_code_works_once(sandbox: Sandbox, receiver: Receiver) -> None:
    """A replay is refused, and what the code brought goes on."""
    fields = right(sandbox, receiver)

    first, second = (token(sandbox, **fields) for _ in range(2))

    assert (200, "invalid_grant") == (first.status_code, second.json()["error"])
    assert 200 == sandbox.graphql(VIEWER, first.json()["access_token"]).status_code


def test_codes_and_tokens_end_in_time(
    tmp_path: Path, demo: Path, receiver: Receiver, registered: dict[str, str]
) -> None:
    """A code after ten minutes, a token after a day; its refresh token outlives it."""
    clock = SetClock()
    with serving(tmp_path / "state", demo, receiver.url, SECRETS | registered, clock=clock) as sandbox:
        late = right(sandbox, receiver)
        clock.pass_by(minutes=10)
        granted = authorize(sandbox, receiver)
        clock.pass_by(hours=24)

        assert "invalid_grant" == token(sandbox, **late).json()["error"]
        assert 401 == sandbox.graphql(VIEWER, granted["access_token"]).status_code
        again = token(sandbox, grant_type="refresh_token", refresh_token=granted["refresh_token"]).json()
        assert 200 == sandbox.graphql(VIEWER, again["access_token"]).status_code


def test_a_refresh_token_works_once_and_is_replaced(sandbox: Sandbox, receiver: Receiver) -> None:
    """Of two that use the same one, the second is refused: the state counts one refresh."""
    granted = authorize(sandbox, receiver)
    assert 1 == sandbox.control("oauth/expire", vendor="linear")["tokens"]

    answers = [token(sandbox, grant_type="refresh_token", refresh_token=granted["refresh_token"]) for _ in range(2)]

    assert [200, 400] == [answer.status_code for answer in answers]
    assert [401, 200] == [
        sandbox.graphql(VIEWER, each["access_token"]).status_code for each in (granted, answers[0].json())
    ]
    assert {"exchanges": 1, "refreshes": 1, "revocations": 0} == sandbox.state()["oauth"]["linear"]


@pytest.mark.parametrize("by", ["access_token", "refresh_token"])
def test_the_app_can_give_its_token_back(sandbox: Sandbox, receiver: Receiver, by: str) -> None:
    """By either of the pair both die; a second time there is nothing to revoke, and Linear tells nobody."""
    granted = authorize(sandbox, receiver)

    given = (granted[by], granted[by], "made-up")
    answers = [sandbox.http.post("/linear/oauth/revoke", data={"token": each}) for each in given]

    assert [200, 400, 401] == [answer.status_code for answer in answers]
    assert 401 == sandbox.graphql(VIEWER, granted["access_token"]).status_code
    refused = token(sandbox, grant_type="refresh_token", refresh_token=granted["refresh_token"])
    assert "invalid_grant" == refused.json()["error"]
    assert [] == receiver.of("linear")


def test_an_admin_can_throw_the_app_out(sandbox: Sandbox, receiver: Receiver) -> None:
    """All tokens die, and the webhook has the form Linear documents and a signature."""
    granted = authorize(sandbox, receiver)
    sandbox.control("oauth/revoke", vendor="linear")
    told = receiver.wait(1, "linear", "OAuthApp")[0]

    schema = json.loads(contract("linear/schema/webhooks.schema.json").read_text())
    assert [] == flaws(schema, "OAuthAppWebhookPayload", told.body)
    assert ("revoked", "7a661544-df08-4cd1-a1e3-5ec611898806") == (told.body["action"], told.body["organizationId"])
    assert linear_signature(SECRETS["linear_webhook_secret"], told.raw) == told.headers["linear-signature"]
    assert "OAuthApp" == told.headers["linear-event"]
    assert [401, 401] == [sandbox.graphql(VIEWER, each).status_code for each in (granted["access_token"], LINEAR_TOKEN)]


@pytest.mark.parametrize(
    ("scope", "statuses"),
    [("read", [200, 403, 403]), ("comments:create", [200, 200, 403]), ("issues:create", [200, 403, 200])],
)
def test_a_token_does_what_its_scopes_allow(
    sandbox: Sandbox, receiver: Receiver, scope: str, statuses: list[int]
) -> None:
    """Reading is always allowed, writing as far as was agreed to."""
    granted = authorize(sandbox, receiver, scope=scope)["access_token"]

    assert statuses == [sandbox.graphql(each, granted).status_code for each in (VIEWER, COMMENT, CREATE)]


def test_faults_reach_the_token_endpoint(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each strikes once."""
    fields = right(sandbox, receiver)
    for kind in ("rate_limit", "server_error", "revoked"):
        sandbox.control("faults", vendor="linear", operation="oauth/token", kind=kind)

    assert [429, 503, 400, 200] == [token(sandbox, **fields).status_code for _ in range(4)]
