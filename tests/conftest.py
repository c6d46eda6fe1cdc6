"""What tests of several folders share."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import settings

from infra.local.processes import free_port
from infra.local.stack import Stack, reset, up

# CI asks the same questions each time; developers ask new ones, and put what they find into a test.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("developer", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A deployed stack of this test run's own, apart from the developer's; it ends with the run."""
    running = Stack(tmp_path_factory.mktemp("stack"), free_port(), free_port())
    try:
        up(running, tell=lambda step: None)
        yield running
    finally:
        reset(running)


@pytest.fixture(scope="session")
def stack(local_stack: Stack) -> Mapping[str, Any]:
    """What `stack.json` says of the running stack."""
    return up(local_stack, tell=lambda step: None)
