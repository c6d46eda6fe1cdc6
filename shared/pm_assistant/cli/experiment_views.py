"""How shadow mode and experiments look at a terminal."""

from collections.abc import Sequence

from rich.console import Group, RenderableType

from pm_assistant.cli.terminal import add, counted, facts, table, text
from pm_assistant.domain.experiments import Variant
from pm_assistant.domain.shadow import ShadowReport
from pm_assistant.domain.trials import Experiment, Side


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
    """Experiments as a table, a line for each of their sides."""
    rows = table("Id", "Kind", "State", "Side", "Does", "Talks", "Asked", "As it was", "Undone", "p", "Why")
    for experiment in experiments:
        state = f"{experiment.state} until {experiment.ends_at:%F}" if experiment.ended_at is None else experiment.state
        for arm, variant in (("a", experiment.a), ("b", experiment.b)):
            side = experiment.sides.get("a" if arm == "a" else "b", Side())
            add(
                rows,
                *(text(each) for each in ((experiment.id, experiment.kind, state) if arm == "a" else ("", "", ""))),
                text(f"{arm} (better)" if experiment.winner == arm else arm),
                text(_does(variant)),
                text(str(side.conversations)),
                text(str(side.asked)),
                text(f"{side.approved} of {side.answered}"),
                text(f"{side.undone} of {side.done}"),
                *(
                    text(each)
                    for each in ((f"{experiment.p_value:.3f}", experiment.because or "") if arm == "a" else ("", ""))
                ),
            )
    return counted(rows, len(experiments), "experiment")


def _does(variant: Variant) -> str:
    changes = variant.model_dump(exclude_none=True)
    return ", ".join(f"{name} {value}" for name, value in changes.items()) or "as the settings say"
