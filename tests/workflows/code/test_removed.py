"""What was deleted at the code host is taken out, though nobody told us, by a request an hour."""

from datetime import timedelta

import pytest

from pm_assistant.domain.catch_up import CodeList, Discussion
from pm_assistant.domain.code import CodeComment, CodePart, Issue, PullRequest, Repository, words_of_review
from pm_assistant.domain.errors import RateLimited
from pm_assistant.domain.events import CodeChanged
from pm_assistant.domain.workspaces import Availability, Provider
from pm_assistant.ports.vendors import MOST_DISCUSSIONS
from pm_assistant.workflows.code.record import record_code
from pm_assistant.workflows.code.removed import take_out_removed_code
from tests.builders import ACME, NOW, a_code_comment, a_connection, a_pull_request, a_repository, a_tenant
from tests.fakes.unit import FakeUnit

HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=1)
PLACE = "900"


def an_issue(number: int, **changes: object) -> Issue:
    """Written yesterday."""
    issue = Issue(
        repository_id=PLACE, number=number, title=f"Issue {number}", url="u", at=LONG_AGO, created_at=LONG_AGO
    )
    return issue.model_copy(update=changes)


def said(id: str, number: int, **changes: object) -> CodeComment:
    """Yesterday."""
    return a_code_comment(id, number=number, at=LONG_AGO, created_at=LONG_AGO).model_copy(update=changes)


class Building(FakeUnit):
    """A tenant with two issues and a pull request, each with a comment, that the code host has as well."""

    def __init__(self, *, issues: int = 2) -> None:
        super().__init__()
        self.stores.tenants.put(a_tenant())
        self.stores.connections.put(a_connection(provider=Provider.GITHUB))
        self.pull = a_pull_request(100, at=LONG_AGO)
        self.keep(a_repository(), self.pull, said("c100", 100))
        for number in range(1, issues + 1):
            self.keep(an_issue(number), said(f"c{number}", number))

    def keep(self, *parts: CodePart) -> None:
        """Have the host hold something, and us know of it."""
        self.code_host.add(a_repository(), *(part for part in parts if not isinstance(part, Repository)))
        record_code(CodeChanged(parts=parts), self)

    def take_back(self, id: str) -> None:
        """Have a comment be gone there."""
        self.code_host.comments[PLACE] = [c for c in self.code_host.comments[PLACE] if c.id != id]

    def look(self) -> tuple[list[int], list[str]]:
        """Look once; the issues that are there then, and the words of comments."""
        pulls = [PullRequest(id=self.pull.pull_request_id, facts=self.pull)]
        take_out_removed_code(pulls, self)
        numbers = sorted(issue.number for issue in self.stores.code.issues(ACME))
        known = [c for number in (1, 2, 100) for c in self.stores.code.comments(ACME, PLACE, number)]
        return numbers, [c.text for c in known if not c.deleted]

    @property
    def asked(self) -> int:
        """How often the host was asked."""
        return [what for what, _, _ in self.code_host.calls].count("discussions")


ALL = ([1, 2], ["comment c1", "comment c2", "comment c100"])


def test_what_is_there_is_asked_for_in_one_request_and_stays() -> None:
    """Issues, and what was said on them and on pull requests."""
    unit = Building()

    assert (ALL, 1) == (unit.look(), unit.asked)


def test_an_issue_that_is_gone_goes_with_what_was_said_on_it() -> None:
    """As if that had been told now."""
    unit = Building()
    del unit.code_host.issues[PLACE][1]

    assert ([2], ["comment c2", "comment c100"]) == unit.look()


@pytest.mark.parametrize("id", ["c1", "c100"])
def test_a_comment_that_was_deleted_goes(id: str) -> None:
    """On an issue, and on a pull request; its words are nowhere any more."""
    unit = Building()
    unit.take_back(id)

    assert (ALL[0], [text for text in ALL[1] if text != f"comment {id}"]) == unit.look()
    [gone] = [c for c in unit.stores.code.comments(ACME, PLACE, int(id[1:])) if c.id == id]
    assert (True, "", NOW) == (gone.deleted, gone.text, gone.at)


