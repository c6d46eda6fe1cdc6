"""A team of which much is gone or was never said: every page is there, in every language."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from pm_assistant.domain.accounts import Role
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.domain.rules import TeamRule
from pm_assistant.domain.tenants import STORED, Member, Provider
from tests.builders import ACME, a_connection, a_decision, a_key, an_entry
from tests.web.browser import WebWorld, a_web_world
from tests.web.pictures import PAGES, browser_of
from tests.web.routes import address
from tests.web.worlds import a_day

GONE = "Mars/Olympus_Mons"
"""A zone that there is none of any more."""


@pytest.fixture(scope="module")
def team() -> Iterator[tuple[WebWorld, Mapping[str, str]]]:
    """One in the middle of its day, whose people, channels, zones and tools are not what they were."""
    with a_web_world() as web:
        ids = a_day(web)
        stores, now = web.api.stores, datetime.now(UTC)
        nobody = {"name": "", "email": None, "time_zone": GONE}
        people = [
            Member.model_validate({"id": id, "accounts": accounts} | nobody, context=STORED)
            for id, accounts in (("U0EVE", {Provider.SLACK: "U0EVE"}), ("lin-eve", {Provider.LINEAR: "lin-eve"}))
        ]
        me = next(each for each in stores.directory.members(ACME) if each.email == web.account(Role.OWNER).email)
        mine = Member.model_validate(me.model_dump() | {"time_zone": GONE}, context=STORED)
        stores.directory.put_members(ACME, [*people, mine])
        for whose in ({"member_id": "U0GONE"}, {"member_id": mine.id}, {"channel_id": "C0GONE"}):
            wish = {"kind": ReportKind.STANDUP, "time_zone": GONE, **whose}
            stores.subscriptions.put(ACME, Subscription.model_validate(wish, context=STORED))
        stores.connections.put(a_connection(provider=Provider.LINEAR, name="", base_url="", connected_by=""))
        stores.api_keys.put(a_key(id="key-gone", name="x", created_by="account:gone"))
        stores.audit.add(ACME, an_entry(id=f"{now:%Y%m%dT%H%M%S}-x", at=now, actor="account:gone", action="new.deed"))
        tenant, quiet = stores.tenants.get(ACME), {"start": "22:00", "end": "07:00", "time_zone": GONE}
        settings = type(tenant.settings).model_validate(
            tenant.settings.model_dump() | {"quiet_hours": quiet, "channels": {"allow": ("C0GONE",)}}, context=STORED
        )
        rule = TeamRule(id="rule-9", channel="C0GONE", owner="account:gone", made_at=now - timedelta(days=1))
        stores.tenants.put(tenant.model_copy(update={"settings": settings, "rules": (*tenant.rules, rule)}))
        stores.decisions.save(a_decision(decided_by="U0EVE", updated_at=now))
        yield web, ids


@pytest.mark.parametrize("language", Language)
def test_every_page_is_there(language: Language, team: tuple[WebWorld, Mapping[str, str]]) -> None:
    """Whoever looks."""
    web, ids = team
    browsers = {viewer: browser_of(viewer, web) for viewer in {each.viewer for each in PAGES.values()} if viewer}

    answered = {
        name: browsers[picture.viewer].get(address(picture.path, ids), accept_language=language).status
        for name, picture in PAGES.items()
        if picture.viewer is not None
    }

    assert {name: PAGES[name].status for name in answered} == answered
