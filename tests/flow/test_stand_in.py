"""Connecting Slack and GitHub at two stand-ins that were made apart: between them only the vendors' addresses differ.

One is our own sandbox, the other the npm package `emulate`.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from infra.local.processes import free_port
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.domain.accounts import Account, Caller, Role, Scope
from pm_assistant.domain.connections import CalendarConnected, Callback, Connected, Reason, Redirect, Refusal
from pm_assistant.domain.errors import Misconfigured
from pm_assistant.domain.tenants import Connection, Grantor, Provider
from pm_assistant.integrations.github.app import GitHubApp
from pm_assistant.integrations.github.oauth import GitHubOAuthApp
from pm_assistant.integrations.slack.oauth import SlackOAuthApp
from pm_assistant.ports.vendors import OAuthApp
from pm_assistant.workflows.connections import connect
from tests.aws.emulated import dynamo
from tests.builders import ACME, a_tenant
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeApplication
from tests.infra.sandbox.browsing import press, sent_back
from tests.infra.sandbox.running import serving, wait_until, write_demo
from tests.integrations.oauth_vendors import PEM

pytestmark = pytest.mark.thorough

PACKAGE = "emulate@0.11.2"
PUBLIC_URL = "https://pm.test"
CLIENT_ID, CLIENT_SECRET, APP_ID, SLUG = "client-id", "client-secret", "4021", "pm-assistant"
BACK = {provider: f"{PUBLIC_URL}/oauth/{provider}/callback" for provider in (Provider.SLACK, Provider.GITHUB)}
PERSON = "ana-dev"
START = """
import { createEmulator } from "emulate";
for (const each of JSON.parse(process.argv.at(-1))) await createEmulator(each);
"""

type Addresses = dict[str, str]


@dataclass(frozen=True)
class StandIn:
    """Where vendors are played, and how a person agrees on their pages."""

    addresses: Addresses
    agree: Callable[[httpx.Client, str], httpx.Response]

    def app(self, provider: Provider, client_secret: str = CLIENT_SECRET) -> OAuthApp:
        """Our app; of the stand-in it knows the addresses alone."""
        url, api_url = (self.addresses[f"{provider}_{part}"] for part in ("url", "api_url"))
        if provider is Provider.SLACK:
            return SlackOAuthApp(CLIENT_ID, client_secret, url=url, api_url=api_url)
        return GitHubOAuthApp(GitHubApp(APP_ID, SLUG, CLIENT_ID, client_secret, PEM), url=url, api_url=api_url)


@pytest.fixture(scope="module", params=["sandbox", "emulate"])
def stand_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """One of the two."""
    directory = tmp_path_factory.mktemp(request.param)
    with _sandbox(directory) if request.param == "sandbox" else _emulate(directory) as running:
        yield running


@contextmanager
def _sandbox(directory: Path) -> Iterator[StandIn]:
    registered = {f"{v}_client_{part}": f"client-{part}" for v in ("slack", "github") for part in ("id", "secret")}
    registered |= {"github_app_id": APP_ID, "github_app_slug": SLUG, "github_private_key": PEM}
    with serving(directory, write_demo(directory / "demo"), PUBLIC_URL, registered) as sandbox:
        addresses = {
            "slack_url": f"{sandbox.url}/slack",
            "slack_api_url": f"{sandbox.url}/slack/api/",
            "github_url": f"{sandbox.url}/github",
            "github_api_url": f"{sandbox.url}/github/api",
        }
        own = [("account", "own")]
        yield StandIn(addresses, lambda http, url: press(http, url, more=own if "/installations/" in url else []))


@contextmanager
def _emulate(directory: Path) -> Iterator[StandIn]:
    node = _installed(directory)
    ports = {"slack": free_port(), "github": free_port()}
    services = [{"service": each, "port": port, "seed": _seed()} for each, port in ports.items()]
    command = [node, "--input-type=module", "--eval", START, "--", json.dumps(services)]
    slack, github = (f"http://localhost:{port}" for port in ports.values())
    log = directory / "log"
    with log.open("w") as output, subprocess.Popen(command, cwd=directory, stdout=output, stderr=output) as program:
        try:
            wait_until(lambda: program.poll() is not None or (_answers(slack) and _answers(github)), 30)
            assert program.poll() is None, log.read_text()
            addresses = {"slack_url": slack, "slack_api_url": f"{slack}/api/"}
            addresses |= {"github_url": github, "github_api_url": github}
            yield StandIn(addresses, lambda http, url: press(http, url, "", more=_person(url)))
        finally:
            program.terminate()


def _installed(directory: Path) -> str:
    """Install the package, and return the path of what runs it."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("needs node and npm")
    command = [npm, "install", "--prefix", str(directory), "--no-audit", "--no-fund", "--ignore-scripts", PACKAGE]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install {PACKAGE}: {error}")
    return node


def _seed() -> dict[str, Any]:
    client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "name": "PM Assistant"}
    installation = {"installation_id": 100, "account": PERSON}
    app = {"app_id": int(APP_ID), "slug": SLUG, "name": "PM Assistant", "private_key": PEM}
    asked = dict.fromkeys(("checks", "issues", "metadata", "pull_requests", "statuses"), "read")
    app |= {"permissions": asked, "installations": [installation]}
    return {
        "slack": {
            "team": {"name": "Acme", "domain": "acme"},
            "users": [{"name": PERSON}],
            "oauth_apps": [client | {"app_id": "A000000001", "redirect_uris": [BACK[Provider.SLACK]]}],
        },
        "github": {
            "users": [{"login": PERSON}],
            "oauth_apps": [client | {"redirect_uris": [BACK[Provider.GITHUB]]}],
            "apps": [app],
        },
    }


