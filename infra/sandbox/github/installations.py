"""What can happen to the app's installations on GitHub; each happening tells the app, once."""

from infra.sandbox.core.state import Clock, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github import objects
from infra.sandbox.github.state import Account, GitHubWorld, Installation, Repository
from infra.sandbox.github.webhooks import GitHubWebhooks

FIRST = 61204517
"""The id of the first installation; GitHub's count up over all apps."""


class GitHubInstallations:
    """The installations; `by` is who does it."""

    def __init__(self, store: Store[GitHubWorld], tokens: Tokens, news: GitHubWebhooks, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._news = news
        self._clock = clock

    def install(
        self, account: Account, selected: list[int] | None, *, by: Person, refused: set[str] | None = None
    ) -> tuple[Installation, bool]:
        """Install the app, or choose other repositories where it is installed already; True if it is new.

        `refused` are permissions that the app asks for and does not get: it may have come to ask for them later.
        """
        world, now = self._store.world, self._clock()
        self._store.changed()
        existing = world.installation(account.login)
        if existing is not None:
            self.choose(existing, selected, by=by)
            return existing, False
        world.github.installed += 1
        installed = Installation(
            id=FIRST + world.github.installed,
            account=account.login,
            selected=selected,
            created_at=now,
            updated_at=now,
            refused=refused or set(),
        )
        world.github.installations[installed.id] = installed
        self._tell(installed, "created", by)
        return installed, True

    def choose(self, installed: Installation, selected: list[int] | None, *, by: Person) -> None:
        """Let the app at other repositories than before; None for all."""
        world = self._store.world
        before = world.repositories(installed)
        installed.selected, installed.updated_at = selected, self._clock()
        after = world.repositories(installed)
        self._chosen(installed, "added", [each for each in after if each not in before], by.github_login)
        self._chosen(installed, "removed", [each for each in before if each not in after], by.github_login)

    def forget(self, installed: Installation, gone: Repository, *, by: str) -> None:
        """Let a chosen repository leave with its new owner."""
        installed.selected = [each for each in installed.selected or [] if each != gone.id]
        self._chosen(installed, "removed", [gone], by)

    def ask(self, permissions: dict[str, str], events: list[str]) -> None:
        """Let the app ask for other permissions and events; of what is new it gets nothing before an owner agrees."""
        github = self._store.world.github
        for installed in github.installations.values():
            installed.refused |= permissions.keys() - github.app.permissions.keys()
        github.app.permissions, github.app.events = permissions, events
        self._store.changed()

    def accept(self, installed: Installation, *, by: Person) -> None:
        """Agree to all that the app asks for by now."""
        installed.updated_at, installed.refused = self._clock(), set()
        self._store.changed()
        self._tell(installed, "new_permissions_accepted", by)

    def suspend(self, installed: Installation, *, by: Person) -> None:
        """Keep the app from everything of an account until further notice."""
        if installed.suspended_at is None:
            installed.updated_at = installed.suspended_at = self._clock()
            installed.suspended_by = by.github_login
            self._tell(installed, "suspend", by)

    def unsuspend(self, installed: Installation, *, by: Person) -> None:
        """Let the app go on."""
        if installed.suspended_at is not None:
            installed.updated_at = self._clock()
            installed.suspended_at, installed.suspended_by = None, ""
            self._tell(installed, "unsuspend", by)

    def delete(self, installed: Installation, *, by: Person) -> None:
        """Uninstall the app; its tokens die."""
        self._tokens.revoke(*(each for each in self._tokens.all("github") if each.installation_id == installed.id))
        self._tokens.tally("github").revocations += 1
        self._tell(installed, "deleted", by)
        del self._store.world.github.installations[installed.id]

    def remove(self) -> int:
        """Uninstall the app everywhere; returns how many tokens died."""
        dying = self._tokens.all("github")
        for installed in list(self._store.world.github.installations.values()):
            self.delete(installed, by=self.owner(installed))
        self._tokens.revoke(*dying)
        return len(dying)

    def owner(self, installed: Installation) -> Person:
        """Somebody who may decide about an installation."""
        world = self._store.world
        person = world.person(installed.account) or world.person(world.github.owners[0])
        return person or world.people[0]

    def _chosen(self, installed: Installation, action: str, repositories: list[Repository], by: str) -> None:
        if not repositories:
            return
        briefs = [objects.repository_brief(self._store.world, each) for each in repositories]
        body: Json = {
            "action": action,
            "repository_selection": "all" if installed.selected is None else "selected",
            "repositories_added": briefs if action == "added" else [],
            "repositories_removed": briefs if action == "removed" else [],
            "requester": None,
        }
        self._news.installation(installed, "installation_repositories", body, by=by)

    def _tell(self, installed: Installation, action: str, by: Person) -> None:
        world = self._store.world
        briefs = [objects.repository_brief(world, each) for each in world.repositories(installed)]
        body: Json = {"action": action, "repositories": briefs}
        if action == "created":
            body["requester"] = None
        self._news.installation(installed, "installation", body, by=by.github_login)
