"""Google Calendar as the product knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.workspaces import CalendarProvider
from pm_assistant.integrations.vendor import CalendarVendor, Secrets, Urls
from pm_assistant.presentation.i18n import gettext_noop

if TYPE_CHECKING:
    from pm_assistant.ports.vendors import Calendar, OAuthApp

SCOPE = "https://www.googleapis.com/auth/calendar.events.owned.readonly"
"""The least that lists entries with their kind; to read whether somebody is busy does not tell why."""


def _oauth_app(secrets: Secrets, urls: Urls) -> OAuthApp:
    from pm_assistant.integrations.google.oauth import GoogleOAuthApp

    return GoogleOAuthApp(secrets["client-id"], secrets["client-secret"], url=urls["web"], oauth_url=urls["oauth"])


def _calendar(access_token: str, urls: Urls) -> Calendar:
    from pm_assistant.integrations.google.client import GoogleCalendar

    return GoogleCalendar(access_token, urls["api"])


VENDOR = CalendarVendor(
    provider=CalendarProvider.GOOGLE,
    label="Google Calendar",
    scopes={
        SCOPE: gettext_noop("See the entries of calendars that you own, of which only those out of office are read")
    },
    place=gettext_noop("calendar"),
    urls={
        "web": "https://accounts.google.com",
        "oauth": "https://oauth2.googleapis.com",
        "api": "https://www.googleapis.com/calendar/v3",
    },
    app_secrets=("client-id", "client-secret"),
    make_oauth_app=_oauth_app,
    make_calendar=_calendar,
)
