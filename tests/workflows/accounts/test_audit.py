"""The audit trail, where no request of a known caller writes it."""

from datetime import timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.workflows.accounts.audit import RequestOrigin, entry, note_of_account
from tests.builders import ACME, GLOBEX, NOW, an_account
from tests.fakes.unit import FakeApplication

ORIGIN = RequestOrigin(address="192.0.2.1", request_id="request-1")
ADA = an_account(name="ada")


def noted(*, proven: bool) -> AuditEntry:
    """What the trail holds of something done to Ada's account."""
    app = FakeApplication()
    note_of_account(ADA, "something.done", app, origin=ORIGIN, proven=proven)
    assert [] == app.stores.audit.latest(GLOBEX, limit=10)
    [only] = app.stores.audit.latest(ACME, limit=10)
    return only


def test_what_is_told_once_of_a_moment_has_the_same_id_each_time() -> None:
    """Something else has another, and so has all that happens at that moment without being said to be the same."""
    told = [entry("conversation.parked", at=NOW, once="m-1", because=cause).id for cause in ("x", "y")]
    others = [entry("conversation.parked", at=NOW).id for _ in range(2)]
    others += [entry("conversation.parked", at=NOW, once="m-2").id, entry("a.bug", at=NOW, once="m-1").id]

    assert told[0] == told[1]
    assert 5 == len({told[0], *others})


def test_what_nobody_asked_for_is_the_systems() -> None:
    """Unless somebody is named; all else that is said of it is detail."""
    nobodys = entry("connection.broken", at=NOW, target="slack", reason="revoked")
    somebodys = entry("oauth.refused", at=NOW, actor="account:1", actor_name="ada@acme.test", request_id="request-1")

    assert ("system", "", "slack", {"reason": "revoked"}) == (
        nobodys.actor,
        nobodys.actor_name,
        nobodys.target,
        nobodys.detail,
    )
    assert ("account:1", "ada@acme.test", "request-1", {}) == (
        somebodys.actor,
        somebodys.actor_name,
        somebodys.request_id,
        somebodys.detail,
    )


@given(
    earlier=st.timedeltas(timedelta(), timedelta(days=9_000)),
    later=st.timedeltas(timedelta(microseconds=1), timedelta(days=9_000)),
    hours=st.integers(-12, 12),
)
def test_entries_sort_by_time(earlier: timedelta, later: timedelta, hours: int) -> None:
    """By their ids alone, to the microsecond, in whatever zone the time was told."""
    first, second = NOW + earlier, (NOW + earlier + later).astimezone(timezone(timedelta(hours=hours)))

    assert entry("a", at=first).id < entry("a", at=second).id


def test_two_entries_of_one_moment_are_two() -> None:
    """Neither takes the other's place."""
    assert 2 == len({entry("a", at=NOW).id for _ in range(2)})


def test_what_is_done_by_an_accounts_person_is_in_that_persons_name() -> None:
    """With the address and the request it came from."""
    written = noted(proven=True)

    assert (f"account:{ADA.id}", ADA.email) == (written.actor, written.actor_name)
    assert ("something.done", f"account:{ADA.id}", NOW) == (written.action, written.target, written.at)
    assert ({"address": "192.0.2.1"}, "request-1") == (written.detail, written.request_id)


def test_what_anybody_may_have_done_is_in_nobodys_name() -> None:
    """The account is what it was done to, and no more."""
    written = noted(proven=False)

    assert ("unknown", "") == (written.actor, written.actor_name)
    assert f"account:{ADA.id}" == written.target
