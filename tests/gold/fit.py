"""Find anew what counts when the offline analyst compares talk with tickets, and when talk is new work.

    uv run python -m tests.gold.fit tests/gold tests/gold/further           # writes the weights
    uv run python -m tests.gold.fit tests/gold tests/gold/further --check   # says whether these sets give them

Each folder is a told set (`pm eval gold`); the talk of some told teams (`infra/talks.py`) counts beside. Every
conversation is read as in production, by the shortlist that retrieval makes of its team's tickets. A conditional logit
then finds under which weights the tickets that are expected, or none, are likeliest, held near what they were by a
quadratic penalty; and a softmax model, with a penalty on its scaled features, what becomes of it: the likeliest
ticket's, new work, or neither. What is printed is of sets left out.
"""

import argparse
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from infra.talks import held_back, told_teams
from infra.train import minimum, written
from pm_assistant.cli.gold import ToldConversation, ToldTeam, answer
from pm_assistant.domain.decisions import NO_ODDS, Judgement
from pm_assistant.domain.tenants import Mode
from pm_assistant.domain.work import Conversation
from pm_assistant.integrations.offline import outcomes
from pm_assistant.integrations.offline.linear import BIAS, DATA, LinearModel
from pm_assistant.integrations.offline.matching import FOR_A_TICKET, FOR_NONE, Evidence, Matcher
from pm_assistant.integrations.offline.outcomes import Outcome, Weights
from pm_assistant.integrations.offline.reading import Query
from pm_assistant.integrations.offline.subjects import Subject, Utterance, query_of
from pm_assistant.language.classifier import softmax
from tests.gold.talks import as_told
from tests.integrations.offline import told
from tests.integrations.offline import told_further as further
from tests.integrations.offline.test_analyst import COUPON, PEOPLE, thread

Vector = list[float]
ABOUT = {"comment", "move"}
STRENGTH = 3.0
"""How much the penalty of the logit counts beside the conversations."""
EXAMPLE, TALK = 0.6, 0.4
"""How much an example counts beside a conversation of a set, and how much the talk of a told team, of which half is
oblique."""
MISSED = 0.4
"""How much talk of a ticket that does not fit best counts as talk that nothing should become of."""
ORDER = {outcome: number for number, outcome in enumerate(Outcome)}
HELD = 50.0
"""How much the penalty of the softmax model counts beside the conversations."""
NOTE = "Found by tests/gold/fit.py; infra/adr/0097."


class Reading(NamedTuple):
    """A told conversation as the analyst reads it.

    Attributes:
        group: what was said.
        query: the same as it is compared.
        evidence: what speaks for each of the tickets on its shortlist, by ids.
        expected: whether each of these is meant; None where none should be.
        tickets: what counts of each, by `FOR_A_TICKET`, and its prior.
        none: what counts for none of them, by `FOR_NONE`.
    """

    kind: str
    group: tuple[Utterance, ...]
    query: Query
    matcher: Matcher
    evidence: Mapping[str, Evidence]
    meant: frozenset[str]
    expected: Sequence[bool] | None
    tickets: Sequence[tuple[Sequence[float], float]]
    none: Sequence[float]
    counts: float = 1.0

    def subject(self, at: Vector) -> Subject:
        """As the analyst has it under some weights."""
        weights = at[: len(FOR_A_TICKET)], at[len(FOR_A_TICKET) :]
        fits = self.matcher.ranked(self.evidence, self.query, weights)
        return Subject(self.group, tuple(fits))

    def outcome(self, subject: Subject) -> Outcome:
        """What should become of it: a ticket that fits best though it is not meant is none."""
        if self.expected is None:
            return Outcome.NEW if self.kind == "create" else Outcome.NEITHER
        found = subject.fit is not None and subject.fit.ticket.key in self.meant
        return Outcome.TICKET if found else Outcome.NEITHER


