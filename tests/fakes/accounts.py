"""The user directory, its logins and the mail, in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from pydantic import SecretStr

from pm_assistant.domain.accounts import WRONG_CODE, Identity, Mail, Session
from pm_assistant.domain.errors import Conflict, InvalidRequest, Unauthenticated, UpstreamRejected
from pm_assistant.domain.languages import Language
from pm_assistant.domain.tenants import TenantId

SHORTEST_PASSWORD = 12
LONGEST = 256
SESSION_LASTS = timedelta(hours=1)


@dataclass
class FakeUser:
    """A user as the directory has it; a code is None when it has been used or was never sent."""

    id: str
    password: str
    tenant_id: TenantId
    confirmed: bool = False
    code: str | None = None
    reset_code: str | None = None


class FakeUsers:
    """A directory in a dict, `known`, by e-mail.

    Every code is its own, so that one that was sent before does not fit what came after.

    Attributes:
        sent: the codes that went out, in order.
        languages: of their mails; None where none was told.
    """

    def __init__(self) -> None:
        self.known: dict[str, FakeUser] = {}
        self.sent: list[tuple[str, str]] = []
        self.languages: list[Language | None] = []
        self._count = 0

    def register(self, email: str, password: str, *, tenant_id: TenantId, language: Language | None = None) -> str:
        """Add a user who has yet to prove the address."""
        user = self._add(email, password, tenant_id)
        user.code = self._send(email, language)
        return user.id

    def confirm(self, user_id: str, code: str) -> None:
        """Note that the address is the user's."""
        _check_filled(code)
        user = self._with_id(user_id)
        if user is None or user.code != code:
            raise InvalidRequest(WRONG_CODE, field="code")
        user.confirmed, user.code = True, None

    def enroll(self, email: str, password: str, *, tenant_id: TenantId) -> str:
        """Add a user whose address is known to be theirs."""
        return self._add(email, password, tenant_id).id

    def admit(self, user_id: str, password: str) -> None:
        """Let a user in with that password from now on."""
        user = self._with_id(user_id)
        if user is not None:
            _check(password)
            user.confirmed, user.password = True, password

    def resend(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to prove the address again."""
        _check_filled(email)
        user = self.known.get(email)
        if user is not None and user.code is not None:
            user.code = self._send(email, language)

    def find(self, email: str) -> Identity | None:
        """Who has that address."""
        user = self.known.get(email)
        return Identity(kind="account", id=user.id, tenant_id=user.tenant_id) if user else None

    def forgot(self, email: str, *, language: Language | None = None) -> None:
        """Send a code to set a new password."""
        user = self.known.get(email)
        if user is not None and user.confirmed:
            user.reset_code = self._send(email, language)

    def reset(self, email: str, code: str, password: str) -> None:
        """Set a new password."""
        _check_filled(code)
        user = self.known.get(email)
        if user is None or user.reset_code != code:
            raise InvalidRequest(WRONG_CODE, field="code")
        _check(password)
        user.password, user.reset_code = password, None

    def move(self, user_id: str, email: str) -> None:
        """Have a user log in with another address."""
        user, other = self._with_id(user_id), self.known.get(email)
        if user is None or (other is not None and other is not user and other.confirmed):
            raise Conflict("this address has a user, or there is no such user")
        self.delete(user_id)
        self.known[email] = user

    def delete(self, user_id: str) -> None:
        """Forget a user."""
        self.known = {email: user for email, user in self.known.items() if user.id != user_id}

    def _add(self, email: str, password: str, tenant_id: TenantId) -> FakeUser:
        if email in self.known and self.known[email].confirmed:
            raise Conflict("this address has a user")
        _check(password)
        self._count += 1
        self.known[email] = FakeUser(f"user-{self._count}", password, tenant_id)
        return self.known[email]

    def _with_id(self, user_id: str) -> FakeUser | None:
        return next((user for user in self.known.values() if user.id == user_id), None)

    def _send(self, email: str, language: Language | None) -> str:
        code = f"{len(self.sent):06}"
        self.sent.append((email, code))
        self.languages.append(language)
        return code


class FakeSessions:
    """Logins of a directory's users; times are whole seconds, as in tokens."""

    def __init__(self, users: FakeUsers, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._users = users
        self._clock = clock
        self._begun: dict[str, tuple[str, Identity]] = {}
        self._count = 0

    def begin(self, email: str, password: str) -> Session:
        """Log in."""
        _check_filled(email, password)
        user = self._users.known.get(email)
        if user is None or not user.confirmed or user.password != password:
            raise Unauthenticated("e-mail or password is wrong, or the address has not been verified yet")
        self._count += 1
        token = f"refresh-{self._count}"
        identity = Identity(
            kind="account",
            id=user.id,
            tenant_id=user.tenant_id,
            issued_at=self._clock().replace(microsecond=0),
            email=email,
        )
        self._begun[token] = (email, identity)
        return self._session(identity, SecretStr(token))

    def renew(self, refresh_token: str) -> Session:
        """Get a fresh id token."""
        email, identity = self._begun.get(refresh_token, ("", None))
        user = self._users.known.get(email)
        if identity is None or user is None or user.id != identity.id:
            raise Unauthenticated("the refresh token does not count")
        return self._session(identity, None)

    def end(self, refresh_token: str) -> None:
        """Make a refresh token worthless."""
        self._begun.pop(refresh_token, None)

    def end_all(self, user_id: str) -> None:
        """Make all of a user's refresh tokens worthless."""
        self._begun = {token: begun for token, begun in self._begun.items() if begun[1].id != user_id}

    def _session(self, identity: Identity, refresh_token: SecretStr | None) -> Session:
        self._count += 1
        expires_at = self._clock().replace(microsecond=0) + SESSION_LASTS
        return Session(
            identity=identity.model_copy(update={"expires_at": expires_at}),
            id_token=SecretStr(f"id-{self._count}"),
            refresh_token=refresh_token,
            expires_in=int(SESSION_LASTS.total_seconds()),
        )


class FakeVerifier:
    """Knows the tokens it is told of."""

    def __init__(self, **known: Identity) -> None:
        self._known = known

    def verify(self, id_token: str, now: datetime) -> Identity:
        """Look the token up."""
        if id_token not in self._known:
            raise Unauthenticated("signature")
        return self._known[id_token]


class FakeMailer:
    """Keeps what was sent, oldest first, in `sent`."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self._error: Exception | None = None

    def of(self, tenant_id: TenantId) -> Self:
        """The same: mailboxes do not tell whose mail it is."""
        return self

    def fail_next(self, error: Exception) -> None:
        """Refuse the next mail."""
        self._error = error

    def send(self, mail: Mail) -> None:
        """Send one, unless told to fail."""
        error, self._error = self._error, None
        if error is not None:
            raise error
        self.sent.append(mail)


def _check(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest("the password does not meet the policy", field="password")


def _check_filled(*values: str) -> None:
    """A directory is not to be asked with nothing, nor with a book: that is not wrong, but our mistake."""
    if not all(1 <= len(value) <= LONGEST for value in values):
        raise UpstreamRejected("a parameter is empty, or too long")
