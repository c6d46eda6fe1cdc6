"""Owners and admins hear once that a connection broke, by whatever way still works."""

from datetime import datetime

import pytest

from pm_assistant.domain.accounts import Account, Mail, Role
from pm_assistant.domain.connections import ConnectionNotice
from pm_assistant.domain.errors import (
    AccessRevoked,
    Conflict,
    NotConnected,
    ProductError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Provider
from pm_assistant.ports.vendors import Chat
from pm_assistant.workflows.connections.notify import HOLD, MARKED_WITHIN, notify
from tests.builders import ACME, NOW, a_connection, a_member, a_tenant
from tests.fakes.accounts import FakeMailer
from tests.fakes.stores import FakeStores
from tests.fakes.vendors import FakeChat

LINEAR = Provider.LINEAR
NOTICE = ConnectionNotice(tenant_id=ACME, provider=LINEAR, broken_since=NOW, reason="invalid_grant")


class Team:
    """Ada the owner and Bob the admin are in Slack, Ada under another address; Cem is a member, Dana has no Slack."""

    def __init__(self) -> None:
        self.stores, self.chat, self.mailer = FakeStores(), FakeChat(), FakeMailer()
        self.no_chat: ProductError | None = None
        self.stores.tenants.put(a_tenant(name="Acme & Co"))
        self.stores.connections.put(a_connection(provider=LINEAR, broken_since=NOW, broken_reason="invalid_grant"))
        for name, role in (("ada", Role.OWNER), ("bob", Role.ADMIN), ("cem", Role.MEMBER), ("dana", Role.ADMIN)):
            account = Account(id=name, tenant_id=ACME, email=f"{name}@acme.test", role=role, created_at=NOW)
            self.stores.accounts.put(account)
        members = [
            a_member("ada", email="ada@home.test", emails=("ADA@acme.test",)),
            a_member("bob"),
            a_member("cem"),
            a_member("dana", slack_id=None),
        ]
        self.stores.directory.put_members(ACME, members)

    def notify(self, notice: ConnectionNotice = NOTICE, *, now: datetime = NOW) -> int:
        """Deliver it."""
        return notify(
            notice,
            accounts=self.stores.accounts,
            directory=self.stores.directory,
            tenants=self.stores.tenants,
            connections=self.stores.connections,
            deliveries=self.stores.deliveries,
            chat=self.open_chat,
            mailer=self.mailer,
            public_url="https://pm.test/stage",
            now=now,
        )

    def open_chat(self) -> Chat:
        """The tenant's chat, if it works."""
        if self.no_chat:
            raise self.no_chat
        return self.chat

    @property
    def mailed(self) -> list[Mail]:
        """The mails that were sent."""
        return list(self.mailer.sent)

    @property
    def told(self) -> list[str]:
        """Who was told in the chat."""
        return [user for user, _ in self.chat.notices]


def test_owners_and_admins_hear_of_it_by_mail_and_in_the_chat() -> None:
    """Those known there by any of their addresses; members do not."""
    team = Team()
    assert 5 == team.notify()
    assert ["ada@acme.test", "bob@acme.test", "dana@acme.test"] == sorted(mail.to for mail in team.mailed)
    assert ["U0ADA", "U0BOB"] == team.told


def test_it_says_what_broke_why_and_where_to_mend_it() -> None:
    """In both, with the link that leads to the connections."""
    team = Team()
    team.notify()
    mail, (_, notice) = team.mailed[0], team.chat.notices[0]
    for part in ("Linear", "invalid_grant", "20 November 2026, 09:30 UTC"):
        assert part in mail.text
        assert part in notice.text
    assert "https://pm.test/stage/connect" in mail.text
    assert "Acme &amp; Co" in mail.html
    assert "https://pm.test/stage/connect" == notice.url


def test_a_repetition_says_nothing_again() -> None:
    """The queue delivers at least once."""
    team = Team()
    team.notify()
    assert 0 == team.notify()
    assert (3, 2) == (len(team.mailed), len(team.told))


def test_what_failed_is_caught_up_and_nothing_else() -> None:
    """The chat failed for one of them."""
    team = Team()
    team.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        team.notify()
    assert (3, ["U0BOB"]) == (len(team.mailed), team.told)
    assert 1 == team.notify()
    assert (3, 2) == (len(team.mailed), len(team.told))


@pytest.mark.parametrize("error", [NotConnected("no Slack"), AccessRevoked("broken", provider=Provider.SLACK)])
def test_without_a_chat_the_mail_has_to_do(error: ProductError) -> None:
    """It may be the chat that broke."""
    team = Team()
    team.no_chat = error
    team.notify()
    assert (3, []) == (len(team.mailed), team.told)


@pytest.mark.parametrize("change", ["mended", "disconnected", "broke again"])
def test_what_is_no_longer_true_is_not_said(change: str) -> None:
    """The message waited in a queue; another break has a message of its own."""
    team = Team()
    match change:
        case "mended":
            team.stores.connection_states.mend(ACME, LINEAR, at=NOW)
        case "disconnected":
            team.stores.connections.remove(ACME, LINEAR)
        case "broke again":
            team.stores.connections.put(a_connection(provider=LINEAR, broken_since=NOW + HOLD))
    assert 0 == team.notify(now=NOW + MARKED_WITHIN)
    assert ([], []) == (team.mailed, team.told)


def test_a_notice_that_is_ahead_of_its_mark_comes_again() -> None:
    """It is put first, so that nothing is marked of which nobody hears."""
    team = Team()
    team.stores.connections.put(a_connection(provider=LINEAR))
    with pytest.raises(Conflict):
        team.notify()
    assert ([], []) == (team.mailed, team.told)
    team.stores.connection_states.mark_broken(ACME, LINEAR, reason="invalid_grant", at=NOW)
    assert 5 == team.notify()


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), UpstreamRejected("not a verified address")])
def test_whom_a_mail_does_not_reach_keeps_it_from_nobody_else(error: ProductError) -> None:
    """All others are told, by every way; the repetition is for that one alone."""
    team = Team()
    team.mailer.fail_next(error)
    with pytest.raises(type(error)):
        team.notify()
    assert (["bob@acme.test", "dana@acme.test"], 2) == ([mail.to for mail in team.mailed], len(team.told))
    assert 1 == team.notify()
    assert "ada@acme.test" == team.mailed[-1].to


def test_a_failure_that_may_pass_has_the_notice_come_again() -> None:
    """Whatever failed for good before it: what is parked is not repeated."""
    team = Team()
    team.mailer.fail_next(UpstreamRejected("not a verified address"))
    team.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        team.notify()


def test_two_deliveries_at_once_do_not_both_send() -> None:
    """The second one comes again later."""
    team = Team()
    key = f"connection_broken|linear|{NOW.isoformat()}|mail|ada"
    team.stores.deliveries.hold(ACME, key, now=NOW, until=NOW + HOLD)
    with pytest.raises(Conflict):
        team.notify()
    assert ["bob@acme.test", "dana@acme.test"] == [mail.to for mail in team.mailed]
