"""Where a tenant's team is: the vendors it is connected to, their workspaces, and the people in them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, NewType
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, ValidationInfo, computed_field, model_validator

from pm_assistant.domain.bounds import Line
from pm_assistant.domain.languages import Language
from pm_assistant.domain.model import Model

TenantId = NewType("TenantId", str)


class Provider(StrEnum):
    """A vendor a tenant can connect."""

    SLACK = "slack"
    LINEAR = "linear"
    GITHUB = "github"

    @property
    def label(self) -> str:
        """Its name as people write it."""
        return "GitHub" if self is Provider.GITHUB else self.value.title()


class CalendarProvider(StrEnum):
    """A vendor of calendars; a person connects one's own there, and no tenant does."""

    GOOGLE = "google"


type Grantor = Provider | CalendarProvider
"""Who asks a person on a page of its own whether we are let in."""

STORED = "stored"
"""Context in which our own rows are read: zones come and go with the IANA's releases, so a name may be unknown now."""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return False
    return True


def zone_named(name: str) -> ZoneInfo:
    """The zone of that name; UTC where we do not know it (any more)."""
    return ZoneInfo(name if _is_zone(name) else "UTC")


def _known_zone(name: str, info: ValidationInfo) -> str:
    if info.context != STORED and not _is_zone(name):
        raise ValueError("there is no such time zone")
    return name


Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]
"""An IANA name that exists, or did when it was stored."""

ChannelId = Annotated[str, Field(min_length=1, max_length=64)]
MOST_CHANNELS = 500


class Channels(Model):
    """Which channels are read, by the chat's ids: all but `deny`, or where `allow` names some, only those."""

    allow: tuple[ChannelId, ...] = Field(default=(), max_length=MOST_CHANNELS)
    deny: tuple[ChannelId, ...] = Field(default=(), max_length=MOST_CHANNELS)

    def reads(self, channel: str) -> bool:
        """Whether a channel is read."""
        return channel not in self.deny and (not self.allow or channel in self.allow)

    def renamed(self, channel: str, now: str) -> "Channels":
        """The same choice where a channel has another id."""
        allow, deny = (
            tuple(dict.fromkeys(now if id == channel else id for id in ids)) for ids in (self.allow, self.deny)
        )
        return Channels(allow=allow, deny=deny)


class Credentials(Model):
    """What a vendor gave us to act for a tenant; lives in memory only for the length of a call.

    Attributes:
        refresh_token: buys the next access token; at Slack and Linear each works once. None where the access token
            does not end, or is made anew with the app's own key.
        expires_at: when the access token ends; None if it does not.
        scopes: what they let us do, in the vendor's words, where it said so with them; kept on the connection and not
            under seal.
    """

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_at: AwareDatetime | None = None
    scopes: tuple[str, ...] | None = Field(default=None, exclude=True)


class Availability(Model):
    """How a vendor has answered a tenant's calls lately; empty while all is well.

    Attributes:
        failures: how many in a row it did not answer.
        failing_since: when the first of these was.
        retry_at: it is not asked before; None while it is asked as always.
        limited_until: until then it wants to be left alone.
        reserved_until: until then what is left of its limits is for what happens now.
    """

    failures: int = 0
    failing_since: AwareDatetime | None = None
    retry_at: AwareDatetime | None = None
    limited_until: AwareDatetime | None = None
    reserved_until: AwareDatetime | None = None


class Connection(Model):
    """One tenant's tie to one vendor.

    Attributes:
        external_id: the vendor's name for the tenant: Slack team id (or enterprise id, for an installation on a whole
            Enterprise Grid), Linear organisation id, GitHub installation id.
        app_user_id: who we are in the vendor's eyes; what this user posts is our own echo.
        base_url: where the workspace's pages live, with trailing slash; permalinks are built on it.
        sealed_credentials: envelope-encrypted `Credentials`, bound to tenant and provider.
        settle_seconds: copy of the tenant's setting, so that receiving a webhook needs one read.
        retention_days: copy of the tenant's setting, for the same reason.
        channels: copy of the tenant's setting, for the same reason.
        name: what people call the workspace.
        enterprise_id: the Slack Enterprise Grid the workspace belongs to, if it does.
        scopes: what was granted, in the vendor's words.
        expires_at: when the access token ends, readable without opening it; None if it does not.
        connected_by: who connected it, as the audit trail names callers.
        broken_since: since when our credentials are known not to work; None while they do.
        broken_reason: one fixed word or short sentence, free of secrets.
        restored_at: when the vendor last said, by its own clock, that our credentials count again.
        availability: how it has answered lately.
    """

    tenant_id: TenantId
    provider: Provider
    external_id: str
    app_user_id: str
    base_url: str
    sealed_credentials: bytes = Field(repr=False)
    settle_seconds: int = 60
    retention_days: int = 90
    channels: Channels = Field(default_factory=Channels, json_schema_extra={"default": {"allow": [], "deny": []}})
    connected_at: AwareDatetime
    name: str = ""
    enterprise_id: str | None = None
    scopes: tuple[str, ...] = ()
    expires_at: AwareDatetime | None = None
    connected_by: str | None = None
    broken_since: AwareDatetime | None = None
    broken_reason: str | None = None
    restored_at: AwareDatetime | None = None
    availability: Availability = Field(default_factory=Availability)

    def outlived(self, loss: datetime) -> bool:
        """Whether we were let in again since a loss of access, of which the vendor tells late or once more.

        Vendors say when in whole seconds, and GitHub's word that a suspension was lifted may bear the very time of the
        suspension, as the recorded pair does.
        """
        restored = self.restored_at is not None and loss <= self.restored_at
        return restored or loss < self.connected_at.replace(microsecond=0)


