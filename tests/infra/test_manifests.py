"""The apps are registered for what the code asks for and at the addresses that the template routes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.sandbox.linear.oauth import SCOPES as LINEAR_SCOPES
from infra.sandbox.seed import DEMO
from infra.sandbox.slack.scopes import SCOPES as SLACK_SCOPES
from pm_assistant.domain.events import Dropped, WebhookEvent
from pm_assistant.domain.surfaces import SurfaceUsed
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.integrations.github.payloads import READERS
from pm_assistant.integrations.vendor import Vendor
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.connections.oauth_state import redirect_uri
from tests.builders import NOW
from tests.infra.test_template import routes
from tests.integrations.signing import SECRET, linear_event, slack_event

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "infra" / "manifests"
HOST = "https://YOUR-API"
SLACK, LINEAR, GITHUB = (VENDORS[provider] for provider in (Provider.SLACK, Provider.LINEAR, Provider.GITHUB))


def manifest(vendor: str) -> dict[str, Any]:
    """A vendor's manifest."""
    found: dict[str, Any] = json.loads((MANIFESTS / f"{vendor}.json").read_text())
    return found


def text(provider: Provider) -> str:
    """Whatever tells how to register at a vendor."""
    return next(MANIFESTS.glob(f"{provider}.*")).read_text()


def table(vendor: Vendor, headings: tuple[str, ...]) -> list[list[str]]:
    """The rows of a vendor's table in the README that begins with one of these headings, without their markup."""
    section = (MANIFESTS / "README.md").read_text().partition(f"\n### {vendor.label}\n")[2].partition("\n### ")[0]
    tables = [block.strip().splitlines() for block in section.split("\n\n") if block.strip().startswith("|")]
    chosen = next(lines for lines in tables if lines[0].strip("| ").split(" |")[0] in headings)
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in chosen[2:] if line]


def routed(method: str, url: str) -> bool:
    """Whether an address of ours leads to a route."""
    path = url.removeprefix(HOST)
    patterns = [(verb, re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(route))) for verb, route in map(str.split, routes())]
    return any(verb == method and re.fullmatch(pattern, path) for verb, pattern in patterns)


def test_slack_is_asked_for_the_scopes_that_the_code_asks_for() -> None:
    """For a bot's, and for no person's."""
    assert {"bot": list(SLACK.scopes)} == manifest("slack")["oauth_config"]["scopes"]


def test_every_kind_of_message_that_slack_sends_has_its_history_scope() -> None:
    """Of a direct message it is the scope by which reports are looked for as well."""
    events = manifest("slack")["settings"]["event_subscriptions"]["bot_events"]
    assert {event.partition(".")[2] for event in events if "." in event} == {
        scope.partition(":")[0] for scope in SLACK.scopes if scope.endswith(":history")
    }


@pytest.mark.parametrize("vendor", [SLACK, GITHUB, LINEAR], ids=lambda vendor: vendor.label)
def test_each_scope_that_is_asked_for_is_explained_once(vendor: Vendor) -> None:
    """Whoever reviews our apps reads there what each is for, and since when it is used."""
    explained = [row[0] for row in table(vendor, ("scope", "permission"))]
    assert sorted((*vendor.scopes, *vendor.scopes_to_connect)) == sorted(explained)
    assert all(all(row[:3]) for row in table(vendor, ("scope", "permission")))


def test_each_event_that_is_subscribed_to_is_explained_once_with_a_scope_that_is_asked_for() -> None:
    """None without a reason, and none that would never come."""
    subscribed = {
        "Slack": manifest("slack")["settings"]["event_subscriptions"]["bot_events"],
        "GitHub": manifest("github")["default_events"],
    }
    for vendor in (SLACK, GITHUB):
        rows = table(vendor, ("event",))
        assert sorted(subscribed[vendor.label]) == sorted(row[0] for row in rows)
        assert {row[2] for row in rows} - {""} <= set(vendor.scopes)
    described = text(Provider.LINEAR)
    listed = ", ".join(row[1] for row in table(LINEAR, ("event",)) if row[0] != "OAuthApp")
    assert sorted(re.findall(r"Data change events \| (.*) \|", described)[0].split(", ")) == sorted(listed.split(", "))


def sample(provider: Provider, event: str) -> WebhookRequest:
    """A delivery of that event that says no more than it has to."""
    match provider:
        case Provider.SLACK:
            channel, user = {"id": "C1", "name": "n"}, {"id": "U1", "name": "ada"}
            kinds: dict[str, dict[str, Any]] = {"team_join": {"user": user}, "user_change": {"user": user}}
            kinds |= {f"{kind}_rename": {"channel": channel} for kind in ("channel", "group")}
            kinds |= {"channel_id_changed": {"old_channel_id": "C1", "new_channel_id": "C2"}}
            inner = {"user": "U1", "channel": "C1", **kinds.get(event, {}), "type": event.partition(".")[0]}
            return slack_event({"type": "event_callback", "team_id": "T1", "event": inner}, NOW)
        case _:
            data = {"id": "x", "title": "t"}
            stamps = {"createdAt": NOW.isoformat(), "organizationId": "o", "action": "update"}
            return linear_event({"type": event, **stamps, "data": data})


