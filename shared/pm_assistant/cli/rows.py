"""Files of rows, one JSON object a line: read with the lines that cannot be, and written."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from pm_assistant.cli.terminal import note
from pm_assistant.domain.errors import InvalidRequest


def read_rows[Row: BaseModel](file: Path, form: type[Row]) -> tuple[list[Row], int]:
    """Read a file's rows, and how many lines cannot be read; each of those is said.

    Raises:
        InvalidRequest: there is no such file.
    """
    rows, unreadable = [], 0
    for number, line in _lines(file):
        try:
            rows.append(form.model_validate(_parsed(line)))
        except (InvalidRequest, ValidationError) as error:
            note(f"line {number}: {_flaws(error)}")
            unreadable += 1
    return rows, unreadable


def read_objects(file: Path) -> list[dict[str, Any]]:
    """Read a file's rows as they are.

    Raises:
        InvalidRequest: there is no such file, or a line is no JSON object.
    """
    return [_parsed(line) for _, line in _lines(file)]


def read_list[Row: BaseModel](file: Path, form: type[Row]) -> list[Row]:
    """Read a file that is one list of JSON objects.

    Raises:
        InvalidRequest: there is no such file, or it is none.
    """
    try:
        return TypeAdapter(list[form]).validate_json(_content(file))  # type: ignore[valid-type]
    except ValidationError as error:
        raise InvalidRequest(f"{file}: {_flaws(error)}") from error


def write_rows(out: Path, rows: Sequence[dict[str, Any]], *, unreadable: int = 0) -> None:
    """Write rows, and say how many of how many could be.

    Raises:
        InvalidRequest: the file cannot be written, or lines could not be read; the others are written all the same.
    """
    try:
        out.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    except OSError as error:
        raise InvalidRequest(f"{out} cannot be written: {error.strerror}") from error
    note(f"{len(rows)} read")
    if unreadable:
        raise InvalidRequest(f"{unreadable} could not be read")


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that hold something, and their numbers."""
    for number, line in enumerate(_content(file).removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}") from error


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
