"""Commands of a person who has a login: they know the product by its API, as everybody does."""

import json
import webbrowser
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.members import find_member
from pm_assistant.cli.models import Choices, RunAsked, Tie
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json, waiting
from pm_assistant.domain.errors import InvalidRequest, NotConnected
from pm_assistant.domain.spending import DOLLAR
from pm_assistant.domain.tenants import Provider
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.money import cost

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

PAUSE = 2.0
PATIENCE = 600.0
"""A link lasts no longer."""


def login(
    target: ApiTarget,
    email: Annotated[
        str | None, typer.Option("--email", help="Whose; on a local stack the demo's if left out.")
    ] = None,
) -> None:
    """Log in; the login is kept for the commands that follow, and renews itself."""
    demo = target.local.demo if target.local else None
    if email is None and demo is not None and demo.email and demo.password:
        email, password = demo.email, demo.password.get_secret_value()
    else:
        email = email or typer.prompt("E-mail", err=True)
        password = typer.prompt("Password", hide_input=True, err=True)
    with target.api() as api:
        api.log_in(email, password)
    target.sessions.prefer(target.url)
    note(f"Logged in at {target.url} as {email}")


def logout(target: ApiTarget) -> None:
    """End the login."""
    with target.api() as api:
        api.log_out()
    target.sessions.drop(target.url)
    note(f"Logged out at {target.url}")


def connect(
    target: ApiTarget,
    provider: Annotated[Provider, typer.Argument(help="What to connect.")],
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page, or only say where.")] = True,
) -> None:
    """Connect a vendor on its own page in a browser, and wait until that is done."""
    with target.api() as api:
        before = _tie(api, provider).connected_at
        link = api.post(f"/v1/connections/{provider}/link")["url"]
        typer.echo(link)
        if not browser or not webbrowser.open(link):
            note("Open this address in a browser; it opens once, within ten minutes")
        deadline = monotonic() + PATIENCE
        with waiting(f"Waiting for {provider}"):
            while (tie := _tie(api, provider)).state != "connected" or tie.connected_at == before:
                if monotonic() > deadline:
                    raise NotConnected(f"{provider} was not connected within ten minutes; try again")
                sleep(PAUSE)
    note(f"Connected {provider}: {tie.name}")


def connections(target: ApiTarget, as_json: AsJson = False) -> None:
    """The ties to vendors, and how they are."""
    with target.api() as api:
        page = api.get("/v1/connections")
    ties = tuple(Tie.model_validate(item) for item in page["items"])
    show_json(ties) if as_json else show(views.ties(ties, datetime.now(UTC)))


def runs(
    target: ApiTarget,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many, the newest first.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Work that was asked for, and how far it is."""
    with target.api() as api:
        page = api.get("/v1/runs", limit=str(limit))
    asked_for = tuple(RunAsked.model_validate(item) for item in page["items"])
    show_json(asked_for) if as_json else show(views.runs(asked_for, datetime.now(UTC)))


def settings(
    target: ApiTarget,
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="What to change; a value may be JSON.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The team's choices; changed as named, such as private_code=nothing."""
    change = dict(map(_named_value, changes or ()))
    with target.api() as api:
        chosen = Choices(api.patch("/v1/settings", **change) if change else api.get("/v1/settings"))
    show_json(chosen) if as_json else show(views.settings(chosen))


def usage(target: ApiTarget, as_json: AsJson = False) -> None:
    """What the model has cost the team this month, and what it may."""
    with target.api() as api:
        used = Choices(api.get("/v1/usage"))
    show_json(used) if as_json else show(views.settings(_in_words(used)))


def _in_words(used: Choices) -> Choices:
    """The same with what a model cost as a person reads it."""
    spent = {"cost": cost(round(used.root["cost_dollars"] * DOLLAR), texts_in(None))}
    return Choices(spent | {name: value for name, value in used.root.items() if name != "cost_dollars"})


def _named_value(change: str) -> tuple[str, object]:
    name, is_there, value = change.partition("=")
    if not is_there:
        raise InvalidRequest(f"say {name or 'NAME'}=VALUE", field=name)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def erase(
    target: ApiTarget,
    person: Annotated[str, typer.Argument(help="Id, or all of the name or address.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
) -> None:
    """Have what is kept of a person erased: words, reports, addresses; it cannot be taken back."""
    with target.api() as api:
        member = find_member(api, person, in_full=True)
        if not yes:
            typer.confirm(f"Erase what is kept of {member['name']} ({member['id']})?", abort=True, err=True)
        run = api.delete(f"{below('/v1/members', member['id'])}/data")
    note(f"Asked for, as run {run['id']}. Watch with: pm runs")


def _tie(api: "Api", provider: Provider) -> Tie:
    return Tie.model_validate(api.get(f"/v1/connections/{provider}"))
