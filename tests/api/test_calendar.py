"""One's own calendar by the API: the person's alone, whatever anybody else may do."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from pm_assistant.domain.tenants import CalendarProvider
from tests.api.conftest import Client, World
from tests.builders import ACME, NOW, a_calendar, a_member
from tests.fakes.vendors import FakeOAuthApp

GOOGLE = CalendarProvider.GOOGLE
CALENDAR = "/v1/me/calendar"


@pytest.fixture
def ada(world: World) -> Client:
    """A member of the team, whom the team knows."""
    me = world.member.get("/v1/me").json
    world.stores.directory.put_members(ACME, [a_member(email=me["name"])])
    world.app.oauth_apps[GOOGLE] = FakeOAuthApp()
    return world.member


def connected(world: World, **changes: Any) -> None:
    """Have Ada's calendar connected."""
    account = world.member.get("/v1/me").json["id"]
    world.stores.calendars.put(a_calendar(**{"account_id": account, **changes}))


def test_one_sees_ones_own_calendar_with_its_days(ada: Client, world: World) -> None:
    """Nobody else sees anything of it, and no credentials are anywhere."""
    assert {"state": "none"} == {key: value for key, value in ada.get(CALENDAR).json.items() if value}
    connected(world)
    shown = ada.get(CALENDAR)
    assert ("connected", "google", ["2026-12-24", "2026-12-25"]) == tuple(
        shown.json[name] for name in ("state", "provider", "absent_days")
    )
    assert "sealed" not in shown.text
    for other in (world.owner, world.admin, world.reader):
        assert "none" == other.get(CALENDAR).json["state"]
    assert "2026-12-24" not in world.admin.get("/v1/members").text
    connected(world, broken_since=NOW - timedelta(hours=1), absent_days=())
    assert "broken" == ada.get(CALENDAR).json["state"]


def test_a_person_gets_a_link_to_connect_their_own(ada: Client, world: World) -> None:
    """For one browser; a key gets none, nor who is unknown to the team, nor anybody where we have no app."""
    made = ada.post(f"{CALENDAR}/link")
    assert (201, "/oauth/google/start") == (made.status, urlsplit(made.json["url"]).path)
    assert "calendar.link_made" in [entry.action for entry in world.stores.audit.latest(ACME, limit=9)]
    assert [403, 409] == [who.post(f"{CALENDAR}/link").status for who in (world.reader, world.owner)]
    del world.app.oauth_apps[GOOGLE]
    assert 404 == ada.post(f"{CALENDAR}/link").status


def test_only_the_person_ends_it(ada: Client, world: World) -> None:
    """As far as Google can be told, or all the same; a second time there is none."""
    connected(world)
    assert [409, 403] == [who.delete(CALENDAR).status for who in (world.owner, world.reader)]
    assert 500 == ada.delete(CALENDAR).status
    assert 1 == len(world.stores.calendars.all(ACME))
    ended = ada.delete(f"{CALENDAR}?force=true")
    assert (200, {"revoked": False}) == (ended.status, ended.json)
    assert [] == list(world.stores.calendars.all(ACME))
    assert 404 == ada.delete(CALENDAR).status
