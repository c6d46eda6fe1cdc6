"""GitHub's pages: installing the app, what an account has, and an owner's way to suspend or remove the app."""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.local.sandbox import consent
from infra.local.sandbox.github_installations import GitHubInstallations
from infra.local.sandbox.github_oauth import GitHubOAuth, people, signed_in
from infra.local.sandbox.github_state import Installation, Repository
from infra.local.sandbox.layout import missing, page, rows
from infra.local.sandbox.markup import badge_html
from infra.local.sandbox.state import Person
from infra.local.sandbox.store import Store


class GitHubPages:
    """The pages."""

    def __init__(self, store: Store, installations: GitHubInstallations, oauth: GitHubOAuth) -> None:
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
        link = f"<a href='/github/apps/{escape(slug)}/installations/new'>Install</a>"
        return page(app.name, f"<h1>{escape(app.name)}</h1><p>{escape(app.description)}</p><p>{link}</p>")

    async def install(self, request: Request) -> Response:
        """Choose an account and repositories; then the browser goes back to the app with an `installation_id`.

        As on GitHub, a member of an organisation can only ask its owners, and the answer then names no installation.
        """
        world = self._store.world
        if not world.config.github_app_slug or request.path_params["slug"] != world.config.github_app_slug:
            return missing("app")
        asked = await consent.asked_of(request)
        if request.method == "GET":
            return consent.ask(self._question(request), asked, world.config)
        person = world.person(asked.get("person", ""))
        if asked.get("answer") != "allow" or person is None:
            return page("Nothing was installed", "<h1>Nothing was installed</h1>")
        said = self._installed(person, asked, parse_qs((await request.body()).decode(errors="replace")))
        code = self._oauth.code(person)
        return signed_in(consent.back(asked, world.config, "github", code=code, **said), person)

    async def settings(self, request: Request) -> Response:
        """An installation as its owner sees it."""
        installed = self._store.world.github.installations.get(request.path_params["id"])
        if installed is None:
            return missing("installation")
        if request.method == "POST":
            return self._decide(installed, (await consent.asked_of(request)).get("answer", ""))
        answers = {"unsuspend": "Unsuspend"} if installed.suspended_at else {"suspend": "Suspend"}
        buttons = "".join(
            f"<button name='answer' value='{value}'>{label}</button>"
            for value, label in (answers | {"delete": "Uninstall"}).items()
        )
        reach = rows(self._row(each) for each in self._store.world.repositories(installed))
        name = escape(self._store.world.github.app.name)
        body = (
            f"<h1>{name} on {escape(installed.account)}{_suspended(installed)}</h1>"
            f"<h2>Repositories it can reach</h2>{reach or '<p>None.</p>'}<form method='post'><p>{buttons}</p></form>"
        )
        return page(name, body, forms="'self'")

    async def account(self, request: Request) -> Response:
        """Who it is, with the repositories and the app if it is installed."""
        world = self._store.world
        account = world.account(request.path_params["login"])
        if account is None:
            return missing("account")
        installed = world.installation(account.login)
        owned = world.github.repositories if account == world.github.organization else []
        listed = rows(self._row(each) for each in owned)
        link = (
            f"<a href='/github/settings/installations/{installed.id}'>{escape(world.github.app.name)}</a>"
            if installed
            else "None."
        )
        body = (
            f"<h1>{escape(account.name)}</h1><p class='quiet'>{escape(account.login)} on GitHub</p>"
            f"<h2>Repositories</h2>{listed or '<p>None.</p>'}"
            f"<h2>Installed apps</h2><p>{link}{_suspended(installed) if installed else ''}</p>"
        )
        return page(account.name, body)

    async def repository(self, request: Request) -> Response:
        """A repository's name and purpose."""
        github, names = self._store.world.github, request.path_params
        found = next((each for each in github.repositories if each.name == names["repository"]), None)
        if found is None or names["login"] != github.organization.login:
            return missing("repository")
        return page(found.name, f"<h1>{escape(found.name)}</h1><p>{escape(found.description)}</p>")

    def _question(self, request: Request) -> consent.Question:
        github = self._store.world.github
        repositories = "".join(
            f"<br><label><input type='checkbox' name='repository' value='{each.id}'> {escape(each.name)}</label>"
            for each in github.repositories
        )
        return consent.Question(
            title=f"Install {github.app.name}",
            heading=f"Install <b>{escape(github.app.name)}</b> on GitHub",
            points=[f"{access.title()} {name.replace('_', ' ')}" for name, access in github.app.permissions.items()],
            people=people(self._store.world.people, request),
            choices=(
                "<p><label>On <select name='account'>"
                f"<option value='organization'>{escape(github.organization.name)}</option>"
                "<option value='own'>the own account</option></select></label></p>"
                "<p><label><input type='radio' name='repositories' value='all' checked> All repositories</label><br>"
                "<label><input type='radio' name='repositories' value='selected'> Only these:</label>"
                f"{repositories}</p>"
            ),
            allow="Install",
        )

    def _installed(self, person: Person, asked: consent.Asked, fields: dict[str, list[str]]) -> dict[str, str]:
        world = self._store.world
        own = asked.get("account") == "own"
        account = world.account(person.github_login) if own else world.github.organization
        if account is None or not (own or person.github_login in world.github.owners):
            return {"setup_action": "request"}
        known = {str(each.id): each.id for each in world.github.repositories}
        chosen = [known[each] for each in fields.get("repository", []) if each in known]
        selected = chosen if asked.get("repositories") == "selected" else None
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

    def _row(self, repository: Repository) -> str:
        path = f"/github/{self._store.world.github.organization.login}/{repository.name}"
        link = f"<a href='{escape(path)}'>{escape(repository.name)}</a>"
        return f"{link}<span class='quiet'>{escape(repository.description)}</span>"


def _suspended(installed: Installation) -> str:
    return f" {badge_html('suspended')}" if installed.suspended_at else ""
