"""What CloudWatch measures of queues and functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pm_assistant.aws.failures import translated
from pm_assistant.domain.health import FunctionHealth, QueueHealth, StageHealth

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
PERIOD = 300
"""Seconds that a figure is of: SQS tells its own every five minutes."""


class Point(NamedTuple):
    """A figure of some minutes."""

    at: datetime
    value: float


class CloudWatchMetrics:
    """All of it by one question (`StageMetrics`), which costs by the figure: some cents a month, asked once an hour.

    Of a queue that nothing has touched for hours, and of a function that nobody calls, CloudWatch tells nothing.

    Args:
        client: of CloudWatch.
        queues: the queue of each stage and where it parks, by their names.
        functions: by what we call them, and by what Lambda does.
    """

    def __init__(self, client: Any, *, queues: Mapping[str, tuple[str, str]], functions: Mapping[str, str]) -> None:
        self._client = client
        self._queues = queues
        self._functions = functions

    def read(self, at: datetime) -> StageHealth:
        """Ask for a day, of which the last hour is a part."""
        points = self._points(at)
        return StageHealth(
            looked_at=at,
            measured=any(points.values()),
            queues=tuple(
                QueueHealth(
                    name=name,
                    oldest_seconds=max((each.value for each in _since(at - AN_HOUR, points[f"age{n}"])), default=None),
                    waiting=_latest(_since(at - AN_HOUR, points[f"waiting{n}"])),
                    parked=_latest(points[f"parked{n}"]),
                )
                for n, name in enumerate(self._queues)
            ),
            functions=tuple(
                FunctionHealth(
                    name=name,
                    calls_of_hour=_sum(_since(at - AN_HOUR, points[f"calls{n}"])),
                    errors_of_hour=_sum(_since(at - AN_HOUR, points[f"errors{n}"])),
                    calls_of_day=_sum(points[f"calls{n}"]),
                    errors_of_day=_sum(points[f"errors{n}"]),
                )
                for n, name in enumerate(self._functions)
            ),
        )

    def _points(self, at: datetime) -> Mapping[str, Sequence[Point]]:
        """What each question was answered with, by its id."""
        found: dict[str, list[Point]] = defaultdict(list)
        with translated():
            pages = self._client.get_paginator("get_metric_data").paginate(
                MetricDataQueries=list(self._queries()), StartTime=at - A_DAY, EndTime=at
            )
            for page in pages:
                for result in page["MetricDataResults"]:
                    found[result["Id"]] += map(Point, result["Timestamps"], result["Values"])
        return found

    def _queries(self) -> Iterator[Mapping[str, Any]]:
        for n, (queue, letters) in enumerate(self._queues.values()):
            yield _query(f"age{n}", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", QueueName=queue)
            yield _query(f"waiting{n}", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=queue)
            yield _query(f"parked{n}", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", QueueName=letters)
        for n, function in enumerate(self._functions.values()):
            yield _query(f"calls{n}", "AWS/Lambda", "Invocations", "Sum", FunctionName=function)
            yield _query(f"errors{n}", "AWS/Lambda", "Errors", "Sum", FunctionName=function)


def _query(id: str, namespace: str, metric: str, statistic: str, **dimensions: str) -> Mapping[str, Any]:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    asked = {"Namespace": namespace, "MetricName": metric, "Dimensions": named}
    return {"Id": id, "MetricStat": {"Metric": asked, "Period": PERIOD, "Stat": statistic}}


def _since(at: datetime, points: Sequence[Point]) -> Sequence[Point]:
    return [point for point in points if point.at >= at]


def _latest(points: Sequence[Point]) -> int | None:
    return int(max(points).value) if points else None


def _sum(points: Sequence[Point]) -> int:
    return int(sum(point.value for point in points))
