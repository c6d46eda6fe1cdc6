"""The composition root: picks the real adapter for every port.

Each maker imports its adapter inside, so that a function loads only what it uses. App-wide adapters are kept for the
life of the container; those that hold a tenant's token are made per message and forgotten.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from pm_assistant.domain.errors import Misconfigured, NotFound
from pm_assistant.domain.workspaces import CalendarProvider, Grantor, Provider
from pm_assistant.integrations.vendors import CALENDARS, VENDORS, record_of
from pm_assistant.runtime.settings import (
    AnalystSettings,
    ModelSettings,
    PaymentSettings,
    ScheduleSettings,
    VendorSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from botocore.session import Session

    from pm_assistant.aws.accounts import AppClient, CognitoSessions, CognitoUsers
    from pm_assistant.aws.archives import S3Archives
    from pm_assistant.aws.mail import SesMailer
    from pm_assistant.aws.metrics import CloudWatchMetrics
    from pm_assistant.aws.queues import DeadLetters, SourceQueue, SqsQueue
    from pm_assistant.aws.schedules import SchedulerClockwork, SchedulerSchedules
    from pm_assistant.aws.secrets import SsmSecrets
    from pm_assistant.aws.stores import DynamoStores
    from pm_assistant.aws.tokens import JwtVerifier
    from pm_assistant.aws.vault import KmsVault
    from pm_assistant.domain.billing import CustomerChanged
    from pm_assistant.domain.webhooks import WebhookRequest
    from pm_assistant.ports.billing import Payments
    from pm_assistant.ports.finetuning import FineTuning
    from pm_assistant.ports.vendors import (
        Analyst,
        Calendar,
        Chat,
        CodeHost,
        ModelAnalyst,
        OAuthApp,
        Redelivery,
        Tracker,
        Watch,
        WebhookSource,
        Writer,
    )
    from pm_assistant.runtime.settings import Prices, SoldPlan, Tax

ENDPOINTS = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"}
"""Where the environment says that S3 is not AWS's own (docs.aws.amazon.com/sdkref, feature-ss-endpoints)."""

TIMEOUTS = {"dynamodb": (1, 2)}
"""In seconds, to connect and to read: DynamoDB answers within milliseconds; what is silent is better asked again."""


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@cache
def session() -> "Session":
    """What all clients of the container are made of: AWS's endpoints are read, and credentials looked for, once.

    It is botocore's own: what boto3 puts around it, resources and transfers of files, we never use.
    """
    from botocore.session import get_session

    from pm_assistant.aws.models import ShortLoader
    from pm_assistant.aws.parsing import ItemParserFactory

    made = get_session()
    made.register_component("data_loader", ShortLoader())
    made.register_component("response_parser_factory", ItemParserFactory())
    return made


USER_AGENT = "pm-assistant"
"""What AWS's own logs call us by."""


@cache
def client(service: str) -> Any:
    """A client of the container; region, endpoint and credentials come from the environment."""
    from botocore.config import Config

    connect, read = TIMEOUTS.get(service, (3, 10))
    config = Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"total_max_attempts": 3, "mode": "standard"},
        # A connection outlives the minutes in which a container waits for its next request.
        tcp_keepalive=True,
        # Left to itself botocore would put together for each request, sign by sign, which release runs on what.
        user_agent=USER_AGENT,
        # PynamoDB makes the requests, which are as it makes them; it would not have them checked either.
        parameter_validation=service != "dynamodb",
        # Left to itself S3 signs links in a way that it refuses for what lies under a KMS key.
        signature_version="s3v4" if service == "s3" else None,
        # Nor would its links lead to the bucket's own region. What is not AWS is asked by path.
        s3=None if ENDPOINTS & os.environ.keys() else {"addressing_style": "virtual"},
    )
    return session().create_client(service, config=config)


