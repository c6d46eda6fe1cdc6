"""DynamoDB: a condition is read once, not anew for every row of a partition that it is held against."""

import re
from collections.abc import Callable
from functools import lru_cache
from types import ModuleType
from typing import Any

KEY_CONDITION = "KeyConditionExpression"
PREFIX = re.compile(r"begins_with ?\((#\w+), ?(:\w+)\)")
RANGE = re.compile(r"(#\w+) BETWEEN (:\w+) AND (:\w+)")

type Record = dict[str, Any]


def quick(dynamodb: ModuleType) -> dict[str, Callable[..., Any]]:
    """What reads and evaluates conditions, to replace the emulator's own; what they say stays as it is."""
    tokens, evaluate = lru_cache(1024)(dynamodb._tokenize), dynamodb._evaluate_condition

    def evaluated(
        expression: str, item: Record, values: Record, names: Record, slot: str = "ConditionExpression"
    ) -> Any:
        if slot == KEY_CONDITION and not _may_fit(expression, item, values, names):
            return False
        return evaluate(expression, item, values, names, slot=slot)

    return {
        "_tokenize": lambda expression: list(tokens(expression)),
        "_condition_syntax_error": lru_cache(1024)(dynamodb._condition_syntax_error),
        "_evaluate_condition": evaluated,
    }


def _may_fit(expression: str, item: Record, values: Record, names: Record) -> bool:
    """Whether a row may fit a key condition: it does not where its sort key has another prefix, or is out of range.

    Keys are strings, which sort by their code points as DynamoDB sorts them by their bytes.
    """
    prefix, between = _sort_condition(expression)
    if prefix:
        name, start = prefix
        return _text(item, names[name]).startswith(_text(values, start))
    if between:
        name, low, high = between
        return _text(values, low) <= _text(item, names[name]) <= _text(values, high)
    return True


@lru_cache(1024)
def _sort_condition(expression: str) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    prefix, between = PREFIX.search(expression), RANGE.search(expression)
    return prefix and prefix.groups(), between and between.groups()


def _text(attributes: Record, name: str) -> str:
    text: str = attributes[name]["S"]
    return text
