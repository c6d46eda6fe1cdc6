"""The programs the local stack is made with: uv, and one environment for each tool that cannot share."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOCAL = ROOT / ".local"
SENT_MAIL = "/_ministack/ses/messages"
"""Where the emulated mail service tells what it has sent."""


class LocalError(Exception):
    """Something a developer has to put right; the text is one line that says what and how."""


def digest(paths: Iterable[Path], *more: str) -> str:
    """A short hash over files' names and contents and further words."""
    sha = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        sha.update(f"\0{path.relative_to(ROOT)}\0".encode())
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


def uv() -> Path:
    """The uv that `make` found or installed.

    Raises:
        LocalError: there is none.
    """
    program = os.environ.get("UV") or shutil.which("uv") or shutil.which("uv", path=LOCAL / "tools" / "bin")
    if not program:
        raise LocalError("uv is missing: run `make up`, which installs it into .local/tools")
    return Path(program)


def sam_environment(architecture: str) -> dict[str, str]:
    """What `sam` and the Makefiles that it runs find in their environment: for what to build, and with what.

    Raises:
        LocalError: there is no uv.
    """
    return {
        "ARCHITECTURE": architecture,
        "PYTHON": sys.executable,
        "PATH": f"{uv().parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "SAM_CLI_TELEMETRY": "0",
    }


def environment(group: str) -> Path:
    """The bin folder of a dependency group's own environment, brought up to uv.lock.

    Raises:
        LocalError: it cannot be installed.
    """
    home = LOCAL / "venvs" / group
    stamp = home / ".lock"
    fingerprint = digest([ROOT / "uv.lock"], sys.version)
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{group}.lock").open("w") as lock:  # tests that run beside each other may want the same one
        flock(lock, LOCK_EX)
        if not stamp.exists() or stamp.read_text() != fingerprint:
            command: list[str | Path] = [uv(), "sync", "-q", "--frozen", "--only-group", group, "--no-install-project"]
            command += ["--compile-bytecode", "--project", ROOT]
            place = {"UV_PROJECT_ENVIRONMENT": str(home), "UV_PYTHON": sys.executable}
            run(f"install the {group} environment", command, {**os.environ, **place}, None)
            stamp.write_text(fingerprint)
    return home / "bin"


def run(what: str, command: list[str | Path], env: Mapping[str, str], log: Path | None) -> None:
    """Run a program in the project's root; its output goes to a log, or to the terminal.

    Raises:
        LocalError: it failed; the last of its output is in the text.
    """
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, stdin=null, stdout=pipe, stderr=subprocess.STDOUT)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-15:])
        raise LocalError(f"could not {what}{f' (all of it in {log})' if log else ''}:\n{tail}")


def write_private(path: Path, value: Mapping[str, Any]) -> None:
    """Replace a JSON file that only its owner may read; readers never see half of it."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(value, indent=2) + "\n")
    draft.replace(path)


def main(arguments: list[str]) -> int:
    """`python -m infra.local.tools GROUP` prints the bin folder of the group's environment, installed if need be."""
    try:
        print(environment(arguments[0]))
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
