"""What Cognito refuses has one meaning for us, and never tells whether an address is known."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
import pytest
from botocore.stub import Stubber

from pm_assistant.aws.accounts import AppClient, CognitoSessions, CognitoUsers
from pm_assistant.domain.errors import (
    Conflict,
    InvalidRequest,
    Misconfigured,
    ProductError,
    Unauthenticated,
    UpstreamUnavailable,
)
from pm_assistant.domain.languages import Language
from tests.aws.emulated import aws
from tests.builders import ACME

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient

ADA, PASSWORD = "ada@acme.test", "Correct horse 1 battery!"
KEYS = {"UserPoolId": "eu-central-1_people", "ClientId": "ourclient"}
SECRET = "known to nobody but the two of us"
TOLD = {"public_url": "https://pm.test", "language": "de"}
"""What Cognito passes on to who writes its mails."""
PROOFS = {
    ADA: "VJOOCM5DDEaWYOw3mSKg/a96oNHtppcAWUNlSimWMiE=",
    "user-1": "29iQ7W3lGPY9xqJCKhy6ymt/863RQ5HV8nGFDjFWSuQ=",
}
"""What Cognito expects: HMAC-SHA256 of user name and client id under the secret, in base64."""


class Subject(NamedTuple):
    """The adapters, and Cognito's side of the wire."""

    users: CognitoUsers
    sessions: CognitoSessions
    cognito: Stubber
    undelivered: list[None]


@pytest.fixture
def subject() -> Iterator[Subject]:
    """Adapters whose Cognito answers what a test says, and must be asked exactly that."""
    with aws():
        client: CognitoIdentityProviderClient = boto3.client("cognito-idp")
        with Stubber(client) as cognito:
            app = AppClient(client, user_pool_id=KEYS["UserPoolId"], client_id=KEYS["ClientId"])
            cognito.add_response("describe_user_pool_client", {"UserPoolClient": {"ClientSecret": SECRET}}, KEYS)
            assert SECRET == app.secret
            undelivered: list[None] = []
            users = CognitoUsers(app, public_url="https://pm.test", undelivered=lambda: undelivered.append(None))
            yield Subject(users, CognitoSessions(app), cognito, undelivered)
            cognito.assert_no_pending_responses()


def a_user(status: str, **attributes: str) -> dict[str, Any]:
    """What Cognito tells of a user."""
    told = [{"Name": name, "Value": value} for name, value in {"sub": "user-1", "email": ADA, **attributes}.items()]
    return {"Username": "user-1", "UserStatus": status, "UserAttributes": told}


type Ask = Callable[[Subject], object]

CALLS: dict[str, tuple[str, Ask]] = {
    "confirm": ("confirm_sign_up", lambda s: s.users.confirm("user-1", "123456")),
    "resend": ("resend_confirmation_code", lambda s: s.users.resend(ADA, language=Language.GERMAN)),
    "forgot": ("forgot_password", lambda s: s.users.forgot(ADA, language=Language.GERMAN)),
    "reset": ("confirm_forgot_password", lambda s: s.users.reset(ADA, "123456", PASSWORD)),
    "begin": ("admin_initiate_auth", lambda s: s.sessions.begin(ADA, PASSWORD)),
    "renew": ("admin_initiate_auth", lambda s: s.sessions.renew("user-1.a-token")),
    "end": ("revoke_token", lambda s: s.sessions.end("user-1.a-token")),
    "end all": ("admin_user_global_sign_out", lambda s: s.sessions.end_all("user-1")),
    "delete": ("admin_delete_user", lambda s: s.users.delete("user-1")),
    "admit": ("admin_set_user_password", lambda s: s.users.admit("user-1", PASSWORD)),
}
WRONG_CODE = (
    "CodeMismatchException",
    "ExpiredCodeException",
    "LimitExceededException",
    "NotAuthorizedException",
    "TooManyFailedAttemptsException",
    "UserNotFoundException",
)
MEANINGS: dict[str, tuple[type[ProductError] | None, tuple[str, ...]]] = {
    "confirm": (InvalidRequest, WRONG_CODE),
    "resend": (None, ("UserNotFoundException", "InvalidParameterException", "LimitExceededException")),
    "forgot": (None, ("UserNotFoundException", "InvalidParameterException", "LimitExceededException")),
    "reset": (InvalidRequest, (*WRONG_CODE, "UserNotConfirmedException")),
    "begin": (
        Unauthenticated,
        (
            "NotAuthorizedException",
            "PasswordResetRequiredException",
            "UserNotConfirmedException",
            "UserNotFoundException",
        ),
    ),
    "renew": (Unauthenticated, ("NotAuthorizedException", "UserNotFoundException", "InvalidParameterException")),
    "end": (None, ("NotAuthorizedException", "InvalidParameterException", "UnsupportedTokenTypeException")),
    "end all": (None, ("UserNotFoundException",)),
    "delete": (None, ("UserNotFoundException",)),
    "admit": (None, ("UserNotFoundException",)),
}


