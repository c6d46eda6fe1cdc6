"""A vendor is one record: whatever can play a role serves, and no workflow knows it by name."""

from dataclasses import replace

import pytest

from pm_assistant.domain.actions import Comment
from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.errors import Unauthenticated
from pm_assistant.domain.events import ConversationTouched, EventEnvelope, MessagePosted, WebhookEvent
from pm_assistant.domain.jobs import JobKind, Order
from pm_assistant.domain.reports import ReportDue
from pm_assistant.domain.tenants import CalendarProvider, Provider
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.vendors import CALENDARS, VENDORS, record_of
from pm_assistant.workflows.connections.sync import sync
from pm_assistant.workflows.pipeline.act import act
from pm_assistant.workflows.pipeline.analyze import analyze
from pm_assistant.workflows.pipeline.receive import receive
from pm_assistant.workflows.reports.report import report
from tests.builders import (
    ACME,
    DOING,
    ENG,
    NOW,
    TRUSTING,
    a_connection,
    a_job,
    a_judgement,
    a_member,
    a_message,
    a_proposal,
    a_tenant,
    a_ticket,
)
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst, FakeChat, FakeTracker

TOY = Provider.GITHUB
"""Any provider will do: in this test the vendor behind it is one that plans work, and Linear is not there."""


@pytest.mark.parametrize("provider", Provider)
def test_every_vendor_has_a_record_that_is_whole(provider: Provider) -> None:
    """What a role needs is there, and everything that people are shown has words, which claim no more than there is."""
    vendor = VENDORS[provider]
    assert provider is vendor.provider
    assert vendor.roles
    makers = {Role.CHAT: vendor.make_chat, Role.TRACKER: vendor.make_tracker, Role.CODE_HOST: vendor.make_code_host}
    assert vendor.roles == {role for role, make in makers.items() if make is not None}
    assert all(
        (*vendor.scopes.values(), *vendor.scopes_to_connect.values(), vendor.label, vendor.purpose, vendor.next_step)
    )
    assert vendor.place
    assert vendor.is_read == any(makers.values())
    told = f"{vendor.purpose} {vendor.next_step}"
    assert vendor.is_read == ("nothing is read there" not in told)
    assert vendor.is_read or "does not read" in told
    assert vendor.urls["web"].startswith("https://")
    assert vendor.webhook_secret not in vendor.app_secrets


@pytest.mark.parametrize("provider", CalendarProvider)
def test_every_vendor_of_calendars_has_a_record_that_is_whole(provider: CalendarProvider) -> None:
    """It is found among all that may let us in, under its own name, and people are told what for."""
    vendor = CALENDARS[provider]
    assert record_of(provider) is vendor
    assert provider is vendor.provider
    assert all((*vendor.scopes.values(), vendor.label, vendor.place))
    assert vendor.urls["web"].startswith("https://")
    assert not {*Provider} & {*CalendarProvider}


@pytest.mark.parametrize("provider", Provider)
def test_a_delivery_that_tries_the_door_is_as_genuine_as_the_vendors(provider: Provider) -> None:
    """It tells of a workspace; with another secret it is a forged one."""
    vendor = VENDORS[provider]
    delivery = vendor.make_delivery("secret", NOW)

    accepted = vendor.make_webhook_source("secret").accept(delivery, NOW)

    assert isinstance(accepted, WebhookEvent)
    assert provider is accepted.provider
    with pytest.raises(Unauthenticated):
        vendor.make_webhook_source("another").accept(delivery, NOW)


class ToyUnit(FakeUnit):
    """A team that talks in Slack and plans with the toy, where Ada has a ticket under way."""

    def __init__(self) -> None:
        super().__init__()
        toy = replace(VENDORS[Provider.LINEAR], provider=TOY, label="Toy")
        nobodys = replace(VENDORS[Provider.GITHUB], provider=Provider.LINEAR)
        self.vendors = {Provider.SLACK: VENDORS[Provider.SLACK], TOY: toy, Provider.LINEAR: nobodys}
        self.ticket = a_ticket(1, state=DOING, assignee_id="toy-ada")
        ada = {"email": "ada@acme.test", "time_zone": "UTC"}
        in_toy = a_member("ada", id="toy-ada", accounts={TOY: "toy-ada"}, **ada)
        self.tracker = FakeTracker(tickets=[self.ticket], teams=[ENG], members=[in_toy])
        self.chat = FakeChat(members=[a_member("ada", linear_id=None, **ada)])
        self.stores.tenants.put(a_tenant(settings=TRUSTING))
        for provider in (Provider.SLACK, TOY):
            self.stores.connections.put(a_connection(ACME, provider))


def test_a_toy_tracker_serves_the_whole_way_without_a_workflow_knowing_it() -> None:
    """It is read, talked about, commented on and reported: from its people to the standup's line."""
    unit, message = ToyUnit(), a_message(text="The coupon vanished again", author="U0ADA")

    job = a_job(order=Order(kind=JobKind.SYNC, dry_run=False))
    step = sync(job, unit)
    while step.cursor is not None:
        job = job.after(step, at=unit.now())
        step = sync(job, unit)
    assert {"members": 1, "teams": 1, "tickets": 1, "messages": 0} == step.results[0]
    [ada] = unit.stores.directory.members(ACME)
    assert {Provider.SLACK: "U0ADA", TOY: "toy-ada"} == ada.accounts

    unit.stores.messages.record(ACME, message, keep_days=1)
    unit.analyst = FakeAnalyst(a_judgement(a_proposal(Comment(ticket_id="ticket-1", summary="again"), message.id)))
    touch = ConversationTouched(channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=True)
    [decision] = analyze(EventEnvelope(tenant_id=ACME, event=touch), unit).decisions
    [done] = act(ActionRequest(tenant_id=ACME, decision_id=decision.id), unit)
    assert DecisionState.DONE is done.state
    assert 1 == len(unit.tracker.comments["ticket-1"])

    report(ReportDue(tenant_id=ACME, member_id=ada.id), unit)
    [(_, standup)] = unit.chat.reports
    in_progress = next(section for section in standup.sections if section.title == "In progress")
    assert ["ENG-1 Checkout drops the coupon (told what was said)"] == [line.text for line in in_progress.lines]


def test_a_toys_webhook_comes_in_by_the_one_door() -> None:
    """Its own reader reads it; what it tells of goes the way of everybody's."""
    unit = ToyUnit()
    message = a_message(text="hello")

    class Reader:
        def accept(self, request: WebhookRequest, now: object) -> WebhookEvent:
            return WebhookEvent(provider=TOY, external_id=f"{TOY}-acme", happening=MessagePosted(message=message))

    unit.webhook_sources[TOY] = Reader()

    assert receive(TOY, WebhookRequest(headers={}, body=b""), unit) is None
    assert [message] == list(unit.stores.messages.since(ACME, NOW.replace(year=2000)))
