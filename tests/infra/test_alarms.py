"""Every alarm is made to fire by what really happens: lines our log wrote, answers given, letters that arrived."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from importlib import import_module
from typing import Any

import boto3
import pytest
from pydantic import BaseModel

from functions.receive import app as receive
from pm_assistant.aws.queues import DeadLetters, SourceQueue, SqsQueue
from pm_assistant.aws.schedules import Destination, SchedulerClockwork, SchedulerSchedules
from pm_assistant.domain import errors
from pm_assistant.domain.jobs import MOST_STEPS
from pm_assistant.runtime import wiring
from pm_assistant.runtime.batch import RetryPolicy, handle_batch
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings.receive import ReceiveSettings
from tests import leaks
from tests.aws.emulated import aws
from tests.builders import ACME, NOW
from tests.infra.cloudwatch import Metrics, matches, raised
from tests.infra.test_template import FUNCTIONS, QUEUES, ROOT, resources

ALARMS = resources("AWS::CloudWatch::Alarm")
FILTERS = resources("AWS::Logs::MetricFilter")
STAGES = {"Events": "Analyze", "Actions": "Act", "Reports": "Report", "Runs": "Run", "Billing": "Bill"}
"""The queues, and the function behind each."""
FIRED_BY: dict[str, Callable[..., None]] = {}
"""Which test makes which alarm fire."""
BY_TENANTS = {errors.NotConnected, errors.AccessRevoked}


def fires[**P](*alarms: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Say of a test which alarms it makes fire."""

    def noted(test: Callable[P, None]) -> Callable[P, None]:
        FIRED_BY.update(dict.fromkeys(alarms, test))
        return test

    return noted


def each(ending: str, of: Any = STAGES) -> list[str]:
    """The alarms of a kind."""
    return [f"{name.removesuffix('Function')}{ending}" for name in of]


class NumberMessage(BaseModel):
    """A message."""

    number: int


LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Stage:
    """A queue with its dead letters as the template has them, and CloudWatch's look at them each minute."""

    def __init__(self, name: str) -> None:
        self._sqs = boto3.client("sqs")
        self._name, self._group = name, f"{STAGES[name]}Logs"
        self.metrics, self._minute, self._sent = Metrics(), 0, 0
        self.dead_url = self._sqs.create_queue(QueueName=f"{name}DeadLetters")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self.dead_url, AttributeNames=["QueueArn"])["Attributes"]
        policy = QUEUES[f"{name}Queue"]["RedrivePolicy"] | {"deadLetterTargetArn": arn["QueueArn"]}
        attributes: Any = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
        self.url = self._sqs.create_queue(QueueName=f"{name}Queue", Attributes=attributes)["QueueUrl"]
        self._attempts: int = policy["maxReceiveCount"]
        self._sqs.meta.events.register("before-call.sqs.SendMessage", self._count)

    def fail(self, error: Exception, *, since: datetime = LONG_AGO) -> None:
        """Have a message fail, for the last time if it has been tried for long, as its function handles it."""
        record = {
            "messageId": "m-1",
            "receiptHandle": "r-1",
            "body": '{"number": 1}',
            "attributes": {"ApproximateReceiveCount": str(self._attempts), "MessageGroupId": ACME},
            "messageAttributes": {"since": {"stringValue": since.isoformat(), "dataType": "String"}},
        }

        def work(message: NumberMessage) -> None:
            raise error

        letters = DeadLetters(self.dead_url, self._sqs)
        source = SourceQueue(self.url, self._sqs, self._clockwork)
        handle_batch([record], NumberMessage, work, source=source, dead_letters=letters, retry=RetryPolicy(1))

    def _clockwork(self) -> SchedulerClockwork:
        arn = "arn:aws:sqs:eu-central-1:123456789012:dead"
        client, role = boto3.client("scheduler"), "arn:aws:iam::123456789012:role/scheduler"
        return SchedulerClockwork(client, group="default", role_arn=role, dead_letters_arn=arn)

    def crash(self) -> None:
        """Have a message's function die each time, until SQS gives the message up."""
        SqsQueue(self.url, self._sqs).put(NumberMessage(number=1), group=ACME)
        for _ in range(self._attempts + 1):
            self._sqs.receive_message(QueueUrl=self.url)

    def pass_minute(self) -> None:
        """Let CloudWatch measure, and the next minute begin."""
        for line in leaks.LINES:
            self.metrics.filter(FILTERS, self._group, line, minute=self._minute)
        leaks.LINES.clear()
        count = self._sqs.get_queue_attributes(QueueUrl=self.dead_url, AttributeNames=["ApproximateNumberOfMessages"])[
            "Attributes"
        ]["ApproximateNumberOfMessages"]
        here: Any = {"of": f"{self._name}DeadLetters", "minute": self._minute}
        self.metrics.measure("AWS/SQS", "ApproximateNumberOfMessagesVisible", value=float(count), **here)
        self.metrics.measure("AWS/SQS", "NumberOfMessagesSent", value=self._sent, **here)
        self._minute, self._sent = self._minute + 1, 0

    def rang(self, alarm: str | None = None) -> bool:
        """Whether an alarm, or the one on these dead letters, has been raised in what was measured."""
        return any(raised(ALARMS[alarm or f"{self._name}DeadLettersAlarm"], self.metrics))

    def _count(self, params: dict[str, Any], **_: Any) -> None:
        self._sent += self.dead_url in str(params["body"])


