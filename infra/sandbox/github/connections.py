"""GitHub's connections: cut from either end, by cursors that name a place in the order and not a number."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence

from graphql import GraphQLError

from infra.sandbox.core.state import Json

type Place = tuple[int, int]
"""Where something stands in an order: by its time, and among those of one second by its id."""


def connection[T](
    things: Sequence[T],
    arguments: Json,
    place: Callable[[T], Place],
    show: Callable[[T], Json],
    *,
    latest_first: bool = False,
) -> Json:
    """One page of a list; a thing that moves between two pages is missed or seen twice, and no other is."""
    ordered = sorted(things, key=place, reverse=latest_first)
    after, before = (_place_of(arguments.get(name)) for name in ("after", "before"))

    def is_beyond(one: Place, other: Place) -> bool:
        return one < other if latest_first else one > other

    within = [
        each
        for each in ordered
        if (after is None or is_beyond(place(each), after)) and (before is None or is_beyond(before, place(each)))
    ]
    first, last = arguments.get("first"), arguments.get("last")
    shown = within[:first] if first is not None else within
    shown = shown[max(0, len(shown) - last) :] if last is not None else shown
    ends = (shown[0], shown[-1]) if shown else None
    return {
        "nodes": [show(each) for each in shown],
        "totalCount": len(ordered),
        "pageInfo": {
            "hasNextPage": bool(ends) and within[-1] is not shown[-1],
            "hasPreviousPage": bool(ends) and ordered[0] is not shown[0],
            "startCursor": _cursor(place(ends[0])) if ends else None,
            "endCursor": _cursor(place(ends[1])) if ends else None,
        },
    }


def _cursor(place: Place) -> str:
    return b64encode("cursor:v2:{}:{}".format(*place).encode()).decode()


def _place_of(cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    try:
        *_, at, number = b64decode(cursor, validate=True).decode().split(":")
        return int(at), int(number)
    except (NotBase64, ValueError) as error:
        text = f"`{cursor}` does not appear to be a valid cursor."
        raise GraphQLError(text, extensions={"type": "INVALID_CURSOR_ARGUMENTS"}) from error
