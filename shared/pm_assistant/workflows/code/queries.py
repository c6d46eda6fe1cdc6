"""What people see of what a team builds."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import AwareDatetime, Field

from pm_assistant.domain.bots import Actor, AuthorKind
from pm_assistant.domain.code import (
    CheckResult,
    Commit,
    PullRequest,
    PullRequestFacts,
    PullRequestId,
    Repository,
    ReviewState,
    Stage,
)
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.links import Link, LinkKind, LinkSource
from pm_assistant.domain.listing import Placed, fitting, latest, search
from pm_assistant.domain.model import Model
from pm_assistant.domain.planning import Attachment
from pm_assistant.domain.tenants import PrivateCode
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Ticket
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.tenants.audience import public_tickets

BATCH = 100


class ReviewView(Model):
    """A review; `reviewer` is what the person is called, or the login where nobody knows."""

    reviewer: str = Field(description="what the person is called, or the login where nobody knows")
    state: ReviewState = Field(description="what it says; `other` is a word that is new to us")
    at: AwareDatetime = Field(description="when it was given")
    url: str


class LinkedTicket(Model):
    """A ticket that a pull request hangs together with."""

    id: str = Field(description="the tracker's id")
    key: str = Field(description="what people call it by, such as `ENG-34`")
    title: str
    url: str
    kind: LinkKind | None = Field(description="what the pull request does for it; none: it takes its work back")
    source: LinkSource | None = Field(default=None, description="where that stands; none: it takes its work back")
    words: str = Field(description="that say so; empty where it takes work back, and like the title")
    confidence: float | None = Field(description="that this is what people meant, from 0 to 1")
    evidence_url: str | None = Field(
        default=None, description="of the comment or message that says so; none where the pull request itself does"
    )


class PullRequestView(Model):
    """A pull request as it is now."""

    id: str = Field(description="id of the repository and number; stays when the repository is renamed")
    repository: str = Field(description="owner and name")
    private: bool = Field(description="not everybody may see the repository")
    number: int = Field(description="within the repository")
    title: str = Field(description="empty where `private_code` keeps the words of private repositories back")
    url: str
    author: str = Field(description="what the person is called, or the login where nobody knows")
    author_kind: AuthorKind = Field(description="a person, or which sort of program; see `bots` of the settings")
    stage: Stage = Field(description="how far it is, by what its reviewers said last")
    checks: CheckResult | None = Field(description="of the last commit; none if it has no checks")
    requested: tuple[str, ...] = Field(description="whose review is awaited: people, or names of teams")
    reviews: tuple[ReviewView, ...] = Field(description="oldest first")
    unresolved_threads: int = Field(description="remarks on lines that wait for an answer")
    branch: str = Field(description="that it comes from; empty like the title")
    base: str = Field(description="branch that it goes to; empty like the title")
    labels: tuple[str, ...] = Field(description="the names of its labels; none where the title is empty")
    tickets: tuple[LinkedTicket, ...] = Field(description="that it hangs together with, and everybody may see")
    additions: int | None = Field(description="lines; none if the code host has not said")
    deletions: int | None = Field(description="lines; none if the code host has not said")
    created_at: AwareDatetime
    updated_at: AwareDatetime
    closed_at: AwareDatetime | None = Field(description="when it was merged or closed; none while it is open")
    merged_at: AwareDatetime | None = Field(description="none unless it was merged")


class PullRequestFilter(Model):
    """Which pull requests are wanted; `repository` is an id or `owner/name`, `author` and `reviewer` ids of members."""

    over: bool = False
    stage: Stage | None = None
    repository: str | None = None
    author: str | None = None
    reviewer: str | None = None


def list_pull_requests(
    criteria: PullRequestFilter,
    unit: Unit,
    *,
    before: str | None,
    limit: int,
    fits_page: Callable[[PullRequestView], bool],
) -> tuple[Sequence[PullRequestView], str | None]:
    """The pull requests that are wanted, changed last first, and the place where the next page begins.

    Of repositories that we may not read any more, and of private ones that are not shown, there are none. `fits_page`
    is asked about each, and the page ends before the first that there is no room for; it may hold fewer than there are,
    even none.

    Raises:
        InvalidRequest: nothing is to be found, for there is no such person, or no such repository that we may show.
    """
    seen = _Seen(unit)
    found, following = search(
        latest_pull_requests(unit, over=criteria.over, before=before),
        lambda pr: pr.facts is not None and seen.matches(criteria, pr, pr.facts),
        before=before,
        size=limit,
    )
    if not found and before is None and following is None:
        seen.check_named(criteria)
    views = seen.views([pull_request for _, pull_request in found])
    placed_views = ((place, view) for (place, _), view in zip(found, views, strict=True))
    return fitting(placed_views, fits_page, before=before, following=following)


def list_pull_requests_of(ticket_id: str, unit: Unit) -> Sequence[PullRequestView]:
    """The pull requests that hang together with a ticket, changed last first."""
    return _Seen(unit).views(unit.stores.code.pull_requests_of(unit.tenant_id, ticket_id))


def show_pull_request(id: str, unit: Unit) -> PullRequestView:
    """One pull request.

    Raises:
        NotFound: there is none of that id, or it is in a repository that we may not show.
    """
    repository_id, _, number = id.rpartition(":")
    known = unit.stores.code.pull_request(unit.tenant_id, PullRequestId(id)) if _is_number(number) else None
    views = _Seen(unit).views([known]) if known and repository_id else []
    if not views:
        raise NotFound("no such pull request")
    return views[0]


def shown_pages(attached: Sequence[Attachment], unit: Unit, *, private_code: PrivateCode) -> Iterator[tuple[str, str]]:
    """Title and address of what is attached to a ticket, of private repositories' pages as much as everybody sees."""
    repositories = unit.stores.code.repositories(unit.tenant_id) if attached else ()
    private = tuple(f"{repository.url}/".casefold() for repository in repositories if repository.private)
    for page in attached:
        if private_code is PrivateCode.EVERYTHING or not page.url.casefold().startswith(private):
            yield page.title, page.url
        elif private_code is PrivateCode.LINKS:
            yield "", page.url


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10


