"""The processes in which the local AWS runs functions, as the operating system knows them (Linux's /proc)."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.local.stack import Stack

GONE = (FileNotFoundError, ProcessLookupError)
DIED = "errorMessage=Worker process died"
"""What the emulator says of an invocation whose worker was killed; on AWS it is an error of the function, too."""


@dataclass(frozen=True)
class Worker:
    """A process that runs a function's invocations, one at a time."""

    pid: int
    function: str

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it is gone."""
        with suppress(*GONE):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a crash would: it has no say in it."""
        self.send(signal.SIGKILL)

    @property
    def resident(self) -> float:
        """How much memory it holds, in MB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    @property
    def worked(self) -> float:
        """For how many seconds it has used a processor: its age, as far as a leak is concerned."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def workers(stack: Stack, *functions: str) -> list[Worker]:
    """Those there are now, of these functions or of all."""
    return [each for each in _children(stack.aws.pid()) if not functions or each.function in functions]


def deaths(stack: Stack) -> int:
    """How many invocations have ended because their worker was killed, since the stack was started."""
    return stack.aws.log.read_text().count(DIED)


def _children(parent: int | None) -> Iterator[Worker]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(*GONE, PermissionError):
            if int((place / "stat").read_text().rpartition(") ")[2].split()[1]) == parent:
                values = dict(pair.partition("=")[::2] for pair in (place / "environ").read_text().split("\0"))
                if function := values.get("POWERTOOLS_SERVICE_NAME"):
                    yield Worker(int(place.name), function)
