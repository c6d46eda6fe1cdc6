"""A link in a mail ends the one report that it was made for, for whoever has it, and does nothing else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import NotFound
from pm_assistant.domain.reports import ReportKind, Subscription
from pm_assistant.workflows.reports.subscribe import subscribe
from pm_assistant.workflows.reports.unsubscribing import linked_report, unsubscribe_by_link, unsubscribe_url
from tests.builders import ACME, GLOBEX, a_member, a_tenant
from tests.fakes.stores import FakeStores
from tests.fakes.unit import FakeApplication, FakeUnit

STANDUP, WEEKLY = ReportKind.STANDUP, ReportKind.WEEKLY


def two_teams() -> tuple[FakeApplication, FakeStores]:
    """Two teams with the same people, who get every report."""
    stores = FakeStores()
    for tenant_id in (ACME, GLOBEX):
        stores.tenants.put(a_tenant(tenant_id))
        stores.directory.put_members(tenant_id, [a_member(), a_member("bob")])
        for wish in wished():
            subscribe(wish, FakeUnit(tenant_id, stores=stores))
    return FakeApplication(stores=stores), stores


def wished() -> list[Subscription]:
    """What everybody wishes for."""
    return [Subscription(member_id=member, kind=kind) for member in ("U0ADA", "U0BOB") for kind in (STANDUP, WEEKLY)]


def link(stores: FakeStores) -> str:
    """The link in one of Ada's mails."""
    url = unsubscribe_url(wished()[0].id, FakeUnit(stores=stores))
    start, _, given_link = url.partition("?link=")
    assert "https://api.pm.test/unsubscribe" == start
    return given_link


def test_a_link_ends_one_persons_report_of_one_kind_in_one_team() -> None:
    """It may be used again, has nothing left to end then, and the trail names it once."""
    app, stores = two_teams()
    for _ in range(2):
        report = unsubscribe_by_link(link(stores), app, request_id="r")
        assert (ACME, wished()[0].id, "standup", "Acme") == report

    assert {wish.id for wish in wished()[1:]} == {wish.id for wish in stores.subscriptions.all(ACME)}
    assert 4 == len(stores.subscriptions.all(GLOBEX))
    [entry] = [each for each in stores.audit.latest(ACME, limit=9) if each.action == "subscription.ended"]
    assert ("unknown", "U0ADA", "r") == (entry.actor, entry.target, entry.request_id)


def test_looking_at_a_link_ends_nothing() -> None:
    """Scanners look at every link of a mail."""
    app, stores = two_teams()
    assert "Acme" == linked_report(link(stores), app).team
    assert 4 == len(stores.subscriptions.all(ACME))


def test_a_link_of_somebody_who_is_gone_is_answered_like_any_other() -> None:
    """What is left of their wish ends with it."""
    app, stores = two_teams()
    stores.directory.remove_member(ACME, "U0ADA")
    assert "standup" == unsubscribe_by_link(link(stores), app, request_id="r").kind
    assert 3 == len(stores.subscriptions.all(ACME))


def changed(original: str) -> st.SearchStrategy[str]:
    """What somebody may make of a link: its parts, others' parts, and anything."""
    about, _, signature = original.partition(".")
    others = [f"{GLOBEX}|standup.U0ADA", f"{ACME}|weekly.U0ADA", f"{ACME}|standup.U0BOB", "|", f"{ACME}|"]
    bodies = [base64.urlsafe_b64encode(other.encode()).rstrip(b"=").decode() for other in others]
    made = st.sampled_from([about, signature, "", *bodies])
    return st.text(max_size=80) | st.builds("{}.{}".format, made | st.text(max_size=9), made | st.text(max_size=9))


@given(st.data())
def test_no_other_link_does_anything(data: st.DataObject) -> None:
    """Whatever is made of a link's parts without the key, for another person, kind or team, is no link."""
    app, stores = two_teams()
    original = link(stores)
    forged = data.draw(changed(original).filter(lambda each: each != original))
    for use in (linked_report, lambda made, app: unsubscribe_by_link(made, app, request_id="r")):
        with pytest.raises(NotFound):
            use(forged, app)
    assert [4, 4] == [len(stores.subscriptions.all(tenant_id)) for tenant_id in (ACME, GLOBEX)]
    assert None is stores.mail.link_key(GLOBEX)
