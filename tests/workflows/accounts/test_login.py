"""Logging in and out, and setting a new password."""

from contextlib import suppress
from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Account, Caller, Role, Scope, Session
from pm_assistant.domain.errors import Conflict, Forbidden, InvalidRequest, Throttled, Unauthenticated
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.accounts.login import change_password
from pm_assistant.workflows.accounts.throttle import RATES
from tests.builders import ACME
from tests.fakes.stores import FakeAccounts
from tests.workflows.accounts.app import ADA, GRACE, HOME, OTHER, PASSWORD, AccountsApp, as_caller, from_


def token(session: Session) -> str:
    """The refresh token of a session."""
    assert session.refresh_token is not None
    return session.refresh_token.get_secret_value()


def test_a_login_buys_fresh_tokens_until_it_is_logged_out() -> None:
    """Logging out needs the refresh token and nothing else, and may be repeated."""
    app = AccountsApp()
    app.member()
    session = app.login()
    assert app.refresh(token(session)).identity.id == session.identity.id

    app.logout(token(session))
    app.logout(token(session))
    app.logout("never was one")

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))


def test_a_refused_login_is_noted_where_the_address_is_known() -> None:
    """The tenant can see that somebody tries; nobody's attempts are nobody's business."""
    app = AccountsApp()
    app.member(ADA)
    for email in (ADA, GRACE):
        with pytest.raises(Unauthenticated):
            app.login(email, OTHER)

    assert [(ADA, "login.refused")] == app.noted()


def test_logins_are_counted_whether_they_succeed_or_not() -> None:
    """Ten in five minutes for an address from one network; the right password does not help then."""
    app = AccountsApp()
    app.member(ADA)
    rate = RATES["login"]
    assert rate.per_email is not None
    for _ in range(rate.per_email):
        with pytest.raises(Unauthenticated):
            app.login(ADA, OTHER)

    with pytest.raises(Throttled) as refused:
        app.login(ADA, PASSWORD)

    app.at += timedelta(seconds=refused.value.retry_after)
    assert app.login(ADA, PASSWORD)


def test_a_few_wrong_guesses_of_others_keep_nobody_out() -> None:
    """Whoever is at home on a new network included."""
    app = AccountsApp()
    app.member(ADA)
    for number in range(RATES["login"].per_email or 0):
        with pytest.raises(Unauthenticated):
            app.login(ADA, OTHER, address=f"198.51.100.{number}")

    assert app.login(ADA, PASSWORD, address="192.0.2.77")


@pytest.mark.parametrize("proof", ["login", "verify", "reset"])
def test_no_crowd_of_strangers_keeps_somebody_out_who_has_been_there_before(proof: str) -> None:
    """Whatever proved the address there; neither from logging in nor from setting a new password."""
    app = AccountsApp()
    if proof == "verify":
        app.register(ADA)
        app.verify(ADA)
    else:
        app.member(ADA)
    if proof == "login":
        app.login(ADA, PASSWORD)
    password = PASSWORD
    if proof == "reset":
        app.forgot(ADA)
        app.reset(ADA, password=(password := OTHER))
        app.at += timedelta(hours=1)
    for number in range(99):
        for attempt in (app.forgot, app.login):
            with suppress(Throttled, Unauthenticated):
                attempt(ADA, address=f"198.51.100.{number}", **({"password": "wrong"} if attempt == app.login else {}))

    assert app.login(ADA, password)
    app.forgot(ADA)
    app.reset(ADA)


def test_one_network_cannot_try_many_addresses() -> None:
    """Thirty in five minutes."""
    app = AccountsApp()
    for number in range(RATES["login"].per_address):
        with pytest.raises(Unauthenticated):
            app.login(f"person-{number}@acme.test", OTHER)

    with pytest.raises(Throttled):
        app.login(ADA, PASSWORD)
    with pytest.raises(Unauthenticated):
        app.login(ADA, PASSWORD, address="198.51.100.1")


def test_a_forgotten_password_is_set_anew_with_the_code() -> None:
    """Whoever was logged in with the old one is so no longer."""
    app = AccountsApp()
    app.member()
    session = app.login()
    app.forgot()

    app.reset()

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))
    with pytest.raises(Unauthenticated):
        app.login(ADA, PASSWORD)
    assert app.login(ADA, OTHER)
    issued_at, sessions_from = session.identity.issued_at, app.account().sessions_from
    assert issued_at is not None
    assert sessions_from is not None
    assert issued_at < sessions_from
    assert (ADA, "password.reset") in app.noted()


def test_a_new_password_takes_the_code_that_was_sent() -> None:
    """Once, and it ends nothing if it is wrong."""
    app = AccountsApp()
    app.member()
    session = app.login()
    app.forgot()
    code = app.code()
    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        app.reset(code="999999")
    assert app.refresh(token(session))

    app.reset(code=code)

    with pytest.raises(InvalidRequest, match="wrong or has expired"):
        app.reset(code=code)


def test_logging_out_everywhere_ends_every_session() -> None:
    """Those of other browsers as well as the calling one."""
    app = AccountsApp()
    account = app.member()
    first, second = app.login(), app.login()

    app.logout_everywhere(as_caller(account))

    for session in (first, second):
        with pytest.raises(Unauthenticated):
            app.refresh(token(session))


def test_a_login_right_after_a_logout_everywhere_counts() -> None:
    """Tokens tell time in seconds; the new one waits for a second of its own."""
    app = AccountsApp()
    account = app.member()
    app.logout_everywhere(as_caller(account))

    session = app.login()

    sessions_from = app.account().sessions_from
    assert sessions_from is not None
    assert session.identity.issued_at is not None
    assert session.identity.issued_at >= sessions_from
    assert app.refresh(token(session))


