"""One structured log line per thing decided; never bodies, headers, tokens or what people wrote."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@cache
def logger() -> "Logger":
    """The function's logger; its service name and level come from Powertools' own environment variables.

    It is loaded with the first line: of a message that is taken in there is none.
    """
    from aws_lambda_powertools import Logger

    return Logger()
