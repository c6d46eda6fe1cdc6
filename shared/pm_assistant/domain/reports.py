"""What we tell people: cards in a thread and reports in a direct message, every line with its receipt."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, Field, computed_field, model_validator

from pm_assistant.domain.answers import Answer
from pm_assistant.domain.languages import Language
from pm_assistant.domain.model import Model
from pm_assistant.domain.workspaces import ChannelId, Member, TenantId, Zone, zone_named


class CardEntry(Model):
    """One decision as the people in the thread see it.

    Attributes:
        headline: plain text, such as `Commented on`.
        link_text: what the link says, such as `ENG-12 Checkout drops the coupon`; empty where there is no link.
        url: where the link leads.
        detail: plain text: confidence and reason, or who decided.
        text: what is to be written, word for word; empty where nothing is, or where not everybody may read it.
        awaits_answer: what its buttons answer: `<decision id>:<revision>`; None if nothing is asked.
        answers: which buttons those are.
        asks_why: whether a reason is asked for where it is dismissed.
        undoes: likewise what its Undo button takes back; a card is not kept in a thread for its sake.
        said_at: where it was said, where the entry is read elsewhere.
    """

    headline: str
    link_text: str = ""
    url: str = ""
    detail: str = ""
    text: str = ""
    awaits_answer: str | None = None
    answers: tuple[Answer, ...] = ("approve", "dismiss")
    asks_why: bool = False
    undoes: str | None = None
    said_at: str = ""


class Card(Model):
    """The one message we keep in a thread; `id` is derived and finds the message again after a lost answer."""

    id: str
    entries: tuple[CardEntry, ...]
    language: Language = Language.ENGLISH


class ReportKind(StrEnum):
    """The reports there are."""

    STANDUP = "standup"
    WEEKLY = "weekly"
    OVERVIEW = "overview"
    """Of a team, for whoever leads it."""


OWN_REPORTS = (ReportKind.STANDUP, ReportKind.WEEKLY)
"""Those that tell people of their own work, unless a team is named."""


class FactKind(StrEnum):
    """What a report tells of, and so its headings."""

    FOCUS = "focus"
    """What to begin with today."""
    DONE = "done"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    WAITING_FOR_ME = "waiting_for_me"
    WAITING_FOR_OTHERS = "waiting_for_others"
    NEXT = "next"
    UNTRACKED = "untracked"
    """Talk about work without a ticket."""
    SAID = "said"
    """What people answered to the team's questions, or added."""
    SHIPPED = "shipped"
    CREATED = "created"
    """Tickets that have come of conversations."""
    SLIPPED = "slipped"
    OVERDUE = "overdue"
    UNPLANNED = "unplanned"
    HELP = "help"
    """What somebody did for others' work."""


class Audience(StrEnum):
    """Who may read a line."""

    EVERYBODY = "everybody"
    PERSON = "person"
    """Only whose report it is: it rests on what not everybody may read."""


class Line(Model):
    """One fact and where to check it.

    Attributes:
        text: in the reader's language, but for what people and vendors wrote.
        url: its receipt.
        receipts: what else it rests on.
        about: ids of the tickets, pull requests, decisions and conversations that it is about.
        awaits_answer: what its buttons answer: `<decision id>:<revision>`; None if nothing is asked.
    """

    text: str
    url: str
    receipts: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    audience: Audience = Audience.EVERYBODY
    awaits_answer: str | None = None


class Section(Model):
    """Facts under one heading; an empty section says so instead of vanishing.

    Attributes:
        kind: what the heading stands for, whatever the language.
        hidden: how many more facts there are than lines.
    """

    title: str
    lines: tuple[Line, ...]
    kind: FactKind | None = None
    hidden: int = 0


