"""Registering: a team of one's own or an invitation, and proof of the address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pm_assistant.domain.accounts import Invitation, Registration, Role
from pm_assistant.domain.billing import TRIAL, Billing
from pm_assistant.domain.errors import (
    InvalidRequest,
    Misconfigured,
    Throttled,
    Unauthenticated,
    UpstreamRejected,
    UpstreamUnavailable,
)
from pm_assistant.domain.tenants import Mode, TenantState
from pm_assistant.workflows.accounts.people import INVITATION_LASTS
from pm_assistant.workflows.accounts.register import Registered
from tests.builders import ACME, GLOBEX
from tests.workflows.accounts.app import ADA, GRACE, LINUS, OTHER, PASSWORD, AccountsApp, as_caller, outcome


def test_registering_founds_a_team_that_waits_for_its_owner_to_be_proven() -> None:
    """The tenant is new, cautious and closed until then."""
    app = AccountsApp()

    assert Registered.FOUNDED == app.register()

    account = app.account()
    tenant = app.stores.tenants.get(account.tenant_id)
    assert (Role.OWNER, ADA) == (account.role, account.email)
    assert ("Acme", TenantState.PENDING) == (tenant.name, tenant.state)
    assert {Mode.PROPOSE} == {rule.mode for rule in tenant.settings.rules.values()}
    assert [] == app.noted()


def test_a_team_tries_everything_for_two_weeks_from_registering() -> None:
    """Without a card, and without anything at the payment provider."""
    app = AccountsApp()

    app.register()

    billing = app.stores.tenants.get(app.account().tenant_id).billing
    assert Billing(trial_ends_at=app.now() + TRIAL) == billing


def test_the_code_opens_the_team() -> None:
    """From then on the owner can log in."""
    app = AccountsApp()
    app.register()
    with pytest.raises(Unauthenticated):
        app.login()

    app.verify()

    assert TenantState.ACTIVE == app.state()
    assert app.login().refresh_token
    assert (ADA, "account.verified") in app.noted()


def test_every_registration_gets_a_tenant_of_its_own() -> None:
    """Two teams of one name have nothing in common."""
    app = AccountsApp()
    app.register(ADA)
    app.register(GRACE)

    assert app.account(ADA).tenant_id != app.account(GRACE).tenant_id


def test_an_address_is_the_same_in_capitals() -> None:
    """Nobody gets a second account by shouting."""
    app = AccountsApp()
    app.register("Ada@ACME.test")
    app.verify("ADA@acme.test", app.code(ADA))

    assert ADA == app.account().email
    assert Registered.KNOWN == app.register("aDa@acme.test")
    assert app.login("ADA@ACME.TEST")


def test_who_has_an_account_hears_by_mail_that_somebody_tried() -> None:
    """The account stays as it is, and the attempt leaves nothing behind."""
    app = AccountsApp()
    app.member(ADA)

    assert Registered.KNOWN == app.register(ADA, OTHER)

    [mail] = app.mailer.sent
    assert (ADA, True) == (mail.to, f"{app.public_url}/forgot" in mail.text)
    assert [app.account()] == list(app.stores.accounts.all(ACME))
    assert app.login(ADA, PASSWORD)
    assert [] == app.noted()


@pytest.mark.parametrize("error", [UpstreamUnavailable("later"), UpstreamRejected("no"), Misconfigured("AccessDenied")])
def test_a_mail_that_fails_does_not_give_the_account_away(error: Exception) -> None:
    """It is for the log, not for the asker."""
    app = AccountsApp()
    app.member(ADA)
    app.mailer.fail_next(error)

    assert Registered.KNOWN_NOT_TOLD == app.register(ADA, OTHER)


def test_who_came_first_without_proving_the_address_is_replaced() -> None:
    """Neither the stranger's password nor the stranger's code opens what the real owner registers."""
    app = AccountsApp()
    app.register(ADA, OTHER)
    strangers_code = app.code()

    app.register(ADA, PASSWORD)

    with pytest.raises(InvalidRequest):
        app.verify(code=strangers_code)
    app.verify()
    with pytest.raises(Unauthenticated):
        app.login(ADA, OTHER)
    assert app.login(ADA, PASSWORD)


def test_a_code_proves_the_address_for_the_registration_it_was_sent_for() -> None:
    """A stranger who registers the address in between gets the last code sent, and is not let in by its owner."""
    app = AccountsApp()
    app.register(ADA, PASSWORD)
    mine = app.registrations[ADA]
    app.register(ADA, OTHER)

    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        app.verify(registration_id=mine)

    for password in (OTHER, PASSWORD):
        with pytest.raises(Unauthenticated):
            app.login(ADA, password)
    app.register(ADA, PASSWORD)
    app.verify()
    assert app.login(ADA, PASSWORD)


def test_a_registration_has_a_name_of_its_own_whether_the_address_is_known_or_not() -> None:
    """What somebody gets who registers a known address looks like what everybody gets, and leads nowhere."""
    app = AccountsApp()
    app.member(ADA)
    for email in (ADA, GRACE, LINUS):
        app.register(email)

    known, *unknown = app.registrations.values()

    assert [True] * 3 == [re.fullmatch("[0-9a-f]{32}", name) is not None for name in (known, *unknown)]
    assert 4 == len({known, *unknown, app.account().tenant_id})


def test_a_wrong_code_opens_nothing() -> None:
    """Nor does a right one a second time."""
    app = AccountsApp()
    app.register()
    code = app.code()
    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        app.verify(code="999999")
    assert TenantState.PENDING == app.state()

    app.verify(code=code)

    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        app.verify(code=code)
    assert app.login()


def test_a_code_that_was_sent_again_is_the_one_that_counts() -> None:
    """The first may never have arrived."""
    app = AccountsApp()
    app.register()
    first = app.code()

    app.resend()

    assert first != app.code()
    app.verify()
    assert TenantState.ACTIVE == app.state()


def test_verifying_that_broke_off_is_finished_by_the_first_login() -> None:
    """The code is spent, the tenant still waits."""
    app = AccountsApp()
    app.register()
    app.users.confirm(app.account().id, app.code())
    assert TenantState.PENDING == app.state()

    assert app.login()

    assert TenantState.ACTIVE == app.state()


@pytest.mark.parametrize("missing", ["tenant and account", "account"])
def test_registering_that_broke_off_can_be_done_again(missing: str) -> None:
    """The proof of an address without an account frees the address."""
    app = AccountsApp()
    app.users.register(ADA, PASSWORD, tenant_id=ACME)
    if missing == "account":
        app.member(GRACE)

    with pytest.raises(InvalidRequest, match="register again"):
        app.verify(registration_id=ACME)

    app.register()
    app.verify()
    assert app.login()


def test_a_confirmed_user_without_an_account_is_cleared_away_by_logging_in() -> None:
    """Whatever broke off before, the person can register."""
    app = AccountsApp()
    app.member(ADA)
    app.stores.accounts.remove(ACME, app.account().id)

    with pytest.raises(Unauthenticated):
        app.login()

    assert Registered.FOUNDED == app.register()


def test_an_invitation_leads_into_its_team_at_once() -> None:
    """The mailbox that holds the code is proven by it, and gets no other."""
    app = AccountsApp()
    owner = app.member(ADA)
    app.invite(GRACE, Role.ADMIN, caller=as_caller(owner))

    assert Registered.JOINED == app.register(GRACE, invitation=app.invitation_code())

    assert [] == app.users.sent
    account = app.account(GRACE)
    assert (ACME, Role.ADMIN) == (account.tenant_id, account.role)
    assert app.login(GRACE)
    assert [(GRACE, "account.joined")] == app.noted()


def test_an_invitation_is_used_up() -> None:
    """Also after the person has been removed again."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    app.invite(GRACE, caller=owner)
    code = app.invitation_code()
    app.register(GRACE, invitation=code)
    app.remove(app.account(GRACE), caller=owner)

    with pytest.raises(InvalidRequest, match="no such invitation"):
        app.register(GRACE, invitation=code)

    assert [owner.id] == [account.id for account in app.stores.accounts.all(ACME)]