def _person(url: str) -> list[tuple[str, str]]:
    """Its GitHub asks who is there, its Slack takes anybody."""
    return [("login", PERSON)] if "/login/" in url else []


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code < 500
    except httpx.TransportError:
        return False


class OwnerApp(FakeApplication):
    """A tenant's owner with a browser, and stores on an emulated DynamoDB, which play the same roles as fake ones."""

    def __init__(self, stand_in: StandIn, provider: Provider, stores: DynamoStores) -> None:
        super().__init__(stores=cast(FakeStores, stores), at=datetime.now(UTC))
        self.stand_in, self.provider = stand_in, provider
        self.public_url = PUBLIC_URL
        self.vendor = stand_in.app(provider)
        stores.tenants.put(a_tenant())
        stores.accounts.put(
            Account(id="ada", tenant_id=ACME, email="ada@acme.test", role=Role.OWNER, created_at=self.at)
        )

    def oauth_app(self, provider: Grantor) -> OAuthApp:
        """Our app at the stand-in."""
        return self.vendor

    def start(self) -> Redirect:
        """Get a link and open it."""
        caller = Caller(tenant_id=ACME, kind="account", id="ada", name="ada", scope=Scope.OWNER)
        tenant = self.stores.tenants.get(ACME)
        link, browser = connect.make_link(self.provider, caller, tenant, self.unit(ACME))
        code = link.url.partition("link=")[2]
        redirect = connect.start(self.provider, code, self, browser=browser, confirmed=False, request_id="r-1")
        assert isinstance(redirect, Redirect)
        return redirect

    def agree(self, http: httpx.Client, url: str) -> Callback:
        """Agree on a vendor's page and come back."""
        query = sent_back(self.stand_in.agree(http, url), BACK[self.provider])
        return Callback(state=query["state"], code=query["code"], installation_id=query.get("installation_id"))

    def finish(self, callback: Callback, browser: str | None) -> Connected | CalendarConnected | Redirect | Refusal:
        """Open the callback's address."""
        return connect.finish(self.provider, callback, self, browser=browser, request_id="r-1")

    def connect(self) -> tuple[Callback, Connected | CalendarConnected | Refusal]:
        """Agree to all that is asked; returns the last callback and what came of it."""
        redirect = self.start()
        url = redirect.url
        with httpx.Client(timeout=10, trust_env=False) as http:
            while True:
                callback = self.agree(http, url)
                outcome = self.finish(callback, redirect.browser)
                if not isinstance(outcome, Redirect):
                    return callback, outcome
                url = outcome.url

    def connection(self) -> Connection:
        """What is stored."""
        return self.stores.connections.get(ACME, self.provider)


@pytest.fixture(params=[Provider.SLACK, Provider.GITHUB])
def owner(stand_in: StandIn, request: pytest.FixtureRequest) -> Iterator[OwnerApp]:
    """Somebody who connects one of the vendors at one of the stand-ins."""
    with dynamo() as stores:
        yield OwnerApp(stand_in, request.param, stores)


def test_a_tenant_is_connected(owner: OwnerApp) -> None:
    """The stored credentials are those of the workspace or installation that the person agreed to."""
    _, outcome = owner.connect()
    assert isinstance(outcome, Connected), outcome
    stored = owner.connection()
    credentials = owner.vault.open(ACME, owner.provider, stored.sealed_credentials)

    assert ((), True) == (outcome.missing, bool(credentials.access_token.get_secret_value()))
    assert {Provider.SLACK: "Acme", Provider.GITHUB: PERSON}[owner.provider] == stored.name
    assert ["connection.made"] == [each.action for each in owner.stores.audit.latest(ACME, limit=10)]
    assert 1 == len(owner.queues.jobs.puts)


def test_connecting_again_finds_the_same(owner: OwnerApp) -> None:
    """The workspace or installation is known by the id it had before."""
    first = owner.connect()[1]
    second = owner.connect()[1]

    assert isinstance(first, Connected)
    assert isinstance(second, Connected)
    assert first.connection.external_id == second.connection.external_id


def test_a_code_works_once(owner: OwnerApp) -> None:
    """A replay under another state is refused by the vendor."""
    callback, _ = owner.connect()
    redirect = owner.start()
    state = redirect.url.partition("state=")[2].partition("&")[0]

    replay = callback.model_copy(update={"state": state})
    outcome = owner.finish(replay, redirect.browser)

    assert isinstance(outcome, Refusal)
    assert Reason.CODE == outcome.reason


def test_a_wrong_client_secret_opens_nothing(owner: OwnerApp) -> None:
    """The vendor does not know our app by it, which is our own fault, and nothing is stored."""
    owner.vendor = owner.stand_in.app(owner.provider, client_secret="wrong")

    with pytest.raises(Misconfigured):
        owner.connect()

    assert [] == list(owner.stores.connections.all(ACME))


def test_an_installation_gets_fresh_tokens(stand_in: StandIn) -> None:
    """GitHub's are minted with our key, as often as we like."""
    with dynamo() as stores:
        owner = OwnerApp(stand_in, Provider.GITHUB, stores)
        owner.connect()
        stored = owner.connection()
        before = owner.vault.open(ACME, Provider.GITHUB, stored.sealed_credentials)

        after = owner.vendor.refresh(stored.external_id, before)

    assert before.access_token != after.access_token
    assert after.expires_at is not None
    assert 3000 < (after.expires_at - datetime.now(UTC)).total_seconds() <= 3600