class Activity(Model):
    """When we last heard of a vendor, and last read all of it."""

    last_event_at: AwareDatetime | None = None
    last_sync_at: AwareDatetime | None = None


OWN_FIELDS = {Provider.SLACK: "slack_id", Provider.LINEAR: "linear_id", Provider.GITHUB: "github_login"}
"""The vendors whose accounts have had fields of their own; no further one gets one."""


class Standing(StrEnum):
    """What an account is to a team's workspace at a vendor: to be known there is not to be trusted."""

    MEMBER = "member"
    GUEST = "guest"
    """Let in to a part of it."""
    OUTSIDER = "outsider"
    """Of another workspace, met in a shared channel."""
    LEFT = "left"
    """Deactivated or removed."""


class Absence(Model):
    """That somebody is not at work.

    Attributes:
        until: when that ends; None where nobody has said.
    """

    until: AwareDatetime | None = None


class Member(Model):
    """A person of the tenant and who that person is at each vendor (None where it is not known).

    Attributes:
        standings: what each of the accounts is in its workspace; one that no vendor has told us yet is not here.
        changed_at: when a vendor last changed what it says of an account, by its own clock; what is older is old news.
    """

    id: str
    name: Line
    email: Line | None = None
    time_zone: str = Field(default="UTC", description="IANA name")
    language: Language | None = Field(default=None, description="what we write to the person in; none is English")
    accounts: dict[Provider, str] = Field(default_factory=dict, description="who the person is at each vendor")
    standings: dict[Provider, Standing] = Field(
        default_factory=dict, description="what each account is in its workspace, where the vendor has said"
    )
    changed_at: dict[Provider, AwareDatetime] = Field(
        default_factory=dict, description="when each vendor last changed what it says of the account"
    )
    away_until: date | None = Field(
        default=None, description="the day on which the person is back, by the person's word; no report comes before"
    )
    absence: Absence | None = Field(default=None, description="that the chat says the person is away, if it does")
    emails: tuple[str, ...] = Field(default=(), description="further addresses of the same person")
    confirmed: tuple[Provider, ...] = Field(
        default=(),
        description="the vendors whose account a person has confirmed or corrected; a sync leaves those alone",
    )
    by_hand: tuple[Literal["name", "time_zone", "language"], ...] = Field(
        default=(), description="what else a person has set; a sync leaves that alone, too"
    )
    not_mine: tuple[str, ...] = Field(
        default=(),
        description="ids of tickets that the person has said not to be theirs, though the tracker has them so",
    )

    @property
    def left(self) -> bool:
        """Whether the person is nowhere any more: every account that people have is one that was left."""
        accounts = [provider for provider in self.accounts if provider in self.standings]
        return bool(accounts) and all(self.standings[provider] is Standing.LEFT for provider in accounts)

    def is_away(self, day: date, at: datetime) -> bool:
        """Whether the person is not at work on a local day, of which that is a moment."""
        by_own_word = self.away_until is not None and day < self.away_until
        return by_own_word or (self.absence is not None and (self.absence.until is None or at < self.absence.until))

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC where it has a name that we do not know (any more)."""
        return zone_named(self.time_zone)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def slack_id(self) -> str | None:
        """The account at Slack."""
        return self.accounts.get(Provider.SLACK)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def linear_id(self) -> str | None:
        """The account at Linear."""
        return self.accounts.get(Provider.LINEAR)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def github_login(self) -> str | None:
        """The account at GitHub."""
        return self.accounts.get(Provider.GITHUB)

    @model_validator(mode="before")
    @classmethod
    def _read_accounts(cls, raw: object) -> object:
        """Members that were kept before name some vendors' accounts in fields of their own, and the API still does."""
        if not isinstance(raw, dict):
            return raw
        own_accounts = {provider: raw.get(field) for provider, field in OWN_FIELDS.items()}
        accounts = raw.get("accounts", {provider: account for provider, account in own_accounts.items() if account})
        rest = {name: value for name, value in raw.items() if name not in OWN_FIELDS.values()}
        return rest | {"accounts": accounts}
