"""Brings the local stack up and down: `python -m infra.local.stack up|down|reset|status`."""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from infra.local.deployment import CREDENTIALS, REGION, Deployment, build
from infra.local.emulator.gateway import API_ID
from infra.local.processes import Server
from infra.local.tools import LOCAL, ROOT, SENT_MAIL, LocalError, environment, write_private
from infra.local.vendors import SECRETS, SIGNING, shared_secrets, vendor_urls

INTERRUPTED = 130
"""What a shell says of a program that was ended by Ctrl-C."""
BRAIN = "infra.local.brain:answer"
QUEUES = {"events": "Events", "actions": "Actions", "reports": "Reports", "runs": "Runs", "billing": "Billing"}
PARAMETERS = {
    "secrets_prefix": "SecretsPrefix",
    "vendor_urls": "VendorUrls",
    "openai_base_url": "OpenAiBaseUrl",
    "openai_model": "OpenAiModel",
    "analyst": "Analyst",
    "stripe_base_url": "StripeBaseUrl",
}
OUTPUTS = {
    "table": "TableName",
    "kms_key_id": "KmsKeyId",
    "archives_bucket": "ArchivesBucket",
    "user_pool_id": "UserPoolId",
    "user_pool_client_id": "UserPoolClientId",
    "schedule_group": "ScheduleGroup",
    "schedule_role_arn": "ScheduleRoleArn",
    "reports_dead_letters_arn": "ReportsDeadLettersArn",
    "jobs_dead_letters_arn": "RunsDeadLettersArn",
}
"""What the description calls the template's parameters and outputs."""


@dataclass(frozen=True)
class Stack:
    """A local stack: its directory holds all it keeps, its ports are its own, so several can run side by side."""

    directory: Path = LOCAL
    aws_port: int = 4566
    sandbox_port: int = 4567

    @classmethod
    def of(cls, directory: Path, *, aws_port: int | None = None, sandbox_port: int | None = None) -> "Stack":
        """The stack of a directory: on the ports that are asked for, else on those it was brought up on before."""
        stack = cls(directory.absolute())
        known = json.loads(stack.file.read_text()) if stack.file.exists() else {}
        before = {name: urlsplit(known.get(name) or "").port for name in ("aws_endpoint_url", "sandbox_url")}
        return cls(
            stack.directory,
            aws_port or before["aws_endpoint_url"] or cls.aws_port,
            sandbox_port or before["sandbox_url"] or cls.sandbox_port,
        )

    @property
    def aws(self) -> Server:
        """The emulated AWS."""
        return Server("aws", self.aws_port, self.directory, "/_ministack/health")

    @property
    def sandbox(self) -> Server:
        """The vendors."""
        return Server("sandbox", self.sandbox_port, self.directory, "/_sandbox/faults")

    @property
    def public_url(self) -> str:
        """Where browsers and vendors reach the API; known before there is one."""
        # The emulator's own host names, <id>.execute-api.localhost, do not resolve everywhere.
        return f"{self.aws.url}/_aws/execute-api/{API_ID}"

    @property
    def file(self) -> Path:
        """What people and programs read about the running stack."""
        return self.directory / "stack.json"

    def logs(self, name: str) -> Path:
        """Where a step's output goes."""
        return self.directory / "logs" / f"{name}.log"


def up(stack: Stack, own: Mapping[str, str] | None = None, tell: Callable[[str], None] = print) -> dict[str, Any]:
    """Have the stack running with the code as it is now, and describe it; does only what is not done yet.

    Args:
        stack: where and on which ports.
        own: the developer's `.env`; its credentials point the functions at the real vendors.
        tell: hears of every step.

    Raises:
        LocalError: something stands in the way.
    """
    own = own or {}
    with _alone(stack):
        for server in (stack.aws, stack.sandbox):
            server.claim_port()
        _start_aws(stack, tell)
        deployment = Deployment(stack.aws.url)
        if deployment.status() is None:
            _forget_world(stack)
        tell("build")
        inputs = build(stack.logs("build"))
        secrets = shared_secrets(stack.directory / "secrets.json", own)
        deployment.put_secrets({path: secrets[name] for name, path in SECRETS.items()})
        deployment.verify_sender()
        tell("deploy")
        addresses = {"PublicUrl": stack.public_url, "CognitoUrl": stack.aws.url}
        if not deployment.deploy(inputs, vendor_urls(stack.sandbox.url, own) | addresses, stack.logs("deploy")):
            tell("nothing to deploy")
        described = _description(stack, deployment, secrets)
        deployment.renew_schedules()
        # The developer's own keys are for the real model and the real Stripe, and for nobody else.
        real = {own.get("OPENAI_API_KEY"), own.get("STRIPE_SECRET_KEY")}
        played = {name: secret for name, secret in secrets.items() if secret not in real}
        _start_sandbox(stack, played, tell)
        return describe(stack, **described)


def down(stack: Stack) -> None:
    """Stop the stack; what it holds is written down for the next `up`.

    Raises:
        LocalError: a server does not end.
    """
    with _alone(stack):
        stack.sandbox.stop()
        stack.aws.stop()


def reset(stack: Stack) -> None:
    """Stop the stack and forget everything it held; environments and the build stay."""
    with _alone(stack):
        stack.aws.stop(5, forget=True)
        _forget_world(stack)
    for name in ("aws", "logs"):
        shutil.rmtree(stack.directory / name, ignore_errors=True)
    (stack.directory / "secrets.json").unlink(missing_ok=True)


