"""Doors for people and tests: decide about the app's installations, as an owner on GitHub would."""

from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.core.store import Store
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.state import GitHubWorld, Installation


class InstallationControl(Model):
    """Names an installation on GitHub; without an id the latest is meant."""

    installation_id: int | None = None


class GitHubControls:
    """The handlers."""

    def __init__(self, store: Store[GitHubWorld], installations: GitHubInstallations) -> None:
        self._store = store
        self._installations = installations

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/github/suspend", self._suspend),
            route("/github/unsuspend", self._unsuspend),
            route("/github/delete", self._delete),
        ]

    async def _suspend(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._installations.suspend(installed, by=self._installations.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _unsuspend(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._installations.unsuspend(installed, by=self._installations.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _delete(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._installations.delete(installed, by=self._installations.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _installation(self, request: Request) -> Installation:
        body = await body_of(request, InstallationControl)
        installed = list(self._store.world.github.installations.values())
        matching = [each for each in installed if body.installation_id in {None, each.id}]
        if not matching:
            raise BadControl("installation_id", "the app is not installed there")
        return matching[-1]
