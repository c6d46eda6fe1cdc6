"""What the functions' roles were really asked for, by all that the tests before this one had the stack do.

The local AWS checks each request against its role's policies, and notes for which call. `tests/infra/test_rights.py`
compares the policies with what the code names; this compares them with the calls that left it.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.stack import Stack
from tests.flow.conftest import WITHOUT_BROWSER
from tests.infra.test_rights import BY_LAMBDA, granted
from tests.infra.test_template import FUNCTIONS, as_list

pytestmark = pytest.mark.stack

NOT_ASKED_HERE = BY_LAMBDA | {"iam:PassRole"}
"""What the local AWS does with a queue without asking its role, and what it does not check at all."""
FAILS = "what a worker does with a message that fails for longer than a test waits, or for good (tests/chaos)"
ENDS = "access that ends, is renewed or lost while this function uses it (tests/workflows/connections)"
RARE = "reads and writes in batches, and of rarer ways, that no test of the stack takes (tests/contracts)"
UNUSED = {
    **dict.fromkeys(
        [
            (worker, action, "")
            for worker in ("AnalyzeFunction", "ActFunction", "ReportFunction", "RunFunction", "BillFunction")
            for action in ("scheduler:CreateSchedule", "scheduler:UpdateSchedule", "sqs:ChangeMessageVisibility")
        ]
        + [(f"{name}Function", "sqs:SendMessage", f"{name}sDeadLetters") for name in ("Report", "Run")]
        + [("ActFunction", "sqs:SendMessage", "ActionsDeadLetters")]
        + [("BillFunction", "sqs:SendMessage", "BillingDeadLetters")]
        + [(f"{name}Function", "sqs:SendMessage", f"{name}sQueue") for name in ("Report", "Run")],
        FAILS,
    ),
    **dict.fromkeys(
        [
            (name, action, "")
            for name in ("ActFunction", "ReportFunction")
            for action in ("kms:GenerateDataKey", "ssm:GetParameters", "dynamodb:UpdateItem")
        ]
        + [
            ("ApiFunction", "kms:GenerateDataKey", ""),
            ("ConnectFunction", "dynamodb:UpdateItem", ""),
            ("ActFunction", "sqs:SendMessage", "ReportsQueue"),
            ("ReportFunction", "sqs:SendMessage", "RunsQueue"),
            ("RunFunction", "sqs:SendMessage", "ActionsQueue"),
        ],
        ENDS,
    ),
    **dict.fromkeys(
        [
            ("ApiFunction", "dynamodb:BatchWriteItem", ""),
            ("AnalyzeFunction", "dynamodb:BatchGetItem", ""),
            ("AnalyzeFunction", "dynamodb:BatchWriteItem", ""),
            ("ActFunction", "dynamodb:BatchWriteItem", ""),
            ("ConnectFunction", "dynamodb:Query", ""),
        ],
        RARE,
    ),
    **{
        ("WebFunction", action, queue): f"a page does what the API does (tests/web/{test}.py)"
        for action, queue, test in (
            ("cognito-idp:AdminCreateUser", "", "test_registration"),
            ("cognito-idp:AdminSetUserPassword", "", "test_registration"),
            ("cognito-idp:AdminUpdateUserAttributes", "", "test_registration"),
            ("cognito-idp:AdminDeleteUser", "", "test_registration"),
            ("ses:SendEmail", "", "test_registration"),
            ("scheduler:CreateSchedule", "", "test_reports"),
            ("scheduler:UpdateSchedule", "", "test_reports"),
            ("scheduler:DeleteSchedule", "", "test_reports"),
            ("sqs:SendMessage", "ActionsQueue", "test_today"),
            ("kms:GenerateDataKey", "", "test_connections"),
            ("dynamodb:BatchWriteItem", "", "test_today"),
            ("s3:GetObject", "", "test_data"),
            ("s3:PutObject", "", "test_data"),
            ("s3:ListBucket", "", "test_data"),
        )
    },
    ("RunFunction", "cloudwatch:GetMetricData", ""): "the stage is looked at every hour (tests/aws/test_metrics.py)",
    ("ApiFunction", "s3:ListBucket", ""): "no call of its own: without it S3 says 403 of what is not there",
    (
        "AnalyzeFunction",
        "scheduler:DeleteSchedule",
        "",
    ): "somebody has left, as the chat says (tests/workflows/connections/test_people.py)",
    (
        "AnalyzeFunction",
        "sqs:SendMessage",
        "ReportsQueue",
    ): "a plan's decisions run out (tests/workflows/billing/test_notices.py)",
    (
        "ApiFunction",
        "sqs:SendMessage",
        "ReportsQueue",
    ): "somebody says something for the team's report (tests/api/test_reports.py)",
    ("ReportFunction", "dynamodb:BatchWriteItem", ""): "the ticket index is folded (tests/aws/test_index.py)",
    ("ApiFunction", "scheduler:DeleteSchedule", ""): "a report is no longer wanted (tests/api/test_subscriptions.py)",
    ("ActFunction", "scheduler:DeleteSchedule", ""): "the same, from the home tab (tests/workflows/surfaces)",
    ("ConnectFunction", "scheduler:DeleteSchedule", ""): "the same, by its mail (tests/functions/test_unsubscribe.py)",
    (
        "ReceiveFunction",
        "sqs:SendMessage",
        "RunsQueue",
    ): "events were missed (tests/workflows/connections/test_gaps.py)",
}
"""Rights that the stack's tests may not come to, each with what would, and where that is tested in process."""
type Rights = set[tuple[str, str]]
"""Actions, and for what is sent the queue that it is sent to."""


