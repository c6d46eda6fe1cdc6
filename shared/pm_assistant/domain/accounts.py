"""Who may use the product for a tenant: people who log in, programs with keys, and the trail of what they did."""

import re
from collections.abc import Collection, Set
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId


class Role(StrEnum):
    """What a person is to the tenant."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class Scope(StrEnum):
    """How much a caller may do; each includes the ones before it, and `owner` is never a key's."""

    READ = "read"
    RUN = "run"
    ADMIN = "admin"
    OWNER = "owner"

    def covers(self, needed: "Scope") -> bool:
        """Whether this is at least as much."""
        order = list(Scope)
        return order.index(self) >= order.index(needed)


SCOPE_OF = {Role.OWNER: Scope.OWNER, Role.ADMIN: Scope.ADMIN, Role.MEMBER: Scope.RUN}


class Account(Model):
    """A person's login, as the tenant knows it; the password is the user directory's business.

    Attributes:
        id: the directory's id of the user (`sub`).
        email: where the person proved to be reachable.
        sessions_from: proofs of login issued before this moment no longer count; set by logging out everywhere.
        former_emails: those that the person logged in with before.
    """

    id: str
    tenant_id: TenantId
    email: str
    role: Role
    created_at: AwareDatetime
    sessions_from: AwareDatetime | None = None
    former_emails: tuple[str, ...] = ()


class Invitation(Model):
    """An open offer to join; `id` is derived from the code, which only the invited person's mailbox holds."""

    id: str
    tenant_id: TenantId
    email: str
    role: Role
    invited_by: str
    created_at: AwareDatetime
    expires_at: AwareDatetime
    waits_for_seat: bool = False


class ApiKey(Model):
    """A program's long-lived access; the key itself is shown once and kept nowhere.

    Attributes:
        digest: SHA-256 of the key's secret part, in hex.
        scope: at most `admin`.
    """

    id: str
    tenant_id: TenantId
    name: str
    scope: Scope
    digest: str = Field(repr=False)
    created_by: str
    created_at: AwareDatetime
    last_used_at: AwareDatetime | None = None


class Identity(Model):
    """Who a verified credential says is calling; whether that still counts is for the tenant's own rows to say.

    Attributes:
        kind: a person's login or a program's key.
        id: account id or key id.
        issued_at: when the login was proven; None for a key.
        expires_at: when the proof ends; None for a key.
        email: where the login's person has proven to be reachable; None for a key.
    """

    kind: Literal["account", "key"]
    id: str
    tenant_id: TenantId
    issued_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    email: str | None = None

    def is_operator(self, operators: Collection[str]) -> bool:
        """Whether this is one of those who operate the service, whose addresses the stage names.

        Nothing else makes an operator: no role in a tenant, and no key.
        """
        proven = canonical(self.email) if self.kind == "account" and self.email else None
        return proven in {canonical(address) for address in operators}


class Session(Model):
    """What a login hands out.

    Attributes:
        identity: who has logged in.
        id_token: proves who is calling, for `expires_in` seconds; goes into the `Authorization` header.
        refresh_token: buys the next id token; the directory may hand out a new one each time.
    """

    identity: Identity
    id_token: SecretStr
    refresh_token: SecretStr | None = None
    expires_in: int


class BrowserSession(Model):
    """A person's login in one browser, which keeps the only copy of its secret.

    Attributes:
        digest: SHA-256 of the secret, in hex.
        scope: what the account was allowed when it logged in; another needs another login.
        issued_at: when the login was proven, as `Identity.issued_at`.
        seen_at: when it was last used, to some minutes.
        ends_at: when it ends, however much it is used.
        email: that the directory said was proven to be the person's; None where it did not.
        user_agent: what the browser says of itself, cut short.
    """

    digest: str = Field(repr=False)
    account_id: str
    tenant_id: TenantId
    scope: Scope
    issued_at: AwareDatetime
    seen_at: AwareDatetime
    ends_at: AwareDatetime
    email: str | None = None
    user_agent: str = ""

    @property
    def id(self) -> str:
        """What its person names it by; it proves nothing."""
        return self.digest[:16]


class Caller(Model):
    """Who is calling, checked against the tenant's rows: the only source of the tenant for all that follows."""

    tenant_id: TenantId
    kind: Literal["account", "key"]
    id: str
    name: str = Field(description="e-mail of the person or name of the key, for the audit trail")
    scope: Scope
    closing: bool = Field(default=False, description="the tenant's end has been announced")

    @property
    def actor(self) -> str:
        """How the audit trail and decisions name the caller, such as `account:7f…`."""
        return f"{self.kind}:{self.id}"


