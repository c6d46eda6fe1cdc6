"""A stack as a terminal reaches it: the description of the stack in, the real adapters out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pm_assistant.cli.stack import (
    STAGES,
    Stack,
    Stage,
    aws_environment,
    check_running,
    from_cloudformation,
    local_environment,
    read,
    stack_file,
)
from pm_assistant.domain.errors import InvalidRequest, NotFound
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.runtime import wiring

if TYPE_CHECKING:
    from pm_assistant.aws.queues import DeadLetters
    from pm_assistant.aws.stores import DynamoStores
    from pm_assistant.aws.vault import KmsVault
    from pm_assistant.runtime.unit import AwsApplication, AwsUnit


class Depth(Model):
    """How many messages a queue holds, by SQS's own estimate."""

    queue: str
    waiting: int
    in_flight: int
    delayed: int

    @property
    def total(self) -> int:
        """Messages in it, whether they wait, are being handled or are delayed."""
        return self.waiting + self.in_flight + self.delayed


class StackFunction(Model):
    """A Lambda function of the stack; `status` is CloudFormation's word."""

    name: str
    status: str


@dataclass(frozen=True)
class StackClient:
    """One stack, and the tenant a command is about."""

    stack: Stack
    named_tenant: str | None = None

    @property
    def tenant_id(self) -> TenantId:
        """The tenant: the named one, else the one the local stack was seeded with.

        Raises:
            InvalidRequest: neither is there.
        """
        if self.named_tenant:
            return TenantId(self.named_tenant)
        if self.stack.demo is None:
            hint = " (make up connects one)" if self.stack.aws_endpoint_url else ""
            raise InvalidRequest(f"Name the tenant: --tenant ID{hint}", field="tenant")
        return self.stack.demo.tenant_id

    @property
    def has_tenant(self) -> bool:
        """Whether it is known which tenant is meant."""
        return bool(self.named_tenant or self.stack.demo)

    @property
    def stores(self) -> "DynamoStores":
        """The stack's table."""
        return wiring.stores(self.stack.table)

    @property
    def tenant(self) -> Tenant:
        """The tenant's settings.

        Raises:
            NotFound: there is no such tenant.
        """
        return self.stores.tenants.get(self.tenant_id)

    @property
    def app(self) -> "AwsApplication":
        """What work that is no tenant's uses, as the stack's own functions do."""
        from pm_assistant.runtime.unit import AwsApplication

        return AwsApplication(self.stack.settings, public_url=self.stack.public_url)

    @property
    def unit(self) -> "AwsUnit":
        """The same for the tenant."""
        return self.app.unit(self.tenant_id)

    def dead_letters(self, stage: Stage) -> "DeadLetters":
        """What a stage could not do."""
        return wiring.dead_letters(self.stack.queues.dead_letters_of(stage))

    def vault(self, *, former: str | None = None) -> "KmsVault":
        """The sealer of credentials, which also opens what lies under a former KMS key."""
        from pm_assistant.aws.vault import KmsVault

        return KmsVault(self.stack.kms_key_id, wiring.client("kms"), former=former)

    def depths(self) -> tuple[Depth, ...]:
        """How full every queue is, each followed by its dead letters.

        Raises:
            UpstreamError: SQS did not answer, or not to us.
        """
        queues = self.stack.queues
        return tuple(
            depth
            for stage in STAGES
            for depth in (
                _depth(stage, queues.of(stage)),
                _depth(f"{stage} dead letters", queues.dead_letters_of(stage)),
            )
        )

    def busy(self) -> tuple[Depth, ...]:
        """The queues on which something is done or is about to be: neither dead letters nor what a run waits for.

        A run may be a quarter of an hour away: where Slack had to try more than twice to tell us something, as on a
        slow machine, what it may not have told is read then.

        Raises:
            UpstreamError: SQS did not answer, or not to us.
        """
        return tuple(
            depth
            for depth in self.depths()
            if "dead" not in depth.queue
            if depth.waiting or depth.in_flight or (depth.delayed and depth.queue != "runs")
        )

    def functions(self) -> tuple[StackFunction, ...]:
        """The functions CloudFormation knows in this stack, by name.

        Raises:
            UpstreamError: CloudFormation did not answer, or not to us.
        """
        from pm_assistant.aws.failures import translated

        with translated():
            pages = wiring.client("cloudformation").get_paginator("list_stack_resources")
            functions = [
                StackFunction(name=resource["LogicalResourceId"], status=resource["ResourceStatus"])
                for page in pages.paginate(StackName=self.stack.stack_name)
                for resource in page["StackResourceSummaries"]
                if resource["ResourceType"] == "AWS::Lambda::Function"
            ]
        return tuple(sorted(functions, key=lambda function: function.name))


def open_stack(*, profile: str | None, stack: str | None, region: str | None, tenant: str | None) -> StackClient:
    """Open the local stack, or the one of that name on AWS, and point this process's AWS settings at it.

    Raises:
        NotFound: there is no such stack, or the local one does not run.
        InvalidRequest: a profile without a stack, or what is there is not a stack of ours.
        Misconfigured: it was deployed with a parameter that makes no sense.
    """
    if stack is None:
        if profile or region:
            raise InvalidRequest("Name the stack on AWS too: --stack NAME", field="stack")
        local = read(stack_file(Path.cwd(), os.environ))
        check_running(local)
        if local.aws_endpoint_url:
            _become(local_environment(local.aws_endpoint_url, local.region, os.environ))
        return StackClient(local, tenant)
    _become(aws_environment(profile, region, os.environ))
    return StackClient(_deployed(stack), tenant)


def _become(environment: Mapping[str, str]) -> None:
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    os.environ.update(environment)


def _deployed(name: str) -> Stack:
    from botocore.exceptions import ClientError

    from pm_assistant.aws.failures import code_of, translated

    with translated():
        client = wiring.client("cloudformation")
        try:
            described = client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if code_of(error) != "ValidationError":  # which is also what a name is answered with that no stack can have
                raise
            raise NotFound(f"There is no stack {name} in {client.meta.region_name}") from error
    # A profile may be what says the region, and not every client looks there.
    os.environ["AWS_DEFAULT_REGION"] = client.meta.region_name
    return from_cloudformation(described, client.meta.region_name)


def _depth(name: str, url: str) -> Depth:
    from pm_assistant.aws.failures import translated

    names = [f"ApproximateNumberOfMessages{which}" for which in ("", "NotVisible", "Delayed")]
    with translated():
        attributes = wiring.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    waiting, in_flight, delayed = (int(attributes[name]) for name in names)
    return Depth(queue=name, waiting=waiting, in_flight=in_flight, delayed=delayed)
