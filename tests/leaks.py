"""What our log must never say: every secret that a test makes and everything people say in it are looked for.

Lines are taken where the logger of the functions makes them, so they are those that would reach CloudWatch.
"""

import re
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from pydantic import SecretStr

from pm_assistant.domain.work import Message

LINES: list[str] = []
"""What was logged since the running test began."""
PRIVATE: set[str] = set()
"""What the running test has that is nobody's business, and what modules of tests have."""
FORMS = re.compile(
    r"xox[abepr]-[\w-]{6}|lin_(?:oauth|api)_\w{6}|gh[opsu]_\w{6}|pma_\w+_[0-9a-f]{32}"
    r"|[sr]k_(?:test|live)_\w{6}|whsec_\w{6}|-----BEGIN|Bearer [\w.-]{8}|eyJ[\w-]{8}"
)
"""Secrets that are known by their look, whoever made them."""
SHORTEST_SECRET = 8
SHORTEST_TEXT = 12
"""In characters: a shorter one may well stand in a line by chance."""


def watch() -> None:
    """Begin to notice lines, secrets and texts."""
    LambdaPowertoolsFormatter.format = _noticing(LambdaPowertoolsFormatter.format)  # type: ignore[method-assign]
    SecretStr.__init__ = _after(SecretStr.__init__, _notice_secret)  # type: ignore[method-assign]
    Message.__init__ = _after(Message.__init__, _notice_text)  # type: ignore[method-assign]


def forget() -> None:
    """Begin with another test."""
    LINES.clear()
    PRIVATE.intersection_update(_of_modules())


@cache
def _of_modules() -> frozenset[str]:
    """What was made before the first test began."""
    return frozenset(PRIVATE)


def leaked() -> list[str]:
    """The lines that say what they must not."""
    return [line for line in LINES if FORMS.search(line) or any(private in line for private in PRIVATE)]


def _noticing(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def formatted(*args: Any, **named: Any) -> Any:
        line = original(*args, **named)
        LINES.append(str(line))
        return line

    return formatted


def _after(original: Callable[..., None], notice: Callable[[Any], None]) -> Callable[..., None]:
    @wraps(original)
    def made(self: Any, *args: Any, **named: Any) -> None:
        original(self, *args, **named)
        notice(self)

    return made


def _notice_secret(secret: SecretStr) -> None:
    value = secret.get_secret_value()
    if len(value) >= SHORTEST_SECRET:
        PRIVATE.add(value)


def _notice_text(message: Message) -> None:
    if len(message.text) >= SHORTEST_TEXT and " " in message.text.strip():
        PRIVATE.add(message.text)
