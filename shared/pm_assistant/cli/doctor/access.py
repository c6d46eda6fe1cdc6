"""Who may do what in a stack: its roles, who calls its functions, and AWS's services that use a queue or the key."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of
from pm_assistant.cli.doctor.deployed import ALIAS, DEPLOY, DeployedStack, Found, faults_or, missing
from pm_assistant.cli.doctor.rights import MODEL_KEY, RIGHTS, Right, Statement, arns, is_allowed, lacking, several
from pm_assistant.runtime import wiring

WRITING_LOGS = "AWSLambdaBasicExecutionRole"
"""What AWS calls the policy by which SAM lets each function write its log."""
_GATEWAY = "apigateway.amazonaws.com"
CALLERS: Mapping[str, str] = {
    **dict.fromkeys(("authorize", "api", "web", "connect", "receive", "bill"), _GATEWAY),
    "compose": "cognito-idp.amazonaws.com",
}
"""Who calls what does not stand behind a queue alone."""
_EVENTS, _ALARMS = "events.amazonaws.com", "cloudwatch.amazonaws.com"
OF_THE_KEY = ("kms:Decrypt", "kms:GenerateDataKey")
"""What whoever puts on an encrypted queue or topic does with its key."""
_FUNCTIONS = tuple(name for name in RIGHTS if name != "schedule role")


def rights(deployed: DeployedStack) -> Iterator[Found]:
    """Each role may do what its function comes to, by the policies it has."""
    return faults_or(_lacks(deployed), "every function may do what it has to")


def _lacks(deployed: DeployedStack) -> Iterator[Found]:
    named = _named(deployed)
    roles = {name: deployed.function(name)["Role"] for name in deployed.found(_FUNCTIONS)}
    for name, role in {**roles, "schedule role": deployed.stack.schedule_role_arn}.items():
        attached = _attached_to(role)
        remedy = f"Give {_name_of(role)} back what template.yaml says; a deployment does that only where it changed."
        if name in roles and not any(arn.endswith(f"/{WRITING_LOGS}") for arn in attached):
            yield missing(f"{name} may not write its log, and no alarm is made of what it says there", remedy)
        for lack in lacking(_of_this(RIGHTS[name], deployed), _statements(role, attached), named):
            yield missing(f"{name} may not {lack}", remedy)


def _named(deployed: DeployedStack) -> Mapping[str, str]:
    mail = deployed.mail
    return arns(deployed.stack, mail.mail_from, mail.mail_set or deployed.stack.stack_name)


def callers(deployed: DeployedStack) -> Iterator[Found]:
    """Whoever calls a function from without is let in by it: API Gateway, and Cognito for its mails."""
    found = (
        missing(f"{name} does not let {caller} call it", f"Add the permission that template.yaml has. {DEPLOY}")
        for name in deployed.found(_FUNCTIONS)
        if (caller := CALLERS.get(name)) is not None and caller not in _let_in(deployed.function(name)["FunctionName"])
    )
    return faults_or(found, "those at the doors may be called by whoever stands there")


def _let_in(function: str) -> set[str]:
    """The services that may call a function by the name that everybody calls it by."""
    try:
        policy = wiring.client("lambda").get_policy(FunctionName=function, Qualifier=ALIAS)["Policy"]
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return set()
        raise
    allowed = (each for each in json.loads(policy)["Statement"] if each["Effect"] == "Allow")
    return {service for each in allowed for service in _services(each["Principal"])}


def services(deployed: DeployedStack) -> Iterator[Found]:
    """What bounced reaches its queue, and alarms their topic, for which both may use the key."""
    return faults_or(_kept_out(deployed), "EventBridge may put on its queues, and alarms use the key")


def _kept_out(deployed: DeployedStack) -> Iterator[Found]:
    sqs, queues, named = wiring.client("sqs"), deployed.stack.queues, _named(deployed)
    letters = queues.dead_letters_of("reports")
    for queue, url, arn in (
        ("reports", queues.of("reports"), named["reports queue"]),
        ("reports' dead letters", letters, named["reports dead letters"]),
    ):
        held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
        if not is_allowed("sqs:SendMessage", arn, _about(_EVENTS, held.get("Policy"))):
            yield missing(f"EventBridge may not put on the queue of {queue}, so what bounced is never heard of", DEPLOY)
    policy = wiring.client("kms").get_key_policy(KeyId=deployed.stack.kms_key_id, PolicyName="default")["Policy"]
    for service, what in ((_EVENTS, "what bounced"), (_ALARMS, "what an alarm says")):
        statements = _about(service, policy)
        if lost := [action for action in OF_THE_KEY if not is_allowed(action, named["key"], statements)]:
            yield missing(f"{service} may not {' or '.join(lost)}, so {what} arrives nowhere", DEPLOY)


def _about(service: str, policy: str | None) -> Sequence[Statement]:
    """The statements of a queue's or the key's own policy that are about a service."""
    statements = json.loads(policy)["Statement"] if policy else []
    return [each for each in statements if service in _services(each["Principal"])]


def _services(principal: Any) -> Sequence[str]:
    return several(principal.get("Service", ())) if isinstance(principal, Mapping) else ()


def _of_this(needed: Iterable[Right], deployed: DeployedStack) -> Iterator[Right]:
    """The rights that count here: nothing is asked of what is not used."""
    for right in needed:
        if right.on != (MODEL_KEY,) or deployed.stack.analyst == "openai":
            yield right


def _name_of(role_arn: str) -> str:
    return role_arn.rpartition("/")[2]


def _attached_to(role_arn: str) -> list[str]:
    """The policies that are attached to a role."""
    pages = wiring.client("iam").get_paginator("list_attached_role_policies").paginate(RoleName=_name_of(role_arn))
    return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]


def _statements(role_arn: str, attached: Sequence[str]) -> list[Statement]:
    """All statements of a role's policies, its own and those that are attached to it."""
    iam, role = wiring.client("iam"), _name_of(role_arn)
    documents = [
        iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for page in iam.get_paginator("list_role_policies").paginate(RoleName=role)
        for name in page["PolicyNames"]
    ]
    # Those that AWS keeps let a function write its log and its traces, which is nothing of ours.
    documents += [_attached(iam, arn) for arn in attached if ":iam::aws:" not in arn]
    return [statement for document in documents for statement in policy_in(document)["Statement"]]


def _attached(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def policy_in(document: Any) -> Any:
    """A policy as botocore gives it, or as it travels."""
    return json.loads(unquote(document)) if isinstance(document, str) else document
