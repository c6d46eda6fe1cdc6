"""What each function is told by its environment: one closed list per function, read when first needed."""

import os
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationError

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Model


class _Store(Model):
    table_name: str


class WorkerSettings(_Store):
    """A function behind a queue knows its own queue, to postpone a retry, and its dead letters, to park what failed."""

    source_queue_url: str
    dead_letters_queue_url: str
    retry_base_seconds: int = 30


class _Chat(Model):
    kms_key_id: str
    slack_api_url: str = "https://slack.com/api/"


class ReceiveSettings(_Store):
    """Environment of `receive`."""

    events_queue_url: str
    actions_queue_url: str
    secrets_prefix: str


class AnalystSettings(Model):
    """Which analyst judges, and how it is reached."""

    analyst: Literal["openai", "offline"] = "openai"
    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    secrets_prefix: str
    burst_gap_seconds: float = Field(default=120, gt=0)


class AnalyzeSettings(WorkerSettings, AnalystSettings):
    """Environment of `analyze`."""

    actions_queue_url: str


class ActSettings(WorkerSettings, _Chat):
    """Environment of `act`."""

    linear_api_url: str = "https://api.linear.app/graphql"


class ReportSettings(WorkerSettings, _Chat):
    """Environment of `report`."""


class TickSettings(Model):
    """Environment of `tick`."""

    reports_queue_url: str


def load[S: Model](kind: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Read a function's settings.

    Raises:
        InvalidRequest: a variable is missing or unusable; names it.
    """
    environment = os.environ if environment is None else environment
    given = {name: environment[name.upper()] for name in kind.model_fields if environment.get(name.upper())}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise InvalidRequest(f"environment variable {name}: {error.errors()[0]['msg']}", field=name) from error
