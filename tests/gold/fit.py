"""Find anew what counts when the offline analyst compares talk with tickets, and when talk is new work.

    uv run python -m tests.gold.fit tests/gold tests/gold/further           # writes the weights
    uv run python -m tests.gold.fit tests/gold tests/gold/further --check   # says whether these sets give them

Each folder is a told set (`pm eval gold`). Every conversation is read as in production, by the shortlist that retrieval
makes of its team's tickets. A conditional logit then finds under which weights the tickets that are expected, or none,
are likeliest, and a logistic model which of what no ticket fits is to be a new one. Both are held near what they were
by a quadratic penalty. What is said in a line or two of nothing that is planned, of which the analyst's own tests have
many examples, counts a third. What is printed is of sets that were left out.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from infra.train import minimum, written
from pm_assistant.cli.gold import ToldConversation, ToldTeam, answer
from pm_assistant.domain.decisions import NO_ODDS, Judgement
from pm_assistant.domain.tenants import Mode
from pm_assistant.domain.work import Conversation
from pm_assistant.integrations.offline import new_work
from pm_assistant.integrations.offline.linear import BIAS, DATA, LinearModel
from pm_assistant.integrations.offline.matching import FOR_A_TICKET, FOR_NONE, Matcher
from pm_assistant.integrations.offline.subjects import Subject, Utterance, query_of
from tests.integrations.offline import told
from tests.integrations.offline import told_further as further
from tests.integrations.offline.test_analyst import COUPON, PEOPLE, thread

Vector = list[float]
ABOUT = {"comment", "move"}
LIKELY = 0.5
"""From this probability on a ticket is taken to be meant."""
STRENGTH = 3.0
"""How much the penalty of the logit counts beside the conversations."""
EXAMPLE = 0.1
"""How much an example counts beside a told conversation."""
HALF = 0.4
"""How much talk of a ticket that was not found counts as talk that no ticket should be opened for."""
NOTE = "Found by tests/gold/fit.py; infra/adr/0096."


class Reading(NamedTuple):
    """A told conversation as the analyst reads it.

    Attributes:
        expected: whether each of the tickets on its shortlist is meant; None where none should be.
        tickets: what counts of each, by `FOR_A_TICKET`, and its prior.
        none: what counts for none of them, by `FOR_NONE`.
    """

    kind: str
    subject: Subject
    expected: Sequence[bool] | None
    tickets: Sequence[tuple[Sequence[float], float]]
    none: Sequence[float]
    counts: float = 1.0


class _Listener:
    """An analyst that only keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Conversation, Mapping[str, Any]]] = []

    def judge(self, conversation: Conversation, **context: Any) -> Judgement:
        self.asked.append((conversation, context))
        return Judgement(proposals=(), model="listening", latency_ms=0)


def readings_of(folder: Path) -> Iterator[Reading]:
    """Read a set; orders, keys that are named and tickets that retrieval does not find teach nothing here."""
    teams = {row["id"]: ToldTeam.model_validate(row) for row in json.loads((folder / "teams.json").read_text("utf-8"))}
    for line in (folder / "conversations.jsonl").read_text("utf-8").splitlines():
        row, listener = json.loads(line), _Listener()
        if row["expect"]["kind"] == "order":
            continue
        told = ToldConversation.model_validate(row)
        answer(told, teams[row["team"]], mode=Mode.PROPOSE, analyst=cast("Any", listener))
        if listener.asked and (reading := _reading(row["expect"], *max(listener.asked, key=_length))) is not None:
            yield reading


def examples() -> Iterator[Reading]:
    """The examples of new work and of no work at all, beside one ticket that none of them is about."""
    kinds = {
        "create": (*told.NEW_WORK, *further.NEW_WORK),
        "ignore_chatter": told.CHATTER,
        "ignore_work": (*told.OTHER_TALK, *further.NO_WORK),
    }
    for kind, many in kinds.items():
        for said in many:
            context = {"people": PEOPLE, "candidates": [COUPON], "odds": NO_ODDS}
            reading = _reading({"kind": kind, "tickets": ()}, thread(*said), context)
            if reading is not None:
                yield reading._replace(counts=EXAMPLE)


