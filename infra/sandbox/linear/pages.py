"""Linear's pages: a ticket with its comments."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.sandbox.core.markdown import markdown_html
from infra.sandbox.core.pages import Pages, missing
from infra.sandbox.core.store import Store
from infra.sandbox.linear.state import Comment, Issue, LinearWorld, WorkflowState
from infra.sandbox.linear.webhooks import COLORS, PRIORITIES, user


@dataclass(frozen=True)
class Ticket:
    """A ticket as lists show it; `comments` says how many there are, `assignee` is empty for nobody."""

    issue: Issue
    key: str
    path: str
    state: WorkflowState
    color: str
    labels: list[str]
    assignee: str
    comments: int


class LinearPages:
    """The workspace as people see it, and where its apps are connected."""

    def __init__(self, store: Store[LinearWorld]) -> None:
        self._store = store
        self._pages = Pages(markdown=markdown_html)

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/linear/{organization}/issue/{identifier}", self.issue),
            Route("/linear/{organization}/issue/{identifier}/{slug}", self.issue),
        ]

    async def issue(self, request: Request) -> Response:
        """A ticket with its comments, parent and children."""
        world = self._store.world
        issue = world.issue(request.path_params["identifier"])
        if issue is None or request.path_params["organization"] != world.organization.url_key:
            return missing("ticket")
        children = [each for each in world.issues.values() if each.parent_id == issue.id and not each.trashed]
        shown = ticket(world, issue)
        return self._pages.page(
            "linear/issue.html",
            title=f"{shown.key} {issue.title}",
            ticket=shown,
            team=world.team(issue.team_id).name,
            parent=ticket(world, world.issues[issue.parent_id]) if issue.parent_id else None,
            children=[ticket(world, each) for each in children],
            priority=PRIORITIES[issue.priority],
            replies=_replies(world, issue),
        )


def ticket(world: LinearWorld, issue: Issue) -> Ticket:
    """A ticket for a list."""
    key, state = world.identifier(issue), world.state(issue.state_id)
    return Ticket(
        issue=issue,
        key=key,
        path=f"/linear/{world.organization.url_key}/issue/{key}",
        state=state,
        color=COLORS.get(state.type, "#e2e2e2"),
        labels=[world.labels[each].name for each in issue.label_ids],
        assignee=user(world, issue.assignee_id)["name"] if issue.assignee_id else "",
        comments=sum(each.issue_id == issue.id for each in world.comments.values()),
    )


def _replies(world: LinearWorld, issue: Issue) -> dict[str | None, list[tuple[Comment, str]]]:
    """A ticket's comments with their authors, by the comment they answer; None has those that answer none."""
    replies: dict[str | None, list[tuple[Comment, str]]] = {}
    for comment in world.comments.values():
        if comment.issue_id == issue.id:
            answered = comment.parent_id if comment.parent_id in world.comments else None
            replies.setdefault(answered, []).append((comment, user(world, comment.user_id)["name"]))
    return replies
