"""A unit of work for tests of judging."""

from datetime import timedelta

from pm_assistant.domain.decisions import ActionRequest, Judgement
from pm_assistant.domain.events import ConversationTouched, EventEnvelope
from pm_assistant.domain.tenants import ActionKind, Provider, TenantId
from pm_assistant.domain.work import Message
from pm_assistant.workflows.pipeline.analyze import Analysis, analyze
from tests.builders import ACME, ENG, GLOBEX, NOW, a_connection, a_member, a_tenant, a_ticket
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeAnalyst


class AnalyzeUnit(FakeUnit):
    """A unit of a tenant with a ticket and a scripted analyst, two minutes after the messages."""

    def __init__(self, *answers: Judgement | Exception) -> None:
        super().__init__(at=NOW + timedelta(minutes=2))
        self.analyst = FakeAnalyst(*answers)
        for tenant in (ACME, GLOBEX):
            self.stores.tenants.put(a_tenant(tenant))
            self.stores.connections.put(a_connection(tenant, Provider.SLACK))
            self.stores.directory.put_members(tenant, [a_member()])
            self.stores.directory.put_teams(tenant, [ENG])
        self.stores.tickets.put(ACME, a_ticket(1))

    def say(self, *messages: Message, tenant_id: TenantId = ACME) -> None:
        """Put messages into a tenant's store, as `receive` would have."""
        for message in messages:
            self.stores.messages.record(tenant_id, message, keep_days=90)

    def touched(
        self,
        message: Message,
        *,
        force: bool = False,
        only: ActionKind | None = None,
        tenant_id: TenantId = ACME,
    ) -> Analysis:
        """Handle the event that a message's arrival put on the queue."""
        event = ConversationTouched(
            channel=message.channel, ts=message.ts, root_ts=message.root_ts, force=force, only=only
        )
        return self.handle(EventEnvelope(tenant_id=tenant_id, event=event))

    def handle(self, envelope: EventEnvelope) -> Analysis:
        """Handle any event."""
        return analyze(envelope, self.unit(envelope.tenant_id))

    @property
    def asked_for(self) -> list[str]:
        """Ids of the decisions that were sent on to be acted upon."""
        requests = [put.message for put in self.queues.actions.puts if isinstance(put.message, ActionRequest)]
        return [request.decision_id for request in requests]
