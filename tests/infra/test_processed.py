"""What SAM makes of the template, which is what CloudFormation gets: new versions take over slowly, and go back."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from infra.processed import GIVEN, processed
from tests.infra.test_template import FUNCTIONS, WORKERS, template

type Node = dict[str, Any]

STATES = {"canary": {"Canary": "true"}, "at once": {"Canary": "false"}}


@pytest.fixture(params=STATES)
def stack(request: pytest.FixtureRequest) -> dict[str, Node]:
    """All resources, deployed with canary and without."""
    made: dict[str, Node] = processed(**STATES[request.param])["Resources"]
    return made


def of_type(stack: dict[str, Node], kind: str) -> dict[str, Node]:
    """The resources of a type."""
    return {name: each for name, each in stack.items() if each["Type"] == kind}


def named(value: Any) -> set[str]:
    """The logical ids that are mentioned in a part of a template."""
    text = json.dumps(value)
    names = re.findall(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)(?:\.\w+)?\}', text)
    return {name for found in names for name in found if name}


def test_whoever_calls_a_function_calls_its_alias(stack: dict[str, Node]) -> None:
    """Queues, routes, the authorizer, and who is permitted to: what stands behind the alias changes all at once."""
    aliases = {name: f"{name}Aliaslive" for name in FUNCTIONS}
    permitted = [each["Properties"]["FunctionName"] for each in of_type(stack, "AWS::Lambda::Permission").values()]
    mapped = [each["Properties"]["FunctionName"] for each in of_type(stack, "AWS::Lambda::EventSourceMapping").values()]
    routed = named(stack["Api"]["Properties"]["Body"]) & stack.keys()

    assert set(aliases.values()) == of_type(stack, "AWS::Lambda::Alias").keys()
    assert Counter(aliases[name] for name in WORKERS) == Counter(each["Ref"] for each in mapped)
    assert {aliases[name] for name in FUNCTIONS.keys() - WORKERS.keys()} == {each["Ref"] for each in permitted}
    assert {each["Ref"] for each in permitted} == routed


def test_nothing_else_in_the_stack_can_call_a_function(stack: dict[str, Node]) -> None:
    """Schedules put on queues; a function is otherwise only measured, named or given a version."""
    others = {"AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}
    callers = {name for name, each in stack.items() if named(each) & FUNCTIONS.keys() and each["Type"] not in others}
    assert set() == callers


def test_a_release_is_a_version_of_every_function() -> None:
    """Also where only the layer or a parameter is new: a version keeps the ones that it was published with."""
    before, after = (processed(Release=release)["Resources"] for release in (GIVEN["Release"], "fedcba9876543210"))
    for name in FUNCTIONS:
        versions = [
            {other for other in stack if stack[other]["Type"] == "AWS::Lambda::Version" and other.startswith(name)}
            for stack in (before, after)
        ]
        assert (1, 1) == tuple(map(len, versions))
        assert versions[0] != versions[1]
        assert before[name]["Properties"] != after[name]["Properties"]  # Lambda publishes nothing that has not changed
        [alias] = [after[f"{name}Aliaslive"]["Properties"]["FunctionVersion"]]
        assert versions[1] == named(alias)


def test_a_new_version_is_taken_back_when_its_alarms_ring() -> None:
    """Each function's own, and lines of errors; with a queue in front of it, its dead letters, too."""
    stack = processed(**STATES["canary"])["Resources"]
    groups = of_type(stack, "AWS::CodeDeploy::DeploymentGroup")
    assert {f"{name}DeploymentGroup" for name in FUNCTIONS} == groups.keys()
    for name in FUNCTIONS:
        group = groups[f"{name}DeploymentGroup"]["Properties"]
        watched = {each["Name"]["Ref"] for each in group["AlarmConfiguration"]["Alarms"]}
        parked = {WORKERS[name].replace("Queue", "DeadLettersAlarm")} if name in WORKERS else set()
        assert {name.replace("Function", "ErrorsAlarm"), "ErrorLinesAlarm"} | parked == watched
        assert group["AlarmConfiguration"]["Enabled"] is group["AutoRollbackConfiguration"]["Enabled"] is True
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        updated = stack[f"{name}Aliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert {"Ref": f"{name}DeploymentGroup"} == updated["DeploymentGroupName"]
        name, given = group["DeploymentConfigName"]["Fn::Sub"]
        [minutes] = re.findall(r"^Canary10Percent(\d+)Minutes$", given["ConfigName"])
        assert "CodeDeployDefault.Lambda${ConfigName}" == name
        assert max(stack[alarm]["Properties"].get("Period", 60) for alarm in watched) < 60 * int(minutes)


def test_without_canary_nothing_of_codedeploy_is_there() -> None:
    """The local AWS has none, and who must deploy while something rings goes past it."""
    stack = processed(**STATES["at once"])["Resources"]
    assert [] == [name for name, each in stack.items() if "CodeDeploy" in json.dumps(each)]
    assert "true" == template("Parameters")["Canary"]["Default"]


def test_no_resource_waits_for_itself(stack: dict[str, Node]) -> None:
    """An alias waits for its alarms, so they may watch nothing that stands in front of the alias."""
    waits = {name: (named(each) | set(each.get("DependsOn", []))) & stack.keys() for name, each in stack.items()}
    while ready := {name for name, others in waits.items() if not others}:
        waits = {name: others - ready for name, others in waits.items() if name not in ready}
    assert {} == waits
