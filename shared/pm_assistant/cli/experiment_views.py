"""How shadow mode and experiments look at a terminal."""

from rich.console import Group, RenderableType

from pm_assistant.cli.terminal import add, counted, facts, table, text
from pm_assistant.domain.shadow import ShadowReport


def shadow(report: ShadowReport) -> RenderableType:
    """Whether the team has us only watch, and what would have come of that, kind by kind."""
    rows = table("Kind", "Would ask", "Would do", "People did it", "Did not", "Open")
    for kind in report.kinds:
        numbers = (kind.asked, kind.done, kind.agreed, kind.differed, kind.open)
        add(rows, text(kind.kind), *(text(str(number)) for number in numbers))
    began = f"{report.began_at.astimezone():%F %H:%M}" if report.began_at else "nothing yet"
    about = facts(("shadow mode", "on" if report.on else "off"), ("first decision", began))
    return Group(about, counted(rows, len(report.kinds), "kind"))
