"""Who calls GitHub's API, what they may see there, and how every answer is made."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.requests import arguments_of
from infra.sandbox.core.state import Clock, Fault, Json, Person
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.github.limits import GitHubLimits
from infra.sandbox.github.state import GitHubWorld, Installation, Repository
from infra.sandbox.github.wire import Denied, Moved, bearer, check_assertion, refusal

FORBIDDEN = "Resource not accessible by integration"


@dataclass(frozen=True)
class Reach:
    """What a token opens: an installation's repositories, or some of them, and what may be done there."""

    installation: Installation
    repositories: list[Repository]
    permissions: dict[str, str]

    def may(self, place: Repository, *permissions: str) -> bool:
        """Whether one of these permissions is there; what is public everybody may read."""
        return not place.private or bool({*permissions} & self.permissions.keys())

    def sees(self, place: Repository) -> bool:
        """Whether it is there for the caller."""
        return place in self.repositories or not place.private


class GitHubGate:
    """Lets callers in."""

    def __init__(
        self, store: Store[GitHubWorld], tokens: Tokens, faults: Faults, limits: GitHubLimits, clock: Clock
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._faults = faults
        self._limits = limits
        self._clock = clock

    def route(self, path: str, operation: str, handle: Callable[[Request], Response], method: str = "GET") -> Route:
        """An operation, which counts, may be told to misbehave, and answers what is unchanged with 304."""
        self._faults.offer("github", lambda: [operation])

        async def answer(request: Request) -> Response:
            self._store.count(f"github.{operation}")
            request.state.arguments = await arguments_of(request)

            async def perform() -> Response:
                return self._answered(request, handle)

            def refuse(fault: Fault) -> Response:
                return refusal(fault, self._clock())

            return await self._faults.answer(request, "github", [operation], perform=perform, refuse=refuse)

        return Route(path, answer, methods=[method])

    def prove(self, request: Request) -> None:
        """Let the app itself in.

        Raises:
            Denied: it is not.
        """
        check_assertion(bearer(request), self._store.world.config, self._clock())

    def token(self, request: Request) -> Token:
        """The token that the caller shows.

        Raises:
            Denied: it is none that counts.
        """
        token = self._tokens.live("github", bearer(request))
        if token is None:
            raise Denied(401, "Bad credentials")
        return token

    def person(self, request: Request) -> Person:
        """Whose token it is.

        Raises:
            Denied: nobody's.
        """
        token = self.token(request)
        person = self._store.world.person(token.person) if token.kind == "user" else None
        if person is None:
            raise Denied(403, FORBIDDEN)
        return person

    def opened(self, request: Request) -> Reach:
        """What the caller's token opens.

        Raises:
            Denied: it is no installation's, or that is suspended.
        """
        token, world = self.token(request), self._store.world
        if token.installation_id is None:
            raise Denied(403, "You must authenticate with an installation access token.")
        installed = world.github.installations[token.installation_id]
        if installed.suspended_at is not None:
            raise Denied(403, "This installation has been suspended")
        repositories, chosen = world.repositories(installed), token.repository_ids
        granted, asked = world.permissions(installed), token.permissions
        return Reach(
            installation=installed,
            repositories=[each for each in repositories if chosen is None or each.id in chosen],
            permissions=granted if asked is None else {name: each for name, each in asked.items() if name in granted},
        )

    def repository(self, request: Request, *permissions: str) -> tuple[Repository, Reach]:
        """The repository that the address names, for who has one of the permissions.

        Raises:
            Moved: it is called otherwise by now.
            Denied: it is not there, or nothing for the caller.
        """
        reach, world, names = self.opened(request), self._store.world, request.path_params
        full_name = f"{names.get('owner')}/{names.get('repo')}"
        if "repository_id" in names:
            found = next((each for each in world.github.repositories if each.id == names["repository_id"]), None)
        else:
            found = world.repository(full_name)
            former = world.moved(full_name) if found is None else None
            if former is not None and reach.sees(former):
                api = f"{world.github_url}/api/repositories/{former.id}"
                path, query = request.url.path.partition(f"/repos/{full_name}")[2], request.url.query
                raise Moved(f"{api}{path}{'?' if query else ''}{query}")
        if found is None or not reach.sees(found):
            raise Denied(404, "Not Found")
        if permissions and not reach.may(found, *permissions):
            raise Denied(403, FORBIDDEN)
        return found, reach

    def _answered(self, request: Request, handle: Callable[[Request], Response]) -> Response:
        who = self.caller(request)
        if self._limits.is_over(who, "core"):
            limited = Denied(403, f"API rate limit exceeded for {who}.").answer
            limited.headers.update(self._limits.headers(who, "core"))
            return limited
        try:
            response = handle(request)
        except Denied as denied:
            response = denied.answer
        if request.method == "GET" and response.status_code == 200:
            response = _unless_unchanged(request, response)
        if response.status_code != 304:
            self._limits.spend(who, "core")
        response.headers.update(self._limits.headers(who, "core"))
        return response

    def caller(self, request: Request) -> str:
        """Who it is, as the limits name them."""
        token = self._tokens.find("github", request.headers.get("authorization", "").partition(" ")[2])
        if token is None:
            return "app"
        return f"installation ID {token.installation_id}" if token.installation_id else f"user {token.person}"


def arguments(request: Request) -> Json:
    """What was sent with a request that came in by the gate."""
    sent: Json = request.state.arguments
    return sent


def _unless_unchanged(request: Request, response: Response) -> Response:
    """Say only that it is as the caller knows it, if it is."""
    tag = f'W/"{sha256(response.body).hexdigest()}"'
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers={"etag": tag})
    response.headers["etag"] = tag
    return response
