"""Score what `pm eval gold` wrote against what is expected: `python -m tests.gold.score CONVERSATIONS PREDICTIONS`.

Per kind precision and recall; how often the surest ticket is right, and how often it is wrong; what was left alone; and
orders, which count only if nothing else was done or asked.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

type Row = Mapping[str, Any]

SURE = 0.8
ACTS = ("comment", "move", "create")


class Rate(NamedTuple):
    """So many of so many."""

    hits: int
    of: int

    def __str__(self) -> str:
        """Read as people do."""
        return f"{self.hits} of {self.of}" + (f" ({self.hits / self.of:.0%})" if self.of else "")


class Scores(NamedTuple):
    """All figures.

    Attributes:
        precision: of what was done or asked of a kind, how much was wanted.
        recall: of what was wanted of a kind, how much was done or asked.
        right_ticket: conversations about a ticket whose best guess is one of theirs.
        among_asked: likewise where one of theirs is asked about, be it as an alternative.
        sure_and_wrong: of conversations in which something was done, or is sure, those where that is wrong.
        moves: wanted moves that were done or asked, to the right state.
        new_work: likewise new tickets.
        chatter_left_alone: small talk in which nothing was done or asked.
        work_left_alone: likewise work that is not to be recorded.
        orders: obeyed exactly.
        mistakes: the ids of rows with what was wrong about them.
    """

    precision: Mapping[str, Rate]
    recall: Mapping[str, Rate]
    right_ticket: Rate
    among_asked: Rate
    sure_and_wrong: Rate
    moves: Rate
    new_work: Rate
    chatter_left_alone: Rate
    work_left_alone: Rate
    orders: Rate
    mistakes: Sequence[tuple[str, str]]


def score(told: Iterable[Row], predicted: Iterable[Row]) -> Scores:
    """Compare what was predicted with what was expected; a row that was not predicted proposes nothing."""
    proposals = {row["id"]: row["proposals"] for row in predicted}
    rows = [(row, proposals.get(row["id"], [])) for row in told]
    found = {kind: [(row, acts) for row, acts in rows if _wants(row["expect"], kind)] for kind in ACTS}
    about_tickets = [
        (row, acts) for row, acts in rows if row["expect"]["tickets"] and row["expect"]["kind"] in {"comment", "move"}
    ]
    sure = [(row, acts) for row, acts in rows if any(_is_sure(act) for act in acts)]
    return Scores(
        precision={kind: _precision(rows, kind) for kind in ACTS},
        recall={kind: _rate(_reached(row["expect"], acts, kind) for row, acts in found[kind]) for kind in ACTS},
        right_ticket=_rate(_has_right_ticket(row["expect"], acts) for row, acts in about_tickets),
        among_asked=_rate(
            any(act["ticket"] in row["expect"]["tickets"] for act in _open(a)) for row, a in about_tickets
        ),
        sure_and_wrong=_rate(any(_is_sure(a) and _is_wrong(row["expect"], a) for a in acts) for row, acts in sure),
        moves=_rate(_reached(r["expect"], acts, "move") for r, acts in rows if r["expect"]["kind"] == "move"),
        new_work=_rate(_reached(r["expect"], acts, "create") for r, acts in rows if r["expect"]["kind"] == "create"),
        chatter_left_alone=_rate(not _open(acts) for row, acts in rows if row["expect"]["kind"] == "ignore_chatter"),
        work_left_alone=_rate(not _open(acts) for row, acts in rows if row["expect"]["kind"] == "ignore_work"),
        orders=_rate(_is_obeyed(row["expect"], acts) for row, acts in rows if row["expect"]["kind"] == "order"),
        mistakes=[(str(row["id"]), flaw) for row, acts in rows for flaw in _flaws(row["expect"], acts)],
    )


def _rate(verdicts: Iterable[bool]) -> Rate:
    counted = list(verdicts)
    return Rate(sum(counted), len(counted))


def _open(acts: Iterable[Row]) -> Sequence[Row]:
    """What would be done or asked."""
    return [act for act in acts if act["kind"] in ACTS and act["would"] in {"done", "asked"}]


def _is_sure(act: Row) -> bool:
    return act["kind"] in ACTS and (act["would"] == "done" or (act["would"] == "asked" and act["confidence"] >= SURE))


def _wants(expect: Row, kind: str) -> bool:
    """Whether an act of a kind is wanted; a ticket that is moved may be told why, too."""
    if expect["kind"] == "order":
        return bool(expect.get("action") == kind)
    return bool(expect["kind"] == kind)


def _is_wanted(expect: Row, act: Row) -> bool:
    if _is_forbidden(expect, act):
        return False
    match act["kind"]:
        case "comment":
            orders = expect["kind"] != "order" or expect.get("action") in {"relink", "comment"}
            return orders and act["ticket"] in expect["tickets"]
        case "move":
            return bool(act["ticket"] in expect["tickets"] and expect["move_to"] == act["state"])
        case _:
            return _wants(expect, "create")


def _is_forbidden(expect: Row, act: Row) -> bool:
    forbidden = {act["kind"], act["ticket"], f"move:{act['state']}" if act["kind"] == "move" else act["kind"]}
    return not forbidden.isdisjoint(expect["must_not"])


def _is_wrong(expect: Row, act: Row) -> bool:
    """On a ticket or of a kind that must not be, or on a ticket that is not meant."""
    elsewhere = act["ticket"] is not None and act["ticket"] not in expect["tickets"]
    return _is_forbidden(expect, act) or elsewhere


def _precision(rows: Iterable[tuple[Row, Sequence[Row]]], kind: str) -> Rate:
    acts = ((row["expect"], act) for row, acts in rows for act in _open(acts) if act["kind"] == kind)
    return _rate(_is_wanted(expect, act) for expect, act in acts)


def _reached(expect: Row, acts: Sequence[Row], kind: str) -> bool:
    return any(_is_wanted(expect, act) for act in _open(acts) if act["kind"] == kind)


def _has_right_ticket(expect: Row, acts: Sequence[Row]) -> bool:
    named = [act for act in _open(acts) if act["ticket"] is not None]
    best = max(named, key=lambda act: act["confidence"], default=None)
    return best is not None and best["ticket"] in expect["tickets"]


def _is_obeyed(expect: Row, acts: Sequence[Row]) -> bool:
    """Whether what was ordered would be done, or asked where it was said in private, and nothing else."""
    done = _open(acts)
    ordered = [act for act in acts if act.get("order")]
    if not ordered or any(not act.get("order") or _is_forbidden(expect, act) for act in done):
        return False
    tickets, action = set(expect["tickets"]), expect["action"]
    match action:
        case "refuse":
            return not done and all(act["would"] == "logged" for act in ordered)
        case "undo":
            return not done and (not tickets or {act["ticket"] for act in ordered} == tickets)
        case "create":
            return [act["kind"] for act in done] == ["create"]
        case "move":
            moved = [(act["ticket"], act["state"]) for act in done if act["kind"] == "move"]
            wanted = {(ticket, expect["move_to"]) for ticket in tickets}
            return len(moved) == len(done) and set(moved) == wanted
        case _:
            return bool(done) and {act["ticket"] for act in done} == tickets


def _flaws(expect: Row, acts: Sequence[Row]) -> Iterator[str]:
    """What is wrong about an answer, in words for whoever looks into it."""
    if expect["kind"] == "order" and not _is_obeyed(expect, acts):
        yield f"the order to {expect['action']} is not obeyed exactly"
    yield from (f"sure and wrong: {_shown(act)}" for act in acts if _is_sure(act) and _is_wrong(expect, act))
    if expect["kind"].startswith("ignore"):
        yield from (f"not left alone: {_shown(act)}" for act in _open(acts))
    elif expect["kind"] in ACTS and not _reached(expect, acts, expect["kind"]):
        yield f"{expect['kind']} is missed"


def _shown(act: Row) -> str:
    return " ".join(str(part) for part in (act["kind"], act["ticket"], act["state"], act["title"]) if part)


def figures(scores: Scores) -> Iterator[str]:
    """All figures, a line each."""
    for name, value in scores._asdict().items():
        if isinstance(value, Mapping):
            yield f"{name}: " + ", ".join(f"{kind} {rate}" for kind, rate in value.items())
        elif isinstance(value, Rate):
            yield f"{name}: {value}"


def printed(scores: Scores) -> Iterator[str]:
    """All figures and mistakes, a line each."""
    yield from figures(scores)
    yield from (f"  {id}: {flaw}" for id, flaw in scores.mistakes)


def rows_of(file: Path) -> Sequence[Row]:
    """Rows of JSON, a line each."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    print("\n".join(printed(score(rows_of(Path(sys.argv[1])), rows_of(Path(sys.argv[2]))))))
