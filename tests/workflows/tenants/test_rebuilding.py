"""A tenant's clockwork can be lost and made anew: all of it stands in the tenant's rows."""

from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.reports import Subscription
from pm_assistant.workflows.tenants.closing import call_off, close
from pm_assistant.workflows.tenants.rebuilding import rebuild
from tests.builders import ACME, a_connection, a_decision, a_member, a_tenant
from tests.fakes.aws import FakeSchedules
from tests.fakes.unit import FakeUnit


def a_unit() -> FakeUnit:
    """A tenant whose Ada wants a report, and whose Bo did until he left; one decision waits to be carried out."""
    unit = FakeUnit(ACME)
    unit.stores.tenants.put(a_tenant())
    unit.stores.directory.put_members(ACME, [a_member()])
    for member_id in ("U0ADA", "U0BO"):
        unit.stores.subscriptions.put(ACME, Subscription(member_id=member_id))
    unit.stores.decisions.save(a_decision(state=DecisionState.QUEUED))
    unit.stores.connections.put(a_connection())
    unit.schedules.put(ACME, Subscription(member_id="U0ADA"), a_member().time_zone)
    unit.schedules.put_recurring(ACME)
    return unit


def test_what_was_due_is_due_again() -> None:
    """The same reports, what recurs, an announced end, and what waited; asked again it is the same."""
    unit = a_unit()
    close("Acme", unit, asked_by="account:ada")
    before = vars(unit.schedules)
    unit.schedules = FakeSchedules()

    assert 4 == rebuild(unit) == rebuild(unit)
    assert before == vars(unit.schedules)
    [first, again] = [put.message for put in unit.queues.actions.puts]
    assert isinstance(first, ActionRequest)
    assert first == again


def test_an_end_that_was_called_off_stays_off() -> None:
    """Its job is still among the tenant's runs."""
    unit = a_unit()
    close("Acme", unit, asked_by="account:ada")
    call_off(unit)
    unit.schedules = FakeSchedules()

    rebuild(unit)

    assert {} == unit.schedules.jobs
