"""The people of the team and who they are at each vendor."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.paging import Cursor, Id, Limit, Page, paginate_sorted
from pm_assistant.api.routes.runs import RunSummary, accepted
from pm_assistant.domain.accounts import MailStop, Scope, canonical
from pm_assistant.domain.model import Model
from pm_assistant.domain.people import Likeness, MemberChange, likely_same
from pm_assistant.domain.tenants import Member, Provider
from pm_assistant.workflows.accounts.mail_stops import ask_for_mail
from pm_assistant.workflows.tenants.erasing import ask_to_erase
from pm_assistant.workflows.tenants.members import change_member, disown, identify, member_of

router = APIGatewayHttpRouter()

MOST_SUGGESTIONS = 100


class MemberSeen(Member):
    """A person of the team, and whether mail reaches them."""

    mail_stop: MailStop | None = Field(
        default=None, description="why and since when nothing is mailed to `email`; none where mail goes there"
    )


def _seen(member: Member, stop: MailStop | None) -> MemberSeen:
    return MemberSeen.model_validate(member.model_dump() | {"mail_stop": stop})


class VendorAccount(Model):
    """Who somebody is at a vendor."""

    account: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
        description="the user's id at Slack or Linear, the login at GitHub, of which nobody asks whose it is",
    )


@router.get("/v1/members", **needs(Scope.READ, tag="members"))
def list_members(
    q: Annotated[str, Query(max_length=100, description="part of a name or address")] = "",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[MemberSeen]:
    """List the people of the team, and to whom mail is stopped.

    Who has no account at a vendor, as far as we know, is named in reports and never mentioned.
    """
    request, search = current_request(router), q.casefold()
    members = [
        member
        for member in request.stores.directory.members(request.tenant_id)
        if search in f"{member.name}\n{member.email or ''}\n{'\n'.join(member.emails)}".casefold()
    ]
    items, next_cursor = paginate_sorted(members, lambda member: member.id, cursor=cursor, limit=limit)
    stops = {canonical(stop.email): stop for stop in request.stores.mail.stops(request.tenant_id)}
    return Page(items=tuple(_seen(m, stops.get(canonical(m.email or ""))) for m in items), next=next_cursor)


@router.get("/v1/members/suggestions", **needs(Scope.READ, tag="members"))
def suggest_identities() -> Page[Likeness]:
    """Suggest who may be one person with accounts at several vendors, likeliest first.

    Nothing is joined before somebody confirms it: put the account to the member's identities. The hundred likeliest.
    """
    request = current_request(router)
    likenesses = likely_same(request.stores.directory.members(request.tenant_id))
    return Page(items=tuple(likenesses[:MOST_SUGGESTIONS]))


@router.get("/v1/members/<member_id>", **needs(Scope.READ, 404, tag="members"))
def show_member(member_id: Id) -> MemberSeen:
    """Show one person."""
    request = current_request(router)
    member = member_of(member_id, request.unit)
    return _seen(member, request.stores.mail.stopped(request.tenant_id, member.email) if member.email else None)


@router.delete("/v1/members/<member_id>/mail-stop", status_code=204, **needs(Scope.ADMIN, 400, 404, tag="members"))
def lift_mail_stop(member_id: Id) -> None:
    """Have mail sent to a person again that was stopped when it bounced; where none was stopped that is fine.

    Whoever called our mail junk has to confirm the address by a code: that is for nobody else to lift.
    """
    request = current_request(router)
    member = member_of(member_id, request.unit)
    if member.email:
        ask_for_mail(member.email, request.unit, field="member_id")


@router.patch("/v1/members/<member_id>", **needs(Scope.RUN, 404, tag="members"))
def change_member_by_hand(member_id: Id, change: Annotated[MemberChange, Body()]) -> Member:
    """Set a person's name, time zone, language or further addresses; people may change themselves, admins everybody.

    What is set stays, whatever the vendors say. Reports follow to the new time zone.
    """
    request = current_request(router)
    fields = change.model_dump(exclude_unset=True)
    member = change_member(request.caller, member_id, fields, request.unit)
    request.note("member.changed", member.id, fields=", ".join(sorted(fields)))
    return member


@router.put("/v1/members/<member_id>/identities/<provider>", **needs(Scope.ADMIN, 404, tag="members"))
def put_identity(member_id: Id, provider: Provider, identity: Annotated[VendorAccount, Body()]) -> Member:
    """Confirm or correct who a person is at a vendor.

    Somebody who was nothing but that account becomes this person. The account the person had there before is one of
    its own again after the next sync.
    """
    request = current_request(router)
    member = identify(member_id, provider, identity.account, request.unit)
    request.note("member.identified", member.id, provider=provider, account=identity.account)
    return member


@router.delete("/v1/members/<member_id>/identities/<provider>", **needs(Scope.ADMIN, 404, tag="members"))
def remove_identity(member_id: Id, provider: Provider) -> Member:
    """Say that a person has no account at a vendor, whatever the addresses say."""
    request = current_request(router)
    member = disown(member_id, provider, request.unit)
    request.note("member.disowned", member.id, provider=provider)
    return member


@router.delete("/v1/members/<member_id>/data", status_code=202, **needs(Scope.ADMIN, 404, tag="members"))
def erase_member_data(member_id: Id) -> Response[RunSummary]:
    """Have what is kept of a person erased, because that person asks for it; follow the run to its end.

    The texts of the person's messages go as if they had been deleted in the chat, and what rests on them follows.
    Reports end, remarks are emptied, the audit trail keeps ids alone, and the person's own entry is removed. Whom a
    vendor still lists comes back with the next sync, as the vendor lists them. A login is untouched: remove the account
    afterwards, for through it the person's remarks are found. Asking again names the run that is under way.
    """
    request = current_request(router)
    job = ask_to_erase(member_id, request.unit, asked_by=request.caller.actor, job_id=request.job_id)
    request.note("member.erasing", member_id, run=job.id)
    return accepted(job)
