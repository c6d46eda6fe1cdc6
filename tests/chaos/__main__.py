"""Break everything once, everywhere, and see whether the promises are kept: `make chaos`.

Without arguments the whole matrix is tried, and it fails if a cell does. `--path said-comment` is one path of it,
`--path P --call 7 --kind after` one cell, shown call by call; `--guards` tells whether a missing guard is noticed.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched

from tests.chaos.faults import Kind
from tests.chaos.guards import GUARDS, noticed
from tests.chaos.paths import PATHS
from tests.chaos.trial import Cell, Result, cells_of, tried
from tests.chaos.world import wired

AT_ONCE = 50
UNDISTURBED = "none"


def main() -> int:
    """Do what the command line asks; 1 if a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--path", action="append", choices=PATHS, metavar="PATH")
    parser.add_argument("--call", type=int, default=0)
    parser.add_argument("--kind", type=Kind)
    parser.add_argument("--undisturbed", action="store_true")
    parser.add_argument("--pairs", type=int, default=60, help="how many pairs of faults on each path")
    parser.add_argument("--guards", action="store_true")
    asked = parser.parse_args()
    if asked.guards:
        return show_guards()
    if asked.undisturbed or asked.call or asked.kind is Kind.PAIR:
        return show(Cell(asked.path[0], asked.kind, asked.call))
    return show_matrix(asked.path or list(PATHS), only=asked.kind, pairs=asked.pairs)


def show(cell: Cell) -> int:
    """Go through one cell call by call."""
    with wired():
        result, world = tried(cell)
    for number, name in enumerate(world.calls, start=1):
        print(f"{number:4} {name}")
    print(f"befell: {', '.join(f'{kind} at {name}' for name, kind in world.fired) or 'nothing'}")
    for decision in world.decisions:
        print(f"log: {decision.state} {decision.action.kind} undoable={decision.undoable} error={decision.error}")
    print(f"tracker: {len(world.comments)} comments, {len(world.made)} new tickets; parked: {dict(world.parked)}")
    for law, what in result.broken:
        print(f"BROKEN {law}: {what}")
    return bool(result.broken)


def show_matrix(paths: Sequence[str], *, only: Kind | None, pairs: int) -> int:
    """Try every cell, and print how many faults of which kind each path had, and how many of its cells failed."""
    began = time.monotonic()
    cells = [cell for path in paths for cell in cells_of_wired(path, pairs) if only in {None, cell.kind}]
    injected, failing = Counter[tuple[str, str]](), defaultdict[tuple[str, str], list[Result]](list)
    for result in _all_tried(cells):
        place = (result.cell.path, result.cell.kind or UNDISTURBED)
        injected[place] += result.injected
        if result.broken:
            failing[place].append(result)
    _print_matrix(paths, injected, {place: len(results) for place, results in failing.items()})
    for results in failing.values():
        laws = Counter(law for result in results for law in {law for law, _ in result.broken})
        print(f"{results[0].cell.command}   # {len(results)} like it: {', '.join(laws)}")
    total = sum(map(len, failing.values()))
    print(
        f"{sum(injected.values())} faults in {len(cells)} cells, {total} cells fail, {time.monotonic() - began:.0f} s"
    )
    return bool(total)


def cells_of_wired(path: str, pairs: int) -> list[Cell]:
    """The cells of a path."""
    with wired():
        return cells_of(path, pairs=pairs)


def _all_tried(cells: Sequence[Cell]) -> Iterator[Result]:
    with multiprocessing.Pool(os.process_cpu_count()) as pool:
        for results in pool.imap_unordered(_tried, batched(cells, AT_ONCE, strict=False)):
            yield from results


def _tried(cells: Iterable[Cell]) -> list[Result]:
    with wired():
        return [tried(cell)[0] for cell in cells]


def _print_matrix(
    paths: Sequence[str], injected: Counter[tuple[str, str]], failing: dict[tuple[str, str], int]
) -> None:
    kinds = [UNDISTURBED, *Kind]
    print("injected, and how many cells fail (!)\n")
    print(f"{'':24}" + "".join(f"{kind:>13}" for kind in kinds))
    for path in paths:
        figures = (_figure(injected[path, kind], failing.get((path, kind), 0)) for kind in kinds)
        print(f"{path:24}" + "".join(f"{figure:>13}" for figure in figures))
    sums = ((sum(injected[path, k] for path in paths), sum(failing.get((path, k), 0) for path in paths)) for k in kinds)
    print(f"{'all':24}" + "".join(f"{_figure(*figures):>13}" for figures in sums) + "\n")


def _figure(injected: int, failing: int) -> str:
    return f"{injected} !{failing}" if failing else str(injected or "-")


def show_guards() -> int:
    """Take out one guard after the other; 1 if one of them is not missed."""
    unnoticed = 0
    for name, guard in GUARDS.items():
        with wired():
            failing = noticed(guard)
        unnoticed += not failing
        print(f"{name:60} {len(failing)} cells fail, such as {failing[0].command if failing else 'none!'}")
    return bool(unnoticed)


if __name__ == "__main__":
    sys.exit(main())
