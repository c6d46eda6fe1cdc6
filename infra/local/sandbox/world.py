"""The whole state, and how things in it are found."""

import re
from datetime import datetime

from pydantic import Field

from infra.local.sandbox.config import Config
from infra.local.sandbox.github_state import Account, GitHub, Installation, Repository
from infra.local.sandbox.grants import Code, Tally, Token
from infra.local.sandbox.state import (
    Channel,
    Comment,
    Delivery,
    Fault,
    Issue,
    Json,
    Label,
    Message,
    Model,
    Organization,
    Person,
    Team,
    Vendor,
    WorkflowState,
    Workspace,
)


class World(Model):
    """The whole state."""

    workspace: Workspace
    organization: Organization
    github: GitHub
    people: list[Person]
    channels: dict[str, Channel]
    messages: dict[str, list[Message]] = Field(default_factory=dict)
    teams: list[Team]
    labels: dict[str, Label] = Field(default_factory=dict)
    issues: dict[str, Issue] = Field(default_factory=dict)
    comments: dict[str, Comment] = Field(default_factory=dict)
    webhook_id: str
    codes: dict[str, Code] = Field(default_factory=dict)
    tokens: dict[str, Token] = Field(default_factory=dict)
    tallies: dict[Vendor, Tally] = Field(default_factory=dict)
    public_url: str = ""
    deliveries: list[Delivery] = Field(default_factory=list)
    faults: list[Fault] = Field(default_factory=list)
    requests: dict[str, int] = Field(default_factory=dict)
    played: dict[str, str] = Field(default_factory=dict)
    played_day: datetime | None = None
    config: Config = Config()

    @property
    def slack_url(self) -> str:
        """Where the workspace is reached, with a trailing slash as Slack has it."""
        return f"{self.public_url}/slack/"

    @property
    def enterprise(self) -> Json | None:
        """The Enterprise Grid organisation that the workspace is part of, as Slack names it."""
        if self.config.slack_enterprise == "none":
            return None
        return {"id": f"E{self.workspace.team_id[1:]}", "name": f"{self.workspace.name} Group"}

    @property
    def github_url(self) -> str:
        """Where GitHub's pages are."""
        return f"{self.public_url}/github"

    def person(self, name: str) -> Person | None:
        """Somebody by handle, name, login or id at any vendor."""
        wanted = name.removeprefix("@")
        return next((each for each in self.people if wanted in _names(each)), None)

    def account(self, login: str) -> Account | None:
        """A GitHub account by login, whatever its case."""
        people = [
            Account(id=each.github_id, login=each.github_login, name=each.name, type="User") for each in self.people
        ]
        known = {each.login.lower(): each for each in (self.github.organization, *people)}
        return known.get(login.lower())

    def installation(self, login: str) -> Installation | None:
        """The app's installation on an account, if there is one."""
        found = self.github.installations.values()
        return next((each for each in found if each.account.lower() == login.lower()), None)

    def repositories(self, installation: Installation) -> list[Repository]:
        """What an installation can reach."""
        owned = self.github.repositories if installation.account == self.github.organization.login else []
        return [each for each in owned if installation.selected is None or each.id in installation.selected]

    def team(self, team_id: str) -> Team:
        """A team by id."""
        return next(team for team in self.teams if team.id == team_id)

    def state(self, state_id: str) -> WorkflowState:
        """A step of any team's workflow by id."""
        return next(state for team in self.teams for state in team.states if state.id == state_id)

    def identifier(self, issue: Issue) -> str:
        """What people call a ticket, such as `ENG-12`."""
        return f"{self.team(issue.team_id).key}-{issue.number}"

    def issue(self, name: str) -> Issue | None:
        """A ticket by id or identifier."""
        found = self.issues.get(name)
        return found or next((each for each in self.issues.values() if self.identifier(each) == name.upper()), None)

    def issue_url(self, issue: Issue) -> str:
        """Where a ticket can be seen."""
        return (
            f"{self.public_url}/linear/{self.organization.url_key}/issue/{self.identifier(issue)}/{slug(issue.title)}"
        )

    def comment_url(self, comment: Comment) -> str:
        """Where a comment can be seen."""
        return f"{self.issue_url(self.issues[comment.issue_id])}#comment-{comment.id[:8]}"


def slug(title: str) -> str:
    """A title as it stands in an address."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower())[:8]) or "ticket"


def _names(person: Person) -> set[str]:
    return {person.handle, person.name, person.slack_id, person.linear_id, person.github_login}
