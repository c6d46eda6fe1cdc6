"""What each function costs to load, as a ratio to `import boto3` plus one client in the same run.

    uv run python -m tests.bench.imports

What is measured is our package as the layer has it, its pages and what it knows of AWS made ahead. Fresh processes take
turns, so that whatever else the machine does falls on all alike; a ratio is the median of those to the neighbouring
base. The first round, which warms the disk, is thrown away.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.functions.test_imports import ASKING, ASKS_THE_PLAN, ROOT, TENANT, WIRED

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


def seconds(script: str, site: Path = ROOT / "shared") -> float:
    """Time of a script in a fresh interpreter with compiled bytecode, our package being in `site`.

    Raises:
        SystemExit: it failed, so there is nothing to measure.
    """
    env = {"PYTHONPATH": str(site), "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "bench"}
    command = [sys.executable, "-c", TIMED.format(script=script)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"error: what was to be measured failed:\n{done.stderr.strip()}")
    return float(done.stdout)


def as_deployed(site: Path) -> None:
    """Put our package into a folder as the layer's build would, with what is made ahead."""
    shutil.copytree(ROOT / "shared" / "pm_assistant", site / "pm_assistant")
    for made in ("pm_assistant.aws.models", "pm_assistant.web.build"):
        subprocess.run([sys.executable, "-m", made], env={"PYTHONPATH": str(site)}, check=True)
    subprocess.run([sys.executable, "-m", "compileall", "-q", site, sys.prefix], check=False)


def main() -> None:
    """Print one line per function."""
    with TemporaryDirectory() as folder:
        as_deployed(Path(folder))
        measure(Path(folder))


def measure(site: Path) -> None:
    """Print one line per function, our package being in `site`."""
    scripts = {name: FUNCTION.format(name=name, wired=wired) for name, wired in WIRED.items()}
    scripts["analyze, asking a model,"] = scripts["analyze"] + MODEL
    for name in ASKS_THE_PLAN:
        scripts[f"{name}, having read a team,"] = scripts[name] + TENANT
        scripts[f"{name}, asking the plan,"] = scripts[name] + TENANT + ASKING
    rounds = [
        {"base": seconds(BASE, site), **{name: seconds(script, site) for name, script in scripts.items()}}
        for _ in range(ROUNDS + 1)
    ][1:]
    print(f"{'import boto3 + one client':46} 1.00  ({median(each['base'] for each in rounds) * 1000:.0f} ms here)")
    for name in scripts:
        print(f"{f'{name} with its adapters':46} {median(each[name] / each['base'] for each in rounds):.2f}")
    print("bill alone has the payment provider's library among its adapters; who asks the plan loads none of it")


if __name__ == "__main__":
    main()
