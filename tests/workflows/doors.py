"""The doors that need no login, with in-memory rooms behind them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from pm_assistant.domain.accounts import Account, Caller, Invitation, Registration, Role, Scope, Session, canonical
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import TenantId, TenantState
from pm_assistant.workflows.accounts import people
from pm_assistant.workflows.accounts.login import forgot, login, logout, logout_everywhere, refresh, reset
from pm_assistant.workflows.accounts.register import Registered, register, resend, verify
from tests.builders import ACME, NOW, a_tenant
from tests.fakes.accounts import FakeMailer, FakeSessions, FakeUsers
from tests.fakes.stores import FakeAccounts, FakeApiKeys, FakeInvitations, FakeRateLimiter, FakeTenants

ADA, GRACE, LINUS = "ada@acme.test", "grace@acme.test", "linus@acme.test"
PASSWORD, OTHER = "correct horse battery", "another horse entirely"
HOME, PUBLIC_URL = "192.0.2.1", "https://api.pm.test"


class Doors:
    """Everything a person meets who is not logged in yet; `now` moves when told to."""

    def __init__(self) -> None:
        self.now = NOW
        self.users = FakeUsers()
        self.sessions = FakeSessions(self.users, lambda: self.now)
        self.tenants, self.accounts = FakeTenants(), FakeAccounts()
        self.invitations, self.api_keys = FakeInvitations(), FakeApiKeys()
        self.rate_limiter, self.mailer = FakeRateLimiter(), FakeMailer()
        self.noted: list[tuple[str, str]] = []
        self.registrations: dict[str, str] = {}

    def register(self, email: str = ADA, password: str = PASSWORD, *, address: str = HOME, **way: str) -> Registered:
        """Register, with a team called Acme unless there is an invitation."""
        wish = Registration(email=email, password=SecretStr(password), **(way or {"team_name": "Acme"}))
        outcome, self.registrations[canonical(email)] = register(
            wish,
            users=self.users,
            tenants=self.tenants,
            accounts=self.accounts,
            invitations=self.invitations,
            mailer=self.mailer,
            public_url=PUBLIC_URL,
            **self._knock(address, noting=True),
        )
        return outcome

    def verify(
        self, email: str = ADA, code: str | None = None, registration: str | None = None, *, address: str = HOME
    ) -> None:
        """Give the code that was sent there last for the last registration, unless told others."""
        verify(
            email,
            self.code(email) if code is None else code,
            self.registrations.get(canonical(email), "none") if registration is None else registration,
            users=self.users,
            tenants=self.tenants,
            accounts=self.accounts,
            **self._knock(address, noting=True),
        )

    def resend(self, email: str = ADA, *, address: str = HOME) -> None:
        """Ask for the code again."""
        resend(email, users=self.users, **self._knock(address))

    def login(self, email: str = ADA, password: str = PASSWORD, *, address: str = HOME) -> Session:
        """Log in; waiting lets time pass."""
        return login(
            email,
            password,
            users=self.users,
            sessions=self.sessions,
            tenants=self.tenants,
            accounts=self.accounts,
            wait=self.wait,
            **self._knock(address, noting=True),
        )

    def refresh(self, token: str, *, address: str = HOME) -> Session:
        """Ask for a fresh id token."""
        return refresh(
            token, sessions=self.sessions, tenants=self.tenants, accounts=self.accounts, **self._knock(address)
        )

    def forgot(self, email: str = ADA, *, address: str = HOME) -> None:
        """Ask for a code to set a new password."""
        forgot(email, users=self.users, **self._knock(address))

    def reset(self, email: str = ADA, code: str | None = None, password: str = OTHER, *, address: str = HOME) -> None:
        """Set a new password."""
        reset(
            email,
            self.code(email) if code is None else code,
            password,
            users=self.users,
            sessions=self.sessions,
            accounts=self.accounts,
            **self._knock(address, noting=True),
        )

    def logout(self, token: str, *, address: str = HOME) -> None:
        """Log out."""
        logout(token, sessions=self.sessions, **self._knock(address))

    def logout_everywhere(self, caller: Caller) -> None:
        """Log out everywhere."""
        logout_everywhere(caller, sessions=self.sessions, accounts=self.accounts, now=self.now)

    def invite(self, email: str, role: Role = Role.MEMBER, *, caller: Caller) -> Invitation:
        """Invite somebody."""
        return people.invite(
            email,
            role,
            caller=caller,
            tenants=self.tenants,
            accounts=self.accounts,
            invitations=self.invitations,
            rate_limiter=self.rate_limiter,
            mailer=self.mailer,
            public_url=PUBLIC_URL,
            now=self.now,
        )

    def change_role(self, account: Account, role: Role, *, caller: Caller) -> tuple[Account, people.Ended]:
        """Give a person another role."""
        return people.change_role(
            account.id,
            role,
            caller=caller,
            accounts=self.accounts,
            api_keys=self.api_keys,
            invitations=self.invitations,
            now=self.now,
        )

    def remove(self, account: Account, *, caller: Caller) -> tuple[Account, people.Ended]:
        """Remove a person."""
        return people.remove(
            account.id,
            caller=caller,
            accounts=self.accounts,
            api_keys=self.api_keys,
            invitations=self.invitations,
            users=self.users,
            sessions=self.sessions,
            now=self.now,
        )

    def member(self, email: str = ADA, role: Role = Role.OWNER, tenant_id: TenantId = ACME) -> Account:
        """A person of a tenant that is open, ready to log in."""
        self.tenants.put(a_tenant(tenant_id))
        user_id = self.users.register(email, PASSWORD, tenant_id=tenant_id)
        self.users.confirm(user_id, None)
        account = Account(id=user_id, tenant_id=tenant_id, email=email, role=role, created_at=self.now)
        self.accounts.put(account)
        return account

    def account(self, email: str = ADA) -> Account:
        """The account of an address."""
        who = self.users.find(email)
        assert who is not None
        return self.accounts.get(who.tenant_id, who.id)

    def state(self, email: str = ADA) -> TenantState:
        """How far the tenant of an address is."""
        return self.tenants.get(self.account(email).tenant_id).state

    def code(self, email: str = ADA) -> str:
        """The code that was sent there last."""
        return next((code for to, code in reversed(self.users.sent) if to == email), "no code")

    def invitation_code(self) -> str:
        """The code in the mail that was sent last."""
        text = self.mailer.sent[-1].text
        return text.split("Your invitation code is ")[1].split()[0]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def _knock(self, address: str, *, noting: bool = False) -> dict[str, Any]:
        knock: dict[str, Any] = {"limits": self.rate_limiter, "address": address, "now": self.now}
        return knock | ({"note": self._note} if noting else {})

    def _note(self, account: Account, action: str) -> None:
        self.noted.append((account.email, action))


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
