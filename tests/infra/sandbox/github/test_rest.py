"""What GitHub's REST API shows of repositories, and to whom."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.infra.sandbox.github.flow import APP, asks_for, at_work, call, install, mint, opened
from tests.infra.sandbox.github.openapi import response_flaws
from tests.infra.sandbox.running import (
    SECRETS,
    Json,
    Receiver,
    Sandbox,
    SetClock,
    contract,
    serving,
    wait_until,
)

type Proof = Callable[..., str]

REPOS = "/github/api/repos/acme"
HOOKS = f"{APP}/hook/deliveries"


def titles(answer: httpx.Response) -> list[str]:
    """What a list of pull requests or issues is called."""
    return [each["title"] for each in answer.json()]


def test_every_answer_about_a_repository_has_the_form_github_documents(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Each operation satisfies the official OpenAPI document."""
    token = at_work(sandbox, receiver, assertion())
    pull = opened(sandbox, messages=["ENG-1 Begin", "Go on"])
    issue = sandbox.control("github/issues", user="ben", repository="web", title="Slow")["issue"]["number"]
    sandbox.control(pull, user="ana", do="label", value="bug")
    for asked in ("ben", "team/web"):
        sandbox.control(pull, user="ana", do="request_review", value=asked)
    reviewed = sandbox.control(f"{pull}/review", user="ben", state="changes_requested", lines={"a.py:3": "Why?"})
    sandbox.control(f"{pull}/threads/{reviewed['threads'][0]}", user="ana", do="reply", body="Because")
    sandbox.control(f"{pull}/comments", user="ben", body="Hm")
    sandbox.control(f"{pull}/checks", conclusion="failure")
    sha = sandbox.control(f"{pull}/status", state="success")["pull"]["head_sha"]
    sandbox.control("github/issues/web/2", user="ben", do="close")
    paths = {
        "repos/get": "",
        "pulls/list": "/pulls",
        "pulls/get": "/pulls/1",
        "pulls/list-commits": "/pulls/1/commits",
        "pulls/list-reviews": "/pulls/1/reviews",
        "pulls/list-review-comments": "/pulls/1/comments",
        "pulls/list-review-comments-for-repo": "/pulls/comments",
        "issues/list-for-repo": "/issues?state=all",
        "issues/get": f"/issues/{issue}",
        "issues/list-comments": "/issues/1/comments",
        "issues/list-comments-for-repo": "/issues/comments",
        "repos/list-pull-requests-associated-with-commit": f"/commits/{sha}/pulls",
        "checks/list-suites-for-ref": f"/commits/{sha}/check-suites",
        "repos/get-combined-status-for-ref": f"/commits/{sha}/status",
    }
    answers = {operation: call(sandbox, f"{REPOS}/web{path}", token) for operation, path in paths.items()}
    limits = call(sandbox, "/github/api/rate_limit", token)

    document = json.loads(contract("github/schema/rest.openapi.json").read_text())
    assert dict.fromkeys(paths, 200) == {operation: each.status_code for operation, each in answers.items()}
    assert {} == {
        operation: found
        for operation, each in answers.items()
        if (found := response_flaws(document, operation, 200, each.json()))
    }
    assert [] == response_flaws(document, "rate-limit/get", 200, limits.json())
    assert all(each.json() for each in answers.values())
    assert [2, 2] == [len(answers[f"pulls/list-{kind}"].json()) for kind in ("reviews", "review-comments")]
    assert ["Slow", "ENG-1 Mend the login"] == titles(answers["issues/list-for-repo"])
    assert ["pull_request" in each for each in answers["issues/list-for-repo"].json()] == [False, True]
    assert ("success", "failure") == (
        answers["repos/get-combined-status-for-ref"].json()["state"],
        answers["checks/list-suites-for-ref"].json()["check_suites"][0]["conclusion"],
    )


