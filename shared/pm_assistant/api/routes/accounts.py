"""Who may use the product: accounts, invitations, keys, and the audit trail."""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import AwareDatetime, Field, SecretStr

from pm_assistant.api.context import current_request, needs
from pm_assistant.api.guards import SHOWN_ONCE
from pm_assistant.api.paging import Cursor, Limit, Moment, Page, decode_cursor, encode_cursor, paginate, paginate_sorted
from pm_assistant.api.routes.auth import Done
from pm_assistant.domain.accounts import Account, ApiKey, AuditEntry, Email, Invitation, Password, Role, Scope
from pm_assistant.domain.model import Model
from pm_assistant.workflows.accounts import email_change, people, trail
from pm_assistant.workflows.accounts.keys import create_key, revoke_key
from pm_assistant.workflows.accounts.login import change_password, logout_everywhere

router = APIGatewayHttpRouter()

AccountId = Annotated[str, Path(description="as the list of accounts names it", max_length=128)]
InvitationId = Annotated[str, Path(description="as the list of invitations names it", max_length=128)]
KeyId = Annotated[str, Path(description="as the list of keys names it", max_length=128)]


class Me(Model):
    """Who is calling, and what that allows."""

    kind: Literal["account", "key"]
    id: str
    name: str = Field(description="e-mail of a person, name of a key")
    scope: Scope
    tenant_id: str
    tenant_name: str


class AccountSummary(Model):
    """Who can log in; with which addresses before, and when they logged out everywhere, is their own business."""

    id: str
    tenant_id: str
    email: str
    role: Role
    created_at: AwareDatetime

    @classmethod
    def of(cls, account: Account) -> "AccountSummary":
        """What colleagues are shown of an account."""
        return cls.model_validate({name: getattr(account, name) for name in cls.model_fields})


class PasswordChange(Model):
    """A password to be set, and the one that counts so far."""

    current: SecretStr = Field(min_length=1, max_length=256)
    password: Password


class EmailRequest(Model):
    """The address that somebody wants to log in with, and the password that counts."""

    email: Email
    current: SecretStr = Field(min_length=1, max_length=256)


class EmailProof(Model):
    """What was mailed to the new address."""

    code: str = Field(min_length=1, max_length=2_000)


class RoleChange(Model):
    """What a person is to be."""

    role: Role


class Offer(Model):
    """Whom to invite, and as what."""

    email: Email
    role: Role = Role.MEMBER


class KeyRequest(Model):
    """A key to be made."""

    name: str = Field(min_length=1, max_length=100, description="what the key is for")
    scope: Literal[Scope.READ, Scope.RUN, Scope.ADMIN] = Scope.READ


class KeySummary(Model):
    """A key, without what it opens doors with."""

    id: str
    name: str
    scope: Scope
    created_by: str
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeySummary":
        """What there is to say of a key."""
        return cls.model_validate(key.model_dump(exclude={"tenant_id", "digest"}))


class NewKey(KeySummary):
    """A key that was just made; `key` goes into `Authorization: Bearer …` and is shown this once."""

    key: str | None = Field(description="null when a request is repeated under its idempotency key")


@router.get("/v1/me", **needs(Scope.READ, tag="accounts"))
def show_me() -> Me:
    """Show who is calling."""
    request = current_request(router)
    caller, tenant = request.caller, request.tenant
    return Me(
        kind=caller.kind,
        id=caller.id,
        name=caller.name,
        scope=caller.scope,
        tenant_id=tenant.id,
        tenant_name=tenant.name,
    )


@router.post("/v1/me/logout-everywhere", **needs(Scope.READ, 409, tag="accounts", while_suspended=True))
def log_out_everywhere() -> Done:
    """End all of the calling person's sessions, this one included; the next request needs a new login."""
    request = current_request(router)
    logout_everywhere(request.caller, request.unit)
    request.note("sessions.ended")
    return Done()


