"""The composition root: picks the real adapter for every port.

Each maker imports its adapter inside, so that a function loads only what it uses. App-wide adapters are kept for the
life of the container; those that hold a tenant's token are made per message and forgotten.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime.settings import AnalystSettings, ScheduleSettings, VendorSettings

if TYPE_CHECKING:
    from pm_assistant.aws.accounts import AppClient, CognitoSessions, CognitoUsers
    from pm_assistant.aws.archives import S3Archives
    from pm_assistant.aws.mail import SesMailer
    from pm_assistant.aws.queues import DeadLetters, SourceQueue, SqsQueue
    from pm_assistant.aws.schedules import SchedulerSchedules
    from pm_assistant.aws.secrets import SsmSecrets
    from pm_assistant.aws.stores import DynamoStores
    from pm_assistant.aws.tokens import JwtVerifier
    from pm_assistant.aws.vault import KmsVault
    from pm_assistant.ports.vendors import Analyst, Chat, OAuthApp, Tracker, WebhookSource

ENDPOINTS = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"}
"""Where the environment says that S3 is not AWS's own (docs.aws.amazon.com/sdkref, feature-ss-endpoints)."""


@cache
def client(service: str) -> Any:
    """A boto3 client of the container; region, endpoint and credentials come from the environment."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=10,
        retries={"total_max_attempts": 3, "mode": "standard"},
        # Left to itself S3 signs links in a way that it refuses for what lies under a KMS key.
        signature_version="s3v4" if service == "s3" else None,
        # Nor would its links lead to the bucket's own region. What is not AWS is asked by path.
        s3=None if ENDPOINTS & os.environ.keys() else {"addressing_style": "virtual"},
    )
    make: Any = boto3.client
    return make(service, config=config)


@cache
def stores(table_name: str) -> "DynamoStores":
    """All stores on one table."""
    from pm_assistant.aws.stores import DynamoStores

    return DynamoStores.on(table_name)


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
def schedules(settings: ScheduleSettings) -> "SchedulerSchedules":
    """The clockwork that makes reports and runs due."""
    from pm_assistant.aws.schedules import SchedulerSchedules

    return SchedulerSchedules(
        client("scheduler"),
        group=settings.schedule_group,
        role_arn=settings.schedule_role_arn,
        target_arn=settings.tick_function_arn,
    )


@cache
def users(user_pool_id: str, client_id: str) -> "CognitoUsers":
    """The directory of people who can log in."""
    from pm_assistant.aws.accounts import CognitoUsers

    return CognitoUsers(_app_client(user_pool_id, client_id))


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
def mailer(sender: str) -> "SesMailer":
    """Who sends e-mail."""
    from pm_assistant.aws.mail import SesMailer

    return SesMailer(client("sesv2"), sender=sender)


@cache
def archives(bucket: str) -> "S3Archives":
    """Files that come from or go to people by link."""
    from pm_assistant.aws.archives import S3Archives

    return S3Archives(client("s3"), bucket=bucket)


def webhook_source(provider: Provider, secrets_prefix: str) -> "WebhookSource":
    """The reader of a vendor's webhooks; the secret is looked up each time, so that it can be rotated."""
    match provider:
        case Provider.SLACK:
            from pm_assistant.integrations.slack.webhook import SlackWebhook

            return SlackWebhook(secrets(secrets_prefix).get("slack/signing-secret"))
        case Provider.LINEAR:
            from pm_assistant.integrations.linear.webhook import LinearWebhook

            return LinearWebhook(secrets(secrets_prefix).get("linear/webhook-secret"))
        case Provider.GITHUB:
            from pm_assistant.integrations.github.webhook import GitHubWebhook

            return GitHubWebhook(secrets(secrets_prefix).get("github/webhook-secret"))


def oauth_app(provider: Provider, vendors: VendorSettings) -> "OAuthApp":
    """Our app at a vendor; its secrets are looked up each time, so that they can be rotated."""

    def told(*names: str) -> list[str]:
        found = secrets(vendors.secrets_prefix).get_all(*(f"{provider}/{name}" for name in names))
        return list(found.values())

    match provider:
        case Provider.SLACK:
            from pm_assistant.integrations.slack.oauth import SlackOAuthApp

            return SlackOAuthApp(
                *told("client-id", "client-secret"), url=vendors.slack_url, api_url=vendors.slack_api_url
            )
        case Provider.LINEAR:
            from pm_assistant.integrations.linear.oauth import LinearOAuthApp

            return LinearOAuthApp(
                *told("client-id", "client-secret"),
                url=vendors.linear_url,
                oauth_url=vendors.linear_oauth_url,
                api_url=vendors.linear_api_url,
            )
        case Provider.GITHUB:
            from pm_assistant.integrations.github.oauth import GitHubApp, GitHubOAuthApp

            app = GitHubApp(*told("app-id", "app-slug", "client-id", "client-secret", "private-key"))
            return GitHubOAuthApp(app, url=vendors.github_url, api_url=vendors.github_api_url)


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


def chat(access_token: str, vendors: VendorSettings) -> "Chat":
    """A tenant's chat."""
    from pm_assistant.integrations.slack.client import SlackChat

    return SlackChat(access_token, vendors.slack_api_url)


def tracker(access_token: str, vendors: VendorSettings) -> "Tracker":
    """A tenant's tracker."""
    from pm_assistant.integrations.linear.client import LinearTracker

    return LinearTracker(access_token, vendors.linear_api_url)
