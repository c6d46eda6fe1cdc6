"""`pm billing`: what the team pays for, and the ways to where that is changed."""

from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import Choices
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.checkout import PortalFlow
from pm_assistant.domain.plans import Plan
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.money import money

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api


def billing(
    target: ApiTarget,
    preview: Annotated[Plan | None, typer.Option("--preview", help="Show what this plan would cost.")] = None,
    buy: Annotated[Plan | None, typer.Option("--buy", help="Show where this plan can be bought.")] = None,
    seats: Annotated[int, typer.Option("--seats", help="People to pay for.", min=1)] = 1,
    portal: Annotated[bool, typer.Option("--portal", help="Show where invoices, cards and seats are.")] = False,
    flow: Annotated[PortalFlow | None, typer.Option("--for", help="What for; leads straight there.")] = None,
    as_json: AsJson = False,
) -> None:
    """The team's plan, what it allows, and what is used and left of it this month."""
    with target.api() as api:
        if preview is not None:
            price = Choices(api.get("/v1/billing/preview", plan=preview.value, seats=str(seats)))
            show_json(price) if as_json else show(views.settings(_in_words(price)))
        elif buy is not None:
            _lead(api, "checkout", plan=buy.value, seats=seats)
        elif portal or flow is not None:
            _lead(api, "portal", flow=flow.value if flow is not None else None)
        else:
            stands = Choices(api.get("/v1/billing"))
            show_json(stands) if as_json else show(views.settings(stands))


def _in_words(price: Choices) -> Choices:
    """The same with sums that a person reads."""
    names, texts = ("total", "each_period", "prorated", "tax"), texts_in(None)
    sums = {name: money(price.root[name], price.root["currency"], texts) for name in names}
    return Choices(price.root | sums)


def _lead(api: "Api", where: str, **options: object) -> None:
    note("Open this page in a browser; it is good for one visit:")
    typer.echo(api.post(f"/v1/billing/{where}", **options)["url"])
