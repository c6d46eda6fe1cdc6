"""What a team builds, on DynamoDB.

A pull request is one row, `PULL#<repository>#<number>`, with all that is told of it but its text (`PULLTEXT#…`); the
checks of a commit are one, `CHECKS#<repository>#<hash>`. Rows of several parts are read, added to and written back only
if nobody else has written them meanwhile. Pull requests stand in the index by whether they are over.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import assert_never

from pm_assistant.aws import tables
from pm_assistant.aws.rows import PartRow
from pm_assistant.aws.stored import stored
from pm_assistant.aws.tables import Row
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
    PullRequest,
    PullRequestFacts,
    PullRequestId,
    PullRequestPart,
    PullRequestSize,
    Repository,
    RepositoryAccess,
    Review,
    ReviewThread,
    ThreadMention,
    TicketLinks,
    newest_first,
)
from pm_assistant.domain.errors import Contention
from pm_assistant.domain.tenants import TenantId

ATTEMPTS = 4
"""How often a row is read again that changes meanwhile."""
TOLD_OF = timedelta(days=31)
"""How long people lead to a pull request that is over."""
CHECKS_KEPT = timedelta(days=90)
"""After that nobody asks what the checks of a commit said."""


class DynamoCode:
    """What a team builds (`Code`)."""

    def record(self, tenant_id: TenantId, part: CodePart, *, keep_days: int) -> None:
        """Keep a part: one request, or two for what shares its row with other parts."""
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
                _record_of_pull_request(tenant_id, part)
            case Check():
                _record_check(tenant_id, part)
            case CodeComment():
                sk = f"{_comments(part.repository_id, part.number)}{part.id}"
                _record_alone(tenant_id, sk, part, keep_days=keep_days)
            case _:
                _record_alone(tenant_id, _sk_alone(part), part)

    def repositories(self, tenant_id: TenantId) -> Sequence[Repository]:
        """The repositories that we may read, in one request: the two kinds of rows are neighbours."""
        rows = Row.among(tenant_id, Row.sk.between("REPOACCESS#", "REPOSITORY#~"))
        repositories = [stored(Repository, row.data) for row in rows if row.sk.startswith("REPOSITORY#")]
        accesses = [stored(RepositoryAccess, row.data) for row in rows if row.sk.startswith("REPOACCESS#")]
        closed = {access.repository_id for access in accesses if not access.granted}
        return [repository for repository in repositories if repository.id not in closed]

    def coverage(self, tenant_id: TenantId) -> Mapping[str, Coverage]:
        """How far each repository has been read, in one request."""
        readings = (stored(Coverage, row.data) for row in _rows(tenant_id, "CODEREAD#"))
        return {reading.repository_id: reading for reading in readings}

    def pull_request(self, tenant_id: TenantId, id: PullRequestId) -> PullRequest | None:
        """One pull request, in one request."""
        row = Row.find(tenant_id, _sk("PULL", id))
        return stored(PullRequest, row.data) if row else None

    def description(self, tenant_id: TenantId, id: PullRequestId) -> str:
        """The text of a pull request, in one request."""
        row = Row.find(tenant_id, _sk("PULLTEXT", id))
        return stored(Description, row.data).text if row else ""

    def latest_pull_requests(
        self, tenant_id: TenantId, *, over: bool, before: str | None = None, limit: int
    ) -> Sequence[tuple[str, PullRequest]]:
        """Those that are over, or not, through the index."""
        keys = Row.gsi_sk < before if before else None
        rows = Row.indexed(_index(tenant_id, over=over), keys, each=limit, last_first=True)
        return [(row.gsi_sk, stored(PullRequest, row.data)) for row in islice(rows, limit)]

    def pull_requests_of(self, tenant_id: TenantId, ticket_id: str) -> Sequence[PullRequest]:
        """Those that hang together with a ticket: two requests, the second for a hundred pull requests."""
        noted = _noted_under(tenant_id, ticket_id)
        return newest_first(pull_request for pull_request in noted if ticket_id in pull_request.ticket_ids)

    def pull_requests_among(
        self, tenant_id: TenantId, ticket_ids: Collection[str], *, most: int
    ) -> Mapping[str, Sequence[PullRequest]] | None:
        """Those of each: two requests for all, the second for a hundred pull requests."""
        noted = Row.below_each(tenant_id, "TICKETPULL", ticket_ids, most=most)
        if noted is None:
            return None
        found = _whole(tenant_id, (row for rows in noted.values() for row in rows))
        return {id: newest_first(each for each in found if id in each.ticket_ids) for id in noted}

    def pull_requests_awaiting(self, tenant_id: TenantId, key: str) -> Sequence[PullRequest]:
        """Those that name a key that no ticket had: one request where there are none, as for nearly every key."""
        noted = _noted_under(tenant_id, _awaited(key))
        return newest_first(pull_request for pull_request in noted if key in pull_request.awaited_keys)

    def pull_requests_with(self, tenant_id: TenantId, login: str) -> Sequence[PullRequest]:
        """Those that somebody has to do with: two requests, the second for a hundred pull requests."""
        noted = _noted_under(tenant_id, _person(login.casefold()))
        return newest_first(pull_request for pull_request in noted if login.casefold() in pull_request.people)

    def pull_requests_named_in(
        self, tenant_id: TenantId, channel: str, *, root_ts: str | None = None
    ) -> Sequence[PullRequest]:
        """Those that a thread names beside tickets: one request where there are none."""
        noted = _noted_under(tenant_id, f"thread:{channel}", root_ts)
        return sorted((pr for pr in noted if pr.mentions_in(channel, root_ts)), key=lambda pr: pr.id)

    def checks(self, tenant_id: TenantId, commits: Collection[Commit]) -> Mapping[Commit, Checks]:
        """The checks of the commits, a hundred commits a request."""
        by_key = {_checks_sk(commit): commit for commit in commits}
        rows = Row.find_all(tenant_id, by_key)
        return {by_key[row.sk]: stored(Checks, row.data) for row in rows}

    def comments(self, tenant_id: TenantId, repository_id: str, number: int) -> Sequence[CodeComment]:
        """What was said there, in one request."""
        rows = _rows(tenant_id, _comments(repository_id, number))
        comments = (stored(CodeComment, row.data) for row in rows)
        return sorted(comments, key=lambda comment: (comment.created_at, comment.id))

    def comments_page(
        self, tenant_id: TenantId, *, after: str | None = None, limit: int
    ) -> Sequence[tuple[str, CodeComment]]:
        """All comments in the order of repositories and numbers."""
        rows = Row.page(tenant_id, "CODECOMMENT", after=after, limit=limit)
        return [(row.sk.removeprefix("CODECOMMENT#"), stored(CodeComment, row.data)) for row in rows]

    def is_gone(self, tenant_id: TenantId, repository_id: str, number: int) -> bool:
        """Whether an issue went, in one request."""
        row = Row.find(tenant_id, _issue(repository_id, number))
        return row is not None and stored(Issue, row.data).gone

    def issues(self, tenant_id: TenantId) -> Sequence[Issue]:
        """The issues that are there."""
        issues = (stored(Issue, row.data) for row in _rows(tenant_id, "ISSUE#"))
        return [issue for issue in issues if not issue.gone]


def _record_of_pull_request(tenant_id: TenantId, part: PullRequestPart) -> None:
    id = part.pull_request_id
    if isinstance(part, TicketLinks):
        _note_pull_request_of_tickets(tenant_id, part)
    elif isinstance(part, ThreadMention):
        name = f"thread:{part.channel}#{part.root_ts}"
        Row(tables.partition(tenant_id), f"TICKETPULL#{name}#{id}").put()

    def written(before: Row | None) -> Row | None:
        known = stored(PullRequest, before.data) if before else PullRequest(id=id)
        updated = known.with_part(part)
        if updated == known:
            return None
        row = Row(tables.partition(tenant_id), _sk("PULL", id), data=updated.model_dump_json(exclude_defaults=True))
        if updated.facts is not None:
            row.gsi_pk = _index(tenant_id, over=updated.stage.over)
            row.gsi_sk = f"{tables.stamp(updated.facts.at)}#{id}"
        _note_pull_request_of_people(tenant_id, updated, before=known)
        return row

    _change(tenant_id, _sk("PULL", id), written)


def _note_pull_request_of_tickets(tenant_id: TenantId, links: TicketLinks) -> None:
    """Have the tickets lead to the pull request; whether it still names them, its own row says.

    They are noted first, so that whatever that row names leads back to it.
    """
    names = {*(each.ticket_id for each in links.links), *links.contradicts, *map(_awaited, links.awaits)}
    pk = tables.partition(tenant_id)
    Row.put_all(Row(pk, f"TICKETPULL#{name}#{links.pull_request_id}") for name in names)


def _note_pull_request_of_people(tenant_id: TenantId, updated: PullRequest, *, before: PullRequest) -> None:
    """Have people lead to the pull request, as tickets do; for so long as somebody may be told of it."""
    over, was_over = updated.stage.over, before.stage.over
    people = updated.people if over != was_over else updated.people - before.people
    ends_at = updated.facts.at + TOLD_OF if over and updated.facts else None
    pk = tables.partition(tenant_id)
    rows = [Row(pk, f"TICKETPULL#{_person(login)}#{updated.id}", expires_at=ends_at) for login in people]
    if rows:
        Row.put_all(rows)


def _noted_under(tenant_id: TenantId, name: str, further: str | None = None) -> Iterable[PullRequest]:
    prefix = f"TICKETPULL#{name}#" + (f"{further}#" if further else "")
    return _whole(tenant_id, _rows(tenant_id, prefix))


def _whole(tenant_id: TenantId, noted: Iterable[Row]) -> Sequence[PullRequest]:
    """The pull requests that rows lead to."""
    ids = {PullRequestId(row.sk.rpartition("#")[2]) for row in noted}
    rows = Row.find_all(tenant_id, (_sk("PULL", id) for id in ids)) if ids else ()
    return [stored(PullRequest, row.data) for row in rows]


def _awaited(key: str) -> str:
    """What a key is noted as while no ticket has it; no id of a ticket looks like that."""
    return f"key:{key}"


def _person(login: str) -> str:
    """What a login is noted as; no id of a ticket looks like that."""
    return f"person:{login}"


def _record_check(tenant_id: TenantId, check: Check) -> None:
    sk = _checks_sk((check.repository_id, check.commit))

    def written(before: Row | None) -> Row | None:
        known = stored(Checks, before.data) if before else Checks()
        updated = known.with_part(check)
        if updated == known:
            return None
        data = updated.model_dump_json(exclude_defaults=True)
        return Row(tables.partition(tenant_id), sk, data=data, expires_at=check.at + CHECKS_KEPT)

    _change(tenant_id, sk, written)


def _change(tenant_id: TenantId, sk: str, written: Callable[[Row | None], Row | None]) -> None:
    for _ in range(ATTEMPTS):
        before = Row.find(tenant_id, sk)
        row = written(before)
        if row is None:
            return
        if row.put_over(before) if before else row.put(Row.pk.does_not_exist() | (Row.data == row.data)):
            return
    raise Contention("others keep changing it")


def _record_alone(tenant_id: TenantId, sk: str, part: CodePart, *, keep_days: int | None = None) -> None:
    row = PartRow(
        tables.partition(tenant_id), sk, version=part.version, data=part.model_dump_json(exclude_defaults=True)
    )
    if keep_days is not None:
        row.expires_at = part.at + timedelta(days=keep_days)
    later = PartRow.version < row.version
    row.put(tables.absent_or(later | (PartRow.version == row.version) if part.read else later))


def _sk_alone(part: Repository | RepositoryAccess | Coverage | Description | Issue) -> str:
    match part:
        case Repository():
            return f"REPOSITORY#{part.id}"
        case RepositoryAccess():
            return f"REPOACCESS#{part.repository_id}"
        case Coverage():
            return f"CODEREAD#{part.repository_id}"
        case Description():
            return _sk("PULLTEXT", part.pull_request_id)
        case Issue():
            return _issue(part.repository_id, part.number)
        case _:
            assert_never(part)


def _rows(tenant_id: TenantId, prefix: str) -> Iterable[Row]:
    return Row.each(tenant_id, Row.sk.startswith(prefix))


def _sk(kind: str, id: PullRequestId) -> str:
    repository_id, _, number = id.rpartition(":")
    return f"{kind}#{repository_id}#{_number(int(number))}"


def _number(number: int) -> str:
    """Spell a number so that it sorts as text."""
    return f"{number:010d}"


def _issue(repository_id: str, number: int) -> str:
    return f"ISSUE#{repository_id}#{_number(number)}"


def _comments(repository_id: str, number: int) -> str:
    return f"CODECOMMENT#{repository_id}#{_number(number)}#"


def _checks_sk(commit: Commit) -> str:
    return f"CHECKS#{commit[0]}#{commit[1]}"


def _index(tenant_id: TenantId, *, over: bool) -> str:
    return tables.recent(tenant_id, "PULL#over" if over else "PULL#open")
