"""A function loads only what it needs; compared as sets of modules, without a stopwatch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "boto3",
    "cryptography",
    "graphql",
    "httpx",
    "httpx2",
    "openai",
    "pynamodb",
    "slack_sdk",
    "stripe",
}
WIRED = {
    "receive": """
stores = wiring.stores("t"); stores.connections, stores.messages
wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q"); wiring.secrets("/p")
from pm_assistant.integrations.slack.webhook import SlackWebhook
from pm_assistant.integrations.linear.webhook import LinearWebhook
""",
    "analyze": """
wiring.stores("t"); wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q")
from pm_assistant.integrations.openai.client import OpenAIAnalyst
""",
    "act": """
wiring.stores("t"); wiring.vault("k")
from pm_assistant.integrations.slack.client import SlackChat
from pm_assistant.integrations.linear.client import LinearTracker
""",
    "report": """
wiring.stores("t"); wiring.vault("k")
from pm_assistant.integrations.slack.client import SlackChat
""",
    "tick": 'wiring.queue("https://sqs.us-east-1.amazonaws.com/1/q")',
}
ALLOWED = {
    "receive": {"boto3", "pynamodb"},
    "analyze": {"boto3", "pynamodb", "openai", "httpx2"},
    "act": {"boto3", "pynamodb", "cryptography", "slack_sdk", "httpx"},
    "report": {"boto3", "pynamodb", "cryptography", "slack_sdk"},
    "tick": {"boto3"},
}


def loaded(function: str) -> set[str]:
    """The modules of a fresh process that has made everything the function uses."""
    script = f"""
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("app", "functions/{function}/app.py")
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from pm_assistant.runtime import wiring
{WIRED[function]}
print(json.dumps(sorted(sys.modules)))
"""
    env = {"PYTHONPATH": "shared", "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": function}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("function", sorted(WIRED))
def test_a_function_loads_its_own_adapters_and_no_others(function: str) -> None:
    """Every heavy package that a function loads is on its list, and everything on the list is needed."""
    assert ALLOWED[function] == loaded(function) & HEAVY


def test_receive_leaves_the_parts_of_its_libraries_alone_that_it_does_not_use() -> None:
    """A webhook is answered before anybody could wait for an SDK, an analyst or a transaction."""
    unneeded = {
        "aws_lambda_powertools.event_handler.openapi.models",
        "aws_lambda_powertools.utilities.batch",
        "boto3.dynamodb.conditions",
        "pm_assistant.aws.schedules",
        "pm_assistant.aws.vault",
        "pm_assistant.integrations.offline",
        "pm_assistant.workflows.analyze",
        "pynamodb.transactions",
    }

    assert set() == unneeded & loaded("receive")
