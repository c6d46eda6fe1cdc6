"""One structured log line per thing decided; never bodies, headers, tokens or what people wrote."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The function's logger; its service name and level come from Powertools' own environment variables."""
    return Logger()
