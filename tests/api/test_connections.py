"""Connections over HTTP: their health, links to make them, and their end."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from pm_assistant.domain.accounts import Scope
from pm_assistant.domain.catch_up import Gap, Pass, Position
from pm_assistant.domain.connections import Grant
from pm_assistant.domain.errors import UpstreamUnavailable
from pm_assistant.domain.tenants import Credentials, Provider
from pm_assistant.domain.work import Channel
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.workflows.connections.credentials import MARGIN
from tests.api.conftest import PUBLIC_URL, World
from tests.builders import ACME, GLOBEX, NOW, a_connection
from tests.fakes.vendors import FakeOAuthApp

SLACK, LINEAR = Provider.SLACK, Provider.LINEAR


@pytest.fixture
def app(world: World) -> FakeOAuthApp:
    """Our app at every vendor."""
    made = FakeOAuthApp()
    world.app.oauth_apps.update(dict.fromkeys(Provider, made))
    return made


def connected(world: World, app: FakeOAuthApp) -> Credentials:
    """Have acme connect Slack."""
    callback = app.consent(app.authorize_url(state="s", redirect_uri="r", challenge=""))
    grant = app.exchange(callback, redirect_uri="r", verifier="")
    assert isinstance(grant, Grant)
    sealed = world.app.vault.seal(ACME, SLACK, grant.credentials)
    world.stores.connections.put(a_connection(sealed_credentials=sealed))
    return grant.credentials


def test_every_vendor_is_listed_connected_or_not(world: World) -> None:
    """A page of three, by name."""
    answer = world.member.get("/v1/connections")
    assert (200, None) == (answer.status, answer.json["next"])
    assert [("github", "none"), ("linear", "none"), ("slack", "none")] == [
        (item["provider"], item["state"]) for item in answer.json["items"]
    ]


def test_health_says_all_there_is_to_know_and_no_secret(world: World) -> None:
    """Of whom it is, what is missing, when we last heard of it and when its credentials are renewed."""
    owner, ends, heard = world.owner, NOW + timedelta(hours=12), NOW - timedelta(minutes=2)
    connection = a_connection(
        name="Acme",
        scopes=tuple(VENDORS[SLACK].scopes)[1:],
        expires_at=ends,
        connected_at=NOW,
        connected_by="account:acme-owner",
        sealed_credentials=b"sealed-secret",
    )
    world.stores.connections.put(connection)
    world.stores.connection_states.note(ACME, SLACK, event_at=heard, sync_at=NOW)
    answer = owner.get("/v1/connections/slack")

    expected = {
        "provider": "slack",
        "state": "connected",
        "name": "Acme",
        "external_id": "slack-acme",
        "scopes": list(tuple(VENDORS[SLACK].scopes)[1:]),
        "scopes_missing": [next(iter(VENDORS[SLACK].scopes))],
        "last_event_at": heard,
        "last_sync_at": NOW,
        "next_refresh_at": ends - MARGIN,
        "broken_since": None,
        "broken_reason": None,
        "unavailable_since": None,
        "retry_at": None,
        "limited_until": None,
        "reading_resumes_at": None,
        "connected_by": "owner@acme.test",
        "connected_at": NOW,
        "repositories": [],
        "channels": [],
        "gaps": [],
    }
    moments = ("last_event_at", "last_sync_at", "next_refresh_at", "connected_at")
    assert expected == {
        **answer.json,
        **{name: datetime.fromisoformat(answer.json[name]).astimezone(UTC) for name in moments},
    }
    assert "sealed" not in answer.text


def test_coverage_says_how_far_channels_are_read_and_what_was_not_told(world: World) -> None:
    """By the names that people know; of a private channel that there is one, and no more."""
    readings, place = world.stores.readings, Position(source=SLACK, workspace="slack-acme")
    world.stores.connections.put(a_connection())
    ops, secret = Channel(id="C0OPS", name="ops"), Channel(id="C0HR", name="hr", private=True)
    under_way = Pass(began_at=NOW, reached=NOW - timedelta(hours=3))
    for change in (
        {"place": "C0OPS", "channel": ops, "since": NOW, "read_to": NOW},
        {"place": "C0HR", "channel": secret, "reading": under_way},
        {"rationed": True},
    ):
        readings.put_position(ACME, place.model_copy(update=change))
    for channel, repaired_at in (("C0OPS", NOW), ("C0HR", None)):
        gap = Gap(source=SLACK, place=channel, found_at=NOW, began_at=NOW, ended_at=NOW, repaired_at=repaired_at)
        readings.put_gap(ACME, gap)

    shown, other = (world.reader.get(f"/v1/connections/{name}").json for name in ("slack", "linear"))
    assert [None, "#ops"] == [channel["name"] for channel in shown["channels"]]
    assert [True, False] == [channel["read_back_to"] is not None for channel in shown["channels"]]
    assert [("#ops", True), (None, False)] == [(gap["place"], bool(gap["repaired_at"])) for gap in shown["gaps"]]
    assert [] == other["gaps"]


def test_a_broken_connection_says_since_when_and_why(world: World) -> None:
    """That is what an admin comes to read."""
    world.stores.connections.put(a_connection())
    world.stores.connection_states.mark_broken(ACME, SLACK, reason="token_revoked", at=NOW)
    shown = world.reader.get("/v1/connections/slack").json
    assert ("broken", "token_revoked") == (shown["state"], shown["broken_reason"])
    assert NOW == datetime.fromisoformat(shown["broken_since"])


def test_another_tenants_connection_is_none_of_theirs(world: World) -> None:
    """Nor does it show in any other way."""
    world.stores.connections.put(a_connection())
    assert {"none"} == {item["state"] for item in world.stranger.get("/v1/connections").json["items"]}


def test_a_link_leads_to_our_own_start_and_is_redeemed_once(world: World) -> None:
    """Under the address that the deployment says is ours."""
    answer = world.admin.post("/v1/connections/linear/link")
    assert 201 == answer.status
    url = urlsplit(answer.json["url"])
    assert f"{PUBLIC_URL}/oauth/linear/start" == f"{url.scheme}://{url.netloc}{url.path}"
    code, now = url.query.removeprefix("link="), datetime.now(UTC)
    link = world.stores.oauth_states.take_link(ACME, code, now)
    assert link is not None
    assert (LINEAR, "account:acme-admin") == (link.provider, link.actor)
    assert world.stores.oauth_states.take_link(ACME, code, now) is None


def test_a_link_is_in_the_trail_without_its_code(world: World) -> None:
    """Who made one, for which vendor."""
    code = world.admin.post("/v1/connections/linear/link").json["url"].partition("=")[2]
    entry = world.stores.audit.latest(ACME, limit=1)[0]
    assert ("connection.link_made", "linear", "account:acme-admin") == (entry.action, entry.target, entry.actor)
    assert code not in entry.model_dump_json()


def test_a_repeated_request_does_not_show_the_link_again(world: World) -> None:
    """The code is kept nowhere, in no answer that was kept either."""
    first, second = (world.admin.post("/v1/connections/linear/link", Idempotency_Key="k") for _ in range(2))
    assert (201, 201, None) == (first.status, second.status, second.json["url"])
    assert (1, 0) == (len(first.cookies), len(second.cookies))


def test_a_link_is_known_by_the_browser_it_was_made_in(world: World) -> None:
    """By a cookie that scripts and other sites do not have; we keep a digest of it."""
    answer = world.admin.post("/v1/connections/linear/link")
    pair, _, attributes = answer.cookies[0].partition("; ")
    name, _, secret = pair.partition("=")
    link = world.stores.oauth_states.get_link(ACME, answer.json["url"].partition("link=")[2], datetime.now(UTC))

    assert link is not None
    assert ("__Host-pm-link-linear", hashlib.sha256(secret.encode()).hexdigest()) == (name, link.browser)
    assert {"Path=/", "Max-Age=600", "HttpOnly", "Secure", "SameSite=Lax"} == set(attributes.split("; "))
    assert secret not in answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/connections/slack/link"), ("DELETE", "/v1/connections/slack")]
)
def test_only_admins_connect_and_disconnect(world: World, method: str, path: str) -> None:
    """A member or a program without the scope sees health and no more."""
    for client in (world.member, world.reader, world.as_program(Scope.RUN)):
        assert 403 == client.send(method, path).status


def test_an_unknown_vendor_is_a_malformed_request(world: World) -> None:
    """Named as the field it is."""
    assert 422 == world.owner.get("/v1/connections/jira").status


def test_disconnecting_has_the_vendor_forget_us_and_forgets_the_token(world: World, app: FakeOAuthApp) -> None:
    """And frees the workspace for whoever connects it next."""
    credentials = connected(world, app)
    answer = world.owner.delete("/v1/connections/slack")

    assert (200, {"revoked": True}) == (answer.status, answer.json)
    assert ([("slack-acme", True)], False) == (app.revoked, app.accepts(credentials))
    assert "none" == world.owner.get("/v1/connections/slack").json["state"]
    world.stores.connections.put(a_connection(GLOBEX, external_id="slack-acme"))
    entry = world.stores.audit.latest(ACME, limit=1)[0]
    assert ("connection.ended", "slack", {"revoked": "true"}) == (entry.action, entry.target, entry.detail)


def test_a_vendor_that_does_not_answer_keeps_the_connection(world: World, app: FakeOAuthApp) -> None:
    """Otherwise we would forget a token that still works."""
    connected(world, app)
    app.fail_next(UpstreamUnavailable("no answer"))
    assert 503 == world.owner.delete("/v1/connections/slack").status
    assert "connected" == world.owner.get("/v1/connections/slack").json["state"]


def test_a_vendor_that_does_not_answer_can_be_left_behind(world: World, app: FakeOAuthApp) -> None:
    """By somebody who says so."""
    connected(world, app)
    app.fail_next(UpstreamUnavailable("no answer"))
    answer = world.owner.delete("/v1/connections/slack?force=true")
    assert (200, {"revoked": False}) == (answer.status, answer.json)
    assert "none" == world.owner.get("/v1/connections/slack").json["state"]


def test_what_is_not_connected_cannot_be_disconnected(world: World, app: FakeOAuthApp) -> None:
    """Which is not the vendor's fault."""
    assert 409 == world.owner.delete("/v1/connections/slack").status
    assert [] == app.revoked


def test_sealed_credentials_never_leave(world: World, app: FakeOAuthApp) -> None:
    """Whatever is asked."""
    credentials = connected(world, app)
    secret: SecretStr = credentials.access_token
    answers = [world.owner.get(path).text for path in ("/v1/connections", "/v1/connections/slack")]
    assert [False, False] == [secret.get_secret_value() in text for text in answers]
    assert "sealed" not in json.dumps(answers)
