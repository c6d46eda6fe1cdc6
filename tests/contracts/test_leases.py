"""Leases: what only one at a time may work on, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pm_assistant.domain.errors import Contention
from pm_assistant.ports.platform import Leases
from tests.builders import NOW
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(minutes=5)
MUCH_LATER = LATER + timedelta(minutes=5)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def leases(request: pytest.FixtureRequest) -> Iterator[Leases]:
    """The leases, shared by the tests of this module; each test and example has tenants of its own."""
    with opened(request.param) as stores:
        yield stores.leases


def test_a_key_is_leased_to_one_until_it_is_given_back_or_runs_out(leases: Leases) -> None:
    """Other keys of the tenant, and the same key of another tenant, are free."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    assert leases.take(tenant_id, "subject|C1:1.0", now=NOW, until=LATER)
    assert not leases.take(tenant_id, "subject|C1:1.0", now=NOW, until=LATER)
    assert leases.take(other, "subject|C1:1.0", now=NOW, until=LATER)
    assert leases.take(tenant_id, "subject|C1:2.0", now=NOW, until=LATER)
    leases.give_back(tenant_id, "subject|C1:1.0")
    assert leases.take(tenant_id, "subject|C1:1.0", now=NOW, until=LATER)
    assert not leases.take(tenant_id, "subject|C1:1.0", now=LATER - timedelta(seconds=1), until=MUCH_LATER)
    assert leases.take(tenant_id, "subject|C1:1.0", now=LATER, until=MUCH_LATER)


def test_giving_back_what_nobody_has_is_fine(leases: Leases) -> None:
    """Whoever does so twice has what they wanted, and takes nothing from anybody."""
    tenant_id, other = a_new_tenant(), a_new_tenant()
    leases.take(other, "job|1", now=NOW, until=LATER)
    for _ in range(2):
        leases.give_back(tenant_id, "job|1")
    assert leases.take(tenant_id, "job|1", now=NOW, until=LATER)
    assert not leases.take(other, "job|1", now=NOW, until=LATER)


def test_a_lease_lasts_as_long_as_its_block(leases: Leases) -> None:
    """Meanwhile others meet a conflict; it ends however the block does."""
    tenant_id = a_new_tenant()
    with leases.hold(tenant_id, "job|1", now=NOW, until=LATER):
        assert not leases.take(tenant_id, "job|1", now=NOW, until=LATER)
    with pytest.raises(ValueError, match="ours"), leases.hold(tenant_id, "job|1", now=NOW, until=LATER):
        raise ValueError("ours")
    assert leases.take(tenant_id, "job|1", now=NOW, until=LATER)


def test_who_comes_second_does_not_end_the_firsts_lease(leases: Leases) -> None:
    """The block is not entered, and nothing is given back that was not taken."""
    tenant_id = a_new_tenant()
    with leases.hold(tenant_id, "job|1", now=NOW, until=LATER):
        for _ in range(2):
            with pytest.raises(Contention), leases.hold(tenant_id, "job|1", now=NOW, until=LATER):
                pytest.fail("two are at work on it")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.sampled_from(["take", "give back", "wait"]), max_size=12))
def test_no_two_have_a_lease_at_once(leases: Leases, steps: list[str]) -> None:
    """It is taken exactly when nobody's has neither been given back nor run out."""
    tenant_id, now, leased_until = a_new_tenant(), NOW, NOW
    for step in steps:
        if step == "wait":
            now += timedelta(minutes=2)
        elif step == "give back":
            leases.give_back(tenant_id, "key")
            leased_until = now
        else:
            until = now + timedelta(minutes=3)
            taken = leases.take(tenant_id, "key", now=now, until=until)
            assert (leased_until <= now) is taken
            leased_until = until if taken else leased_until
