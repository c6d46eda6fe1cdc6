"""A code host in memory; the contract suite holds it to what the real adapter does."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import assert_never

from pm_assistant.domain.catch_up import MOST_REPOSITORIES_AT_ONCE, CodeList, CodePage, Discussion, News
from pm_assistant.domain.code import CodeComment, CodePart, Issue, PullRequestFacts, Repository, RepositoryAccess
from pm_assistant.domain.errors import NotFound, ProductError, UpstreamRejected
from pm_assistant.ports.vendors import MOST_DISCUSSIONS

LATEST = 100
"""Comments of a discussion that are told of."""

type Call = tuple[str, str, str]
"""What was asked for, of which repositories, and from which cursor on."""


class FakeCodeHost:
    """Repositories with what is in them.

    Args:
        clock: tells the time.
        page_size: how much is on a page.

    Attributes:
        places: the repositories, by id.
        pulls: per repository and number all parts of a pull request, its facts first.
        issues: the issues per repository.
        comments: what was said, per repository.
        forbidden: what we may not read, anywhere.
        calls: what was asked for, in order.
        around: called before a call (False) and after it (True); may raise.
    """

    def __init__(self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), page_size: int = 2) -> None:
        self.clock = clock
        self.page_size = page_size
        self.places: dict[str, Repository] = {}
        self.pulls: dict[str, dict[int, tuple[CodePart, ...]]] = {}
        self.issues: dict[str, dict[int, Issue]] = {}
        self.comments: dict[str, list[CodeComment]] = {}
        self.forbidden: set[CodeList] = set()
        self.calls: list[Call] = []
        self.around: Callable[[bool], object] = lambda after: None
        self._errors: list[ProductError] = []

    def add(self, repository: Repository, *parts: CodePart) -> None:
        """Let a repository be there, with pull requests, what hangs on them, issues and comments."""
        self.places[repository.id] = repository
        for part in parts:
            match part:
                case PullRequestFacts():
                    others = self.pulls.get(repository.id, {}).get(part.number, ())[1:]
                    self.pulls.setdefault(repository.id, {})[part.number] = (part, *others)
                case Issue():
                    self.issues.setdefault(repository.id, {})[part.number] = part
                case CodeComment():
                    said = [each for each in self.comments.get(repository.id, ()) if each.id != part.id]
                    self.comments[repository.id] = [*said, part]
                case _:
                    self.hang(part, int(getattr(part, "pull_request_id", "").rpartition(":")[2]))

    def hang(self, part: CodePart, number: int | None = None) -> None:
        """Let something come with the pull request of that number, or of its own."""
        number = part.number if isinstance(part, CodeComment) else number
        repository_id = getattr(part, "repository_id", "") or getattr(part, "pull_request_id", "").rpartition(":")[0]
        assert number is not None
        self.pulls[repository_id][number] += (part,)

    def fail_next(self, *errors: ProductError) -> None:
        """Refuse the next calls."""
        self._errors += errors

    def repositories(self, *, cursor: str | None) -> CodePage:
        """A page of the repositories."""
        self._begin("repositories", "", cursor)
        there = sorted(self.places.values(), key=lambda place: int(place.id))
        at = self.clock()
        parts = [
            (place, RepositoryAccess(repository_id=place.id, at=at, granted=True))
            for place in self._page(there, cursor)
        ]
        return self._end(CodePage(at=at, parts=_read(parts), cursor=self._after(there, cursor)))

    def news(self, repositories: Sequence[Repository]) -> Mapping[str, News]:
        """When something was changed in each."""
        if len(repositories) > MOST_REPOSITORIES_AT_ONCE:
            raise UpstreamRejected("that many are not answered")
        self._begin("news", ",".join(place.id for place in repositories), None)
        return self._end({place.id: self._news(place.id) for place in repositories if place.id in self.places})

    def read(self, things: CodeList, repository: Repository, *, bound: datetime, cursor: str | None) -> CodePage:
        """A page of what there is in a repository."""
        self._begin(things.value, repository.id, cursor)
        if repository.id not in self.places:
            raise NotFound("no such repository")
        if things in self.forbidden:
            raise UpstreamRejected("we may not read that")
        rows = self._rows(things, repository.id, bound)
        page = self._page(rows, cursor)
        return self._end(CodePage(at=self.clock(), parts=_read(page), cursor=self._after(rows, cursor)))

    def discussions(
        self, repository: Repository, *, issues: Collection[int], pull_requests: Collection[int]
    ) -> Mapping[int, Discussion]:
        """What is said on issues and pull requests."""
        if len(issues) + len(pull_requests) > MOST_DISCUSSIONS:
            raise UpstreamRejected("that many are not answered")
        self._begin("discussions", repository.id, None)
        if repository.id not in self.places:
            raise NotFound("no such repository")
        if issues and CodeList.ISSUES in self.forbidden:
            raise UpstreamRejected("we may not read issues")
        there = {*issues} & self.issues.get(repository.id, {}).keys()
        there |= {*pull_requests} & self.pulls.get(repository.id, {}).keys()
        return self._end({number: self._said_on(repository.id, number) for number in sorted(there)})

    def _said_on(self, id: str, number: int) -> Discussion:
        said = sorted((c for c in self.comments.get(id, ()) if c.number == number), key=lambda c: c.created_at)
        hung = [part for part in self.pulls.get(id, {}).get(number, ()) if isinstance(part, CodeComment)]
        is_built = number in self.pulls.get(id, {})
        remarks = frozenset(each.id for each in (*said, *hung) if each.on_line) if is_built else None
        said = [each for each in said if each.review_id is None]
        latest = said[-LATEST:]
        since = latest[0].created_at if len(latest) < len(said) else None
        return Discussion(comments=frozenset(comment.id for comment in latest), since=since, remarks=remarks)

    def _rows(self, things: CodeList, id: str, bound: datetime) -> Sequence[tuple[CodePart, ...]]:
        pulls, issues = list(self.pulls.get(id, {}).values()), [(each,) for each in self.issues.get(id, {}).values()]
        match things:
            case CodeList.PULL_REQUESTS:
                return _changed(pulls, bound)
            case CodeList.DORMANT_PULL_REQUESTS:
                return _dormant(pulls, bound)
            case CodeList.ISSUES:
                return _changed(issues, bound)
            case CodeList.DORMANT_ISSUES:
                return _dormant(issues, bound)
            case CodeList.COMMENTS:
                return _changed([(each,) for each in self.comments.get(id, ())], bound)
            case _:
                assert_never(things)

    def _news(self, id: str) -> News:
        pulls, issues = list(self.pulls.get(id, {}).values()), [(each,) for each in self.issues.get(id, {}).values()]
        if CodeList.PULL_REQUESTS in self.forbidden:
            pulls = []
        if CodeList.ISSUES in self.forbidden:
            issues = []
        return News(
            pull_request_at=max((row[0].at for row in pulls), default=None),
            dormant_pull_request_at=min((row[0].at for row in pulls if _is_open(row[0])), default=None),
            issue_at=max((row[0].at for row in issues), default=None),
            dormant_issue_at=min((row[0].at for row in issues if _is_open(row[0])), default=None),
        )

    def _begin(self, what: str, of: str, cursor: str | None) -> None:
        self.around(False)
        if self._errors:
            raise self._errors.pop(0)
        self.calls.append((what, of, cursor or ""))

    def _end[T](self, answer: T) -> T:
        self.around(True)
        return answer

    def _page[T](self, rows: Sequence[T], cursor: str | None) -> Sequence[T]:
        start = int(cursor or 0)
        return rows[start : start + self.page_size]

    def _after(self, rows: Sequence[object], cursor: str | None) -> str | None:
        end = int(cursor or 0) + self.page_size
        return str(end) if end < len(rows) else None


def _changed(rows: Sequence[tuple[CodePart, ...]], bound: datetime) -> Sequence[tuple[CodePart, ...]]:
    return sorted((row for row in rows if row[0].at > bound), key=lambda row: row[0].at, reverse=True)


def _dormant(rows: Sequence[tuple[CodePart, ...]], bound: datetime) -> Sequence[tuple[CodePart, ...]]:
    return sorted((row for row in rows if row[0].at <= bound and _is_open(row[0])), key=lambda row: row[0].at)


def _is_open(part: CodePart) -> bool:
    return getattr(part, "closed_at", None) is None


def _read(rows: Iterable[Sequence[CodePart]]) -> tuple[CodePart, ...]:
    return tuple(part.model_copy(update={"read": True}) for row in rows for part in row)
