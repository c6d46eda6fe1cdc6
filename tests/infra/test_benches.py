"""A bench whose subject fails, fails: a refusal is quick, and its time says nothing."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench import api, cold, imports, webhook

FAILING: dict[str, Callable[[], Any]] = {
    "a webhook that was not taken in": lambda: webhook.seconds(lambda _: False, {}),
    "a route that refuses": lambda: api.answered(lambda *_: {"statusCode": 403, "body": "no"}, {"rawPath": "/v1/me"}),
    "a function that does not load": lambda: imports.seconds("raise ValueError"),
    "a subject that is not there": lambda: cold.take(Path(sys.executable), "nobody"),
}


@pytest.mark.parametrize("subject", FAILING)
def test_a_bench_whose_subject_fails_fails(subject: str) -> None:
    """Nothing is printed of it that could be taken for a figure."""
    with pytest.raises(SystemExit, match=r"error: "):
        FAILING[subject]()


@pytest.mark.parametrize("body", ['{"status": "dropped", "reason": "bot"}', '{"detail": "this is our fault"}'])
def test_only_what_is_kept_counts_as_taken_in(body: str) -> None:
    """What is dropped asks nothing of AWS."""
    assert not webhook.took_in({"statusCode": 200, "body": body})
    assert webhook.took_in({"statusCode": 200, "body": '{"status": "accepted"}'})
