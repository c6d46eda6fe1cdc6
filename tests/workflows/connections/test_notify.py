"""Owners and admins hear once that a connection broke, by whatever way still works."""

from typing import Any

import pytest

from pm_assistant.domain import causes
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
from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.ports.unit import LEASE
from pm_assistant.workflows.connections.health import mark_broken
from pm_assistant.workflows.connections.notify import MARKED_WITHIN, notify
from tests.builders import ACME, NOW, a_connection, a_member, a_tenant
from tests.fakes.stores import FakeDeliveries
from tests.fakes.unit import FakeUnit

LINEAR = Provider.LINEAR
NOTICE = ConnectionNotice(tenant_id=ACME, provider=LINEAR, broken_since=NOW, reason="invalid_grant")


class NotifyUnit(FakeUnit):
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
    unit = NotifyUnit()
    assert 5 == notify(NOTICE, unit)
    assert ["ada@acme.test", "bob@acme.test", "dana@acme.test"] == sorted(mail.to for mail in unit.mailed)
    assert ["U0ADA", "U0BOB"] == unit.told_in_chat


def test_whoever_wrote_down_an_admins_address_hears_nothing() -> None:
    """Whom the chat itself knows by it does."""
    unit = NotifyUnit()
    unit.stores.directory.put_members(ACME, [a_member("aaron", emails=("bob@acme.test",)), a_member("bob")])
    notify(NOTICE, unit)
    assert ["U0ADA", "U0BOB"] == sorted(unit.told_in_chat)


def test_that_it_broke_stands_in_the_trail_once() -> None:
    """Also where whoever marked the connection was killed before noting it."""
    unit = NotifyUnit()
    for _ in range(2):
        notify(NOTICE, unit)
    [noted] = unit.stores.audit.latest(ACME, limit=9)
    assert ("connection.broken", "linear", "system", {"reason": "invalid_grant"}) == (
        noted.action,
        noted.target,
        noted.actor,
        noted.detail,
    )

    unit = NotifyUnit()
    unit.stores.connections.put(a_connection(provider=LINEAR))
    mark_broken(LINEAR, "invalid_grant", unit)
    notify(NOTICE, unit)
    assert 1 == len(unit.stores.audit.latest(ACME, limit=9))


def test_it_says_what_broke_why_and_where_to_mend_it() -> None:
    """In both, with the link that leads to the connections."""
    unit = NotifyUnit()
    notify(NOTICE, unit)
    mail, (_, notice) = unit.mailed[0], unit.chat.notices[0]
    for part in ("Linear", "invalid_grant", "20 Nov 2026, 09:30 UTC"):
        assert part in mail.text
        assert part in notice.text
    assert "https://pm.test/stage/connections" in mail.text
    assert "Acme &amp; Co" in mail.html
    assert "https://pm.test/stage/connections" == notice.url


def test_each_is_told_in_their_own_language_why() -> None:
    """By mail and in the chat: a reason of ours translated, whatever a vendor itself said as it is."""
    for reason, said in (
        (str(causes.refuses_token("Linear")), "Linear nimmt unser Token nicht mehr an."),
        ("x_y", "x_y."),
    ):
        unit = NotifyUnit()
        unit.stores.directory.put_members(ACME, [a_member("ada", language="de"), a_member("bob")])
        notify(NOTICE.model_copy(update={"reason": reason}), unit)
        mails = {mail.to: mail.text for mail in unit.mailed}
        notices = dict(unit.chat.notices)
        for words in (mails["ada@acme.test"], notices["U0ADA"].text):
            assert f"Grund: {said}" in words
        for words in (mails["bob@acme.test"], notices["U0BOB"].text):
            assert f"Why: {reason}." in words


def test_a_repetition_says_nothing_again() -> None:
    """The queue delivers at least once."""
    unit = NotifyUnit()
    notify(NOTICE, unit)
    assert 0 == notify(NOTICE, unit)
    assert (3, 2) == (len(unit.mailed), len(unit.told_in_chat))


def test_what_failed_is_caught_up_and_nothing_else() -> None:
    """The chat failed for one of them."""
    unit = NotifyUnit()
    unit.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, unit)
    assert (3, ["U0BOB"]) == (len(unit.mailed), unit.told_in_chat)
    assert 1 == notify(NOTICE, unit)
    assert (3, 2) == (len(unit.mailed), len(unit.told_in_chat))


