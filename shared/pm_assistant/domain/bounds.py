"""How much is kept of what people write, in bytes as it lies in a row or in a message.

DynamoDB takes items of 400 KB, the names of their attributes included, and SQS messages of 256 KiB with their
attributes (it can be told to take more, which no queue of ours is). Both hold JSON in UTF-8: a character takes up to
four bytes, a quotation mark two, a control character six. Whatever stores or sends texts is made of these kinds, so
nothing that fits no more gets as far as the store.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import to_json

LARGEST_ITEM = 400_000
LARGEST_MESSAGE = 240_000
"""What a message on a queue may take; what SQS takes beyond that is for its attributes, such as why it was given up."""
LONGEST_TEXT = 180_000
"""A description, a comment or a message: all that GitHub's 65,536 characters take, but of scripts of the far East."""
LONGEST_WORDING = 16_000
"""What an analyst writes: two of these and what they rest on are a decision."""
LONGEST_LINE = 2_048
"""A title: Linear takes 512 characters, of any script."""
LONGEST_NAME = 256
MOST_NAMES = 100
_MOST_OF_A_CHARACTER = 6


def stored_size(text: str) -> int:
    """Bytes that a text takes in JSON, without its quotation marks."""
    return len(to_json(text)) - 2


def cut(text: str, *, most: int) -> str:
    """As much of a text from its beginning as takes so many bytes, and only what can be stored.

    No character is cut in two; halves of characters, which JSON can carry and no store can keep, are replaced.
    """
    beginning = text[:most]  # no character takes less than a byte
    storable = beginning if beginning.isascii() else beginning.encode("utf-8", "replace").decode()
    if len(storable) * _MOST_OF_A_CHARACTER <= most or stored_size(storable) <= most:
        return storable
    ends = range(len(storable) + 1)
    return storable[: bisect_right(ends, most, key=lambda end: stored_size(storable[:end])) - 1]


def first_names[T](names: tuple[T, ...]) -> tuple[T, ...]:
    """As many of them as are kept."""
    return names[:MOST_NAMES]


def pieces[T](sized: Iterable[tuple[T, int]], *, most: int) -> Iterator[list[T]]:
    """Part things, each given with its size, into as few stretches as hold so much each; what is larger is alone."""
    piece, taken = list[T](), 0
    for thing, size in sized:
        if piece and taken + size > most:
            yield piece
            piece, taken = [], 0
        piece.append(thing)
        taken += size
    if piece:
        yield piece


Text = Annotated[str, AfterValidator(partial(cut, most=LONGEST_TEXT))]
Wording = Annotated[str, AfterValidator(partial(cut, most=LONGEST_WORDING))]
Line = Annotated[str, AfterValidator(partial(cut, most=LONGEST_LINE))]
Name = Annotated[str, AfterValidator(partial(cut, most=LONGEST_NAME))]
Names = Annotated[tuple[Name, ...], AfterValidator(first_names)]
