"""GitHub's GraphQL API: its schema, the one query that catches up, and how it says no."""

import json
from collections.abc import Callable
from functools import cache

import httpx
import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from infra.sandbox.github.graph import SDL
from tests.infra.sandbox.github.flow import at_work, call, opened
from tests.infra.sandbox.running import Json, Receiver, Sandbox, contract
from tests.infra.sandbox.sdl import departures

type Proof = Callable[..., str]

CATCH_UP = """
query CatchUp($owner: String!, $name: String!, $first: Int!, $after: String) {
  rateLimit { cost nodeCount remaining limit used resetAt }
  repository(owner: $owner, name: $name) {
    id databaseId nameWithOwner isPrivate isArchived visibility
    pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id fullDatabaseId number url title body isDraft state merged mergedAt closedAt createdAt updatedAt
        headRefName baseRefName headRefOid isCrossRepository isInMergeQueue reviewDecision mergeStateStatus
        mergeCommit { oid } additions deletions changedFiles authorAssociation
        author { __typename login } mergedBy { login }
        reviewRequests(first: 10) {
          nodes { requestedReviewer { __typename ... on User { login } ... on Team { slug } } }
        }
        latestOpinionatedReviews(first: 10) { nodes { state author { login } submittedAt } }
        reviews(last: 20) { nodes { id fullDatabaseId state body submittedAt author { __typename login } } }
        comments(last: 30) { nodes { id fullDatabaseId body createdAt updatedAt author { __typename login } } }
        reviewThreads(last: 20) { nodes { id isResolved comments(first: 5) { nodes { body path author { login } } } } }
        closingIssuesReferences(first: 5) { nodes { number title } }
        labels(first: 20) { nodes { name } }
        commits(last: 1) { nodes { commit { oid message statusCheckRollup { state } } } }
        timelineItems(last: 10, itemTypes: [READY_FOR_REVIEW_EVENT, REVIEW_REQUESTED_EVENT, MERGED_EVENT]) {
          nodes { __typename ... on ReadyForReviewEvent { createdAt } ... on MergedEvent { actor { login } } }
        }
      }
    }
  }
}
"""


@cache
def _official() -> GraphQLSchema:
    return build_schema(contract("github/schema/schema.graphql").read_text(), assume_valid=True)


def ask(sandbox: Sandbox, token: str, query: str, **variables: object) -> httpx.Response:
    """Send a document as the app."""
    return call(sandbox, "/github/api/graphql", token, "POST", query=query, variables=variables)


def page(sandbox: Sandbox, token: str, **variables: object) -> httpx.Response:
    """One page of the query that catches up."""
    return ask(sandbox, token, CATCH_UP, **({"owner": "acme", "name": "web", "first": 25} | variables))


def nodes(answer: httpx.Response) -> list[Json]:
    """The pull requests of a page."""
    assert "errors" not in answer.json(), answer.text
    found: list[Json] = answer.json()["data"]["repository"]["pullRequests"]["nodes"]
    return found


def errors(answer: httpx.Response) -> list[str]:
    """The kinds of what went wrong, all with HTTP 200."""
    assert 200 == answer.status_code, answer.text
    return [each["type"] for each in answer.json()["errors"]]


@pytest.mark.thorough
def test_our_schema_is_a_true_part_of_githubs_and_the_query_fits_both() -> None:
    """Every type, field, argument, member and value of ours exists there with the same type and nullability."""
    own = build_schema(SDL.read_text())

    assert [] == departures(own, _official())
    assert [] == [
        validate(schema, parse(CATCH_UP)) for schema in (own, _official()) if validate(schema, parse(CATCH_UP))
    ]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("  author: Actor\n", "  author: Actor!\n"),
        ("  | Mannequin\n", "  | Label\n"),
        ("  UPDATED_AT\n", "  CHANGED_AT\n"),
        ("type Label implements Node {", "type Label implements Node & Actor {\n  login: String!"),
        ("pullRequest(number: Int!)", "pullRequest(number: Int)"),
    ],
)
def test_a_departure_from_githubs_schema_is_noticed(line: str, changed: str) -> None:
    """The check above can fail."""
    text = SDL.read_text()

    assert line in text
    assert departures(build_schema(text.replace(line, changed, 1)), _official())


