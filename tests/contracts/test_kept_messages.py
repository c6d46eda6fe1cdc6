"""What waits for a tenant to be resumed, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.domain.suspension import KeptMessage, Stage
from pm_assistant.ports.platform import KeptMessages
from tests.builders import NOW
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

UNTIL = NOW + timedelta(days=36_500)
ONE, OTHER = KeptMessage(stage=Stage.EVENTS, body="one"), KeptMessage(stage=Stage.EVENTS, body="other")
ELSEWHERE = KeptMessage(stage=Stage.ACTIONS, body="one")


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def kept(request: pytest.FixtureRequest) -> Iterator[KeptMessages]:
    """What is kept, shared by the tests of this module; each has a tenant of its own."""
    with opened(request.param) as stores:
        yield stores.kept_messages


def test_what_comes_twice_is_kept_once_for_each_stage(kept: KeptMessages) -> None:
    """A queue may deliver twice, and the same body may be meant for another stage."""
    tenant_id = a_new_tenant()
    for message in (ONE, OTHER, ONE, ELSEWHERE):
        kept.keep(tenant_id, message, until=UNTIL)

    assert {ONE.id, OTHER.id, ELSEWHERE.id} == {message.id for message in kept.page(tenant_id, limit=9)}
    assert 3 == len(kept.page(tenant_id, limit=9))
    first, second = kept.page(tenant_id, limit=2)
    [last] = kept.page(tenant_id, after=second.id, limit=2)
    assert first.id < second.id < last.id


def test_what_is_dropped_is_kept_no_longer(kept: KeptMessages) -> None:
    """The others are, and dropping it again is fine."""
    tenant_id = a_new_tenant()
    for message in (ONE, OTHER):
        kept.keep(tenant_id, message, until=UNTIL)

    for _ in range(2):
        kept.drop(tenant_id, ONE)

    assert [OTHER] == list(kept.page(tenant_id, limit=9))