class Report(Model):
    """One report for one person, or one channel, on one local day.

    Beside what it tells it knows whether its reader may say something for the team's (`reader_speaks`), and our page
    from which the reader goes on (`page`; none where a channel reads).

    Attributes:
        team_id: the tracker's team it tells of, if it is a team's.
        notes: what is to be known before the facts, such as that it comes late.
        dropped: how many of a model's sentences were left out, as they could not be verified.
        folded: how many more facts are in the thread below it, where it was too long for one message.
    """

    id: str
    kind: ReportKind
    title: str
    day: date
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    language: Language = Language.ENGLISH
    team_id: str | None = None
    folded: int = 0
    dropped: int = 0
    reader_speaks: bool = Field(default=False, exclude=True)
    page: str = Field(default="", exclude=True)

    @property
    def lines(self) -> int:
        """How many facts it holds."""
        return sum(len(section.lines) for section in self.sections)

    def section(self, kind: FactKind) -> Section | None:
        """What it says under a heading, None if it does not have that one."""
        return next((section for section in self.sections if section.kind is kind), None)


class Notice(Model):
    """A short message that needs somebody to act, such as a connection that broke.

    Attributes:
        id: derived; finds the message again after a lost answer.
        link_text: what the link says.
        url: where something can be done about it.
    """

    id: str
    title: str
    text: str
    link_text: str
    url: str


class ReportChannel(StrEnum):
    """How a report reaches a person."""

    SLACK = "slack"
    EMAIL = "email"


class Skip(StrEnum):
    """Why no report came on a day on which it was due."""

    HOLIDAY = "holiday"
    AWAY = "away"
    SEAT = "seat"
    """The plan has fewer seats than there are people, and none for this one."""
    FAILED = "failed"
    """It could not be delivered, however often that was tried."""


