"""GitHub's pages: what an account has and what is worked on there, and an owner's way to install or remove the app."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from infra.sandbox.core import consent
from infra.sandbox.core.markdown import markdown_html
from infra.sandbox.core.pages import PAGES, Pages, missing, problem
from infra.sandbox.core.state import Person
from infra.sandbox.core.store import Store
from infra.sandbox.github.installations import GitHubInstallations
from infra.sandbox.github.oauth import GitHubOAuth, people, signed_in
from infra.sandbox.github.state import GitHubWorld, Installation, Repository
from infra.sandbox.github.work import Issue, PullRequest

_COLORS = {"Open": "#2f9e5b", "Draft": "#8c8c96", "Queued": "#c08a1e", "Merged": "#8250df", "Closed": "#cf4a55"}


@dataclass(frozen=True)
class Shown:
    """A pull request or an issue as lists show it."""

    of: PullRequest | Issue
    path: str
    place: str
    place_path: str
    state: str

    @property
    def color(self) -> str:
        """What its state is marked with."""
        return _COLORS[self.state]


@dataclass(frozen=True)
class Remark:
    """What somebody said; `label` is what it was meant as, if not just to be said."""

    at: datetime
    anchor: str
    author: str
    body: str
    label: str = ""


class GitHubPages:
    """The organisation as people see it, and where they install and decide about apps."""

    def __init__(self, store: Store[GitHubWorld], installations: GitHubInstallations, oauth: GitHubOAuth) -> None:
        self._store = store
        self._installations = installations
        self._oauth = oauth
        self._pages = Pages(markdown=markdown_html)

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
            Route("/{login}/{repository}/pull/{number:int}", self.pull),
            Route("/{login}/{repository}/issues/{number:int}", self.issue),
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
        fields = parse_qs((await request.body()).decode(errors="replace"))
        said = self._installed(person, params, fields, await consent.left_out(request))
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
            repositories=[each for each in world.github.repositories if world.owner(each) == account.login],
            app=world.github.app,
            installation=world.installation(account.login),
        )

    async def repository(self, request: Request) -> Response:
        """A repository with its pull requests and issues, what is open first."""
        world, place = self._store.world, self._place(request)
        if place is None:
            return missing("repository")
        pulls, issues = (
            sorted(
                (shown(world, each) for each in things),
                key=lambda each: (each.of.closed_at is not None, -each.of.number),
            )
            for things in (world.pulls(place), world.issues_of(place))
        )
        return PAGES.page(
            "github/repository.html",
            title=place.name,
            repository=place,
            full_name=world.full_name(place),
            pulls=pulls,
            issues=issues,
        )

    async def pull(self, request: Request) -> Response:
        """A pull request with what was said about it."""
        world, place = self._store.world, self._place(request)
        pull = world.pull(place, request.path_params["number"]) if place is not None else None
        if pull is None:
            return missing("pull request")
        facts = {
            "Author": pull.author,
            "From": pull.head,
            "Into": pull.base,
            "Reviews": pull.decision.replace("_", " "),
            "Asked": ", ".join((*pull.reviewers, *pull.teams)),
            "Checks": pull.checks,
            "Size": f"+{pull.additions} -{pull.deletions} in {pull.changed_files} files",
            "Assignees": ", ".join(pull.assignees),
            "Merged by": pull.merged_by,
        }
        remarks = sorted((*_said(pull), *_reviewed(pull)), key=lambda each: each.at)
        return self._discussion(pull, facts, remarks)

    async def issue(self, request: Request) -> Response:
        """An issue with what was said about it."""
        world, place = self._store.world, self._place(request)
        issue = world.issue_numbered(place, request.path_params["number"]) if place is not None else None
        if place is None or issue is None or issue not in world.issues_of(place):
            return missing("issue")
        facts = {"Author": issue.author, "Closed as": issue.state_reason, "Assignees": ", ".join(issue.assignees)}
        return self._discussion(issue, facts, list(_said(issue)))

    def _discussion(
        self, of: PullRequest | Issue, facts: Mapping[str, str | None], remarks: Sequence[Remark]
    ) -> Response:
        seen = shown(self._store.world, of)
        title = f"{of.title} #{of.number}"
        return self._pages.page("github/discussion.html", title=title, shown=seen, facts=facts, remarks=remarks)

    def _place(self, request: Request) -> Repository | None:
        """The repository that the address names, also by an old name."""
        world, names = self._store.world, request.path_params
        full_name = f"{names['login']}/{names['repository']}"
        return world.repository(full_name) or world.moved(full_name)

    def _question(self, request: Request) -> consent.Question:
        github = self._store.world.github
        return consent.Question(
            template="github/install.html",
            title=f"Install {github.app.name}",
            points=(),
            refusable={
                name: f"{access.title()} {name.replace('_', ' ')}" for name, access in github.app.permissions.items()
            },
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

    def _installed(
        self, person: Person, params: consent.OAuthParams, fields: dict[str, list[str]], refused: set[str]
    ) -> dict[str, str]:
        world = self._store.world
        own = params.get("account") == "own"
        account = world.account(person.github_login) if own else world.github.organization
        if account is None or not (own or person.github_login in world.github.owners):
            return {"setup_action": "request"}
        repository_ids = {str(each.id): each.id for each in world.github.repositories}
        chosen = [repository_ids[each] for each in fields.get("repository", []) if each in repository_ids]
        selected = chosen if params.get("repositories") == "selected" else None
        installed, new = self._installations.install(account, selected, by=person, refused=refused)
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


def shown(world: GitHubWorld, of: PullRequest | Issue) -> Shown:
    """A pull request or an issue for a list."""
    name = world.full_name(world.repository_of(of))
    kind = "pull" if isinstance(of, PullRequest) else "issues"
    return Shown(
        of=of, path=f"/github/{name}/{kind}/{of.number}", place=name, place_path=f"/github/{name}", state=_state(of)
    )


def _state(of: PullRequest | Issue) -> str:
    if isinstance(of, PullRequest) and of.merged_at is not None:
        return "Merged"
    if of.closed_at is not None:
        return "Closed"
    if isinstance(of, PullRequest) and of.draft:
        return "Draft"
    return "Queued" if isinstance(of, PullRequest) and of.queued_at is not None else "Open"


def _said(of: PullRequest | Issue) -> Iterator[Remark]:
    for each in of.comments:
        yield Remark(each.created_at, f"issuecomment-{each.id}", each.author, each.body)


def _reviewed(pull: PullRequest) -> Iterator[Remark]:
    for review in pull.reviews:
        label = review.state.replace("_", " ") if review.state != "commented" else ""
        if review.body or label:
            yield Remark(review.submitted_at, f"pullrequestreview-{review.id}", review.author, review.body, label)
    for thread in pull.threads:
        for each in thread.comments:
            settled = ", resolved" if thread.resolved_by else ""
            label = f"{thread.path}:{thread.line}{settled}"
            yield Remark(each.created_at, f"discussion_r{each.id}", each.author, each.body, label)
