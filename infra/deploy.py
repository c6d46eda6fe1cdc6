"""Deploy to the AWS account of your credentials: `make deploy STAGE=dev MAIL_FROM=hello@your.domain`.

What would make a deployment fail, or come up otherwise than meant, is looked for first and said in one line: a build
and a rollback take minutes, and CloudFormation's words for the same come last.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from infra.adopt import IDENTIFIERS, adopt
from infra.local.deployment import sources
from infra.local.tools import LOCAL, ROOT, LocalError, digest, environment, sam_environment
from pm_assistant.aws.advice import advice
from pm_assistant.aws.mail import is_verified

ENOUGH_INVOCATIONS = 100
"""Concurrent ones of an account; a new account has about ten (docs.aws.amazon.com/lambda, gettingstarted-limits)."""
OF_A_QUEUE = "Concurrency"
"""How the parameters end that say how many messages of a queue are worked on at a time."""
FEWEST = "2"
"""How many messages of a queue SQS lets Lambda work on at least."""
DEAD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
"""States of a stack that can only be deleted."""
NEVER_BEGUN = {"DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}
"""States of one that is gone, and of one whose first changes nobody has had made: SAM begins anew with either."""


class DeployError(Exception):
    """Something whoever deploys has to put right; the text is one line that says what and how."""


class Asked(NamedTuple):
    """What the command line asks for; an empty word leaves it to samconfig.toml and the template."""

    stage: str
    mail_from: str
    architecture: str
    canary: str = ""
    adopt: str = ""


class Plan(NamedTuple):
    """What is going to be deployed.

    Attributes:
        stack: its name.
        region: where.
        parameters: all of the template's, also those that keep their default: CloudFormation would let the stack keep
            its present value of what is not named, so that a new default never reached it.
        protect_after: whether table and user pool are protected from deletion only once the stack stands: a first
            deployment that fails has to be able to take them away again.
        notes: for whoever deploys.
        adopted: physical names of what a deleted stack left, to be taken in first.
    """

    stack: str
    region: str
    parameters: Mapping[str, str]
    protect_after: bool
    notes: tuple[str, ...]
    adopted: Mapping[str, str] = {}


class Account:
    """The AWS account and region that the environment's credentials lead to."""

    def __init__(self, session: Any) -> None:
        """Take a boto3 session; nothing is asked yet."""
        self._session = session

    @property
    def region(self) -> str | None:
        """The region that the environment or the profile names."""
        name: str | None = self._session.region_name
        return name

    @cached_property
    def id(self) -> str:
        """The account's number.

        Raises:
            DeployError: there are no credentials, or they are not taken.
        """
        try:
            number: str = self._session.client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise DeployError(_said(error)) from error
        return number

    def stack_state(self, name: str) -> str | None:
        """CloudFormation's word for a stack, None if there is none."""
        try:
            stacks = self._session.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        state: str = stacks[0]["StackStatus"]
        return None if state in NEVER_BEGUN else state

    def tables(self, stack: str) -> list[str]:
        """The tables that stacks of this name had; CloudFormation names them so."""
        pages = self._session.client("dynamodb").get_paginator("list_tables").paginate()
        return [name for page in pages for name in page["TableNames"] if name.startswith(f"{stack}-Table-")]

    def adopt(self, planned: Plan) -> None:
        """Make the stack of what one of its name left behind."""
        adopt(self._session.client("cloudformation"), planned.stack, planned.parameters, planned.adopted)

    def log_groups(self, stack: str) -> list[str]:
        """The names of a stack's log groups, which are the same whenever it is made."""
        client = self._session.client("logs")
        return [
            group["logGroupName"]
            for prefix in (f"/{stack}/", f"/aws/vendedlogs/{stack}/")
            for group in client.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
        ]

    def verified(self, identity: str) -> bool:
        """Whether SES lets us send in the name of an address or a domain."""
        return is_verified(identity, self._session.client("sesv2"))

    @property
    def mails_anybody(self) -> bool:
        """Whether SES has let the account out of its sandbox, in which only verified addresses get mail."""
        out: bool = self._session.client("sesv2").get_account()["ProductionAccessEnabled"]
        return out

    @property
    def invocations(self) -> int:
        """How many functions may run at once."""
        limit = self._session.client("lambda").get_account_settings()["AccountLimit"]
        count: int = limit["ConcurrentExecutions"]
        return count


