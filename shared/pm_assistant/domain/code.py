"""What a team builds: repositories, pull requests with their reviews and checks, issues of the code host.

A code host tells of a thing in parts, in no order and more than once. Each part says of which moment it is, and of two
tellings of one part the later counts (`Part.supersedes`); so what is known in the end does not depend on the order in
which it was told, or on how often.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from enum import StrEnum
from typing import Annotated, Literal, NewType, assert_never

from pydantic import AfterValidator, AwareDatetime, Field

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.bounds import Line, Name, Names, Text, first_names
from pm_assistant.domain.links import Link, LinkKind, LinkMaker
from pm_assistant.domain.model import Model

PullRequestId = NewType("PullRequestId", str)
"""`<repository id>:<number>`; a repository keeps its id when it is renamed or moved."""
type Commit = tuple[str, str]
"""Repository id and hash."""
MOST_REVIEWS = 200
"""Reviews, and review threads, of one pull request that are kept, the latest ones; a row has to hold them."""
MOST_THREADS = 50
"""Threads of the chat that name a pull request, of which we know that, the latest ones."""
MOST_CHECKS = 300
"""Suites, and statuses, of one commit that are kept, the latest ones."""
ALL_CHECKS = "*"
"""As what the host's summary of all checks of a commit is kept."""


class Part(Model):
    """Something that the code host tells of one moment.

    Attributes:
        at: of which moment it is, by the host's clock, in whole seconds.
        read: it was asked for, and not told: it has everything that happened by `at`.
    """

    at: AwareDatetime
    read: bool = False

    @property
    def rank(self) -> int:
        """Which of two parts of one moment is the later: what is over outranks what is not."""
        return 0

    @property
    def version(self) -> str:
        """Sorts as text: by moment, then by rank; two that are told of one moment have an order of no meaning."""
        moment = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        if self.read:
            return f"{moment}#9"
        return f"{moment}#{self.rank}#{hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]}"

    def supersedes(self, known: "Part | None") -> bool:
        """Whether it counts, and not what is known of the same."""
        return known is None or known.version < self.version or (self.read and known.version == self.version)


class Repository(Part):
    """A repository; `name` is `owner/name` and may change, `private` not everybody may see it."""

    kind: Literal["repository"] = "repository"
    id: str
    name: Line
    url: str
    private: bool
    default_branch: Line = ""
    archived: bool = False

    @property
    def rank(self) -> int:
        """In doubt it is private."""
        return int(self.private)


class RepositoryAccess(Part):
    """Whether we may read a repository: people choose them, and take back their choice."""

    kind: Literal["repository_access"] = "repository_access"
    repository_id: str
    granted: bool

    @property
    def rank(self) -> int:
        """In doubt we may not."""
        return int(not self.granted)


class PullRequestFacts(Part):
    """What every telling of a pull request says.

    Attributes:
        url: its page.
        author: None where the account is gone.
        branch: that it comes from.
        head: commit that it ends with.
        base: branch that it goes to.
        from_fork: whether `branch` is one of another repository.
        by_outsider: its author may not write to the repository, so it is anybody's word until it is merged.
        requested: the logins of those whose review is awaited, and the names of teams.
    """

    kind: Literal["pull_request"] = "pull_request"
    repository_id: str
    number: int
    title: Line
    url: str
    author: Actor | None = None
    draft: bool = False
    closed_at: AwareDatetime | None = None
    merged_at: AwareDatetime | None = None
    created_at: AwareDatetime
    branch: Line
    head: str
    base: Line
    from_fork: bool = False
    by_outsider: bool = False
    assignees: Annotated[tuple[Actor, ...], AfterValidator(first_names)] = ()
    requested: Names = ()
    labels: Names = ()

    @property
    def rank(self) -> int:
        """Merged is the end; closed is later than open."""
        return 2 if self.merged_at else int(self.closed_at is not None)

    @property
    def pull_request_id(self) -> PullRequestId:
        """Which pull request it is of."""
        return pull_request_id(self.repository_id, self.number)


class PullRequestSize(Part):
    """How much a pull request changes, and who merged it; only some tellings say."""

    kind: Literal["pull_request_size"] = "pull_request_size"
    pull_request_id: PullRequestId
    additions: int
    deletions: int
    changed_files: int
    merged_by: Actor | None = None


class MergeQueueEntry(Part):
    """Whether a pull request waits in a merge queue."""

    kind: Literal["merge_queue_entry"] = "merge_queue_entry"
    pull_request_id: PullRequestId
    queued: bool

    @property
    def rank(self) -> int:
        """It leaves the queue after it entered."""
        return int(not self.queued)


