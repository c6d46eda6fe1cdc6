"""Reports: the standup and a team's overview as of now, those that came, and what people say in them."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Limit, Page, decode_cursor, paginate
from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.model import Model
from pm_assistant.domain.questions import LONGEST_ANSWER, MOST_QUESTIONS
from pm_assistant.domain.reports import Report, ReportTarget, SentReport
from pm_assistant.workflows.reports.answers import Questionnaire, questionnaire_for, say_for_report
from pm_assistant.workflows.reports.overview import overview_now
from pm_assistant.workflows.reports.report import day_of, day_of_person
from pm_assistant.workflows.tenants.audience import public_teams
from pm_assistant.workflows.tenants.members import member_of, oneself, person_calling, speaker

router = APIGatewayHttpRouter()


@router.get("/v1/standup", **needs(Scope.READ, 404, tag="work"))
def show_standup(
    member_id: Annotated[
        str | None, Query(min_length=1, max_length=200, description="whose; your own if left out")
    ] = None,
) -> Report:
    """Show a person's standup as it would be now; nothing is delivered."""
    request = current_request(router)
    if member_id is not None:
        return day_of_person(member_id, request.unit, tenant=request.tenant)
    index = request.stores.index.read(request.tenant_id)
    return day_of(oneself(request.caller, request.unit, index.people), request.unit, index=index, tenant=request.tenant)


@router.get("/v1/overview", **needs(Scope.READ, 404, tag="work"))
def show_overview(
    team_id: Annotated[str, Query(max_length=64, description="the tracker's id of the team; has to be named")] = "",
    member_id: Annotated[
        str | None, Query(min_length=1, max_length=200, description="for whom; for you if left out")
    ] = None,
) -> Report:
    """Show the overview of a team as it would be now: of each person what moved, is blocked and waits, and the totals.

    For admins, and for whom an admin has it sent (`PUT /v1/subscriptions/<member_id>/overview`); nothing is delivered.
    """
    request = current_request(router)
    index = request.stores.index.read(request.tenant_id)
    people, unit = index.people, request.unit
    reader = oneself(request.caller, unit, people) if member_id is None else member_of(member_id, unit, people)
    return overview_now(request.caller, reader, team_id, unit, index=index, tenant=request.tenant)


@router.get("/v1/reports", **needs(Scope.READ, 400, tag="work"))
def list_reports(
    team_id: Annotated[
        str | None, Query(min_length=1, max_length=64, description="those of a team of the tracker's, not your own")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[SentReport]:
    """List what came to you by itself or because you asked for it, and what did not come and why, the last first.

    As it was sent, but for what people had said: of that there are the links. They are kept for as long as messages.
    """
    request = current_request(router)
    reader = person_calling(request.caller, request.unit)
    before, kept = decode_cursor(cursor), list[SentReport]()
    if reader is not None:
        told = ReportTarget(member_id=reader.id, team_id=team_id).told
        kept += request.stores.deliveries.kept(request.tenant_id, told, before=before, limit=limit + 1)
    if not kept and team_id is not None and all(team_id != team.id for team in public_teams(request.unit)):
        raise InvalidRequest("no such team", field="team_id")
    items, next_cursor = paginate(kept, lambda sent: sent.key, limit=limit)
    return Page(items=tuple(items), next=next_cursor)


class AnswersGiven(Model):
    """What a person says for the team's report of today; what is left out, or empty, is not said any more."""

    answers: dict[str, Annotated[str, Field(max_length=LONGEST_ANSWER)]] = Field(
        default_factory=dict, max_length=MOST_QUESTIONS, description="by the question as it is asked"
    )
    words: str = Field(default="", max_length=LONGEST_ANSWER, description="what nobody asked for")


@router.get("/v1/reports/answers", **needs(Scope.READ, 404, tag="work"))
def show_answers() -> Questionnaire:
    """Show what the team asks its people for its report, and what you have said today."""
    request = current_request(router)
    return questionnaire_for(speaker(request.caller, request.unit), request.unit)


@router.put("/v1/reports/answers", **needs(Scope.RUN, 404, tag="work"))
def put_answers(given: Annotated[AnswersGiven, Body()]) -> Questionnaire:
    """Answer the team's questions for today's report, or add something; replaces what you had said today.

    It is for the team's post, which quotes it with your name; one of today that is out in a channel is changed with it.
    Nobody answers for somebody else, nor does a program.
    """
    request = current_request(router)
    said = {**given.answers, "": given.words}
    return say_for_report(speaker(request.caller, request.unit), said, request.unit)
