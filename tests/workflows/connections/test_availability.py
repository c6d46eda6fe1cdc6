"""A vendor that does not answer is left alone for a while, by all functions, and then tried by one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from pm_assistant.domain.errors import CircuitOpen, RateLimited, UpstreamUnavailable
from pm_assistant.domain.tenants import Availability, Connection, Provider
from pm_assistant.runtime.batch import pause_before_anew
from pm_assistant.workflows.connections.availability import (
    LONGEST_PAUSE,
    MOST_FAILURES,
    SHORTEST_PAUSE,
    ConnectionWatch,
    check_available,
    leave_to_live_work,
)
from pm_assistant.workflows.connections.credentials import get_credentials
from pm_assistant.workflows.connections.queries import list_connection_health
from tests.builders import ACME, GLOBEX
from tests.fakes.connections import a_working_connection
from tests.fakes.unit import FakeUnit
from tests.fakes.vendors import FakeOAuthApp

LINEAR = Provider.LINEAR


class Team(FakeUnit):
    """A tenant with Linear, whose functions each read the connection before they ask."""

    def __init__(self) -> None:
        super().__init__()
        for tenant_id in (ACME, GLOBEX):
            self.stores.connections.put(a_working_connection(tenant_id, LINEAR))

    @property
    def connection(self) -> Connection:
        """As it stands now."""
        return self.stores.connections.get(ACME, LINEAR)

    def watch(self) -> ConnectionWatch:
        """What a function is given that may ask.

        Raises:
            RateLimited: it may not.
        """
        connection = self.connection
        check_available(connection, self)
        return ConnectionWatch(connection, self)

    def fail(self, times: int = MOST_FAILURES) -> None:
        """Functions ask and are not answered."""
        for _ in range(times):
            self.watch().failed()
            self.at += timedelta(seconds=1)

    def refused(self) -> RateLimited:
        """Why a function may not ask."""
        with pytest.raises(RateLimited) as caught:
            self.watch()
        return caught.value


def test_calls_stop_after_five_in_a_row_that_were_not_answered() -> None:
    """At once, for all functions of the tenant and for no other tenant; the error says since when and until when."""
    team = Team()
    team.fail(MOST_FAILURES - 1)
    team.watch().failed()

    error = team.refused()

    assert isinstance(error, CircuitOpen)
    assert "Linear does not answer since 09:30 UTC; trying again at 09:31 UTC" == str(error)
    assert SHORTEST_PAUSE.total_seconds() == error.retry_after
    check_available(team.stores.connections.get(GLOBEX, LINEAR), team)
    with pytest.raises(CircuitOpen):
        get_credentials(LINEAR, team)


def test_failures_with_answers_between_them_stop_nothing() -> None:
    """One operation that always fails is no vendor that is away."""
    team = Team()
    for _ in range(3):
        team.fail(MOST_FAILURES - 1)
        team.watch().answered()
    assert Availability() == team.connection.availability


def test_a_message_that_meets_an_open_circuit_rests_until_the_trial() -> None:
    """It uses up no attempts, and comes no earlier."""
    team = Team()
    team.fail()
    error = team.refused()

    assert pause_before_anew(error, timedelta(0), base_seconds=30) > timedelta(seconds=error.retry_after)


def test_one_tries_when_the_pause_is_over_and_the_others_wait_on() -> None:
    """An answer closes the circuit for everybody."""
    team = Team()
    team.fail()
    team.at += SHORTEST_PAUSE

    trial = team.watch()
    assert isinstance(team.refused(), CircuitOpen)
    trial.answered()

    team.watch()
    assert Availability() == team.connection.availability


def test_each_trial_that_fails_makes_the_pause_longer_up_to_a_bound() -> None:
    """As long as it has been failing; whoever was to try and never asked is waited for no longer than that."""
    team, pauses = Team(), []
    team.fail()
    for _ in range(8):
        retry_at = team.connection.availability.retry_at
        assert retry_at is not None
        team.at = max(team.at, retry_at)
        team.watch().failed()
        pauses.append(team.refused().retry_after)

    assert sorted(pauses) == pauses
    assert LONGEST_PAUSE.total_seconds() == pauses[-1]
    assert pauses[1] > SHORTEST_PAUSE.total_seconds()


def test_a_limit_that_one_function_hears_of_is_kept_by_all() -> None:
    """Asking on while limited may cost the app its access; afterwards they ask as always."""
    team = Team()
    team.watch().limited(300)

    assert (300, "Linear has limited us until 09:35 UTC") == (team.refused().retry_after, str(team.refused()))
    assert not isinstance(team.refused(), CircuitOpen)
    team.at += timedelta(seconds=301)
    team.watch()


def test_what_is_left_of_a_limit_is_for_live_work() -> None:
    """Reading what happened before stops; whoever does what happens now goes on until there is nothing left."""
    team = Team()
    team.watch().answered(low_for=600)

    with pytest.raises(RateLimited, match=r"until 09:40 UTC is for what happens now") as caught:
        leave_to_live_work([team.connection], team)
    assert 600 == caught.value.retry_after
    team.watch().answered(low_for=600)
    team.at += timedelta(seconds=601)
    leave_to_live_work([team.connection], team)


class Counting:
    """The states of connections, which counts what is written."""

    def __init__(self, team: Team) -> None:
        self._states = team.stores.connection_states
        self.writes: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., object]:
        def write(*args: object, **more: object) -> object:
            self.writes.append(name)
            result: object = getattr(self._states, name)(*args, **more)
            return result

        return write


def test_calls_that_are_answered_write_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """But the first after a failure, and the first of a unit that finds a limit low."""
    team = Team()
    counting = Counting(team)
    monkeypatch.setattr(team.stores, "connection_states", counting)

    watch = team.watch()
    for _ in range(9):
        watch.answered()
    assert [] == counting.writes
    watch.failed()
    for _ in range(9):
        watch.answered()
    assert ["failed", "answered"] == counting.writes
    for _ in range(9):
        watch.answered(low_for=60)
    team.watch().answered(low_for=60)
    assert ["failed", "answered", "limit"] == counting.writes


def test_what_cannot_be_noted_fails_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor has answered, and that counts."""
    team = Team()
    watch = team.watch()

    def away(*_: object, **__: object) -> None:
        raise UpstreamUnavailable("DynamoDB does not answer")

    for name in ("failed", "answered", "limit", "pause"):
        monkeypatch.setattr(team.stores.connection_states, name, away)
    watch.failed()
    watch.answered(low_for=9)
    watch.limited(9)


