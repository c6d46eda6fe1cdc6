"""An application for people who are not logged in yet: what they ask of it, with the defaults of most tests."""

from collections.abc import Callable

from pydantic import SecretStr

from pm_assistant.domain.accounts import Account, Caller, Invitation, Registration, Role, Scope, Session, canonical
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import TenantId, TenantState
from pm_assistant.workflows.accounts import people
from pm_assistant.workflows.accounts.audit import RequestOrigin
from pm_assistant.workflows.accounts.login import forgot, login, logout, logout_everywhere, refresh, reset
from pm_assistant.workflows.accounts.register import Registered, register, resend, verify
from tests.builders import ACME, GLOBEX, a_tenant
from tests.fakes.unit import FakeApplication

ADA, GRACE, LINUS = "ada@acme.test", "grace@acme.test", "linus@acme.test"
PASSWORD, OTHER = "correct horse battery", "another horse entirely"
HOME = "192.0.2.1"


class AccountsApp(FakeApplication):
    """All that a person meets who is not logged in yet.

    Attributes:
        registrations: what each address's last registration is known by.
        asked_in: the language of whoever asks, where the request says it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.registrations: dict[str, str] = {}
        self.asked_in: Language | None = None

    def origin(self, address: str = HOME) -> RequestOrigin:
        """Where somebody asks from."""
        return from_(address)._replace(language=self.asked_in)

    def register(self, email: str = ADA, password: str = PASSWORD, *, address: str = HOME, **way: str) -> Registered:
        """Register, with a team called Acme unless there is an invitation."""
        registration = Registration(email=email, password=SecretStr(password), **(way or {"team_name": "Acme"}))
        outcome, self.registrations[canonical(email)] = register(registration, self, origin=self.origin(address))
        return outcome

    def verify(
        self, email: str = ADA, code: str | None = None, registration_id: str | None = None, *, address: str = HOME
    ) -> None:
        """Give the code that was sent there last for the last registration, unless told others."""
        code = self.code(email) if code is None else code
        last = self.registrations.get(canonical(email), "none")
        verify(email, code, last if registration_id is None else registration_id, self, origin=self.origin(address))

    def resend(self, email: str = ADA, *, address: str = HOME) -> None:
        """Ask for the code again."""
        resend(email, self, origin=self.origin(address))

    def login(self, email: str = ADA, password: str = PASSWORD, *, address: str = HOME) -> Session:
        """Log in."""
        return login(email, password, self, origin=self.origin(address))

    def refresh(self, token: str, *, address: str = HOME) -> Session:
        """Ask for a fresh id token."""
        return refresh(token, self, origin=self.origin(address))

    def forgot(self, email: str = ADA, *, address: str = HOME) -> None:
        """Ask for a code to set a new password."""
        forgot(email, self, origin=self.origin(address))

    def reset(self, email: str = ADA, code: str | None = None, password: str = OTHER, *, address: str = HOME) -> None:
        """Set a new password."""
        reset(email, self.code(email) if code is None else code, password, self, origin=self.origin(address))

    def logout(self, token: str, *, address: str = HOME) -> None:
        """Log out."""
        logout(token, self, origin=self.origin(address))

    def logout_everywhere(self, caller: Caller) -> None:
        """Log out everywhere."""
        logout_everywhere(caller, self.unit(caller.tenant_id))

    def invite(self, email: str, role: Role = Role.MEMBER, *, caller: Caller) -> Invitation:
        """Invite somebody."""
        return people.invite(email, role, caller, self.unit(caller.tenant_id), origin=self.origin())

    def cancel(self, invitation: Invitation, *, caller: Caller) -> Invitation:
        """Take an invitation back."""
        return people.cancel(invitation.id, caller, self.unit(caller.tenant_id))

    def change_role(self, account: Account, role: Role, *, caller: Caller) -> tuple[Account, people.Ended]:
        """Give a person another role."""
        return people.change_role(account.id, role, caller, self.unit(caller.tenant_id))

    def remove(self, account: Account, *, caller: Caller) -> tuple[Account, people.Ended]:
        """Remove a person."""
        return people.remove(account.id, caller, self.unit(caller.tenant_id))

    def member(self, email: str = ADA, role: Role = Role.OWNER, tenant_id: TenantId = ACME) -> Account:
        """A person of a tenant that is open, ready to log in."""
        self.stores.tenants.put(a_tenant(tenant_id))
        user_id = self.users.enroll(email, PASSWORD, tenant_id=tenant_id)
        self.users.admit(user_id, PASSWORD)
        account = Account(id=user_id, tenant_id=tenant_id, email=email, role=role, created_at=self.now())
        self.stores.accounts.put(account)
        return account

    def account(self, email: str = ADA) -> Account:
        """The account of an address."""
        identity = self.users.find(email)
        assert identity is not None
        return self.stores.accounts.get(identity.tenant_id, identity.id)

    def state(self, email: str = ADA) -> TenantState:
        """How far the tenant of an address is."""
        return self.stores.tenants.get(self.account(email).tenant_id).state

    def code(self, email: str = ADA) -> str:
        """The code that was sent there last."""
        return next((code for to, code in reversed(self.users.sent) if to == email), "no code")

    def invitation_code(self) -> str:
        """The code in the mail that was sent last."""
        return self.mailer.sent[-1].text.partition("/join?code=")[2].split()[0]

    def noted(self) -> list[tuple[str, str]]:
        """What the audit trails hold: to whose account it was done, and what."""
        tenants = {ACME, GLOBEX, *map(TenantId, self.registrations.values())}
        emails = {f"account:{account.id}": account.email for t in tenants for account in self.stores.accounts.all(t)}
        trail = [entry for tenant_id in tenants for entry in self.stores.audit.latest(tenant_id, limit=100)]
        return [(emails[entry.target], entry.action) for entry in trail]


def from_(address: str) -> RequestOrigin:
    """A request from an address."""
    return RequestOrigin(address=address, request_id="request-1")


def as_caller(account: Account, scope: Scope = Scope.OWNER) -> Caller:
    """A person as the one who asks."""
    return Caller(tenant_id=account.tenant_id, kind="account", id=account.id, name=account.email, scope=scope)


def outcome(attempt: Callable[[], object]) -> tuple[str, str]:
    """What whoever asks gets to see of an attempt: the kind of answer and its words."""
    try:
        attempt()
    except ProductError as error:
        return type(error).__name__, str(error)
    return "done", ""
