"""Who belongs to a tenant, and with what say."""

from datetime import timedelta

import pytest

from pm_assistant.domain.accounts import Account, Caller, Role, Scope
from pm_assistant.domain.errors import Conflict, Forbidden, NotFound, Throttled, Unauthenticated, UpstreamUnavailable
from pm_assistant.domain.tenants import TenantId
from pm_assistant.workflows.accounts.keys import create_key
from pm_assistant.workflows.accounts.people import INVITATIONS_AN_HOUR, cancel
from pm_assistant.workflows.accounts.register import invitation_id
from tests.builders import ACME, GLOBEX
from tests.fakes.stores import FakeAccounts
from tests.workflows.doors import ADA, GRACE, LINUS, PUBLIC_URL, Doors, as_caller


def test_an_invitation_reaches_only_the_mailbox_with_its_code() -> None:
    """What is kept does not open anything."""
    doors = Doors()
    owner = doors.member(ADA)

    offer = doors.invite("Grace@Acme.TEST", Role.ADMIN, caller=as_caller(owner))

    [mail] = doors.mailer.sent
    code = doors.invitation_code()
    tenant_id, _, secret = code.partition(".")
    assert (GRACE, ACME) == (mail.to, tenant_id)
    assert (GRACE, Role.ADMIN, f"account:{owner.id}") == (offer.email, offer.role, offer.invited_by)
    assert invitation_id(secret) == offer.id
    assert secret not in offer.model_dump_json()
    assert all(part in mail.text for part in (ADA, "Acme", code, PUBLIC_URL))


def test_inviting_again_replaces_the_earlier_offer() -> None:
    """Only the last code counts."""
    doors = Doors()
    owner = as_caller(doors.member(ADA))
    first = doors.invite(GRACE, caller=owner)
    second = doors.invite(GRACE, Role.ADMIN, caller=owner)

    assert first.id != second.id
    assert [second] == list(doors.invitations.all(ACME, doors.now))


def test_who_is_in_already_is_not_invited() -> None:
    """The tenant may know its own people; those of others it may not."""
    doors = Doors()
    owner = as_caller(doors.member(ADA))
    doors.member(GRACE)
    doors.member(LINUS, tenant_id=GLOBEX)
    with pytest.raises(Conflict):
        doors.invite(GRACE, caller=owner)

    assert doors.invite(LINUS, caller=owner)


def test_invitations_are_counted() -> None:
    """Nobody sends mail to the world in our name."""
    doors = Doors()
    owner = as_caller(doors.member(ADA))
    for number in range(INVITATIONS_AN_HOUR):
        doors.invite(f"person-{number}@acme.test", caller=owner)

    with pytest.raises(Throttled):
        doors.invite(GRACE, caller=owner)

    assert INVITATIONS_AN_HOUR == len(doors.mailer.sent)


def test_an_invitation_that_could_not_be_mailed_can_be_made_again() -> None:
    """The one nobody has the code of does not stay."""
    doors = Doors()
    owner = as_caller(doors.member(ADA))
    doors.mailer.fail_next(UpstreamUnavailable("later"))
    with pytest.raises(UpstreamUnavailable):
        doors.invite(GRACE, caller=owner)

    offer = doors.invite(GRACE, caller=owner)

    assert [offer] == list(doors.invitations.all(ACME, doors.now))


def test_an_offer_is_taken_back() -> None:
    """By its own tenant, once, while it stands."""
    doors = Doors()
    owner, stranger = as_caller(doors.member(ADA)), as_caller(doors.member(LINUS, tenant_id=GLOBEX))
    offer = doors.invite(GRACE, caller=owner)
    with pytest.raises(NotFound):
        cancel(offer.id, caller=stranger, invitations=doors.invitations, now=doors.now)

    assert offer == cancel(offer.id, caller=owner, invitations=doors.invitations, now=doors.now)

    with pytest.raises(NotFound):
        cancel(offer.id, caller=owner, invitations=doors.invitations, now=doors.now)
    expired = doors.invite(GRACE, caller=owner)
    with pytest.raises(NotFound):
        cancel(expired.id, caller=owner, invitations=doors.invitations, now=doors.now + timedelta(days=8))


