"""People who register and log in over HTTP; the directory and the mail are in memory."""

from typing import NamedTuple

import pytest

from pm_assistant.domain.accounts import Identity
from pm_assistant.runtime import wiring
from tests.api.conftest import Answer, Client, World
from tests.fakes.accounts import FakeMailer, FakeSessions, FakeUsers

ADA, GRACE = "ada@new.test", "grace@new.test"
PASSWORD, OTHER = "correct horse battery", "another horse entirely"


class People(NamedTuple):
    """The world, and who is known to the directory."""

    world: World
    users: FakeUsers
    sessions: FakeSessions
    mailer: FakeMailer

    def ask(self, route: str, **body: object) -> Answer:
        """Call a route that needs no login."""
        return self.world.nobody.post(f"/auth/{route}", body)

    def code(self) -> str:
        """The code that was sent last."""
        return self.users.sent[-1][1]

    def registered(self, email: str = ADA) -> Identity:
        """Somebody with a team that is open."""
        begun = self.ask("register", email=email, password=PASSWORD, team_name="New Ltd")
        self.ask("verify", email=email, code=self.code(), registration=begun.json["registration"])
        who = self.users.find(email)
        assert who is not None
        return who

    def logged_in(self, email: str = ADA) -> Client:
        """That person with a fresh login, as `authorize` names it."""
        self.ask("login", email=email, password=PASSWORD)
        identity = self.sessions.begin(email, PASSWORD).identity
        assert identity.issued_at is not None
        assert identity.expires_at is not None
        times = {"issued_at": identity.issued_at, "expires_at": identity.expires_at}
        found = {"kind": "account", "id": identity.id, "tenant": identity.tenant_id}
        return Client(found | {name: str(int(at.timestamp())) for name, at in times.items()})


def gathered(world: World, patch: pytest.MonkeyPatch) -> People:
    """Put the directory and the mail into the function's wiring."""
    users, mailer = FakeUsers(), FakeMailer()
    sessions = FakeSessions(users)
    patch.setattr(wiring, "users", lambda user_pool_id, client_id: users)
    patch.setattr(wiring, "sessions", lambda user_pool_id, client_id: sessions)
    patch.setattr(wiring, "mailer", lambda sender: mailer)
    return People(world, users, sessions, mailer)
