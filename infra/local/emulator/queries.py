"""DynamoDB: a condition is read once a request, not anew for every row of a partition that it is held against."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import ge, gt, le, lt
from types import ModuleType
from typing import Any, NamedTuple

KEY_CONDITION = "KeyConditionExpression"
IN_PARTITION = r"\(#\w+ = :\w+ AND %s\)"
"""As PynamoDB writes a condition on a sort key; the emulator looks for rows in the partition alone."""
PREFIX = re.compile(IN_PARTITION % r"begins_with \((#\w+), (:\w+)\)")
RANGE = re.compile(IN_PARTITION % r"(#\w+) BETWEEN (:\w+) AND (:\w+)")
COMPARISON = re.compile(IN_PARTITION % r"(#\w+) (<=?|>=?) (:\w+)")
COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}

type Record = dict[str, Any]
type Fits = Callable[[Record], bool]


class _Asked(NamedTuple):
    """The key condition of one request, which the emulator holds against every row of a partition."""

    expression: str
    values: Record
    names: Record
    fits: Fits | None


def quick(dynamodb: ModuleType) -> dict[str, Callable[..., Any]]:
    """What reads and evaluates conditions, to replace the emulator's own; what they say stays as it is."""
    tokens, evaluate = lru_cache(1024)(dynamodb._tokenize), dynamodb._evaluate_condition
    sort_key_value = dynamodb._sort_key_value
    last: _Asked | None = None

    def evaluated(
        expression: str, item: Record, values: Record, names: Record, slot: str = "ConditionExpression"
    ) -> Any:
        nonlocal last
        if slot == KEY_CONDITION:
            asked = last  # Requests are answered at the same time: another may be the last by the next line.
            if (
                asked is None
                or asked.values is not values
                or asked.names is not names
                or asked.expression != expression
            ):
                asked = last = _Asked(expression, values, names, _fitting(expression, values, names))
            if asked.fits is not None:
                return asked.fits(item)
        return evaluate(expression, item, values, names, slot=slot)

    def sorted_by(attribute: Record | None, kind: str) -> Any:
        return attribute["S"] if attribute and kind == "S" else sort_key_value(attribute, kind)

    return {
        "_tokenize": lambda expression: list(tokens(expression)),
        "_condition_syntax_error": lru_cache(1024)(dynamodb._condition_syntax_error),
        "_evaluate_condition": evaluated,
        "_sort_key_value": sorted_by,
    }


def _fitting(expression: str, values: Record, names: Record) -> Fits | None:
    """What tells of a row whether its sort key is as asked; None of a condition that the emulator is to evaluate.

    Keys are strings, which sort by their code points as DynamoDB sorts them by their bytes.
    """
    if prefix := PREFIX.fullmatch(expression):
        name, start = names[prefix[1]], _text(values, prefix[2])
        return lambda item: _text(item, name).startswith(start)
    if between := RANGE.fullmatch(expression):
        name, low, high = names[between[1]], _text(values, between[2]), _text(values, between[3])
        return lambda item: low <= _text(item, name) <= high
    if comparison := COMPARISON.fullmatch(expression):
        name, compare, bound = names[comparison[1]], COMPARISONS[comparison[2]], _text(values, comparison[3])
        return lambda item: compare(_text(item, name), bound)
    return None


def _text(attributes: Record, name: str) -> str:
    text: str = attributes[name]["S"]
    return text
