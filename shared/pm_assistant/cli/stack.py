"""Which stack a command talks to: the local one, described by `.local/stack.json`, or one that is deployed on AWS."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field, SecretStr, ValidationError

from pm_assistant.domain.errors import InvalidRequest, Misconfigured, NotFound
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import TenantId
from pm_assistant.runtime.settings import (
    AnalystSettings,
    ModelPrices,
    QueueSettings,
    ScheduleSettings,
    StoreSettings,
    VendorSettings,
    VendorUrls,
)

NOT_HERE = "No local stack here. Start it with: make up"
STACK_FILE = Path(".local") / "stack.json"
STAGES: tuple["Stage", ...] = ("events", "actions", "reports", "runs", "billing")

type Stage = Literal["events", "actions", "reports", "runs", "billing"]


class _Described(Model):
    """Part of a description that others add to, so what is not known here is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Queues(_Described):
    """Addresses of the queues in front of the stages, and of where each stage parks what it cannot do."""

    events: str
    actions: str
    reports: str
    runs: str
    billing: str
    events_dlq: str
    actions_dlq: str
    reports_dlq: str
    runs_dlq: str
    billing_dlq: str

    def of(self, stage: "Stage") -> str:
        """The queue in front of a stage."""
        url: str = getattr(self, stage)
        return url

    def dead_letters_of(self, stage: "Stage") -> str:
        """Where a stage parks."""
        url: str = getattr(self, f"{stage}_dlq")
        return url


class Demo(_Described):
    """The tenant that the local stack was seeded with, a key of its own, and its owner's login.

    A developer's own tenant has no login.
    """

    tenant_id: TenantId
    token: SecretStr | None = None
    email: str | None = None
    password: SecretStr | None = None


class StackSettings(StoreSettings, QueueSettings, VendorSettings, AnalystSettings, ScheduleSettings):
    """What work for a stack's tenants needs to be told."""


class Stack(_Described):
    """A stack as `.local/stack.json` describes it; one on AWS has no endpoint of its own and no sandbox."""

    api_url: str
    public_url: str
    region: str
    stage: str = "local"
    stack_name: str
    table: str
    queues: Queues
    kms_key_id: str
    archives_bucket: str
    user_pool_id: str
    user_pool_client_id: str
    schedule_group: str
    schedule_role_arn: str
    reports_dead_letters_arn: str
    jobs_dead_letters_arn: str
    secrets_prefix: str
    vendor_urls: VendorUrls
    openai_base_url: str
    openai_model: str | None = None
    openai_strong_model: str | None = None
    openai_prices: ModelPrices = Field(default_factory=dict)
    model_budget_dollars: float | None = None
    analyst: Literal["openai", "offline"]
    burst_gap_seconds: float = Field(default=120, gt=0)
    stripe_base_url: str = "https://api.stripe.com"
    aws_endpoint_url: str | None = None
    sandbox_url: str | None = None
    demo: Demo | None = None

    @property
    def settings(self) -> StackSettings:
        """What the stack's own functions are told, for work that a terminal does as they do."""
        described = self.model_dump(include=set(StackSettings.model_fields), exclude_none=True)
        queues = self.queues
        return StackSettings(
            table_name=self.table,
            events_queue_url=queues.events,
            actions_queue_url=queues.actions,
            reports_queue_url=queues.reports,
            jobs_queue_url=queues.runs,
            billing_queue_url=queues.billing,
            **described,
        )


