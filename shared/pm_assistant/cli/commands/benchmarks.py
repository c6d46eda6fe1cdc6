"""`pm eval match`, `binary` and `cluster`: what the product makes of sets that others have labelled."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from pm_assistant.cli.matching import MatchingSet
from pm_assistant.cli.rows import read_rows, write_rows
from pm_assistant.domain.work import Message, conversations_in
from pm_assistant.integrations.offline.requests import requested
from pm_assistant.integrations.offline.resolved import resolved
from pm_assistant.runtime.settings import ConversationSettings

ITEMS = "items.jsonl"
_MOST_RANKED = 50
ASKS = 0.3
"""From this probability on people are asked, in a set that knows what they would say."""
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_CLOCK = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>\d\d)(?::(?P<seconds>\d\d))?")


class _Item(BaseModel):
    """A text of which something is asked: with what was `previous`, whether it ends a question, else for a request.

    Attributes:
        first_message: of a dialogue, whose `text` is all of it.
    """

    id: str
    text: str
    previous: str | None = None
    first_message: str | None = None

    @property
    def score(self) -> float:
        """How likely the answer is yes, 0 to 1."""
        if self.previous is not None:
            return resolved(self.text, previous=self.previous, opens=not self.previous)
        return requested(self.first_message or self.text)


class _Line(BaseModel):
    """A line of a channel; what has no time that can be read was said with the line above."""

    id: str
    block: str
    time: str
    author: str
    text: str


class Feedback(StrEnum):
    """What people answer: nothing, or yes wherever the likeliest ticket was asked about and is the one."""

    NONE = "none"
    CONFIRMED = "confirmed"


def match(
    folder: Annotated[Path, typer.Argument(help="A folder with tickets, and with what was said when.")],
    out: Annotated[Path, typer.Option("--out", help="Where the likeliest tickets are written, a row an item.")],
    feedback: Annotated[Feedback, typer.Option(help="Whether people say yes where they are asked and it is right.")] = (
        Feedback.NONE
    ),
) -> None:
    """Tell which tickets conversations are likely about, in the order in which things happened."""
    rows = []
    matching_set = MatchingSet(folder)
    for item in matching_set:
        found = item.ranking.shortlist(item.conversation, limit=_MOST_RANKED)
        ids = [candidate.head.id for candidate in found.candidates]
        best = found.candidates[0].probability if found.candidates else 0.0
        rows.append({"message_id": item.id, "ranking": ids, "score": best, "tracked_score": 1 - found.none})
        if feedback is Feedback.CONFIRMED and best >= ASKS and item.is_about(ids[0]):
            matching_set.confirm(item)
    write_rows(out, rows)


def binary(
    folder: Annotated[Path, typer.Argument(help=f"A folder with {ITEMS}, a text a row.")],
    out: Annotated[Path, typer.Option("--out", help="Where the scores are written, a row each.")],
) -> None:
    """Tell how likely texts are requests, or, where rows say what was said before, the end of a question."""
    items, unreadable = read_rows(folder / ITEMS, _Item)
    write_rows(out, [{"id": item.id, "score": round(item.score, 6)} for item in items], unreadable=unreadable)


def cluster(
    folder: Annotated[Path, typer.Argument(help=f"A folder with {ITEMS}, the lines of channels, a row each.")],
    out: Annotated[Path, typer.Option("--out", help="Where each line's conversation is written, a row each.")],
) -> None:
    """Tell which lines of a channel are of one conversation."""
    lines, unreadable = read_rows(folder / ITEMS, _Line)
    blocks: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        blocks[line.block].append(line)
    write_rows(out, [row for block in blocks.values() for row in _clustered(block)], unreadable=unreadable)


def _clustered(lines: Sequence[_Line]) -> Iterator[dict[str, Any]]:
    """Group the lines of one channel as messages of a chat are that stand in no thread."""
    ids: dict[str, str] = {}
    messages = []
    for line, at in zip(lines, _times(lines), strict=True):
        ts = f"{at.timestamp():.6f}"
        ids[ts] = line.id
        messages.append(
            Message(channel=line.block, ts=ts, root_ts=ts, author=line.author, text=line.text, received_at=at)
        )
    for conversation in conversations_in(messages, gap_seconds=_gap_seconds()):
        said = [ids[message.ts] for message in conversation.messages]
        yield from ({"id": id, "cluster": said[0]} for id in said)


def _gap_seconds() -> float:
    """How long a pause ends a conversation where nobody has set it otherwise."""
    return float(ConversationSettings.model_fields["burst_gap_seconds"].default)


def _times(lines: Sequence[_Line]) -> Iterator[datetime]:
    """When each line was said: never before the one above it, and no two at once."""
    day, before = timedelta(), timedelta()
    for number, line in enumerate(lines):
        clock = _CLOCK.fullmatch(line.time)
        if clock:
            at = timedelta(**{unit: int(value or 0) for unit, value in clock.groupdict().items()})
            day += timedelta(days=day + at < before)
            before = day + at
        yield _FIRST_DAY + before + timedelta(milliseconds=number)
