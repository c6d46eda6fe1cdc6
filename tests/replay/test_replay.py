"""A recorded week ends in the same model of work, with each effect once, however we come to hear of it."""

import pytest

from tests.replay.replay import faults
from tests.replay.vendors import Vendors
from tests.replay.week import record

pytestmark = pytest.mark.thorough

SEEDS = range(3)
"""`python -m tests.replay` tries as many as it is asked to."""


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Vendors:
    """A company at its vendors."""
    return Vendors(tmp_path_factory.mktemp("vendors"))


@pytest.mark.parametrize("seed", SEEDS)
def test_however_a_week_is_delivered_the_same_is_known_and_done_in_the_end(seed: int, vendors: Vendors) -> None:
    """In order, shuffled, tripled, a tenth of it lost and then caught up, or only read: as it stands at the vendors."""
    assert [] == list(faults(record(seed, vendors), vendors))
