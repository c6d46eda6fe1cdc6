"""GitHub as a tenant's code host: pull requests by GraphQL, with all that hangs on them; the rest by REST."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from pydantic import Field

from pm_assistant.domain import causes
from pm_assistant.domain.catch_up import CodeList, CodePage, Discussion, News
from pm_assistant.domain.code import Part, Repository, RepositoryAccess
from pm_assistant.domain.errors import NotFound, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.paging import Progress
from pm_assistant.domain.versions import read_cursor
from pm_assistant.integrations import policy
from pm_assistant.integrations.github import graph
from pm_assistant.integrations.github.api import GitHubEndpoints, Missing, OutOfTime
from pm_assistant.integrations.github.payloads import (
    CommentPayload,
    IssuePayload,
    RepositoryPayload,
    comment_of,
    issue_of,
    repository_of,
)
from pm_assistant.integrations.rows import rows_that_fit
from pm_assistant.integrations.transport import json_in

if TYPE_CHECKING:
    import httpx

    from pm_assistant.ports.vendors import Watch

TIMEOUT_SECONDS = 15.0
"""For one request: GitHub gives up after ten, and says so."""
PER_PAGE = 100


class CommentRow(CommentPayload):
    """A comment in a list, which names what it is on by its address."""

    issue_url: str = Field(pattern=r"/[0-9]+$")


class _Place(Model):
    """A cursor: which page comes next, in GitHub's words, and how far the reading has come."""

    next: str
    progress: Progress


class _Listed(NamedTuple):
    rows: Sequence[object]
    at: datetime
    cursor: str | None


