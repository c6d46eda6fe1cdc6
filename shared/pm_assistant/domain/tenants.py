"""Who we work for: tenants, how far each trusts us, and what else they have chosen; where they are is told elsewhere.

What a vendor waits for loads `workspaces` alone. Whoever needs tenants has that as well, and takes it from here.
"""

import math
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from pm_assistant.domain.billing import Billing, Feature, allows, terms_at
from pm_assistant.domain.bots import Bots
from pm_assistant.domain.days_off import Holidays
from pm_assistant.domain.experiments import Design, Variant
from pm_assistant.domain.kinds import ActionKind as ActionKind
from pm_assistant.domain.model import Model
from pm_assistant.domain.questions import MOST_QUESTIONS, ReportQuestion, all_differ
from pm_assistant.domain.reactions import Reaction as Reaction
from pm_assistant.domain.rules import MOST_RULES, TeamRule
from pm_assistant.domain.trust import Earned
from pm_assistant.domain.workspaces import MOST_CHANNELS, zone_named
from pm_assistant.domain.workspaces import STORED as STORED
from pm_assistant.domain.workspaces import Activity as Activity
from pm_assistant.domain.workspaces import Availability as Availability
from pm_assistant.domain.workspaces import CalendarProvider as CalendarProvider
from pm_assistant.domain.workspaces import Channels as Channels
from pm_assistant.domain.workspaces import Connection as Connection
from pm_assistant.domain.workspaces import Credentials as Credentials
from pm_assistant.domain.workspaces import Grantor as Grantor
from pm_assistant.domain.workspaces import Member as Member
from pm_assistant.domain.workspaces import Provider as Provider
from pm_assistant.domain.workspaces import Standing as Standing
from pm_assistant.domain.workspaces import TenantId as TenantId
from pm_assistant.domain.workspaces import Zone as Zone


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
        local = at.astimezone(zone_named(self.time_zone)).replace(tzinfo=None)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        start, end = (timedelta(hours=int(clock[:2]), minutes=int(clock[3:])) for clock in (self.start, self.end))
        day = timedelta(days=1)
        lasts, since = (end - start) % day, (local - midnight - start) % day
        return math.ceil((lasts - since).total_seconds()) if since < lasts else 0


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
        description="language of what is written into tickets and of cards in the chat, such as `de`; none means that "
        "of the conversation, and English on cards",
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
    holidays: Holidays | None = None
    channels: Channels = Field(default_factory=Channels, json_schema_extra={"default": {"allow": [], "deny": []}})
    bots: Bots = Field(default_factory=Bots, description="accounts at the code host that are programs, or are none")
    private_code: PrivateCode = Field(
        default=PrivateCode.LINKS,
        description="what everybody sees of private repositories: `nothing`, `links` without words, or `everything`",
    )
    reactions: tuple[Reaction, ...] = Field(
        default=(),
        max_length=len(Reaction),
        description="reactions that count: `approve` (✅) and `undo` (👎) on a card, `ticket` (🎫) on a message",
    )
    shadow: bool = Field(
        default=False,
        description="all is judged and logged, and nobody is asked and nothing done but what people order",
    )

    phrased_reports: bool = Field(
        default=False,
        description="whether the model words the lines of reports; what it adds to the facts is dropped",
    )
    report_questions: Annotated[tuple[ReportQuestion, ...], AfterValidator(all_differ)] = Field(
        default=(),
        max_length=MOST_QUESTIONS,
        description="what people are asked for the team's report, each with what an answer counts as",
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
                "reactions": tuple(reaction for reaction in self.reactions if reaction in own.reactions),
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


class Suspension(Model):
    """That who operates the service has suspended a tenant: nothing is judged, sent or written until that is over.

    Attributes:
        reason: as the tenant's own people are told.
        ended_at: when it was resumed; None while it is suspended.
    """

    began_at: AwareDatetime
    reason: str
    ended_at: AwareDatetime | None = None


class Tenant(Model):
    """One customer: a team with its workspaces.

    Attributes:
        state: `pending` until the owner has proven the address, `closing` while deletion can still be called off.
        closes_at: when a closing tenant is deleted.
        earned: what people's answers have earned us.
        experiments: what is being tried on a part of its conversations; copied here, so that judging needs no read.
        model: was trained on the tenant's answers and adopted: it judges while the tenant lets itself be trained on.
        rules: what its people have decided once for all.
        suspension: the last one.
        billing: what is paid for; here, so that whoever asks what that allows reads nothing more.
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
    suspension: Suspension | None = None
    billing: Billing = Field(default_factory=Billing)

    def may(self, feature: Feature, *, at: datetime) -> bool:
        """Whether what the tenant pays for allows something at a moment."""
        return allows(self.billing, feature, at=at, closing=self.state is TenantState.CLOSING)

    def history_from(self, at: datetime) -> datetime | None:
        """From when on what was said and decided is shown; None for all that is kept.

        Nothing older is deleted for it: it is exported, can be undone, and is shown again once the plan goes further
        back.
        """
        days = terms_at(self.billing, at).history_days
        return at - timedelta(days=days) if days is not None else None

    def reaching(self, since: datetime, *, at: datetime) -> datetime:
        """How far back somebody is told who asks for what was said and decided since a moment: no further than that."""
        return max(since, self.history_from(at) or since)

    @property
    def suspended(self) -> Suspension | None:
        """That the tenant is suspended; None while it is not."""
        return self.suspension if self.suspension is not None and self.suspension.ended_at is None else None

    @property
    def resumed_at(self) -> datetime | None:
        """When it was last resumed; None if it never was, or is suspended."""
        return self.suspension.ended_at if self.suspension is not None else None

    @property
    def own_model(self) -> str | None:
        """The model that judges for this tenant alone; None where everybody's does."""
        return self.model if self.settings.training_consent else None
