"""What people say of a new ticket apart from what it is about: how urgent it is, for whom, its labels and its team."""

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Self

from pm_assistant.domain.drafts import PRIORITIES
from pm_assistant.language.grammars import any_of, compiled
from pm_assistant.language.order_phrases import phrasebook, wording
from pm_assistant.language.text import fold

ME = "me"
"""Whoever speaks."""
LONGEST_PART = 100


class Qualities(NamedTuple):
    """What a new ticket is to have.

    Attributes:
        priority: on the tracker's scale.
        assignee: who is to have it, as the chat has it, or `ME`.
        labels: what they are called.
        team: what the team is called, whose it is to be.
    """

    priority: int | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()
    team: str | None = None

    def with_those(self, later: Self) -> "Qualities":
        """These, and those that were said later: the last word counts, and every label."""
        labels = tuple(dict.fromkeys((*self.labels, *later.labels)))
        priority = self.priority if later.priority is None else later.priority
        return Qualities(priority, later.assignee or self.assignee, labels, later.team or self.team)


def qualities_in(said: str, written: str, teams: Collection[str]) -> Qualities | None:
    """What a part of a message says of a new ticket, None if it says anything else.

    Args:
        said: as orders are read.
        written: the same as it stands in the message, character by character.
        teams: what teams are called.
    """
    if len(said) > LONGEST_PART:
        return None
    found = (match for pattern in _patterns(frozenset(teams)) if (match := pattern.fullmatch(said)))
    if (match := next(found, None)) is not None:
        return _named_by(match, written)
    for joint in wording("joint").finditer(said):
        before = qualities_in(said[: joint.start()], written[: joint.start()], teams)
        behind = qualities_in(said[joint.end() :], written[joint.end() :], teams) if before else None
        if before and behind:
            return before.with_those(behind)
    return None


def _named_by(match: re.Match[str], written: str) -> Qualities:
    # A pattern may name the same in several places: the second `who` is called `who2`.
    found = (name for name, value in match.groupdict().items() if value)
    parts = {name.rstrip("0123456789"): written[slice(*match.span(name))] for name in found}
    level = parts.get("level")
    return Qualities(
        priority=_levels()[fold(level)] if level else None,
        assignee=ME if "me" in parts else parts.get("who", "").removeprefix("@") or None,
        labels=(parts["label"],) if "label" in parts else (),
        team=parts.get("team"),
    )


@lru_cache(maxsize=16)
def _patterns(teams: frozenset[str]) -> Sequence[re.Pattern[str]]:
    named, levels = any_of(teams), any_of(phrasebook().levels)
    known = (p for p in phrasebook().qualities if named or "TEAM" not in p)
    return [compiled(p.replace("LEVEL", levels).replace("TEAM", named)) for p in known]


@cache
def _levels() -> dict[str, int]:
    return {fold(said): PRIORITIES.index(level) for said, level in phrasebook().levels.items()}
