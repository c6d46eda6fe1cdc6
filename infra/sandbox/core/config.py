"""How the sandbox and the app know each other."""

from functools import cache
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import AfterValidator, ConfigDict, Field, NonNegativeFloat

from infra.sandbox.core.state import Model, Vendor


@cache  # a private key is tried out as it is read, which takes longer than all else that a request does
def public_key(pem: str) -> RSAPublicKey:
    """The public key that a PEM of either half holds.

    Raises:
        ValueError: it holds no RSA key.
    """
    content = pem.encode()
    key = load_pem_private_key(content, None).public_key() if "PRIVATE KEY" in pem else load_pem_public_key(content)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA key")
    return key


def _checked(pem: str) -> str:
    if pem:
        public_key(pem)
    return pem


class Config(Model):
    """How the sandbox reaches the app, and what the app is registered with at each vendor.

    Attributes:
        mail_url: where the mail is told that was sent for the app; empty where nobody sends any.
        github_private_key: the App's key as PEM, of which only the public half is used; that half alone will do.
        slack_token_rotation: whether the app's tokens end after twelve hours and come with a refresh token; its
            manifest asks for that.
        slack_enterprise: whether the workspace stands alone, is one of an Enterprise Grid organisation, or the app is
            installed for the organisation as a whole.
        slack_history_limit: whether what was said may be read once a minute by 15 messages, as by every app that is
            sold outside of Slack's Marketplace.
        slack_events_an_hour: how many events the app is told; Slack drops what is beyond that, and says so.
        github_requests_an_hour: how many requests of an installation GitHub answers; what is unchanged is not counted.
        github_points_an_hour: how many points of an installation's GraphQL it answers.
        github_nodes_in_time: how many nodes of a document it gathers before its time is over; what asks for more gets a
            part with an error, and what asks for more than twice as many gets nothing.
        stripe_after_retries: what our account at Stripe does with a subscription that was not paid at the last try.
        stripe_lost_events: how many of its next events the app is never told.
        stripe_forbidden: what our key at Stripe may not do, such as `webhook_endpoints.list`: it is a restricted one.
        stripe_late_seconds: how late they may come, each as chance has it, so that they come in no order.
        retry_delays: seconds before each repeat. Slack's own are at once, a minute and five minutes; a person waiting
            at a terminal gets them scaled down.
        ack_seconds: how long Slack waits for an answer before it repeats.
        duplicates: extra copies of every event.
    """

    # Most of it is secret, and a complaint goes into logs.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    app_url: str = ""
    mail_url: str = ""
    slack_client_id: str = ""
    slack_client_secret: str = ""
    slack_signing_secret: str = ""
    slack_token_rotation: bool = True
    slack_enterprise: Literal["none", "workspace", "organization"] = "none"
    slack_history_limit: bool = True
    slack_events_an_hour: int = Field(default=30_000, ge=0)
    linear_client_id: str = ""
    linear_client_secret: str = ""
    linear_webhook_secret: str = ""
    github_app_id: str = Field(default="", pattern=r"^[0-9]*$")
    github_app_slug: str = ""
    github_client_id: str = ""
    github_client_secret: str = ""
    github_private_key: Annotated[str, AfterValidator(_checked)] = ""
    github_webhook_secret: str = ""
    github_requests_an_hour: int = Field(default=5_000, ge=0)
    github_points_an_hour: int = Field(default=5_000, ge=0)
    github_nodes_in_time: int = Field(default=500_000, ge=1)
    google_client_id: str = ""
    google_client_secret: str = ""
    openai_api_key: str = ""
    stripe_secret_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_after_retries: Literal["cancel", "unpaid", "past_due"] = "cancel"
    stripe_lost_events: int = Field(default=0, ge=0)
    stripe_forbidden: list[str] = Field(default_factory=list)
    stripe_late_seconds: float = Field(default=0, ge=0)
    retry_delays: list[NonNegativeFloat] = Field(default_factory=lambda: [1.0, 5.0, 20.0])
    ack_seconds: float = Field(default=3.0, gt=0)
    duplicates: int = Field(default=0, ge=0, le=20)

    def callback(self, vendor: Vendor) -> str:
        """The only address a vendor sends people back to; empty until the app is known."""
        return f"{self.app_url.rstrip('/')}/oauth/{vendor}/callback" if self.app_url else ""


SETTINGS = tuple(name for name, field in Config.model_fields.items() if field.annotation is str)
"""What the environment may say, each under its name in capitals."""
