"""What would have been done, held against what people did: the arithmetic of a backtest."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Self, assert_never

from pydantic import AwareDatetime, Field

from pm_assistant.domain.actions import Action, Ignore
from pm_assistant.domain.decisions import EXPIRED, Decision, DecisionState
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind, Mode, Settings
from pm_assistant.domain.work import MessageId

MOST_EXAMPLES = 40
"""Conversations that a report names: those on which the two sides, or a side and people, do not agree."""
NOT_KNOWN = (
    "Texts of messages and tickets, assignees, titles and labels are those of today.",
    "How often the team says a word is counted to this day, which changes what is found little.",
    "What a confidence is worth is taken from today's fit, which knows the answers of then.",
    "Where a ticket was moved afterwards, it is taken to have stood one phase before.",
    "People's answers exist only for what they were asked: recall is of these and of what they linked themselves.",
)
"""What keeps a backtest from seeing what was seen then; it is said with every report."""

Would = Literal["act", "ask", "log", "nothing"]
PROPOSED = frozenset[Would]({"act", "ask"})
Said = Literal["wanted", "not wanted"]


class Label(NamedTuple):
    """What people wanted done, or not.

    Attributes:
        cited: the messages that it rests on; empty where that may be any.
        addresses: where that can be seen.
        as_of: what was said, and which tickets there were, when it was not yet known.
    """

    action: Action
    wanted: bool
    cited: frozenset[MessageId]
    addresses: tuple[str, ...]
    as_of: datetime

    def is_met_by(self, decision: Decision) -> bool:
        """Whether a decision would do that very thing."""
        cited = {receipt.message_id for receipt in decision.evidence}
        return decision.action.same_as(self.action, common_evidence=not self.cited or bool(self.cited & cited))


def was_wanted(decision: Decision) -> bool | None:
    """Whether a person wanted what was decided; None where nobody said, or what people say of it is an order."""
    if decision.decided_by is None or decision.order is not None:
        return None
    match decision.state:
        case DecisionState.DONE:
            # With another error, it was to be undone and could not be.
            return decision.error in {None, EXPIRED}
        case DecisionState.QUEUED | DecisionState.ACTING:
            return not decision.undoing
        case DecisionState.UNDONE:
            return False
        case DecisionState.DISMISSED:
            return False if decision.error is None else None  # approved, and then something came between
        case DecisionState.FAILED | DecisionState.LOGGED | DecisionState.PROPOSED:
            return None
        case _:
            assert_never(decision.state)


def answers(decisions: Iterable[Decision]) -> Sequence[Label]:
    """What people said to decisions, as labels."""
    return [
        Label(
            action=(decision.performed_action or decision.action) if wanted else decision.action,
            wanted=wanted,
            cited=frozenset(receipt.message_id for receipt in decision.evidence),
            addresses=tuple(receipt.url for receipt in decision.evidence),
            as_of=decision.as_of,
        )
        for decision in decisions
        if (wanted := was_wanted(decision)) is not None
    ]


class Tally(Model):
    """What came of one kind of action on one side.

    Attributes:
        acts: what would be done unasked; `asks`, what people would be asked.
        agreed: of both, what people wanted; `disagreed`, what they did not; of all else nobody said.
        acts_agreed: of what would be done unasked, what people wanted; `acts_disagreed`, what they did not.
        missed: what people wanted and would not have been asked.
        spared: what people did not want and would not be asked again.
    """

    acts: int = 0
    asks: int = 0
    agreed: int = 0
    disagreed: int = 0
    acts_agreed: int = 0
    acts_disagreed: int = 0
    missed: int = 0
    spared: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in type(self).model_fields})


class Verdicts(NamedTuple):
    """How one side did on one conversation.

    Attributes:
        tallies: by kind.
        on_labels: what it would have come to, label by label.
        others: what would be done or asked of which people have said nothing, or done it themselves.
    """

    tallies: Mapping[ActionKind, Tally]
    on_labels: Sequence[Would]
    others: Sequence[Decision]

    def on(self, decision: Decision) -> Would:
        """What another side's decision, of which people said nothing, would have come to on this one."""
        return next((what_would(other) for other in self.others if other.id == decision.id), "nothing")


def compare(
    decisions: Iterable[Decision], labels: Sequence[Label], *, done_by_people: Callable[[Decision], bool]
) -> Verdicts:
    """Hold what would be decided against what people wanted; each label counts once.

    Args:
        decisions: as they would be, on one side.
        labels: of the same conversation.
        done_by_people: whether people did themselves, and unasked, what a decision would do.
    """
    tallies: defaultdict[ActionKind, Tally] = defaultdict(Tally)
    on_labels: list[Would] = ["nothing"] * len(labels)
    others: list[Decision] = []
    for decision, number in _matched(decisions, labels):
        would = what_would(decision)
        if number is not None:
            on_labels[number] = would
        if would == "log":
            continue
        if number is None:
            others.append(decision)
        wanted = labels[number].wanted if number is not None else (done_by_people(decision) or None)
        tallies[decision.action.kind] += _proposed(acts=would == "act", wanted=wanted)
    for label, would in zip(labels, on_labels, strict=True):
        if would not in PROPOSED:
            tallies[label.action.kind] += Tally(missed=int(label.wanted), spared=int(not label.wanted))
    return Verdicts(tallies, on_labels, others)


