"""What README and the pages beside it tell people to type at AWS is something that AWS takes."""

import re
import shlex
from functools import cache
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import Session

from tests.documents import PAGES, ROOT, commands
from tests.infra.test_template import template

ANY_COMMAND = {"--region", "--output", "--query", "--profile"}
MADE_OF_OTHERS = {("cloudformation", "deploy"), ("dynamodb", "wait")}
"""Commands of the terminal's own, which no operation of AWS is called after."""
SERVICES = {"deploy": "codedeploy"}
"""Whose commands are called otherwise."""


@cache
def model(service: str) -> Any:
    """What AWS says of a service."""
    return Session().get_service_model(SERVICES.get(service, service))


@pytest.mark.thorough
@pytest.mark.parametrize("command", sorted({each for page in PAGES for each in commands(page, "aws")}))
def test_a_command_that_people_are_told_to_type_exists(command: str) -> None:
    """With its options; a list that stops at the first mistake is none in an outage."""
    service, name, *words = shlex.split(command)
    if (service, name) in MADE_OF_OTHERS:
        return
    operations = {xform_name(each, "-"): each for each in model(service).operation_names}
    shape = model(service).operation_model(operations[name]).input_shape
    known = {f"--{xform_name(member, '-')}" for member in shape.members} | ANY_COMMAND
    known |= {f"--no-{option.removeprefix('--')}" for option in known}
    assert {word for word in words if word.startswith("--")} <= known | {"--auto-rollback-enabled"}
    needed = {f"--{xform_name(member, '-')}" for member in shape.required_members}
    assert needed <= set(words)


@pytest.mark.parametrize("page", ["infra/guide.md", "infra/operations.md", "infra/runbook.md"])
def test_every_section_can_be_reached_from_the_top(page: str) -> None:
    """And no link leads nowhere."""
    text = (ROOT / page).read_text()
    sections = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
        for title in re.findall(r"^## (.+)$", text, re.MULTILINE)
    }
    assert sections == set(re.findall(r"\]\(#([\w-]+)\)", text))


def test_the_alias_that_is_put_back_by_hand_is_the_one_that_is_called() -> None:
    """Another one could be put anywhere, and nothing would change."""
    text = (ROOT / "infra" / "runbook.md").read_text()
    assert template("Globals")["Function"]["AutoPublishAlias"] == "live"
    assert {"live"} == set(re.findall(r"--name (\w+)", "".join(re.findall(r"update-alias[^`]*", text))))
    assert ["live"] == re.findall(r"FUNCTION:(\w+)", text)
