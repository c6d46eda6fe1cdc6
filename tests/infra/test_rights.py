"""No function may do more than its code calls, and none less: the template against the code, both ways."""

from collections.abc import Callable
from typing import Any

import pytest

from pm_assistant.aws.tables import Row
from tests.aws.emulated import dynamo
from tests.infra.rights import ROWS, actions
from tests.infra.test_template import FUNCTIONS, WORKERS, as_list, statements

pytestmark = pytest.mark.thorough

BY_LAMBDA = {f"sqs:{name}" for name in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")}
"""What Lambda does with a queue in the name of the function behind it."""
BY_BATCHES = {
    "sqs:ChangeMessageVisibility",
    "sqs:SendMessage",
    "scheduler:CreateSchedule",
    "scheduler:UpdateSchedule",
    "iam:PassRole",
}
"""What every worker does with a message that fails: it comes later, or is parked (`runtime.batch`)."""
NEVER = {("WebFunction", "ReportsQueue")}
"""What the code mentions and never comes to: no page judges, which is what uses up a plan, or takes such words."""
THROUGH = {"dynamodb", "sqs", "s3", "ssm"}
"""The services that encrypt with our key; SSM if whoever stores a secret says so."""


def granted(function: str) -> list[dict[str, Any]]:
    """What a function's role allows, but the use of the key through a service."""
    return [each for owner, each in statements() if owner == function and not services(each)]


def services(statement: dict[str, Any]) -> set[str]:
    """Through which services a statement gives the use of the key."""
    through = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", {}).get("Fn::Sub")
    return {through.partition(".")[0]} if through else set()


def needed(function: str) -> set[str]:
    """The actions that a function comes to."""
    called = {action for action, _ in actions(function.removesuffix("Function").lower())}
    return called | (BY_LAMBDA | BY_BATCHES if function in WORKERS else set())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_its_code_calls_and_nothing_else(function: str) -> None:
    """A right that is missing is an error at night, one too many is an attacker's."""
    assert needed(function) == {action for each in granted(function) for action in as_list(each["Action"])}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_puts_on_those_queues_that_its_code_names_and_on_no_others(function: str) -> None:
    """And a worker parks with its own dead letters."""
    named = {queue for _, queue in actions(function.removesuffix("Function").lower()) if queue}
    own = {WORKERS[function].replace("Queue", "DeadLetters")} if function in WORKERS else set()
    allowed = {
        resource["Fn::GetAtt"][0]
        for each in granted(function)
        if each["Action"] == "sqs:SendMessage"
        for resource in as_list(each["Resource"])
    }
    assert (named - {queue for owner, queue in NEVER if owner == function}) | own == allowed


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_uses_the_key_through_the_services_it_calls(function: str) -> None:
    """Through no others."""
    called = {action.partition(":")[0] for action in needed(function)} & THROUGH
    through = [services(each) for owner, each in statements() if owner == function]
    assert called == set().union(*through)


CALLS: dict[str, Callable[[], object]] = {
    "find": lambda: Row.find("acme", "a"),  # type: ignore[arg-type]
    "at": lambda: Row.at("a", "b"),
    "among": lambda: Row.among("acme", Row.sk == "a"),  # type: ignore[arg-type]
    "each": lambda: list(Row.each("acme")),  # type: ignore[arg-type]
    "newest": lambda: list(Row.newest("acme", "A", before=None, each=1)),  # type: ignore[arg-type]
    "page": lambda: Row.page("acme", "A", after=None, limit=1),  # type: ignore[arg-type]
    "indexed": lambda: list(Row.indexed("a")),
    "find_all": lambda: Row.find_all("acme", ["a"]),  # type: ignore[arg-type]
    "put": lambda: Row("a", "b").put(),
    "put_over": lambda: Row("a", "b", data="c").put_over(Row("a", "b", data="d")),
    "save": lambda: Row("a", "b").save(),
    "change": lambda: Row("a", "b").change([Row.data.set("c")]),
    "update": lambda: Row("a", "b").update([Row.data.set("c")]),
    "drop": lambda: Row("a", "b").drop(),
    "delete": lambda: Row("a", "b").delete(),
    "put_all": lambda: Row.put_all([Row("a", "b")]),
    "drop_all": lambda: Row.drop_all([Row("a", "b")]),
    "everywhere": lambda: list(Row.everywhere(Row.sk == "a")),
}


def test_rows_are_read_and_written_by_the_actions_they_are_said_to_be() -> None:
    """Each way of theirs is gone once, and what leaves for DynamoDB is looked at."""
    assert ROWS.keys() == CALLS.keys()
    seen: list[str] = []

    def note(model: Any, **_: Any) -> None:
        seen.append(model.name)

    with dynamo():
        events = Row._get_connection().connection.client.meta.events
        events.register("before-call.dynamodb", note)
        for way, call in CALLS.items():
            seen.clear()
            call()
            assert {ROWS[way]} == set(seen) - {"DescribeTable"}, way
