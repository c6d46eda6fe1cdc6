"""What stands in a deployment's way is said in one line before anything is built."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from infra import deploy
from infra.deploy import Account, Asked, DeployError, Plan, plan, template_defaults
from tests.infra.test_template import MAPPINGS, template

STAGES = {
    "version": 0.1,
    "local": {"deploy": {"parameters": {"stack_name": "pm-local", "parameter_overrides": []}}},
    "dev": {"deploy": {"parameters": {"stack_name": "pm-dev", "parameter_overrides": ["DeletionProtection=false"]}}},
    "prod": {"deploy": {"parameters": {"stack_name": "pm-prod", "parameter_overrides": ["LogRetentionDays=90"]}}},
}
DEFAULTS = {"MailFrom": None, "MailIdentity": "", "OpenAiModel": "gpt", "DeletionProtection": "true"}


class FakeSession:
    """An account in Frankfurt that has all a deployment needs; it plays each of its own clients.

    Attributes:
        region_name: where.
        verified: what SES has verified.
        state: the stack's, None if there is none.
        production: whether SES is out of its sandbox.
        invocations: concurrent ones.
        log_groups: by name.
        tables: by name.
        asked: of CloudFormation, what it was asked to do.
        refusal: what STS answers instead.
    """

    def __init__(self) -> None:
        self.region_name: str | None = "eu-central-1"
        self.verified = {"pm@acme.test": True}
        self.state: str | None = None
        self.production = True
        self.invocations = 1000
        self.log_groups: list[str] = []
        self.tables: list[str] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.refusal: Exception | None = None

    def client(self, _: str) -> "FakeSession":
        """Itself."""
        return self

    def get_caller_identity(self) -> dict[str, str]:
        """Of STS."""
        if self.refusal is not None:
            raise self.refusal
        return {"Account": "123456789012"}

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # boto3's name
        """Of CloudFormation."""
        if self.state is None:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}}, "x")
        return {"Stacks": [{"StackStatus": self.state}]}

    def describe_log_groups(self, logGroupNamePrefix: str) -> dict[str, Any]:  # boto3's name
        """Of CloudWatch."""
        return {
            "logGroups": [{"logGroupName": name} for name in self.log_groups if name.startswith(logGroupNamePrefix)]
        }

    def get_paginator(self, _: str) -> "FakeSession":
        """Of DynamoDB, over its tables."""
        return self

    def paginate(self) -> list[dict[str, Any]]:
        """In two pages."""
        return [{"TableNames": self.tables[:1]}, {"TableNames": self.tables[1:]}]

    def create_change_set(self, **asked: Any) -> None:
        """Of CloudFormation."""
        self.asked.append(("create", asked))

    def execute_change_set(self, **asked: Any) -> None:
        """Of CloudFormation."""
        self.asked.append(("execute", asked))

    def get_waiter(self, what: str) -> Any:
        """Of CloudFormation."""
        return SimpleNamespace(wait=lambda **asked: self.asked.append((what, asked)))

    def get_email_identity(self, EmailIdentity: str) -> dict[str, Any]:  # boto3's name
        """Of SES."""
        if EmailIdentity not in self.verified:
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": "does not exist"}}, "x")
        return {"VerifiedForSendingStatus": self.verified[EmailIdentity]}

    def get_account(self) -> dict[str, Any]:
        """Of SES."""
        return {"ProductionAccessEnabled": self.production}

    def get_account_settings(self) -> dict[str, Any]:
        """Of Lambda."""
        return {"AccountLimit": {"ConcurrentExecutions": self.invocations}}


def planned(session: FakeSession, stage: str = "dev", mail_from: str = "pm@acme.test", arch: str = "arm64") -> Plan:
    """What would be deployed."""
    return plan(Asked(stage, mail_from, arch), Account(session), defaults=DEFAULTS, stages=STAGES)


def change(**to: Any) -> Callable[[FakeSession], None]:
    """Have the account be otherwise."""
    return lambda session: session.__dict__.update(to)


DENIED = ClientError({"Error": {"Code": "ExpiredToken", "Message": "The token has expired"}}, "GetCallerIdentity")


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        (change(region_name=None), "AWS_REGION="),
        (change(refusal=NoCredentialsError()), "no AWS credentials"),
        (change(refusal=DENIED), "have expired: .*AWS_PROFILE=NAME"),
        (change(state="ROLLBACK_COMPLETE"), "can only be deleted"),
        (change(state="UPDATE_IN_PROGRESS"), "wait"),
        (change(log_groups=["/other/act", "/pm-dev/act"]), "--log-group-name /pm-dev/act$"),
        (change(log_groups=["/aws/vendedlogs/pm-dev/access"]), "delete-log-group .*access$"),
        (change(verified={}), "create-email-identity"),
        (change(verified={"pm@acme.test": False}), "create-email-identity"),
    ],
)
def test_what_a_deployment_lacks_is_said_with_what_to_do(otherwise: Callable[[FakeSession], None], said: str) -> None:
    """Not found after minutes of building, nor in CloudFormation's words."""
    session = FakeSession()
    otherwise(session)
    with pytest.raises(DeployError, match=said) as refused:
        planned(session)
    assert "\n" not in str(refused.value)


