"""Halves of characters: JSON can carry one half of a pair (RFC 8259, 8.2), and no store and no queue can keep it."""

import json


def whole_characters(body: bytes) -> bytes:
    """The same JSON with a question mark for each half of a character.

    Raises:
        ValueError: it has any, and is not JSON.
        RecursionError: it has any, and is nested too deeply.
    """
    # Most bodies escape nothing at all, which one look tells.
    if b"\\" not in body or (b"\\ud" not in body and b"\\uD" not in body):
        return body
    return json.dumps(json.loads(body), ensure_ascii=False).encode(errors="replace")
