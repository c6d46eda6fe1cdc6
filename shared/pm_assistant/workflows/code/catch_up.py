"""Read what a team builds, beside what the code host tells of it: all of it at first, then what has changed.

A step takes one request, keeps what came of it as if it had been told, and notes where the next one goes on: so what is
interrupted is asked for once more, and nothing else is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from pm_assistant.domain.catch_up import MOST_REPOSITORIES_AT_ONCE, CodeList, News, Position
from pm_assistant.domain.code import (
    CodeComment,
    CodePart,
    Coverage,
    Issue,
    PullRequestFacts,
    Repository,
    RepositoryAccess,
)
from pm_assistant.domain.errors import AccessRevoked, NotFound, UpstreamRejected
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.jobs import Job, Step
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Connection
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.connections.availability import leave_to_live_work

LATE = timedelta(minutes=10)
"""What was changed may be listed so much later than it says."""
LOOKS_BACK = timedelta(days=90)
"""How long ago what is over may have been changed last, for a first reading to bring it."""
MOST_PAGES = 30
"""Of one list of one repository; what else there is was changed longer ago."""


class Counts(Model):
    """How much was read."""

    repositories: int = 0
    pull_requests: int = 0
    issues: int = 0
    comments: int = 0

    def plus(self, parts: Sequence[CodePart]) -> "Counts":
        """With those in a page."""
        kinds = {"pull_requests": PullRequestFacts, "issues": Issue, "comments": CodeComment}
        more = {name: sum(isinstance(part, kind) for part in parts) for name, kind in kinds.items()}
        return self.model_copy(update={name: getattr(self, name) + count for name, count in more.items()})


class ToRead(Model):
    """A list, and the moment at which it begins or ends."""

    things: CodeList
    bound: AwareDatetime


class Due(Model):
    """A repository in which there is something to read, and what is left of it."""

    repository: Repository
    news: News
    lists: tuple[ToRead, ...]


class Reading(Model):
    """How far a reading has come; the cursor of its job.

    Attributes:
        at: what had changed by then is known when all is read, by the host's clock.
        listed: ids of the repositories that are there, while they are listed.
        page: the host's cursor in the list that is read.
        is_listed: whether the list of repositories has been read to its end.
        behind: id of the last repository whose news were asked for.
        is_asked: whether there is none behind it.
        due: the repositories with news that are to be read.
        pages: how many of the first one's first list have been read.
        done: how many repositories are behind it, of `counts.repositories`.
    """

    at: AwareDatetime | None = None
    listed: tuple[str, ...] = ()
    page: str | None = None
    is_listed: bool = False
    behind: str = ""
    is_asked: bool = False
    due: tuple[Due, ...] = ()
    pages: int = 0
    done: int = 0
    counts: Counts = Field(default_factory=Counts)


def catch_up(job: Job, unit: Unit) -> Step:
    """Take a reading of the code host one request further.

    First the repositories are listed, unless that has only just been done, so that those that went away are known to
    have; then a hundred of them at a time are asked for their news, and where there are any, they are read, newest
    first. What is open is read however old it is. A repository that cannot be read costs that repository, a bad row
    that row; both are named in the results.

    Raises:
        AccessRevoked: the host no longer accepts our credentials.
        RateLimited: it wants to be asked later, or what it still allows is for what happens now; repeat.
        UpstreamUnavailable: it did not answer; repeat.
    """
    host = unit.provider(Role.CODE_HOST)
    connected = [each for each in unit.stores.connections.all(unit.tenant_id) if each.provider is host]
    if not connected:
        return Step(done=0, total=0, results=({"missing": [host.value]},))
    leave_to_live_work(connected, unit)
    reading = job.progress(Reading) or _begun_by(connected[0], unit)
    if not reading.is_listed:
        reading, flaws = _list(reading, connected[0], unit)
    elif reading.due:
        reading, flaws = _read(reading, unit)
    else:
        reading, flaws = _ask_for_news(reading, unit)
    results = [{"flaws": [flaw.model_dump(mode="json") for flaw in flaws]}] if flaws else []
    total = reading.counts.repositories if reading.is_listed else None
    if reading.due or not reading.is_asked:
        cursor = reading.model_dump_json(exclude_defaults=True)
        return Step(done=reading.done, total=total, cursor=cursor, results=tuple(results))
    unit.stores.connection_states.note(unit.tenant_id, host, sync_at=unit.now())
    return Step(done=total or 0, total=total, results=(*results, reading.counts.model_dump(mode="json")))


def _begun_by(host: Connection, unit: Unit) -> Reading:
    """A new reading; the repositories are not listed again that have only just been: what comes or goes is told."""
    now, position = unit.now(), unit.stores.readings.position(unit.tenant_id, host.provider)
    if position is None or not position.is_recent(host.external_id, now):
        return Reading()
    known = unit.stores.code.repositories(unit.tenant_id)
    return Reading(at=now, is_listed=True, counts=Counts(repositories=len(known)))


def _list(reading: Reading, host: Connection, unit: Unit) -> tuple[Reading, Sequence[Flaw]]:
    page = unit.code_host.repositories(cursor=reading.page)
    _keep(page.parts, unit)
    # One that cannot be read is there all the same.
    there = {part.repository_id for part in page.parts if isinstance(part, RepositoryAccess)}
    ids = (*reading.listed, *sorted(there | {flaw.id for flaw in page.flaws}))
    at = reading.at or page.at
    if page.cursor is not None:
        return reading.model_copy(update={"at": at, "listed": ids, "page": page.cursor}), page.flaws
    known = unit.stores.code.repositories(unit.tenant_id)
    gone = [] if "" in ids else [repository.id for repository in known if repository.id not in ids]
    _keep([RepositoryAccess(repository_id=id, at=at, read=True, granted=False) for id in gone], unit)
    counts = Counts(repositories=len(known) - len(gone))
    listed = Position(source=host.provider, workspace=host.external_id, read_to=at)
    unit.stores.readings.put_position(unit.tenant_id, listed)
    return Reading(at=at, is_listed=True, counts=counts), page.flaws


def _ask_for_news(reading: Reading, unit: Unit) -> tuple[Reading, Sequence[Flaw]]:
    """Ask for the news of the next hundred; what was read before and has no news is covered up to now, too."""
    known = sorted(unit.stores.code.repositories(unit.tenant_id), key=lambda repository: repository.id)
    left = [repository for repository in known if repository.id > reading.behind]
    asked = left[:MOST_REPOSITORIES_AT_ONCE]
    if not asked:
        return reading.model_copy(update={"is_asked": True}), ()
    news, coverage = unit.code_host.news(asked), unit.stores.code.coverage(unit.tenant_id)
    at = _begun(reading)
    due = []
    for repository in asked:
        if repository.id not in news:
            continue
        of_it, before = news[repository.id], coverage.get(repository.id)
        lists = tuple(_worth_reading(of_it, before, at))
        if lists:
            due.append(Due(repository=repository, news=of_it, lists=lists))
        else:
            _keep([_covered(repository, of_it, at, read_to=before.read_to if before else at)], unit)
    done = min(reading.done + len(asked) - len(due), reading.counts.repositories)
    # Those that were read first are those in which something happened last.
    due.sort(key=lambda each: each.news.pull_request_at or each.news.issue_at or at, reverse=True)
    change = {"behind": asked[-1].id, "is_asked": len(asked) == len(left), "due": tuple(due), "done": done}
    return reading.model_copy(update=change), ()


def _worth_reading(news: News, before: Coverage | None, at: datetime) -> Iterator[ToRead]:
    """What there is to read in a repository; where all is as it was left, nothing."""
    first, since = at - LOOKS_BACK, (before.read_to - LATE) if before else None
    kinds = (
        (news.pull_request_at, news.dormant_pull_request_at, before and before.pull_request_at, _PULL_REQUESTS),
        (news.issue_at, news.dormant_issue_at, before and before.issue_at, _ISSUES),
    )
    for changed_at, dormant_at, known_at, (changed, dormant) in kinds:
        if changed_at is None or changed_at == known_at:
            continue
        bound = since if since is not None and known_at is not None else first
        if changed_at > bound:
            yield from (ToRead(things=things, bound=bound) for things in changed)
        if known_at is None and dormant_at is not None and dormant_at <= bound:
            yield ToRead(things=dormant, bound=bound)


_PULL_REQUESTS = ((CodeList.PULL_REQUESTS,), CodeList.DORMANT_PULL_REQUESTS)
_ISSUES = ((CodeList.ISSUES, CodeList.COMMENTS), CodeList.DORMANT_ISSUES)


def _read(reading: Reading, unit: Unit) -> tuple[Reading, Sequence[Flaw]]:
    """Read a page of the first repository's first list, which may be the last of either."""
    due, *others = reading.due
    current = due.lists[0]
    try:
        page = unit.code_host.read(current.things, due.repository, bound=current.bound, cursor=reading.page)
    except AccessRevoked:
        raise
    except (NotFound, UpstreamRejected) as error:
        return _after_repository(reading, others), [Flaw(id=due.repository.id, problem=str(error), left_out=True)]
    _keep(page.parts, unit)
    reading = reading.model_copy(update={"counts": reading.counts.plus(page.parts)})
    pages, flaws = reading.pages + 1, page.flaws
    if page.cursor is not None and pages < MOST_PAGES:
        return reading.model_copy(update={"page": page.cursor, "pages": pages}), flaws
    if page.cursor is not None:
        problem = f"{current.things}: more than {MOST_PAGES} pages, of which these were read"
        flaws = (*flaws, Flaw(id=due.repository.id, problem=problem))
    left = due.lists[1:]
    if left:
        remaining = (due.model_copy(update={"lists": left}), *others)
        return reading.model_copy(update={"due": remaining, "page": None, "pages": 0}), flaws
    at = _begun(reading)
    _keep([_covered(due.repository, due.news, at, read_to=at)], unit)
    return _after_repository(reading, others), flaws


def _after_repository(reading: Reading, others: Sequence[Due]) -> Reading:
    change = {"due": tuple(others), "page": None, "pages": 0, "done": reading.done + 1}
    return reading.model_copy(update=change)


def _covered(repository: Repository, news: News, at: datetime, *, read_to: datetime) -> Coverage:
    return Coverage(
        repository_id=repository.id,
        at=at,
        read=True,
        read_to=read_to,
        pull_request_at=news.pull_request_at,
        issue_at=news.issue_at,
    )


def _begun(reading: Reading) -> datetime:
    """By when all that had changed will have been read."""
    if reading.at is None:
        raise ValueError("the repositories have not been listed")
    return reading.at


def _keep(parts: Sequence[CodePart], unit: Unit) -> None:
    if parts:
        record_code(CodeChanged(parts=tuple(parts)), unit)
