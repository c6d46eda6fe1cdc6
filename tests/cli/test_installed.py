"""`pm` as a customer has it: the wheel in an environment of its own, and the API's address."""

import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from infra.local.tools import uv
from pm_assistant.cli.options import OPERATORS_EXTRA
from tests.documents import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_an_operator_has_what_the_layer_ships() -> None:
    """Customers get their share of it, the extra is the rest, and nothing is declared that neither needs."""
    project = PROJECT["project"]
    names = [_names(each) for each in (project["dependencies"], project["optional-dependencies"]["operator"])]
    layer = _names(PROJECT["dependency-groups"]["layer"])

    assert set() == names[0] & names[1]
    assert layer == (names[0] | names[1]) - {"rich", "typer"}


def _names(requirements: list[str]) -> set[str]:
    return {requirement.partition(">")[0] for requirement in requirements}


class Door(BaseHTTPRequestHandler):
    """An API that knows one key and one list."""

    def do_GET(self) -> None:
        """Answer one."""
        known = self.headers["authorization"] == "Bearer pma_acme_k" and self.path.startswith("/v1/keys")
        told: dict[str, object] = {"items": [], "next": None} if known else {"detail": "who?"}
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@dataclass(frozen=True)
class Installed:
    """A `pm` that was installed, and a folder to be in."""

    program: Path
    home: Path

    def __call__(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        """Run it without anything of ours around: its status, what it answered and what it said beside."""
        clean = {"HOME": str(self.home), "PATH": os.environ["PATH"], "COLUMNS": "80", **environment}
        ran = subprocess.run([self.program, *arguments], cwd=self.home, env=clean, text=True, capture_output=True)
        return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture(scope="module")
def pm(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The built wheel with what it declares, in the versions that are locked."""
    folder = tmp_path_factory.mktemp("installed")
    home, locked = folder / "home", folder / "locked.txt"
    home.mkdir()

    def do(*words: str | Path) -> None:
        subprocess.run([uv(), "-q", *words], cwd=ROOT, check=True)

    do("build", "--wheel", "--out-dir", folder)
    do("export", "--frozen", "--no-default-groups", "--no-emit-project", "--no-hashes", "--no-header", "-o", locked)
    do("venv", "--python", sys.executable, folder / "venv")
    [wheel] = folder.glob("*.whl")
    do("pip", "install", "--python", folder / "venv" / "bin" / "python", "--constraints", locked, wheel)
    return Installed(folder / "venv" / "bin" / "pm", home)


@pytest.fixture
def address() -> Iterator[str]:
    """Where an API answers."""
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.thorough
def test_the_wheel_alone_is_a_pm_that_works(pm: Installed, address: str) -> None:
    """It knows its version, completes, asks the API, and says in words what it lacks."""
    version = PROJECT["project"]["version"]

    assert (0, f"{version}\n", "") == pm("--version")
    assert "operator" in pm("--help")[1]
    completed = pm(_PM_COMPLETE="complete_bash", COMP_WORDS="pm dec", COMP_CWORD="1")
    assert (0, "decisions") == (completed[0], completed[1].strip())
    assert (0, "No keys.\n", "") == pm("keys", "list", PM_API_URL=address, PM_API_KEY="pma_acme_k")
    assert (1, "", "who?\n") == pm("keys", "list", PM_API_URL=address, PM_API_KEY="pma_acme_other")
    assert (1, "", f"{OPERATORS_EXTRA}\n") == pm("operator", "status")
    assert "pm login --api" in pm("linear")[2]