class AuditEntry(Model):
    """One thing that somebody did, or tried to.

    Attributes:
        id: sorts by time.
        actor: `account:<id>`, `key:<id>`, `slack:<user>`, `system`, `aws:<arn>` for an operator at a terminal, or
            `unknown` for one who could not prove who it is.
        action: dotted, past: `connection.made`, `key.revoked`, `oauth.refused`.
        target: what it was done to, such as `slack` or a decision's id.
        detail: small facts, free of secrets and of what people said.
        request_id: of the request that did it.
    """

    id: str
    at: AwareDatetime
    actor: str
    actor_name: str = ""
    action: str
    target: str = ""
    detail: dict[str, str] = Field(default_factory=dict)
    request_id: str = ""

    def without_person(self, signatures: Set[str], addresses: Set[str]) -> Self:
        """The same with nothing but ids of somebody who signs like that and has these addresses."""
        theirs = bool({self.actor, self.target} & signatures)
        detail = {
            name: word
            for name, word in self.detail.items()
            if canonical(word) not in addresses and not (theirs and name == NETWORK_ADDRESS)
        }
        is_name = self.actor in signatures or canonical(self.actor_name) in addresses
        return self.model_copy(update={"actor_name": "" if is_name else self.actor_name, "detail": detail})


NETWORK_ADDRESS = "address"
"""In an entry's detail: where a request came from that needed no login."""


class Mail(Model):
    """An e-mail to one person; `html` says the same as `text`.

    Attributes:
        unsubscribe_url: where one may be spared more of its kind, by one POST without a login (RFC 8058).
    """

    to: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str = ""


class MailReturned(Model):
    """A message on the reports queue: mail to an address came back for good, or was called junk by who got it.

    It is written by the rule in template.yaml, of what SES tells; `reason` is SES's word for it.
    """

    type: Literal["mail_returned"] = "mail_returned"
    tenant_id: TenantId
    email: str
    reason: Literal["Bounce", "Complaint"]
    at: AwareDatetime


class MailStop(Model):
    """An address that a tenant's mail no longer goes to."""

    email: str
    reason: Literal["Bounce", "Complaint"]
    at: AwareDatetime


Email = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$", max_length=128
    ),
]
"""An address as it comes from outside, in ASCII as SES wants it; only a mail to it can tell whether it exists.

No longer than a user name of Cognito (docs.aws.amazon.com/cognito-user-identity-pools, SignUp)."""


def _in_one_line(password: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\S[^\n\r\x85\u2028\u2029]*\S", password.get_secret_value()):
        raise ValueError("a password is one line that neither begins nor ends with a space")
    return password


Password = Annotated[SecretStr, Field(min_length=12, max_length=256), AfterValidator(_in_one_line)]
"""A password to be set; the bounds are the directory's own, so that it refuses none that we let through.

Cognito takes `^[\\S]+.*[\\S]+$` (docs.aws.amazon.com/cognito-user-identity-pools, SignUp)."""

WRONG_CODE = Translatable("the code is wrong or has expired")
"""All that is said of a code that proves nothing, whatever the cause."""


def read_code(typed: str) -> str:
    """A code as it was mailed, whatever spaces were typed or copied with it.

    Raises:
        InvalidRequest: there is none.
    """
    code = "".join(typed.split())
    if not code:
        raise InvalidRequest(WRONG_CODE, field="code")
    return code


TeamName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")
]
"""What a team calls itself; one line, since it stands in mails."""


class Registration(Model):
    """A wish to use the product: with a team of one's own, or by an invitation to one.

    Attributes:
        team_name: of the team to found; needed unless there is an invitation.
        invitation: the code out of the invitation's mail.
    """

    email: Email
    password: Password
    team_name: TeamName | None = None
    invitation: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _one_way(self) -> "Registration":
        if (self.team_name is None) == (self.invitation is None):
            raise ValueError("either found a team (team_name) or join one (invitation)")
        return self


def is_email(text: str) -> bool:
    """Whether an address can be one."""
    try:
        TypeAdapter(Email).validate_python(text)
    except ValidationError:
        return False
    return True


def canonical(email: str) -> str:
    """Spell an address the one way we store and compare: the directory is set to ignore case, so we do."""
    return email.strip().casefold()


def sessions_end(at: datetime) -> datetime:
    """The first full second after `at`: what was issued within the second of a logout ends with it."""
    return datetime.fromtimestamp(int(at.timestamp()) + 1, at.tzinfo)
