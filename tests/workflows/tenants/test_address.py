"""A person is reached in the tenant's chat or by mail."""

import pytest

from pm_assistant.domain.reports import ReportChannel
from pm_assistant.domain.tenants import Member
from pm_assistant.workflows.tenants.address import address_of
from tests.builders import a_member
from tests.fakes.unit import FakeUnit

BOB = a_member("bob", slack_id=None, email=None)


@pytest.mark.parametrize(
    ("member", "delivery", "address"),
    [
        (a_member("ada"), ReportChannel.SLACK, "U0ADA"),
        (a_member("ada"), ReportChannel.EMAIL, "ada@acme.test"),
        (BOB, ReportChannel.SLACK, None),
        (BOB, ReportChannel.EMAIL, None),
    ],
)
def test_a_person_is_reached_where_they_are_known(member: Member, delivery: ReportChannel, address: str | None) -> None:
    """None if not at all."""
    assert address == address_of(member, delivery, FakeUnit())
