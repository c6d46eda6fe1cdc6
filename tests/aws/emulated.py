"""AWS in this process (moto): what the contract suites and the adapters' own tests run the real adapters on."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import boto3
import pytest
from botocore.model import OperationModel
from moto import mock_aws
from moto.cognitoidp.models import CognitoIdpBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import SQSBackend

from pm_assistant.aws import tables
from pm_assistant.aws.parsing import ItemParserFactory
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.runtime import wiring

REGION = "eu-central-1"

operations = cache(method_names_from_class)  # found out anew for each request
receive_message = SQSBackend.receive_message
admin_create_user = CognitoIdpBackend.admin_create_user


@cache
def session() -> boto3.Session:
    """What all clients of this process are made of; making one reads megabytes of AWS's service descriptions."""
    made = boto3.Session()
    made._session.register_component("response_parser_factory", ItemParserFactory())
    return made


@contextmanager
def aws() -> Iterator[None]:
    """An empty account; the environment names it, and nothing leads out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_CONFIG_FILE", "/dev/null")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setattr(wiring, "session", lambda: session()._session)
        patch.setattr("moto.core.responses.method_names_from_class", operations)
        patch.setattr(SQSBackend, "receive_message", received_at_once)
        patch.setattr(CognitoIdpBackend, "admin_create_user", created_with_a_password)
        _atomic(patch)
        with mock_aws():
            patch.setattr(boto3, "DEFAULT_SESSION", session())
            yield


@contextmanager
def requests() -> Iterator[list[str]]:
    """Collects the names of the DynamoDB operations that are sent meanwhile."""
    sent: list[str] = []

    def note(model: OperationModel, **_: object) -> None:
        sent.append(model.name)

    events = tables.Row._get_connection().connection.client.meta.events
    events.register("before-call.dynamodb", note)
    yield sent
    events.unregister("before-call.dynamodb", note)


def received_at_once(queues: SQSBackend, name: str, count: int, wait_seconds: int, *more: Any) -> Any:
    """Receive without waiting: nothing is under way in this process, so an empty queue is known to be empty."""
    return receive_message(queues, name, count, 0, *more)


def created_with_a_password(
    pools: CognitoIdpBackend, pool_id: str, username: str, action: str, password: str, *more: Any
) -> Any:
    """Create a user for somebody: a temporary password has to meet the policy, too."""
    pools._validate_password(pool_id, password)
    return admin_create_user(pools, pool_id, username, action, password, *more)


def _atomic(patch: pytest.MonkeyPatch) -> None:
    """Have one request answered at a time.

    A transaction that fails puts moto's whole table back to what it was before, and with it what another thread has
    written meanwhile; in DynamoDB a transaction is all or nothing.
    """
    answer, answering = BotocoreStubber.process_request, threading.RLock()

    @wraps(answer)
    def answer_alone(*args: Any) -> Any:
        with answering:
            return answer(*args)

    patch.setattr(BotocoreStubber, "process_request", answer_alone)


@contextmanager
def dynamo() -> Iterator[DynamoStores]:
    """The stores on a table of template.yaml's form; its name is new, so that no client of an earlier one is used."""
    with aws():
        name = f"table-{uuid.uuid4().hex}"
        dynamodb = boto3.client("dynamodb")
        dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "gsi_pk", "gsi_sk")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "outside",
                    "KeySchema": [
                        {"AttributeName": "gsi_pk", "KeyType": "HASH"},
                        {"AttributeName": "gsi_sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        )
        yield DynamoStores.on(name, dynamodb)


def copy_of(table: str) -> str:
    """Have DynamoDB restore a table as of now beside itself; the copy's name."""
    boto3.client("dynamodb").restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=f"{table}-copy", UseLatestRestorableTime=True
    )
    return f"{table}-copy"


def forget_rows() -> None:
    """Empty all tables at no cost: the emulator reads the whole of one for every query."""
    for account in dynamodb_backends.values():
        for backend in account.values():
            for table in backend.tables.values():
                table.items.clear()
