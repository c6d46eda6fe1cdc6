"""The local AWS behaves as the product expects of AWS, and its launcher says what is wrong in one line."""

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fcntl import LOCK_EX, flock
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.local import demo
from infra.local import stack as stack_module
from infra.local.client import CODES, Mailbox
from infra.local.deployment import Deployment
from infra.local.emulator.gateway import API_ID
from infra.local.processes import Server, free_port
from infra.local.stack import Stack, describe, down, main, read_env, up
from infra.local.tools import ROOT, LocalError, environment
from infra.local.vendors import shared_secrets, vendor_urls
from pm_assistant.aws.schedules import Destination, SchedulerSchedules
from pm_assistant.domain.jobs import JobDue
from pm_assistant.domain.tenants import TenantId
from tests.infra.sandbox.running import wait_until

SANDBOX = "http://127.0.0.1:4567"
# Asks the bridge's clock, with the emulator's own cron arithmetic, when schedules are due.
ASK_CLOCK = """
import json, sys
from importlib import import_module
from infra.local.emulator.clock import Clock
clock = Clock(*(import_module(f"ministack.services.{name}") for name in ("scheduler", "eventbridge", "sqs")), 0.0)
print(json.dumps([clock.due(schedule, now) for schedule, now in json.load(sys.stdin)]))
"""

type Node = dict[str, Any]


def at(moment: str, zone: str) -> float:
    """Seconds since the epoch of a local time."""
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp()


def schedule(expression: str, zone: str, since: str, **more: Any) -> Node:
    """A schedule put at a local time."""
    return {
        "ScheduleExpression": expression,
        "ScheduleExpressionTimezone": zone,
        "LastModificationDate": at(since, zone),
        **more,
    }


def due(*asked: tuple[Node, float]) -> list[float | None]:
    """When each schedule is due, asked at a moment."""
    command = [str(environment("emulator") / "python"), "-c", ASK_CLOCK]
    clean = {"PATH": os.defpath, "HOME": os.devnull, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, input=json.dumps(asked), env=clean, capture_output=True, text=True, check=True)
    answer: list[float | None] = json.loads(done.stdout)
    return answer


def test_a_daily_schedule_fires_at_its_own_wall_clock() -> None:
    """Nine in Kolkata is not nine in London; a minute before it is not due."""
    daily = schedule("cron(0 9 * * ? *)", "Asia/Kolkata", "2026-11-20T12:00")
    nine = at("2026-11-21T09:00", "Asia/Kolkata")
    assert [None, nine, None] == due((daily, nine - 60), (daily, nine), ({**daily, "_FiredAt": nine}, nine + 3600))


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T09:00"),
        ("Europe/Berlin", "2026-10-24T12:00", "2026-10-25T09:00"),
        ("America/New_York", "2026-11-01T00:30", "2026-11-01T09:00"),
    ],
)
def test_the_change_of_clocks_neither_moves_nor_doubles_a_daily_schedule(zone: str, before: str, after: str) -> None:
    """Nine stays nine on the day an hour is lost or lived twice."""
    daily, nine = schedule("cron(0 9 * * ? *)", zone, before), at(after, zone)
    assert [None, nine, None] == due((daily, nine - 60), (daily, nine), ({**daily, "_FiredAt": nine}, nine + 7200))


def test_what_recurs_every_hour_fires_at_its_minute() -> None:
    """Once an hour, also when it was put shortly before."""
    hourly = schedule("cron(17 * * * ? *)", "UTC", "2026-11-20T12:16")
    first = at("2026-11-20T12:17", "UTC")
    fired = {**hourly, "_FiredAt": first}
    assert [None, first, None, first + 3600] == due(
        (hourly, first - 1), (hourly, first), (fired, first + 3599), (fired, first + 3600)
    )


def test_a_moment_is_read_in_its_zone_and_passes_once() -> None:
    """Fired is remembered in the schedule, so that a restart does not repeat it."""
    once = schedule("at(2026-11-21T09:00:00)", "America/New_York", "2026-11-20T12:00")
    nine = at("2026-11-21T09:00", "America/New_York")
    assert [None, nine, None] == due((once, nine - 1), (once, nine), ({**once, "_FiredAt": nine}, nine + 1))


