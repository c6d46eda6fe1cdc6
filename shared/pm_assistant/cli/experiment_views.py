"""How shadow mode and experiments look at a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from pm_assistant.cli.terminal import add, counted, facts, table, text
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.shadow import ShadowReport
from pm_assistant.domain.trials import ARMS, Experiment, Side


def shadow(report: ShadowReport) -> RenderableType:
    """Whether the team has us only watch, and what would have come of that, kind by kind."""
    rows = table("Kind", "Would ask", "Would do", "People did it", "Did not", "Open")
    for kind in report.kinds:
        numbers = (kind.asked, kind.done, kind.agreed, kind.differed, kind.open)
        add(rows, text(kind.kind), *(text(str(number)) for number in numbers))
    began = f"{report.began_at.astimezone():%F %H:%M}" if report.began_at else "nothing yet"
    about = facts(("shadow mode", "on" if report.on else "off"), ("first decision", began))
    return Group(about, counted(rows, len(report.kinds), "kind"))


def experiments(experiments: Sequence[Experiment]) -> RenderableType:
    """Experiments one below the other, with a line for each of their sides."""
    if not experiments:
        return text("No experiments.")
    return Group(*(part for experiment in experiments for part in (_headed(experiment), _sides(experiment), Text())))


def _headed(experiment: Experiment) -> Text:
    state = f"{experiment.state} until {experiment.ends_at:%F}" if experiment.ended_at is None else experiment.state
    outcome = f"p {experiment.p_value:.3f}"
    if experiment.because:
        outcome = f"{outcome}: {experiment.because}"
    return text("  ".join((experiment.id, experiment.kind, state, outcome)), "bold")


def _sides(experiment: Experiment) -> RenderableType:
    rows = table("Side", "Does", "Talks", "Asked", "As it was", "Undone")
    for name, variant in zip(ARMS, (experiment.a, experiment.b), strict=True):
        side = experiment.sides.get(name, Side())
        add(
            rows,
            text(f"{name} (better)" if experiment.winner == name else name),
            text(_does(variant)),
            text(str(side.conversations)),
            text(str(side.asked)),
            text(f"{side.approved} of {side.answered}"),
            text(f"{side.undone} of {side.done}"),
        )
    return rows


def _does(variant: Variant) -> str:
    changes = variant.model_dump(exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in changes.items()) or "as the settings say"
