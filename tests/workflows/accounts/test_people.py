"""Who belongs to a tenant, and with what say."""

from contextlib import suppress
from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Account, Caller, Role, Scope
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, Throttled, Unauthenticated, UpstreamUnavailable
from pm_assistant.domain.rules import OWNER_LEFT, TeamRule
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.accounts.browser_sessions import begin_session
from pm_assistant.workflows.accounts.keys import create_key
from pm_assistant.workflows.accounts.people import INVITATIONS_A_DAY, INVITATIONS_AN_HOUR, INVITATIONS_TO_ONE, leave
from pm_assistant.workflows.accounts.register import invitation_id
from tests.builders import ACME, GLOBEX, going_back
from tests.fakes.stores import FakeAccounts
from tests.workflows.accounts.app import ADA, GRACE, LINUS, AccountsApp, as_caller


def test_an_invitation_reaches_only_the_mailbox_with_its_code() -> None:
    """What is kept does not open anything."""
    app = AccountsApp()
    owner = app.member(ADA)

    offer = app.invite("Grace@Acme.TEST", Role.ADMIN, caller=as_caller(owner))

    [mail] = app.mailer.sent
    code = app.invitation_code()
    tenant_id, _, secret = code.partition(".")
    assert (GRACE, ACME) == (mail.to, tenant_id)
    assert (GRACE, Role.ADMIN, f"account:{owner.id}") == (offer.email, offer.role, offer.invited_by)
    assert invitation_id(secret) == offer.id
    assert secret not in offer.model_dump_json()
    assert all(part in mail.text for part in (ADA, "Acme", code, app.public_url))


def test_inviting_again_replaces_the_earlier_offer() -> None:
    """Only the last code counts."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    first = app.invite(GRACE, caller=owner)
    second = app.invite(GRACE, Role.ADMIN, caller=owner)

    assert first.id != second.id
    assert [second] == list(app.stores.invitations.all(ACME, app.now()))


def test_who_is_in_already_is_not_invited() -> None:
    """The tenant may know its own people; those of others it may not."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    app.member(GRACE)
    app.member(LINUS, tenant_id=GLOBEX)
    with pytest.raises(Conflict):
        app.invite(GRACE, caller=owner)

    assert app.invite(LINUS, caller=owner)


def test_invitations_are_counted() -> None:
    """Nobody sends mail to the world in our name."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    for number in range(INVITATIONS_AN_HOUR):
        app.invite(f"person-{number}@acme.test", caller=owner)

    with pytest.raises(Throttled):
        app.invite(GRACE, caller=owner)

    assert INVITATIONS_AN_HOUR == len(app.mailer.sent)


def test_a_day_has_fewer_invitations_than_its_hours() -> None:
    """Waiting an hour does not make a mailing list of us."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    app.at = app.at.replace(hour=0)
    sent = 0
    for number in range(12 * INVITATIONS_AN_HOUR):
        app.at += timedelta(minutes=5)
        with suppress(Throttled):
            app.invite(f"person-{number}@acme.test", caller=owner)
            sent += 1
        if app.at.hour == 23:
            break

    assert INVITATIONS_A_DAY == sent == len(app.mailer.sent)


def test_one_address_is_left_alone_whoever_invites_it() -> None:
    """A tenant is free, and so is the next one."""
    app = AccountsApp()
    owners = [as_caller(app.member(f"owner-{n}@x.test", tenant_id=TenantId(f"tenant-{n}"))) for n in range(4)]
    for owner in owners[:INVITATIONS_TO_ONE]:
        app.invite(GRACE, caller=owner)

    with pytest.raises(Throttled):
        app.invite("Grace@acme.test", caller=owners[-1])

    app.at += timedelta(days=1)
    assert app.invite(GRACE, caller=owners[-1])


