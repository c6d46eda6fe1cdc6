"""Records that all vendors share."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveInt, model_validator

type Json = dict[str, Any]
type Clock = Callable[[], datetime]
type Vendor = Literal["slack", "linear", "github", "google", "openai", "stripe"]


class Model(BaseModel):
    """A record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid")


class Person(Model):
    """Somebody with an account at every vendor; `github_login` need not resemble the handle.

    Attributes:
        slack: what the account is in the Slack workspace.
        linear: likewise in the Linear organisation.
        tz_offset: seconds, as Slack says them of a zone that nobody here knows.
        slack_updated: when the account in Slack last changed, in seconds; 0 for never.
    """

    handle: str
    name: str
    email: str
    time_zone: str
    locale: str = "en-US"
    title: str = ""
    slack: Literal["member", "guest", "single_channel_guest", "stranger", "deactivated"] = "member"
    linear: Literal["member", "guest", "disabled"] = "member"
    tz_offset: int = 0
    slack_updated: int = 0
    slack_id: str
    linear_id: str
    github_id: int
    github_login: str


class Delivery(Model):
    """One event on its way to the app.

    Attributes:
        line: deliveries of one line are first attempted in order.
        about: what it tells of, as `channel/ts`, a ticket's identifier or an installation's account.
        body: what is sent; dropped once it has arrived.
        form: whether it goes as a form, as what people press in Slack does.
        number: GitHub only; what it calls this attempt, `id` being the same for all of one event.
        installation_id: GitHub only; who is told.
        repository_id: GitHub only; where it happened.
        redelivery: GitHub only; whether the app asked for it.
        delay: seconds before it is sent for the first time.
        attempted_at: when it was last sent.
    """

    id: str
    vendor: Vendor
    kind: str
    line: str
    about: str
    body: Json | None
    form: bool = False
    attempts: int = 0
    outcome: Literal["pending", "delivered", "failed"] = "pending"
    status: int | None = None
    error: str = ""
    created_at: datetime
    number: int = 0
    installation_id: int | None = None
    repository_id: int | None = None
    redelivery: bool = False
    delay: float = 0
    attempted_at: datetime | None = None


class Fault(Model):
    """A misbehaviour that was asked for.

    Attributes:
        operation: as requests are counted; `*` is any, and so is one a capitalized name of a GraphQL document's own.
        kind: `hallucinate` is for models alone: what they say is made up, in the form that was asked for.
        limit: which limit a `rate_limit` is about: of Linear's, as its headers name it; of GitHub's `primary` is one,
            and everything else the other. OpenAI's `quota` is what was paid for.
    """

    vendor: Vendor
    operation: str = "*"
    kind: Literal["rate_limit", "server_error", "revoked", "timeout", "slow", "page", "cut", "reset", "hallucinate"]
    times: PositiveInt = 1
    retry_after: NonNegativeFloat | None = None
    limit: Literal["requests", "complexity", "endpoint-requests", "primary", "quota"] = "requests"
    after: bool = True

    @model_validator(mode="after")
    def _has_a_model(self) -> Self:
        if self.kind == "hallucinate" and self.vendor != "openai":
            raise ValueError("only a model hallucinates")
        return self
