"""The very same `sam build` and `sam deploy` as for a real account, pointed at the local AWS."""

import os
import platform
import sys
import tomllib
from collections.abc import Mapping
from fcntl import LOCK_EX, flock
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.tools import LOCAL, ROOT, LocalError, digest, environment, run, sam_environment
from pm_assistant.aws.schedules import Destination, SchedulerSchedules

BUILD = LOCAL / "build"
CONFIG: list[str | Path] = ["--config-env", "local", "--config-file", ROOT / "samconfig.toml"]
NOWHERE = str(LOCAL / "nowhere")
REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# What a stack can still be updated from; all else is a deployment that never finished.
SOUND = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


def architecture() -> str:
    """This machine's, in Lambda's words."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def build(log: Path, target: str | None = None, place: Path = BUILD) -> str:
    """Build what is deployed unless it is built already; returns the digest of what it was made from.

    Args:
        log: gets what the build says.
        target: the architecture it is for, in Lambda's words; this machine's unless one is named.
        place: where to.

    Raises:
        LocalError: it cannot be built.
    """
    target = target or architecture()
    BUILD.parent.mkdir(parents=True, exist_ok=True)
    with (LOCAL / "build.lock").open("w") as lock:  # a test run may want to build while `make up` does
        flock(lock, LOCK_EX)
        stamp = place / ".inputs"
        inputs = digest(sources(), target, sys.version)
        if not stamp.exists() or stamp.read_text() != inputs:
            sam = environment("sam") / "sam"
            run("build", [sam, "build", *CONFIG, "--build-dir", place], _sam_environment(target), log)
            stamp.write_text(inputs)
    return inputs


class Deployment:
    """The stack on the AWS at an endpoint."""

    def __init__(self, endpoint_url: str) -> None:
        """Remember where; nothing is asked yet."""
        self._endpoint_url = endpoint_url
        self._config = tomllib.loads((ROOT / "samconfig.toml").read_text())["local"]["deploy"]["parameters"]
        self.name: str = self._config["stack_name"]
        self.parameters = dict(pair.split("=", 1) for pair in self._config["parameter_overrides"])

    def client(self, service: str) -> Any:
        """A client of the local AWS that knows nothing of the developer's own accounts."""
        make: Any = self._session.client
        return make(service, endpoint_url=self._endpoint_url, config=Config(proxies={}, retries={"max_attempts": 2}))

    @cached_property
    def _session(self) -> boto3.Session:
        # botocore would otherwise look for the developer's profile, and fail when there is none of that name.
        unset = {"profile": (None, None, None, None), "config_file": (None, None, NOWHERE, None)}
        return boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
            botocore_session=botocore.session.Session(session_vars=unset),
        )

    def put_secrets(self, secrets: Mapping[str, str]) -> None:
        """Write secrets to where the functions look for them, e.g. `slack/signing-secret`."""
        ssm = self.client("ssm")
        for name, value in secrets.items():
            ssm.put_parameter(Name=self._parameter(name), Value=value, Type="SecureString", Overwrite=True)

    def verify_sender(self) -> None:
        """Have SES send in the name of the address that the functions send from."""
        client = self.client("sesv2")
        try:
            client.create_email_identity(EmailIdentity=self.parameters["MailFrom"])
        except client.exceptions.AlreadyExistsException:
            return

    def deploy(self, inputs: str, parameters: Mapping[str, str], log: Path) -> bool:
        """Deploy what was built unless that is what runs; returns whether it did.

        Raises:
            LocalError: it cannot be deployed.
        """
        all_parameters = {**self.parameters, **parameters, "Architecture": architecture()}
        overrides = [f"{name}={value}" for name, value in sorted(all_parameters.items())]
        release = digest([], inputs, *overrides)
        if self.status() in SOUND and self._deployed() == release:
            return False
        self._clear_failed()
        command = [environment("sam") / "sam", "deploy", *CONFIG, "--template-file", BUILD / "template.yaml"]
        account = {"AWS_ENDPOINT_URL": self._endpoint_url, "AWS_DEFAULT_REGION": REGION, **CREDENTIALS}
        env = {**_sam_environment(architecture()), **account}
        overrides += [f"Release={release}"]
        run("deploy", [*command, "--parameter-overrides", *overrides], env, log)
        # Kept inside the AWS it speaks of, so that it is lost when that is.
        self.client("ssm").put_parameter(Name=self._parameter("deployed"), Value=release, Type="String", Overwrite=True)
        return True

    def renew_schedules(self) -> None:
        """Have schedules that an earlier version made put their messages on queues, as `pm operator migrate` does."""
        outputs, _ = self.described()
        SchedulerSchedules(
            self.client("scheduler"),
            group=outputs["ScheduleGroup"],
            role_arn=outputs["ScheduleRoleArn"],
            reports=Destination(outputs["ReportsQueueUrl"], outputs["ReportsDeadLettersArn"]),
            jobs=Destination(outputs["RunsQueueUrl"], outputs["RunsDeadLettersArn"]),
        ).renew()

    def status(self) -> str | None:
        """CloudFormation's word for the stack, or None when there is none."""
        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        except ClientError:
            return None
        status: str = stacks[0]["StackStatus"]
        return None if status == "DELETE_COMPLETE" else status

    def described(self) -> tuple[dict[str, str], dict[str, str]]:
        """The stack's outputs, and the parameters in force."""
        stack = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"][0]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        return outputs, {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}

    def _parameter(self, name: str) -> str:
        return f"{self.parameters['SecretsPrefix']}/{name}"

    def _deployed(self) -> str | None:
        parameters = self.client("ssm").get_parameters(Names=[self._parameter("deployed")])["Parameters"]
        return parameters[0]["Value"] if parameters else None

    def _clear_failed(self) -> None:
        status = self.status()
        if status is None or status in SOUND:
            return
        cloudformation = self.client("cloudformation")
        cloudformation.delete_stack(StackName=self.name)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        if self.status() is not None:
            raise LocalError(f"the stack is {status} and cannot be deleted: run `make reset`, then `make up`")


def sources() -> list[Path]:
    """All that is deployed is made from."""
    folders = [ROOT / "functions", ROOT / "shared"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    kept = [path for path in files if "__pycache__" not in path.parts and "cli" not in path.parts]
    return [*kept, *(ROOT / name for name in ("template.yaml", "samconfig.toml", "uv.lock"))]


def _sam_environment(target: str) -> dict[str, str]:
    """The developer's environment, for registries and proxies, but without any AWS account of theirs."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
    return mine | {
        **sam_environment(target),
        "AWS_CONFIG_FILE": NOWHERE,
        "AWS_SHARED_CREDENTIALS_FILE": NOWHERE,
        "__SAM_CLI_APP_DIR": str(LOCAL / "sam"),
        "NO_PROXY": "127.0.0.1,localhost",
    }
