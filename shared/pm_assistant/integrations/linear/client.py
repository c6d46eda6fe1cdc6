"""Linear as a `Tracker`.

Linear takes our own ids on create and answers a repeated one with the error "conflict on insert of …" (observed by
many clients, documented nowhere), so every create that fails is followed by a read of that id before we decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, assert_never

from pydantic import BaseModel, ValidationError

from pm_assistant.domain import causes
from pm_assistant.domain.actions import ChangeTicket, CreateTicket, MoveTicket, TicketField
from pm_assistant.domain.actions import Comment as CommentAction
from pm_assistant.domain.catch_up import PlanningPage, TicketPage
from pm_assistant.domain.decisions import NOTHING_TO_UNDO, Outcome, Stake, external_id
from pm_assistant.domain.drafts import NO_DETAILS, TicketDetails
from pm_assistant.domain.errors import (
    AccessRevoked,
    Gone,
    InvalidRequest,
    RateLimited,
    UpstreamError,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.events import TicketRemoved
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.people import Flaw, Listing
from pm_assistant.domain.planning import PlannedIds
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.domain.work import Team, Ticket, TicketState
from pm_assistant.integrations import policy
from pm_assistant.integrations.documented import documented
from pm_assistant.integrations.linear import documents
from pm_assistant.integrations.linear.planning import LISTS, RELATIONS, cursors_of, planning_in
from pm_assistant.integrations.linear.wire import (
    INVERSE,
    NEVER,
    Comment,
    CommentDelete,
    CommentStanding,
    Done,
    Issue,
    IssueDelete,
    IssueUpdate,
    ListedIssue,
    Placed,
    Reference,
    Standing,
    User,
    Workflow,
)
from pm_assistant.integrations.pages import whole
from pm_assistant.integrations.policy import Unanswered
from pm_assistant.integrations.rows import readable_rows, rows_that_fit
from pm_assistant.integrations.transport import Transport, json_in

if TYPE_CHECKING:
    import httpx

    from pm_assistant.ports.vendors import Watch

LATELY = "-P30D"
"""What a new tenant starts with goes so far back."""
OPEN_OR_RECENT: dict[str, object] = {
    "or": [
        {"state": {"type": {"nin": ["completed", "canceled", "duplicate"]}}},
        {"completedAt": {"gte": LATELY}},
        {"canceledAt": {"gte": LATELY}},
    ]
}
"""Filter of the tickets a new tenant starts with; the duration is relative to Linear's own clock."""

IN_TRASH = Translatable("the issue is in Linear's trash")
_NOT_THERE = re.compile(r"not found|could not find", re.IGNORECASE)
_PASSING = frozenset({"INTERNAL_SERVER_ERROR", "LOCK_TIMEOUT"})
"""Codes of trouble that is Linear's own."""


class NotThere(UpstreamRejected):
    """Linear says that what we named is not there, or not for us: it does not tell these apart."""


