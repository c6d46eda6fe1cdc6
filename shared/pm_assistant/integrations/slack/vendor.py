"""Slack as the product knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.vendors import Role
from pm_assistant.domain.workspaces import Provider
from pm_assistant.integrations.vendor import Secrets, Urls, Vendor
from pm_assistant.presentation.i18n import gettext_noop

if TYPE_CHECKING:
    from datetime import datetime

    from pm_assistant.domain.webhooks import WebhookRequest
    from pm_assistant.ports.vendors import Chat, OAuthApp, Watch, WebhookSource


def _webhook_source(secret: str) -> WebhookSource:
    from pm_assistant.integrations.slack.webhook import SlackWebhook

    return SlackWebhook(secret)


def _delivery(secret: str, now: datetime) -> WebhookRequest:
    from pm_assistant.integrations.slack.delivery import delivery

    return delivery(secret, now)


def _oauth_app(secrets: Secrets, urls: Urls) -> OAuthApp:
    from pm_assistant.integrations.slack.oauth import SlackOAuthApp

    return SlackOAuthApp(secrets["client-id"], secrets["client-secret"], url=urls["web"], api_url=urls["api"])


def _chat(access_token: str, urls: Urls, watch: Watch) -> Chat:
    from pm_assistant.integrations.slack.client import SlackChat

    return SlackChat(access_token, urls["api"], watch=watch)


VENDOR = Vendor(
    provider=Provider.SLACK,
    label=Provider.SLACK.label,
    roles=frozenset({Role.CHAT}),
    # We see a channel, public or private, only after a person has invited us into it. A scope that is asked for later
    # takes every workspace another installation, so those of the surfaces to come are here already: what each is for,
    # and whether it is used, says infra/manifests/README.md.
    scopes={
        "channels:history": gettext_noop("Read messages in public channels it is a member of"),
        "channels:read": gettext_noop("See which channels it is a member of"),
        # What is said in private channels is judged as well, and quoted nowhere else.
        "groups:history": gettext_noop("Read messages in private channels it is invited to"),
        "groups:read": gettext_noop("See which private channels it is a member of"),
        "chat:write": gettext_noop("Write messages as PM Assistant"),
        "im:write": gettext_noop("Open a direct message with people, for their reports"),
        # A report that is there already is found after a lost answer; what people ask us there is answered, not kept.
        "im:history": gettext_noop("Find its own reports in those direct messages, and read what people ask it there"),
        "users:read": gettext_noop("See who is in the workspace"),
        "users:read.email": gettext_noop("See people's e-mail addresses, to recognise them in your tracker"),
        "app_mentions:read": gettext_noop("See messages that mention it, to answer them"),
        "assistant:write": gettext_noop("Answer questions in its own conversation with a person"),
        "channels:join": gettext_noop("Join a public channel when an admin has chosen it on our pages"),
        "commands": gettext_noop("Offer shortcuts on messages, and a command"),
        "links:read": gettext_noop("See links to its own pages in messages"),
        "links:write": gettext_noop("Show what is behind links to its own pages"),
        "reactions:read": gettext_noop("See reactions on messages, to take them for answers to its questions"),
    },
    purpose=gettext_noop("Where your team talks."),
    next_step=gettext_noop(
        "People and channels are being read now. Invite PM Assistant into the channels it should follow: "
        "/invite @PM Assistant. It reads from then on, and asks before it changes anything, "
        "until your team says otherwise."
    ),
    place=gettext_noop("workspace"),
    channel_id="[CDG][A-Z0-9]+",
    urls={"web": "https://slack.com", "api": "https://slack.com/api/"},
    app_secrets=("client-id", "client-secret"),
    webhook_secret="signing-secret",  # noqa: S106, the name of one
    make_webhook_source=_webhook_source,
    make_delivery=_delivery,
    make_oauth_app=_oauth_app,
    make_chat=_chat,
)