def asked(log: Path) -> Mapping[str, Rights]:
    """What each function's role was asked for."""
    found: Mapping[str, Rights] = defaultdict(set)
    for line in log.read_text().splitlines():
        role, action, queue = re.fullmatch(r"(\S+) (\S+) (\S*)", line).groups()  # type: ignore[union-attr]
        function = re.search(r"-(\w+Function)Role-", role)
        name = re.search(r"-(\w+(?:Queue|DeadLetters))-", queue)
        if function:
            found[function[1]].add((action, name[1] if name and action == "sqs:SendMessage" else ""))
    return found


def given(function: str) -> Rights:
    """What a function's role may do."""
    return {
        (action, resource["Fn::GetAtt"][0] if action == "sqs:SendMessage" else "")
        for statement in granted(function)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if action not in NOT_ASKED_HERE
    }


def every_test_ran(request: pytest.FixtureRequest) -> bool:
    """Whether all tests of the stack were asked for: some alone do not come to every call."""
    files = {path.name for path in Path(__file__).parent.glob("test_*.py")}
    ran = {item.path.name for item in request.session.items if item.path.parent == Path(__file__).parent}
    return files == ran and not request.config.option.keyword


def test_the_roles_were_asked_for_nothing_that_they_do_not_give(local_stack: Stack) -> None:
    """A call that is refused may be one that a test did not wait for."""
    beyond = {name: rights - given(name) for name, rights in asked(local_stack.directory / "aws" / "rights").items()}
    assert {} == {name: rights for name, rights in beyond.items() if rights}


def test_what_the_roles_give_was_asked_for_or_has_a_reason(local_stack: Stack, request: pytest.FixtureRequest) -> None:
    """A right that nothing uses is an attacker's."""
    if not every_test_ran(request):
        pytest.skip("only some of the tests were asked for")
    if request.session.testsfailed:
        pytest.skip("a test that failed may not have come to all its calls")
    if request.session.stash.get(WITHOUT_BROWSER, False):
        pytest.skip("without a browser nobody came to all of them")
    used = asked(local_stack.directory / "aws" / "rights")
    unused = {(name, *right) for name in FUNCTIONS for right in given(name) - used[name]}
    assert set() == unused - UNUSED.keys()
