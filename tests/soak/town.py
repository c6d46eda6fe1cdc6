"""Several teams on the deployed stack, and the road by which the vendors' events come to them.

The sandbox plays one Slack workspace and one Linear organisation. Here its channels are shared out: what is said in a
team's channels reaches us as if it came from that team's own workspace; what happens in Linear reaches every team.
"""

import hashlib
import hmac
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread, Timer

import httpx

from infra.local.processes import free_port
from pm_assistant.domain.tenants import ActionKind, Mode, Provider, Rule, TenantId
from tests.flow.conftest import Outside
from tests.flow.teams import Team, Teams

REPEATED, LOST = 0.1, 0.03
"""How often an event comes again byte for byte, and how often our answer to one does not get back."""
COMES_AGAIN = 60.0
"""Seconds within which it does; Slack's signature counts for five minutes."""
SLACKS_OWN_DELAYS = [0, 60, 300]
"""Seconds before each repeat of what was not acknowledged (docs.slack.dev/apis/events-api); otherwise scaled down."""
AUTO = {kind: Rule(mode=Mode.AUTO, threshold=0.7) for kind in (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)}
ASKING = {kind: Rule(mode=Mode.PROPOSE, threshold=0.5) for kind in AUTO}
ROOMS = ({"engineering", "leads"}, {"ops", "support"}, {"mobile-app", "random"})
"""The channels of each team; the last one is asked before anything is done."""


@dataclass(frozen=True)
class Tenant:
    """A team, what the vendors call it, and its channels by id."""

    team: Team
    id: TenantId
    names: Mapping[Provider, str]
    channels: frozenset[str]


@dataclass
class Town:
    """The teams, and their post."""

    outside: Outside
    tenants: list[Tenant]
    chance: random.Random
    answers: Counter[int] = field(default_factory=Counter)
    repeated: int = 0
    lost: int = 0

    def bring(self, vendor: Provider, body: bytes, headers: Mapping[str, str]) -> int:
        """Bring one event of the sandbox to whom it concerns, sometimes again later; returns what the sandbox hears."""
        heard = 200
        for tenant in self._concerned(vendor, body):
            letter = body.replace(self.tenants[0].names[vendor].encode(), tenant.names[vendor].encode())
            signed = {**headers, **self._signature(vendor, letter)}
            heard = max(heard, self._send(vendor, letter, signed))
            if self.chance.random() < REPEATED:
                self.repeated += 1
                again = Timer(self.chance.uniform(0, COMES_AGAIN), self._send, (vendor, letter, signed))
                again.daemon = True
                again.start()
        if self.chance.random() < LOST:
            self.lost += 1
            return 504
        return heard

    def _concerned(self, vendor: Provider, body: bytes) -> list[Tenant]:
        """Whose channel it was said in; what is of no channel concerns everybody."""
        if vendor is not Provider.SLACK:
            return [tenant for tenant in self.tenants if vendor in tenant.names]
        text = body.decode()
        return [tenant for tenant in self.tenants if any(channel in text for channel in tenant.channels)]

    def _signature(self, vendor: Provider, body: bytes) -> dict[str, str]:
        if vendor is Provider.SLACK:
            return self.outside.signed_slack(body)
        if vendor is Provider.LINEAR:
            secret = self.outside.described["secrets"]["linear_webhook_secret"].encode()
            return {"linear-signature": hmac.new(secret, body, hashlib.sha256).hexdigest()}
        return {}

    def _send(self, vendor: Provider, body: bytes, headers: Mapping[str, str]) -> int:
        try:
            status = self.outside.webhook(vendor, body, dict(headers)).status_code
        except httpx.HTTPError:
            status = 504
        self.answers[status] += 1
        return status


@contextmanager
def settled(outside: Outside, chance: random.Random) -> Iterator[Town]:
    """Three teams, connected and read in, whose events come by way of the town's post."""
    with ExitStack() as ending:
        teams, demo = Teams(outside, ending), outside.described["demo"]
        host = teams.logged_in_as(demo["email"], demo["password"])
        others = [teams.registered(f"owner@{name}.test", name.title()) for name in ("second", "third")]
        town = Town(outside, [_tenant(outside, team, n) for n, team in enumerate([host, *others])], chance)
        door = ThreadingHTTPServer(("127.0.0.1", free_port()), _door(town))
        Thread(target=door.serve_forever, daemon=True).start()
        ending.callback(door.shutdown)
        address = f"http://127.0.0.1:{door.server_port}"
        outside.control("config", app_url=address, retry_delays=SLACKS_OWN_DELAYS)
        yield town


def _tenant(outside: Outside, team: Team, number: int) -> Tenant:
    stores, vault = outside.client.stores, outside.client.vault()
    home, id = outside.client.tenant_id, TenantId(team.tenant_id)
    names = {}
    for tie in stores.connections.all(home):
        names[tie.provider] = tie.external_id if id == home else f"{tie.external_id[:-1]}{'xyz'[number]}".upper()
        if id != home and tie.provider is not Provider.GITHUB:
            # The sandbox knows one workspace, so the others come in with the same token, under names of their own.
            sealed = vault.seal(id, tie.provider, vault.open(home, tie.provider, tie.sealed_credentials))
            mine = {"tenant_id": id, "external_id": names[tie.provider], "sealed_credentials": sealed}
            stores.connections.put(tie.model_copy(update=mine))
    rules = {kind: rule.model_dump(mode="json") for kind, rule in (AUTO if number < 2 else ASKING).items()}
    team.api.patch("/v1/settings", rules=rules, settle_seconds=2)
    team.run("sync", dry_run=False)
    ids = {channel["id"] for channel in outside.state()["slack"]["channels"] if channel["name"] in ROOMS[number]}
    return Tenant(team, id, names, frozenset(ids))


def _door(town: Town) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            passed = {name.lower(): value for name, value in self.headers.items()}
            headers = {name: value for name, value in passed.items() if name not in {"host", "content-length"}}
            status = town.bring(Provider(self.path.rpartition("/")[2]), body, headers)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Door
