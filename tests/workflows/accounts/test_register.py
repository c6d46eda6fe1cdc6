"""Registering: a team of one's own or an invitation, and proof of the address."""

import re
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from pm_assistant.domain.accounts import Registration, Role
from pm_assistant.domain.errors import InvalidRequest, Throttled, Unauthenticated, UpstreamRejected, UpstreamUnavailable
from pm_assistant.domain.tenants import Mode, TenantState
from pm_assistant.workflows.accounts.people import INVITATION_LASTS
from pm_assistant.workflows.accounts.register import Registered
from tests.builders import ACME, GLOBEX
from tests.workflows.doors import ADA, GRACE, LINUS, OTHER, PASSWORD, PUBLIC_URL, Doors, as_caller, outcome


def test_registering_founds_a_team_that_waits_for_its_owner_to_be_proven() -> None:
    """The tenant is new, cautious and closed until then."""
    doors = Doors()

    assert Registered.FOUNDED == doors.register()

    account = doors.account()
    tenant = doors.tenants.get(account.tenant_id)
    assert (Role.OWNER, ADA) == (account.role, account.email)
    assert ("Acme", TenantState.PENDING) == (tenant.name, tenant.state)
    assert {Mode.PROPOSE} == {rule.mode for rule in tenant.settings.rules.values()}
    assert [] == doors.noted


def test_the_code_opens_the_team() -> None:
    """From then on the owner can log in."""
    doors = Doors()
    doors.register()
    with pytest.raises(Unauthenticated):
        doors.login()

    doors.verify()

    assert TenantState.ACTIVE == doors.state()
    assert doors.login().refresh_token
    assert (ADA, "account.verified") in doors.noted


def test_every_registration_gets_a_tenant_of_its_own() -> None:
    """Two teams of one name have nothing in common."""
    doors = Doors()
    doors.register(ADA)
    doors.register(GRACE)

    assert doors.account(ADA).tenant_id != doors.account(GRACE).tenant_id


def test_an_address_is_the_same_in_capitals() -> None:
    """Nobody gets a second account by shouting."""
    doors = Doors()
    doors.register("Ada@ACME.test")
    doors.verify("ADA@acme.test", doors.code(ADA))

    assert ADA == doors.account().email
    assert Registered.KNOWN == doors.register("aDa@acme.test")
    assert doors.login("ADA@ACME.TEST")


def test_who_has_an_account_hears_by_mail_that_somebody_tried() -> None:
    """The account stays as it is, and the attempt leaves nothing behind."""
    doors = Doors()
    doors.member(ADA)

    assert Registered.KNOWN == doors.register(ADA, OTHER)

    [mail] = doors.mailer.sent
    assert (ADA, True) == (mail.to, f"{PUBLIC_URL}/auth/password/forgot" in mail.text)
    assert [doors.account()] == list(doors.accounts.all(ACME))
    assert doors.login(ADA, PASSWORD)
    assert [] == doors.noted


@pytest.mark.parametrize("error", [UpstreamUnavailable("later"), UpstreamRejected("no")])
def test_a_mail_that_fails_does_not_give_the_account_away(error: Exception) -> None:
    """It is for the log, not for the asker."""
    doors = Doors()
    doors.member(ADA)
    doors.mailer.fail_next(error)

    assert Registered.KNOWN_NOT_TOLD == doors.register(ADA, OTHER)


def test_who_came_first_without_proving_the_address_is_replaced() -> None:
    """Neither the stranger's password nor the stranger's code opens what the real owner registers."""
    doors = Doors()
    doors.register(ADA, OTHER)
    strangers_code = doors.code()

    doors.register(ADA, PASSWORD)

    with pytest.raises(InvalidRequest):
        doors.verify(code=strangers_code)
    doors.verify()
    with pytest.raises(Unauthenticated):
        doors.login(ADA, OTHER)
    assert doors.login(ADA, PASSWORD)


def test_a_code_proves_the_address_for_the_registration_it_was_sent_for() -> None:
    """A stranger who registers the address in between gets the last code sent, and is not let in by its owner."""
    doors = Doors()
    doors.register(ADA, PASSWORD)
    mine = doors.registrations[ADA]
    doors.register(ADA, OTHER)

    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        doors.verify(registration=mine)

    for password in (OTHER, PASSWORD):
        with pytest.raises(Unauthenticated):
            doors.login(ADA, password)
    doors.register(ADA, PASSWORD)
    doors.verify()
    assert doors.login(ADA, PASSWORD)