@pytest.fixture(params=STAGES)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """One after the other."""
    with aws():
        yield Stage(request.param)


def kinds(root: type[errors.ProductError] = errors.ProductError) -> list[type[errors.ProductError]]:
    """An error and all of its kinds."""
    return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]


@fires(*each("DeadLettersAlarm"))
def test_a_letter_of_our_making_rings_however_many_lie_there_already(stage: Stage) -> None:
    """Parked by us, or moved by SQS because the function died; and again for the next one."""
    for _ in range(3):
        stage.fail(errors.NotConnected("slack is not connected"))
        stage.pass_minute()
    assert not stage.rang()

    stage.fail(errors.InvalidRequest("unreadable"))
    stage.pass_minute()
    parked = raised(ALARMS[f"{stage._name}DeadLettersAlarm"], stage.metrics)
    assert ([False] * 3, True, False) == (parked[:3], parked[3], parked[9])

    for _ in range(6):
        stage.pass_minute()
    stage.crash()
    stage.pass_minute()
    assert raised(ALARMS[f"{stage._name}DeadLettersAlarm"], stage.metrics)[10]


def test_a_letter_seen_a_minute_after_it_was_sent_is_no_crash() -> None:
    """SQS measures levels a little later than what is sent; a crash beside it still rings."""
    for crashed in (False, True):
        metrics, of = Metrics(), "EventsDeadLetters"
        levels = {1: 0, 2: 2, 3: 2} if crashed else {1: 0, 2: 1, 3: 1}
        for minute, level in levels.items():
            metrics.measure("AWS/SQS", "ApproximateNumberOfMessagesVisible", of, minute=minute, value=level)
        metrics.measure("AWS/SQS", "NumberOfMessagesSent", of, minute=1)
        assert crashed is any(raised(ALARMS["EventsDeadLettersAlarm"], metrics))


@fires("TenantDeadLettersAlarm")
def test_many_letters_of_tenants_ring_apart_from_ours(stage: Stage) -> None:
    """One tenant's few do not."""
    for number in range(21):
        assert not stage.rang("TenantDeadLettersAlarm"), number
        stage.fail(errors.AccessRevoked("slack refuses us"))
    stage.pass_minute()
    assert (True, False) == (stage.rang("TenantDeadLettersAlarm"), stage.rang())


