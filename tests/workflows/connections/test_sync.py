"""Synchronising: our copy follows the vendors, and people are matched by e-mail alone."""

from datetime import timedelta

import pytest

from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.people import matched
from pm_assistant.domain.tenants import Channels, Provider, Settings, TenantId
from pm_assistant.domain.work import Ticket
from pm_assistant.workflows.connections.sync import Synced, sync
from tests.builders import ACME, ENG, NOW, a_member, a_message, a_tenant, a_ticket
from tests.fakes.stores import FakeDirectory, FakeMessages, FakeTickets
from tests.fakes.vendors import FakeChat, FakeTracker


def test_everything_is_kept_once_however_often_it_is_read() -> None:
    """A second run changes nothing."""
    directory, tickets, messages = FakeDirectory(), FakeTickets(), FakeMessages()
    chat = FakeChat(members=[a_member(linear_id=None)], messages=[a_message()])
    tracker = FakeTracker(tickets=[a_ticket(1)], teams=[ENG], members=[a_member(slack_id=None)])

    for _ in range(2):
        counts = sync(
            a_tenant(),
            chat=chat,
            tracker=tracker,
            directory=directory,
            tickets=tickets,
            messages=messages,
            messages_since=NOW - timedelta(days=1),
        )

    assert Synced(members=1, teams=1, tickets=1, messages=1) == counts
    assert [a_member()] == list(directory.members(ACME))
    assert [a_ticket(1)] == list(tickets.all(ACME))
    assert [a_message()] == list(messages.since(ACME, NOW - timedelta(days=1)))


def test_a_reading_that_was_interrupted_goes_on_where_it_was() -> None:
    """What is kept as it now reads is not written again: thousands of tickets may take more than one attempt."""

    class Tiring(FakeTickets):
        """Takes three writes, then none until it has rested."""

        left = 3

        def put(self, tenant_id: TenantId, ticket: Ticket) -> None:
            """Keep a ticket."""
            if not self.left:
                raise UpstreamUnavailable("out of time")
            self.left -= 1
            super().put(tenant_id, ticket)

    tickets = Tiring()
    read = [a_ticket(number) for number in range(5)]

    def attempt() -> None:
        sync(
            a_tenant(),
            chat=FakeChat(),
            tracker=FakeTracker(tickets=read),
            directory=FakeDirectory(),
            tickets=tickets,
            messages=FakeMessages(),
            messages_since=None,
        )

    with pytest.raises(UpstreamUnavailable):
        attempt()
    tickets.left = 3
    attempt()

    assert read == sorted(tickets.all(ACME), key=lambda ticket: ticket.id)
    assert 1 == tickets.left


def test_history_is_left_alone_unless_asked_for() -> None:
    """Reading what was said before the install takes a person's wish."""
    messages = FakeMessages()

    sync(
        a_tenant(),
        chat=FakeChat(messages=[a_message()]),
        tracker=FakeTracker(),
        directory=FakeDirectory(),
        tickets=FakeTickets(),
        messages=messages,
        messages_since=None,
    )

    assert [] == list(messages.since(ACME, NOW - timedelta(days=1)))


@pytest.mark.parametrize("channels", [Channels(deny=("C0HR",)), Channels(allow=("C0ENG",))])
def test_what_was_said_in_a_channel_that_is_not_read_is_not_kept(channels: Channels) -> None:
    """Neither in one that is left out, nor in one that is not among those named."""
    messages = FakeMessages()

    counts = sync(
        a_tenant(settings=Settings(channels=channels)),
        chat=FakeChat(messages=[a_message(), a_message(1, channel="C0HR")]),
        tracker=FakeTracker(),
        directory=FakeDirectory(),
        tickets=FakeTickets(),
        messages=messages,
        messages_since=NOW - timedelta(days=1),
    )

    assert 1 == counts.messages
    assert [a_message()] == list(messages.since(ACME, NOW - timedelta(days=1)))


def test_people_without_a_matching_address_stay_two_people() -> None:
    """A name is no proof: only the e-mail address joins an account of the chat with one of the tracker."""
    in_chat = a_member(email="ada@acme.test", linear_id=None)
    namesake = a_member(id="lin-2", email="ada@elsewhere.test", slack_id=None, linear_id="lin-2")
    nameless = a_member(id="lin-3", email=None, slack_id=None, linear_id="lin-3")

    assert [in_chat, namesake, nameless] == list(matched([in_chat], [namesake, nameless]))


def test_an_address_matches_in_any_case() -> None:
    """Ada@ and ada@ are one mailbox."""
    in_chat = a_member(email="Ada@Acme.test", linear_id=None)

    [joined] = matched([in_chat], [a_member(id="lin-ada", email="ada@acme.test", slack_id=None)])

    assert ("U0ADA", "lin-ada") == (joined.slack_id, joined.linear_id)


def test_what_people_have_said_of_people_outlives_every_reading() -> None:
    """A confirmed account, a zone set by hand and further addresses stay; whoever became part of another is gone."""
    directory = FakeDirectory()
    said = a_member(
        time_zone="Asia/Tokyo",
        by_hand=("time_zone",),
        linear_id="lin-9",
        confirmed=(Provider.LINEAR,),
        emails=("ada@home.test",),
    )
    directory.put_members(ACME, [said, a_member(id="lin-9", slack_id=None, linear_id="lin-9", email="x@home.test")])

    sync(
        a_tenant(),
        chat=FakeChat(members=[a_member(linear_id=None)]),
        tracker=FakeTracker(members=[a_member(id="lin-9", slack_id=None, linear_id="lin-9", email="x@home.test")]),
        directory=directory,
        tickets=FakeTickets(),
        messages=FakeMessages(),
        messages_since=None,
    )

    assert [said] == list(directory.members(ACME))