class GitHubCodeHost:
    """GitHub as a `CodeHost`.

    Args:
        token: of the installation.
        api_url: of the API, without slash at the end.
        transport: replaces the network in tests.
        clock: tells the time.
        timeout: for one request, in seconds.
        watch: is told how GitHub answers.
        a_page: how many pull requests are asked for at once.
    """

    def __init__(
        self,
        token: str,
        api_url: str,
        *,
        a_page: int = graph.PULL_REQUESTS_A_PAGE,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: float = TIMEOUT_SECONDS,
        watch: Watch = policy.UNWATCHED,
    ) -> None:
        self._bearer = token
        self._api = GitHubEndpoints(api_url, transport=transport, clock=clock, timeout=timeout, watch=watch)
        self._first = a_page
        self._permitted = {"pulls": True, "issues": True}

    def repositories(self, *, cursor: str | None) -> CodePage:
        """A page of the repositories that were chosen for us."""
        page = self._listed("/installation/repositories", cursor, field="repositories")
        rows, at = rows_that_fit(RepositoryPayload, page.rows, numbered=True), page.at
        parts = [
            part
            for row in rows
            for part in (*repository_of(row), RepositoryAccess(repository_id=str(row.id), at=at, granted=True))
        ]
        return CodePage(at=at, parts=_read(parts), flaws=rows.flaws, cursor=page.cursor)

    def news(self, repositories: Sequence[Repository]) -> Mapping[str, News]:
        """When something was changed in each, in one request; where we lack a permission, in another without it."""
        by_alias = {f"r{number}": repository for number, repository in enumerate(repositories)}
        names = {
            name: value
            for number, repository in enumerate(repositories)
            for name, value in graph.place_of(repository, str(number)).items()
        }
        document = graph.news_document(len(repositories))
        while True:
            data, hidden, _ = self._api.query(document, {**names, **self._permitted}, self._bearer)
            refused = {str(path[-1]) for path in hidden if path}
            lacking = {"pulls": graph.PULLS & refused, "issues": graph.ISSUES & refused}
            if not any(self._permitted[name] and fields for name, fields in lacking.items()):
                break
            self._permitted = {name: self._permitted[name] and not fields for name, fields in lacking.items()}
        found = ((repository, rows_that_fit(graph.Place, [data.get(alias)])) for alias, repository in by_alias.items())
        return {
            repository.id: place.news
            for repository, places in found
            for place in places
            if str(place.database_id) == repository.id
        }

    def read(self, things: CodeList, repository: Repository, *, bound: datetime, cursor: str | None) -> CodePage:
        """A page of what there is in a repository."""
        match things:
            case CodeList.PULL_REQUESTS | CodeList.DORMANT_PULL_REQUESTS:
                return self._pull_requests(things, repository, bound, cursor)
            case CodeList.ISSUES | CodeList.DORMANT_ISSUES:
                return self._issues(things, repository, bound, cursor)
            case CodeList.COMMENTS:
                return self._comments(repository, bound, cursor)
            case _:
                assert_never(things)

    def discussions(
        self, repository: Repository, *, issues: Collection[int], pull_requests: Collection[int]
    ) -> Mapping[int, Discussion]:
        """What is said on issues and pull requests, in one request."""
        document = graph.discussions_document(issues, pull_requests)
        data, hidden, _ = self._api.query(document, graph.place_of(repository), self._bearer)
        if any("issues" in path[-1:] for path in hidden):
            raise UpstreamRejected(Translatable("GitHub does not let us read issues"))
        place = _of(repository, data)
        found = {number: place.get(f"d{number}") for number in (*issues, *pull_requests)}
        return {
            number: self._api.parse(graph.Discussed, thing).discussion
            for number, thing in found.items()
            if thing is not None
        }

    def _pull_requests(self, things: CodeList, repository: Repository, bound: datetime, cursor: str | None) -> CodePage:
        dormant, place = things is CodeList.DORMANT_PULL_REQUESTS, _place(cursor)
        variables = {
            **graph.place_of(repository),
            "after": place.next if place else None,
            "states": ["OPEN"] if dormant else None,
            "direction": "ASC" if dormant else "DESC",
        }
        data, hidden, at = self._in_time(variables)
        if any("pullRequests" in path[-1:] for path in hidden):
            raise UpstreamRejected(Translatable("GitHub does not let us read pull requests"))
        found = self._api.parse(graph.WithPullRequests, _of(repository, data))
        rows = rows_that_fit(graph.PullRequestRow, (node for node in found.pull_requests.nodes if node is not None))
        wanted = [row for row in rows if (row.updated_at <= bound) is dormant]
        parts = [part for row in wanted for part in graph.pull_request_parts(repository.id, row, at)]
        info = found.pull_requests.page_info
        following = info.end_cursor if info.has_next_page and len(wanted) == len(rows) else ""
        return CodePage(at=at, parts=tuple(parts), flaws=rows.flaws, cursor=_after(place, following))

    def _in_time(
        self, variables: Mapping[str, object]
    ) -> tuple[Mapping[str, object], Sequence[Sequence[object]], datetime]:
        """Ask for pull requests, for half as many each time that GitHub's time does not suffice."""
        while True:
            try:
                return self._api.query(graph.PULL_REQUESTS, {**variables, "first": self._first}, self._bearer)
            except OutOfTime:
                if self._first == 1:
                    raise
                self._first //= 2

    def _issues(self, things: CodeList, repository: Repository, bound: datetime, cursor: str | None) -> CodePage:
        """A page of issues: GitHub lists pull requests with them, which are read otherwise."""
        dormant = things is CodeList.DORMANT_ISSUES
        query = {"state": "open", "direction": "asc"} if dormant else {"state": "all", "direction": "desc"}
        since = {} if dormant else {"since": _spelt(bound)}
        path = f"/repositories/{repository.id}/issues"
        page = self._listed(path, cursor, sort="updated", **query, **since)
        rows = rows_that_fit(IssuePayload, page.rows, numbered=True)
        wanted = [row for row in rows if (row.updated_at <= bound) is dormant]
        parts = [issue_of(repository.id, row) for row in wanted if row.pull_request is None]
        return CodePage(
            at=page.at,
            parts=_read(parts),
            flaws=rows.flaws,
            cursor=page.cursor if len(wanted) == len(rows) else None,
        )

    def _comments(self, repository: Repository, bound: datetime, cursor: str | None) -> CodePage:
        path = f"/repositories/{repository.id}/issues/comments"
        page = self._listed(path, cursor, sort="updated", direction="desc", since=_spelt(bound))
        rows = rows_that_fit(CommentRow, page.rows, numbered=True)
        parts = [comment_of(repository.id, int(row.issue_url.rpartition("/")[2]), row) for row in rows]
        return CodePage(at=page.at, parts=_read(parts), flaws=rows.flaws, cursor=page.cursor)

    def _listed(self, path: str, cursor: str | None, *, field: str = "", **query: str) -> _Listed:
        """A page of a list, which is the whole answer or a field of it."""
        place = _place(cursor)
        number = int(place.next) if place else 1
        parameters = {**query, "per_page": PER_PAGE, "page": number}
        try:
            response = self._api.call("GET", path, self._bearer, params=parameters)
        except Missing:
            raise NotFound(Translatable("GitHub shows us no such repository")) from None
        answer = json_in(response)
        rows = answer.get(field) if isinstance(answer, dict) else answer
        if not isinstance(rows, list):
            raise UpstreamUnavailable(causes.is_of_another_form("GitHub", "list"))
        following = _after(place, str(number + 1) if "next" in response.links else "")
        return _Listed(rows, self._api.moment(response), following)


def _of(repository: Repository, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an answer says of a repository, if it is that one."""
    place = data.get("repository")
    if not isinstance(place, dict):
        raise NotFound(Translatable("GitHub shows us no such repository"))
    if str(place.get("databaseId")) != repository.id:
        raise NotFound(Translatable("GitHub has another repository of that name by now"))
    return place


def _place(cursor: str | None) -> _Place | None:
    return None if cursor is None else read_cursor(_Place, cursor)


def _after(place: _Place | None, following: str) -> str | None:
    if not following:
        return None
    progress = (place.progress if place else Progress()).after(following, vendor="GitHub")
    return _Place(next=following, progress=progress).model_dump_json()


def _read[P: Part](parts: Iterable[P]) -> tuple[P, ...]:
    return tuple(part.model_copy(update={"read": True}) for part in parts)


def _spelt(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