def test_a_stack_that_stands_keeps_its_log_groups() -> None:
    """They are looked for only where one is made."""
    session = FakeSession()
    change(state="UPDATE_COMPLETE", log_groups=["/pm-dev/act"])(session)
    assert "pm-dev" == planned(session).stack


def test_a_stack_whose_first_changes_were_declined_is_begun_anew() -> None:
    """It waits for nothing, and SAM takes it for none."""
    session = FakeSession()
    change(state="REVIEW_IN_PROGRESS")(session)
    assert "pm-dev" == planned(session).stack


@pytest.mark.parametrize(
    ("asked", "said"), [({"stage": "nope"}, "only dev and prod"), ({"mail_from": ""}, "MAIL_FROM")]
)
def test_what_cannot_be_meant_is_refused_before_aws_is_asked(asked: dict[str, str], said: str) -> None:
    """The names of stages are those of samconfig.toml, without the one of this machine."""
    session = FakeSession()
    session.refusal = AssertionError("asked")
    with pytest.raises(DeployError, match=said):
        planned(session, **asked)


@pytest.mark.parametrize(
    ("verified", "identity"),
    [("pm@acme.test", ""), ("acme.test", "acme.test"), ("mail.acme.test", "mail.acme.test")],
)
def test_a_domain_that_is_verified_stands_for_its_addresses(verified: str, identity: str) -> None:
    """Cognito and our own mails are told which of them it is."""
    session = FakeSession()
    session.verified = {verified: True}
    mail_from = "pm@mail.acme.test" if verified.startswith("mail.") else "pm@acme.test"
    assert identity == planned(session, mail_from=mail_from).parameters["MailIdentity"]


def test_every_parameter_is_given_so_that_new_defaults_reach_a_deployed_stack() -> None:
    """CloudFormation keeps the present value of what is not named."""
    parameters = planned(FakeSession(), "prod", arch="x86_64").parameters
    assert ("gpt", "90", "x86_64") == tuple(
        parameters[name] for name in ("OpenAiModel", "LogRetentionDays", "Architecture")
    )
    assert template("Parameters").keys() == template_defaults().keys()
    assert {"MailFrom", "Release"} == {name for name, default in template_defaults().items() if default is None}


def test_a_release_is_another_as_soon_as_anything_in_it_is() -> None:
    """New versions of the functions are published by it, each with the environment that the parameters make."""
    account = FakeSession()
    account.verified["hi@acme.test"] = True
    same, again, other = (planned(account, mail_from=f"{name}@acme.test") for name in ("pm", "pm", "hi"))
    assert same.parameters["Release"] == again.parameters["Release"] != other.parameters["Release"]
    assert re.fullmatch(template("Parameters")["Release"]["AllowedPattern"], same.parameters["Release"])


@pytest.mark.parametrize(("asked", "expected"), [("", "true"), ("false", "false")])
def test_whoever_has_to_mend_what_rings_deploys_without_canary(asked: str, expected: str) -> None:
    """An alarm that rings already would take back the very deployment that ends it."""
    plans = plan(
        Asked("dev", "pm@acme.test", "arm64", asked),
        Account(FakeSession()),
        defaults=template_defaults(),
        stages=STAGES,
    )
    assert expected == plans.parameters["Canary"]


@pytest.mark.parametrize(
    ("stage", "state", "after"), [("prod", None, True), ("prod", "UPDATE_COMPLETE", False), ("dev", None, False)]
)
def test_a_table_is_protected_once_its_stack_stands(stage: str, state: str | None, after: bool) -> None:
    """A first deployment that fails has to be able to take it away again."""
    session = FakeSession()
    session.state = state
    assert after is planned(session, stage).protect_after


@pytest.mark.parametrize(("otherwise", "said"), [({"production": False}, "sandbox"), ({"invocations": 10}, "Quotas")])
def test_what_a_new_account_has_little_of_is_said_and_stops_nothing(otherwise: dict[str, Any], said: str) -> None:
    """Queues ask for no more of it than they must."""
    session = FakeSession()
    change(**otherwise)(session)
    after = plan(Asked("dev", "pm@acme.test", "arm64"), Account(session), defaults=template_defaults(), stages=STAGES)
    assert said in after.notes[-1]
    concurrency = {after.parameters[each["ScalingConfig"]["MaximumConcurrency"]["Ref"]] for each in MAPPINGS.values()}
    assert ("invocations" in otherwise) is (concurrency == {"2"})


