"""The words of an overview: a team's totals, and what is true of each of its people, who are in the order of names."""

from collections.abc import Iterable, Mapping, Sequence

from pm_assistant.domain.facts import Fact
from pm_assistant.domain.reports import FactKind, Section
from pm_assistant.presentation.facts import HEADINGS, line_of, section_of, sentence
from pm_assistant.presentation.i18n import Texts, gettext_noop

LONGEST_OF_PERSON = 6
"""An overview of everything is none; what is cut off is counted."""
WAITS = (FactKind.WAITING_FOR_OTHERS, FactKind.WAITING_FOR_ME)
COUNTED: Mapping[str, Sequence[FactKind]] = {
    HEADINGS[FactKind.DONE]: (FactKind.DONE,),
    HEADINGS[FactKind.IN_PROGRESS]: (FactKind.IN_PROGRESS,),
    HEADINGS[FactKind.BLOCKED]: (FactKind.BLOCKED,),
    gettext_noop("Waiting"): WAITS,
    HEADINGS[FactKind.OVERDUE]: (FactKind.OVERDUE,),
}
SHOWN = (FactKind.BLOCKED, *WAITS, FactKind.DONE, FactKind.IN_PROGRESS)
"""What is told of a person, what keeps work from going on first."""


def totals(facts: Sequence[Fact], texts: Texts) -> str:
    """How much there is of each in the whole team."""
    return " · ".join(_count(heading, kinds, facts, texts) for heading, kinds in COUNTED.items())


def sections_by_person(names: Iterable[str], facts: Sequence[Fact], texts: Texts) -> tuple[Section, ...]:
    """What is overdue and what was unplanned, then a section for each person, also where there is nothing to tell."""
    team = (section_of(kind, facts, texts=texts) for kind in (FactKind.OVERDUE, FactKind.UNPLANNED))
    people = (_of_person(name, [fact for fact in facts if fact.person == name], texts) for name in names)
    return (*(section for section in team if section.lines), *people)


def _of_person(name: str, facts: Sequence[Fact], texts: Texts) -> Section:
    counts = (_count(heading, kinds, facts, texts) for heading, kinds in COUNTED.items() if _of(kinds, facts))
    ordered = [fact for kind in SHOWN for fact in sorted(_of((kind,), facts), key=lambda fact: not fact.notes)]
    lines = (line_of(fact, _said(fact, name, texts)) for fact in ordered[:LONGEST_OF_PERSON])
    hidden = max(0, len(ordered) - LONGEST_OF_PERSON)
    return Section(title=" · ".join((name, *counts)), lines=tuple(lines), hidden=hidden)


def _said(fact: Fact, name: str, texts: Texts) -> str:
    for_person = fact.kind is FactKind.WAITING_FOR_ME
    heading = texts.gettext("Waiting for {name}", name=name) if for_person else texts.gettext(HEADINGS[fact.kind])
    what = sentence(fact.model_copy(update={"person": ""}), texts)
    return texts.gettext("{heading}: {what}", heading=heading, what=what)


def _count(heading: str, kinds: Sequence[FactKind], facts: Sequence[Fact], texts: Texts) -> str:
    return texts.gettext("{heading}: {what}", heading=texts.gettext(heading), what=str(len(_of(kinds, facts))))


def _of(kinds: Sequence[FactKind], facts: Sequence[Fact]) -> Sequence[Fact]:
    return [fact for fact in facts if fact.kind in kinds]
