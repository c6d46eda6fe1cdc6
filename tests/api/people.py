"""People who register and log in over HTTP; the directory and the mail are in memory."""

from dataclasses import dataclass

from pm_assistant.domain.accounts import Identity
from tests.api.conftest import Answer, Client, World
from tests.fakes.accounts import FakeMailer, FakeUsers

ADA, GRACE = "ada@new.test", "grace@new.test"
PASSWORD, OTHER = "correct horse battery", "another horse entirely"


@dataclass(frozen=True)
class People:
    """The world, and who is known to the directory."""

    world: World

    @property
    def users(self) -> FakeUsers:
        """The directory."""
        return self.world.app.users

    @property
    def mailer(self) -> FakeMailer:
        """The mail."""
        return self.world.app.mailer

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
        identity = self.world.app.sessions.begin(email, PASSWORD).identity
        assert identity.issued_at is not None
        assert identity.expires_at is not None
        times = {"issued_at": identity.issued_at, "expires_at": identity.expires_at}
        found = {"kind": "account", "id": identity.id, "tenant": identity.tenant_id}
        return Client(found | {name: str(int(at.timestamp())) for name, at in times.items()})
