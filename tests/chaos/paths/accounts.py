"""Logins: registering, joining, leaving, and what programs come in with."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import SecretStr

from pm_assistant.domain.accounts import Registration, Role, Scope
from pm_assistant.domain.errors import InvalidRequest, NotFound, Unauthenticated
from pm_assistant.domain.tenants import TenantState
from pm_assistant.workflows.accounts.audit import RequestOrigin
from pm_assistant.workflows.accounts.authorize import authorize
from pm_assistant.workflows.accounts.keys import create_key, revoke_key
from pm_assistant.workflows.accounts.login import login
from pm_assistant.workflows.accounts.people import invite, remove
from pm_assistant.workflows.accounts.register import register, verify
from tests.builders import ACME, an_account
from tests.chaos.paths.path import Path
from tests.chaos.world import ADA, Script, Worker, World

ORIGIN = RequestOrigin(address="192.0.2.1", request_id="r-1")
EVE, PASSWORD = "eve@acme.test", "correct horse battery"
OWNER = ADA.model_copy(update={"scope": Scope.OWNER})


def registered(world: World) -> Script:
    """Somebody registers a team, proves the address with the code that came, and logs in."""
    yield from _registers(world, lambda: None)

    def proves(worker: Worker) -> None:
        verify(EVE, _last_code(world), _noted(world, "registration"), worker, origin=ORIGIN)

    world.ask("verify", proves)
    yield None
    yield from _logs_in(world)


def joined(world: World) -> Script:
    """Somebody is invited and registers with the code out of the mail."""
    world.ask("invite", lambda worker: invite(EVE, Role.MEMBER, OWNER, worker, origin=ORIGIN))
    yield None
    yield from _registers(world, lambda: _invitation_code(world))
    yield from _logs_in(world)


def removed(world: World) -> Script:
    """Somebody with a login, a key and an open invitation of theirs is removed."""
    stores, id = world.base.stores, world.base.users.enroll(EVE, PASSWORD, tenant_id=ACME)
    world.base.users.admit(id, PASSWORD)
    stores.accounts.put(an_account(ACME, id=id, email=EVE))
    eve = ADA.model_copy(update={"id": id, "name": EVE})
    world.notes["key"] = create_key("nightly", Scope.RUN, eve, world.base)[1]
    invite("mallory@acme.test", Role.MEMBER, eve, world.base, origin=ORIGIN)
    world.ask("remove", lambda worker: remove(id, OWNER, worker))
    yield None


def keyed(world: World) -> Script:
    """A key is made, used and revoked."""

    def makes(worker: Worker) -> None:
        world.notes["made"], world.notes["key"] = create_key("nightly", Scope.RUN, ADA, worker)

    world.ask("key", makes)
    yield None
    world.ask("use", lambda worker: _let_in(worker, world))
    yield None
    world.ask("revoke", lambda worker: revoke_key(_noted(world, "made").id, worker))
    yield None


def _registers(world: World, invitation: Callable[[], str | None]) -> Script:
    def registers(worker: Worker) -> None:
        names: dict[str, str | None] = {"invitation": invitation()} if invitation() else {"team_name": "Evecorp"}
        registration = Registration(email=EVE, password=SecretStr(PASSWORD), **names)
        world.notes["registration"] = register(registration, worker, origin=ORIGIN)[1]

    world.ask("register", registers)
    yield None


def _logs_in(world: World) -> Script:
    def logs_in(worker: Worker) -> None:
        world.notes["session"] = login(EVE, PASSWORD, worker, origin=ORIGIN)

    world.ask("login", logs_in)
    yield None


def _let_in(worker: Worker, world: World) -> None:
    if "refused" in authorize(f"Bearer {_noted(world, 'key')}", worker):
        raise Unauthenticated("the key does not count")


def _noted(world: World, what: str) -> Any:
    if what not in world.notes:
        raise NotFound(f"there is no {what} yet")
    return world.notes[what]


def _last_code(world: World) -> str:
    codes = [code for email, code in world.base.users.sent if email == EVE]
    if not codes:
        raise NotFound("no code has come yet")
    return codes[-1]


def _invitation_code(world: World) -> str:
    mails = [mail for mail in world.base.mailer.sent if mail.to == EVE]
    words = [word.strip("<>\"'.,") for mail in mails for word in mail.text.split()]
    codes = [word for word in words if word.startswith(f"{ACME}.")]
    if not codes:
        raise InvalidRequest("no invitation has come yet")
    return codes[-1]


# Promises


def is_let_in(world: World) -> Iterator[str]:
    """There is one login with one account, whose team is open, and the trail says how it came."""
    if "session" not in world.notes:
        yield "nobody could log in"
        return
    identity, stores = world.notes["session"].identity, world.base.stores
    if stores.tenants.get(identity.tenant_id).state is not TenantState.ACTIVE:
        yield "the team is not open"
    accounts = [account for account in stores.accounts.all(identity.tenant_id) if account.email == EVE]
    if [identity.id] != [account.id for account in accounts]:
        yield f"{len(accounts)} accounts"
    entries = stores.audit.latest(identity.tenant_id, limit=50)
    if not any(entry.action in {"account.verified", "account.joined"} for entry in entries):
        yield "the trail does not say who came"
    if stores.invitations.all(ACME, world.at):
        yield "an invitation is left that was taken up"


def is_out(world: World) -> Iterator[str]:
    """Neither login, account, key nor invitation is left."""
    stores = world.base.stores
    if any(account.email == EVE for account in stores.accounts.all(ACME)):
        yield "the account is there"
    if stores.api_keys.all(ACME) or stores.invitations.all(ACME, world.at):
        yield "what the person made goes on"
    if world.base.users.find(EVE):
        yield "the login is there"


def opens_nothing(world: World) -> Iterator[str]:
    """The key that was revoked opens nothing."""
    if "refused" not in authorize(f"Bearer {world.notes['key']}", world.base):
        yield "the key still counts"


PATHS: dict[str, Path] = {
    "register": Path(registered, is_let_in),
    "join": Path(joined, is_let_in),
    "remove": Path(removed, is_out),
    "key": Path(keyed, opens_nothing),
}
