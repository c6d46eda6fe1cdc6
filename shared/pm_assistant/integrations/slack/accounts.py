"""An account as Slack writes it, and the workspace that it may belong to."""

from datetime import UTC, datetime

from pydantic import Field

from pm_assistant.domain.languages import language_of
from pm_assistant.domain.people import known_zone, visible_name
from pm_assistant.domain.workspaces import Absence, Member, Provider, Standing
from pm_assistant.integrations.webhooks import Payload
from pm_assistant.language.absence import says_absent


class Profile(Payload):
    """What a person says of themselves."""

    display_name: str | None = None
    real_name: str | None = None
    email: str | None = None
    status_text: str | None = None
    status_emoji: str | None = None
    status_expiration: int | None = Field(default=None, ge=0, le=2**32)

    @property
    def absence(self) -> Absence | None:
        """That the status says so, and until when; 0 is an open end."""
        if not says_absent(self.status_text or "", (self.status_emoji or "").strip(":")):
            return None
        return Absence(until=datetime.fromtimestamp(self.status_expiration, UTC) if self.status_expiration else None)


class Enterprise(Payload):
    """A person's place in an Enterprise Grid organisation."""

    enterprise_id: str = ""
    teams: tuple[str, ...] = ()


class User(Payload):
    """An account (docs.slack.dev, reference/objects/user-object)."""

    id: str = Field(min_length=1, max_length=64)
    team_id: str | None = None
    name: str | None = None
    deleted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    locale: str | None = None
    tz: str | None = None
    tz_offset: int | None = None
    updated: int | None = Field(default=None, ge=0, le=2**32)
    profile: Profile = Field(default_factory=Profile)
    enterprise_user: Enterprise = Field(default_factory=Enterprise)

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
        name = visible_name(self.profile.real_name, self.profile.display_name, self.name, self.id)
        return Member(
            id=self.id,
            name=name,
            email=self.profile.email or None,
            time_zone=self.zone,
            language=language_of(self.locale),
            absence=self.profile.absence,
            accounts={Provider.SLACK: self.id},
            standings={Provider.SLACK: self.standing(home)},
            changed_at={Provider.SLACK: datetime.fromtimestamp(self.updated, UTC)} if self.updated else {},
        )


class PersonEvent(Payload):
    """What Slack posts of somebody who has come, or is described otherwise than before."""

    user: User


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