def test_words_of_reviews_and_what_was_only_just_said_are_left_alone() -> None:
    """Nobody can delete the first, which nothing lists here, and the second may not be listed yet."""
    unit = Building()
    words = words_of_review("7")
    unit.keep(said(words, 100, review_id="7"), said("new", 1, at=NOW), an_issue(3, at=NOW))
    for id in (words, "new"):
        unit.take_back(id)
    del unit.code_host.issues[PLACE][3]

    assert ([1, 2, 3], {*ALL[1], f"comment {words}", "comment new"}) == ((found := unit.look())[0], {*found[1]})


def test_a_remark_on_a_line_that_was_deleted_goes() -> None:
    """One that is there stays."""
    unit = Building()
    unit.keep(said("line", 100, review_id="7"), said("other", 100, review_id="7"))
    unit.take_back("line")

    assert (ALL[0], [*ALL[1], "comment other"]) == unit.look()


def test_where_not_all_remarks_are_known_none_is_missing() -> None:
    """There may be more threads than are asked for."""
    remark = said("1", 1, review_id="7")
    assert [False, False, True] == [
        Discussion(remarks=remarks).lacks(remark) for remarks in (None, frozenset({"1"}), frozenset({"2"}))
    ]


def test_a_host_that_shows_not_one_of_several_issues_has_not_lost_them_all() -> None:
    """What it no longer lets us see at all is told otherwise; the only one may be gone."""
    unit, single = Building(), Building(issues=1)
    for each in (unit, single):
        each.code_host.issues.clear()

    assert (ALL[0], []) == (unit.look()[0], single.look()[0])


def test_of_many_comments_only_those_that_are_listed_can_be_missing() -> None:
    """A list of the latest says nothing of what was said before it begins."""
    listed = Discussion(comments=frozenset({"2"}), since=LONG_AGO)
    assert not listed.lacks(said("1", 1))
    assert listed.lacks(said("3", 1, created_at=NOW))
    assert not listed.lacks(said("2", 1, created_at=NOW))


def test_many_take_turns_and_all_have_theirs() -> None:
    """By the hour: as many in each as can be asked for at once."""
    unit = Building(issues=2 * MOST_DISCUSSIONS)
    for number in (1, 2 * MOST_DISCUSSIONS):
        del unit.code_host.issues[PLACE][number]
    for hour in range(3):
        unit.at = NOW + hour * HOUR
        numbers, _ = unit.look()

    assert (list(range(2, 2 * MOST_DISCUSSIONS)), 3) == (numbers, unit.asked)


@pytest.mark.parametrize(
    "change", [{"broken_since": NOW}, {"availability": Availability(reserved_until=NOW + HOUR)}, None]
)
def test_where_we_are_not_let_in_nothing_is_asked(change: dict[str, object] | None) -> None:
    """Nor where what is left of its limits is for what happens now, or no code host is connected."""
    unit = Building()
    unit.take_back("c1")
    if change is None:
        unit.stores.connections.remove(ACME, Provider.GITHUB)
    else:
        unit.stores.connections.put(a_connection(provider=Provider.GITHUB).model_copy(update=change))

    assert (ALL, 0) == (unit.look(), unit.asked)


def test_a_host_that_cannot_be_asked_is_asked_in_an_hour() -> None:
    """Nor does one that does not let us read issues end what else an hour brings."""
    busy, closed = Building(), Building()
    busy.code_host.fail_next(RateLimited("later", retry_after=60))
    closed.code_host.forbidden.add(CodeList.ISSUES)
    for unit in (busy, closed):
        unit.take_back("c1")

    assert [ALL, ALL] == [busy.look(), closed.look()]
    assert ALL != busy.look()


def test_a_repository_that_the_host_does_not_know_says_nothing_of_what_was_in_it() -> None:
    """That it went away is found where repositories are listed, and what else an hour brings goes on."""
    unit = Building()
    unit.code_host.places.clear()

    assert (ALL, 1) == (unit.look(), unit.asked)


def test_nothing_known_is_nothing_to_ask_for() -> None:
    """A new tenant costs no request."""
    unit = FakeUnit()
    unit.stores.tenants.put(a_tenant())
    unit.stores.connections.put(a_connection(provider=Provider.GITHUB))

    take_out_removed_code([], unit)

    assert [] == unit.code_host.calls
