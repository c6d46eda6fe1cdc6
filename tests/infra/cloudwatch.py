"""CloudWatch as far as our template uses it: filter patterns over log lines, expressions over series, alarms over both.

Read from docs.aws.amazon.com: FilterAndPatternSyntax (JSON events), using-metric-math, AlarmThatSendsEmail. What the
template does not use is refused, so that nothing is quietly taken for granted.
"""

import ast
import json
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Any

type Value = float | None
type Series = list[Value]
"""One value for each period, None where nothing was measured."""
type Node = Mapping[str, Any]

TOKEN = re.compile(r"\s*(&&|\|\||!=|<=|>=|[{}()=<>]|\"[^\"]*\"|\$[\w.\-]+|[\w.*\-]+)")
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def matches(pattern: str, line: str) -> bool:
    """Whether a JSON filter pattern matches a log line; one that is no JSON object matches none."""
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and _Pattern(pattern, event).holds()


class _Pattern:
    """Reads a pattern once, from left to right: `&&` binds more closely than `||`."""

    def __init__(self, pattern: str, event: Mapping[str, Any]) -> None:
        text = pattern.strip()
        if not (text.startswith("{") and text.endswith("}")):
            raise ValueError(f"no pattern for JSON: {pattern}")
        self._tokens = TOKEN.findall(text[1:-1])
        if "".join(self._tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text[1:-1]):
            raise ValueError(f"unreadable pattern: {pattern}")
        self._event = event

    def holds(self) -> bool:
        """Whether the event is one of those that are meant."""
        held = self._any()
        if self._tokens:
            raise ValueError(f"unread rest of a pattern: {self._tokens}")
        return held

    def _any(self) -> bool:
        held = [self._all()]
        while self._taken("||"):
            held.append(self._all())
        return any(held)

    def _all(self) -> bool:
        held = [self._one()]
        while self._taken("&&"):
            held.append(self._one())
        return all(held)

    def _one(self) -> bool:
        if self._taken("("):
            held = self._any()
            if not self._taken(")"):
                raise ValueError("a bracket is not closed")
            return held
        found: Any = self._event
        for name in self._tokens.pop(0).removeprefix("$.").split("."):
            found = found.get(name) if isinstance(found, dict) else None
        sign, wanted = self._tokens.pop(0), self._tokens.pop(0)
        if found is None:
            return False  # also for `!=`: what is not there is not compared
        if wanted.startswith('"') or "*" in wanted:
            text = wanted.strip('"')
            same = isinstance(found, str) and (fnmatchcase(found, text) if "*" in text else found == text)
            return same if sign == "=" else not same
        return COMPARED[sign](float(found), float(wanted)) if isinstance(found, int | float) else False

    def _taken(self, token: str) -> bool:
        if self._tokens and self._tokens[0] == token:
            self._tokens.pop(0)
            return True
        return False


def evaluated(expression: str, series: Mapping[str, Series]) -> Series:
    """What an expression of metric math makes of series of equal length."""
    python = re.sub(r"\bAND\b", "&", re.sub(r"\bOR\b", "|", expression))
    # Python's & and | bind more closely than comparisons, CloudWatch's AND and OR do not.
    tree = ast.parse(python.replace("&", " and ").replace("|", " or "), mode="eval").body
    length = len(next(iter(series.values())))
    return _math(tree, series, length)


CALCULATED: dict[type[ast.AST], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Gt: lambda a, b: float(a > b),
    ast.GtE: lambda a, b: float(a >= b),
    ast.Lt: lambda a, b: float(a < b),
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}


def _math(node: ast.expr, series: Mapping[str, Series], length: int) -> Series:
    def value(part: ast.expr) -> Series:
        return _math(part, series, length)

    match node:
        case ast.Constant(value=int() | float() as number):
            return [float(number)] * length
        case ast.Name(id=name):
            return series[name]
        case ast.BinOp(left=left, op=sign, right=right) | ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _each(CALCULATED[type(sign)], value(left), value(right))
        case ast.BoolOp(op=sign, values=[left, right]):
            return _each(CALCULATED[type(sign)], value(left), value(right))
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in FUNCTIONS:
            return FUNCTIONS[name](*(value(argument) for argument in arguments))
    raise ValueError(f"not known here: {ast.unparse(node)}")