def test_an_admin_has_no_say_over_owners() -> None:
    """Neither making, nor unmaking, nor inviting, nor removing one."""
    doors = Doors()
    owner, grace = doors.member(ADA), doors.member(GRACE, Role.ADMIN)
    admin = as_caller(grace, Scope.ADMIN)
    offer = doors.invite(LINUS, Role.OWNER, caller=as_caller(owner))

    with pytest.raises(Forbidden):
        doors.change_role(owner, Role.MEMBER, caller=admin)
    with pytest.raises(Forbidden):
        doors.change_role(grace, Role.OWNER, caller=admin)
    with pytest.raises(Forbidden):
        doors.remove(owner, caller=admin)
    with pytest.raises(Forbidden):
        doors.invite("mallory@acme.test", Role.OWNER, caller=admin)
    with pytest.raises(Forbidden):
        cancel(offer.id, caller=admin, invitations=doors.invitations, now=doors.now)

    assert (Role.OWNER, Role.ADMIN) == (doors.account(ADA).role, doors.account(GRACE).role)


def test_an_admin_rules_over_the_others() -> None:
    """Members become admins and back."""
    doors = Doors()
    doors.member(ADA)
    admin = as_caller(doors.member(GRACE, Role.ADMIN), Scope.ADMIN)
    linus = doors.member(LINUS, Role.MEMBER)

    doors.change_role(linus, Role.ADMIN, caller=admin)
    assert Role.ADMIN == doors.account(LINUS).role
    doors.change_role(doors.account(LINUS), Role.MEMBER, caller=admin)
    assert Role.MEMBER == doors.account(LINUS).role


def test_a_team_keeps_an_owner() -> None:
    """The last one neither leaves nor steps down; the last but one may."""
    doors = Doors()
    ada, grace = doors.member(ADA), doors.member(GRACE)
    caller = as_caller(ada)
    doors.change_role(grace, Role.ADMIN, caller=caller)

    with pytest.raises(Conflict, match="at least one owner"):
        doors.change_role(ada, Role.ADMIN, caller=caller)
    with pytest.raises(Conflict, match="at least one owner"):
        doors.remove(ada, caller=caller)
    doors.change_role(ada, Role.OWNER, caller=caller)

    assert ada == doors.account(ADA)
    assert doors.login(ADA)


class Leaving(FakeAccounts):
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
    doors = Doors()
    ada, grace = doors.member(ADA), doors.member(GRACE)
    doors.accounts = Leaving(grace, ada)

    ways = {
        "leave": lambda: doors.remove(ada, caller=as_caller(ada)),
        "step down": lambda: doors.change_role(ada, Role.ADMIN, caller=as_caller(ada)),
    }

    with pytest.raises(Conflict, match="at least one owner"):
        ways[way]()

    assert ada == doors.accounts.get(ACME, ada.id)
    assert doors.login(ADA)


def test_a_removed_person_is_out_at_once() -> None:
    """The row, the login and the sessions are gone, and the address is free."""
    doors = Doors()
    owner, grace = doors.member(ADA), doors.member(GRACE, Role.MEMBER)
    session = doors.login(GRACE)
    assert session.refresh_token is not None

    doors.remove(grace, caller=as_caller(owner))

    assert [owner] == list(doors.accounts.all(ACME))
    with pytest.raises(Unauthenticated):
        doors.login(GRACE)
    with pytest.raises(Unauthenticated):
        doors.refresh(session.refresh_token.get_secret_value())
    assert doors.users.find(GRACE) is None


