"""What GitHub's REST API shows of repositories and of the work in them; operations are called as in its document."""

from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.state import Json
from infra.sandbox.core.store import Store
from infra.sandbox.github import described, objects
from infra.sandbox.github.gate import GitHubGate, Reach
from infra.sandbox.github.limits import GitHubLimits
from infra.sandbox.github.state import GitHubWorld, Repository
from infra.sandbox.github.wire import Denied, Moved, one_of, page, since
from infra.sandbox.github.work import Comment, Issue, PullRequest

MOST_COMMITS = 250
"""How many commits of a pull request are listed, whatever it brings."""
_HOMES = ("/repos/{owner}/{repo}", "/repositories/{repository_id:int}")
"""By which addresses a repository is reached: the second one stays when the name changes."""

type Discussion = PullRequest | Issue


class GitHubRest:
    """The operations."""

    def __init__(self, store: Store[GitHubWorld], gate: GitHubGate, limits: GitHubLimits) -> None:
        self._store = store
        self._gate = gate
        self._limits = limits

    def routes(self) -> list[Route]:
        """Where they are, relative to `/github/api`."""
        operations: list[tuple[str, str, Callable[[Request], Response]]] = [
            ("", "repos/get", self._repository),
            ("/pulls", "pulls/list", self._pulls),
            ("/pulls/comments", "pulls/list-review-comments-for-repo", self._all_review_comments),
            ("/pulls/{number:int}", "pulls/get", self._pull),
            ("/pulls/{number:int}/commits", "pulls/list-commits", self._commits),
            ("/pulls/{number:int}/reviews", "pulls/list-reviews", self._reviews),
            ("/pulls/{number:int}/comments", "pulls/list-review-comments", self._review_comments),
            ("/issues", "issues/list-for-repo", self._issues),
            ("/issues/comments", "issues/list-comments-for-repo", self._all_comments),
            ("/issues/{number:int}", "issues/get", self._issue),
            ("/issues/{number:int}/comments", "issues/list-comments", self._comments),
            ("/commits/{sha}/pulls", "repos/list-pull-requests-associated-with-commit", self._pulls_of_commit),
            ("/commits/{sha}/check-suites", "checks/list-suites-for-ref", self._suites),
            ("/commits/{sha}/status", "repos/get-combined-status-for-ref", self._status),
        ]
        return [
            self._gate.route("/rate_limit", "rate-limit/get", self._rate_limit),
            *(self._gate.route(home + path, name, handle) for home in _HOMES for path, name, handle in operations),
            self._gate.route("/{anything:path}", "unknown", _nothing),
        ]

    @property
    def _world(self) -> GitHubWorld:
        return self._store.world

    def _rate_limit(self, request: Request) -> Response:
        self._gate.token(request)
        who = self._gate.caller(request)
        core = self._limits.described(who, "core")
        resources = {"core": core, "search": core | {"limit": 30}, "graphql": self._limits.described(who, "graphql")}
        return JSONResponse({"resources": resources, "rate": core})

    def _repository(self, request: Request) -> Response:
        place, _ = self._gate.repository(request, "metadata")
        more = {"network_count": 0, "subscribers_count": 0}
        return JSONResponse(objects.repository(self._world, place) | more)

    def _pulls(self, request: Request) -> Response:
        place, _ = self._gate.repository(request, "pull_requests")
        state = one_of(request, "state", "open", "closed", "all")
        head, base = (request.query_params.get(name) for name in ("head", "base"))
        owner = self._world.owner(place)
        chosen = [
            each
            for each in self._world.pulls(place)
            if (state == "all" or each.is_open == (state == "open"))
            and base in {None, each.base}
            and head in {None, f"{each.fork or owner}:{each.head}"}
        ]
        ordered = _ordered(request, chosen, newest_first=request.query_params.get("sort", "created") == "created")
        return self._page(request, ordered, lambda each: described.pull_simple(self._world, each))

    def _pull(self, request: Request) -> Response:
        return JSONResponse(described.pull(self._world, self._named(request)))

    def _commits(self, request: Request) -> Response:
        pull = self._named(request)
        return self._page(request, pull.commits[:MOST_COMMITS], lambda each: described.commit(self._world, pull, each))

    def _reviews(self, request: Request) -> Response:
        pull = self._named(request)
        return self._page(request, pull.reviews, lambda each: described.review(self._world, pull, each))

    def _review_comments(self, request: Request) -> Response:
        return self._about_lines(request, [self._named(request)])

    def _all_review_comments(self, request: Request) -> Response:
        place, _ = self._gate.repository(request, "pull_requests")
        return self._about_lines(request, self._world.pulls(place))

    def _issues(self, request: Request) -> Response:
        """Pull requests are among them, for who may see those."""
        place, reach = self._gate.repository(request, "issues")
        state = one_of(request, "state", "open", "closed", "all")
        things = _visible(self._discussions(place), place, reach, "pull_requests")
        chosen = [each for each in things if state == "all" or (each.closed_at is None) == (state == "open")]
        ordered = _ordered(request, [each for each in chosen if _is_late(request, each.updated_at)], newest_first=True)
        return self._page(request, ordered, lambda each: described.issue(self._world, each))

    def _issue(self, request: Request) -> Response:
        place, _ = self._gate.repository(request, "issues")
        return JSONResponse(described.issue(self._world, self._discussion(request, place)))

    def _comments(self, request: Request) -> Response:
        place, reach = self._gate.repository(request, "issues", "pull_requests")
        under = self._discussion(request, place)
        if not _visible([under], place, reach):
            raise Denied(403, "Resource not accessible by integration")
        late = [each for each in under.comments if _is_late(request, each.updated_at)]
        return self._page(request, late, lambda each: described.comment(self._world, under, each))

    def _all_comments(self, request: Request) -> Response:
        place, reach = self._gate.repository(request, "issues", "pull_requests")
        said = {
            each.id: (under, each)
            for under in _visible(self._discussions(place), place, reach)
            for each in under.comments
            if _is_late(request, each.updated_at)
        }
        ordered = _comments_ordered(request, [each for _, each in said.values()])
        return self._page(request, ordered, lambda each: described.comment(self._world, *said[each.id]))

    def _pulls_of_commit(self, request: Request) -> Response:
        """Commits of other people's copies are not known here."""
        place, _ = self._gate.repository(request, "pull_requests")
        sha = request.path_params["sha"]
        found = [each for each in self._world.pulls(place) if not each.fork and sha in _shas(each)]
        if not found:
            raise Denied(422, f"No commit found for SHA: {sha}")
        return self._page(request, found, lambda each: described.pull_simple(self._world, each))

    def _suites(self, request: Request) -> Response:
        place, _ = self._gate.repository(request, "checks")
        sha = request.path_params["sha"]
        found = [(pull, each) for pull in self._with_head(place, sha) for each in pull.suites if each.sha == sha]
        chosen, headers = page(request, found)
        place_shown = objects.repository(self._world, place)
        suites = [described.check_suite(self._world, *each) | {"repository": place_shown} for each in chosen]
        return JSONResponse({"total_count": len(found), "check_suites": suites}, headers=headers)

    def _status(self, request: Request) -> Response:
        """Nothing said is pending, as at GitHub."""
        place, _ = self._gate.repository(request, "statuses")
        sha, pulls = request.path_params["sha"], self._with_head(place, request.path_params["sha"])
        latest = {each.context: (pull, each) for pull in pulls for each in pull.statuses if each.sha == sha}
        states = {each.state for _, each in latest.values()}
        worst = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
        api = described.at(self._world, place, f"/commits/{sha}").api
        return JSONResponse(
            {
                "state": worst,
                "sha": sha,
                "total_count": len(latest),
                "statuses": [described.simple_status(self._world, *each) for each in latest.values()],
                "repository": objects.repository(self._world, place),
                "commit_url": api,
                "url": f"{api}/status",
            }
        )

    def _with_head(self, place: Repository, sha: str) -> list[PullRequest]:
        found = [each for each in self._world.pulls(place) if sha in {commit.sha for commit in each.commits}]
        if not found:
            raise Denied(422, f"No commit found for SHA: {sha}")
        return found

    def _about_lines(self, request: Request, pulls: Sequence[PullRequest]) -> Response:
        said = {
            each.id: (pull, thread, each)
            for pull in pulls
            for thread in pull.threads
            for each in thread.comments
            if _is_late(request, each.updated_at)
        }
        ordered = _comments_ordered(request, [each for *_, each in said.values()])
        return self._page(request, ordered, lambda each: described.review_comment(self._world, *said[each.id]))

    def _named(self, request: Request) -> PullRequest:
        place, _ = self._gate.repository(request, "pull_requests")
        pull = self._world.pull(place, request.path_params["number"])
        if pull is None:
            raise Denied(404, "Not Found")
        return pull

    def _discussion(self, request: Request, place: Repository) -> Discussion:
        number = request.path_params["number"]
        pull = self._world.pull(place, number)
        if pull is not None:
            return pull
        issue = self._world.issue_numbered(place, number)
        if issue is None:
            raise Denied(404, "Not Found")
        if issue.deleted:
            raise Denied(410, "This issue was deleted")
        if issue.moved_to is not None:
            moved = self._world.github.issues[issue.moved_to]
            home = f"{self._world.github_url}/api/repositories/{moved.repository_id}"
            raise Moved(f"{home}/issues/{moved.number}")
        return issue

    def _discussions(self, place: Repository) -> list[Discussion]:
        things: list[Discussion] = [*self._world.pulls(place), *self._world.issues_of(place)]
        return sorted(things, key=lambda each: each.number)

    def _page[T](self, request: Request, items: Sequence[T], describe: Callable[[T], Json]) -> Response:
        chosen, headers = page(request, items)
        return JSONResponse([describe(each) for each in chosen], headers=headers)


