"""What was heard and confirmed before is known only where it may be."""

from datetime import timedelta

from pm_assistant.domain.history import ConfirmedMatch, HeardConversation, History
from tests.builders import NOW


def heard(channel: str, *, private: bool) -> HeardConversation:
    """A conversation of Ada's."""
    return HeardConversation(
        conversation_id=f"{channel}:1.0",
        channel=channel,
        private=private,
        authors=("U0ADA",),
        at=NOW,
        ends_at=NOW + timedelta(days=1),
        terms={"coupon": 1},
    )


def confirmed(channel: str, *, private: bool) -> ConfirmedMatch:
    """A match of somebody's."""
    return ConfirmedMatch(
        ticket_id="ticket-1",
        channel=channel,
        root_ts="1.0",
        private=private,
        at=NOW,
        ends_at=NOW + timedelta(days=1),
        terms={"coupon": 1},
    )


def test_what_was_private_is_known_in_its_own_channel_alone() -> None:
    """What was public is known everywhere."""
    spoken = [heard("C0ENG", private=False), heard("C0SECRET", private=True)]
    matches = [confirmed("C0ENG", private=False), confirmed("C0SECRET", private=True)]
    history = History(recent={"U0ADA": spoken}, confirmed=matches)

    assert history == history.as_known_in("C0SECRET")
    for channel in ("C0ENG", "C0OTHER"):
        assert History({"U0ADA": spoken[:1]}, matches[:1]) == history.as_known_in(channel)


def test_a_match_is_of_the_conversation_that_begins_where_its_thread_does() -> None:
    """As conversations are named."""
    assert "C0ENG:1.0" == confirmed("C0ENG", private=False).conversation_id
