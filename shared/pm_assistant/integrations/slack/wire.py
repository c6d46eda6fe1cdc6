"""A Slack message as Slack writes it, in an event and in a channel's history alike."""

from datetime import datetime

from pydantic import Field

from pm_assistant.domain.people import known_zone, visible_name
from pm_assistant.domain.tenants import Member, Provider, Standing
from pm_assistant.domain.work import Message
from pm_assistant.integrations.webhooks import Payload

TIMESTAMP = r"^\d{1,10}\.\d{1,6}$"
LONGEST_TEXT = 40_000
"""Slack's own limit; what is longer did not come from a person."""

SPEECH = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Subtypes with which a person says something; all others are notices such as `channel_join`."""


class Edit(Payload):
    """Who last changed a message, and when."""

    ts: str = Field(pattern=TIMESTAMP)


class File(Payload):
    """A file that hangs on a message; a deleted one has lost its name."""

    id: str = ""
    name: str | None = None


class SlackMessage(Payload):
    """The fields we read; a nested message of `message_changed` may lack even `ts` and `user`."""

    ts: str | None = Field(default=None, pattern=TIMESTAMP)
    thread_ts: str | None = Field(default=None, pattern=TIMESTAMP)
    latest_reply: str | None = Field(default=None, pattern=TIMESTAMP)
    user: str | None = None
    text: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    bot_profile: object | None = None
    edited: Edit | None = None
    files: tuple[File, ...] | None = None

    @property
    def by_bot(self) -> bool:
        """Whether a program wrote it; a bot's own `chat.postMessage` carries no subtype, only `bot_id`."""
        return self.subtype == "bot_message" or self.bot_id is not None or self.bot_profile is not None

    def to_message(
        self,
        *,
        channel: str,
        ts: str,
        author: str,
        edited_ts: str | None,
        private: bool,
        received_at: datetime,
        outside: bool = False,
    ) -> Message:
        """Say the same in the product's words; text entities such as `<@U1>` stay as Slack sends them."""
        return Message(
            channel=channel,
            ts=ts,
            root_ts=self.thread_ts or ts,
            author=author,
            text=_storable(self.text or ""),
            edited_ts=edited_ts,
            files=tuple(file.name or file.id for file in self.files or ()),
            private=private,
            outside=outside,
            received_at=received_at,
        )


def _storable(text: str) -> str:
    """Cut to Slack's limit and replace halves of characters, which JSON can carry and no store can keep."""
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


class Profile(Payload):
    """What a person says of themselves."""

    display_name: str | None = None
    real_name: str | None = None
    email: str | None = None


class Enterprise(Payload):
    """A person's place in an Enterprise Grid organisation."""

    enterprise_id: str = ""
    teams: tuple[str, ...] = ()


class User(Payload):
    """An account (docs.slack.dev, reference/objects/user-object)."""

    id: str = Field(min_length=1)
    team_id: str | None = None
    name: str | None = None
    deleted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    tz: str | None = None
    tz_offset: int | None = None
    profile: Profile = Profile()
    enterprise_user: Enterprise = Enterprise()

    @property
    def is_person(self) -> bool:
        """Whether it is no bot, no workflow and not Slackbot, which Slack lists as if it were a person."""
        return not (self.is_bot or self.is_workflow_bot or self.id == "USLACKBOT")

    @property
    def zone(self) -> str:
        """The time zone; where we do not know its name, one of its offset."""
        return known_zone(self.tz or "UTC", self.tz_offset) or "UTC"

    @property
    def has_unknown_zone(self) -> bool:
        """Whether the time zone is not the one that was named."""
        return self.zone != (self.tz or "UTC")

    def standing(self, home: "Home | None") -> Standing:
        """What the account is in our own workspace, if it names any."""
        if self.deleted:
            return Standing.LEFT
        if self.is_stranger or (home is not None and not home.houses(self)):
            return Standing.OUTSIDER
        return Standing.GUEST if self.is_restricted or self.is_ultra_restricted else Standing.MEMBER

    def member(self, home: "Home | None") -> Member:
        """The same in the product's words."""
        name = visible_name(self.profile.display_name, self.profile.real_name, self.name, self.id)
        return Member(
            id=self.id,
            name=name,
            email=self.profile.email or None,
            time_zone=self.zone,
            accounts={Provider.SLACK: self.id},
            standings={Provider.SLACK: self.standing(home)},
        )


class Home(Payload):
    """The workspace, or the whole Enterprise Grid organisation, that let us in (`auth.test`)."""

    team_id: str
    enterprise_id: str | None = None
    is_enterprise_install: bool = False

    def houses(self, user: User) -> bool:
        """Whether an account is of this workspace; one that names none is."""
        if user.team_id in {None, self.team_id} or self.team_id in user.enterprise_user.teams:
            return True
        return self.is_enterprise_install and user.enterprise_user.enterprise_id == self.enterprise_id
