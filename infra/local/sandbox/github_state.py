"""GitHub as far as the sandbox remembers it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.local.sandbox.state import Model


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
        installed: how many installations there have been.
    """

    organization: Account
    owners: list[str] = Field(min_length=1)
    app: GitHubApp
    repositories: list[Repository]
    installations: dict[int, Installation] = Field(default_factory=dict)
    installed: int = 0
