"""Answers to decisions, as a person gives them on a card."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import ActionTold, RunUndone
from pm_assistant.cli.options import AsJson
from pm_assistant.cli.paths import below
from pm_assistant.cli.runs import results_of
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.domain.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api

WHOLE_ID = 36
"""Characters of a decision's id, which is a UUID."""
FINDABLE = timedelta(days=30)
"""How far back a decision is found by the beginning of its id."""

type DecisionArgument = Annotated[str, typer.Argument(help="Of the decision, or how it begins.")]


def approve(
    target: ApiTarget,
    id: DecisionArgument,
    text: Annotated[str | None, typer.Option("--text", help="The comment or description, as you word it.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Of a new ticket, as you word it.")] = None,
    priority: Annotated[int | None, typer.Option("--priority", min=0, max=4, help="1 is urgent, 4 low.")] = None,
) -> None:
    """Say yes to a proposed decision, as it is or as you word it."""
    worded = {"title": title, "text": text, "priority": priority}
    edited = {name: value for name, value in worded.items() if value is not None}
    _answer(target, id, "approve", **({"edited": edited} if edited else {}))


def dismiss(
    target: ApiTarget,
    id: DecisionArgument,
    why: Annotated[str, typer.Option("--why", prompt="Why", help="The reason, in your words; asked for if left out.")],
) -> None:
    """Say no to a proposed decision."""
    _answer(target, id, "dismiss", reason=why)


def relink(
    target: ApiTarget, id: DecisionArgument, ticket: Annotated[str, typer.Argument(help="Its key, such as ENG-14.")]
) -> None:
    """Have what was proposed done on another ticket instead."""
    _answer(target, id, "relink", ticket=ticket)


def retry(target: ApiTarget, id: DecisionArgument) -> None:
    """Try again what could not be done."""
    _answer(target, id, "retry")


def undo(
    target: ApiTarget,
    id: Annotated[str | None, typer.Argument(help="Of the decision, or how it begins.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Id of a run: all that it did, the last first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take back what was done, as far as nobody has gone on with it: one decision, or all of a run."""
    if (id is None) == (run is None):
        raise InvalidRequest("Name a decision or, with --run, a run")
    if run is not None:
        _undo_run(target, run, as_json=as_json)
    elif id is not None:
        _answer(target, id, "undo")


def _undo_run(target: ApiTarget, run: str, *, as_json: bool) -> None:
    with target.api() as api:
        undoing = api.post(f"{below('/v1/runs', run)}/undo")
        note(f"Begun as run {undoing['id']}; it goes on if you leave")
        results = results_of(api, undoing["id"], kind="undo", what="Undoing, the last first")
    *stays, counts = results
    undone = RunUndone.model_validate({**counts, "stays": stays})
    show_json(undone) if as_json else show(views.not_undone(undone.stays))
    note(f"Undone: {undone.undone}, not undone: {undone.not_undone}")


def _answer(target: ApiTarget, id: str, answer: str, **body: object) -> None:
    with target.api() as api:
        decision = api.post(f"{below('/v1/decisions', _decision_id(api, id))}/{answer}", **body)
    action = views.what(ActionTold.model_validate(decision["action"]))
    note(f"Asked for: {answer} {decision['id']} ({action}). See what comes of it: pm decisions")


def _decision_id(api: "Api", id: str) -> str:
    """The id that begins so, of what has changed lately."""
    if len(id) == WHOLE_ID:
        return id
    if not id:
        raise InvalidRequest("Name a decision by its id, or by how that begins: pm decisions shows them")
    since = (datetime.now(UTC) - FINDABLE).isoformat()
    return _only_one(id, [item["id"] for item in api.items("/v1/decisions", since=since)])


def _only_one(beginning: str, ids: Collection[str]) -> str:
    found = [id for id in ids if id.startswith(beginning)]
    if len(found) != 1:
        raise NotFound(f"{len(found) or 'No'} decisions of the last {FINDABLE.days} days begin with {beginning}")
    return found[0]
