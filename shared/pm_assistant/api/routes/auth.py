"""Registering, logging in, passwords: the doors that need no login.

What is answered never tells whether an address is known.
"""

import time
from typing import TYPE_CHECKING, Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field, SecretStr

from pm_assistant.api.context import Here, here, needs_nobody
from pm_assistant.domain.accounts import Account, Email, Password, Registration, Session
from pm_assistant.domain.model import Model
from pm_assistant.runtime import wiring
from pm_assistant.runtime.logs import logger
from pm_assistant.workflows.accounts import login as entering
from pm_assistant.workflows.accounts import register as registering
from pm_assistant.workflows.accounts.login import LOGIN_REFUSED
from pm_assistant.workflows.accounts.register import Note, Registered

if TYPE_CHECKING:
    from pm_assistant.aws.accounts import CognitoSessions, CognitoUsers

router = APIGatewayHttpRouter()

Code = Annotated[str, Field(min_length=1, max_length=64, description="out of the mail")]
Token = Annotated[SecretStr, Field(min_length=1, max_length=8_192)]


class Accepted(Model):
    """The request was taken; all else is told to the mailbox."""

    status: Literal["accepted"] = "accepted"


class Begun(Accepted):
    """The registration was taken; for a new team the address has yet to be proven."""

    registration: str = Field(description="what the code belongs to; `/auth/verify` asks for it")


class Done(Model):
    """It is done."""

    status: Literal["done"] = "done"


class Address(Model):
    """Whose mailbox."""

    email: Email


class Proof(Model):
    """That an address is one's own."""

    email: Email
    code: Code
    registration: str = Field(min_length=1, max_length=64, description="as `/auth/register` answered")


class Credentials(Model):
    """E-mail and password."""

    email: Email
    password: SecretStr = Field(min_length=1, max_length=256)


class NewPassword(Model):
    """A password to be set, and the right to do so."""

    email: Email
    code: Code
    password: Password


class RefreshToken(Model):
    """What a login handed out for the time after it."""

    refresh_token: Token


class SessionTokens(Model):
    """What a login hands out.

    The id token goes into `Authorization: Bearer …`. A refresh hands out no new refresh token: the first one stays.
    """

    id_token: str
    refresh_token: str | None
    expires_in: int = Field(description="seconds until the id token ends")

    @classmethod
    def of(cls, session: Session) -> "SessionTokens":
        """The tokens of a session, to be shown."""
        refresh = session.refresh_token
        return cls(
            id_token=session.id_token.get_secret_value(),
            refresh_token=refresh.get_secret_value() if refresh else None,
            expires_in=session.expires_in,
        )


@router.post("/auth/register", status_code=202, **needs_nobody(400, 429, 502, 503, tag="auth"))
def register(wish: Annotated[Registration, Body()]) -> Begun:
    """Register with a team of one's own (`team_name`), or join one (`invitation`).

    A new team waits until its owner has proven the e-mail address with the code that is mailed there; who was invited
    has proven it already and can log in at once. The answer is the same for an address that has an account; its
    mailbox then hears of the attempt.
    """
    request, stores = here(router), here(router).stores
    outcome, registration = registering.register(
        wish,
        users=_users(request),
        tenants=stores.tenants,
        accounts=stores.accounts,
        invitations=stores.invitations,
        rate_limiter=stores.rate_limiter,
        mailer=wiring.mailer(request.env.mail_from),
        note=_note(request),
        address=request.address,
        public_url=request.public_url,
        now=request.now,
    )
    say = logger().warning if outcome is Registered.KNOWN_NOT_TOLD else logger().info
    say("registration", extra={"outcome": outcome, "request_id": request.request_id})
    return Begun(registration=registration)


@router.post("/auth/verify", **needs_nobody(400, 429, 502, 503, tag="auth"))
def verify(proof: Annotated[Proof, Body()]) -> Done:
    """Prove the e-mail address with the code that was mailed there for this very registration.

    Registering an address again before it is proven replaces the registration, and its code with it.
    """
    request, stores = here(router), here(router).stores
    registering.verify(
        proof.email,
        proof.code,
        proof.registration,
        users=_users(request),
        tenants=stores.tenants,
        accounts=stores.accounts,
        rate_limiter=stores.rate_limiter,
        note=_note(request),
        address=request.address,
        now=request.now,
    )
    return Done()


