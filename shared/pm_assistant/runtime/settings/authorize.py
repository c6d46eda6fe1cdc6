"""What `authorize` is told by its environment."""

from pm_assistant.runtime.settings import StoreSettings, TokenSettings


class AuthorizeSettings(StoreSettings, TokenSettings):
    """Environment of `authorize`."""
