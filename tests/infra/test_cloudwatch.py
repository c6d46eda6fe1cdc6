"""The stand-in for CloudWatch reads patterns and expressions as CloudWatch does."""

import json
from typing import Any

import pytest

from tests.infra.cloudwatch import Metrics, evaluated, matches, raised

LINE = {"message": "message parked", "error": "NotFound", "status": 503, "about": {"kind": "comment"}}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.message = "message parked" }', True),
        ('{ $.message = "message*" }', True),
        ('{ $.message = "message" }', False),
        ('{ $.message != "other" }', True),
        ('{ $.absent != "other" }', False),
        ('{ $.about.kind = "comment" }', True),
        ("{ $.status >= 500 }", True),
        ("{ $.status = 500 }", False),
        ('{ $.message = "x" && $.error = "y" || $.status = 503 }', True),
        ('{ $.message = "x" && ($.error = "y" || $.status = 503) }', False),
        ('{ ($.error = "NotFound") && ($.status < 504) }', True),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, expected: bool) -> None:
    """Texts, numbers, nested fields; what is not there is neither equal nor unequal."""
    assert expected is matches(pattern, json.dumps(LINE))
    assert not matches(pattern, "START RequestId: 1")


@pytest.mark.parametrize("pattern", ["ERROR", "{ $.a ~ 1 }", '{ $.message = "x" ; }', '{ ($.message = "x" }'])
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    """A guess would pass for a test."""
    with pytest.raises(ValueError, match=r"pattern|bracket"):
        matches(pattern, json.dumps(LINE))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [None, 3, 5]),
        ("FILL(a, 0) + b", [1, 3, 5]),
        ("DIFF(b)", [None, 1, 1]),
        ("2 * b - DIFF(b)", [None, 3, 5]),
        ("IF(b > 1 AND b > 2, b, 0)", [0, 0, 3]),
        ("IF(b > 2 OR b < 2, b, 0)", [1, 0, 3]),
        ("DIFF(FILL(a, 0)) - 1", [None, 0, 0]),
    ],
)
def test_an_expression_is_worked_out_period_by_period(expression: str, expected: list[float | None]) -> None:
    """What is missing stays missing unless it is filled."""
    assert expected == evaluated(expression, {"a": [None, 1, 2], "b": [1, 2, 3]})


def test_an_expression_that_is_not_understood_is_refused() -> None:
    """As above."""
    with pytest.raises(ValueError, match="not known here"):
        evaluated("RATE(a)", {"a": [1]})


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"EvaluationPeriods": 1}, [False, True, False, True, True, False]),
        ({"EvaluationPeriods": 2}, [False, False, False, False, True, False]),
        ({"EvaluationPeriods": 3, "DatapointsToAlarm": 1}, [False, True, True, True, True, True]),
    ],
)
def test_an_alarm_is_raised_when_enough_periods_are_over_the_threshold(needs: Any, expected: list[bool]) -> None:
    """A period without a value is not."""
    metrics = Metrics(minutes=6)
    for minute, value in ((1, 2), (2, 1), (3, 2), (4, 9)):
        metrics.measure("AWS/SQS", "Age", "Queue", minute=minute, value=value)
    alarm = {
        "Namespace": "AWS/SQS",
        "MetricName": "Age",
        "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Queue", "QueueName"]}}],
        "Statistic": "Maximum",
        "Period": 60,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    assert expected == raised({**alarm, **needs}, metrics)
