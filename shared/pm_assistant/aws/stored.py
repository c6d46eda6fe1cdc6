"""What rows say, whichever version of us wrote them.

While a release takes over, and when it is taken back (ADR 24), each version meets rows of the other. A field that a
newer one has added is left out; what this version has no word for, such as a kind of job, it cannot read (ADR 84).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pydantic import ValidationError

from pm_assistant.aws.tables import Row
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import STORED


class NotReadable(UpstreamUnavailable):
    """A row says what this version of us has no word for; work that rests on it waits for one that has."""


def stored[M: Model](kind: type[M], told: str | bytes | Mapping[str, Any]) -> M:
    """Read what a row says, as JSON or already taken apart.

    Raises:
        NotReadable: this version of us cannot.
    """
    try:
        if isinstance(told, Mapping):
            return kind.model_validate(told, context=STORED, extra="ignore")
        return kind.model_validate_json(told, context=STORED, extra="ignore")
    except ValidationError as error:
        raise NotReadable(f"a {kind.__name__} was written by a newer version of us, or is broken") from error


def listed[M: Model](kind: type[M], rows: Iterable[Row], *, limit: int | None = None) -> Sequence[M]:
    """The first so many, or all, of those rows of a list that can be read; each is whole in its `data`."""
    return list(islice(readable(lambda row: stored(kind, row.data), rows), limit))


def readable[R, T](read: Callable[[R], T], rows: Iterable[R]) -> Iterator[T]:
    """What rows say that are listed: one that cannot be read is left out, and keeps nobody from the others."""
    for row in rows:
        try:
            yield read(row)
        except NotReadable as error:
            logging.getLogger(__name__).warning("a row was left out: %s", error)
