"""What a stack is made of, looked at piece by piece; nothing is changed."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from pm_assistant.aws.failures import code_of
from pm_assistant.aws.mail import is_verified
from pm_assistant.cli.doctor import access
from pm_assistant.cli.doctor.deployed import (
    ALIAS,
    DEPLOY,
    DeployedStack,
    Found,
    Look,
    faults_or,
    missing,
    not_here,
    well,
)
from pm_assistant.cli.doctor.rights import CALENDAR_SECRETS
from pm_assistant.cli.doctor.selling import selling
from pm_assistant.cli.stack import STAGES
from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.errors import Misconfigured, ProductError
from pm_assistant.domain.model import Model
from pm_assistant.runtime import wiring
from pm_assistant.runtime.settings import LegalSettings, QueueSettings, load
from pm_assistant.runtime.settings.act import ActSettings
from pm_assistant.runtime.settings.analyze import AnalyzeSettings
from pm_assistant.runtime.settings.api import ApiSettings
from pm_assistant.runtime.settings.authorize import AuthorizeSettings
from pm_assistant.runtime.settings.bill import BillSettings
from pm_assistant.runtime.settings.compose import ComposeSettings
from pm_assistant.runtime.settings.connect import ConnectSettings
from pm_assistant.runtime.settings.receive import ReceiveSettings
from pm_assistant.runtime.settings.report import ReportSettings
from pm_assistant.runtime.settings.run import RunSettings
from pm_assistant.runtime.settings.web import WebSettings

SETTINGS: Mapping[str, type[Model]] = {
    "authorize": AuthorizeSettings,
    "api": ApiSettings,
    "web": WebSettings,
    "compose": ComposeSettings,
    "connect": ConnectSettings,
    "receive": ReceiveSettings,
    "analyze": AnalyzeSettings,
    "act": ActSettings,
    "report": ReportSettings,
    "run": RunSettings,
    "bill": BillSettings,
}
"""What each function has to be told."""
WORKERS = {"analyze": "events", "act": "actions", "report": "reports", "run": "runs", "bill": "billing"}
"""The functions behind queues. The others are met at their doors."""
IMPRINT = {
    "legal_name": ("LegalName", "who runs the service"),
    "legal_address": ("LegalAddress", "where they are"),
    "contact_email": ("ContactEmail", "where to write to"),
    "governing_law": ("GoverningLaw", "which country's law the terms are under"),
}
"""What only whoever runs a stage can say of it: the parameter that says it, and what is missing without."""
USABLE = {"State": {"Active", "Inactive", None}, "LastUpdateStatus": {"Successful", None}}
"""What Lambda says of a function that can be called; one that rested for weeks is woken by a call."""
AT_ONCE = 10
"""How many parameters SSM gives in one answer."""
STUCK = "infra/runbook.md, A queue is stuck."
OLD = timedelta(minutes=30)
"""Equals the threshold of the alarms on age in template.yaml."""
LOOK_BACK = timedelta(minutes=15)


def functions(deployed: DeployedStack) -> Iterator[Found]:
    """Each is in place; those behind queues start when they are given nothing to do."""
    found = (fault for name in SETTINGS for fault in _health(name, deployed))
    return faults_or(found, f"{len(SETTINGS)} are in place, those behind queues start")


def _health(name: str, deployed: DeployedStack) -> Iterator[Found]:
    try:
        about = deployed.function(name)
    except ProductError as error:
        yield missing(f"{name} is not there: {error}", DEPLOY)
        return
    for key, good in USABLE.items():
        if about.get(key) not in good:
            yield missing(f"{name} is not usable: {key} {about[key]}, {about.get(f'{key}Reason', 'no reason')}", DEPLOY)
            return
    if name in WORKERS and (failure := _started(about)):
        log = f"Its log says why: /{deployed.stack.stack_name}/{name}."
        yield missing(f"{name} ends in an error when it starts: {failure}", log)


def _started(about: Mapping[str, Any]) -> str:
    """What becomes of a function that gets a batch of nothing; its settings are read all the same."""
    nothing = json.dumps({"Records": []})
    answer = wiring.client("lambda").invoke(FunctionName=about["FunctionName"], Qualifier=ALIAS, Payload=nothing)
    if "FunctionError" not in answer:
        return ""
    try:
        error = json.loads(answer["Payload"].read())
    except ValueError:
        return "unreadable"
    return str(error.get("errorType", "unknown"))


def settings(deployed: DeployedStack) -> Iterator[Found]:
    """Each function is told all that it has to know."""
    found = (
        missing(f"{name}: {fault}", DEPLOY)
        for name in deployed.found(SETTINGS)
        for fault in _untold(deployed.environment(name), SETTINGS[name])
    )
    return faults_or(found, "every function is told what it has to know")


def needed_of(kind: type[Model]) -> list[str]:
    """The variables without which a function does nothing."""
    return [name.upper() for name, field in kind.model_fields.items() if field.is_required()]


def told_of(kind: type[Model]) -> list[str]:
    """All that a function is told, if only that it is empty; of the queues those that it puts on."""
    fields = kind.model_fields.items()
    return [name.upper() for name, field in fields if field.is_required() or name not in QueueSettings.model_fields]


def _untold(environment: Mapping[str, str], kind: type[Model]) -> Iterator[str]:
    absent = [name for name in told_of(kind) if name not in environment]
    absent += [name for name in needed_of(kind) if environment.get(name) == ""]
    yield from (f"{name} is not set" for name in absent)
    try:
        load(kind, environment)
    except Misconfigured as error:
        if not absent:
            yield str(error)


def secrets(deployed: DeployedStack) -> Iterator[Found]:
    """Each is set, with something in it, and sealed."""
    prefix, needed = deployed.stack.secrets_prefix, deployed.secrets
    known: dict[str, Any] = {}
    for start in range(0, len(needed), AT_ONCE):
        names = [f"{prefix}/{name}" for name in needed[start : start + AT_ONCE]]
        answer = wiring.client("ssm").get_parameters(Names=names, WithDecryption=True)
        known |= {parameter["Name"]: parameter for parameter in answer["Parameters"]}
    flaws = {name: _flaw(name, known.get(f"{prefix}/{name}")) for name in needed}
    found = (missing(f"{name} {flaw}", _store(f"{prefix}/{name}")) for name, flaw in flaws.items() if flaw)
    return faults_or(found, f"all {len(needed)} are set below {prefix}")


def _flaw(name: str, parameter: Mapping[str, Any] | None) -> str:
    if parameter is None:
        return "is not set"
    if not parameter["Value"].strip():
        return "is empty"
    if name.endswith("private-key") and "-----BEGIN" not in parameter["Value"]:
        return "is no private key"
    return "" if parameter["Type"] == "SecureString" else "lies open: it is no SecureString"


def _store(path: str) -> str:
    return f"aws ssm put-parameter --type SecureString --overwrite --name {path} --value file://VALUE"


def calendars(deployed: DeployedStack) -> Iterator[Found]:
    """People can connect their own calendars, or nobody is offered to."""
    prefix = deployed.stack.secrets_prefix
    paths = [f"{prefix}/{name}" for name in CALENDAR_SECRETS]
    answer = wiring.client("ssm").get_parameters(Names=paths, WithDecryption=True)
    known = {parameter["Name"]: parameter for parameter in answer["Parameters"]}
    if not known:
        yield Found("not asked", f"calendars cannot be connected: {' and '.join(CALENDAR_SECRETS)} are not set")
        return
    flaws = {name: _flaw(name, known.get(f"{prefix}/{name}")) for name in CALENDAR_SECRETS}
    found = (missing(f"{name} {flaw}", _store(f"{prefix}/{name}")) for name, flaw in flaws.items() if flaw)
    yield from faults_or(found, "people can connect their own calendars")


def sender(deployed: DeployedStack) -> Iterator[Found]:
    """SES knows who mail comes from, and what its fate is counted under."""
    mail, ses = deployed.mail, wiring.client("sesv2")
    labels = mail.mail_from.rpartition("@")[2].split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    if not any(is_verified(identity, ses) for identity in (mail.mail_from, *domains)):
        remedy = f"aws sesv2 create-email-identity --email-identity {mail.mail_from}, and follow the link it mails."
        yield missing(f"SES has verified neither {mail.mail_from} nor its domain", remedy)
        return
    if mail.mail_set is None or not _is_there(ses.get_configuration_set, ConfigurationSetName=mail.mail_set):
        yield missing(f"SES has no configuration set {mail.mail_set or ''}".strip(), DEPLOY)
        return
    yield well(f"SES sends in the name of {mail.mail_from}")


def _is_there(ask: Any, **named: str) -> bool:
    try:
        ask(**named)
    except ClientError as error:
        if code_of(error) not in {"NotFoundException", "ResourceNotFoundException"}:
            raise
        return False
    return True


def sandbox(deployed: DeployedStack) -> Iterator[Found]:
    """SES lets the account write to anybody."""
    if deployed.is_local:
        yield not_here("the emulated SES has no sandbox")
        return
    account = wiring.client("sesv2").get_account()
    if not account["SendingEnabled"]:
        yield missing("SES has stopped this account's mail", "Its console says why, and takes an answer.")
    elif not account["ProductionAccessEnabled"]:
        remedy = "Ask for production access in SES's console; until then nobody else can register."
        yield missing("SES is in its sandbox: only verified addresses get mail", remedy)
    else:
        yield well("SES writes to anybody")


def mail(deployed: DeployedStack) -> Iterator[Found]:
    """A mail leaves as the product's own do."""
    if deployed.mail_to is None:
        yield Found("not asked", "--mail-to ADDRESS sends one")
        return
    settings = deployed.mail
    text = f"A mail from {deployed.stack.stack_name}, asked for by pm operator doctor. It has arrived, so others do."
    sent = Mail(to=deployed.mail_to, subject="pm operator doctor", text=text, html=f"<p>{text}</p>")
    try:
        wiring.mailer(settings.mail_from, settings.mail_set).send(sent)
    except ProductError as error:
        yield missing(f"no mail leaves: {error}", "See the lines on sender and sandbox.")
        return
    yield well(f"sent to {deployed.mail_to}: see whether it arrives")


