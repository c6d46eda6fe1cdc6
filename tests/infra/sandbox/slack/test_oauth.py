"""Letting the app into Slack and out again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import (
    GENERAL,
    PRIVATE,
    SECRETS,
    SLACK_TOKEN,
    Json,
    Receiver,
    Sandbox,
    SetClock,
    contract,
    flaws,
    serving,
)
from tests.infra.sandbox.slack.flow import SCOPES, access, callback, code, consent, install


def test_the_page_says_who_asks_for_what(sandbox: Sandbox, receiver: Receiver) -> None:
    """The app, the workspace, each scope in words, and nothing that people could not read."""
    page = sandbox.http.get(consent(receiver))

    for part in ("<b>pm-assistant</b>", "the Acme workspace", "Send messages under its own name", "Cancel"):
        assert part in page.text
    assert f"form-action 'self' {receiver.url};" in page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_consent_becomes_a_token_that_opens_the_web_api(sandbox: Sandbox, receiver: Receiver) -> None:
    """The answer has the form Slack documents, and the seeded token still counts."""
    granted = install(sandbox, receiver)

    schema = json.loads(contract("slack/schema/webapi.responses.schema.json").read_text())
    assert [] == flaws(schema, "OauthV2AccessResponse", {n: v for n, v in granted.items() if v is not None})
    assert ("bot", SCOPES, "U0BOT", "A0APP") == tuple(
        granted[name] for name in ("token_type", "scope", "bot_user_id", "app_id")
    )
    assert ({"id": "T0TEST", "name": "Acme"}, None, {"id": "U0ANA"}) == (
        granted["team"],
        granted["enterprise"],
        granted["authed_user"],
    )
    assert "refresh_token" not in granted
    assert [True, True] == [sandbox.slack("auth.test", token)["ok"] for token in (granted["access_token"], SLACK_TOKEN)]


def test_installing_again_adds_scopes_to_the_same_token(sandbox: Sandbox, receiver: Receiver) -> None:
    """Unless tokens rotate; then every installation has a pair of its own."""
    first, second = (install(sandbox, receiver, scope=scope) for scope in ("chat:write", "users:read"))
    sandbox.control("config", slack_token_rotation=True)
    third, fourth = (install(sandbox, receiver) for _ in range(2))

    assert (first["access_token"], "chat:write,users:read") == (second["access_token"], second["scope"])
    assert third["access_token"] != fourth["access_token"]


def test_credentials_may_come_in_the_header(sandbox: Sandbox, receiver: Receiver) -> None:
    """HTTP Basic, which Slack prefers."""
    form = {"code": code(sandbox, receiver), "redirect_uri": callback(receiver)}

    answers = [
        sandbox.http.post("/slack/api/oauth.v2.access", data=form, auth=("slack-id", secret)).json()
        for secret in ("wrong", "slack-secret")
    ]

    assert ["bad_client_secret", None] == [answer.get("error") for answer in answers]


def test_declining_sends_the_browser_back_empty_handed(sandbox: Sandbox, receiver: Receiver) -> None:
    """With Slack's word for it and the app's own state."""
    declined = sent_back(press(sandbox.http, consent(receiver), "cancel"), callback(receiver))

    assert {"error": "access_denied", "state": "s1"} == declined


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "stranger"},
        {"client_id": ""},
        {"redirect_uri": "https://evil.example/oauth/slack/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"scope": ""},
        {"scope": "admin.everything"},
        {"code_challenge": "abc", "code_challenge_method": "S256"},
    ],
)
def test_a_request_that_is_not_the_apps_leads_nowhere(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str]
) -> None:
    """Neither the page nor a form made up without it redirects anywhere."""
    asked = consent(receiver, **changed)

    answers = [sandbox.http.get(asked), sandbox.http.post(asked.partition("?")[0], data={"answer": "allow"} | changed)]

    assert [(400, None)] * 2 == [(answer.status_code, answer.headers.get("location")) for answer in answers]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "stranger"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"client_secret": ""}, "bad_client_secret"),
        ({"code": "made-up"}, "invalid_code"),
        ({"redirect_uri": "https://evil.example/"}, "bad_redirect_uri"),
        ({"redirect_uri": ""}, "bad_redirect_uri"),
        ({"grant_type": "password"}, "invalid_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": ""}, "invalid_refresh_token"),
    ],
)
def test_an_exchange_that_is_wrong_is_refused_with_slacks_word(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str], error: str
) -> None:
    """HTTP 200 with the code; the authorization code can still be used afterwards."""
    right = {"code": code(sandbox, receiver), "redirect_uri": callback(receiver)}

    assert {"ok": False, "error": error} == access(sandbox, **(right | changed))
    assert access(sandbox, **right)["ok"]


def test_a_code_works_once(sandbox: Sandbox, receiver: Receiver) -> None:
    """A replay is told apart from a guess."""
    right = {"code": code(sandbox, receiver), "redirect_uri": callback(receiver)}

    assert [None, "code_already_used"] == [access(sandbox, **right).get("error") for _ in range(2)]
    assert {"exchanges": 1, "refreshes": 0, "revocations": 0} == sandbox.state()["oauth"]["slack"]


def test_codes_and_tokens_end_in_time(
    tmp_path: Path, demo: Path, receiver: Receiver, registered: dict[str, str]
) -> None:
    """A code after ten minutes, a rotating token after twelve hours."""
    clock = SetClock()
    with serving(tmp_path / "state", demo, receiver.url, SECRETS | registered, clock=clock) as sandbox:
        sandbox.control("config", slack_token_rotation=True)
        late = code(sandbox, receiver)
        clock.pass_by(minutes=10)
        granted = install(sandbox, receiver)
        clock.pass_by(hours=12)

        assert "invalid_code" == access(sandbox, code=late, redirect_uri=callback(receiver))["error"]
        assert "token_expired" == sandbox.slack("auth.test", granted["access_token"])["error"]
        assert access(sandbox, grant_type="refresh_token", refresh_token=granted["refresh_token"])["ok"]


def test_a_refresh_token_works_once_and_is_replaced(sandbox: Sandbox, receiver: Receiver) -> None:
    """The tokens have Slack's shapes, and both access tokens count until they end."""
    sandbox.control("config", slack_token_rotation=True)
    first = install(sandbox, receiver)

    def refresh(token: str) -> Json:
        return access(sandbox, grant_type="refresh_token", refresh_token=token)

    second = refresh(first["refresh_token"])

    assert (43200, True, True) == (
        second["expires_in"],
        second["access_token"].startswith("xoxe.xoxb-"),
        second["refresh_token"].startswith("xoxe-1-"),
    )
    assert "invalid_refresh_token" == refresh(first["refresh_token"])["error"]
    assert refresh(second["refresh_token"])["ok"]
    assert sandbox.slack("auth.test", first["access_token"])["ok"]
    assert {"exchanges": 1, "refreshes": 2, "revocations": 0} == sandbox.state()["oauth"]["slack"]