@pytest.mark.parametrize("provider", [Provider.SLACK, Provider.LINEAR])
def test_every_event_that_is_subscribed_to_is_read_or_dropped_for_a_reason(provider: Provider) -> None:
    """A vendor that meets refusals ends its deliveries; what is unknown to a reader is not worth asking for."""
    source = VENDORS[provider].make_webhook_source(SECRET)
    for event, *_ in table(VENDORS[provider], ("event",)):
        answer = source.accept(sample(provider, event), NOW)
        assert isinstance(answer, WebhookEvent | SurfaceUsed | Dropped), event
        assert answer != Dropped(reason="event type"), event


def test_github_is_asked_for_each_event_that_is_read_and_does_not_come_by_itself() -> None:
    """And for no other."""
    assert {*manifest("github")["default_events"], "installation_repositories"} == set(READERS)


def test_slacks_tokens_rotate_and_whole_organisations_may_install() -> None:
    """Both are supported by the code, and are safer or wider than their opposite."""
    settings = manifest("slack")["settings"]
    assert (True, True) == (settings["token_rotation_enabled"], settings["org_deploy_enabled"])


def test_slack_takes_what_the_manifest_says() -> None:
    """Lengths are Slack's (docs.slack.dev, reference/app-manifest)."""
    shown = manifest("slack")["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for command in manifest("slack")["features"]["slash_commands"]:
        assert (len(command["command"]) <= 32, len(command["description"]) <= 2000) == (True, True)
        assert len(command["usage_hint"]) <= 1000
    for shortcut in manifest("slack")["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_github_is_asked_for_the_permissions_that_the_code_asks_for() -> None:
    """And for a person's word during the installation, without which an installation proves nothing."""
    given = manifest("github")
    assert {*GITHUB.scopes, *GITHUB.scopes_to_connect} == {
        f"{name}:{access}" for name, access in given["default_permissions"].items()
    }
    assert given["request_oauth_on_install"]


@pytest.mark.parametrize("company", [DEMO, DEMO / "larkspur"], ids=lambda path: path.name)
def test_the_sandbox_knows_the_apps_as_the_manifests_register_them(company: Path) -> None:
    """So that what works there has been asked for at the vendors."""
    registered, played = manifest("github"), json.loads((company / "github.json").read_text())["app"]
    offered, bot = manifest("slack")["features"], json.loads((company / "team.json").read_text())["slack"]["bot"]
    assert [each["command"] for each in offered["slash_commands"]] == bot["commands"]
    shown = [{name: each[name] for name in ("type", "name", "callback_id")} for each in offered["shortcuts"]]
    assert shown == bot["shortcuts"]
    assert registered["default_permissions"] == played["permissions"]
    assert registered["default_events"] == played["events"]
    assert set(SLACK.scopes) <= set(SLACK_SCOPES)
    assert set(LINEAR.scopes) <= set(LINEAR_SCOPES)


def test_linear_is_described_with_the_scopes_that_the_code_asks_for() -> None:
    """It has no manifest to import."""
    assert f"`{','.join(LINEAR.scopes)}`" in text(Provider.LINEAR)


@pytest.mark.parametrize("provider", Provider)
def test_every_vendor_knows_the_one_way_back_and_where_to_post(provider: Provider) -> None:
    """A vendor sends browsers and codes nowhere else."""
    back, hook = redirect_uri(HOST, provider), f"{HOST}/webhooks/{provider}"
    assert (True, True) == (routed("GET", back), routed("POST", hook))
    assert back in text(provider)
    assert hook in text(provider)


@pytest.mark.parametrize("path", sorted(MANIFESTS.glob("*")), ids=lambda path: path.name)
def test_every_address_of_ours_leads_to_a_route(path: Path) -> None:
    """None is left over from a route that has moved."""
    for url in re.findall(rf"{HOST}[^\s\"`)]*", path.read_text()):
        assert routed("GET", url) or routed("POST", url), url


def test_every_vendor_has_its_way_to_register() -> None:
    """A new one is not forgotten."""
    assert {provider.value for provider in Provider} <= {path.stem for path in MANIFESTS.glob("*")}


@pytest.mark.parametrize("where", ["template.yaml", "README.md"])
def test_every_secret_of_a_vendor_may_be_read_and_is_listed(where: str) -> None:
    """Functions are let at each one by name, and whoever deploys has to put each there."""
    written = (ROOT / where).read_text()
    names = {f"{v.provider}/{name}" for v in VENDORS.values() for name in (*v.app_secrets, v.webhook_secret)}
    assert names == {name for name in names if re.search(rf"{name}(?![\w-])", written)}


def test_every_vendor_has_a_route_of_its_own() -> None:
    """So that the gateway throttles each apart, and none that is neither a vendor's nor the till's leads anywhere."""
    posted = {path for method, path in map(str.split, routes()) if method == "POST" and path.startswith("/webhooks/")}
    assert {f"/webhooks/{each}" for each in (*VENDORS, "stripe")} == posted