def test_a_registration_has_a_name_of_its_own_whether_the_address_is_known_or_not() -> None:
    """What somebody gets who registers a known address looks like what everybody gets, and leads nowhere."""
    doors = Doors()
    doors.member(ADA)
    for email in (ADA, GRACE, LINUS):
        doors.register(email)

    known, *unknown = doors.registrations.values()

    assert [True] * 3 == [re.fullmatch("[0-9a-f]{32}", name) is not None for name in (known, *unknown)]
    assert 4 == len({known, *unknown, doors.account().tenant_id})


def test_a_wrong_code_opens_nothing() -> None:
    """Nor does a right one a second time."""
    doors = Doors()
    doors.register()
    code = doors.code()
    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        doors.verify(code="999999")
    assert TenantState.PENDING == doors.state()

    doors.verify(code=code)

    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        doors.verify(code=code)
    assert doors.login()


def test_a_code_that_was_sent_again_is_the_one_that_counts() -> None:
    """The first may never have arrived."""
    doors = Doors()
    doors.register()
    first = doors.code()

    doors.resend()

    assert first != doors.code()
    doors.verify()
    assert TenantState.ACTIVE == doors.state()


def test_verifying_that_broke_off_is_finished_by_the_first_login() -> None:
    """The code is spent, the tenant still waits."""
    doors = Doors()
    doors.register()
    doors.users.confirm(doors.account().id, doors.code())
    assert TenantState.PENDING == doors.state()

    assert doors.login()

    assert TenantState.ACTIVE == doors.state()


@pytest.mark.parametrize("missing", ["tenant and account", "account"])
def test_registering_that_broke_off_can_be_done_again(missing: str) -> None:
    """The proof of an address without an account frees the address."""
    doors = Doors()
    doors.users.register(ADA, PASSWORD, tenant_id=ACME)
    if missing == "account":
        doors.member(GRACE)

    with pytest.raises(InvalidRequest, match="register again"):
        doors.verify(registration=ACME)

    doors.register()
    doors.verify()
    assert doors.login()


def test_a_confirmed_user_without_an_account_is_cleared_away_by_logging_in() -> None:
    """Whatever broke off before, the person can register."""
    doors = Doors()
    doors.member(ADA)
    doors.accounts.remove(ACME, doors.account().id)

    with pytest.raises(Unauthenticated):
        doors.login()

    assert Registered.FOUNDED == doors.register()


def test_an_invitation_leads_into_its_team_at_once() -> None:
    """The mailbox that holds the code is proven by it."""
    doors = Doors()
    owner = doors.member(ADA)
    doors.invite(GRACE, Role.ADMIN, caller=as_caller(owner))

    assert Registered.JOINED == doors.register(GRACE, invitation=doors.invitation_code())

    account = doors.account(GRACE)
    assert (ACME, Role.ADMIN) == (account.tenant_id, account.role)
    assert doors.login(GRACE)
    assert [(GRACE, "account.joined")] == doors.noted


def test_an_invitation_is_used_up() -> None:
    """Also after the person has been removed again."""
    doors = Doors()
    owner = as_caller(doors.member(ADA))
    doors.invite(GRACE, caller=owner)
    code = doors.invitation_code()
    doors.register(GRACE, invitation=code)
    doors.remove(doors.account(GRACE), caller=owner)

    with pytest.raises(InvalidRequest, match="no such invitation"):
        doors.register(GRACE, invitation=code)

    assert [owner.id] == [account.id for account in doors.accounts.all(ACME)]