def test_tokens_can_be_made_to_expire(sandbox: Sandbox, receiver: Receiver) -> None:
    """Those that have an end; the others know none."""
    lasting = install(sandbox, receiver)["access_token"]
    sandbox.control("config", slack_token_rotation=True)
    rotating = install(sandbox, receiver)["access_token"]

    assert 1 == sandbox.control("oauth/expire", vendor="slack")["tokens"]
    assert [None, "token_expired"] == [sandbox.slack("auth.test", each).get("error") for each in (lasting, rotating)]


@pytest.mark.parametrize(("rotating", "told"), [(False, 1), (True, 0)])
def test_the_app_can_give_its_token_back(sandbox: Sandbox, receiver: Receiver, rotating: bool, told: int) -> None:
    """The token and its refresh token die; with rotation Slack says nothing about it."""
    sandbox.control("config", slack_token_rotation=rotating)
    granted = install(sandbox, receiver)
    token = granted["access_token"]

    assert [False, True] == [sandbox.slack("auth.revoke", token, test=test)["revoked"] for test in (1, 0)]
    assert "token_revoked" == sandbox.slack("auth.test", token)["error"]
    assert "invalid_refresh_token" == access(
        sandbox, grant_type="refresh_token", refresh_token=granted.get("refresh_token", "x")
    ).get("error")
    sandbox.control("slack/messages", channel="general", user="ana", text="later")
    receiver.wait(1 + told, "slack")
    assert told == len(receiver.of("slack", "tokens_revoked"))


def _uninstalls(sandbox: Sandbox, token: str) -> Json:
    return sandbox.slack("apps.uninstall", token, client_id="slack-id", client_secret="slack-secret")


