"""GitHub's REST API as an App sees it, and what GitHub tells the App."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from infra.sandbox.github.signing import signature as github_signature
from tests.infra.sandbox.github.flow import APP, call, install, installed, mint, user_token
from tests.infra.sandbox.github.openapi import flaws, response_flaws
from tests.infra.sandbox.running import SECRETS, Receiver, Sandbox, contract


def test_every_answer_has_the_form_github_documents(
    sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]
) -> None:
    """Each operation satisfies the official OpenAPI document."""
    document = json.loads(contract("github/schema/rest.openapi.json").read_text())
    some = [("repositories", "selected"), ("repository", "11")]
    proof, one = assertion(), install(sandbox, receiver, *some)
    user, minted = user_token(sandbox, receiver), mint(sandbox, one, proof)
    calls = {
        "users/get-authenticated": ("/github/api/user", user),
        "apps/list-installations-for-authenticated-user": ("/github/api/user/installations", user),
        "apps/get-authenticated": (APP, proof),
        "apps/get-installation": (f"{APP}/installations/{one}", proof),
        "apps/get-org-installation": ("/github/api/orgs/acme/installation", proof),
        "apps/list-repos-accessible-to-installation": ("/github/api/installation/repositories", minted["token"]),
    }
    answers = {operation: call(sandbox, *asked) for operation, asked in calls.items()}

    assert dict.fromkeys(calls, 200) == {operation: each.status_code for operation, each in answers.items()}
    assert {operation: [] for operation in calls} == {
        operation: response_flaws(document, operation, 200, each.json()) for operation, each in answers.items()
    }
    assert [] == response_flaws(document, "apps/create-installation-access-token", 201, minted)
    # Of a listed account the document demands to be a person and an enterprise at once; one by one it does not.
    listed = call(sandbox, f"{APP}/installations", proof).json()
    assert [[]] == [flaws(document, document["components"]["schemas"]["installation"], each) for each in listed]
    assert ["web"] == [each["name"] for each in minted["repositories"]]


def test_a_wrong_answer_is_noticed() -> None:
    """The check above can fail."""
    document = json.loads(contract("github/schema/rest.openapi.json").read_text())

    assert response_flaws(document, "apps/get-authenticated", 200, {"id": "4021"})


def test_installations_are_found_by_account(
    sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]
) -> None:
    """A person's by the login, an organisation's likewise, whatever the case; neither as the other."""
    installed(sandbox, receiver, ("account", "own"))
    one = install(sandbox, receiver)
    paths = ("orgs/Acme", "users/ana-dev", "users/acme", "orgs/ana-dev", "users/ben-dev", "users/nobody")

    answers = [call(sandbox, f"/github/api/{path}/installation", assertion()) for path in paths]

    assert [200, 200, 404, 404, 404, 404] == [answer.status_code for answer in answers]
    assert (int(one), "Organization") == (answers[0].json()["id"], answers[0].json()["target_type"])


@pytest.mark.parametrize(("person", "count"), [("ana", 2), ("ben", 1)])
def test_a_person_sees_the_own_installation_and_the_organisations(
    sandbox: Sandbox, receiver: Receiver, person: str, count: int
) -> None:
    """Not those on other people's accounts."""
    installed(sandbox, receiver, ("account", "own"))
    installed(sandbox, receiver)

    seen = call(sandbox, "/github/api/user/installations", user_token(sandbox, receiver, person)).json()

    assert (count, count) == (seen["total_count"], len(seen["installations"]))


@pytest.mark.parametrize(("person", "role"), [("ana", "admin"), ("ben", "member")])
def test_a_person_learns_what_they_are_in_the_organisation(
    sandbox: Sandbox, receiver: Receiver, person: str, role: str
) -> None:
    """An owner is called admin; the parts have the form that GitHub documents."""
    install(sandbox, receiver)
    answer = call(sandbox, "/github/api/user/memberships/orgs/Acme", user_token(sandbox, receiver, person))

    assert (200, "active", role) == (answer.status_code, answer.json()["state"], answer.json()["role"])
    document = json.loads(contract("github/schema/rest.openapi.json").read_text())
    schemas = document["components"]["schemas"]
    parts = {"organization": "organization-simple", "user": "simple-user"}
    assert [[], []] == [flaws(document, schemas[name], answer.json()[part]) for part, name in parts.items()]


