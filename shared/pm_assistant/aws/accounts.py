"""People who can log in, in a Cognito user pool whose users are known by e-mail.

With `PreventUserExistenceErrors` Cognito answers for an unknown address as it does for a wrong password or code
(docs.aws.amazon.com/cognito, cognito-user-pool-managing-errors). What it tells nevertheless (that an address is taken,
was confirmed before, or has had too many codes) goes no further than here.

A user's name in the pool is the user's `sub`, and its address is an alias: a name is a person for ever, an address is
whoever has it at the moment.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError
from pydantic import SecretStr

from pm_assistant.aws.claims import TENANT, identity_of
from pm_assistant.aws.failures import code_of, translated
from pm_assistant.domain.accounts import WRONG_CODE, Identity, Session
from pm_assistant.domain.errors import Conflict, InvalidRequest, Misconfigured, ProductError, Unauthenticated
from pm_assistant.domain.languages import Language, Translatable
from pm_assistant.domain.tenants import TenantId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.literals import AuthFlowTypeType

NOBODY = "UserNotFoundException"
NO_CODE = (NOBODY, "NotAuthorizedException", "InvalidParameterException", "LimitExceededException")
"""Why no code is sent: also because the address is proven, or not proven yet, or has had too many."""
UNDELIVERED = "CodeDeliveryFailureException"
"""SES did not take the code: it is in its sandbox, or has paused us. A user that signed up is there all the same."""
UNPROVEN = {"UNCONFIRMED", "FORCE_CHANGE_PASSWORD"}
"""What users are who have yet to prove their address, or have been enrolled and not admitted."""
CODE_REFUSED = (*NO_CODE, "CodeMismatchException", "ExpiredCodeException", "TooManyFailedAttemptsException")
WRONG_LOGIN = (NOBODY, "NotAuthorizedException", "PasswordResetRequiredException", "UserNotConfirmedException")
WORTHLESS = (NOBODY, "NotAuthorizedException", "InvalidParameterException", "UnsupportedTokenTypeException")
"""How Cognito refuses a refresh token: revoked, expired, malformed, of a deleted user or no refresh token at all."""


class User(NamedTuple):
    """A user as the directory has it."""

    id: str
    proven: bool
    attributes: Mapping[str, str]


class AppClient:
    """What we are to Cognito: a client of the pool that has a secret.

    Its id is known to whoever has an id token, and Cognito's doors are open to the internet. Without the secret nobody
    gets through them in our name, past our counters and our equal answers.
    """

    def __init__(self, cognito: CognitoIdentityProviderClient, *, user_pool_id: str, client_id: str) -> None:
        self.cognito = cognito
        self.pool = user_pool_id
        self.id = client_id

    @cached_property
    def secret(self) -> str:
        """Asked for when first needed; it lasts as long as the client."""
        with translated():
            answer = self.cognito.describe_user_pool_client(UserPoolId=self.pool, ClientId=self.id)
        return answer["UserPoolClient"]["ClientSecret"]

    def proof(self, username: str) -> str:
        """Prove for one call about one user that it is ours (docs.aws.amazon.com/cognito, Computing secret hash)."""
        digest = hmac.digest(self.secret.encode(), f"{username}{self.id}".encode(), "sha256")
        return base64.b64encode(digest).decode()


class CognitoUsers:
    """The directory (`Users`).

    That a code could not be mailed is told to `undelivered`, and to nobody who asks: for an unknown address none is.
    Where we are reached, and the language to write in, are told with each request for a code: Cognito hands both to who
    writes the mail (`functions/compose`).
    """

    def __init__(
        self, app: AppClient, *, public_url: str | None = None, undelivered: Callable[[], object] = lambda: None
    ) -> None:
        self._public_url = public_url
        self._undelivered = undelivered
        self._client = app.cognito
        self._pool = app.pool
        self._app = app

    def register(self, email: str, password: str, *, tenant_id: TenantId, language: Language | None = None) -> str:
        """Add a user who has yet to prove the address, send a code there, and return the user's id."""
        user_id = self._instead_of_unproven(email, lambda: self._sign_up(email, password, language))
        with translated():
            self._client.admin_update_user_attributes(
                UserPoolId=self._pool, Username=user_id, UserAttributes=[{"Name": TENANT, "Value": tenant_id}]
            )
        return user_id

    def confirm(self, user_id: str, code: str) -> None:
        """Note that the address is the user's."""
        with _meaning(dict.fromkeys(CODE_REFUSED, _wrong_code())):
            self._client.confirm_sign_up(
                ClientId=self._app.id,
                SecretHash=self._app.proof(user_id),
                Username=user_id,
                ConfirmationCode=code,
            )

    def enroll(self, email: str, password: str, *, tenant_id: TenantId) -> str:
        """Add a user whose address is known to be theirs; the password is a temporary one, which lets nobody in."""
        return self._instead_of_unproven(email, lambda: self._create(email, password, tenant_id))

    def admit(self, user_id: str, password: str) -> None:
        """Let a user in with that password from now on."""
        with _meaning({NOBODY: None, "InvalidPasswordException": _wrong_password()}):
            self._client.admin_set_user_password(
                UserPoolId=self._pool, Username=user_id, Password=password, Permanent=True
            )

    def resend(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to prove the address again, if there is a user who has yet to."""
        with _meaning(dict.fromkeys(NO_CODE)), self._mailing():
            self._client.resend_confirmation_code(
                ClientId=self._app.id,
                SecretHash=self._app.proof(email),
                Username=email,
                ClientMetadata=self._told(language),
            )

    def find(self, email: str) -> Identity | None:
        """Who has that address."""
        user = self._get(email)
        if user is None or TENANT not in user.attributes:
            return None
        return Identity(kind="account", id=user.id, tenant_id=TenantId(user.attributes[TENANT]))

    def forgot(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to set a new password, if there is such a user."""
        with _meaning(dict.fromkeys(NO_CODE)), self._mailing():
            self._client.forgot_password(
                ClientId=self._app.id,
                SecretHash=self._app.proof(email),
                Username=email,
                ClientMetadata=self._told(language),
            )

    def reset(self, email: str, code: str, password: str) -> None:
        """Set a new password."""
        wrong = dict.fromkeys((*CODE_REFUSED, "UserNotConfirmedException"), _wrong_code())
        with _meaning({**wrong, "InvalidPasswordException": _wrong_password()}):
            self._client.confirm_forgot_password(
                ClientId=self._app.id,
                SecretHash=self._app.proof(email),
                Username=email,
                ConfirmationCode=code,
                Password=password,
            )

    def move(self, user_id: str, email: str) -> None:
        """Have a user log in with another address.

        With the mark on it the address counts at once, as an administrator's word; without, Cognito would mail a code
        of its own (docs.aws.amazon.com/cognito, UserAttributeUpdateSettingsType).
        """
        holder, taken = self._get(email), Conflict("this address has a user")
        if holder is not None and holder.id == user_id:
            return
        if holder is not None and holder.proven and TENANT in holder.attributes:
            raise taken
        if holder is not None:
            self.delete(holder.id)
        with _meaning({NOBODY: Conflict("there is no such user"), "AliasExistsException": taken}):
            self._client.admin_update_user_attributes(
                UserPoolId=self._pool,
                Username=user_id,
                UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
            )

    def delete(self, user_id: str) -> None:
        """Forget a user; one who is not there is fine."""
        with _meaning({NOBODY: None}):
            self._client.admin_delete_user(UserPoolId=self._pool, Username=user_id)

    def _instead_of_unproven(self, email: str, add: Callable[[], str]) -> str:
        try:
            return add()
        except Conflict:
            user = self._get(email)
            if user is not None and user.proven and TENANT in user.attributes:
                raise
            if user is not None:
                self.delete(user.id)
        return add()

    def _create(self, email: str, password: str, tenant_id: TenantId) -> str:
        # Without the mark on the address no code for a new password would ever be sent there.
        attributes = {"email": email, "email_verified": "true", TENANT: tenant_id}
        with _meaning(_refused_users()):
            answer = self._client.admin_create_user(
                UserPoolId=self._pool,
                Username=email,
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            )
        return answer["User"]["Username"]

    def _sign_up(self, email: str, password: str, language: Language | None) -> str:
        with _meaning(_refused_users()), self._mailing():
            answer = self._client.sign_up(
                ClientId=self._app.id,
                SecretHash=self._app.proof(email),
                Username=email,
                Password=password,
                UserAttributes=[{"Name": "email", "Value": email}],
                ClientMetadata=self._told(language),
            )
            return answer["UserSub"]
        user = self._get(email)
        if user is None:
            raise Misconfigured("no code could be mailed, and nobody was registered")
        return user.id

    def _told(self, language: Language | None) -> Mapping[str, str]:
        told = {"public_url": self._public_url, "language": language}
        return {name: value for name, value in told.items() if value}

    @contextmanager
    def _mailing(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            if code_of(error) != UNDELIVERED:
                raise
            self._undelivered()

    def _get(self, email: str) -> User | None:
        with translated():
            try:
                answer = self._client.admin_get_user(UserPoolId=self._pool, Username=email)
            except ClientError as error:
                if code_of(error) == NOBODY:
                    return None
                raise
        attributes = {pair["Name"]: pair.get("Value", "") for pair in answer["UserAttributes"]}
        return User(answer["Username"], proven=answer["UserStatus"] not in UNPROVEN, attributes=attributes)


class CognitoSessions:
    """Logging in and out (`Sessions`).

    A refresh token of ours is `<user id>.<Cognito's>`: Cognito tells nobody whose its own is, and wants proof for that
    user's name.
    """

    def __init__(self, app: AppClient) -> None:
        self._client = app.cognito
        self._pool = app.pool
        self._app = app

    def begin(self, email: str, password: str) -> Session:
        """Log in."""
        refused = Unauthenticated("e-mail or password is wrong, or the address has not been verified yet")
        parameters = {"USERNAME": email, "PASSWORD": password, "SECRET_HASH": self._app.proof(email)}
        return self._session("ADMIN_USER_PASSWORD_AUTH", parameters, WRONG_LOGIN, refused)

    def renew(self, refresh_token: str) -> Session:
        """Get a fresh id token; the refresh token stays the same until it ends."""
        refused = Unauthenticated("the refresh token does not count")
        user_id, _, token = refresh_token.partition(".")
        parameters = {"REFRESH_TOKEN": token, "SECRET_HASH": self._app.proof(user_id)}
        return self._session("REFRESH_TOKEN_AUTH", parameters, WORTHLESS, refused)

    def end(self, refresh_token: str) -> None:
        """Make a refresh token worthless; one that is so already is fine."""
        with _meaning(dict.fromkeys(WORTHLESS)):
            self._client.revoke_token(
                ClientId=self._app.id, ClientSecret=self._app.secret, Token=refresh_token.partition(".")[2]
            )

    def end_all(self, user_id: str) -> None:
        """Make all of a user's refresh tokens worthless; a user who is not there is fine."""
        with _meaning({NOBODY: None}):
            self._client.admin_user_global_sign_out(UserPoolId=self._pool, Username=user_id)

    def _session(
        self, flow: AuthFlowTypeType, parameters: Mapping[str, str], refusals: Iterable[str], refused: Unauthenticated
    ) -> Session:
        with _meaning(dict.fromkeys(refusals, refused)):
            answer = self._client.admin_initiate_auth(
                UserPoolId=self._pool, ClientId=self._app.id, AuthFlow=flow, AuthParameters=parameters
            )
        if "AuthenticationResult" not in answer:  # a challenge instead: enrolled, and not admitted yet
            raise refused
        result = answer["AuthenticationResult"]
        # It comes from Cognito itself, so its claims need no further proof (OpenID Connect Core, 3.1.3.7).
        payload = result["IdToken"].split(".")[1]
        identity = identity_of(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))
        if identity is None:
            raise refused
        token = result.get("RefreshToken")
        return Session(
            identity=identity,
            id_token=SecretStr(result["IdToken"]),
            refresh_token=SecretStr(f"{identity.id}.{token}") if token else None,
            expires_in=result["ExpiresIn"],
        )


def _wrong_code() -> InvalidRequest:
    return InvalidRequest(WRONG_CODE, field="code")


def _refused_users() -> dict[str, ProductError | None]:
    """Why somebody cannot be added."""
    return {
        "UsernameExistsException": Conflict("this address has a user"),
        "InvalidPasswordException": _wrong_password(),
        "InvalidParameterException": InvalidRequest(Translatable("e-mail or password is of a form that is not taken")),
    }


def _wrong_password() -> InvalidRequest:
    return InvalidRequest(Translatable("the password does not meet the policy"), field="password")


@contextmanager
def _meaning(meanings: Mapping[str, ProductError | None]) -> Iterator[None]:
    """Let Cognito's refusals, by code, leave as errors of ours, or (None) count as done; all others as ever."""
    with translated():
        try:
            yield
        except ClientError as error:
            if code_of(error) not in meanings:
                raise
            meaning = meanings[code_of(error)]
            if meaning is not None:
                raise meaning from error