class LinearTracker:
    """One organisation, seen with one token.

    Args:
        token: an OAuth access token, or a personal API key (`lin_api_…`), which Linear wants without `Bearer`.
        url: of the GraphQL endpoint.
        timeout: seconds for one request; keep it well below the function's own.
        transport: replaces the network in tests.
        watch: is told how Linear answers.
    """

    def __init__(
        self,
        token: str,
        url: str,
        *,
        timeout: float = policy.READ_SECONDS,
        transport: httpx.BaseTransport | None = None,
        watch: Watch = policy.UNWATCHED,
    ) -> None:
        self._headers = {"Authorization": token if token.startswith("lin_api_") else f"Bearer {token}"}
        self._url = url
        self._endpoint = Transport("Linear", transport, timeout=timeout, watch=watch)

    def read_tickets(
        self, *, since: datetime | None, until: datetime | None = None, cursor: str | None = None
    ) -> TicketPage:
        """A page of the tickets that changed within a stretch of time, changed last first.

        From the beginning on: those that are open, or were closed in the last 30 days, archived and trashed ones never.
        """
        conditions = [OPEN_OR_RECENT if since is None else _touched_since(since)]
        if until is not None:
            conditions.append({"updatedAt": {"lte": until.astimezone(UTC).isoformat()}})
        asked: dict[str, object] = {"filter": {"and": conditions}, "archived": since is not None}
        if until is None and cursor is None:
            answer = self._send(documents.ISSUES_AND_PLANNING, "issues", asked | {"since": _beginning(since)})
        else:
            answer = self._send(documents.ISSUES, "issues", asked | {"after": cursor})
        nodes, following = _page_in(answer, "issues")
        issues = readable_rows(ListedIssue, nodes, vendor="Linear")
        return TicketPage(
            tickets=tuple(issue.ticket for issue in issues if issue.archivedAt is None),
            removed=tuple(
                TicketRemoved(ticket_id=issue.id, at=issue.archivedAt)
                for issue in issues
                if issue.archivedAt is not None
            ),
            flaws=issues.flaws,
            cursor=following,
            planning=planning_in(answer, {}),
        )

    def read_planning(self, *, since: datetime | None, cursor: str) -> PlanningPage:
        """The same lists further: each that has not come to its end, in one request."""
        cursors = cursors_of(cursor)
        asked: dict[str, object] = {"since": _beginning(since)}
        for name in (*LISTS, RELATIONS):
            asked |= {name: name in cursors, f"{name}After": cursors.get(name)}
        return planning_in(self._send(documents.PLANNING, "planning", asked), cursors)

    def which_are_there(self, ids: PlannedIds) -> PlannedIds:
        """Those of them that Linear lists: a list is asked for where there is something to look for in it."""
        asked: dict[str, object] = {}
        for name, wanted in (("Tickets", ids.tickets), ("Comments", ids.comments), ("Attachments", ids.attachments)):
            asked |= {f"of{name}": bool(wanted), name.lower(): sorted(wanted)}
        answer = self._send(documents.STANDING, "standing", asked)

        def listed(field: str, *, wanted: Collection[str]) -> frozenset[str]:
            nodes = _dig(answer, f"{field}.nodes") if wanted else ()
            return frozenset(documented(Reference, node, vendor="Linear").id for node in nodes)

        return PlannedIds(
            tickets=listed("issues", wanted=ids.tickets),
            comments=listed("comments", wanted=ids.comments),
            attachments=listed("attachments", wanted=ids.attachments),
        )

    def teams(self) -> Listing[Team]:
        """Teams with their states in workflow order."""
        return whole(lambda cursor: self.page_of_teams(cursor=cursor), vendor="Linear")

    def page_of_teams(self, *, cursor: str | None = None) -> Listing[Team]:
        """A page of them."""
        workflows = self._listed(documents.TEAMS, "teams", cursor, Workflow)
        return Listing((workflow.team for workflow in workflows), workflows.flaws, cursor=workflows.cursor)

    def members(self) -> Listing[Member]:
        """The people, those among them whose accounts are no longer active."""
        return whole(lambda cursor: self.page_of_members(cursor=cursor), vendor="Linear")

    def page_of_members(self, *, cursor: str | None = None) -> Listing[Member]:
        """A page of them."""
        users = self._listed(documents.USERS, "users", cursor, User)
        people = [user for user in users if not user.app]
        unknown = [Flaw(id=u.id, problem="time zone: unknown, taken for UTC") for u in people if u.has_unknown_zone]
        return Listing((user.member for user in people), [*users.flaws, *unknown], cursor=users.cursor)

    def planned(self, action: CommentAction | CreateTicket | MoveTicket | ChangeTicket, *, id: str) -> Outcome:
        """What a write would leave; only a move and a change have to look at the ticket as it is now."""
        match action:
            case CommentAction():
                return Outcome(external_id=id, url="", inverse=_call("commentDelete", id=id))
            case CreateTicket(regression_of=before):
                relation_id = _relation_id(id) if before else None
                inverse = _call("issueDelete", unseen=True, relation_id=relation_id, id=id)
                return Outcome(external_id=id, url="", inverse=inverse)
            case MoveTicket(ticket_id=ticket_id, to=to, backwards=backwards):
                return self._planned_move(self._placed(ticket_id), to, backwards=backwards)
            case ChangeTicket(ticket_id=ticket_id):
                return _planned_change(self._placed(ticket_id).ticket, action)
            case _:
                assert_never(action)

    def comment(self, ticket_id: str, *, id: str, body: str) -> Outcome:
        """Write the comment of that id without subscribing anybody, or bring its text up to date.

        Raises:
            Gone: its issue is not there, or in the trash, where nobody reads it. There it is written all the same: to
                ask first would be a request more for every comment.
        """
        fields = {"id": id, "issueId": ticket_id, "body": body, "doNotSubscribeToIssue": True}

        def create() -> Comment:
            return self._one(documents.COMMENT_CREATE, "commentCreate.comment", {"input": fields}, Comment)

        def bring_up_to_date() -> Comment:
            comment = self._one(documents.COMMENT, "comment", {"id": id}, Comment)
            if comment.body.strip() == body.strip():
                return comment
            update = {"id": id, "input": {"body": body}}
            return self._one(documents.COMMENT_UPDATE, "commentUpdate.comment", update, Comment)

        with _gone_where_not_there():
            comment = self._create_once(create, bring_up_to_date)
        if comment.issue is not None and comment.issue.trashed:
            raise Gone(IN_TRASH)
        inverse = _call("commentDelete", unless_left=comment.editedAt or NEVER, id=comment.id)
        return Outcome(external_id=comment.id, url=comment.url, inverse=inverse)

    def create(
        self,
        team_id: str,
        *,
        id: str,
        title: str,
        body: str,
        priority: int,
        details: TicketDetails = NO_DETAILS,
    ) -> tuple[Ticket, Outcome]:
        """Create the ticket of that id, or return the one that is there, as people may have changed it since."""
        fields = {"id": id, "teamId": team_id, "title": title, "description": body, "priority": priority}
        assignee_id, label_ids, parent_id, regression_of = details
        further = {"assigneeId": assignee_id, "labelIds": [*label_ids], "parentId": parent_id}
        fields |= {name: value for name, value in further.items() if value}
        as_written = True

        def create() -> Issue:
            return self._one(documents.ISSUE_CREATE, "issueCreate.issue", {"input": fields}, Issue)

        def find() -> Issue:
            nonlocal as_written
            issue = self._issue(id)
            as_written = (issue.title, (issue.description or "").strip()) == (title, body.strip())
            return issue

        ticket = self._create_once(create, find).ticket
        relation_id = self._related(ticket.id, regression_of) if regression_of else None
        inverse = _call("issueDelete", unless_left=ticket.state.id, relation_id=relation_id, id=ticket.id)
        digest = ticket.text_digest if as_written else None
        return ticket, Outcome(external_id=ticket.id, url=ticket.url, inverse=inverse, text_digest=digest)

    def _related(self, ticket_id: str, other_id: str) -> str:
        """Have a ticket of ours related to another one, once; the relation's id."""
        relation_id = _relation_id(ticket_id)
        fields = {"id": relation_id, "issueId": ticket_id, "relatedIssueId": other_id, "type": "related"}

        def create() -> Reference:
            path = "issueRelationCreate.issueRelation"
            return self._one(documents.RELATION_CREATE, path, {"input": fields}, Reference)

        def find() -> Reference:
            return self._one(documents.RELATION, "issueRelation", {"id": relation_id}, Reference)

        return self._create_once(create, find).id

    def rewrite(self, ticket_id: str, *, title: str, body: str) -> Ticket:
        """Replace a ticket's title and description."""
        variables = {"id": ticket_id, "input": {"title": title, "description": body}}
        return self._one(documents.ISSUE_UPDATE, "issueUpdate.issue", variables, Issue).ticket

    def move(self, ticket_id: str, to: TicketState, *, backwards: bool = False) -> tuple[Ticket, Outcome]:
        """Put a ticket into a state if that is a step forwards, or one back is wanted; else nothing is to undo."""
        placed = self._placed(ticket_id)
        outcome = self._planned_move(placed, to, backwards=backwards)
        if outcome.inverse == NOTHING_TO_UNDO:
            return placed.ticket, outcome
        return self._updated(ticket_id, {"stateId": to.id}, lambda ticket: ticket.state.id == to.id), outcome

    def change(self, action: ChangeTicket) -> tuple[Ticket, Outcome]:
        """Give a ticket's field another value; has it that already, nothing is to undo."""
        before = self._placed(action.ticket_id).ticket
        outcome = _planned_change(before, action)
        if outcome.inverse == NOTHING_TO_UNDO:
            return before, outcome
        fields = _write(before, action).fields
        return self._updated(before.id, fields, lambda ticket: _write(ticket, action).is_done), outcome

    def _updated(self, ticket_id: str, fields: Mapping[str, object], is_so: Callable[[Ticket], bool]) -> Ticket:
        """Write some fields of a ticket; where the answer is lost, see whether they were written."""
        variables = {"id": ticket_id, "input": fields}
        try:
            return self._one(documents.ISSUE_UPDATE, "issueUpdate.issue", variables, Issue).ticket
        except UpstreamUnavailable as error:
            after = _read_after(error, lambda: self._issue(ticket_id)).ticket
            if not is_so(after):
                raise
            return after

    def undo(self, outcome: Outcome) -> Collection[Stake]:
        """Take back what one of the writes above left, or say what of others' keeps it.

        What Linear does not show us any more, or has in its trash, counts as taken back.

        Raises:
            InvalidRequest: the outcome's inverse is none that we write, or takes back something else.
        """
        if outcome.inverse == NOTHING_TO_UNDO:
            return ()
        try:
            back = INVERSE.validate_json(outcome.inverse)
        except ValidationError:
            raise InvalidRequest("this is no inverse that we write", field="outcome.inverse") from None
        if back.variables.id != outcome.external_id:
            raise InvalidRequest("this would take back something else", field="outcome.inverse")
        return self._uncomment(back) if isinstance(back, CommentDelete) else self._put_back(back)

    def _put_back(self, back: IssueDelete | IssueUpdate) -> Collection[Stake]:
        id = back.variables.id
        standing = _if_there(lambda: self._one(documents.ISSUE_STANDING, "issue", {"id": id}, Standing))
        if standing is None or standing.trashed:
            return ()
        match back:
            case IssueDelete(variables=variables, unseen=unseen, relation_id=relation_id):
                moved = standing.state.id != back.unless_left
                if stakes := standing.stakes(relation_id) or ([Stake.STATE] if moved and not unseen else ()):
                    return stakes
                if any(relation.id == relation_id for relation in standing.relations.nodes):
                    self._one(documents.RELATION_DELETE, "issueRelationDelete", {"id": relation_id}, Done)
                self._one(documents.ISSUE_DELETE, "issueDelete", variables.model_dump(), Done)
            case IssueUpdate(variables=variables):
                field = variables.input
                if field.is_so(standing):
                    return ()
                if field.left(standing) != back.unless_left or standing.changed_by_person(field):
                    return [field.stake]
                self._one(documents.ISSUE_UPDATE, "issueUpdate.issue", variables.model_dump(), Issue)
            case _:
                assert_never(back)
        return ()

    def _uncomment(self, back: CommentDelete) -> Collection[Stake]:
        variables = back.variables.model_dump()

        def read() -> CommentStanding:
            return self._one(documents.COMMENT_STANDING, "comment", variables, CommentStanding)

        standing = _if_there(read)
        if standing is None:
            return ()
        if stakes := standing.stakes(back.unless_left):
            return stakes
        try:
            self._one(documents.COMMENT_DELETE, "commentDelete", variables, Done)
        except UpstreamRejected:
            if _if_there(read):
                raise
        return ()

    def _placed(self, ticket_id: str) -> Placed:
        with _gone_where_not_there():
            placed = self._one(documents.ISSUE_IN_WORKFLOW, "issue", {"id": ticket_id}, Placed)
        if placed.trashed:
            raise Gone(IN_TRASH)
        return placed

    def _planned_move(self, placed: Placed, to: TicketState, *, backwards: bool) -> Outcome:
        before = placed.ticket
        inverse = NOTHING_TO_UNDO
        if placed.workflow.team.forwards(before.state, to) or (backwards and before.state.id != to.id):
            inverse = _call("issueUpdate", unless_left=to.id, id=before.id, input={"stateId": before.state.id})
        return Outcome(external_id=before.id, url=before.url, inverse=inverse)

    def _issue(self, id: str) -> Issue:
        return self._one(documents.ISSUE, "issue", {"id": id}, Issue)

    def _create_once[T](self, create: Callable[[], T], read: Callable[[], T]) -> T:
        """Create, and if that fails see whether the thing is there all the same: by an earlier try, or by this one."""
        try:
            return create()
        except (AccessRevoked, RateLimited):
            raise
        except UpstreamError as error:
            return _read_after(error, read)

    def _listed[T: BaseModel](self, document: str, field: str, cursor: str | None, model: type[T]) -> Listing[T]:
        """A page of a list, whose first one cannot be read at all if the list is not of the documented form."""
        nodes, following = self._page(document, field, {"after": cursor})
        rows = rows_that_fit(model, nodes) if cursor else readable_rows(model, nodes, vendor="Linear")
        return Listing(rows, rows.flaws, cursor=following)

    def _page(self, document: str, field: str, variables: Mapping[str, object]) -> tuple[Iterable[object], str | None]:
        return _page_in(self._send(document, field, variables), field)

    def _one[T: BaseModel](self, document: str, path: str, variables: Mapping[str, object], model: type[T]) -> T:
        return documented(model, _dig(self._send(document, path.split(".")[0], variables), path), vendor="Linear")

    def _send(self, document: str, operation: str, variables: Mapping[str, object]) -> Mapping[str, Any]:
        """Ask; what only reads is asked once more if there is no answer, and so is what creates under an id of ours."""
        body = {"operationName": operation, "query": document, "variables": variables}
        repeatable = not document.lstrip().startswith("mutation") or operation.endswith("Create")
        return self._endpoint.ask(
            "POST", self._url, self._data, repeatable=repeatable, headers=self._headers, json=body
        )

    def _data(self, response: httpx.Response) -> Mapping[str, Any]:
        """Read an answer, or raise what it means: the one place where Linear's errors become ours.

        A GraphQL error may come with status 200 or 400, a rate limit with 400 (linear.app/developers/rate-limiting). A
        status without one is whoever stands between us and Linear, and no verdict.
        """
        answer = json_in(response)
        first = _first(answer.get("errors")) if isinstance(answer, dict) else None
        extensions = _mapping((first or {}).get("extensions"))
        code = extensions.get("code")
        if code == "RATELIMITED":
            raise self._endpoint.limited(response, all_calls=not _is_of_one_endpoint(response))
        if code == "AUTHENTICATION_ERROR" or response.status_code == 401:
            raise AccessRevoked(causes.refuses_token("Linear"), provider=Provider.LINEAR)
        if code in _PASSING or (first is None and response.status_code >= 400):
            raise Unanswered(causes.failed_with("Linear", response.status_code))
        if first is not None:
            # Not `message`: of an invalid variable it quotes the value, and that may be what people wrote.
            reason = str(extensions.get("userPresentableMessage") or code or response.status_code)
            kind = NotThere if _NOT_THERE.search(f"{reason} {first.get('message')}") else UpstreamRejected
            raise kind(causes.refused("Linear", " ".join(reason.split())[:200]))
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
            raise UpstreamUnavailable(causes.is_of_another_form("Linear", "data"))
        data: Mapping[str, Any] = answer["data"]
        return data


