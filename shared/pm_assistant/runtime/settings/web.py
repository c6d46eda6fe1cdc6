"""What `web` is told by its environment."""

from pm_assistant.runtime.settings import LegalSettings
from pm_assistant.runtime.settings.requests import RequestSettings


class WebSettings(RequestSettings, LegalSettings):
    """Environment of `web`."""
