"""What CloudWatch measures is read by one question, and what it does not tell is not made up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from pm_assistant.aws.metrics import CloudWatchMetrics
from pm_assistant.domain.errors import Misconfigured, ProductError, UpstreamError
from pm_assistant.domain.health import FunctionHealth, QueueHealth

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
QUEUES = {"events": ("pm-EventsQueue-1", "pm-EventsDeadLetters-1"), "runs": ("pm-RunsQueue-1", "pm-RunsDeadLetters-1")}
FUNCTIONS = {"act": "pm-ActFunction-1"}
type Told = Mapping[str, Sequence[tuple[int, float]]]
"""Figures by the metric and what it is of: how many minutes ago, and the value."""


class Paginated:
    """A client with that one question, whose answers come two to a page."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.asked: list[Mapping[str, Any]] = []

    def get_paginator(self, operation: str) -> "Paginated":
        """The only one there is."""
        assert "get_metric_data" == operation
        return self

    def paginate(self, **asked: Any) -> Iterator[Mapping[str, Any]]:
        """Answer, if botocore would let the question out."""
        check_question(asked)
        self.asked.append(asked)
        answers = [self._answer(query) for query in asked["MetricDataQueries"]]
        for start in range(0, len(answers), 2):
            yield {"MetricDataResults": answers[start : start + 2]}

    def _answer(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        metric = query["MetricStat"]["Metric"]
        points = self.told.get(f"{metric['MetricName']} of {metric['Dimensions'][0]['Value']}", ())
        moments = [NOW - timedelta(minutes=ago) for ago, _ in points]
        return {"Id": query["Id"], "Timestamps": moments, "Values": [value for _, value in points]}


def check_question(asked: Mapping[str, Any]) -> None:
    """Hold a question to botocore's own description of it."""
    client = boto3.client("cloudwatch", region_name="eu-central-1")
    with Stubber(client) as stubber:
        stubber.add_response("get_metric_data", {"MetricDataResults": []})
        client.get_metric_data(**asked)


def read(told: Told) -> tuple[tuple[QueueHealth, ...], tuple[FunctionHealth, ...], bool]:
    """What is made of what CloudWatch tells."""
    health = CloudWatchMetrics(Paginated(told), queues=QUEUES, functions=FUNCTIONS).read(NOW)
    assert NOW == health.looked_at
    return health.queues, health.functions, health.measured


def test_waits_are_of_an_hour_and_errors_of_an_hour_and_a_day() -> None:
    """The longest wait, the latest number, the sum of calls; in whatever order the figures come."""
    (events, runs), (act,), measured = read(
        {
            "ApproximateAgeOfOldestMessage of pm-EventsQueue-1": [(5, 12.0), (50, 340.0), (90, 9_000.0)],
            "ApproximateNumberOfMessagesVisible of pm-EventsQueue-1": [(50, 80.0), (5, 3.0), (10, 7.0)],
            "ApproximateNumberOfMessagesVisible of pm-EventsDeadLetters-1": [(600, 2.0), (900, 5.0)],
            "Invocations of pm-ActFunction-1": [(5, 10.0), (55, 30.0), (65, 100.0), (1_400, 200.0)],
            "Errors of pm-ActFunction-1": [(5, 1.0), (65, 4.0)],
        }
    )

    assert QueueHealth(name="events", oldest_seconds=340, waiting=3, parked=2) == events
    assert QueueHealth(name="runs", oldest_seconds=None, waiting=None, parked=None) == runs
    assert FunctionHealth(name="act", calls_of_hour=40, errors_of_hour=1, calls_of_day=340, errors_of_day=5) == act
    assert measured


def test_where_nothing_is_told_nothing_is_known() -> None:
    """A queue without figures is not one without messages."""
    queues, functions, measured = read({})

    assert not measured
    assert {(None, None, None)} == {(each.oldest_seconds, each.waiting, each.parked) for each in queues}
    assert [(0, 0)] == [(each.calls_of_day, each.errors_of_day) for each in functions]


def test_all_is_asked_at_once_and_for_a_day() -> None:
    """Whatever the number of queues and functions: CloudWatch takes 500 questions in one."""
    client = Paginated({})

    CloudWatchMetrics(client, queues=QUEUES, functions=FUNCTIONS).read(NOW)

    [asked] = client.asked
    assert (NOW - timedelta(days=1), NOW) == (asked["StartTime"], asked["EndTime"])
    assert 3 * len(QUEUES) + 2 * len(FUNCTIONS) == len({query["Id"] for query in asked["MetricDataQueries"]})


@pytest.mark.parametrize(
    ("code", "status", "error"), [("AccessDenied", 403, Misconfigured), ("InternalServiceFault", 500, UpstreamError)]
)
def test_what_cloudwatch_does_not_answer_is_an_error_of_ours(code: str, status: int, error: type[ProductError]) -> None:
    """A right that is missing is the deployment's fault, all else passes."""
    client = boto3.client("cloudwatch", region_name="eu-central-1")
    metrics = CloudWatchMetrics(client, queues=QUEUES, functions=FUNCTIONS)
    with Stubber(client) as stubber:
        stubber.add_client_error("get_metric_data", code, http_status_code=status)
        with pytest.raises(error):
            metrics.read(NOW)
