"""Commands that set something going; what they start goes through the pipeline like everything else."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pm_assistant.cli import views
from pm_assistant.cli.api_target import ApiTarget
from pm_assistant.cli.models import FindingTold
from pm_assistant.cli.options import AsJson, Since
from pm_assistant.cli.runs import results_of
from pm_assistant.cli.terminal import note, show, show_json
from pm_assistant.cli.times import moment
from pm_assistant.domain.errors import InvalidRequest, UpstreamRejected, UpstreamUnavailable

if TYPE_CHECKING:
    from pm_assistant.cli.api import Api, Json


def sync(
    target: ApiTarget,
    messages_since: Annotated[str | None, typer.Option("--messages-since", help="Slack's history too: 1d")] = None,
) -> None:
    """Read people, teams and tickets (and what was said) from the vendors into our own copy."""
    since = {} if messages_since is None else {"since": moment(messages_since, datetime.now(UTC)).isoformat()}
    with target.api() as api:
        results = _come_to(api, "sync", "Reading Slack and Linear", dry_run=False, **since)
    typer.echo(views.synced(results))


def process(
    target: ApiTarget,
    since: Since = "1d",
    execute: Annotated[bool, typer.Option("--execute", help="Have it done.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what the conversations would lead to; --execute sends them down the pipeline instead."""
    start = moment(since, datetime.now(UTC)).isoformat()
    with target.api() as api:
        if execute:
            run = api.post("/v1/workflows/process", dry_run=False, since=start)
            note(f"Asked for, as run {run['id']}; what has been judged already is skipped. Watch with: pm tail")
            note(f"Take all of it back with: pm undo --run {run['id']}")
            return
        found = _found(api, "process", "Judging the conversations", dry_run=True, since=start)
    show_json(found) if as_json else show(views.findings(found, "decision"))
    note("Dry run: nothing was changed. --execute has it done.")


def untracked(
    target: ApiTarget,
    since: Since = "7d",
    offer: Annotated[bool, typer.Option("--offer", help="Ask in each thread whether a ticket is wanted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Talk about work that has no ticket, latest first; --offer asks people in its threads whether they want one."""
    start = moment(since, datetime.now(UTC)).isoformat()
    with target.api() as api:
        found = _found(api, "untracked", "Looking for talk without a ticket", dry_run=not offer, since=start)
    show_json(found) if as_json else show(views.findings(found, "untracked conversation"))


def _found(api: "Api", workflow: str, what: str, **wish: str | bool) -> list[FindingTold]:
    return [FindingTold.model_validate(result) for result in _come_to(api, workflow, what, **wish)]


def _come_to(api: "Api", workflow: str, what: str, **wish: str | bool) -> "list[Json]":
    """Have a workflow run, and wait for what comes of it."""
    run = api.post(f"/v1/workflows/{workflow}", **wish)
    note(f"Begun as run {run['id']}; it goes on if you leave")
    return results_of(api, run["id"], kind=workflow, what=what)


def send(
    target: ApiTarget,
    text: Annotated[str, typer.Argument(help="What is said.")],
    channel: Annotated[str, typer.Option("--channel", help="Id or name.")],
    user: Annotated[str, typer.Option("--user", help="Slack id, or a name.")],
    thread: Annotated[str | None, typer.Option("--thread", help="The ts of the message to reply to.")] = None,
) -> None:
    """Say something in the sandbox's Slack as one of its people; prints the message's ts."""
    import httpx

    sandbox_url = target.local.sandbox_url if target.local else None
    if sandbox_url is None:
        raise InvalidRequest("There is no sandbox here: say it in Slack itself")
    posted = {"channel": channel, "user": user, "text": text}
    if thread:
        posted["thread_ts"] = thread
    try:
        answer = httpx.post(f"{sandbox_url}/_sandbox/slack/messages", json=posted, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        raise UpstreamUnavailable(f"The sandbox at {sandbox_url} does not answer") from error
    if answer.is_error:
        raise UpstreamRejected(f"The sandbox refused: {_refusal(answer.text)}")
    typer.echo(answer.json()["ts"])


def _refusal(told: str) -> str:
    """Why the sandbox refused, in its words: the field, and what is wrong with it."""
    try:
        said = json.loads(told)
        return f"{said['field']}: {said['detail']}"
    except (ValueError, KeyError, TypeError):
        return told[:300]
