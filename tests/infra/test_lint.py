"""What looks at the template and the workflows, and what those workflows may do."""

import re
import tomllib
from importlib import import_module
from typing import Any

from infra.lint import EXCEPTIONS, WORKFLOWS, verdict
from infra.processed import processed
from tests.infra.test_processed import schema
from tests.infra.test_template import ROOT

type Node = dict[str, Any]


def workflow(name: str) -> Node:
    """A workflow as GitHub reads it."""
    text = (WORKFLOWS / f"{name}.yml").read_text().replace("\non:\n", "\n'on':\n")  # YAML of old takes it for a truth
    read: Node = import_module("yaml").safe_load(text)
    return read


def deployer() -> Node:
    """The role that deploys, in CloudFormation's long forms."""
    read: Node = import_module("cfnlint.decode.cfn_yaml").load(str(ROOT / "infra" / "deployer.yaml"))
    return read


def test_a_policy_that_is_broken_and_one_that_is_no_longer_are_both_said() -> None:
    """An exception that nobody needs any more would hide the next break."""
    assert ["checkov: B is broken", "checkov: C is kept, so it is no exception any more"] == verdict(
        {"A", "B"}, {"A": "why", "C": "why"}
    )
    assert [] == verdict(set(EXCEPTIONS), EXCEPTIONS)


def test_all_of_it_is_part_of_what_ci_runs() -> None:
    """CI runs `make check`, which runs this."""
    makefile = (ROOT / "Makefile").read_text()
    [parts] = re.findall(r"^check:.*\n\t@\$\(MAKE\) --no-print-directory -j 2 (.*)$", makefile, re.MULTILINE)
    assert "template" in parts.split()
    assert re.search(r"^template:.*\n(?:\t.*\n)*\t@\$\(PYTHON\) -m infra\.lint$", makefile, re.MULTILINE)
    [job] = workflow("check")["jobs"].values()
    assert "make check" == job["steps"][-1]["run"]


def test_what_others_wrote_runs_at_a_commit_that_cannot_be_moved() -> None:
    """A tag can be; and who reads it sees which version it is."""
    for path in WORKFLOWS.glob("*.yml"):
        for used in re.findall(r"uses: (?!\./)(.*)", path.read_text()):
            assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v[\d.]+", used)


def test_a_job_may_read_and_only_the_one_that_deploys_may_ask_for_a_role() -> None:
    """Nothing is granted to all jobs, and what is not named is not granted."""
    granted = {
        f"{name}.{job}": given["permissions"]
        for name in ("check", "deploy")
        for job, given in workflow(name)["jobs"].items()
    }
    assert [{}, {}] == [workflow(name)["permissions"] for name in ("check", "deploy")]
    read = {"contents": "read"}
    assert {"check.check": read, "deploy.check": read, "deploy.deploy": read | {"id-token": "write"}} == granted


def test_nothing_is_deployed_that_was_not_checked_nor_past_an_environments_rules() -> None:
    """The environment is the stage, and the role is lent to nobody but a job in it."""
    job = workflow("deploy")["jobs"]["deploy"]
    stages = workflow("deploy")["on"]["workflow_dispatch"]["inputs"]["stage"]["options"]
    trust = deployer()["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    [conditions] = [each["Condition"]["StringEquals"] for each in trust]

    assert ("check", "${{ inputs.stage || 'dev' }}") == (job["needs"], job["environment"])
    assert stages == deployer()["Parameters"]["Stage"]["AllowedValues"]
    assert {"Fn::Sub": "repo:${Repository}:environment:${Stage}"} == conditions[
        "token.actions.githubusercontent.com:sub"
    ]


def test_who_deploys_may_touch_the_stacks_own_roles_alone() -> None:
    """By the beginning of their names, which is the stack's."""
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    [policy] = deployer()["Resources"]["Role"]["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"]["Fn::Sub"].endswith(":role/pm-assistant-${Stage}-*")
    for stage in deployer()["Parameters"]["Stage"]["AllowedValues"]:
        assert f"pm-assistant-{stage}" == stages[stage]["deploy"]["parameters"]["stack_name"]


OF_POWER_USERS = {"iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles"}
"""What of IAM the managed policy allows besides all that is not IAM's."""
NOT_USED = {"iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary"}
"""What CloudFormation calls for properties that no role of ours has."""


def test_who_deploys_may_do_all_that_cloudformation_does_for_the_stack_and_no_more() -> None:
    """By what its registry says that it calls for each type of resource, whichever way the stack is deployed."""
    [policy] = deployer()["Resources"]["Role"]["Properties"]["Policies"]
    allowed = set(policy["PolicyDocument"]["Statement"][0]["Action"])
    kinds = {each["Type"] for each in processed(Canary="true")["Resources"].values()}
    handlers = [handler["permissions"] for kind in kinds for handler in schema(kind).get("handlers", {}).values()]
    called = {action for permissions in handlers for action in permissions if action.startswith("iam:")}
    assert called - OF_POWER_USERS - NOT_USED == allowed


def test_words_of_who_starts_a_workflow_are_never_read_as_a_command() -> None:
    """They come as variables of the environment."""
    steps = [
        step for name in ("check", "deploy") for job in workflow(name)["jobs"].values() for step in job.get("steps", [])
    ]
    assert not [step["run"] for step in steps if "${{" in step.get("run", "")]
