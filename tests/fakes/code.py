"""What a team builds, in memory."""

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from pm_assistant.domain.code import (
    Check,
    Checks,
    ChosenLink,
    CodeComment,
    CodePart,
    Commit,
    Coverage,
    Description,
    Issue,
    MergeQueueEntry,
    Part,
    PullRequest,
    PullRequestFacts,
    PullRequestId,
    PullRequestSize,
    Repository,
    RepositoryAccess,
    Review,
    ReviewThread,
    ThreadMention,
    TicketLinks,
    newest_first,
)
from pm_assistant.domain.tenants import TenantId


class FakeCode:
    """Everything in dicts, the tenant first in every key."""

    def __init__(self) -> None:
        self._pull_requests: dict[tuple[TenantId, PullRequestId], PullRequest] = {}
        self._checks: dict[tuple[TenantId, Commit], Checks] = {}
        self._alone: dict[tuple[TenantId, type[Part], str], Part] = {}

    def record(self, tenant_id: TenantId, part: CodePart, *, keep_days: int) -> None:
        """Keep a part unless we know better."""
        match part:
            case (
                PullRequestFacts()
                | PullRequestSize()
                | MergeQueueEntry()
                | Review()
                | ReviewThread()
                | TicketLinks()
                | ThreadMention()
                | ChosenLink()
            ):
                id = part.pull_request_id
                known = self._pull_requests.get((tenant_id, id), PullRequest(id=id))
                self._pull_requests[tenant_id, id] = known.with_part(part)
            case Check():
                commit = (part.repository_id, part.commit)
                checks = self._checks.get((tenant_id, commit), Checks())
                self._checks[tenant_id, commit] = checks.with_part(part)
            case _:
                self._record_alone(tenant_id, _name_of(part), part)

    def repositories(self, tenant_id: TenantId) -> Sequence[Repository]:
        """The repositories that we may read."""
        accesses = self._all(tenant_id, RepositoryAccess)
        closed = {access.repository_id for access in accesses if not access.granted}
        return [repository for repository in self._all(tenant_id, Repository) if repository.id not in closed]

    def coverage(self, tenant_id: TenantId) -> Mapping[str, Coverage]:
        """How far each repository has been read."""
        return {reading.repository_id: reading for reading in self._all(tenant_id, Coverage)}

    def pull_request(self, tenant_id: TenantId, id: PullRequestId) -> PullRequest | None:
        """One pull request."""
        return self._pull_requests.get((tenant_id, id))

    def description(self, tenant_id: TenantId, id: PullRequestId) -> str:
        """The text of a pull request."""
        found = self._alone.get((tenant_id, Description, id))
        return found.text if isinstance(found, Description) else ""

    def latest_pull_requests(
        self, tenant_id: TenantId, *, over: bool, before: str | None = None, limit: int
    ) -> Sequence[tuple[str, PullRequest]]:
        """Those that are over, or those that are not."""
        placed = sorted(
            (f"{pr.facts.at.isoformat()}#{pr.id}", pr)
            for (owner, _), pr in self._pull_requests.items()
            if owner == tenant_id and pr.facts is not None and pr.stage.over is over
        )
        return [(place, pr) for place, pr in reversed(placed) if before is None or place < before][:limit]

    def pull_requests_of(self, tenant_id: TenantId, ticket_id: str) -> Sequence[PullRequest]:
        """Those that hang together with a ticket."""
        mine = (pr for (owner, _), pr in self._pull_requests.items() if owner == tenant_id)
        return newest_first(pr for pr in mine if ticket_id in pr.ticket_ids)

    def pull_requests_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, most: int
    ) -> Mapping[str, Sequence[PullRequest]] | None:
        """Those of each of these."""
        mine = [pr for (owner, _), pr in self._pull_requests.items() if owner == tenant_id]
        first, last = min(ticket_ids, default=""), max(ticket_ids, default="")
        between = sum(first <= id <= last for pr in mine for id in pr.ticket_ids)
        return None if between > most else {id: self.pull_requests_of(tenant_id, id) for id in ticket_ids}

    def pull_requests_awaiting(self, tenant_id: TenantId, key: str) -> Sequence[PullRequest]:
        """Those that name a key that no ticket had."""
        mine = (pr for (owner, _), pr in self._pull_requests.items() if owner == tenant_id)
        return newest_first(pr for pr in mine if key in pr.awaited_keys)

    def pull_requests_with(self, tenant_id: TenantId, login: str) -> Sequence[PullRequest]:
        """Those that somebody has to do with."""
        mine = (pr for (owner, _), pr in self._pull_requests.items() if owner == tenant_id)
        return newest_first(pr for pr in mine if login.casefold() in pr.people)

    def pull_requests_named_in(
        self, tenant_id: TenantId, channel: str, *, root_ts: str | None = None
    ) -> Sequence[PullRequest]:
        """Those that a thread names beside tickets."""
        mine = [pr for (owner, _), pr in sorted(self._pull_requests.items()) if owner == tenant_id]
        return [pr for pr in mine if pr.mentions_in(channel, root_ts)]

    def checks(self, tenant_id: TenantId, commits: Collection[Commit]) -> Mapping[Commit, Checks]:
        """The checks of the commits."""
        return {commit: self._checks[tenant_id, commit] for commit in commits if (tenant_id, commit) in self._checks}

    def comments(self, tenant_id: TenantId, repository_id: str, number: int) -> Sequence[CodeComment]:
        """What was said there."""
        comments = [
            comment
            for comment in self._all(tenant_id, CodeComment)
            if (comment.repository_id, comment.number) == (repository_id, number)
        ]
        return sorted(comments, key=lambda comment: (comment.created_at, comment.id))

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, CodeComment]]:
        """All comments."""
        comments = self._all(tenant_id, CodeComment)
        placed = sorted((f"{c.repository_id}:{c.number:010d}:{c.id}", c) for c in comments)
        return [(place, comment) for place, comment in placed if after is None or place > after][:limit]

    def is_gone(self, tenant_id: TenantId, repository_id: str, number: int) -> bool:
        """Whether an issue went."""
        found = self._alone.get((tenant_id, Issue, f"{repository_id}:{number}"))
        return isinstance(found, Issue) and found.gone

    def issues(self, tenant_id: TenantId) -> Sequence[Issue]:
        """The issues that are there."""
        return [issue for issue in self._all(tenant_id, Issue) if not issue.gone]

    def everything(self, tenant_id: TenantId) -> Sequence[Repository | PullRequest | Issue | CodeComment]:
        """What a tenant takes along to read."""
        pull_requests = [pr for (owner, _), pr in self._pull_requests.items() if owner == tenant_id]
        issues, comments = self._all(tenant_id, Issue), self._all(tenant_id, CodeComment)
        return [*pull_requests, *self._all(tenant_id, Repository), *issues, *comments]

    def _record_alone(self, tenant_id: TenantId, id: str, part: Part) -> None:
        key = (tenant_id, type(part), id)
        if part.supersedes(self._alone.get(key)):
            self._alone[key] = part

    def _all[P: Part](self, tenant_id: TenantId, kind: type[P]) -> Sequence[P]:
        return [part for (owner, _, _), part in self._alone.items() if owner == tenant_id and isinstance(part, kind)]


def _name_of(part: Repository | RepositoryAccess | Coverage | Description | Issue | CodeComment) -> str:
    match part:
        case Repository():
            return part.id
        case RepositoryAccess() | Coverage():
            return part.repository_id
        case Description():
            return part.pull_request_id
        case Issue():
            return f"{part.repository_id}:{part.number}"
        case CodeComment():
            return f"{part.repository_id}:{part.number}:{part.id}"
        case _:
            assert_never(part)
