"""What happens between our read and our write, or between DynamoDB's write and its answer, costs nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import cast

import pytest

from pm_assistant.aws import tables
from pm_assistant.aws.stores import Stores
from pm_assistant.domain.decisions import DecisionState, Outcome
from pm_assistant.domain.errors import Conflict
from tests.aws.emulated import dynamo
from tests.builders import ACME, NOW, a_conversation, a_decision, a_message

LATER = NOW + timedelta(minutes=5)
QUEUED = frozenset({DecisionState.QUEUED})
OUTCOME = Outcome(external_id="comment-1", url="https://linear.app/acme/issue/ENG-1#c", inverse="{}")


@pytest.fixture
def stores() -> Iterator[Stores]:
    """The stores on an empty table."""
    with dynamo() as opened_stores:
        yield opened_stores


@contextmanager
def answers_lost() -> Iterator[None]:
    """Every write is carried out twice, as when its first answer is lost and botocore repeats it."""
    repeated: set[int] = set()

    def repeat(request_dict: dict[str, object], **_: object) -> int | None:
        if id(request_dict) in repeated:
            return None
        repeated.add(id(request_dict))
        return 0

    events = tables.Row._get_connection().connection.client.meta.events
    handler = cast(Callable[..., None], repeat)  # the stubs do not know that this event's handlers answer
    for operation in ("PutItem", "UpdateItem"):
        events.register_first(f"needs-retry.dynamodb.{operation}", handler)
    yield
    for operation in ("PutItem", "UpdateItem"):
        events.unregister(f"needs-retry.dynamodb.{operation}", handler)
    assert repeated


def test_an_action_performed_while_we_judge_again_is_not_forgotten(stores: Stores) -> None:
    """`save` notices that the row changed after it was read, and starts over."""
    decision = stores.decisions.save(a_decision(revision="1"))
    done = decision.model_copy(update={"state": DecisionState.DONE, "performed": "1", "outcome": OUTCOME})
    judged_again = decision.model_copy(update={"revision": "2", "as_of": LATER, "updated_at": LATER})
    waiting = [done]

    def perform(**_: object) -> None:
        if waiting:
            stores.decisions.advance(waiting.pop(), expected=QUEUED)

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.PutItem", perform)
    saved = stores.decisions.save(judged_again)
    events.unregister("before-call.dynamodb.PutItem", perform)
    assert ("2", "1", OUTCOME) == (saved.revision, saved.performed, saved.outcome)
    assert saved == stores.decisions.get(ACME, decision.id)


def test_a_decision_that_never_rests_is_a_conflict(stores: Stores) -> None:
    """`save` gives up after a few rounds, and the queue brings the work again."""
    decision = stores.decisions.save(a_decision())
    moments = iter(range(1, 100))

    def change(**_: object) -> None:
        at = NOW + timedelta(seconds=next(moments))
        row = tables.DecisionRow.find(ACME, f"DECISION#{decision.subject.id}#{decision.id}")
        assert row is not None
        row.change([tables.DecisionRow.data.set(decision.model_copy(update={"updated_at": at}).model_dump_json())])

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb.PutItem", change)
    with pytest.raises(Conflict):
        stores.decisions.save(decision.model_copy(update={"revision": "2", "as_of": LATER}))
    events.unregister("before-call.dynamodb.PutItem", change)


def test_a_lost_answer_does_not_take_a_claim_from_its_holder(stores: Stores) -> None:
    """The repeated write meets its own first one and still counts as taken; others are still shut out."""
    with answers_lost():
        assert stores.conversations.claim(ACME, a_conversation(), now=NOW, until=LATER)
        assert not stores.conversations.claim(ACME, a_conversation(), now=NOW, until=LATER)
    stores.conversations.release(ACME, a_conversation())
    assert stores.conversations.claim(ACME, a_conversation(), now=NOW, until=LATER)


def test_a_lost_answer_does_not_make_an_advance_a_conflict(stores: Stores) -> None:
    """Nor a first save, nor a message."""
    message = a_message()
    with answers_lost():
        decision = stores.decisions.save(a_decision())
        done = decision.model_copy(update={"state": DecisionState.DONE})
        assert done == stores.decisions.advance(done, expected=QUEUED)
        stores.messages.record(ACME, message, keep_days=30)
    assert [message] == list(stores.messages.thread(ACME, message.channel, message.ts))


def test_who_overslept_does_not_give_back_what_another_has_taken(stores: Stores) -> None:
    """A claim that ran out belongs to whoever took it since."""
    slow, quick, third = Stores().cards, Stores().cards, Stores().cards
    assert slow.hold(ACME, "C1:1.0", now=NOW, until=NOW + timedelta(minutes=1))
    assert quick.hold(ACME, "C1:1.0", now=NOW + timedelta(minutes=2), until=LATER)
    slow.let_go(ACME, "C1:1.0")
    assert not third.hold(ACME, "C1:1.0", now=NOW + timedelta(minutes=3), until=LATER)
