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


class VendorSettings(_Store):
    """What it takes to act at a vendor for a tenant: the sealed credentials' key, our app's secrets, the addresses."""

    kms_key_id: str
    secrets_prefix: str
    slack_url: str = "https://slack.com"
    slack_api_url: str = "https://slack.com/api/"
    linear_url: str = "https://linear.app"
    linear_api_url: str = "https://api.linear.app/graphql"
    linear_oauth_url: str = "https://api.linear.app/oauth"
    github_url: str = "https://github.com"
    github_api_url: str = "https://api.github.com"


class UserSettings(Model):
    """Which user directory, and as which of its clients."""

    user_pool_id: str
    client_id: str


class ScheduleSettings(Model):
    """Where schedules are kept, and what they call as whom."""

    schedule_group: str
    schedule_role_arn: str
    tick_function_arn: str


class AuthorizeSettings(_Store):
    """Environment of `authorize`."""

    issuer: str
    jwks_url: str
    client_id: str


class ApiSettings(VendorSettings, UserSettings, ScheduleSettings):
    """Environment of `api`; without `public_url` the address is API Gateway's own, which each request names."""

    public_url: str | None = None
    actions_queue_url: str
    jobs_queue_url: str
    archives_bucket: str
    mail_from: str
    requests_per_minute: int = Field(default=600, gt=0)
    burst_gap_seconds: float = Field(default=120, gt=0)


class ConnectSettings(VendorSettings):
    """Environment of `connect`; without `public_url` the address is API Gateway's own, which each request names."""

    public_url: str | None = None
    jobs_queue_url: str


class ReceiveSettings(_Store):
    """Environment of `receive`."""

    events_queue_url: str
    actions_queue_url: str
    reports_queue_url: str
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


class ActSettings(WorkerSettings, VendorSettings):
    """Environment of `act`."""

    reports_queue_url: str


class ReportSettings(WorkerSettings, VendorSettings):
    """Environment of `report`."""

    reports_queue_url: str
    jobs_queue_url: str
    mail_from: str
    public_url: str


class RunSettings(WorkerSettings, VendorSettings, AnalystSettings, UserSettings, ScheduleSettings):
    """Environment of `run`."""

    events_queue_url: str
    reports_queue_url: str
    archives_bucket: str


class TickSettings(Model):
    """Environment of `tick`."""

    reports_queue_url: str
    jobs_queue_url: str


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
