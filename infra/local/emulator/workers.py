"""Lambda: layers are unpacked once, workers are few and die alone, and nobody waits for what cannot come."""

import hashlib
import queue
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

WORKERS = 4
"""Of one function at a time."""
END_OF_LOG = "\x04"
"""A line of its own behind what an invocation has logged."""
LOOK_SECONDS = 0.2
"""How often queues are looked into for messages whose delay is over; AWS takes less."""

type Record = dict[str, Any]


class SharedZip(zipfile.ZipFile):
    """An archive whose contents are unpacked once and linked to from then on."""

    _unpacking = threading.Lock()

    def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
        """Make `path` a link to the unpacked contents; the archive, a copy of the worker's own, goes."""
        archive = Path(str(self.filename))
        shared = Path(tempfile.gettempdir()) / f"shared-{hashlib.sha256(archive.read_bytes()).hexdigest()[:32]}"
        with self._unpacking:
            if not shared.exists():
                draft = tempfile.mkdtemp()
                super().extractall(draft, members, pwd)
                Path(draft).rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared)
        archive.unlink()


def bounded(runtime: ModuleType, *users: ModuleType) -> None:
    """Have a function's workers counted, and further invocations wait for one to be free; those of old versions end."""
    original = runtime.acquire_worker

    def acquire(name: str, config: Record, code: bytes, qualifier: str = "$LATEST") -> Any:
        runtime.kill_workers(_superseded(runtime, runtime._worker_key(name, config, qualifier)))
        while True:
            worker, reason = original(name, config, code, qualifier, WORKERS)
            if worker is not None:
                return worker, reason
            time.sleep(0.005)

    for module in (runtime, *users):
        vars(module).update(acquire_worker=acquire)


def _superseded(runtime: ModuleType, key: str) -> list[Any]:
    """Take idle workers of a function's other versions out of their pools, which would keep one each for ever."""
    function = key.rpartition(":")[0]
    ended = []
    with runtime._lock:
        for other, pool in list(runtime._workers.items()):
            if other != key and other.rpartition(":")[0] == function:
                ended += [worker for worker in pool if not worker.in_use]
                pool[:] = [worker for worker in pool if worker.in_use]
    return ended


def dying_alone(worker: type[Any]) -> None:
    """Have a worker that dies while it starts fail its own invocation, and take no other of its function along."""
    original = worker.invoke

    def invoke(self: Any, *arguments: Any, **more: Any) -> Record:
        try:
            answer: Record = original(self, *arguments, **more)
        except Exception as error:
            self.kill()  # the next invocation starts it anew
            return {"status": "error", "error": f"{type(error).__name__}: {error}", "log": ""}
        return answer

    worker.invoke = invoke


def ending(script: str) -> str:
    """The program of a worker, which also says when an invocation has logged everything."""
    before, answering, after = script.rpartition("        _real_stdout.flush()\n")
    return f"{before}        print({END_OF_LOG!r}, file=sys.stderr, flush=True)\n{answering}{after}"


def logged(worker: Any, patience: float = 0.25) -> str:
    """What an invocation has logged: all of it, and as soon as it is there."""
    lines = []
    try:
        while (line := worker._stderr_queue.get(timeout=patience)) != END_OF_LOG:
            lines.append(line)
    except queue.Empty:
        pass  # it ended before it could say so
    return "\n".join(lines)


class Watch:
    """The event that wakes who looks into the queues; nobody sleeps through the end of a message's delay."""

    def __init__(self, woken: threading.Event) -> None:
        self.set, self.clear, self._woken = woken.set, woken.clear, woken

    def wait(self, seconds: float) -> bool:
        """Sleep until something came, or a look is due."""
        return self._woken.wait(min(seconds, LOOK_SECONDS))