class SentReport(Model):
    """What became of a report that was due: it was sent, or it was not, and why.

    Attributes:
        at: when it was due, or asked for.
        delivery: how it went; None if it did not.
        skipped: why it did not.
        holiday: what the day is called, where that is why.
        cause: what failed, where that is why.
        report: as it was sent, without what people had said.
        changed_at: when it was last changed where it stands, and `report` with it; None if it is as it was sent.
    """

    kind: ReportKind
    subscription_id: str
    day: date
    at: AwareDatetime
    delivery: ReportChannel | None = None
    skipped: Skip | None = None
    holiday: str | None = None
    cause: str | None = None
    report: Report | None = None
    changed_at: AwareDatetime | None = None

    @property
    def reader(self) -> str:
        """Whose it is: a member's id, or `channel:` and the channel's; further words tell which of theirs."""
        return self.subscription_id.partition(".")[2]

    @property
    def key(self) -> str:
        """Its place among those of its reader, oldest first."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}#{self.kind}"


type Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


class ReportTarget(Model):
    """Which report it is, and whose: a person's own, a team's for a person, or one for everybody in a channel.

    Attributes:
        member_id: who gets it; empty where a channel does.
        team_id: the tracker's team it tells of; None where of the reader's own work, or of what is done
            by who is in the channel.
        channel_id: the chat's channel it is posted in; None where a person gets it.
    """

    member_id: str = ""
    kind: ReportKind = ReportKind.STANDUP
    team_id: str | None = Field(default=None, min_length=1, max_length=64)
    channel_id: ChannelId | None = None

    @property
    def target_fields(self) -> dict[str, Any]:
        """These fields alone, by their names, of whatever has more: to make another of the same target."""
        return {name: getattr(self, name) for name in ReportTarget.model_fields}

    @property
    def subscription_id(self) -> str:
        """Name the subscription: there is one of each kind for a target, so that no second one comes of asking twice.

        It begins with the kind and a point.
        """
        reader = self.member_id if self.channel_id is None else f"channel:{self.channel_id}"
        return f"{self.kind}.{reader}{self._of_team}"

    @property
    def told(self) -> str:
        """Who is told, and of which team: what they were told of one they were not told of another."""
        return f"{self.member_id or self.channel_id}{self._of_team}"

    @property
    def _of_team(self) -> str:
        return f".team:{self.team_id}" if self.team_id else ""

    @model_validator(mode="after")
    def _has_one_reader(self) -> Self:
        if bool(self.member_id) is (self.channel_id is not None):
            raise ValueError("a report is for a person or for a channel")
        return self


class Subscription(ReportTarget):
    """A wish to be told at `hour:minute` local time on the given weekdays.

    Attributes:
        time_zone: whose local time it is; None means the person's, wherever the person is.
        since: reports that were due before are not owed; None for a wish of before that was noted.
    """

    hour: int = Field(default=9, ge=0, le=23)
    minute: int = Field(default=0, ge=0, le=59)
    weekdays: tuple[Weekday, ...] = Field(default=("MON", "TUE", "WED", "THU", "FRI"), min_length=1, max_length=7)
    delivery: ReportChannel = ReportChannel.SLACK
    time_zone: Zone | None = Field(default=None, description="IANA name; if left out, wherever the person is")
    since: AwareDatetime | None = Field(default=None, description="reports that were due before it are not owed")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def id(self) -> str:
        """Names it, by kind and target."""
        return self.subscription_id

    def clock_for(self, member: Member | None) -> str:
        """The zone by whose local time it comes; `member` is who gets it, if a person does."""
        return self.time_zone or (member.time_zone if member else "UTC")

    @model_validator(mode="before")
    @classmethod
    def _read_own(cls, raw: object) -> object:
        """The id is reckoned, also where it stands in what we have written ourselves."""
        return {name: value for name, value in raw.items() if name != "id"} if isinstance(raw, dict) else raw

    @model_validator(mode="after")
    def _has_a_clock(self) -> Self:
        if self.channel_id is not None and self.time_zone is None:
            raise ValueError("a channel has no time zone of its own: name one")
        if self.channel_id is not None and self.delivery is not ReportChannel.SLACK:
            raise ValueError("a channel is reached in the chat alone")
        return self


class ReportDue(ReportTarget):
    """A message on the reports queue: this report is due.

    Attributes:
        due_at: the moment for which it was scheduled; the local date of it is part of the run key.
        time_zone: by whose local time; None means that of the person as known now.
        on: the local day it is for, where that does not go without saying.
        once: names an extra run that somebody asked for; it does not count as the day's report.
        since: how far back to look instead of to the report before.
    """

    type: Literal["report_due"] = "report_due"
    tenant_id: TenantId
    due_at: AwareDatetime | None = None
    time_zone: str | None = None
    on: date | None = None
    once: str | None = None
    since: AwareDatetime | None = None

    LATE_AFTER: ClassVar[timedelta] = timedelta(minutes=30)
    """From when on a report says that it is late; the clockwork takes half of that."""

    def day(self, at: datetime, member: Member | None) -> date:
        """The local day it is for: the date of that moment where it is due."""
        if self.on is not None:
            return self.on
        zone = zone_named(self.time_zone or (member.time_zone if member else "UTC"))
        return at.astimezone(zone).date()

    def delivery_key(self, day: date) -> str:
        """Name a delivery by subscription, local date and kind: neither a retry nor a clock change doubles or skips it.

        What somebody asks for between times counts for itself.
        """
        whose = self.subscription_id.partition(".")[2]
        return f"{self.tenant_id}|{whose}|{self.kind}|{self.once or day.isoformat()}"


class Post(ReportTarget):
    """A team's report that stands in a channel, as far as it takes to change it there: it holds no words.

    Attributes:
        day: the local day that it is for.
        at: when it was due.
        since: what happened before was told by others.
        parts: where it stands: the message, and those of its thread in their order.
        notes: what it says before the facts.
        quoted: what people said that stands in it, by its key: when each of them had changed it last.
    """

    day: date
    at: AwareDatetime
    since: AwareDatetime
    parts: tuple[str, ...] = Field(min_length=1)
    notes: tuple[str, ...] = ()
    quoted: dict[str, AwareDatetime] = Field(default_factory=dict)


class AnswersChanged(Model):
    """A message on the reports queue: a person has changed what they say for their team's report of a day."""

    type: Literal["answers_changed"] = "answers_changed"
    tenant_id: TenantId
    member_id: str
    day: date
