"""The template keeps the promises that no linter knows: poison has a place, rights are few, settings are complete."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import ANY
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from infra.adopt import IDENTIFIERS
from pm_assistant.api.openapi import HEADERS, IDEMPOTENCY_KEY
from pm_assistant.domain.jobs import ABANDONED_AFTER, APP, JobDue
from pm_assistant.domain.tenants import CalendarProvider, Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.ports.unit import LEASE
from pm_assistant.runtime.batch import LONGEST_PAUSE, MOST_ATTEMPTS, PATIENCE
from pm_assistant.runtime.settings import PublicSettings, QueueSettings, VendorSettings, WatchSettings, load
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
from pm_assistant.workflows import jobs
from pm_assistant.workflows.billing.review import BILLING
from pm_assistant.workflows.operator.stage import STAGE

ROOT = Path(__file__).parents[2]
SETTINGS: dict[str, type[BaseModel]] = {
    "AuthorizeFunction": AuthorizeSettings,
    "ApiFunction": ApiSettings,
    "WebFunction": WebSettings,
    "ComposeFunction": ComposeSettings,
    "ConnectFunction": ConnectSettings,
    "ReceiveFunction": ReceiveSettings,
    "AnalyzeFunction": AnalyzeSettings,
    "ActFunction": ActSettings,
    "ReportFunction": ReportSettings,
    "RunFunction": RunSettings,
    "BillFunction": BillSettings,
}
OPTIONAL_BY_NATURE = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
FAMILIES = (
    "${ArchivesBucket.Arn}/*",  # the files of all tenants; their names begin with the tenant's
    ":schedule/${ScheduleGroup}/*",
    ":schedule/*/*",  # a list is asked for by group, and checked against all
)
"""The ends of resource names that stand for more than one thing."""
OF_NOTHING = ["cloudwatch:GetMetricData"]
"""What IAM knows no resource of (docs.aws.amazon.com/service-authorization, CloudWatch)."""

type Node = dict[str, Any]


@cache
def _read() -> Node:
    read: Node = import_module("cfnlint.decode.cfn_yaml").load(str(ROOT / "template.yaml"))
    return read


def template(section: str = "Resources") -> Node:
    """All resources, or another section, in CloudFormation's long forms; what becomes of it is the asker's affair."""
    found: Node = deepcopy(_read()[section])
    return found


def resources(kind: str) -> dict[str, Node]:
    """The properties of all resources of a type."""
    given = _read()["Resources"]
    return {name: deepcopy(each.get("Properties", {})) for name, each in given.items() if each["Type"] == kind}


def routes() -> dict[str, Node]:
    """What the template says of every route, by verb and path."""
    events = [event for given in FUNCTIONS.values() for event in given.get("Events", {}).values()]
    found = [event["Properties"] for event in events if event["Type"] == "HttpApi"]
    return {f"{given['Method']} {given['Path']}": given for given in found}


FUNCTIONS = resources("AWS::Serverless::Function")
QUEUES = resources("AWS::SQS::Queue")
MAPPINGS = resources("AWS::Lambda::EventSourceMapping")
WORKERS = {
    mapping["FunctionName"]["Ref"].removesuffix(".Alias"): mapping["EventSourceArn"]["Fn::GetAtt"][0]
    for mapping in MAPPINGS.values()
}
"""The queue in front of each function that has one."""


def statements() -> list[tuple[str, Node]]:
    """Every statement that gives one of our roles a right."""
    functions = [
        (name, each)
        for name, given in FUNCTIONS.items()
        for policy in given.get("Policies", ())
        for each in policy["Statement"]
    ]
    roles = [
        (name, each)
        for name, given in resources("AWS::IAM::Role").items()
        for policy in given.get("Policies", ())
        for each in policy["PolicyDocument"]["Statement"]
    ]
    return functions + roles


def as_list(value: Any) -> list[Any]:
    """IAM takes one or several."""
    return value if isinstance(value, list) else [value]


def alarms_on(metric: str) -> set[str]:
    """What the alarms on a metric watch, as the logical id in its one dimension."""
    alarms = resources("AWS::CloudWatch::Alarm").values()
    parts = [
        each["MetricStat"]["Metric"] for given in alarms for each in given.get("Metrics", []) if "MetricStat" in each
    ]
    watched = [given["Dimensions"][0]["Value"] for given in [*alarms, *parts] if given.get("MetricName") == metric]
    return {value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0] for value in watched}


def test_every_verb_has_a_function_and_no_function_lacks_a_verb() -> None:
    """A folder under functions/ is a function of the template, under the same name."""
    folders = {app.parent.name for app in (ROOT / "functions").glob("*/app.py")}
    assert {name.removesuffix("Function").lower() for name in FUNCTIONS} == folders


@pytest.mark.parametrize("function", SETTINGS)
def test_a_function_is_given_every_setting_it_reads(function: str) -> None:
    """All settings come from the template, also those that have a default; of the queues those that it puts on."""
    given = FUNCTIONS[function]["Environment"]["Variables"].keys()
    fields = SETTINGS[function].model_fields.items()
    read = {name for name, field in fields if field.is_required() or name not in QueueSettings.model_fields}
    assert {name.upper() for name in read} - given == set()


@pytest.mark.parametrize("function", SETTINGS)
def test_a_function_is_given_no_setting_it_does_not_read(function: str) -> None:
    """A variable nobody reads would outlive its reason."""
    given = FUNCTIONS[function]["Environment"]["Variables"].keys()
    assert given - OPTIONAL_BY_NATURE - {name.upper() for name in SETTINGS[function].model_fields} == set()


def test_all_functions_are_accounted_for() -> None:
    """A new function needs a row in the table above."""
    assert FUNCTIONS.keys() == SETTINGS.keys()


def test_every_queue_parks_its_poison() -> None:
    """Each working queue has dead letters of its own, kept for ten days."""
    parked = {
        name: given["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for name, given in QUEUES.items()
        if "RedrivePolicy" in given
    }
    assert {name: name.replace("Queue", "DeadLetters") for name in QUEUES if name.endswith("Queue")} == parked
    assert {864000} == {QUEUES[name]["MessageRetentionPeriod"] for name in parked.values()}


def test_every_queue_is_encrypted_with_our_key() -> None:
    """Messages name tenants and conversations."""
    assert [{"Ref": "Key"}] * len(QUEUES) == [given["KmsMasterKeyId"] for given in QUEUES.values()]


def test_a_message_stays_hidden_for_six_times_what_its_function_may_take() -> None:
    """Sooner, and it would be worked on twice at a time."""
    timeouts = {name: given.get("Timeout", 60) for name, given in FUNCTIONS.items()}
    for function, queue in WORKERS.items():
        assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeouts[function]


def test_our_last_attempt_is_the_queues_last_attempt() -> None:
    """One fewer, and the cause would never be parked; one more, and SQS would move the message without it."""
    counts = {given["RedrivePolicy"]["maxReceiveCount"] for given in QUEUES.values() if "RedrivePolicy" in given}
    assert {MOST_ATTEMPTS} == counts


def test_a_run_has_broken_off_once_no_attempt_at_its_step_can_still_be_on_its_way() -> None:
    """Sooner, and people would hear of a failure while it is only waited for; later, and they would wait for nobody."""
    killed_each_time = MOST_ATTEMPTS * timedelta(seconds=QUEUES["RunsQueue"]["VisibilityTimeout"])
    assert PATIENCE + LONGEST_PAUSE + killed_each_time == ABANDONED_AFTER


@pytest.mark.parametrize(
    ("function", "lease"),
    [
        ("AnalyzeFunction", LEASE),
        ("ActFunction", LEASE),
        ("ReportFunction", LEASE),
        ("RunFunction", jobs.LEASE),
    ],
)
def test_a_lease_outlives_its_holder_and_ends_before_the_retry(function: str, lease: timedelta) -> None:
    """A function that is killed must neither be overtaken while it runs nor block its own message afterwards."""
    timeout = FUNCTIONS[function].get("Timeout", 60)
    visibility = {given["VisibilityTimeout"] for given in QUEUES.values() if "VisibilityTimeout" in given}
    assert timeout < lease.total_seconds() < min(visibility)


def test_only_who_calls_vendors_may_open_tokens_and_who_connects_may_only_seal() -> None:
    """The key is bound to a tenant's credentials at a vendor, or to one service that encrypts with it."""
    direct: dict[str, set[str]] = {"kms:Decrypt": set(), "kms:GenerateDataKey": set()}
    for owner, each in statements():
        if not any("kms:" in action for action in as_list(each["Action"])):
            continue
        condition = each["Condition"]
        if condition["StringEquals"].keys() == {"kms:ViaService"}:
            assert isinstance(condition["StringEquals"]["kms:ViaService"]["Fn::Sub"], str)
            continue
        assert {"kms:EncryptionContextKeys": ["tenant", "provider"]} == condition["ForAllValues:StringEquals"]
        assert {"kms:EncryptionContext:provider": [*Provider, *CalendarProvider]} == condition["StringEquals"]
        assert {"kms:EncryptionContext:tenant": "?*"} == condition["StringLike"]
        direct[each["Action"]].add(owner)
    vendors = {"ApiFunction", "WebFunction", "ActFunction", "ReportFunction", "RunFunction"}
    assert {"kms:Decrypt": vendors, "kms:GenerateDataKey": vendors | {"ConnectFunction"}} == direct


