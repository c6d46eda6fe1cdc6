"""One's own account: address, password and calendar, where one is logged in, and the way out."""

from typing import Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import OwnCalendar
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.errors import InvalidRequest

LOGIN = "Log in again with: pm login"


def email(
    target: ApiTarget,
    address: Annotated[str | None, typer.Argument(help="The new one; a code is mailed there.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="The one in that mail: the address counts then.")] = None,
) -> None:
    """Log in with another address: name it, and then give the code that was mailed there."""
    if (address is None) == (code is None):
        raise InvalidRequest("Name the new address, or give the code that was mailed there: --code CODE", field="email")
    with target.api() as api:
        if address is not None:
            current = typer.prompt("Password", hide_input=True, err=True)
            api.post("/v1/me/email", email=address, current=current)
            note(f"Mailed a code to {address}. Within the hour: pm account email --code CODE")
        else:
            changed = api.post("/v1/me/email/confirm", code=code)
            note(f"You log in with {changed['email']} from now on. {LOGIN}")


def password(target: ApiTarget) -> None:
    """Set a new password; you are logged out everywhere, here as well."""
    current = typer.prompt("Password", hide_input=True, err=True)
    new = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    with target.api() as api:
        api.post("/v1/me/password", current=current, password=new)
    note(f"The new password counts. {LOGIN}")


def log_out_everywhere(target: ApiTarget) -> None:
    """End all of your logins, in browsers and terminals, here as well."""
    with target.api() as api:
        api.post("/v1/me/logout-everywhere")
    target.sessions.drop(target.url)
    note(f"Logged out everywhere. {LOGIN}")


def leave(
    target: ApiTarget,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
) -> None:
    """Leave the team: your login ends and is deleted, with the keys, invitations and rules that you made."""
    with target.api() as api:
        if not yes:
            me = api.get("/v1/me")
            typer.confirm(f"Leave {me['tenant_name']} as {me['name']}?", abort=True, err=True)
        api.delete("/v1/me")
    target.sessions.drop(target.url)
    note("You have left the team; whoever wants you back can invite you again")


def calendar(target: ApiTarget, as_json: AsJson = False) -> None:
    """Your own calendar, and the days on which it has you out of office: no report comes then."""
    with target.api() as api:
        own = OwnCalendar.model_validate(api.get("/v1/me/calendar"))
    show_json(own) if as_json else show(views.calendar(own))


def connect_calendar(target: ApiTarget) -> None:
    """Say where you connect your own calendar, in a browser."""
    with target.api() as api:
        link = api.post("/v1/me/calendar/link")["url"]
    typer.echo(link)
    note("Open this address in a browser; it opens once, within ten minutes")


def disconnect_calendar(
    target: ApiTarget,
    force: Annotated[bool, typer.Option("--force", help="also if its vendor cannot be told")] = False,
) -> None:
    """Have your calendar forgotten with all that was read of it."""
    with target.api() as api:
        told = api.delete(f"/v1/me/calendar{'?force=true' if force else ''}")["revoked"]
    note("Disconnected" if told else "Disconnected; take the access away in your Google Account as well")
