"""`pm operator status`: where a stack stands."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from pm_assistant.cli import operator_views
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.models import Connected, Counts, DecisionTold, Status, TenantStatus
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import show, show_json
from pm_assistant.domain.errors import NotConnected
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.pipeline.queries import decision_viewer

RECENT = 5
DAY = timedelta(days=1)


def status(client: StackClient, as_json: AsJson = False) -> None:
    """Where everything stands: functions, queues, the tenant and what happened last."""
    now = datetime.now(UTC)
    overview = Status(
        stack_name=client.stack.stack_name,
        local=client.stack.aws_endpoint_url is not None,
        region=client.stack.region,
        api_url=client.stack.api_url,
        sandbox_url=client.stack.sandbox_url,
        functions=client.functions(),
        queues=client.depths(),
        measured=client.stores.healths.stage(),
        tenant=_tenant(client, now) if client.has_tenant else None,
    )
    show_json(overview) if as_json else show(operator_views.status(overview, now))


def _tenant(client: StackClient, now: datetime) -> TenantStatus:
    stores, tenant_id = client.stores, client.tenant_id
    tickets = stores.tickets.all(tenant_id)
    decided, view = stores.decisions.since(tenant_id, now - DAY), decision_viewer(client.unit)
    recent = (DecisionTold.model_validate(view(each).model_dump(mode="json")) for each in decided[-RECENT:])
    return TenantStatus(
        tenant=client.tenant,
        connections=tuple(tie for provider in Provider if (tie := _connected(client, provider))),
        counts=Counts(
            people=len(stores.directory.members(tenant_id)),
            teams=len(stores.directory.teams(tenant_id)),
            tickets=len(tickets),
            open_tickets=sum(not ticket.state.type.closed for ticket in tickets),
            messages=len(stores.messages.since(tenant_id, now - DAY)),
            decisions=dict(Counter(decision.state.value for decision in decided)),
        ),
        recent=tuple(recent),
    )


def _connected(client: StackClient, provider: Provider) -> Connected | None:
    try:
        connection = client.stores.connections.get(client.tenant_id, provider)
    except NotConnected:
        return None
    return Connected(
        provider=provider,
        external_id=connection.external_id,
        base_url=connection.base_url,
        connected_at=connection.connected_at,
        broken_since=connection.broken_since,
    )
