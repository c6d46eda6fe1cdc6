"""Which stack is meant, and what is said when there is none."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import boto3
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from pm_assistant.cli.api_target import NOWHERE
from pm_assistant.cli.app import app
from pm_assistant.cli.client import StackClient, open_stack
from pm_assistant.cli.stack import NOT_HERE, aws_environment, local_environment, read, stack_file
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.runtime import wiring
from tests.aws.emulated import REGION
from tests.cli.cloudformation import PARAMETERS
from tests.cli.conftest import StackAndTerminal


def test_the_file_is_found_from_any_folder_below(tmp_path: Path) -> None:
    """As git finds its own."""
    file = tmp_path / ".local" / "stack.json"
    file.parent.mkdir()
    file.write_text("{}")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert file == stack_file(below, {})


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    """A named file that is not there is not replaced by another."""
    file = tmp_path / "other.json"
    file.write_text("{}")

    assert file == stack_file(tmp_path, {"PM_STACK_FILE": str(file)})
    with pytest.raises(NotFound, match=NOT_HERE):
        stack_file(tmp_path, {"PM_STACK_FILE": str(tmp_path / "none.json")})


@pytest.mark.usefixtures("clean_process")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["operator", "status"], NOT_HERE),
        (["operator", "dlq", "list"], NOT_HERE),
        (["linear", "--json"], NOWHERE),
        (["approve", "x"], NOWHERE),
    ],
)
def test_without_a_stack_or_an_address_every_command_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], said: str
) -> None:
    """It says what to do."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))

    result = CliRunner().invoke(app, command)
    assert (1, "", f"{said}\n") == (result.exit_code, result.stdout, result.stderr)


def test_a_stopped_stack_is_no_stack(terminal: StackAndTerminal) -> None:
    """The description may outlive the process it describes."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        terminal.describe(aws_endpoint_url=f"http://127.0.0.1:{taken.getsockname()[1]}")

        answer = terminal.pm("operator", "status")

    assert (1, "", f"{NOT_HERE}\n") == (answer.code, answer.out, answer.err)


@pytest.mark.parametrize("content", ["", "[]", '{"api_url": 1}', "\x00"])
def test_a_broken_description_is_one_clear_line(tmp_path: Path, content: str) -> None:
    """It names the file and what to do."""
    file = tmp_path / "stack.json"
    file.write_text(content)

    with pytest.raises(InvalidRequest, match=r"stack\.json cannot be used .* make up"):
        read(file)


def test_on_the_local_stack_nothing_of_the_developers_aws_is_left() -> None:
    """No profile, token, file or endpoint of another AWS can take part."""
    mine = {"AWS_PROFILE": "prod", "AWS_SESSION_TOKEN": "t", "AWS_ENDPOINT_URL_SQS": "https://x", "HOME": "/home/me"}

    made = local_environment("http://127.0.0.1:4566", "us-east-1", mine)

    assert "/home/me" == made["HOME"]
    assert {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    } == {name: value for name, value in made.items() if name.startswith("AWS_")}


def test_a_named_profile_wins_over_keys_in_the_environment() -> None:
    """Otherwise botocore would take the keys."""
    made = aws_environment("dev", "eu-west-1", {"AWS_ACCESS_KEY_ID": "k", "AWS_SECRET_ACCESS_KEY": "s"})

    assert {"AWS_PROFILE": "dev", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"} == made


@pytest.mark.usefixtures("terminal")
def test_a_stack_on_aws_is_read_from_cloudformation() -> None:
    """Its outputs say where things are, its parameters how it was set up."""
    client = open_stack(profile=None, stack="pm", region=REGION, tenant="acme")

    assert ("https://api.test", "table", REGION) == (client.stack.api_url, client.stack.table, client.stack.region)
    assert ("offline", "some-model", 90) == (
        client.stack.analyst,
        client.stack.openai_model,
        client.stack.burst_gap_seconds,
    )
    assert (None, None, "acme") == (client.stack.aws_endpoint_url, client.stack.sandbox_url, client.tenant_id)
    assert ("https://api.test", {}) == (client.stack.public_url, client.stack.settings.vendor_urls)


def test_on_aws_the_tenant_has_to_be_named(terminal: StackAndTerminal) -> None:
    """There is no demo to fall back on."""
    answer = terminal.pm("operator", "rejudge", "--stack", "pm", "--region", REGION)

    assert (1, "Name the tenant: --tenant ID\n") == (answer.code, answer.err)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--stack", "nope", "--region", REGION], f"There is no stack nope in {REGION}\n"),
        (["--profile", "dev"], "Name the stack on AWS too: --stack NAME\n"),
        (["--stack", ""], "--stack is empty: say what is meant, or leave it out\n"),
    ],
)
def test_a_stack_on_aws_that_cannot_be_opened_is_one_clear_line(
    terminal: StackAndTerminal, arguments: list[str], error: str
) -> None:
    """No traceback of a client library."""
    answer = terminal.pm("operator", "status", *arguments)

    assert (1, "", error) == (answer.code, answer.out, answer.err)


LOGGED_OUT = f"""\
[profile out]
sso_session = work
sso_account_id = 123456789012
sso_role_name = admin
region = {REGION}
[sso-session work]
sso_start_url = https://work.awsapps.com/start
sso_region = {REGION}
"""


@pytest.mark.parametrize(
    ("arguments", "config", "error"),
    [
        ([], "", "Say in which region: --region NAME, or AWS_REGION"),
        (
            ["--region", "Frankfurt!"],
            "",
            "No AWS region is called so; say --region NAME",
        ),
        (["--region", REGION], "", "There are no AWS credentials: log in (aws sso login), or say --profile NAME"),
        (
            ["--profile", "nope"],
            "",
            "There is no AWS profile of that name; `aws configure list-profiles` lists them; say --profile NAME",
        ),
        (
            ["--profile", "half"],
            f"[profile half]\nregion = {REGION}\naws_access_key_id = AKIDEXAMPLE\n",
            "Half of the AWS credentials is missing",
        ),
        (
            ["--profile", "odd"],
            f"[profile odd]\nregion = {REGION}\ncredential_process = false\n",
            "The AWS credentials cannot be had",
        ),
        (["--profile", "out"], LOGGED_OUT, "The AWS login has ended: log in (aws sso login), or say --profile NAME"),
        (["--region", REGION], "[profile", "What ~/.aws/config or an AWS_… variable says cannot be used: "),
        (["--profile", "x"], "[profile x]\nregion = x\ndefaults_mode = y\n", "What ~/.aws/config or an AWS_… variable"),
    ],
)
def test_what_it_takes_to_reach_aws_is_named(
    clean_process: object,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    arguments: list[str],
    config: str,
    error: str,
) -> None:
    """In one line with what to pass, rather than in a client library's word for its absence."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    wiring.session.cache_clear()

    answer = CliRunner().invoke(app, ["operator", "status", "--stack", "pm", *arguments])
    wiring.session.cache_clear()

    assert (1, "") == (answer.exit_code, answer.stdout)
    assert answer.stderr.startswith(error)
    assert 1 == len(answer.stderr.splitlines())


