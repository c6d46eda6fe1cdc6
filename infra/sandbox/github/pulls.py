"""What can happen to a pull request as a whole; each happening tells the app."""

import re
from collections.abc import Sequence
from hashlib import sha1

from infra.sandbox.core.state import Json
from infra.sandbox.github import described, objects
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.issues import GitHubIssues
from infra.sandbox.github.state import MERGE_QUEUE, GitHubWorld, Repository
from infra.sandbox.github.work import Issue, PullRequest

_CLOSING = re.compile(r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? #(\d+)\b", re.IGNORECASE)
TEAM = "team/"
"""What a team is called by where people are, too."""
_PER_COMMIT = 37
"""Lines that a commit adds here, and a third of which it removes."""


def closing(world: GitHubWorld, pull: PullRequest) -> list[Issue]:
    """The issues that a pull request closes when it is merged into the main branch: those that its text names."""
    place = world.repository_of(pull)
    if pull.base != place.default_branch:
        return []
    numbers = dict.fromkeys(int(each) for each in _CLOSING.findall(pull.body or ""))
    named = (world.issue_numbered(place, each) for each in numbers)
    return [each for each in named if each is not None and not each.deleted and each.moved_to is None]


class GitHubPulls:
    """The pull requests; `by` is the login of who does it."""

    def __init__(self, happenings: Happenings, issues: GitHubIssues) -> None:
        self._happenings = happenings
        self._issues = issues

    def open(self, place: Repository, *, by: str, title: str, head: str, **more: object) -> PullRequest:
        """Open a pull request; more is what of its fields is not as usual, and `messages`, those of its commits.

        Raises:
            Refused: the repository is archived, the branch has one open already, or the fork is nobody's.
        """
        world, now = self._happenings.world, self._happenings.clock()
        if place.archived:
            raise Refused("Repository was archived so is read-only.")
        if any(each.is_open and (each.head, each.fork) == (head, more.get("fork", "")) for each in world.pulls(place)):
            raise Refused(f"A pull request already exists for {world.owner(place)}:{head}.")
        if more.get("fork"):
            more["fork"] = self._happenings.login(str(more["fork"]))
        given = more.pop("messages", None)
        messages = [str(each) for each in given] if isinstance(given, Sequence) and given else [title]
        base_sha = sha1(f"{place.id}/{place.numbered}".encode(), usedforsecurity=False).hexdigest()
        place.numbered += 1
        fields: Json = {"base": place.default_branch, "body": None} | sizes(len(messages)) | more
        pull = PullRequest(
            id=world.github.next_id(),
            repository_id=place.id,
            number=place.numbered,
            title=title,
            author=by,
            head=head,
            base_sha=base_sha,
            commits=[self._happenings.commit(place, each, by, base_sha) for each in messages],
            created_at=now,
            updated_at=now,
            **fields,
        )
        world.github.pulls[pull.id] = pull
        self._happenings.store.changed()
        self._happenings.pull(pull, "opened", by)
        return pull

    def edit(self, pull: PullRequest, *, by: str, **changes: str) -> None:
        """Change title, body or base; what is already so is no change and tells nobody."""
        new = {name: value for name, value in changes.items() if getattr(pull, name) != value}
        if not new:
            return
        told: Json = {name: {"from": getattr(pull, name) or ""} for name in new if name != "base"}
        if "base" in new:
            told["base"] = {"ref": {"from": pull.base}, "sha": {"from": pull.base_sha}}
            self._happenings.noted(pull, "BaseRefChangedEvent", by, pull.base)
        for name, value in new.items():
            setattr(pull, name, value)
        self._happenings.touched(pull)
        self._happenings.pull(pull, "edited", by, changes=told)

    def push(self, pull: PullRequest, messages: Sequence[str], *, by: str, force: bool = False) -> None:
        """Bring more commits, or others instead."""
        _must(pull.is_open, "the pull request is closed")
        before = pull.head_sha
        place = self._happenings.world.repository_of(pull)
        pushed = [self._happenings.commit(place, each, by, before) for each in messages]
        pull.commits = pushed if force else [*pull.commits, *pushed]
        for name, value in sizes(len(pull.commits)).items():
            setattr(pull, name, value)
        self._happenings.touched(pull)
        if force:
            self._happenings.noted(pull, "HeadRefForcePushedEvent", by, before)
        self._happenings.pull(pull, "synchronize", by, before=before, after=pull.head_sha)

    def turn(self, pull: PullRequest, *, by: str, draft: bool) -> None:
        """Make it a draft, or say that it is ready."""
        _must(pull.is_open, "the pull request is closed")
        if pull.draft != draft:
            pull.draft = draft
            self._happenings.noted(pull, "ConvertToDraftEvent" if draft else "ReadyForReviewEvent", by)
            self._happenings.pull(pull, "converted_to_draft" if draft else "ready_for_review", by)

    def assign(self, pull: PullRequest, login: str, *, by: str, wanted: bool = True) -> None:
        """Assign somebody or nobody."""
        if wanted != (login in pull.assignees):
            pull.assignees = [*pull.assignees, login] if wanted else [each for each in pull.assignees if each != login]
            self._happenings.touched(pull)
            action = "assigned" if wanted else "unassigned"
            self._happenings.pull(pull, action, by, assignee=self._account(login))

    def label(self, pull: PullRequest, name: str, *, by: str, wanted: bool = True) -> None:
        """Put a label on it or take it off."""
        if wanted != (name in pull.labels):
            pull.labels = [*pull.labels, name] if wanted else [each for each in pull.labels if each != name]
            self._happenings.touched(pull)
            world = self._happenings.world
            shown = described.label(world, world.repository_of(pull), name)
            self._happenings.pull(pull, "labeled" if wanted else "unlabeled", by, label=shown)

    def request(self, pull: PullRequest, login: str, *, by: str, wanted: bool = True) -> None:
        """Ask somebody for a review, or no longer.

        Raises:
            Refused: it is the author.
        """
        _must(login != pull.author, "Review cannot be requested from pull request author.")
        if wanted != (login in pull.reviewers):
            pull.reviewers = [*pull.reviewers, login] if wanted else [each for each in pull.reviewers if each != login]
            kind = "ReviewRequestedEvent" if wanted else "ReviewRequestRemovedEvent"
            self._happenings.noted(pull, kind, by, login)
            action = "review_requested" if wanted else "review_request_removed"
            self._happenings.pull(pull, action, by, requested_reviewer=self._account(login))

    def request_team(self, pull: PullRequest, slug: str, *, by: str, wanted: bool = True) -> None:
        """Ask a team for a review, or no longer."""
        if wanted != (slug in pull.teams):
            pull.teams = [*pull.teams, slug] if wanted else [each for each in pull.teams if each != slug]
            kind = "ReviewRequestedEvent" if wanted else "ReviewRequestRemovedEvent"
            self._happenings.noted(pull, kind, by, f"{TEAM}{slug}")
            action = "review_requested" if wanted else "review_request_removed"
            self._happenings.pull(pull, action, by, requested_team=described.team(self._happenings.world, slug))

    def enqueue(self, pull: PullRequest, *, by: str) -> None:
        """Put it into the merge queue."""
        _must(pull.is_open and not pull.draft and pull.queued_at is None, "the pull request cannot be queued")
        pull.queued_at = self._happenings.noted(pull, "AddedToMergeQueueEvent", by)
        self._happenings.pull(pull, "enqueued", by)

    def dequeue(self, pull: PullRequest, *, by: str, reason: str = "MANUAL") -> None:
        """Take it out of the merge queue."""
        _must(pull.queued_at is not None, "the pull request is not in the queue")
        pull.queued_at = None
        self._happenings.noted(pull, "RemovedFromMergeQueueEvent", by, reason)
        self._happenings.pull(pull, "dequeued", by, reason=reason)

    def merge(self, pull: PullRequest, *, by: str) -> None:
        """Merge it as one commit; what was queued is merged by the queue's bot, and leaves it for that reason."""
        _must(pull.is_open and not pull.draft, "Pull Request is not mergeable")
        queued, by = pull.queued_at is not None, MERGE_QUEUE.login if pull.queued_at else by
        message = f"{pull.title} (#{pull.number})"
        place = self._happenings.world.repository_of(pull)
        pull.merge_sha = self._happenings.commit(place, message, by, pull.base_sha).sha
        pull.merged_at = pull.closed_at = self._happenings.noted(pull, "MergedEvent", by, pull.merge_sha)
        pull.merged_by = pull.closed_by = by
        self._happenings.noted(pull, "ClosedEvent", by)
        if queued:
            self.dequeue(pull, by=by, reason="MERGE")
        self._happenings.pull(pull, "closed", by)
        for issue in closing(self._happenings.world, pull):
            self._issues.close(issue, by=by)

    def close(self, pull: PullRequest, *, by: str) -> None:
        """Close it without merging."""
        _must(pull.is_open, "the pull request is closed")
        if pull.queued_at is not None:
            self.dequeue(pull, by=by)
        pull.closed_at, pull.closed_by = self._happenings.noted(pull, "ClosedEvent", by), by
        self._happenings.pull(pull, "closed", by)

    def reopen(self, pull: PullRequest, *, by: str) -> None:
        """Go on with what was closed; what was merged stays so."""
        _must(not pull.is_open and pull.merged_at is None, "the pull request cannot be reopened")
        pull.closed_at, pull.closed_by = None, ""
        self._happenings.noted(pull, "ReopenedEvent", by)
        self._happenings.pull(pull, "reopened", by)

    def lose_fork(self, pull: PullRequest) -> None:
        """Let the copy that it comes from be deleted; nobody is told."""
        _must(bool(pull.fork), "the pull request comes from the repository itself")
        pull.fork_lost = True
        self._happenings.store.changed()

    def revert(self, pull: PullRequest, *, by: str) -> PullRequest:
        """Press the button under a merged one: a pull request that takes it back, from a branch named after it."""
        _must(pull.merged_at is not None, "only what was merged can be reverted")
        world = self._happenings.world
        place = world.repository_of(pull)
        return self.open(
            place,
            by=by,
            title=f'Revert "{pull.title}"',
            head=f"revert-{pull.number}-{pull.head}",
            base=pull.base,
            body=f"Reverts {world.full_name(place)}#{pull.number}",
        )

    def _account(self, login: str) -> Json | None:
        found = self._happenings.world.account(login)
        return objects.account(self._happenings.world, found) if found else None


def sizes(commits: int) -> dict[str, int]:
    """How large a pull request of so many commits is."""
    lines = _PER_COMMIT * commits
    return {"additions": lines, "deletions": lines // 3, "changed_files": commits + 1}


def _must(holds: bool, text: str) -> None:
    if not holds:
        raise Refused(text)
