"""What can happen to the app's installations on GitHub; each happening tells the app, once."""

import uuid
from collections.abc import Callable
from datetime import datetime

from infra.local.sandbox import github_objects as objects
from infra.local.sandbox.delivery import Courier
from infra.local.sandbox.github_state import Account, Installation
from infra.local.sandbox.state import Delivery, Json, Person
from infra.local.sandbox.store import Store
from infra.local.sandbox.tokens import Tokens

FIRST = 61204517
"""The id of the first installation; GitHub's count up over all apps."""


class GitHubInstallations:
    """The installations; `by` is who does it."""

    def __init__(self, store: Store, tokens: Tokens, courier: Courier, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._courier = courier
        self._clock = clock

    def install(self, account: Account, selected: list[int] | None, *, by: Person) -> tuple[Installation, bool]:
        """Install the app, or choose other repositories where it is installed already; True if it is new."""
        world, now = self._store.world, self._clock()
        self._store.changed()
        known = world.installation(account.login)
        if known is not None:
            known.selected, known.updated_at = selected, now
            return known, False
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
        delivery_id = str(uuid.uuid4())
        for _ in range(1 + world.config.duplicates):
            self._courier.send(
                Delivery(
                    id=delivery_id,
                    vendor="github",
                    kind=f"installation.{action}",
                    line=f"github/{installed.id}",
                    about=installed.account,
                    body=body,
                    created_at=self._clock(),
                )
            )
