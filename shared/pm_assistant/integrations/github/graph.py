"""What is asked of GitHub by GraphQL, and what the answers mean in the product's words.

Both documents are held against GitHub's own schema by a test. A page of pull requests costs seven points, which is a
hundredth of the lists in it ("Rate limits and query limits for the GraphQL API").
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.alias_generators import to_camel

from pm_assistant.domain.bots import Actor
from pm_assistant.domain.catch_up import Discussion, News
from pm_assistant.domain.code import (
    ALL_CHECKS,
    Check,
    CheckResult,
    CodeComment,
    CodePart,
    Description,
    MergeQueueEntry,
    PullRequestFacts,
    PullRequestSize,
    Repository,
    Review,
    ReviewThread,
    pull_request_id,
)
from pm_assistant.integrations.github.payloads import (
    CONCLUSIONS,
    INSIDERS,
    names_of,
    review_state,
    review_words,
)
from pm_assistant.integrations.webhooks import Payload

PULL_REQUESTS_A_PAGE = 25
NOTHING_TOLD = datetime.max.replace(tzinfo=UTC)
"""Since when there are comments of which we are shown none."""

PULL_REQUESTS = """
query PullRequests(
  $owner: String!, $name: String!, $first: Int!, $after: String,
  $states: [PullRequestState!], $direction: OrderDirection!
) {
  repository(owner: $owner, name: $name) {
    databaseId
    pullRequests(
      first: $first, after: $after, states: $states, orderBy: {field: UPDATED_AT, direction: $direction}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id number url title body isDraft isInMergeQueue isCrossRepository
        createdAt updatedAt closedAt mergedAt headRefName headRefOid baseRefName
        additions deletions changedFiles authorAssociation
        author { ...Account } mergedBy { ...Account }
        assignees(first: 10) { nodes { ...Account } }
        labels(first: 20) { nodes { name } }
        reviewRequests(first: 10) {
          nodes { requestedReviewer { ...Account ... on Team { name } } }
        }
        latestOpinionatedReviews(first: 10) { nodes { ...Opinion } }
        reviews(last: 20) { nodes { ...Opinion } }
        comments(last: 30) {
          nodes { fullDatabaseId body url createdAt updatedAt author { ...Account } }
        }
        reviewThreads(last: 20) {
          nodes {
            id isResolved
            comments(first: 5) {
              nodes {
                fullDatabaseId body url createdAt updatedAt author { ...Account }
                pullRequestReview { fullDatabaseId }
              }
            }
          }
        }
        statusCheckRollup { state }
      }
    }
  }
}
fragment Opinion on PullRequestReview {
  fullDatabaseId state body url submittedAt author { ...Account }
}
fragment Account on Actor {
  __typename login
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}
"""

_NEWS_OF_ONE = """
fragment Place on Repository {
  databaseId
  pullRequest: pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) @include(if: $pulls) {
    nodes { updatedAt }
  }
  dormantPullRequest: pullRequests(
    first: 1, states: OPEN, orderBy: {field: UPDATED_AT, direction: ASC}
  ) @include(if: $pulls) { nodes { updatedAt } }
  issue: issues(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) @include(if: $issues) {
    nodes { updatedAt }
  }
  dormantIssue: issues(
    first: 1, states: OPEN, orderBy: {field: UPDATED_AT, direction: ASC}
  ) @include(if: $issues) { nodes { updatedAt } }
}
"""
PULLS, ISSUES = frozenset({"pullRequest", "dormantPullRequest"}), frozenset({"issue", "dormantIssue"})
"""The fields of the above that a permission each is needed for."""


def news_document(count: int) -> str:
    """The document that asks for the news of so many repositories."""
    declared = "".join(f", $owner{number}: String!, $name{number}: String!" for number in range(count))
    places = "\n".join(
        f"  r{number}: repository(owner: $owner{number}, name: $name{number}) {{ ...Place }}" for number in range(count)
    )
    return f"query News($pulls: Boolean!, $issues: Boolean!{declared}) {{\n{places}\n}}\n{_NEWS_OF_ONE}"


_SAID = "comments(last: 100) { totalCount nodes { fullDatabaseId createdAt } }"
_REMARKS = "comments(first: 20) { totalCount nodes { fullDatabaseId } }"
_REMARKED = f"reviewThreads(first: 20) {{ totalCount nodes {{ {_REMARKS} }} }}"


def discussions_document(issues: Collection[int], pull_requests: Collection[int]) -> str:
    """The document that asks what is said on these; where it is about issues, also whether we may read any."""
    asked = [f"d{number}: issue(number: {number}) {{ {_SAID} }}" for number in sorted(issues)]
    on_both = f"{{ {_SAID} {_REMARKED} }}"
    asked += [f"d{number}: pullRequest(number: {number}) {on_both}" for number in sorted(pull_requests)]
    if issues:
        asked.append("issues(first: 1) { totalCount }")
    fields = "\n    ".join(["databaseId", *asked])
    return f"""
