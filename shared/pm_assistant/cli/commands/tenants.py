"""`pm operator tenants`, `tenant`, `suspend`, `resume`, `grant`: how all teams fare, by states and nobody's words.

Each look stands in the operators' own trail, as one by the API does, under who AWS says looks.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, get_args

import typer
from pydantic import ValidationError

from pm_assistant.cli import operator_views
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.health import TenantHealth
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.plans import LimitName
from pm_assistant.domain.tenants import TenantId
from pm_assistant.ports.health import KEPT_DAYS
from pm_assistant.runtime import wiring
from pm_assistant.workflows.operator.listing import TenantFilter, find_tenants

if TYPE_CHECKING:
    from pm_assistant.workflows.operator.granting import BillingGrant

type Id = Annotated[str, typer.Argument(help="The tenant's, as the list names it.")]
LIMITS = ", ".join(get_args(LimitName.__value__))
GRANTED = {
    "raises": f"--raise takes a limit and a number, such as decisions=1000; there is {LIMITS}",
    "invoiced": "--invoice takes a plan, its seats and a day, such as team:20:2027-01-01; there is team and business",
    "trial_ends_at": "--trial-until takes a day that is yet to come",
}
"""How what is granted is typed."""


def list_all(
    client: StackClient,
    troubled: Annotated[bool, typer.Option("--troubled", help="Only those that somebody should look at.")] = False,
    name: Annotated[str, typer.Option("--name", help="Part of the team's name, or a tenant's id.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """How all teams fare, as was last seen, the troubled first. Shows nothing that people wrote but teams' names."""
    _note("operator.list_tenants", client)
    wanted, after, found = TenantFilter(troubled=troubled, name=name), None, list[TenantHealth]()
    while len(found) < limit:
        more, after = find_tenants(wanted, client.stores, after=after, limit=limit - len(found))
        found += more
        if after is None:
            break
    if as_json:
        show_json(found)
        return
    show(operator_views.tenants(found, datetime.now(UTC)))
    if after is not None:
        note("There are more: --limit, --name or --troubled")


def show_one(
    client: StackClient,
    id: Id,
    history: Annotated[bool, typer.Option("--history", help="Day by day instead, latest first.")] = False,
    as_json: AsJson = False,
) -> None:
    """How one team fares right now, or how it fared at the end of each of the last 90 days."""
    from pm_assistant.workflows.operator.health import look_at_health

    unit = client.app.unit(TenantId(id))
    if history:
        _note("operator.list_health_of_tenant", client, id)
        days = unit.stores.healths.days(unit.tenant_id, limit=KEPT_DAYS.days)
        show_json(days) if as_json else show(operator_views.tenants(days, datetime.now(UTC), "day"))
        return
    _note("operator.show_health_of_tenant", client, id)
    health = look_at_health(unit.stores.tenants.get(unit.tenant_id), unit)
    show_json(health) if as_json else show(operator_views.tenant_in_full(health, datetime.now(UTC)))


def suspend(
    client: StackClient,
    id: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a line that its people are told.")],
) -> None:
    """Suspend a team: nothing is judged, sent or written for it until it is resumed, and nothing is lost."""
    from pm_assistant.workflows.operator import suspending

    _note("operator.suspend_tenant", client, id)
    tenant = suspending.suspend(reason, client.app.unit(TenantId(id)))
    _note("tenant.suspended", client, id, reason=reason)
    note(f"{tenant.name} is suspended; its people are told: {reason}")


def resume(client: StackClient, id: Id) -> None:
    """Resume a team: what was kept meanwhile is sent on, and its vendors are read anew."""
    from pm_assistant.workflows.operator import suspending

    _note("operator.resume_suspended_tenant", client, id)
    tenant = suspending.resume_tenant(client.app.unit(TenantId(id)))
    _note("tenant.resumed", client, id)
    note(f"{tenant.name} is not suspended")


def grant(
    client: StackClient,
    id: Id,
    trial_until: Annotated[
        datetime | None,
        typer.Option("--trial-until", formats=["%Y-%m-%d"], help="When trying everything ends, by UTC."),
    ] = None,
    raises: Annotated[
        list[str] | None, typer.Option("--raise", help="A limit that is at least so high, such as decisions=1000.")
    ] = None,
    invoice: Annotated[
        str | None, typer.Option("--invoice", help="What is invoiced by hand, such as team:20:2027-01-01.")
    ] = None,
) -> None:
    """Grant a team what it has not bought; what is left out stays as it is."""
    from pm_assistant.workflows.operator import granting

    if trial_until is None and not raises and invoice is None:
        raise InvalidRequest("Say what is granted: --trial-until, --raise or --invoice")
    wish = _granted(trial_until, raises or (), invoice)
    _note("operator.grant_to_tenant", client, id)
    try:
        tenant = granting.grant(wish, client.app.unit(TenantId(id)))
    except InvalidRequest as error:
        raise _mistyped(error.field) from error
    said = granting.details_of(wish)
    _note("billing.granted", client, id, **said)
    note(f"{tenant.name}: {', '.join(f'{name} {value}' for name, value in said.items())}")


def _granted(trial_until: datetime | None, raises: Sequence[str], invoice: str | None) -> "BillingGrant":
    from pm_assistant.workflows.operator.granting import BillingGrant

    wish: dict[str, object] = {"raises": dict(each.partition("=")[::2] for each in raises)}
    if trial_until is not None:
        wish["trial_ends_at"] = trial_until.replace(tzinfo=UTC)
    if invoice is not None:
        plan, _, rest = invoice.partition(":")
        seats, _, until = rest.partition(":")
        wish["invoiced"] = {"plan": plan, "seats": seats, "until": f"{until}T00:00:00Z"}
    try:
        return BillingGrant.model_validate(wish)
    except ValidationError as error:
        raise _mistyped(str(error.errors()[0]["loc"][0])) from error


def _mistyped(field: str) -> InvalidRequest:
    return InvalidRequest(GRANTED[field.partition(".")[0]], field=field)


def _note(action: str, client: StackClient, target: str = "", **detail: str) -> None:
    from pm_assistant.aws.failures import translated
    from pm_assistant.workflows.accounts.audit import entry

    with translated():
        arn = wiring.client("sts").get_caller_identity()["Arn"]
    noted = entry(action, at=wiring.now(), target=target, actor=f"aws:{arn}", actor_name=arn, **detail)
    client.stores.audit.add(APP, noted)