def test_who_says_who_is_calling_can_do_nothing_else() -> None:
    """The authorizer stands before every request: it reads one row of a key, and that is all."""
    allowed = [statement for owner, statement in statements() if owner == "AuthorizeFunction"]
    actions = {action for each in allowed for action in as_list(each["Action"]) if not action.startswith("kms:")}

    assert {"dynamodb:GetItem"} == actions


def test_every_route_of_the_api_asks_who_is_calling() -> None:
    """All under /v1 but its own description; where people come from outside there is nobody to ask yet."""
    guarded = {key for key, given in routes().items() if given.get("Auth") == {"Authorizer": "Caller"}}
    open_by_nature = {"GET /v1/openapi.json", "GET /v1/docs"}

    assert {key for key in routes() if " /v1/" in key} - open_by_nature == guarded
    assert all(given["ApiId"] == {"Ref": "Api"} for given in routes().values())


def test_a_person_cannot_choose_a_tenant() -> None:
    """The attribute that names it is not among those a client writes, and passwords pass our own door only."""
    [client] = resources("AWS::Cognito::UserPoolClient").values()

    assert client["GenerateSecret"] is True
    assert ["email"] == client["WriteAttributes"]
    assert ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] == client["ExplicitAuthFlows"]
    assert "ENABLED" == client["PreventUserExistenceErrors"]


