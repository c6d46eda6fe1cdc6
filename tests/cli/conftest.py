"""A stack that answers in this process, described by a file as the local one is."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from typer.testing import CliRunner

from pm_assistant.aws.queues import DeadLetters
from pm_assistant.aws.stores import DynamoStores
from pm_assistant.cli.app import app
from pm_assistant.cli.stack import STAGES
from pm_assistant.domain.tenants import Provider
from pm_assistant.ports.unit import Stores
from pm_assistant.runtime import wiring
from tests.aws.emulated import REGION, dynamo
from tests.builders import ACME, ENG, a_connection, a_member, a_tenant, a_ticket
from tests.cli.cloudformation import cloudformation
from tests.cli.customers import Answer, Customer, a_customer
from tests.cli.whole_stack import WholeStack
from tests.contracts.sandbox import running
from tests.infra.sandbox.running import STRIPE_KEY, Sandbox


@dataclass(frozen=True)
class StackAndTerminal:
    """The stack's insides, and a terminal in front of it."""

    stores: DynamoStores
    file: Path
    described: dict[str, Any]

    def pm(self, *arguments: str, typed: str | None = None) -> Answer:
        """Run a command, for somebody who types what it asks for."""
        result = CliRunner().invoke(app, list(arguments), input=typed)
        return Answer(result.exit_code, result.stdout, result.stderr)

    def describe(self, **changes: Any) -> None:
        """Change the stack's description; None takes a key out."""
        known = {**self.described, **changes}
        self.file.write_text(json.dumps({name: value for name, value in known.items() if value is not None}))

    def dead_letters(self, stage: str) -> DeadLetters:
        """What a stage could not do."""
        return DeadLetters(self.described["queues"][f"{stage}_dlq"], boto3.client("sqs"))

    def waiting(self, stage: str) -> list[Any]:
        """The bodies in a queue, parsed."""
        url = self.described["queues"][stage]
        found = boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]


@pytest.fixture
def clean_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Nothing of what a command does to the environment or keeps in `wiring` outlives the test."""
    before = dict(os.environ)

    def forget() -> None:
        for kept in (wiring.client, wiring.stores, wiring.queue, wiring.dead_letters, wiring.secrets, wiring.vault):
            kept.cache_clear()

    monkeypatch.delenv("PM_STACK_FILE", raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    forget()
    yield forget
    forget()
    for name in os.environ.keys() - before.keys():
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture
def customer(clean_process: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Customer]:
    """Somebody of Acme, with Ada and Bo, one team and two tickets, at the API."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with a_customer(monkeypatch) as made:
        seed(made.world.stores)
        yield made


@pytest.fixture
def terminal(clean_process: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StackAndTerminal]:
    """A seeded stack: the tenant Acme with Ada and Bo, one team and two tickets."""
    with dynamo() as stores, cloudformation() as cloudformation_url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDFORMATION", cloudformation_url)
        sqs = boto3.client("sqs")
        names = [f"{stage}{end}" for stage in STAGES for end in ("", "_dlq")]
        queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
        boto3.client("scheduler").create_schedule_group(Name="pm")
        described = {
            "api_url": "https://api.test",
            "public_url": "https://api.test",
            "region": REGION,
            "stack_name": "pm",
            "table": boto3.client("dynamodb").list_tables()["TableNames"][0],
            "queues": queues,
            "kms_key_id": "key",
            "archives_bucket": "archives",
            "user_pool_id": "eu-central-1_pool",
            "user_pool_client_id": "client",
            "schedule_group": "pm",
            "schedule_role_arn": "arn:aws:iam::123456789012:role/scheduler",
            "reports_dead_letters_arn": f"arn:aws:sqs:{REGION}:123456789012:reports_dlq",
            "jobs_dead_letters_arn": f"arn:aws:sqs:{REGION}:123456789012:runs_dlq",
            "secrets_prefix": "/pm-assistant/local",
            "vendor_urls": "slack.api=http://127.0.0.1:1/slack/api/,linear.api=http://127.0.0.1:1/linear/graphql",
            "openai_base_url": "http://127.0.0.1:1/openai/v1",
            "analyst": "offline",
            "secrets": {"slack_signing_secret": "not read"},
            "demo": {"tenant_id": ACME, "slack_team_id": "T0"},
        }
        made = StackAndTerminal(stores, tmp_path / "stack.json", described)
        made.describe()
        monkeypatch.setenv("PM_STACK_FILE", str(made.file))
        seed(stores)
        yield made


def seed(stores: Stores) -> None:
    """Acme as the tests expect it."""
    stores.tenants.put(a_tenant())
    stores.connections.put(a_connection())
    stores.connections.put(a_connection(provider=Provider.LINEAR))
    stores.directory.put_members(ACME, [a_member("ada"), a_member("bo", slack_id=None, id="lin-only-bo")])
    stores.directory.put_teams(ACME, [ENG])
    stores.tickets.put(ACME, a_ticket(1, assignee_name="Ada"))
    stores.tickets.put(ACME, a_ticket(2, title="Login page is slow", assignee_id="lin-bo", assignee_name="Bo"))


@pytest.fixture(scope="session")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that all tests share."""
    with running(tmp_path_factory.mktemp("stripe")) as played, httpx.Client(base_url=played.url, timeout=20) as http:
        yield Sandbox(played.url, http)


@pytest.fixture
def whole(terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch, stripe: Sandbox) -> WholeStack:
    """A stack that lacks nothing, an account at Stripe included."""
    stripe.control("reset")
    stripe.control("config", app_url="https://api.test", stripe_secret_key=STRIPE_KEY, stripe_forbidden=[])
    return WholeStack(terminal, monkeypatch, stripe)
