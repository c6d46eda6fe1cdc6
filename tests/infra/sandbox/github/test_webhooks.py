"""What GitHub tells an app of what people do in repositories."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from infra.sandbox.github.signing import signature
from infra.sandbox.github.webhooks import NEEDS
from tests.infra.sandbox.github.flow import EVENTS, asks_for, at_work, call, install, opened, work_through
from tests.infra.sandbox.github.openapi import flaws
from tests.infra.sandbox.running import SECRETS, Json, Received, Receiver, Sandbox, contract, wait_until

type Proof = Callable[..., str]


def told(receiver: Receiver, event: str, count: int = 1) -> list[Json]:
    """What came of an event, once there are as many."""

    def found() -> list[Received]:
        return [each for each in receiver.of("github") if each.headers["x-github-event"] == event]

    wait_until(lambda: len(found()) >= count)
    return [each.body for each in found()]


def act(sandbox: Sandbox, pull: str, do: str, user: str = "ana", value: str = "") -> Json:
    """Do something to a pull request."""
    return sandbox.control(pull, user=user, do=do, value=value)


@pytest.mark.thorough
def test_every_happening_is_told_in_the_form_github_documents(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Signed, named in the headers, and true to the official document, from the first push to the repository's end."""
    at_work(sandbox, receiver, assertion())
    work_through(sandbox)

    wait_until(lambda: all(each["outcome"] == "delivered" for each in sandbox.state()["deliveries"]))
    schemas = (document := json.loads(contract("github/schema/webhooks.openapi.json").read_text()))["components"]
    came = receiver.of("github")
    wrong = {name: found for each in came if (found := _flaws(document, schemas["schemas"], each, name := _name(each)))}
    assert {} == wrong
    assert {"installation_repositories", *EVENTS} == {each.headers["x-github-event"] for each in came}
    assert 44 <= len({_name(each) for each in came})
    for each in came:
        assert signature(SECRETS["github_webhook_secret"], each.raw) == each.headers["x-hub-signature-256"]
        assert each.headers["user-agent"].startswith("GitHub-Hookshot/")
    assert len(came) == len({each.headers["x-github-delivery"] for each in came})


def _name(came: Received) -> str:
    action = came.body.get("action", "")
    return "-".join(part for part in (came.headers["x-github-event"], action) if part).replace("_", "-")


def _flaws(document: Json, schemas: Json, came: Received, name: str) -> list[str]:
    return flaws(document, schemas[f"webhook-{name}"], came.body)


def test_an_app_is_told_only_what_an_owner_agreed_to(sandbox: Sandbox, receiver: Receiver) -> None:
    """What it asks for later has to be agreed to anew; what it subscribed to without the permission never comes."""
    asks_for(sandbox, "metadata", "pull_requests")
    install(sandbox, receiver)
    pull = opened(sandbox)
    sandbox.control(f"{pull}/comments", user="ben", body="before")
    asks_for(sandbox, "metadata", "pull_requests", "issues")
    sandbox.control(f"{pull}/comments", user="ben", body="asked for")
    sandbox.control("github/permissions")
    sandbox.control(f"{pull}/comments", user="ben", body="agreed to")
    asks_for(sandbox, "metadata", "pull_requests", "issues", events=("pull_request",))
    sandbox.control(f"{pull}/comments", user="ben", body="no longer")
    act(sandbox, pull, "close")

    assert ["opened", "closed"] == [each["action"] for each in told(receiver, "pull_request", 2)]
    assert ["agreed to"] == [each["comment"]["body"] for each in told(receiver, "issue_comment")]
    assert ["created", "new_permissions_accepted"] == [each["action"] for each in told(receiver, "installation", 2)]


