"""What people say of a new ticket apart from what it is about: how urgent it is, for whom, its labels and its team."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise, takewhile
from typing import NamedTuple, Self

from pm_assistant.domain.drafts import PRIORITIES
from pm_assistant.language.grammars import any_of, compiled
from pm_assistant.language.orders.clauses import EDGE, clause_at, clause_spans, without_politeness
from pm_assistant.language.orders.masking import ADDRESS, Span, Utterance
from pm_assistant.language.orders.models import ME, CreateOrder
from pm_assistant.language.orders.parsing import ordered_in
from pm_assistant.language.orders.phrases import phrasebook, wording
from pm_assistant.language.text import fold

_LONGEST_PART = 100
_LIKE_A_KEY = r"(?-i:[A-Z][A-Z0-9]{1,9})(?!-\d)"


class Properties(NamedTuple):
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

    def with_those(self, later: Self) -> "Properties":
        """These, and those that were said later: the last word counts, and every label."""
        labels = tuple(dict.fromkeys((*self.labels, *later.labels)))
        priority = self.priority if later.priority is None else later.priority
        return Properties(priority, later.assignee or self.assignee, labels, later.team or self.team)

    def given_to(self, order: CreateOrder) -> CreateOrder:
        """An order for a new ticket that has these; what is not said here stays as it is."""
        return order.model_copy(update={name: value for name, value in self._asdict().items() if value})


def properties_set_apart(utterance: Utterance, teams: Collection[str]) -> tuple[Sequence[Span], Properties]:
    """Where a message says of a new ticket what is not what it is about, and what that is.

    It stands in parts of their own: the last ones of what orders the ticket or is its title, and whole sentences right
    behind that or at the end of the message.

    Args:
        utterance: that may order a new ticket.
        teams: what teams are called.
    """
    masked = utterance.masked
    clauses = [(start, end) for start, end in clause_spans(masked) if masked[start:end].strip(EDGE + ADDRESS)]
    tails = [_tail(utterance, start, end, teams) for start, end in clauses]
    first = next((i for i, tail in enumerate(tails) if _creates(utterance, clauses[i], tail)), None)
    if first is None:
        return (), Properties()
    found = [_before_colon(utterance, *clauses[first], teams)]
    if masked[slice(*clauses[first])].rstrip(" \n").endswith(":") and first + 1 < len(clauses):
        first += 1  # The title.
    found += [] if tails[first].is_all else [tails[first]]
    further = tails[first + 1 :]
    right_behind = [*takewhile(lambda tail: tail.is_all, further)]
    at_end = [*takewhile(lambda tail: tail.is_all, reversed(further[len(right_behind) :]))]
    found += [*right_behind, *reversed(at_end)]
    properties = Properties()
    for tail in found:
        properties = properties.with_those(tail.properties)
    return [span for tail in found for span in tail.spans], properties


def properties_in(utterance: Utterance, span: Span, teams: Collection[str]) -> Properties | None:
    """What a stretch of a message says of a new ticket, None if it says anything else.

    Args:
        utterance: that orders it.
        span: where the stretch stands.
        teams: what teams are called.
    """
    tail = _tail(utterance, *span, teams)
    return tail.properties if tail.is_all else None


class _Tail(NamedTuple):
    """The last parts of a clause, as far as they say nothing but what a new ticket is to have.

    Attributes:
        is_all: the clause says nothing else.
    """

    spans: Sequence[Span] = ()
    properties: Properties = Properties()
    is_all: bool = False


def _tail(utterance: Utterance, start: int, end: int, teams: Collection[str]) -> _Tail:
    shown = utterance.masked[start:end].replace(ADDRESS, " ")
    if (whole := _in_part(utterance, start, shown, teams)) is not None:
        return _Tail([(start, end)], whole[1], is_all=True)
    breaks = [(0, 0), *(match.span() for match in wording("set_off").finditer(shown)), (len(shown), len(shown))]
    spans: list[Span] = []
    properties = Properties()
    for (off, begins), (ends, _) in reversed([*pairwise(breaks)]):
        found = _in_part(utterance, start + begins, shown[begins:ends], teams)
        if found is not None:
            spans.append((start + off, found[0]))
            properties = found[1].with_those(properties)
        elif not wording("polite").fullmatch(shown[begins:ends].strip(EDGE)):
            return _Tail(spans, properties)
    return _Tail([(start, end)] if spans else (), properties, is_all=bool(spans))


def _in_part(utterance: Utterance, start: int, part: str, teams: Collection[str]) -> tuple[int, Properties] | None:
    """Where what a part says of a new ticket ends, and what that is; None if it says anything else."""
    bare = without_politeness(part)
    place = start + part.index(bare)
    found = _properties_in(bare, utterance.text[place : place + len(bare)], teams) if bare else None
    return None if found is None else (place + len(bare), found)


def _before_colon(utterance: Utterance, start: int, end: int, teams: Collection[str]) -> _Tail:
    """The same of what a clause says before its title."""
    colon = utterance.masked.find(":", start, end)
    tail = _tail(utterance, start, colon, teams) if colon >= 0 else _Tail()
    return _Tail() if tail.is_all else tail


def _creates(utterance: Utterance, clause: Span, tail: _Tail) -> bool:
    """Whether a clause, without its last parts, orders a new ticket."""
    start, end = clause
    begins = min((begin for begin, _ in tail.spans), default=end)
    before = Utterance(utterance.text[:begins], utterance.masked[:begins])
    ordered = ordered_in(clause_at(before, start, begins), addressed=True)
    return ordered is not None and isinstance(ordered.order, CreateOrder)


def _properties_in(said: str, written: str, teams: Collection[str]) -> Properties | None:
    """What a part of a message says of a new ticket, None if it says anything else.

    Args:
        said: as orders are read.
        written: the same as it stands in the message, character by character.
        teams: what teams are called.
    """
    if len(said) > _LONGEST_PART:
        return None
    found = (match for pattern in _property_patterns(frozenset(teams)) if (match := pattern.fullmatch(said)))
    if (match := next(found, None)) is not None:
        return _properties_of(match, written)
    for joint in wording("joint").finditer(said):
        before = _properties_in(said[: joint.start()], written[: joint.start()], teams)
        behind = _properties_in(said[joint.end() :], written[joint.end() :], teams) if before else None
        if before and behind:
            return before.with_those(behind)
    return None


def _properties_of(match: re.Match[str], written: str) -> Properties:
    # A pattern may name the same in several places: the second `who` is called `who2`.
    found = (name for name, value in match.groupdict().items() if value)
    parts = {name.rstrip("0123456789"): written[slice(*match.span(name))] for name in found}
    level = parts.get("level")
    return Properties(
        priority=priority_called(level) if level else None,
        assignee=ME if "me" in parts else parts.get("who", "").removeprefix("@") or None,
        labels=(parts["label"],) if "label" in parts else (),
        team=parts.get("team"),
    )


@lru_cache(maxsize=16)
def _property_patterns(teams: frozenset[str]) -> Sequence[re.Pattern[str]]:
    named, levels = any_of(teams), any_of(phrasebook().levels)
    known = (p for p in phrasebook().properties if named or "TEAM" not in p)
    return [compiled(p.replace("LEVEL", levels).replace("TEAM", named)) for p in known]


def priority_called(level: str) -> int:
    """The tracker's number of how urgent something is, by a word for it."""
    return _levels()[fold(level)]


