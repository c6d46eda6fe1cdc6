"""What can happen to issues, and in the conversations about them and about pull requests; each tells the app."""

from typing import Literal

from infra.sandbox.core.state import Json
from infra.sandbox.github import described, objects
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.state import Repository
from infra.sandbox.github.work import Comment, Issue, PullRequest

type Reason = Literal["completed", "not_planned", "duplicate"]


class GitHubIssues:
    """The issues and conversations; `by` is the login of who does it."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    def open(self, place: Repository, *, by: str, title: str, body: str | None = None) -> Issue:
        """Write an issue."""
        issue = self._made(place, Issue(**self._new(place), title=title, body=body, author=by))
        self._happenings.issue(issue, "issues", "opened", by)
        return issue

    def edit(self, issue: Issue, *, by: str, **changes: str) -> None:
        """Change title or body."""
        new = {name: value for name, value in changes.items() if getattr(issue, name) != value}
        if new:
            told = {name: {"from": getattr(issue, name) or ""} for name in new}
            for name, value in new.items():
                setattr(issue, name, value)
            self._happenings.touched(issue)
            self._happenings.issue(issue, "issues", "edited", by, changes=told)

    def assign(self, issue: Issue, login: str, *, by: str) -> None:
        """Assign somebody."""
        if login not in issue.assignees:
            issue.assignees.append(login)
            self._happenings.touched(issue)
            found = self._happenings.world.account(login)
            assignee = objects.account(self._happenings.world, found) if found else None
            self._happenings.issue(issue, "issues", "assigned", by, assignee=assignee)

    def close(self, issue: Issue, *, by: str, reason: Reason = "completed") -> None:
        """Close an issue."""
        if issue.closed_at is None:
            issue.closed_at, issue.closed_by = self._happenings.touched(issue), by
            issue.state_reason = reason
            self._happenings.issue(issue, "issues", "closed", by)

    def reopen(self, issue: Issue, *, by: str) -> None:
        """Go on with an issue."""
        if issue.closed_at is not None:
            issue.closed_at, issue.closed_by, issue.state_reason = None, "", "reopened"
            self._happenings.touched(issue)
            self._happenings.issue(issue, "issues", "reopened", by)

    def delete(self, issue: Issue, *, by: str) -> None:
        """Remove an issue for good."""
        self._happenings.touched(issue)
        self._happenings.issue(issue, "issues", "deleted", by)
        issue.deleted = True

    def transfer(self, issue: Issue, to: Repository, *, by: str) -> Issue:
        """Let it go on in another repository, as another issue with another number.

        Raises:
            Refused: it is there already.
        """
        if to.id == issue.repository_id:
            raise Refused("the issue is in that repository")
        kept = issue.model_dump(include={"title", "body", "author", "assignees", "labels", "closed_at", "state_reason"})
        moved = self._made(to, Issue(**kept, **self._new(to), comments=issue.comments))
        world = self._happenings.world
        changes: Json = {
            "new_issue": described.issue(world, moved),
            "new_repository": objects.repository(world, to),
        }
        self._happenings.touched(issue)
        self._happenings.issue(issue, "issues", "transferred", by, changes=changes)
        issue.moved_to = moved.id
        self._happenings.issue(moved, "issues", "opened", by)
        return moved

    def comment(self, under: PullRequest | Issue, *, by: str, body: str) -> Comment:
        """Say something in a conversation."""
        now = self._happenings.touched(under)
        number = self._happenings.world.github.next_id()
        comment = Comment(id=number, author=by, body=body, created_at=now, updated_at=now)
        under.comments.append(comment)
        self._tell(under, comment, "created", by)
        return comment

    def edit_comment(self, under: PullRequest | Issue, comment: Comment, *, by: str, body: str) -> None:
        """Say it otherwise."""
        if comment.body != body:
            was, comment.body = comment.body, body
            comment.updated_at = self._happenings.touched(under)
            self._tell(under, comment, "edited", by, changes={"body": {"from": was}})

    def delete_comment(self, under: PullRequest | Issue, comment: Comment, *, by: str) -> None:
        """Take it back."""
        under.comments.remove(comment)
        self._happenings.touched(under)
        self._tell(under, comment, "deleted", by)

    def _tell(self, under: PullRequest | Issue, comment: Comment, action: str, by: str, **more: object) -> None:
        shown = described.comment(self._happenings.world, under, comment)
        self._happenings.issue(under, "issue_comment", action, by, comment=shown, **more)

    def _new(self, place: Repository) -> Json:
        now = self._happenings.clock()
        place.numbered += 1
        new_id = self._happenings.world.github.next_id()
        return {
            "id": new_id,
            "repository_id": place.id,
            "number": place.numbered,
            "created_at": now,
            "updated_at": now,
        }

    def _made(self, place: Repository, issue: Issue) -> Issue:
        if place.archived:
            raise Refused("Repository was archived so is read-only.")
        self._happenings.world.github.issues[issue.id] = issue
        self._happenings.store.changed()
        return issue