def stack_file(start: Path, environment: Mapping[str, str]) -> Path:
    """Find the description of the local stack: `PM_STACK_FILE`, or `.local/stack.json` in `start` or above it.

    Raises:
        NotFound: there is none.
    """
    if named := environment.get("PM_STACK_FILE"):
        candidates = [Path(named)]
    else:
        candidates = [folder / STACK_FILE for folder in (start, *start.parents)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise NotFound(NOT_HERE)


def read(path: Path) -> Stack:
    """Read a description.

    Raises:
        InvalidRequest: it is no description, or an older one; says what is missing.
    """
    try:
        return Stack.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InvalidRequest(f"{path} cannot be used ({_flaw(error)}). Renew it with: make up") from error


def check_running(stack: Stack) -> None:
    """Make sure that somebody answers at the stack's own AWS endpoint; one on AWS is taken at its word.

    Raises:
        NotFound: nobody does.
    """
    if stack.aws_endpoint_url is None:
        return
    address = urlsplit(stack.aws_endpoint_url)
    try:
        socket.create_connection((address.hostname or "", address.port or 80), timeout=2).close()
    except OSError as error:
        raise NotFound(NOT_HERE) from error


def local_environment(endpoint_url: str, region: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """Make a process environment in which AWS means the local one only.

    Nothing of the developer's own AWS settings is left, their files included, and no proxy stands in between.
    """
    environment = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    no_proxy = ",".join(filter(None, [inherited.get("NO_PROXY") or inherited.get("no_proxy"), "127.0.0.1,localhost"]))
    return environment | {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def aws_environment(profile: str | None, region: str | None, inherited: Mapping[str, str]) -> dict[str, str]:
    """Make a process environment for a stack on AWS; a profile that is named wins over keys that lie about."""
    environment = dict(inherited)
    if profile:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            environment.pop(name, None)
        environment["AWS_PROFILE"] = profile
    if region:
        environment |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    return environment


def from_cloudformation(described: Mapping[str, Any], region: str) -> Stack:
    """Read a stack out of one entry of CloudFormation's `DescribeStacks` answer: its outputs and parameters.

    Raises:
        InvalidRequest: it is not a stack of this product; names an output or parameter it lacks.
        Misconfigured: it was deployed with a parameter that makes no sense; names it.
    """
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    chosen = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in described.get("Parameters", [])}
    name = described["StackName"]
    queues = {stage: f"{stage.title()}QueueUrl" for stage in STAGES}
    parked = {f"{stage}_dlq": f"{stage.title()}DeadLettersUrl" for stage in STAGES}
    try:
        return Stack(
            api_url=outputs["ApiUrl"],
            public_url=chosen["PublicUrl"] or outputs["ApiUrl"],
            region=region,
            stage=chosen.get("Stage", ""),
            stack_name=name,
            table=outputs["TableName"],
            queues=Queues.model_validate({key: outputs[output] for key, output in (queues | parked).items()}),
            kms_key_id=outputs["KmsKeyId"],
            archives_bucket=outputs["ArchivesBucket"],
            user_pool_id=outputs["UserPoolId"],
            user_pool_client_id=outputs["UserPoolClientId"],
            schedule_group=outputs["ScheduleGroup"],
            schedule_role_arn=outputs["ScheduleRoleArn"],
            reports_dead_letters_arn=outputs["ReportsDeadLettersArn"],
            jobs_dead_letters_arn=outputs["RunsDeadLettersArn"],
            secrets_prefix=chosen["SecretsPrefix"],
            vendor_urls=chosen["VendorUrls"],
            openai_base_url=chosen["OpenAiBaseUrl"],
            openai_model=chosen["OpenAiModel"],
            openai_strong_model=chosen.get("OpenAiStrongModel") or None,
            openai_prices=chosen.get("OpenAiPrices", ""),
            model_budget_dollars=chosen.get("ModelBudgetDollars") or None,
            analyst="offline" if chosen["Analyst"] == "offline" else "openai",
            burst_gap_seconds=float(chosen["BurstGapSeconds"]),
            stripe_base_url=chosen.get("StripeBaseUrl", "https://api.stripe.com"),
        )
    except KeyError as error:
        raise InvalidRequest(f"{name} is not a stack of PM Assistant: it has no {error.args[0]}") from error
    except ValidationError as error:
        raise Misconfigured(f"{name} is deployed wrongly ({_flaw(error)})") from error


def _flaw(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return f"{field}: {first['msg']}" if field else first["msg"]
