"""What can happen to the app's installations on GitHub; each happening tells the app, once."""

import uuid

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github import objects
from infra.sandbox.github.state import Account, GitHubWorld, Installation

FIRST = 61204517
"""The id of the first installation; GitHub's count up over all apps."""


class GitHubInstallations:
    """The installations; `by` is who does it."""

    def __init__(self, store: Store[GitHubWorld], tokens: Tokens, courier: Courier, clock: Clock) -> None:
        self._store = store
        self._tokens = tokens
        self._courier = courier
        self._clock = clock

    def install(self, account: Account, selected: list[int] | None, *, by: Person) -> tuple[Installation, bool]:
        """Install the app, or choose other repositories where it is installed already; True if it is new."""
        world, now = self._store.world, self._clock()
        self._store.changed()
        existing = world.installation(account.login)
        if existing is not None:
            existing.selected, existing.updated_at = selected, now
            return existing, False
        world.github.installed += 1
        installed = Installation(
            id=FIRST + world.github.installed,
            account=account.login,
            selected=selected,
            created_at=now,
            updated_at=now,
        )
        world.github.installations[installed.id] = installed
        self._tell(installed, "created", by)
        return installed, True

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

    def _tell(self, installed: Installation, action: str, by: Person) -> None:
        world = self._store.world
        sender = world.account(by.github_login)
        body: Json = {
            "action": action,
            "installation": objects.installation(world, installed),
            "repositories": [objects.repository_brief(world, each) for each in world.repositories(installed)],
            "sender": objects.account(world, sender) if sender else None,
        }
        if action == "created":
            body["requester"] = None
        self._courier.send_copies(
            Delivery(
                id=str(uuid.uuid4()),
                vendor="github",
                kind=f"installation.{action}",
                line=f"github/{installed.id}",
                about=installed.account,
                body=body,
                created_at=self._clock(),
            )
        )