def test_a_rate_counts_from_when_it_was_put_or_fired() -> None:
    """Every hour means an hour after the last."""
    hourly = schedule("rate(1 hour)", "UTC", "2026-11-20T12:00")
    noon = at("2026-11-20T12:00", "UTC")
    assert [None, noon + 3600] == due((hourly, noon + 3599), (hourly, noon + 3600))
    assert [None] == due(({**hourly, "_FiredAt": noon + 3600}, noon + 3700))


def test_a_taken_port_is_named_with_its_owner_and_the_way_out(tmp_path: Path) -> None:
    """One line says which port, who has it, and what to type."""
    port = free_port()
    bind = f"import socket, time; s = socket.socket(); s.bind(('127.0.0.1', {port})); s.listen()"
    script = f"{bind}; print('ready', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        with pytest.raises(LocalError) as refused:
            Server("aws", port, tmp_path, "/").start([sys.executable, "-c", ""], {})
        holder.kill()
    text = str(refused.value)
    assert f"port {port} for aws is taken by process {holder.pid} (" in text
    assert f"PM_AWS_PORT={port + 100} make up" in text
    assert "\n" not in text


def test_a_taken_port_is_found_before_anything_is_started(tmp_path: Path) -> None:
    """Also that of the sandbox, which comes last."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        stack = Stack(tmp_path, free_port(), taken.getsockname()[1])
        steps: list[str] = []
        with pytest.raises(LocalError, match="for sandbox is taken"):
            up(stack, tell=steps.append)
    assert [] == steps


def test_a_stack_is_found_on_the_ports_it_was_brought_up_on(tmp_path: Path) -> None:
    """In another terminal, which does not say them again; who says others means them."""
    describe(Stack(tmp_path), aws_endpoint_url="http://127.0.0.1:4866", sandbox_url="http://127.0.0.1:4867")

    assert Stack(tmp_path, 4866, 4867) == Stack.of(tmp_path)
    assert Stack(tmp_path, 4966, 4867) == Stack.of(tmp_path, aws_port=4966)
    assert Stack(tmp_path / "fresh", 4566, 4567) == Stack.of(tmp_path / "fresh")


def test_who_interrupts_is_told_that_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """In one line, and no traceback."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("PM_STACK_FILE", "")  # which the demo sets
    monkeypatch.setattr(stack_module, "up", interrupted)
    monkeypatch.setattr(demo, "demo_day", interrupted)

    codes = (stack_module.main(["up", "--dir", str(tmp_path)]), demo.main(["--dir", str(tmp_path)]))

    assert (130, 130) == codes
    assert 2 == capsys.readouterr().err.strip().replace("\n\n", "\n").count("interrupted: ")


def test_a_server_that_dies_at_once_is_reported_with_its_last_words(tmp_path: Path) -> None:
    """Nobody should have to look for the log to know the cause."""
    server = Server("sandbox", free_port(), tmp_path, "/")
    with pytest.raises(LocalError, match=r"sandbox stopped at once.*no such world"):
        server.start([sys.executable, "-c", "raise SystemExit('no such world')"], {"PATH": os.defpath})


@pytest.mark.parametrize("kept", ["", "garbage", "999999999 4566 python", "{ours} 4566 another program"])
def test_a_stale_pid_is_not_taken_for_the_server(tmp_path: Path, kept: str) -> None:
    """A number that is gone, or that another program has inherited, is nobody's; stopping that is a no-op."""
    (tmp_path / "aws.pid").write_text(kept.format(ours=os.getpid()))
    server = Server("aws", free_port(), tmp_path, "/")
    assert server.pid() is None
    server.stop()
    assert not (tmp_path / "aws.pid").exists()


