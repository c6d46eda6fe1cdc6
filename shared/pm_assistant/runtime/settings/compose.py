"""What `compose` is told by its environment."""

from pm_assistant.domain.model import Model


class ComposeSettings(Model):
    """Environment of `compose`, which has to be told nothing."""