def test_the_directory_mails_from_our_address_and_as_often_as_needed() -> None:
    """Cognito's own sender stops after 50 mails a day; SES sends for an address or for the domain it belongs to."""
    [pool] = resources("AWS::Cognito::UserPool").values()
    sender = pool["EmailConfiguration"]
    arn, given = sender["SourceArn"]["Fn::Sub"]

    assert ("DEVELOPER", {"Ref": "MailFrom"}) == (sender["EmailSendingAccount"], sender["From"])
    assert arn.endswith(":identity/${Identity}")
    assert {"Fn::If": ["HasMailIdentity", {"Ref": "MailIdentity"}, {"Ref": "MailFrom"}]} == given["Identity"]


def test_all_our_mail_is_counted_when_it_comes_back() -> None:
    """Codes that Cognito sends and what we send ourselves; SES stops who does not look."""
    [pool] = resources("AWS::Cognito::UserPool").values()
    metrics = resources("AWS::SES::ConfigurationSetEventDestination")["MailMetrics"]
    sending = [each for _, each in statements() if each["Action"] == "ses:SendEmail"]
    under = {"Fn::Sub": "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${MailSet}"}
    mailing = [given for given in FUNCTIONS.values() if "MAIL_FROM" in given["Environment"]["Variables"]]

    assert {"Ref": "MailSet"} == pool["EmailConfiguration"]["ConfigurationSet"] == metrics["ConfigurationSetName"]
    assert {"bounce", "complaint", "send"} <= set(metrics["EventDestination"]["MatchingEventTypes"])
    assert metrics["EventDestination"]["Enabled"] is True
    assert [{"Ref": "MailSet"}] * len(sending) == [given["Environment"]["Variables"]["MAIL_SET"] for given in mailing]
    assert all(under in each["Resource"] for each in sending)


def test_who_runs_may_only_delete_logins() -> None:
    """By id, so that it need not look for anybody."""
    actions = {action for owner, each in statements() if owner == "RunFunction" for action in as_list(each["Action"])}

    assert {"cognito-idp:AdminDeleteUser"} == {action for action in actions if action.startswith("cognito-idp:")}


def test_vendors_are_the_real_ones_unless_somebody_says_otherwise() -> None:
    """No default leads to a sandbox or an emulator, and the template names none of its own."""
    defaults = {name: str(given.get("Default", "")) for name, given in template("Parameters").items()}
    assert ("", "", "") == (defaults["VendorUrls"], defaults["PublicUrl"], defaults["CognitoUrl"])
    assert [] == [name for name, given in defaults.items() if "127.0.0.1" in given or "localhost" in given]
    assert {} == VendorSettings(kms_key_id="k", secrets_prefix="/p").vendor_urls
    hosts = {urlsplit(url).hostname for vendor in VENDORS.values() for url in vendor.urls.values()}
    assert {"slack.com", "linear.app", "api.linear.app", "github.com", "api.github.com"} == hosts


