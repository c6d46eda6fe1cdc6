"""Change the rules of trust in every small way there is, and see whether a test notices: `make mutants`.

Names of modules narrow it down: `python -m tests.mutants policy decisions`. What survives for good, and why, stands in
`survivors.md` beside this file. Properties, constants and fields are left alone: mutmut changes what functions do.

mutmut knows packages that lie at the top or in `src`; ours lies in `shared`. So it works in a folder of its own, where
`src` is a link to `shared`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

CORRIDOR = ("receive", "analyze", "judge", "act")
MODULES = ("domain/policy", "domain/decisions", "domain/actions", *(f"workflows/**/{name}" for name in CORRIDOR))
TESTS = ("domain/test_*", "workflows/**/test_*")

LEAST_PERCENT = 90.0
PROCESSES = 2
NOTICED = {"killed", "timeout"}

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".local" / "mutants"
LOG = FOLDER / "log.txt"


def main(*wanted: str) -> None:
    """Make the mutants, run the tests against each, and say what came of it."""
    package = ROOT / "shared" / "pm_assistant"
    modules = [path for path in found(package, MODULES) if not wanted or path.stem in wanted]
    names = ", ".join(path.stem for path in modules)
    print(f"mutating {names or 'nothing'}; how far it is stands in {LOG.relative_to(ROOT)}", flush=True)
    _lay_out([f"src/{path.relative_to(package.parent)}" for path in modules], found(ROOT / "tests", TESTS))
    _mutmut("run", "--max-children", str(PROCESSES))
    fates = dict(line.strip().split(": ") for line in _mutmut("results", "--all", "true").splitlines())
    for name, fate in fates.items():
        if fate not in NOTICED:
            print(f"\n{fate}: {name}\n{_change(name)}")
    _sum_up(fates)


def found(folder: Path, patterns: Sequence[str]) -> Sequence[Path]:
    """The files these patterns stand for, each of them for one at least."""
    found = {pattern: list(folder.glob(f"{pattern}.py")) for pattern in patterns}
    if missing := [pattern for pattern, paths in found.items() if not paths]:
        raise SystemExit(f"error: there is no {', '.join(missing)} in {folder.relative_to(ROOT)}")
    return [path for paths in found.values() for path in paths]


def _lay_out(modules: Sequence[str], tests: Sequence[Path]) -> None:
    """Make the folder that mutmut works in, with nothing of an earlier run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    for link, folder in (("src", "shared"), ("tests", "tests"), ("infra", "infra")):
        (FOLDER / link).symlink_to(ROOT / folder)
    settings = {
        "source_paths": ["src"],
        "only_mutate": modules,
        "also_copy": ["infra"],
        "pytest_add_cli_args_test_selection": [str(path.relative_to(ROOT)) for path in tests],
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
    ours = (ROOT / "pyproject.toml").read_text()
    (FOLDER / "pyproject.toml").write_text("\n".join([ours, "[tool.mutmut]", *lines, ""]))


def _mutmut(*arguments: str) -> str:
    """Run mutmut to its end; what it says goes into the log, too."""
    with LOG.open("a+") as log:
        begin = log.tell()
        done = subprocess.run(
            [Path(sys.executable).with_name("mutmut"), *arguments],
            cwd=FOLDER,
            env={**os.environ, "CI": "1"},  # property tests then ask the same questions of every mutant
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.seek(begin)
        said = log.read()
    if done.returncode:
        raise SystemExit(f"error: mutmut {' '.join(arguments)} failed\n{said[-2_000:]}")
    return said


def _change(name: str) -> str:
    """What a mutant has other than the product."""
    lines = _mutmut("show", name).splitlines()
    return "\n".join(line for line in lines if line.startswith(("-", "+")) and not line.startswith(("---", "+++")))


def _sum_up(fates: Mapping[str, str]) -> None:
    """Say for each module and for all how many were noticed.

    Raises:
        SystemExit: too few.
    """
    made = Counter(name.rpartition(".")[0] for name in fates)
    noticed = Counter(name.rpartition(".")[0] for name, fate in fates.items() if fate in NOTICED)
    print()
    for module, total in made.items():
        print(f"{module}: {noticed[module]} of {total}, {100 * noticed[module] / total:.1f} %")
    killed, total = noticed.total(), made.total()
    percent = 100 * killed / total if total else 0.0
    print(f"killed {killed}, survived {total - killed}, total {total}: {percent:.1f} %")
    if percent < LEAST_PERCENT:
        raise SystemExit(f"error: at least {LEAST_PERCENT:.0f} % have to be killed")


if __name__ == "__main__":
    main(*sys.argv[1:])