def test_an_invitation_is_for_one_address_and_one_week() -> None:
    """In other hands, or later, it is none, and the address is not registered."""
    doors = Doors()
    doors.invite(GRACE, caller=as_caller(doors.member(ADA)))
    code = doors.invitation_code()
    tenant_id, _, secret = code.partition(".")
    forged = (f"{tenant_id}.{secret}x", f"{GLOBEX}.{secret}", secret, tenant_id, f"{tenant_id}.", ".", "", "…")
    for attempt in forged:
        with pytest.raises(InvalidRequest, match="no such invitation"):
            doors.register(GRACE, invitation=attempt, address=attempt_address(attempt))
        doors.now += timedelta(hours=1)
    with pytest.raises(InvalidRequest, match="no such invitation"):
        doors.register(LINUS, invitation=code)
    doors.now += INVITATION_LASTS
    with pytest.raises(InvalidRequest, match="no such invitation"):
        doors.register(GRACE, invitation=code)

    assert (None, None) == (doors.users.find(GRACE), doors.users.find(LINUS))


def attempt_address(attempt: str) -> str:
    """An address of the attempt's own."""
    return f"192.0.2.{10 + len(attempt) % 200}"


def test_a_person_of_another_team_is_told_by_mail_and_not_moved() -> None:
    """One address, one team; the invitation stays open for when the account is gone."""
    doors = Doors()
    elsewhere = doors.member(GRACE, tenant_id=GLOBEX)
    doors.invite(GRACE, caller=as_caller(doors.member(ADA)))
    code = doors.invitation_code()

    assert Registered.KNOWN == doors.register(GRACE, OTHER, invitation=code)

    assert elsewhere == doors.account(GRACE)
    assert 1 == len(doors.invitations.all(ACME, doors.now))


def test_joining_that_broke_off_can_be_done_again() -> None:
    """What the first attempt left is cleared away: one person, one account."""
    doors = Doors()
    doors.invite(GRACE, caller=as_caller(doors.member(ADA)))
    code = doors.invitation_code()
    doors.users.register(GRACE, PASSWORD, tenant_id=ACME)
    who = doors.users.find(GRACE)
    assert who is not None
    owner = doors.account(ADA)
    doors.accounts.put(owner.model_copy(update={"id": who.id, "email": GRACE, "role": Role.MEMBER}))

    doors.register(GRACE, invitation=code)

    assert [ADA, GRACE] == sorted(account.email for account in doors.accounts.all(ACME))
    assert doors.login(GRACE)


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
    """From every door, however often and with whatever code."""
    asked = {}
    for kind in ("unknown", "unproven", "proven"):
        doors = Doors()
        if kind == "unproven":
            doors.users.register(GRACE, PASSWORD, tenant_id=ACME)
        if kind == "proven":
            doors.member(GRACE)
        asked[kind] = all_doors(doors)

    assert asked["unknown"] == asked["unproven"] == asked["proven"]
    assert "Throttled" in {kind for kind, _ in asked["proven"]}


def all_doors(doors: Doors) -> list[tuple[str, str]]:
    """What somebody sees who knocks at every door in Grace's name and gives up only when all are shut."""
    return [
        *(outcome(lambda: doors.verify(GRACE, "999999")) for _ in range(3)),
        *(outcome(lambda: doors.verify(GRACE, "999999", ACME)) for _ in range(3)),
        *(outcome(lambda: doors.resend(GRACE)) for _ in range(3)),
        *(outcome(lambda: doors.forgot(GRACE)) for _ in range(8)),
        *(outcome(lambda: doors.reset(GRACE, "999999")) for _ in range(12)),
        *(outcome(lambda: doors.login(GRACE, OTHER)) for _ in range(12)),
        *(outcome(lambda: doors.register(GRACE, OTHER)) for _ in range(8)),
    ]


def test_registrations_are_counted_by_address_and_by_network() -> None:
    """Five an hour for a mailbox, twenty for a network; then both begin anew."""
    doors = Doors()
    for number in range(5):
        doors.register(ADA, address=f"192.0.2.{number}")
    with pytest.raises(Throttled) as refused:
        doors.register(ADA, address="192.0.2.99")
    assert 0 < refused.value.retry_after <= 3_600
    doors.now += timedelta(seconds=refused.value.retry_after)
    doors.register(ADA, address="192.0.2.99")

    doors = Doors()
    for number in range(20):
        doors.register(f"person-{number}@acme.test", address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(Throttled):
        doors.register(GRACE, address="2001:db8:1:2:ffff::1")
    doors.register(GRACE, address="2001:db8:1:3::1")