def test_one_query_brings_all_that_a_pull_request_has(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """For seven points a page of 25; apps are called without their ending here."""
    token = at_work(sandbox, receiver, assertion())
    sandbox.control("github/issues", user="ben", repository="web", title="Slow")
    pull = opened(sandbox, user="dependabot[bot]", body="Closes #1", draft=True, additions=5)
    for do, value in (("ready", ""), ("label", "bug"), ("request_review", "ana")):
        sandbox.control(pull, user="ben", do=do, value=value)
    thread = sandbox.control(f"{pull}/review", user="ben", state="approved", lines={"a.py:3": "Nice"})["threads"][0]
    sandbox.control(f"{pull}/threads/{thread}", user="ben", do="resolve")
    sandbox.control(pull, user="ben", do="request_review", value="team/web")
    sandbox.control(f"{pull}/comments", user="coderabbitai[bot]", body="LGTM")
    sandbox.control(f"{pull}/checks", conclusion="success")
    sandbox.control(f"{pull}/status", state="failure")

    answer = page(sandbox, token)
    [found] = nodes(answer)
    limits = answer.json()["data"]["rateLimit"]

    assert (7, 5675, 4993) == tuple(limits[each] for each in ("cost", "nodeCount", "remaining"))
    assert ("graphql", "4993") == tuple(answer.headers[f"x-ratelimit-{each}"] for each in ("resource", "remaining"))
    assert ({"__typename": "Bot", "login": "dependabot"}, "APPROVED", "OPEN", False, 5) == tuple(
        found[each] for each in ("author", "reviewDecision", "state", "isDraft", "additions")
    )
    assert [{"__typename": "User", "login": "ana-dev"}, {"__typename": "Team", "slug": "web"}] == [
        each["requestedReviewer"] for each in found["reviewRequests"]["nodes"]
    ]
    assert [(True, ["Nice"])] == [
        (each["isResolved"], [said["body"] for said in each["comments"]["nodes"]])
        for each in found["reviewThreads"]["nodes"]
    ]
    assert ["coderabbitai"] == [each["author"]["login"] for each in found["comments"]["nodes"]]
    assert [{"number": 1, "title": "Slow"}] == found["closingIssuesReferences"]["nodes"]
    assert "FAILURE" == found["commits"]["nodes"][0]["commit"]["statusCheckRollup"]["state"]
    assert ["ReadyForReviewEvent", "ReviewRequestedEvent", "ReviewRequestedEvent"] == [
        each["__typename"] for each in found["timelineItems"]["nodes"]
    ]
    rest = call(sandbox, "/github/api/repos/acme/web/pulls/2", token).json()
    assert (rest["node_id"], str(rest["id"]), rest["updated_at"], rest["head"]["sha"]) == tuple(
        found[each] for each in ("id", "fullDatabaseId", "updatedAt", "headRefOid")
    )


def test_pages_go_on_where_the_last_one_ended_whatever_moved_meanwhile(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """What has moved to the front is missed, and nothing is seen twice."""
    token = at_work(sandbox, receiver, assertion())
    pulls = [opened(sandbox, f"number {number}") for number in range(1, 5)]
    first = page(sandbox, token, first=2)
    after = first.json()["data"]["repository"]["pullRequests"]["pageInfo"]["endCursor"]
    sandbox.control(f"{pulls[0]}/edit", user="ana", body="more", title="number 1 again")
    sandbox.control(pulls[3], user="ana", do="merge")
    second = page(sandbox, token, first=2, after=after)

    assert [4, 3] == [each["number"] for each in nodes(first)]
    assert {each["number"] for each in nodes(second)} <= {1, 2}
    assert 2 in {each["number"] for each in nodes(second)}
    assert not second.json()["data"]["repository"]["pullRequests"]["pageInfo"]["hasNextPage"]
    wrong = page(sandbox, token, after="Zm9v")
    assert ["INVALID_CURSOR_ARGUMENTS"] == errors(wrong)


def test_a_thing_is_found_by_its_id_whatever_it_is_called_by_now(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Repositories by their old name, too; what is not there or not to be seen is null with an error."""
    token = at_work(sandbox, receiver, assertion())
    opened(sandbox)
    sandbox.control("github/issues", user="ben", repository="web", title="Slow")
    query = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id nameWithOwner "
    query += "pullRequest(number: 1) { id } issue(number: 2) { id stateReason } } }"
    before = ask(sandbox, token, query, owner="acme", name="web").json()["data"]["repository"]
    sandbox.control("github/repositories/web", user="ana", do="rename", value="site")
    renamed = ask(sandbox, token, query, owner="acme", name="web").json()["data"]["repository"]
    ids = [before["id"], before["pullRequest"]["id"], before["issue"]["id"], "nonsense"]
    by_id = ask(
        sandbox, token, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Issue { title } } }", ids=ids
    )
    sandbox.control("github/choose", repositories=["api"])
    gone = ask(sandbox, token, "query($id: ID!) { node(id: $id) { id } }", id=ids[1])

    assert (before["id"], "acme/site") == (renamed["id"], renamed["nameWithOwner"])
    assert ["Repository", "PullRequest", "Issue", None] == [
        each and each["__typename"] for each in by_id.json()["data"]["nodes"]
    ]
    assert (["NOT_FOUND"], ["NOT_FOUND"]) == (errors(by_id), errors(gone))
    assert {"node": None} == gone.json()["data"]


def test_what_the_app_may_not_see_is_null_with_an_error_beside_the_rest(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """In GitHub's words, with the path to each."""
    token = at_work(sandbox, receiver, assertion(), "metadata", "pull_requests")
    opened(sandbox)

    answer = page(sandbox, token)
    body = answer.json()
    [found] = body["data"]["repository"]["pullRequests"]["nodes"]

    assert ["FORBIDDEN", "FORBIDDEN"] == errors(answer)
    assert {"Resource not accessible by integration"} == {each["message"] for each in body["errors"]}
    assert [["closingIssuesReferences"], ["commits", "nodes", 0, "commit", "statusCheckRollup"]] == sorted(
        each["path"][4:] for each in body["errors"]
    )
    assert (None, None) == (
        found["closingIssuesReferences"],
        found["commits"]["nodes"][0]["commit"]["statusCheckRollup"],
    )


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ repository(owner: "acme", name: "web") { pullRequests { totalCount } } }', "MISSING_PAGINATION_BOUNDARIES"),
        ('{ repository(owner: "acme", name: "web") { issues(last: 101) { totalCount } } }', "EXCESSIVE_PAGINATION"),
        ('{ repository(owner: "acme", name: "none") { id } }', "NOT_FOUND"),
        (
            '{ repository(owner: "acme", name: "web") { pullRequests(first: 100) { nodes { reviewThreads(first: 100) '
            "{ nodes { comments(first: 100) { totalCount } } } } } } }",
            "MAX_NODE_LIMIT_EXCEEDED",
        ),
    ],
)
def test_a_document_that_asks_for_too_much_or_for_nothing_is_told_so(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof, query: str, kind: str
) -> None:
    """With HTTP 200."""
    token = at_work(sandbox, receiver, assertion())

    assert [kind] == errors(ask(sandbox, token, query))


