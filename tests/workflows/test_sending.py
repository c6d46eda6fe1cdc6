"""Sending what a vendor would send twice: at once, and with a question only where an answer was lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from pm_assistant.domain.errors import (
    AccessRevoked,
    Misconfigured,
    NotConnected,
    NotFound,
    ProductError,
    RateLimited,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.workflows.sending import send_once
from tests.builders import NOW
from tests.fakes.unit import FakeUnit


@dataclass
class Mailbox:
    """What was sent and remembered; `looked` are the times from which on was looked, `limited` refuses to look."""

    unit: FakeUnit = field(default_factory=FakeUnit)
    sent: list[datetime] = field(default_factory=list)
    looked: list[datetime] = field(default_factory=list)
    remembered: list[str] = field(default_factory=list)
    limited: bool = False

    def send(self, before: ProductError | None = None, after: ProductError | None = None) -> None:
        """Send the one message; what goes wrong does so before or after it has been sent."""

        def attempt() -> str:
            if before:
                raise before
            self.sent.append(self.unit.now())
            if after:
                raise after
            return f"ts-{len(self.sent)}"

        def find(since: datetime) -> str | None:
            if self.limited:
                raise RateLimited("asked too often", retry_after=60)
            self.looked.append(since)
            return next((f"ts-{number}" for number, at in enumerate(self.sent, 1) if at >= since), None)

        send_once("card", self.unit, send=attempt, find=find, remember=self.remembered.append)


LOST = UpstreamUnavailable("the answer was lost")


def fails(kind: type[ProductError], act: Callable[[], None]) -> None:
    """Do what has to fail."""
    with pytest.raises(kind):
        act()


def test_what_is_sent_and_answered_is_looked_for_by_nobody() -> None:
    """Nor is the next message of that name."""
    box = Mailbox()

    for _ in range(2):
        box.send()

    assert (["ts-1", "ts-2"], []) == (box.remembered, box.looked)


@pytest.mark.parametrize(
    "refusal",
    [
        RateLimited("slow down", retry_after=1),
        UpstreamRejected("msg_too_long"),
        AccessRevoked("token_revoked"),
        NotFound("thread_not_found"),
        NotConnected("no chat"),
        Misconfigured("no secret"),
    ],
)
def test_a_vendor_that_said_no_has_sent_nothing(refusal: ProductError) -> None:
    """The next attempt need not ask what the last one left."""
    box = Mailbox()

    fails(type(refusal), lambda: box.send(before=refusal))
    box.send()

    assert (["ts-1"], []) == (box.remembered, box.looked)


def test_what_was_sent_without_an_answer_is_found_and_not_sent_again() -> None:
    """It is looked for from when its attempt began."""
    box = Mailbox()

    fails(UpstreamUnavailable, lambda: box.send(after=LOST))
    box.unit.at += timedelta(minutes=5)
    box.send()

    assert (1, ["ts-1"], [NOW]) == (len(box.sent), box.remembered, box.looked)


def test_a_death_while_sending_is_like_a_lost_answer() -> None:
    """Nobody was there to note anything but that it began."""
    box = Mailbox()
    box.unit.stores.outbox.begin(box.unit.tenant_id, "card", at=NOW)
    box.sent.append(NOW)

    box.send()

    assert (1, ["ts-1"]) == (len(box.sent), box.remembered)


def test_what_never_arrived_is_sent_again_and_its_own_answer_may_be_lost_too() -> None:
    """Each attempt is looked for from its own beginning."""
    box = Mailbox()

    fails(UpstreamUnavailable, lambda: box.send(before=LOST))
    box.unit.at += timedelta(minutes=5)
    fails(UpstreamUnavailable, lambda: box.send(after=LOST))
    box.unit.at += timedelta(minutes=5)
    box.send()

    assert (1, ["ts-1"]) == (len(box.sent), box.remembered)
    assert [NOW, NOW + timedelta(minutes=5)] == box.looked


def test_until_it_may_be_looked_for_nothing_is_sent() -> None:
    """Being told to wait is no answer."""
    box = Mailbox()
    fails(UpstreamUnavailable, lambda: box.send(after=LOST))

    box.limited = True
    for _ in range(3):
        fails(RateLimited, box.send)
    box.limited = False
    box.send()

    assert (1, ["ts-1"]) == (len(box.sent), box.remembered)


def test_once_found_it_is_settled() -> None:
    """The next message of that name, should somebody remove this one, is sent without a question."""
    box = Mailbox()
    fails(UpstreamUnavailable, lambda: box.send(after=LOST))
    box.send()

    box.send()

    assert (2, [NOW]) == (len(box.sent), box.looked)