@router.post(
    "/v1/me/password", **needs(Scope.READ, 400, 409, 502, 503, tag="accounts", while_closing=True, while_suspended=True)
)
def set_password(change: Annotated[PasswordChange, Body()]) -> Done:
    """Set a new password, by the current one; all of the calling person's sessions end, this one included.

    With the statuses 409, 502 and 503 the password may be set although they have not ended; log in and use
    `/v1/me/logout-everywhere`.
    """
    request = current_request(router)
    current, password = change.current.get_secret_value(), change.password.get_secret_value()
    change_password(request.caller, current, password, request.unit, origin=request.origin)
    return Done()


@router.post(
    "/v1/me/email", **needs(Scope.READ, 400, 502, 503, tag="accounts", while_closing=True, while_suspended=True)
)
def ask_for_email(requested: Annotated[EmailRequest, Body()]) -> Done:
    """Mail a code to the address that the calling person wants to log in with; nothing is changed yet.

    Whether the address has a login already is told to whoever reads its mailbox, when the code is given.
    """
    request = current_request(router)
    email_change.ask_for_email(
        requested.email, requested.current.get_secret_value(), request.caller, request.unit, origin=request.origin
    )
    return Done()


@router.post(
    "/v1/me/email/confirm",
    **needs(Scope.READ, 400, 409, 502, 503, tag="accounts", while_closing=True, while_suspended=True),
)
def confirm_email(proof: Annotated[EmailProof, Body()]) -> AccountSummary:
    """Log in with the new address from now on, by the code that was mailed there within the hour.

    All of the calling person's sessions end, this one included, and the former address is told. With the statuses 409,
    502 and 503 repeat with the same code.
    """
    request = current_request(router)
    account = email_change.confirm_email(proof.code, request.caller, request.unit, origin=request.origin)
    return AccountSummary.of(account)


@router.delete("/v1/me", **needs(Scope.READ, 409, 502, 503, tag="accounts", while_closing=True))
def leave_team() -> Done:
    """End the calling person's own access at once, with the keys, invitations and rules that the person made.

    The last owner stays: make somebody else one, or end the tenant. No program leaves.
    """
    request = current_request(router)
    account, ended = people.leave(request.caller, request.unit)
    request.note("account.removed", f"account:{account.id}", **ended.noted(account))
    return Done()


@router.get("/v1/accounts", **needs(Scope.READ, 400, tag="accounts"))
def list_accounts(limit: Limit = 50, cursor: Cursor = "") -> Page[AccountSummary]:
    """List who can log in for this tenant."""
    request = current_request(router)
    accounts = request.stores.accounts.all(request.tenant_id)
    items, next_cursor = paginate_sorted(accounts, lambda account: account.id, cursor=cursor, limit=limit)
    return Page[AccountSummary](items=tuple(map(AccountSummary.of, items)), next=next_cursor)


@router.patch("/v1/accounts/<account_id>", **needs(Scope.ADMIN, 404, 409, tag="accounts"))
def change_role(account_id: AccountId, change: Annotated[RoleChange, Body()]) -> AccountSummary:
    """Give a person another role.

    Only an owner makes or unmakes owners, and one always stays. Keys that the person made and that may do more than
    the new role are revoked, and invitations beyond it taken back.
    """
    request = current_request(router)
    account, ended = people.change_role(account_id, change.role, request.caller, request.unit)
    request.note("role.changed", f"account:{account.id}", role=account.role.value, **ended.noted(account))
    return AccountSummary.of(account)


@router.delete("/v1/accounts/<account_id>", **needs(Scope.ADMIN, 404, 409, 502, 503, tag="accounts"))
def remove_account(account_id: AccountId) -> Done:
    """End a person's access at once; keys and invitations that the person made end with it."""
    request = current_request(router)
    account, ended = people.remove(account_id, request.caller, request.unit)
    request.note("account.removed", f"account:{account.id}", **ended.noted(account))
    return Done()


