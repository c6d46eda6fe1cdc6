"""Whoever logs a secret or what people say is found out by any test that gets it there."""

import pytest
from pydantic import SecretStr

from pm_assistant.runtime.logs import logger
from tests import leaks
from tests.builders import a_message


@pytest.mark.parametrize("secret", [SecretStr("correct horse battery"), "xoxb-12345678", "Bearer abcdefgh.ijkl"])
def test_a_secret_in_a_line_is_found(secret: SecretStr | str) -> None:
    """One that a test made, or one that looks like one; in the message, a field or the text of an error."""
    value = secret if isinstance(secret, str) else secret.get_secret_value()
    try:
        raise RuntimeError(value)
    except RuntimeError:
        logger().exception("failed")
    logger().warning("refused", extra={"header": value})
    found = leaks.leaked()
    leaks.forget()  # or this very test would fail for it
    assert 2 == len(found)


def test_what_somebody_said_is_found_in_a_line() -> None:
    """And what is only about it is not."""
    message = a_message()
    logger().info("taken in", extra={"message_id": message.ts})
    logger().info("taken in", extra={"text": f"> {message.text}"})
    found = leaks.leaked()
    leaks.forget()  # or this very test would fail for it
    assert 1 == len(found)
