"""The decision log, and answers to it."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Moment, Page, PageBudget, decode_cursor, encode_cursor
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.decisions import Answer, DecisionState
from pm_assistant.domain.errors import Conflict
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.workflows.pipeline import queries
from pm_assistant.workflows.pipeline.answer import Details, answer
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.pipeline.queries import DecisionView

router = APIGatewayHttpRouter()


class Approval(Model):
    """What is approved, and how it is to be worded if not as proposed."""

    revision: str | None = Field(default=None, max_length=200, description="what you saw; refused if it has changed")
    edited: Edited | None = Field(default=None, description="what is to be written instead, in your own words")


class Correction(Model):
    """Which ticket it is about instead."""

    ticket: str = Field(min_length=1, max_length=64, description="its key, such as `ENG-14`")
    revision: str | None = Field(default=None, max_length=200, description="what you saw; refused if it has changed")


class Dismissal(Model):
    """What is dismissed, and why: that is how the assistant's sense is judged."""

    reason: str = Field(min_length=1, max_length=500)
    revision: str | None = Field(default=None, max_length=200, description="what you saw; refused if it has changed")


@router.get("/v1/decisions", **needs(Scope.READ, 400, tag="decisions"))
def list_decisions(
    state: Annotated[DecisionState | None, Query()] = None,
    kind: Annotated[ActionKind | None, Query()] = None,
    ticket: Annotated[str | None, Query(min_length=1, max_length=200, description="id or key of a ticket")] = None,
    since: Annotated[Moment | None, Query(description="changed since then")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[DecisionView]:
    """List decisions, changed last first.

    A page may hold fewer than it could, even none: as long as it names a `next`, there may be more. Of decisions about
    a private channel the words are left out; their links lead those who may read them to them. What did not change for
    longer than the team's plan goes back is not listed; by its id it is shown and undone all the same.
    """
    request = current_request(router)
    criteria = queries.DecisionFilter(state=state, kind=kind, ticket=ticket, since=since)
    items, next_cursor = queries.list_decisions(
        criteria,
        request.unit,
        before=decode_cursor(cursor),
        limit=limit,
        fits_page=PageBudget(limit).takes,
        history_from=request.tenant.history_from(request.now),
    )
    return Page(items=tuple(items), next=encode_cursor(next_cursor))


@router.get("/v1/decisions/<decision_id>", **needs(Scope.READ, 404, tag="decisions"))
def show_decision(decision_id: Id) -> DecisionView:
    """Show one decision."""
    return queries.show_decision(decision_id, current_request(router).unit)


@router.post("/v1/decisions/<decision_id>/approve", status_code=202, **needs(NEEDED, 404, tag="decisions"))
def approve_decision(decision_id: Id, approval: Annotated[Approval, Body()]) -> DecisionView:
    """Approve what a decision proposes, as it is or `edited`; it is carried out a moment later.

    What was said in a private channel can only be approved there, by those who can read it. What somebody has worded
    stays so, whatever is said later.
    """
    verb: Answer = "edit" if approval.edited is not None else "approve"
    return _answer_with(decision_id, verb, revision=approval.revision, instead=approval.edited)


@router.post("/v1/decisions/<decision_id>/relink", status_code=202, **needs(NEEDED, 404, tag="decisions"))
def relink_decision(decision_id: Id, correction: Annotated[Correction, Body()]) -> DecisionView:
    """Have the same done on another ticket, and dismiss it for the one that was proposed.

    Of a proposed new ticket, its text becomes a comment on that other one.
    """
    return _answer_with(decision_id, "relink", revision=correction.revision, instead=correction.ticket)


@router.post("/v1/decisions/<decision_id>/dismiss", status_code=202, **needs(NEEDED, 404, tag="decisions"))
def dismiss_decision(decision_id: Id, dismissal: Annotated[Dismissal, Body()]) -> DecisionView:
    """Dismiss what a decision proposes, for good."""
    return _answer_with(decision_id, "dismiss", revision=dismissal.revision, remark=dismissal.reason)


@router.post("/v1/decisions/<decision_id>/undo", status_code=202, **needs(NEEDED, 404, tag="decisions"))
def undo_decision(decision_id: Id) -> DecisionView:
    """Take back what was done, unless people have gone on with it since.

    A moment later the decision is `undone`; what its thread had noted on a new ticket goes with that. If people have
    changed the thing since, or what was said elsewhere is noted on it, it stays `done` and `error` says so. A tree's
    tickets are put back one by one: if some stay, because people have moved them since, `error` names those.
    """
    return _answer_with(decision_id, "undo")


@router.post("/v1/decisions/<decision_id>/retry", status_code=202, **needs(NEEDED, 404, tag="decisions"))
def retry_decision(decision_id: Id) -> DecisionView:
    """Try again what could not be done (`failed`)."""
    return _answer_with(decision_id, "retry")


def _answer_with(
    decision_id: str,
    verb: Answer,
    *,
    revision: str | None = None,
    remark: str | None = None,
    instead: Edited | str | None = None,
) -> DecisionView:
    request = current_request(router)
    details = Details(revision, remark, instead, given_at=request.write.began_at)
    try:
        decision = answer(request.caller, decision_id, verb, request.unit, details)
    except Conflict:
        decision = request.stores.decisions.get(request.tenant_id, decision_id)
        if not (request.write.again and decision.decided_by == request.caller.actor):
            raise
        # It has been answered so already, by an attempt that got no answer itself.
    request.note(f"decision.{verb}", decision.id, state=decision.state)
    return queries.decision_viewer(request.unit)(decision)
