"""Looks at what CloudFormation gets and at what GitHub runs; part of `make check`.

cfn-lint sees both states of the template. checkov's policies are held to, except those below; one that is not broken
any more has to leave the list. Nothing is looked at twice while it stays as it is.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local.tools import LOCAL, ROOT, LocalError, digest, environment
from infra.processed import TEMPLATE, write

EXCEPTIONS = {
    "CKV_AWS_18": "who read the archives' bucket: only two functions and links of a few minutes to files of a week can",
    "CKV_AWS_21": "versions of archives: an export that a person had erased must be gone",
    "CKV_AWS_116": "dead letters of a function: who calls one waits for its answer, or is a queue with some of its own",
    "CKV_AWS_117": "functions in a network of ours: all they call is public, and they take no calls",
    "CKV_AWS_158": "our key for logs: they hold ids, never what people wrote, and AWS encrypts them with its own",
    "CKV_AWS_173": "our key for functions' variables: they name things and hold no secret",
}
"""Policies of checkov that we break, and why."""
WORKFLOWS = ROOT / ".github" / "workflows"
DEPENDABOT = ROOT / ".github" / "dependabot.yml"


def verdict(broken: set[str], exceptions: Mapping[str, str]) -> list[str]:
    """What is to be said of the policies that the template breaks."""
    return [f"checkov: {each} is broken" for each in sorted(broken - exceptions.keys())] + [
        f"checkov: {each} is kept, so it is no exception any more" for each in sorted(exceptions.keys() - broken)
    ]


def _broken(template: Path) -> set[str]:
    command: list[str | Path] = [environment("lint") / "checkov", "--framework", "cloudformation", "--file", template]
    options = ["--output", "json", "--quiet", "--compact", "--skip-download"]
    done = subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        failed = json.loads(done.stdout)["results"]["failed_checks"]
    except (ValueError, KeyError, TypeError) as error:
        raise LocalError(f"checkov did not say what it found: {done.stderr or done.stdout}") from error
    return {each["check_id"] for each in failed}


def _passes(*command: str | Path) -> bool:
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0  # noqa: S603


def main() -> int:
    """Look at all of it; 1 if something is to be mended."""
    workflows = sorted(WORKFLOWS.glob("*.yml"))
    seen = LOCAL / "linted"
    others = [ROOT / "uv.lock", ROOT / "infra" / "deployer.yaml", DEPENDABOT, Path(__file__)]
    now = digest([TEMPLATE, *others, *workflows])
    if seen.exists() and seen.read_text() == now:
        return 0
    canary, at_once = (write(Canary=state) for state in ("true", "false"))
    sane = [
        # Two parameters are for the transform, which leaves nothing of them.
        _passes(Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W2001", "--", canary, at_once),
        _passes(Path(sys.executable).with_name("cfn-lint"), ROOT / "infra" / "deployer.yaml"),
        _passes(environment("lint") / "zizmor", "--offline", "--no-progress", "--quiet", WORKFLOWS.parent),
        _passes(environment("lint") / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows),
        _passes(environment("lint") / "check-jsonschema", "--builtin-schema", "vendor.dependabot", DEPENDABOT),
    ]
    said = verdict(_broken(canary), EXCEPTIONS)
    for line in said:
        sys.stdout.write(f"{line}\n")
    if said or not all(sane):
        return 1
    seen.write_text(now)
    return 0


if __name__ == "__main__":
    sys.exit(main())
