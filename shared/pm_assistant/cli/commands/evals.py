"""`pm eval`: what the product makes of texts in a file, one JSON object a line."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ConfigDict, field_validator, model_validator

from pm_assistant.cli.rows import read_list, read_rows, write_rows
from pm_assistant.cli.terminal import note
from pm_assistant.domain.links import PullRequestText
from pm_assistant.domain.tenants import Mode
from pm_assistant.language.links import read_links


class _PullRequestRow(PullRequestText):
    """A row of pull request texts; what else stands in it, such as what a labeller expects, is no input."""

    model_config = ConfigDict(extra="ignore")

    id: str | int
    known_team_keys: list[str]
    known_tickets: list[str]

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, raw: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in raw.items() if value is not None}

    @field_validator("commits", "labels", mode="before")
    @classmethod
    def _as_github_gives_it(cls, given: object) -> object:
        """Texts, or objects that hold them, as GitHub's API has it."""
        if not isinstance(given, list):
            return given
        return [each.get("message", each.get("name")) if isinstance(each, dict) else each for each in given]


def links(
    file: Annotated[Path, typer.Argument(help="Pull request texts, a row each.")],
    out: Annotated[Path, typer.Option("--out", help="Where their links are written, a row each.")],
) -> None:
    """Tell which tickets pull request texts name; status 1 if rows cannot be read, the others are done all the same."""
    rows, unreadable = read_rows(file, _PullRequestRow)
    write_rows(out, [_answer(row) for row in rows], unreadable=unreadable)


def gold(
    folder: Annotated[Path, typer.Argument(help="teams.json, and conversations.jsonl with a conversation each.")],
    out: Annotated[Path, typer.Option("--out", help="Where what would be done is written, a row each.")],
    mode: Annotated[Mode, typer.Option("--mode", help="As on a first day, or act from 0.8 upwards.")] = Mode.PROPOSE,
) -> None:
    """Tell what would be done with told conversations; status 1 if any cannot be read, the others are done anyway."""
    from pm_assistant.cli.gold import ToldConversation, ToldTeam, answer

    teams = {team.id: team for team in read_list(folder / "teams.json", ToldTeam)}
    told, unreadable = read_rows(folder / "conversations.jsonl", ToldConversation)
    known = [conversation for conversation in told if conversation.team in teams]
    for stray in sorted({conversation.team for conversation in told} - teams.keys()):
        note(f"there is no team {stray}")
    rows = [answer(conversation, teams[conversation.team], mode=mode) for conversation in known]
    write_rows(out, rows, unreadable=unreadable + len(told) - len(known))


def _answer(row: _PullRequestRow) -> dict[str, Any]:
    found = read_links(row, team_keys={*row.known_team_keys}, tickets={*row.known_tickets})
    named = [{"ticket": link.ticket, "kind": link.kind.value} for link in found.links]
    return {"id": row.id, "links": named, "contradicts": list(found.contradicts)}
