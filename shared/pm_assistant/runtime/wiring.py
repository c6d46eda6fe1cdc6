"""The composition root: picks the real adapter for every port.

Each maker imports its adapter inside, so that a function loads only what it uses. App-wide adapters are kept for the
life of the container; those that hold a tenant's token are made per message and forgotten.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from pm_assistant.domain.tenants import Provider, TenantId
from pm_assistant.runtime.settings import AnalystSettings

if TYPE_CHECKING:
    from pm_assistant.aws.queues import DeadLetters, SourceQueue, SqsQueue
    from pm_assistant.aws.schedules import SchedulerSchedules
    from pm_assistant.aws.secrets import SsmSecrets
    from pm_assistant.aws.stores import Stores
    from pm_assistant.aws.vault import KmsVault
    from pm_assistant.ports import Analyst, Chat, Tracker, WebhookSource


@cache
def client(service: str) -> Any:
    """A boto3 client of the container; region, endpoint and credentials come from the environment."""
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})
    make: Any = boto3.client
    return make(service, config=config)


@cache
def stores(table_name: str) -> "Stores":
    """All stores on one table."""
    from pm_assistant.aws.stores import Stores

    return Stores.on(table_name)


@cache
def queue(url: str) -> "SqsQueue":
    """A queue to put messages on."""
    from pm_assistant.aws.queues import SqsQueue

    return SqsQueue(url, client("sqs"))


@cache
def source_queue(url: str) -> "SourceQueue":
    """The queue a function reads from."""
    from pm_assistant.aws.queues import SourceQueue

    return SourceQueue(url, client("sqs"))


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


@cache
def schedules(group: str, role_arn: str, target_arn: str) -> "SchedulerSchedules":
    """The clockwork that makes reports due."""
    from pm_assistant.aws.schedules import SchedulerSchedules

    return SchedulerSchedules(client("scheduler"), group=group, role_arn=role_arn, target_arn=target_arn)


def webhook_source(provider: Provider, secrets_prefix: str) -> "WebhookSource":
    """The reader of a vendor's webhooks; the secret is looked up each time, so that it can be rotated."""
    match provider:
        case Provider.SLACK:
            from pm_assistant.integrations.slack.webhook import SlackWebhook

            return SlackWebhook(secrets(secrets_prefix).get("slack/signing-secret"))
        case Provider.LINEAR:
            from pm_assistant.integrations.linear.webhook import LinearWebhook

            return LinearWebhook(secrets(secrets_prefix).get("linear/webhook-secret"))


def analyst(settings: AnalystSettings) -> "Analyst":
    """Who judges: the model, or the rules that need no key."""
    if settings.analyst == "offline":
        from pm_assistant.integrations.offline import OfflineAnalyst

        return OfflineAnalyst()
    # The key is looked up each time, so that it can be rotated; the client is made anew only for another key.
    key = secrets(settings.secrets_prefix).get("openai/api-key")
    return _model(key, settings.openai_base_url, settings.openai_model)


@cache
def _model(api_key: str, base_url: str, model: str) -> "Analyst":
    from pm_assistant.integrations.openai.client import OpenAIAnalyst

    return OpenAIAnalyst(api_key, base_url, model)


def chat(tenant_id: TenantId, *, table_name: str, kms_key_id: str, url: str) -> "Chat":
    """A tenant's chat.

    Raises:
        NotConnected: the tenant has not connected one.
    """
    from pm_assistant.integrations.slack.client import SlackChat

    return SlackChat(_token(tenant_id, Provider.SLACK, table_name, kms_key_id), url)


def tracker(tenant_id: TenantId, *, table_name: str, kms_key_id: str, url: str) -> "Tracker":
    """A tenant's tracker.

    Raises:
        NotConnected: the tenant has not connected one.
    """
    from pm_assistant.integrations.linear.client import LinearTracker

    return LinearTracker(_token(tenant_id, Provider.LINEAR, table_name, kms_key_id), url)


def _token(tenant_id: TenantId, provider: Provider, table_name: str, kms_key_id: str) -> str:
    connection = stores(table_name).connections.get(tenant_id, provider)
    credentials = vault(kms_key_id).open(tenant_id, provider, connection.sealed_credentials)
    return credentials.access_token.get_secret_value()
