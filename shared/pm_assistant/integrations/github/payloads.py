"""What GitHub's deliveries tell of repositories, pull requests and issues, in the product's words.

Forms: docs.github.com, "Webhook events and payloads". Old and new ones lack fields that others have; what a thing is
not known without is insisted on, everything else may be missing. Texts are cut where GitHub itself cuts them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import AwareDatetime, Field

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import (
    Check,
    CheckResult,
    CodeComment,
    CodePart,
    Description,
    Issue,
    MergeQueueEntry,
    PullRequestFacts,
    PullRequestId,
    PullRequestSize,
    Repository,
    RepositoryAccess,
    Review,
    ReviewState,
    ReviewThread,
    pull_request_id,
    words_of_review,
)
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.work import LONGEST_WORD
from pm_assistant.integrations.webhooks import Payload, parse


class User(Payload):
    """A person, a bot or an organisation."""

    login: str = Field(min_length=1)
    id: int | None = None
    type: str = "User"

    @property
    def actor(self) -> Actor:
        """The same in the product's words."""
        return Actor(login=self.login, id=None if self.id is None else str(self.id), bot=self.type == "Bot")


class Named(Payload):
    """A label, a team, an app."""

    name: str = ""


class RepositoryPayload(Payload):
    """A repository in full."""

    id: int
    full_name: str = Field(min_length=1)
    html_url: str = ""
    private: bool
    default_branch: str = ""
    archived: bool = False
    updated_at: AwareDatetime | None = None


class RepositoryId(Payload):
    """As much of a repository as tells it from others."""

    id: int


class Branch(Payload):
    """One end of a pull request; its repository is null where a fork is gone."""

    ref: str = ""
    sha: str = ""
    repo: RepositoryId | None = None


class PullRequestPayload(Payload):
    """A pull request, which deliveries about other things tell without its sizes."""

    number: int
    title: str = ""
    body: str = ""
    html_url: str = ""
    user: User | None = None
    draft: bool = False
    state: str = "open"
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    merged_at: AwareDatetime | None = None
    author_association: str = ""
    head: Branch = Field(default_factory=Branch)
    base: Branch = Field(default_factory=Branch)
    assignees: tuple[User, ...] = ()
    requested_reviewers: tuple[User | Named, ...] = ()
    requested_teams: tuple[Named, ...] = ()
    labels: tuple[Named, ...] = ()
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    merged_by: User | None = None


class ReviewPayload(Payload):
    """A review."""

    id: int
    user: User | None = None
    state: str = ""
    body: str = ""
    submitted_at: AwareDatetime | None = None
    html_url: str = ""


class ThreadPayload(Payload):
    """The remarks on one line."""

    node_id: str = Field(min_length=1)


class CommentPayload(Payload):
    """A comment in the conversation or on a line."""

    id: int
    user: User | None = None
    body: str = ""
    html_url: str = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    pull_request_review_id: int | None = None


class IssuePayload(Payload):
    """An issue, or a pull request in an issue's form."""

    number: int
    title: str = ""
    body: str = ""
    html_url: str = ""
    user: User | None = None
    state: str = "open"
    state_reason: str | None = None
    assignees: tuple[User, ...] = ()
    labels: tuple[Named, ...] = ()
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    pull_request: Mapping[str, object] | None = None


class SuitePayload(Payload):
    """A suite of checks, which one app makes for one commit."""

    id: int
    head_sha: str = Field(min_length=1)
    status: str = ""
    conclusion: str | None = None
    app: Named = Field(default_factory=Named)
    updated_at: AwareDatetime


class Event(Payload):
    """The envelope of all that is told of a repository."""

    action: str = ""
    repository: RepositoryPayload


class PullRequestEvent(Event):
    """A pull request did something."""

    pull_request: PullRequestPayload


class ReviewEvent(PullRequestEvent):
    """A review was given, changed or dismissed."""

    review: ReviewPayload


