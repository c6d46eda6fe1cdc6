"""The doctor says in words what a deployed stack lacks: whatever is taken away from a whole one is named."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from pm_assistant.cli.commands import doctor
from pm_assistant.cli.doctor import access, checks, trials
from pm_assistant.cli.doctor.deployed import DeployedStack, look_at
from pm_assistant.cli.doctor.rights import CALENDAR_SECRETS, RIGHTS, SECRETS, arns, lacking
from pm_assistant.domain.tenants import Provider
from pm_assistant.integrations.vendors import VENDORS
from pm_assistant.runtime import wiring
from tests.builders import ACME
from tests.cli.whole_stack import SENDER, WholeStack, findings_of, lacks, pairs, without
from tests.infra.test_template import FUNCTIONS

pytestmark = pytest.mark.thorough

EVERYWHERE = {"LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
"""What a function does without."""
NOT_MISSED = {
    **dict.fromkeys(["GetItem", "PutItem", "UpdateItem", "DeleteItem"], "index/outside"),
    "ListSchedules": "schedule/*/*",
}
"""What the template allows by naming two things at once, or all of a kind, and nobody comes to."""


def test_a_whole_stack_lacks_nothing_and_keeps_nothing(whole: WholeStack) -> None:
    """Each check has one line; of the made-up tenant no row, file or schedule is left."""
    rows, schedules = whole.rows(), whole.schedules()

    findings = list(doctor.examine(whole.deployed(mail_to="ada@acme.test")))

    assert {"ok"} == {finding.state for finding in findings}, findings
    assert len(findings) == len({finding.check for finding in findings})
    assert rows == whole.rows()
    assert "Contents" not in whole.aws("s3").list_objects_v2(Bucket="archives")
    assert schedules == whole.schedules()


def test_the_command_says_it_in_lines_and_in_json(whole: WholeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 80 columns all is legible; the status tells whether something is missing."""
    whole.aws("ssm").delete_parameter(Name=whole.secret("slack/client-id"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(doctor, "examine", lambda _: look_at(whole.deployed(), {"secrets": checks.secrets}))

    lines, read = whole.terminal.pm("operator", "doctor"), whole.terminal.pm("operator", "doctor", "--json")

    assert (1, 1) == (lines.code, read.code)
    assert "missing   secrets   slack/client-id is not set" == lines.out.splitlines()[0].rstrip()
    assert all(len(line) <= 80 for line in lines.out.splitlines())
    [finding] = read.json
    assert ("secrets", "missing", "slack/client-id is not set") == (finding["check"], finding["state"], finding["what"])
    assert whole.secret("slack/client-id") in finding["remedy"]


def test_every_secret_that_is_not_set_is_named(whole: WholeStack) -> None:
    """And every one that is empty or open; none where we have no app on purpose, nor a model's without a model."""
    for name in [each for each in SECRETS if each not in CALENDAR_SECRETS]:
        whole.aws("ssm").delete_parameter(Name=whole.secret(name))
        assert [f"{name} is not set"] == lacks(whole, checks.secrets)
        whole.keep(name)
    whole.keep("slack/client-id", Value=" ")
    whole.keep("github/private-key", Value="key")
    whole.aws("ssm").delete_parameter(Name=whole.secret("linear/client-id"))
    whole.keep("linear/client-id", Type="String", Overwrite=False)

    assert [
        "slack/client-id is empty",
        "linear/client-id lies open: it is no SecureString",
        "github/private-key is no private key",
    ] == lacks(whole, checks.secrets)
    assert ["slack/client-id is empty"] == lacks(whole, checks.secrets, without=(Provider.LINEAR, Provider.GITHUB))
    whole.keep("slack/client-id")
    whole.aws("ssm").delete_parameter(Name=whole.secret("openai/api-key"))
    whole.terminal.describe(analyst="offline")
    assert [] == lacks(whole, checks.secrets, without=(Provider.LINEAR, Provider.GITHUB))


def test_where_no_calendar_can_be_connected_that_is_said_in_one_line(whole: WholeStack) -> None:
    """Which is nothing that lacks; half of an app at Google is."""
    assert ["people can connect their own calendars"] == [each.what for each in findings_of(whole, checks.calendars)]
    whole.aws("ssm").delete_parameter(Name=whole.secret("google/client-secret"))
    assert ["google/client-secret is not set"] == lacks(whole, checks.calendars)
    whole.aws("ssm").delete_parameter(Name=whole.secret("google/client-id"))
    [finding] = findings_of(whole, checks.calendars)
    said = "calendars cannot be connected: google/client-id and google/client-secret are not set"
    assert ("not asked", said) == (finding.state, finding.what)
    assert [] == lacks(whole, checks.secrets)


def test_every_setting_that_a_function_is_not_told_is_named(whole: WholeStack) -> None:
    """With the function, whichever of them it is, also of those that may be empty: what is not there is no choice."""
    for function, kind in checks.SETTINGS.items():
        environment, told = whole.environment(function), checks.told_of(kind)
        assert set(told) == FUNCTIONS[f"{function.title()}Function"]["Environment"]["Variables"].keys() - EVERYWHERE
        whole.tell(function, {})
        assert [f"{function}: {name} is not set" for name in told] == lacks(whole, checks.settings)
        whole.tell(function, environment | dict.fromkeys(checks.needed_of(kind), ""))
        assert [f"{function}: {name} is not set" for name in checks.needed_of(kind)] == lacks(whole, checks.settings)
        whole.tell(function, environment)
    whole.tell("act", whole.environment("act") | {"RETRY_BASE_SECONDS": "soon"})
    [senseless] = lacks(whole, checks.settings)
    assert senseless.startswith("act: environment variable RETRY_BASE_SECONDS: ")


def test_what_nobody_has_said_of_whoever_runs_it_is_named(whole: WholeStack) -> None:
    """Each with the parameter that says it; on one's own machine nobody asks."""
    told = whole.environment("web")
    for name, (parameter, what) in checks.IMPRINT.items():
        whole.tell("web", {key: value for key, value in told.items() if key != name.upper()})
        [finding] = findings_of(whole, checks.imprint)
        assert ("missing", f"the public pages do not say {what}") == (finding.state, finding.what)
        assert parameter in (finding.remedy or "")
    whole.tell("web", told)
    assert ["the public pages say that said runs the service"] == [
        finding.what for finding in findings_of(whole, checks.imprint)
    ]


def test_every_right_that_a_role_loses_is_named(whole: WholeStack) -> None:
    """One after the other, as template.yaml gives them: with the action, and what it is on."""
    named = arns(whole.client.stack, SENDER, "pm")

    for role, needed in RIGHTS.items():
        policy = whole.granted("scheduler" if role == "schedule role" else role)
        assert [] == list(lacking(needed, policy, named))
        for place, action, thing in pairs(policy):
            if not thing.endswith(NOT_MISSED.get(action.partition(":")[2], "nothing")):
                [lack] = lacking(needed, without(policy, place, action, thing), named)
                assert lack.startswith(f"{action} on ")


def test_a_right_that_is_gone_from_an_account_is_named(whole: WholeStack) -> None:
    """Also one that a policy denies; a policy that is attached counts like the role's own."""
    iam, granted = whole.aws("iam"), whole.granted("receive")
    whole.allow("receive", [each for each in granted if each["Action"] != "ssm:GetParameters"])
    secrets = ", ".join(f"{each.provider}/{each.webhook_secret}" for each in VENDORS.values())
    assert [f"receive may not ssm:GetParameters on {secrets}"] == lacks(whole, access.rights)

    document = json.dumps({"Version": "2012-10-17", "Statement": granted})
    attached = iam.create_policy(PolicyName="more", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="receive", PolicyArn=attached)
    assert [] == lacks(whole, access.rights)

    iam.delete_role_policy(RoleName="scheduler", PolicyName="all")
    whole.allow("run", [*whole.granted("run"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}])
    missing = lacks(whole, access.rights)
    assert {"run may not s3:ListBucket on bucket", "schedule role may not kms:Decrypt on key through sqs"} <= set(
        missing
    )


def test_a_function_that_may_not_write_its_log_is_named(whole: WholeStack) -> None:
    """Else what it says is lost, and the alarms on that are still for ever."""
    whole.aws("iam").detach_role_policy(RoleName="act", PolicyArn=whole.writing_logs)
    assert ["act may not write its log, and no alarm is made of what it says there"] == lacks(whole, access.rights)


def test_a_function_that_lets_nobody_in_is_named(whole: WholeStack) -> None:
    """With who is to call it; somebody else does not count."""
    assert [] == lacks(whole, access.callers)
    for function, caller in access.CALLERS.items():
        whole.aws("lambda").remove_permission(FunctionName=function, Qualifier="live", StatementId="caller")
        assert [f"{function} does not let {caller} call it"] == lacks(whole, access.callers)
        whole.let_in(function, "s3.amazonaws.com")
        assert [f"{function} does not let {caller} call it"] == lacks(whole, access.callers)
        whole.aws("lambda").remove_permission(FunctionName=function, Qualifier="live", StatementId="caller")
        whole.let_in(function, caller)


def test_a_service_that_a_queue_or_the_key_keeps_out_is_named(whole: WholeStack) -> None:
    """With what is lost; somebody else who is let in does not count, nor what is denied, and `*` counts for all."""
    theirs = whole.template_policy("ReportsQueuePolicy", "PolicyDocument")
    others = [{**each, "Principal": {"Service": "s3.amazonaws.com"}} for each in theirs]
    denied = [{**each, "Effect": "Deny"} for each in theirs]
    denied_whenever = [{name: value for name, value in each.items() if name != "Condition"} for each in denied]
    assert [] == lacks(whole, access.services)

    for url, queue in zip(whole.mail_queues, ("reports", "reports' dead letters"), strict=True):
        whole.open_queue(url, [{**each, "Action": "SQS:*"} for each in theirs])
        assert [] == lacks(whole, access.services)
        for policy in ([], others, denied, [*theirs, *denied_whenever]):
            whole.open_queue(url, policy)
            lost = f"EventBridge may not put on the queue of {queue}, so what bounced is never heard of"
            assert [lost] == lacks(whole, access.services)
        whole.open_queue(url, theirs)


def test_a_service_that_may_not_use_the_key_is_named(whole: WholeStack) -> None:
    """Each by itself, and with what it may not; the account may still."""
    account, services = whole.template_policy("Key", "KeyPolicy")
    for service, what in (("events", "what bounced"), ("cloudwatch", "what an alarm says")):
        name = f"{service}.amazonaws.com"
        left = [each for each in services["Principal"]["Service"] if each != name]
        whole.open_key([account, {**services, "Principal": {"Service": left}}])
        lost = f"{name} may not kms:Decrypt or kms:GenerateDataKey, so {what} arrives nowhere"
        assert [lost] == lacks(whole, access.services)
    whole.open_key([account, {**services, "Action": "kms:GenerateDataKey"}])
    assert [
        "events.amazonaws.com may not kms:Decrypt, so what bounced arrives nowhere",
        "cloudwatch.amazonaws.com may not kms:Decrypt, so what an alarm says arrives nowhere",
    ] == lacks(whole, access.services)


def test_a_function_that_is_gone_or_cannot_start_is_named(whole: WholeStack) -> None:
    """The others are looked at all the same."""
    whole.aws("lambda").delete_function(FunctionName="connect")
    whole.crashing.add("analyze")
    whole.tell("run", {})

    gone, crashed = lacks(whole, checks.functions)

    assert gone.startswith("connect is not there: ")
    assert "analyze ends in an error when it starts: Misconfigured" == crashed
    assert all(each.startswith("run: ") for each in lacks(whole, checks.settings))


def test_what_is_in_the_way_of_mail_is_named(whole: WholeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who mail comes from, what counts it, SES's sandbox; whoever asks for a mail gets one."""
    ses = whole.aws("sesv2")
    assert "not asked" == findings_of(whole, checks.mail)[0].state
    whole.ses_account["ProductionAccessEnabled"] = False
    assert ["SES is in its sandbox: only verified addresses get mail"] == lacks(whole, checks.sandbox)
    whole.ses_account["SendingEnabled"] = False
    assert ["SES has stopped this account's mail"] == lacks(whole, checks.sandbox)
    ses.delete_configuration_set(ConfigurationSetName="pm")
    assert ["SES has no configuration set pm"] == lacks(whole, checks.sender)
    whole.unverified.add(SENDER)
    assert [f"SES has verified neither {SENDER} nor its domain"] == lacks(whole, checks.sender)
    ses.delete_email_identity(EmailIdentity=SENDER)
    [unsent] = lacks(whole, checks.mail, mail_to="ada@acme.test")
    assert unsent.startswith("no mail leaves: AWS answered SendEmail with ")
    ses.create_email_identity(EmailIdentity="pm.test")
    assert ["SES has no configuration set pm"] == lacks(whole, checks.sender)


def test_what_queues_lack_or_hold_is_named(whole: WholeStack) -> None:
    """Letters, a queue without any place for them, and one that nobody reads."""
    described, sqs, lambdas = whole.terminal.described, whole.aws("sqs"), whole.aws("lambda")
    sqs.send_message(QueueUrl=described["queues"]["actions_dlq"], MessageBody="{}")
    sqs.set_queue_attributes(QueueUrl=described["queues"]["reports"], Attributes={"RedrivePolicy": ""})
    [mapping] = lambdas.list_event_source_mappings(FunctionName="run")["EventSourceMappings"]
    lambdas.delete_event_source_mapping(UUID=mapping["UUID"])

    assert [
        "1 message of actions given up",
        "what reports cannot do is not kept: its queue has no dead letters",
        "nobody reads runs: its queue leads to no function",
    ] == lacks(whole, checks.queues)


def test_a_message_that_waits_for_long_is_named(whole: WholeStack) -> None:
    """By the age that CloudWatch counts."""
    value = {"MetricName": "ApproximateAgeOfOldestMessage", "Dimensions": [{"Name": "QueueName", "Value": "events"}]}
    lately = wiring.now() - timedelta(minutes=2)
    data = [{**value, "Value": 2400.0, "Timestamp": lately}]
    whole.aws("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=data)

    assert ["a message of events has waited for 40 minutes"] == lacks(whole, checks.waiting)


def test_what_schedules_and_logins_rest_on_is_named(whole: WholeStack) -> None:
    """What recurs for teams not connected just now, the group, Scheduler's role, the directory of people."""
    assert [] == lacks(whole, checks.clock)
    name = whole.schedules()[0]
    whole.aws("scheduler").delete_schedule(GroupName="pm", Name=name)
    assert ["nothing compares acme every hour, or catches it up"] == lacks(whole, checks.clock)
    for provider in (Provider.SLACK, Provider.LINEAR):
        tie = whole.client.stores.connections.get(ACME, provider)
        whole.client.stores.connections.put(tie.model_copy(update={"connected_at": wiring.now()}))
    assert [] == lacks(whole, checks.clock)
    trusted = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    whole.aws("iam").update_assume_role_policy(RoleName="scheduler", PolicyDocument=document)
    assert ["Scheduler may not act as scheduler"] == lacks(whole, checks.clock)
    whole.aws("scheduler").delete_schedule_group(Name="pm")
    assert ["the schedule group pm is gone"] == lacks(whole, checks.clock)
    whole.terminal.describe(user_pool_client_id="another")
    assert ["the directory of people is gone, or does not know us"] == lacks(whole, checks.logins)


def test_alarms_that_ring_or_that_nobody_hears_are_named(whole: WholeStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscription counts once it is confirmed."""
    alarm = {"AlarmName": "pm-EventsAgeAlarm-1", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold"}
    cloudwatch, sns = whole.aws("cloudwatch"), whole.aws("sns")
    cloudwatch.put_metric_alarm(**alarm, MetricName="m", Namespace="n", Period=60, Threshold=1.0, Statistic="Sum")
    cloudwatch.set_alarm_state(AlarmName="pm-EventsAgeAlarm-1", StateValue="ALARM", StateReason="try")
    assert ["pm-EventsAgeAlarm-1 rings"] == lacks(whole, checks.ringing)
    [heard] = sns.list_subscriptions()["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=heard["SubscriptionArn"])
    assert ["nobody hears of alarms"] == lacks(whole, checks.alarms)
    pages = [{"Subscriptions": [{"SubscriptionArn": "PendingConfirmation"}]}]
    monkeypatch.setattr("botocore.paginate.PageIterator.__iter__", lambda _: iter(pages))
    deployed = whole.deployed()
    vars(deployed)["resources"] = {"AlarmTopic": "topic"}
    [finding] = look_at(deployed, {"alarms": checks.alarms})
    assert "nobody has confirmed to hear of alarms" == finding.what


def test_a_webhook_that_is_not_answered_as_it_has_to_be_is_named(whole: WholeStack) -> None:
    """A genuine one has to be taken, a forged one to be refused; without the secret neither can be told."""

    def answered(status: int) -> list[str]:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, json=DROPPED))
        deployed = DeployedStack(whole.client, wait=whole.wait, transport=transport)
        return [finding.what for finding in look_at(deployed, {"webhooks": trials.webhooks})]

    names = {vendor.label: f"{vendor.provider}/{vendor.webhook_secret}" for vendor in VENDORS.values()}
    refused = [f"{label}'s webhooks are refused, though signed with {name}" for label, name in names.items()]
    assert refused == answered(401)
    assert [f"{label}'s webhooks are answered 500" for label in names] == answered(500)
    assert [f"a forged {label} webhook is answered 200" for label in names] == answered(200)
    for label, name in names.items():
        wiring.secrets.cache_clear()
        whole.keep(name, Value="new, old")
        assert [] == lacks(whole, trials.webhooks)
        wiring.secrets.cache_clear()
        whole.aws("ssm").delete_parameter(Name=whole.secret(name))
        found = lacks(whole, trials.webhooks)
        assert f"{label} cannot be tried: {name} is not set" in found
        whole.keep(name)


DROPPED = {"status": "dropped", "reason": "unknown workspace"}


def test_a_door_that_leads_elsewhere_is_named(whole: WholeStack) -> None:
    """Nobody answers, something else does, or a stranger is let in."""

    def lacking_with(answer: Callable[[httpx.Request], httpx.Response]) -> list[str]:
        deployed = DeployedStack(whole.client, wait=whole.wait, transport=httpx.MockTransport(answer))
        return [finding.what for finding in look_at(deployed, {"doors": trials.doors})]

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    assert ["https://api.test does not answer"] == lacking_with(nobody)
    assert ["https://api.test/v1/openapi.json answers 200"] == lacking_with(lambda _: httpx.Response(200, text="hello"))

    def everybody(request: httpx.Request) -> httpx.Response:
        return httpx.Response(410 if request.url.path.startswith("/oauth/") else 200, json={"openapi": ""})

    assert ["a stranger is answered 200, not 401"] == lacking_with(everybody)
    no_page = lacking_with(lambda _: httpx.Response(200, json={"openapi": ""}))
    assert ["https://api.test/oauth/slack/start answers 200"] == no_page


def test_a_stack_whose_workers_do_nothing_is_told_and_keeps_nothing(
    whole: WholeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is queued or due does not end; the made-up tenant is taken away all the same."""
    monkeypatch.setattr(trials, "PATIENCE", 3)
    whole.works = False
    rows, schedules = whole.rows(), whole.schedules()

    findings = [finding for finding in doctor.examine(whole.deployed()) if finding.state == "missing"]

    assert ["run", "schedule", "deletion"] == [finding.check for finding in findings]
    assert "a run that was asked for is waiting after 3 seconds" == findings[0].what
    assert rows == whole.rows()
    assert schedules == whole.schedules()


def test_a_key_that_is_gone_is_named(whole: WholeStack) -> None:
    """Nothing can be sealed without it."""
    whole.terminal.describe(kms_key_id="gone")
    tenancy = trials.Tenancy(whole.deployed())

    [finding] = look_at(whole.deployed(), {"vault": tenancy.trials()["vault"]})

    assert ("missing", "AWS answered GenerateDataKey with NotFoundException") == (finding.state, finding.what)


def test_on_an_emulated_aws_it_says_what_cannot_be_known_there(whole: WholeStack) -> None:
    """Rather than that it is well."""
    deployed = whole.deployed()
    local = deployed.stack.model_copy(update={"aws_endpoint_url": "http://127.0.0.1:4566"})
    deployed.client.__dict__["stack"] = local
    unknowable = {
        "sandbox": checks.sandbox,
        "waiting": checks.waiting,
        "alarms": checks.alarms,
        "ringing": checks.ringing,
    }

    assert ["not here"] * 4 == [finding.state for finding in look_at(deployed, unknowable)]