def test_an_invitation_that_could_not_be_mailed_can_be_made_again() -> None:
    """The one nobody has the code of does not stay."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    app.mailer.fail_next(UpstreamUnavailable("later"))
    with pytest.raises(UpstreamUnavailable):
        app.invite(GRACE, caller=owner)

    offer = app.invite(GRACE, caller=owner)

    assert [offer] == list(app.stores.invitations.all(ACME, app.now()))


def test_an_offer_is_taken_back() -> None:
    """By its own tenant, once, while it stands."""
    app = AccountsApp()
    owner, stranger = as_caller(app.member(ADA)), as_caller(app.member(LINUS, tenant_id=GLOBEX))
    offer = app.invite(GRACE, caller=owner)
    with pytest.raises(NotFound):
        app.cancel(offer, caller=stranger)

    assert offer == app.cancel(offer, caller=owner)

    with pytest.raises(NotFound):
        app.cancel(offer, caller=owner)
    expired = app.invite(GRACE, caller=owner)
    app.at += timedelta(days=8)
    with pytest.raises(NotFound):
        app.cancel(expired, caller=owner)


def test_an_admin_has_no_say_over_owners() -> None:
    """Neither making, nor unmaking, nor inviting, nor removing one."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.ADMIN)
    admin = as_caller(grace, Scope.ADMIN)
    offer = app.invite(LINUS, Role.OWNER, caller=as_caller(owner))

    with pytest.raises(Forbidden):
        app.change_role(owner, Role.MEMBER, caller=admin)
    with pytest.raises(Forbidden):
        app.change_role(grace, Role.OWNER, caller=admin)
    with pytest.raises(Forbidden):
        app.remove(owner, caller=admin)
    with pytest.raises(Forbidden):
        app.invite("mallory@acme.test", Role.OWNER, caller=admin)
    with pytest.raises(Forbidden):
        app.cancel(offer, caller=admin)

    assert (Role.OWNER, Role.ADMIN) == (app.account(ADA).role, app.account(GRACE).role)


def test_an_admin_rules_over_the_others() -> None:
    """Members become admins and back."""
    app = AccountsApp()
    app.member(ADA)
    admin = as_caller(app.member(GRACE, Role.ADMIN), Scope.ADMIN)
    linus = app.member(LINUS, Role.MEMBER)

    app.change_role(linus, Role.ADMIN, caller=admin)
    assert Role.ADMIN == app.account(LINUS).role
    app.change_role(app.account(LINUS), Role.MEMBER, caller=admin)
    assert Role.MEMBER == app.account(LINUS).role


def test_a_team_keeps_an_owner() -> None:
    """The last one neither leaves nor steps down; the last but one may."""
    app = AccountsApp()
    ada, grace = app.member(ADA), app.member(GRACE)
    caller = as_caller(ada)
    app.change_role(grace, Role.ADMIN, caller=caller)

    with pytest.raises(Conflict, match="at least one owner"):
        app.change_role(ada, Role.ADMIN, caller=caller)
    with pytest.raises(Conflict, match="at least one owner"):
        app.remove(ada, caller=caller)
    app.change_role(ada, Role.OWNER, caller=caller)

    assert ada == app.account(ADA)
    assert app.login(ADA)


class LeavingAccounts(FakeAccounts):
    """Accounts in which another owner steps down at the very moment that somebody's row is changed."""

    def __init__(self, other: Account, *accounts: Account) -> None:
        super().__init__(other, *accounts)
        self._other = other

    def replace(self, account: Account, *, before: Account) -> None:
        """Change one, and then the other."""
        super().replace(account, before=before)
        self._other_leaves()

    def remove(self, tenant_id: TenantId, account_id: str) -> None:
        """Forget one, and then the other."""
        super().remove(tenant_id, account_id)
        self._other_leaves()

    def _other_leaves(self) -> None:
        self.put(self._other.model_copy(update={"role": Role.MEMBER}))