def status(stack: Stack) -> str:
    """One line for each part of the stack."""
    lines = []
    for server in (stack.aws, stack.sandbox):
        state = "answers" if server.pid() and server.healthy() else "hangs" if server.pid() else "is down"
        lines.append(f"{server.name:8} {state} at {server.url}, log {server.log}")
    deployed = Deployment(stack.aws.url).status() if stack.aws.pid() else None
    return "\n".join([*lines, f"{'stack':8} {deployed or 'not deployed'}"])


def describe(stack: Stack, **parts: Any) -> dict[str, Any]:
    """Add to the stack's description, e.g. `demo={…}`, and return all of it; readers never see half a file."""
    description = json.loads(stack.file.read_text()) if stack.file.exists() else {}
    description.update(parts)
    write_private(stack.file, description)
    return description


def read_env(path: Path) -> dict[str, str]:
    """The assignments of a `.env` file, empty ones left out; {} when there is none.

    Raises:
        LocalError: a line is no assignment.
    """
    lines = path.read_text().splitlines() if path.exists() else []
    assignments = {}
    for number, line in enumerate(lines, 1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals:
            raise LocalError(f"{path}:{number}: write NAME=value")
        assignments[name.strip()] = value.strip().strip("\"'")
    return {name: value for name, value in assignments.items() if value}


@contextmanager
def _alone(stack: Stack) -> Iterator[None]:
    stack.directory.mkdir(parents=True, exist_ok=True)
    with (stack.directory / "lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            raise LocalError(f"another up or down works on {stack.directory}: wait until it is done") from error
        yield


def _forget_world(stack: Stack) -> None:
    """A killed AWS comes back empty; the vendors' memory of what it did would contradict it."""
    stack.sandbox.stop(5, forget=True)
    shutil.rmtree(stack.directory / "sandbox", ignore_errors=True)
    stack.file.unlink(missing_ok=True)


def _start_aws(stack: Stack, tell: Callable[[str], None]) -> None:
    tell(f"local AWS at {stack.aws.url}")
    python = environment("emulator") / "python"
    state, scratch = stack.directory / "aws", stack.directory / "aws" / "tmp"
    if not stack.aws.pid():
        shutil.rmtree(scratch, ignore_errors=True)  # what workers of an earlier run left
    scratch.mkdir(parents=True, exist_ok=True)
    # Nothing of the developer's environment: the functions would see it.
    env = CREDENTIALS | {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(stack.aws_port),
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "INFO",
        "MINISTACK_WORKER_THREADS": "256",  # waiting invocations hold one each
    }
    stack.aws.start([str(python), "-m", "infra.local.aws"], env)


def _start_sandbox(stack: Stack, secrets: Mapping[str, str], tell: Callable[[str], None]) -> None:
    tell(f"vendor sandbox at {stack.sandbox.url}")
    state = stack.directory / "sandbox"
    state.mkdir(parents=True, exist_ok=True)
    app = {"app_url": stack.public_url, "mail_url": f"{stack.aws.url}{SENT_MAIL}", **secrets}
    options = ["--port", str(stack.sandbox_port), "--state", str(state), "--app-url", app["app_url"], "--brain", BRAIN]
    env = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), **{name.upper(): value for name, value in app.items()}}
    stack.sandbox.start([sys.executable, "-m", "infra.sandbox", *options], env)
    # The team made its Slack app for itself, and Slack lets such an app read what was said as often as it likes.
    config = {**app, "slack_history_limit": False}
    httpx.post(f"{stack.sandbox.url}/_sandbox/config", json=config, timeout=10, trust_env=False).raise_for_status()


def _description(stack: Stack, deployment: Deployment, secrets: Mapping[str, str]) -> dict[str, Any]:
    outputs, chosen = deployment.described()
    if f"//{API_ID}." not in outputs["ApiUrl"]:
        raise LocalError("this stack was made by an earlier version: run `make reset`, then `make up`")
    queues = {name: outputs[f"{output}QueueUrl"] for name, output in QUEUES.items()}
    return {
        "api_url": stack.public_url,
        "public_url": stack.public_url,
        "aws_endpoint_url": stack.aws.url,
        "region": REGION,
        "stack_name": deployment.name,
        "queues": queues | {f"{name}_dlq": outputs[f"{output}DeadLettersUrl"] for name, output in QUEUES.items()},
        **{name: outputs[output] for name, output in OUTPUTS.items()},
        **{name: chosen[parameter] for name, parameter in PARAMETERS.items()},
        "burst_gap_seconds": float(chosen["BurstGapSeconds"]),
        "sandbox_url": stack.sandbox.url,
        "secrets": {name: secrets[name] for name in SIGNING},
    }


def main(arguments: list[str] | None = None) -> int:
    """The command line; prints one line for what a developer has to put right."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.stack", description=__doc__)
    parser.add_argument("command", choices=["up", "down", "reset", "status"])
    parser.add_argument("--dir", type=Path, default=LOCAL)
    parser.add_argument("--aws-port", type=int, default=os.environ.get("PM_AWS_PORT") or None)
    parser.add_argument("--sandbox-port", type=int, default=os.environ.get("PM_SANDBOX_PORT") or None)
    options = parser.parse_args(arguments)
    stack = Stack.of(options.dir, aws_port=options.aws_port, sandbox_port=options.sandbox_port)
    begun = time.monotonic()
    try:
        match options.command:
            case "up":
                up(
                    stack,
                    read_env(ROOT / ".env"),
                    lambda step: print(f"{time.monotonic() - begun:5.1f} s  {step}", flush=True),
                )
                print(f"{time.monotonic() - begun:5.1f} s  up; {stack.file} describes it")
            case "down":
                down(stack)
            case "reset":
                reset(stack)
            case "status":
                print(status(stack))
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted: what is there stays, and the next `make up` goes on from it", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
