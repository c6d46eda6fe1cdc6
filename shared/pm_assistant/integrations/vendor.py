"""All that it takes to work with a vendor, as one record; each vendor's folder has its own in `vendor.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pm_assistant.domain.vendors import VendorProfile
from pm_assistant.domain.workspaces import CalendarProvider

if TYPE_CHECKING:
    from datetime import datetime

    from pm_assistant.domain.webhooks import WebhookRequest
    from pm_assistant.ports.vendors import Calendar, Chat, CodeHost, OAuthApp, Redelivery, Tracker, Watch, WebhookSource

type Urls = Mapping[str, str]
"""A vendor's addresses by what is there, such as `web` and `api`."""
type Secrets = Mapping[str, str]
"""Our own secrets for a vendor, by name."""


@dataclass(frozen=True, kw_only=True)
class Vendor(VendorProfile):
    """One vendor; makers import their adapters themselves, so that a function pays only for those it uses.

    Attributes:
        urls: where it is, unless a deployment says otherwise.
        app_secrets: what our app is registered with, by their names under `<provider>/` in the deployment's secrets.
        webhook_secret: what its webhooks are signed with, likewise.
        make_delivery: a webhook as it signs them with one secret, of a workspace that nobody has.
        make_redelivery: for a vendor that does not send again by itself what did not arrive.
        make_chat: for a vendor of that role, as `make_tracker` and `make_code_host`; takes a tenant's access token, and
            who is told how the vendor answers.
    """

    urls: Urls
    app_secrets: tuple[str, ...]
    webhook_secret: str
    make_webhook_source: Callable[[str], WebhookSource]
    make_delivery: Callable[[str, datetime], WebhookRequest]
    make_oauth_app: Callable[[Secrets, Urls], OAuthApp]
    make_redelivery: Callable[[Secrets, Urls], Redelivery] | None = None
    make_chat: Callable[[str, Urls, Watch], Chat] | None = None
    make_tracker: Callable[[str, Urls, Watch], Tracker] | None = None
    make_code_host: Callable[[str, Urls, Watch], CodeHost] | None = None


@dataclass(frozen=True, kw_only=True)
class CalendarVendor:
    """One vendor of calendars, where people connect their own; each attribute is as a `Vendor`'s is.

    Attributes:
        make_calendar: takes a person's access token.
    """

    provider: CalendarProvider
    label: str
    scopes: Mapping[str, str]
    place: str
    urls: Urls
    app_secrets: tuple[str, ...]
    make_oauth_app: Callable[[Secrets, Urls], OAuthApp]
    make_calendar: Callable[[str, Urls], Calendar]