def test_a_server_on_another_port_is_not_taken_for_ours(tmp_path: Path) -> None:
    """Somebody else may answer there; ours is asked only where it was started."""
    with ThreadingHTTPServer(("127.0.0.1", 0), AlwaysOkHandler) as stranger:
        Thread(target=stranger.serve_forever, daemon=True).start()
        server = Server("aws", stranger.server_port, tmp_path, "/")
        (tmp_path / "aws.pid").write_text(f"{os.getpid()} {stranger.server_port + 1} python")

        assert not server.healthy()

        stranger.shutdown()


def test_a_server_that_runs_as_something_else_is_ended(tmp_path: Path) -> None:
    """After an update that starts it in another way, the old program is not what one wants to look at."""
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with ThreadingHTTPServer(("127.0.0.1", 0), AlwaysOkHandler) as answering, subprocess.Popen(command) as old:
        Thread(target=answering.serve_forever, daemon=True).start()
        server = Server("sandbox", answering.server_port, tmp_path, "/")
        (tmp_path / "sandbox.pid").write_text(f"{old.pid} {server.port} {' '.join(command)}")
        wait_until(lambda: server.pid() == old.pid)  # It may not show its name yet.

        server.start(command, {})
        kept = server.pid()
        with pytest.raises(LocalError, match="is taken"):
            server.start([*command, "--otherwise"], {})

        assert (old.pid, None) == (kept, server.pid())
        answering.shutdown()


