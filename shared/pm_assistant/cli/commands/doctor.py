"""`pm operator doctor`: whether a deployed stack has all that it needs, and does what it is for."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import operator_views
from pm_assistant.cli.client import StackClient
from pm_assistant.cli.models import Finding
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import show, show_json, waiting
from pm_assistant.domain.accounts import is_email
from pm_assistant.domain.errors import InvalidRequest, ProductError
from pm_assistant.domain.tenants import Provider

if TYPE_CHECKING:
    from pm_assistant.cli.doctor.deployed import DeployedStack


def doctor(
    client: StackClient,
    mail_to: Annotated[str | None, typer.Option("--mail-to", help="Send a mail to this address, too.")] = None,
    without: Annotated[
        list[Provider] | None, typer.Option("--without", help="A vendor where we have no app, and want none.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at everything a stack needs, and try it with a made-up tenant; status 1 if anything is missing."""
    from pm_assistant.cli.doctor.deployed import DeployedStack

    if mail_to is not None and not is_email(mail_to):
        raise InvalidRequest("--mail-to takes an e-mail address, such as you@example.com", field="mail-to")
    deployed = DeployedStack(client, wait=time.sleep, mail_to=mail_to, without=without or ())
    found: list[Finding] = []
    with waiting("Looking at the stack, which may take some minutes"):
        for finding in examine(deployed):
            found.append(finding)
            if not as_json:
                show(operator_views.finding(finding))
    if as_json:
        show_json(found)
    if any(finding.state == "missing" for finding in found):
        raise typer.Exit(1)


def examine(deployed: "DeployedStack") -> Iterator[Finding]:
    """Look at its pieces, then try what they do; whatever comes of that, the made-up tenant is gone in the end."""
    from pm_assistant.cli.doctor.checks import PIECES
    from pm_assistant.cli.doctor.deployed import look_at
    from pm_assistant.cli.doctor.trials import DOORS, Tenancy

    yield from look_at(deployed, PIECES)
    yield from look_at(deployed, DOORS)
    tenancy = Tenancy(deployed)
    try:
        yield from look_at(deployed, tenancy.trials())
    finally:
        with suppress(ProductError):  # a line has said already what cannot be reached
            tenancy.clear()