def queues(deployed: DeployedStack) -> Iterator[Found]:
    """Each has its function behind it and its dead letters beside it, and nothing lies there."""
    found = (fault for stage in STAGES for fault in _queue(stage, deployed))
    return faults_or(found, "each is read, and nothing was given up")


def _queue(stage: Any, deployed: DeployedStack) -> Iterator[Found]:
    stack, sqs = deployed.stack, wiring.client("sqs")
    urls = (stack.queues.of(stage), stack.queues.dead_letters_of(stage))
    front, back = (sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"] for url in urls)
    letters = int(back["ApproximateNumberOfMessages"])
    if letters:
        yield missing(
            f"{letters} {'message' if letters == 1 else 'messages'} of {stage} given up",
            f"pm operator dlq list --queue {stage}{deployed.named} says why; then pm operator dlq redrive.",
        )
    if json.loads(front.get("RedrivePolicy", "{}")).get("deadLetterTargetArn") != back["QueueArn"]:
        yield missing(f"what {stage} cannot do is not kept: its queue has no dead letters", DEPLOY)
    pages = wiring.client("lambda").get_paginator("list_event_source_mappings")
    behind = [each for page in pages.paginate(EventSourceArn=front["QueueArn"]) for each in page["EventSourceMappings"]]
    if not any(each["State"] in {"Enabled", "Enabling", "Updating"} for each in behind):
        yield missing(f"nobody reads {stage}: its queue leads to no function", DEPLOY)


def waiting(deployed: DeployedStack) -> Iterator[Found]:
    """No message waits for longer than people would."""
    if deployed.is_local:
        yield not_here("the emulated CloudWatch counts no age")
        return
    ages = {stage: _oldest(deployed.stack.queues.of(stage).rpartition("/")[2]) for stage in STAGES}
    found = (
        missing(f"a message of {stage} has waited for {age // timedelta(minutes=1)} minutes", STUCK)
        for stage, age in ages.items()
        if age > OLD
    )
    yield from faults_or(found, "no message waits for long")


def _oldest(queue: str) -> timedelta:
    now = wiring.now()
    answer = wiring.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        StartTime=now - LOOK_BACK,
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return timedelta(seconds=points[-1]["Maximum"] if points else 0)


def clock(deployed: DeployedStack) -> Iterator[Found]:
    """There is a place for schedules, Scheduler may act as the role they name, and what recurs has its own."""
    group, role = deployed.stack.schedule_group, deployed.stack.schedule_role_arn.rpartition("/")[2]
    if not _is_there(wiring.client("scheduler").get_schedule_group, Name=group):
        remedy = "infra/runbook.md, Restoring; then pm operator migrate --rebuild."
        yield missing(f"the schedule group {group} is gone", remedy)
        return
    trusted = access.policy_in(wiring.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"])
    if not any("scheduler.amazonaws.com" in json.dumps(each.get("Principal")) for each in trusted["Statement"]):
        yield missing(f"Scheduler may not act as {role}", DEPLOY)
        return
    # The first reading has them scheduled; it may be about to begin.
    known = [c for c in deployed.client.stores.connections.everywhere() if wiring.now() - c.connected_at > OLD]
    connected = sorted({connection.tenant_id for connection in known})
    lacking_theirs = deployed.client.app.schedules.lacking_recurring(connected)
    found = (
        missing(f"nothing compares {id} every hour, or catches it up", f"pm operator migrate{deployed.named}")
        for id in lacking_theirs
    )
    yield from faults_or(found, f"schedules lie in {group}, also those of all {len(connected)} connected teams")


def logins(deployed: DeployedStack) -> Iterator[Found]:
    """There is a directory of people, and we are known to it."""
    stack, directory = deployed.stack, wiring.client("cognito-idp")
    known = {"UserPoolId": stack.user_pool_id, "ClientId": stack.user_pool_client_id}
    if _is_there(directory.describe_user_pool_client, **known):
        yield well("the directory of people knows us")
    else:
        yield missing("the directory of people is gone, or does not know us", "infra/runbook.md, Restoring.")


def alarms(deployed: DeployedStack) -> Iterator[Found]:
    """Somebody hears of alarms."""
    if deployed.is_local:
        yield not_here("nobody is to be woken")
        return
    pages = wiring.client("sns").get_paginator("list_subscriptions_by_topic")
    topic = deployed.resource("AlarmTopic")
    hearing = [each for page in pages.paginate(TopicArn=topic) for each in page["Subscriptions"]]
    if not hearing:
        yield missing("nobody hears of alarms", "Deploy with AlarmEmail.")
    elif not any(each["SubscriptionArn"].startswith("arn:") for each in hearing):
        yield missing("nobody has confirmed to hear of alarms", "Follow the link in the mail from AWS Notifications.")
    else:
        yield well("somebody hears of them")


def ringing(deployed: DeployedStack) -> Iterator[Found]:
    """No alarm rings."""
    if deployed.is_local:
        yield not_here("the emulated CloudWatch watches nothing")
        return
    pages = wiring.client("cloudwatch").get_paginator("describe_alarms")
    named = pages.paginate(AlarmNamePrefix=f"{deployed.stack.stack_name}-", StateValue="ALARM")
    loud = [each["AlarmName"] for page in named for each in page["MetricAlarms"]]
    found = (missing(f"{name} rings", "infra/runbook.md, When an alarm rings.") for name in loud)
    yield from faults_or(found, "no alarm rings")


def imprint(deployed: DeployedStack) -> Iterator[Found]:
    """The public pages say who runs the service and by which law."""
    said = load(LegalSettings, deployed.environment("web"))
    if deployed.is_local:
        yield not_here("nobody but whoever runs it uses it")
        return
    found = (
        missing(f"the public pages do not say {what}", f"Say it in samconfig.toml: {parameter}=… (operations.md).")
        for name, (parameter, what) in IMPRINT.items()
        if name in said.unsaid
    )
    yield from faults_or(found, f"the public pages say that {said.legal_name} runs the service")


PIECES: Mapping[str, Look] = {
    "functions": functions,
    "settings": settings,
    "rights": access.rights,
    "callers": access.callers,
    "services": access.services,
    "secrets": secrets,
    "sender": sender,
    "sandbox": sandbox,
    "mail": mail,
    "queues": queues,
    "waiting": waiting,
    "clock": clock,
    "logins": logins,
    "selling": selling,
    "calendars": calendars,
    "imprint": imprint,
    "alarms": alarms,
    "ringing": ringing,
}
