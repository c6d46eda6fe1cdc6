"""What is true of people's work since they were last told of it, each fact with the links that prove it.

Nothing of it is worded here, as readers have languages of their own (`presentation.facts`). A fact says what it is
about, and its notes what happened to that since, and why it is told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime

from pm_assistant.domain.code import CheckResult, Commit, PullRequest, PullRequestFacts, Repository
from pm_assistant.domain.decisions import Decision
from pm_assistant.domain.index import Known, TicketHead
from pm_assistant.domain.model import Model
from pm_assistant.domain.planning import TicketComment
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import Audience, FactKind
from pm_assistant.domain.tenants import ActionKind, PrivateCode
from pm_assistant.domain.working_time import WorkingTime


class NoteKind(StrEnum):
    """What a note says of what a fact is about."""

    MOVED = "moved"
    CREATED = "created"
    COMMENTED = "commented"
    OPENED = "opened"
    MERGED = "merged"
    REVIEWED = "reviewed"
    DECIDED = "decided"
    """The person answered what we had asked, and it was done."""
    BLOCKED_BY = "blocked_by"
    LABELLED = "labelled"
    CHECKS_FAIL = "checks_fail"
    REVIEW_LATE = "review_late"
    SAID_BLOCKED = "said_blocked"
    REVIEW_AWAITED = "review_awaited"
    ANSWER_AWAITED = "answer_awaited"
    """We ask whether to do something about it, or (`undo_awaited`) whether to take that back."""
    UNDO_AWAITED = "undo_awaited"
    CHANGES_WANTED = "changes_wanted"
    READY_TO_MERGE = "ready_to_merge"
    OVERDUE = "overdue"
    DUE = "due"
    URGENT = "urgent"
    CYCLE_ENDS = "cycle_ends"
    CYCLE_ENDED = "cycle_ended"
    UNBLOCKS = "unblocks"
    SAID_PLANNED = "said_planned"
    UNDERWAY = "underway"
    UNPLANNED = "unplanned"


class Note(Model):
    """Something about what a fact is about.

    Attributes:
        what: what it names, such as a state, a label or a ticket; empty where that is not to be told.
        who: what the people in it are called.
        url: where it can be checked; empty where that is the fact's own page.
        hours: working hours that it has lasted.
        count: how often.
        asks: what we ask about.
    """

    kind: NoteKind
    at: AwareDatetime | None = None
    what: str = ""
    who: tuple[str, ...] = ()
    url: str = ""
    hours: int | None = None
    day: date | None = None
    count: int = 1
    asks: ActionKind | None = None


class Fact(Model):
    """One of them.

    Attributes:
        about: ids of what it is about, first what it is about most.
        name: what people call that, such as `ENG-12`; empty for a conversation.
        title: its own words; empty where these are not to be told.
        url: where it can be checked.
        person: whose it is, where several people's are told together.
        since: when it began, where that counts.
        awaits_answer: as a line has it.
        theme: what it is a part of, such as a project.
    """

    kind: FactKind
    about: tuple[str, ...]
    name: str = ""
    title: str = ""
    url: str
    person: str = ""
    since: AwareDatetime | None = None
    notes: tuple[Note, ...] = ()
    audience: Audience = Audience.EVERYBODY
    awaits_answer: str | None = None
    theme: str = ""


@dataclass(frozen=True)
class Person:
    """Whose work it is.

    Attributes:
        name: what the person is called.
        tracker_id: the person's account there, as `login` at the code host, in lower case, and `chat_id` in the chat.
        reads_all: whether the person may read what the whole team may.
        not_mine: ids of tickets that the person has said not to be theirs.
        id: as a member of the team.
    """

    name: str
    tracker_id: str | None = None
    login: str | None = None
    chat_id: str | None = None
    reads_all: bool = False
    not_mine: frozenset[str] = frozenset()
    id: str = ""


@dataclass(frozen=True)
class Sources:
    """What all sources say of some people's work.

    Attributes:
        since: what happened before was told.
        working: when these people work.
        tickets: theirs, open ones and those that were finished lately.
        head: finds any ticket that is known.
        blocked_by: the open tickets that block each of these, by its id; `blocks` those that it blocks.
        pull_requests: theirs, those that await their review, and those for their tickets.
        checks: of the last commits of these.
        repositories: that we may read, by id.
        decisions: of the log, since then.
        comments: on these tickets, by their ids.
        said_blocked: what was said of a ticket that keeps it from going on, by its id.
        answers: what people said for the team's report lately, by their ids, oldest first.
        is_untold: whether what somebody said is to be told, where more than its time says so.
        said_untracked: what was said of work that has no ticket, by the ids of the decisions that say so.
        said_planned: what was said to be next of tickets, by their ids.
        said_otherwise: what they said so of that is no ticket of theirs, by the people's ids.
        public: ids of the tracker's teams whose tickets everybody may read.
        names: what people are called, by logins in lower case and by the tracker's ids.
        for_others: somebody else is to read it: nobody is told what not everybody may know.
    """

    now: datetime
    since: datetime
    working: WorkingTime = field(default_factory=WorkingTime)
    tickets: Sequence[Known] = ()
    head: Callable[[str], TicketHead | None] = lambda _: None
    blocked_by: Mapping[str, Sequence[TicketHead]] = field(default_factory=dict)
    blocks: Mapping[str, Sequence[TicketHead]] = field(default_factory=dict)
    pull_requests: Sequence[PullRequest] = ()
    checks: Mapping[Commit, CheckResult] = field(default_factory=dict)
    repositories: Mapping[str, Repository] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    comments: Mapping[str, Sequence[TicketComment]] = field(default_factory=dict)
    said_blocked: Mapping[str, Note] = field(default_factory=dict)
    answers: Mapping[str, Sequence[ReportAnswers]] = field(default_factory=dict)
    is_untold: Callable[[ReportAnswers], bool] | None = None
    said_untracked: Mapping[str, str] = field(default_factory=dict)
    said_planned: Mapping[str, Note] = field(default_factory=dict)
    said_otherwise: Mapping[str, Sequence[Fact]] = field(default_factory=dict)
    public: Set[str] = frozenset()
    private_code: PrivateCode = PrivateCode.LINKS
    names: Mapping[str, str] = field(default_factory=dict)
    base_url: str | None = None
    for_others: bool = False

    @property
    def today(self) -> date:
        """The day that it is where the people are."""
        return self.now.astimezone(self.working.zone).date()

    def is_new(self, at: datetime | None) -> bool:
        """Whether something that happened then has not been told."""
        return at is not None and self.since <= at <= self.now

    def news_of(self, person: Person) -> Iterator[ReportAnswers]:
        """What a person has said for the team's report and nobody has been told of, oldest first."""
        is_news = self.is_untold or (lambda said: self.is_new(said.at))
        return filter(is_news, self.answers.get(person.id, ()))

    def about_ticket(self, kind: FactKind, ticket: Known, *notes: Note, theme: str = "") -> Fact:
        """A fact about a ticket."""
        return Fact(
            kind=kind,
            about=(ticket.id,),
            name=ticket.key,
            title=ticket.title,
            url=ticket.url,
            notes=notes,
            audience=Audience.EVERYBODY if ticket.team_id in self.public else Audience.PERSON,
            theme=theme,
        )

    def about_pull_request(self, kind: FactKind, pull_request: PullRequest, *notes: Note) -> Fact | None:
        """A fact about a pull request; None where it may not be known, or not of it."""
        facts = pull_request.facts
        repository = self.repositories.get(facts.repository_id) if facts else None
        if facts is None or repository is None:
            return None
        readable = not repository.private or self.private_code is PrivateCode.EVERYTHING
        hidden = repository.private and self.private_code is PrivateCode.NOTHING
        own_only = hidden or not (readable or self.for_others)
        return Fact(
            kind=kind,
            about=(pull_request.id, *sorted(pull_request.ticket_ids)),
            name=f"{repository.name}#{facts.number}",
            title=facts.title if readable or not self.for_others else "",
            url=facts.url,
            notes=notes,
            audience=Audience.PERSON if own_only else Audience.EVERYBODY,
        )

    def name_of(self, pull_request: PullRequestFacts) -> str:
        """What a pull request is called in a note about something else; empty where it is not to be told of."""
        repository = self.repositories.get(pull_request.repository_id)
        may_be_named = repository and not (repository.private and self.private_code is PrivateCode.NOTHING)
        return f"{repository.name}#{pull_request.number}" if repository and may_be_named else ""

    def called(self, account: str) -> str:
        """What a person is called, or else the account."""
        return self.names.get(account.casefold(), account)
