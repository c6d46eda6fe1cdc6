"""The demo's day is played once, and is there each time that the stack comes up."""

from types import SimpleNamespace
from typing import cast

import pytest

from infra.local import demo
from pm_assistant.cli.client import StackClient
from tests.builders import ACME, NOW, a_member
from tests.fakes.unit import FakeUnit


def a_client(unit: FakeUnit) -> StackClient:
    """A stack as far as standups go."""
    return cast(StackClient, SimpleNamespace(tenant_id=ACME, stores=unit.stores, unit=unit))


@pytest.mark.parametrize(("is_there", "made"), [(True, 1), (False, 2)])
def test_a_standup_is_made_once_a_day_and_again_where_it_is_gone(is_there: bool, made: int) -> None:
    """As mail is when the emulated service has been stopped: the stack would wait for it in vain."""
    unit, ada, keys = FakeUnit(), a_member(), []
    for _ in range(2):
        demo._have_made(ada, NOW, a_client(unit), is_there=is_there)
        [*_, (due, at)] = unit.schedules.once
        key = due.delivery_key(due.day(at, ada))
        unit.stores.deliveries.finish(ACME, ada.id, due.kind, key, at=at, once=True)
        keys.append(key)

    assert made == len(set(keys))
