"""The decision log, one decision in full, and the answers that people give."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.decisions import Answer, Decision, DecisionState
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, NotFound
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.kinds import ActionKind
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.cards import percent_in
from pm_assistant.presentation.i18n import Texts, gettext_noop
from pm_assistant.presentation.money import cost
from pm_assistant.presentation.previews import STATUSES
from pm_assistant.runtime.http import status_of
from pm_assistant.web.html import page, see_other
from pm_assistant.web.listing import Listing
from pm_assistant.web.pages.login import own_path
from pm_assistant.web.refusals import refusal
from pm_assistant.web.request import PageRequest, chosen, current_request, needs
from pm_assistant.web.routing import Response, Router
from pm_assistant.workflows.pipeline.answer import Details, answer
from pm_assistant.workflows.pipeline.conversations import decisions_in
from pm_assistant.workflows.pipeline.decision_views import shown_decisions
from pm_assistant.workflows.pipeline.permissions import NEEDED
from pm_assistant.workflows.pipeline.queries import (
    DecisionFilter,
    DecisionView,
    MessageView,
    Unnamed,
    list_decisions,
    show_conversation,
    ticket_references,
)

router = Router()

PAGE = 25
"""Decisions on a page of the log."""
VERBS: Sequence[Answer] = ("approve", "dismiss", "relink", "undo", "retry")
"""Answers that a press gives; what is worded anew is worded in the chat, or by the API."""
KINDS: Mapping[ActionKind, str] = {
    ActionKind.COMMENT: gettext_noop("Comments"),
    ActionKind.CREATE: gettext_noop("New tickets"),
    ActionKind.MOVE: gettext_noop("Moves"),
    ActionKind.CHANGE: gettext_noop("Ordered changes"),
    ActionKind.CLOSE: gettext_noop("Closings"),
    ActionKind.LINK: gettext_noop("Pull requests"),
}
"""What is decided, as a heading says it; where nothing was to be done, there is nothing to list."""


@router.get("/decisions", **needs(Scope.READ))
def list_log() -> Response[str]:
    """The decisions that fit a filter, changed last first, a page at a time."""
    request = current_request(router)
    listing = Listing.of(request, "/decisions", "state", "kind", "ticket")
    wanted = listing.wanted
    criteria = DecisionFilter(
        state=chosen(wanted["state"], DecisionState),
        kind=chosen(wanted["kind"], KINDS),
        ticket=wanted["ticket"] or None,
    )
    unit = request.unit
    index = unit.stores.index.read(unit.tenant_id)
    found: Sequence[DecisionView] = ()
    next_place = None
    with suppress(InvalidRequest):  # Somebody has typed what is no ticket: about that there is nothing.
        found, next_place = list_decisions(
            criteria,
            unit,
            before=request.before,
            limit=PAGE,
            fits_page=lambda _: True,
            index=index,
            history_from=request.tenant.history_from(unit.now()),
        )
    shown = shown_decisions(found, index, unit, wordless=True)
    return page(
        request,
        "decisions.html",
        decisions=shown.in_words(shown.decisions, request.texts),
        listing=listing.going_on(next_place),
        states={state.value: request.texts.gettext(name) for state, name in STATUSES.items()},
        kinds={kind.value: request.texts.gettext(name) for kind, name in KINDS.items()},
        answers=request.caller.scope.covers(NEEDED),
    )


@router.get("/decisions/<decision_id>", **needs(Scope.READ))
def show_decision(decision_id: str) -> Response[str]:
    """One decision in full, as everybody of the team may read it."""
    return _page(decision_id, current_request(router))


@router.post("/decisions/<decision_id>/<verb>", **needs(NEEDED))
def answer_decision(decision_id: str, verb: str) -> Response[str]:
    """Give an answer, and go back to where it was asked; what does not fit any more is said there."""
    request = current_request(router)
    given = chosen(verb, VERBS)
    if given is None:
        raise NotFound("there is no such answer")
    if given == "dismiss" and not request.field("reason"):
        message = request.texts.gettext("Please say why: that is how I learn.")
        return _page(decision_id, request, status=HTTPStatus.UNPROCESSABLE_ENTITY, message=message)
    details = Details(
        revision=request.field("revision") or None,
        remark=request.field("reason")[:500] or None,
        instead=request.field("ticket") or None,
        given_at=request.now,
    )
    try:
        decision = answer(request.caller, decision_id, given, request.unit, details)
    except (Conflict, Forbidden, InvalidRequest) as error:
        return _page(decision_id, request, status=status_of(error), message=refusal(error, request.texts))
    request.note(f"decision.{given}", decision.id, state=decision.state)
    return see_other(request, f"{own_path(request.field('back'))}?answered={decision.id}")


def _page(
    decision_id: str, request: PageRequest, *, status: HTTPStatus = HTTPStatus.OK, message: str = ""
) -> Response[str]:
    unit = request.unit
    with unit.side_by_side() as reads:
        found_index = reads.submit(unit.stores.index.read, unit.tenant_id)
        found = unit.stores.decisions.get(unit.tenant_id, decision_id)
    index = found_index.result()
    shown = shown_decisions([found, *_asked_beside(found, unit)], index, unit, wordless=True)
    decision = shown.decisions[0]
    entries = shown.in_words(shown.decisions, request.texts)
    withheld = shown.withholds(decision)
    return page(
        request,
        "decision.html",
        status=status,
        message=message,
        decision=decision,
        shown=next((each for each in entries if each.decision is decision), None),
        beside=[each for each in entries if each.decision is not decision],
        answers=request.caller.scope.covers(NEEDED),
        status_name=request.texts.gettext(STATUSES[decision.state]),
        decided_by=shown.deciding.names.get(decision.decided_by or ""),
        confidence=percent_in(decision.confidence, request.texts),
        judged_confidence=percent_in(decision.judged_confidence, request.texts),
        cost=cost(decision.cost_microdollars, request.texts),
        messages=[] if withheld else _messages(decision, index, request),
        runners_up=[] if withheld else _runners_up(decision, index, request.texts),
    )


def _asked_beside(decision: Decision, unit: Unit) -> Sequence[Decision]:
    """What people are asked of the same words, of which only one can be right; nothing once that is answered."""
    if decision.state is not DecisionState.PROPOSED or not decision.alternatives:
        return []
    of_thread = decisions_in(decision.subject, unit)
    return [each for each in of_thread if each.id in decision.alternatives and each.state is DecisionState.PROPOSED]


def _messages(decision: Decision, index: TeamIndex, request: PageRequest) -> Sequence[tuple[MessageView, bool]]:
    """What was said, each with whether the decision rests on it; nothing of what was said in private."""
    thread = decision.thread
    if thread is None or decision.private:
        return []
    try:
        conversation = show_conversation(
            f"{thread.channel}:{thread.root_ts}",
            request.unit,
            channels=request.tenant.settings.channels,
            index=index,
            history_from=request.tenant.history_from(request.unit.now()),
            unnamed=Unnamed(request.texts.gettext("somebody"), request.texts.gettext("a private channel")),
        )
    except NotFound:
        return []
    cited = {receipt.message_id for receipt in decision.evidence}
    return [(message, message.id in cited) for message in conversation.messages]


def _runners_up(decision: Decision, index: TeamIndex, texts: Texts) -> Sequence[Mapping[str, Any]]:
    """The tickets that came next and that everybody may read."""
    found = ticket_references([each.ticket_id for each in decision.runners_up], index)
    return [
        {"ticket": found[each.ticket_id], "score": percent_in(each.score, texts)}
        for each in decision.runners_up
        if each.ticket_id in found
    ]
