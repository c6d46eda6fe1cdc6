"""Doors for people and tests: work on pull requests and issues on GitHub."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.github.actions import GitHubActions, PullAction
from infra.sandbox.github.controls import Acting, GitHubControls, attempt
from infra.sandbox.github.happenings import Happenings
from infra.sandbox.github.issues import GitHubIssues, Reason
from infra.sandbox.github.pulls import GitHubPulls
from infra.sandbox.github.reviews import GitHubReviews
from infra.sandbox.github.state import CHECKS
from infra.sandbox.github.work import Comment, Conclusion, Issue, PullRequest, ReviewState, StatusState, Thread

MAX_TITLE, MAX_BODY = 256, 65_536
"""How many characters GitHub takes."""


class PullControl(Acting):
    """Somebody opens a pull request; `fork` is whose copy of the repository it comes from."""

    repository: str
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    head: str = Field(min_length=1)
    body: str | None = Field(default=None, max_length=MAX_BODY)
    base: str | None = None
    draft: bool = False
    fork: str | None = None
    messages: list[str] | None = Field(default=None, min_length=1)
    additions: int | None = Field(default=None, ge=0)
    deletions: int | None = Field(default=None, ge=0)
    changed_files: int | None = Field(default=None, ge=0)


class PullActionControl(Acting):
    """What somebody does to a pull request; `value` is the person, `team/slug`, label or reason."""

    do: PullAction
    value: str = ""


class EditControl(Acting):
    """Somebody changes a title, a text or a base."""

    title: str | None = Field(default=None, min_length=1, max_length=MAX_TITLE)
    body: str | None = Field(default=None, max_length=MAX_BODY)
    base: str | None = Field(default=None, min_length=1)


class PushControl(Acting):
    """Somebody pushes commits, or others instead of those there."""

    messages: list[str] = Field(min_length=1)
    force: bool = False


class ReviewControl(Acting):
    """Somebody reviews; `lines` are words about `path:line`."""

    state: Literal["approved", "changes_requested", "commented"]
    body: str = Field(default="", max_length=MAX_BODY)
    lines: dict[str, str] = Field(default_factory=dict)


class ReviewActionControl(Acting):
    """Somebody lets a review count no more, or words it otherwise where there is a `body`."""

    review_id: int
    body: str | None = Field(default=None, max_length=MAX_BODY)


class ThreadControl(Acting):
    """Somebody answers in a thread, settles it, or changes or takes back its last comment."""

    do: Literal["reply", "resolve", "unresolve", "edit", "delete"]
    body: str = Field(default="", max_length=MAX_BODY)


class CheckControl(Model):
    """Checks of the last commit begin (null), or end so."""

    conclusion: Conclusion | None


class StatusControl(Model):
    """An older kind of check says how the last commit does."""

    state: StatusState
    context: str = "ci/build"
    description: str = ""


class CommentControl(Acting):
    """Somebody says something in a conversation, or something else in place of a comment; null takes that back."""

    body: str | None = Field(max_length=MAX_BODY)
    comment_id: int | None = None


class IssueControl(Acting):
    """Somebody writes an issue."""

    repository: str
    title: str = Field(min_length=1, max_length=MAX_TITLE)
    body: str | None = Field(default=None, max_length=MAX_BODY)


class IssueActionControl(Acting):
    """What somebody does to an issue; `value` is a person, why it was closed, or where it goes."""

    do: Literal["edit", "assign", "close", "reopen", "delete", "transfer"]
    value: str = ""
    title: str | None = Field(default=None, min_length=1, max_length=MAX_TITLE)
    body: str | None = Field(default=None, max_length=MAX_BODY)


class GitHubWorkControls(GitHubControls):
    """The handlers."""

    def __init__(
        self, happenings: Happenings, pulls: GitHubPulls, reviews: GitHubReviews, issues: GitHubIssues
    ) -> None:
        super().__init__(happenings)
        self._pulls = pulls
        self._actions = GitHubActions(happenings, pulls)
        self._reviews = reviews
        self._issues = issues

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        pull, issue = "/github/pulls/{repository}/{number:int}", "/github/issues/{repository}/{number:int}"
        return [
            route("/github/pulls", self._open),
            route(pull, self._act),
            route(f"{pull}/edit", self._edit),
            route(f"{pull}/push", self._push),
            route(f"{pull}/review", self._review),
            route(f"{pull}/dismiss", self._dismiss),
            route(f"{pull}/threads/{{thread:int}}", self._thread),
            route(f"{pull}/checks", self._check),
            route(f"{pull}/status", self._status),
            route(f"{pull}/comments", self._comment),
            route("/github/issues", self._write),
            route(issue, self._act_on_issue),
            route(f"{issue}/comments", self._comment),
        ]

    async def _open(self, request: Request) -> Json:
        body = await body_of(request, PullControl)
        place, by = self._place(body.repository), self._login(body.user)
        given = body.model_dump(exclude_none=True, exclude={"repository", "user", "title", "head"})
        return self._shown(
            attempt("repository", lambda: self._pulls.open(place, by=by, title=body.title, head=body.head, **given))
        )

    async def _act(self, request: Request) -> Json:
        body = await body_of(request, PullActionControl)
        pull, by = self._pull(request), self._login(body.user)
        return self._shown(attempt("do", lambda: self._actions.act(pull, body.do, by=by, value=body.value)))

    async def _edit(self, request: Request) -> Json:
        body = await body_of(request, EditControl)
        pull = self._pull(request)
        changes = body.model_dump(exclude_unset=True, exclude={"user"})
        self._pulls.edit(pull, by=self._login(body.user), **changes)
        return self._shown(pull)

    async def _push(self, request: Request) -> Json:
        body = await body_of(request, PushControl)
        pull, by = self._pull(request), self._login(body.user)
        attempt("number", lambda: self._pulls.push(pull, body.messages, by=by, force=body.force))
        return self._shown(pull)

    async def _review(self, request: Request) -> Json:
        body = await body_of(request, ReviewControl)
        pull, by = self._pull(request), self._login(body.user)
        state: ReviewState = body.state
        review = attempt(
            "state", lambda: self._reviews.review(pull, by=by, state=state, body=body.body, lines=body.lines)
        )
        return self._shown(pull) | {"review_id": review.id}

    async def _dismiss(self, request: Request) -> Json:
        body = await body_of(request, ReviewActionControl)
        pull = self._pull(request)
        review = next((each for each in pull.reviews if each.id == body.review_id), None)
        if review is None:
            raise BadControl("review_id", f"no review {body.review_id}")
        if body.body is None:
            self._reviews.dismiss(pull, review, by=self._login(body.user))
        else:
            self._reviews.reword(pull, review, by=self._login(body.user), body=body.body)
        return self._shown(pull)

    async def _thread(self, request: Request) -> Json:
        body = await body_of(request, ThreadControl)
        pull, by = self._pull(request), self._login(body.user)
        thread = self._thread_of(pull, request.path_params["thread"])
        last = thread.comments[-1]
        if body.do in {"reply", "edit"} and not body.body:
            raise BadControl("body", "is needed")
        match body.do:
            case "reply":
                self._reviews.reply(pull, thread, by=by, body=body.body)
            case "edit":
                self._reviews.edit(pull, thread, last, by=by, body=body.body)
            case "delete":
                self._reviews.delete(pull, thread, last, by=by)
            case "resolve" | "unresolve":
                self._reviews.settle(pull, thread, by=by, resolved=body.do == "resolve")
        return self._shown(pull)

    async def _check(self, request: Request) -> Json:
        body = await body_of(request, CheckControl)
        pull = self._pull(request)
        self._reviews.check(pull, body.conclusion, by=CHECKS.login)
        return self._shown(pull)

    async def _status(self, request: Request) -> Json:
        body = await body_of(request, StatusControl)
        pull = self._pull(request)
        self._reviews.status(pull, body.context, body.state, by=CHECKS.login, description=body.description)
        return self._shown(pull)

    async def _comment(self, request: Request) -> Json:
        body = await body_of(request, CommentControl)
        under = self._issue(request) if "/issues/" in request.url.path else self._pull(request)
        by = self._login(body.user)
        if body.comment_id is None:
            if not body.body:
                raise BadControl("body", "is needed")
            return {"ok": True, "id": self._issues.comment(under, by=by, body=body.body).id}
        comment = self._comment_of(under, body.comment_id)
        if body.body is None:
            self._issues.delete_comment(under, comment, by=by)
        else:
            self._issues.edit_comment(under, comment, by=by, body=body.body)
        return {"ok": True, "id": comment.id}

    async def _write(self, request: Request) -> Json:
        body = await body_of(request, IssueControl)
        place, by = self._place(body.repository), self._login(body.user)
        issue = attempt("repository", lambda: self._issues.open(place, by=by, title=body.title, body=body.body))
        return self._shown_issue(issue)

    async def _act_on_issue(self, request: Request) -> Json:
        body = await body_of(request, IssueActionControl)
        issue, by, issues = self._issue(request), self._login(body.user), self._issues
        match body.do:
            case "edit":
                changes = body.model_dump(exclude_none=True, include={"title", "body"})
                issues.edit(issue, by=by, **changes)
            case "assign":
                issues.assign(issue, self._login(body.value), by=by)
            case "close":
                issues.close(issue, by=by, reason=_reason(body.value))
            case "reopen":
                issues.reopen(issue, by=by)
            case "delete":
                issues.delete(issue, by=by)
            case "transfer":
                to = self._place(body.value)
                issue = attempt("value", lambda: issues.transfer(issue, to, by=by))
        return self._shown_issue(issue)

    def _pull(self, request: Request) -> PullRequest:
        place, number = self._place(request.path_params["repository"]), request.path_params["number"]
        pull = self._world.pull(place, number)
        if pull is None:
            raise BadControl("number", f"no pull request {number}")
        return pull

    def _issue(self, request: Request) -> Issue:
        place, number = self._place(request.path_params["repository"]), request.path_params["number"]
        issue = self._world.issue_numbered(place, number)
        if issue is None or issue.deleted or issue.moved_to is not None:
            raise BadControl("number", f"no issue {number}")
        return issue

    def _thread_of(self, pull: PullRequest, number: int) -> Thread:
        found = next((each for each in pull.threads if each.id == number), None)
        if found is None:
            raise BadControl("thread", f"no thread {number}")
        return found

    def _comment_of(self, under: PullRequest | Issue, number: int) -> Comment:
        found = next((each for each in under.comments if each.id == number), None)
        if found is None:
            raise BadControl("comment_id", f"no comment {number}")
        return found

    def _shown(self, pull: PullRequest) -> Json:
        world = self._world
        name = world.full_name(world.repository_of(pull))
        shown = {"id": pull.id, "number": pull.number, "head": pull.head, "head_sha": pull.head_sha}
        threads = [each.id for each in pull.threads]
        return {
            "ok": True,
            "pull": shown | {"url": f"{world.github_url}/{name}/pull/{pull.number}"},
            "threads": threads,
        }

    def _shown_issue(self, issue: Issue) -> Json:
        world = self._world
        name = world.full_name(world.repository_of(issue))
        url = f"{world.github_url}/{name}/issues/{issue.number}"
        return {"ok": True, "issue": {"id": issue.id, "number": issue.number, "url": url}}


def _reason(value: str) -> Reason:
    match value:
        case "" | "completed":
            return "completed"
        case "not_planned" | "duplicate":
            return value
        case _:
            raise BadControl("value", f"no reason {value}")
