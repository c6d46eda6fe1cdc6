"""Linear's filters, order and pages over plain mappings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from graphql import GraphQLError

from infra.sandbox.core.state import Json

DEFAULT_PAGE = 50
MAX_PAGE = 250

_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "eq": lambda value, other: value == other,
    "neq": lambda value, other: value != other,
    "in": lambda value, others: value in _listed(others),
    "nin": lambda value, others: value not in _listed(others),
    "lt": lambda value, other: _ordered(value) < _ordered(other),
    "lte": lambda value, other: _ordered(value) <= _ordered(other),
    "gt": lambda value, other: _ordered(value) > _ordered(other),
    "gte": lambda value, other: _ordered(value) >= _ordered(other),
    "contains": lambda value, other: str(other) in str(value),
    "containsIgnoreCase": lambda value, other: str(other).lower() in str(value).lower(),
    "eqIgnoreCase": lambda value, other: str(other).lower() == str(value).lower(),
    "startsWith": lambda value, other: str(value).startswith(str(other)),
    "endsWith": lambda value, other: str(value).endswith(str(other)),
}
# What is not there is neither before nor after anything.
_NEEDS_A_VALUE = {"lt", "lte", "gt", "gte", "contains", "containsIgnoreCase", "eqIgnoreCase", "startsWith", "endsWith"}


def matches(subject: Mapping[str, object], condition: Json | None) -> bool:
    """Whether a thing satisfies a filter; relations are mappings behind a callable, as the resolvers read them."""
    return all(_holds(subject, name, operand) for name, operand in (condition or {}).items() if operand is not None)


def page[T: Mapping[str, object]](items: Sequence[T], arguments: Json) -> Json:
    """Filter, order (newest first, as Linear) and cut a connection; a cursor is the id of the last node."""
    order = arguments.get("orderBy") or ""
    chosen = [item for item in items if matches(item, arguments.get("filter"))]
    if chosen and order in chosen[0]:
        chosen.sort(key=lambda item: (_ordered(item[order]), str(item["id"])), reverse=True)
    first = arguments.get("first") or DEFAULT_PAGE
    if not 1 <= first <= MAX_PAGE:
        raise GraphQLError(f"first must be between 1 and {MAX_PAGE}", extensions={"code": "INPUT_ERROR"})
    start = 0
    if after := arguments.get("after"):
        ids = [item["id"] for item in chosen]
        if after not in ids:
            raise GraphQLError("after is not a cursor of this list", extensions={"code": "INPUT_ERROR"})
        start = ids.index(after) + 1
    nodes = chosen[start : start + first]
    return {
        "nodes": nodes,
        "pageInfo": {
            "hasNextPage": start + first < len(chosen),
            "hasPreviousPage": start > 0,
            "startCursor": nodes[0]["id"] if nodes else None,
            "endCursor": nodes[-1]["id"] if nodes else None,
        },
    }


def _holds(subject: Mapping[str, object], name: str, operand: object) -> bool:
    if name == "and":
        return all(matches(subject, each) for each in _listed(operand))
    if name == "or":
        return any(matches(subject, each) for each in _listed(operand))
    value = subject[name]
    if callable(value):
        value = value(None)
    condition = operand if isinstance(operand, dict) else {}
    if "null" in condition and condition["null"] is not None and condition["null"] != (value is None):
        return False
    rest = {key: each for key, each in condition.items() if key != "null"}
    if isinstance(value, Mapping):
        return matches(value, rest)
    return all(_compares(key, value, other) for key, other in rest.items())


def _compares(key: str, value: object, other: object) -> bool:
    if key not in _COMPARE:
        # A relation that is not there has no fields to compare.
        return False
    return (value is not None or key not in _NEEDS_A_VALUE) and _COMPARE[key](value, other)


def _listed(values: object) -> list[Json]:
    return list(values) if isinstance(values, list | tuple) else []


def _ordered(value: object) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return float(str(value))