def _fill(values: Series, filling: Series) -> Series:
    return [b if a is None else a for a, b in zip(values, filling, strict=True)]


def _diff(values: Series) -> Series:
    return [None, *(None if a is None or b is None else b - a for a, b in pairwise(values))]


def _if(when: Series, then: Series, otherwise: Series) -> Series:
    return [None if a is None else b if a else c for a, b, c in zip(when, then, otherwise, strict=True)]


FUNCTIONS: dict[str, Callable[..., Series]] = {"FILL": _fill, "DIFF": _diff, "IF": _if}


def _each(calculate: Callable[[float, float], float], left: Series, right: Series) -> Series:
    pairs = zip(left, right, strict=True)
    return [None if a is None or b is None else calculate(a, b) for a, b in pairs]


class Metrics:
    """What was measured, minute by minute.

    A metric is known by its namespace, its name, and which resources its dimensions name.
    """

    def __init__(self, minutes: int = 30) -> None:
        self._minutes = minutes
        self._values: dict[tuple[str, str, str], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))

    def measure(self, namespace: str, name: str, of: str = "", *, minute: int, value: float = 1) -> None:
        """Note a value."""
        self._values[namespace, name, of][minute].append(value)

    def filter(self, filters: Mapping[str, Node], group: str, line: str, *, minute: int) -> None:
        """Have the template's metric filters on a log group read a line that was written there."""
        for given in filters.values():
            if given["LogGroupName"] == {"Ref": group} and matches(given["FilterPattern"], line):
                for made in given["MetricTransformations"]:
                    of = [
                        str(json.loads(line).get(each["Value"].removeprefix("$.")))
                        for each in made.get("Dimensions", [])
                    ]
                    value = float(made["MetricValue"])
                    self.measure("ours", made["MetricName"], ",".join(of), minute=minute, value=value)

    def series(self, metric: Node, period: int, statistic: str) -> Series:
        """A metric as an alarm sees it."""
        namespace = metric["Namespace"] if isinstance(metric["Namespace"], str) else "ours"
        of = ",".join(_named(each["Value"]) for each in metric.get("Dimensions", []))
        measured, step = self._values.get((namespace, metric["MetricName"], of), {}), period // 60
        periods = [
            [value for minute in range(start, start + step) for value in measured.get(minute, [])]
            for start in range(0, self._minutes, step)
        ]
        return [STATISTICS[statistic](values) if values else None for values in periods]


STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {"Sum": sum, "Maximum": max}


def _named(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def seen(alarm: Node, metrics: Metrics) -> Series:
    """The series that an alarm compares with its threshold."""
    if "Metrics" not in alarm:
        return metrics.series(alarm, alarm["Period"], alarm["Statistic"])
    known: dict[str, Series] = {}
    [result] = [each["Id"] for each in alarm["Metrics"] if each.get("ReturnData", True)]
    for each in alarm["Metrics"]:
        if "Expression" in each:
            known[each["Id"]] = evaluated(each["Expression"], known)
        else:
            stat = each["MetricStat"]
            known[each["Id"]] = metrics.series(stat["Metric"], stat["Period"], stat["Stat"])
    return known[result]


def raised(alarm: Node, metrics: Metrics) -> list[bool]:
    """Whether the alarm is raised, at the end of each period."""
    if (alarm["ComparisonOperator"], alarm["TreatMissingData"]) != ("GreaterThanThreshold", "notBreaching"):
        raise ValueError("not known here")
    breaching = [value is not None and value > alarm["Threshold"] for value in seen(alarm, metrics)]
    periods: int = alarm["EvaluationPeriods"]
    needed: int = alarm.get("DatapointsToAlarm", periods)
    return [sum(breaching[max(0, end - periods) : end]) >= needed for end in range(1, len(breaching) + 1)]