@cache
def stores(table_name: str, *, index_cache_mb: int | None = None) -> "DynamoStores":
    """All stores on one table; the index may keep so much in memory."""
    from pm_assistant.aws.stores import DynamoStores

    index_cache = None if index_cache_mb is None else index_cache_mb * 1024 * 1024
    return DynamoStores.on(table_name, client("dynamodb"), index_cache=index_cache)


@cache
def queue(url: str) -> "SqsQueue":
    """A queue to put messages on."""
    from pm_assistant.aws.queues import SqsQueue

    return SqsQueue(url, client("sqs"))


def source_queue(worker: WorkerSettings) -> "SourceQueue":
    """The queue a function reads from; its clockwork is made when something has to wait for long."""
    from pm_assistant.aws.queues import SourceQueue

    def clockwork() -> "SchedulerClockwork":
        from pm_assistant.aws.schedules import SchedulerClockwork

        return SchedulerClockwork(
            client("scheduler"),
            group=worker.schedule_group,
            role_arn=worker.schedule_role_arn,
            dead_letters_arn=worker.dead_letters_arn,
        )

    return SourceQueue(worker.source_queue_url, client("sqs"), clockwork)


@cache
def dead_letters(url: str) -> "DeadLetters":
    """Where messages go that could not be handled."""
    from pm_assistant.aws.queues import DeadLetters

    return DeadLetters(url, client("sqs"))


@cache
def secrets(prefix: str) -> "SsmSecrets":
    """The deployment's own secrets."""
    from pm_assistant.aws.secrets import SsmSecrets

    return SsmSecrets(prefix, client("ssm"))


@cache
def vault(kms_key_id: str) -> "KmsVault":
    """The sealer of tenants' credentials."""
    from pm_assistant.aws.vault import KmsVault

    return KmsVault(kms_key_id, client("kms"))


def schedules(settings: ScheduleSettings, reports_url: str, jobs_url: str) -> "SchedulerSchedules":
    """The clockwork that makes reports and jobs due."""
    from pm_assistant.aws.schedules import Destination, SchedulerSchedules

    return SchedulerSchedules(
        client("scheduler"),
        group=settings.schedule_group,
        role_arn=settings.schedule_role_arn,
        reports=Destination(reports_url, settings.reports_dead_letters_arn),
        jobs=Destination(jobs_url, settings.jobs_dead_letters_arn),
    )


@cache
def users(user_pool_id: str, client_id: str, public_url: str | None = None) -> "CognitoUsers":
    """The directory of people who can log in."""
    from pm_assistant.aws.accounts import CognitoUsers
    from pm_assistant.runtime.logs import logger

    def undelivered() -> None:
        logger().error("a code could not be mailed: SES refuses it; is the account in SES's sandbox?")

    return CognitoUsers(_app_client(user_pool_id, client_id), public_url=public_url, undelivered=undelivered)


@cache
def sessions(user_pool_id: str, client_id: str) -> "CognitoSessions":
    """Logging in and out."""
    from pm_assistant.aws.accounts import CognitoSessions

    return CognitoSessions(_app_client(user_pool_id, client_id))


@cache
def _app_client(user_pool_id: str, client_id: str) -> "AppClient":
    from pm_assistant.aws.accounts import AppClient

    return AppClient(client("cognito-idp"), user_pool_id=user_pool_id, client_id=client_id)


@cache
def verifier(issuer: str, jwks_url: str, client_id: str) -> "JwtVerifier":
    """Who tells genuine id tokens from others; keeps the issuer's public keys."""
    from pm_assistant.aws.tokens import JwtVerifier

    return JwtVerifier(issuer=issuer, jwks_url=jwks_url, audience=client_id)


@cache
def mailer(sender: str, counted_as: str | None = None) -> "SesMailer":
    """Who sends e-mail."""
    from pm_assistant.aws.mail import SesMailer

    return SesMailer(client("sesv2"), sender=sender, counted_as=counted_as)


