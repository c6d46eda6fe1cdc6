"""Who we work for: tenants, their settings, their vendor connections and their people."""

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NewType
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, Field, SecretStr, ValidationInfo, computed_field, model_validator

from pm_assistant.domain.bots import Bots
from pm_assistant.domain.bounds import Line
from pm_assistant.domain.experiments import Design, Variant
from pm_assistant.domain.kinds import ActionKind as ActionKind
from pm_assistant.domain.model import Model
from pm_assistant.domain.rules import MOST_RULES, TeamRule
from pm_assistant.domain.trust import Earned

TenantId = NewType("TenantId", str)


class Provider(StrEnum):
    """A vendor a tenant can connect."""

    SLACK = "slack"
    LINEAR = "linear"
    GITHUB = "github"


class Mode(StrEnum):
    """How far a tenant trusts us with one kind of action."""

    OFF = "off"
    PROPOSE = "propose"
    EARNED = "earned"
    """People are asked until their answers have shown that we are right."""
    AUTO = "auto"


class Rule(Model):
    """Trust in one kind of action: `auto` acts from `threshold` (0 to 1) upwards, and asks below it.

    So does `earned`, of what people's answers have shown to be right; until then it asks.
    """

    mode: Mode = Mode.PROPOSE
    threshold: float = Field(default=0.8, ge=0, le=1)

    def within(self, own: "Rule") -> "Rule":
        """The more cautious of the two, in either respect."""
        mode = min(self.mode, own.mode, key=list(Mode).index)
        return Rule(mode=mode, threshold=max(self.threshold, own.threshold))


def _cautious_rules() -> dict[ActionKind, Rule]:
    return {kind: Rule() for kind in ActionKind if kind is not ActionKind.IGNORE}


STORED = "stored"
"""Context in which our own rows are read: zones come and go with the IANA's releases, so a name may be unknown now."""


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return False
    return True


def _zone_named(name: str) -> ZoneInfo:
    """The zone of that name; UTC where we do not know it (any more)."""
    return ZoneInfo(name if _is_zone(name) else "UTC")


def _known_zone(name: str, info: ValidationInfo) -> str:
    if info.context != STORED and not _is_zone(name):
        raise ValueError("there is no such time zone")
    return name


Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]
"""An IANA name that exists, or did when it was stored."""

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A local time of day."""


class QuietHours(Model):
    """Hours in which nobody is asked anything, in the given zone; a span may cross midnight, equal ends mean never."""

    start: Clock = Field(description="local time, such as `20:00`")
    end: Clock = Field(description="local time, such as `08:00`")
    time_zone: Zone = Field(default="UTC", description="IANA name, such as `Europe/Berlin`")

    def seconds_left(self, at: datetime) -> int:
        """How long it stays quiet by the local clock, in seconds; 0 if it is not quiet.

        On the two days a year on which the clock jumps it may be an hour off, so whoever waits looks at it again.
        """
        local = at.astimezone(_zone_named(self.time_zone)).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        start, end = (timedelta(hours=int(clock[:2]), minutes=int(clock[3:])) for clock in (self.start, self.end))
        day = timedelta(days=1)
        lasts, since = (end - start) % day, (local - midnight - start) % day
        return math.ceil((lasts - since).total_seconds()) if since < lasts else 0


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


class PrivateCode(StrEnum):
    """How much the whole team sees of private repositories, which not everybody in it may be let into."""

    NOTHING = "nothing"
    """As if they were not there: nor is anything done that could only be explained by them."""
    LINKS = "links"
    """That there is something, whose, and how far it is; where it leads the code host lets in whom it knows."""
    EVERYTHING = "everything"
    """What is written there, too."""


LONGEST_GUIDANCE = 2_000
"""In characters, about 500 tokens, which every judgement pays for."""


class Settings(Model):
    """A tenant's own choices; a new tenant is only ever proposed to."""

    rules: dict[ActionKind, Rule] = Field(default_factory=_cautious_rules)
    ask_from: float = Field(default=0.55, ge=0, le=1, description="below this confidence nobody is asked, only logged")
    settle_seconds: int = Field(default=60, ge=0, le=900, description="quiet time before a conversation is judged")
    retention_days: int = Field(default=90, ge=1, le=3650, description="how long message text is kept")
    home_team_id: str | None = Field(
        default=None, max_length=64, description="tracker team in which new tickets are created"
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$",
        description="language of what is written into tickets, such as `de`; none means that of the conversation",
    )
    guidance: str | None = Field(
        default=None,
        max_length=LONGEST_GUIDANCE,
        description="what the model is to know of how the team works, in its own words; what it may do stays as it is",
    )
    model_budget_dollars: float | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="what the model may cost in a calendar month (UTC); none means the deployment's own limit",
    )
    quiet_hours: QuietHours | None = None
    channels: Channels = Field(default_factory=Channels, json_schema_extra={"default": {"allow": [], "deny": []}})
    bots: Bots = Field(default_factory=Bots, description="accounts at the code host that are programs, or are none")
    private_code: PrivateCode = Field(
        default=PrivateCode.LINKS,
        description="what everybody sees of private repositories: `nothing`, `links` without words, or `everything`",
    )
    shadow: bool = Field(
        default=False,
        description="all is judged and logged, and nobody is asked and nothing done but what people order",
    )

    training_consent: bool = Field(
        default=False,
        description="whether a model may be trained on what the team has answered, without who said what",
    )

    def varied(self, variant: Variant, kinds: Collection[ActionKind]) -> "Settings":
        """These settings, where actions of some kinds are trusted as far as a variant says.

        What is off stays off: a variant says from where on we ask and act, and never whether we may.
        """
        change: dict[str, object] = {"ask_from": variant.ask_from} if variant.ask_from is not None else {}
        if variant.threshold is not None:
            rules = {kind: self.rules.get(kind, Rule()) for kind in kinds}
            varied = {k: rule.model_copy(update={"threshold": variant.threshold}) for k, rule in rules.items()}
            change["rules"] = {**self.rules, **varied}
        return self.model_copy(update=change)

    def within(self, own: "Settings") -> "Settings":
        """These settings, as far as they trust us with, and have us read and show, no more than `own` do."""
        rules = {
            kind: self.rules.get(kind, Rule()).within(own.rules.get(kind, Rule())) for kind in self.rules | own.rules
        }
        deny = tuple(dict.fromkeys((*own.channels.deny, *self.channels.deny)))
        channels = Channels(allow=own.channels.allow or self.channels.allow, deny=deny[:MOST_CHANNELS])
        private_code = min(self.private_code, own.private_code, key=list(PrivateCode).index)
        budgets = [each.model_budget_dollars for each in (self, own) if each.model_budget_dollars is not None]
        return self.model_copy(
            update={
                "rules": rules,
                "channels": channels,
                "private_code": private_code,
                "shadow": self.shadow or own.shadow,
                "training_consent": self.training_consent and own.training_consent,
                "model_budget_dollars": min(budgets, default=None),
            }
        )


