"""What each function costs to load, as a ratio to `import boto3` plus one client in the same run.

    uv run python -m tests.bench.imports

Fresh processes take turns, so that whatever else the machine does falls on all alike; a ratio is the median of those
to the neighbouring base. The first round, which warms the disk, is thrown away.
"""

import subprocess
import sys
from statistics import median

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
MODEL = """
import pm_assistant.integrations.openai.client
from pm_assistant.integrations.openai.connection import Connection
Connection("key", "https://openai.test").client
"""
"""What `analyze` loads where a model judges, when it does."""


def seconds(script: str) -> float:
    """Time of a script in a fresh interpreter with compiled bytecode.

    Raises:
        SystemExit: it failed, so there is nothing to measure.
    """
    env = {"PYTHONPATH": "shared", "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "bench"}
    command = [sys.executable, "-c", TIMED.format(script=script)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: what was to be measured failed:\n{done.stderr.strip()}")
    return float(done.stdout)


def main() -> None:
    """Print one line per function."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", "shared", sys.prefix], cwd=ROOT, check=False)
    scripts = {name: FUNCTION.format(name=name, wired=wired) for name, wired in WIRED.items()}
    scripts["analyze, asking a model,"] = scripts["analyze"] + MODEL
    rounds = [
        {"base": seconds(BASE), **{name: seconds(script) for name, script in scripts.items()}}
        for _ in range(ROUNDS + 1)
    ][1:]
    print(f"{'import boto3 + one client':46} 1.00  ({median(each['base'] for each in rounds) * 1000:.0f} ms here)")
    for name in scripts:
        print(f"{f'{name} with its adapters':46} {median(each[name] / each['base'] for each in rounds):.2f}")


if __name__ == "__main__":
    main()
