"""The two servers of the local stack, kept running in the background."""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from infra.local.tools import LocalError


@dataclass(frozen=True)
class Server:
    """A server on a loopback port, with its pid file and log under the stack's directory."""

    name: str
    port: int
    directory: Path
    health: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.directory / "logs" / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.directory / f"{self.name}.pid"

    def pid(self) -> int | None:
        """The process, unless it is gone; a pid that another program has inherited is not ours."""
        try:
            pid, _, command = self._pid_file.read_text().split(" ", 2)
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if _command_of(int(pid)) == command else None

    def healthy(self) -> bool:
        """Whether it is ours that answers: on another port than ours was started on, it is somebody else."""
        return self._started_on() == self.port and self._answers()

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + self.health, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def claim_port(self) -> None:
        """See that the port is ours to take, unless we have it.

        Raises:
            LocalError: somebody else has it.
        """
        if not (self.pid() and self._started_on() == self.port):
            self._claim_port()

    def start(self, command: list[str], env: Mapping[str, str], patience: float = 30) -> None:
        """Have it running and answering; a process that hangs, or was started as something else, is replaced.

        Raises:
            LocalError: the port is taken, or it does not come up.
        """
        if self.pid():
            if self._started_with(command) and self.healthy():
                return
            self.stop()
        self._claim_port()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        pid = os.posix_spawn(command[0], command, env, file_actions=self._streams(), setsid=True)
        deadline = time.monotonic() + patience
        while not self._answers():
            if _ended(pid):
                raise LocalError(f"{self.name} stopped at once; {self.log} ends with: {_last_line(self.log)}")
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGTERM)
                raise LocalError(f"{self.name} does not answer at {self.url} after {patience:.0f} s; see {self.log}")
            time.sleep(0.05)
        self._pid_file.write_text(f"{pid} {self.port} {_command_of(pid)}")

    def stop(self, patience: float = 30, *, forget: bool = False) -> None:
        """Ask it to end and wait; it writes its state down first, so it is killed only to `forget` that.

        Raises:
            LocalError: it does not end.
        """
        pid = self.pid()
        if pid:
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while self.pid():
                if forget and time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                elif time.monotonic() > deadline:
                    raise LocalError(f"{self.name} (process {pid}) does not end; `make reset` kills and forgets it")
                _ended(pid)
                time.sleep(0.05)
        self._pid_file.unlink(missing_ok=True)

    def _streams(self) -> list[tuple[int, ...] | tuple[int, int, str, int, int]]:
        log = str(self.log)
        return [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]

    def _started_on(self) -> int | None:
        try:
            return int(self._pid_file.read_text().split(" ", 2)[1])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _started_with(self, command: list[str]) -> bool:
        # The interpreter may call itself by another path than it was called by.
        return self._pid_file.read_text().endswith(" ".join(command[1:]))

    def _claim_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as error:
                raise LocalError(
                    f"port {self.port} for {self.name} is taken{_listener(self.port)}: "
                    f"end that program or choose another port, PM_{self.name.upper()}_PORT={self.port + 100} make up"
                ) from error


def free_port() -> int:
    """A port nobody uses now, from below those that systems hand out by themselves, to connections above all."""
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - so that two who look at once find different ones
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _command_of(pid: int) -> str:
    """What a process was started as; "" when it is gone or only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except OSError:
        if Path("/proc/self").exists():
            return ""
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True).stdout
    return "" if "<defunct>" in shown else shown.strip()


def _ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False  # an earlier `up` was its parent


def _listener(port: int) -> str:
    if shutil.which("lsof"):
        command = ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"]
        pids = subprocess.run(command, capture_output=True, text=True).stdout.split()
    else:
        pids = _listeners_of_proc(port)
    return f" by process {pids[0]} ({_command_of(int(pids[0]))[:80]})" if pids else ""


def _listeners_of_proc(port: int) -> list[str]:
    """Linux without lsof: the socket's inode from /proc/net/tcp, then whoever has it open."""
    try:
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    except FileNotFoundError:
        return []
    inodes = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    pids = []
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                pids.append(descriptor.parts[2])
        except OSError:
            continue
    return pids


def _last_line(log: Path) -> str:
    lines = log.read_text().strip().splitlines()
    return lines[-1] if lines else "nothing"
