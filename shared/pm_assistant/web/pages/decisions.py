"""Decisions, and the answers that people give to them."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.decisions import Answer, Decision
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.runtime.http import status_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.pages.login import own_path
from pm_assistant.web.request import PageRequest, current_request, needs
from pm_assistant.workflows.corridor.answer import Details, answer
from pm_assistant.workflows.corridor.answering import NEEDED
from pm_assistant.workflows.corridor.shown import shown_decisions

router = APIGatewayHttpRouter()


@router.get("/decisions/<decision_id>", **needs(Scope.READ))
def show_decision(decision_id: str) -> Response[str]:
    """One decision in full, as everybody of the team may read it."""
    return _page(decision_id, current_request(router))


@router.post("/decisions/<decision_id>/<verb>", **needs(NEEDED))
def answer_decision(decision_id: str, verb: str) -> Response[str]:
    """Give an answer, and go back to where it was asked; what does not fit any more is said there."""
    request = current_request(router)
    verbs: dict[str, Answer] = {
        "approve": "approve",
        "dismiss": "dismiss",
        "relink": "relink",
        "undo": "undo",
        "retry": "retry",
    }
    if verb not in verbs:
        raise NotFound("there is no such answer")
    if verb == "dismiss" and not request.field("reason"):
        message = request.texts.gettext("Please say why: that is how I learn.")
        return _page(decision_id, request, status=HTTPStatus.UNPROCESSABLE_ENTITY, message=message)
    details = Details(
        revision=request.field("revision") or None,
        remark=request.field("reason") or None,
        instead=request.field("ticket") or None,
        given_at=request.now,
    )
    try:
        decision = answer(request.caller, decision_id, verbs[verb], request.unit, details)
    except (Conflict, Forbidden, InvalidRequest) as error:
        return _page(decision_id, request, status=status_of(error), message=str(error))
    request.note(f"decision.{verbs[verb]}", decision.id, state=decision.state)
    return see_other(request, f"{own_path(request.field('back'))}?answered={decision.id}")


def _page(
    decision_id: str, request: PageRequest, *, status: HTTPStatus = HTTPStatus.OK, message: str = ""
) -> Response[str]:
    unit = request.unit
    decision: Decision = unit.stores.decisions.get(unit.tenant_id, decision_id)
    if decision.private:
        raise NotFound("there is no such decision, or it is about what was said in private")
    shown = shown_decisions([decision], unit.stores.index.read(unit.tenant_id), unit)
    return page(
        request,
        "decision.html",
        status=status,
        decision=decision,
        entry=shown.entry(decision),
        answers=request.caller.scope.covers(NEEDED),
        message=message,
    )
