"""A tenant's own choices: what is named changes, what rests on it follows, and the trail is told of the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.tenants import ActionKind, Channels, Mode, Provider, QuietHours, Rule, Settings
from pm_assistant.workflows.tenants.settings import LONGEST_VALUE, change_settings, rename
from tests.builders import ACME, ENG, GLOBEX, a_connection, a_tenant
from tests.fakes.unit import FakeUnit

CHANNELS = st.lists(st.from_regex(r"C[A-Z0-9]{1,8}", fullmatch=True), max_size=3)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "ask_from": st.floats(0, 1),
        "settle_seconds": st.integers(0, 900),
        "language": st.sampled_from([None, "de"]),
        "channels": st.fixed_dictionaries({}, optional={"allow": CHANNELS, "deny": CHANNELS}),
        "rules": st.dictionaries(
            st.sampled_from(["comment", "create", "move"]),
            st.fixed_dictionaries({}, optional={"mode": st.sampled_from(Mode), "threshold": st.floats(0, 1)}),
        ),
    },
)


def a_unit(settings: Settings | None = None) -> FakeUnit:
    """Work for Acme, which has these settings; Globex has its own."""
    unit = FakeUnit(ACME)
    unit.stores.tenants.put(a_tenant(ACME, settings=settings or Settings()))
    unit.stores.tenants.put(a_tenant(GLOBEX))
    return unit


def test_a_rule_changes_in_what_is_named_and_no_further() -> None:
    """Neither the rule's other half nor another kind's rule."""
    unit = a_unit(Settings(rules={ActionKind.MOVE: Rule(threshold=0.7), ActionKind.COMMENT: Rule(threshold=0.6)}))

    changed = change_settings(Settings.model_validate({"rules": {"move": {"mode": "auto"}}}), unit)

    assert {
        ActionKind.MOVE: Rule(mode=Mode.AUTO, threshold=0.7),
        ActionKind.COMMENT: Rule(threshold=0.6),
    } == changed.settings.rules
    assert changed.settings == unit.stores.tenants.get(ACME).settings
    assert a_tenant(GLOBEX) == unit.stores.tenants.get(GLOBEX)


def test_what_is_set_to_nothing_is_nothing() -> None:
    """It was named, so it does not stay as it was."""
    hours = QuietHours(start="20:00", end="08:00")
    unit = a_unit(Settings(language="de", quiet_hours=hours, home_team_id="team-eng"))

    change_settings(Settings(language=None), unit)

    assert Settings(quiet_hours=hours, home_team_id="team-eng") == unit.stores.tenants.get(ACME).settings


@given(before=CHANGES, change=CHANGES)
def test_changing_twice_is_changing_once(before: dict[str, object], change: dict[str, object]) -> None:
    """The second time nothing is any different, and nothing is told of."""
    unit, wanted = a_unit(Settings.model_validate(before)), Settings.model_validate(change)
    first = change_settings(wanted, unit)

    again = change_settings(wanted, unit)

    assert first.settings == again.settings
    assert {} == again.changes


@given(before=CHANGES, change=CHANGES)
def test_the_trail_is_told_of_exactly_what_is_different(before: dict[str, object], change: dict[str, object]) -> None:
    """Whatever was wished for: what was so already is no change."""
    settings = Settings.model_validate(before)

    changed = change_settings(Settings.model_validate(change), a_unit(settings))

    names = {name for name, value in changed.settings if value != getattr(settings, name)}
    assert names == set(changed.changes) <= set(change)


def test_a_change_is_told_of_as_before_and_after() -> None:
    """In JSON, and not at any length."""
    many = tuple(f"C{number:063}" for number in range(9))
    unit = a_unit(Settings(settle_seconds=60))

    changes = change_settings(Settings(settle_seconds=90, channels=Channels(deny=many)), unit).changes

    assert "60 -> 90" == changes["settle_seconds"]
    before, _, after = changes["channels"].partition(" -> ")
    assert '{"allow": [], "deny": []}' == before
    assert LONGEST_VALUE == len(after)


def test_connections_follow_the_settings_they_copy() -> None:
    """All of the tenant's, and nobody else's."""
    unit = a_unit()
    for provider in (Provider.SLACK, Provider.LINEAR):
        unit.stores.connections.put(a_connection(ACME, provider))
    unit.stores.connections.put(a_connection(GLOBEX))

    change_settings(Settings(settle_seconds=7, retention_days=8, channels=Channels(deny=("C0RANDOM",))), unit)

    for connection in unit.stores.connections.all(ACME):
        assert (7, 8, ("C0RANDOM",)) == (
            connection.settle_seconds,
            connection.retention_days,
            connection.channels.deny,
        )
    assert [a_connection(GLOBEX)] == list(unit.stores.connections.all(GLOBEX))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"home_team_id": "team-of-nobody"}, "home_team_id"),
        ({"home_team_id": "team-of-globex"}, "home_team_id"),
        ({"rules": {"ignore": {"mode": "auto"}}, "settle_seconds": 7}, "rules.ignore"),
    ],
)
def test_what_makes_no_sense_changes_nothing(wanted: dict[str, object], field: str) -> None:
    """A team that the tenant's tracker does not have, or trust in doing nothing."""
    unit = a_unit()
    unit.stores.directory.put_teams(ACME, [ENG])
    unit.stores.directory.put_teams(GLOBEX, [ENG.model_copy(update={"id": "team-of-globex"})])

    with pytest.raises(InvalidRequest) as refused:
        change_settings(Settings.model_validate(wanted), unit)

    assert field == refused.value.field
    assert Settings() == unit.stores.tenants.get(ACME).settings


def test_a_team_of_the_tracker_is_a_home() -> None:
    """And having none is fine without any."""
    unit = a_unit()
    unit.stores.directory.put_teams(ACME, [ENG])

    assert ENG.id == change_settings(Settings(home_team_id=ENG.id), unit).settings.home_team_id
    assert change_settings(Settings(home_team_id=None), unit).settings.home_team_id is None


def test_a_tenant_is_renamed_and_nothing_else() -> None:
    """Only the one whose work it is."""
    unit = a_unit(Settings(settle_seconds=7))

    renamed = rename("Acme Ltd", unit)

    assert a_tenant(ACME, name="Acme Ltd", settings=Settings(settle_seconds=7)) == renamed
    assert renamed == unit.stores.tenants.get(ACME)
    assert a_tenant(GLOBEX) == unit.stores.tenants.get(GLOBEX)


def test_a_tenant_that_is_gone_is_not_brought_back() -> None:
    """By neither."""
    unit = FakeUnit(ACME)

    with pytest.raises(NotFound):
        rename("Acme Ltd", unit)
    with pytest.raises(NotFound):
        change_settings(Settings(settle_seconds=7), unit)
