"""Who the team's people are, and what may be said of each."""

from datetime import datetime
from typing import Annotated, Any

import typer

from pm_assistant.cli import report_views as views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.members import find_member
from pm_assistant.cli.models import PersonTold
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.languages import Language


def people(
    target: ApiTarget,
    words: Annotated[str, typer.Argument(help="A part of a name or address; everybody if left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """The people of the team: clock, language, absence, and whether our mail reaches them."""
    with target.api() as api:
        listed = [PersonTold.model_validate(item) for item in api.items("/v1/members", q=words)]
    show_json(listed) if as_json else show(views.people(listed))


def person(
    target: ApiTarget,
    whom: Annotated[str, typer.Argument(metavar="PERSON", help="Id, name or e-mail.")],
    language: Annotated[Language | None, typer.Option("--language", help="What we write to them in.")] = None,
    away_until: Annotated[
        datetime | None, typer.Option("--away-until", formats=["%Y-%m-%d"], help="The day on which they are back.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="They are back: reports come again.")] = False,
    mail_again: Annotated[bool, typer.Option("--mail-again", help="Send mail again that was stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show somebody, and say what they read, until when they are away, or that mail reaches them again."""
    changes: dict[str, Any] = {"language": language} if language else {}
    if back or away_until is not None:
        changes["away_until"] = None if back or away_until is None else away_until.date().isoformat()
    with target.api() as api:
        path = below("/v1/members", find_member(api, whom)["id"])
        if changes:
            api.patch(path, **changes)
        if mail_again:
            api.delete(f"{path}/mail-stop")
            note("Mail is sent there again")
        shown = PersonTold.model_validate(api.get(path))
    show_json(shown) if as_json else show(views.person(shown))
