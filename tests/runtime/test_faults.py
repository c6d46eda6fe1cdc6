"""A fault of our own is told to whoever can mend it, also where work goes on without what it kept from being done."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pm_assistant
from pm_assistant.domain.errors import Misconfigured, UpstreamUnavailable
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.runtime.unit import AwsApplication

CODE = Path(pm_assistant.__file__).parent
ROOT = CODE.parents[1]
WIDE = {"ProductError", "Misconfigured", "Exception", "BaseException", "errors.Misconfigured"}
TOLD_ELSEWHERE = {
    "shared/pm_assistant/web/app.py": "the log, by `_fault`",
    "shared/pm_assistant/api/app.py": "the log, by `problem` and `our_fault`",
    "functions/receive/app.py": "the log, by `problem`",
    "functions/bill/app.py": "the log, by `problem`",
    "shared/pm_assistant/workflows/billing/review.py": "the log, by functions/run/app.py, as so many teams",
    "shared/pm_assistant/workflows/accounts/register.py": "the log, by who asked, as somebody who was not told",
    "shared/pm_assistant/workflows/connections/credentials.py": "who asked: it is tried again, and raised in the end",
    "shared/pm_assistant/workflows/pipeline/act.py": "who asked, when the other decisions are done",
    "shared/pm_assistant/workflows/pipeline/undoing.py": "whoever takes the act's own request, by which it goes on",
    "shared/pm_assistant/workflows/accounts/admin_notices.py": "who asked, when the other people are told",
    "shared/pm_assistant/workflows/reports/send.py": "who asked: that is raised before what is one person's",
    "shared/pm_assistant/workflows/reports/amend.py": "who asked, when the other channels are told",
}


def caught() -> Iterator[tuple[str, ast.ExceptHandler]]:
    """Wherever the service catches what may be a fault of our own."""
    for path in sorted([*CODE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]):
        if CODE / "cli" in path.parents:  # A terminal says it to whoever sits at it.
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and node.type is not None:
                kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if WIDE & {ast.unparse(kind) for kind in kinds}:
                    yield str(path.relative_to(ROOT)), node


def tells(handler: ast.ExceptHandler) -> bool:
    """Whether it always raises in the end, or alarms."""
    last = handler.body[-1]
    alarms = (ast.unparse(node.func) for node in ast.walk(handler) if isinstance(node, ast.Call))
    return isinstance(last, ast.Raise) or any(
        name.endswith((".alarm_if_ours", "logger().error", "logger().exception")) for name in alarms
    )


def test_nobody_swallows_a_fault_of_ours() -> None:
    """Whoever catches it raises it, or has the operators told; where somebody else does, it is said who."""
    silent = {path for path, handler in caught() if not tells(handler)}
    assert TOLD_ELSEWHERE.keys() == silent


@pytest.mark.parametrize(
    ("error", "lines"),
    [(Misconfigured("google/client-secret"), [("ERROR", "google/client-secret")]), (UpstreamUnavailable("away"), [])],
)
def test_what_work_goes_on_without_raises_an_alarm_if_it_is_ours(
    error: Misconfigured | UpstreamUnavailable, lines: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    """The log raises it, by the level; a vendor that is away is its own business."""
    AwsApplication(StoreSettings(table_name="t")).alarm_if_ours(error)

    assert lines == [(line.levelname, vars(line)["cause"]) for line in caplog.records]
