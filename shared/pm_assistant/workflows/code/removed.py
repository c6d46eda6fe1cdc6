"""What was deleted at the code host without our being told: we keep it, and the host does not know it any more.

No list shows that. So every hour some of what we keep is asked for by its numbers, in one request, and what is not
there goes as if its removal had been told just now. Issues and pull requests take turns, by the hour.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from pm_assistant.domain.code import CodePart, Issue, PullRequest, Repository
from pm_assistant.domain.errors import NotConnected, NotFound, UpstreamError
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.vendors import Role
from pm_assistant.ports.unit import Unit
from pm_assistant.ports.vendors import MOST_DISCUSSIONS
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.connections.availability import leave_to_live_work

LATE = timedelta(minutes=10)
"""What was written or changed so shortly ago may be shown later."""
HOUR = timedelta(hours=1).total_seconds()

type Place = tuple[str, int]
"""Repository id and number."""


def take_out_removed_code(pull_requests: Iterable[PullRequest], unit: Unit) -> None:
    """Have issues go that are gone, and the words of comments that were deleted, of those whose turn it is.

    Where not one of several issues is shown, that says nothing of any. A host that cannot be asked now is asked in an
    hour.

    Args:
        pull_requests: on which comments are looked for, beside issues.
        unit: of work.

    Raises:
        Conflict: others kept changing the same pull request; repeat.
    """
    with suppress(NotConnected, UpstreamError):
        host = unit.stores.connections.get(unit.tenant_id, unit.provider(Role.CODE_HOST))
        if host.broken_since is None:
            leave_to_live_work([host], unit)
            _look(pull_requests, unit)


def _look(pull_requests: Iterable[PullRequest], unit: Unit) -> None:
    code, settled = unit.stores.code, unit.now() - LATE
    places = {repository.id: repository for repository in code.repositories(unit.tenant_id)}
    issues = {(issue.repository_id, issue.number): issue for issue in code.issues(unit.tenant_id)}
    issues = {place: issue for place, issue in issues.items() if issue.at <= settled}
    built = {(facts.repository_id, facts.number) for each in pull_requests if (facts := each.facts)}
    turns = list(_turns(place for place in {*issues, *built} if place[0] in places))
    if turns:
        turn = turns[int(unit.now().timestamp() // HOUR) % len(turns)]
        gone = list(_gone(turn, issues, places[turn[0][0]], unit))
        if gone:
            record_code(CodeChanged(parts=tuple(gone)), unit)


def _gone(turn: Sequence[Place], issues: dict[Place, Issue], repository: Repository, unit: Unit) -> Iterator[CodePart]:
    """What is to go of one repository; what was said on an issue before it, for nobody asks for one that is gone."""
    asked = [place for place in turn if place in issues]
    built = [place[1] for place in turn if place not in issues]
    try:
        there = unit.code_host.discussions(repository, issues=[number for _, number in asked], pull_requests=built)
    except NotFound:  # catching up takes out a repository that went away
        return
    now = {"at": unit.now(), "read": False}
    lost = [place for place in asked if place[1] not in there]
    if len(lost) < len(asked) or len(asked) == 1:
        for id, number in lost:
            said = unit.stores.code.comments(unit.tenant_id, id, number)
            yield from (comment.erased.model_copy(update=now) for comment in said if not comment.deleted)
            yield issues[id, number].erased.model_copy(update=now)
    for number, discussion in there.items():
        for comment in unit.stores.code.comments(unit.tenant_id, repository.id, number):
            if not comment.deleted and comment.at <= unit.now() - LATE and discussion.lacks(comment):
                yield comment.erased.model_copy(update=now)


def _turns(places: Iterable[Place]) -> Iterator[Sequence[Place]]:
    """As many of one repository as can be asked for at once."""
    for _, of_one in groupby(sorted(places), key=lambda place: place[0]):
        numbered = list(of_one)
        yield from (numbered[start : start + MOST_DISCUSSIONS] for start in range(0, len(numbered), MOST_DISCUSSIONS))