def test_a_membership_is_shown_where_the_app_may_see_it(
    sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]
) -> None:
    """Not where it is not installed, to no app, and of no organisation the person is not in."""
    user, path = user_token(sandbox, receiver), "/github/api/user/memberships/orgs"
    before = call(sandbox, f"{path}/acme", user)
    minted = mint(sandbox, install(sandbox, receiver), assertion())["token"]
    others = [call(sandbox, f"{path}/{name}", token) for name, token in (("ana-dev", user), ("acme", minted))]

    assert [403, 404, 403] == [answer.status_code for answer in (before, *others)]


def test_pages_follow_each_other(sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]) -> None:
    """The link in the header leads to the next one."""
    token = mint(sandbox, install(sandbox, receiver), assertion())["token"]
    first = call(sandbox, "/github/api/installation/repositories?per_page=2", token)
    second = call(sandbox, first.links["next"]["url"], token)

    assert [["web", "api"], ["jobs"]] == [
        [each["name"] for each in answer.json()["repositories"]] for answer in (first, second)
    ]
    assert (["next", "last"], ["prev", "first"]) == (list(first.links), list(second.links))


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        ({"iss": "99"}, 404, "Integration not found"),
        ({"iss": None}, 404, "Integration not found"),
        ({"key": generate_private_key(public_exponent=65537, key_size=2048)}, 401, "could not be decoded"),
        ({"key": "secret-" * 6, "algorithm": "HS256"}, 401, "could not be decoded"),
        ({"exp": 1}, 401, "'exp'"),
        ({"exp": None}, 401, "'exp'"),
        ({"exp": int(time.time()) + 3600}, 401, "too far in the future"),
        ({"iat": int(time.time()) + 3600}, 401, "'iat'"),
    ],
)
def test_an_assertion_that_proves_nothing_is_refused(
    sandbox: Sandbox, assertion: Callable[..., str], changed: dict[str, Any], status: int, message: str
) -> None:
    """With GitHub's status and message."""
    answer = call(sandbox, APP, assertion(**changed))

    assert (status, True) == (answer.status_code, message in answer.json()["message"])


def test_who_may_not_is_told_so(sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]) -> None:
    """No token, a made up one, one of the wrong kind, and an installation that is not there."""
    user, minted = user_token(sandbox, receiver), mint(sandbox, install(sandbox, receiver), assertion())["token"]

    answers = [
        call(sandbox, "/github/api/user"),
        call(sandbox, "/github/api/user", "made-up"),
        call(sandbox, "/github/api/user", minted),
        call(sandbox, "/github/api/installation/repositories", user),
        call(sandbox, APP, user),
        call(sandbox, f"{APP}/installations/1", assertion()),
        call(sandbox, f"{APP}/installations/1/access_tokens", assertion(), "POST"),
    ]

    assert [401, 401, 403, 403, 401, 404, 404] == [answer.status_code for answer in answers]


def test_a_suspended_installation_opens_nothing_until_it_goes_on(
    sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]
) -> None:
    """No token is minted and those there are refused; afterwards all is as before."""
    one = install(sandbox, receiver)
    token = mint(sandbox, one, assertion())["token"]
    minting, reading = f"{APP}/installations/{one}/access_tokens", "/github/api/installation/repositories"

    sandbox.control("github/suspend")
    shown = call(sandbox, f"{APP}/installations/{one}", assertion()).json()
    suspended = [call(sandbox, minting, assertion(), "POST"), call(sandbox, reading, token)]
    sandbox.control("github/unsuspend", installation_id=int(one))

    assert [403, 403] == [answer.status_code for answer in suspended]
    assert ("ana-dev", True) == (shown["suspended_by"]["login"], bool(shown["suspended_at"]))
    assert 200 == call(sandbox, reading, token).status_code


def test_the_app_can_uninstall_itself(sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]) -> None:
    """The tokens die; a second time there is nothing to uninstall."""
    one = install(sandbox, receiver)
    token = mint(sandbox, one, assertion())["token"]

    deleted = [call(sandbox, f"{APP}/installations/{one}", assertion(), "DELETE").status_code for _ in range(2)]

    assert [204, 404] == deleted
    assert 401 == call(sandbox, "/github/api/installation/repositories", token).status_code
    # Deliveries come in no order.
    assert ["created", "deleted"] == sorted(each.body["action"] for each in receiver.wait(2, "github"))
    assert 1 == sandbox.state()["oauth"]["github"]["revocations"]