class AlwaysOkHandler(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    """The same after a restart, readable by nobody else, and the developer's own come first."""
    path = tmp_path / "secrets.json"
    made = shared_secrets(path, {})
    assert made == shared_secrets(path, {})
    assert len(set(made.values())) == len(made)
    assert path.stat().st_mode & 0o777 == 0o600
    assert isinstance(load_pem_private_key(made["github_private_key"].encode(), None), RSAPrivateKey)
    assert made["github_app_id"].isdecimal()
    assert shared_secrets(path, {"OPENAI_API_KEY": "own"})["openai_api_key"] == "own"
    forms = {"stripe_secret_key": "sk_test_", "stripe_webhook_secret": "whsec_"}
    path.write_text(json.dumps(made | dict.fromkeys(forms, "made before there was a form")))
    again = shared_secrets(path, {})
    assert all(again[name].startswith(form) for name, form in forms.items())
    assert again["slack_signing_secret"] == made["slack_signing_secret"]


def test_vendors_are_in_the_sandbox_unless_own_credentials_are_given() -> None:
    """One token without the other changes nothing; a base URL wins over both."""
    addresses = {
        "slack.web": "slack",
        "slack.api": "slack/api/",
        "linear.web": "linear",
        "linear.api": "linear/graphql",
        "linear.oauth": "linear/oauth",
        "github.web": "github",
        "github.api": "github/api",
        "google.web": "google",
        "google.oauth": "google",
        "google.api": "google/calendar/v3",
    }
    played = {
        "VendorUrls": ",".join(f"{name}={SANDBOX}/{path}" for name, path in addresses.items()),
        "OpenAiBaseUrl": f"{SANDBOX}/openai/v1",
    }
    sold = {
        "StripeBaseUrl": f"{SANDBOX}/stripe",
        "StripePrices": "team=price_sandbox_team,business=price_sandbox_business",
    }
    played |= sold
    assert played == vendor_urls(SANDBOX, {})
    assert played == vendor_urls(SANDBOX, {"SLACK_TOKEN": "t"})
    real = {"SLACK_TOKEN": "t", "LINEAR_API_KEY": "k"}
    assert {"OpenAiBaseUrl": played["OpenAiBaseUrl"]} | sold == vendor_urls(SANDBOX, real)
    assert sold == vendor_urls(SANDBOX, {**real, "OPENAI_API_KEY": "k"})
    own = {**real, "OPENAI_API_KEY": "k", "STRIPE_SECRET_KEY": "k"}
    assert {} == vendor_urls(SANDBOX, own)
    assert {"StripePrices": "team=p"} == vendor_urls(SANDBOX, {**own, "STRIPE_PRICES": "team=p"})
    assert vendor_urls(SANDBOX, {"OPENAI_BASE_URL": "http://model/v1"})["OpenAiBaseUrl"] == "http://model/v1"
    assert {"VendorUrls": "slack.api=http://s", "OpenAiBaseUrl": played["OpenAiBaseUrl"], **sold} == vendor_urls(
        SANDBOX, {**real, "SLACK_API_URL": "http://s"}
    )


def test_a_dotenv_is_read_and_a_wrong_line_named(tmp_path: Path) -> None:
    """Comments, quotes and empty values are understood; the number of a line that is none of these is told."""
    path = tmp_path / ".env"
    assert read_env(path) == {}
    path.write_text("# mine\n\nexport SLACK_TOKEN='xoxb=1'\nLINEAR_API_KEY=\nOPENAI_API_KEY = k \n")
    assert {"SLACK_TOKEN": "xoxb=1", "OPENAI_API_KEY": "k"} == read_env(path)
    path.write_text("A=1\nnonsense\n")
    with pytest.raises(LocalError, match=r"\.env:2: write NAME=value"):
        read_env(path)


def test_parts_are_added_to_the_description_and_none_is_lost(tmp_path: Path) -> None:
    """`demo` comes later than the rest and survives the next `up`."""
    stack = Stack(tmp_path)
    describe(stack, api_url="a")
    describe(stack, demo={"tenant_id": "t"})
    assert {"api_url": "b", "demo": {"tenant_id": "t"}} == describe(stack, api_url="b")


def test_two_ups_of_one_stack_do_not_meet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second gives up in one line and with a failing status."""
    with (tmp_path / "lock").open("w") as first:
        flock(first, LOCK_EX)
        assert main(["down", "--dir", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"error: another up or down works on {tmp_path}: wait until it is done\n"


@pytest.mark.stack
def test_the_routes_of_the_http_api_reach_their_function(stack: Mapping[str, Any]) -> None:
    """The function refuses a webhook without a signature; other paths and verbs are not found."""
    for vendor in ("slack", "linear", "github"):
        assert httpx.post(f"{stack['api_url']}/webhooks/{vendor}", json={}, timeout=30).status_code == 401
        assert httpx.get(f"{stack['api_url']}/webhooks/{vendor}", timeout=30).status_code == 404
    assert httpx.post(f"{stack['api_url']}/webhooks/nobody", json={}, timeout=30).status_code == 404


@pytest.mark.stack
def test_a_route_that_needs_a_caller_is_guarded_and_the_others_are_not(stack: Mapping[str, Any]) -> None:
    """Without the header the gateway answers itself; a credential that proves nothing is refused by the product."""
    url = f"{stack['public_url']}/v1/tenant"
    nobody = httpx.get(url, timeout=30)
    stranger = httpx.get(url, headers={"authorization": "Bearer nonsense"}, timeout=30)

    assert (401, {"message": "Unauthorized"}) == (nobody.status_code, nobody.json())
    assert (401, "application/problem+json") == (stranger.status_code, stranger.headers["content-type"])
    assert 200 == httpx.get(f"{stack['public_url']}/v1/openapi.json", timeout=30).status_code


@pytest.mark.stack
def test_the_api_is_where_the_parameters_say_before_it_is_there(stack: Mapping[str, Any], local_stack: Stack) -> None:
    """Redirect addresses are registered with vendors, so the id must not be drawn anew."""
    outputs, chosen = Deployment(stack["aws_endpoint_url"]).described()

    assert local_stack.public_url == chosen["PublicUrl"] == stack["public_url"]
    assert f"//{API_ID}." in outputs["ApiUrl"]


@pytest.mark.stack
def test_a_page_of_an_allowed_origin_may_call_the_api(stack: Mapping[str, Any]) -> None:
    """The gateway answers the browser's question itself, and refuses others."""
    asked = {"access-control-request-method": "PATCH", "access-control-request-headers": "authorization"}
    answers = [
        httpx.options(f"{stack['public_url']}/v1/settings", headers={"origin": origin, **asked}, timeout=30)
        for origin in ("http://localhost:3000", "https://stranger.test")
    ]

    assert [204, 403] == [answer.status_code for answer in answers]
    assert "http://localhost:3000" == answers[0].headers["access-control-allow-origin"]
    assert "PATCH" in answers[0].headers["access-control-allow-methods"]
    assert "access-control-allow-origin" not in answers[1].headers


def as_our_client(stack: Mapping[str, Any], cognito: Any, email: str) -> Node:
    """What our own functions send along with a person's address, which takes the client's secret."""
    client = {"UserPoolId": stack["user_pool_id"], "ClientId": stack["user_pool_client_id"]}
    secret = cognito.describe_user_pool_client(**client)["UserPoolClient"]["ClientSecret"].encode()
    proof = hmac.new(secret, f"{email}{client['ClientId']}".encode(), hashlib.sha256).digest()
    return {"ClientId": client["ClientId"], "Username": email, "SecretHash": base64.b64encode(proof).decode()}


@pytest.mark.stack
def test_the_user_directory_keeps_to_what_the_client_may_do(stack: Mapping[str, Any]) -> None:
    """It asks for the client's secret, nobody names a tenant when signing up, and passwords pass our own door only."""
    cognito = Deployment(stack["aws_endpoint_url"]).client("cognito-idp")
    us, password = as_our_client(stack, cognito, "eve@eve.test"), "long enough to pass"
    stranger = {"ClientId": us["ClientId"], "Username": us["Username"]}
    tenant = [{"Name": "custom:tenant", "Value": "theirs"}]
    with pytest.raises(ClientError, match="SECRET_HASH was not received"):
        cognito.sign_up(Password=password, **stranger)
    with pytest.raises(ClientError, match="unauthorized attribute"):
        cognito.sign_up(Password=password, UserAttributes=tenant, **us)
    given = {"USERNAME": us["Username"], "PASSWORD": password, "SECRET_HASH": us["SecretHash"]}
    with pytest.raises(ClientError, match="flow not enabled"):
        cognito.initiate_auth(ClientId=us["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)


@pytest.mark.stack
def test_whoever_took_the_code_out_of_the_mail_has_proven_the_address(stack: Mapping[str, Any]) -> None:
    """AWS notes that on the user, and the code goes to that mailbox."""
    cognito = Deployment(stack["aws_endpoint_url"]).client("cognito-idp")
    us = as_our_client(stack, cognito, "ann@ann.test")
    cognito.sign_up(Password="long enough to pass", **us)
    [mail] = Mailbox(stack["aws_endpoint_url"]).to(us["Username"])
    with pytest.raises(ClientError, match="CodeMismatch"):
        cognito.confirm_sign_up(ConfirmationCode="000000", **us)
    cognito.confirm_sign_up(ConfirmationCode=CODES["register"], **us)
    user = cognito.admin_get_user(UserPoolId=stack["user_pool_id"], Username=us["Username"])

    assert CODES["register"] in mail["BodyHtml"]
    assert "Prove that this address is yours" in mail["BodyHtml"]
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


@pytest.mark.stack
def test_the_table_is_as_the_template_says(stack: Mapping[str, Any]) -> None:
    """Expiry, recovery, encryption and protection arrive at the table, typed."""
    dynamodb = Deployment(stack["aws_endpoint_url"]).client("dynamodb")
    name = {"TableName": stack["table"]}
    table = dynamodb.describe_table(**name)["Table"]
    expiry = dynamodb.describe_time_to_live(**name)["TimeToLiveDescription"]
    recovery = dynamodb.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    assert {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"} == expiry
    assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert ("ENABLED", "KMS") == (table["SSEDescription"]["Status"], table["SSEDescription"]["SSEType"])
    assert table["DeletionProtectionEnabled"] is False


@pytest.mark.stack
def test_a_schedule_fires_at_its_local_time_with_its_context_filled_in(stack: Mapping[str, Any]) -> None:
    """The right moment in Kolkata arrives once; the same digits read elsewhere do not."""
    client = Deployment(stack["aws_endpoint_url"]).client
    sqs, scheduler = client("sqs"), client("scheduler")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    soon = datetime.now(UTC) + timedelta(seconds=2)
    for zone in ("Asia/Kolkata", "America/New_York"):
        scheduler.create_schedule(
            Name=zone.rpartition("/")[2],
            GroupName=stack["schedule_group"],
            ScheduleExpression=f"at({soon.astimezone(ZoneInfo('Asia/Kolkata')):%Y-%m-%dT%H:%M:%S})",
            ScheduleExpressionTimezone=zone,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": arn,
                "RoleArn": stack["schedule_role_arn"],
                "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
            },
        )
    heard: list[Node] = []

    def listen() -> list[Node]:
        heard.extend(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2).get("Messages", []))
        return heard

    wait_until(lambda: bool(listen()))
    listen()
    assert [{"at": f"{soon:%Y-%m-%dT%H:%M:%SZ}"}] == [json.loads(message["Body"]) for message in heard]


@pytest.mark.stack
def test_what_a_schedule_sends_arrives_in_its_group(stack: Mapping[str, Any]) -> None:
    """As the universal target does on AWS, with the moment filled in inside the message."""
    client = Deployment(stack["aws_endpoint_url"]).client
    queue = client("sqs").create_queue(QueueName="sent")["QueueUrl"]
    destination = Destination(queue, stack["jobs_dead_letters_arn"])
    names = {"group": stack["schedule_group"], "role_arn": stack["schedule_role_arn"]}
    schedules = SchedulerSchedules(client("scheduler"), **names, reports=destination, jobs=destination)
    schedules.put_job(TenantId("acme"), "job-1", datetime.now(UTC))

    [message] = client("sqs").receive_message(
        QueueUrl=queue, WaitTimeSeconds=10, MessageSystemAttributeNames=["MessageGroupId"]
    )["Messages"]

    assert JobDue(tenant_id=TenantId("acme"), job_id="job-1") == JobDue.model_validate_json(message["Body"])
    assert "acme" == message["Attributes"]["MessageGroupId"]


@pytest.mark.stack
@pytest.mark.parametrize("wrong", [{"ScheduleExpressionTimezone": "Mars/Olympus"}, {"ScheduleExpression": "cron(9 9)"}])
def test_a_schedule_that_aws_would_refuse_is_refused(stack: Mapping[str, Any], wrong: Node) -> None:
    """Otherwise a mistake would show only in production."""
    scheduler = Deployment(stack["aws_endpoint_url"]).client("scheduler")
    right = {
        "Name": "wrong",
        "ScheduleExpression": "rate(1 day)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": stack["jobs_dead_letters_arn"], "RoleArn": stack["schedule_role_arn"]},
    }
    with pytest.raises(ClientError) as refused:
        scheduler.create_schedule(**{**right, **wrong})
    assert refused.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.stack
def test_an_unchanged_stack_is_neither_built_nor_deployed_again(stack: Mapping[str, Any], local_stack: Stack) -> None:
    """The second `up` describes the same stack."""
    told: list[str] = []
    assert stack == up(local_stack, tell=told.append)
    assert "nothing to deploy" in told


@pytest.mark.stack
def test_what_the_stack_holds_survives_a_restart(stack: Mapping[str, Any], local_stack: Stack) -> None:
    """Down and up again: rows, routes and the sandbox are there, and nothing is deployed anew."""
    item = {"pk": {"S": "TENANT#restart"}, "sk": {"S": "kept"}}
    Deployment(stack["aws_endpoint_url"]).client("dynamodb").put_item(TableName=stack["table"], Item=item)
    down(local_stack)
    told: list[str] = []
    assert stack == up(local_stack, tell=told.append)
    assert "nothing to deploy" in told
    found = Deployment(stack["aws_endpoint_url"]).client("dynamodb").get_item(TableName=stack["table"], Key=item)
    assert item == found["Item"]
    assert httpx.post(f"{stack['api_url']}/webhooks/slack", json={}, timeout=30).status_code == 401
