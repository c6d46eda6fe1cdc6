"""`pm eval`: what the product makes of texts in a file, one JSON object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ConfigDict, ValidationError, field_validator, model_validator

from pm_assistant.cli.terminal import note
from pm_assistant.domain.errors import InvalidRequest
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
    rows, unreadable = [], 0
    for number, line in _lines(file):
        try:
            row = _PullRequestRow.model_validate(_parsed(line))
        except (InvalidRequest, ValidationError) as error:
            note(f"line {number}: {_flaws(error)}")
            unreadable += 1
        else:
            rows.append(_answer(row))
    try:
        out.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    except OSError as error:
        raise InvalidRequest(f"{out} cannot be written: {error.strerror}") from error
    note(f"{len(rows)} read")
    if unreadable:
        raise InvalidRequest(f"{unreadable} could not be read")


def _answer(row: _PullRequestRow) -> dict[str, Any]:
    found = read_links(row, team_keys={*row.known_team_keys}, tickets={*row.known_tickets})
    named = [{"ticket": link.ticket, "kind": link.kind.value} for link in found.links]
    return {"id": row.id, "links": named, "contradicts": list(found.contradicts)}


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that hold something, and their numbers."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}") from error
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("this is no JSON") from error
    if not isinstance(parsed, dict):
        raise InvalidRequest("this is no JSON object")
    return parsed


def _flaws(error: InvalidRequest | ValidationError) -> str:
    """Which fields are wrong, and how."""
    if isinstance(error, InvalidRequest):
        return str(error)
    flaws = ((".".join(map(str, flaw["loc"])), flaw["msg"]) for flaw in error.errors())
    return "; ".join(f"{field}: {message}" if field else message for field, message in flaws)