def test_one_failed_message_does_not_repeat_its_batch() -> None:
    """Every mapping takes partial failures, and every working queue has a mapping."""
    answers = [mapping["FunctionResponseTypes"] for mapping in MAPPINGS.values()]
    assert [["ReportBatchItemFailures"]] * len(MAPPINGS) == answers
    assert {name for name in QUEUES if name.endswith("Queue")} == set(WORKERS.values())


def test_no_right_is_a_wildcard() -> None:
    """Actions are spelled out and resources named; a family of resources is one of those above."""
    assert len(statements()) > 10
    for owner, statement in statements():
        assert "*" not in "".join(as_list(statement["Action"])), owner
        for resource in as_list(statement["Resource"]):
            name = str(resource.get("Fn::Sub", "")) if isinstance(resource, dict) else resource
            assert "*" not in name or name.endswith(FAMILIES) or as_list(statement["Action"]) == OF_NOTHING, owner


def test_only_the_stages_queues_and_their_dead_letters_are_within_the_schedules_reach() -> None:
    """Their role may put what is due and what has waited, through the queues' key, and nothing else."""
    allowed = [statement for owner, statement in statements() if owner == "ScheduleRole"]
    sending = [each for each in allowed if each["Action"] == "sqs:SendMessage"]
    stages = [
        f"{stage}{end}"
        for stage in ("Events", "Actions", "Reports", "Runs", "Billing")
        for end in ("Queue", "DeadLetters")
    ]
    assert stages == [resource["Fn::GetAtt"][0] for each in sending for resource in each["Resource"]]
    [key] = [each for each in allowed if each not in sending]
    through = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"}}}
    assert (["kms:Decrypt", "kms:GenerateDataKey"], through) == (key["Action"], key["Condition"])


