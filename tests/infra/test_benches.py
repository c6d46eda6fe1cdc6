"""A bench whose subject fails, fails: a refusal is quick, and its time says nothing."""

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pm_assistant.domain.tenants import TenantId
from tests.aws.emulated import dynamo
from tests.bench import api, autonomy, cold, flow, imports, index, standups, sync, webhook

FAILING: dict[str, Callable[[], Any]] = {
    "a webhook that was not taken in": lambda: webhook.seconds(lambda _: False, {}),
    "a route that refuses": lambda: api.answered(lambda *_: {"statusCode": 403, "body": "no"}, {"rawPath": "/v1/me"}),
    "a function that does not load": lambda: imports.seconds("raise ValueError"),
    "a reading that left something out": lambda: sync.Team().check(tickets=1, messages=0),
    "a vendor that is asked too often": lambda: sync.compare("first", Counter(slack=3), Counter(slack=2)),
    "a standup that nobody gets": lambda: standups.check(Counter(ada=1), people=2),
    "a standup that comes twice": lambda: standups.check(Counter(ada=1, bob=2), people=2),
    "forecasts without a date": lambda: flow.check(0.0, teams=0),
    "dates that do not hold": lambda: flow.check(0.6, teams=900),
    "dates that hold too well": lambda: flow.check(0.99, teams=900),
    "trust that is not earned": lambda: autonomy.check({0.9: 0.2, 0.97: 0.9}),
    "trust that nobody earns": lambda: autonomy.check({0.9: 0.0, 0.97: 0.0}),
    "a subject that is not there": lambda: cold.take(Path(sys.executable), "nobody"),
}


@pytest.mark.parametrize("subject", FAILING)
def test_a_bench_whose_subject_fails_fails(subject: str) -> None:
    """Nothing is printed of it that could be taken for a figure."""
    with pytest.raises(SystemExit, match=r"error: "):
        FAILING[subject]()


@pytest.mark.thorough
def test_what_a_judgement_and_a_report_read_does_not_grow_with_the_team() -> None:
    """From the event to the log, and from the clock to the chat: the same requests and units, and few of them."""
    bills: dict[str, list[index.Bill]] = {}
    with dynamo() as stores:
        for tickets, people in ((60, 5), (90, 120)):
            tenant_id = TenantId(f"of-{tickets}")
            index.fill(stores, tenant_id, tickets=tickets, people=people)
            for named, bill in index.measured(stores, tenant_id):
                bills.setdefault(named, []).append(bill)
    for named in (named for named in bills if named.endswith("warm")):
        index.check(named, bills[named])
    dearer = index.Bill(bills["a report, warm"][0].reads.copy(), writes=7)
    with pytest.raises(SystemExit, match=r"error: a report "):
        index.check("a report", [bills["a report, warm"][0], dearer])


@pytest.mark.parametrize("body", ['{"status": "dropped", "reason": "bot"}', '{"detail": "this is our fault"}'])
def test_only_what_is_kept_counts_as_taken_in(body: str) -> None:
    """What is dropped asks nothing of AWS."""
    assert not webhook.took_in({"statusCode": 200, "body": body})
    assert webhook.took_in({"statusCode": 200, "body": '{"status": "accepted"}'})