@pytest.mark.parametrize("call", sorted(CALLS))
def test_a_refusal_means_the_same_whatever_its_cause(subject: Subject, call: str) -> None:
    """One error with one text, or none at all, for all that Cognito distinguishes."""
    (operation, ask), (meaning, codes) = CALLS[call], MEANINGS[call]
    said = set()
    for code in codes:
        subject.cognito.add_client_error(operation, code, "what nobody may read")
        if meaning is None:
            ask(subject)
        else:
            with pytest.raises(meaning) as refused:
                ask(subject)
            said.add(str(refused.value))

    assert (0 if meaning is None else 1) == len(said)
    assert "nobody may read" not in "".join(said)


@pytest.mark.parametrize("call", sorted(CALLS))
def test_a_failure_of_cognito_is_no_refusal(subject: Subject, call: str) -> None:
    """Throttling and faults pass; a missing pool is a matter for us."""
    operation, ask = CALLS[call]
    for code, status, meaning in (
        ("TooManyRequestsException", 400, UpstreamUnavailable),
        ("InternalErrorException", 500, UpstreamUnavailable),
        ("ResourceNotFoundException", 400, Misconfigured),
    ):
        subject.cognito.add_client_error(operation, code, http_status_code=status)
        with pytest.raises(meaning):
            ask(subject)


@pytest.mark.parametrize("call", ["resend", "forgot"])
def test_that_a_code_could_not_be_mailed_is_for_us_to_know(subject: Subject, call: str) -> None:
    """Whoever asks hears what they hear of an unknown address, to which no code is mailed either."""
    operation, ask = CALLS[call]
    subject.cognito.add_client_error(operation, "CodeDeliveryFailureException")

    ask(subject)

    assert [None] == subject.undelivered


def test_who_could_not_be_mailed_a_code_is_registered_all_the_same(subject: Subject) -> None:
    """Cognito has the user by then; another code can be asked for."""
    subject.cognito.add_client_error("sign_up", "CodeDeliveryFailureException")
    subject.cognito.add_response("admin_get_user", a_user("UNCONFIRMED"))
    subject.cognito.add_response("admin_update_user_attributes", {})

    assert "user-1" == subject.users.register(ADA, PASSWORD, tenant_id=ACME)
    assert [None] == subject.undelivered


def test_if_nobody_was_registered_either_that_is_our_fault(subject: Subject) -> None:
    """It is not the asker's, who can do nothing about it."""
    subject.cognito.add_client_error("sign_up", "CodeDeliveryFailureException")
    subject.cognito.add_client_error("admin_get_user", "UserNotFoundException")

    with pytest.raises(Misconfigured):
        subject.users.register(ADA, PASSWORD, tenant_id=ACME)


def test_a_password_that_cognito_does_not_take_is_named(subject: Subject) -> None:
    """Both where it is first set and where it is set anew."""
    for operation, ask in (
        ("sign_up", lambda: subject.users.register(ADA, PASSWORD, tenant_id=ACME)),
        ("admin_create_user", lambda: subject.users.enroll(ADA, PASSWORD, tenant_id=ACME)),
        ("confirm_forgot_password", lambda: subject.users.reset(ADA, "1", PASSWORD)),
    ):
        subject.cognito.add_client_error(operation, "InvalidPasswordException")
        with pytest.raises(InvalidRequest) as refused:
            ask()
        assert "password" == refused.value.field


def test_the_tenant_is_written_by_us_and_to_that_very_user(subject: Subject) -> None:
    """The app client may not write it, so it comes in a second call, which names the user by id."""
    subject.cognito.add_response(
        "sign_up",
        {"UserConfirmed": False, "UserSub": "user-1"},
        {
            "ClientId": "ourclient",
            "SecretHash": PROOFS[ADA],
            "Username": ADA,
            "Password": PASSWORD,
            "UserAttributes": [{"Name": "email", "Value": ADA}],
            "ClientMetadata": TOLD,
        },
    )
    subject.cognito.add_response(
        "admin_update_user_attributes",
        {},
        {
            "UserPoolId": "eu-central-1_people",
            "Username": "user-1",
            "UserAttributes": [{"Name": "custom:tenant", "Value": ACME}],
        },
    )

    assert "user-1" == subject.users.register(ADA, PASSWORD, tenant_id=ACME, language=Language.GERMAN)


def test_where_no_language_is_known_none_is_told(subject: Subject) -> None:
    """Who writes the mail chooses then; Cognito takes no empty value."""
    asked = {"ClientId": "ourclient", "SecretHash": PROOFS[ADA], "Username": ADA}
    subject.cognito.add_response("forgot_password", {}, asked | {"ClientMetadata": {"public_url": "https://pm.test"}})

    subject.users.forgot(ADA)


