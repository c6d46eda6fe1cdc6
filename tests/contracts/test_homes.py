"""Who looks at a page of ours, in memory and on DynamoDB."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pm_assistant.ports.surfaces import Homes
from tests.builders import NOW
from tests.contracts.stores import IMPLEMENTATIONS, a_new_tenant, opened

LATER = NOW + timedelta(minutes=5)


@pytest.fixture(params=IMPLEMENTATIONS, scope="module")
def homes(request: pytest.FixtureRequest) -> Iterator[Homes]:
    """The pages, shared by the tests of this module; each has a tenant of its own."""
    with opened(request.param) as stores:
        yield stores.homes


def test_a_page_that_is_looked_at_is_told_of_once_until_it_is_made_anew(homes: Homes) -> None:
    """However much happens meanwhile."""
    tenant_id = a_new_tenant()
    homes.look(tenant_id, "U0ADA", since=NOW)

    assert [("U0ADA", NOW)] == homes.outdate(tenant_id, since=NOW)
    assert [] == homes.outdate(tenant_id, since=NOW)
    homes.look(tenant_id, "U0ADA", since=NOW)
    assert [("U0ADA", NOW)] == homes.outdate(tenant_id, since=NOW)


def test_a_page_that_was_opened_long_ago_is_looked_at_no_more(homes: Homes) -> None:
    """Whoever opens it again sees it as it is then."""
    tenant_id = a_new_tenant()
    homes.look(tenant_id, "U0ADA", since=NOW)
    homes.look(tenant_id, "U0BOB", since=LATER)

    assert [("U0BOB", LATER)] == homes.outdate(tenant_id, since=LATER)