def _matched(decisions: Iterable[Decision], labels: Sequence[Label]) -> Iterator[tuple[Decision, int | None]]:
    """What is judged, the surest first, each with the number of the label that it meets and none before it has."""
    taken: set[int] = set()
    for decision in sorted(decisions, key=lambda decision: decision.confidence, reverse=True):
        if decision.order is not None or isinstance(decision.action, Ignore):
            continue
        free = (n for n, label in enumerate(labels) if n not in taken and label.is_met_by(decision))
        number = next(free, None)
        taken |= {number} if number is not None else set()
        yield decision, number


def _proposed(*, acts: bool, wanted: bool | None) -> Tally:
    """One thing that would be done, or else asked."""
    if wanted is None:
        return Tally(acts=int(acts), asks=int(not acts))
    agreed, disagreed = int(wanted), int(not wanted)
    both = {"agreed": agreed, "disagreed": disagreed, "acts_agreed": acts * agreed, "acts_disagreed": acts * disagreed}
    return Tally(acts=int(acts), asks=int(not acts), **both)


def what_would(decision: Decision) -> Would:
    """What a decision that was made just now comes to."""
    match decision.state:
        case DecisionState.QUEUED:
            return "act"
        case DecisionState.PROPOSED:
            return "ask"
        case (
            DecisionState.LOGGED
            | DecisionState.ACTING
            | DecisionState.DONE
            | DecisionState.FAILED
            | DecisionState.DISMISSED
            | DecisionState.UNDONE
        ):
            return "log"
        case _:
            assert_never(decision.state)


def under(settings: Settings, variant: Variant) -> Settings:
    """A tenant's settings with what a variant does otherwise.

    With a threshold it is shown what comes of acting: every kind that is not off is taken for `auto`. That a team has
    us only watch changes nothing of what would be done.
    """
    rules = settings.rules
    if variant.threshold is not None:
        rules = {k: r if r.mode is Mode.OFF else r.model_copy(update={"mode": Mode.AUTO}) for k, r in rules.items()}
    return settings.model_copy(update={"rules": rules, "shadow": False}).varied(variant, rules)


