"""The talk of told teams (`infra/talks.py`) in the form of a told set."""

import random
from collections.abc import Iterator
from typing import Any

from infra.talks import Talk, Team

KINDS = {"new": "create", "chatter": "ignore_chatter", "work": "ignore_work"}
"""What is expected of talk that is of no ticket; of any other a comment is."""
_STATES = {
    "Backlog": "backlog", "Todo": "unstarted", "In Progress": "started", "In Review": "started", "Done": "completed",
    "Canceled": "canceled",
}  # fmt: skip
_CLOSED = {"completed", "canceled"}
_IN_THREADS = 0.6
"""So much of the talk with replies stands in threads."""


def as_told(team: Team) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A team as `teams.json` has it, with its conversations; what is not told of it is made up, the same each time."""
    chance = random.Random(team.id)  # noqa: S311 -- the same each time
    prefix = f"{''.join(filter(str.isalpha, team.id.upper()))[:3]}QX"
    keys = {about: f"{prefix}-{number}" for number, about in enumerate(team.tickets, 101)}
    return (
        {
            "id": team.id,
            "name": team.id,
            "key_prefix": prefix,
            "assistant": {"handle": "assistant", "id": "U0ASSISTANT", "name": "PM Assistant"},
            "members": [_member(handle, number, team) for number, handle in enumerate(team.people)],
            "channels": [{"name": "general"}],
            "states": [{"name": name, "type": kind} for name, kind in _STATES.items()],
            "tickets": [_ticket(about, team, keys, chance) for about in team.tickets],
        },
        [*_conversations(team, keys, chance)],
    )


def _member(handle: str, number: int, team: Team) -> dict[str, Any]:
    language = team.people[handle]
    name = handle.capitalize()
    return {"handle": handle, "id": f"U0TOLD{number}", "name": name, "role": "member", "timezone": "UTC"} | {
        "language": language
    }


def _ticket(about: str, team: Team, keys: dict[str, str], chance: random.Random) -> dict[str, Any]:
    title, description, state, assignee = team.tickets[about]
    created = chance.randint(2, 120)
    return {
        "key": keys[about],
        "title": title,
        "description": description,
        "state": next(name for name, kind in _STATES.items() if kind == state),
        "assignee": assignee,
        "creator": chance.choice([*team.people]),
        "labels": [],
        "priority": chance.randint(0, 4),
        "created_days_ago": created,
        "updated_days_ago": chance.randint(1, created),
        "closed": state in _CLOSED,
    }


def _conversations(team: Team, keys: dict[str, str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, talk in enumerate(team.talks):
        is_thread = len(talk.messages) > 1 and chance.random() < _IN_THREADS
        yield {
            "id": f"{team.id}-{number}",
            "team": team.id,
            "channel": "general",
            "thread": is_thread,
            "lines": [*_lines(talk, chance, is_thread=is_thread)],
            "expect": {
                "kind": KINDS.get(talk.about, "comment"),
                "tickets": [keys[talk.about]] if talk.about in keys else [],
            },
        }


def _lines(talk: Talk, chance: random.Random, *, is_thread: bool) -> Iterator[dict[str, Any]]:
    minutes = 0
    for number, message in enumerate(talk.messages):
        yield {
            "user": message.author,
            "text": message.text,
            "reply": is_thread and number > 0,
            "minutes": minutes,
        }
        minutes += chance.randint(1, 6)
