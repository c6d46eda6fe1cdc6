"""The doors for people and tests that end the app's access, as time, a workspace's admin or an owner would."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.routing import Route

from infra.local.sandbox.control_forms import AccessControl, BadControl, InstallationControl, body_of
from infra.local.sandbox.control_routes import route
from infra.local.sandbox.github_installations import GitHubInstallations
from infra.local.sandbox.github_state import Installation
from infra.local.sandbox.linear_oauth import LinearOAuth
from infra.local.sandbox.slack_installation import SlackInstallation
from infra.local.sandbox.state import Json
from infra.local.sandbox.store import Store
from infra.local.sandbox.tokens import Tokens


class OAuthControls:
    """The handlers."""

    def __init__(
        self,
        store: Store,
        tokens: Tokens,
        slack: SlackInstallation,
        linear: LinearOAuth,
        github: GitHubInstallations,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._removals: dict[str, Callable[[], int]] = {
            "slack": slack.remove,
            "linear": linear.remove,
            "github": self._remove_github,
        }
        self._github = github

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/oauth/expire", self._expire),
            route("/oauth/revoke", self._revoke),
            route("/github/suspend", self._suspend),
            route("/github/unsuspend", self._unsuspend),
            route("/github/delete", self._delete),
        ]

    async def _expire(self, request: Request) -> Json:
        wanted = await body_of(request, AccessControl)
        return {"ok": True, "tokens": self._tokens.expire_all(wanted.vendor)}

    async def _revoke(self, request: Request) -> Json:
        wanted = await body_of(request, AccessControl)
        return {"ok": True, "tokens": self._removals[wanted.vendor]()}

    async def _suspend(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._github.suspend(installed, by=self._github.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _unsuspend(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._github.unsuspend(installed, by=self._github.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _delete(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._github.delete(installed, by=self._github.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _installation(self, request: Request) -> Installation:
        wanted = await body_of(request, InstallationControl)
        installed = list(self._store.world.github.installations.values())
        found = [each for each in installed if wanted.installation_id in {None, each.id}]
        if not found:
            raise BadControl("installation_id", "the app is not installed there")
        return found[-1]

    def _remove_github(self) -> int:
        dying = self._tokens.all("github")
        for installed in list(self._store.world.github.installations.values()):
            self._github.delete(installed, by=self._github.owner(installed))
        self._tokens.revoke(*dying)
        return len(dying)
