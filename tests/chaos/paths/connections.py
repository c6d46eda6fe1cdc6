"""Ties to vendors: how they come about, break, heal and end, and what vendors tell us beside messages."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import SecretStr

from pm_assistant.domain.connections import Connected, Grant, Redirect
from pm_assistant.domain.errors import NotFound, UpstreamRejected
from pm_assistant.domain.reports import Subscription
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.workflows.connections.connect import finish, make_link, start
from pm_assistant.workflows.connections.disconnect import disconnect
from tests.builders import (
    ACME,
    DONE,
    NOW,
    a_connection,
    a_member,
    a_ticket,
)
from tests.chaos.paths.path import OTHER, WORDS, Path, has_effect, jobs_are_done, said, text
from tests.chaos.world import ADA, CHANNEL, Script, Worker, World


def broken(world: World) -> Script:
    """Linear tells that we are no longer let in."""
    world.from_linear("revoked", {"type": "OAuthApp", "action": "revoked"})
    yield None


def ticket_changed(world: World) -> Script:
    """Linear tells of a ticket that somebody renamed."""
    ticket = a_ticket(1)
    data = {
        "id": ticket.id,
        "identifier": ticket.key,
        "number": 1,
        "title": OTHER,
        "state": DONE.model_dump(mode="json"),
        "teamId": ticket.team_id,
        "createdAt": ticket.created_at.isoformat(),
        "updatedAt": world.at.isoformat(),
    }
    world.tracker.tickets[ticket.id] = ticket.model_copy(update={"title": OTHER, "state": DONE})
    world.from_linear("ticket", {"type": "Issue", "action": "update", "data": data})
    yield None


def refreshed(world: World) -> Script:
    """Something is to be done with credentials that are about to end."""
    app, tenant_id = world.base.oauth_app(Provider.LINEAR), ACME
    url = app.authorize_url(state="s", redirect_uri="r", challenge="")
    grant = app.exchange(app.consent(url), redirect_uri="r", verifier="")  # type: ignore[attr-defined]
    assert isinstance(grant, Grant)
    sealed = world.base.vault.seal(tenant_id, Provider.LINEAR, grant.credentials)
    ends = world.at + timedelta(minutes=2)
    connection = a_connection(ACME, Provider.LINEAR, sealed_credentials=sealed, expires_at=ends)
    world.base.stores.connections.put(connection)
    yield from said(world, "comment")


def is_noticed(world: World) -> Iterator[str]:
    """The connection is marked, and the owner told by mail and in the chat."""
    connection = world.base.stores.connections.get(ACME, Provider.LINEAR)
    if connection.broken_since is None or not world.base.mailer.sent or not world.chat.notices:
        yield "nobody was told of the lost access"


def is_indexed(world: World) -> Iterator[str]:
    """Our index reads as Linear does."""
    if OTHER not in {ticket.title for ticket in world.base.stores.tickets.all(ACME)}:
        yield "the index does not know of the change"


def is_fresh(world: World) -> Iterator[str]:
    """It was done, and what is stored is what the vendor takes."""
    yield from has_effect(world, "comment")
    app = world.base.oauth_app(Provider.LINEAR)
    sealed = world.base.stores.connections.get(ACME, Provider.LINEAR).sealed_credentials
    credentials = world.base.vault.open(ACME, Provider.LINEAR, sealed)
    if not app.accepts(credentials) or app.refreshes != 1:  # type: ignore[attr-defined]
        yield "the stored credentials are not the last ones"
    if credentials.access_token == SecretStr("token"):
        yield "nothing was refreshed"


def connected(world: World, *, twice: bool = False, lost: bool = False) -> Script:
    """An admin presses the button, consents at the vendor and comes back; the browser may bring the code twice.

    Whoever is refused begins anew, as the page says.
    """
    world.base.stores.connections.remove(ACME, Provider.SLACK)
    app: Any = world.base.oauth_apps[Provider.SLACK]
    if lost:
        app.lose_next_answer()

    def begins(worker: Worker) -> None:
        link, browser = make_link(Provider.SLACK, ADA, worker.stores.tenants.get(ACME), worker)
        code = link.url.partition("link=")[2]
        redirect = start(Provider.SLACK, code, worker, browser=browser, confirmed=False, request_id="r-1")
        if not isinstance(redirect, Redirect):
            raise UpstreamRejected("the link does not count")
        world.notes["browser"], world.notes["callback"] = redirect.browser, app.consent(redirect.url)

    def comes_back(worker: Worker) -> None:
        if "callback" not in world.notes:
            begins(worker)
        callback, browser = world.notes["callback"], world.notes["browser"]
        outcome = finish(Provider.SLACK, callback, worker, browser=browser, request_id="r-2")
        if not isinstance(outcome, Connected):
            world.notes.pop("callback", None)
            raise UpstreamRejected(f"refused: {outcome}")

    world.ask("begin", begins)
    yield None
    world.ask("come back", comes_back)
    if twice:
        world.later(0, lambda: world.ask("come back", comes_back))
    yield None


def installation(world: World, *, ends: str) -> Script:
    """GitHub tells of our app: suspended, let in again, removed, and of much that does not matter."""
    sealed = world.base.vault.seal(ACME, Provider.GITHUB, Credentials(access_token=SecretStr("token")))
    world.base.stores.connections.put(a_connection(ACME, Provider.GITHUB, external_id="7", sealed_credentials=sealed))
    its = {"id": 7, "app_id": 1, "updated_at": world.at.isoformat()}
    chosen = {"action": "added", "installation": its, "repositories_added": [], "repositories_removed": []}
    world.from_github("repositories", "installation_repositories", chosen)
    world.from_github("member", "member", {"action": "added", "installation": {"id": 7}})
    yield None
    suspended = {**its, "suspended_at": (world.at + timedelta(seconds=1)).isoformat()}
    world.from_github("suspended", "installation", {"action": "suspend", "installation": suspended})
    yield None
    if ends == "restored":
        later = {**its, "updated_at": (world.at + timedelta(seconds=2)).isoformat()}
        world.from_github("restored", "installation", {"action": "unsuspend", "installation": later})
    else:
        world.from_github("removed", "installation", {"action": "deleted", "installation": its})
    yield None


def uninstalled(world: World) -> Script:
    """Slack tells that our app was removed, while a comment is being made up."""
    world.say(text(WORDS, "comment 1"))
    yield timedelta(seconds=3)
    world.from_slack("uninstalled", {"type": "app_uninstalled"})
    yield None
    yield timedelta(minutes=1)

    def reconnects(_: Worker) -> None:
        if world.base.stores.connections.get(ACME, Provider.SLACK).broken_since is None:
            raise NotFound("nobody has noticed yet")
        world.reconnect()

    world.ask("connect again", reconnects)
    yield None


def disconnected(world: World) -> Script:
    """An admin disconnects the tracker."""
    world.ask("disconnect", lambda worker: disconnect(Provider.LINEAR, worker, force=False))
    yield None


def left(world: World) -> Script:
    """Slack tells that somebody's account was deactivated, to whom a report is sent."""
    eve, wish = a_member("eve", linear_id=None), Subscription(member_id="U0EVE")
    world.base.stores.directory.put_members(ACME, [eve])
    world.base.stores.subscriptions.put(ACME, wish)
    world.base.schedules.put(ACME, wish, eve.time_zone)
    account = {"id": "U0EVE", "name": "eve", "deleted": True, "updated": int(world.at.timestamp())}
    world.from_slack("left", {"type": "user_change", "user": account})
    yield None


