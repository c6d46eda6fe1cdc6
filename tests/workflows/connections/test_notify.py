"""Owners and admins hear once that a connection broke, by whatever way still works."""

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
from pm_assistant.workflows.connections.notify import LEASE, MARKED_WITHIN, notify
from tests.builders import ACME, NOW, a_connection, a_member, a_tenant
from tests.fakes.unit import FakeUnit

LINEAR = Provider.LINEAR
NOTICE = ConnectionNotice(tenant_id=ACME, provider=LINEAR, broken_since=NOW, reason="invalid_grant")


class Team(FakeUnit):
    """Ada the owner and Bob the admin are in Slack, Ada under another address; Cem is a member, Dana has no Slack."""

    def __init__(self) -> None:
        super().__init__()
        self.public_url = "https://pm.test/stage"
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

    @property
    def mailed(self) -> list[Mail]:
        """The mails that were sent."""
        return list(self.mailer.sent)

    @property
    def told_in_chat(self) -> list[str]:
        """Who was told in the chat."""
        return [user for user, _ in self.chat.notices]


def test_owners_and_admins_hear_of_it_by_mail_and_in_the_chat() -> None:
    """Those known there by any of their addresses; members do not."""
    team = Team()
    assert 5 == notify(NOTICE, team)
    assert ["ada@acme.test", "bob@acme.test", "dana@acme.test"] == sorted(mail.to for mail in team.mailed)
    assert ["U0ADA", "U0BOB"] == team.told_in_chat


def test_it_says_what_broke_why_and_where_to_mend_it() -> None:
    """In both, with the link that leads to the connections."""
    team = Team()
    notify(NOTICE, team)
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
    notify(NOTICE, team)
    assert 0 == notify(NOTICE, team)
    assert (3, 2) == (len(team.mailed), len(team.told_in_chat))


def test_what_failed_is_caught_up_and_nothing_else() -> None:
    """The chat failed for one of them."""
    team = Team()
    team.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, team)
    assert (3, ["U0BOB"]) == (len(team.mailed), team.told_in_chat)
    assert 1 == notify(NOTICE, team)
    assert (3, 2) == (len(team.mailed), len(team.told_in_chat))


@pytest.mark.parametrize("error", [NotConnected("no Slack"), AccessRevoked("broken", provider=Provider.SLACK)])
def test_without_a_chat_the_mail_has_to_do(error: ProductError) -> None:
    """It may be the chat that broke."""
    team = Team()
    team.failing["chat"] = error
    notify(NOTICE, team)
    del team.failing["chat"]
    assert (3, []) == (len(team.mailed), team.told_in_chat)


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
            team.stores.connections.put(a_connection(provider=LINEAR, broken_since=NOW + LEASE))
    team.at += MARKED_WITHIN
    assert 0 == notify(NOTICE, team)
    assert [] == team.mailed
    assert [] == team.told_in_chat


def test_a_notice_that_is_ahead_of_its_mark_comes_again() -> None:
    """It is put first, so that nothing is marked of which nobody hears."""
    team = Team()
    team.stores.connections.put(a_connection(provider=LINEAR))
    with pytest.raises(Conflict):
        notify(NOTICE, team)
    assert [] == team.mailed
    assert [] == team.told_in_chat
    team.stores.connection_states.mark_broken(ACME, LINEAR, reason="invalid_grant", at=NOW)
    assert 5 == notify(NOTICE, team)


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), UpstreamRejected("not a verified address")])
def test_whom_a_mail_does_not_reach_keeps_it_from_nobody_else(error: ProductError) -> None:
    """All others are told, by every way; the repetition is for that one alone."""
    team = Team()
    team.mailer.fail_next(error)
    with pytest.raises(type(error)):
        notify(NOTICE, team)
    assert (["bob@acme.test", "dana@acme.test"], 2) == ([mail.to for mail in team.mailed], len(team.told_in_chat))
    assert 1 == notify(NOTICE, team)
    assert "ada@acme.test" == team.mailed[-1].to


def test_a_failure_that_may_pass_has_the_notice_come_again() -> None:
    """Whatever failed for good before it: what is parked is not repeated."""
    team = Team()
    team.mailer.fail_next(UpstreamRejected("not a verified address"))
    team.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, team)


def test_two_deliveries_at_once_do_not_both_send() -> None:
    """The second one comes again later."""
    team = Team()
    key = f"notice|connection_broken|linear|{NOW.isoformat()}|mail|ada"
    team.stores.leases.take(ACME, key, now=NOW, until=NOW + LEASE)
    with pytest.raises(Conflict):
        notify(NOTICE, team)
    assert ["bob@acme.test", "dana@acme.test"] == [mail.to for mail in team.mailed]
