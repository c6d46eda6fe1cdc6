"""Who we work for: tenants, their settings, their vendor connections and their people."""

from enum import StrEnum
from typing import NewType

from pydantic import AwareDatetime, Field, SecretStr

from pm_assistant.domain.model import Model

TenantId = NewType("TenantId", str)


class Provider(StrEnum):
    """A vendor a tenant can connect."""

    SLACK = "slack"
    LINEAR = "linear"


class ActionKind(StrEnum):
    """What the product can do in a tenant's name, and `ignore`: deliberately nothing."""

    COMMENT = "comment"
    CREATE = "create"
    MOVE = "move"
    IGNORE = "ignore"


class Mode(StrEnum):
    """How far a tenant trusts us with one kind of action."""

    OFF = "off"
    PROPOSE = "propose"
    AUTO = "auto"


class Rule(Model):
    """Trust in one kind of action: `auto` acts from `threshold` (0 to 1) upwards, and asks below it."""

    mode: Mode = Mode.PROPOSE
    threshold: float = Field(default=0.8, ge=0, le=1)


def _cautious_rules() -> dict[ActionKind, Rule]:
    return {kind: Rule() for kind in (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)}


class Settings(Model):
    """A tenant's own choices; a new tenant is only ever proposed to."""

    rules: dict[ActionKind, Rule] = Field(default_factory=_cautious_rules)
    ask_from: float = Field(default=0.55, ge=0, le=1, description="below this confidence nobody is asked, only logged")
    settle_seconds: int = Field(default=60, ge=0, le=900, description="quiet time before a conversation is judged")
    retention_days: int = Field(default=90, ge=1, description="how long message text is kept")
    home_team_id: str | None = Field(default=None, description="tracker team in which new tickets are created")


class Tenant(Model):
    """One customer: a team with its workspaces."""

    id: TenantId
    name: str
    settings: Settings = Settings()


class Credentials(Model):
    """What a vendor gave us to act for a tenant; lives in memory only for the length of a call."""

    access_token: SecretStr


class Connection(Model):
    """One tenant's tie to one vendor.

    Attributes:
        external_id: the vendor's name for the tenant: Slack team id, Linear organisation id.
        app_user_id: who we are in the vendor's eyes; what this user posts is our own echo.
        base_url: where the workspace's pages live, with trailing slash; permalinks are built on it.
        sealed_credentials: envelope-encrypted `Credentials`, bound to tenant and provider.
        settle_seconds: copy of the tenant's setting, so that receiving a webhook needs one read.
        retention_days: copy of the tenant's setting, for the same reason.
    """

    tenant_id: TenantId
    provider: Provider
    external_id: str
    app_user_id: str
    base_url: str
    sealed_credentials: bytes = Field(repr=False)
    settle_seconds: int = 60
    retention_days: int = 90
    connected_at: AwareDatetime


class Member(Model):
    """A person of the tenant and who that person is at each vendor (None where it is not known)."""

    id: str
    name: str
    email: str | None = None
    time_zone: str = Field(default="UTC", description="IANA name")
    slack_id: str | None = None
    linear_id: str | None = None
