"""Lambda: layers are unpacked once, and a burst starts only so many workers."""

import hashlib
import tempfile
import threading
import time
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

WORKERS = 4
"""Of one function at a time."""

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
    """Have a function's workers counted, and further invocations wait for one to be free."""
    original = runtime.acquire_worker

    def acquire(name: str, config: Record, code: bytes, qualifier: str = "$LATEST") -> Any:
        while True:
            worker, reason = original(name, config, code, qualifier, WORKERS)
            if worker is not None:
                return worker, reason
            time.sleep(0.005)

    for module in (runtime, *users):
        vars(module).update(acquire_worker=acquire)