class ReviewThreadEvent(PullRequestEvent):
    """A remark was settled, or opened again."""

    thread: ThreadPayload
    updated_at: AwareDatetime | None = None


class ReviewCommentEvent(PullRequestEvent):
    """Somebody said something on a line."""

    comment: CommentPayload


class IssueCommentEvent(Event):
    """Somebody said something on an issue or a pull request."""

    issue: IssuePayload
    comment: CommentPayload


class IssueEvent(Event):
    """An issue did something."""

    issue: IssuePayload


class SuiteEvent(Event):
    """A suite of checks ended, or starts again."""

    check_suite: SuitePayload


class StatusEvent(Event):
    """A status of a commit."""

    sha: str = Field(min_length=1)
    context: str = ""
    state: str
    updated_at: AwareDatetime


class InstallationTime(Payload):
    """When an installation was changed last."""

    updated_at: AwareDatetime | None = None


class ChosenRepositories(Payload):
    """Which repositories people gave to us, and took from us."""

    installation: InstallationTime
    repositories_added: tuple[RepositoryId, ...] = ()
    repositories_removed: tuple[RepositoryId, ...] = ()


def on_pull_request(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A pull request as it was when this was sent."""
    event = parse(PullRequestEvent, payload)
    parts = [*_pull_request(event), *_size(event)]
    if event.action in {"enqueued", "dequeued"}:
        pr = event.pull_request
        queued = event.action == "enqueued"
        parts.append(MergeQueueEntry(pull_request_id=_id(event), at=pr.updated_at, queued=queued))
    return parts


def on_review(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A review, and the pull request that it is of."""
    event = parse(ReviewEvent, payload)
    given = event.review
    review = Review(
        pull_request_id=_id(event),
        id=str(given.id),
        at=event.pull_request.updated_at,
        author=_actor(given.user),
        state=review_state(given.state),
        # One that was begun and not submitted has no time of its own.
        submitted_at=given.submitted_at or event.pull_request.updated_at,
        url=given.html_url,
    )
    words = review_words(review, event.pull_request.number, given.body)
    # An empty one is kept only where it replaces another: most reviews are without words.
    return [*_pull_request(event), review, *([words] if words.text or event.action == "edited" else [])]


def on_review_thread(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A remark that was settled or is open again, and its pull request."""
    event = parse(ReviewThreadEvent, payload)
    at = event.updated_at or event.pull_request.updated_at
    thread = ReviewThread(
        pull_request_id=_id(event), id=event.thread.node_id, at=at, resolved=event.action == "resolved"
    )
    return [*_pull_request(event), thread]


def on_review_comment(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A remark on a line, and its pull request."""
    event = parse(ReviewCommentEvent, payload)
    return [*_pull_request(event), _comment(event, event.pull_request.number)]


def on_issue_comment(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A comment; and what it is on, where that is an issue: of a pull request too little is told."""
    event = parse(IssueCommentEvent, payload)
    issues = [] if event.issue.pull_request else [issue_of(str(event.repository.id), event.issue)]
    return [*repository_of(event.repository), *issues, _comment(event, event.issue.number)]


def on_issue(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """An issue as it was when this was sent; one that was moved is gone here, and there an issue is opened."""
    event = parse(IssueEvent, payload)
    gone = event.action in {"deleted", "transferred"}
    if gone:
        _check_about(payload, "issue")
    return [*repository_of(event.repository), issue_of(str(event.repository.id), event.issue, gone=gone)]


def on_check_suite(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """What an app's checks say of a commit; one that has merely been asked says nothing, and may never."""
    event = parse(SuiteEvent, payload)
    suite = event.check_suite
    if event.action not in {"completed", "rerequested"}:
        return repository_of(event.repository)
    check = Check(
        repository_id=str(event.repository.id),
        commit=suite.head_sha,
        name=f"{suite.app.name[:LONGEST_WORD]} {suite.id}".strip(),
        at=suite.updated_at,
        result=CONCLUSIONS.get(suite.conclusion or "", CheckResult.PENDING),
    )
    return [*repository_of(event.repository), check]


def on_status(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """What a program of the older kind says of a commit."""
    event = parse(StatusEvent, payload)
    check = Check(
        repository_id=str(event.repository.id),
        commit=event.sha,
        name=event.context,
        at=event.updated_at,
        result=CONCLUSIONS.get(event.state, CheckResult.PENDING),
    )
    return [*repository_of(event.repository), check]


def on_repository(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """A repository as it was when this was sent; one that was deleted cannot be read any more."""
    event = parse(Event, payload)
    parts, at = repository_of(event.repository), event.repository.updated_at
    if event.action == "deleted" and at is not None:
        _check_about(payload, "repository")
        parts.append(RepositoryAccess(repository_id=str(event.repository.id), at=at, granted=False))
    return parts


def on_repositories_chosen(payload: Mapping[str, object]) -> Sequence[CodePart]:
    """Which repositories we may read from now on, and which no longer."""
    chosen = parse(ChosenRepositories, payload)
    at = chosen.installation.updated_at
    if at is None:
        return []
    lists = ((chosen.repositories_added, True), (chosen.repositories_removed, False))
    return [
        RepositoryAccess(repository_id=str(repository.id), at=at, granted=granted)
        for repositories, granted in lists
        for repository in repositories
    ]


READERS: Mapping[str, Callable[[Mapping[str, object]], Sequence[CodePart]]] = {
    "pull_request": on_pull_request,
    "pull_request_review": on_review,
    "pull_request_review_thread": on_review_thread,
    "pull_request_review_comment": on_review_comment,
    "issue_comment": on_issue_comment,
    "issues": on_issue,
    "check_suite": on_check_suite,
    "status": on_status,
    "repository": on_repository,
    "installation_repositories": on_repositories_chosen,
}
"""What is read of each event, by GitHub's name of it."""

CONCLUSIONS = {
    "success": CheckResult.PASSED,
    "neutral": CheckResult.PASSED,
    "skipped": CheckResult.PASSED,
    "failure": CheckResult.FAILED,
    "error": CheckResult.FAILED,
    "timed_out": CheckResult.FAILED,
    "action_required": CheckResult.FAILED,
    "startup_failure": CheckResult.FAILED,
    "cancelled": CheckResult.FAILED,
}
"""How a suite or a status ended, as GitHub's own summary of a commit counts it; any other word says nothing yet."""


INSIDERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""What those are to a repository who may write to it; a `CONTRIBUTOR` once had something merged."""

_SUBJECTS = frozenset(
    {"issue", "comment", "pull_request", "review", "thread", "check_suite", "check_run", "label", "milestone"}
    | {"release", "deployment", "discussion", "alert", "member", "team", "key", "package", "project", "ref", "forkee"}
)
"""What the deliveries of events are about, by the names of their fields."""


def _check_about(payload: Mapping[str, object], subject: str) -> None:
    """Insist on a delivery's being about this alone: its event is named in a header, which nobody has signed.

    Raises:
        InvalidRequest: it is about something else that belongs to it.
    """
    if others := sorted(_SUBJECTS & payload.keys() - {subject}):
        raise InvalidRequest(f"this is not about the {subject} but about its {others[0]}", field=others[0])


def _pull_request(event: PullRequestEvent) -> list[CodePart]:
    pr = event.pull_request
    reviewers = (user.login if isinstance(user, User) else user.name for user in pr.requested_reviewers)
    closed_at = pr.closed_at or (pr.updated_at if pr.state == "closed" else None)
    facts = PullRequestFacts(
        repository_id=str(event.repository.id),
        number=pr.number,
        at=pr.updated_at,
        title=pr.title,
        url=pr.html_url,
        author=_actor(pr.user),
        draft=pr.draft,
        closed_at=closed_at,
        merged_at=pr.merged_at,
        created_at=pr.created_at,
        branch=pr.head.ref,
        head=pr.head.sha,
        base=pr.base.ref,
        from_fork=pr.head.repo is None or pr.head.repo.id != event.repository.id,
        by_outsider=pr.author_association not in INSIDERS,
        assignees=actors_of(pr.assignees),
        requested=names_of((*reviewers, *(team.name for team in pr.requested_teams))),
        labels=names_of(label.name for label in pr.labels),
    )
    description = Description(pull_request_id=_id(event), at=pr.updated_at, text=pr.body)
    return [*repository_of(event.repository), facts, description]


def _size(event: PullRequestEvent) -> Sequence[CodePart]:
    pr = event.pull_request
    if pr.additions is None or pr.deletions is None or pr.changed_files is None:
        return []
    size = PullRequestSize(
        pull_request_id=_id(event),
        at=pr.updated_at,
        additions=pr.additions,
        deletions=pr.deletions,
        changed_files=pr.changed_files,
        merged_by=_actor(pr.merged_by),
    )
    return [size]


def _comment(event: ReviewCommentEvent | IssueCommentEvent, number: int) -> CodeComment:
    return comment_of(str(event.repository.id), number, event.comment, deleted=event.action == "deleted")


def comment_of(repository_id: str, number: int, comment: CommentPayload, *, deleted: bool = False) -> CodeComment:
    """A comment on the pull request or the issue of that number."""
    review_id = comment.pull_request_review_id
    return CodeComment(
        repository_id=repository_id,
        number=number,
        id=str(comment.id),
        at=comment.updated_at,
        author=_actor(comment.user),
        text="" if deleted else comment.body,
        url=comment.html_url,
        review_id=None if review_id is None else str(review_id),
        created_at=comment.created_at,
        deleted=deleted,
    )


def review_words(review: Review, number: int, text: str) -> CodeComment:
    """What a review says beside its remarks on lines."""
    return CodeComment(
        repository_id=review.pull_request_id.rpartition(":")[0],
        number=number,
        id=words_of_review(review.id),
        at=review.at,
        read=review.read,
        author=review.author,
        text=text,
        url=review.url,
        review_id=review.id,
        created_at=review.submitted_at,
    )


def issue_of(repository_id: str, issue: IssuePayload, *, gone: bool = False) -> Issue:
    """An issue; one that is gone has no words any more."""
    return Issue(
        repository_id=repository_id,
        number=issue.number,
        at=issue.updated_at,
        title="" if gone else issue.title,
        text="" if gone else issue.body,
        url=issue.html_url,
        author=_actor(issue.user),
        assignees=actors_of(issue.assignees),
        labels=names_of(label.name for label in issue.labels),
        created_at=issue.created_at,
        closed_at=issue.closed_at or (issue.updated_at if issue.state == "closed" else None),
        reason=issue.state_reason and issue.state_reason[:LONGEST_WORD],
        gone=gone,
    )


def repository_of(repository: RepositoryPayload) -> list[CodePart]:
    """The repository, unless it is not said of which moment it is told."""
    if repository.updated_at is None:
        return []
    part = Repository(
        id=str(repository.id),
        at=repository.updated_at,
        name=repository.full_name,
        url=repository.html_url,
        private=repository.private,
        default_branch=repository.default_branch,
        archived=repository.archived,
    )
    return [part]


def review_state(word: str) -> ReviewState:
    """What a review says; `other` where the word is new to us."""
    state = word.casefold()
    return ReviewState(state) if state in ReviewState else ReviewState.OTHER


def _id(event: PullRequestEvent) -> PullRequestId:
    return pull_request_id(str(event.repository.id), event.pull_request.number)


def _actor(user: User | None) -> Actor | None:
    return None if user is None else user.actor


def actors_of(users: Iterable[User]) -> tuple[Actor, ...]:
    """Accounts in the product's words, as many as are kept."""
    return tuple(user.actor for user in users)


def names_of(names: Iterable[str]) -> tuple[str, ...]:
    """Names as they are kept: not too long, and not too many."""
    return tuple(name for name in names if name)
