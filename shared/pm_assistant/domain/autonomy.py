"""Autonomy that is earned: how right people have found us, with what certainty, and what that allows.

A promise that holds at every look: trust is looked at after each answer, and an interval for a sample of fixed size
would be wrong far more often than it says. A confidence sequence (Robbins) is not.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind

BAR = 0.9
"""How often people have to agree before we act unasked."""
ALPHA = 0.05
"""How likely it is at most that a stream which is not above the bar is ever trusted."""
ALPHA_AGAIN = 0.03
"""The same of one that is not the first of its kind: that is believed more easily, and has to be surer for it."""
PRIOR = (19.0, 1.0)
"""Answers that agree and that do not, as if there had been so many: chosen beforehand, it costs no certainty."""
KEPT_OF_BEFORE = 0.25
"""How much the answers to what judged before say about what judges now."""
MOST_OF_BEFORE = 40.0
LOOKED_BACK = 20
"""Answers among which too many failures end trust."""
TOO_MANY = 3
SEVERE = frozenset({ActionKind.MOVE, ActionKind.CLOSE, ActionKind.CREATE})
"""Kinds of which a single undo ends trust: others have to live with what they change."""
STILL_ASKED = 0.05
"""The share of what might be done unasked that people are asked about all the same, or nobody would know any more."""
LEAST_READING = timedelta(seconds=2)
"""Nobody reads a card in less."""
COUNTS_AS_FAILURE = timedelta(days=7)
"""For so long after an act its undo says that it was wrong; later, that things have changed."""
MOST_ANSWERS = 200
"""That are kept one by one; of older ones, how many there were of each person."""
SOMEBODY = ""
"""Whoever it was: a person whose data was erased."""


class Fall(StrEnum):
    """Why trust ended; the words are for people."""

    UNDONE = "people undid one"
    FAILURES = f"{TOO_MANY} of the last {LOOKED_BACK} were wrong"
    SILENCE = "nobody has answered one for as long as answers are kept"


class Grade(Model):
    """What a person's answer says of one decision.

    Attributes:
        conversation: what it was about; answers in one conversation are one piece of evidence.
        revision: of the words that were judged, which two subjects of a burst share.
        right: whether the person agreed.
        by: who said so.
        confidence: as what judged gave it.
        runner_up: the confidence of what came next, if anything did.
        evidence: how many messages it rested on.
        shown_at: when people could first read it, where that is known.
        undone: it had been done, and was taken back.
    """

    decision_id: str
    conversation: str
    revision: str
    right: bool
    by: str
    confidence: float
    runner_up: float | None = None
    evidence: int = 1
    shown_at: AwareDatetime | None = None
    at: AwareDatetime
    undone: bool = False


class Tally(NamedTuple):
    """How often people agreed, and how often not."""

    right: int
    wrong: int


class TrackRecord(Model):
    """How right one stream of decisions has been: of one kind, of one band of confidence, judged by the same.

    Attributes:
        band: the least confidence in it.
        judged_by: model, prompt and policy.
        prior: what is held to be known before its first answer, in answers.
        grades: the latest, in the order in which they came.
        earlier: those before them, by whose they were.
        promoted_at: since when it is trusted; None if it is not.
        promoted_after: how many answers that took.
        changed_at: when it was last trusted, or no longer.
        fallen: why it was no longer.
    """

    kind: ActionKind
    band: float
    judged_by: str
    prior: tuple[float, float] = PRIOR
    grades: tuple[Grade, ...] = ()
    earlier: dict[str, tuple[int, int]] = Field(default_factory=dict)
    promoted_at: AwareDatetime | None = None
    promoted_after: int | None = None
    changed_at: AwareDatetime | None = None
    fallen: Fall | None = None

    @property
    def stream(self) -> str:
        """Its name within the tenant."""
        return stream_of(self.kind, self.band, self.judged_by)

    @property
    def tally(self) -> Tally:
        """What counts: each conversation once, and of those in agreement at most half from one person.

        That leaves out agreement only, so what is said with certainty stays certain.
        """
        right = Counter({by: agreed for by, (agreed, _) in self.earlier.items()})
        wrong = sum(disagreed for _, disagreed in self.earlier.values())
        for piece in _pieces(self.grades):
            if all(grade.right for grade in piece):
                right[piece[0].by] += 1
            else:
                wrong += 1
        others = right.total() - max(right.values(), default=0)
        return Tally(min(right.total(), 2 * others), wrong)

    @property
    def lower_bound(self) -> float:
        """How often people agree at least, with a certainty of 1 - `ALPHA`."""
        return lower_bound(*self.tally, prior=self.prior, alpha=self.alpha)

    @property
    def alpha(self) -> float:
        """How likely `lower_bound` ever is too high, at most."""
        return ALPHA if self.prior == PRIOR else ALPHA_AGAIN

    @property
    def reason(self) -> str:
        """Why it is trusted, or is not, in a sentence."""
        right, wrong = self.tally
        answers = f"{right} of {right + wrong} answers right"
        certain = f"at least {math.floor(self.lower_bound * 100)}% right with {1 - self.alpha:.0%} certainty"
        if self.promoted_at is not None:
            return f"promoted after {self.promoted_after} answers; {answers}: {certain}"
        again = f"asks again, because {self.fallen}; since then " if self.fallen is not None else ""
        return f"{again}{answers}: {certain}"

    def graded(self, grade: Grade, *, at: datetime) -> Self:
        """With one more answer, or another one to the same decision; and what follows from it."""
        others = [known for known in self.grades if known.decision_id != grade.decision_id]
        after = self.model_copy(update={"grades": (*others, grade)})._folded(MOST_ANSWERS)
        if self.promoted_at is None:
            earned = {"promoted_at": at, "promoted_after": sum(after.tally), "changed_at": at, "fallen": None}
            return after.model_copy(update=earned) if after._earned else after
        fall = after._fall(grade)
        return after if fall is None else after._begun_anew(fall, at=at)

    def silent(self, *, at: datetime) -> Self:
        """Of a stream that is trusted and of which no answer is left: what nobody confirms any more is not known."""
        return self._begun_anew(Fall.SILENCE, at=at) if self.promoted_at is not None and not self.grades else self

    def forgetting(self, *, before: datetime | None = None, persons: Iterable[str] = ()) -> Self:
        """Without the details of answers of before some time, and without who certain persons are."""
        gone, newer = set(persons), [g for g in self.grades if before is None or g.at >= before]
        after = self._folded(len(newer))
        earlier: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        for by, (agreed, disagreed) in after.earlier.items():
            earlier[SOMEBODY if by in gone else by] += agreed
            wrong[SOMEBODY if by in gone else by] += disagreed
        grades = tuple(g.model_copy(update={"by": SOMEBODY}) if g.by in gone else g for g in after.grades)
        return after.model_copy(update={"grades": grades, "earlier": {by: (earlier[by], wrong[by]) for by in earlier}})

    @property
    def _earned(self) -> bool:
        return self.lower_bound >= BAR and not self._fails_lately

    @property
    def _fails_lately(self) -> bool:
        return sum(not grade.right for grade in self.grades[-LOOKED_BACK:]) >= TOO_MANY

    def _fall(self, grade: Grade) -> Fall | None:
        if grade.undone and self.kind in SEVERE:
            return Fall.UNDONE
        return Fall.FAILURES if self._fails_lately else None

    def _begun_anew(self, fall: Fall, *, at: datetime) -> Self:
        lost = {"promoted_at": None, "promoted_after": None, "changed_at": at, "fallen": fall}
        return self.model_copy(update={**lost, "prior": prior_after(self), "grades": (), "earlier": {}})

    def _folded(self, most: int) -> Self:
        """With so many answers one by one; each piece of evidence is folded as a whole."""
        if len(self.grades) <= most:
            return self
        earlier, kept = dict(self.earlier), list(_pieces(self.grades))
        while sum(map(len, kept)) > most:
            piece = kept.pop(0)
            agreed, disagreed = earlier.get(piece[0].by, (0, 0))
            is_right = all(grade.right for grade in piece)
            earlier[piece[0].by] = (agreed + is_right, disagreed + (not is_right))
        left = {grade.decision_id for piece in kept for grade in piece}
        grades = tuple(grade for grade in self.grades if grade.decision_id in left)
        return self.model_copy(update={"grades": grades, "earlier": earlier})


def stream_of(kind: ActionKind, band: float, judged_by: str) -> str:
    """The name of a stream."""
    return f"{kind}|{band:g}|{judged_by}"


def judged_as(kind: ActionKind, judged_by: str) -> str:
    """The name of what is calibrated together: a kind of action, judged by the same."""
    return f"{kind}|{judged_by}"


def succeeding(kind: ActionKind, band: float, judged_by: str, before: Iterable[TrackRecord]) -> TrackRecord:
    """The track record of a stream that has none: what judged before says something about it, and not much.

    Args:
        kind: of action.
        band: of confidence.
        judged_by: what judges now.
        before: the tenant's other track records.
    """
    alike = [each for each in before if (each.kind, each.band) == (kind, band) and each.grades]
    latest = max(alike, key=lambda each: each.grades[-1].at, default=None)
    prior = prior_after(latest) if latest is not None else PRIOR
    return TrackRecord(kind=kind, band=band, judged_by=judged_by, prior=prior)


def prior_after(before: TrackRecord) -> tuple[float, float]:
    """What a stream's answers say of the one that comes after it, in answers."""
    right, wrong = before.tally
    weight = min(KEPT_OF_BEFORE, MOST_OF_BEFORE / max(right + wrong, 1))
    return PRIOR[0] + weight * right, PRIOR[1] + weight * wrong