query Discussions($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{
    {fields}
  }}
}}
"""


def place_of(repository: Repository, suffix: str = "") -> Mapping[str, str]:
    """A repository as variables name it."""
    owner, _, name = repository.name.partition("/")
    return {f"owner{suffix}": owner, f"name{suffix}": name}


class Node(Payload):
    """Something in an answer, with its fields spelt as here."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Nodes[T](Node):
    """A list; what we may not see is null in it."""

    nodes: tuple[T | None, ...] = ()

    def there(self) -> Iterator[T]:
        """What we may see."""
        return (node for node in self.nodes if node is not None)


class Moment(Node):
    """Something of which nothing else is asked."""

    updated_at: AwareDatetime


class Place(Node):
    """A repository and its news."""

    database_id: int
    pull_request: Nodes[Moment] = Field(default_factory=Nodes[Moment])
    dormant_pull_request: Nodes[Moment] = Field(default_factory=Nodes[Moment])
    issue: Nodes[Moment] = Field(default_factory=Nodes[Moment])
    dormant_issue: Nodes[Moment] = Field(default_factory=Nodes[Moment])

    @property
    def news(self) -> News:
        """The same in the product's words."""
        return News(
            pull_request_at=_first(self.pull_request),
            dormant_pull_request_at=_first(self.dormant_pull_request),
            issue_at=_first(self.issue),
            dormant_issue_at=_first(self.dormant_issue),
        )


class Account(Node):
    """A person or an app, which is called here without what its login ends in elsewhere; or a team, with a name."""

    typename: str = Field(default="", alias="__typename")
    login: str = ""
    name: str = ""
    database_id: int | None = None

    @property
    def actor(self) -> Actor | None:
        """The same in the product's words."""
        if not self.login:
            return None
        bot = self.typename == "Bot"
        login = f"{self.login}[bot]" if bot and not self.login.endswith("[bot]") else self.login
        id = None if self.database_id is None else str(self.database_id)
        return Actor(login=login, id=id, bot=bot)


class Request(Node):
    """Whose review is awaited; a team that we may not know of is nobody."""

    requested_reviewer: Account = Field(default_factory=Account)


class Named(Node):
    """A label."""

    name: str = ""


class Numbered(Node):
    """Something by its number."""

    full_database_id: int | None = None


class Opinion(Numbered):
    """A review; one that was begun and not sent bears no time."""

    state: str = ""
    body: str = ""
    url: str = ""
    submitted_at: AwareDatetime | None = None
    author: Account = Field(default_factory=Account)


class Remark(Numbered):
    """A comment."""

    body: str = ""
    url: str = ""
    created_at: AwareDatetime
    updated_at: AwareDatetime
    author: Account = Field(default_factory=Account)
    pull_request_review: Numbered = Field(default_factory=Numbered)


class Said(Numbered):
    """A comment of which no more is asked than when it was made."""

    created_at: AwareDatetime


class Counted[T](Nodes[T]):
    """A part of a list, and how much there is in all."""

    total_count: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it is all that there is, and we may see it."""
        return len(list(self.there())) == self.total_count


class Remarked(Node):
    """Remarks on a line of which nothing is asked but which they are."""

    comments: Counted[Numbered] = Field(default_factory=Counted[Numbered])


class Discussed(Node):
    """An issue or a pull request of which no more is asked than what is said on it."""

    comments: Counted[Said] = Field(default_factory=Counted[Said])
    review_threads: Counted[Remarked] | None = None

    @property
    def discussion(self) -> Discussion:
        """The same in the product's words."""
        latest = [comment for comment in self.comments.there() if comment.full_database_id is not None]
        comments = frozenset(str(comment.full_database_id) for comment in latest)
        if len(latest) == self.comments.total_count:
            return Discussion(comments=comments, remarks=self._remarks)
        since = latest[0].created_at if latest else NOTHING_TOLD
        return Discussion(comments=comments, since=since, remarks=self._remarks)

    @property
    def _remarks(self) -> frozenset[str] | None:
        threads = self.review_threads
        if threads is None or not threads.is_whole or not all(each.comments.is_whole for each in threads.there()):
            return None
        return frozenset(str(each.full_database_id) for thread in threads.there() for each in thread.comments.there())


class Thread(Node):
    """Remarks on a line."""

    id: str
    is_resolved: bool = False
    comments: Nodes[Remark] = Field(default_factory=Nodes[Remark])


class Rollup(Node):
    """All checks of the last commit."""

    state: str = ""