@pytest.mark.parametrize("way", ["step down", "leave"])
def test_two_owners_who_leave_at_a_time_do_not_both_get_away(way: str) -> None:
    """Who finds nobody left goes back."""
    app = AccountsApp()
    ada, grace = app.member(ADA), app.member(GRACE)
    app.stores.accounts = LeavingAccounts(grace, ada)

    ways = {
        "leave": lambda: app.remove(ada, caller=as_caller(ada)),
        "step down": lambda: app.change_role(ada, Role.ADMIN, caller=as_caller(ada)),
    }

    with pytest.raises(Conflict, match="at least one owner"):
        ways[way]()

    assert ada == app.stores.accounts.get(ACME, ada.id)
    assert app.login(ADA)


def test_a_removed_person_is_out_at_once() -> None:
    """The row, the login and the sessions are gone, and the address is free."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.MEMBER)
    session = app.login(GRACE)
    assert session.refresh_token is not None

    app.remove(grace, caller=as_caller(owner))

    assert [owner] == list(app.stores.accounts.all(ACME))
    with pytest.raises(Unauthenticated):
        app.login(GRACE)
    with pytest.raises(Unauthenticated):
        app.refresh(session.refresh_token.get_secret_value())
    assert app.users.find(GRACE) is None


def test_a_removed_persons_rules_end() -> None:
    """Others' go on, and anybody may take over what has ended."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.MEMBER)
    rules = tuple(
        TeamRule(id=by.email, kind="create", owner=f"account:{by.id}", made_at=app.now()) for by in (owner, grace)
    )
    tenant = app.stores.tenants.get(ACME)
    app.stores.tenants.replace(tenant.model_copy(update={"rules": rules}), before=tenant)

    app.remove(grace, caller=as_caller(owner))

    assert {ADA: None, GRACE: OWNER_LEFT} == {r.id: r.ended for r in app.stores.tenants.get(ACME).rules}


def test_a_removed_persons_login_goes_whatever_its_address_is_by_now() -> None:
    """It is known by its id; somebody who has the address since stays."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.MEMBER)
    app.users.known[LINUS] = app.users.known.pop(GRACE)
    later = app.users.register(GRACE, "yet another horse", tenant_id=GLOBEX)

    app.remove(grace, caller=as_caller(owner))

    assert app.users.find(LINUS) is None
    identity = app.users.find(GRACE)
    assert identity is not None
    assert later == identity.id


def test_removing_a_leftover_row_leaves_the_persons_login_alone() -> None:
    """The address may have a later account."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.MEMBER)
    leftover = grace.model_copy(update={"id": "user-of-old"})
    app.stores.accounts.put(leftover)

    app.remove(leftover, caller=as_caller(owner))

    assert app.login(GRACE)


def test_what_another_tenant_has_is_not_there() -> None:
    """Neither to be changed nor to be removed."""
    app = AccountsApp()
    app.member(ADA)
    stranger = as_caller(app.member(LINUS, tenant_id=GLOBEX))
    ada = app.account(ADA)

    with pytest.raises(NotFound):
        app.change_role(ada, Role.MEMBER, caller=stranger)
    with pytest.raises(NotFound):
        app.remove(ada, caller=stranger)

    assert ada == app.account(ADA)


def keys_of(app: AccountsApp) -> set[str]:
    """The names of the keys that still work."""
    return {key.name for key in app.stores.api_keys.all(ACME)}


def test_keys_end_with_the_say_of_who_made_them() -> None:
    """Whoever has seen a key could go on using it."""
    app = AccountsApp()
    owner, grace = app.member(ADA), app.member(GRACE, Role.ADMIN)
    for account in (owner, grace):
        for scope in (Scope.RUN, Scope.ADMIN):
            create_key(f"{account.email} {scope}", scope, as_caller(account), app.unit(ACME))

    assert 1 == app.change_role(grace, Role.MEMBER, caller=as_caller(owner))[1].keys
    assert {f"{ADA} run", f"{ADA} admin", f"{GRACE} run"} == keys_of(app)

    assert 1 == app.remove(app.account(GRACE), caller=as_caller(owner))[1].keys
    assert {f"{ADA} run", f"{ADA} admin"} == keys_of(app)