def test_lists_are_filtered_ordered_and_paged_as_githubs(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Open ones and the newest first, unless it is said otherwise; what is said wrongly is refused."""
    token = at_work(sandbox, receiver, assertion())
    pulls = [opened(sandbox, title) for title in ("one", "two", "three")]
    sandbox.control(pulls[1], user="ana", do="close")
    sandbox.control(f"{pulls[0]}/edit", user="ana", base="release")
    sandbox.control(f"{pulls[0]}/comments", user="ben", body="first")
    sandbox.control(f"{pulls[2]}/comments", user="ben", body="second")

    def listed(query: str) -> list[str]:
        return titles(call(sandbox, f"{REPOS}/web/pulls?{query}", token))

    assert ["three", "one"] == listed("")
    assert ["one", "three"] == listed("sort=updated")
    assert ["one", "three"] == listed("direction=asc")
    assert ["three", "two", "one"] == listed("state=all")
    assert ["two"] == listed("state=closed")
    assert ["one"] == listed("base=release")
    assert ["three"] == listed("head=acme:branch-of-three")
    assert ["one"] == listed("state=all&per_page=2&page=2")
    assert 422 == call(sandbox, f"{REPOS}/web/pulls?state=merged", token).status_code
    said = f"{REPOS}/web/issues/comments"
    assert [["first", "second"], ["second", "first"], []] == [
        [each["body"] for each in call(sandbox, f"{said}?{query}", token).json()]
        for query in ("", "sort=updated", "since=2126-01-01T00:00:00Z")
    ]
    assert 422 == call(sandbox, f"{said}?since=yesterday", token).status_code


@pytest.mark.parametrize(
    ("permissions", "seen"),
    [
        (("metadata",), [403, 403, 403, 403, 403]),
        (("metadata", "pull_requests"), [200, 403, 200, 403, 403]),
        (("metadata", "issues"), [403, 200, 200, 403, 403]),
        (("metadata", "checks"), [403, 403, 403, 200, 403]),
        (("metadata", "statuses"), [403, 403, 403, 403, 200]),
    ],
)
def test_each_operation_needs_its_permission(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof, permissions: tuple[str, ...], seen: list[int]
) -> None:
    """One of two is enough for a conversation's comments, which then show only what that one covers."""
    token = at_work(sandbox, receiver, assertion(), *permissions)
    pull = opened(sandbox)
    sandbox.control("github/issues", user="ben", repository="web", title="Slow")
    for where in (pull, "github/issues/web/2"):
        sandbox.control(f"{where}/comments", user="ben", body=where)
    sha = sandbox.control(f"{pull}/checks", conclusion="success")["pull"]["head_sha"]
    paths = ("pulls", "issues", "issues/comments", f"commits/{sha}/check-suites", f"commits/{sha}/status")

    answers = [call(sandbox, f"{REPOS}/web/{path}", token) for path in paths]

    assert seen == [answer.status_code for answer in answers]
    refusals = {each.json()["message"] for each in answers if each.status_code == 403}
    assert {"Resource not accessible by integration"} == refusals
    if 200 == answers[2].status_code:
        assert [pull if "pull_requests" in permissions else "github/issues/web/2"] == [
            each["body"] for each in answers[2].json()
        ]


def test_what_a_token_does_not_reach_is_not_there(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """Neither what was not chosen, nor what a narrower token leaves out; what is public everybody sees."""
    asks_for(sandbox, "metadata", "pull_requests", "issues")
    one = install(sandbox, receiver, ("repositories", "selected"), ("repository", "11"), ("repository", "12"))
    narrow = mint(sandbox, one, assertion(), repositories=["web"], permissions={"metadata": "read", "issues": "read"})
    whole = mint(sandbox, one, assertion())["token"]
    for name in ("web", "api", "jobs"):
        opened(sandbox, repository=name)

    def seen(token: str, *paths: str) -> list[int]:
        return [call(sandbox, f"{REPOS}/{path}", token).status_code for path in paths]

    assert ["web"] == [each["name"] for each in narrow["repositories"]]
    assert [200, 200, 404, 404] == seen(whole, "web/pulls", "api/pulls", "jobs/pulls", "none/pulls")
    assert [403, 200, 404] == seen(narrow["token"], "web/pulls", "web/issues", "api/issues")
    listed = call(sandbox, "/github/api/installation/repositories", narrow["token"]).json()
    assert (1, ["web"]) == (listed["total_count"], [each["name"] for each in listed["repositories"]])
    sandbox.control("github/repositories/jobs", user="ana", do="publicize")
    assert [200] == seen(whole, "jobs/pulls")
    too_much: list[Json] = [{"repositories": ["jobs"]}, {"repositories": "web"}]
    too_much += [{"permissions": {name: access}} for name, access in (("contents", "read"), ("issues", "write"))]
    for asked in too_much:
        refused = call(sandbox, f"{APP}/installations/{one}/access_tokens", assertion(), "POST", **asked)
        assert 422 == refused.status_code


def test_an_old_name_leads_to_the_repository_until_another_takes_it(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """By an address that stays; what a new owner has not let the app at is gone."""
    token = at_work(sandbox, receiver, assertion())
    opened(sandbox)
    sandbox.control("github/repositories/web", user="ana", do="rename", value="site")

    moved = call(sandbox, f"{REPOS}/web/pulls/1?a=b", token)
    there = urlsplit(moved.headers["location"])
    found = call(sandbox, f"{there.path}?{there.query}", token)
    sandbox.control("github/repositories/api", user="ana", do="rename", value="web")
    taken = call(sandbox, f"{REPOS}/web", token)
    sandbox.control("github/repositories/site", user="ana", do="transfer", value="ben-dev")
    gone = [call(sandbox, path, token) for path in (there.path, f"{REPOS}/site")]

    assert (301, "/github/api/repositories/11/pulls/1", "a=b") == (moved.status_code, there.path, there.query)
    assert "acme/site" == found.json()["base"]["repo"]["full_name"]
    assert 12 == taken.json()["id"]
    assert [404, 404] == [each.status_code for each in gone]


def test_an_issue_that_is_gone_says_so(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """A deleted one for good, a transferred one with where it is."""
    token = at_work(sandbox, receiver, assertion())
    for number in (1, 2):
        sandbox.control("github/issues", user="ben", repository="web", title=f"Issue {number}")
    sandbox.control("github/issues/web/1", user="ben", do="delete")
    sandbox.control("github/issues/web/2", user="ben", do="transfer", value="api")

    deleted, moved = (call(sandbox, f"{REPOS}/web/issues/{number}", token) for number in (1, 2))
    there = call(sandbox, urlsplit(moved.headers["location"]).path, token).json()

    assert (410, 301) == (deleted.status_code, moved.status_code)
    assert ("Issue 2", f"{sandbox.url}{REPOS}/api") == (there["title"], there["repository_url"])
    assert [] == call(sandbox, f"{REPOS}/web/issues?state=all", token).json()


def test_commits_of_forks_lead_to_no_pull_request(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """Those of the repository do, the merged one as well."""
    token = at_work(sandbox, receiver, assertion())
    own, foreign = opened(sandbox, "own"), opened(sandbox, "foreign", fork="ben-dev")
    heads = [
        sandbox.control(f"{each}/push", user="ana", messages=["More"])["pull"]["head_sha"] for each in (own, foreign)
    ]
    sandbox.control(own, user="ana", do="merge")
    merged = call(sandbox, f"{REPOS}/web/pulls/1", token).json()["merge_commit_sha"]

    answers = [call(sandbox, f"{REPOS}/web/commits/{sha}/pulls", token) for sha in (*heads, merged, "0" * 40)]

    assert [200, 422, 200, 422] == [answer.status_code for answer in answers]
    assert [["own"], ["own"]] == [titles(answers[place]) for place in (0, 2)]


def test_what_is_unchanged_costs_nothing_and_what_is_too_much_is_refused(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Every answer says what is left; the primary limit ends with the hour."""
    token, path = at_work(sandbox, receiver, assertion()), f"{REPOS}/web/pulls"
    sandbox.control("config", github_requests_an_hour=2)

    def asked(tag: str) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {token}", "if-none-match": tag}
        answer = sandbox.http.get(path, headers=headers)
        return answer.status_code, answer.headers["x-ratelimit-remaining"]

    first = call(sandbox, path, token)
    unchanged = [asked(first.headers["etag"]) for _ in range(3)]
    opened(sandbox)
    changed, over = asked(first.headers["etag"]), call(sandbox, path, token)

    assert ("2", "1", "core") == tuple(first.headers[f"x-ratelimit-{n}"] for n in ("limit", "remaining", "resource"))
    assert ([(304, "1")] * 3, (200, "0")) == (unchanged, changed)
    assert (403, "0") == (over.status_code, over.headers["x-ratelimit-remaining"])
    assert "API rate limit exceeded for installation ID" in over.json()["message"]


@pytest.mark.parametrize(("limit", "status"), [("primary", 429), ("requests", 403)])
def test_limits_strike_on_demand(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof, limit: str, status: int
) -> None:
    """The primary one says when its hour is over, the secondary one how long to wait."""
    token = at_work(sandbox, receiver, assertion())
    sandbox.control("faults", vendor="github", operation="pulls/list", kind="rate_limit", limit=limit, retry_after=60)

    struck, after = (call(sandbox, f"{REPOS}/web/pulls", token) for _ in range(2))

    assert (status, 200) == (struck.status_code, after.status_code)
    assert ("0" if limit == "primary" else None) == struck.headers.get("x-ratelimit-remaining")
    assert (None if limit == "primary" else "60") == struck.headers.get("retry-after")


def test_what_failed_is_listed_and_sent_again_when_asked(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Under the same id, as another attempt; what GitHub lost itself is on no list, and nothing is sent by itself."""
    at_work(sandbox, receiver, assertion())
    for how in ("failed", "lost"):
        sandbox.control("github/losing", event="pull_request", how=how)
    receiver.answers.append(lambda: 503)
    for title in ("unreachable", "lost", "refused", "taken"):
        opened(sandbox, title)
        wait_until(lambda: "pending" not in {each["outcome"] for each in sandbox.state()["deliveries"]})
    document = json.loads(contract("github/schema/rest.openapi.json").read_text())

    failed = call(sandbox, f"{HOOKS}?status=failure", assertion())
    [refused, unreachable] = failed.json()
    shown = call(sandbox, f"{HOOKS}/{refused['id']}", assertion())
    again = call(sandbox, f"{HOOKS}/{refused['id']}/attempts", assertion(), "POST")
    came = {each.body["pull_request"]["title"]: each for each in receiver.wait(3, "github", "opened")}
    wait_until(lambda: "pending" not in {each["outcome"] for each in sandbox.state()["deliveries"]})
    latest = call(sandbox, f"{HOOKS}?per_page=1", assertion()).json()[0]

    assert ([503, 502], [False, False]) == (
        [each["status_code"] for each in (refused, unreachable)],
        [each["redelivery"] for each in (refused, unreachable)],
    )
    assert {"refused", "taken"} == came.keys()
    assert 202 == again.status_code
    assert (refused["guid"], True, "OK") == tuple(latest[each] for each in ("guid", "redelivery", "status"))
    assert refused["id"] != latest["id"]
    assert refused["guid"] == came["refused"].headers["x-github-delivery"]
    assert [] == response_flaws(document, "apps/list-webhook-deliveries", 200, failed.json())
    assert [] == response_flaws(document, "apps/get-webhook-delivery", 200, shown.json())
    assert 404 == call(sandbox, f"{HOOKS}/1/attempts", assertion(), "POST").status_code
    assert 401 == call(sandbox, HOOKS, "made-up").status_code


def test_deliveries_are_paged_by_a_cursor(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """The latest first; what comes meanwhile shifts nothing."""
    at_work(sandbox, receiver, assertion())
    for number in range(3):
        opened(sandbox, f"number {number}")
        receiver.wait(number + 1, "github", "opened")
    wait_until(lambda: "pending" not in {each["outcome"] for each in sandbox.state()["deliveries"]})

    first = call(sandbox, f"{HOOKS}?per_page=2", assertion())
    opened(sandbox, "meanwhile")
    receiver.wait(4, "github", "opened")
    second = call(sandbox, first.links["next"]["url"], assertion())

    events = [[each["event"] for each in answer.json()] for answer in (first, second)]
    assert [["pull_request", "pull_request"], ["pull_request", "installation"]] == events
    assert {} == second.links
    assert 4 == len({each["id"] for answer in (first, second) for each in answer.json()})
    assert 400 == call(sandbox, f"{HOOKS}?cursor=v1_1", assertion()).status_code


def test_deliveries_are_forgotten_after_three_days(
    tmp_path: Path, demo: Path, receiver: Receiver, registered: dict[str, str], assertion: Proof
) -> None:
    """Neither listed nor sent again."""
    clock = SetClock()

    def proof() -> str:
        now = int(clock().timestamp())
        return assertion(iat=now - 30, exp=now + 500)

    receiver.answers.clear()
    with serving(tmp_path / "state", demo, receiver.url, SECRETS | registered, clock=clock) as sandbox:
        install(sandbox, receiver)
        sandbox.control("github/losing", event="installation", how="failed")
        sandbox.control("github/suspend")
        wait_until(lambda: "pending" not in {each["outcome"] for each in sandbox.state()["deliveries"]})
        before: list[Json] = call(sandbox, f"{HOOKS}?status=failure", proof()).json()
        clock.pass_by(days=3, minutes=1)

        assert ["suspend"] == [each["action"] for each in before]
        assert [] == call(sandbox, HOOKS, proof()).json()
        assert 404 == call(sandbox, f"{HOOKS}/{before[0]['id']}/attempts", proof(), "POST").status_code


def test_what_is_no_operation_is_not_there(sandbox: Sandbox) -> None:
    """In GitHub's form."""
    answer = sandbox.http.get("/github/api/repos/acme/web/pulls/one")

    assert (404, "Not Found") == (answer.status_code, answer.json()["message"])
