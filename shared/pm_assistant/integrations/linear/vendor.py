"""Linear as the product knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.vendor import Secrets, Urls, Vendor
from pm_assistant.presentation.i18n import gettext_noop

if TYPE_CHECKING:
    from datetime import datetime

    from pm_assistant.domain.webhooks import WebhookRequest
    from pm_assistant.ports.vendors import OAuthApp, Tracker, Watch, WebhookSource


def _webhook_source(secret: str) -> WebhookSource:
    from pm_assistant.integrations.linear.webhook import LinearWebhook

    return LinearWebhook(secret)


def _delivery(secret: str, now: datetime) -> WebhookRequest:
    from pm_assistant.integrations.linear.delivery import delivery

    return delivery(secret, now)


def _oauth_app(secrets: Secrets, urls: Urls) -> OAuthApp:
    from pm_assistant.integrations.linear.oauth import LinearOAuthApp

    return LinearOAuthApp(
        secrets["client-id"],
        secrets["client-secret"],
        url=urls["web"],
        oauth_url=urls["oauth"],
        api_url=urls["api"],
    )


def _tracker(access_token: str, urls: Urls, watch: Watch) -> Tracker:
    from pm_assistant.integrations.linear.client import LinearTracker

    return LinearTracker(access_token, urls["api"], watch=watch)


VENDOR = Vendor(
    provider=Provider.LINEAR,
    label=Provider.LINEAR.label,
    roles=frozenset({Role.TRACKER}),
    # `write` because tickets are moved, which `issues:create` and `comments:create` do not allow; never `admin`. An
    # OAuth app's webhooks are set up by Linear itself in every workspace that lets the app in.
    scopes={
        "read": gettext_noop("Read teams, people, projects, cycles and tickets with all that hangs on them"),
        "write": gettext_noop("Comment on tickets, create, move and link them"),
    },
    purpose=gettext_noop("Where your team plans."),
    next_step=gettext_noop(
        "Teams and open tickets are being read now, which takes a minute or two. "
        "Whatever PM Assistant would change, it asks about first, until your team says otherwise."
    ),
    place=gettext_noop("workspace"),
    urls={
        "web": "https://linear.app",
        "api": "https://api.linear.app/graphql",
        "oauth": "https://api.linear.app/oauth",
    },
    app_secrets=("client-id", "client-secret"),
    webhook_secret="webhook-secret",  # noqa: S106, the name of one
    make_webhook_source=_webhook_source,
    make_delivery=_delivery,
    make_oauth_app=_oauth_app,
    make_tracker=_tracker,
)