@pytest.mark.parametrize(
    ("left", "standing"), [(Role.OWNER, {"a", "o"}), (Role.ADMIN, {"a"}), (Role.MEMBER, set()), (None, set())]
)
def test_offers_end_with_the_say_of_who_made_them(left: Role | None, standing: set[str]) -> None:
    """Whoever holds one could come in by it; what others offered stands."""
    app = AccountsApp()
    ada, grace = as_caller(app.member(ADA)), app.member(GRACE)
    app.invite("b@acme.test", caller=ada)
    for name, role in (("a", Role.ADMIN), ("o", Role.OWNER)):
        app.invite(f"{name}@acme.test", role, caller=as_caller(grace))

    _, ended = app.change_role(grace, left, caller=ada) if left else app.remove(grace, caller=ada)

    assert {"b"} | standing == {offer.email.partition("@")[0] for offer in app.stores.invitations.all(ACME, app.now())}
    assert 2 - len(standing) == ended.invitations


def test_a_program_invites_nobody() -> None:
    """The offer could outlive its key."""
    app = AccountsApp()
    app.member(ADA)
    program = Caller(tenant_id=ACME, kind="key", id="k-1", name="CI", scope=Scope.ADMIN)

    with pytest.raises(Forbidden):
        app.invite(GRACE, caller=program)

    assert [] == list(app.stores.invitations.all(ACME, app.now()))
    assert [] == app.mailer.sent


def test_a_member_leaves_and_nothing_of_the_login_is_left() -> None:
    """Not the account, not the user, not the browsers in which it was logged in."""
    app = AccountsApp()
    app.member(ADA)
    grace = app.member(GRACE, Role.MEMBER)
    begin_session(app.login(GRACE), app)
    left, _ = leave(as_caller(grace, Scope.RUN), app.unit(ACME))

    assert grace == left
    assert [ADA] == [account.email for account in app.stores.accounts.all(ACME)]
    assert app.users.find(GRACE) is None
    assert [] == app.stores.browser_sessions.of_account(ACME, grace.id)


def test_the_last_owner_does_not_leave_and_no_program_does() -> None:
    """Somebody has to be there who may end the team."""
    app = AccountsApp()
    ada = app.member(ADA)
    app.member(GRACE, Role.ADMIN)
    with pytest.raises(Conflict):
        leave(as_caller(ada), app.unit(ACME))
    program = Caller(tenant_id=ACME, kind="key", id=ada.id, name="ci", scope=Scope.ADMIN)
    with pytest.raises(Forbidden):
        leave(program, app.unit(ACME))
    assert 2 == len(app.stores.accounts.all(ACME))


def test_who_there_is_no_seat_for_is_invited_and_told_what_waits() -> None:
    """Those who are invited already are counted, once each; with a seat nothing is said of it."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    tenant = app.stores.tenants.get(ACME)
    plan = going_back(14)
    assert plan.terms is not None
    billing = plan.model_copy(update={"terms": plan.terms.model_copy(update={"seats": 2})})
    app.stores.tenants.put(tenant.model_copy(update={"billing": billing}))

    with_seat, again, without = (app.invite(email, caller=owner) for email in (GRACE, GRACE, LINUS))

    assert (False, False, True) == tuple(offer.waits_for_seat for offer in (with_seat, again, without))
    assert [False, False, True] == ["no seat left" in mail.text for mail in app.mailer.sent]
    assert "reports of your own come as soon as there is a seat" in app.mailer.sent[-1].text


def test_without_a_bound_no_seats_are_counted_to_invite(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trial has a seat for everybody."""
    app = AccountsApp()
    owner = as_caller(app.member(ADA))
    monkeypatch.setattr(app.stores, "subscriptions", None)

    assert not app.invite(GRACE, caller=owner).waits_for_seat
