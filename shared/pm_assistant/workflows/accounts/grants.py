"""What vendors have granted us, of a team or of one person: the app it was granted to, and its credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pm_assistant.domain.errors import Forbidden, Misconfigured, NotFound
from pm_assistant.domain.languages import Translatable

if TYPE_CHECKING:
    from pm_assistant.domain.calendars import CalendarConnection
    from pm_assistant.domain.tenants import Connection, Credentials
    from pm_assistant.ports.unit import Unit
    from pm_assistant.ports.vendors import OAuthApp


def app_of(grant: Connection | CalendarConnection, unit: Unit) -> OAuthApp:
    """Our app that something was granted to.

    Raises:
        Misconfigured: we have none there any more, which is for nobody to hear who only uses the grant.
    """
    try:
        return unit.oauth_app(grant.provider)
    except NotFound as error:
        raise Misconfigured(error.words) from error


def open_credentials(grant: Connection | CalendarConnection, unit: Unit) -> Credentials:
    """The credentials that were granted, as they are.

    Raises:
        Misconfigured: our key is another than they were sealed with, or not ours to use.
    """
    try:
        return unit.vault.open(grant.tenant_id, grant.provider, grant.sealed_credentials)
    except Forbidden as error:
        words = Translatable(
            "environment variable KMS_KEY_ID, or the right to use that key: {error}", error=error.words
        )
        raise Misconfigured(words) from error