def plan(asked: Asked, account: Account, *, defaults: Mapping[str, str | None], stages: Mapping[str, Any]) -> Plan:
    """Look at everything that a deployment needs, in the order in which people can put it right.

    Args:
        asked: by the command line.
        account: to deploy to.
        defaults: of the template's parameters, None for one that has none.
        stages: what samconfig.toml holds.

    Raises:
        DeployError: something is missing.
    """
    names = sorted(stages.keys() - {"default", "local", "version"})
    if asked.stage not in names:
        raise DeployError(f"there is no stage {asked.stage!r} in samconfig.toml, only {' and '.join(names)}")
    config = stages[asked.stage]["deploy"]["parameters"]
    configured = dict(pair.split("=", 1) for pair in config["parameter_overrides"])
    mail_from = asked.mail_from or configured.get("MailFrom", "")
    if "@" not in mail_from:
        raise DeployError(
            f"say who mail comes from, an address that SES has verified: make deploy STAGE={asked.stage} MAIL_FROM=..."
        )
    region = config.get("region") or account.region
    if not region:
        raise DeployError("say in which region: AWS_REGION=eu-central-1 make deploy ...")
    stack: str = config["stack_name"]
    notes = [f"{stack} in account {account.id}, region {region}"]
    state = _state(stack, region, account)
    adopted = _adopted(asked.adopt, stack, state)
    if state is None and not adopted and (tables := account.tables(stack)):
        notes.append(
            f"{', '.join(tables)}: left by a stack of that name, and not taken in; ADOPT would (infra/runbook.md)"
        )
    ours = {"MailFrom": mail_from, "Architecture": asked.architecture}
    if asked.canary:
        ours["Canary"] = asked.canary
    ours["MailIdentity"] = configured.get("MailIdentity") or _identity(mail_from, region, account)
    if not account.mails_anybody:
        notes.append("SES is in its sandbox here: nobody can register whose address it has not verified")
    if account.invocations < ENOUGH_INVOCATIONS:
        ours |= {name: FEWEST for name in defaults if name.endswith(OF_A_QUEUE) and name not in configured}
        notes.append(
            f"this account may run {account.invocations} functions at once, so each queue gets {FEWEST}: ask for "
            f"{ENOUGH_INVOCATIONS} (Service Quotas, Lambda, concurrent executions) and deploy again"
        )
    parameters = {name: value or "" for name, value in {**defaults, **configured, **ours}.items()}
    # By the parameters, too: a version of a function keeps the environment that it was published with.
    parameters["Release"] = digest(sources(), *(f"{name}={value}" for name, value in sorted(parameters.items())))
    protect_after = state is None and not adopted and parameters["DeletionProtection"] == "true"
    return Plan(stack, region, parameters, protect_after, tuple(notes), adopted)


def _adopted(words: str, stack: str, state: str | None) -> dict[str, str]:
    """What the command line wants taken in: all that is kept when a stack is deleted, or nothing."""
    left = dict(word.partition("=")[::2] for word in words.split())
    if left and left.keys() != IDENTIFIERS.keys():
        raise DeployError("say all that was left: " + f'ADOPT="{" ".join(f"{name}=..." for name in IDENTIFIERS)}"')
    if left and state is not None:
        raise DeployError(f"{stack} is there, with a table of its own; only a new stack takes an old one's in")
    return left


def _state(stack: str, region: str, account: Account) -> str | None:
    state = account.stack_state(stack)
    if state in DEAD:
        raise DeployError(
            f"{stack} is {state} after a deployment that failed, and can only be deleted: read its events, then "
            f"aws cloudformation delete-stack --region {region} --stack-name {stack}"
        )
    if state is not None and state.endswith("IN_PROGRESS"):
        raise DeployError(f"{stack} is {state}: wait for that to end")
    if state is None and (left := account.log_groups(stack)):
        delete = "; ".join(f"aws logs delete-log-group --region {region} --log-group-name {name}" for name in left)
        raise DeployError(f"late lines of a stack that is gone made its log groups again, so take them away: {delete}")
    return state


