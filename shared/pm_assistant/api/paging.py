"""What routes take alike: ids, whom a request is about, pages of a list, and the cursor from one to the next."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import takewhile
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Model

SPELT_OUT = "a moment is spelt out, such as 2026-11-20T09:30:00Z"
"""What a moment has to be."""
DAY_SPELT_OUT = "a day is spelt out, such as 2026-11-20"
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LARGEST_PAGE = 4_000_000
"""In bytes, counted as text within JSON, which is how Lambda answers API Gateway: 6 MB at most
(docs.aws.amazon.com/lambda, Lambda quotas). The rest is for what that says beside the page, and for longer escapes."""


def _spelt_out(value: object) -> object:
    """A bare number would be taken for seconds since 1970, and a year for a moment in that year's place."""
    if not isinstance(value, str) or value.replace(".", "", 1).lstrip("+-").isdigit():
        raise ValueError(SPELT_OUT)
    return value


def _within_reach(at: datetime) -> datetime:
    """In UTC, in which not every moment that another zone can name has a year."""
    if not EARLIEST <= at <= LATEST:
        raise ValueError("a moment lies between the years 1970 and 9999")
    return at.astimezone(UTC)


Id = Annotated[str, Path(min_length=1, max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200, description="how many to return at most")]
Moment = Annotated[AwareDatetime, BeforeValidator(_spelt_out), AfterValidator(_within_reach)]
Cursor = Annotated[str, Query(max_length=512, description="`next` of the page before; empty for the first page")]


@contextmanager
def meant_member(member_id: str | None, former: str | None, *, named: tuple[str, str]) -> Iterator[str | None]:
    """Whom a request is about: `member_id`, or what the route called it before, at the place `named`.

    What is refused of it within is refused by the name that was sent.

    Raises:
        RequestValidationError: both are given, and are not the same.
    """
    if None not in {member_id, former} and member_id != former:
        raise RequestValidationError([{"loc": named, "msg": "is another than member_id", "type": "value_error"}])
    try:
        yield former if member_id is None else member_id
    except InvalidRequest as error:
        if error.field != "member_id" or member_id is not None:
            raise
        raise InvalidRequest(error.words, field=named[-1]) from error


class Page[T](Model):
    """A part of a list."""

    items: tuple[T, ...]
    next: str | None = Field(default=None, description="cursor of the next page; none on the last one")


def encode_cursor(place: str | None) -> str | None:
    """Make a cursor of a place in a list, which callers are not meant to read; None behind the last page."""
    if not place:
        return None
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str | None:
    """Read a cursor; None for the first page.

    Raises:
        InvalidRequest: it is not one of ours.
    """
    if not cursor:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error) as error:
        raise InvalidRequest("cursor is not one that a page gave", field="cursor") from error


class PageBudget:
    """What one page can still hold."""

    def __init__(self, limit: int) -> None:
        self._items = limit
        self._bytes = LARGEST_PAGE
        self._empty = True

    def takes(self, item: BaseModel) -> bool:
        """Whether an item fits in as well; the first does in any case, or nobody would get past it."""
        self._items -= 1
        self._bytes -= len(json.dumps(item.model_dump_json()))
        fits = self._items >= 0 and (self._empty or self._bytes >= 0)
        self._empty = False
        return fits


def paginate[T: BaseModel](
    items: Sequence[T], key: Callable[[T], str], *, limit: int
) -> tuple[Sequence[T], str | None]:
    """The page that a list begins with; and the next page's cursor if the list goes on."""
    page = tuple(takewhile(PageBudget(limit).takes, items))
    return page, encode_cursor(key(page[-1])) if len(page) < len(items) else None


def paginate_sorted[T: BaseModel](
    items: Iterable[T], key: Callable[[T], str], *, cursor: str, limit: int, last_first: bool = False
) -> tuple[Sequence[T], str | None]:
    """The page of a list in memory, in the order of `key`, which must be unique; and the next page's cursor."""
    after = decode_cursor(cursor)
    ordered = sorted(items, key=key, reverse=last_first)
    rest = [item for item in ordered if after is None or (key(item) < after if last_first else key(item) > after)]
    return paginate(rest, key, limit=limit)
