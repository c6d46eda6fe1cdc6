"""Writing to the terminal.

Nearly everything shown was written by others: it loses its control characters and becomes `Text`, which rich takes
literally, so neither escape sequences nor markup get through.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import environ
from typing import Any

import typer
from pydantic import BaseModel
from rich.console import Console, Group, OverflowMethod, RenderableType
from rich.measure import Measurement
from rich.style import Style
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 10_000
"""Columns where no terminal says how many it has: a program that reads lines wants all of each."""
NARROW = frozenset({"Id", "When", "Pull", "As", "Sure", "Age", "Updated", "Queue", "Attempts"})
"""Columns that are short and unreadable when cut."""
ROOM_FOR_ADDRESSES = 200
"""In lines of so many columns addresses are spelt out."""
JOINER = "\u200d"
"""Holds the parts of an emoji together; the one invisible character that is let through."""


def clean(text: str) -> str:
    """Make one harmless line of what somebody wrote: no control, direction or invisible characters."""
    one_line = (" " if char.isspace() else char for char in text)
    return "".join(char for char in one_line if unicodedata.category(char)[0] != "C" or char == JOINER)


def show(view: RenderableType) -> None:
    """Print a view."""
    Console(width=width(), highlight=False, markup=False, emoji=False).print(view)


def width() -> int:
    """How many columns there are where we write."""
    return Console().width if sys.stdout.isatty() or "COLUMNS" in environ else PIPE_WIDTH


def show_json(answer: BaseModel | Sequence[BaseModel]) -> None:
    """Print an answer for programs, in ASCII, which no terminal can be tricked with."""
    typer.echo(json.dumps(_plain(answer), indent=2))


def show_json_line(answer: BaseModel) -> None:
    """Print one answer of a stream."""
    typer.echo(json.dumps(_plain(answer)))


def note(text: str) -> None:
    """Say something that is not the answer, where it does not get into the answer's way."""
    typer.echo(clean(text), err=True)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show that something takes a while; silent unless somebody watches."""
    with Console(stderr=True).status(clean(what)):
        yield


def text(written: str, style: str = "") -> Text:
    """Take text literally."""
    return Text(clean(written), style=style)


def url(address: str) -> Text:
    """An address that can be read and followed."""
    return link(address, address)


def link(label: str, address: str, style: str = "") -> Text:
    """A label that leads to a web address; any other kind of address is not followed."""
    target = clean(address).replace(" ", "%20")
    followed = target.startswith(("https://", "http://"))
    return Text(clean(label), style=Style.parse(style) + Style(link=target if followed else None), overflow="fold")


def facts(*pairs: tuple[str, str]) -> Table:
    """Names and values below each other."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(overflow="fold")
    for name, value in pairs:
        grid.add_row(Text(name, style="dim"), text(value))
    return grid


def table(*columns: str) -> Table:
    """An empty table of these columns, which is read for its words: what does not fit goes on in the next line."""
    return _table(columns, "fold")


def listing(*columns: str) -> Table:
    """Likewise of many things that can be looked at one by one: each is a line, what does not fit is seen to be cut."""
    return _table(columns, "ellipsis")


def _table(columns: Sequence[str], overflow: OverflowMethod) -> Table:
    empty = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        is_short = column in NARROW
        empty.add_column(column, overflow="ellipsis" if is_short else overflow, no_wrap=is_short)
    return empty


def add(rows: Table, *cells: Text) -> None:
    """Add a row, as its table has them."""
    for column, cell in zip(rows.columns, cells, strict=True):
        cell.no_wrap, cell.overflow = column.overflow != "fold", column.overflow
    rows.add_row(*cells)


def spelled[T](*addresses: T) -> tuple[T, ...]:
    """What spells out addresses in a table: nothing on a terminal, where links are followed, nor in lines too short."""
    return () if followed() or width() < ROOM_FOR_ADDRESSES else addresses


def followed() -> bool:
    """Whether links are followed where we write."""
    return sys.stdout.isatty()


def counted(rows: Table, count: int, thing: str, things: str | None = None) -> RenderableType:
    """A table with the number of its rows, or a line that says there are none; `things` where more end without `s`."""
    things = things or f"{thing}s"
    if not count:
        return Text(f"No {things}.")
    told = f"{count} {thing if count == 1 else things}"
    return Group(rows, Text(f"{told}; {_CUT}" if _is_cut(rows) else told, style="dim"))


_CUT = "wider than this terminal: pipe it, or --json, for every word"


def _is_cut(rows: Table) -> bool:
    """Whether its rows are lines, and longer than where we write."""
    if any(column.overflow == "fold" for column in rows.columns):
        return False
    console = Console(width=PIPE_WIDTH)
    return Measurement.get(console, console.options, rows).maximum > width()


def _plain(answer: BaseModel | Sequence[BaseModel]) -> Any:
    if isinstance(answer, BaseModel):
        return answer.model_dump(mode="json")
    return [item.model_dump(mode="json") for item in answer]
