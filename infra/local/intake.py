"""The demo team comes to the product as any customer does: through its doors, and through nothing else."""

import json
import secrets
import time
from contextlib import closing
from typing import Any

import httpx

from infra.local.client import Browser, connect, register
from infra.local.stack import Stack, describe
from infra.local.tools import ROOT, LocalError
from infra.local.vendors import PLAYED_VENDORS
from pm_assistant.cli.api import Api
from pm_assistant.domain.errors import Unauthenticated
from pm_assistant.domain.tenants import ActionKind, Mode, PrivateCode, Provider, Rule, Settings

TEAM = ROOT / "infra" / "sandbox" / "demo" / "team.json"
KINDS = (ActionKind.COMMENT, ActionKind.CREATE, ActionKind.MOVE)
# Production tenants settle for a minute; a demo is not watched that long.
TRUSTING = Settings(
    rules={kind: Rule(mode=Mode.AUTO, threshold=0.8) for kind in KINDS},
    settle_seconds=4,
    private_code=PrivateCode.EVERYTHING,
)
READS_MAIL = "America/New_York"
"""The time zone of those of the demo team who want their standup by e-mail."""
PATIENCE_SECONDS = 120.0
OUTSIDE_IDS = {
    Provider.SLACK: "slack_team_id",
    Provider.LINEAR: "linear_organization_id",
    Provider.GITHUB: "github_installation_id",
}
"""What the description calls the names that vendors of the sandbox have for the tenant."""

type Json = dict[str, Any]


def take_in(local: Stack) -> Api:
    """Register, connect the vendors of the sandbox, trust the product, have everything read, and subscribe everybody.

    What is there already is left as it is. The description gets the tenant, its owner's login and a key for programs.

    Raises:
        LocalError: a step does not end well.
        ProductError: the product refuses one.
    """
    described = json.loads(local.file.read_text())
    demo: Json = described.get("demo", {})
    api = Api(described["public_url"], transport=httpx.HTTPTransport())  # past any proxy of the developer's
    owner = _logged_in(api, demo)
    tenant_id = api.get("/v1/me")["tenant_id"]
    ties = _connected(api)
    if demo.get("tenant_id") != tenant_id or "token" not in demo:
        demo = {"token": api.post("/v1/keys", name="demo", scope="admin")["key"]}
    outside = {name: ties[provider]["external_id"] for provider, name in OUTSIDE_IDS.items()}
    describe(local, demo={**demo, "tenant_id": tenant_id, **owner, **outside})
    api.patch("/v1/settings", **TRUSTING.model_dump(mode="json", include={"rules", "settle_seconds", "private_code"}))
    finished(api, api.post("/v1/workflows/sync", dry_run=False))
    _subscribed(api)
    return api


def finished(api: Api, run: Json) -> Json:
    """Wait until a run has come to its end.

    Raises:
        LocalError: it failed, or takes too long.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while run["state"] not in {"done", "failed"}:
        if time.monotonic() > deadline:
            raise LocalError(f"the {run['kind']} run {run['id']} is {run['state']} after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.3)
        run = api.get(f"/v1/runs/{run['id']}")
    if run["state"] == "failed":
        raise LocalError(f"the {run['kind']} run {run['id']} failed: {run['error']}")
    return run


def every(api: Api, path: str) -> list[Json]:
    """All items of a list, page by page."""
    page = api.get(path, limit="200")
    items: list[Json] = page["items"]
    while page.get("next"):
        page = api.get(path, limit="200", cursor=page["next"])
        items += page["items"]
    return items


def _logged_in(api: Api, demo: Json) -> Json:
    """Log the team's first person in, who registers first if need be."""
    team = json.loads(TEAM.read_text())
    email = demo.get("email") or team["people"][0]["email"]
    password = demo.get("password") or secrets.token_urlsafe(18)
    try:
        api.log_in(email, password)
    except Unauthenticated:
        register(api, email=email, password=password, team_name=team["slack"]["name"])
    return {"email": email, "password": password}


def _connected(api: Api) -> dict[Provider, Json]:
    """Connect what is not connected or no longer works."""
    working = {tie["provider"] for tie in every(api, "/v1/connections") if tie["state"] == "connected"}
    with closing(Browser()) as browser:
        for vendor in PLAYED_VENDORS:
            if vendor.provider not in working:
                connect(api, vendor.provider, browser)
    return {Provider(tie["provider"]): tie for tie in every(api, "/v1/connections")}


def _subscribed(api: Api) -> None:
    """Have everybody who is in the chat get a standup, at the usual time: in one zone by e-mail, else in the chat."""
    have = {wish["member_id"] for wish in every(api, "/v1/subscriptions") if wish["kind"] == "standup"}
    for member in every(api, "/v1/members"):
        if member["slack_id"] and member["id"] not in have:
            way = "email" if member["time_zone"] == READS_MAIL else "slack"
            api.put(f"/v1/subscriptions/{member['id']}/standup", delivery=way)