def test_an_invitation_counts_until_somebody_was_let_in_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No code goes out that would let in whoever broke off."""
    app = AccountsApp()
    app.invite(GRACE, caller=as_caller(app.member(ADA)))
    code = app.invitation_code()

    def fails(*_: str) -> None:
        raise UpstreamUnavailable("the directory is away")

    with monkeypatch.context() as away:
        away.setattr(app.users, "admit", fails)
        with pytest.raises(UpstreamUnavailable):
            app.register(GRACE, OTHER, invitation=code)
    app.resend(GRACE)
    assert [] == app.users.sent
    with pytest.raises(Unauthenticated):
        app.login(GRACE, OTHER)

    assert Registered.JOINED == app.register(GRACE, invitation=code)

    assert app.login(GRACE)
    assert [ADA, GRACE] == sorted(account.email for account in app.stores.accounts.all(ACME))


def test_who_is_let_in_by_an_invitation_has_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets in while there is none; what broke off is done again."""
    app = AccountsApp()
    app.invite(GRACE, caller=as_caller(app.member(ADA)))
    code = app.invitation_code()

    def fails(*_: object) -> None:
        raise UpstreamUnavailable("the table is away")

    with monkeypatch.context() as away:
        away.setattr(app.stores.accounts, "put", fails)
        with pytest.raises(UpstreamUnavailable):
            app.register(GRACE, invitation=code)
    with pytest.raises(Unauthenticated):
        app.sessions.begin(GRACE, PASSWORD)

    assert Registered.JOINED == app.register(GRACE, invitation=code)
    assert app.login(GRACE)