def test_nothing_is_told_while_suspended_or_of_repositories_that_were_not_chosen(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Nor made up for afterwards."""
    at_work(sandbox, receiver, assertion())
    sandbox.control("github/choose", repositories=["api"])
    opened(sandbox, "ENG-1 elsewhere")
    sandbox.control("github/suspend")
    opened(sandbox, "ENG-2 suspended", repository="api")
    sandbox.control("github/unsuspend")
    opened(sandbox, "ENG-3 told", repository="api")

    assert ["ENG-3 told"] == [each["pull_request"]["title"] for each in told(receiver, "pull_request")]
    assert 1 == len([each for each in sandbox.state()["deliveries"] if each["kind"] == "pull_request.opened"])


def test_what_happened_first_may_be_told_last(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """It shows the pull request as it was then, with the time of then."""
    at_work(sandbox, receiver, assertion())
    sandbox.control("github/losing", event="pull_request", how="late", seconds=0.3)
    pull = opened(sandbox)
    act(sandbox, pull, "close")

    first, second = told(receiver, "pull_request", 2)

    assert (("closed", "closed"), ("opened", "open")) == tuple(
        (each["action"], each["pull_request"]["state"]) for each in (first, second)
    )
    assert first["pull_request"]["updated_at"] >= second["pull_request"]["updated_at"]


def test_checks_of_a_fork_name_neither_pull_request_nor_branch(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Only the commit tells where they belong; of a fork that is gone no more than its name is left."""
    at_work(sandbox, receiver, assertion())
    pull = opened(sandbox, fork="ben-dev")
    sandbox.control(f"{pull}/checks", conclusion="success")
    act(sandbox, pull, "lose_fork")
    act(sandbox, pull, "close")

    [suite] = [each["check_suite"] for each in told(receiver, "check_suite")]
    heads = {each["action"]: each["pull_request"]["head"] for each in told(receiver, "pull_request", 2)}
    head, gone = heads["opened"], heads["closed"]

    assert (head["sha"], None, []) == (suite["head_sha"], suite["head_branch"], suite["pull_requests"])
    assert ("ben-dev/web", True) == (head["repo"]["full_name"], head["repo"]["fork"])
    assert (None, head["label"]) == (gone["repo"], gone["label"])


def test_a_pull_request_is_told_of_before_anybody_has_tried_to_merge_it(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Who asks later learns how it would go; a commit of such a trial stays with what is closed without merging."""
    token = at_work(sandbox, receiver, assertion())
    pull = opened(sandbox, user="dependabot[bot]")
    [told_of] = [each["pull_request"] for each in told(receiver, "pull_request")]
    asked = call(sandbox, "/github/api/repos/acme/web/pulls/1", token).json()
    act(sandbox, pull, "close")
    closed = call(sandbox, "/github/api/repos/acme/web/pulls/1", token).json()

    assert (None, "unknown") == (told_of["mergeable"], told_of["mergeable_state"])
    assert (True, "blocked") == (asked["mergeable"], asked["mergeable_state"])
    assert (False, None, True) == (closed["merged"], closed["merged_at"], bool(closed["merge_commit_sha"]))
    assert ("Bot", "dependabot[bot]", f"{sandbox.url}/github/apps/dependabot") == tuple(
        told_of["user"][each] for each in ("type", "login", "html_url")
    )


def test_the_button_reverts_by_a_branch_that_holds_the_old_name(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """With GitHub's title and words; only of what was merged."""
    at_work(sandbox, receiver, assertion())
    pull = opened(sandbox, head="ana/eng-1-login")
    refused = sandbox.http.post(f"/_sandbox/{pull}", json={"user": "ben", "do": "revert"})
    act(sandbox, pull, "merge")
    act(sandbox, pull, "revert", "ben")

    found = {each["number"]: each["pull_request"] for each in told(receiver, "pull_request", 3)}

    assert (400, "do") == (refused.status_code, refused.json()["field"])
    assert ("revert-1-ana/eng-1-login", 'Revert "ENG-1 Mend the login"', "Reverts acme/web#1") == (
        found[2]["head"]["ref"],
        found[2]["title"],
        found[2]["body"],
    )


def test_the_merge_queue_merges_by_its_bot_and_says_that_it_left_the_queue(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Leaving is no failure then; what closes an issue closes it."""
    at_work(sandbox, receiver, assertion())
    sandbox.control("github/issues", user="ben", repository="web", title="It is slow")
    pull = opened(sandbox, body="Fixes #1 and mentions #7")
    for do in ("enqueue", "merge"):
        act(sandbox, pull, do)

    by_action = {each["action"]: each for each in told(receiver, "pull_request", 4)}
    closed = by_action["closed"]["pull_request"]

    assert {"opened", "enqueued", "dequeued", "closed"} == by_action.keys()
    assert "MERGE" == by_action["dequeued"]["reason"]
    assert (True, "github-merge-queue[bot]", "Bot") == (
        closed["merged"],
        closed["merged_by"]["login"],
        by_action["closed"]["sender"]["type"],
    )
    issues = {each["action"]: each["issue"] for each in told(receiver, "issues", 2)}
    assert ("closed", "completed") == (issues["closed"]["state"], issues["closed"]["state_reason"])


@pytest.mark.parametrize(
    ("path", "body", "moves"),
    [
        ("comments", {"user": "ben", "body": "Hm"}, True),
        ("review", {"user": "ben", "state": "approved"}, True),
        ("push", {"user": "ana", "messages": ["More"]}, True),
        ("checks", {"conclusion": "failure"}, False),
        ("status", {"state": "success"}, False),
    ],
)
def test_a_pull_requests_time_moves_with_words_and_decisions_and_not_with_checks(
    sandbox: Sandbox, path: str, body: dict[str, Any], moves: bool
) -> None:
    """So that whoever asks for what is new learns nothing of checks."""
    pull = opened(sandbox)
    [before] = sandbox.state()["github"]["pull_requests"]
    sandbox.control(f"{pull}/{path}", **body)
    [after] = sandbox.state()["github"]["pull_requests"]

    assert moves == (before["updated_at"] < after["updated_at"])


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("github/pulls", {"user": "ana", "repository": "none", "title": "T", "head": "b"}, "repository"),
        ("github/pulls", {"user": "who", "repository": "web", "title": "T", "head": "b"}, "user"),
        ("github/pulls", {"user": "ana", "repository": "web", "title": "T", "head": "taken"}, "repository"),
        ("github/pulls", {"user": "ana", "repository": "web", "title": "T", "head": "b", "fork": "who"}, "repository"),
        ("github/pulls/web/1", {"user": "ana", "do": "lose_fork"}, "do"),
        ("github/pulls/web/9", {"user": "ana", "do": "close"}, "number"),
        ("github/pulls/web/1", {"user": "ana", "do": "request_review", "value": "ana"}, "do"),
        ("github/pulls/web/1/review", {"user": "ana", "state": "approved"}, "state"),
        ("github/pulls/web/1/review", {"user": "ben", "state": "commented"}, "state"),
        ("github/repositories/web", {"user": "ana", "do": "rename", "value": "api"}, "value"),
        ("github/repositories", {"user": "ana", "name": "api"}, "name"),
        ("github/issues/web/1", {"user": "ana", "do": "close"}, "number"),
    ],
)
def test_what_github_would_not_let_anybody_do_is_refused(
    sandbox: Sandbox, path: str, body: dict[str, Any], field: str
) -> None:
    """The field is named, and nothing happens."""
    opened(sandbox, head="taken")
    before = sandbox.state()["github"]

    answer = sandbox.http.post(f"/_sandbox/{path}", json=body)

    assert (400, field) == (answer.status_code, answer.json()["field"])
    assert before == sandbox.state()["github"]


def test_every_event_has_the_permission_it_needs() -> None:
    """Those that the demo's app could subscribe to are all told."""
    assert set(EVENTS) == NEEDS.keys()
