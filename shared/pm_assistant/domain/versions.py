"""What a newer version of us has written, and this one has no word for (ADR 94)."""

from pydantic import BaseModel, ValidationError

from pm_assistant.domain.errors import UpstreamUnavailable

NOT_KNOWN_HERE = frozenset({"extra_forbidden", "union_tag_invalid", "unknown_type", "enum", "literal_error"})
"""Pydantic's names of what is wrong with a value that says more than this version of us has words for."""


class WrittenByNewer(UpstreamUnavailable):
    """What is to be done says more than this version of us has words for, which may restrict all else: it waits."""


def is_written_by_newer(error: ValidationError) -> bool:
    """Whether all that is wrong with a value is what a newer version of us may say in it."""
    return all(each["type"] in NOT_KNOWN_HERE for each in error.errors())


def read_cursor[M: BaseModel](kind: type[M], cursor: str) -> M:
    """How far work has come, as one of its steps has noted it.

    Raises:
        WrittenByNewer: a newer version of us has taken that step; repeat.
        ValidationError: it says nothing of that kind.
    """
    try:
        return kind.model_validate_json(cursor)
    except ValidationError as error:
        if is_written_by_newer(error):
            raise WrittenByNewer("a newer version of us has gone on with this; it goes on with that one") from error
        raise
