"""The doctor at a deployed stack: it lacks nothing as it is, and what is taken away from it is named."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.local.deployment import Deployment
from pm_assistant.cli.app import app
from pm_assistant.runtime import wiring
from tests.flow.conftest import Outside

pytestmark = pytest.mark.stack
LEFT_BY_OTHERS = "given up"
"""What other tests leave in dead letters is no concern of these."""


@pytest.fixture(autouse=True)
def no_late_rows(outside: Outside) -> Iterator[None]:
    """Nobody waits for the look at the made-up tenant's late rows, which comes in a quarter of an hour."""
    yield
    outside.purge("runs")


def examined(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """What the doctor says: its status and its findings."""
    answer = CliRunner().invoke(app, ["operator", "doctor", "--json", *arguments])
    return answer.exit_code, json.loads(answer.stdout)


def test_a_stack_that_is_whole_is_found_well(outside: Outside) -> None:
    """Every piece, every door, and a made-up tenant from its rows to its end; a mail is sent where it is asked for."""
    code, findings = examined("--mail-to", "somebody@example.com")

    assert [] == [f for f in findings if f["state"] == "missing" and LEFT_BY_OTHERS not in f["what"]]
    assert code == any(f["state"] == "missing" for f in findings)
    absent = {f["check"] for f in findings if f["state"] == "not here"}
    assert {"sandbox", "waiting", "alarms", "ringing", "imprint"} == absent
    assert {"mail", "webhooks", "schedule", "deletion"} <= {f["check"] for f in findings if f["state"] == "ok"}


def test_what_is_taken_away_from_a_stack_is_named(outside: Outside) -> None:
    """A secret by its parameter, a right by its function and what it is on."""
    deployment = Deployment(outside.described["aws_endpoint_url"])
    iam, ssm = wiring.client("iam"), wiring.client("ssm")
    with closing(deployment.client("cloudformation")) as cloudformation:
        resources = cloudformation.describe_stack_resources(StackName=deployment.name)
    [role] = [
        each["PhysicalResourceId"]
        for each in resources["StackResources"]
        if each["LogicalResourceId"] == "ReceiveFunctionRole"
    ]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    less = [each for each in policy["Statement"] if each["Action"] != "ssm:GetParameters"]
    secret = {"Name": f"{deployment.parameters['SecretsPrefix']}/linear/client-id", "Type": "SecureString"}
    value = ssm.get_parameter(Name=secret["Name"], WithDecryption=True)["Parameter"]["Value"]
    try:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps({**policy, "Statement": less}))
        ssm.delete_parameter(Name=secret["Name"])

        code, findings = examined("--without", "github")
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
        ssm.put_parameter(**secret, Value=value)

    assert 1 == code
    missing = {(finding["check"], finding["what"]) for finding in findings if finding["state"] == "missing"}
    assert ("secrets", "linear/client-id is not set") in missing
    unreadable = "slack/signing-secret, linear/webhook-secret, github/webhook-secret"
    assert ("rights", f"receive may not ssm:GetParameters on {unreadable}") in missing
