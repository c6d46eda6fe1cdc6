"""Takes what a deleted stack left behind into a new one: table, key, bucket and user pool, with all that is in them.

CloudFormation imports resources into a stack only by themselves, so they come first, in a template of their own that
says of each what ours does; the deployment that follows adds the rest.
"""

import json
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from infra.processed import TEMPLATE

IDENTIFIERS = {"Table": "TableName", "Key": "KeyId", "ArchivesBucket": "BucketName", "UserPool": "UserPoolId"}
"""What is kept when a stack is deleted, and by which name of its own CloudFormation finds each."""

type Node = dict[str, Any]


def kept_alone() -> Node:
    """The template without all that goes with its stack; what mentions that is left to the deployment that follows."""
    source: Node = import_module("cfnlint.decode.cfn_yaml").load(str(TEMPLATE))
    gone = source["Resources"].keys() - IDENTIFIERS.keys()
    resources = {name: source["Resources"][name] | {"DeletionPolicy": "Retain"} for name in IDENTIFIERS}
    kept = {"Conditions": source["Conditions"], "Resources": _without(resources, gone)}
    used = set(re.findall(r'"Ref": "(\w+)"|\$\{(\w+)\}', json.dumps(kept)))
    names = {name for found in used for name in found} & source["Parameters"].keys()
    version: str = source["AWSTemplateFormatVersion"]
    return {
        "AWSTemplateFormatVersion": version,
        "Parameters": {name: source["Parameters"][name] for name in source["Parameters"] if name in names},
        **kept,
    }


def _without(node: Any, gone: set[str]) -> Any:
    """A part of a template without the properties that mention what is not there."""
    if isinstance(node, dict):
        return {name: _without(value, gone) for name, value in node.items() if not _mentions(value, gone)}
    return [_without(value, gone) for value in node] if isinstance(node, list) else node


def _mentions(node: Any, gone: set[str]) -> bool:
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name.partition(".")[0] in gone  # SAM's own names of what belongs to a function have a point
        case {"Fn::Sub": text}:
            return bool(set(re.findall(r"\$\{(\w+)", str(text))) & gone)
    return False


def adopt(client: Any, stack: str, parameters: Mapping[str, str], left: Mapping[str, str]) -> None:
    """Make a stack of what was left, by CloudFormation's client.

    Args:
        client: of CloudFormation.
        stack: the name of the new one.
        parameters: of the template.
        left: the physical name of each of `IDENTIFIERS`.
    """
    template = kept_alone()
    change = {"StackName": stack, "ChangeSetName": "adopt"}
    client.create_change_set(
        **change,
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": name, "ParameterValue": parameters[name]} for name in template["Parameters"]],
        ResourcesToImport=[
            {
                "ResourceType": template["Resources"][name]["Type"],
                "LogicalResourceId": name,
                "ResourceIdentifier": {identifier: left[name]},
            }
            for name, identifier in IDENTIFIERS.items()
        ],
    )
    client.get_waiter("change_set_create_complete").wait(**change)
    client.execute_change_set(**change)
    client.get_waiter("stack_import_complete").wait(StackName=stack)
