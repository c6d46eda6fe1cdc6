"""GitHub's API as it behaves on bad days, and what exactly we send it."""

import json
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from graphql import build_schema, parse, validate
from graphql.utilities import get_operation_ast

from infra.sandbox.github.cost import cost_of
from infra.sandbox.github.graph import SDL
from pm_assistant.domain.catch_up import CodeList, CodePage, News
from pm_assistant.domain.code import (
    Check,
    CheckResult,
    CodeComment,
    PullRequestFacts,
    RepositoryAccess,
    Review,
    ReviewState,
)
from pm_assistant.domain.errors import (
    NotFound,
    ProductError,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.integrations.github import graph
from pm_assistant.integrations.github.api import ON_ITS_WAY
from pm_assistant.integrations.github.client import GitHubCodeHost
from tests.builders import NOW, a_repository
from tests.contracts.vendor_contracts import ROOT, needs_contracts

TOKEN = "ghs_4711_a.secret-of-ours"
BEFORE, STAMP = NOW - timedelta(days=1), NOW.isoformat()
MOMENT = NOW.replace(microsecond=0)
DATE = f"{MOMENT:%a, %d %b %Y %H:%M:%S GMT}"
SHOP = a_repository()
DOCUMENTS = {
    "pull requests": graph.PULL_REQUESTS,
    "news": graph.news_document(100),
    "discussions": graph.discussions_document(range(1, 26), range(26, 51)),
}

type Answer = Callable[[httpx.Request], httpx.Response]


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A pull request of which little is said."""
    moments = dict.fromkeys(("createdAt", "updatedAt"), STAMP)
    return {"id": f"PR_{number}", "number": number, "title": f"Number {number}", **moments, **changes}


def listed(*rows: object, cursor: str = "", id: int = 900) -> httpx.Response:
    """A page of pull requests."""
    page = {"hasNextPage": bool(cursor), "endCursor": cursor or None}
    found = {"repository": {"databaseId": id, "pullRequests": {"pageInfo": page, "nodes": rows}}}
    return httpx.Response(200, json={"data": found}, headers={"date": DATE})


def refused(*errors: dict[str, Any], data: object = None, **headers: str) -> httpx.Response:
    """An answer of GraphQL with errors in it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(200, json={"data": data, "errors": errors}, headers=named)


def github(*answers: httpx.Response | Answer, asked: list[httpx.Request] | None = None) -> GitHubCodeHost:
    """A code host that answers so, the last one for ever."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        return answer if isinstance(answer, httpx.Response) else answer(request)

    transport = httpx.MockTransport(answer)
    return GitHubCodeHost(TOKEN, "https://api.github.test", transport=transport, clock=lambda: NOW)


def silence(request: httpx.Request) -> httpx.Response:
    """No answer in time."""
    raise httpx.ReadTimeout("too late", request=request)


def pull_requests(host: GitHubCodeHost, cursor: str | None = None) -> CodePage:
    """A page of what was changed."""
    return host.read(CodeList.PULL_REQUESTS, SHOP, bound=BEFORE, cursor=cursor)


def variables(request: httpx.Request) -> dict[str, Any]:
    """What a document was sent with."""
    sent: dict[str, Any] = json.loads(request.content)["variables"]
    return sent


@pytest.mark.thorough
@needs_contracts
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_valid_against_githubs_schema(name: str) -> None:
    """A field that does not exist fails here and not at a customer's."""
    official = build_schema((ROOT / "github/schema/schema.graphql").read_text(), assume_valid=True)
    assert [] == validate(official, parse(DOCUMENTS[name]))


@pytest.mark.parametrize(("name", "points"), [("pull requests", 7), ("news", 4), ("discussions", 6)])
def test_a_document_costs_no_more_than_it_has_to(name: str, points: int) -> None:
    """By GitHub's own formula: seven points for 25 pull requests, four for news of a hundred repositories, six here."""
    document = parse(DOCUMENTS[name])
    operation = get_operation_ast(document)
    assert operation is not None
    values = {"first": graph.PULL_REQUESTS_A_PAGE, "pulls": True, "issues": True, "direction": "DESC"}
    cost = cost_of(build_schema(SDL.read_text()), document, operation, values)
    assert ([], points) == (cost.problems, cost.points)


def test_where_we_may_not_read_issues_none_of_them_is_called_gone() -> None:
    """Nor in a repository that has got another one's name; what is shown in part says nothing of the rest."""
    forbidden = {"type": "FORBIDDEN", "path": ["repository", "issues"]}
    with pytest.raises(UpstreamRejected):
        github(refused(forbidden, data={"repository": None})).discussions(SHOP, issues=[1], pull_requests=())
    for place in (None, {"databaseId": 7}):
        answer = httpx.Response(200, json={"data": {"repository": place}})
        with pytest.raises(NotFound):
            github(answer).discussions(SHOP, issues=[1], pull_requests=())
    hidden = {"comments": {"totalCount": 1, "nodes": [None]}}
    few = {"comments": {"totalCount": 120, "nodes": [{"fullDatabaseId": "5", "createdAt": STAMP}]}}
    found = {"repository": {"databaseId": 900, "issues": {"totalCount": 3}, "d1": hidden, "d2": few, "d3": None}}
    answer = httpx.Response(200, json={"data": found})
    there = github(answer).discussions(SHOP, issues=[1, 3], pull_requests=[2])
    assert {1: (frozenset(), graph.NOTHING_TOLD), 2: (frozenset({"5"}), datetime.fromisoformat(STAMP))} == {
        number: (discussion.comments, discussion.since) for number, discussion in there.items()
    }


@pytest.mark.parametrize(
    ("threads", "remarks"),
    [
        ({"totalCount": 0, "nodes": []}, frozenset()),
        ({"totalCount": 1, "nodes": [{"comments": {"totalCount": 1, "nodes": [{"fullDatabaseId": "5"}]}}]}, {"5"}),
        ({"totalCount": 2, "nodes": [{"comments": {"totalCount": 1, "nodes": [{"fullDatabaseId": "5"}]}}]}, None),
        ({"totalCount": 1, "nodes": [{"comments": {"totalCount": 21, "nodes": [{"fullDatabaseId": "5"}]}}]}, None),
        ({"totalCount": 1, "nodes": [{"comments": {"totalCount": 1, "nodes": [None]}}]}, None),
        ({"totalCount": 1, "nodes": [None]}, None),
        (None, None),
    ],
)
def test_of_remarks_on_lines_it_is_known_which_are_there_if_all_are_told(threads: object, remarks: object) -> None:
    """Of many threads, or of what we may not see, others may be there than those that are told."""
    found = {"databaseId": 900, "d2": {"comments": {"totalCount": 0, "nodes": []}, "reviewThreads": threads}}
    answer = httpx.Response(200, json={"data": {"repository": found}})
    assert remarks == github(answer).discussions(SHOP, issues=(), pull_requests=[2])[2].remarks


def test_words_that_are_new_and_people_who_are_gone_cost_nothing() -> None:
    """A null is no more than a field that is not there; nobody's review that was not sent counts."""
    opinions: list[object] = [
        {"fullDatabaseId": "5", "state": "SIGHED", "submittedAt": STAMP, "author": None},
        {"fullDatabaseId": "6", "state": "PENDING", "submittedAt": None},
        None,
    ]
    asked: list[dict[str, Any]] = [
        {"requestedReviewer": None},
        {"requestedReviewer": {"__typename": "Team", "name": "Reviewers"}},
        {"requestedReviewer": {"__typename": "User", "login": "ada", "databaseId": 7}},
    ]
    odd = row(
        author={"__typename": "Bot", "login": "dependabot", "databaseId": 8},
        body=None,
        reviews={"nodes": opinions},
        reviewRequests={"nodes": asked},
        comments={"nodes": [{"fullDatabaseId": None, "createdAt": STAMP, "updatedAt": STAMP}]},
        headRefOid="c0ffee",
        statusCheckRollup={"state": "WONDERING"},
    )
    parts = pull_requests(github(listed(odd))).parts
    [facts] = [part for part in parts if isinstance(part, PullRequestFacts)]
    [review] = [part for part in parts if isinstance(part, Review)]
    [check] = [part for part in parts if isinstance(part, Check)]
    assert facts.author is not None
    assert ("dependabot[bot]", True, "8") == (facts.author.login, facts.author.bot, facts.author.id)
    assert ("ada", "Reviewers") == facts.requested
    assert ("5", ReviewState.OTHER, None) == (review.id, review.state, review.author)
    assert (CheckResult.PENDING, MOMENT - ON_ITS_WAY) == (check.result, check.at)
    assert not [part for part in parts if isinstance(part, CodeComment)]


def test_one_bad_row_costs_that_row() -> None:
    """It is named without its words, in every list, even if it is the only one."""
    bad = row(2, updatedAt="yesterday", title="our secret plan")
    comment = {"id": 7, "body": "our secret plan", "created_at": STAMP, "updated_at": STAMP, "issue_url": "nowhere"}
    places = [{"id": "x", "full_name": "acme/secret"}, {"id": 900, "full_name": "acme/shop", "private": True}]
    several = pull_requests(github(listed(row(1), bad, None, row(3))))
    alone = pull_requests(github(listed(bad)))
    said = github(httpx.Response(200, json=[comment])).read(CodeList.COMMENTS, SHOP, bound=BEFORE, cursor=None)
    repositories = github(httpx.Response(200, json={"repositories": places})).repositories(cursor=None)

    assert [1, 3] == [part.number for part in several.parts if isinstance(part, PullRequestFacts)]
    assert [[("PR_2", True)]] * 2 == [[(flaw.id, flaw.left_out) for flaw in page.flaws] for page in (several, alone)]
    assert ["7"] == [flaw.id for flaw in said.flaws]
    assert ([True], ["x"]) == (
        [part.granted for part in repositories.parts if isinstance(part, RepositoryAccess)],
        [flaw.id for flaw in repositories.flaws],
    )
    assert not any("secret" in flaw.problem for flaw in (*several.flaws, *alone.flaws, *said.flaws))


def test_a_list_ends_where_it_has_been_read() -> None:
    """Nothing is asked for beyond the first that was changed before; what was is left out."""
    old = row(2, updatedAt=(BEFORE - timedelta(days=1)).isoformat())
    page = pull_requests(github(listed(row(1), old, cursor="more")))
    assert ([1], None) == ([part.number for part in page.parts if isinstance(part, PullRequestFacts)], page.cursor)


def test_pages_that_lead_in_a_circle_end() -> None:
    """Whatever GitHub says comes next."""
    host = github(listed(row(1), cursor="again"))

    def read_on() -> None:
        cursor = None
        for _ in range(9):
            cursor = pull_requests(host, cursor).cursor

    with pytest.raises(UpstreamUnavailable, match="has been read"):
        read_on()


def test_an_answer_in_part_is_asked_for_again_by_halves() -> None:
    """And so is one that GitHub's time did not suffice for, and the pages after it; what is told as wrong is not."""
    heavy, asked = refused({"message": "Resource limits exceeded."}, data={"repository": None}), list[httpx.Request]()
    host = github(heavy, httpx.Response(502), silence, listed(row(1)), asked=asked)
    assert pull_requests(host).parts
    pull_requests(host)
    assert [25, 12, 6, 3, 3] == [variables(request)["first"] for request in asked]
    with pytest.raises(UpstreamRejected):
        pull_requests(github(httpx.Response(200, json={"errors": [{"message": "no such field"}]})))
    with pytest.raises(UpstreamUnavailable):
        pull_requests(github(httpx.Response(503)))


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (
            refused(
                {"type": "RATE_LIMIT", "message": "used up"},
                x_ratelimit_remaining="0",
                x_ratelimit_reset=str(int(NOW.timestamp()) + 600),
            ),
            600,
        ),
        (refused({"message": "You have exceeded a secondary rate limit."}), 60),
        (refused({"message": "You have exceeded a secondary rate limit."}, retry_after="90"), 90),
        (httpx.Response(403, json={"message": "secondary rate limit"}, headers={"retry-after": "30"}), 30),
        (
            httpx.Response(
                429, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW.timestamp()) + 300)}
            ),
            300,
        ),
    ],
)
def test_limits_of_either_kind_say_how_long_to_wait(answer: httpx.Response, seconds: int) -> None:
    """By the answer's own word, or until what is used up is there again; a minute where nothing is said."""
    with pytest.raises(RateLimited) as limited:
        pull_requests(github(answer))
    assert abs(limited.value.retry_after - seconds) <= 1


