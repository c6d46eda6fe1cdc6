"""A queue hands over what was put, for the tenant it was put for."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import boto3
import pytest

from pm_assistant.aws.queues import SqsQueue
from pm_assistant.domain.decisions import ActionRequest
from pm_assistant.ports.platform import Queue
from tests.aws.emulated import aws
from tests.builders import ACME, GLOBEX
from tests.fakes.stores import FakeQueue

REQUEST = ActionRequest(tenant_id=ACME, decision_id="d-1", answer="approve", answered_by="U0ADA")


class Subject(NamedTuple):
    """A queue and a look at what is ready in it: body and group, in no order."""

    queue: Queue
    ready: Callable[[], set[tuple[str, str]]]


@pytest.fixture(params=["fake", "sqs"])
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    """The fake, and the real one on an emulated SQS."""
    if request.param == "fake":
        fake = FakeQueue()
        yield Subject(
            fake, lambda: {(put.message.model_dump_json(), put.group) for put in fake.puts if not put.delay_seconds}
        )
        return
    with aws():
        client = boto3.client("sqs")
        url = client.create_queue(QueueName="events")["QueueUrl"]

        def ready() -> set[tuple[str, str]]:
            messages = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
            )
            return {(m["Body"], m["Attributes"]["MessageGroupId"]) for m in messages.get("Messages", [])}

        yield Subject(SqsQueue(url, client), ready)


def test_a_message_arrives_as_json_in_its_tenants_group(subject: Subject) -> None:
    """The body reads back as the same value; two tenants are two groups."""
    subject.queue.put(REQUEST, group=ACME)
    subject.queue.put(REQUEST, group=GLOBEX)
    arrived = subject.ready()
    assert {(REQUEST, ACME), (REQUEST, GLOBEX)} == {
        (ActionRequest.model_validate_json(body), group) for body, group in arrived
    }


def test_a_message_arrives_whatever_characters_are_in_it(subject: Subject) -> None:
    """Also those that XML has no place for, and SQS therefore none."""
    request = REQUEST.model_copy(update={"decision_id": '\ufffe \uffff \x01 \N{PARTY POPPER} "'})
    subject.queue.put(request, group=ACME)
    [(body, _)] = subject.ready()
    assert request == ActionRequest.model_validate_json(body)


def test_what_sqs_does_not_take_is_spelt_otherwise() -> None:
    """The emulator takes it; the text stays the same JSON."""
    with aws():
        client = boto3.client("sqs")
        url = client.create_queue(QueueName="events")["QueueUrl"]
        SqsQueue(url, client).put(REQUEST.model_copy(update={"decision_id": "\ufffe\uffff"}), group=ACME)
        [message] = client.receive_message(QueueUrl=url)["Messages"]
    assert "\\ufffe\\uffff" in message["Body"]


def test_a_delayed_message_is_not_ready_yet(subject: Subject) -> None:
    """The delay is the settle time, during which a conversation may still grow."""
    subject.queue.put(REQUEST, group=ACME, delay_seconds=600)
    assert set() == subject.ready()
