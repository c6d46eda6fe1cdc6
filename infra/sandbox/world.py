"""The whole state: what the vendors share, and each vendor's own part."""

from datetime import datetime

from pydantic import Field

from infra.sandbox.github.state import GitHubWorld
from infra.sandbox.google.state import GoogleWorld
from infra.sandbox.linear.state import LinearWorld
from infra.sandbox.slack.state import SlackWorld
from infra.sandbox.stripe.state import StripeWorld


class SandboxWorld(SlackWorld, LinearWorld, GitHubWorld, GoogleWorld, StripeWorld):
    """The whole state.

    Attributes:
        played: where each line of the demo day was said, by its `ref`.
        played_day: the start of the day on which it was.
    """

    played: dict[str, str] = Field(default_factory=dict)
    played_day: datetime | None = None
