"""`pm data`: what a team takes along, what it brings in, and its end."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.runs import results_of
from pm_assistant.cli.terminal import note
from pm_assistant.domain.errors import UpstreamRejected


def export(target: ApiTarget) -> None:
    """Have all of the team's data written to a zip file, and print a link to it, good for fifteen minutes."""
    with target.api() as api:
        run = api.post("/v1/exports")
        results_of(api, run["id"], kind="export", what="Writing the file")
        note("The link is good for whoever has it; the file is kept for a week")
        typer.echo(api.get(f"/v1/exports/{run['id']}")["url"])


def bring_in(
    target: ApiTarget,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The zip file of an export.")],
) -> None:
    """Bring an export into this team, which must not have tickets, messages or decisions yet."""
    import httpx

    with target.api() as api:
        upload = api.post("/v1/uploads", size=file.stat().st_size)
        if httpx.put(upload["url"], content=file.read_bytes(), timeout=300).is_error:
            raise UpstreamRejected("The file was not taken; begin again")
        run = api.post("/v1/imports", upload_id=upload["upload_id"])
        results_of(api, run["id"], kind="import", what="Bringing it in")
    note("It is here")


def end(
    target: ApiTarget,
    confirm: Annotated[
        str | None, typer.Option("--confirm", help="The team's exact name, instead of being asked for it.")
    ] = None,
) -> None:
    """Have the team deleted with everything of it, a week from now; until then `pm data keep` calls it off."""
    with target.api() as api:
        name = api.get("/v1/tenant")["name"]
        typed = confirm if confirm is not None else typer.prompt(f"Type {name} to have all of it deleted", err=True)
        ending = api.delete("/v1/tenant", confirm=typed)
    at = datetime.fromisoformat(ending["closes_at"]).astimezone()
    note(f"{name} ends at {at:%F %H:%M}. To take its data along: pm data export; to keep it: pm data keep")


def keep(target: ApiTarget) -> None:
    """Call the end of the team off."""
    with target.api() as api:
        kept = api.post("/v1/tenant/restore")
    note(f"{kept['name']} stays")
