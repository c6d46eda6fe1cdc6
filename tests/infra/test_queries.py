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
    service._sort_key_value = lambda attribute, kind: "the emulator's"
    vars(service).update(queries.quick(service))
    return service


ROWS = [{"pk": {"S": "tenant"}, "sk": {"S": sk}} for sk in ("a", "b", "bb", "c", "é")]


def given(**values: str) -> dict[str, dict[str, str]]:
    """The values of a request, of which the first names the partition."""
    return {":0": {"S": "tenant"}} | {f":{number}": {"S": value} for number, value in enumerate(values.values(), 1)}


@pytest.mark.parametrize(
    ("condition", "values", "fitting"),
    [
        ("(#0 = :0 AND begins_with (#1, :1))", given(start="b"), ["b", "bb"]),
        ("(#0 = :0 AND #1 BETWEEN :1 AND :2)", given(low="b", high="c"), ["b", "bb", "c"]),
        ("(#0 = :0 AND #1 < :1)", given(bound="bb"), ["a", "b"]),
        ("(#0 = :0 AND #1 <= :1)", given(bound="bb"), ["a", "b", "bb"]),
        ("(#0 = :0 AND #1 > :1)", given(bound="bb"), ["c", "é"]),
        ("(#0 = :0 AND #1 >= :1)", given(bound="bb"), ["bb", "c", "é"]),
    ],
    ids=["a prefix", "a range", "below", "up to", "above", "from"],
)
def test_rows_are_told_by_their_sort_keys(condition: str, values: dict[str, Any], fitting: list[str]) -> None:
    """For that nothing is evaluated anew for each of them."""
    service = a_service()

    found = [r for r in ROWS if service._evaluate_condition(condition, r, values, NAMES, slot="KeyConditionExpression")]

    assert fitting == [row["sk"]["S"] for row in found]
    assert [] == service.evaluated


@pytest.mark.parametrize("condition", ["#0 = :0", "(#0 = :0 AND #1 = :1)", "(#0 = :0 AND NOT #1 < :1)"])
def test_another_key_condition_is_left_to_the_emulator(condition: str) -> None:
    """Also one that holds what is known within something else."""
    service = a_service()

    for row in ROWS:
        assert service._evaluate_condition(condition, row, given(bound="b"), NAMES, slot="KeyConditionExpression")

    assert ["a", "b", "bb", "c", "é"] == [sk for _, sk in service.evaluated]


def test_each_request_has_a_condition_of_its_own() -> None:
    """They are answered at the same time, and many read alike but for their values."""
    service = a_service()
    before, after = given(bound="b"), given(bound="bb")

    def found(values: dict[str, Any]) -> bool:
        row = {"pk": {"S": "tenant"}, "sk": {"S": "b"}}
        fits: bool = service._evaluate_condition(
            "(#0 = :0 AND #1 >= :1)", row, values, NAMES, slot="KeyConditionExpression"
        )
        return fits

    assert [True, False, True] == [found(before), found(after), found(before)]


def test_rows_are_sorted_as_the_emulator_sorts_them() -> None:
    """Strings by themselves, which is what our keys are; the rest as it does."""
    service = a_service()

    assert ["b", "the emulator's", "the emulator's"] == [
        service._sort_key_value(*given) for given in (({"S": "b"}, "S"), ({"N": "1"}, "N"), (None, "S"))
    ]


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