@router.get("/v1/invitations", **needs(Scope.ADMIN, 400, tag="accounts"))
def list_invitations(limit: Limit = 50, cursor: Cursor = "") -> Page[Invitation]:
    """List the invitations that can still be taken up."""
    request = current_request(router)
    invitations = request.stores.invitations.all(request.tenant_id, request.now)
    items, next_cursor = paginate_sorted(invitations, lambda invitation: invitation.id, cursor=cursor, limit=limit)
    return Page[Invitation](items=tuple(items), next=next_cursor)


@router.post("/v1/invitations", status_code=201, **needs(Scope.ADMIN, 409, 502, 503, tag="accounts"))
def invite(offer: Annotated[Offer, Body()]) -> Invitation:
    """Invite somebody by e-mail; the mail holds the only copy of the code, good for a week.

    Only people invite, and what they offered ends when they no longer could. Inviting an address again replaces the
    earlier invitation.
    """
    request = current_request(router)
    invitation = people.invite(
        offer.email, offer.role, request.caller, request.unit, origin=request.origin, write=request.write.id
    )
    request.note("account.invited", f"invitation:{invitation.id}", email=invitation.email, role=invitation.role.value)
    return invitation


@router.delete("/v1/invitations/<invitation_id>", **needs(Scope.ADMIN, 404, tag="accounts"))
def cancel_invitation(invitation_id: InvitationId) -> Done:
    """Take an invitation back."""
    request = current_request(router)
    invitation = people.cancel(invitation_id, request.caller, request.unit)
    request.note("invitation.cancelled", f"invitation:{invitation.id}", email=invitation.email)
    return Done()


@router.get("/v1/keys", **needs(Scope.ADMIN, 400, tag="keys"))
def list_keys(limit: Limit = 50, cursor: Cursor = "") -> Page[KeySummary]:
    """List the keys of programs."""
    request = current_request(router)
    keys = request.stores.api_keys.all(request.tenant_id)
    items, next_cursor = paginate_sorted(keys, lambda key: key.id, cursor=cursor, limit=limit)
    return Page[KeySummary](items=tuple(map(KeySummary.of, items)), next=next_cursor)


@router.post("/v1/keys", status_code=201, **needs(Scope.ADMIN, tag="keys"))
def make_key(requested: Annotated[KeyRequest, Body()]) -> Response[NewKey]:
    """Make a key for a program; only people make keys, and the key itself is shown this once."""
    request = current_request(router)
    key, secret = create_key(requested.name, requested.scope, request.caller, request.unit, write=request.write.id)
    request.note("key.created", f"key:{key.id}", name=key.name, scope=key.scope.value)
    body = NewKey.model_validate({**KeySummary.of(key).model_dump(), "key": secret})
    return Response(201, content_type="application/json", body=body, headers={SHOWN_ONCE: "key"})


@router.delete("/v1/keys/<key_id>", **needs(Scope.ADMIN, 404, tag="keys"))
def end_key(key_id: KeyId) -> Done:
    """Revoke a key; it ends at once."""
    request = current_request(router)
    key = revoke_key(key_id, request.unit)
    request.note("key.revoked", f"key:{key.id}", name=key.name)
    return Done()


@router.get("/v1/audit", **needs(Scope.ADMIN, 400, tag="audit"))
def list_audit(
    actor: Annotated[str | None, Query(max_length=200, description="who did it, as entries name them")] = None,
    action: Annotated[
        str | None, Query(max_length=100, description="such as `key.created`, or the part before the point")
    ] = None,
    since: Annotated[Moment | None, Query(description="from then on")] = None,
    until: Annotated[Moment | None, Query(description="before then")] = None,
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Page[AuditEntry]:
    """List who did what, newest first.

    A page may hold fewer than it could, even none: as long as it names a `next`, there may be more.
    """
    criteria = trail.AuditFilter(actor=actor, action=action, since=since, until=until)
    entries, next_place = trail.list_audit(
        criteria, current_request(router).unit, before=decode_cursor(cursor), limit=limit
    )
    items, next_cursor = paginate(entries, lambda entry: entry.id, limit=limit)
    return Page[AuditEntry](items=tuple(items), next=next_cursor or encode_cursor(next_place))
