"""What people and programs think of a pull request; each happening tells the app."""

import re

from infra.sandbox.github import described
from infra.sandbox.github.happenings import Happenings, Refused
from infra.sandbox.github.objects import moment
from infra.sandbox.github.work import (
    CheckSuite,
    Conclusion,
    PullRequest,
    Review,
    ReviewComment,
    ReviewState,
    Status,
    StatusState,
    Thread,
)

_PLACE = re.compile(r".+:[1-9][0-9]*")


class GitHubReviews:
    """Reviews, what they say about lines, and checks; `by` is the login of who does it."""

    def __init__(self, happenings: Happenings) -> None:
        self._happenings = happenings

    def review(
        self, pull: PullRequest, *, by: str, state: ReviewState, body: str = "", lines: dict[str, str] | None = None
    ) -> Review:
        """Submit a review with words about lines, by `path:line`; who was asked for one no longer is.

        Raises:
            Refused: an author judges the own work, or there are no words where there must be.
        """
        lines = lines or {}
        if by == pull.author and state != "commented":
            raise Refused(f"Can not {'approve' if state == 'approved' else 'request changes on'} your own pull request")
        if state != "approved" and not body and not lines:
            raise Refused("Body cannot be blank")
        if not all(_PLACE.fullmatch(each) for each in lines):
            raise Refused("a line is named as path:number")
        review = self._reviewed(pull, by, state, body)
        threads = [self._begun(pull, review, place, words) for place, words in lines.items()]
        self._tell_review(pull, review, "submitted", by)
        for thread in threads:
            self._tell_comment(pull, thread, thread.comments[0], "created", by)
        return review

    def dismiss(self, pull: PullRequest, review: Review, *, by: str) -> None:
        """Let a verdict count no more."""
        review.state = "dismissed"
        review.updated_at = self._happenings.noted(pull, "ReviewDismissedEvent", by, review.author)
        self._tell_review(pull, review, "dismissed", by)

    def reword(self, pull: PullRequest, review: Review, *, by: str, body: str) -> None:
        """Say it otherwise; the verdict stays."""
        was, review.body = review.body, body
        review.updated_at = self._happenings.touched(pull)
        self._tell_review(pull, review, "edited", by, changes={"body": {"from": was}})

    def reply(self, pull: PullRequest, thread: Thread, *, by: str, body: str) -> ReviewComment:
        """Answer in a thread; to GitHub that is a review by itself."""
        review = self._reviewed(pull, by, "commented", "")
        comment = self._said(pull, review, body)
        thread.comments.append(comment)
        self._tell_review(pull, review, "submitted", by)
        self._tell_comment(pull, thread, comment, "created", by)
        return comment

    def edit(self, pull: PullRequest, thread: Thread, comment: ReviewComment, *, by: str, body: str) -> None:
        """Say it otherwise."""
        was, comment.body = comment.body, body
        comment.updated_at = self._happenings.touched(pull)
        self._tell_comment(pull, thread, comment, "edited", by, changes={"body": {"from": was}})

    def delete(self, pull: PullRequest, thread: Thread, comment: ReviewComment, *, by: str) -> None:
        """Take it back; a thread without comments is gone."""
        shown = described.review_comment(self._happenings.world, pull, thread, comment)
        thread.comments.remove(comment)
        pull.threads = [each for each in pull.threads if each.comments]
        self._happenings.touched(pull)
        self._happenings.about_pull(pull, "pull_request_review_comment", "deleted", by, comment=shown)

    def settle(self, pull: PullRequest, thread: Thread, *, by: str, resolved: bool = True) -> None:
        """Resolve a thread, or take that back; the pull request's own time stays."""
        if bool(thread.resolved_by) != resolved:
            thread.resolved_by = by if resolved else ""
            self._happenings.store.changed()
            shown = described.thread(self._happenings.world, pull, thread)
            action = "resolved" if resolved else "unresolved"
            # Nothing else in it says when: the pull request's own time stays, and so do those of the comments.
            now = moment(self._happenings.clock())
            self._happenings.about_pull(pull, "pull_request_review_thread", action, by, thread=shown, updated_at=now)

    def check(self, pull: PullRequest, conclusion: Conclusion | None, *, by: str) -> CheckSuite:
        """Let checks of the last commit begin (None), or end so; only the end is told to others than who checks."""
        world, now = self._happenings.world, self._happenings.clock()
        suite = next((each for each in pull.suites if each.sha == pull.head_sha), None)
        if suite is None:
            suite = CheckSuite(
                id=world.github.next_id(),
                sha=pull.head_sha,
                branch=pull.head,
                conclusion=None,
                created_at=now,
                updated_at=now,
            )
            pull.suites.append(suite)
        suite.conclusion, suite.updated_at = conclusion, now
        self._happenings.store.changed()
        if conclusion is not None:
            content = {"action": "completed", "check_suite": described.check_suite(world, pull, suite)}
            self._happenings.news.repository(world.repository_of(pull), "check_suite", content, by=by)
        return suite

    def status(self, pull: PullRequest, context: str, state: StatusState, *, by: str, description: str = "") -> Status:
        """Let an older kind of check say how the last commit does."""
        world = self._happenings.world
        said = Status(
            id=world.github.next_id(),
            sha=pull.head_sha,
            context=context,
            state=state,
            description=description,
            at=self._happenings.clock(),
        )
        pull.statuses.append(said)
        self._happenings.store.changed()
        content = described.status(world, pull, said)
        self._happenings.news.repository(world.repository_of(pull), "status", content, by=by)
        return said

    def _reviewed(self, pull: PullRequest, by: str, state: ReviewState, body: str) -> Review:
        now = self._happenings.touched(pull)
        review = Review(
            id=self._happenings.world.github.next_id(),
            author=by,
            state=state,
            body=body,
            sha=pull.head_sha,
            submitted_at=now,
            updated_at=now,
        )
        pull.reviews.append(review)
        pull.reviewers = [each for each in pull.reviewers if each != by]
        if by != pull.author:
            pull.teams = []  # here everybody is of every team
        return review

    def _begun(self, pull: PullRequest, review: Review, place: str, words: str) -> Thread:
        path, _, line = place.rpartition(":")
        comment = self._said(pull, review, words)
        number = self._happenings.world.github.next_id()
        thread = Thread(
            id=number, path=path or "README.md", line=int(line) if line.isdecimal() else 1, comments=[comment]
        )
        pull.threads.append(thread)
        return thread

    def _said(self, pull: PullRequest, review: Review, body: str) -> ReviewComment:
        return ReviewComment(
            id=self._happenings.world.github.next_id(),
            author=review.author,
            body=body,
            created_at=review.submitted_at,
            updated_at=review.submitted_at,
            review_id=review.id,
            sha=pull.head_sha,
        )

    def _tell_review(self, pull: PullRequest, review: Review, action: str, by: str, **more: object) -> None:
        shown = described.review(self._happenings.world, pull, review, told=True)
        self._happenings.about_pull(pull, "pull_request_review", action, by, review=shown, **more)

    def _tell_comment(
        self, pull: PullRequest, thread: Thread, comment: ReviewComment, action: str, by: str, **more: object
    ) -> None:
        shown = described.review_comment(self._happenings.world, pull, thread, comment)
        self._happenings.about_pull(pull, "pull_request_review_comment", action, by, comment=shown, **more)
