"""What every code host promises: all that hangs on a pull request in one reading, and no more than has changed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import jwt
import pytest

from pm_assistant.domain.bots import Actor, AuthorKind, Bots
from pm_assistant.domain.catch_up import CodeList, CodePage
from pm_assistant.domain.code import (
    ALL_CHECKS,
    Check,
    CheckResult,
    CodeComment,
    CodePart,
    Description,
    Issue,
    MergeQueueEntry,
    PullRequest,
    PullRequestFacts,
    PullRequestSize,
    Repository,
    RepositoryAccess,
    Review,
    ReviewState,
    ReviewThread,
    Stage,
    words_of_review,
)
from pm_assistant.domain.errors import AccessRevoked, NotFound, RateLimited, UpstreamUnavailable
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.github.client import GitHubCodeHost
from pm_assistant.ports.vendors import CodeHost
from tests.builders import a_code_comment, a_pull_request, a_repository, a_review
from tests.fakes.code_host import FakeCodeHost
from tests.infra.sandbox.github.flow import at_work
from tests.infra.sandbox.running import SECRETS, Sandbox, receiving, serving, write_demo
from tests.integrations.oauth_vendors import PEM

BEFORE = datetime.now(UTC) - timedelta(days=1)
ANA = "ana-dev"


@dataclass
class CodeHostCase:
    """A code host with three repositories, and ways to work there; titles tell pull requests and issues apart."""

    host: CodeHost
    open: Callable[[str], int]
    approve: Callable[[int], object]
    remark: Callable[[int, str], object]
    check: Callable[[int], object]
    close: Callable[[int], object]
    write: Callable[[str], int]
    say: Callable[[str, int, str], object]
    take_back: Callable[[int, str], object]
    throw_away: Callable[[int], object]
    limit: Callable[[str], object]
    revoke: Callable[[], object]
    repository: Repository = field(init=False)

    def __post_init__(self) -> None:
        """Find the repository in which all happens."""
        self.repository = next(
            part for part in self.listed().parts if isinstance(part, Repository) and part.name == "acme/web"
        )

    def listed(self) -> CodePage:
        """The repositories."""
        return self.host.repositories(cursor=None)

    def read(self, things: CodeList, bound: datetime) -> list[CodePart]:
        """A list to its end."""
        page = self.host.read(things, self.repository, bound=bound, cursor=None)
        parts = list(page.parts)
        while page.cursor is not None:
            page = self.host.read(things, self.repository, bound=bound, cursor=page.cursor)
            parts += page.parts
        return parts


class FakeWork:
    """Work at the fake, where time is that of the machine."""

    def __init__(self) -> None:
        self.host = FakeCodeHost()
        self._numbers, self._ids = count(1), count(1)
        self._shop, *others = (
            a_repository(id, name=f"acme/{name}", default_branch="main")
            for id, name in (("11", "web"), ("12", "api"), ("13", "jobs"))
        )
        for repository in (self._shop, *others):
            self.host.add(repository)

    def open(self, title: str) -> int:
        """Open a pull request."""
        number, at = next(self._numbers), datetime.now(UTC)
        facts = a_pull_request(number, repository_id="11", title=title, at=at, author=Actor(login=ANA))
        id = facts.pull_request_id
        size = PullRequestSize(pull_request_id=id, at=at, additions=1, deletions=0, changed_files=1)
        queue = MergeQueueEntry(pull_request_id=id, at=at, queued=False)
        self.host.add(self._shop, facts, size, queue, Description(pull_request_id=id, at=at, text="Fixes ENG-1"))
        return number

    def close(self, number: int) -> None:
        """Close one."""
        self._touch(number, closed_at=datetime.now(UTC))

    def approve(self, number: int) -> None:
        """Approve one, with a word."""
        id, said, at = self._touch(number).pull_request_id, str(next(self._ids)), datetime.now(UTC)
        self.host.add(self._shop, a_review(said, pull_request_id=id, at=at))
        self.host.hang(self._comment(number, "So", review_id=said, id=words_of_review(said)))

    def remark(self, number: int, text: str) -> None:
        """Say something on a line, which is a review and a thread."""
        id, said, at = self._touch(number).pull_request_id, str(next(self._ids)), datetime.now(UTC)
        thread = ReviewThread(pull_request_id=id, id=f"thread-{said}", at=at, resolved=False)
        review = a_review(said, pull_request_id=id, at=at, state=ReviewState.COMMENTED)
        self.host.add(self._shop, thread, review)
        self.host.hang(self._comment(number, "So", review_id=said, id=words_of_review(said)))
        self.host.hang(self._comment(number, text, review_id=said))

    def check(self, number: int) -> None:
        """Let a check of one fail."""
        facts, at = self._touch(number), datetime.now(UTC)
        failed = CheckResult.FAILED
        self.host.hang(
            Check(repository_id="11", commit=facts.head, name=ALL_CHECKS, at=at, read=True, result=failed), number
        )

    def write(self, title: str) -> int:
        """Write an issue."""
        number, at = next(self._numbers), datetime.now(UTC)
        issue = Issue(repository_id="11", number=number, title=title, url="u", at=at, created_at=at)
        self.host.add(self._shop, issue)
        return number

    def say(self, kind: str, number: int, text: str) -> None:
        """Say something in the conversation of a pull request or an issue."""
        comment = self._comment(number, text)
        self.host.add(self._shop, comment)
        if kind == "pulls":
            self._touch(number)
            self.host.hang(comment)

    def take_back(self, number: int, comment_id: str) -> None:
        """Delete a comment on an issue."""
        self.host.comments["11"] = [said for said in self.host.comments["11"] if said.id != comment_id]

    def throw_away(self, number: int) -> None:
        """Delete an issue."""
        del self.host.issues["11"][number]

    def _comment(self, number: int, text: str, **changes: Any) -> CodeComment:
        id = changes.pop("id", None) or str(next(self._ids))
        return a_code_comment(id, repository_id="11", number=number, text=text, at=datetime.now(UTC), **changes)

    def _touch(self, number: int, **changes: object) -> PullRequestFacts:
        known = self.host.pulls["11"][number][0]
        assert isinstance(known, PullRequestFacts)
        changed = known.model_copy(update={**changes, "at": datetime.now(UTC)})
        self.host.add(self._shop, changed)
        return changed


def fake_case() -> CodeHostCase:
    """The fake."""
    work = FakeWork()
    host = work.host
    return CodeHostCase(
        host=host,
        open=work.open,
        approve=work.approve,
        remark=work.remark,
        check=work.check,
        close=work.close,
        write=work.write,
        say=work.say,
        take_back=work.take_back,
        throw_away=work.throw_away,
        limit=lambda _: host.fail_next(RateLimited("slow down", retry_after=37)),
        revoke=lambda: host.fail_next(AccessRevoked("revoked", provider=Provider.GITHUB)),
    )


def github_case(sandbox: Sandbox, token: str) -> CodeHostCase:
    """GitHub as the sandbox plays it, with pages so small that there are several."""

    def opened(title: str) -> int:
        head = "-".join(title.split())
        made = sandbox.control("github/pulls", repository="web", user="ana", title=title, head=head, body="Fixes ENG-1")
        return int(made["pull"]["number"])

    def review(number: int, state: str, **lines: str) -> None:
        sandbox.control(f"github/pulls/web/{number}/review", user="ben", state=state, body="So", lines=lines)

    def limit(operation: str) -> None:
        more = {"limit": "primary" if operation == "PullRequests" else "requests", "retry_after": 37}
        sandbox.control("faults", vendor="github", operation=operation, kind="rate_limit", **more)

    return CodeHostCase(
        host=GitHubCodeHost(token, f"{sandbox.url}/github/api", a_page=2),
        open=opened,
        approve=lambda number: review(number, "approved"),
        remark=lambda number, text: review(number, "commented", **{"web.py:7": text}),
        check=lambda number: sandbox.control(f"github/pulls/web/{number}/checks", conclusion="failure"),
        close=lambda number: sandbox.control(f"github/pulls/web/{number}", user="ana", do="close"),
        write=lambda title: int(
            sandbox.control("github/issues", repository="web", user="ana", title=title)["issue"]["number"]
        ),
        say=lambda kind, number, text: sandbox.control(f"github/{kind}/web/{number}/comments", user="ben", body=text),
        take_back=lambda number, id: sandbox.control(
            f"github/issues/web/{number}/comments", user="ben", body=None, comment_id=int(id)
        ),
        throw_away=lambda number: sandbox.control(f"github/issues/web/{number}", user="ana", do="delete"),
        limit=limit,
        revoke=lambda: sandbox.control("oauth/expire", vendor="github"),
    )


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Callable[[], str]]]:
    """One sandbox for all tests of this file, which begins anew for each, and a way to be let in there."""
    directory = tmp_path_factory.mktemp("sandbox")
    ids = {"github_app_id": "4021", "github_app_slug": "pm-assistant", "github_private_key": PEM}
    ids |= {"github_client_id": "id", "github_client_secret": "secret"}
    with ExitStack() as running:
        receiver = running.enter_context(receiving())
        demo = write_demo(directory / "demo")
        server = running.enter_context(serving(directory, demo, receiver.url, SECRETS | ids))

        def let_in() -> str:
            server.control("reset")
            server.control("config", github_nodes_in_time=500_000)
            server.http.cookies.clear()
            receiver.received.clear()
            now = datetime.now(UTC)
            claims = {"iss": "4021", "iat": now - timedelta(seconds=30), "exp": now + timedelta(minutes=8)}
            return at_work(server, receiver, jwt.encode(claims, PEM, algorithm="RS256"))

        yield server, let_in


@pytest.fixture(params=["fake", "github"])
def case(request: pytest.FixtureRequest) -> CodeHostCase:
    """Every implementation in turn."""
    if request.param == "fake":
        return fake_case()
    server, let_in = request.getfixturevalue("sandbox")
    return github_case(server, let_in())


def titles(parts: list[CodePart]) -> list[str]:
    """Of pull requests and issues, and what was said."""
    said = (part.text if isinstance(part, CodeComment) else getattr(part, "title", "") for part in parts)
    return [text for text in said if text]


def test_repositories_are_listed_with_our_right_to_read_them(case: CodeHostCase) -> None:
    """All of them, and everything as what was read."""
    page, parts = case.listed(), list[CodePart]()
    while True:
        parts += page.parts
        if page.cursor is None:
            break
        page = case.host.repositories(cursor=page.cursor)
    repositories = [part for part in parts if isinstance(part, Repository)]
    accesses = [part for part in parts if isinstance(part, RepositoryAccess)]
    assert [("acme/api", True, "main"), ("acme/jobs", True, "main"), ("acme/web", True, "main")] == sorted(
        (place.name, place.private, place.default_branch) for place in repositories
    )
    assert {place.id for place in repositories} == {access.repository_id for access in accesses if access.granted}
    assert all(part.read for part in parts)
    assert timedelta(minutes=-1) < datetime.now(UTC) - page.at < timedelta(minutes=1)


def test_a_pull_request_comes_with_all_that_hangs_on_it(case: CodeHostCase) -> None:
    """Its facts, text, size, reviews, remarks, and how its checks are, all of it as what was read."""
    number = case.open("Keep the coupon")
    case.approve(number)
    case.remark(number, "Why not sooner?")
    case.say("pulls", number, "I like it")
    case.check(number)

    parts = case.read(CodeList.PULL_REQUESTS, BEFORE)

    [facts] = [part for part in parts if isinstance(part, PullRequestFacts)]
    [text] = [part for part in parts if isinstance(part, Description)]
    [checks] = [part for part in parts if isinstance(part, Check)]
    known = PullRequest(id=facts.pull_request_id)
    for part in parts:
        if isinstance(part, PullRequestFacts | PullRequestSize | MergeQueueEntry | Review | ReviewThread):
            known = known.with_part(part)
    assert all(part.read for part in parts)
    assert (number, "Keep the coupon", "main", False, "Fixes ENG-1") == (
        facts.number,
        facts.title,
        facts.base,
        facts.from_fork,
        text.text,
    )
    assert facts.author is not None
    assert (ANA, AuthorKind.HUMAN) == (facts.author.login, Bots().kind(facts.author))
    assert (Stage.APPROVED, 1, True) == (known.stage, known.unresolved_threads, known.size is not None)
    assert (ALL_CHECKS, facts.head, CheckResult.FAILED) == (checks.name, checks.commit, checks.result)
    comments = [part for part in parts if isinstance(part, CodeComment)]
    said = sorted((comment.text, comment.review_id is None) for comment in comments)
    assert [("I like it", True), ("So", False), ("So", False), ("Why not sooner?", False)] == said
    assert 4 == len({comment.id for comment in comments})
    assert {number} == {comment.number for comment in comments}


def test_what_was_changed_is_read_latest_first_and_nothing_else(case: CodeHostCase) -> None:
    """Over several pages; what is open and was left alone for long is another list."""
    numbers = [case.open(f"Number {number}") for number in range(5)]
    case.close(numbers[0])
    ahead = datetime.now(UTC) + timedelta(hours=1)

    latest = titles(case.read(CodeList.PULL_REQUESTS, BEFORE))

    assert {f"Number {number}" for number in range(5)} == set(latest)
    assert 5 == len(latest)
    assert [] == case.read(CodeList.PULL_REQUESTS, ahead)
    assert [] == case.read(CodeList.DORMANT_PULL_REQUESTS, BEFORE)
    assert {f"Number {number}" for number in range(1, 5)} == set(
        titles(case.read(CodeList.DORMANT_PULL_REQUESTS, ahead))
    )


def test_what_is_still_there_is_told_of_issues_and_pull_requests(case: CodeHostCase) -> None:
    """With what is said on them; of what was deleted there is nothing, nor of what never was."""
    pull, issue, spam = case.open("Keep the coupon"), case.write("The coupon is lost"), case.write("Buy now")
    case.say("pulls", pull, "I like it")
    for text in ("Why?", "How?"):
        case.remark(pull, text)
    for text in ("Me too", "Buy now"):
        case.say("issues", issue, text)
    said = [part for part in case.read(CodeList.COMMENTS, BEFORE) if isinstance(part, CodeComment)]
    ids = {comment.text: comment.id for comment in said}
    case.take_back(issue, ids["Buy now"])
    case.throw_away(spam)

    there = case.host.discussions(case.repository, issues=[issue, spam, 9_999], pull_requests=[pull])

    assert {issue: {ids["Me too"]}, pull: {ids["I like it"]}} == {number: {*d.comments} for number, d in there.items()}
    assert [None, None] == [discussion.since for discussion in there.values()]
    built = [part for part in case.read(CodeList.PULL_REQUESTS, BEFORE) if isinstance(part, CodeComment)]
    remarks = {comment.id for comment in built if comment.text in {"Why?", "How?"}}
    assert (2, {issue: None, pull: remarks}) == (len(remarks), {number: d.remarks for number, d in there.items()})
    assert [pull] == list(case.host.discussions(case.repository, issues=(), pull_requests=[pull]))
    other = case.repository.model_copy(update={"id": "1"})
    with pytest.raises(NotFound):
        case.host.discussions(other, issues=[issue], pull_requests=())


def test_issues_and_what_was_said_are_read_apart_from_pull_requests(case: CodeHostCase) -> None:
    """Pull requests are no issues; their conversations are read with those of issues."""
    pull, issue = case.open("Keep the coupon"), case.write("The coupon is lost")
    case.say("pulls", pull, "I like it")
    case.say("issues", issue, "Me too")
    ahead = datetime.now(UTC) + timedelta(hours=1)

    assert ["The coupon is lost"] == titles(case.read(CodeList.ISSUES, BEFORE))
    assert ["The coupon is lost"] == titles(case.read(CodeList.DORMANT_ISSUES, ahead))
    assert [] == case.read(CodeList.DORMANT_ISSUES, BEFORE)
    said = [part for part in case.read(CodeList.COMMENTS, BEFORE) if isinstance(part, CodeComment)]
    assert {(pull, "I like it"), (issue, "Me too")} == {(comment.number, comment.text) for comment in said}
    assert all(comment.read for comment in said)
    assert [] == [*case.read(CodeList.ISSUES, ahead), *case.read(CodeList.COMMENTS, ahead)]


def test_news_tell_where_reading_is_worth_it(case: CodeHostCase) -> None:
    """The latest change, and among what is open the one that was longest ago; nothing where nothing is."""
    [quiet] = [part for part in case.listed().parts if isinstance(part, Repository) and part.name == "acme/api"]
    gone = case.repository.model_copy(update={"id": "99", "name": "acme/gone"})
    another_by_now = case.repository.model_copy(update={"id": "98"})
    first = case.host.news([case.repository, quiet, gone, another_by_now])
    case.close(case.open("Keep the coupon"))
    case.write("The coupon is lost")
    then = case.host.news([case.repository])[case.repository.id]

    assert {case.repository.id, quiet.id} == first.keys()
    assert {None} == {at for news in first.values() for at in news.model_dump().values()}
    assert then.pull_request_at is not None
    assert then.pull_request_at > BEFORE
    assert then.issue_at == then.dormant_issue_at is not None
    assert then.dormant_pull_request_at is None


@pytest.mark.parametrize("operation", ["PullRequests", "issues/list-for-repo"])
def test_a_limit_says_how_long_to_wait(case: CodeHostCase, operation: str) -> None:
    """And the same page is there afterwards."""
    things = CodeList.PULL_REQUESTS if operation == "PullRequests" else CodeList.ISSUES
    case.limit(operation)
    with pytest.raises(RateLimited) as limited:
        case.read(things, BEFORE)
    assert 30 <= limited.value.retry_after <= 40
    assert [] == case.read(things, BEFORE)


def test_what_is_gone_and_who_is_thrown_out_are_told_apart(case: CodeHostCase) -> None:
    """The one costs a repository, the other all."""
    gone = case.repository.model_copy(update={"id": "99", "name": "acme/gone"})
    for things in CodeList:
        with pytest.raises(NotFound):
            case.host.read(things, gone, bound=BEFORE, cursor=None)
    case.revoke()
    with pytest.raises(AccessRevoked) as revoked:
        case.listed()
    assert Provider.GITHUB is revoked.value.provider


@pytest.mark.parametrize(("nodes", "read"), [(300, 5), (100, None)])
def test_what_takes_github_too_long_is_asked_for_by_halves(
    sandbox: tuple[Sandbox, Callable[[], str]], nodes: int, read: int | None
) -> None:
    """An answer in part is none; one pull request that takes too long is not to be had."""
    server, let_in = sandbox
    token = let_in()
    case = github_case(server, token)
    case.host = GitHubCodeHost(token, f"{server.url}/github/api", a_page=5)
    for number in range(5):
        case.open(f"Number {number}")
    server.control("config", github_nodes_in_time=nodes)
    with nullcontext() if read else pytest.raises(UpstreamUnavailable):
        assert read == len(titles(case.read(CodeList.PULL_REQUESTS, BEFORE)))
