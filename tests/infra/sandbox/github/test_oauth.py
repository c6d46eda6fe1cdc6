"""Who is sitting there, and which installation the browser comes back with."""

from pathlib import Path

import pytest

from tests.infra.sandbox.browsing import Fields, press, sent_back
from tests.infra.sandbox.github.flow import VERIFIER, callback, consent, installed, right, token, user_token, who
from tests.infra.sandbox.running import SECRETS, Json, Receiver, Sandbox, SetClock, serving


@pytest.mark.parametrize(("person", "login"), [("ana", "ana-dev"), ("ben", "ben-dev")])
def test_consent_tells_who_it_is(sandbox: Sandbox, receiver: Receiver, person: str, login: str) -> None:
    """The token is that person's."""
    answer = token(sandbox, **right(sandbox, receiver, person)).json()

    assert ("bearer", "", 28800) == tuple(answer[each] for each in ("token_type", "scope", "expires_in"))
    assert login == who(sandbox, answer["access_token"]).json()["login"]


def test_declining_sends_the_browser_back_empty_handed(sandbox: Sandbox, receiver: Receiver) -> None:
    """With GitHub's words for it and the app's own state."""
    declined = sent_back(press(sandbox.http, consent(receiver), "cancel"), callback(receiver))

    assert ("access_denied", "s1") == (declined["error"], declined["state"])
    assert "code" not in declined


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "stranger"}, {"redirect_uri": "https://evil.example/"}, {"code_challenge_method": "plain"}],
)
def test_a_request_that_is_not_the_apps_leads_nowhere(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str]
) -> None:
    """It ends on a page, not at a redirect."""
    answer = sandbox.http.get(consent(receiver, **changed))

    assert (400, None) == (answer.status_code, answer.headers.get("location"))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "stranger"}, "incorrect_client_credentials"),
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"code": "made-up"}, "bad_verification_code"),
        ({"code_verifier": "another"}, "bad_verification_code"),
        ({"code_verifier": ""}, "bad_verification_code"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, "bad_refresh_token"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_an_exchange_that_is_wrong_is_refused_with_githubs_word(
    sandbox: Sandbox, receiver: Receiver, changed: dict[str, str], error: str
) -> None:
    """HTTP 200, as JSON or as a form; the code can still be used afterwards."""
    fields = right(sandbox, receiver)

    as_json, as_form = (token(sandbox, accept, **(fields | changed)) for accept in ("application/json", "*/*"))

    assert (200, error) == (as_json.status_code, as_json.json()["error"])
    assert (200, True) == (as_form.status_code, as_form.text.startswith(f"error={error}&"))
    assert "access_token" in token(sandbox, **fields).json()


def test_a_code_works_once_and_a_refresh_token_too(sandbox: Sandbox, receiver: Receiver) -> None:
    """Replays are refused."""
    fields = right(sandbox, receiver)
    first, second = (token(sandbox, **fields).json() for _ in range(2))
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    renewed, again = (token(sandbox, **refresh).json() for _ in range(2))

    assert ("bad_verification_code", "bad_refresh_token") == (second["error"], again["error"])
    assert 200 == who(sandbox, renewed["access_token"]).status_code
    assert {"exchanges": 1, "refreshes": 1, "revocations": 0} == sandbox.state()["oauth"]["github"]


def test_codes_and_tokens_end_in_time(
    tmp_path: Path, demo: Path, receiver: Receiver, registered: dict[str, str]
) -> None:
    """A code after ten minutes, a person's token after eight hours."""
    clock = SetClock()
    with serving(tmp_path / "state", demo, receiver.url, SECRETS | registered, clock=clock) as sandbox:
        late = right(sandbox, receiver)
        clock.pass_by(minutes=10)
        given = user_token(sandbox, receiver)
        clock.pass_by(hours=8)

        assert "bad_verification_code" == token(sandbox, **late).json()["error"]
        assert 401 == who(sandbox, given).status_code


def test_installing_brings_a_code_an_installation_and_the_state(sandbox: Sandbox, receiver: Receiver) -> None:
    """The code needs no verifier, since this page knows of no challenge; a second time it is an update."""
    first = installed(sandbox, receiver)
    second = installed(sandbox, receiver)
    answer = token(sandbox, code=first["code"], code_verifier=VERIFIER).json()

    assert ("install", "s2") == (first["setup_action"], first["state"])
    assert ("update", first["installation_id"]) == (second["setup_action"], second["installation_id"])
    assert "ana-dev" == who(sandbox, answer["access_token"]).json()["login"]
    assert [(int(first["installation_id"]), "acme", ["web", "api", "jobs"])] == [
        (each["id"], each["account"], each["repositories"]) for each in sandbox.state()["github"]["installations"]
    ]


@pytest.mark.parametrize(
    ("chosen", "account", "repositories"),
    [
        ([("repositories", "selected"), ("repository", "11"), ("repository", "13")], "acme", ["web", "jobs"]),
        ([("repository", "11")], "acme", ["web", "api", "jobs"]),
        ([("account", "own")], "ana-dev", []),
    ],
)
def test_the_person_chooses_account_and_repositories(
    sandbox: Sandbox, receiver: Receiver, chosen: Fields, account: str, repositories: list[str]
) -> None:
    """What is ticked counts only where it was said to be a selection."""
    installed(sandbox, receiver, *chosen)

    assert [(account, repositories)] == [
        (each["account"], each["repositories"]) for each in sandbox.state()["github"]["installations"]
    ]


def test_a_member_can_only_ask_the_owners(sandbox: Sandbox, receiver: Receiver) -> None:
    """The browser comes back without an installation; whoever signed in before is still there."""
    right(sandbox, receiver, "ben")

    asked = installed(sandbox, receiver)

    assert ("request", "s2") == (asked["setup_action"], asked["state"])
    assert "installation_id" not in asked
    assert [] == sandbox.state()["github"]["installations"]


def test_another_apps_page_is_not_there(sandbox: Sandbox) -> None:
    """Only ours can be installed."""
    assert [404, 404] == [
        sandbox.http.get(path).status_code
        for path in ("/github/apps/another/installations/new", "/github/apps/another")
    ]


def test_faults_reach_the_token_endpoint(sandbox: Sandbox, receiver: Receiver) -> None:
    """Each strikes once."""
    fields = right(sandbox, receiver)
    for kind in ("rate_limit", "server_error"):
        sandbox.control("faults", vendor="github", operation="oauth/access_token", kind=kind)

    answers = [token(sandbox, **fields) for _ in range(3)]

    assert [429, 503, 200] == [answer.status_code for answer in answers]


def test_the_installation_has_a_page_with_the_owners_buttons(sandbox: Sandbox, receiver: Receiver) -> None:
    """Suspending, going on and uninstalling by hand; each is told."""
    path = f"/github/settings/installations/{installed(sandbox, receiver)['installation_id']}"

    for button in ("suspend", "unsuspend", "delete"):
        assert 303 == press(sandbox.http, path, button).status_code
        receiver.wait(1, "github", button if button != "delete" else "deleted")

    assert 404 == sandbox.http.get(path).status_code
    told: list[Json] = [each.body for each in receiver.of("github")]
    assert ["created", "suspend", "unsuspend", "deleted"] == [each["action"] for each in told]
