"""What reading any vendor's webhook needs; malformed input becomes `InvalidRequest` naming the field."""

import hmac
import json
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from pm_assistant.domain.errors import InvalidRequest


def same(expected: str, actual: str) -> bool:
    """Compare two signatures in constant time; any text may be given."""
    return hmac.compare_digest(expected.encode(), actual.encode(errors="replace"))


def read_json(body: bytes, *, field: str = "") -> Mapping[str, object]:
    """Read a JSON object.

    Args:
        body: the raw bytes.
        field: path of the field the bytes came from, empty for the whole body.

    Raises:
        InvalidRequest: not JSON, or not an object.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("not readable as JSON", field=field) from error
    if not isinstance(payload, dict):
        raise InvalidRequest("not a JSON object", field=field)
    return payload


def parse[T: BaseModel](model: type[T], payload: Mapping[str, object], *, within: str = "") -> T:
    """Check an object against a model.

    Args:
        model: what is expected.
        payload: what came.
        within: path of the object, put before the field's own.

    Raises:
        InvalidRequest: it does not fit; names the first offending field, never its content.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        path = ".".join(part for part in (within, *map(str, first["loc"])) if part)
        raise InvalidRequest(f"{path}: {first['msg']}", field=path) from error


def required(value: str | None, field: str) -> str:
    """Insist on a value that only some forms of a payload carry.

    Raises:
        InvalidRequest: missing or empty.
    """
    if not value:
        raise InvalidRequest(f"{field} is missing", field=field)
    return value