@pytest.mark.parametrize("kind", kinds())
def test_every_letter_is_either_ours_or_a_tenants(kind: type[errors.ProductError]) -> None:
    """By the name of its error in the line that says that it was parked."""
    with aws():
        Stage("Events").fail(kind.__new__(kind, ""))  # some are made of more than a text, which does not matter here
    [line] = [line for line in leaks.LINES if json.loads(line)["message"] == "message parked"]
    patterns = {name: given["FilterPattern"] for name, given in FILTERS.items()}
    for name in STAGES:
        ours, theirs = (matches(patterns[f"{name}{whose}"], line) for whose in ("Parked", "ParkedForTenant"))
        assert (kind not in BY_TENANTS, kind in BY_TENANTS) == (ours, theirs)


@fires(*each("AgeAlarm"))
def test_a_message_that_nobody_takes_rings(stage: Stage) -> None:
    """Not one that waits for a vendor's Retry-After."""
    name = stage._name
    SqsQueue(stage.url, boto3.client("sqs")).put(NumberMessage(number=1), group=ACME)
    for ages, expected in ((25, False), (40, True)):
        metrics = Metrics(minutes=60)
        waiting = boto3.client("sqs").get_queue_attributes(
            QueueUrl=stage.url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        assert "1" == waiting["Attributes"]["ApproximateNumberOfMessages"]
        for minute in range(ages):
            metrics.measure(
                "AWS/SQS", "ApproximateAgeOfOldestMessage", f"{name}Queue", minute=minute, value=60 * minute
            )
        assert expected is any(raised(ALARMS[f"{name}AgeAlarm"], metrics))


@fires("WaitingAlarm")
def test_a_message_that_has_waited_for_more_than_an_hour_rings(stage: Stage) -> None:
    """Its queue forgets its age each time that it is sent anew; minutes are nobody's business."""
    for age, expected in ((timedelta(minutes=50), False), (timedelta(minutes=70), True)):
        stage.fail(errors.UpstreamUnavailable("linear answered 503"), since=datetime.now(UTC) - age)
        stage.pass_minute()
        assert expected is stage.rang("WaitingAlarm")
    assert not stage.rang()


@fires("SchedulesDeadLettersAlarm")
def test_what_scheduler_cannot_hand_over_rings() -> None:
    """It leaves a letter where the schedule says, which is in the dead letters of the queue it was for."""
    metrics = Metrics()
    with aws():
        sqs, scheduler = boto3.client("sqs"), boto3.client("scheduler")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        scheduler.create_schedule_group(Name="pm")
        gone = Destination("https://sqs.test/gone", arn)
        role = "arn:aws:iam::123456789012:role/scheduler"
        SchedulerSchedules(scheduler, group="pm", role_arn=role, reports=gone, jobs=gone).put_job(ACME, "run-1", NOW)
        [name] = [given["Name"] for given in scheduler.list_schedules(GroupName="pm")["Schedules"]]
        target = scheduler.get_schedule(GroupName="pm", Name=name)["Target"]
        assert (arn, gone.queue_url) == (target["DeadLetterConfig"]["Arn"], json.loads(target["Input"])["QueueUrl"])
        note: Any = {"DataType": "String", "StringValue": f"arn:aws:scheduler:::schedule/pm/{name}"}
        sqs.send_message(QueueUrl=dead, MessageBody=target["Input"], MessageAttributes={"SCHEDULE_ARN": note})
        received = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"]
    for letter in received:
        assert "SCHEDULE_ARN" in letter["MessageAttributes"]
        metrics.measure("AWS/Scheduler", "InvocationsSentToDeadLetterCount", "ScheduleGroup", minute=3)

    assert (False, True) == tuple(raised(ALARMS["SchedulesDeadLettersAlarm"], metrics)[minute] for minute in (2, 3))


def test_what_scheduler_drops_rings_though_it_leaves_no_letter() -> None:
    """Where even the dead letters could not be reached."""
    metrics = Metrics()
    metrics.measure("AWS/Scheduler", "InvocationDroppedCount", "ScheduleGroup", minute=3)

    assert (False, True) == tuple(raised(ALARMS["SchedulesDeadLettersAlarm"], metrics)[minute] for minute in (2, 3))


@pytest.mark.parametrize("metric", ["InvocationsSentToDlq", "InvocationsFailedToBeSentToDlq"])
def test_what_eventbridge_cannot_hand_over_rings_too(metric: str) -> None:
    """Whose mail came back would not be known, and be written to again."""
    metrics = Metrics()
    metrics.measure("AWS/Events", metric, "MailReturned", minute=3)

    assert (False, True) == tuple(raised(ALARMS["SchedulesDeadLettersAlarm"], metrics)[minute] for minute in (2, 3))


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """The function behind the webhooks."""
    for name, field in ReceiveSettings.model_fields.items():
        if field.is_required():
            monkeypatch.setenv(name.upper(), name)
    receive.settings.cache_clear()
    yield monkeypatch
    receive.settings.cache_clear()


def webhook() -> int:
    """Post what no vendor has signed; the answer's status."""
    headers = {"x-slack-signature": "v0=0", "x-slack-request-timestamp": "0", "content-type": "application/json"}
    context = {"http": {"method": "POST", "path": "/webhooks/slack"}, "requestId": "r", "stage": "$default"}
    event = {"version": "2.0", "rawPath": "/webhooks/slack", "headers": headers, "requestContext": context}
    status: int = receive.handler({**event, "body": "{}", "isBase64Encoded": False}, None)["statusCode"]
    return status


@fires("RefusedWebhooksAlarm")
def test_refused_webhooks_ring(door: pytest.MonkeyPatch) -> None:
    """Ten in five minutes, as a wrong signing secret refuses them; not the one that anybody can send."""
    door.setattr(wiring, "secrets", lambda _: type("Secrets", (), {"get": lambda self, name: "signing-secret"})())
    for count, expected in ((1, False), (10, True)):
        metrics = Metrics()
        leaks.LINES.clear()
        assert {HTTPStatus.UNAUTHORIZED} == {webhook() for _ in range(count)}
        for line in leaks.LINES:
            metrics.filter(FILTERS, "ReceiveLogs", line, minute=1)
        assert expected is any(raised(ALARMS["RefusedWebhooksAlarm"], metrics))


@fires("GatewayAlarm")
def test_answers_that_something_of_ours_is_broken_ring(door: pytest.MonkeyPatch) -> None:
    """No function has failed then: it answers 503, as it should."""

    def broken(*_: object) -> None:
        raise errors.UpstreamUnavailable("SSM does not answer")

    door.setattr(wiring, "secrets", broken)
    metrics = Metrics()
    for status in (webhook() for _ in range(3)):
        assert HTTPStatus.SERVICE_UNAVAILABLE == status
        metrics.measure("AWS/ApiGateway", "5xx", "Api,$default", minute=1)

    assert any(raised(ALARMS["GatewayAlarm"], metrics))


@fires("MailBouncesAlarm", "MailComplaintsAlarm")
def test_mail_that_comes_back_or_annoys_rings() -> None:
    """From one in twenty on, and not for a few mistyped addresses; a complaint always."""
    for sent, bounced, expected in ((1000, 40, False), (4, 4, False), (99, 5, True)):
        metrics = Metrics(minutes=120)
        metrics.measure("AWS/SES", "Send", "MailSet", minute=1, value=sent)
        metrics.measure("AWS/SES", "Bounce", "MailSet", minute=2, value=bounced)
        assert expected is any(raised(ALARMS["MailBouncesAlarm"], metrics))
        assert not any(raised(ALARMS["MailComplaintsAlarm"], metrics))
    metrics.measure("AWS/SES", "Complaint", "MailSet", minute=3)
    assert any(raised(ALARMS["MailComplaintsAlarm"], metrics))


@pytest.mark.parametrize("function", FUNCTIONS)
@fires("ErrorLinesAlarm")
def test_an_error_that_ends_no_invocation_rings(function: str) -> None:
    """By its line, in whichever function's log; a warning does not."""
    logger().warning("webhook refused")
    try:
        raise errors.UpstreamUnavailable("SSM does not answer")
    except errors.UpstreamUnavailable:
        logger().exception("request failed")
    for lines, expected in ((leaks.LINES[:1], False), (leaks.LINES, True)):
        metrics = Metrics()
        for line in lines:
            metrics.filter(FILTERS, function.replace("Function", "Logs"), line, minute=1)
        assert expected is any(raised(ALARMS["ErrorLinesAlarm"], metrics))


class Lambda:
    """What Lambda counts of a function that has so many invocations at a time for itself."""

    def __init__(self, function: str, handler: Callable[[Any, Any], object], *, reserved: int = 1) -> None:
        self._function, self._handler, self._free = function, handler, reserved
        self.metrics = Metrics()

    def invoke(self, event: object) -> None:
        """Run it, or not."""
        if not self._free:
            self.metrics.measure("AWS/Lambda", "Throttles", self._function, minute=1)
            return
        self._free -= 1
        try:
            self._handler(event, None)
        except Exception:
            self.metrics.measure("AWS/Lambda", "Errors", self._function, minute=1)
        self._free += 1


@pytest.mark.parametrize("function", FUNCTIONS)
@fires(*each("ErrorsAlarm", FUNCTIONS))
def test_a_function_that_dies_rings(function: str) -> None:
    """Of the real handler, given what it cannot even begin to read."""
    folder = function.removesuffix("Function").lower()
    under = Lambda(function, import_module(f"functions.{folder}.app").handler)
    under.invoke({})
    assert any(raised(ALARMS[f"{folder.title()}ErrorsAlarm"], under.metrics))


@pytest.mark.parametrize("function", FUNCTIONS)
@fires(*each("ThrottlesAlarm", FUNCTIONS))
def test_a_function_that_has_no_room_rings(function: str) -> None:
    """Two at a time, where one is reserved."""

    def busy(event: object, context: object) -> None:
        with suppress(RecursionError):
            under.invoke(event)

    under = Lambda(function, busy)
    under.invoke({})
    assert any(raised(ALARMS[f"{function.removesuffix('Function')}ThrottlesAlarm"], under.metrics))


LONGEST_CHAIN = 16
"""How many invocations Lambda lets one message cause through the queue of the same function, where it minds them."""


class GoingRound:
    """A function each of whose messages puts the next on its own queue, and Lambda, which follows the chain."""

    def __init__(self, function: str, recursive_loop: str) -> None:
        self._function, self._minds = function, recursive_loop != "Allow"
        self.metrics = Metrics()

    def run(self, length: int) -> None:
        """Have a message cause so many invocations."""
        for number in range(1, length + 1):
            if self._minds and number > LONGEST_CHAIN:
                self.metrics.measure("AWS/Lambda", "RecursiveInvocationsDropped", self._function, minute=1)
                return


@pytest.mark.parametrize("function", [f"{name}Function" for name in STAGES.values()])
@fires(*each("RecursionAlarm", STAGES.values()))
def test_a_chain_that_lambda_stops_rings(function: str) -> None:
    """It does so unless it is told that the chain is meant, as the template tells it."""
    for setting, expected in (("Terminate", True), (FUNCTIONS[function]["RecursiveLoop"], False)):
        under = GoingRound(function, setting)
        under.run(MOST_STEPS)
        assert expected is any(raised(ALARMS[f"{function.removesuffix('Function')}RecursionAlarm"], under.metrics))


def test_every_alarm_fires_in_a_test_and_has_its_line_in_the_runbook() -> None:
    """A new one needs both."""
    lines = re.findall(r"^\| `(\w+)` \|", (ROOT / "infra" / "runbook.md").read_text(), re.MULTILINE)
    assert ALARMS.keys() == FIRED_BY.keys()
    assert sorted(ALARMS) == sorted(lines)


def test_every_alarm_reaches_somebody() -> None:
    """By the topic that AlarmEmail subscribes to."""
    assert [[{"Ref": "AlarmTopic"}]] * len(ALARMS) == [given["AlarmActions"] for given in ALARMS.values()]
