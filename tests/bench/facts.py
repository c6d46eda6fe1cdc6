"""How much of what is true of people's work their reports tell, on generated teams of which the truth is known.

uv run python -m tests.bench.facts
"""

from collections import Counter

from pm_assistant.domain.reports import FactKind
from tests.workflows.reports.test_worlds import TOLD_OF, reports, told
from tests.workflows.reports.worlds import a_world

WORLDS = 200
LEAST = 0.98
"""Of what is true that has to be told, and of what is told that has to be true."""


def main() -> None:
    """Print, for each heading, how much of the truth is told and how much of what is told is true."""
    true, telling, both = Counter[FactKind](), Counter[FactKind](), Counter[FactKind]()
    for seed in range(WORLDS):
        world = a_world(seed)
        for name, report in reports(world).items():
            for kind in TOLD_OF:
                expected, found = world.truth[name, kind], told(report, kind)
                true[kind] += len(expected)
                telling[kind] += len(found)
                both[kind] += len(expected & found)
    for kind in (kind for kind in TOLD_OF if true[kind] or telling[kind]):
        recall, precision = both[kind] / max(true[kind], 1), both[kind] / max(telling[kind], 1)
        print(f"{kind}: {true[kind]} true, recall {recall:.4f}, precision {precision:.4f}")
        if min(recall, precision) < LEAST:
            raise SystemExit(f"error: of what is {kind} too much is left out or made up")


if __name__ == "__main__":
    main()
