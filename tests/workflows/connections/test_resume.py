"""What waited for a connection goes on once the connection is there."""

from datetime import timedelta
from typing import Any

import pytest

from pm_assistant.domain.decisions import ActionRequest, Decision, DecisionState, Waiting
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.jobs import Job, JobKind, Order
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.pipeline.act import act
from tests.builders import (
    ACME,
    ENG,
    NOW,
    TRUSTING,
    a_comment,
    a_connection,
    a_decision,
    a_job,
    a_message,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeTracker

WAITING = Waiting(provider=Provider.LINEAR, since=NOW)


def a_unit(*decisions: Decision) -> FakeUnit:
    """A tenant with both vendors connected, in whose log the decisions are."""
    unit = FakeUnit(ACME)
    unit.tracker = FakeTracker(tickets=[a_ticket()], teams=[ENG])
    unit.stores.tenants.put(a_tenant(settings=TRUSTING))
    for provider in (Provider.SLACK, Provider.LINEAR):
        unit.stores.connections.put(a_connection(ACME, provider))
    for decision in decisions:
        unit.stores.decisions.save(decision)
    return unit


def synced(unit: FakeUnit, *, dry_run: bool = False) -> list[str]:
    """The decisions that a reading of all vendors asks for; connecting ends with one."""
    job: Job = a_job(order=Order(kind=JobKind.SYNC, dry_run=dry_run))
    sync(job, unit)
    asked_for = [put.message for put in unit.queues.actions.puts]
    return [message.decision_id for message in asked_for if isinstance(message, ActionRequest)]


def test_connecting_again_has_done_what_waited() -> None:
    """And the card says so."""
    decision = a_decision()
    unit = a_unit(decision)
    unit.failing["tracker"] = NotConnected("no linear")
    request = ActionRequest(tenant_id=ACME, decision_id=decision.id)
    [waiting] = act(request, unit)
    assert waiting.waiting is not None
    del unit.failing["tracker"]

    assert [decision.id] == synced(unit)
    [done] = act(request, unit)

    assert (DecisionState.DONE, None) == (done.state, done.waiting)


RESUMED = [
    # state                   change                                     resumed
    (DecisionState.QUEUED, {"waiting": WAITING}, True),
    (DecisionState.ACTING, {"waiting": WAITING}, True),
    (DecisionState.PROPOSED, {"not_shown": "revoked"}, True),
    (DecisionState.PROPOSED, {}, False),
    (DecisionState.FAILED, {"error": "issue is locked"}, False),
    (DecisionState.QUEUED, {"updated_at": NOW - timedelta(days=31)}, False),
]


@pytest.mark.parametrize(("state", "change", "resumed"), RESUMED)
def test_only_what_waits_goes_on(state: DecisionState, change: dict[str, Any], resumed: bool) -> None:
    """To be done, or to be shown; what has waited for a month is left alone."""
    decision = a_decision(state=state, **change)

    assert ([decision.id] if resumed else []) == synced(a_unit(decision))


def test_each_subject_is_asked_for_once_and_never_in_a_dry_run() -> None:
    """One request works off all that is open there."""
    here = [a_decision(action=a_comment(f"ticket-{number}")) for number in (1, 2)]
    elsewhere = a_decision(message=a_message(600))

    assert 2 == len(synced(a_unit(*here, elsewhere)))
    assert [] == synced(a_unit(*here, elsewhere), dry_run=True)
