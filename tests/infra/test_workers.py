"""The local AWS runs functions in workers, each for itself."""

import threading
from collections import defaultdict
from types import ModuleType, SimpleNamespace
from typing import Any

from infra.local.emulator import workers


class Dying:
    """A worker of the emulator's that dies while it starts."""

    alive = True

    def invoke(self, event: object) -> dict[str, object]:
        """Fail as the emulator's own does."""
        raise RuntimeError(f"Worker process exited immediately on {event}")

    def kill(self) -> None:
        """End what is left of it."""
        self.alive = False


def test_a_worker_that_dies_while_it_starts_fails_its_own_invocation_alone() -> None:
    """An exception would have the emulator end all workers of the function, also those that start to take its place."""
    workers.dying_alone(Dying)
    worker = Dying()

    answer = worker.invoke("an event")

    assert "error" == answer["status"]
    assert "RuntimeError: Worker process exited immediately on an event" == answer["error"]
    assert not worker.alive


def a_runtime() -> Any:
    """The emulator's pools, a worker for whoever asks, and who was ended."""
    runtime: Any = ModuleType("runtime")
    runtime._lock, runtime._workers, runtime.ended = threading.Lock(), defaultdict(list), []
    runtime._worker_key = lambda name, config, qualifier: f"1:here:{name}:{qualifier}"
    runtime.kill_workers = runtime.ended.extend

    def acquire_worker(name: str, config: Any, code: bytes, qualifier: str, most: int) -> Any:
        worker = SimpleNamespace(of=f"{name}:{qualifier}", in_use=False)
        runtime._workers[f"1:here:{name}:{qualifier}"].append(worker)
        return worker, "spawn"

    runtime.acquire_worker = acquire_worker
    return runtime


def test_workers_of_a_version_that_is_not_called_any_more_end() -> None:
    """But none that is still at work, nor another function's; each update would cost their memory for ever."""
    runtime = a_runtime()
    workers.bounded(runtime)
    for name, version in (("act", "1"), ("act", "1"), ("report", "1")):
        runtime.acquire_worker(name, {}, b"", version)
    runtime._workers["1:here:act:1"][0].in_use = True

    runtime.acquire_worker("act", {}, b"", "2")

    assert ["act:1"] == [worker.of for worker in runtime.ended]
    assert [1, 1, 1] == [len(pool) for pool in runtime._workers.values()]