@pytest.mark.parametrize("end", [_uninstalls, lambda sandbox, _: sandbox.control("oauth/revoke", vendor="slack")])
def test_uninstalling_ends_all_tokens_and_is_told(
    sandbox: Sandbox, receiver: Receiver, end: Callable[[Sandbox, str], Json]
) -> None:
    """By the app itself or by an admin of the workspace; both events have the form Slack documents."""
    token = install(sandbox, receiver)["access_token"]

    assert end(sandbox, token)["ok"]

    types = json.loads(contract("slack/schema/events_and_blocks.types.schema.json").read_text())
    given = json.loads(contract("slack/given/events/app_uninstalled.1.json").read_text())
    gone, revoked = (receiver.wait(1, "slack", kind)[0].body for kind in ("app_uninstalled", "tokens_revoked"))
    assert [] == flaws(types, "AppUninstalledEvent", gone["event"]) + flaws(
        types, "TokensRevokedEvent", revoked["event"]
    )
    assert given.keys() - {"enterprise_id"} <= gone.keys()
    assert {"oauth": [], "bot": ["U0BOT"]} == revoked["event"]["tokens"]
    assert ["token_revoked"] * 2 == [sandbox.slack("auth.test", each)["error"] for each in (token, SLACK_TOKEN)]


def test_only_the_app_itself_can_uninstall_itself(sandbox: Sandbox, receiver: Receiver) -> None:
    """A token alone is not enough."""
    token = install(sandbox, receiver)["access_token"]

    refused = sandbox.slack("apps.uninstall", token, client_id="slack-id", client_secret="wrong")

    assert {"ok": False, "error": "bad_client_secret"} == refused
    assert sandbox.slack("auth.test", token)["ok"]


@pytest.mark.parametrize(
    ("kind", "everywhere", "team"),
    [("workspace", False, {"id": "T0TEST", "name": "Acme"}), ("organization", True, None)],
)
def test_an_enterprise_grid_names_itself(
    sandbox: Sandbox, receiver: Receiver, kind: str, everywhere: bool, team: Json | None
) -> None:
    """In the grant, in `auth.test` and around every event."""
    sandbox.control("config", slack_enterprise=kind)
    granted = install(sandbox, receiver)
    sandbox.control("slack/messages", channel="general", user="ana", text="Hi")
    event = receiver.wait(1, "slack")[0].body

    enterprise = {"id": "E0TEST", "name": "Acme Group"}
    assert (enterprise, everywhere, team) == tuple(
        granted[name] for name in ("enterprise", "is_enterprise_install", "team")
    )
    assert ("E0TEST", everywhere) == tuple(
        event["authorizations"][0][n] for n in ("enterprise_id", "is_enterprise_install")
    )
    assert "E0TEST" == sandbox.slack("auth.test", granted["access_token"])["enterprise_id"] == event["enterprise_id"]


def test_a_token_does_what_its_scopes_allow(sandbox: Sandbox, receiver: Receiver) -> None:
    """What lacks says what is needed and what is there; e-mail addresses stay hidden."""
    token = install(sandbox, receiver)["access_token"]
    lacking = {
        ("conversations.history", "groups:history"): {"channel": PRIVATE},
        ("conversations.list", "groups:read"): {"types": "public_channel,private_channel"},
        ("conversations.open", "im:write"): {"users": "U0ANA"},
    }

    for (method, needed), arguments in lacking.items():
        refused = {"ok": False, "error": "missing_scope", "needed": needed, "provided": SCOPES}
        assert refused == sandbox.slack(method, token, **arguments)
    assert sandbox.slack("chat.postMessage", token, channel=GENERAL, text="Hi")["ok"]
    assert "email" not in sandbox.slack("users.info", token, user="U0ANA")["user"]["profile"]
    everything = install(sandbox, receiver, scope=f"{SCOPES},users:read.email")["access_token"]
    assert "ana@acme.test" == sandbox.slack("users.info", everything, user="U0ANA")["user"]["profile"]["email"]


def test_faults_reach_the_token_endpoint(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each strikes once, and an access that ended refuses the refresh."""
    right = {"code": code(sandbox, receiver), "redirect_uri": callback(receiver)}
    statuses = []
    for kind in ("rate_limit", "server_error"):
        sandbox.control("faults", vendor="slack", operation="oauth.v2.access", kind=kind)
        statuses.append(sandbox.http.post("/slack/api/oauth.v2.access", data=right).status_code)
    sandbox.control("faults", vendor="slack", operation="oauth.v2.access", kind="revoked")

    assert [429, 503] == statuses
    assert "invalid_refresh_token" == access(sandbox, grant_type="refresh_token", refresh_token="x")["error"]
    assert access(sandbox, **right)["ok"]