class _Listener:
    """An analyst that only keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Conversation, Mapping[str, Any]]] = []

    def judge(self, conversation: Conversation, **context: Any) -> Judgement:
        self.asked.append((conversation, context))
        return Judgement(proposals=(), model="listening", latency_ms=0)


def readings_of(folder: Path) -> Iterator[Reading]:
    """Read a set; orders, keys that are named and tickets that retrieval does not find teach nothing here."""
    teams = {row["id"]: row for row in json.loads((folder / "teams.json").read_text("utf-8"))}
    rows = map(json.loads, (folder / "conversations.jsonl").read_text("utf-8").splitlines())
    return _readings(teams, rows)


def readings_of_talks() -> Iterator[Reading]:
    """Read what is told of every other team from which nothing is learned of where texts lie."""
    for team in held_back(told_teams())[::2]:
        row, conversations = as_told(team)
        for reading in _readings({team.id: row}, conversations):
            yield reading._replace(counts=TALK)


def _readings(teams: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> Iterator[Reading]:
    read = {id: ToldTeam.model_validate(team) for id, team in teams.items()}
    for row in rows:
        listener = _Listener()
        if row["expect"]["kind"] == "order":
            continue
        told = ToldConversation.model_validate(row)
        answer(told, read[row["team"]], mode=Mode.PROPOSE, analyst=cast("Any", listener))
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
    matcher = Matcher(candidates, context["odds"])
    messages = conversation.undeleted_messages
    read = [Utterance.of(message, names, accounts, keys, matcher.concepts) for message in messages]
    group = tuple(utterance for utterance in read if not utterance.injected)
    meant = [ticket.key in expect["tickets"] for ticket in candidates] if expect["kind"] in ABOUT else None
    if not group or any(u.named for u in group) or (meant is not None and not any(meant)):
        return None
    query = query_of(group)
    speakers = frozenset(u.tracker_id for u in group if u.tracker_id)
    evidence = matcher.compared(query, speakers)
    return Reading(
        expect["kind"],
        group,
        query,
        matcher,
        evidence,
        frozenset(expect["tickets"]),
        meant,
        [(evidence[ticket.id].features, matcher.prior(ticket)) for ticket in candidates],
        query.context,
    )


def logit(readings: Sequence[Reading], before: Vector) -> Vector:
    """The weights under which what is meant is likeliest: of tickets first, then of none."""
    size = len(FOR_A_TICKET)
    choices = [_choice(reading) for reading in readings]
    of_none = _columns(choice.none for choice in choices)
    of_tickets = _columns(values for choice in choices for values in choice.tickets)

    def loss(at: Vector) -> tuple[float, Vector]:
        total = STRENGTH * math.fsum((x - x0) ** 2 for x, x0 in zip(at, before, strict=True))
        pulls_at_none, pulls_at_tickets = list[float](), list[float]()
        for choice in choices:
            chances = choice.chances(at[:size], at[size:])
            share = math.sumprod(chances, choice.right)
            total -= choice.counts * math.log(max(share, 1e-300))
            pull, *pulls = (
                choice.counts * (chance - chance * right / share)
                for chance, right in zip(chances, choice.right, strict=True)
            )
            pulls_at_none.append(pull)
            pulls_at_tickets += pulls
        pulled = [math.sumprod(pulls_at_tickets, column) for column in of_tickets]
        pulled += [math.sumprod(pulls_at_none, column) for column in of_none]
        return total, [2 * STRENGTH * (x - x0) + pull for x, x0, pull in zip(at, before, pulled, strict=True)]

    return minimum(loss, before)


class _Choice(NamedTuple):
    """What a reading chooses from: none of the tickets first, each with whether that is right, 1 or 0."""

    tickets: Sequence[Vector]
    priors: Vector
    none: Vector
    right: Vector
    counts: float

    def chances(self, for_ticket: Vector, for_none: Vector) -> Vector:
        """How likely each is meant."""
        scores = [math.sumprod(for_none, self.none)]
        scores += [
            prior + math.sumprod(for_ticket, values) for values, prior in zip(self.tickets, self.priors, strict=True)
        ]
        return softmax(scores)


def _choice(reading: Reading) -> _Choice:
    tickets = [[*map(float, values)] for values, _ in reading.tickets]
    right = [0.0, *map(float, reading.expected)] if reading.expected is not None else [1.0, *(0.0 for _ in tickets)]
    priors = [prior for _, prior in reading.tickets]
    return _Choice(tickets, priors, [*map(float, reading.none)], right, reading.counts)


def _columns(rows: Iterable[Vector]) -> Sequence[Vector]:
    return [[*column] for column in zip(*rows, strict=True)]


class Lesson(NamedTuple):
    """What there is to go by, what it should come to, and how much that counts."""

    features: Mapping[str, float]
    wanted: Outcome
    counts: float


def lessons_of(readings: Sequence[Reading], at: Vector) -> list[Lesson]:
    """What should become of talk, given what fits under some weights."""
    lessons = []
    for reading in readings:
        subject = reading.subject(at)
        wanted = reading.outcome(subject)
        missed = reading.expected is not None and wanted is not Outcome.TICKET
        lessons.append(Lesson(outcomes.features(subject), wanted, reading.counts * (MISSED if missed else 1.0)))
    return lessons


def outcome_model(lessons: Sequence[Lesson]) -> Weights:
    """The weights under which what should become of talk is likeliest."""
    names = [*lessons[0].features]
    columns = [[lesson.features[name] for lesson in lessons] for name in names]
    means = [math.fsum(column) / len(column) for column in columns]
    scales = [
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(column)) or 1.0
        for column, mean in zip(columns, means, strict=True)
    ]
    rows = [
        [1.0, *((lesson.features[name] - mean) / scale for name, mean, scale in zip(names, means, scales, strict=True))]
        for lesson in lessons
    ]
    width, scaled = 1 + len(names), _columns(rows)

    def loss(weights: Vector) -> tuple[float, Vector]:
        held = [HELD * weight if place % width else 0.0 for place, weight in enumerate(weights)]
        total = math.sumprod(held, weights)
        of_each = [weights[start : start + width] for start in range(0, len(weights), width)]
        pulls: list[Vector] = [[] for _ in of_each]
        for row, lesson in zip(rows, lessons, strict=True):
            chances = softmax([math.sumprod(each, row) for each in of_each])
            total -= lesson.counts * math.log(max(chances[ORDER[lesson.wanted]], 1e-300))
            for number, chance in enumerate(chances):
                pulls[number].append(lesson.counts * (chance - (number == ORDER[lesson.wanted])))
        pulled = [math.sumprod(pull, column) for pull in pulls for column in scaled]
        return total, [2 * each + pull for each, pull in zip(held, pulled, strict=True)]

    found = minimum(loss, [0.0] * (width * len(Outcome)))
    return {
        outcome: _unscaled(found[n * width : (n + 1) * width], names, means, scales) for outcome, n in ORDER.items()
    }


def _unscaled(found: Vector, names: Sequence[str], means: Vector, scales: Vector) -> Mapping[str, float]:
    bias, *scaled = found
    weights = [weight / scale for weight, scale in zip(scaled, scales, strict=True)]
    return {BIAS: bias - math.fsum(map(float.__mul__, weights, means)), **dict(zip(names, weights, strict=True))}


def figures(readings: Sequence[Reading], at: Vector, made: Weights, sure: float) -> Mapping[str, int]:
    """How often all that is right, by what it is called."""
    counted = dict.fromkeys(("ticket", "of ticket", "new", "of new", "neither", "of neither", "sure", "wrong"), 0)
    for reading in readings:
        subject = reading.subject(at)
        likely = outcomes.likely_under(made, outcomes.features(subject))
        wanted, taken = reading.outcome(subject), outcomes.preferred(likely)
        expected = Outcome.TICKET if reading.expected is not None else wanted
        counted[f"of {expected}"] += 1
        counted[expected] += wanted is expected is taken
        counted["sure"] += likely[Outcome.TICKET] >= sure
        counted["wrong"] += likely[Outcome.TICKET] >= sure and wanted is not Outcome.TICKET
    return counted


def files_of(at: Vector, made: Weights) -> Mapping[Path, str]:
    """Both models as their files have them."""
    names = [*(f"ticket {name}" for name in FOR_A_TICKET), *(f"none {name}" for name in FOR_NONE)]
    matching = LinearModel({name: round(1000 * weight) for name, weight in zip(names, at, strict=True)})
    becomes = {f"{outcome} {name}": round(1000 * w) for outcome, all_ in made.items() for name, w in all_.items()}
    return {
        DATA / "matching.tsv": written(matching, NOTE),
        DATA / "outcomes.tsv": written(LinearModel(becomes), NOTE),
    }


def main() -> None:
    """Find the weights, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path, nargs="+", help="folders of told sets")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 where the weights are others")
    asked = parser.parse_args()
    read = {folder: [*readings_of(folder)] for folder in asked.sets}
    always = [*examples(), *readings_of_talks()]
    everything = [*always, *(reading for readings in read.values() for reading in readings)]
    at = logit(everything, BEFORE)
    files = files_of(at, outcome_model(lessons_of(everything, at)))
    if asked.check:
        if differing := [file.name for file, text in files.items() if file.read_text("utf-8") != text]:
            sys.exit(f"error: not what these sets give: {', '.join(differing)}")
        return
    for file, text in files.items():
        file.write_text(text, "utf-8")
    for folder, readings in read.items():
        others = [reading for other, many in read.items() if other != folder for reading in many]
        if others:
            others += always
            without = logit(others, BEFORE)
            print(folder.name, dict(figures(readings, without, outcome_model(lessons_of(others, without)), 0.93)))


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
    0.33,
    3.47,
    1.63,
    -0.52,
    3.46,
    5.61,
    *[0.0] * 11,
]
"""What the logit is held near: what was found of talk that nobody here wrote and of earlier sets (ADRs 53 and 93)."""


if __name__ == "__main__":
    main()
