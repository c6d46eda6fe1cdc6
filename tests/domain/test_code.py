"""What a team builds: the same in the end, however often and in whatever order it was told."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain import code
from pm_assistant.domain.bots import Actor
from pm_assistant.domain.code import (
    Check,
    CheckResult,
    Checks,
    Issue,
    MergeQueueEntry,
    PullRequest,
    PullRequestFacts,
    Review,
    ReviewState,
    ReviewThread,
    Stage,
    newest_first,
)
from tests.builders import NOW, a_check, a_pull_request, a_review

ADA, GRACE = Actor(login="ada"), Actor(login="grace")

type PullRequestPart = PullRequestFacts | MergeQueueEntry | Review | ReviewThread


def of_parts(*parts: PullRequestPart) -> PullRequest:
    """What is known after these were told."""
    pull_request = PullRequest(id=a_pull_request().pull_request_id)
    for part in parts:
        pull_request = pull_request.with_part(part)
    return pull_request


def parts_of(
    seconds: int, title: str, id: str, review: ReviewState, over: int, *, said: bool
) -> Sequence[PullRequestPart]:
    """One part of each kind, of one moment."""
    at, pull_request = NOW + timedelta(seconds=seconds), a_pull_request().pull_request_id
    closed_at, merged_at = (at if over >= degree else None for degree in (1, 2))
    return (
        a_pull_request(at=at, title=title, closed_at=closed_at, merged_at=merged_at),
        MergeQueueEntry(pull_request_id=pull_request, at=at, queued=said),
        a_review(id, at=at, state=review),
        ReviewThread(pull_request_id=pull_request, id=id, at=at, resolved=said),
    )


TELLINGS = st.builds(
    parts_of,
    st.integers(0, 2),
    st.sampled_from("ab"),
    st.sampled_from("12"),
    st.sampled_from(ReviewState),
    st.integers(0, 2),
    said=st.booleans(),
).flatmap(st.sampled_from)


@given(st.data(), st.lists(TELLINGS, max_size=8))
def test_the_order_of_tellings_and_their_repetition_change_nothing(
    data: st.DataObject, parts: Sequence[PullRequestPart]
) -> None:
    """Deliveries are late, doubled and out of order; what is known in the end is the same."""
    shuffled = data.draw(st.permutations([*parts, *parts]))
    assert of_parts(*parts) == of_parts(*shuffled)


@given(st.data(), st.lists(st.integers(0, 30), max_size=12))
def test_too_many_of_a_kind_leave_the_latest_whatever_their_order(data: st.DataObject, offsets: Sequence[int]) -> None:
    """A row has to hold them; which are kept does not depend on how they came."""
    checks = [a_check(str(offset), at=NOW + timedelta(seconds=offset)) for offset in offsets]
    kept: list[dict[str, Check]] = []
    for order in (checks, data.draw(st.permutations(checks))):
        known: dict[str, Check] = {}
        for check in order:
            known = code.latest_of(known, check.name, check, most=3)
        kept.append(known)
    assert kept[0] == kept[1]
    assert sorted(map(str, sorted(set(offsets))[-3:])) == sorted(kept[0])


def test_what_was_read_outranks_what_was_told_of_the_same_second() -> None:
    """A host's clock goes in seconds; whoever asks afterwards learns what that second ended with."""
    told, read = a_pull_request(title="told"), a_pull_request(title="read", read=True)
    again = a_pull_request(title="read again", read=True)
    assert [read] * 2 == [of_parts(told, read).facts, of_parts(read, told).facts]
    assert again == of_parts(read, again, told).facts


