"""What reading any vendor's webhook needs; malformed input becomes `InvalidRequest` naming the field."""

import hmac
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from pydantic import BaseModel, ValidationError, model_validator

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Late
from pm_assistant.integrations.characters import whole_characters


class Payload(Late):
    """A part of what a vendor posts; a field that is null says no more than one that is not there."""

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nulls(cls, raw: object) -> object:
        return {name: value for name, value in raw.items() if value is not None} if isinstance(raw, dict) else raw


def valid_secrets(secret: str) -> Sequence[bytes]:
    """The secrets that a configured one holds: while it is rotated two, parted by a comma or a new line."""
    return [each.strip().encode() for each in re.split(r"[,\r\n]", secret) if each.strip()]


def is_signed(message: bytes, signature: str, secrets: Sequence[bytes], *, prefix: str = "") -> bool:
    """Whether a hex HMAC-SHA256 behind a prefix was made with one of the secrets; compared in constant time."""
    digests = [_signature(secret, message) for secret in secrets]
    given = signature.encode(errors="replace")
    return any(hmac.compare_digest(f"{prefix}{digest}".encode(), given) for digest in digests)


def _signature(secret: bytes, message: bytes) -> str:
    made = _keyed(secret).copy()
    made.update(message)
    return made.hexdigest()


@lru_cache(maxsize=8)
def _keyed(secret: bytes) -> hmac.HMAC:
    """What a secret makes of nothing yet: each message goes on from there."""
    return hmac.new(secret, digestmod="sha256")


def read_json(body: bytes, *, field: str = "") -> Mapping[str, object]:
    """Read a JSON object.

    Args:
        body: the raw bytes.
        field: path of the field the bytes came from, empty for the whole body.

    Raises:
        InvalidRequest: not JSON, or not an object.
    """
    try:
        payload = json.loads(whole_characters(body))
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
