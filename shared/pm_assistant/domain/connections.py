"""Tying a tenant to a vendor through the vendor's own consent page."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from pm_assistant.domain.accounts import Caller
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import CalendarProvider, Connection, Credentials, Grantor, Provider, TenantId


class ConnectLink(Model):
    """A link that lets one browser start connecting a vendor, or one's own calendar; redeemed once, in ten minutes.

    Attributes:
        actor: who asked for it, as the audit trail names callers.
        browser: SHA-256 of the secret that the browser in which it was made keeps in a cookie.
    """

    tenant_id: TenantId
    provider: Grantor
    actor: str
    browser: str
    expires_at: AwareDatetime


class Authorization(Model):
    """A way to a vendor's consent page and back, known there by its `state`; redeemed once, within ten minutes.

    Attributes:
        actor: who asked for it, as the audit trail names callers.
        browser: SHA-256 of the secret that the browser in which it was started keeps in a cookie.
        verifier: PKCE's secret; sent with the code where the vendor knows PKCE, empty where its page took no challenge.
    """

    tenant_id: TenantId
    provider: Grantor
    actor: str
    browser: str
    verifier: str
    expires_at: AwareDatetime


class Callback(Model):
    """What a vendor sends back with the browser.

    Attributes:
        error: the vendor's own word for why it did not work, such as `access_denied`.
        installation_id: GitHub only; names what was installed but proves nothing.
        pending: GitHub only; an owner of the account has yet to agree to what the person asked for.
    """

    state: str | None = None
    code: str | None = None
    error: str | None = None
    installation_id: str | None = None
    pending: bool = False


class Grant(Model):
    """What the vendor granted, ready to become a connection."""

    external_id: str
    name: str
    app_user_id: str
    base_url: str
    credentials: Credentials
    scopes: tuple[str, ...] = ()
    enterprise_id: str | None = None


class InstallRedirect(Model):
    """The vendor needs another page first: GitHub wants the app installed before it can be used."""


class Reason(StrEnum):
    """Why connecting did not work; each has a page that tells a person what to do."""

    LINK = "link_invalid"
    DECLINED = "declined"
    VENDOR_ERROR = "vendor_error"
    STATE_MISSING = "state_missing"
    STATE = "state_invalid"
    BROWSER = "other_browser"
    PROVIDER = "other_vendor"
    RIGHTS = "rights_ended"
    PENDING = "approval_pending"
    INCOMPLETE = "callback_incomplete"
    CODE = "code_refused"
    NOT_THEIRS = "installation_not_theirs"
    TAKEN = "workspace_taken"
    OTHER_WORKSPACE = "other_workspace_connected"
    VENDOR_DOWN = "vendor_unavailable"
    NOT_SET_UP = "vendor_not_set_up"


class Link(Model):
    """Where a person starts connecting; opens once."""

    url: str
    expires_at: AwareDatetime


class ConfirmationRequired(Model):
    """A link was opened in a browser in which it was not made: its person has to say that they know whose it is.

    Attributes:
        tenant_name: the team that their workspace would belong to.
        asker: who made the link.
    """

    tenant_name: str
    asker: Caller


class Redirect(Model):
    """A page of the vendor's to go to.

    Attributes:
        browser: the secret that this browser has to bring back; None if it keeps the one that it has.
    """

    url: str
    browser: str | None = None


class Connected(Model):
    """What came of it.

    Attributes:
        missing: scopes that we need and were not granted.
    """

    connection: Connection
    tenant_name: str
    missing: tuple[str, ...] = ()


class CalendarConnected(Model):
    """A person's own calendar is connected."""

    provider: CalendarProvider
    tenant_name: str


class Refusal(Model):
    """Why nothing came of it.

    Attributes:
        detail: for the log and the audit trail; free of secrets.
        tenant_id: whose link or authorization it was; None where no valid code or state said so.
    """

    reason: Reason
    detail: str = ""
    tenant_id: TenantId | None = None


def lacking(requested: Sequence[str], granted: Sequence[str]) -> tuple[str, ...]:
    """The scopes that were asked for and not granted."""
    return tuple(scope for scope in requested if scope not in granted)


class ConnectionNotice(Model):
    """A message on the reports queue: tell the tenant's admins that a connection broke."""

    type: Literal["connection_notice"] = "connection_notice"
    notice: Literal["connection_broken"] = "connection_broken"
    tenant_id: TenantId
    provider: Provider
    broken_since: AwareDatetime
    reason: str
