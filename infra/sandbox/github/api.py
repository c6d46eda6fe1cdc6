"""What GitHub's REST API shows of the app and its installations; operations are called as in its OpenAPI document."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.grants import Token
from infra.sandbox.core.state import Clock, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github import objects
from infra.sandbox.github.gate import FORBIDDEN, GitHubGate, arguments
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.state import GitHubWorld, Installation, Repository
from infra.sandbox.github.wire import Denied, page

LIFETIME = timedelta(hours=1)


class GitHubApi:
    """The operations."""

    def __init__(
        self,
        store: Store[GitHubWorld],
        tokens: Tokens,
        installations: GitHubInstallations,
        gate: GitHubGate,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._installations = installations
        self._gate = gate
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where they are, relative to `/github/api`."""
        one = "/app/installations/{installation_id:int}"
        route, repositories = self._gate.route, self._repositories
        return [
            route("/user", "users/get-authenticated", self._user),
            route("/user/installations", "apps/list-installations-for-authenticated-user", self._accessible),
            route("/user/memberships/orgs/{login}", "orgs/get-membership-for-authenticated-user", self._membership),
            route("/app", "apps/get-authenticated", self._app),
            route("/app/installations", "apps/list-installations", self._all),
            route(one, "apps/get-installation", self._one),
            route(one, "apps/delete-installation", self._delete, "DELETE"),
            route(f"{one}/access_tokens", "apps/create-installation-access-token", self._mint, "POST"),
            route("/users/{login}/installation", "apps/get-user-installation", self._of_user),
            route("/orgs/{login}/installation", "apps/get-org-installation", self._of_organization),
            route("/installation/token", "apps/revoke-installation-access-token", self._end, "DELETE"),
            route("/installation/repositories", "apps/list-repos-accessible-to-installation", repositories),
        ]

    def _user(self, request: Request) -> Response:
        return JSONResponse(objects.user(self._store.world, self._gate.person(request)))

    def _accessible(self, request: Request) -> Response:
        """A person sees what is installed on the own account and on the organisation, whose members all are."""
        world = self._store.world
        accounts = (self._gate.person(request).github_login, world.github.organization.login)
        visible = [each for each in map(world.installation, accounts) if each is not None]
        chosen, headers = page(request, visible)
        return JSONResponse({"total_count": len(visible), "installations": self._described(chosen)}, headers=headers)

    def _membership(self, request: Request) -> Response:
        """What a person is in an organisation, for an app that may read members there."""
        world, person = self._store.world, self._gate.person(request)
        organization = world.github.organization
        if request.path_params["login"].lower() != organization.login.lower():
            raise Denied(404, "Not Found")
        installed = world.installation(organization.login)
        if installed is None or "members" not in world.permissions(installed):
            raise Denied(403, FORBIDDEN)
        return JSONResponse(objects.membership(world, person))

    def _app(self, request: Request) -> Response:
        self._gate.prove(request)
        worlds = (self._store.world, *self._store.other_worlds)
        return JSONResponse(objects.app(worlds[0], sum(len(each.github.installations) for each in worlds)))

    def _all(self, request: Request) -> Response:
        self._gate.prove(request)
        worlds = (self._store.world, *self._store.other_worlds)
        everywhere = [(world, each) for world in worlds for each in world.github.installations.values()]
        chosen, headers = page(request, everywhere)
        return JSONResponse([objects.installation(world, each) for world, each in chosen], headers=headers)

    def _one(self, request: Request) -> Response:
        return JSONResponse(objects.installation(self._store.world, self._named(request)))

    def _delete(self, request: Request) -> Response:
        installed = self._named(request)
        self._installations.delete(installed, by=self._installations.owner(installed))
        return Response(status_code=204)

    def _mint(self, request: Request) -> Response:
        """A token for all that the installation reaches and may do, or for the part of both that was asked for."""
        world, installed = self._store.world, self._named(request)
        if installed.suspended_at is not None:
            raise Denied(403, "This installation has been suspended")
        repositories = self._asked_for(request, installed)
        granted = world.permissions(installed)
        permissions = arguments(request).get("permissions") or granted
        if not isinstance(permissions, dict) or not _is_within(permissions, granted):
            raise Denied(422, "The permissions requested are not granted to this installation.")
        chosen = (
            repositories if repositories is not None or installed.selected is None else world.repositories(installed)
        )
        token = Token(
            vendor="github",
            kind="installation",
            # Since April 2026 they are long and of no fixed length.
            access=f"ghs_{world.config.github_app_id}_{secrets.token_urlsafe(180)}",
            installation_id=installed.id,
            repository_ids=[each.id for each in repositories] if repositories is not None else None,
            permissions=permissions if permissions != granted else None,
            expires_at=self._clock() + LIFETIME,
        )
        self._tokens.tally("github").refreshes += 1
        self._tokens.issue(token)
        body: Json = {
            "token": token.access,
            "expires_at": objects.moment(token.expires_at),
            "permissions": permissions,
            "repository_selection": "all" if chosen is None else "selected",
        }
        if chosen is not None:
            body["repositories"] = [objects.repository(world, each) for each in chosen]
        return JSONResponse(body, status_code=201)

    def _asked_for(self, request: Request, installed: Installation) -> list[Repository] | None:
        """The repositories that a token is to be narrowed to; None for no less than there are."""
        asked, reachable = arguments(request), self._store.world.repositories(installed)
        names, ids = asked.get("repositories") or [], asked.get("repository_ids") or []
        if not isinstance(names, list) or not isinstance(ids, list):
            raise Denied(422, "Invalid request.")
        if not names and not ids:
            return None
        found = [each for each in reachable if each.name in names or each.id in ids]
        if len(found) < len(names) + len(ids):
            unknown = "There is at least one repository that does not exist or is not accessible"
            raise Denied(422, f"{unknown} to the parent installation.")
        return found

    def _of_user(self, request: Request) -> Response:
        return self._on(request, "User")

    def _of_organization(self, request: Request) -> Response:
        return self._on(request, "Organization")

    def _on(self, request: Request, kind: str) -> Response:
        self._gate.prove(request)
        world = self._store.world
        account = world.account(request.path_params["login"])
        installed = world.installation(account.login) if account and account.type == kind else None
        if installed is None:
            raise Denied(404, "Not Found")
        return JSONResponse(objects.installation(world, installed))

    def _end(self, request: Request) -> Response:
        token = self._gate.token(request)
        if token.installation_id is None:
            raise Denied(403, "You must authenticate with an installation access token.")
        self._tokens.revoke(token)
        return Response(status_code=204)

    def _repositories(self, request: Request) -> Response:
        world, reach = self._store.world, self._gate.opened(request)
        chosen, headers = page(request, reach.repositories)
        described = [objects.repository(world, each) for each in chosen]
        selection = "all" if reach.installation.selected is None else "selected"
        total = len(reach.repositories)
        body = {"total_count": total, "repository_selection": selection, "repositories": described}
        return JSONResponse(body, headers=headers)

    def _named(self, request: Request) -> Installation:
        self._gate.prove(request)
        installed = self._store.world.github.installations.get(request.path_params["installation_id"])
        if installed is None:
            raise Denied(404, "Not Found")
        return installed

    def _described(self, installed: Sequence[Installation]) -> list[Json]:
        return [objects.installation(self._store.world, each) for each in installed]


def _is_within(asked: Json, granted: dict[str, str]) -> bool:
    """Whether no more is asked for than was granted; who may write may read as well."""
    enough = {"read": {"read", "write"}, "write": {"write"}}
    return all(granted.get(name) in enough.get(str(access), ()) for name, access in asked.items())
