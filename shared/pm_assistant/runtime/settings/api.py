"""What `api` is told by its environment."""

from pydantic import Field

from pm_assistant.runtime.settings import BudgetSettings
from pm_assistant.runtime.settings.requests import RequestSettings


class ApiSettings(RequestSettings, BudgetSettings):
    """Environment of `api`."""

    requests_per_minute: int = Field(default=600, gt=0)