def _page_in(answer: Mapping[str, Any], field: str) -> tuple[Iterable[object], str | None]:
    page = _dig(answer, field)
    following = str(_dig(page, "pageInfo.endCursor")) if _dig(page, "pageInfo.hasNextPage") else None
    return _dig(page, "nodes"), following


def _beginning(since: datetime | None) -> str:
    """Since when that is read which hangs on tickets; a duration is relative to Linear's own clock."""
    return LATELY if since is None else since.astimezone(UTC).isoformat()


def _touched_since(since: datetime) -> dict[str, object]:
    """Filter of what changed, or was put away, since then."""
    later = {"gte": since.astimezone(UTC).isoformat()}
    return {"or": [{"updatedAt": later}, {"archivedAt": later}]}


class _Write(NamedTuple):
    """A change of a ticket's field.

    Attributes:
        is_done: the field is what it is to be.
        fields: what is written to make it so.
        before: what is written to make it as it was.
    """

    is_done: bool
    fields: Mapping[str, object]
    before: Mapping[str, object]


def _write(ticket: Ticket, action: ChangeTicket) -> _Write:
    id, was = action.to.id, ticket.assignee_id
    match action.field:
        case TicketField.ASSIGNEE:
            return _Write(was == id, {"assigneeId": id}, {"assigneeId": was})
        case TicketField.PRIORITY:
            return _Write(ticket.priority == int(id), {"priority": int(id)}, {"priority": ticket.priority})
        case TicketField.LABEL:
            return _Write(id in ticket.label_ids, {"addedLabelIds": [id]}, {"removedLabelIds": [id]})
        case _:
            assert_never(action.field)


