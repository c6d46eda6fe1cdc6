"""The reports there are, and what each says: facts alone, each with its links.

A new kind is an entry of `REPORTS`, a member of `ReportKind` and, where a run sends it, one of `JobKind`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pm_assistant.domain.day import day_of
from pm_assistant.domain.facts import Fact, Person, Sources
from pm_assistant.domain.jobs import JobKind
from pm_assistant.domain.overview import overview_of
from pm_assistant.domain.reports import FactKind, ReportKind, Section, Weekday
from pm_assistant.domain.week import week_of
from pm_assistant.presentation.facts import section_of
from pm_assistant.presentation.i18n import Texts, gettext_noop

FIRST_STANDUP_COVERS = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReportSpec:
    """What makes a kind of report.

    Attributes:
        title: what it is called, a message with the `{name}` of the person or team and the `{day}`.
        job: the kind of job that sends it on request; None where no run does.
        usual_weekdays: when it comes, unless a person wants it otherwise.
        since: from when on it tells at a moment, by when it was sent last.
        facts: what there is to tell of a person.
        kinds: what of it is told, in that order.
        always: of these the ones that are told of also where there is nothing.
        team_kinds: what is told of a team's people: what holds them up first, and nothing that is theirs to answer.
        by_person: it tells of each of a team's people under the person's name, and of nobody else.
    """

    title: str
    job: JobKind | None
    usual_weekdays: tuple[Weekday, ...]
    since: Callable[[datetime | None, datetime], datetime]
    facts: Callable[[Person, Sources], Sequence[Fact]]
    kinds: Sequence[FactKind] = ()
    always: Collection[FactKind] = ()
    team_kinds: Sequence[FactKind] = ()
    by_person: bool = False

    def sections(
        self, facts: Sequence[Fact], texts: Sequence[str] | None = None, *, of_team: bool = False, said_in: Texts
    ) -> tuple[Section, ...]:
        """These facts under their headings, in these words if not in our own."""
        shown = {fact.kind for fact in facts} | {*self.always}
        kinds = self.team_kinds if of_team else self.kinds
        return tuple(section_of(kind, facts, texts, texts=said_in) for kind in kinds if kind in shown)


REPORTS: Mapping[ReportKind, ReportSpec] = {
    ReportKind.STANDUP: ReportSpec(
        title=gettext_noop("Standup for {name}, {day}"),
        job=JobKind.STANDUP,
        usual_weekdays=("MON", "TUE", "WED", "THU", "FRI"),
        since=lambda last, at: last or at - FIRST_STANDUP_COVERS,
        facts=day_of,
        kinds=(
            FactKind.FOCUS,
            FactKind.DONE,
            FactKind.IN_PROGRESS,
            FactKind.BLOCKED,
            FactKind.WAITING_FOR_ME,
            FactKind.WAITING_FOR_OTHERS,
            FactKind.NEXT,
            FactKind.UNTRACKED,
        ),
        always=(FactKind.DONE, FactKind.IN_PROGRESS, FactKind.NEXT, FactKind.UNTRACKED),
        team_kinds=(
            FactKind.BLOCKED,
            FactKind.WAITING_FOR_OTHERS,
            FactKind.DONE,
            FactKind.IN_PROGRESS,
            FactKind.SAID,
            FactKind.UNTRACKED,
        ),
    ),
    ReportKind.WEEKLY: ReportSpec(
        title=gettext_noop("Weekly report for {name}, {day}"),
        job=JobKind.WEEKLY,
        usual_weekdays=("FRI",),
        since=lambda last, at: max(last or at - WEEK, at - WEEK),
        facts=week_of,
        kinds=(
            FactKind.DONE,
            FactKind.SHIPPED,
            FactKind.IN_PROGRESS,
            FactKind.SLIPPED,
            FactKind.UNPLANNED,
            FactKind.HELP,
            FactKind.NEXT,
            FactKind.CREATED,
            FactKind.UNTRACKED,
        ),
        always=(FactKind.DONE, FactKind.NEXT, FactKind.UNTRACKED),
        team_kinds=(
            FactKind.BLOCKED,
            FactKind.SLIPPED,
            FactKind.UNPLANNED,
            FactKind.DONE,
            FactKind.SHIPPED,
            FactKind.HELP,
            FactKind.UNTRACKED,
        ),
    ),
    ReportKind.OVERVIEW: ReportSpec(
        title=gettext_noop("Overview of {name}, {day}"),
        job=None,  # What a run shows is for everybody.
        usual_weekdays=("MON",),
        since=lambda last, at: max(last or at - WEEK, at - WEEK),
        facts=overview_of,
        by_person=True,
    ),
}
SENT_BY: Mapping[JobKind, ReportKind] = {spec.job: kind for kind, spec in REPORTS.items() if spec.job}
"""Which report a kind of job sends."""
