"""What a vendor could not tell us comes again: each once after each failure, as far as anybody waits for it."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from pm_assistant.domain.deliveries import Delivery, DeliveryPage
from pm_assistant.domain.errors import ProductError, RateLimited
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.tenants import Provider
from pm_assistant.workflows.connections.redelivery import MOST_PAGES, MOST_TIMES, redeliver
from tests.builders import ACME, NOW, a_connection
from tests.fakes.unit import FakeUnit

GITHUB = Provider.GITHUB


class Failing:
    """A vendor with deliveries that did not arrive, two on a page; each attempt fails again while we are away."""

    def __init__(self, *deliveries: Delivery) -> None:
        self.deliveries = list(deliveries)
        self.sent: list[int] = []
        self.pages = 0
        self.is_away = False
        self.errors: list[ProductError] = []

    def failed(self, *, cursor: str | None) -> DeliveryPage:
        """A page, latest first."""
        self.pages += 1
        latest = sorted(self.deliveries, key=lambda each: -each.id)
        start = int(cursor or 0)
        more = str(start + 2) if start + 2 < len(latest) else None
        return DeliveryPage(deliveries=tuple(latest[start : start + 2]), cursor=more)

    def send_again(self, delivery: Delivery) -> bool:
        """Try once more."""
        if self.errors:
            raise self.errors.pop()
        self.sent.append(delivery.id)
        if self.is_away:
            again = max(each.id for each in self.deliveries) + 1
            self.deliveries.append(delivery.model_copy(update={"id": again}))
        return True


def lost(*ids: int, **changes: object) -> Iterable[Delivery]:
    """Attempts that got no answer, about Acme's installation."""
    about = {"at": NOW, "external_id": a_connection(ACME, GITHUB).external_id, **changes}
    return (Delivery.model_validate({"id": id, "event_id": f"event-{id}", **about}) for id in ids)


def given(*deliveries: Delivery) -> tuple[FakeUnit, Failing]:
    """The whole app, in which Acme has connected GitHub."""
    unit, vendor = FakeUnit(APP), Failing(*deliveries)
    unit.stores.connections.put(a_connection(ACME, GITHUB))
    unit.redeliveries[GITHUB] = vendor
    return unit, vendor


def test_what_did_not_arrive_is_sent_again_once_oldest_first() -> None:
    """The next time only what has failed since is looked at."""
    unit, vendor = given(*lost(1, 2, 3, 4, 5))
    assert 5 == redeliver(GITHUB, unit)
    assert [1, 2, 3, 4, 5] == vendor.sent
    [gap] = unit.stores.readings.gaps(ACME, limit=9)
    assert (GITHUB, NOW, True) == (gap.source, gap.repaired_at, gap.began_at <= NOW < gap.ended_at)
    vendor.deliveries += lost(6)
    vendor.pages = 0
    assert (1, 1) == (redeliver(GITHUB, unit), vendor.pages)
    assert (0, [1, 2, 3, 4, 5, 6]) == (redeliver(GITHUB, unit), vendor.sent)


def test_nobodys_events_and_what_we_refused_are_left_alone() -> None:
    """Another attempt would end as the first one did; one that we were too slow for, or too busy, would not."""
    strangers = [*lost(1, external_id="another"), *lost(2, external_id=None)]
    refused, busy = [*lost(3, status=400), *lost(4, status=401)], [*lost(5, status=503), *lost(6, status=429)]
    unit, vendor = given(*strangers, *refused, *busy)
    assert 2 == redeliver(GITHUB, unit)
    assert [5, 6] == vendor.sent


def test_what_is_interrupted_goes_on_where_it_was() -> None:
    """A limit in the midst of it: what was sent again is not sent a second time."""
    unit, vendor = given(*lost(1, 2))
    redeliver(GITHUB, unit)
    vendor.deliveries += lost(3, 4)
    vendor.errors.append(RateLimited("slow down", retry_after=60))
    with pytest.raises(RateLimited):
        redeliver(GITHUB, unit)
    redeliver(GITHUB, unit)
    assert [1, 2, 3, 4] == vendor.sent


def test_what_never_arrives_does_not_go_round_for_ever() -> None:
    """Each attempt that fails is one more on the list, of the same event."""
    unit, vendor = given(*lost(1))
    vendor.is_away = True
    for _ in range(3 * MOST_TIMES):
        unit.at += timedelta(minutes=15)
        redeliver(GITHUB, unit)
    assert MOST_TIMES <= len(vendor.sent) <= 2 * MOST_TIMES


def test_a_list_without_an_end_ends() -> None:
    """The latest of it is sent again."""
    unit, vendor = given(*lost(*range(1, 2 * MOST_PAGES + 9)))
    assert 2 * MOST_PAGES == redeliver(GITHUB, unit)
    assert MOST_PAGES == vendor.pages


def test_a_vendor_that_sends_again_by_itself_needs_no_help() -> None:
    """Nor one that our app is not registered with."""
    assert 0 == redeliver(Provider.SLACK, FakeUnit(APP))
