"""The local AWS holds a key condition against those rows alone that it may fit."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra.local.emulator import queries

NAMES = {"#0": "pk", "#1": "sk"}


def a_service() -> Any:
    """The emulator's service, where each row fits that is evaluated, and what it was asked."""
    service: Any = SimpleNamespace(read=[], evaluated=[])

    def tokenize(expression: str) -> list[str]:
        service.read.append(expression)
        return expression.split()

    def evaluate(expression: str, item: Any, values: Any, names: Any, slot: str) -> bool:
        service.evaluated.append((slot, item["sk"]["S"]))
        return True

    service._tokenize, service._evaluate_condition = tokenize, evaluate
    service._condition_syntax_error = lambda expression, slot: None
    vars(service).update(queries.quick(service))
    return service


@pytest.mark.parametrize(
    ("condition", "values", "fitting"),
    [
        ("(#0 = :0 AND begins_with (#1, :1))", {":1": "b"}, ["b", "bb"]),
        ("(#0 = :0 AND #1 BETWEEN :1 AND :2)", {":1": "b", ":2": "c"}, ["b", "bb", "c"]),
        ("(#0 = :0 AND #1 < :1)", {":1": "b"}, ["a", "b", "bb", "c", "é"]),
        ("#0 = :0", {}, ["a", "b", "bb", "c", "é"]),
    ],
    ids=["a prefix", "a range", "another condition", "none on the sort key"],
)
def test_a_row_that_cannot_fit_is_not_evaluated(condition: str, values: dict[str, str], fitting: list[str]) -> None:
    """It does not fit; every other one is left to the emulator."""
    service = a_service()
    rows = [{"pk": {"S": "tenant"}, "sk": {"S": sk}} for sk in ("a", "b", "bb", "c", "é")]
    given = {name: {"S": value} for name, value in {":0": "tenant", **values}.items()}

    found = [r for r in rows if service._evaluate_condition(condition, r, given, NAMES, slot="KeyConditionExpression")]

    assert fitting == [row["sk"]["S"] for row in found]
    assert fitting == [sk for _, sk in service.evaluated]


def test_what_is_no_key_condition_is_always_evaluated() -> None:
    """A filter may speak of what a row does not have."""
    service = a_service()

    assert service._evaluate_condition("begins_with (#1, :1)", {"sk": {"S": "a"}}, {":1": {"S": "b"}}, NAMES)
    assert [("ConditionExpression", "a")] == service.evaluated


def test_a_condition_is_read_once() -> None:
    """Whoever changes what was read of it, changes it for nobody else."""
    service = a_service()

    service._tokenize("#0 = :0").append("more")

    assert ["#0", "=", ":0"] == service._tokenize("#0 = :0")
    assert ["#0 = :0"] == service.read