def test_a_removed_persons_login_goes_whatever_its_address_is_by_now() -> None:
    """It is known by its id; somebody who has the address since stays."""
    doors = Doors()
    owner, grace = doors.member(ADA), doors.member(GRACE, Role.MEMBER)
    doors.users.known[LINUS] = doors.users.known.pop(GRACE)
    later = doors.users.register(GRACE, "yet another horse", tenant_id=GLOBEX)

    doors.remove(grace, caller=as_caller(owner))

    assert doors.users.find(LINUS) is None
    found = doors.users.find(GRACE)
    assert found is not None
    assert later == found.id


def test_removing_a_leftover_row_leaves_the_persons_login_alone() -> None:
    """The address may have a later account."""
    doors = Doors()
    owner, grace = doors.member(ADA), doors.member(GRACE, Role.MEMBER)
    leftover = grace.model_copy(update={"id": "user-of-old"})
    doors.accounts.put(leftover)

    doors.remove(leftover, caller=as_caller(owner))

    assert doors.login(GRACE)


def test_what_another_tenant_has_is_not_there() -> None:
    """Neither to be changed nor to be removed."""
    doors = Doors()
    doors.member(ADA)
    stranger = as_caller(doors.member(LINUS, tenant_id=GLOBEX))
    ada = doors.account(ADA)

    with pytest.raises(NotFound):
        doors.change_role(ada, Role.MEMBER, caller=stranger)
    with pytest.raises(NotFound):
        doors.remove(ada, caller=stranger)

    assert ada == doors.account(ADA)


def keys_of(doors: Doors) -> set[str]:
    """The names of the keys that still work."""
    return {key.name for key in doors.api_keys.all(ACME)}


def test_keys_end_with_the_say_of_who_made_them() -> None:
    """Whoever has seen a key could go on using it."""
    doors = Doors()
    owner, grace = doors.member(ADA), doors.member(GRACE, Role.ADMIN)
    for account in (owner, grace):
        for scope in (Scope.RUN, Scope.ADMIN):
            caller = as_caller(account)
            create_key(f"{account.email} {scope}", scope, caller=caller, api_keys=doors.api_keys, now=doors.now)

    assert 1 == doors.change_role(grace, Role.MEMBER, caller=as_caller(owner))[1].keys
    assert {f"{ADA} run", f"{ADA} admin", f"{GRACE} run"} == keys_of(doors)

    assert 1 == doors.remove(doors.account(GRACE), caller=as_caller(owner))[1].keys
    assert {f"{ADA} run", f"{ADA} admin"} == keys_of(doors)


@pytest.mark.parametrize(
    ("left", "standing"), [(Role.OWNER, {"a", "o"}), (Role.ADMIN, {"a"}), (Role.MEMBER, set()), (None, set())]
)
def test_offers_end_with_the_say_of_who_made_them(left: Role | None, standing: set[str]) -> None:
    """Whoever holds one could come in by it; what others offered stands."""
    doors = Doors()
    ada, grace = as_caller(doors.member(ADA)), doors.member(GRACE)
    doors.invite("b@acme.test", caller=ada)
    for name, role in (("a", Role.ADMIN), ("o", Role.OWNER)):
        doors.invite(f"{name}@acme.test", role, caller=as_caller(grace))

    _, ended = doors.change_role(grace, left, caller=ada) if left else doors.remove(grace, caller=ada)

    assert {"b"} | standing == {offer.email.partition("@")[0] for offer in doors.invitations.all(ACME, doors.now)}
    assert 2 - len(standing) == ended.invitations


def test_a_program_invites_nobody() -> None:
    """The offer could outlive its key."""
    doors = Doors()
    doors.member(ADA)
    program = Caller(tenant_id=ACME, kind="key", id="k-1", name="CI", scope=Scope.ADMIN)

    with pytest.raises(Forbidden):
        doors.invite(GRACE, caller=program)

    assert ([], []) == (list(doors.invitations.all(ACME, doors.now)), doors.mailer.sent)