def _length(asked: tuple[Conversation, Mapping[str, Any]]) -> int:
    return sum(len(message.text) for message in asked[0].undeleted_messages)


def _reading(expect: Mapping[str, Any], conversation: Conversation, context: Mapping[str, Any]) -> Reading | None:
    names = {person.chat_id: person.name for person in context["people"] if person.chat_id}
    accounts = {p.chat_id: p.tracker_id for p in context["people"] if p.chat_id and p.tracker_id}
    candidates = context["candidates"]
    keys = {key.upper(): each.key.upper() for each in candidates for key in (*each.former_keys, each.key)}
    read = [Utterance.of(message, names, accounts, keys) for message in conversation.undeleted_messages]
    group = tuple(utterance for utterance in read if not utterance.injected)
    meant = [ticket.key in expect["tickets"] for ticket in candidates] if expect["kind"] in ABOUT else None
    if not group or any(u.named for u in group) or (meant is not None and not any(meant)):
        return None
    query, matcher = query_of(group), Matcher(candidates, context["odds"])
    speakers = frozenset(u.tracker_id for u in group if u.tracker_id)
    return Reading(
        expect["kind"],
        Subject(group, tuple(matcher.rank(query, speakers=speakers))),
        meant,
        [(matcher.evidence(ticket, query, speakers).features, matcher.prior(ticket)) for ticket in candidates],
        query.context,
    )


def logit(readings: Sequence[Reading], before: Vector) -> Vector:
    """The weights under which what is meant is likeliest: of tickets first, then of none."""
    size = len(FOR_A_TICKET)

    def loss(at: Vector) -> tuple[float, Vector]:
        total = STRENGTH * math.fsum((x - x0) ** 2 for x, x0 in zip(at, before, strict=True))
        gradient = [2 * STRENGTH * (x - x0) for x, x0 in zip(at, before, strict=True)]
        for reading in readings:
            chances = _chances(at, reading)
            right = (
                [False, *reading.expected] if reading.expected is not None else [True] + [False] * (len(chances) - 1)
            )
            share = math.fsum(chance for chance, is_right in zip(chances, right, strict=True) if is_right)
            total -= reading.counts * math.log(max(share, 1e-300))
            pulls = [
                reading.counts * (chance - chance * is_right / share)
                for chance, is_right in zip(chances, right, strict=True)
            ]
            for number, value in enumerate(reading.none):
                gradient[size + number] += pulls[0] * value
            for pull, (values, _) in zip(pulls[1:], reading.tickets, strict=True):
                for number, value in enumerate(values):
                    gradient[number] += pull * value
        return total, gradient

    return minimum(loss, before)


def _chances(at: Vector, reading: Reading) -> Vector:
    """How likely none is meant, and each ticket."""
    size = len(FOR_A_TICKET)
    scores = [math.fsum(map(float.__mul__, at[size:], map(float, reading.none)))]
    scores += [
        prior + math.fsum(map(float.__mul__, at[:size], map(float, values))) for values, prior in reading.tickets
    ]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    return [each / math.fsum(odds) for each in odds]