def test_what_we_may_not_read_costs_one_request_and_is_no_news() -> None:
    """The rest is asked for without it, from then on; a repository that is gone is left out."""
    moments = {"nodes": [{"updatedAt": STAMP}]}
    hidden = [{"type": "FORBIDDEN", "path": ["r0", "issue"]}, {"type": "NOT_FOUND", "path": ["r1"]}]
    found = {"r0": {"databaseId": 900, "pullRequest": moments, "dormantPullRequest": moments}, "r1": None}
    asked = list[httpx.Request]()
    answers = [refused(*hidden, data={"r0": None, "r1": None}), refused(hidden[1], data=found)]
    host = github(*answers, asked=asked)
    for _ in range(2):
        news = host.news([SHOP, a_repository("901", name="acme/gone")])
        assert {"900": News(pull_request_at=NOW, dormant_pull_request_at=NOW)} == news
    assert [True, False, False] == [variables(request)["issues"] for request in asked]
    forbidden = {"type": "FORBIDDEN", "path": ["repository", "pullRequests"]}
    with pytest.raises(UpstreamRejected, match="pull requests"):
        pull_requests(github(refused(forbidden, data={"repository": None})))


def test_a_repository_whose_name_is_anothers_by_now_is_not_there() -> None:
    """Names change hands; ids do not."""
    with pytest.raises(NotFound):
        pull_requests(github(listed(row(1), id=901)))