@cache
def _levels() -> Mapping[str, int]:
    return {fold(said): PRIORITIES.index(level) for said, level in phrasebook().levels.items()}


class TeamMention(NamedTuple):
    """Words that may say whose a new ticket is to be, by where they stand.

    Attributes:
        introduces: a colon follows: what comes behind is the ticket.
    """

    span: Span
    team: str
    introduces: bool

    def fits(self, order: CreateOrder) -> bool:
        """Whether they do not belong to the ticket's title."""
        return self.introduces or order.title is None


def team_mentions(said: str, teams: Collection[str]) -> Iterator[TeamMention]:
    """Where the first line of what is said may name the team of a new ticket in the midst of ordering it.

    Args:
        said: by the author.
        teams: what teams are called; whatever looks like a key may be meant for one, too.
    """
    for pattern in _team_patterns(frozenset(teams)):
        for match in pattern.finditer(said.partition("\n")[0]):
            has_colon = re.match(r"[^:\n]{0,40}:", said[match.end() :]) is not None
            introduces = has_colon and ":" not in said[: match.start()]
            if introduces or not match.groupdict().get("loose"):
                yield TeamMention(match.span(), match["team"], introduces)


@lru_cache(maxsize=16)
def _team_patterns(teams: frozenset[str]) -> Sequence[re.Pattern[str]]:
    parts = phrasebook().parts
    names = "|".join(filter(None, (any_of(teams), _LIKE_A_KEY)))
    return [compiled(parts[name].replace("TEAM", names)) for name in ("in_team", "team_in", "team_of")]
