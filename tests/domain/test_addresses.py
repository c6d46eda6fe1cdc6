"""A decision's page is known by its address, and by no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.addresses import decision_at, decision_page

OURS = "https://pm.test/stage"
ids = st.from_regex(r"[0-9a-f]{8}-[0-9a-f]{4}", fullmatch=True)


@given(ids)
def test_the_address_of_a_decision_leads_back_to_it(id: str) -> None:
    """With whatever people have behind it."""
    page = decision_page(OURS, id)
    assert [id] * 3 == [decision_at(address, OURS) for address in (page, f"{page}/", f"{page}?from=slack#history")]


@pytest.mark.parametrize(
    "address",
    [
        "https://pm.test.evil.example/stage/decisions/d-1",
        "http://pm.test/stage/decisions/d-1",
        "https://pm.test/decisions/d-1",
        "https://pm.test/stage/decisions/d-1/undo",
        "https://pm.test/stage/decisions/../keys",
        "https://pm.test/stage/connect",
        "https://user@pm.test/stage/decisions/d-1",
        "",
    ],
)
def test_any_other_address_leads_to_none(address: str) -> None:
    """Other sites, other pages of ours, and what only looks like one."""
    assert decision_at(address, OURS) is None