@pytest.mark.parametrize("answer", [httpx.Response(401), httpx.Response(404), httpx.Response(200, json={"x": 1})])
def test_the_token_is_in_no_error(answer: httpx.Response) -> None:
    """Nor is what else was sent."""
    for things in (CodeList.ISSUES, CodeList.PULL_REQUESTS):
        with pytest.raises((UpstreamError, NotFound)) as caught:
            github(answer).read(things, SHOP, bound=BEFORE, cursor=None)
        assert isinstance(caught.value, ProductError)
        assert TOKEN not in "".join(traceback.format_exception(caught.value))
        assert "acme/shop" not in str(caught.value)


def test_lists_are_asked_for_by_id_and_by_the_moment() -> None:
    """A new name changes nothing, and the moment is in GitHub's form."""
    asked = list[httpx.Request]()
    page = {"link": '<https://elsewhere.test/?page=2>; rel="next"'}
    host = github(httpx.Response(200, json=[], headers=page), asked=asked)
    bound = datetime(2026, 11, 1, 8, tzinfo=UTC)
    first = host.read(CodeList.COMMENTS, SHOP, bound=bound, cursor=None)
    host.read(CodeList.COMMENTS, SHOP, bound=bound, cursor=first.cursor)
    assert ["1", "2"] == [request.url.params["page"] for request in asked]
    assert {"/repositories/900/issues/comments"} == {request.url.path for request in asked}
    assert {"2026-11-01T08:00:00Z"} == {request.url.params["since"] for request in asked}
    assert {"api.github.test"} == {request.url.host for request in asked}