def test_a_refresh_that_is_not_answered_counts_as_well() -> None:
    """Else a vendor that is away when credentials end would be asked for ever."""
    team = Team()
    soon = team.connection.model_copy(update={"expires_at": team.now()})
    team.stores.connections.put(soon)
    app = FakeOAuthApp(LINEAR, clock=team.now)
    team.oauth_apps[LINEAR] = app
    for _ in range(MOST_FAILURES):
        app.fail_next(UpstreamUnavailable("Linear did not answer"))
        with pytest.raises(UpstreamUnavailable):
            get_credentials(LINEAR, team)

    with pytest.raises(CircuitOpen):
        get_credentials(LINEAR, team)


def test_how_a_vendor_answers_is_seen_on_the_connection() -> None:
    """Since when it does not, when it is tried again, and until when we are limited; nothing while all is well."""
    team = Team()
    [well] = list_connection_health(team, [LINEAR])
    assert (None, None, None, None) == (
        well.unavailable_since,
        well.retry_at,
        well.limited_until,
        well.reading_resumes_at,
    )
    began = team.now()
    watch = team.watch()
    watch.limited(300)
    watch.answered(low_for=600)
    for _ in range(MOST_FAILURES):
        watch.failed()

    [away] = list_connection_health(team, [LINEAR])

    assert (began, began + SHORTEST_PAUSE) == (away.unavailable_since, away.retry_at)
    assert began + timedelta(seconds=300) == away.limited_until
    assert began + timedelta(seconds=600) == away.reading_resumes_at
    team.at += timedelta(hours=1)
    [later] = list_connection_health(team, [LINEAR])
    assert (began, None, None) == (later.unavailable_since, later.retry_at, later.limited_until)
