"""What a team builds, as the code host told it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from pm_assistant.domain.code import (
    Checks,
    CodeComment,
    CodePart,
    Commit,
    Coverage,
    Issue,
    PullRequest,
    PullRequestId,
    Repository,
)
from pm_assistant.domain.tenants import TenantId


class Code(Protocol):
    """Repositories, pull requests and issues, as they are now; the order in which they were told does not matter."""

    def record(self, tenant_id: TenantId, part: CodePart, *, keep_days: int) -> None:
        """Keep a part, unless a later telling of it is known; what people said is kept for so many days.

        Raises:
            Conflict: others kept changing the same pull request; repeat.
        """
        ...

    def repositories(self, tenant_id: TenantId) -> Sequence[Repository]:
        """The repositories that we may read, as far as we know."""
        ...

    def coverage(self, tenant_id: TenantId) -> Mapping[str, Coverage]:
        """How far each repository has been read, by its id; of one that never was there is nothing."""
        ...

    def pull_request(self, tenant_id: TenantId, id: PullRequestId) -> PullRequest | None:
        """One pull request."""
        ...

    def description(self, tenant_id: TenantId, id: PullRequestId) -> str:
        """The text of a pull request; empty where we know of none."""
        ...

    def latest_pull_requests(
        self, tenant_id: TenantId, *, over: bool, before: str | None = None, limit: int
    ) -> Sequence[tuple[str, PullRequest]]:
        """Those that are over, or those that are not, each with its place, changed last first; from below a place on.

        There are fewer than `limit` at the end alone. What was told a moment ago may be missing.
        """
        ...

    def pull_requests_of(self, tenant_id: TenantId, ticket_id: str) -> Sequence[PullRequest]:
        """Those that hang together with a ticket, changed last first."""
        ...

    def pull_requests_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, most: int
    ) -> Mapping[str, Sequence[PullRequest]] | None:
        """Those of each of these tickets, as `pull_requests_of` has them, read at once.

        None where more than `most` are noted for all tickets whose ids lie between these.
        """
        ...

    def pull_requests_awaiting(self, tenant_id: TenantId, key: str) -> Sequence[PullRequest]:
        """Those that name a ticket by a key that no ticket had when they were read for it, changed last first."""
        ...

    def pull_requests_with(self, tenant_id: TenantId, login: str) -> Sequence[PullRequest]:
        """Those that somebody wrote, has, is asked to review or has reviewed, changed last first, by the login.

        Of those that are over only the ones of a month, or some more.
        """
        ...

    def pull_requests_named_in(
        self, tenant_id: TenantId, channel: str, *, root_ts: str | None = None
    ) -> Sequence[PullRequest]:
        """Those that a thread of the chat, or any of a channel, names beside tickets, by their ids.

        Also of those of which nothing else is known.
        """
        ...

    def checks(self, tenant_id: TenantId, commits: Collection[Commit]) -> Mapping[Commit, Checks]:
        """The checks of those of the commits that have any."""
        ...

    def comments(self, tenant_id: TenantId, repository_id: str, number: int) -> Sequence[CodeComment]:
        """What was said on a pull request or an issue, oldest first; of what was deleted no words are left."""
        ...

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, CodeComment]]:
        """All comments, deleted ones included, each with its place; so many from behind a place on."""
        ...

    def is_gone(self, tenant_id: TenantId, repository_id: str, number: int) -> bool:
        """Whether an issue was there and is so no more; of a number of which no issue is known nothing went."""
        ...

    def issues(self, tenant_id: TenantId) -> Sequence[Issue]:
        """The issues that are there."""
        ...
