"""GitHub's REST API, as far as the product uses it; operations are called as in GitHub's own OpenAPI document."""

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.state import Clock, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github import objects
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.state import GitHubWorld, Installation
from infra.sandbox.github.wire import Denied, bearer, check_assertion, page, refusal

LIFETIME = timedelta(hours=1)


class GitHubApi:
    """The operations."""

    def __init__(
        self,
        store: Store[GitHubWorld],
        tokens: Tokens,
        installations: GitHubInstallations,
        faults: Faults,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._installations = installations
        self._faults = faults
        self._clock = clock

    def routes(self) -> list[Route]:
        """Where they are, relative to `/github/api`."""
        one = "/app/installations/{installation_id:int}"
        repositories = self._repositories
        return [
            self._route("/user", "users/get-authenticated", self._user),
            self._route("/user/installations", "apps/list-installations-for-authenticated-user", self._accessible),
            self._route(
                "/user/memberships/orgs/{login}", "orgs/get-membership-for-authenticated-user", self._membership
            ),
            self._route("/app", "apps/get-authenticated", self._app),
            self._route("/app/installations", "apps/list-installations", self._all),
            self._route(one, "apps/get-installation", self._one),
            self._route(one, "apps/delete-installation", self._delete, "DELETE"),
            self._route(f"{one}/access_tokens", "apps/create-installation-access-token", self._mint, "POST"),
            self._route("/users/{login}/installation", "apps/get-user-installation", self._of_user),
            self._route("/orgs/{login}/installation", "apps/get-org-installation", self._of_organization),
            self._route("/installation/token", "apps/revoke-installation-access-token", self._end, "DELETE"),
            self._route("/installation/repositories", "apps/list-repos-accessible-to-installation", repositories),
        ]

    def _route(self, path: str, operation: str, handle: Callable[[Request], Response], method: str = "GET") -> Route:
        async def answer(request: Request) -> Response:
            self._store.count(f"github.{operation}")

            async def perform() -> Response:
                try:
                    return handle(request)
                except Denied as denied:
                    return denied.answer

            return await self._faults.answer(request, "github", [operation], perform=perform, refuse=refusal)

        return Route(path, answer, methods=[method])

    def _user(self, request: Request) -> Response:
        return JSONResponse(objects.user(self._store.world, self._person(request)))

    def _accessible(self, request: Request) -> Response:
        """A person sees what is installed on the own account and on the organisation, whose members all are."""
        world = self._store.world
        accounts = (self._person(request).github_login, world.github.organization.login)
        visible = [each for each in map(world.installation, accounts) if each is not None]
        chosen, headers = page(request, visible)
        return JSONResponse({"total_count": len(visible), "installations": self._described(chosen)}, headers=headers)

    def _membership(self, request: Request) -> Response:
        """What a person is in an organisation, for an app that may read members there."""
        world, person = self._store.world, self._person(request)
        organization = world.github.organization
        if request.path_params["login"].lower() != organization.login.lower():
            raise Denied(404, "Not Found")
        if world.installation(organization.login) is None or "members" not in world.github.app.permissions:
            raise Denied(403, "Resource not accessible by integration")
        return JSONResponse(objects.membership(world, person))

    def _app(self, request: Request) -> Response:
        self._prove(request)
        worlds = (self._store.world, *self._store.other_worlds)
        return JSONResponse(objects.app(worlds[0], sum(len(each.github.installations) for each in worlds)))

    def _all(self, request: Request) -> Response:
        self._prove(request)
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
        world, installed = self._store.world, self._named(request)
        if installed.suspended_at is not None:
            raise Denied(403, "This installation has been suspended")
        token = Token(
            vendor="github",
            kind="installation",
            # Since April 2026 they are long and of no fixed length.
            access=f"ghs_{world.config.github_app_id}_{secrets.token_urlsafe(180)}",
            installation_id=installed.id,
            expires_at=self._clock() + LIFETIME,
        )
        self._tokens.tally("github").refreshes += 1
        self._tokens.issue(token)
        body: Json = {
            "token": token.access,
            "expires_at": objects.moment(token.expires_at),
            "permissions": world.github.app.permissions,
            "repository_selection": "all" if installed.selected is None else "selected",
        }
        if installed.selected is not None:
            body["repositories"] = [objects.repository(world, each) for each in world.repositories(installed)]
        return JSONResponse(body, status_code=201)

    def _of_user(self, request: Request) -> Response:
        return self._on(request, "User")

    def _of_organization(self, request: Request) -> Response:
        return self._on(request, "Organization")

    def _on(self, request: Request, kind: str) -> Response:
        self._prove(request)
        world = self._store.world
        account = world.account(request.path_params["login"])
        installed = world.installation(account.login) if account and account.type == kind else None
        if installed is None:
            raise Denied(404, "Not Found")
        return JSONResponse(objects.installation(world, installed))

    def _end(self, request: Request) -> Response:
        self._tokens.revoke(self._opened(request)[0])
        return Response(status_code=204)

    def _repositories(self, request: Request) -> Response:
        world, (_, installed) = self._store.world, self._opened(request)
        if installed.suspended_at is not None:
            raise Denied(403, "This installation has been suspended")
        reachable = world.repositories(installed)
        chosen, headers = page(request, reachable)
        described = [objects.repository(world, each) for each in chosen]
        selection = "all" if installed.selected is None else "selected"
        body = {"total_count": len(reachable), "repository_selection": selection, "repositories": described}
        return JSONResponse(body, headers=headers)

    def _prove(self, request: Request) -> None:
        check_assertion(bearer(request), self._store.world.config, self._clock())

    def _named(self, request: Request) -> Installation:
        self._prove(request)
        installed = self._store.world.github.installations.get(request.path_params["installation_id"])
        if installed is None:
            raise Denied(404, "Not Found")
        return installed

    def _token(self, request: Request) -> Token:
        token = self._tokens.live("github", bearer(request))
        if token is None:
            raise Denied(401, "Bad credentials")
        return token

    def _opened(self, request: Request) -> tuple[Token, Installation]:
        token = self._token(request)
        if token.installation_id is None:
            raise Denied(403, "You must authenticate with an installation access token.")
        return token, self._store.world.github.installations[token.installation_id]

    def _person(self, request: Request) -> Person:
        token = self._token(request)
        person = self._store.world.person(token.person) if token.kind == "user" else None
        if person is None:
            raise Denied(403, "Resource not accessible by integration")
        return person

    def _described(self, installed: Sequence[Installation]) -> list[Json]:
        return [objects.installation(self._store.world, each) for each in installed]