def _nothing(_: Request) -> Response:
    raise Denied(404, "Not Found")


def _visible(things: Sequence[Discussion], place: Repository, reach: Reach, *needed: str) -> list[Discussion]:
    """Those that the caller may see: issues with one permission, pull requests with another."""
    kinds = {"issues": Issue, "pull_requests": PullRequest}
    hidden = tuple(kind for name, kind in kinds.items() if name in (needed or kinds) and not reach.may(place, name))
    return [each for each in things if not isinstance(each, hidden)]


def _shas(pull: PullRequest) -> set[str]:
    return {pull.merge_sha, *(each.sha for each in pull.commits)}


def _is_late(request: Request, updated_at: datetime) -> bool:
    from_then_on = since(request)
    return from_then_on is None or updated_at.replace(microsecond=0) >= from_then_on


def _ordered[T: (PullRequest, Discussion)](request: Request, things: Sequence[T], *, newest_first: bool) -> list[T]:
    sort = one_of(request, "sort", "created", "updated", "comments", "popularity", "long-running")
    direction = one_of(request, "direction", "desc" if newest_first else "asc", "asc", "desc")

    def place(thing: T) -> tuple[float, int]:
        weight = {"created": thing.created_at, "updated": thing.updated_at}.get(sort)
        return int(weight.timestamp()) if weight else len(thing.comments), thing.id

    return sorted(things, key=place, reverse=direction == "desc")


def _comments_ordered[T: Comment](request: Request, comments: Sequence[T]) -> list[T]:
    """The oldest first; with `sort`, the latest, unless it is said otherwise."""
    sort = one_of(request, "sort", "", "created", "updated")
    direction = one_of(request, "direction", "desc" if sort else "asc", "asc", "desc")

    def place(comment: T) -> tuple[int, int]:
        at = comment.updated_at if sort == "updated" else comment.created_at
        return int(at.timestamp()), comment.id

    return sorted(comments, key=place, reverse=bool(sort) and direction == "desc")