def test_what_was_offered_to_somebody_ends_when_they_are_removed() -> None:
    """An invitation that nobody took up, or that a crash left open, would let them in again."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.MEMBER)
    app.stores.invitations.put(
        Invitation(
            id="left-open",
            tenant_id=ACME,
            email=GRACE,
            role=Role.MEMBER,
            invited_by=f"account:{owner.id}",
            created_at=app.now(),
            expires_at=app.now() + INVITATION_LASTS,
        )
    )

    app.remove(grace, caller=as_caller(owner))

    assert [] == app.stores.invitations.all(ACME, app.now())


def test_an_invitation_that_was_made_in_the_same_moment_is_used_up_as_well() -> None:
    """Two admins may invite somebody at a time; neither offer lets in who was removed again."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    app.invite(GRACE, caller=owner)
    [first], first_code = app.stores.invitations.all(ACME, app.now()), app.invitation_code()
    app.invite(GRACE, caller=owner)
    app.stores.invitations.put(first)
    app.register(GRACE, invitation=app.invitation_code())
    app.remove(app.account(GRACE), caller=owner)

    with pytest.raises(InvalidRequest, match="no such invitation"):
        app.register(GRACE, invitation=first_code)


def test_an_invitation_is_for_one_address_and_one_week() -> None:
    """In other hands, or later, it is none, and the address is not registered."""
    app = AccountsApp()
    app.invite(GRACE, caller=as_caller(app.member(ADA)))
    code = app.invitation_code()
    tenant_id, _, secret = code.partition(".")
    forged = (f"{tenant_id}.{secret}x", f"{GLOBEX}.{secret}", secret, tenant_id, f"{tenant_id}.", ".", "", "…")
    for attempt in forged:
        with pytest.raises(InvalidRequest, match="no such invitation"):
            app.register(GRACE, invitation=attempt, address=attempt_address(attempt))
        app.at += timedelta(hours=1)
    with pytest.raises(InvalidRequest, match="no such invitation"):
        app.register(LINUS, invitation=code)
    app.at += INVITATION_LASTS
    with pytest.raises(InvalidRequest, match="no such invitation"):
        app.register(GRACE, invitation=code)

    assert (None, None) == (app.users.find(GRACE), app.users.find(LINUS))


def attempt_address(attempt: str) -> str:
    """An address of the attempt's own."""
    return f"192.0.2.{10 + len(attempt) % 200}"


def test_a_person_of_another_team_is_told_by_mail_and_not_moved() -> None:
    """One address, one team; the invitation stays open for when the account is gone."""
    app = AccountsApp()
    elsewhere = app.member(GRACE, tenant_id=GLOBEX)
    app.invite(GRACE, caller=as_caller(app.member(ADA)))
    code = app.invitation_code()

    assert Registered.KNOWN == app.register(GRACE, OTHER, invitation=code)

    assert elsewhere == app.account(GRACE)
    assert 1 == len(app.stores.invitations.all(ACME, app.now()))


def test_joining_that_broke_off_can_be_done_again() -> None:
    """What the first attempt left is cleared away: one person, one account."""
    app = AccountsApp()
    app.invite(GRACE, caller=as_caller(app.member(ADA)))
    code = app.invitation_code()
    app.users.enroll(GRACE, PASSWORD, tenant_id=ACME)
    who = app.users.find(GRACE)
    assert who is not None
    owner = app.account(ADA)
    app.stores.accounts.put(owner.model_copy(update={"id": who.id, "email": GRACE, "role": Role.MEMBER}))

    app.register(GRACE, invitation=code)

    assert [ADA, GRACE] == sorted(account.email for account in app.stores.accounts.all(ACME))
    assert app.login(GRACE)


