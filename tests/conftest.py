"""What tests of several folders share."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import Any

import pytest
from hypothesis import settings

from infra.local.processes import free_port
from infra.local.stack import Stack, up
from infra.local.tools import ROOT

# CI asks the same questions each time; developers ask new ones, and put what they find into a test.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


GUARD = "import sys; from infra.local.stack import main; sys.stdin.read(); sys.exit(main(sys.argv[1:]))"


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker for each processor, and one for the tests of the stack: those mostly wait for it."""
    return (os.process_cpu_count() or 1) + ("not stack" not in config.option.markexpr)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of the stack on one worker, so that there is one stack; the largest group is begun first."""
    for item in items:
        if item.get_closest_marker("stack"):
            item.add_marker(pytest.mark.xdist_group("stack"))


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
