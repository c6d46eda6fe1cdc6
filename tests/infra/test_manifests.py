"""The apps are registered for what the code asks for and at the addresses that the template routes."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.connections.oauth_state import redirect_uri

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


def routes() -> set[tuple[str, str]]:
    """Method and path of every route of the template."""
    resources = import_module("cfnlint.decode.cfn_yaml").load(str(ROOT / "template.yaml"))["Resources"]
    events = [
        event["Properties"]
        for resource in resources.values()
        for event in resource.get("Properties", {}).get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]
    return {(event["Method"], event["Path"]) for event in events}


def routed(method: str, url: str) -> bool:
    """Whether an address of ours leads to a route."""
    path = url.removeprefix(HOST)
    patterns = [(verb, re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(route))) for verb, route in routes()]
    return any(verb == method and re.fullmatch(pattern, path) for verb, pattern in patterns)


def test_slack_is_asked_for_the_scopes_that_the_code_asks_for() -> None:
    """For a bot's, and for no person's."""
    assert {"bot": list(SLACK.scopes)} == manifest("slack")["oauth_config"]["scopes"]


def test_slack_sends_the_events_that_the_code_reads() -> None:
    """Each kind of message needs its history scope; the other two tell of the end of our access."""
    events = manifest("slack")["settings"]["event_subscriptions"]["bot_events"]
    assert {"message.channels", "message.groups", "app_uninstalled", "tokens_revoked"} == set(events)
    assert {event.partition(".")[2] for event in events if "." in event} == {
        scope.partition(":")[0] for scope in SLACK.scopes if scope.endswith(":history") and scope != "im:history"
    }


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


def test_github_is_asked_for_the_permissions_that_the_code_asks_for() -> None:
    """And for a person's word during the installation, without which an installation proves nothing."""
    given = manifest("github")
    assert {*GITHUB.scopes, *GITHUB.scopes_to_connect} == {
        f"{name}:{access}" for name, access in given["default_permissions"].items()
    }
    assert given["request_oauth_on_install"]


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
    """So that the gateway throttles each apart, and none that is no vendor's leads anywhere."""
    posted = {path for method, path in routes() if method == "POST" and path.startswith("/webhooks/")}
    assert {f"/webhooks/{provider}" for provider in VENDORS} == posted
