"""Synchronising: our copy follows the vendors, and people are matched by e-mail alone."""

from datetime import timedelta

from pm_assistant.workflows.sync import Synced, matched, sync
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
