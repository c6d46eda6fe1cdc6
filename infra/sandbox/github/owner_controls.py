"""Doors for people and tests: decide about the app and about repositories as their owner does."""

from typing import Literal

from pydantic import Field
from starlette.requests import Request
from starlette.routing import Route

from infra.sandbox.core.controls import BadControl, body_of, route
from infra.sandbox.core.state import Json, Model
from infra.sandbox.github.controls import Acting, GitHubControls, attempt
from infra.sandbox.github.happenings import Happenings
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.repositories import GitHubRepositories
from infra.sandbox.github.state import Installation, Losing


class InstallationControl(Model):
    """Names an installation on GitHub; without an id the latest is meant."""

    installation_id: int | None = None


class ChooseControl(InstallationControl):
    """An owner lets the app at these repositories; null for all."""

    repositories: list[str] | None


class AppControl(Model):
    """Whoever registered the app asks for other permissions and events; owners have to agree."""

    permissions: dict[str, Literal["read", "write"]]
    events: list[str]


class CreateControl(Acting):
    """An owner makes a repository."""

    name: str = Field(pattern=r"^[\w.-]+$")
    description: str = ""
    private: bool = True


class RepositoryControl(Acting):
    """What an owner does to a repository; `value` is the new name or the new owner."""

    do: Literal["rename", "transfer", "privatize", "publicize", "archive", "unarchive", "delete"]
    value: str = ""


class GitHubOwnerControls(GitHubControls):
    """The handlers."""

    def __init__(self, happenings: Happenings, installations: GitHubInstallations) -> None:
        super().__init__(happenings)
        self._installations = installations
        self._repositories = GitHubRepositories(happenings, installations)

    def routes(self) -> list[Route]:
        """Where the doors are, relative to `/_sandbox`."""
        return [
            route("/github/suspend", self._suspend),
            route("/github/unsuspend", self._unsuspend),
            route("/github/delete", self._delete),
            route("/github/choose", self._choose),
            route("/github/app", self._app),
            route("/github/permissions", self._accept),
            route("/github/losing", self._lose),
            route("/github/repositories", self._create),
            route("/github/repositories/{repository}", self._repository),
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

    async def _choose(self, request: Request) -> Json:
        body = await body_of(request, ChooseControl)
        installed = self._matching(body.installation_id)
        chosen = None if body.repositories is None else [self._place(each).id for each in body.repositories]
        self._installations.choose(installed, chosen, by=self._installations.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _app(self, request: Request) -> Json:
        body = await body_of(request, AppControl)
        self._installations.ask(dict(body.permissions), body.events)
        return {"ok": True}

    async def _accept(self, request: Request) -> Json:
        installed = await self._installation(request)
        self._installations.accept(installed, by=self._installations.owner(installed))
        return {"ok": True, "installation_id": installed.id}

    async def _lose(self, request: Request) -> Json:
        self._world.github.losing.append(await body_of(request, Losing))
        self._happenings.store.changed()
        return {"ok": True}

    async def _create(self, request: Request) -> Json:
        body = await body_of(request, CreateControl)
        by, fields = self._login(body.user), body.model_dump(exclude={"user", "name"})
        place = attempt("name", lambda: self._repositories.create(body.name, by=by, **fields))
        return {"ok": True, "id": place.id, "full_name": self._world.full_name(place)}

    async def _repository(self, request: Request) -> Json:
        body = await body_of(request, RepositoryControl)
        place, by = self._place(request.path_params["repository"]), self._login(body.user)
        repositories = self._repositories
        match body.do:
            case "rename":
                attempt("value", lambda: repositories.rename(place, body.value, by=by))
            case "transfer":
                attempt("value", lambda: repositories.transfer(place, body.value, by=by))
            case "privatize" | "publicize":
                repositories.show(place, by=by, private=body.do == "privatize")
            case "archive" | "unarchive":
                repositories.archive(place, by=by, archived=body.do == "archive")
            case "delete":
                repositories.delete(place, by=by)
        return {"ok": True, "full_name": self._world.full_name(place)}

    async def _installation(self, request: Request) -> Installation:
        return self._matching((await body_of(request, InstallationControl)).installation_id)

    def _matching(self, installation_id: int | None) -> Installation:
        installed = list(self._world.github.installations.values())
        matching = [each for each in installed if installation_id in {None, each.id}]
        if not matching:
            raise BadControl("installation_id", "the app is not installed there")
        return matching[-1]
