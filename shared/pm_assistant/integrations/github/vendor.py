"""GitHub as the product knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.vendor import Secrets, Urls, Vendor
from pm_assistant.presentation.i18n import gettext_noop

if TYPE_CHECKING:
    from datetime import datetime

    from pm_assistant.domain.webhooks import WebhookRequest
    from pm_assistant.integrations.github.app import GitHubApp
    from pm_assistant.ports.vendors import CodeHost, OAuthApp, Redelivery, Watch, WebhookSource


def _webhook_source(secret: str) -> WebhookSource:
    from pm_assistant.integrations.github.webhook import GitHubWebhook

    return GitHubWebhook(secret)


def _delivery(secret: str, now: datetime) -> WebhookRequest:
    from pm_assistant.integrations.github.delivery import delivery

    return delivery(secret, now)


def _registered(secrets: Secrets) -> GitHubApp:
    from pm_assistant.integrations.github.app import GitHubApp

    return GitHubApp(
        app_id=secrets["app-id"],
        slug=secrets["app-slug"],
        client_id=secrets["client-id"],
        client_secret=secrets["client-secret"],
        private_key=secrets["private-key"],
    )


def _oauth_app(secrets: Secrets, urls: Urls) -> OAuthApp:
    from pm_assistant.integrations.github.oauth import GitHubOAuthApp

    return GitHubOAuthApp(_registered(secrets), url=urls["web"], api_url=urls["api"])


def _redelivery(secrets: Secrets, urls: Urls) -> Redelivery:
    from pm_assistant.integrations.github.deliveries import GitHubDeliveries

    return GitHubDeliveries(_registered(secrets), api_url=urls["api"])


def _code_host(access_token: str, urls: Urls, watch: Watch) -> CodeHost:
    from pm_assistant.integrations.github.client import GitHubCodeHost

    return GitHubCodeHost(access_token, urls["api"], watch=watch)


VENDOR = Vendor(
    provider=Provider.GITHUB,
    label=Provider.GITHUB.label,
    roles=frozenset({Role.CODE_HOST}),
    # Permissions of the GitHub App as `<permission>:<access>`; people who install it choose the repositories. One that
    # is added later has to be accepted by an owner of every installation, so all that is to be read is asked for now.
    # Never `contents`: nobody's code is any business of ours.
    scopes={
        "metadata:read": gettext_noop("See which repositories there are"),
        "pull_requests:read": gettext_noop("Read pull requests and their reviews in the repositories you chose"),
        "issues:read": gettext_noop("Read issues, and what is said below pull requests"),
        "checks:read": gettext_noop("See whether checks of a pull request have passed"),
        "statuses:read": gettext_noop("See the same of systems that report a commit's status"),
    },
    # The accounts of people have no members, so a connection cannot lack it.
    scopes_to_connect={"members:read": gettext_noop("See that whoever connects an organisation is an owner of it")},
    purpose=gettext_noop(
        "Where your team builds. You choose the repositories; pull requests and issues are read there, never code."
    ),
    next_step=gettext_noop(
        "Pull requests and issues are being read now, the latest first, which takes some minutes. "
        "Add or remove repositories at any time, in the settings of your GitHub account."
    ),
    place=gettext_noop("account"),
    names_ignore_case=True,
    account="[A-Za-z0-9][A-Za-z0-9_-]{0,38}",
    urls={"web": "https://github.com", "api": "https://api.github.com"},
    app_secrets=("app-id", "app-slug", "client-id", "client-secret", "private-key"),
    webhook_secret="webhook-secret",  # noqa: S106, the name of one
    make_webhook_source=_webhook_source,
    make_delivery=_delivery,
    make_oauth_app=_oauth_app,
    make_redelivery=_redelivery,
    make_code_host=_code_host,
)
