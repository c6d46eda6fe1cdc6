"""Looking through the audit trail."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from pm_assistant.domain.accounts import AuditEntry
from pm_assistant.domain.listing import MOST_READ
from pm_assistant.workflows.accounts.audit import entry
from pm_assistant.workflows.accounts.trail import BATCH, AuditFilter, list_audit
from tests.builders import ACME, NOW
from tests.fakes.unit import FakeUnit

ACTIONS = ("key.created", "key.revoked", "keys.counted", "role.changed")


def a_trail(*written: tuple[int, str, str]) -> FakeUnit:
    """Entries of so many minutes ago, by whom, and what."""
    unit = FakeUnit()
    for minutes, actor, action in written:
        unit.stores.audit.add(ACME, entry(action, at=NOW - timedelta(minutes=minutes), actor=actor))
    return unit


def all_of(criteria: AuditFilter, unit: FakeUnit, limit: int = 50) -> Sequence[AuditEntry]:
    """What all pages hold together."""
    found: list[AuditEntry] = []
    page, place = list_audit(criteria, unit, before=None, limit=limit)
    found += page
    while place is not None:
        page, place = list_audit(criteria, unit, before=place, limit=limit)
        assert limit >= len(page)
        found += page
    return found


moments = some.none() | some.integers(0, 40).map(lambda minutes: NOW - timedelta(minutes=minutes))


@given(
    written=some.lists(some.tuples(some.integers(0, 40), some.sampled_from(["a", "b"]), some.sampled_from(ACTIONS))),
    actor=some.none() | some.sampled_from(["a", "b", "c"]),
    action=some.none() | some.sampled_from([*ACTIONS, "key", "ke"]),
    since=moments,
    until=moments,
    limit=some.integers(1, 7),
)
def test_the_pages_hold_whatever_fits_once_and_newest_first(
    written: list[tuple[int, str, str]],
    actor: str | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> None:
    """However narrow the filter is; the part of an action before the point stands for all that begin so."""
    unit = a_trail(*written)
    fitting = [
        each
        for each in unit.stores.audit.latest(ACME, limit=1_000)
        if (actor is None or actor == each.actor)
        and (action is None or action == each.action or each.action.startswith(f"{action}."))
        and (since is None or since <= each.at)
        and (until is None or each.at < until)
    ]
    criteria = AuditFilter(actor=actor, action=action, since=since, until=until)
    assert fitting == all_of(criteria, unit, limit)


def test_one_page_never_reads_a_whole_long_trail() -> None:
    """Where little fits, it says where to go on; all is found in the end."""
    unit = a_trail(*((number, "a" if number % 1_500 == 1_499 else "b", "key.created") for number in range(5_000)))
    read: list[int] = []
    latest = unit.stores.audit.latest

    def counted(*args: object, **options: object) -> Sequence[AuditEntry]:
        found = latest(*args, **options)  # type: ignore[arg-type]
        read.append(len(found))
        return found

    unit.stores.audit.latest = counted  # type: ignore[method-assign]
    page, place = list_audit(AuditFilter(actor="a"), unit, before=None, limit=50)
    assert ([], True) == (list(page), place is not None)
    assert MOST_READ + BATCH >= sum(read)
    assert 3 == len(all_of(AuditFilter(actor="a"), unit))

    read.clear()
    assert 50 == len(list_audit(AuditFilter(), unit, before=None, limit=50)[0])
    assert [51] == read
