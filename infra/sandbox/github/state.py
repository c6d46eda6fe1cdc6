"""GitHub as far as the sandbox remembers it."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from datetime import datetime
from typing import Literal

from pydantic import Field

from infra.sandbox.core.state import Model
from infra.sandbox.core.world import World
from infra.sandbox.github.work import Issue, PullRequest

type AccountType = Literal["User", "Organization", "Bot"]


class Account(Model):
    """Who owns repositories and works in them: a person, an organisation or an app."""

    id: int
    login: str
    name: str
    type: AccountType


BOTS = tuple(
    Account(id=id, login=f"{name}[bot]", name=name, type="Bot")
    for id, name in (
        (49699333, "dependabot"),
        (29139614, "renovate"),
        (41898282, "github-actions"),
        (118344674, "github-merge-queue"),
        (198982749, "copilot-swe-agent"),
        (136622811, "coderabbitai"),
    )
)
"""Apps that everybody knows: two keep dependencies new, one runs checks, one merges, one writes code, one reviews."""
CHECKS = BOTS[2]
MERGE_QUEUE = BOTS[3]


class Repository(Model):
    """A repository.

    Attributes:
        owner: the login of whose it is; empty for the organisation, which it is unless it was transferred.
        former: the full names it had before; they lead to it until another repository takes them.
        numbered: how many numbers it has given to pull requests and issues, which share them.
        updated_at: when something was decided about it as a whole; None for long ago, as the others.
        pushed_at: when a branch of it last got a commit.
    """

    id: int
    name: str
    description: str
    language: str
    private: bool
    default_branch: str = "main"
    archived: bool = False
    owner: str = ""
    former: list[str] = Field(default_factory=list)
    numbered: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    pushed_at: datetime | None = None


class GitHubApp(Model):
    """The app as GitHub shows it; its id, slug and secrets are the app's own and stand in the configuration."""

    name: str
    description: str
    permissions: dict[str, str]
    events: list[str]


class Installation(Model):
    """The app on one account.

    Attributes:
        selected: None means all repositories, also those to come.
        refused: the app's permissions that the account's owner has not agreed to, or not yet.
    """

    id: int
    account: str
    selected: list[int] | None = None
    created_at: datetime
    updated_at: datetime
    suspended_at: datetime | None = None
    suspended_by: str = ""
    refused: set[str] = Field(default_factory=set)


class Losing(Model):
    """What becomes of the next events of a name (all with `*`).

    Attributes:
        how: whether GitHub says that they failed, has never tried to deliver them, as in an outage of its own, or is
            late by so many `seconds`, so that others overtake them.
    """

    event: str = "*"
    times: int = Field(default=1, ge=1)
    how: Literal["failed", "lost", "late"] = "failed"
    seconds: float = Field(default=0.5, gt=0)


class Budget(Model):
    """What somebody has used up of a limit, which begins anew an hour after the first request."""

    used: int = 0
    resets_at: datetime


class GitHub(Model):
    """The organisation, whose members are the demo's people.

    Attributes:
        owners: the logins of those who may install apps on it.
        installed: how many installations there have been; ids count on from there, and are one company's only.
        pulls: by their id, as the issues.
        made: how many things have got an id.
        told: how many deliveries there have been.
        budgets: by what is limited and who is.
    """

    organization: Account
    owners: list[str] = Field(min_length=1)
    app: GitHubApp
    repositories: list[Repository]
    installations: dict[int, Installation] = Field(default_factory=dict)
    installed: int = 0
    pulls: dict[int, PullRequest] = Field(default_factory=dict)
    issues: dict[int, Issue] = Field(default_factory=dict)
    losing: list[Losing] = Field(default_factory=list)
    made: int = 0
    told: int = 0
    budgets: dict[str, Budget] = Field(default_factory=dict)

    def next_id(self) -> int:
        """The id of the next thing that is made; of one company only, and as today's beyond 32 bits."""
        self.made += 1
        return 2_900_000_000 + self.organization.id % 997 * 1_000_000 + self.made

    def next_delivery(self) -> int:
        """The number of the next delivery, of one company only."""
        self.told += 1
        return self.organization.id * 1_000_000 + self.told


