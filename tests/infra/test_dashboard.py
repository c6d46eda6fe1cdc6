"""What the dashboard shows is there: each metric is one that AWS publishes of our resources, or that our log makes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from functions.act import app as act
from functions.analyze import app as analyze
from functions.run import app as run
from pm_assistant.domain import errors
from pm_assistant.domain.decisions import ActionRequest, DecisionState
from pm_assistant.domain.jobs import Recurring, RecurringDue
from pm_assistant.domain.messages import ActionsMessage, JobsMessage
from pm_assistant.workflows.code.recurring import Outcome
from tests import leaks
from tests.aws.emulated import aws
from tests.builders import ACME, NOW
from tests.infra.cloudwatch import Metrics
from tests.infra.test_alarms import FILTERS, Stage, kinds
from tests.infra.test_template import FUNCTIONS, MAPPINGS, QUEUES, ROOT, resources, template

type Node = dict[str, Any]
type Metric = tuple[str, str, tuple[tuple[str, str], ...]]
"""Namespace, name, and dimensions with what each is said to be, as a template says it."""

PUBLISHED: dict[str, tuple[set[str], dict[str, str | tuple[str, str]]]] = {
    "AWS/SQS": (
        {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent"},
        {"QueueName": ("AWS::SQS::Queue", ".QueueName")},
    ),
    "AWS/Lambda": (
        {"Duration", "Errors", "Throttles", "RecursiveInvocationsDropped"},
        {"FunctionName": ("AWS::Serverless::Function", "")},
    ),
    "AWS/ApiGateway": (
        {"4xx", "5xx", "Count", "Latency"},
        {"ApiId": ("AWS::Serverless::HttpApi", ""), "Stage": "$default"},
    ),
    "AWS/Scheduler": (
        {"InvocationAttemptCount", "InvocationDroppedCount", "InvocationsSentToDeadLetterCount"},
        {"ScheduleGroup": ("AWS::Scheduler::ScheduleGroup", "")},
    ),
    "AWS/Events": (
        {"InvocationsFailedToBeSentToDlq", "InvocationsSentToDlq"},
        {"RuleName": ("AWS::Events::Rule", "")},
    ),
    "AWS/DynamoDB": (
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"},
        {"TableName": ("AWS::DynamoDB::Table", "")},
    ),
    "AWS/SES": (
        {"Bounce", "Complaint", "Delivery", "Reject", "Send"},
        {"ses:configuration-set": ("AWS::SES::ConfigurationSet", "")},
    ),
}
"""By namespace: names, and of what kind of resource, by which attribute, each dimension is the name.

Read from docs.aws.amazon.com: sqs-available-cloudwatch-metrics, lambda monitoring-metrics-types, http-api-metrics,
scheduler monitoring-cloudwatch, eventbridge eb-monitoring, dynamodb metrics-dimensions,
ses event-publishing-retrieving-cloudwatch.
"""
OURS = "${AWS::StackName}"
RESOURCES = template()
INTEGRATIONS = ROOT / "shared" / "pm_assistant" / "integrations"
for adapter in INTEGRATIONS.rglob("*.py"):  # what they raise is known once they are
    import_module(".".join(adapter.relative_to(ROOT / "shared").with_suffix("").parts))


def widgets() -> list[Node]:
    """The dashboard's."""
    [given] = resources("AWS::CloudWatch::Dashboard").values()
    found: list[Node] = json.loads(given["DashboardBody"]["Fn::Sub"])["widgets"]
    return found


def shown() -> list[Metric]:
    """Every metric of the dashboard."""
    found = []
    for widget in widgets():
        for each in widget["properties"].get("metrics", []):
            namespace, name, *dimensions = [part for part in each if isinstance(part, str)]
            found.append((namespace, name, tuple(zip(dimensions[::2], dimensions[1::2], strict=True))))
    return found


def watched() -> Iterator[Metric]:
    """Every metric of an alarm."""

    def said(value: Any) -> str:
        if isinstance(value, str):
            return value
        return f"${{{value['Ref']}}}" if "Ref" in value else f"${{{'.'.join(value['Fn::GetAtt'])}}}"

    for alarm in resources("AWS::CloudWatch::Alarm").values():
        stats = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", [alarm]) if "MetricStat" in each]
        for given in stats or [alarm]:
            dimensions = tuple((each["Name"], said(each["Value"])) for each in given.get("Dimensions", []))
            yield said(given["Namespace"]), given["MetricName"], dimensions


def made_by_our_log() -> dict[str, set[str]]:
    """Metrics that our filters make, with the names of their dimensions."""
    return {
        made["MetricName"]: {each["Key"] for each in made.get("Dimensions", [])}
        for given in FILTERS.values()
        for made in given["MetricTransformations"]
    }


@pytest.mark.parametrize("metric", sorted({*shown(), *watched()}), ids=lambda metric: "-".join(metric[:2]))
def test_a_metric_that_is_shown_or_watched_is_there(metric: Metric) -> None:
    """By its exact name and dimensions: of any others CloudWatch shows nothing, and never rings."""
    namespace, name, dimensions = metric
    if namespace == OURS:
        assert made_by_our_log()[name] == {key for key, _ in dimensions}
        return
    names, needed = PUBLISHED[namespace]
    assert name in names
    assert needed.keys() == dict(dimensions).keys()
    for key, value in dimensions:
        expected = needed[key]
        if isinstance(expected, str):
            assert expected == value
            continue
        kind, attribute = expected
        found = re.fullmatch(r"\$\{(\w+)(\.\w+)?\}", value)
        assert found
        assert (kind, attribute) == (RESOURCES[found[1]]["Type"], found[2] or "")


