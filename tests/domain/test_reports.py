"""Which report it is, whose, and of which day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pm_assistant.domain.reports import ReportChannel, ReportDue, ReportKind, Subscription
from tests.builders import ACME, NOW, a_member

OF_BEFORE = '{"member_id":"U0ADA","kind":"weekly","hour":7,"minute":15,"weekdays":["FRI"],"delivery":"email"}'


def test_a_subscription_of_before_there_were_channels_is_still_read() -> None:
    """It is a person's, by the person's own clock."""
    wish = Subscription.model_validate_json(OF_BEFORE)

    assert ("weekly.U0ADA", None, None, None) == (wish.id, wish.channel_id, wish.team_id, wish.time_zone)
    assert wish == Subscription.model_validate_json(wish.model_dump_json())


def test_each_kind_for_each_reader_is_a_subscription_of_its_own() -> None:
    """A person's, a team's for a person, and a channel's, of one team or of whoever is there."""
    zone = {"time_zone": "UTC"}
    targets: list[dict[str, str]] = [
        {"member_id": "C1"},
        {"member_id": "C1", "team_id": "T1"},
        {"channel_id": "C1", **zone},
        {"channel_id": "C1", "team_id": "T1", **zone},
    ]
    ids = {Subscription.model_validate({**t, "kind": kind}).id for t in targets for kind in ReportKind}

    assert len(targets) * len(ReportKind) == len(ids)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"member_id": "U1", "channel_id": "C1", "time_zone": "UTC"},
        {"channel_id": "C1"},
        {"channel_id": "C1", "time_zone": "UTC", "delivery": ReportChannel.EMAIL},
        {"member_id": "U1", "time_zone": "Mars/Olympus"},
    ],
)
def test_a_report_has_one_reader_and_a_clock(fields: dict[str, str]) -> None:
    """A channel is nowhere, so it names a zone; and nobody mails it."""
    with pytest.raises(ValidationError):
        Subscription.model_validate(fields)


@given(st.sampled_from(["Pacific/Auckland", "America/Los_Angeles", "Asia/Kolkata"]))
def test_the_day_of_a_report_is_that_of_the_clock_that_made_it_due(elsewhere: str) -> None:
    """Whoever has moved meanwhile gets it for the day on which it was due."""
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW, time_zone="Europe/Berlin")

    assert NOW.date() == due.day(NOW, a_member(time_zone=elsewhere))


def test_a_persons_report_is_known_by_the_key_it_has_always_had() -> None:
    """So what was delivered before is not delivered again."""
    due = ReportDue(tenant_id=ACME, member_id="U0ADA", due_at=NOW)

    assert "acme|U0ADA|standup|2026-11-20" == due.delivery_key(NOW.date())
    assert "acme|U0ADA|standup|asked" == due.model_copy(update={"once": "asked"}).delivery_key(NOW.date())
