"""What people do in repositories, as far as the sandbox remembers it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Model

type ReviewState = Literal["approved", "changes_requested", "commented", "dismissed"]
type Conclusion = Literal[
    "success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale"
]
type StatusState = Literal["error", "failure", "pending", "success"]


class Commit(Model):
    """A commit that a pull request brings."""

    sha: str
    message: str
    author: str
    at: datetime


class Comment(Model):
    """What somebody wrote in the conversation of a pull request or an issue."""

    id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime


class Review(Model):
    """What somebody thinks of a pull request as it was at a commit."""

    id: int
    author: str
    state: ReviewState
    body: str
    sha: str
    submitted_at: datetime
    updated_at: datetime


class ReviewComment(Comment):
    """What somebody wrote about a line, as part of a review."""

    review_id: int
    sha: str


class Thread(Model):
    """The comments about one line; the first began it.

    Attributes:
        resolved_by: who settled it; empty while it is open.
    """

    id: int
    path: str
    line: int
    resolved_by: str = ""
    comments: list[ReviewComment]


class CheckSuite(Model):
    """The checks of one app at a commit; `conclusion` None while they run."""

    id: int
    sha: str
    branch: str
    conclusion: Conclusion | None
    created_at: datetime
    updated_at: datetime


class Status(Model):
    """What an older kind of check says of a commit."""

    id: int
    sha: str
    context: str
    state: StatusState
    description: str
    at: datetime


class Happening(Model):
    """A line of a pull request's timeline.

    Attributes:
        kind: the item's type as GraphQL calls it, such as `ReadyForReviewEvent`.
        about: who was asked, why it left the queue, or which commit it was merged by.
    """

    id: int
    kind: str
    actor: str
    at: datetime
    about: str = ""


class Discussed(Model):
    """What issues and pull requests have in common.

    Attributes:
        assignees: logins, as in all other places.
        updated_at: moves with what is written and decided there, not with checks.
    """

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    author: str
    assignees: list[str] = Field(default_factory=list)
    labels: list[str] = Field(default_factory=list)
    comments: list[Comment] = Field(default_factory=list)
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""


class Issue(Discussed):
    """An issue.

    Attributes:
        moved_to: the id of the issue that it became in another repository.
    """

    state_reason: Literal["completed", "not_planned", "duplicate", "reopened"] | None = None
    deleted: bool = False
    moved_to: int | None = None


class PullRequest(Discussed):
    """A pull request.

    Attributes:
        head: the branch it comes from; `fork` is the login of whose copy of the repository that is in, if
            that has not been lost.
        base_sha: where the base was when it was opened or last pointed elsewhere.
        reviewers: who is asked for a review, beside the `teams`, which are named by their slugs.
        queued_at: since when it has been in the merge queue.
        suites: the checks of all its commits, as the statuses; those of the last one count.
    """

    draft: bool = False
    head: str
    base: str
    base_sha: str
    fork: str = ""
    fork_lost: bool = False
    reviewers: list[str] = Field(default_factory=list)
    teams: list[str] = Field(default_factory=list)
    commits: list[Commit] = Field(min_length=1)
    additions: int = 1
    deletions: int = 0
    changed_files: int = 1
    reviews: list[Review] = Field(default_factory=list)
    threads: list[Thread] = Field(default_factory=list)
    suites: list[CheckSuite] = Field(default_factory=list)
    statuses: list[Status] = Field(default_factory=list)
    timeline: list[Happening] = Field(default_factory=list)
    queued_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: str = ""
    merge_sha: str = ""

    @property
    def head_sha(self) -> str:
        """Its last commit."""
        return self.commits[-1].sha

    @property
    def is_open(self) -> bool:
        """Whether it waits to be merged."""
        return self.closed_at is None

    @property
    def opinions(self) -> list[Review]:
        """The last verdict of each who gave one; what was dismissed is none."""
        last = {each.author: each for each in self.reviews if each.state != "commented"}
        return [each for each in last.values() if each.state != "dismissed"]

    @property
    def decision(self) -> Literal["approved", "changes_requested", "review_required"]:
        """What the reviews come to; one approval is asked for, and nobody may object."""
        states = {each.state for each in self.opinions if each.author != self.author}
        if "changes_requested" in states:
            return "changes_requested"
        return "approved" if "approved" in states else "review_required"

    @property
    def checks(self) -> StatusState | None:
        """What checks and statuses of the last commit come to; None where there are none."""
        suites = [each.conclusion for each in self.suites if each.sha == self.head_sha]
        latest = {each.context: each.state for each in self.statuses if each.sha == self.head_sha}
        states = {*latest.values(), *map(_state, suites)}
        return next((each for each in _WORST_FIRST if each in states), None)


_WORST_FIRST: tuple[StatusState, ...] = ("failure", "error", "pending", "success")


def _state(conclusion: Conclusion | None) -> StatusState:
    """What the checks of an app count for."""
    if conclusion is None:
        return "pending"
    return "success" if conclusion in {"success", "neutral", "skipped"} else "failure"