class Side(Model):
    """One way to judge, and how it has done so far.

    Attributes:
        variant: what it does otherwise than the tenant's settings have it done today.
        tallies: by kind.
        judged_by: the models that have answered.
        microdollars: what its judgements cost, also where another side shares them.
        fell_back: how many of them were made without the model that was to be asked.
    """

    variant: Variant | None = None
    tallies: dict[ActionKind, Tally] = Field(default_factory=dict)
    judged_by: tuple[str, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    microdollars: int = 0
    fell_back: int = 0

    def having_judged(self, decisions: Sequence[Decision], verdicts: Verdicts) -> Self:
        """It, with one more conversation behind it."""
        kinds = self.tallies.keys() | verdicts.tallies.keys()
        none = Tally()
        asked = next((decision for decision in decisions if decision.order is None), None)
        return self.model_copy(
            update={
                "tallies": {k: self.tallies.get(k, none) + verdicts.tallies.get(k, none) for k in sorted(kinds)},
                "judged_by": tuple(sorted({*self.judged_by, *([asked.model] if asked else ())})),
                "tokens_in": self.tokens_in + (asked.tokens_in if asked else 0),
                "tokens_out": self.tokens_out + (asked.tokens_out if asked else 0),
                "microdollars": self.microdollars + (asked.cost_microdollars if asked else 0),
                "fell_back": self.fell_back + (asked is not None and asked.fallback is not None),
            }
        )


class Example(Model):
    """Something on which the sides, or a side and people, do not agree; without anybody's words.

    Attributes:
        ticket: key of the ticket that it is about.
        people: whether they wanted it; None where nobody said.
        would: what it would come to, side by side.
        evidence: addresses of the messages it rests on.
    """

    kind: ActionKind
    ticket: str | None = None
    people: Said | None = None
    would: tuple[Would, ...]
    evidence: tuple[str, ...] = ()


class Progress(Model):
    """How far a backtest is, and what has come of it: it is kept between its steps.

    Attributes:
        place: of the conversation that was judged last.
        judged: how many conversations were; `refused`, how many the model would not answer.
        microdollars: what the model cost.
    """

    place: str = ""
    judged: int = 0
    refused: int = 0
    microdollars: int = 0
    sides: tuple[Side, ...]
    examples: tuple[Example, ...] = ()


class Rates(Tally):
    """A tally with the shares that people go by; None where there is nothing to take one of.

    Attributes:
        precision: of what people said something about, what they wanted.
        recall: of what they wanted, what would be done or asked.
        acting_precision: precision of what would be done unasked.
        agreement: of all that people said, what would have been as they said.
    """

    precision: float | None = None
    recall: float | None = None
    acting_precision: float | None = None
    agreement: float | None = None

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """The shares of a tally."""
        as_people = tally.agreed + tally.spared
        return cls(
            **tally.model_dump(),
            precision=_share(tally.agreed, tally.disagreed),
            recall=_share(tally.agreed, tally.missed),
            acting_precision=_share(tally.acts_agreed, tally.acts_disagreed),
            agreement=_share(as_people, tally.disagreed + tally.missed),
        )


class SideReport(Model):
    """How one side did, by kind and in all."""

    variant: Variant | None
    kinds: dict[ActionKind, Rates]
    total: Rates
    judged_by: tuple[str, ...]
    tokens_in: int
    tokens_out: int
    microdollars: int
    fell_back: int

    @classmethod
    def of(cls, side: Side) -> Self:
        """The report on a side."""
        total = sum(side.tallies.values(), Tally())
        return cls(
            variant=side.variant,
            kinds={kind: Rates.of(tally) for kind, tally in side.tallies.items()},
            total=Rates.of(total),
            judged_by=side.judged_by,
            tokens_in=side.tokens_in,
            tokens_out=side.tokens_out,
            microdollars=side.microdollars,
            fell_back=side.fell_back,
        )


class BacktestReport(Model):
    """The result of a backtest, as its run shows it.

    Attributes:
        conversations: how many there were; `judged`, how many of them, oldest first, the bound on cost let be judged.
        refused: how many the model would not answer.
        sides: today's settings, and the variant where one was asked for.
        not_known: what was not as it was then.
    """

    since: AwareDatetime
    conversations: int
    judged: int
    refused: int
    microdollars: int
    sides: tuple[SideReport, ...]
    examples: tuple[Example, ...]
    not_known: tuple[str, ...] = NOT_KNOWN


FEWEST_ANSWERS = 20
"""That a model is compared by: with fewer, one better guess would decide."""


class AdoptionReport(BacktestReport):
    """What a trained model was worth on what it was not trained on, and whether it judges from now on.

    Attributes:
        model: the trained one, which the second side was judged by.
        refusal: why it was not adopted; None if it was, or would have been.
    """

    model: str
    refusal: str | None


def why_not_adopt(report: BacktestReport) -> str | None:
    """Why a model is not to be adopted, in words with the numbers; None where it is better than what judges today.

    Better is to agree more with what people said, and to be wrong unasked no more often.
    """
    today, trained = (side.total for side in report.sides)
    spoken = trained.agreed + trained.disagreed + trained.missed + trained.spared
    if report.judged + report.refused < report.conversations:
        return f"only {report.judged} of {report.conversations} conversations could be judged for that money"
    if any(side.fell_back for side in report.sides):
        return f"{max(side.fell_back for side in report.sides)} conversations were judged without the model"
    if spoken < FEWEST_ANSWERS:
        return f"there are only {spoken} answers to compare by; it takes {FEWEST_ANSWERS}"
    better, worse = trained.agreement or 0.0, today.agreement or 0.0
    if better <= worse:
        return f"it agrees with {better:.1%} of what people said, today's with {worse:.1%}"
    if trained.acts_disagreed > today.acts_disagreed:
        return f"unasked it would be wrong {trained.acts_disagreed} times, today's {today.acts_disagreed} times"
    return None


def examples_of(
    labels: Sequence[Label], verdicts: Sequence[Verdicts], *, ticket_keys: Mapping[str, str]
) -> Sequence[Example]:
    """What the sides, or one of them and people, do not agree on in one conversation."""

    def example(action: Action, would: tuple[Would, ...], addresses: tuple[str, ...], people: Said | None) -> Example:
        ticket = ticket_keys.get(action.about_ticket or "")
        return Example(kind=action.kind, ticket=ticket, people=people, would=would, evidence=addresses)

    examples: list[Example] = []
    for number, label in enumerate(labels):
        would = tuple(side.on_labels[number] for side in verdicts)
        if len(set(would)) > 1 or any((each in PROPOSED) is not label.wanted for each in would):
            examples.append(example(label.action, would, label.addresses, "wanted" if label.wanted else "not wanted"))
    for decision in {decision.id: decision for side in verdicts for decision in side.others}.values():
        would = tuple(side.on(decision) for side in verdicts)
        if len(set(would)) > 1:
            addresses = tuple(receipt.url for receipt in decision.evidence)
            examples.append(example(decision.action, would, addresses, None))
    return examples


def _share(hits: int, others: int) -> float | None:
    return round(hits / (hits + others), 4) if hits + others else None
