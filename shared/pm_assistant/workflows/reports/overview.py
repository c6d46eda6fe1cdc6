"""Who may have the overview of a team: admins, and whoever an admin has named by having it sent to them.

It says nothing that not everybody may read; but it is made of people, so it is for those who answer for them.
"""

from pm_assistant.domain.accounts import Caller, Scope
from pm_assistant.domain.errors import Forbidden, InvalidRequest
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.reports import Report, ReportDue, ReportKind, ReportTarget
from pm_assistant.domain.tenants import Member, Tenant
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.reports.report import compose
from pm_assistant.workflows.tenants.members import person_calling


def check_named(caller: Caller, target: ReportTarget, unit: Unit) -> None:
    """Make sure that somebody may say when a report comes, as far as it is an overview.

    Raises:
        InvalidRequest: an overview is of a team, and for one person.
        Forbidden: the caller is no admin, and none has named this person.
    """
    if target.kind is not ReportKind.OVERVIEW:
        return
    if target.channel_id is not None:
        raise InvalidRequest("an overview is for whoever leads a team, and for no channel", field="kind")
    if target.team_id is None:
        raise _of_no_team()
    if not caller.scope.covers(Scope.ADMIN) and not _is_named(target, unit):
        raise Forbidden("who has the overview of a team is for admins to say")


def overview_now(
    caller: Caller, reader: Member, team_id: str, unit: Unit, *, index: TeamIndex, tenant: Tenant
) -> Report:
    """The overview of a team as a person would get it now; nothing is delivered.

    The `index` is what has been read of the team, the `tenant` whose it is.

    Raises:
        InvalidRequest: no team is named.
        NotFound: there is no such team, or it is not for the reader to read of.
        Forbidden: the caller is neither an admin nor the reader, or no admin has named the reader.
    """
    if not team_id:
        raise _of_no_team()
    target = ReportTarget(member_id=reader.id, kind=ReportKind.OVERVIEW, team_id=team_id)
    if not caller.scope.covers(Scope.ADMIN) and not (
        person_calling(caller, unit, index.people) == reader and _is_named(target, unit)
    ):
        raise Forbidden("the overview of a team is for admins, and for whom an admin has it sent to")
    due = ReportDue(tenant_id=unit.tenant_id, **target.model_dump())
    return compose(due, reader, unit, index=index, tenant=tenant)


def _of_no_team() -> InvalidRequest:
    return InvalidRequest("an overview is of a team of the tracker: say which", field="team_id")


def _is_named(target: ReportTarget, unit: Unit) -> bool:
    return unit.stores.subscriptions.get(unit.tenant_id, target.subscription_id) is not None