@pytest.mark.parametrize(
    "wish",
    [
        {"email": ADA, "password": PASSWORD},
        {"email": ADA, "password": PASSWORD, "team_name": "Acme", "invitation": "acme.secret"},
        {"email": ADA, "password": PASSWORD, "team_name": ""},
        {"email": ADA, "password": PASSWORD, "team_name": "  "},
        {"email": ADA, "password": PASSWORD, "team_name": "Acme\nBcc: all@acme.test"},
        {"email": ADA, "password": PASSWORD, "team_name": "x" * 101},
        {"email": ADA, "password": "hunter2", "team_name": "Acme"},
        {"email": ADA, "password": "x" * 257, "team_name": "Acme"},
        {"email": ADA, "password": f" {PASSWORD}", "team_name": "Acme"},
        {"email": ADA, "password": f"{PASSWORD} ", "team_name": "Acme"},
        {"email": ADA, "password": PASSWORD.replace(" ", "\n"), "team_name": "Acme"},
        {"email": f"{'a' * 60}@{'b' * 60}.example", "password": PASSWORD, "team_name": "Acme"},
        {"email": "ada", "password": PASSWORD, "team_name": "Acme"},
        {"email": "ada@acme", "password": PASSWORD, "team_name": "Acme"},
        {"email": "ada@acme.test, grace@acme.test", "password": PASSWORD, "team_name": "Acme"},
        {"email": "ada@acme.test\nBcc: grace@acme.test", "password": PASSWORD, "team_name": "Acme"},
        {"email": "<ada@acme.test>", "password": PASSWORD, "team_name": "Acme"},
        {"email": ADA, "password": PASSWORD, "team_name": "Acme", "tenant_id": "globex"},
        {"email": ADA, "password": PASSWORD, "team_name": "Acme", "role": "owner"},
    ],
)
def test_a_wish_that_makes_no_sense_is_not_one(wish: dict[str, Any]) -> None:
    """Neither a mailbox of several nor a tenant of the asker's choice; and the password is not in the error."""
    with pytest.raises(ValidationError) as refused:
        Registration.model_validate(wish)

    assert wish["password"] not in str(refused.value)


def test_known_and_unknown_addresses_get_the_same_answers() -> None:
    """Whatever is tried, however often and with whatever code."""
    asked = {}
    for kind in ("unknown", "unproven", "proven"):
        app = AccountsApp()
        if kind == "unproven":
            app.users.register(GRACE, PASSWORD, tenant_id=ACME)
        if kind == "proven":
            app.member(GRACE)
        asked[kind] = all_attempts(app)

    assert asked["unknown"] == asked["unproven"] == asked["proven"]
    assert "Throttled" in {kind for kind, _ in asked["proven"]}


def all_attempts(app: AccountsApp) -> list[tuple[str, str]]:
    """What somebody sees who tries everything in Grace's name and gives up only when all of it is refused."""
    return [
        *(outcome(lambda: app.verify(GRACE, "999999")) for _ in range(3)),
        *(outcome(lambda: app.verify(GRACE, "999999", ACME)) for _ in range(3)),
        *(outcome(lambda: app.resend(GRACE)) for _ in range(3)),
        *(outcome(lambda: app.forgot(GRACE)) for _ in range(8)),
        *(outcome(lambda: app.reset(GRACE, "999999")) for _ in range(12)),
        *(outcome(lambda: app.login(GRACE, OTHER)) for _ in range(12)),
        *(outcome(lambda: app.register(GRACE, OTHER)) for _ in range(8)),
    ]


def test_registrations_are_counted_by_address_and_by_network() -> None:
    """Five an hour for a mailbox, twenty for a network; then both begin anew."""
    app = AccountsApp()
    for number in range(5):
        app.register(ADA, address=f"192.0.2.{number}")
    with pytest.raises(Throttled) as refused:
        app.register(ADA, address="192.0.2.99")
    assert 0 < refused.value.retry_after <= 3_600
    app.at += timedelta(seconds=refused.value.retry_after)
    app.register(ADA, address="192.0.2.99")

    app = AccountsApp()
    for number in range(20):
        app.register(f"person-{number}@acme.test", address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(Throttled):
        app.register(GRACE, address="2001:db8:1:2:ffff::1")
    app.register(GRACE, address="2001:db8:1:3::1")