def _planned_change(ticket: Ticket, action: ChangeTicket) -> Outcome:
    is_done, _, before = _write(ticket, action)
    inverse = _call("issueUpdate", unless_left=action.to.id, id=ticket.id, input=before)
    return Outcome(external_id=ticket.id, url=ticket.url, inverse=NOTHING_TO_UNDO if is_done else inverse)


def _relation_id(ticket_id: str) -> str:
    """Of the relation that we make with a ticket of ours."""
    return external_id(ticket_id, "relation")


def _call(
    operation: str,
    *,
    unless_left: str | None = None,
    unseen: bool = False,
    relation_id: str | None = None,
    **variables: object,
) -> str:
    conditions = {"unless_left": unless_left} | ({"unseen": True} if unseen else {})
    conditions |= {"relation_id": relation_id} if relation_id else {}
    return json.dumps({"operation": operation, "variables": variables, **conditions})


@contextmanager
def _gone_where_not_there() -> Iterator[None]:
    """Where an issue is all that is named, it is what Linear says is not there."""
    try:
        yield
    except NotThere as error:
        raise Gone(error.words) from error


def _if_there[T](read: Callable[[], T]) -> T | None:
    """Read a thing, None if Linear says that there is none; any other refusal says nothing about that."""
    try:
        return read()
    except NotThere:
        return None


def _read_after[T](error: UpstreamError, read: Callable[[], T]) -> T:
    """See whether a write that failed came to pass; only an answer that it did not makes its error the last word."""
    try:
        return read()
    except NotThere:
        raise error from None


def _dig(value: Any, path: str) -> Any:
    """Follow a dotted path into an answer; what is missing makes the answer unusable, not the program."""
    for name in path.split("."):
        if not isinstance(value, Mapping) or value.get(name) is None:
            raise UpstreamUnavailable(causes.is_of_another_form("Linear", name))
        value = value[name]
    return value


def _is_of_one_endpoint(response: httpx.Response) -> bool:
    """Whether what is used up is an endpoint's own limit, and not what all calls share."""
    limits = policy.quotas(response.headers, now=datetime.now(UTC))
    used_up = [limit.name for limit in limits if limit.remaining == 0]
    return bool(used_up) and all(name.startswith("endpoint-") for name in used_up)


def _first(errors: object) -> Mapping[str, Any] | None:
    """The first of an answer's errors, if it has any, whatever these are."""
    return _mapping(errors[0] if isinstance(errors, list) else errors) if errors else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