def lower_bound(right: float, wrong: float, *, prior: tuple[float, float] = PRIOR, alpha: float = ALPHA) -> float:
    """The least rate of agreement that the answers do not speak against.

    Whatever the true rate is, the chance that this ever lies above it is at most `alpha`, however often it is looked
    at: the smallest p with B(right + a, wrong + b) / B(a, b) < p^right (1 - p)^wrong / alpha.
    """
    a, b = prior
    evidence = _log_beta(right + a, wrong + b) - _log_beta(a, b) + math.log(alpha)
    low, high = 0.0, right / (right + wrong) if right + wrong else 0.0
    for _ in range(40):
        p = (low + high) / 2
        likelihood = _times_log(right, p) + _times_log(wrong, 1 - p)
        low, high = (low, p) if likelihood > evidence else (p, high)
    return low


def is_still_asked(decision_id: str, share: float = STILL_ASKED) -> bool:
    """Whether a decision is among those that people are asked about though it might be done: always the same ones."""
    number = int.from_bytes(hashlib.sha256(f"asked|{decision_id}".encode()).digest()[:8])
    return number < share * 2**64


def _times_log(count: float, p: float) -> float:
    return count * math.log(p) if count else 0.0


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _pieces(grades: Sequence[Grade]) -> list[list[Grade]]:
    """The answers, those together that are about one conversation."""
    pieces: list[list[Grade]] = []
    by_key: dict[str, list[Grade]] = {}
    for grade in grades:
        keys = (f"subject|{grade.conversation}", f"words|{grade.revision}")
        piece = next((by_key[key] for key in keys if key in by_key), None)
        if piece is None:
            pieces.append(piece := [])
        piece.append(grade)
        by_key.update(dict.fromkeys(keys, piece))
    return pieces
