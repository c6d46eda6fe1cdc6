"""Commands about what is never asked, or always asked first: as everybody, by the API."""

from typing import Annotated, Literal

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import RuleTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import end
from pm_assistant.domain.errors import InvalidRequest


def rules(target: ApiTarget, as_json: AsJson = False) -> None:
    """What is never asked about, or always asked first: whose rule it is, and until when."""
    with target.api() as api:
        page = api.get("/v1/rules", limit="200")
    seen = tuple(RuleTold.model_validate(item) for item in page["items"])
    show_json(seen) if as_json else show(views.rules(seen))


def mute(
    target: ApiTarget,
    kind: Annotated[
        Literal["comment", "create", "move", "close", "link"] | None, typer.Option("--kind", help="Only this kind.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option("--in", help="Only in this channel, by its name or id, or behind a / in its thread of that ts."),
    ] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", help="Only about this ticket, by its key.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Only about tickets with this label.")] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", help="When it ends: an ISO time, or the last day."),
    ] = None,
    why: Annotated[str, typer.Option("--why", help="In your words.")] = "",
) -> None:
    """Have nothing more asked about what fits all that is named; orders are obeyed all the same."""
    channel, of_thread, root_ts = where.partition("/") if where is not None else (None, "", "")
    if of_thread and not root_ts:
        raise InvalidRequest("--in: behind the / a thread is named by its first message, by its ts", field="in")
    about = {"kind": kind, "channel": channel, "ticket": ticket, "label": label}
    about |= {"root_ts": root_ts if of_thread else None, "until": end(until).isoformat() if until is not None else None}
    wish = {name: value for name, value in about.items() if value is not None}
    with target.api() as api:
        rule = api.post("/v1/rules", **wish, note=why)
    note(f"Nothing more is asked about that. Take it back with: pm unmute {rule['id']}")


def unmute(target: ApiTarget, id: Annotated[str, typer.Argument(help="Of the rule, or how it begins.")]) -> None:
    """Take a rule back."""
    below("/v1/rules", id)
    with target.api() as api:
        known = [rule["id"] for rule in api.items("/v1/rules")]
        meant = [each for each in known if each == id] or [each for each in known if each.startswith(id)] or [id]
        if len(meant) > 1:
            raise InvalidRequest(f"{len(meant)} rules begin with {id}: say more of it", field="id")
        api.delete(below("/v1/rules", meant[0]))
    note("Taken back: that is asked about again once it is talked of")
