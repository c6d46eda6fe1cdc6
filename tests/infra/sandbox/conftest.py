"""A running sandbox and a stand-in for the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra.sandbox.running import Receiver, Sandbox, receiving, serving, write_demo


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Receiver]]:
    """One server and one stand-in for the app, which all tests share."""
    directory = tmp_path_factory.mktemp("sandbox")
    with receiving() as receiver, serving(directory, write_demo(directory / "demo"), receiver.url) as sandbox:
        yield sandbox, receiver


@pytest.fixture
def sandbox(running: tuple[Sandbox, Receiver]) -> Sandbox:
    """A sandbox as it is seeded, that repeats quickly."""
    sandbox, receiver = running
    sandbox.control("reset")
    sandbox.control("config", retry_delays=[0.05, 0.1, 0.2], ack_seconds=0.5, duplicates=0)
    receiver.received.clear()
    receiver.answers.clear()
    return sandbox


@pytest.fixture
def receiver(running: tuple[Sandbox, Receiver]) -> Receiver:
    """Stands where the app stands."""
    return running[1]


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The files of a small team."""
    return write_demo(tmp_path / "demo")
