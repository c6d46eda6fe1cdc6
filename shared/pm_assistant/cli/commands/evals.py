"""`pm eval`: what the product makes of texts in a file, one JSON object a line."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ConfigDict, field_validator, model_validator

from pm_assistant.cli.rows import read_rows, write_rows
from pm_assistant.domain.links import PullRequestText
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


def _answer(row: _PullRequestRow) -> dict[str, Any]:
    found = read_links(row, team_keys={*row.known_team_keys}, tickets={*row.known_tickets})
    named = [{"ticket": link.ticket, "kind": link.kind.value} for link in found.links]
    return {"id": row.id, "links": named, "contradicts": list(found.contradicts)}
