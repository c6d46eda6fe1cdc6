"""What vendors list, read row by row."""

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ValidationError

from pm_assistant.domain import causes
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.people import Flaw, Listing

LONGEST_ID = 64


def readable_rows[T: BaseModel](model: type[T], rows: Iterable[object], *, vendor: str) -> Listing[T]:
    """Read rows; one that does not fit is left out and named.

    Raises:
        UpstreamUnavailable: not one of them fits: then it is the list that is not of the documented form.
    """
    read = rows_that_fit(model, rows)
    if read.flaws and not read:
        raise UpstreamUnavailable(causes.is_of_another_form(vendor, read.flaws[0].problem))
    return read


def rows_that_fit[T: BaseModel](model: type[T], rows: Iterable[object], *, numbered: bool = False) -> Listing[T]:
    """Read rows of which there may be few, so that none need fit; those that do not are left out and named.

    What is `numbered` has numbers for ids.
    """
    read: list[T] = []
    flaws: list[Flaw] = []
    for row in rows:
        try:
            read.append(model.model_validate(row))
        except ValidationError as error:
            flaws.append(Flaw(id=_id_in(row, numbered=numbered), problem=problem_of(error), left_out=True))
    return Listing(read, flaws)


def problem_of(error: ValidationError) -> str:
    """The first thing that is wrong, never with what was given."""
    first = error.errors(include_input=False)[0]
    return f"{'.'.join(map(str, first['loc'])) or 'row'}: {first['type']}"


def _id_in(row: object, *, numbered: bool) -> str:
    id = row.get("id") if isinstance(row, Mapping) else None
    return str(id)[:LONGEST_ID] if isinstance(id, (str, int) if numbered else str) else ""