@pytest.mark.parametrize(
    ("parts", "stage"),
    [
        ((), Stage.OPEN),
        ((a_pull_request(),), Stage.OPEN),
        ((a_pull_request(draft=True, requested=("ada",)),), Stage.DRAFT),
        ((a_pull_request(requested=("ada",)),), Stage.REVIEW_REQUESTED),
        ((a_pull_request(), a_review("1", author=ADA, state=ReviewState.APPROVED)), Stage.APPROVED),
        ((a_pull_request(), a_review("1", author=ADA, state=ReviewState.COMMENTED)), Stage.OPEN),
        (
            (
                a_pull_request(),
                a_review("1", author=ADA, state=ReviewState.APPROVED),
                a_review("2", author=GRACE, state=ReviewState.CHANGES_REQUESTED),
            ),
            Stage.CHANGES_REQUESTED,
        ),
        (
            (
                a_pull_request(),
                a_review("1", author=ADA, state=ReviewState.CHANGES_REQUESTED),
                a_review("2", author=ADA, state=ReviewState.APPROVED, submitted_at=NOW + timedelta(hours=1)),
                a_review("3", author=ADA, state=ReviewState.COMMENTED, submitted_at=NOW + timedelta(hours=2)),
            ),
            Stage.APPROVED,
        ),
        ((a_pull_request(), a_review("1", author=ADA, state=ReviewState.DISMISSED)), Stage.OPEN),
        (
            (a_pull_request(), MergeQueueEntry(pull_request_id=a_review("1").pull_request_id, at=NOW, queued=True)),
            Stage.QUEUED,
        ),
        ((a_pull_request(closed_at=NOW),), Stage.CLOSED),
        ((a_pull_request(closed_at=NOW, merged_at=NOW, draft=True),), Stage.MERGED),
    ],
)
def test_the_stage_follows_from_what_was_said_last(parts: Sequence[PullRequestPart], stage: Stage) -> None:
    """Each reviewer's last yes or no counts, a comment is neither, and what is over is over."""
    assert stage is of_parts(*parts).stage
    assert (stage in {Stage.MERGED, Stage.CLOSED}) is stage.over


def test_a_remark_waits_until_it_is_settled() -> None:
    """And waits again where it is opened again."""
    id = a_pull_request().pull_request_id
    threads = [
        ReviewThread(pull_request_id=id, id="1", at=NOW + timedelta(seconds=offset), resolved=resolved)
        for offset, resolved in ((0, False), (1, True), (2, False))
    ]
    assert [1, 0, 1] == [of_parts(*threads[: count + 1]).unresolved_threads for count in range(3)]


def test_checks_have_failed_if_one_has_and_passed_if_all_have() -> None:
    """What still runs keeps the others from having passed."""
    results = {result: a_check(result.value, result=result) for result in CheckResult}
    everything = Checks().with_part(results[CheckResult.PENDING]).with_part(results[CheckResult.PASSED])
    assert CheckResult.PENDING is everything.result
    assert CheckResult.FAILED is everything.with_part(results[CheckResult.FAILED]).result
    assert CheckResult.PASSED is Checks().with_part(results[CheckResult.PASSED]).result
    assert Checks().result is None


def test_the_newest_come_first_and_what_is_unknown_not_at_all() -> None:
    """Of some only a review was told so far."""
    old, new = (
        PullRequest(id=facts.pull_request_id).with_part(facts)
        for facts in (a_pull_request(1), a_pull_request(2, at=NOW + timedelta(seconds=1)))
    )
    assert [new, old] == list(newest_first([old, of_parts(a_review("1")), new]))


def test_gone_is_the_end_of_an_issue() -> None:
    """Of one second the deletion counts, and not the label that was put on before."""
    issue = Issue(repository_id="1", number=1, title="t", url="u", created_at=NOW, at=NOW)
    gone = issue.model_copy(update={"gone": True})
    assert (True, False) == (gone.supersedes(issue), issue.supersedes(gone))


@pytest.mark.parametrize(
    ("seconds", "result"), [(-1, CheckResult.PASSED), (0, CheckResult.PASSED), (1, CheckResult.FAILED)]
)
def test_a_summary_of_checks_holds_until_one_of_them_is_heard_of(seconds: int, result: CheckResult) -> None:
    """It has all that ended by then; what ends later is told one by one."""
    summary = a_check(code.ALL_CHECKS, read=True)
    failed = a_check("lint", result=CheckResult.FAILED, at=NOW + timedelta(seconds=seconds))
    for parts in ((summary, failed), (failed, summary)):
        checks = Checks()
        for part in parts:
            checks = checks.with_part(part)
        assert result is checks.result
    assert CheckResult.PASSED is Checks().with_part(summary).result
