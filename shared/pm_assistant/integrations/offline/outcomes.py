"""What a subject comes to: talk of the ticket that it fits best, new work, or neither; a small softmax model.

`tests/gold/fit.py` finds its weights, on told conversations; infra/adr/0097.
"""

import math
from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from pm_assistant.integrations.offline import cues
from pm_assistant.integrations.offline.acts import ACTS
from pm_assistant.integrations.offline.linear import BIAS, model
from pm_assistant.integrations.offline.matching import FOR_A_TICKET, FOR_NONE
from pm_assistant.integrations.offline.progress import Progress, claims
from pm_assistant.integrations.offline.resolved import resolved
from pm_assistant.integrations.offline.subjects import Subject
from pm_assistant.language.classifier import softmax


class Outcome(StrEnum):
    """What becomes of what is said."""

    TICKET = "ticket"
    NEW = "new"
    NEITHER = "neither"


_PREFERENCES = {Outcome.TICKET: 1.0, Outcome.NEW: 2.0, Outcome.NEITHER: 1.4}
"""How much sooner each is taken: who is asked in vain stops to look; new work that nobody is asked about is lost."""
_PLAYED_WITH = ("opens chatter", "opens logistics", "small_talk", "chats", "all chat", "chatter", "unknown")
"""What speaks against a ticket however well it fits: people play with the words of their work."""
_SETTLED = 0.8
"""From this probability on a question has been answered and leaves nothing to do."""
_LEAST = 1e-4
"""Probabilities nearer to 0 or 1 say no more."""
_MOST_CONTENT = 15.0
"""More words do not make new work any likelier."""


type Weights = Mapping[Outcome, Mapping[str, float]]
"""By outcomes what each feature counts for them, `BIAS` among these."""


def outcomes(subject: Subject) -> Mapping[Outcome, float]:
    """How likely each is; it adds up to 1."""
    return likely_under(_weights(), features(subject))


def likely_under(weights: Weights, said: Mapping[str, float]) -> Mapping[Outcome, float]:
    """The same of features, under some weights."""
    counted = {BIAS: 1.0, **said}
    scores = [
        math.fsum(of_each.get(name, 0.0) * value for name, value in counted.items()) for of_each in weights.values()
    ]
    return dict(zip(weights, softmax(scores), strict=True))


def preferred(likely: Mapping[Outcome, float]) -> Outcome:
    """Which to take, given how likely each is."""
    return max(Outcome, key=weighed(likely).__getitem__)


def weighed(likely: Mapping[Outcome, float]) -> Mapping[Outcome, float]:
    """How likely each is, as far as it is preferred; only what is greater tells anything."""
    return {outcome: _PREFERENCES[outcome] * likely[outcome] for outcome in Outcome}


@cache
def _weights() -> Weights:
    known = model("outcomes").weights
    return {
        outcome: {
            name.removeprefix(f"{outcome} "): weight / 1000
            for name, weight in known.items()
            if name.startswith(f"{outcome} ")
        }
        for outcome in Outcome
    }


def features(subject: Subject) -> Mapping[str, float]:
    """What speaks for each and against it, by name."""
    found = {**_of_fits(subject), **_of_what_is_said(subject), **_of_how_it_goes(subject)}
    return found | {f"{name}, fitting": found[name] * found["likelihood"] for name in _PLAYED_WITH}


def _of_fits(subject: Subject) -> Mapping[str, float]:
    """How well the likeliest tickets fit, and what speaks for the best."""
    best, second = [*(fit.likelihood for fit in subject.fits[:2]), 0.0, 0.0][:2]
    none = 1 - math.fsum(fit.likelihood for fit in subject.fits)
    evidence = subject.fit.evidence.features if subject.fit is not None else (0.0,) * len(FOR_A_TICKET)
    return {
        "fit": _logit(best),
        "next fit": _logit(second),
        "no fit": _logit(none),
        "likelihood": best,
        "lead": best - second,
        **{f"fit {name}": value for name, value in zip(FOR_A_TICKET, evidence, strict=True)},
    }


def _of_what_is_said(subject: Subject) -> Mapping[str, float]:
    """What its messages do, by their words and by the model of acts."""
    signals, stance = subject.signals, subject.stance
    context = dict(zip(FOR_NONE, subject.query.context, strict=True))
    return {
        **{name: float(value) for name, value in context.items() if name != "bias"},
        "detail": stance.detail,
        "question": stance.question,
        "problem": float(signals.problem),
        "ask": float(signals.ask),
        "announced": float(signals.announced),
        "foreign": float(signals.foreign),
        "content": min(math.fsum(utterance.content for utterance in subject.utterances), _MOST_CONTENT) / 5,
        "chats": _logit(stance.small_talk),
        "all chat": math.fsum(utterance.small_talk for utterance in subject.utterances) / len(subject.utterances),
        **{f"opens {act}": subject.utterances[0].acts[act] for act in ACTS},
    }


def _of_how_it_goes(subject: Subject) -> Mapping[str, float]:
    """What is stated of the work, and whether it is settled by now."""
    stated = subject.stated
    return {
        "stated": float(bool(stated)),
        "reopened": float(any(claim.progress is Progress.REOPENED for claim in stated)),
        "report": float(is_report(subject)),
        "in hand": float(is_in_hand(subject)),
        "settled": float(is_settled(subject)),
        "replies": float(any(utterance.message.is_reply for utterance in subject.utterances)),
    }


def is_report(subject: Subject) -> bool:
    """Whether a conversation opens with how the product behaves, though no word says that this is wrong."""
    opening = subject.utterances[0]
    return not subject.stated and cues.reports(opening.plain, technical=opening.software)


def is_in_hand(subject: Subject) -> bool:
    """Whether who began tells of work that somebody does or did: it was planned somewhere."""
    opening = subject.utterances[0]
    stated = {claim.progress for claim in claims(opening.spoken)} - {Progress.REOPENED}
    return bool(stated - {Progress.COMPLETED}) or (bool(stated) and not cues.read(opening.plain).problem)


def is_settled(subject: Subject) -> bool:
    """Whether who began has had what they asked for, by the last that they said."""
    opening, *later = subject.utterances
    own = [utterance for utterance in later if utterance.message.author == opening.message.author]
    return bool(own) and resolved(own[-1].spoken) >= _SETTLED


def _logit(probability: float) -> float:
    bounded = min(max(probability, _LEAST), 1 - _LEAST)
    return math.log(bounded / (1 - bounded))