def _identity(mail_from: str, region: str, account: Account) -> str:
    """What of an address SES has verified: nothing besides the address itself, or its domain or one above that."""
    if account.verified(mail_from):
        return ""
    labels = mail_from.rpartition("@")[2].split(".")
    for start in range(len(labels) - 1):
        domain = ".".join(labels[start:])
        if account.verified(domain):
            return domain
    raise DeployError(
        f"SES has verified neither {mail_from} nor its domain in {region}: "
        f"aws sesv2 create-email-identity --region {region} --email-identity {mail_from}, and follow the link it mails"
    )


def template_defaults() -> dict[str, str | None]:
    """The template's parameters with their defaults, None where there is none."""
    template = import_module("cfnlint.decode.cfn_yaml").load(str(ROOT / "template.yaml"))
    parameters = template["Parameters"].items()
    return {name: str(given["Default"]) if "Default" in given else None for name, given in parameters}


def deploy(asked: Asked, planned: Plan, account: Account) -> None:
    """Build and deploy, and bring what earlier versions left up to date.

    Raises:
        DeployError: a step failed; it has said why.
    """
    place = {"AWS_REGION": planned.region, "AWS_DEFAULT_REGION": planned.region}
    env = {**os.environ, **place, **sam_environment(asked.architecture)}
    sam, config = str(environment("sam") / "sam"), ["--config-env", asked.stage]
    _run([sam, "build", *config], env)
    if planned.adopted:
        account.adopt(planned)
    rounds = [{"DeletionProtection": "false"}, {}] if planned.protect_after else [{}]
    for change in rounds:
        parameters = LOCAL / f"parameters-{asked.stage}.json"
        parameters.parent.mkdir(exist_ok=True)
        parameters.write_text(json.dumps({**planned.parameters, **change}, indent=2))
        command = [sam, "deploy", *config, "--region", planned.region]
        if not sys.stdin.isatty():
            command.append("--no-confirm-changeset")  # nobody is there; who let it come so far has confirmed it
        _run([*command, "--parameter-overrides", f"file://{parameters}"], env)
    lost = ["--rebuild"] if planned.adopted else []  # schedules went with their group
    _run([str(ROOT / ".venv" / "bin" / "pm"), "operator", "migrate", "--stack", planned.stack, *lost], env)


def _run(command: list[str], env: Mapping[str, str]) -> None:
    if subprocess.run(command, cwd=ROOT, env=env).returncode:
        raise DeployError(f"{' '.join(command[:2])} failed: see above")


def main(arguments: list[str]) -> int:
    """Do what the command line asks; 1 and one line if something is in the way."""
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--mail-from", default="")
    parser.add_argument("--architecture", default="arm64", choices=["arm64", "x86_64"])
    parser.add_argument("--canary", default="", choices=["", "true", "false"])
    parser.add_argument("--adopt", default="")
    given = parser.parse_args(arguments)
    asked = Asked(given.stage, given.mail_from, given.architecture, given.canary, given.adopt)
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    try:
        session = boto3.Session(region_name=os.environ.get("AWS_REGION"))  # boto3 knows AWS_DEFAULT_REGION alone
        account = Account(session)
        planned = plan(asked, account, defaults=template_defaults(), stages=stages)
        for note in planned.notes:
            print(note)
        deploy(asked, planned, account)
    except WaiterError as error:
        obstacle = f"what was left could not be taken in: {error}"
    except (BotoCoreError, ClientError) as error:
        obstacle = _said(error)
    except (DeployError, LocalError) as error:
        obstacle = str(error)
    else:
        return 0
    print(f"error: {obstacle}", file=sys.stderr)
    return 1


def _said(error: Exception) -> str:
    """What a failure of AWS's means for who deploys, and what to pass where that helps."""
    return advice(error, profile="AWS_PROFILE=NAME", region="AWS_REGION=NAME") or f"AWS could not be asked: {error}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