class ReviewState(StrEnum):
    """What a review says; `other` is one we have no name for."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"
    PENDING = "pending"
    OTHER = "other"


class Review(Part):
    """One review."""

    kind: Literal["review"] = "review"
    pull_request_id: PullRequestId
    id: str
    author: Actor | None = None
    state: ReviewState
    submitted_at: AwareDatetime
    url: str

    @property
    def rank(self) -> int:
        """What was dismissed stays so."""
        return int(self.state is ReviewState.DISMISSED)


class ReviewThread(Part):
    """A remark on a line and what was said about it."""

    kind: Literal["review_thread"] = "review_thread"
    pull_request_id: PullRequestId
    id: str
    resolved: bool


class Description(Part):
    """The text of a pull request."""

    kind: Literal["description"] = "description"
    pull_request_id: PullRequestId
    text: Text


class TicketLink(Model):
    """What a pull request does for one ticket, which is known by its id: keys change when tickets change teams."""

    ticket_id: str
    link: Link


class TicketLinks(Part):
    """Which tickets a pull request hangs together with, as found out (`read`) from what was told by `at`.

    Attributes:
        text_digest: fingerprint of the words that were read for it, its comments' included.
        contradicts: ids of the tickets whose work it takes back.
        awaits: keys in its words that no ticket had: one that has one of them later is linked then.
        wants_ticket: it is work that a ticket should be about.
    """

    kind: Literal["ticket_links"] = "ticket_links"
    pull_request_id: PullRequestId
    text_digest: str = ""
    links: tuple[TicketLink, ...] = ()
    contradicts: tuple[str, ...] = ()
    awaits: tuple[str, ...] = ()
    wants_ticket: bool = True


class ThreadMention(Part):
    """A thread of the chat, open to everybody, that names a pull request beside tickets; judged (`read`) at `at`.

    Attributes:
        channel: the chat's id of it.
        root_ts: of the thread's first message; a message that nobody has answered is a thread.
        tickets: what the thread is about, by keys or the tracker's ids; nothing where it is no such thread any more.
        url: of the message that names the pull request.
    """

    kind: Literal["thread_mention"] = "thread_mention"
    pull_request_id: PullRequestId
    channel: str
    root_ts: str
    tickets: Names = ()
    url: str = ""

    @property
    def thread(self) -> str:
        """Which thread it is."""
        return f"{self.channel}:{self.root_ts}"


class ChosenLink(Part):
    """The ticket that a pull request is for, which names none, as was said (`read`) when we asked.

    Attributes:
        link: what it does for the ticket; None: nothing after all.
    """

    kind: Literal["chosen_link"] = "chosen_link"
    pull_request_id: PullRequestId
    ticket_id: str
    link: LinkKind | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    maker: LinkMaker = LinkMaker.PERSON


class CodeComment(Part):
    """What somebody said on a pull request or an issue; of one that was deleted there are no words.

    Attributes:
        number: of the pull request or the issue.
        review_id: of the review that it came with, or that it is the words of (`words_of_review`).
    """

    kind: Literal["code_comment"] = "code_comment"
    repository_id: str
    number: int
    id: str
    author: Actor | None = None
    text: Text = ""
    url: str
    review_id: str | None = None
    created_at: AwareDatetime
    deleted: bool = False

    @property
    def rank(self) -> int:
        """Deleted is the end."""
        return int(self.deleted)

    @property
    def on_line(self) -> bool:
        """Whether it is a remark on a line."""
        return self.review_id is not None and self.id != words_of_review(self.review_id)

    @property
    def erased(self) -> "CodeComment":
        """The same without its words."""
        return self.model_copy(update={"text": "", "deleted": True})


class Issue(Part):
    """An issue of the code host, which is work like a ticket.

    Attributes:
        reason: why it was closed, in the host's word.
        gone: it was deleted, or is elsewhere now.
    """

    kind: Literal["issue"] = "issue"
    repository_id: str
    number: int
    title: Line
    text: Text = ""
    url: str
    author: Actor | None = None
    assignees: Annotated[tuple[Actor, ...], AfterValidator(first_names)] = ()
    labels: Names = ()
    created_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    reason: str | None = None
    gone: bool = False

    @property
    def rank(self) -> int:
        """Gone is the end; closed is later than open."""
        return 2 if self.gone else int(self.closed_at is not None)

    @property
    def erased(self) -> "Issue":
        """The same without its words."""
        return self.model_copy(update={"title": "", "text": "", "gone": True})


class CheckResult(StrEnum):
    """How a check ended, as far as it matters to a team."""

    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"


class Check(Part):
    """What one program says of one commit, a suite of checks or a status of the older kind.

    One that was read is the host's own summary of all of them (`ALL_CHECKS`).
    """

    kind: Literal["check"] = "check"
    repository_id: str
    commit: str
    name: Name
    result: CheckResult

    @property
    def rank(self) -> int:
        """What has ended outranks what has not."""
        return int(self.result is not CheckResult.PENDING)


class Coverage(Part):
    """How far a repository has been read: all that had changed in it by `at` is known.

    Attributes:
        read_to: the same of the last reading that found something; what is told late may bear an earlier time.
        pull_request_at: when a pull request was changed last, as that reading found it.
        issue_at: the same of issues.
    """

    kind: Literal["coverage"] = "coverage"
    repository_id: str
    read_to: AwareDatetime
    pull_request_at: AwareDatetime | None = None
    issue_at: AwareDatetime | None = None


OnePart = PullRequestFacts | PullRequestSize | MergeQueueEntry | TicketLinks | ChosenLink
"""Of which a pull request has one."""
PullRequestPart = OnePart | Review | ReviewThread | ThreadMention
"""What a pull request is put together from."""


CodePart = (
    Repository
    | RepositoryAccess
    | Coverage
    | PullRequestFacts
    | PullRequestSize
    | MergeQueueEntry
    | Review
    | ReviewThread
    | TicketLinks
    | ThreadMention
    | ChosenLink
    | Description
    | CodeComment
    | Issue
    | Check
)
"""Whatever a code host tells."""

AnyCodePart = Annotated[CodePart, Field(discriminator="kind")]


class Stage(StrEnum):
    """How far a pull request is."""

    DRAFT = "draft"
    OPEN = "open"
    REVIEW_REQUESTED = "review_requested"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    QUEUED = "queued"
    MERGED = "merged"
    CLOSED = "closed"

    @property
    def over(self) -> bool:
        """Whether nothing more is going to happen to it."""
        return self in {Stage.MERGED, Stage.CLOSED}


class PullRequest(Model):
    """All that was told of one pull request but its text; without `facts` it is not known what it is."""

    id: PullRequestId
    facts: PullRequestFacts | None = None
    size: PullRequestSize | None = None
    queue_entry: MergeQueueEntry | None = None
    reviews: dict[str, Review] = Field(default_factory=dict)
    threads: dict[str, ReviewThread] = Field(default_factory=dict)
    ticket_links: TicketLinks | None = None
    mentions: dict[str, ThreadMention] = Field(default_factory=dict)
    chosen: ChosenLink | None = None

    def with_part(self, part: PullRequestPart) -> "PullRequest":
        """The same with a part more, or with a later telling of one."""
        match part:
            case PullRequestFacts() | PullRequestSize() | MergeQueueEntry() | TicketLinks() | ChosenLink():
                return self._replacing(_FIELDS[part.kind], part)
            case ThreadMention():
                mentions = latest_of(self.mentions, part.thread, part, most=MOST_THREADS)
                return self.model_copy(update={"mentions": mentions})
            case Review():
                return self.model_copy(update={"reviews": latest_of(self.reviews, part.id, part, most=MOST_REVIEWS)})
            case ReviewThread():
                return self.model_copy(update={"threads": latest_of(self.threads, part.id, part, most=MOST_REVIEWS)})
            case _:
                assert_never(part)

    @property
    def stage(self) -> Stage:
        """How far it is, by what its reviewers said last."""
        facts, opinions = self.facts, {review.state for review in self.opinions.values()}
        if facts is None:
            return Stage.OPEN
        if facts.merged_at is not None:
            return Stage.MERGED
        if facts.closed_at is not None:
            return Stage.CLOSED
        if facts.draft:
            return Stage.DRAFT
        if self.queue_entry is not None and self.queue_entry.queued:
            return Stage.QUEUED
        if ReviewState.CHANGES_REQUESTED in opinions:
            return Stage.CHANGES_REQUESTED
        if ReviewState.APPROVED in opinions:
            return Stage.APPROVED
        return Stage.REVIEW_REQUESTED if facts.requested else Stage.OPEN

    def closes(self, ticket_id: str) -> bool:
        """Whether it finishes the work that a ticket is about."""
        link = self.link_to(ticket_id)
        return link is not None and link.kind is LinkKind.CLOSES

    def link_to(self, ticket_id: str) -> Link | None:
        """What it does for a ticket."""
        links = self.ticket_links.links if self.ticket_links else ()
        return next((each.link for each in links if each.ticket_id == ticket_id), None)

    @property
    def ticket_ids(self) -> frozenset[str]:
        """The tickets that it hangs together with in any way."""
        links = self.ticket_links
        return frozenset({*(each.ticket_id for each in links.links), *links.contradicts}) if links else frozenset()

    @property
    def awaited_keys(self) -> frozenset[str]:
        """The keys that it names, and of which there was no ticket when it was read for them."""
        return frozenset(self.ticket_links.awaits if self.ticket_links else ())

    def mentions_in(self, channel: str, root_ts: str | None = None) -> Sequence[ThreadMention]:
        """By which threads of a channel, or by which one, it is named beside tickets."""
        said = (each for each in self.mentions.values() if each.tickets and each.channel == channel)
        return [each for each in said if root_ts in {None, each.root_ts}]

    @property
    def unresolved_threads(self) -> int:
        """How many remarks wait for an answer."""
        return sum(not thread.resolved for thread in self.threads.values())

    @property
    def opinions(self) -> Mapping[str, Review]:
        """What each reviewer who has said yes or no said last; a comment takes neither back, a dismissal does."""
        last: dict[str, Review] = {}
        for review in sorted(self.reviews.values(), key=lambda review: (review.submitted_at, review.id)):
            if review.state in {ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED}:
                last[review.author.login if review.author else review.id] = review
        return last

    @property
    def people(self) -> frozenset[str]:
        """The logins, in lower case, of who wrote it, has it, is asked for a review or has given one; and of teams."""
        facts, reviewers = self.facts, {review.author for review in self.reviews.values()}
        actors = {*reviewers, facts.author, *facts.assignees} if facts else reviewers
        logins = {actor.login for actor in actors if actor is not None}
        return frozenset(login.casefold() for login in (*logins, *(facts.requested if facts else ())))

    def _replacing(self, name: str, part: Part) -> "PullRequest":
        return self.model_copy(update={name: part}) if part.supersedes(getattr(self, name)) else self


_FIELDS: Mapping[str, str] = {
    "pull_request": "facts",
    "pull_request_size": "size",
    "merge_queue_entry": "queue_entry",
    "ticket_links": "ticket_links",
    "chosen_link": "chosen",
}
"""Where a pull request keeps each kind of part of which it has one."""


class Checks(Model):
    """All that was told of the checks of one commit."""

    checks: dict[str, Check] = Field(default_factory=dict)

    def with_part(self, check: Check) -> "Checks":
        """The same with a check more, or with a later telling of one."""
        return Checks(checks=latest_of(self.checks, check.name, check, most=MOST_CHECKS))

    @property
    def result(self) -> CheckResult | None:
        """Failed if any has, passed if all have; None if there are none.

        What the host says of all of them holds until one of them is heard of that is later.
        """
        single = [check for check in self.checks.values() if not check.read]
        summary = next((check for check in self.checks.values() if check.read), None)
        if summary is not None and all(check.at <= summary.at for check in single):
            return summary.result
        results = {check.result for check in single}
        worst_first = (CheckResult.FAILED, CheckResult.PENDING, CheckResult.PASSED)
        return next((result for result in worst_first if result in results), None)


def latest_of[P: Part](known: Mapping[str, P], name: str, part: P, *, most: int) -> dict[str, P]:
    """What is known by name, with a part that counts if it is the later telling; the latest so many are kept."""
    if not part.supersedes(known.get(name)):
        return dict(known)
    parts = {**known, name: part}
    kept = sorted(parts, key=lambda name: (parts[name].version, name))[-most:]
    return {name: parts[name] for name in sorted(kept)}


def words_of_review(review_id: str) -> str:
    """By which id a comment goes that is what a review says beside its remarks on lines."""
    return f"review-{review_id}"


def pull_request_id(repository_id: str, number: int) -> PullRequestId:
    """Name a pull request."""
    return PullRequestId(f"{repository_id}:{number}")


def newest_first(pull_requests: Iterable[PullRequest]) -> Sequence[PullRequest]:
    """Those that are known, changed last first."""
    known = [(pr.facts, pr) for pr in pull_requests if pr.facts is not None]
    return [pr for _, pr in sorted(known, key=lambda pair: (pair[0].at, pair[1].id), reverse=True)]
