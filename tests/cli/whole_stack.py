"""A whole stack in this process: what template.yaml makes of an account and what works on it, for a doctor's eyes."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import boto3
import httpx
import pytest
from moto.core.config import default_user_config
from moto.sqs.models import sqs_backends

from functions.run import app as run
from pm_assistant.cli.client import StackClient, open_stack
from pm_assistant.cli.doctor.access import CALLERS, WRITING_LOGS
from pm_assistant.cli.doctor.checks import IMPRINT, SETTINGS, WORKERS, told_of
from pm_assistant.cli.doctor.deployed import DeployedStack, Look, look_at
from pm_assistant.cli.doctor.rights import SECRETS
from pm_assistant.cli.doctor.selling import SELLERS
from pm_assistant.cli.models import Finding
from pm_assistant.domain.errors import ProductError, Unauthenticated
from pm_assistant.domain.events import Dropped
from pm_assistant.domain.jobs import JobKind, Order, Recurring
from pm_assistant.domain.tenants import Provider
from pm_assistant.domain.webhooks import WebhookRequest
from pm_assistant.runtime import wiring
from pm_assistant.runtime.unit import AwsApplication
from pm_assistant.workflows.accounts.authorize import authorize, caller_of, identity_in
from pm_assistant.workflows.accounts.keys import PREFIX
from pm_assistant.workflows.jobs import start_job
from pm_assistant.workflows.pipeline.receive import receive
from tests.aws.emulated import REGION
from tests.builders import ACME
from tests.cli import cloudformation
from tests.infra.sandbox.running import STRIPE_KEY, STRIPE_SECRET, Sandbox
from tests.infra.test_template import as_list, resources, statements

if TYPE_CHECKING:
    from tests.cli.conftest import StackAndTerminal

ACCOUNT = "123456789012"
SENDER = "hello@pm.test"
VENDOR = {
    "github/private-key": "-----BEGIN PRIVATE KEY-----",
    "stripe/secret-key": STRIPE_KEY,
    "stripe/webhook-secret": STRIPE_SECRET,
}
"""Secrets that are of a form; any other is as good as its name."""
ERROR = b'{"errorType": "Misconfigured"}'


class Instead:
    """A client that answers some questions otherwise than the emulator does."""

    def __init__(self, client: Any, **answers: Callable[..., Any]) -> None:
        self._client = client
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        return self._answers.get(name) or getattr(self._client, name)


class WholeStack:
    """A stack that lacks nothing, and ways to take something away."""

    def __init__(self, terminal: "StackAndTerminal", monkeypatch: pytest.MonkeyPatch, stripe: Sandbox) -> None:
        """Make all that template.yaml makes which a doctor looks at; what is sold, is sold in the sandbox."""
        self.terminal = terminal
        self.stripe = stripe
        self._patch = monkeypatch
        self._clients: dict[str, Any] = {}
        self.ses_account = {"SendingEnabled": True, "ProductionAccessEnabled": True}
        self.unverified: set[str] = set()
        self.crashing: set[str] = set()
        self.works = True
        monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})
        make_client = wiring.client
        monkeypatch.setattr(wiring, "client", self._client(make_client))
        self._make()
        self.client.app.schedules.put_recurring(ACME)

    @property
    def client(self) -> StackClient:
        """The stack, as a command opens it."""
        return open_stack(profile=None, stack=None, region=None, tenant=None)

    def deployed(self, **options: Any) -> DeployedStack:
        """The stack, as the doctor sees it."""
        return DeployedStack(self.client, wait=self.wait, transport=httpx.MockTransport(self.answer), **options)

    def aws(self, service: str) -> Any:
        """A client of an administrator's."""
        if service not in self._clients:
            make: Any = boto3.client
            self._clients[service] = make(service)
        return self._clients[service]

    def secret(self, name: str) -> str:
        """Where a secret lies."""
        return f"{self.terminal.described['secrets_prefix']}/{name}"

    def keep(self, name: str, **changes: Any) -> None:
        """Store a secret."""
        value = VENDOR.get(name, name)
        kept = {"Name": self.secret(name), "Value": value, "Type": "SecureString", "Overwrite": True, **changes}
        self.aws("ssm").put_parameter(**kept)

    def tell_sellers(self, **told: str) -> None:
        """Deploy with other parameters of what is sold."""
        for function in ("bill", *SELLERS):
            self.tell(function, self.environment(function) | told)

    def rows(self) -> int:
        """How many rows the table has."""
        count: int = self.aws("dynamodb").scan(TableName=self.terminal.described["table"])["Count"]
        return count

    def schedules(self) -> list[str]:
        """The names of all schedules there are."""
        return [each["Name"] for each in self.aws("scheduler").list_schedules(GroupName="pm")["Schedules"]]

    def environment(self, function: str) -> dict[str, str]:
        """What a function is told."""
        told: dict[str, str] = self._about(function).get("Environment", {}).get("Variables", {})
        return told

    def tell(self, function: str, environment: Mapping[str, str]) -> None:
        """Have a function be told something else, in a new version."""
        lambdas = self.aws("lambda")
        lambdas.update_function_configuration(FunctionName=function, Environment={"Variables": dict(environment)})
        version = lambdas.publish_version(FunctionName=function)["Version"]
        lambdas.update_alias(FunctionName=function, Name="live", FunctionVersion=version)

    def allow(self, role: str, policy: list[Mapping[str, Any]]) -> None:
        """Let a role do this and nothing else."""
        self.aws("iam").put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=_document(policy))

    def wait(self, seconds: float) -> None:
        """Let Scheduler and the function behind the jobs queue do what there is to do."""
        if not self.works:
            return
        self._strike()
        sqs, url = self.aws("sqs"), self.terminal.described["queues"]["runs"]
        for message in sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", []):
            record = {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
            }
            run.handler({"Records": [record]}, None)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the doors answer."""
        app = AwsApplication(self.client.stack.settings)
        try:
            status, told = self._told(request, app)
        except Unauthenticated:
            status, told = 401, {}
        except ProductError:
            status, told = 500, {}
        return httpx.Response(status, json=told)

    def _told(self, request: httpx.Request, app: AwsApplication) -> tuple[int, Any]:
        path = request.url.path
        if path in {"/v1/openapi.json", "/login", "/oauth/slack/start"}:
            return 410 if path.startswith("/oauth/") else 200, {"openapi": "3.1.0"}
        if path.startswith("/webhooks/"):
            sent = WebhookRequest(headers=dict(request.headers), body=request.content)
            outcome = receive(Provider(path.rpartition("/")[2]), sent, app)
            return 200, {"status": "dropped", "reason": outcome.reason} if isinstance(outcome, Dropped) else {}
        if f" {PREFIX}_" not in request.headers.get("authorization", ""):
            raise Unauthenticated("no token of a person's is genuine here")
        caller = caller_of(identity_in(authorize(request.headers.get("authorization"), app)), app)
        if path == "/v1/tenant":
            return 200, {"id": caller.tenant_id}
        return 202, {"id": start_job(Order(kind=JobKind.PROCESS), app.unit(caller.tenant_id), asked_by="key").id}

    def _strike(self) -> None:
        scheduler, sqs = self.aws("scheduler"), self.aws("sqs")
        for each in scheduler.list_schedules(GroupName="pm")["Schedules"]:
            if each["Name"].endswith(tuple(Recurring)):
                continue  # Its time has not come.
            request = json.loads(scheduler.get_schedule(GroupName="pm", Name=each["Name"])["Target"]["Input"])
            sqs.send_message(**request)
            scheduler.delete_schedule(GroupName="pm", Name=each["Name"])

    def _client(self, make: Callable[[str], Any]) -> Callable[[str], Any]:
        """The product's clients, where moto has no answer of its own."""

        def client(service: str) -> Any:
            made = make(service)
            match service:
                case "sesv2":
                    return Instead(made, get_account=lambda: self.ses_account, get_email_identity=self._identity)
                case "lambda":
                    return Instead(made, invoke=self._invoked)
                case _:
                    return made

        client.cache_clear = make.cache_clear  # type: ignore[attr-defined]
        return client

    def _identity(self, **asked: Any) -> dict[str, Any]:
        """One that is there; moto has none that is verified."""
        known = self.aws("sesv2").get_email_identity(**asked)
        return {**known, "VerifiedForSendingStatus": asked["EmailIdentity"] not in self.unverified}

    def _invoked(self, **asked: Any) -> dict[str, Any]:
        if asked["FunctionName"] in self.crashing:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(ERROR)}
        return {"Payload": io.BytesIO(b"{}")}

    def _about(self, function: str) -> Any:
        return self.aws("lambda").get_function_configuration(FunctionName=function, Qualifier="live")

    def _make(self) -> None:
        described = self.terminal.described
        pools = self.aws("cognito-idp")
        pool = pools.create_user_pool(PoolName="pm")["UserPool"]["Id"]
        member = pools.create_user_pool_client(UserPoolId=pool, ClientName="pm")["UserPoolClient"]["ClientId"]
        bucket = self.aws("s3").create_bucket(
            Bucket="archives", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        key = self.aws("kms").create_key()["KeyMetadata"]["KeyId"]
        described |= {"user_pool_id": pool, "user_pool_client_id": member, "kms_key_id": key, "analyst": "openai"}
        assert bucket
        self.terminal.describe()
        for name in SECRETS:
            self.keep(name)
        ses = self.aws("sesv2")
        ses.create_email_identity(EmailIdentity=SENDER)
        ses.create_configuration_set(ConfigurationSetName="pm")
        topic = self.aws("sns").create_topic(Name="alarms")["TopicArn"]
        self.aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:events")
        known = {"AlarmTopic": topic, **{f"{name.title()}Function": name for name in SETTINGS}}
        self._patch.setattr(cloudformation, "RESOURCES", {name: ("any", id) for name, id in known.items()})
        self._make_roles()
        self._make_functions()
        self._make_queues()
        for url in self.mail_queues:
            self.open_queue(url, self.template_policy("ReportsQueuePolicy", "PolicyDocument"))
        self.open_key(self.template_policy("Key", "KeyPolicy"))
        for name, value in self.environment("run").items():
            self._patch.setenv(name, value)
        run.settings.cache_clear()

    def _make_roles(self) -> None:
        iam = self.aws("iam")
        for name in (*SETTINGS, "scheduler"):
            service = "scheduler" if name == "scheduler" else "lambda"
            trusted = {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trusted]}))
            if granted := self.granted(name):
                self.allow(name, granted)
            if name != "scheduler":
                iam.attach_role_policy(RoleName=name, PolicyArn=self.writing_logs)

    @cached_property
    def writing_logs(self) -> str:
        """The policy by which functions write their logs; here it is not AWS's own, which moto does not have."""
        allowed = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
        made = self.aws("iam").create_policy(
            PolicyName=WRITING_LOGS,
            Path="/service-role/",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        )
        arn: str = made["Policy"]["Arn"]
        return arn

    def granted(self, role: str) -> list[Mapping[str, Any]]:
        """What template.yaml lets a role do in this stack."""
        owner = "ScheduleRole" if role == "scheduler" else f"{role.title()}Function"
        return [_resolved(each, self._names()) for of, each in statements() if of == owner]

    def _names(self) -> dict[str, str]:
        described = self.terminal.described
        queues = {
            f"{stage.title()}{kind}.Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{stage}{end}"
            for stage in WORKERS.values()
            for kind, end in (("Queue", ""), ("DeadLetters", "_dlq"))
        }
        return {
            **queues,
            "Table.Arn": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{described['table']}",
            "Key.Arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{described['kms_key_id']}",
            "MailReturned.Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/returned",
            "ArchivesBucket.Arn": "arn:aws:s3:::archives",
            "UserPool.Arn": f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{described['user_pool_id']}",
            "ScheduleRole.Arn": described["schedule_role_arn"],
            "ScheduleGroup": described["schedule_group"],
            "SecretsPrefix": described["secrets_prefix"],
            "MailFrom": SENDER,
            "MailIdentity": "",
            "MailSet": "pm",
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
        }

    def _make_functions(self) -> None:
        lambdas = self.aws("lambda")
        for name, kind in SETTINGS.items():
            told = {field: self._setting(field.lower(), name) for field in told_of(kind)}
            lambdas.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=f"arn:aws:iam::{ACCOUNT}:role/{name}",
                Handler="app.handler",
                Code={"ZipFile": _code()},
                Environment={"Variables": told},
                Publish=True,
            )
            lambdas.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
            if name in CALLERS:
                self.let_in(name, CALLERS[name])

    def let_in(self, function: str, caller: str) -> None:
        """Have a function be called by a service."""
        self.aws("lambda").add_permission(
            FunctionName=function,
            Qualifier="live",
            StatementId="caller",
            Action="lambda:InvokeFunction",
            Principal=caller,
            SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:door/*",
        )

    @property
    def mail_queues(self) -> list[str]:
        """Where EventBridge puts what bounced, and what it could not put there."""
        queues = self.terminal.described["queues"]
        return [queues["reports"], queues["reports_dlq"]]

    def template_policy(self, of: str, name: str) -> list[Mapping[str, Any]]:
        """What template.yaml lets others do with a queue or the key."""
        document = {**resources("AWS::SQS::QueuePolicy"), **resources("AWS::KMS::Key")}[of][name]
        policy: list[Mapping[str, Any]] = _resolved(document["Statement"], self._names())
        return policy

    def open_queue(self, url: str, policy: Sequence[Mapping[str, Any]]) -> None:
        """Let others do this with a queue and nothing else."""
        self.aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": _document(policy) if policy else ""})

    def open_key(self, policy: Sequence[Mapping[str, Any]]) -> None:
        """Let others do this with the key and nothing else."""
        key = self.terminal.described["kms_key_id"]
        self.aws("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=_document(policy))

    def _setting(self, name: str, function: str) -> str:
        described = self.terminal.described
        queues = {
            f"{stage}_queue_url": described["queues"][stage] for stage in ("events", "actions", "reports", "billing")
        }
        stage = WORKERS.get(function, "runs")
        known = {
            **queues,
            "jobs_queue_url": described["queues"]["runs"],
            "table_name": described["table"],
            "source_queue_url": described["queues"][stage],
            "dead_letters_queue_url": described["queues"][f"{stage}_dlq"],
            "dead_letters_arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{stage}_dlq",
            "mail_from": SENDER,
            "mail_set": "pm",
            "client_id": described["user_pool_client_id"],
            "issuer": "https://issuer.test",
            "jwks_url": "https://issuer.test/keys",
            "analyst": "offline",
            "stripe_base_url": f"{self.stripe.url}/stripe",
            "stripe_prices": "team=price_sandbox_team,business=price_sandbox_business",
            **dict.fromkeys(IMPRINT, "said"),
            "watched_queues": ",".join(f"{stage}={stage}+{stage}_dlq" for stage in WORKERS.values()),
            "watched_functions": ",".join(f"{name}={name}" for name in SETTINGS if name != "run"),
        }
        return str(known.get(name) or described.get(name) or "")

    def _make_queues(self) -> None:
        sqs, lambdas = self.aws("sqs"), self.aws("lambda")
        for function, stage in WORKERS.items():
            letters = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{stage}_dlq"
            redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": letters, "maxReceiveCount": 6})}
            sqs.set_queue_attributes(QueueUrl=self.terminal.described["queues"][stage], Attributes=redrive)
            source = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{stage}"
            lambdas.create_event_source_mapping(FunctionName=function, EventSourceArn=source, Enabled=True)
            # Else moto takes the messages for the function, whose code is nothing.
            sqs_backends[ACCOUNT][REGION].queues[stage].lambda_event_source_mappings.clear()


def findings_of(whole: WholeStack, check: Look, **options: Any) -> list[Finding]:
    """What one check finds."""
    return list(look_at(whole.deployed(**options), {"check": check}))


def lacks(whole: WholeStack, check: Look, **options: Any) -> list[str]:
    """What one check finds missing."""
    found = findings_of(whole, check, **options)
    assert all(finding.remedy for finding in found if finding.state == "missing")
    return [finding.what for finding in found if finding.state == "missing"]


@cache
def _code() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app.py", "def handler(event, context): pass")
    return content.getvalue()


def _document(statements: Sequence[Mapping[str, Any]]) -> str:
    """A policy as it travels."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _resolved(node: Any, names: Mapping[str, str]) -> Any:
    """What CloudFormation makes of a part of the template; nothing has a condition that is met."""
    match node:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": name}:
            return names[name]
        case {"Fn::GetAtt": [name, attribute]}:
            return names[f"{name}.{attribute}"]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: names[found[1]], text)
        case {"Fn::If": [_, _, otherwise]}:
            return _resolved(otherwise, names)
        case dict():
            return {name: _resolved(each, names) for name, each in node.items()}
        case list():
            return [each for each in (_resolved(each, names) for each in node) if each is not None]
        case _:
            return node


def pairs(policy: list[Mapping[str, Any]]) -> Iterator[tuple[int, str, str]]:
    """Every single right of a policy: the statement it stands in, the action, and what that is on."""
    for place, each in enumerate(policy):
        for action in as_list(each["Action"]):
            for thing in as_list(each["Resource"]):
                yield place, action, thing


def without(policy: list[Mapping[str, Any]], place: int, action: str, thing: str) -> list[Mapping[str, Any]]:
    """A policy with one right less."""
    cut = policy[place]
    others = {**cut, "Action": [each for each in as_list(cut["Action"]) if each != action]}
    same = {**cut, "Action": action, "Resource": [each for each in as_list(cut["Resource"]) if each != thing]}
    kept = [each for each in (others, same) if each["Action"] and each["Resource"]]
    return [*policy[:place], *kept, *policy[place + 1 :]]
