"""One world, one path, some faults: what came of it."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from tests.chaos.faults import LONG, Fault, Kind, fits, single_faults
from tests.chaos.laws import FINALLY, LAWS, excused
from tests.chaos.paths import PATHS
from tests.chaos.world import World


class Cell(NamedTuple):
    """What is tried: a path with one fault, or with two and a disorder that follow from a seed."""

    path: str
    kind: Kind | None
    call: int = 0

    @property
    def command(self) -> str:
        """How to see it again."""
        what = f"--call {self.call} --kind {self.kind}" if self.kind else "--undisturbed"
        return f"python -m tests.chaos --path {self.path} {what}"


class Result(NamedTuple):
    """What came of a cell: whether its faults came about, and what broke which law."""

    cell: Cell
    injected: int
    broken: Sequence[tuple[str, str]]


def undisturbed(path: str) -> list[str]:
    """The calls of a path in which nothing goes wrong."""
    world = World()
    world.play(PATHS[path].script(world))
    return world.calls


def cells_of(path: str, *, pairs: int) -> list[Cell]:
    """Everything that can go wrong once on a path, every order of deliveries, and some pairs."""
    faults = list(single_faults(undisturbed(path)))
    if (most := PATHS[path].most_faults) is not None and most < len(faults):
        faults = random.Random(path).sample(faults, most)  # noqa: S311  # has to come out the same each time
    cells = [Cell(path, None), *(Cell(path, fault.kind, fault.call) for fault in faults)]
    cells += [Cell(path, Kind.ORDER, number) for number in range(PATHS[path].variants)]
    return cells + [Cell(path, Kind.PAIR, seed) for seed in range(pairs)]


def tried(cell: Cell) -> tuple[Result, World]:
    """Go down a path with a cell's faults, have dead letters sent again once, and hold the world to the laws."""
    world = _world(cell)
    path = PATHS[cell.path]
    broken: list[tuple[str, str]] = []
    try:
        world.play(path.script(world))
        world.redrive()
        world.end_faults()
        if Kind.REVOKED in world.befell:
            world.reconnect()
            world.run()
        world.redrive()
        broken += [(law.__name__, what) for law in LAWS for what in law(world)]
        if not excused(world):
            broken += [("promise", what) for what in path.promise(world)]
        broken += [(law.__name__, what) for law in FINALLY for what in law(world)]
    except Exception as error:
        broken.append(("crash", f"{type(error).__name__}: {error}"))
    injected = 1 if cell.kind is Kind.ORDER else len(world.fired)
    return Result(cell, injected, broken), world


def _world(cell: Cell) -> World:
    match cell.kind:
        case None:
            return World()
        case Kind.ORDER:
            return World(variant=cell.call)
        case Kind.PAIR:
            world = World(*_pair(cell), seed=cell.call)
            world.crowded = cell.call % 2 == 1
            return world
        case _:
            return World(Fault(cell.call, cell.kind))


def _pair(cell: Cell) -> list[Fault]:
    chance = random.Random(f"{cell.path} {cell.call}")  # noqa: S311  # has to come out the same each time
    calls = undisturbed(cell.path)
    numbers = chance.sample(range(1, len(calls) + 1), 2)
    kinds = [kind for kind in Kind if kind not in LONG]
    return [Fault(number, chance.choice([k for k in kinds if fits(k, calls[number - 1])])) for number in numbers]