def test_credentials_that_end_meanwhile_are_said_wherever_that_is_noticed(
    terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where nothing of ours has read the refusal."""
    ended = ClientError({"Error": {"Code": "ExpiredToken", "Message": "x"}}, "Query")
    said = "The AWS credentials have expired: log in (aws sso login), or say --profile NAME\n"

    def refuse(*_: object) -> NoReturn:
        raise ended

    monkeypatch.setattr(StackClient, "functions", refuse)

    assert (1, "", said) == (*terminal.pm("operator", "status").__dict__.values(),)


def test_a_stack_that_was_deployed_with_a_senseless_parameter_is_one_clear_line(
    terminal: StackAndTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the parameter's field."""
    monkeypatch.setitem(PARAMETERS, "VendorUrls", "slack")

    answer = terminal.pm("operator", "status", "--stack", "pm", "--region", REGION)

    assert (1, "", 1) == (answer.code, answer.out, len(answer.err.splitlines()))
    assert "pm is deployed wrongly (vendor_urls: " in answer.err


@pytest.mark.usefixtures("terminal")
def test_another_stack_of_the_account_is_not_taken_for_ours() -> None:
    """It names what is missing."""
    with pytest.raises(InvalidRequest, match=r"other is not a stack of PM Assistant: it has no TableName"):
        open_stack(profile=None, stack="other", region=REGION, tenant=None)


def test_help_loads_no_client_library() -> None:
    """`pm --help` answers quickly."""
    code = "import sys; from pm_assistant.cli.app import app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert set() == {"boto3", "botocore", "pynamodb", "httpx", "openai", "slack_sdk"} & set(loaded)


@pytest.mark.parametrize(
    ("queue", "delay", "busy"),
    [
        ("events", 0, ["events"]),
        ("events", 900, ["events"]),
        ("events_dlq", 0, []),
        ("runs", 0, ["runs"]),
        ("runs", 900, []),
    ],
)
def test_a_stack_is_busy_while_something_is_to_be_done_soon(
    terminal: StackAndTerminal, queue: str, delay: int, busy: list[str]
) -> None:
    """Neither dead letters nor a run that waits for its time keep anybody waiting."""
    client = open_stack(profile=None, stack=None, region=None, tenant=None)
    url = terminal.described["queues"][queue]
    boto3.client("sqs").send_message(QueueUrl=url, MessageBody="{}", DelaySeconds=delay)

    assert busy == [depth.queue for depth in client.busy()]
