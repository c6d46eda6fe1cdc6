"""What each function costs to load, as a ratio to `import boto3` plus one client in the same run.

    uv run python -m tests.bench.imports

Every figure is the median of fresh processes; the first, which warms the disk, is thrown away.
"""

import statistics
import subprocess
import sys

from tests.functions.test_imports import ROOT, WIRED

ROUNDS = 7
BASE = "import boto3; boto3.client('dynamodb')"
FUNCTION = """
import sys
sys.path.insert(0, "functions/{name}")
import app
from pm_assistant.runtime import wiring
{wired}
"""
TIMED = """
import time
begun = time.perf_counter()
{script}
print(time.perf_counter() - begun)
"""


def seconds(script: str) -> float:
    """Median time of a script in a fresh interpreter with compiled bytecode."""
    env = {"PYTHONPATH": "shared", "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "bench"}
    times = []
    for _ in range(ROUNDS + 1):
        done = subprocess.run(
            [sys.executable, "-c", TIMED.format(script=script)],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        times.append(float(done.stdout))
    return statistics.median(times[1:])


def main() -> None:
    """Print one line per function."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "shared", sys.prefix], cwd=ROOT, check=False)
    base = seconds(BASE)
    print(f"{'import boto3 + one client':28} 1.00  ({base * 1000:.0f} ms here)")
    for name, wired in WIRED.items():
        print(f"{name + ' with its adapters':28} {seconds(FUNCTION.format(name=name, wired=wired)) / base:.2f}")


if __name__ == "__main__":
    main()
