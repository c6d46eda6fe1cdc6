"""What would have been asked and done in shadow mode, held against what people did themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field

from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import ActionKind

FOLLOWED_UP = timedelta(days=7)
"""How long after a decision what people do themselves may still be because of the same."""


class ShadowedKind(Model):
    """What would have come of one kind of action."""

    kind: ActionKind
    asked: int = Field(description="how often people would have been asked")
    done: int = Field(description="how often it would have been done unasked")
    agreed: int = Field(description="how often people did the same themselves")
    differed: int = Field(description="how often they had not, when a week had gone by")
    open: int = Field(description="how often they have not yet, and may still")


class ShadowReport(Model):
    """What would have been asked and done while the team had us only watch."""

    on: bool = Field(description="whether the team has us only watch now")
    since: AwareDatetime = Field(description="decisions that have changed since then are counted")
    began_at: AwareDatetime | None = Field(description="when the first of them was made; none if there is none")
    kinds: tuple[ShadowedKind, ...] = Field(description="what would have come of it, kind by kind")


def shadow_report(
    decisions: Iterable[Decision],
    *,
    did_themselves: Callable[[Decision], bool],
    on: bool,
    since: datetime,
    at: datetime,
) -> ShadowReport:
    """Count, kind by kind, what would have come of decisions that were made in shadow mode; others do not count.

    Args:
        decisions: of a stretch of time.
        did_themselves: whether people did what a decision would have done.
        on: whether the team is in shadow mode now.
        since: where the stretch begins.
        at: now.
    """
    counts: defaultdict[ActionKind, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys(("asked", "done", "agreed", "differed", "open"), 0)
    )
    shadowed = [decision for decision in decisions if decision.shadow is not None]
    for decision in shadowed:
        count = counts[decision.action.kind]
        count["done" if decision.shadow is DecisionState.QUEUED else "asked"] += 1
        if did_themselves(decision):
            count["agreed"] += 1
        else:
            count["open" if at - decision.created_at < FOLLOWED_UP else "differed"] += 1
    return ShadowReport(
        on=on,
        since=since,
        began_at=min((decision.created_at for decision in shadowed), default=None),
        kinds=tuple(ShadowedKind(kind=kind, **counts[kind]) for kind in sorted(counts)),
    )