def test_the_stage_is_looked_at_every_hour_with_all_that_works_in_it() -> None:
    """Every queue with its dead letters and every function; the one that looks knows itself."""
    schedule = resources("AWS::Scheduler::Schedule")["StageLook"]
    target = schedule["Target"]
    assert ("rate(1 hour)", {"Ref": "ScheduleGroup"}) == (schedule["ScheduleExpression"], schedule["GroupName"])
    assert [["RunsQueue", "Arn"], ["ScheduleRole", "Arn"], ["RunsDeadLetters", "Arn"]] == [
        each["Fn::GetAtt"] for each in (target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"])
    ]
    assert JobDue(tenant_id=APP, job_id=STAGE) == JobDue.model_validate_json(target["Input"])

    told = template()["RunFunction"]["Properties"]["Environment"]["Variables"]
    given = {name: told[name]["Fn::Sub"] for name in ("WATCHED_QUEUES", "WATCHED_FUNCTIONS")}
    watched = load(WatchSettings, given)
    names = {name.removesuffix("Function").lower() for name in FUNCTIONS}
    assert {
        stage: (f"${{{stage.title()}Queue.QueueName}}", f"${{{stage.title()}DeadLetters.QueueName}}")
        for stage in ("events", "actions", "reports", "runs", "billing")
    } == watched.watched_queues
    assert {name: f"${{{name.title()}Function}}" for name in names - {"run"}} == watched.watched_functions


@pytest.mark.parametrize("function", ["ReportFunction", "RunFunction"])
def test_whoever_makes_reports_knows_where_their_button_leads(function: str) -> None:
    """Also those that are only tried, by a run; a request says it itself."""
    assert issubclass(SETTINGS[function], PublicSettings)


def test_what_every_team_pays_for_is_looked_at_every_hour() -> None:
    """By a message in no team's name: a team that has connected nothing has no clock of its own."""
    schedule = resources("AWS::Scheduler::Schedule")["BillingLook"]
    target = schedule["Target"]
    assert ("rate(1 hour)", {"Ref": "ScheduleGroup"}) == (schedule["ScheduleExpression"], schedule["GroupName"])
    assert [["RunsQueue", "Arn"], ["ScheduleRole", "Arn"], ["RunsDeadLetters", "Arn"]] == [
        each["Fn::GetAtt"] for each in (target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"])
    ]
    assert JobDue(tenant_id=APP, job_id=BILLING) == JobDue.model_validate_json(target["Input"])


def test_the_code_host_is_asked_every_quarter_of_an_hour_for_what_did_not_arrive() -> None:
    """By a message to where long work is done, as the role that may put it there; what it is about is no tenant's."""
    schedule = resources("AWS::Scheduler::Schedule")["Redelivery"]
    target = schedule["Target"]
    assert ("rate(15 minutes)", {"Ref": "ScheduleGroup"}) == (schedule["ScheduleExpression"], schedule["GroupName"])
    assert [["RunsQueue", "Arn"], ["ScheduleRole", "Arn"], ["RunsDeadLetters", "Arn"]] == [
        each["Fn::GetAtt"] for each in (target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"])
    ]
    assert JobDue(tenant_id=APP, job_id=Provider.GITHUB) == JobDue.model_validate_json(target["Input"])
    assert VENDORS[Provider.GITHUB].make_redelivery is not None


def test_whatever_aws_itself_puts_on_a_queue_is_parked_where_it_cannot() -> None:
    """Each schedule and each rule, in the dead letters of the queue that it is for, and a rule is permitted both."""
    schedules = [each["Target"] for each in resources("AWS::Scheduler::Schedule").values()]
    rules = [target for each in resources("AWS::Events::Rule").values() for target in each["Targets"]]
    assert len(schedules) > 1
    assert rules
    for target in (*schedules, *rules):
        queue, letters = (each["Fn::GetAtt"][0] for each in (target["Arn"], target["DeadLetterConfig"]["Arn"]))
        assert queue.replace("Queue", "DeadLetters") == letters
    permitted = {
        resource["Fn::GetAtt"][0]
        for each in resources("AWS::SQS::QueuePolicy").values()
        for statement in each["PolicyDocument"]["Statement"]
        for resource in as_list(statement["Resource"])
    }
    assert {each["Fn::GetAtt"][0] for t in rules for each in (t["Arn"], t["DeadLetterConfig"]["Arn"])} == permitted


def test_what_aws_itself_sends_may_use_our_key_and_is_let_in_by_each_queue() -> None:
    """Else an alarm rings nowhere, its topic being sealed, and what a rule could not hand over is lost."""
    may_use = {
        service
        for each in resources("AWS::KMS::Key").values()
        for statement in each["KeyPolicy"]["Statement"]
        if {"kms:Decrypt", "kms:GenerateDataKey"} <= {*as_list(statement["Action"])}
        for service in as_list(statement["Principal"].get("Service", []))
    }
    assert {"cloudwatch.amazonaws.com", "events.amazonaws.com"} == may_use
    for each in resources("AWS::SQS::QueuePolicy").values():
        permitted = {
            resource["Fn::GetAtt"][0]
            for statement in each["PolicyDocument"]["Statement"]
            for resource in as_list(statement["Resource"])
        }
        assert permitted == {queue["Ref"] for queue in each["Queues"]}


GATEWAY_WAITS = 30
"""Seconds that API Gateway waits for a function at most (docs.aws.amazon.com, quotas of HTTP APIs)."""


def test_a_worker_takes_one_message_at_a_time() -> None:
    """A vendor or a model that hangs takes most of a function's time: of two messages one would always be cut off."""
    assert {1} == {mapping["BatchSize"] for mapping in MAPPINGS.values()}


def test_who_answers_people_and_vendors_gives_up_before_the_gateway_does() -> None:
    """Else the caller is told that something timed out, and what is still being done goes on unseen."""
    asked = {name for name, given in FUNCTIONS.items() if given.get("Events")} | {"AuthorizeFunction"}
    assert {"ApiFunction", "ConnectFunction", "ReceiveFunction", "WebFunction"} < asked
    for name in asked - WORKERS.keys():
        assert FUNCTIONS[name].get("Timeout", 60) < GATEWAY_WAITS, name


def test_what_the_clock_starts_again_soon_is_not_made_up_for_later() -> None:
    """A start that could not be handed over is dropped when the next one is due; AWS itself would try for a day."""
    every = {"minute": 60, "minutes": 60, "hour": 3_600, "hours": 3_600, "day": 86_400, "days": 86_400}
    for schedule in resources("AWS::Scheduler::Schedule").values():
        count, unit = re.findall(r"^rate\((\d+) (\w+)\)$", schedule["ScheduleExpression"])[0]
        age = schedule["Target"].get("RetryPolicy", {}).get("MaximumEventAgeInSeconds", 86_400)
        assert age <= int(count) * every[unit]


def test_ses_tells_us_what_becomes_of_our_mail() -> None:
    """Its destinations begin switched off, and its reputation is not measured unless that is asked for."""
    [mails] = resources("AWS::SES::ConfigurationSet").values()
    destinations = [
        each["EventDestination"] for each in resources("AWS::SES::ConfigurationSetEventDestination").values()
    ]
    assert mails["ReputationOptions"]["ReputationMetricsEnabled"] is True
    assert [True, True] == [each["Enabled"] for each in destinations]


OURS = ({"Ref": "AWS::AccountId"}, {"Fn::GetAtt": ANY})
"""What a service may act for: something in our account, or one thing of the stack's."""


def test_a_service_of_awss_is_let_in_for_us_alone() -> None:
    """By keys, queues, roles and functions: else anybody could have it act on ours, for it is the same for all."""
    keys = [each["KeyPolicy"] for each in resources("AWS::KMS::Key").values()]
    queues = [each["PolicyDocument"] for each in resources("AWS::SQS::QueuePolicy").values()]
    roles = [each["AssumeRolePolicyDocument"] for each in resources("AWS::IAM::Role").values()]
    let_in = [
        (statement["Principal"]["Service"], statement.get("Condition", {}))
        for policy in (*keys, *queues, *roles)
        for statement in policy["Statement"]
        if "Service" in statement["Principal"]
    ]
    callers = [
        (each["Principal"], {"ArnEquals": {"aws:SourceArn": each.get("SourceArn")}})
        for each in resources("AWS::Lambda::Permission").values()
    ]

    assert len(let_in) >= 3
    assert callers
    for service, condition in (*let_in, *callers):
        named = {name: value for test in condition.values() for name, value in test.items()}
        assert {"aws:SourceArn", "aws:SourceAccount"} & named.keys(), service
        assert all(value in OURS for value in named.values()), service


MOST_TOLD, LARGEST_POLICY = 4096, 10_240
"""Bytes of a function's variables, and characters of a role's policies (docs.aws.amazon.com, quotas)."""
LONGEST_VALUE = 40
"""Of a parameter."""


def test_a_function_is_told_and_may_no_more_than_lambda_and_iam_hold() -> None:
    """One more variable or right is refused by a real account alone, in the middle of a deployment."""
    for name, given in FUNCTIONS.items():
        told = given["Environment"]["Variables"]
        assert sum(len(each) + _length(value) for each, value in told.items()) < MOST_TOLD, name
        assert sum(_length(each) for owner, each in statements() if owner == name) < LARGEST_POLICY, name


def _named(name: str) -> str:
    """What CloudFormation calls a resource of the stage with the longest name."""
    return f"pm-assistant-prod-{name}-{'x' * 13}"


def _length(node: Any) -> int:
    """How long a part of the template becomes at most."""
    match node:
        case {"Fn::Sub": str(text)}:
            return len(re.sub(r"\$\{([\w:]+)[^}]*\}", lambda found: _named(found[1]), text))
        case {"Ref": str(name)} if name in _read()["Parameters"]:
            return LONGEST_VALUE
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return len("https://sqs.ap-northeast-1.amazonaws.com/123456789012/") + len(_named(name))
        case {"Fn::Join": _}:
            return LONGEST_VALUE
        case {"Fn::If": [_, one, other]}:
            return max(_length(one), _length(other))
        case dict():
            return sum(len(str(key)) + _length(value) + 6 for key, value in node.items())
        case list():
            return sum(_length(each) + 1 for each in node)
        case _:
            return len(str(node))


def test_who_only_accepts_may_not_delete_or_consume() -> None:
    """The door writes and enqueues; the stages do the rest."""
    allowed = [each for owner, each in statements() if owner == "ReceiveFunction"]
    actions = {action for each in allowed for action in as_list(each["Action"])}
    assert actions.isdisjoint({"dynamodb:DeleteItem", "sqs:ReceiveMessage", "sqs:DeleteMessage"})


def test_every_function_logs_to_a_group_that_forgets() -> None:
    """Without a retention logs would be kept for ever."""
    groups = resources("AWS::Logs::LogGroup")
    used = {name: given["LoggingConfig"]["LogGroup"]["Ref"] for name, given in FUNCTIONS.items()}
    assert {name: name.replace("Function", "Logs") for name in FUNCTIONS} == used
    assert [{"Ref": "LogRetentionDays"}] * len(groups) == [given["RetentionInDays"] for given in groups.values()]


def test_somebody_hears_of_every_failure() -> None:
    """Poison, delay, errors and throttling each raise an alarm, for every queue and function."""
    working = {name for name in QUEUES if name.endswith("Queue")}
    assert QUEUES.keys() - working == alarms_on("ApproximateNumberOfMessagesVisible")
    assert working == alarms_on("ApproximateAgeOfOldestMessage")
    assert FUNCTIONS.keys() == alarms_on("Errors") == alarms_on("Throttles")


def test_the_gateways_log_holds_neither_paths_nor_queries() -> None:
    """They carry codes, states and ids; a route does not."""
    [api] = resources("AWS::Serverless::HttpApi").values()
    written = re.findall(r"\$context\.([\w.]+)", api["AccessLogSettings"]["Format"])
    assert {"routeKey", "status", "requestId"} <= set(written)
    assert not [name for name in written if re.search("path|query|ip|user|authorizer|cookie", name, re.IGNORECASE)]
    assert {"Ref": "LogRetentionDays"} == resources("AWS::Logs::LogGroup")["AccessLogs"]["RetentionInDays"]


def test_no_route_can_starve_the_webhooks() -> None:
    """Limits are for routes that exist, and webhooks have the highest, each its own."""
    [api] = resources("AWS::Serverless::HttpApi").values()
    limits = {route: given["ThrottlingRateLimit"] for route, given in api["RouteSettings"].items()}
    webhooks = {route for route in routes() if " /webhooks/" in route}
    others = [api["DefaultRouteSettings"]["ThrottlingRateLimit"], *(limits[key] for key in limits.keys() - webhooks)]
    assert limits.keys() <= routes().keys()
    assert max(others) < min(limits[route] for route in webhooks)


def test_concurrency_is_reserved_by_parameter_and_by_default_not_at_all() -> None:
    """A new account has about ten concurrent invocations, and could not be deployed to."""
    parameters = template("Parameters")
    for name, given in FUNCTIONS.items():
        reserved = name.replace("Function", "Reserved")
        condition = name.replace("Function", "IsReserved")
        expected = {"Fn::If": [condition, {"Ref": reserved}, {"Ref": "AWS::NoValue"}]}
        assert (expected, "") == (given["ReservedConcurrentExecutions"], parameters[reserved]["Default"])
        assert {"Fn::Not": [{"Fn::Equals": [{"Ref": reserved}, ""]}]} == template("Conditions")[condition]
    limits = {each["EventSourceArn"]["Fn::GetAtt"][0]: each["ScalingConfig"] for each in MAPPINGS.values()}
    assert {name: {"MaximumConcurrency": {"Ref": name.replace("Queue", "Concurrency")}} for name in limits} == limits


def test_who_may_put_on_its_own_queue_says_whether_it_may_go_round() -> None:
    """Lambda stops a chain of 16 invocations, so a chain that is meant is allowed by name; all others are stopped."""
    circular = {
        name
        for name, each in statements()
        if each["Action"] == "sqs:SendMessage"
        and name in WORKERS
        and {"Fn::GetAtt": [WORKERS[name], "Arn"]} in as_list(each["Resource"])
    }
    said = {name: given["RecursiveLoop"] for name, given in FUNCTIONS.items() if "RecursiveLoop" in given}
    assert circular <= said.keys()
    assert {"AnalyzeFunction", "ActFunction", "ReportFunction", "RunFunction", "BillFunction"} == {
        name for name in said if said[name] == "Allow"
    }


def test_an_error_that_was_answered_or_will_be_repeated_raises_an_alarm_too() -> None:
    """No invocation fails by it, so every function's lines of that level are counted, into one metric."""
    filters = [given for name, given in resources("AWS::Logs::MetricFilter").items() if name.endswith("ErrorLines")]
    made = [{"MetricNamespace": {"Ref": "AWS::StackName"}, "MetricName": "ErrorLines", "MetricValue": "1"}]
    groups = {given["LoggingConfig"]["LogGroup"]["Ref"] for given in FUNCTIONS.values()}

    assert groups == {given["LogGroupName"]["Ref"] for given in filters}
    assert [made] * len(FUNCTIONS) == [given["MetricTransformations"] for given in filters]


def test_what_customers_wrote_is_kept_and_can_be_restored() -> None:
    """What is kept outlives its stack; the table forgets what has expired and can go back in time; its key rotates."""
    found = template()
    table, kept = found["Table"]["Properties"], IDENTIFIERS.keys()
    assert {"Retain"} == {found[name]["UpdateReplacePolicy"] for name in kept}
    assert {"RetainExceptOnCreate"} == {found[name]["DeletionPolicy"] for name in kept}
    assert {"AttributeName": "expires_at", "Enabled": True} == table["TimeToLiveSpecification"]
    assert {"PointInTimeRecoveryEnabled": True} == table["PointInTimeRecoverySpecification"]
    assert {"Fn::GetAtt": ["Key", "Arn"]} == table["SSESpecification"]["KMSMasterKeyId"]
    assert found["Key"]["Properties"]["EnableKeyRotation"] is True


def test_what_refuses_to_be_deleted_is_said_by_one_parameter() -> None:
    """The table and who may log in; a first deployment has it off, so that it can be rolled back."""
    found, conditions = template(), template("Conditions")
    assert {"Ref": "DeletionProtection"} == found["Table"]["Properties"]["DeletionProtectionEnabled"]
    protected = {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]}
    assert protected == found["UserPool"]["Properties"]["DeletionProtection"]
    assert {"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]} == conditions["IsProtected"]


def test_logins_are_billed_by_the_plan_that_a_parameter_names() -> None:
    """The cheapest unless somebody says otherwise: nothing is used that only the dearer ones have."""
    plan, found = template("Parameters")["UserPoolTier"], template()
    pool, client = found["UserPool"]["Properties"], found["UserPoolClient"]["Properties"]
    assert ("LITE", ["LITE", "ESSENTIALS", "PLUS"]) == (plan["Default"], plan["AllowedValues"])
    assert {"Ref": "UserPoolTier"} == pool["UserPoolTier"]
    assert {"PasswordPolicy"} == set(pool["Policies"])
    assert "PasswordHistorySize" not in pool["Policies"]["PasswordPolicy"]
    assert not {"UserPoolAddOns", "WebAuthnRelyingPartyID"} & set(pool)
    assert {"CustomMessage"} == set(pool["LambdaConfig"])
    assert "ALLOW_USER_AUTH" not in client["ExplicitAuthFlows"]


def test_files_go_over_tls_alone_and_to_the_pages_that_may_call_the_api() -> None:
    """By a link, without credentials, so the bucket itself has to say who may use it how."""
    found = template()
    [rule] = found["ArchivesBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert {"Ref": "CorsOrigins"} == rule["AllowedOrigins"]
    [statement] = found["ArchivesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert ("Deny", "s3:*", "*") == (statement["Effect"], statement["Action"], statement["Principal"])
    assert {"Bool": {"aws:SecureTransport": "false"}} == statement["Condition"]
    assert {"Fn::Not": [{"Fn::Equals": [{"Ref": "Stage"}, "local"]}]} == template("Conditions")["HasTls"]


def test_what_a_stage_may_leave_empty_is_made_only_where_it_is_not() -> None:
    """AWS takes no empty address, role or limit, so that the stack could not be made; a function's variables may be."""
    optional = {name for name, given in template("Parameters").items() if given.get("Default") == ""}
    unconditional = {
        (name, used)
        for name, resource in template().items()
        for used in used_outright(resource.get("Properties", {}), optional)
        if resource.get("Condition") != f"Has{used}"
    }

    assert "AlarmEmail" in optional
    assert set() == unconditional
    for name in {each["Condition"] for each in template().values() if "Condition" in each} - {"HasTls"}:
        assert {"Fn::Not": [{"Fn::Equals": [{"Ref": name.removeprefix("Has")}, ""]}]} == template("Conditions")[name]


def used_outright(node: object, parameters: set[str]) -> Iterator[str]:
    """The parameters that a part of the template uses whatever they are; of functions' variables none."""
    match node:
        case {"Fn::If": _}:
            return
        case {"Ref": str(name)}:
            yield from parameters & {name}
        case {"Fn::Sub": str(text)}:
            yield from parameters & set(re.findall(r"\$\{(\w+)\}", text))
        case dict():
            yield from used_outright([value for key, value in node.items() if key != "Variables"], parameters)
        case list():
            yield from chain.from_iterable(used_outright(value, parameters) for value in node)


def test_pages_of_others_may_use_all_of_the_api_and_only_those_that_were_named() -> None:
    """Every method, every header that is sent or answered as the API's own description has it."""
    cors = template()["Api"]["Properties"]["CorsConfiguration"]
    described = json.loads((ROOT / "shared/pm_assistant/api/openapi.json").read_text())
    methods = {method.upper() for operations in described["paths"].values() for method in operations}

    assert {"Ref": "CorsOrigins"} == cors["AllowOrigins"]
    assert methods - {"PARAMETERS"} == set(cors["AllowMethods"])
    assert {"authorization", "content-type", str(IDEMPOTENCY_KEY["name"]).lower()} == set(cors["AllowHeaders"])
    assert HEADERS.keys() == set(cors["ExposeHeaders"])
    assert "AllowCredentials" not in cors


def test_the_layer_keeps_every_service_the_code_calls() -> None:
    """The Makefile cuts botocore down to a list of services, so each client must be on it."""
    kept = re.search(r"^SERVICES := (.*)$", (ROOT / "shared" / "Makefile").read_text(), re.MULTILINE)
    sources = [path.read_text() for path in (ROOT / "shared").rglob("*.py") if "cli" not in path.parts]
    called = {name for source in sources for name in re.findall(r"\bclient\(\s*\"([a-z0-9-]+)\"", source)}
    assert kept
    assert called
    assert called - set(kept[1].split()) == set()
