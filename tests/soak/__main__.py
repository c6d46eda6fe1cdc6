"""Twenty minutes of a steady load while things go wrong: `make soak`, `make soak MINUTES=5`.

The product runs on a local AWS of its own. Teams talk, edit, delete and press; vendors fail, lose answers and are slow;
events come again; workers are killed in the first half, and grow old in the second, so that their memory can be
compared. When all has come to rest, the laws are checked. What is said and what fails follows from the seed, who gets
to it first does not.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median

import httpx

from infra.local.demo import seed
from infra.local.processes import free_port
from infra.local.stack import Stack, up
from pm_assistant.domain.errors import ProductError
from tests.conftest import guarded
from tests.flow.conftest import Outside
from tests.flow.workers import GONE, Worker, deaths, workers
from tests.soak.laws import LAWS, AtRest, at_rest
from tests.soak.load import Load, Trouble
from tests.soak.town import Town, settled

LOOK, FAIL, KILL = 5.0, 6.0, 8.0
"""Seconds between two looks at the workers' memory, two failing vendors and two killed workers."""
PATIENCE = 25 * 60
"""Seconds until everything has to be at rest: what was in a killed worker's hands comes again after six minutes, a run
after thirty (and none is killed in the load's second half), and what a vendor refused for ten minutes after as long."""
GROWTH, SLACK_MB = 0.10, 8.0
"""More than both, from its second quarter to its last, is more than a worker may grow."""
FEWEST = 12
"""Looks at a worker below which nothing can be said of its memory."""
LOADING = 1.5
"""Seconds of work in which a worker loads what it needs."""


def main() -> int:
    """Run it; 1 if a law was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--rate", type=float, default=1.0, help="things that people do in a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--undisturbed", action="store_true", help="nothing goes wrong")
    parser.add_argument("--keep", type=Path, help="where to write what everything held at the end, for looking into it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as directory:
        stack = Stack(Path(directory), free_port(), free_port())
        with guarded(stack):
            up(stack, tell=lambda step: None)
            os.environ["PM_STACK_FILE"] = str(stack.file)
            client = seed(stack)
            outside = Outside(json.loads(stack.file.read_text()), client)
            with settled(outside, random.Random(asked.seed)) as town:  # noqa: S311  # has to come out the same again
                return soak(stack, town, asked)


def soak(stack: Stack, town: Town, asked: argparse.Namespace) -> int:
    """Load the stack, let it come to rest, check the laws and print what came of it."""
    begun = time.monotonic()
    load = Load(town, random.Random(asked.seed + 1))  # noqa: S311
    trouble = Trouble(town, stack, random.Random(asked.seed + 2))  # noqa: S311
    looks = Memory(stack)
    looks.start()
    work(load, trouble, asked)
    loaded = time.monotonic() - begun
    town.outside.mend_vendors()
    rested = come_to_rest(town)
    looks.over.set()
    rest = AtRest(town, load)
    broken = [(law.__name__, what) for law in LAWS for what in law(rest)]
    broken += [] if rested else [("everything_comes_to_rest", f"not within {PATIENCE // 60} min")]
    memory = dict(looks.compared())
    broken += [("memory_is_flat", f"{name} grew") for name, (_, early, late) in memory.items() if grew(early, late)]
    if asked.keep:
        keep(rest, stack, asked.keep)
    took = time.monotonic() - begun - loaded
    print(f"\n{loaded / 60:.1f} min of load by seed {asked.seed}, at rest {took / 60:.1f} min later\n")
    show("people did", load.sent)
    show("post", {"webhooks": town.answers.total(), "repeats": town.repeated, "answers lost": town.lost})
    show("answered", {str(status): times for status, times in sorted(town.answers.items())})
    show("vendor faults", trouble.faults)
    show("workers killed", {**trouble.killed, "at work": deaths(stack)})
    show("log", Counter(f"{decision.action.kind} {decision.state}" for decision in rest.log))
    show("left behind", {"comments": len(rest.comments), "tickets": len(rest.made), "cards": rest.kept("card").total()})
    show("law", {"asked for": len(load.wanted), **Counter(law for law, _ in broken)})
    print(f"\n{'function':12}{'worked s':>10}{'2nd quarter MB':>16}{'last quarter MB':>17}{'growth':>9}")
    for name, (worked, early, late) in sorted(memory.items()):
        print(f"{name:12}{worked:10.1f}{early:16.1f}{late:17.1f}{late / early - 1:+9.1%}")
    for law, what in broken:
        print(f"BROKEN {law}: {what}")
    print("\nno law was broken" if not broken else f"\n{len(broken)} times a law was broken")
    return bool(broken)


def keep(rest: AtRest, stack: Stack, directory: Path) -> None:
    """Write down the decision log, what the vendors hold, and the functions' logs."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "decisions.jsonl").write_text("".join(f"{decision.model_dump_json()}\n" for decision in rest.log))
    (directory / "vendors.json").write_text(json.dumps(rest.state, indent=1))
    shutil.copytree(stack.logs("aws").parent, directory / "logs", dirs_exist_ok=True)