def moved(world: World) -> Script:
    """A channel gets another id while something said in it is being judged."""
    world.say(text(WORDS, "comment? 1"))
    yield timedelta(seconds=3)
    world.from_slack("moved", {"type": "channel_id_changed", "old_channel_id": CHANNEL, "new_channel_id": "C0NEW"})
    # Slack says it once; where that is lost nobody learns of it, and nothing can be done there any more.
    yield lambda: any(hook.taken or hook.lost for hook in world.hooks if hook.what == "moved")
    if not any(hook.lost for hook in world.hooks if hook.what == "moved"):
        world.chat.give_another_id(CHANNEL, "C0NEW")
    yield timedelta(minutes=20)
    yield None


# Promises


def has_parted(world: World) -> Iterator[str]:
    """Nothing is sent to them any more, and they are known to have left."""
    if world.base.stores.subscriptions.all(ACME) or world.base.schedules.recurring:
        yield "reports go on"
    [eve] = world.base.stores.directory.some_members(ACME, ["U0EVE"])
    if not eve.left:
        yield "they count as being there"


def has_followed(world: World) -> Iterator[str]:
    """All that was said and decided is there once, under the new id, and has been judged."""
    if any(hook.lost for hook in world.hooks if hook.what == "moved"):
        return
    if {"C0NEW"} != {message.channel for message in world.base.stores.messages.since(ACME, NOW - timedelta(days=1))}:
        yield "not all that was said has followed"
    if ["C0NEW"] != [decision.subject.channel for decision in world.decisions]:
        yield f"decided: {[decision.subject.channel for decision in world.decisions]}"


def is_connected(world: World) -> Iterator[str]:
    """There is a connection with credentials that the vendor takes, and its first reading has been asked for."""
    base = world.base
    connection = next((c for c in base.stores.connections.all(ACME) if c.provider is Provider.SLACK), None)
    if connection is None:
        yield "it is not connected"
        return
    credentials = base.vault.open(ACME, Provider.SLACK, connection.sealed_credentials)
    if not base.oauth_app(Provider.SLACK).accepts(credentials):  # type: ignore[attr-defined]
        yield "the vendor does not take what is stored"
    yield from jobs_are_done(world)
    if not any(entry.action == "connection.made" for entry in base.stores.audit.latest(ACME, limit=50)):
        yield "the trail does not say who connected it"


def is_as_github_says(world: World, *, broken: bool) -> Iterator[str]:
    """The connection is broken or not, as was said last."""
    connection = world.base.stores.connections.get(ACME, Provider.GITHUB)
    if (connection.broken_since is not None) != broken:
        yield f"it counts as {'broken' if connection.broken_since else 'working'}"


def is_disconnected(world: World) -> Iterator[str]:
    """Nobody has access any more, and the vendor knows."""
    app: Any = world.base.oauth_app(Provider.LINEAR)
    if any(connection.provider is Provider.LINEAR for connection in world.base.stores.connections.all(ACME)):
        yield "it is still connected"
    if not app.revoked:
        yield "the vendor was not told"


PATHS: dict[str, Path] = {
    "notice": Path(broken, is_noticed),
    "ticket": Path(ticket_changed, is_indexed),
    "credentials": Path(refreshed, is_fresh),
    "connect": Path(connected, is_connected),
    "connect-twice": Path(partial(connected, twice=True), is_connected),
    "connect-lost": Path(partial(connected, lost=True), is_connected),
    "github-restored": Path(partial(installation, ends="restored"), partial(is_as_github_says, broken=False)),
    "github-removed": Path(partial(installation, ends="removed"), partial(is_as_github_says, broken=True)),
    "uninstalled": Path(uninstalled, partial(has_effect, kind="comment")),
    "disconnect": Path(disconnected, is_disconnected),
    "left": Path(left, has_parted),
    "moved": Path(moved, has_followed),
}
