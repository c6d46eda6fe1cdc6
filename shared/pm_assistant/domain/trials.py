"""Experiments as they go: what each side has come to, and when one is over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple, assert_never

from pydantic import AwareDatetime, Field

from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.experiments import Arm, Design
from pm_assistant.domain.model import Model
from pm_assistant.domain.sequential import ALPHA, Sample, evidence_of_difference, is_stray

MATURES_IN = timedelta(days=7)
"""So long after it was made a decision counts, as it stands then: what is undone within a week was no success."""
FEWEST = 20
"""Of what a guard rail is a share or a mean of: before, chance would end experiments."""
ARMS: tuple[Arm, Arm] = ("a", "b")


class Guards(Model):
    """What ends an experiment at once, whoever is ahead."""

    undone: float = Field(default=0.1, ge=0, le=1, description="share of what was done on a side that people undid")
    wrong_ticket: float = Field(
        default=0.15, ge=0, le=1, description="share of people's answers on a side that name another ticket"
    )
    unanswered: float = Field(
        default=0.8, ge=0, le=1, description="share of what was asked on a side that nobody answered within a week"
    )
    cost: float = Field(default=2.0, ge=1, description="of a judgement on side `b`, as a multiple of one on side `a`")
    latency: float = Field(default=2.0, ge=1, description="likewise, how long the model takes")


class ExperimentState(StrEnum):
    """Where an experiment stands.

    It is `running` until one side is better (`won`), its end comes without (`undecided`), a guard rail is passed
    (`unsafe`), conversations got lost on one side, so that the rest says nothing (`stray`), or a person ends it
    (`stopped`).
    """

    RUNNING = "running"
    WON = "won"
    UNDECIDED = "undecided"
    UNSAFE = "unsafe"
    STRAY = "stray"
    STOPPED = "stopped"


class Side(Model):
    """What one side had come to when it was last looked at."""

    conversations: int = Field(default=0, description="how many were judged")
    asked: int = Field(default=0, description="how often people were asked")
    answered: int = Field(default=0, description="of these, how often they answered")
    approved: int = Field(default=0, description="of these, how often they approved it as it was")
    wrong_ticket: int = Field(default=0, description="of these, how often they named another ticket")
    unanswered: int = Field(default=0, description="of what was asked, how much nobody answered within a week")
    done: int = Field(default=0, description="what was done, asked or unasked")
    undone: int = Field(default=0, description="of that, what people undid")
    microdollars: float | None = Field(
        default=None, description="what a judgement cost on average, in millionths of a dollar; none if none was made"
    )
    latency_ms: float | None = Field(default=None, description="how long one took")


class Experiment(Design):
    """An experiment, and how it stands."""

    guards: Guards = Field(default_factory=Guards)
    started_by: str
    state: ExperimentState = ExperimentState.RUNNING
    ended_at: AwareDatetime | None = None
    because: str | None = Field(default=None, description="why it ended")
    winner: Arm | None = None
    looked_at: AwareDatetime | None = Field(default=None, description="when its figures were last brought up to date")
    sides: dict[Arm, Side] = Field(default_factory=dict, description="what each side has come to")
    counted: dict[Arm, Sample] = Field(
        default_factory=dict,
        description="what the test rests on: conversations that were answered, and how much of that was approved",
    )
    counted_until: AwareDatetime | None = Field(
        default=None, description="conversations that began before are counted, and stay so counted"
    )
    p_value: float = Field(default=1.0, ge=0, le=1, description="valid at every look, and never rising")

    @property
    def design(self) -> Design:
        """What judging has to know of it."""
        return Design(**{name: getattr(self, name) for name in Design.model_fields})

    def ended(self, state: ExperimentState, because: str, *, at: datetime, winner: Arm | None = None) -> "Experiment":
        """It, over."""
        return self.model_copy(update={"state": state, "because": because, "ended_at": at, "winner": winner})


def looked_at(experiment: Experiment, decisions: Iterable[Decision], *, at: datetime) -> Experiment:
    """An experiment as it stands now; safe to repeat, and as often as one likes.

    Its guard rails go by all that has come of it so far. Its test goes by conversations alone that began a week ago or
    earlier, each once, by what people had answered by then: these are counted, and nothing changes that afterwards.

    Args:
        experiment: is running.
        decisions: all of the tenant's that were made since it began.
        at: now.
    """
    judged = [
        decision
        for decision in decisions
        if decision.conversation_id is not None and experiment.runs(decision.created_at)
    ]
    sides = {arm: _side(experiment, arm, judged, at=at) for arm in ARMS}
    cutoff = at - MATURES_IN
    after = _counted(experiment, judged, until=cutoff)
    after = after.model_copy(update={"sides": sides, "looked_at": at})
    if (ending := _ending(after, at=at)) is None:
        return after
    return after.ended(ending.state, ending.because, at=at, winner=ending.winner)


type _Came = Literal["open", "unanswered", "approved", "corrected", "wrong ticket", "rejected", "undone", "unasked"]
_ANSWERED: Mapping[_Came | None, float] = {"approved": 1, "corrected": 0, "wrong ticket": 0, "rejected": 0, "undone": 0}
"""What each answer is worth."""


def came_to(decision: Decision, *, at: datetime) -> _Came | None:
    """What has become of a decision by now; None if nobody was asked and nothing done, or something came between."""
    match decision.state:
        case DecisionState.LOGGED:
            return None
        case DecisionState.PROPOSED:
            return "open" if at - decision.created_at < MATURES_IN else "unanswered"
        case DecisionState.UNDONE:
            return "undone"
        case DecisionState.DISMISSED:
            if decision.expired:
                return "unanswered"
            answered = decision.decided_by is not None and decision.error is None
            return _answer(decision, "rejected") if answered else None
        case DecisionState.QUEUED | DecisionState.ACTING | DecisionState.DONE | DecisionState.FAILED:
            if decision.undoing:
                return "undone"
            return "unasked" if decision.decided_by is None else _answer(decision, "approved")
        case _:
            assert_never(decision.state)


def _answer(decision: Decision, otherwise: _Came) -> _Came:
    match decision.answered_how:
        case "relink":
            return "wrong ticket"
        case "edit":
            return "corrected"
        case "approve" | "dismiss" | "undo" | "retry" | None:
            return otherwise
        case _:
            assert_never(decision.answered_how)


def _side(experiment: Experiment, arm: Arm, judged: Sequence[Decision], *, at: datetime) -> Side:
    judgements = {
        d.conversation_id: d for d in judged if d.conversation_id and experiment.arm(d.conversation_id) == arm
    }
    own = [d for d in judged if (d.experiment, d.variant) == (experiment.id, arm)]
    came = [came_to(decision, at=at) for decision in own]
    answered = sum(each in _ANSWERED for each in came)
    done = sum(decision.state is DecisionState.DONE for decision in own)
    undone = came.count("undone")
    return Side(
        conversations=len(judgements),
        asked=answered + came.count("open") + came.count("unanswered"),
        answered=answered,
        approved=came.count("approved"),
        wrong_ticket=came.count("wrong ticket"),
        unanswered=came.count("unanswered"),
        done=done + undone,
        undone=undone,
        microdollars=_mean([decision.cost_microdollars for decision in judgements.values()]),
        latency_ms=_mean([decision.latency_ms for decision in judgements.values()]),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _counted(experiment: Experiment, judged: Iterable[Decision], *, until: datetime) -> Experiment:
    """With what has matured: a conversation counts once, by the mean of what people answered in it."""
    own = [decision for decision in judged if decision.experiment == experiment.id and decision.created_at <= until]
    conversations: defaultdict[str, list[Decision]] = defaultdict(list)
    for decision in own:
        conversations[decision.conversation_id or ""].append(decision)
    values: dict[Arm, list[float]] = {"a": [], "b": []}
    since = experiment.counted_until or experiment.began_at
    for decisions in conversations.values():
        first = min(decisions, key=lambda decision: decision.created_at)
        came = [came_to(decision, at=until) for decision in decisions]
        answers = [_ANSWERED[each] for each in came if each in _ANSWERED]
        if first.variant is not None and answers and (experiment.counted_until is None or first.created_at > since):
            values[first.variant].append(sum(answers) / len(answers))
    counted = {arm: experiment.counted.get(arm, Sample()).with_more(values[arm]) for arm in ARMS}
    p_value = min(experiment.p_value, 1 / evidence_of_difference(counted["a"], counted["b"]))
    return experiment.model_copy(update={"counted": counted, "counted_until": until, "p_value": p_value})


class _Ending(NamedTuple):
    state: ExperimentState
    because: str
    winner: Arm | None = None


def _ending(experiment: Experiment, *, at: datetime) -> _Ending | None:
    """Why an experiment is over, if it is: what makes its answers worthless, or is unsafe, comes before who has won."""
    a, b = (experiment.sides[arm] for arm in ARMS)
    if is_stray(a.conversations, b.conversations, share=experiment.share):
        shared_out = f"{a.conversations} conversations on one side and {b.conversations} on the other"
        return _Ending(ExperimentState.STRAY, f"{shared_out} are not what was shared out")
    if (passed := _passed_guard(experiment.guards, a, b)) is not None:
        return _Ending(ExperimentState.UNSAFE, passed)
    means = [experiment.counted.get(arm, Sample()).mean for arm in ARMS]
    if experiment.p_value <= ALPHA and means[0] is not None and means[1] is not None and means[0] != means[1]:
        winner: Arm = "b" if means[1] > means[0] else "a"
        return _Ending(
            ExperimentState.WON, f"approved as it was: {means[0]:.0%} on side a, {means[1]:.0%} on side b", winner
        )
    if at >= experiment.ends_at + MATURES_IN:
        return _Ending(ExperimentState.UNDECIDED, "its end came, and neither side is known to be better")
    return None


def _passed_guard(guards: Guards, a: Side, b: Side) -> str | None:
    for arm, side in zip(ARMS, (a, b), strict=True):
        shares = {
            "undone": (side.undone, side.done, guards.undone),
            "answered with another ticket": (side.wrong_ticket, side.answered, guards.wrong_ticket),
            "not answered": (side.unanswered, side.answered + side.unanswered, guards.unanswered),
        }
        for what, (part, whole, most) in shares.items():
            if whole >= FEWEST and part > most * whole:
                return f"{part} of {whole} were {what} on side {arm}"
    if min(a.conversations, b.conversations) < FEWEST:
        return None
    for what, of_a, of_b, most in (
        ("cost", a.microdollars, b.microdollars, guards.cost),
        ("time", a.latency_ms, b.latency_ms, guards.latency),
    ):
        if of_a and of_b and of_b > most * of_a:
            return f"a judgement on side b takes {of_b / of_a:.1f} times the {what} of one on side a"
    return None
