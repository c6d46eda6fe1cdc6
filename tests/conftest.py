"""What tests of several folders share."""

import gc
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from infra.local.processes import free_port
from infra.local.stack import Stack, up
from infra.local.tools import ROOT
from tests import leaks

# CI asks the same questions each time; developers ask new ones, and put what they find into a test.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


GUARD = "import sys; from infra.local.stack import main; sys.stdin.read(); sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="session", autouse=True)
def _no_pauses() -> Iterator[None]:
    """Vendors are asked once more at once: how long that waits has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pm_assistant.integrations.policy.sleep", lambda seconds: None)
        yield


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker for each processor, and one for the tests of the stack: those mostly wait for it."""
    return (os.process_cpu_count() or 1) + ("not stack" not in config.option.markexpr)


# What tests of these paths set up is dear, and one worker has it for all of them.
TOGETHER = {
    "tests/flow/": "stack",
    "tests/cli/test_recipes.py": "stack",
    "tests/infra/test_local_aws.py": "stack",
    "tests/functions/test_imports.py": "imports",
}


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """Tests go to whoever is free, but `TOGETHER` stays together; the largest group is begun first.

    xdist's own marks for this are without effect since pytest 9.2, which no longer reads a test's id where xdist puts
    the group's name.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((group for path, group in TOGETHER.items() if nodeid.startswith(path)), nodeid)

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what is done: xdist counts through all that a worker was ever given, once for each test."""
        super().mark_test_complete(node, item_index, duration)
        assigned = self.assigned_work[node]
        group = self._split_scope(self.registered_collections[node][item_index])
        if all(assigned[group].values()):
            del assigned[group]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Have tests dealt out our way."""
    return Scheduling(config, log)


# Hardly anything of what collecting makes becomes garbage, and what it has made stays: nobody need look through it.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage only among what tests make."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a test that would start a second stack."""
    apart = [
        item.nodeid
        for item in items
        if item.get_closest_marker("stack") and not any(item.nodeid.startswith(path) for path in TOGETHER)
    ]
    if apart:
        raise pytest.UsageError(f"tests of the stack belong into {', '.join(TOGETHER)}: {', '.join(apart)}")


leaks.watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test, whatever it is about, if it gets a secret or what people say into our log."""
    leaks.forget()
    yield
    assert [] == leaks.leaked(), "these lines of our log hold a secret or what somebody said"


@contextmanager
def guarded(stack: Stack) -> Iterator[None]:
    """Have a process beside us reset the stack once we are through with it, or were killed."""
    ports = ["--aws-port", str(stack.aws_port), "--sandbox-port", str(stack.sandbox_port)]
    command = [sys.executable, "-c", GUARD, "reset", "--dir", str(stack.directory), *ports]
    # It waits for the end of its input, which comes when nobody holds the pipe any more.
    with Popen(command, cwd=ROOT, stdin=PIPE, start_new_session=True) as guard:
        yield
    assert guard.returncode == 0


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A deployed stack of this test run's own, apart from the developer's; it ends with the run."""
    running = Stack(tmp_path_factory.mktemp("stack"), free_port(), free_port())
    with guarded(running):
        up(running, tell=lambda step: None)
        yield running


@pytest.fixture(scope="session")
def stack(local_stack: Stack) -> Mapping[str, Any]:
    """What `stack.json` says of the running stack."""
    return up(local_stack, tell=lambda step: None)