def test_whoever_was_told_without_an_answer_is_not_told_again() -> None:
    """The chat is asked about that one person only."""
    unit = NotifyUnit()
    unit.chat.lose_next_answer()
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, unit)
    assert 1 == notify(NOTICE, unit)
    assert (["U0ADA", "U0BOB"], 1) == (unit.told_in_chat, unit.chat.history_reads)


def test_whoever_was_told_is_not_told_again_where_noting_it_failed() -> None:
    """What may have been sent is not forgotten before it is known to have been."""

    class Failing(FakeDeliveries):
        """Fails to note the first message in the chat."""

        failed = False

        def finish(self, tenant_id: TenantId, member_id: str, *args: Any, **named: Any) -> None:
            """Record a delivery."""
            if not self.failed and member_id.startswith("chat|"):
                self.failed = True
                raise UpstreamUnavailable("DynamoDB did not answer")
            super().finish(tenant_id, member_id, *args, **named)

    unit = NotifyUnit()
    unit.stores.deliveries = Failing()
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, unit)
    assert 1 == notify(NOTICE, unit)
    assert (["U0ADA", "U0BOB"], 1) == (unit.told_in_chat, unit.chat.history_reads)


@pytest.mark.parametrize("error", [NotConnected("no Slack"), AccessRevoked("broken", provider=Provider.SLACK)])
def test_without_a_chat_the_mail_has_to_do(error: ProductError) -> None:
    """It may be the chat that broke."""
    unit = NotifyUnit()
    unit.failing["chat"] = error
    notify(NOTICE, unit)
    del unit.failing["chat"]
    assert (3, []) == (len(unit.mailed), unit.told_in_chat)


@pytest.mark.parametrize("change", ["mended", "disconnected", "broke again"])
def test_what_is_no_longer_true_is_not_said(change: str) -> None:
    """The message waited in a queue; another break has a message of its own."""
    unit = NotifyUnit()
    match change:
        case "mended":
            unit.stores.connection_states.mend(ACME, LINEAR, at=NOW)
        case "disconnected":
            unit.stores.connections.remove(ACME, LINEAR)
        case "broke again":
            unit.stores.connections.put(a_connection(provider=LINEAR, broken_since=NOW + LEASE))
    unit.at += MARKED_WITHIN
    assert 0 == notify(NOTICE, unit)
    assert [] == unit.mailed
    assert [] == unit.told_in_chat


def test_a_notice_that_is_ahead_of_its_mark_comes_again() -> None:
    """It is put first, so that nothing is marked of which nobody hears."""
    unit = NotifyUnit()
    unit.stores.connections.put(a_connection(provider=LINEAR))
    with pytest.raises(Conflict):
        notify(NOTICE, unit)
    assert [] == unit.mailed
    assert [] == unit.told_in_chat
    unit.stores.connection_states.mark_broken(ACME, LINEAR, reason="invalid_grant", at=NOW)
    assert 5 == notify(NOTICE, unit)


@pytest.mark.parametrize("error", [UpstreamUnavailable("no answer"), UpstreamRejected("not a verified address")])
def test_whom_a_mail_does_not_reach_keeps_it_from_nobody_else(error: ProductError) -> None:
    """All others are told, by every way; the repetition is for that one alone."""
    unit = NotifyUnit()
    unit.mailer.fail_next(error)
    with pytest.raises(type(error)):
        notify(NOTICE, unit)
    assert (["bob@acme.test", "dana@acme.test"], 2) == ([mail.to for mail in unit.mailed], len(unit.told_in_chat))
    assert 1 == notify(NOTICE, unit)
    assert "ada@acme.test" == unit.mailed[-1].to


def test_a_failure_that_may_pass_has_the_notice_come_again() -> None:
    """Whatever failed for good before it: what is parked is not repeated."""
    unit = NotifyUnit()
    unit.mailer.fail_next(UpstreamRejected("not a verified address"))
    unit.chat.fail_next(UpstreamUnavailable("no answer"))
    with pytest.raises(UpstreamUnavailable):
        notify(NOTICE, unit)


def test_two_deliveries_at_once_do_not_both_send() -> None:
    """The second one comes again later."""
    unit = NotifyUnit()
    key = f"notice|connection_broken|linear|{NOW.isoformat()}|mail|ada"
    unit.stores.leases.take(ACME, key, now=NOW, until=NOW + LEASE)
    with pytest.raises(Conflict):
        notify(NOTICE, unit)
    assert ["bob@acme.test", "dana@acme.test"] == [mail.to for mail in unit.mailed]