class _Seen:
    """Pull requests as people see them, with the names that the team knows people and repositories by."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._settings = unit.stores.tenants.get(unit.tenant_id).settings
        hides = self._settings.private_code is PrivateCode.NOTHING
        self.repositories: Mapping[str, Repository] = {
            repository.id: repository
            for repository in unit.stores.code.repositories(unit.tenant_id)
            if not (hides and repository.private)
        }
        host = unit.provider(Role.CODE_HOST)
        members = unit.stores.directory.members(unit.tenant_id)
        self._members = {member.id for member in members}
        self._names = {m.accounts[host].casefold(): m.name for m in members if host in m.accounts}
        self.logins = {m.id: m.accounts[host].casefold() for m in members if host in m.accounts}

    def check_named(self, criteria: PullRequestFilter) -> None:
        """Make sure that what is named is there.

        Raises:
            InvalidRequest: it is not; names the field.
        """
        for field, member_id in (("author", criteria.author), ("reviewer", criteria.reviewer)):
            if member_id is not None and member_id not in self._members:
                raise InvalidRequest("no such member", field=field)
        wanted = criteria.repository
        if wanted is not None and all(wanted.casefold() not in _names(each) for each in self.repositories.values()):
            raise InvalidRequest("no such repository", field="repository")

    def matches(self, criteria: PullRequestFilter, pull_request: PullRequest, facts: PullRequestFacts) -> bool:
        """Whether a pull request is wanted, and in a repository that we may show."""
        repository = self.repositories.get(facts.repository_id)
        author = facts.author.login.casefold() if facts.author else None
        requested: set[str | None] = {name.casefold() for name in facts.requested}
        return (
            repository is not None
            and (criteria.stage is None or pull_request.stage is criteria.stage)
            and (criteria.repository is None or criteria.repository.casefold() in _names(repository))
            and (criteria.author is None or (author is not None and author == self.logins.get(criteria.author)))
            and (criteria.reviewer is None or self.logins.get(criteria.reviewer) in requested)
        )

    def views(self, pull_requests: Sequence[PullRequest]) -> Sequence[PullRequestView]:
        """Those of them that can be shown."""
        shown = [(pr, pr.facts, self.repositories.get(pr.facts.repository_id)) for pr in pull_requests if pr.facts]
        commits: list[Commit] = [(facts.repository_id, facts.head) for _, facts, repository in shown if repository]
        checks = self._unit.stores.code.checks(self._unit.tenant_id, commits) if commits else {}
        results = {commit: of_commit.result for commit, of_commit in checks.items()}
        ticket_ids = {ticket_id for pull_request in pull_requests for ticket_id in pull_request.ticket_ids}
        known = self._unit.stores.tickets.some(self._unit.tenant_id, ticket_ids) if ticket_ids else ()
        tickets = {ticket.id: ticket for ticket in public_tickets(known, self._unit)} if known else {}
        return [
            self._view(pr, facts, repository, results.get((facts.repository_id, facts.head)), tickets)
            for pr, facts, repository in shown
            if repository is not None
        ]

    def _view(
        self,
        pr: PullRequest,
        facts: PullRequestFacts,
        repository: Repository,
        checks: CheckResult | None,
        tickets: Mapping[str, Ticket],
    ) -> PullRequestView:
        readable = not repository.private or self._settings.private_code is PrivateCode.EVERYTHING
        reviews = sorted(pr.reviews.values(), key=lambda review: (review.submitted_at, review.id))
        return PullRequestView(
            id=pr.id,
            repository=repository.name,
            private=repository.private,
            number=facts.number,
            title=facts.title if readable else "",
            url=facts.url,
            author=self._name(facts.author),
            author_kind=self._settings.bots.kind(facts.author),
            stage=pr.stage,
            checks=checks,
            requested=tuple(self._names.get(login.casefold(), login) for login in facts.requested),
            reviews=tuple(
                ReviewView(reviewer=self._name(r.author), state=r.state, at=r.submitted_at, url=r.url) for r in reviews
            ),
            unresolved_threads=pr.unresolved_threads,
            branch=facts.branch if readable else "",
            base=facts.base if readable else "",
            labels=facts.labels if readable else (),
            tickets=tuple(_linked(pr, tickets, with_words=readable)),
            additions=pr.size.additions if pr.size else None,
            deletions=pr.size.deletions if pr.size else None,
            created_at=facts.created_at,
            updated_at=facts.at,
            closed_at=facts.closed_at,
            merged_at=facts.merged_at,
        )

    def _name(self, actor: Actor | None) -> str:
        """`ghost` is whom GitHub shows in place of whoever deleted their account."""
        return "ghost" if actor is None else self._names.get(actor.login.casefold(), actor.login)


def _linked(pull_request: PullRequest, tickets: Mapping[str, Ticket], *, with_words: bool) -> Iterator[LinkedTicket]:
    """Strongest first, as they were found; then what it takes back."""
    links = pull_request.ticket_links
    if links is None:
        return
    named: list[tuple[str, Link | None]] = [(each.ticket_id, each.link) for each in links.links]
    named += [(ticket_id, None) for ticket_id in links.contradicts]
    for ticket_id, link in named:
        if (ticket := tickets.get(ticket_id)) is not None:
            yield LinkedTicket(
                id=ticket.id,
                key=ticket.key,
                title=ticket.title,
                url=ticket.url,
                kind=link.kind if link else None,
                source=link.evidence.source if link else None,
                words=link.evidence.words if link and with_words else "",
                confidence=link.confidence if link else None,
                evidence_url=link.evidence.url if link else None,
            )


def latest_pull_requests(unit: Unit, *, over: bool, before: str | None = None) -> Iterator[Placed[PullRequest]]:
    """Those that are over, or those that are not, changed last first; read as far as asked for."""
    code, tenant_id = unit.stores.code, unit.tenant_id
    return latest(
        lambda place, limit: code.latest_pull_requests(tenant_id, over=over, before=place, limit=limit),
        batch=BATCH,
        before=before,
    )


def _names(repository: Repository) -> set[str]:
    return {repository.id, repository.name.casefold()}