@cache
def archives(bucket: str) -> "S3Archives":
    """Files that come from or go to people by link."""
    from pm_assistant.aws.archives import S3Archives

    return S3Archives(client("s3"), bucket=bucket)


def stage_metrics(queues: Mapping[str, tuple[str, str]], functions: Mapping[str, str]) -> "CloudWatchMetrics":
    """What is measured of these, and of `run`, which looks: the template cannot tell a function its own name."""
    from pm_assistant.aws.metrics import CloudWatchMetrics

    own = {"run": name} if (name := os.environ.get("AWS_LAMBDA_FUNCTION_NAME")) else {}
    return CloudWatchMetrics(client("cloudwatch"), queues=queues, functions={**functions, **own})


def webhook_source(provider: Provider, secrets_prefix: str) -> "WebhookSource":
    """The reader of a vendor's webhooks; the secret is looked up each time, so that it can be rotated.

    Raises:
        Misconfigured: the secret is not set.
    """
    return _webhook_source(provider, _secret(f"{provider}/{VENDORS[provider].webhook_secret}", secrets_prefix))


@lru_cache(maxsize=len(Provider))
def _webhook_source(provider: Provider, secret: str) -> "WebhookSource":
    return VENDORS[provider].make_webhook_source(secret)


def oauth_app(provider: Grantor, settings: VendorSettings) -> "OAuthApp":
    """Our app at a vendor; its secrets are looked up each time, so that they can be rotated.

    Raises:
        NotFound: it is not registered there.
    """
    return record_of(provider).make_oauth_app(_registered(provider, settings), urls(provider, settings))


def is_registered(provider: Grantor, settings: VendorSettings) -> bool:
    """Whether our app is registered at a vendor; the app itself is not made."""
    try:
        _registered(provider, settings)
    except NotFound:
        return False
    return True


def redelivery(provider: Provider, settings: VendorSettings) -> "Redelivery":
    """What a vendor could not tell our app.

    Raises:
        NotFound: the app is not registered there, or the vendor tries again by itself.
    """
    make = VENDORS[provider].make_redelivery
    if make is None:
        raise NotFound(f"{provider} sends again by itself")
    return make(_registered(provider, settings), urls(provider, settings))


def _registered(provider: Grantor, settings: VendorSettings) -> Mapping[str, str]:
    names = record_of(provider).app_secrets
    values = secrets(settings.secrets_prefix).get_all(*(f"{provider}/{name}" for name in names))
    return dict(zip(names, values.values(), strict=True))


def chat(provider: Provider, access_token: str, settings: VendorSettings, watch: "Watch") -> "Chat":
    """A tenant's chat at a vendor of that role."""
    make = VENDORS[provider].make_chat
    if make is None:
        raise TypeError(f"{provider} is no chat")
    return make(access_token, urls(provider, settings), watch)


def tracker(provider: Provider, access_token: str, settings: VendorSettings, watch: "Watch") -> "Tracker":
    """A tenant's tracker at a vendor of that role."""
    make = VENDORS[provider].make_tracker
    if make is None:
        raise TypeError(f"{provider} is no tracker")
    return make(access_token, urls(provider, settings), watch)


def code_host(provider: Provider, access_token: str, settings: VendorSettings, watch: "Watch") -> "CodeHost":
    """A tenant's code host at a vendor of that role."""
    make = VENDORS[provider].make_code_host
    if make is None:
        raise TypeError(f"{provider} is no code host")
    return make(access_token, urls(provider, settings), watch)


def calendar(provider: CalendarProvider, access_token: str, settings: VendorSettings) -> "Calendar":
    """A person's calendar."""
    return CALENDARS[provider].make_calendar(access_token, urls(provider, settings))


def urls(provider: Grantor, settings: VendorSettings) -> Mapping[str, str]:
    """Where a vendor is."""
    return {**record_of(provider).urls, **settings.vendor_urls.get(provider, {})}


