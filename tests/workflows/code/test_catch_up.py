"""Catching up with the code host: what is open and what is recent at first, then what has changed, and no more."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.catch_up import CodeList
from pm_assistant.domain.code import Check, CheckResult, CodePart, Description, Issue, RepositoryAccess, pull_request_id
from pm_assistant.domain.errors import AccessRevoked, RateLimited, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.jobs import Job, JobDue, JobKind, JobState, Order
from pm_assistant.domain.people import Flaw
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.code.catch_up import LOOKS_BACK, MOST_PAGES, catch_up
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.jobs import run_step, start_job
from tests.builders import ACME, NOW, a_code_comment, a_connection, a_pull_request, a_repository, a_review, a_tenant
from tests.fakes.code_host import FakeCodeHost
from tests.fakes.killing import Killed
from tests.fakes.unit import FakeUnit

STEPS = {JobKind.CATCH_UP: catch_up}
LONG_AGO = NOW - LOOKS_BACK - timedelta(days=1)


def an_issue(number: int, **changes: Any) -> Issue:
    """An issue that is open."""
    of_it = {"repository_id": "900", "title": f"Issue {number}", "url": "u", "at": NOW, "created_at": NOW}
    return Issue(**{**of_it, "number": number, **changes})


def ago(**time: float) -> Any:
    """When that was."""
    return NOW - timedelta(**time)


class Reading(FakeUnit):
    """A tenant that has connected a code host with a busy, a quiet and an empty repository."""

    def __init__(self) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection(ACME, Provider.GITHUB))
        busy, quiet, empty = (a_repository(id, name=f"acme/{id}") for id in ("900", "901", "902"))
        self.code_host = FakeCodeHost(clock=self.now)
        for number in range(1, 6):
            facts = a_pull_request(number, at=ago(days=number))
            id = facts.pull_request_id
            said = a_code_comment(str(number), number=number)
            self.code_host.add(busy, facts, Description(pull_request_id=id, at=facts.at, text=f"Text {number}"))
            self.code_host.add(busy, a_review(f"{number}", pull_request_id=id), said)
        merged = {"closed_at": LONG_AGO, "merged_at": LONG_AGO, "at": LONG_AGO}
        self.code_host.add(busy, a_pull_request(6, **merged), a_pull_request(7, at=LONG_AGO))
        self.code_host.add(busy, an_issue(8, at=ago(days=1)), an_issue(9, at=LONG_AGO))
        self.code_host.add(busy, an_issue(10, at=LONG_AGO, closed_at=LONG_AGO))
        self.code_host.add(quiet, a_pull_request(1, repository_id="901", at=ago(days=3)))
        self.code_host.add(empty)

    def catch_up(self) -> Job:
        """Read to the end, whatever happens on the way."""
        job = start_job(Order(kind=JobKind.CATCH_UP, dry_run=False), self, asked_by="system")
        due = JobDue(tenant_id=ACME, job_id=job.id)
        for _ in range(200):
            try:
                after = run_step(due, STEPS, self)
            except Killed:
                continue
            assert after is not None
            if after.finished:
                return after
        raise AssertionError("it does not end")

    @property
    def known(self) -> dict[str, Any]:
        """All that is known of what is built."""
        code = self.stores.code
        by_id = {f"{place}:{number}" for place, pulls in self.code_host.pulls.items() for number in pulls}
        return {
            "repositories": sorted(code.repositories(ACME), key=lambda place: place.id),
            "pull requests": {
                # Of which moment the links to tickets are depends on what was told first; nothing else of them does.
                id: found.model_copy(update={"ticket_links": found.ticket_links and found.ticket_links.links})
                for id in sorted(by_id)
                if (found := code.pull_request(ACME, pull_request_id(*parted(id)))) is not None
            },
            "texts": {id: code.description(ACME, pull_request_id(*parted(id))) for id in sorted(by_id)},
            "issues": sorted(code.issues(ACME), key=lambda issue: issue.number),
            "comments": [comment for number in range(11) for comment in code.comments(ACME, "900", number)],
            "coverage": code.coverage(ACME),
        }

    def numbers(self, repository_id: str = "900") -> list[int]:
        """The pull requests that are known."""
        code = self.stores.code
        return [n for n in range(99) if code.pull_request(ACME, pull_request_id(repository_id, n)) is not None]

    def record(self, *parts: CodePart) -> None:
        """Hear of something by a delivery."""
        record_code(CodeChanged(parts=parts), self)


def parted(id: str) -> tuple[str, int]:
    """The repository and the number in an id."""
    repository_id, _, number = id.rpartition(":")
    return repository_id, int(number)


def test_a_first_reading_brings_what_is_open_and_what_is_recent() -> None:
    """However long ago an open one was changed; what was over before is left where it is."""
    unit = Reading()
    job = unit.catch_up()
    assert (JobState.DONE, 3, 3) == (job.state, job.done, job.total)
    assert ([1, 2, 3, 4, 5, 7], [1]) == (unit.numbers(), unit.numbers("901"))
    assert [8, 9] == [issue.number for issue in unit.known["issues"]]
    assert "Text 3" == unit.stores.code.description(ACME, pull_request_id("900", 3))
    assert 5 == len(unit.known["comments"])
    assert {"repositories": 3, "pull_requests": 7, "issues": 2, "comments": 5} == job.results[-1]
    assert {"900", "901", "902"} == unit.known["coverage"].keys()
    assert NOW == unit.stores.connection_states.activity(ACME)[Provider.GITHUB].last_sync_at


def test_no_more_is_asked_for_than_there_is() -> None:
    """The repositories, their news, and the pages of what there is; with nothing new the news, and hourly the list."""
    unit = Reading()
    unit.code_host.page_size = 100
    unit.code_host.add(a_repository(), a_pull_request(2, at=NOW), an_issue(8, at=NOW))  # a moment ago
    unit.catch_up()
    read = [(what, of) for what, of, _ in unit.code_host.calls[2:]]
    lists = [CodeList.PULL_REQUESTS, CodeList.DORMANT_PULL_REQUESTS, CodeList.ISSUES, CodeList.COMMENTS]
    expected = [*(("900", things) for things in (*lists, CodeList.DORMANT_ISSUES)), ("901", CodeList.PULL_REQUESTS)]
    assert sorted((things.value, of) for of, things in expected) == sorted(read)
    for pause, asked in ((1, ["news"]), (60, ["repositories", "news"]), (1, ["news"])):
        unit.code_host.calls.clear()
        unit.at += timedelta(minutes=pause)
        unit.catch_up()
        assert asked == [what for what, _, _ in unit.code_host.calls]
    assert {unit.at} == {coverage.at for coverage in unit.known["coverage"].values()}


def test_what_has_changed_since_is_read_and_nothing_else() -> None:
    """Back to ten minutes before the reading that found something last: a change may be listed late."""
    unit = Reading()
    unit.catch_up()
    unit.at += timedelta(hours=1)
    unit.catch_up()
    late, unseen = a_pull_request(3, at=NOW - timedelta(minutes=9), title="Late"), a_pull_request(11, at=LONG_AGO)
    unit.code_host.add(a_repository(), late, a_pull_request(12, at=NOW + timedelta(minutes=30)), unseen)
    unit.code_host.calls.clear()
    unit.at += timedelta(hours=1)
    job = unit.catch_up()
    known = unit.stores.code.pull_request(ACME, late.pull_request_id)
    assert known is not None
    assert known.facts is not None
    assert ("Late", [1, 2, 3, 4, 5, 7, 12]) == (known.facts.title, unit.numbers())
    assert [("repositories", ""), ("news", "900,901,902"), ("pull_requests", "900")] == [
        (what, of) for what, of, cursor in unit.code_host.calls if what != "repositories" or not cursor
    ]
    assert {"repositories": 3, "pull_requests": 2, "issues": 0, "comments": 0} == job.results[-1]


def test_repositories_that_went_away_are_marked_and_those_that_are_back_are_not() -> None:
    """Even where nobody told us; one whose row cannot be read is there all the same."""
    unit = Reading()
    unit.catch_up()
    place = unit.code_host.places.pop("901")
    listed = unit.code_host.repositories

    def flawed(*, cursor: str | None) -> Any:
        page = listed(cursor=cursor)
        parts = tuple(
            part
            for part in page.parts
            if "902" not in (getattr(part, "repository_id", ""), part.model_dump().get("id"))
        )
        flaws = (Flaw(id="902", problem="private: missing", left_out=True),)
        return page.model_copy(update={"parts": parts, "flaws": flaws if cursor is None else ()})

    unit.code_host.repositories = flawed  # type: ignore[method-assign]
    unit.at += timedelta(hours=1)
    job = unit.catch_up()
    assert ["900", "902"] == [repository.id for repository in unit.known["repositories"]]
    assert "902" == job.results[0]["flaws"][0]["id"]
    unit.record(RepositoryAccess(repository_id="901", at=NOW, granted=True))
    assert ["900", "902"] == [repository.id for repository in unit.known["repositories"]]
    unit.code_host.places["901"] = place
    unit.at += timedelta(hours=1)
    unit.catch_up()
    assert ["900", "901", "902"] == [repository.id for repository in unit.known["repositories"]]


def test_what_is_told_later_counts_and_what_was_told_before_does_not() -> None:
    """A reading and deliveries in any order end in the same picture."""
    unit, other = Reading(), Reading()
    later = a_pull_request(1, at=ago(hours=1), closed_at=ago(hours=1), merged_at=ago(hours=1))
    earlier = a_pull_request(1, at=ago(days=2), title="Old")
    unit.record(later, earlier)
    unit.catch_up()
    other.catch_up()
    other.record(earlier, later)
    assert unit.known == other.known
    assert unit.known["pull requests"]["900:1"].facts == later


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("page_size", [2, 100])
def test_whatever_is_killed_goes_on_to_the_same_end(*, after: bool, page_size: int) -> None:
    """Before any request or after its answer, once or at every one of them: no page is asked for a third time."""
    whole = Reading()
    whole.code_host.page_size = page_size
    whole.catch_up()
    count = len(whole.code_host.calls)
    assert {1} == set(Counter(whole.code_host.calls).values())

    def killed(points: Sequence[int]) -> Reading:
        unit = Reading()
        unit.code_host.page_size, left = page_size, set(points)

        def around(is_after: bool) -> None:
            point = len(set(unit.code_host.calls)) - int(is_after)
            if is_after is after and point in left:
                left.remove(point)
                raise Killed

        unit.code_host.around = around
        unit.catch_up()
        assert not left
        return unit

    for points in (*([point] for point in range(count)), range(count)):
        unit = killed(points)
        assert whole.known == unit.known
        assert max(Counter(unit.code_host.calls).values()) <= 2


def test_limits_and_troubles_leave_what_was_read() -> None:
    """The step is taken again, from the page on where it was."""
    unit = Reading()
    job = start_job(Order(kind=JobKind.CATCH_UP, dry_run=False), unit, asked_by="system")
    due = JobDue(tenant_id=ACME, job_id=job.id)
    for number in range(8):
        if number == 5:
            unit.code_host.fail_next(RateLimited("slow down", retry_after=900), UpstreamUnavailable("no answer"))
            for error in (RateLimited, UpstreamUnavailable):
                with pytest.raises(error):
                    run_step(due, STEPS, unit)
        run_step(due, STEPS, unit)
    assert {1} == set(Counter(unit.code_host.calls).values())
    unit.code_host.fail_next(AccessRevoked("gone", provider=Provider.GITHUB))
    after = run_step(due, STEPS, unit)
    assert after is not None
    assert (JobState.FAILED, 1) == (after.state, len(unit.losses))


def test_what_cannot_be_read_costs_its_repository() -> None:
    """It is named, is not covered, and does not keep the others from being read."""
    unit = Reading()
    read = unit.code_host.read

    def refusing(things: CodeList, repository: Any, **more: Any) -> Any:
        if repository.id == "900":
            raise UpstreamRejected("we may not read that")
        return read(things, repository, **more)

    unit.code_host.read = refusing  # type: ignore[method-assign]
    job = unit.catch_up()
    assert ([], [1]) == (unit.numbers(), unit.numbers("901"))
    assert (JobState.DONE, {"901", "902"}) == (job.state, unit.known["coverage"].keys())
    assert ["900"] == [flaw["id"] for result in job.results[:-1] for flaw in result["flaws"]]


def test_what_we_may_not_read_is_read_whole_once_we_may() -> None:
    """A permission that is granted later opens what was there before."""
    unit = Reading()
    unit.code_host.forbidden = {CodeList.ISSUES, CodeList.DORMANT_ISSUES, CodeList.COMMENTS}
    unit.catch_up()
    assert [] == unit.known["issues"]
    unit.code_host.forbidden = set()
    unit.at += timedelta(days=1)
    unit.catch_up()
    assert [8, 9] == [issue.number for issue in unit.known["issues"]]


def test_a_list_is_not_read_for_ever() -> None:
    """The latest so many pages of it, and it is said that there are more."""
    unit = Reading()
    for number in range(20, 20 + 2 * MOST_PAGES):
        unit.code_host.add(a_repository(), a_pull_request(number, at=ago(minutes=number)))
    job = unit.catch_up()
    pages = Counter((what, of) for what, of, _ in unit.code_host.calls)
    assert MOST_PAGES == pages["pull_requests", "900"]
    assert MOST_PAGES * 2 == len([number for number in unit.numbers() if number != 7])
    assert [
        f"more than {MOST_PAGES} pages" in flaw["problem"] for result in job.results[:-1] for flaw in result["flaws"]
    ]


def test_many_repositories_are_asked_for_their_news_a_hundred_at_a_time() -> None:
    """Each of them once; those that appear meanwhile, too."""
    unit = Reading()
    unit.code_host.page_size = 100
    for number in range(1_000, 1_230):
        unit.code_host.add(a_repository(str(number), name=f"acme/{number}"))
    job = unit.catch_up()
    news = [of.split(",") for what, of, _ in unit.code_host.calls if what == "news"]
    assert [100, 100, 33] == list(map(len, news))
    assert 233 == len({id for ids in news for id in ids}) == job.done == job.total
    unit.code_host.calls.clear()
    unit.at += timedelta(hours=1)
    unit.catch_up()
    assert 3 + 3 == len(unit.code_host.calls)


def test_without_a_code_host_there_is_nothing_to_do() -> None:
    """The result says what is missing."""
    unit = Reading()
    unit.stores.connections.remove(ACME, Provider.GITHUB)
    job = unit.catch_up()
    assert (JobState.DONE, ({"missing": ["github"]},), []) == (job.state, job.results, unit.code_host.calls)


def test_a_check_that_ended_after_the_reading_is_what_counts() -> None:
    """The reading brings a summary, deliveries single results."""
    unit = Reading()
    head = a_pull_request().head
    summary = Check(repository_id="900", commit=head, name="*", at=NOW, read=True, result=CheckResult.FAILED)
    unit.code_host.hang(summary, 1)
    unit.catch_up()
    assert CheckResult.FAILED is unit.stores.code.checks(ACME, [("900", head)])["900", head].result
    unit.record(
        summary.model_copy(update={"at": ago(seconds=-60), "name": "ci", "read": False, "result": CheckResult.PASSED})
    )
    assert CheckResult.PASSED is unit.stores.code.checks(ACME, [("900", head)])["900", head].result


def test_a_reading_leaves_what_little_the_host_still_allows_to_what_happens_now() -> None:
    """Amid its pages as well: it goes on where it was once there is more."""
    team = Reading()
    job = start_job(Order(kind=JobKind.CATCH_UP, dry_run=False), team, asked_by="system")
    due = JobDue(tenant_id=ACME, job_id=job.id)
    run_step(due, STEPS, team)
    team.stores.connection_states.limit(ACME, Provider.GITHUB, until=NOW + timedelta(minutes=10), reserve=True)
    before = team.stores.jobs.get(ACME, job.id)

    with pytest.raises(RateLimited) as caught:
        run_step(due, STEPS, team)

    assert (600, before) == (caught.value.retry_after, team.stores.jobs.get(ACME, job.id))
    team.at += timedelta(seconds=601)
    assert JobState.DONE is team.catch_up().state