class GitHubWorld(World):
    """The organisation, its people's accounts, their work, and where the app is installed."""

    github: GitHub

    @property
    def github_url(self) -> str:
        """Where GitHub's pages are."""
        return f"{self.public_url}/github"

    def knows(self, name: str) -> bool:
        """The organisation by id, accounts by login, installations, repositories and deliveries by id."""
        github = self.github
        if name.isdecimal():
            number = int(name)
            known = {github.organization.id, *github.installations, *(each.id for each in github.repositories)}
            return number in known or number in {each.number for each in self.deliveries} or super().knows(name)
        account = self.account(name)
        return (account is not None and account.type != "Bot") or super().knows(name)

    def account(self, login: str) -> Account | None:
        """An account by login, whatever its case."""
        wanted = login.lower()
        if wanted == self.github.organization.login.lower():
            return self.github.organization
        for each in self.people:
            if each.github_login.lower() == wanted:
                return Account(id=each.github_id, login=each.github_login, name=each.name, type="User")
        return next((each for each in BOTS if each.login.lower() == wanted), None)

    def installation(self, login: str) -> Installation | None:
        """The app's installation on an account, if there is one."""
        installations = self.github.installations.values()
        return next((each for each in installations if each.account.lower() == login.lower()), None)

    def permissions(self, installation: Installation) -> dict[str, str]:
        """What the app may do on an account."""
        asked = self.github.app.permissions.items()
        return {name: access for name, access in asked if name not in installation.refused}

    def repositories(self, installation: Installation) -> list[Repository]:
        """What an installation can reach."""
        owned = [each for each in self.github.repositories if self.owner(each) == installation.account]
        return [each for each in owned if installation.selected is None or each.id in installation.selected]

    def owner(self, repository: Repository) -> str:
        """The login of whose a repository is."""
        return repository.owner or self.github.organization.login

    def full_name(self, repository: Repository) -> str:
        """A repository's name with its owner's."""
        return f"{self.owner(repository)}/{repository.name}"

    def repository(self, full_name: str) -> Repository | None:
        """A repository by its present full name, whatever the case."""
        wanted = full_name.lower()
        return next((each for each in self.github.repositories if self.full_name(each).lower() == wanted), None)

    def moved(self, full_name: str) -> Repository | None:
        """The repository that once was called so; the latest of them."""
        wanted = full_name.lower()
        former = [each for each in self.github.repositories if wanted in {name.lower() for name in each.former}]
        return former[-1] if former else None

    def repository_of(self, thing: PullRequest | Issue) -> Repository:
        """Where a pull request or an issue is."""
        return next(each for each in self.github.repositories if each.id == thing.repository_id)

    def pulls(self, repository: Repository) -> list[PullRequest]:
        """A repository's pull requests, in the order they were opened in."""
        return [each for each in self.github.pulls.values() if each.repository_id == repository.id]

    def issues_of(self, repository: Repository) -> list[Issue]:
        """A repository's issues that are still there, in the order they were opened in."""
        here = (each for each in self.github.issues.values() if each.repository_id == repository.id)
        return [each for each in here if not each.deleted and each.moved_to is None]

    def pull(self, repository: Repository, number: int) -> PullRequest | None:
        """A pull request by its number."""
        return next((each for each in self.pulls(repository) if each.number == number), None)

    def issue_numbered(self, repository: Repository, number: int) -> Issue | None:
        """An issue by its number, also one that is gone."""
        issues = self.github.issues.values()
        return next((each for each in issues if (each.repository_id, each.number) == (repository.id, number)), None)


def node_id(kind: str, number: int | str) -> str:
    """What GraphQL calls a thing."""
    return b64encode(f"{kind}:{number}".encode()).decode()


def thing_of(node: str) -> tuple[str, int] | None:
    """Kind and id of what GraphQL calls so; None for what is nobody's name."""
    try:
        kind, _, number = b64decode(node, validate=True).decode().partition(":")
    except (NotBase64, ValueError):
        return None
    return (kind, int(number)) if number.isdecimal() else None
