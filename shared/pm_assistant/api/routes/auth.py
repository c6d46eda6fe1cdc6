"""Registering, logging in, passwords: the doors that need no login.

What is answered never tells whether an address is known.
"""

from typing import Annotated, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import Field, SecretStr

from pm_assistant.api.context import current_request, needs_nobody
from pm_assistant.domain.accounts import Email, Password, Registration, Session
from pm_assistant.domain.model import Model
from pm_assistant.runtime.logs import logger
from pm_assistant.workflows.accounts import login as entering
from pm_assistant.workflows.accounts import register as registering
from pm_assistant.workflows.accounts.register import Registered

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
def register(registration: Annotated[Registration, Body()]) -> Begun:
    """Register with a team of one's own (`team_name`), or join one (`invitation`).

    A new team waits until its owner has proven the e-mail address with the code that is mailed there; who was invited
    has proven it already and can log in at once. The answer is the same for an address that has an account; its
    mailbox then hears of the attempt.
    """
    request = current_request(router)
    outcome, registration_id = registering.register(registration, request.app, origin=request.origin)
    log = logger().error if outcome is Registered.KNOWN_NOT_TOLD else logger().info
    log("registration", extra={"outcome": outcome, "request_id": request.request_id})
    return Begun(registration=registration_id)


@router.post("/auth/verify", **needs_nobody(400, 429, 502, 503, tag="auth"))
def verify(proof: Annotated[Proof, Body()]) -> Done:
    """Prove the e-mail address with the code that was mailed there for this very registration.

    Registering an address again before it is proven replaces the registration, and its code with it.
    """
    request = current_request(router)
    registering.verify(proof.email, proof.code, proof.registration, request.app, origin=request.origin)
    return Done()


@router.post("/auth/verify/resend", status_code=202, **needs_nobody(429, 502, 503, tag="auth"))
def resend(address: Annotated[Address, Body()]) -> Accepted:
    """Mail the code that proves the address again."""
    request = current_request(router)
    registering.resend(address.email, request.app, origin=request.origin)
    return Accepted()


@router.post("/auth/login", **needs_nobody(401, 429, 502, 503, tag="auth"))
def login(credentials: Annotated[Credentials, Body()]) -> SessionTokens:
    """Log in."""
    request = current_request(router)
    password = credentials.password.get_secret_value()
    return SessionTokens.of(entering.login(credentials.email, password, request.app, origin=request.origin))


@router.post("/auth/refresh", **needs_nobody(401, 429, 502, 503, tag="auth"))
def refresh(token: Annotated[RefreshToken, Body()]) -> SessionTokens:
    """Get a fresh id token."""
    request = current_request(router)
    refresh_token = token.refresh_token.get_secret_value()
    return SessionTokens.of(entering.refresh(refresh_token, request.app, origin=request.origin))


@router.post("/auth/password/forgot", status_code=202, **needs_nobody(429, 502, 503, tag="auth"))
def forgot(address: Annotated[Address, Body()]) -> Accepted:
    """Mail a code with which a new password can be set."""
    request = current_request(router)
    entering.forgot(address.email, request.app, origin=request.origin)
    return Accepted()


@router.post("/auth/password/reset", **needs_nobody(400, 409, 429, 502, 503, tag="auth"))
def reset(new_password: Annotated[NewPassword, Body()]) -> Done:
    """Set a new password; all sessions that began with the old one end.

    With the statuses 409, 502 and 503 the password may be set although they have not ended; log in and use
    `/v1/me/logout-everywhere`.
    """
    request = current_request(router)
    entering.reset(
        new_password.email,
        new_password.code,
        new_password.password.get_secret_value(),
        request.app,
        origin=request.origin,
    )
    return Done()


@router.post("/auth/logout", **needs_nobody(429, 502, 503, tag="auth"))
def logout(token: Annotated[RefreshToken, Body()]) -> Done:
    """Make a refresh token worthless; the same is answered for one that was so already.

    The id token it bought last goes on until it ends, within the hour; `/v1/me/logout-everywhere` ends that too.
    """
    request = current_request(router)
    entering.logout(token.refresh_token.get_secret_value(), request.app, origin=request.origin)
    return Done()