def new_work_model(readings: Sequence[Reading], at: Vector) -> LinearModel:
    """When talk that no ticket fits is new work, given how likely each ticket is."""
    rows = [
        (features, reading.kind == "create", reading.counts * (HALF if reading.kind in ABOUT else 1.0))
        for reading, features in _unmatched(readings, at)
    ]
    names = [BIAS, *sorted({name for features, _, _ in rows for name in features})]

    def loss(weights: Vector) -> tuple[float, Vector]:
        total = math.fsum(weight * weight for weight in weights[1:]) / 2
        gradient = [0.0, *weights[1:]]
        for features, label, counts in rows:
            values = [1.0, *(float(features[name]) for name in names[1:])]
            margin = math.fsum(map(float.__mul__, weights, values)) * (1 if label else -1)
            total += counts * (math.log1p(math.exp(-abs(margin))) + max(0.0, -margin))
            pull = -counts * (1 if label else -1) / (1 + math.exp(min(margin, 500.0)))
            gradient = [slope + pull * value for slope, value in zip(gradient, values, strict=True)]
        return total, gradient

    found = minimum(loss, [0.0] * len(names))
    return LinearModel({name: round(1000 * weight) for name, weight in zip(names, found, strict=True)})


def _unmatched(readings: Sequence[Reading], at: Vector) -> Iterator[tuple[Reading, Mapping[str, float]]]:
    for reading in readings:
        likeliest = max(_chances(at, reading)[1:], default=0.0)
        if likeliest < LIKELY:
            yield reading, {**new_work.features(reading.subject), "near": likeliest}


def figures(readings: Sequence[Reading], at: Vector, made: LinearModel, sure: float) -> Mapping[str, int]:
    """How often all that is right, by what it is called."""
    counted = dict.fromkeys(("tickets", "of", "none", "of none", "sure", "sure and wrong", "new", "of new", "made"), 0)
    for reading in readings:
        chances = _chances(at, reading)[1:]
        likeliest = max(chances, default=0.0)
        right = reading.expected is not None and reading.expected[chances.index(likeliest)]
        counted["of" if reading.expected is not None else "of none"] += 1
        counted["tickets"] += right and likeliest >= LIKELY
        counted["none"] += reading.expected is None and likeliest < LIKELY
        counted["sure"] += likeliest >= sure
        counted["sure and wrong"] += likeliest >= sure and not right
    for reading, features in _unmatched(readings, at):
        likely = made.probability(features) >= new_work.LIKELY
        counted["new"] += reading.kind == "create" and likely
        counted["made"] += reading.kind not in {"create", *ABOUT} and likely
    counted["of new"] = sum(reading.kind == "create" for reading in readings)
    return counted


def files_of(at: Vector, made: LinearModel) -> Mapping[Path, str]:
    """Both models as their files have them."""
    names = [*(f"ticket {name}" for name in FOR_A_TICKET), *(f"none {name}" for name in FOR_NONE)]
    matching = LinearModel({name: round(1000 * weight) for name, weight in zip(names, at, strict=True)})
    return {
        DATA / "matching.tsv": written(matching, NOTE),
        DATA / "new_work.tsv": written(made, NOTE),
    }


def main() -> None:
    """Find the weights, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", help="folders of told sets")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the weights are others")
    asked = parser.parse_args()
    read = {folder: [*readings_of(folder)] for folder in asked.sets}
    everything = [*examples(), *(reading for readings in read.values() for reading in readings)]
    at = logit(everything, BEFORE)
    files = files_of(at, new_work_model(everything, at))
    if asked.check:
        if differing := [file.name for file, text in files.items() if file.read_text("utf-8") != text]:
            sys.exit(f"error: not what these sets give: {', '.join(differing)}")
        return
    for file, text in files.items():
        file.write_text(text, "utf-8")
    for folder, readings in read.items():
        others = [reading for other, many in read.items() if other != folder for reading in many]
        if others:
            others += examples()
            without = logit(others, BEFORE)
            print(folder.name, dict(figures(readings, without, new_work_model(others, without), 0.93)))


BEFORE = [
    1.44,
    -0.12,
    2.13,
    0.93,
    2.23,
    0.75,
    3.24,
    0.33,
    0.0,
    0.0,
    3.47,
    1.63,
    -0.52,
    3.46,
    5.61,
    0.0,
    0.0,
    0.0,
    0.0,
    0.0,
]
"""What the logit is held near: what was found of talk that nobody here wrote and of earlier sets (ADRs 53 and 93)."""


if __name__ == "__main__":
    main()
