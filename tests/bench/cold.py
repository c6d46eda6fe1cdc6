"""What the front door costs in a fresh process, beside boto3 with two clients and Slack's own adapter doing the same.

    uv run python -m tests.bench.cold

Import and first signed request together, AWS answering at once; then the handler alone, warm. The peers are installed
in an environment of their own. Subject and peer take turns, so that whatever else the machine does falls on all alike;
every ratio is the median of those between neighbours.
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from infra.local.tools import LocalError, environment

ROOT = Path(__file__).parents[2]
PROGRAM = "tests/bench/first_request.py"
ROUNDS = 9

type Taken = dict[str, Any]


def take(python: Path, subject: str, *options: str) -> Taken:
    """Run one subject in a fresh process.

    Raises:
        SystemExit: it did not do what is measured.
    """
    command = [str(python), PROGRAM, subject, *options]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": "shared"}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: {subject} failed:\n{done.stderr.strip()}")
    taken: Taken = json.loads(done.stdout)
    return taken


def main() -> None:
    """Print one line per ratio."""
    ours, theirs = Path(sys.executable), environment("peers") / "python"
    pythons = {"clients": theirs, "bolt": theirs, "receive": ours}
    for subject, python in pythons.items():
        take(python, subject)  # warms the disk, and compiles what is not compiled
    cold = [{subject: take(python, subject) for subject, python in pythons.items()} for _ in range(ROUNDS)]
    warm = [{name: take(pythons[name], name, "--handler") for name in ("bolt", "receive")} for _ in range(ROUNDS)]
    here = {subject: median(run[subject]["seconds"] for run in cold) * 1000 for subject in pythons}
    memory = {subject: median(run[subject]["megabytes"] for run in cold) for subject in pythons}
    print(f"{'import boto3 + two clients':46} 1.00  ({here['clients']:.0f} ms, {memory['clients']:.0f} MB here)")
    for subject, label in (("bolt", "Bolt and the clients"), ("receive", "receive")):
        figures = f"{ratio(cold, subject, 'clients'):.2f}  ({memory[subject]:.0f} MB)"
        print(f"{f'{label}, first signed request':46} {figures}")
    print(f"{'receive to Bolt, first signed request':46} {ratio(cold, 'receive', 'bolt'):.2f}")
    print(f"{'receive to Bolt, handler without I/O':46} {ratio(warm, 'receive', 'bolt'):.2f}")


def ratio(runs: list[dict[str, Taken]], subject: str, peer: str) -> float:
    """The median of what one took to what the other took beside it."""
    return median(float(run[subject]["seconds"]) / float(run[peer]["seconds"]) for run in runs)


if __name__ == "__main__":
    try:
        main()
    except LocalError as error:
        raise SystemExit(f"error: {error}") from error
