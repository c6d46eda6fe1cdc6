"""What holds for the stores in whatever order the world reaches us."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.decisions import Decision, DecisionState, Outcome
from pm_assistant.domain.work import Message
from pm_assistant.ports.unit import Stores
from tests.builders import NOW, a_decision, a_message, a_ticket
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

pytestmark = pytest.mark.thorough

few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ORIGINAL = a_message(0, "first words")
EDITS = st.lists(st.sampled_from(["first words", "other words", "last words", ""]), max_size=4)
STATES = st.sampled_from([DecisionState.LOGGED, DecisionState.PROPOSED, DecisionState.QUEUED])


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """The stores, shared by all examples; each example has a tenant of its own."""
    with opened(request.param) as opened_stores:
        yield opened_stores


def edits_of(message: Message, words: list[str]) -> list[Message]:
    """One edit a second."""
    moments = [message.posted_at + timedelta(seconds=number + 1) for number in range(len(words))]
    return [
        message.model_copy(update={"text": text, "edited_ts": f"{at.timestamp():.6f}", "received_at": at})
        for text, at in zip(words, moments, strict=True)
    ]


@few
@given(words=EDITS, deleted=st.booleans(), data=st.data())
def test_the_order_of_deliveries_does_not_change_what_a_message_says(
    stores: Stores, words: list[str], deleted: bool, data: st.DataObject
) -> None:
    """Original, edits and deletion end in the newest text or in none, whatever comes first or twice."""
    tenant_id, copies = a_new_tenant(), [ORIGINAL, *edits_of(ORIGINAL, words)]
    deliveries: list[Message | None] = [*copies, *([None] if deleted else [])]
    repeated = deliveries + data.draw(st.lists(st.sampled_from(deliveries), max_size=3))
    for delivery in data.draw(st.permutations(repeated)):
        if delivery is None:
            stores.messages.delete(tenant_id, ORIGINAL.channel, ORIGINAL.root_ts, ORIGINAL.ts, at=NOW)
        else:
            stores.messages.record(tenant_id, delivery, keep_days=30)
    (standing,) = stores.messages.thread(tenant_id, ORIGINAL.channel, ORIGINAL.root_ts)
    assert ("" if deleted else copies[-1].text, deleted) == (standing.text, standing.deleted)


@few
@given(order=st.permutations(range(6)), removed_at=st.none() | st.integers(0, 6))
def test_the_newest_word_on_a_ticket_wins_in_any_order(
    stores: Stores, order: list[int], removed_at: int | None
) -> None:
    """The highest version stays; a removal outlives what is not newer than itself."""
    tenant_id = a_new_tenant()
    versions = [a_ticket(1, title=f"version {n}", updated_at=NOW + timedelta(seconds=n)) for n in range(6)]
    for number in order:
        if removed_at is not None and number == order[len(order) // 2]:
            stores.tickets.remove(tenant_id, "ticket-1", at=NOW + timedelta(seconds=removed_at))
        stores.tickets.put(tenant_id, versions[number])
    expected = [] if removed_at is not None and removed_at >= 5 else [versions[5]]
    assert expected == list(stores.tickets.all(tenant_id))


@few
@given(done=st.booleans(), judgements=st.lists(st.tuples(st.integers(-2, 4), STATES), min_size=1, max_size=6))
def test_judging_again_never_forgets_what_was_performed(
    stores: Stores, done: bool, judgements: list[tuple[int, DecisionState]]
) -> None:
    """`performed`, `outcome` and `created_at` survive every renewal, and content never goes back in time."""
    outcome = Outcome(external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#c", inverse="{}")
    first = stores.decisions.save(a_decision(a_new_tenant(), revision="0"))
    performed = {"state": DecisionState.DONE, "performed": "0", "outcome": outcome} if done else {}
    latest = stores.decisions.replace(first.model_copy(update=performed), before=first)
    for minutes, state in judgements:
        latest = check_renewal(stores, latest, judged(first, minutes, state))


def judged(first: Decision, minutes: int, state: DecisionState) -> Decision:
    """A judgement on the content of so many minutes after the first."""
    at = NOW + timedelta(minutes=minutes)
    return first.model_copy(
        update={"state": state, "revision": str(minutes), "as_of": at, "created_at": at, "updated_at": at}
    )


def check_renewal(stores: Stores, before: Decision, judgement: Decision) -> Decision:
    """Save a judgement, compare the log with what was in it, and return what it holds."""
    after = stores.decisions.save(judgement)
    assert after == stores.decisions.get(before.tenant_id, before.id)
    assert (before.performed, before.outcome, before.created_at) == (after.performed, after.outcome, after.created_at)
    assert before.as_of <= after.as_of
    news = judgement.as_of >= before.as_of and (judgement.revision, judgement.as_of) != (before.revision, before.as_of)
    # What has been done says what it is to say; what has not is as the latest judgement has it.
    assert (judgement.state if news and before.performed is None else before.state) == after.state
    return after