def test_the_first_deployment_of_a_protected_stack_is_two(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The second protects the table; each is told all parameters, and where."""
    ran: list[tuple[str, ...]] = []
    given: list[str] = []

    def note(command: list[str], env: Any) -> None:
        ran.append(tuple(command[1:2]))
        given.extend(Path(part[7:]).read_text() for part in command if part.startswith("file://"))
        assert ("arm64", "eu-central-1") == (env["ARCHITECTURE"], env["AWS_DEFAULT_REGION"])

    monkeypatch.setattr(deploy, "_run", note)
    monkeypatch.setattr(deploy, "LOCAL", tmp_path)
    monkeypatch.setattr(deploy, "environment", lambda _: tmp_path)
    asked = Asked("prod", "pm@acme.test", "arm64")

    deploy.deploy(asked, planned(FakeSession(), "prod"), Account(FakeSession()))

    assert [("build",), ("deploy",), ("deploy",), ("operator",)] == ran
    assert ['"DeletionProtection": "false"', '"DeletionProtection": "true"'] == [
        line.strip().rstrip(",") for text in given for line in text.splitlines() if "DeletionProtection" in line
    ]


@pytest.mark.parametrize("somebody", [True, False])
def test_where_nobody_can_be_asked_nobody_is(somebody: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A workflow's reviewers have agreed before; a question would wait there for ever."""
    ran: list[list[str]] = []
    monkeypatch.setattr(deploy, "_run", lambda command, env: ran.append(command))
    monkeypatch.setattr(deploy, "LOCAL", tmp_path)
    monkeypatch.setattr(deploy, "environment", lambda _: tmp_path)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: somebody))

    deploy.deploy(Asked("dev", "pm@acme.test", "arm64"), planned(FakeSession()), Account(FakeSession()))

    [deployed] = [command for command in ran if command[1] == "deploy"]
    assert somebody is ("--no-confirm-changeset" not in deployed)


LEFT = {"Table": "pm-dev-Table-1", "Key": "1234", "ArchivesBucket": "pm-dev-archives", "UserPool": "eu-central-1_x"}
ADOPT = " ".join(f"{name}={physical}" for name, physical in LEFT.items())


def adopting(session: FakeSession, words: str = ADOPT) -> Plan:
    """What would be deployed onto what an earlier stack left."""
    asked = Asked("dev", "pm@acme.test", "arm64", adopt=words)
    return plan(asked, Account(session), defaults=template_defaults(), stages=STAGES)


def test_what_a_deleted_stack_left_is_named_and_taken_in_when_asked_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """Before anything else is made; then everybody's schedules are made anew, since those went with the stack."""
    session, ran = FakeSession(), list[list[str]]()
    change(tables=["other-Table-1", "pm-dev-Table-1"])(session)
    assert "pm-dev-Table-1: left" in planned(session).notes[-1]
    assert not any("left" in note for note in adopting(session).notes)
    monkeypatch.setattr(deploy, "_run", lambda command, env: ran.append(command))
    monkeypatch.setattr(deploy, "LOCAL", tmp_path)
    monkeypatch.setattr(deploy, "environment", lambda _: tmp_path)

    deploy.deploy(Asked("dev", "pm@acme.test", "arm64"), adopting(session), Account(session))

    (_, created), *others = session.asked
    named = {each["LogicalResourceId"]: each["ResourceIdentifier"] for each in created["ResourcesToImport"]}
    assert ["change_set_create_complete", "execute", "stack_import_complete"] == [what for what, _ in others]
    assert ("IMPORT", "pm-dev") == (created["ChangeSetType"], created["StackName"])
    assert LEFT == {name: value for name, identifier in named.items() for value in identifier.values()}
    assert ["operator", "migrate", "--stack", "pm-dev", "--rebuild"] == ran[-1][1:]


@pytest.mark.parametrize(
    ("state", "words", "said"), [("UPDATE_COMPLETE", ADOPT, "only a new stack"), (None, "Table=x", "UserPool=")]
)
def test_what_cannot_be_taken_in_is_said_before_anything_is_done(state: str | None, words: str, said: str) -> None:
    """A stack with a table of its own, or half of what belongs together."""
    session = FakeSession()
    session.state = state
    with pytest.raises(DeployError, match=said):
        adopting(session, words)
