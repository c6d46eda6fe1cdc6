"""GitHub's pages: installing the app, what an account has, and an owner's way to suspend or remove the app."""

from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core import consent
from infra.sandbox.core.pages import PAGES, missing, problem
from infra.sandbox.core.state import Person
from infra.sandbox.core.store import Store
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.oauth import GitHubOAuth, people, signed_in
from infra.sandbox.github.state import GitHubWorld, Installation


class GitHubPages:
    """The pages."""

    def __init__(self, store: Store[GitHubWorld], installations: GitHubInstallations, oauth: GitHubOAuth) -> None:
        self._store = store
        self._installations = installations
        self._oauth = oauth

    def routes(self) -> list[Route]:
        """Where they are, relative to `/github`."""
        both = ["GET", "POST"]
        return [
            Route("/apps/{slug}", self.app),
            Route("/apps/{slug}/installations/new", self.install, methods=both),
            Route("/settings/installations/{id:int}", self.settings, methods=both),
            Route("/organizations/{login}/settings/installations/{id:int}", self.settings, methods=both),
            Route("/{login}", self.account),
            Route("/{login}/{repository}", self.repository),
        ]

    async def app(self, request: Request) -> Response:
        """The app introduces itself."""
        app, slug = self._store.world.github.app, request.path_params["slug"]
        if slug != self._store.world.config.github_app_slug:
            return missing("app")
        return PAGES.page("github/app.html", title=app.name, app=app, slug=slug)

    async def install(self, request: Request) -> Response:
        """Choose an account and repositories; then the browser goes back to the app with an `installation_id`.

        As on GitHub, a member of an organisation can only ask its owners, and the answer then names no installation.
        """
        world = self._store.world
        if not world.config.github_app_slug or request.path_params["slug"] != world.config.github_app_slug:
            return missing("app")
        params = await consent.params_of(request)
        if request.method == "GET":
            return consent.ask(self._question(request), params, world.config)
        person = world.person(params.get("person", ""))
        if params.get("answer") != "allow" or person is None:
            return problem("Nothing was installed", status=200)
        said = self._installed(person, params, parse_qs((await request.body()).decode(errors="replace")))
        code = self._oauth.code(person)
        return signed_in(consent.back(params, world.config, "github", code=code, **said), person)

    async def settings(self, request: Request) -> Response:
        """An installation as its owner sees it."""
        installed = self._store.world.github.installations.get(request.path_params["id"])
        if installed is None:
            return missing("installation")
        if request.method == "POST":
            return self._decide(installed, (await consent.params_of(request)).get("answer", ""))
        world = self._store.world
        return PAGES.page(
            "github/installation.html",
            forms="'self'",
            title=world.github.app.name,
            installation=installed,
            owner=world.github.organization.login,
            repositories=world.repositories(installed),
        )

    async def account(self, request: Request) -> Response:
        """Who it is, with the repositories and the app if it is installed."""
        world = self._store.world
        account = world.account(request.path_params["login"])
        if account is None:
            return missing("account")
        return PAGES.page(
            "github/account.html",
            title=account.name,
            account=account,
            repositories=world.github.repositories if account == world.github.organization else [],
            app=world.github.app,
            installation=world.installation(account.login),
        )

    async def repository(self, request: Request) -> Response:
        """A repository's name and purpose."""
        github, names = self._store.world.github, request.path_params
        repository = next((each for each in github.repositories if each.name == names["repository"]), None)
        if repository is None or names["login"] != github.organization.login:
            return missing("repository")
        return PAGES.page("message.html", title=repository.name, text=repository.description)

    def _question(self, request: Request) -> consent.Question:
        github = self._store.world.github
        return consent.Question(
            template="github/install.html",
            title=f"Install {github.app.name}",
            points=[f"{access.title()} {name.replace('_', ' ')}" for name, access in github.app.permissions.items()],
            people=people(self._store.world.people, request),
            shown={
                "app": github.app.name,
                "organization": github.organization.name,
                "repositories": github.repositories,
            },
            choice="target_id",
            place=str(github.organization.id),
            others={
                each.github.organization.name: str(each.github.organization.id) for each in self._store.other_worlds
            },
            allow="Install",
        )

    def _installed(self, person: Person, params: consent.OAuthParams, fields: dict[str, list[str]]) -> dict[str, str]:
        world = self._store.world
        own = params.get("account") == "own"
        account = world.account(person.github_login) if own else world.github.organization
        if account is None or not (own or person.github_login in world.github.owners):
            return {"setup_action": "request"}
        repository_ids = {str(each.id): each.id for each in world.github.repositories}
        chosen = [repository_ids[each] for each in fields.get("repository", []) if each in repository_ids]
        selected = chosen if params.get("repositories") == "selected" else None
        installed, new = self._installations.install(account, selected, by=person)
        return {"installation_id": str(installed.id), "setup_action": "install" if new else "update"}

    def _decide(self, installed: Installation, answer: str) -> Response:
        by = self._installations.owner(installed)
        match answer:
            case "suspend":
                self._installations.suspend(installed, by=by)
            case "unsuspend":
                self._installations.unsuspend(installed, by=by)
            case "delete":
                self._installations.delete(installed, by=by)
        return RedirectResponse(f"/github/{installed.account}", 303)
