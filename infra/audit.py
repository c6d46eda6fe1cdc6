"""Looks for known faults in what we depend on, and for secrets in what is committed; part of `make check`."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATIENCE = 12
"""In seconds, for all advisories."""
FOUND = 1
"""What `uv audit` exits with when a package has a known fault; with 2 when it cannot say."""
FORMS = {
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "Linear token": r"\blin_(?:api|oauth)_[A-Za-z0-9]{40,}",
    "OpenAI key": r"\bsk-(?:proj-)?[A-Za-z0-9_-]{40,}",
    "private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+(?:[A-Za-z0-9+/=]{60,}\s+){3}",
    "Slack token": r"\bxox[abepr]-\d{9,}-\d{9,}-[A-Za-z0-9-]{20,}",
    "Slack webhook": r"hooks\.slack\.com/services/T\w{8,}/B\w{8,}/\w{20,}",
}
"""Secrets as vendors make them; stand-ins in tests are shorter."""

type Run = Callable[[list[str]], subprocess.CompletedProcess[str]]


def secrets_in(paths: Iterable[Path]) -> list[str]:
    """What looks like a real secret: file, line and kind, never the secret."""
    found = []
    for path in paths:
        try:
            text = path.read_text()
        except (OSError, UnicodeDecodeError):
            continue
        for kind, form in FORMS.items():
            found += [
                f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {kind}" for match in re.finditer(form, text)
            ]
    return found


def audit(run: Run) -> tuple[bool, str]:
    """Whether our dependencies pass, and what is to be said of them; unasked they pass, and it is said."""
    try:
        done = run([os.environ.get("UV", "uv"), "audit", "--frozen", "--quiet"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return True, f"dependencies NOT audited: {type(error).__name__}"
    if done.returncode == FOUND:
        return False, f"{done.stdout}{done.stderr}".strip()
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1].strip()
        return True, f"dependencies NOT audited, the advisory service could not be asked: {reason}"
    return True, "dependencies have no known faults"


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "5", "UV_PREVIEW_FEATURES": "audit-command"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False)  # noqa: S603


def main() -> int:
    """Check both; 1 if one of them has something to mend."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S607
    leaks = secrets_in(ROOT / name for name in listed.split("\0") if name)
    passed, said = audit(_run)
    for line in (*leaks, said):
        sys.stdout.write(f"{line}\n")
    return 0 if passed and not leaks else 1


if __name__ == "__main__":
    sys.exit(main())