def test_every_queue_function_and_alarm_is_on_the_dashboard() -> None:
    """A new one has its place there, too."""
    named = {(name, value) for _, name, dimensions in shown() for _, value in dimensions}
    for function in FUNCTIONS:
        assert {(name, f"${{{function}}}") for name in ("Duration", "Errors", "Throttles")} <= named
    for queue in QUEUES:
        assert ("ApproximateNumberOfMessagesVisible", f"${{{queue}.QueueName}}") in named
    assert len(MAPPINGS) == sum(name == "ApproximateAgeOfOldestMessage" for name, _ in named)
    [alarms] = [widget["properties"]["alarms"] for widget in widgets() if widget["type"] == "alarm"]
    assert sorted(f"${{{name}.Arn}}" for name in resources("AWS::CloudWatch::Alarm")) == sorted(alarms)


def test_a_dashboard_is_of_this_stack_and_region() -> None:
    """Two stages in one account do not share one, and CloudWatch asks for the region in each widget."""
    [given] = resources("AWS::CloudWatch::Dashboard").values()
    assert {"Ref": "AWS::StackName"} == given["DashboardName"]
    assert {"${AWS::Region}"} == {each["properties"]["region"] for each in widgets() if each["type"] == "metric"}


def counted(group: str) -> Metrics:
    """What CloudWatch makes of the lines that were logged."""
    metrics = Metrics()
    for line in leaks.LINES:
        metrics.filter(FILTERS, group, line, minute=1)
    return metrics


def is_shown(metrics: Metrics, name: str, *dimensions: tuple[str, str]) -> bool:
    """Whether a metric was measured and is on the dashboard."""
    metric = {
        "Namespace": {"Ref": "AWS::StackName"},
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
    }
    return 1 in metrics.series(metric, 60, "Sum") and (OURS, name, dimensions) in shown()


@contextmanager
def no_unit(*_: object) -> Iterator[None]:
    """A unit of work that nobody looks into."""
    yield None


@pytest.mark.parametrize("state", sorted(set(DecisionState) - {DecisionState.ACTING}))
def test_decisions_are_counted_by_what_became_of_them(state: DecisionState, monkeypatch: pytest.MonkeyPatch) -> None:
    """When they are made, or when they are carried out; by the lines that the functions log."""
    decision = SimpleNamespace(
        tenant_id=ACME,
        id="d",
        action=SimpleNamespace(kind="comment"),
        state=state,
        confidence=1,
        model="m",
        fallback=None,
        not_shown="",
    )
    analysis = SimpleNamespace(decisions=[decision], skipped=None, unusable=[])
    for app in (analyze, act):
        monkeypatch.setattr(app, "settings", lambda: None)
        monkeypatch.setattr(app, "is_withheld", lambda *_: False)
        monkeypatch.setattr(app, "open_unit", no_unit)
    monkeypatch.setattr(analyze, "analyze", lambda *_: analysis)
    monkeypatch.setattr(act, "act", lambda *_: [decision])
    monkeypatch.setattr(act, "refresh_homes", lambda _: None)
    envelope: Any = SimpleNamespace(tenant_id=ACME, event=SimpleNamespace(type="message"))

    analyze.on_event(envelope)
    made = is_shown(counted("AnalyzeLogs"), "Decided", ("state", state))
    leaks.LINES.clear()
    act.on_message(ActionsMessage(ActionRequest(tenant_id=ACME, decision_id="d")))
    carried_out = is_shown(counted("ActLogs"), "Acted", ("state", state))

    assert made or carried_out


@pytest.mark.parametrize("outcome", Outcome)
def test_what_recurs_is_counted_by_what_came_of_it(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the line that the function logs of each hour and day."""
    monkeypatch.setattr(run, "settings", lambda: None)
    monkeypatch.setattr(run, "AwsUnit", lambda *_: None)
    monkeypatch.setattr(run, "recur", lambda *_: outcome)

    run.on_message(JobsMessage(RecurringDue(tenant_id=ACME, kind=Recurring.COMPARISON, due_at=NOW)))

    assert is_shown(counted("RunLogs"), "Recurred", ("outcome", outcome))


@pytest.mark.parametrize("error", kinds(errors.UpstreamError), ids=lambda kind: kind.__name__)
def test_a_vendors_failures_are_counted_by_family(error: type[errors.ProductError]) -> None:
    """Whatever an adapter calls its own, and whatever becomes of the message."""
    with aws():
        Stage("Events").fail(error.__new__(error, ""))  # some are made of more than a text, which does not matter here
    [line] = [line for line in leaks.LINES if "family" in line]
    leaks.LINES[:] = [line]
    family = ("family", json.loads(line)["family"])
    for group in ("AnalyzeLogs", "ActLogs", "ReportLogs", "RunLogs"):
        assert (error is not errors.UpstreamError) is is_shown(counted(group), "VendorFailures", family)


@pytest.mark.parametrize(("status", "expected"), [("200", True), ("401", False)])
def test_webhooks_that_were_answered_are_counted_by_the_gateways_log(status: str, expected: bool) -> None:
    """Of all vendors; no other route."""
    [api] = resources("AWS::Serverless::HttpApi").values()
    for route in ("POST /webhooks/slack", "POST /auth/{proxy+}"):
        written = api["AccessLogSettings"]["Format"].replace("$context.routeKey", route)
        line = written.replace("$context.status", status)
        leaks.LINES[:] = [line]
        assert json.loads(line)["route"] == route
        assert (expected and "webhooks" in route) is is_shown(counted("AccessLogs"), "AnsweredWebhooks")