class TenantState(StrEnum):
    """Where a tenant stands in its life."""

    PENDING = "pending"
    ACTIVE = "active"
    CLOSING = "closing"


class Tenant(Model):
    """One customer: a team with its workspaces.

    Attributes:
        state: `pending` until the owner has proven the address, `closing` while deletion can still be called off.
        closes_at: when a closing tenant is deleted.
        earned: what people's answers have earned us.
        experiments: what is being tried on a part of its conversations; copied here, so that judging needs no read.
        model: was trained on the tenant's answers and adopted: it judges while the tenant lets itself be trained on.
        rules: what its people have decided once for all.
    """

    id: TenantId
    name: str
    settings: Settings = Field(default_factory=Settings)
    state: TenantState = TenantState.ACTIVE
    created_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    earned: Earned = Field(default_factory=Earned)
    experiments: tuple[Design, ...] = ()
    model: str | None = None
    rules: tuple[TeamRule, ...] = Field(default=(), max_length=MOST_RULES)

    @property
    def own_model(self) -> str | None:
        """The model that judges for this tenant alone; None where everybody's does."""
        return self.model if self.settings.training_consent else None


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


class Member(Model):
    """A person of the tenant and who that person is at each vendor (None where it is not known).

    Attributes:
        standings: what each of the accounts is in its workspace; one that no vendor has told us yet is not here.
        changed_at: when a vendor last changed what it says of an account, by its own clock; what is older is old news.
        emails: further addresses of the same person.
        confirmed: the vendors whose account a person has confirmed or corrected; a sync leaves those alone.
        by_hand: what else a person has set; a sync leaves that alone, too.
    """

    id: str
    name: Line
    email: Line | None = None
    time_zone: str = Field(default="UTC", description="IANA name")
    accounts: dict[Provider, str] = Field(default_factory=dict, description="who the person is at each vendor")
    standings: dict[Provider, Standing] = Field(
        default_factory=dict, description="what each account is in its workspace, where the vendor has said"
    )
    changed_at: dict[Provider, AwareDatetime] = Field(
        default_factory=dict, description="when each vendor last changed what it says of the account"
    )
    emails: tuple[str, ...] = ()
    confirmed: tuple[Provider, ...] = ()
    by_hand: tuple[Literal["name", "time_zone"], ...] = ()

    @property
    def left(self) -> bool:
        """Whether the person is nowhere any more: every account that people have is one that was left."""
        accounts = [provider for provider in self.accounts if provider in self.standings]
        return bool(accounts) and all(self.standings[provider] is Standing.LEFT for provider in accounts)

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone; UTC where it has a name that we do not know (any more)."""
        return _zone_named(self.time_zone)

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