def test_a_refresh_does_not_revive_what_was_logged_out() -> None:
    """Also if the directory still took the token: when the password was given is what counts."""
    app = AccountsApp()
    account = app.member()
    session = app.login()
    app.at += timedelta(minutes=5)
    later = account.model_copy(update={"sessions_from": app.now()})
    app.stores.accounts.replace(later, before=account)

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))

    app.stores.accounts.put(account)
    with pytest.raises(Unauthenticated):
        app.refresh(token(session))


def test_a_removed_person_gets_no_fresh_token() -> None:
    """Whatever the directory still says."""
    app = AccountsApp()
    account = app.member()
    session = app.login()
    app.stores.accounts.remove(ACME, account.id)

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))


def test_a_program_does_not_log_out() -> None:
    """Its key is revoked instead."""
    app = AccountsApp()
    caller = Caller(tenant_id=ACME, kind="key", id="k", name="CI", scope=Scope.ADMIN)

    with pytest.raises(Forbidden):
        app.logout_everywhere(caller)


class DemotingAccounts(FakeAccounts):
    """Accounts in which a person is demoted at the very moment that somebody has read the row."""

    def get(self, tenant_id: TenantId, account_id: str) -> Account:
        """Read one, and then change it."""
        account = super().get(tenant_id, account_id)
        self.put(account.model_copy(update={"role": Role.MEMBER}))
        return account


def test_logging_out_everywhere_does_not_undo_a_change_made_meanwhile() -> None:
    """A person who is being demoted cannot write the old row back, and is logged out all the same."""
    app = AccountsApp()
    account = app.member(role=Role.ADMIN)
    session = app.login()
    app.stores.accounts = DemotingAccounts(account)

    app.logout_everywhere(as_caller(account))

    [kept] = app.stores.accounts.all(ACME)
    assert Role.MEMBER == kept.role
    assert kept.sessions_from is not None
    with pytest.raises(Unauthenticated):
        app.refresh(token(session))


def test_a_new_password_ends_the_sessions_of_an_account_that_is_changed_meanwhile() -> None:
    """The code is spent, so nobody could ask for that again."""
    app = AccountsApp()
    account = app.member(role=Role.ADMIN)
    session = app.login()
    app.forgot()
    app.stores.accounts = DemotingAccounts(account)

    app.reset()

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))
    assert (ADA, "password.reset") in app.noted()


class ContendedAccounts(FakeAccounts):
    """Accounts that are always changed before one can."""

    def replace(self, account: Account, *, before: Account) -> None:
        """Refuse."""
        raise Conflict("the account has changed")


def test_an_account_that_keeps_changing_is_told_of() -> None:
    """Rather than that all sessions had ended."""
    app = AccountsApp()
    account = app.member()
    app.stores.accounts = ContendedAccounts(account)

    with pytest.raises(Conflict):
        app.logout_everywhere(as_caller(account))


def test_who_knows_the_password_sets_another_which_ends_every_session() -> None:
    """Of those that began with the old one; the trail says so."""
    app = AccountsApp()
    account, session = app.member(), app.login()
    app.at += timedelta(minutes=1)
    change_password(as_caller(account), PASSWORD, OTHER, app.unit(ACME), origin=from_(HOME))

    with pytest.raises(Unauthenticated):
        app.refresh(token(session))
    with pytest.raises(Unauthenticated):
        app.login(ADA, PASSWORD)
    assert account.id == app.login(ADA, OTHER).identity.id
    assert (ADA, "password.changed") in app.noted()


@pytest.mark.parametrize("current", [OTHER, "", "x" * 300])
def test_who_does_not_know_the_password_changes_nothing_and_is_noted(current: str) -> None:
    """It may be somebody at a browser that was left open; the trail does not call them by the account's name."""
    app = AccountsApp()
    account = app.member()
    with pytest.raises(InvalidRequest) as refused:
        change_password(as_caller(account), current, OTHER, app.unit(ACME), origin=from_(HOME))
    assert "current" == refused.value.field
    assert [(ADA, "login.refused")] == app.noted()
    assert app.login(ADA, PASSWORD)


def test_the_password_of_whoever_has_the_address_by_now_is_not_the_accounts() -> None:
    """A user of the directory may have taken the address over."""
    app = AccountsApp()
    account = app.member()
    app.stores.accounts.remove(ACME, account.id)
    leftover = account.model_copy(update={"id": "somebody-else"})
    app.stores.accounts.put(leftover)
    with pytest.raises(InvalidRequest):
        change_password(as_caller(leftover), PASSWORD, OTHER, app.unit(ACME), origin=from_(HOME))


def test_guesses_at_the_password_are_counted_as_logins_are() -> None:
    """And a program has none."""
    app = AccountsApp()
    account = app.member()
    for _ in range(RATES["login"].per_email or 0):
        with pytest.raises(InvalidRequest):
            change_password(as_caller(account), OTHER, OTHER, app.unit(ACME), origin=from_(HOME))
    with pytest.raises(Throttled):
        change_password(as_caller(account), PASSWORD, OTHER, app.unit(ACME), origin=from_(HOME))
    program = Caller(tenant_id=ACME, kind="key", id="k", name="ci", scope=Scope.ADMIN)
    with pytest.raises(Forbidden):
        change_password(program, PASSWORD, OTHER, app.unit(ACME), origin=from_(HOME))
