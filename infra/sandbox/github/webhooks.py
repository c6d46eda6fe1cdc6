"""Whom GitHub tells of what happens in a repository, and what came of it.

An installation is told of what its owner has agreed to, where the repository is among those chosen, and while it is not
suspended. What happens in repositories is told side by side, so that it arrives in any order, and once: who was away
may ask for it (`GET /app/hook/deliveries`).
"""

import asyncio
import uuid
from datetime import datetime, timedelta

from infra.sandbox.core.delivery import Courier
from infra.sandbox.core.state import Clock, Delivery, Json
from infra.sandbox.core.store import Store
from infra.sandbox.github import objects
from infra.sandbox.github.state import GitHubWorld, Installation, Losing, Repository

KEPT = timedelta(days=3)
"""How long GitHub remembers what it has delivered (docs.github.com, "Redelivering webhooks")."""
NEEDS = {
    "check_suite": "checks",
    "issue_comment": "issues",
    "issues": "issues",
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "pull_request_review_thread": "pull_requests",
    "repository": "metadata",
    "status": "statuses",
}
"""The permission that each event needs (docs.github.com, "Webhook events and payloads")."""
ALWAYS = {"installation", "installation_repositories"}
"""What every app is told, whatever it has subscribed to."""


class GitHubWebhooks:
    """Tells the app."""

    def __init__(self, store: Store[GitHubWorld], courier: Courier, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._clock = clock

    def repository(self, repository: Repository, event: str, content: Json, *, by: str) -> None:
        """Tell of something in a repository; `content` has what is of this event alone."""
        world = self._store.world
        whole = objects.repository(world, repository)
        owner, sender = world.account(world.owner(repository)), world.account(by)
        about = f"{world.full_name(repository)}#{content['number']}" if "number" in content else whole["full_name"]
        for installed in world.github.installations.values():
            if not self._concerns(installed, repository, event):
                continue
            body = content | {"repository": whole, "installation": objects.installation_brief(installed)}
            if owner is not None and owner.type == "Organization":
                body["organization"] = objects.organization(world, owner)
            body["sender"] = objects.account(world, sender) if sender else None
            self._send(installed, event, body, about=about, repository_id=repository.id)

    def installation(self, installed: Installation, event: str, content: Json, *, by: str) -> None:
        """Tell of an installation itself."""
        world = self._store.world
        sender = world.account(by)
        body = content | {
            "installation": objects.installation(world, installed),
            "sender": objects.account(world, sender) if sender else None,
        }
        self._send(installed, event, body, about=installed.account)

    def past(self) -> list[Delivery]:
        """What was attempted in the last days, of all that have the app, the latest first."""
        since = self._clock() - KEPT
        attempted = [
            (each.attempted_at, each.number, each)
            for world in (self._store.world, *self._store.other_worlds)
            for each in world.deliveries
            if each.vendor == "github" and each.outcome != "pending" and each.attempted_at
        ]
        return [each for at, *_, each in sorted(attempted, key=_age, reverse=True) if at >= since]

    def redeliver(self, delivery: Delivery) -> None:
        """Try again, under the same id, as the app has asked."""
        changes = {"attempts": 0, "outcome": "pending", "status": None, "error": "", "created_at": self._clock()}
        number = self._store.world.github.next_delivery()
        self._courier.send(delivery.model_copy(update=changes | {"number": number, "redelivery": True}))

    def _concerns(self, installed: Installation, repository: Repository, event: str) -> bool:
        world = self._store.world
        return (
            installed.suspended_at is None
            and event in world.github.app.events
            and NEEDS[event] in world.permissions(installed)
            and repository in world.repositories(installed)
        )

    def _send(
        self, installed: Installation, event: str, body: Json, *, about: str, repository_id: int | None = None
    ) -> None:
        guid, now = str(uuid.uuid4()), self._clock()
        delivery = Delivery(
            id=guid,
            vendor="github",
            kind=f"{event}.{body['action']}" if "action" in body else event,
            line=f"github/{installed.id if repository_id is None else guid}",
            about=about,
            body=body,
            created_at=now,
            number=self._store.world.github.next_delivery(),
            installation_id=installed.id,
            repository_id=repository_id,
        )
        match self._losing(event):
            case None:
                self._courier.send_copies(delivery)
            case Losing(how="failed"):
                failed = {"outcome": "failed", "error": "connection_failed", "attempts": 1, "attempted_at": now}
                self._courier.send(delivery.model_copy(update=failed))
            case Losing(how="late", seconds=seconds):
                asyncio.get_running_loop().call_later(seconds, self._courier.send_copies, delivery)
            case Losing(how="lost"):
                pass
        self._store.changed()

    def _losing(self, event: str) -> Losing | None:
        """What becomes of an event, if it is to be lost or late; uses up one of as many."""
        waiting = self._store.world.github.losing
        found = next((each for each in waiting if each.event in {"*", event}), None)
        if found is not None:
            found.times -= 1
            if not found.times:
                waiting.remove(found)
        return found


def _age(attempt: tuple[datetime, int, Delivery]) -> tuple[datetime, int]:
    return attempt[:2]
