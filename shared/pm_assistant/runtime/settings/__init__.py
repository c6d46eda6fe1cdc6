"""What functions are told by their environments: one closed list per function, a module each, of the parts here."""

import os
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from pm_assistant.domain.errors import Misconfigured
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import Grantor


def _urls(value: object) -> object:
    """Read `slack.web=URL,slack.api=URL`."""
    if not isinstance(value, str):
        return value
    urls: dict[str, dict[str, str]] = {}
    for pair in filter(None, value.split(",")):
        name, _, url = pair.partition("=")
        vendor, _, place = name.strip().partition(".")
        if not (vendor and place and url):
            raise ValueError("a vendor's address is written as slack.web=URL")
        urls.setdefault(vendor, {})[place] = url.strip()
    return urls


VendorUrls = Annotated[dict[Grantor, dict[str, str]], BeforeValidator(_urls)]
"""Where vendors are, if not where the world knows them, by the names in their records' `urls`."""


def _prices(value: object) -> object:
    """Read `gpt-x=0.75/0.075/4.5,gpt-y=5/0.5/30`."""
    if not isinstance(value, str):
        return value
    pairs = (pair.strip().rpartition("=") for pair in value.split(",") if pair.strip())
    return {name: tuple(dollars.split("/")) for name, _, dollars in pairs}


def _addresses(value: object) -> object:
    """Read `ada@example.com,grace@example.com`."""
    if not isinstance(value, str):
        return value
    return tuple(filter(None, (address.strip() for address in value.split(","))))


Addresses = Annotated[tuple[str, ...], BeforeValidator(_addresses)]
"""E-mail addresses."""

Price = Annotated[float, Field(ge=0)]
Prices = tuple[Price, Price, Price]
"""Dollars for a million tokens that a model reads, reads from its cache, or writes."""
ModelPrices = Annotated[dict[Annotated[str, Field(min_length=1)], Prices], BeforeValidator(_prices)]


class StoreSettings(Model):
    """Where everything of ours is kept."""

    table_name: str


class IndexSettings(StoreSettings):
    """How much of what teams' work is looked up in a container keeps in memory."""

    index_cache_mb: int = Field(default=64, ge=0)


class WorkerSettings(StoreSettings):
    """A function behind a queue knows its own queue, to try again, and its dead letters, to park what failed.

    What has to wait for long comes back by a schedule.
    """

    source_queue_url: str
    dead_letters_queue_url: str
    dead_letters_arn: str
    schedule_group: str
    schedule_role_arn: str
    retry_base_seconds: int = 30


class QueueSettings(Model):
    """The queues in front of the stages; a function knows those it puts on."""

    events_queue_url: str | None = None
    actions_queue_url: str | None = None
    reports_queue_url: str | None = None
    jobs_queue_url: str | None = None
    billing_queue_url: str | None = None


class SecretSettings(Model):
    """Where the deployment's own secrets are kept."""

    secrets_prefix: str


class VendorSettings(SecretSettings):
    """What it takes to act at a vendor for a tenant: the sealed credentials' key, our app's secrets, the addresses."""

    kms_key_id: str
    vendor_urls: VendorUrls = Field(default_factory=dict)


class UserSettings(Model):
    """Which user directory, and as which of its clients."""

    user_pool_id: str
    client_id: str


class TokenSettings(Model):
    """Who issues id tokens, with which public keys, and for which client."""

    issuer: str
    jwks_url: str
    client_id: str


class ScheduleSettings(Model):
    """Where schedules are kept, as whom they put on queues, and where what they cannot put goes."""

    schedule_group: str
    schedule_role_arn: str
    reports_dead_letters_arn: str
    jobs_dead_letters_arn: str


class ArchiveSettings(Model):
    """Where files lie that come from or go to people."""

    archives_bucket: str


class MailSettings(Model):
    """Who mail comes from, and what SES counts its fate under."""

    mail_from: str
    mail_set: str | None = None


class PublicSettings(Model):
    """Where people and vendors reach us; without it the address is API Gateway's own, which each request names."""

    public_url: str | None = None


class ConversationSettings(Model):
    """What makes one conversation of several messages."""

    burst_gap_seconds: float = Field(default=120, gt=0)


def _plan_prices(value: object) -> object:
    """Read `team=price_1,business=price_2`."""
    if not isinstance(value, str):
        return value
    pairs = (pair.strip().partition("=") for pair in value.split(",") if pair.strip())
    return {name: price for name, _, price in pairs}


type SoldPlan = Literal["team", "business"]
PlanPrices = Annotated[dict[SoldPlan, Annotated[str, Field(min_length=1)]], BeforeValidator(_plan_prices)]
"""The payment provider's price of each plan that is sold."""
type Tax = Literal["none", "automatic", "managed"]
"""Whether the payment provider adds tax, or sells in its own name."""


class PaymentSettings(SecretSettings):
    """What is sold, and where; without prices nothing is."""

    stripe_base_url: str = "https://api.stripe.com"
    stripe_prices: PlanPrices = Field(default_factory=dict)
    stripe_tax: Tax = "none"


class BudgetSettings(Model):
    """What the model may cost a tenant in a month that has not said otherwise; without it nothing limits that."""

    model_budget_dollars: float | None = Field(default=None, ge=0)


def _names(value: object) -> object:
    """Read `receive=NAME,act=NAME`."""
    if not isinstance(value, str):
        return value
    return dict(pair.strip().split("=", 1) for pair in value.split(",") if "=" in pair)


def _queues(value: object) -> object:
    """Read `events=QUEUE+DEAD_LETTERS,actions=QUEUE+DEAD_LETTERS`."""
    names = _names(value)
    return {stage: tuple(both.split("+")) for stage, both in names.items()} if isinstance(names, dict) else value


class WatchSettings(Model):
    """The queues and functions of the stage that are looked at, by what they are called where they run."""

    watched_queues: Annotated[dict[str, tuple[str, str]], BeforeValidator(_queues)]
    watched_functions: Annotated[dict[str, str], BeforeValidator(_names)]


class JudgeSettings(Model):
    """Whether a model is asked for anything."""

    analyst: Literal["openai", "offline"] = "openai"


class ModelSettings(SecretSettings, BudgetSettings, JudgeSettings):
    """Which model is asked, if one is, and how it is reached."""

    openai_base_url: str = "https://api.openai.com/v1"
    openai_model: str = "gpt-5.4-mini"
    openai_prices: ModelPrices = Field(default_factory=dict)


class AnalystSettings(ModelSettings, ConversationSettings):
    """Which analyst judges; a stronger model is asked where the first is unsure."""

    openai_strong_model: str | None = None


class LegalSettings(JudgeSettings):
    """What the public pages say of this stage: who runs it, by which law, where, and how long logs are kept."""

    legal_name: str | None = None
    legal_address: str | None = None
    contact_email: str | None = None
    governing_law: str | None = None
    log_retention_days: int = 30
    data_region: str | None = None

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What of it only whoever runs the stage can say, and has not."""
        own = ("legal_name", "legal_address", "contact_email", "governing_law")
        return tuple(name for name in own if getattr(self, name) is None)


def load[S: Model](kind: type[S], environment: Mapping[str, str] | None = None) -> S:
    """Read a function's settings.

    Raises:
        Misconfigured: a variable is missing or unusable; names it.
    """
    environment = os.environ if environment is None else environment
    values = {name: environment[name.upper()] for name in kind.model_fields if environment.get(name.upper())}
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        # The cause is cut off on purpose: it quotes what was given.
        raise Misconfigured(f"environment variable {name}: {error.errors()[0]['msg']}") from None