def test_the_app_can_end_one_token(sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]) -> None:
    """Those minted before or after go on."""
    one = install(sandbox, receiver)
    ended, going = (mint(sandbox, one, assertion())["token"] for _ in range(2))

    assert 204 == call(sandbox, "/github/api/installation/token", ended, "DELETE").status_code

    reading = "/github/api/installation/repositories"
    assert [401, 200] == [call(sandbox, reading, token).status_code for token in (ended, going)]


def test_tokens_can_be_made_to_expire(sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]) -> None:
    """An installation's and a person's; another can be minted at once."""
    one, user = install(sandbox, receiver), user_token(sandbox, receiver)
    token = mint(sandbox, one, assertion())["token"]

    assert 2 == sandbox.control("oauth/expire", vendor="github")["tokens"]
    reading = "/github/api/installation/repositories"
    assert [401, 401] == [call(sandbox, *each).status_code for each in ((reading, token), ("/github/api/user", user))]
    assert 200 == call(sandbox, reading, mint(sandbox, one, assertion())["token"]).status_code


def test_webhooks_have_the_form_github_documents(sandbox: Sandbox, receiver: Receiver) -> None:
    """Signed, named in the headers, and true to the official document."""
    document = json.loads(contract("github/schema/webhooks.openapi.json").read_text())
    install(sandbox, receiver)
    for control in ("github/suspend", "github/unsuspend", "github/delete"):
        sandbox.control(control)
    told = receiver.wait(4, "github")
    actions = [each.body["action"] for each in told]

    schemas = document["components"]["schemas"]
    assert ["created", "suspend", "unsuspend", "deleted"] == actions
    assert [[]] * 4 == [flaws(document, schemas[f"webhook-installation-{e.body['action']}"], e.body) for e in told]
    for each in told:
        signature = github_signature(SECRETS["github_webhook_secret"], each.raw)
        assert (signature, "installation") == (each.headers["x-hub-signature-256"], each.headers["x-github-event"])
    assert 4 == len({each.headers["x-github-delivery"] for each in told})


def test_our_signature_is_githubs() -> None:
    """The known answer comes out."""
    vector = json.loads(contract("signature_vectors.json").read_text())["github"]["vector"]

    assert vector["signature"] == github_signature(vector["secret"], vector["body"].encode())


def test_github_tells_nothing_twice(sandbox: Sandbox, receiver: Receiver) -> None:
    """What the app did not take is lost, and the state says so."""
    receiver.answers.append(lambda: 500)
    install(sandbox, receiver)
    sandbox.control("github/suspend")
    receiver.wait(2, "github")
    time.sleep(0.4)

    assert [("failed", 1), ("delivered", 1)] == [
        (each["outcome"], each["attempts"]) for each in sandbox.state()["deliveries"]
    ]


def test_throwing_the_app_out_removes_it_everywhere(
    sandbox: Sandbox, receiver: Receiver, assertion: Callable[..., str]
) -> None:
    """All installations and all tokens, with a webhook for each."""
    installed(sandbox, receiver, ("account", "own"))
    one, user = install(sandbox, receiver), user_token(sandbox, receiver)
    mint(sandbox, one, assertion())

    assert 2 == sandbox.control("oauth/revoke", vendor="github")["tokens"]
    assert [] == call(sandbox, f"{APP}/installations", assertion()).json()
    assert 401 == call(sandbox, "/github/api/user", user).status_code
    assert 2 == len(receiver.wait(2, "github", "deleted"))


@pytest.mark.parametrize(("kind", "status"), [("rate_limit", 403), ("server_error", 502), ("revoked", 401)])
def test_faults_strike_the_operation_named(
    sandbox: Sandbox, assertion: Callable[..., str], kind: str, status: int
) -> None:
    """By GitHub's own name for it; the rate limit says when to come again."""
    sandbox.control("faults", vendor="github", operation="apps/get-authenticated", kind=kind, retry_after=7)

    other, struck, after = (call(sandbox, path, assertion()) for path in (f"{APP}/installations", APP, APP))

    assert [200, status, 200] == [answer.status_code for answer in (other, struck, after)]
    assert ("7" if kind == "rate_limit" else None) == struck.headers.get("retry-after")
    assert 2 == sandbox.state()["requests"]["github.apps/get-authenticated"]