class PullRequestRow(Node):
    """A pull request with all that is asked of it."""

    number: int
    url: str = ""
    title: str = ""
    body: str = ""
    is_draft: bool = False
    is_in_merge_queue: bool = False
    is_cross_repository: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    merged_at: AwareDatetime | None = None
    head_ref_name: str = ""
    head_ref_oid: str = ""
    base_ref_name: str = ""
    additions: int = 0
    deletions: int = 0
    changed_files: int = 0
    author_association: str = ""
    author: Account = Field(default_factory=Account)
    merged_by: Account = Field(default_factory=Account)
    assignees: Nodes[Account] = Field(default_factory=Nodes[Account])
    labels: Nodes[Named] = Field(default_factory=Nodes[Named])
    review_requests: Nodes[Request] = Field(default_factory=Nodes[Request])
    latest_opinionated_reviews: Nodes[Opinion] = Field(default_factory=Nodes[Opinion])
    reviews: Nodes[Opinion] = Field(default_factory=Nodes[Opinion])
    comments: Nodes[Remark] = Field(default_factory=Nodes[Remark])
    review_threads: Nodes[Thread] = Field(default_factory=Nodes[Thread])
    status_check_rollup: Rollup | None = None


class PageInfo(Node):
    """Where the following page begins."""

    has_next_page: bool = False
    end_cursor: str = ""


class PullRequestRows(Node):
    """A page of pull requests."""

    page_info: PageInfo = Field(default_factory=PageInfo)
    nodes: tuple[object, ...] = ()


class WithPullRequests(Node):
    """A repository and a page of its pull requests."""

    database_id: int
    pull_requests: PullRequestRows


def pull_request_parts(repository_id: str, row: PullRequestRow, at: datetime) -> Sequence[CodePart]:
    """A pull request with all that hangs on it, as it was at that moment."""
    id = pull_request_id(repository_id, row.number)
    of_it: dict[str, Any] = {"pull_request_id": id, "at": row.updated_at, "read": True}
    assignees = (account.actor for account in row.assignees.there())
    asked = [request.requested_reviewer for request in row.review_requests.there()]
    people, teams = ([account for account in asked if bool(account.login) is is_one] for is_one in (True, False))
    opinions = {
        opinion.full_database_id: opinion
        for opinion in (*row.latest_opinionated_reviews.there(), *row.reviews.there())
        if opinion.full_database_id is not None
    }
    facts = PullRequestFacts(
        repository_id=repository_id,
        number=row.number,
        at=row.updated_at,
        read=True,
        title=row.title,
        url=row.url,
        author=row.author.actor,
        draft=row.is_draft,
        closed_at=row.closed_at,
        merged_at=row.merged_at,
        created_at=row.created_at,
        branch=row.head_ref_name,
        head=row.head_ref_oid,
        base=row.base_ref_name,
        from_fork=row.is_cross_repository,
        by_outsider=row.author_association not in INSIDERS,
        assignees=tuple(actor for actor in assignees if actor is not None),
        requested=names_of((*(account.actor.login for account in people if account.actor), *(t.name for t in teams))),
        labels=names_of(label.name for label in row.labels.there()),
    )
    size = PullRequestSize(
        **of_it,
        additions=row.additions,
        deletions=row.deletions,
        changed_files=row.changed_files,
        merged_by=row.merged_by.actor,
    )
    reviews = [
        (
            Review(
                **of_it,
                id=str(opinion.full_database_id),
                author=opinion.author.actor,
                state=review_state(opinion.state),
                submitted_at=opinion.submitted_at,
                url=opinion.url,
            ),
            opinion.body,
        )
        for opinion in opinions.values()
        if opinion.submitted_at is not None
    ]
    threads = [
        ReviewThread(**of_it, id=thread.id, resolved=thread.is_resolved) for thread in row.review_threads.there()
    ]
    remarks = [
        *row.comments.there(),
        *(remark for thread in row.review_threads.there() for remark in thread.comments.there()),
    ]
    return [
        facts,
        size,
        MergeQueueEntry(**of_it, queued=row.is_in_merge_queue),
        Description(**of_it, text=row.body),
        *(review for review, _ in reviews),
        *(review_words(review, row.number, body) for review, body in reviews if body),
        *threads,
        *(_comment(repository_id, row.number, remark) for remark in remarks if remark.full_database_id is not None),
        *_checks(repository_id, row, at),
    ]


def _comment(repository_id: str, number: int, remark: Remark) -> CodeComment:
    review_id = remark.pull_request_review.full_database_id
    return CodeComment(
        repository_id=repository_id,
        number=number,
        id=str(remark.full_database_id),
        at=remark.updated_at,
        read=True,
        author=remark.author.actor,
        text=remark.body,
        url=remark.url,
        review_id=None if review_id is None else str(review_id),
        created_at=remark.created_at,
    )


def _checks(repository_id: str, row: PullRequestRow, at: datetime) -> Sequence[Check]:
    """The summary of the last commit's checks, which is of the moment of asking: they do not move the pull request."""
    if row.status_check_rollup is None or not row.head_ref_oid:
        return ()
    result = CONCLUSIONS.get(row.status_check_rollup.state.casefold(), CheckResult.PENDING)
    summary = Check(
        repository_id=repository_id, commit=row.head_ref_oid, name=ALL_CHECKS, at=at, read=True, result=result
    )
    return (summary,)


def _first(moments: Nodes[Moment]) -> datetime | None:
    return next((moment.updated_at for moment in moments.there()), None)
