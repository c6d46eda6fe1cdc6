"""GitHub as far as the sandbox remembers it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Model
from infra.sandbox.core.world import World


class Account(Model):
    """Who owns repositories: a person or an organisation."""

    id: int
    login: str
    name: str
    type: Literal["User", "Organization"]


class Repository(Model):
    """A repository of the organisation."""

    id: int
    name: str
    description: str
    language: str
    private: bool
    default_branch: str = "main"


class GitHubApp(Model):
    """The app as GitHub shows it; its id, slug and secrets are the app's own and stand in the configuration."""

    name: str
    description: str
    permissions: dict[str, str]
    events: list[str]


class Installation(Model):
    """The app on one account; `selected` None means all repositories, also those to come."""

    id: int
    account: str
    selected: list[int] | None = None
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None
    suspended_by: str = ""


class GitHub(Model):
    """The organisation, whose members are the demo's people.

    Attributes:
        owners: the logins of those who may install apps on it.
        installed: how many installations there have been; ids count on from there, and are one company's only.
    """

    organization: Account
    owners: list[str] = Field(min_length=1)
    app: GitHubApp
    repositories: list[Repository]
    installations: dict[int, Installation] = Field(default_factory=dict)
    installed: int = 0


class GitHubWorld(World):
    """The organisation, its people's accounts, and where the app is installed."""

    github: GitHub

    @property
    def github_url(self) -> str:
        """Where GitHub's pages are."""
        return f"{self.public_url}/github"

    def knows(self, name: str) -> bool:
        """The organisation by id, accounts by login, and installations."""
        ids = {str(self.github.organization.id), *map(str, self.github.installations)}
        return name in ids or self.account(name) is not None or super().knows(name)

    def account(self, login: str) -> Account | None:
        """An account by login, whatever its case."""
        people = [
            Account(id=each.github_id, login=each.github_login, name=each.name, type="User") for each in self.people
        ]
        by_login = {each.login.lower(): each for each in (self.github.organization, *people)}
        return by_login.get(login.lower())

    def installation(self, login: str) -> Installation | None:
        """The app's installation on an account, if there is one."""
        installations = self.github.installations.values()
        return next((each for each in installations if each.account.lower() == login.lower()), None)

    def repositories(self, installation: Installation) -> list[Repository]:
        """What an installation can reach."""
        owned = self.github.repositories if installation.account == self.github.organization.login else []
        return [each for each in owned if installation.selected is None or each.id in installation.selected]