def work(load: Load, trouble: Trouble, asked: argparse.Namespace) -> None:
    """Keep up the rate, and have things go wrong meanwhile."""
    begun = time.monotonic()
    end, half = begun + asked.minutes * 60, begun + asked.minutes * 30
    due = {load.step: begun}
    if not asked.undisturbed:
        due |= {trouble.fail: begun + FAIL, trouble.kill: begun + KILL}
    pauses = {load.step: 1 / asked.rate, trouble.fail: FAIL, trouble.kill: KILL}
    while (now := time.monotonic()) < end:
        happening = min(due, key=lambda each: due[each])
        if due[happening] > now:
            time.sleep(min(due[happening], end) - now)
            continue
        due[happening] += pauses[happening]
        if happening != trouble.kill or now < half:
            with suppress(httpx.HTTPError, ProductError):  # as people do, it gives up where nobody answers
                happening()


def come_to_rest(town: Town) -> bool:
    """Wait until nothing is under way, three looks in a row; False if that takes too long."""
    deadline, calm = time.monotonic() + PATIENCE, 0
    while calm < 3 and time.monotonic() < deadline:
        time.sleep(5)
        with suppress(httpx.HTTPError, ProductError):
            calm = calm + 1 if at_rest(town) else 0
    return calm == 3


class Memory(threading.Thread):
    """Looks at every worker's memory, again and again."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()
        self._stack = stack
        self._looks: dict[Worker, list[tuple[float, float]]] = defaultdict(list)

    def run(self) -> None:
        """Look until it is over."""
        while not self.over.wait(LOOK):
            for worker in workers(self._stack):
                with suppress(*GONE):
                    self._looks[worker].append((worker.worked, worker.resident))

    def compared(self) -> Iterator[tuple[str, tuple[float, float, float]]]:
        """Of each function the worker that has worked most: how long, its memory early and late.

        Quarters are of its work, not of the clock: a worker that nothing is asked of does not leak.
        """
        for name in sorted({worker.function for worker in self._looks}):
            looks = max((looks for worker, looks in self._looks.items() if worker.function == name), key=max)
            looks = [(worked, size) for worked, size in looks if worked >= LOADING]
            if len(looks) >= FEWEST:
                yield name, (looks[-1][0], _within(looks, 0.25, 0.5), _within(looks, 0.75, 1.0))


def _within(looks: Sequence[tuple[float, float]], start: float, end: float) -> float:
    first, all_of = looks[0][0], looks[-1][0] - looks[0][0]
    held = [size for worked, size in looks if start <= (worked - first) / max(all_of, 1e-9) <= end]
    return median(held or [size for _, size in looks])


def grew(early: float, late: float) -> bool:
    """Whether a worker holds on to more than it may."""
    return late - early > max(SLACK_MB, early * GROWTH)


def show(what: str, counts: "Counter[str] | dict[str, int]") -> None:
    """Print counts in lines of at most 80 columns."""
    line = f"{what:15}"
    for part in (f"{name} {number}" for name, number in counts.items()):
        if len(line) + len(part) + 2 > 80:
            print(line)
            line = " " * 15
        line += f"{part}  "
    print(line.rstrip())


if __name__ == "__main__":
    sys.exit(main())
