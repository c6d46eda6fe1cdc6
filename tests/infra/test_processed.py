"""What SAM makes of the template, which is what CloudFormation gets: new versions take over slowly, and go back."""

import json
import re
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from infra.adopt import IDENTIFIERS, kept_alone
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
    assert {aliases[name] for name in FUNCTIONS.keys() - WORKERS.keys() | {"BillFunction"}} == {
        each["Ref"] for each in permitted
    }
    asked = set(stack["UserPool"]["Properties"]["LambdaConfig"]["CustomMessage"].values())
    assert {each["Ref"] for each in permitted} == routed | asked


def test_nothing_else_in_the_stack_can_call_a_function(stack: dict[str, Node]) -> None:
    """Schedules put on queues; a function is otherwise only measured, named or given a version."""
    others = {"AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}
    # What a function is told are names, by which nothing is permitted to it.
    untold = {name: each.get("Properties", {}) | {"Environment": None} for name, each in stack.items()}
    callers = {name for name, each in untold.items() if named(each) & FUNCTIONS.keys()}
    assert set() == {name for name in callers if stack[name]["Type"] not in others}


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


def schema(kind: str) -> Node:
    """What CloudFormation's registry says of a type."""
    manager = import_module("cfnlint.schema.manager").PROVIDER_SCHEMA_MANAGER
    found: Node = manager.get_resource_schema("eu-central-1", kind).schema
    return found


FOR_EVER: dict[str, Node] = {
    "AWS::DynamoDB::Table": {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    },
    "AWS::S3::Bucket": {},
    "AWS::KMS::Key": {},
    "AWS::Cognito::UserPool": {
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "Schema": [
            {
                "Name": "tenant",
                "AttributeDataType": "String",
                "Mutable": True,
                "StringAttributeConstraints": {"MaxLength": "64"},
            }
        ],
    },
    "AWS::SQS::Queue": {},
    "AWS::Scheduler::ScheduleGroup": {"Name": {"Ref": "AWS::StackName"}},
}
"""Of each type that holds what people would miss, what cannot be changed without making another in its place.

Physical names are absent, so CloudFormation chose them. Of a user pool the registry does not say it, but Cognito does:
docs.aws.amazon.com/cognito, cognito-user-pools-working-with-updating.
"""
NOT_IN_THE_REGISTRY = {"UsernameAttributes", "AliasAttributes", "UsernameConfiguration", "Schema"}


def test_an_update_replaces_nothing_that_holds_data(stack: dict[str, Node]) -> None:
    """Whoever changes one of these loses a table, or everybody's logins: it takes a migration, and a change here."""
    for each in stack.values():
        if each["Type"] in FOR_EVER:
            described = schema(each["Type"])
            fixed = described.get("createOnlyProperties", []) + described.get("conditionalCreateOnlyProperties", [])
            names = {path.removeprefix("/properties/") for path in fixed} | NOT_IN_THE_REGISTRY
            given = {name: value for name, value in each["Properties"].items() if name in names}
            assert FOR_EVER[each["Type"]] == given


def test_all_that_holds_data_outlives_its_stack_and_its_own_replacement(stack: dict[str, Node]) -> None:
    """Whatever else is in the stack can be made anew, or is on its way and gone in days."""
    kinds = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key", "AWS::Cognito::UserPool"}
    holding = {name: each for name, each in stack.items() if each["Type"] in kinds}
    assert IDENTIFIERS.keys() == holding.keys()
    for each in holding.values():
        assert ("RetainExceptOnCreate", "Retain") == (each["DeletionPolicy"], each["UpdateReplacePolicy"])


def test_what_outlived_its_stack_can_be_taken_into_another_as_it_is(stack: dict[str, Node]) -> None:
    """CloudFormation imports by the type's own identifier, with nothing beside what is imported."""
    alone = kept_alone()
    assert IDENTIFIERS.keys() == alone["Resources"].keys()
    assert "Transform" not in alone
    for name, each in alone["Resources"].items():
        assert [f"/properties/{IDENTIFIERS[name]}"] == schema(each["Type"])["primaryIdentifier"]
        assert "DeletionPolicy" in each
        assert each["Properties"].items() <= stack[name]["Properties"].items() or name == "UserPool"
    assert named(alone["Resources"]) & stack.keys() <= IDENTIFIERS.keys()
    assert {"Ref": "MailSet"} == stack["UserPool"]["Properties"]["EmailConfiguration"].pop("ConfigurationSet")
    triggers = stack["UserPool"]["Properties"]["LambdaConfig"]
    assert {"Ref": "ComposeFunctionAliaslive"} == triggers.pop("CustomMessage")
    assert stack["UserPool"]["Properties"] == alone["Resources"]["UserPool"]["Properties"]
