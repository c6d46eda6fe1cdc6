"""The user directory and its logins, as far as the emulated Cognito is one.

It takes any code for a right one and lets unproven users log in; what hangs on that is tried on the local stack.
"""

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import NamedTuple

import boto3
import pytest

from pm_assistant.aws.accounts import AppClient, CognitoSessions, CognitoUsers
from pm_assistant.domain.accounts import Identity
from pm_assistant.domain.errors import Conflict, InvalidRequest, Unauthenticated, UpstreamRejected
from pm_assistant.ports.accounts import Sessions, Users
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX
from tests.fakes.accounts import FakeSessions, FakeUsers
from tests.workflows.accounts.app import outcome

NOBODYS = "00000000-0000-4000-8000-000000000000"
ADA, GRACE = "ada@acme.test", "grace@acme.test"
PASSWORD, OTHER = "Correct horse 1 battery!", "Another horse 2 entirely!"


class Subject(NamedTuple):
    """A directory and its logins."""

    users: Users
    sessions: Sessions

    def proven(self, email: str = ADA) -> str:
        """Add somebody who can log in."""
        user_id = self.users.enroll(email, PASSWORD, tenant_id=ACME)
        self.users.admit(user_id, PASSWORD)
        return user_id


@pytest.fixture(params=["fake", "cognito"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake, and the real one on an emulated Cognito."""
    if request.param == "fake":
        users = FakeUsers()
        yield Subject(users, FakeSessions(users))
        return
    with aws():
        client = boto3.client("cognito-idp")
        pool = client.create_user_pool(
            PoolName="people",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": {"MinimumLength": 12}},
            Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": True}],
        )["UserPool"]["Id"]
        app = client.create_user_pool_client(
            UserPoolId=pool,
            ClientName="api",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            GenerateSecret=True,
        )["UserPoolClient"]["ClientId"]
        ours = AppClient(client, user_pool_id=pool, client_id=app)
        yield Subject(CognitoUsers(ours), CognitoSessions(ours))


def test_a_user_is_found_with_the_tenant_it_was_registered_for(subject: Subject) -> None:
    """By the id that its tokens carry."""
    user_id = subject.users.register(ADA, PASSWORD, tenant_id=ACME)

    assert Identity(kind="account", id=user_id, tenant_id=ACME) == subject.users.find(ADA)
    assert subject.users.find("grace@acme.test") is None


@pytest.mark.parametrize(("before", "after"), list(product(("register", "enroll"), repeat=2)))
def test_an_address_that_was_never_proven_can_be_added_anew(subject: Subject, before: str, after: str) -> None:
    """Whoever came first may have been somebody else, or broke off: nothing of that user is left."""
    first = getattr(subject.users, before)(ADA, OTHER, tenant_id=GLOBEX)

    second = getattr(subject.users, after)(ADA, PASSWORD, tenant_id=ACME)

    assert first != second
    assert Identity(kind="account", id=second, tenant_id=ACME) == subject.users.find(ADA)


def test_an_address_that_was_proven_is_taken(subject: Subject) -> None:
    """And its user stays as it is."""
    user_id = subject.proven()

    for add in (subject.users.register, subject.users.enroll):
        with pytest.raises(Conflict):
            add(ADA, OTHER, tenant_id=GLOBEX)

    assert Identity(kind="account", id=user_id, tenant_id=ACME) == subject.users.find(ADA)
    assert subject.sessions.begin(ADA, PASSWORD)


def test_a_short_password_is_refused_by_name(subject: Subject) -> None:
    """Nobody is registered with it."""
    for add in (subject.users.register, subject.users.enroll):
        with pytest.raises(InvalidRequest) as refused:
            add(ADA, "Short1!", tenant_id=ACME)

        assert "password" == refused.value.field
        assert subject.users.find(ADA) is None


def test_who_is_enrolled_gets_in_when_admitted_and_not_before(subject: Subject) -> None:
    """Not even with the right password; being admitted once more is no error."""
    user_id = subject.users.enroll(ADA, PASSWORD, tenant_id=ACME)
    assert Identity(kind="account", id=user_id, tenant_id=ACME) == subject.users.find(ADA)
    with pytest.raises(Unauthenticated):
        subject.sessions.begin(ADA, PASSWORD)

    subject.users.admit(user_id, PASSWORD)
    subject.users.admit(user_id, PASSWORD)

    assert user_id == subject.sessions.begin(ADA, PASSWORD).identity.id


def test_who_is_in_is_let_in_by_another_password_from_then_on(subject: Subject) -> None:
    """And by the former no more; one that is too short changes nothing."""
    user_id = subject.proven()
    with pytest.raises(InvalidRequest) as refused:
        subject.users.admit(user_id, "Short1!")
    assert "password" == refused.value.field

    subject.users.admit(user_id, OTHER)

    assert user_id == subject.sessions.begin(ADA, OTHER).identity.id
    with pytest.raises(Unauthenticated):
        subject.sessions.begin(ADA, PASSWORD)


def test_who_is_gone_is_not_proven(subject: Subject) -> None:
    """Who was replaced is told so with a code; where it takes none there is nothing left to do."""
    first = subject.users.register(ADA, OTHER, tenant_id=GLOBEX)
    second = subject.users.register(ADA, PASSWORD, tenant_id=ACME)

    with pytest.raises(InvalidRequest):
        subject.users.confirm(first, "123456")
    subject.users.admit(first, OTHER)

    assert Identity(kind="account", id=second, tenant_id=ACME) == subject.users.find(ADA)


def test_a_login_says_who_it_is_and_buys_the_next_token(subject: Subject) -> None:
    """What it hands out names the person and the tenant; a refresh is the same person's."""
    user_id = subject.proven()

    session = subject.sessions.begin(ADA, PASSWORD)

    assert ("account", user_id, ACME) == (session.identity.kind, session.identity.id, session.identity.tenant_id)
    assert session.refresh_token is not None
    renewed = subject.sessions.renew(session.refresh_token.get_secret_value())
    assert (user_id, ACME) == (renewed.identity.id, renewed.identity.tenant_id)
    assert session.identity.issued_at is not None
    assert session.identity.expires_at is not None
    assert session.identity.expires_at > session.identity.issued_at


def test_a_wrong_password_and_an_unknown_address_are_told_the_same(subject: Subject) -> None:
    """The text does not say which it was."""
    subject.proven()
    said = set()
    for email, password in ((ADA, OTHER), ("grace@acme.test", PASSWORD)):
        with pytest.raises(Unauthenticated) as refused:
            subject.sessions.begin(email, password)
        said.add(str(refused.value))

    assert 1 == len(said)


def test_nothing_is_no_code_and_no_address(subject: Subject) -> None:
    """Whoever asks with it has not looked at what was typed: that is our mistake, and no wrong code."""
    user_id = subject.users.register(ADA, PASSWORD, tenant_id=ACME)

    for ask in (
        partial(subject.users.confirm, user_id, ""),
        partial(subject.users.reset, ADA, "", OTHER),
        partial(subject.users.resend, ""),
    ):
        with pytest.raises(UpstreamRejected):
            ask()


def test_a_deleted_user_is_gone_and_may_be_deleted_again(subject: Subject) -> None:
    """The address is free."""
    first = subject.proven()

    subject.users.delete(first)
    subject.users.delete(first)

    assert subject.users.find(ADA) is None
    with pytest.raises(Unauthenticated):
        subject.sessions.begin(ADA, PASSWORD)
    assert first != subject.proven()


def test_ending_all_sessions_of_nobody_is_fine(subject: Subject) -> None:
    """There are none, and nobody else's end with them."""
    user_id = subject.proven()
    token = subject.sessions.begin(ADA, PASSWORD).refresh_token
    assert token is not None

    subject.sessions.end_all(NOBODYS)

    assert user_id == subject.sessions.renew(token.get_secret_value()).identity.id


def test_who_asks_for_a_code_does_not_learn_whether_an_address_is_known(subject: Subject) -> None:
    """Proven, registered or never heard of: the answer is the same, and nobody is registered by it."""
    subject.proven()
    subject.users.register("linus@acme.test", PASSWORD, tenant_id=ACME)

    addresses = (ADA, "linus@acme.test", "grace@acme.test")
    answers = {email: outcome(partial(subject.users.forgot, email)) for email in addresses}

    assert dict.fromkeys(answers, ("done", "")) == answers
    assert subject.users.find("grace@acme.test") is None


def test_a_user_logs_in_with_another_address_from_then_on(subject: Subject) -> None:
    """By the same id and password; the former address is free for anybody, and to move once more is no error."""
    user_id = subject.proven()

    subject.users.move(user_id, GRACE)
    subject.users.move(user_id, GRACE)

    assert Identity(kind="account", id=user_id, tenant_id=ACME) == subject.users.find(GRACE)
    assert user_id == subject.sessions.begin(GRACE, PASSWORD).identity.id
    assert subject.users.find(ADA) is None
    with pytest.raises(Unauthenticated):
        subject.sessions.begin(ADA, PASSWORD)
    assert user_id != subject.users.enroll(ADA, PASSWORD, tenant_id=GLOBEX)


def test_nobody_moves_to_an_address_that_another_has_proven(subject: Subject) -> None:
    """Both stay as they are; nor does anybody move who is not there."""
    user_id, other_id = subject.proven(), subject.proven(GRACE)

    with pytest.raises(Conflict):
        subject.users.move(user_id, GRACE)
    with pytest.raises(Conflict):
        subject.users.move(NOBODYS, "linus@acme.test")

    assert [user_id, other_id] == [subject.sessions.begin(each, PASSWORD).identity.id for each in (ADA, GRACE)]


def test_who_never_proved_an_address_makes_room_for_who_has(subject: Subject) -> None:
    """Somebody may have registered it without being able to read its mail."""
    user_id = subject.proven()
    subject.users.register(GRACE, OTHER, tenant_id=GLOBEX)

    subject.users.move(user_id, GRACE)

    assert Identity(kind="account", id=user_id, tenant_id=ACME) == subject.users.find(GRACE)
