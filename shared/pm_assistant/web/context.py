"""What the pages' requests are answered with."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pm_assistant.runtime.http import public_url
from pm_assistant.runtime.settings import ConnectSettings, load
from pm_assistant.runtime.unit import AwsApplication

settings = cache(lambda: load(ConnectSettings))


def application_of(event: Mapping[str, Any]) -> AwsApplication:
    """What work of no tenant uses, reached where the request reached us."""
    return AwsApplication(settings(), public_url=public_url(event))