def model(settings: AnalystSettings) -> "ModelAnalyst":
    """The model that judges.

    Raises:
        Misconfigured: its key is not set.
    """
    # The key is looked up each time, so that it can be rotated; the client is made anew only for another key.
    key = _secret("openai/api-key", settings.secrets_prefix)
    prices = tuple(settings.openai_prices.items())
    return _model(key, settings.openai_base_url, settings.openai_model, settings.openai_strong_model, prices)


def writer(settings: ModelSettings) -> "Writer":
    """The model that words reports.

    Raises:
        Misconfigured: its key is not set.
    """
    from pm_assistant.integrations.openai.prices import Price
    from pm_assistant.integrations.openai.writer import OpenAIWriter

    key = _secret("openai/api-key", settings.secrets_prefix)
    prices = {name: Price(*dollars) for name, dollars in settings.openai_prices.items()}
    return OpenAIWriter(key, settings.openai_base_url, settings.openai_model, prices=prices)


def payments(settings: PaymentSettings) -> "Payments":
    """Who takes the money.

    Raises:
        NotFound: nothing is sold here.
        Misconfigured: the provider's key is not set.
    """
    if not settings.stripe_prices:
        raise NotFound("nothing is sold here")
    # As the model's: looked up each time, so that it can be rotated.
    key = _secret("stripe/secret-key", settings.secrets_prefix)
    return _payments(key, settings.stripe_base_url, tuple(settings.stripe_prices.items()), settings.stripe_tax)


def customer_changed(request: "WebhookRequest", settings: PaymentSettings) -> "CustomerChanged | None":
    """Whose subscriptions the payment provider tells to have changed; its secret is looked up each time, as the others.

    Raises:
        NotFound: nothing is sold here.
        Misconfigured: the secret is not set.
        InvalidRequest: it is not the provider who tells, or nothing that we read.
    """
    if not settings.stripe_prices:
        raise NotFound("nothing is sold here")
    from pm_assistant.integrations.stripe.webhook import read

    return read(request, _secret("stripe/webhook-secret", settings.secrets_prefix), now=now())


@lru_cache(maxsize=1)
def _payments(api_key: str, base_url: str, prices: "tuple[tuple[SoldPlan, str], ...]", tax: "Tax") -> "Payments":
    from pm_assistant.domain.plans import Plan
    from pm_assistant.integrations.stripe.client import StripePayments

    return StripePayments(api_key, base_url, {Plan(plan): price for plan, price in prices}, tax=tax)


def offline_analyst() -> "Analyst":
    """The rules that need no key."""
    from pm_assistant.integrations.guarded import GuardedAnalyst
    from pm_assistant.integrations.offline import OfflineAnalyst

    return GuardedAnalyst(OfflineAnalyst())


@cache
def _model(
    api_key: str, base_url: str, model: str, strong_model: str | None, prices: tuple[tuple[str, "Prices"], ...]
) -> "ModelAnalyst":
    from pm_assistant.integrations.guarded import GuardedModel
    from pm_assistant.integrations.openai.client import OpenAIAnalyst
    from pm_assistant.integrations.openai.prices import Price

    known = {name: Price(*dollars) for name, dollars in prices}
    return GuardedModel(OpenAIAnalyst(api_key, base_url, model, strong_model=strong_model, prices=known))


def fine_tuning(settings: AnalystSettings) -> "FineTuning":
    """Who trains the model.

    Raises:
        NotFound: no model judges here.
        Misconfigured: the model's key is not set.
    """
    if settings.analyst == "offline":
        raise NotFound("no model judges here that could be trained")
    from pm_assistant.integrations.openai.finetuning import OpenAIFineTuning

    key = _secret("openai/api-key", settings.secrets_prefix)
    return OpenAIFineTuning(key, settings.openai_base_url, settings.openai_model)


def _secret(name: str, prefix: str) -> str:
    """A secret without which what it is for does not work at all."""
    try:
        return secrets(prefix).get(name)
    except NotFound as error:
        raise Misconfigured(error.words) from error