@pytest.mark.parametrize("query", ["{ nonsense }", "{ rateLimit {", "mutation { addComment { id } }"])
def test_a_document_that_does_not_fit_has_errors_and_no_data(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof, query: str
) -> None:
    """With HTTP 200 as well; what is no document at all, and who is nobody, is refused."""
    token = at_work(sandbox, receiver, assertion())
    answer = ask(sandbox, token, query)

    assert (200, {"errors"}) == (answer.status_code, answer.json().keys())
    for sent in ({}, {"query": "{ rateLimit { cost } }", "variables": [1]}):
        assert 400 == call(sandbox, "/github/api/graphql", token, "POST", **sent).status_code
    assert 401 == ask(sandbox, "made-up", "{ rateLimit { cost } }").status_code


def test_too_heavy_a_query_is_answered_in_part_or_not_at_all(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof
) -> None:
    """Half of it gets through; what is cut off costs more than what is answered."""
    token = at_work(sandbox, receiver, assertion())
    for number in range(1, 5):
        opened(sandbox, f"number {number}")
    sandbox.control("config", github_nodes_in_time=3000)

    whole, part, half = (page(sandbox, token, first=size) for size in (100, 25, 10))

    assert (502, None) == (whole.status_code, whole.json()["data"])
    assert str(5000 - 2 * 29) == whole.headers["x-ratelimit-remaining"]
    assert ["RESOURCE_LIMITS_EXCEEDED"] == errors(part)
    shown = part.json()["data"]["repository"]["pullRequests"]["nodes"]
    assert [4, None, 2, None] == [each and each["number"] for each in shown]
    assert 4 == len(nodes(half))


def test_the_points_of_an_hour_end(sandbox: Sandbox, receiver: Receiver, assertion: Proof) -> None:
    """With HTTP 200 and nothing left; what REST answers is counted apart."""
    token = at_work(sandbox, receiver, assertion())
    sandbox.control("config", github_points_an_hour=7)

    first, second = (page(sandbox, token) for _ in range(2))

    assert [] == nodes(first)
    assert (["RATE_LIMIT"], "0") == (errors(second), second.headers["x-ratelimit-remaining"])
    assert 200 == call(sandbox, "/github/api/repos/acme/web", token).status_code


@pytest.mark.parametrize(
    ("operation", "fault", "status"),
    [
        ("CatchUp", {"kind": "rate_limit", "limit": "primary"}, 200),
        ("repository", {"kind": "rate_limit"}, 403),
        ("graphql", {"kind": "server_error"}, 502),
        ("*", {"kind": "revoked"}, 401),
    ],
)
def test_faults_find_a_document_by_its_name_or_by_what_it_asks_for(
    sandbox: Sandbox, receiver: Receiver, assertion: Proof, operation: str, fault: Json, status: int
) -> None:
    """Each strikes once, in GitHub's form."""
    token = at_work(sandbox, receiver, assertion())
    sandbox.control("faults", vendor="github", operation=operation, retry_after=30, **fault)

    struck, after = (page(sandbox, token) for _ in range(2))

    assert (status, 200) == (struck.status_code, after.status_code)
    if status == 200:
        assert (["RATE_LIMIT"], "0") == (errors(struck), struck.headers["x-ratelimit-remaining"])
    assert 2 == sandbox.state()["requests"]["github.graphql/CatchUp"]
    assert json.loads(struck.content)
