"""What a new team has yet to do, as it stands in the store."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Account, Caller, Role, Scope
from pm_assistant.domain.catch_up import Position
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Provider, Standing, Tenant
from pm_assistant.domain.work import Channel
from pm_assistant.workflows.tenants.first_steps import NEW_FOR, Deed, Step, first_steps
from tests.builders import ACME, NOW, a_member, a_tenant
from tests.fakes.unit import FakeUnit

NEW = a_tenant(created_at=NOW)
EVERY_VENDOR = frozenset(Provider)


def caller(scope: Scope) -> Caller:
    """Somebody of the team."""
    return Caller(tenant_id=ACME, kind="account", id="a", name="ada@acme.test", scope=scope)


def steps(unit: FakeUnit, *connected: Provider, tenant: Tenant = NEW, scope: Scope = Scope.OWNER) -> list[Step]:
    """What is to be done."""
    return [*first_steps(tenant, caller(scope), unit, connected=connected)]


def who_is_who(unit: FakeUnit) -> list[tuple[Provider | None, bool]]:
    """Of which vendor that is to be said, and whether it is."""
    return [(step.provider, step.done) for step in steps(unit, *EVERY_VENDOR) if step.deed is Deed.IDENTIFY]


def invited(unit: FakeUnit, place: str = "C1") -> None:
    """It is in a channel now."""
    position = Position(source=Provider.SLACK, workspace="T1", place=place, channel=Channel(id=place))
    unit.stores.readings.put_position(ACME, position)


def test_a_new_team_connects_each_vendor_then_invites_and_then_has_a_report() -> None:
    """In this order, and nothing of it is done."""
    found = steps(FakeUnit(ACME))
    assert [(Deed.CONNECT, each) for each in Provider] == [(step.deed, step.provider) for step in found[:3]]
    assert [Deed.INVITE, Deed.REPORT] == [step.deed for step in found[3:]]
    assert not any(step.done for step in found)


def test_each_step_is_done_once_the_store_says_so() -> None:
    """A connection, a channel that is read, a report that is wished for; all of it together leaves nothing to say."""
    unit = FakeUnit(ACME)
    assert [Provider.SLACK] == [step.provider for step in steps(unit, Provider.SLACK) if step.done]
    invited(unit)
    assert [True, False, True] == [step.done for step in steps(unit, *EVERY_VENDOR)[3:]]
    unit.stores.subscriptions.put(ACME, Subscription(member_id="ada"))
    assert [] == steps(unit, *EVERY_VENDOR)
    assert [Deed.CONNECT] == [step.deed for step in steps(unit, Provider.SLACK, Provider.LINEAR) if not step.done]


def test_it_is_said_who_is_who_at_the_code_host_once_that_is_connected() -> None:
    """Of everybody in the chat: which account is theirs, or that they have none; who has left is asked for no more."""
    unit = FakeUnit(ACME)
    people = [a_member("ada", github_login="ada-codes"), a_member("bo"), a_member("lin", slack_id=None)]
    unit.stores.directory.put_members(ACME, people)
    assert Deed.IDENTIFY not in {step.deed for step in steps(unit, Provider.SLACK)}

    assert [(Provider.GITHUB, False)] == who_is_who(unit)

    unit.stores.directory.put_members(ACME, [people[1].model_copy(update={"confirmed": (Provider.GITHUB,)})])
    assert [(Provider.GITHUB, True)] == who_is_who(unit)
    unit.stores.directory.put_members(ACME, [a_member("zoe", standings={Provider.SLACK: Standing.LEFT})])
    assert [(Provider.GITHUB, True)] == who_is_who(unit)


def test_the_workspace_as_a_whole_is_no_channel() -> None:
    """That it was read says nothing of an invitation."""
    unit = FakeUnit(ACME)
    unit.stores.readings.put_position(ACME, Position(source=Provider.SLACK, workspace="T1"))
    assert [Deed.INVITE] == [step.deed for step in steps(unit, *EVERY_VENDOR) if not step.done][:1]


@pytest.mark.parametrize("created_at", [None, NOW - NEW_FOR - timedelta(days=1)])
def test_a_team_that_has_been_there_for_a_while_is_not_led(created_at: object) -> None:
    """What it has not connected by then it does without."""
    assert [] == steps(FakeUnit(ACME), tenant=a_tenant(created_at=created_at))


def test_who_may_not_connect_sees_who_may_by_name() -> None:
    """Where the person is known; else by address. What anybody may do names nobody."""
    unit = FakeUnit(ACME)
    unit.stores.directory.put_members(ACME, [a_member("grace", name="Grace Hopper", email="grace@acme.test")])
    for email, role in (("grace@acme.test", Role.ADMIN), ("ida@acme.test", Role.OWNER), ("m@acme.test", Role.MEMBER)):
        unit.stores.accounts.put(Account(id=email, tenant_id=ACME, email=email, role=role, created_at=NOW))
    found = steps(unit, scope=Scope.RUN)
    assert [["Grace Hopper", "ida@acme.test"]] * 3 + [[], []] == [[*step.helpers] for step in found]
    assert not any(step.helpers for step in steps(unit, scope=Scope.ADMIN))