def test_every_call_that_anybody_could_make_carries_our_proof(subject: Subject) -> None:
    """For the very name that the call is about; Cognito takes no other."""
    cognito, given = subject.cognito, {"ClientId": "ourclient"}
    by_address = {**given, "SecretHash": PROOFS[ADA], "Username": ADA}
    cognito.add_response(
        "confirm_sign_up",
        {},
        {**given, "SecretHash": PROOFS["user-1"], "Username": "user-1", "ConfirmationCode": "123456"},
    )
    cognito.add_response("resend_confirmation_code", {}, {**by_address, "ClientMetadata": TOLD})
    cognito.add_response("forgot_password", {}, {**by_address, "ClientMetadata": TOLD})
    cognito.add_response(
        "confirm_forgot_password", {}, {**by_address, "ConfirmationCode": "123456", "Password": PASSWORD}
    )
    cognito.add_response("revoke_token", {}, {**given, "ClientSecret": SECRET, "Token": "a-token"})

    for call in ("confirm", "resend", "forgot", "reset", "end"):
        CALLS[call][1](subject)


def test_a_refresh_token_says_whose_it_is(subject: Subject) -> None:
    """Cognito wants proof for the user's own name, which is in no token of its that we could read."""
    claims = {"sub": "user-1", "custom:tenant": ACME, "auth_time": 1, "iat": 1, "exp": 3_601}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    tokens = {"IdToken": f"e30.{payload}.c2lnbmF0dXJl", "ExpiresIn": 3600}
    ours = {"UserPoolId": "eu-central-1_people", "ClientId": "ourclient"}
    subject.cognito.add_response(
        "admin_initiate_auth",
        {"AuthenticationResult": {**tokens, "RefreshToken": "a.dotted.token"}},
        {
            **ours,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": ADA, "PASSWORD": PASSWORD, "SECRET_HASH": PROOFS[ADA]},
        },
    )
    subject.cognito.add_response(
        "admin_initiate_auth",
        {"AuthenticationResult": tokens},
        {
            **ours,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {"REFRESH_TOKEN": "a.dotted.token", "SECRET_HASH": PROOFS["user-1"]},
        },
    )

    session = subject.sessions.begin(ADA, PASSWORD)

    assert session.refresh_token is not None
    assert "user-1.a.dotted.token" == session.refresh_token.get_secret_value()
    assert subject.sessions.renew("user-1.a.dotted.token").refresh_token is None


@pytest.mark.parametrize(
    "known", [a_user("UNCONFIRMED"), a_user("UNCONFIRMED", **{"custom:tenant": "globex"}), a_user("CONFIRMED")]
)
def test_who_never_proved_the_address_or_is_of_no_tenant_is_replaced(subject: Subject, known: dict[str, Any]) -> None:
    """The second is what a registration leaves that broke off between its two calls."""
    subject.cognito.add_client_error("sign_up", "UsernameExistsException")
    subject.cognito.add_response("admin_get_user", known)
    subject.cognito.add_response("admin_delete_user", {}, {"UserPoolId": "eu-central-1_people", "Username": "user-1"})
    subject.cognito.add_response("sign_up", {"UserConfirmed": False, "UserSub": "user-2"})
    subject.cognito.add_response("admin_update_user_attributes", {})

    assert "user-2" == subject.users.register(ADA, PASSWORD, tenant_id=ACME)


def test_who_has_proven_the_address_stays(subject: Subject) -> None:
    """Nothing of that user is touched."""
    subject.cognito.add_client_error("sign_up", "UsernameExistsException")
    subject.cognito.add_response("admin_get_user", a_user("CONFIRMED", **{"custom:tenant": "globex"}))

    with pytest.raises(Conflict):
        subject.users.register(ADA, PASSWORD, tenant_id=ACME)


def test_who_is_enrolled_gets_no_mail_and_has_a_verified_address(subject: Subject) -> None:
    """Cognito would send a code that nothing asks for; without the mark it would send none for a new password."""
    attributes = {"email": ADA, "email_verified": "true", "custom:tenant": ACME}
    listed = [{"Name": name, "Value": value} for name, value in attributes.items()]
    pool = {"UserPoolId": "eu-central-1_people"}
    asked = {**pool, "Username": ADA, "TemporaryPassword": PASSWORD, "UserAttributes": listed}
    answer = {"User": {"Username": "user-1", "UserStatus": "FORCE_CHANGE_PASSWORD"}}
    subject.cognito.add_response("admin_create_user", answer, asked | {"MessageAction": "SUPPRESS"})
    lasting = {**pool, "Username": "user-1", "Password": PASSWORD, "Permanent": True}
    subject.cognito.add_response("admin_set_user_password", {}, lasting)

    user_id = subject.users.enroll(ADA, PASSWORD, tenant_id=ACME)
    subject.users.admit(user_id, PASSWORD)

    assert "user-1" == user_id


def test_a_login_of_a_user_without_a_tenant_is_no_login(subject: Subject) -> None:
    """There is nothing that it could open."""
    nowhere = "e30.eyJzdWIiOiAidXNlci0xIn0.c2lnbmF0dXJl"  # {"sub": "user-1"}
    subject.cognito.add_response(
        "admin_initiate_auth", {"AuthenticationResult": {"IdToken": nowhere, "RefreshToken": "r", "ExpiresIn": 3600}}
    )

    with pytest.raises(Unauthenticated):
        subject.sessions.begin(ADA, PASSWORD)
