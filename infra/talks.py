"""Told teams to learn from: their tickets, and what people say of them, of other work, and of their lives.

`infra/training/talks.txt` has a block for each team:

    team <id> | <what it makes> | <languages>
    people <handle>:<language>, ...
    ticket <number> | <title> | <description> | <state> | <assignee, or ->

    talk <number of a ticket, or new, chatter, work>
    <act>	<language>	<handle>	<message>

All of it was made up for this, by writers who knew neither the product nor what it is measured by. From one team of ten
nothing is learned of where texts lie: these tell what it is worth, and how much it counts (`tests/gold/fit.py`).
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("training") / "talks.txt"
HELD_BACK = 10
"""The first of so many teams is held back."""
_NOBODY = "-"
_TEAM, _PEOPLE, _TICKET, _TALK, _NOTE = "team ", "people ", "ticket ", "talk ", "#"


class TalkError(Exception):
    """A line that is not what a file of told teams has."""


class ToldMessage(NamedTuple):
    """A message, and what its author does with it."""

    act: str
    language: str
    author: str
    text: str


class ToldTicket(NamedTuple):
    """A ticket as its team would write it; of its state the type."""

    title: str
    description: str
    state: str
    assignee: str | None


class Talk(NamedTuple):
    """A conversation, and the number of its ticket, or what else it is."""

    about: str
    messages: list[ToldMessage]


class Team(NamedTuple):
    """A team: who is in it, with the language of each, its tickets by number, and its conversations."""

    id: str
    people: dict[str, str]
    tickets: dict[str, ToldTicket]
    talks: list[Talk]


def teams_in(lines: Iterable[str]) -> Iterator[Team]:
    """Read told teams.

    Raises:
        TalkError: a line is none of what there may be; it says which.
    """
    team: Team | None = None
    for number, line in enumerate(lines, 1):
        try:
            if line.startswith(_TEAM):
                if team is not None:
                    yield team
                team = Team(line.removeprefix(_TEAM).partition("|")[0].strip(), {}, {}, [])
            elif team is not None:
                _add(line, team)
        except (IndexError, TypeError, ValueError) as error:
            message = f"line {number}: {line}"
            raise TalkError(message) from error
    if team is not None:
        yield team


def _add(line: str, team: Team) -> None:
    if not line.strip() or line.startswith(_NOTE):
        return
    if line.startswith(_PEOPLE):
        team.people.update(dict(person.strip().split(":") for person in line.removeprefix(_PEOPLE).split(",")))
    elif line.startswith(_TICKET):
        about, title, text, state, who = (part.strip() for part in line.removeprefix(_TICKET).split("|"))
        team.tickets[about] = ToldTicket(title, text, state, None if who == _NOBODY else who)
    elif line.startswith(_TALK):
        team.talks.append(Talk(line.removeprefix(_TALK).strip(), []))
    else:
        team.talks[-1].messages.append(ToldMessage(*line.split("\t")))


def told_teams() -> Sequence[Team]:
    """All of the file's."""
    return [*teams_in(FILE.read_text("utf-8").splitlines())]


def held_back(teams: Sequence[Team]) -> Sequence[Team]:
    """Those by which what is learned from the others is measured."""
    return teams[::HELD_BACK]


def learned_from(teams: Sequence[Team]) -> Sequence[Team]:
    """The others."""
    return [team for number, team in enumerate(teams) if number % HELD_BACK]