@router.post("/auth/verify/resend", status_code=202, **needs_nobody(429, 502, 503, tag="auth"))
def resend(whose: Annotated[Address, Body()]) -> Accepted:
    """Mail the code that proves the address again."""
    request = here(router)
    registering.resend(
        whose.email,
        users=_users(request),
        rate_limiter=request.stores.rate_limiter,
        address=request.address,
        now=request.now,
    )
    return Accepted()


@router.post("/auth/login", **needs_nobody(401, 429, 502, 503, tag="auth"))
def login(credentials: Annotated[Credentials, Body()]) -> SessionTokens:
    """Log in."""
    request, stores = here(router), here(router).stores
    session = entering.login(
        credentials.email,
        credentials.password.get_secret_value(),
        users=_users(request),
        sessions=_sessions(request),
        tenants=stores.tenants,
        accounts=stores.accounts,
        rate_limiter=stores.rate_limiter,
        note=_note(request),
        address=request.address,
        wait=time.sleep,
        now=request.now,
    )
    return SessionTokens.of(session)


@router.post("/auth/refresh", **needs_nobody(401, 429, 502, 503, tag="auth"))
def refresh(given: Annotated[RefreshToken, Body()]) -> SessionTokens:
    """Get a fresh id token."""
    request, stores = here(router), here(router).stores
    session = entering.refresh(
        given.refresh_token.get_secret_value(),
        sessions=_sessions(request),
        tenants=stores.tenants,
        accounts=stores.accounts,
        rate_limiter=stores.rate_limiter,
        address=request.address,
        now=request.now,
    )
    return SessionTokens.of(session)


@router.post("/auth/password/forgot", status_code=202, **needs_nobody(429, 502, 503, tag="auth"))
def forgot(whose: Annotated[Address, Body()]) -> Accepted:
    """Mail a code with which a new password can be set."""
    request = here(router)
    entering.forgot(
        whose.email,
        users=_users(request),
        rate_limiter=request.stores.rate_limiter,
        address=request.address,
        now=request.now,
    )
    return Accepted()


@router.post("/auth/password/reset", **needs_nobody(400, 409, 429, 502, 503, tag="auth"))
def reset(new: Annotated[NewPassword, Body()]) -> Done:
    """Set a new password; all sessions that began with the old one end.

    With the statuses 409, 502 and 503 the password may be set although they have not ended; log in and use
    `/v1/me/logout-everywhere`.
    """
    request, stores = here(router), here(router).stores
    entering.reset(
        new.email,
        new.code,
        new.password.get_secret_value(),
        users=_users(request),
        sessions=_sessions(request),
        accounts=stores.accounts,
        rate_limiter=stores.rate_limiter,
        note=_note(request),
        address=request.address,
        now=request.now,
    )
    return Done()


@router.post("/auth/logout", **needs_nobody(429, 502, 503, tag="auth"))
def logout(given: Annotated[RefreshToken, Body()]) -> Done:
    """Make a refresh token worthless; the same is answered for one that was so already.

    The id token it bought last goes on until it ends, within the hour; `/v1/me/logout-everywhere` ends that too.
    """
    request = here(router)
    entering.logout(
        given.refresh_token.get_secret_value(),
        sessions=_sessions(request),
        rate_limiter=request.stores.rate_limiter,
        address=request.address,
        now=request.now,
    )
    return Done()


def _users(request: Here) -> "CognitoUsers":
    return wiring.users(request.env.user_pool_id, request.env.client_id)


def _sessions(request: Here) -> "CognitoSessions":
    return wiring.sessions(request.env.user_pool_id, request.env.client_id)


def _note(request: Here) -> Note:
    def note(account: Account, action: str) -> None:
        entry = request.entry(action, f"account:{account.id}", address=request.address)
        if action != LOGIN_REFUSED:
            entry = entry.model_copy(update={"actor": f"account:{account.id}", "actor_name": account.email})
        request.stores.audit.add(account.tenant_id, entry)

    return note
