"""A person's day: what was done, is in progress, is blocked and waits, and what comes next, each told once."""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime, timedelta

from pm_assistant.domain.actions import CreateTicket, MoveTicket
from pm_assistant.domain.changes import changes, latest_reviews
from pm_assistant.domain.code import CheckResult, PullRequest, PullRequestFacts, Review, ReviewState, Stage
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.facts import Fact, Note, NoteKind, Person, Sources
from pm_assistant.domain.index import Known, TicketHead
from pm_assistant.domain.links import LinkKind
from pm_assistant.domain.planned import SOON, by_urgency, fitting, is_planned
from pm_assistant.domain.reports import Audience, FactKind
from pm_assistant.domain.work import StateType, own_link
from pm_assistant.domain.working_time import HOURS_A_DAY

REVIEW_LATE_AFTER = 2 * HOURS_A_DAY
"""Working hours after which a review that is awaited keeps work from going on."""
MOST_IN_FOCUS = 3
URGENT = 1
LABEL_OF_BLOCKED = "block"


def day_of(person: Person, sources: Sources) -> Sequence[Fact]:
    """All that there is to tell of a person's day; what not everybody may know is left out where others read it."""
    work = PersonalWork(person, sources)
    found = (*work.done(), *work.open(), *work.waiting(), *said(person, sources), *untracked(person, sources))
    facts = [fact for fact in (*found, *sources.said_otherwise.get(person.id, ())) if fact is not None]
    facts += focus(facts, sources)
    return [fact for fact in facts if not sources.for_others or fact.audience is Audience.EVERYBODY]


def untracked(person: Person, sources: Sources) -> Iterator[Fact]:
    """Talk of this workspace that has no ticket; what was said in private stays there, and the rest in the team."""
    for decision in sources.decisions if person.reads_all else ():
        url = own_link(decision.evidence[0].url, sources.base_url)
        if decision.untracked and not decision.private and url:
            action = decision.action
            title = action.title if isinstance(action, CreateTicket) else sources.said_untracked.get(decision.id, "")
            yield Fact(kind=FactKind.UNTRACKED, about=(decision.subject.id, decision.id), title=title, url=url)


def said(person: Person, sources: Sources) -> Iterator[Fact]:
    """What the person has said for the team's report since the last one, quoted; it is its own receipt."""
    for of_day in sources.news_of(person):
        for answer in of_day.answers:
            yield Fact(kind=FactKind.SAID, about=(), name=answer.question, title=f"“{answer.text}”", url="")


class PersonalWork:
    """What the sources say of one person, each thing looked up once."""

    def __init__(self, person: Person, sources: Sources) -> None:
        self._person, self._sources = person, sources
        self.own = [ticket for ticket in sources.tickets if person.tracker_id in {ticket.assignee_id} - {None}]
        self._known = [
            (pr, pr.facts)
            for pr in sources.pull_requests
            if pr.facts and pr.facts.repository_id in sources.repositories
        ]
        self._mine = [(pr, facts) for pr, facts in self._known if self._is_mine(facts)]
        self._finished = {
            ticket.id
            for ticket in self.own
            if ticket.state.type is StateType.COMPLETED and self._sources.is_new(ticket.completed_at)
        }

    def done(self) -> Iterator[Fact | None]:
        """Finished tickets, merged pull requests that are for none of these, reviews given, and what was decided."""
        moved: set[str] = set()
        for ticket in by_urgency((ticket for ticket in self.own if ticket.id in self._finished), self._sources):
            moved.add(ticket.id)
            yield self._ticket(FactKind.DONE, ticket, *self._changes(ticket))
        for pr, facts in self._mine:
            if self._sources.is_new(facts.merged_at) and not pr.ticket_ids & self._finished:
                yield self._sources.about_pull_request(
                    FactKind.DONE, pr, Note(kind=NoteKind.MERGED, at=facts.merged_at)
                )
        for pr, facts in self._known:
            if not self._is_mine(facts) and (review := self._own_review(pr)):
                note = Note(kind=NoteKind.REVIEWED, at=review.submitted_at, what=review.state, url=review.url)
                yield self._sources.about_pull_request(FactKind.DONE, pr, note)
        open_ids = {ticket.id for ticket in self.own if not ticket.state.type.closed}
        for decision in self._sources.decisions:
            head = self._decided(decision)
            if head is not None and head.id not in moved | open_ids and decision.outcome:
                moved.add(head.id)
                note = Note(kind=NoteKind.DECIDED, at=decision.updated_at, url=head.page(decision.outcome.url))
                fact = self._sources.about_ticket(FactKind.DONE, head, note)
                yield fact.model_copy(update={"about": (head.id, decision.id)})

    def shipped(self) -> Iterator[Fact | None]:
        """What of the person's was merged."""
        for pr, facts in self._mine:
            if self._sources.is_new(facts.merged_at):
                yield self._sources.about_pull_request(FactKind.SHIPPED, pr)

    def slipped(self) -> Iterator[Fact]:
        """Open tickets whose date, or whose cycle's end, has come and gone since."""
        first = self._sources.since.astimezone(self._sources.working.zone).date()
        for ticket in by_urgency((ticket for ticket in self.own if not ticket.state.type.closed), self._sources):
            due, ends_at = ticket.due_date, ticket.cycle.ends_at if ticket.cycle else None
            if due is not None and first <= due < self._sources.today:
                yield self._sources.about_ticket(FactKind.SLIPPED, ticket, Note(kind=NoteKind.OVERDUE, day=due))
            elif ends_at is not None and self._sources.is_new(ends_at):
                day = ends_at.astimezone(self._sources.working.zone).date()
                yield self._sources.about_ticket(FactKind.SLIPPED, ticket, Note(kind=NoteKind.CYCLE_ENDED, day=day))

    def unplanned(self) -> Iterator[Fact]:
        """Finished tickets that nobody had thought of when the time began; each says of how many finished ones."""
        for ticket in by_urgency((ticket for ticket in self.own if ticket.id in self._finished), self._sources):
            if ticket.created_at >= self._sources.since:
                note = Note(kind=NoteKind.UNPLANNED, count=len(self._finished))
                yield self._sources.about_ticket(FactKind.UNPLANNED, ticket, note)

    def helped(self) -> Iterator[Fact | None]:
        """Reviews that others gave of the person's pull requests."""
        for pr, _ in self._mine:
            reviews = latest_reviews(pr.reviews.values(), self._sources.since)
            for review in reviews:
                if review.author and not review.author.bot and review.author.login.casefold() != self._person.login:
                    who = self._called([review.author.login])
                    note = Note(
                        kind=NoteKind.REVIEWED, at=review.submitted_at, what=review.state, who=who, url=review.url
                    )
                    yield self._sources.about_pull_request(FactKind.HELP, pr, note)

    def open(self, *, days: int = 1) -> Iterator[Fact | None]:
        """What is in progress, blocked, and next for so many days: each open ticket in one place at most."""
        planned: list[Known] = []
        for ticket in by_urgency((ticket for ticket in self.own if not ticket.state.type.closed), self._sources):
            started = ticket.state.type is StateType.STARTED
            if not started and not is_planned(ticket, self._sources):
                continue
            if holding := tuple(self._holding_up(ticket, started=started)):
                yield self._ticket(FactKind.BLOCKED, ticket, *holding, *self._changes(ticket))
            elif started:
                yield self._ticket(FactKind.IN_PROGRESS, ticket, *self._changes(ticket))
            else:
                planned.append(ticket)
        for ticket in fitting(planned, self.own, self._sources, days):
            notes = [self._sources.said_planned[ticket.id]] if ticket.id in self._sources.said_planned else []
            yield self._ticket(FactKind.NEXT, ticket, *notes, *self._dates(ticket))
        for pr, facts in self._mine:
            if not pr.stage.over:
                yield self._pull_request(pr, facts)

    def waiting(self) -> Iterator[Fact | None]:
        """Reviews that others await, and what we ask about the person's tickets."""
        sources, login = self._sources, self._person.login
        for pr, facts in self._known:
            asked = login in {name.casefold() for name in facts.requested}
            if asked and not self._is_mine(facts) and not pr.stage.over and not facts.draft:
                since = self._awaited_since(pr, facts)
                who = (sources.called(facts.author.login),) if facts.author else ()
                hours = sources.working.hours(since, sources.now)
                note = Note(kind=NoteKind.REVIEW_AWAITED, at=since, who=who, hours=hours)
                fact = sources.about_pull_request(FactKind.WAITING_FOR_ME, pr, note)
                yield fact and fact.model_copy(update={"since": since})
        own = {ticket.id: ticket for ticket in self.own}
        for decision in sources.decisions:
            ticket = own.get(decision.action.about_ticket or "")
            if ticket is not None and decision.awaits_answer and not decision.private:
                url = own_link(decision.evidence[0].url, sources.base_url) if decision.thread else None
                note = _question(decision).model_copy(update={"url": url or ""})
                fact = sources.about_ticket(FactKind.WAITING_FOR_ME, ticket, note)
                asks = f"{decision.id}:{decision.revision}"
                yield fact.model_copy(
                    update={"about": (ticket.id, decision.id), "awaits_answer": asks, "since": decision.updated_at}
                )

    def _pull_request(self, pr: PullRequest, facts: PullRequestFacts) -> Fact | None:
        """Where an open pull request of the person's own belongs; None where its ticket tells of it."""
        sources, stage = self._sources, pr.stage
        asked = {name.casefold() for name in facts.requested}
        wanting = self._reviewers(pr, ReviewState.CHANGES_REQUESTED)
        if stage is Stage.CHANGES_REQUESTED and wanting - asked:
            note = Note(kind=NoteKind.CHANGES_WANTED, who=self._called(wanting))
            return sources.about_pull_request(FactKind.WAITING_FOR_ME, pr, note)
        if holding := tuple(self._held_by_review(pr, facts)):
            tells = any(ticket.id in pr.ticket_ids and self._works_on(ticket) for ticket in self.own)
            return None if tells else sources.about_pull_request(FactKind.BLOCKED, pr, *holding)
        if stage is Stage.APPROVED:
            note = Note(kind=NoteKind.READY_TO_MERGE, who=self._called(self._reviewers(pr, ReviewState.APPROVED)))
            return sources.about_pull_request(FactKind.WAITING_FOR_ME, pr, note)
        if self._awaits_review(pr, facts):
            since = self._awaited_since(pr, facts)
            hours = sources.working.hours(since, sources.now)
            note = Note(kind=NoteKind.REVIEW_AWAITED, at=since, who=self._called(facts.requested), hours=hours)
            fact = sources.about_pull_request(FactKind.WAITING_FOR_OTHERS, pr, note)
            return fact and fact.model_copy(update={"since": since})
        if any(ticket.id in pr.ticket_ids and self._works_on(ticket) for ticket in self.own):
            return None
        notes = [Note(kind=NoteKind.OPENED, at=facts.created_at)] if self._sources.is_new(facts.created_at) else []
        return sources.about_pull_request(FactKind.IN_PROGRESS, pr, *notes)

    def _works_on(self, ticket: Known) -> bool:
        return not ticket.state.type.closed and (
            ticket.state.type is StateType.STARTED or is_planned(ticket, self._sources)
        )

    def _holding_up(self, ticket: Known, *, started: bool) -> Iterator[Note]:
        """What keeps a ticket from going on; what the person is to do first oneself comes first, and blocks nothing."""
        for other in self._sources.blocked_by.get(ticket.id, ()):
            if started or other.assignee_id != self._person.tracker_id:
                named = other.team_id in self._sources.public or other.team_id == ticket.team_id
                who = (other.assignee_name,) if named and other.assignee_name else ()
                what, url = (other.key, other.url) if named else ("", "")
                yield Note(kind=NoteKind.BLOCKED_BY, what=what, who=who, url=url)
        for label in ticket.labels:
            if LABEL_OF_BLOCKED in label.casefold():
                yield Note(kind=NoteKind.LABELLED, what=label)
        if said := self._sources.said_blocked.get(ticket.id):
            yield said
        for pr, facts in self._built_for(ticket):
            yield from self._held_by_review(pr, facts)

    def _held_by_review(self, pr: PullRequest, facts: PullRequestFacts) -> Iterator[Note]:
        """Checks that fail, or a review that comes late."""
        sources = self._sources
        name = sources.name_of(facts)
        url = facts.url if name else ""
        if pr.stage.over or facts.draft:
            return
        if sources.checks.get((facts.repository_id, facts.head)) is CheckResult.FAILED:
            yield Note(kind=NoteKind.CHECKS_FAIL, what=name, url=url)
        if self._awaits_review(pr, facts):
            since = self._awaited_since(pr, facts)
            hours = sources.working.hours(since, sources.now)
            if hours >= REVIEW_LATE_AFTER:
                who = self._called(facts.requested)
                yield Note(kind=NoteKind.REVIEW_LATE, at=since, what=name, who=who, url=url, hours=hours)

    def _changes(self, ticket: Known) -> Iterator[Note]:
        return changes(ticket, self._built_for(ticket), self._sources)

    def _dates(self, ticket: Known) -> Iterator[Note]:
        """By when a ticket is wanted, and for whom."""
        today = self._sources.today
        if ticket.due_date is not None and ticket.due_date < today:
            yield Note(kind=NoteKind.OVERDUE, day=ticket.due_date)
        elif ticket.due_date is not None:
            yield Note(kind=NoteKind.DUE, day=ticket.due_date)
        if ticket.priority == URGENT:
            yield Note(kind=NoteKind.URGENT)
        ends_at = ticket.cycle.ends_at if ticket.cycle else None
        if ends_at is not None and timedelta() < ends_at - self._sources.now <= SOON:
            yield Note(kind=NoteKind.CYCLE_ENDS, day=ends_at.astimezone(self._sources.working.zone).date())
        waiting = [other for other in self._sources.blocks.get(ticket.id, ()) if other.team_id in self._sources.public]
        for other in waiting:
            who = (other.assignee_name,) if other.assignee_name else ()
            yield Note(kind=NoteKind.UNBLOCKS, what=other.key, who=who, url=other.url)

    def _ticket(self, kind: FactKind, ticket: Known, *notes: Note) -> Fact:
        extra = () if kind in {FactKind.NEXT, FactKind.DONE} else tuple(self._dates(ticket))
        theme = ticket.project.name or "" if ticket.project else ""
        return self._sources.about_ticket(kind, ticket, *notes, *extra, theme=theme)

    def _built_for(self, ticket: Known) -> Iterator[tuple[PullRequest, PullRequestFacts]]:
        for pr, facts in self._known:
            link = pr.link_to(ticket.id)
            if link is not None and link.kind is not LinkKind.MENTIONS:
                yield pr, facts

    def _is_mine(self, facts: PullRequestFacts) -> bool:
        actors = (facts.author, *facts.assignees)
        return self._person.login is not None and any(a and a.login.casefold() == self._person.login for a in actors)

    def _own_review(self, pr: PullRequest) -> Review | None:
        reviews = latest_reviews(pr.reviews.values(), self._sources.since)
        return next((r for r in reviews if r.author and r.author.login.casefold() == self._person.login), None)

    def _awaits_review(self, pr: PullRequest, facts: PullRequestFacts) -> bool:
        """Whether it is its reviewers' turn: also again, of those who wanted changes."""
        return pr.stage in {Stage.REVIEW_REQUESTED, Stage.CHANGES_REQUESTED} and bool(facts.requested)

    def _reviewers(self, pr: PullRequest, state: ReviewState) -> Set[str]:
        """The logins, in lower case, of those who said so last."""
        return {login.casefold() for login, review in pr.opinions.items() if review.author and review.state is state}

    def _called(self, logins: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._sources.called(login) for login in logins))

    def _awaited_since(self, pr: PullRequest, facts: PullRequestFacts) -> datetime:
        """Since when a review is awaited, as far as is known: since it was opened, or reviewed by any of these last."""
        asked = {name.casefold() for name in facts.requested}
        given = (r.submitted_at for r in pr.reviews.values() if r.author and r.author.login.casefold() in asked)
        return max((facts.created_at, *given))

    def _decided(self, decision: Decision) -> TicketHead | None:
        """The ticket that something was done about because this person said so."""
        by_person = decision.decided_by is not None and decision.decided_by == self._person.chat_id
        if not by_person or decision.private or decision.state is not DecisionState.DONE or not decision.outcome:
            return None
        created = decision.outcome.external_id if isinstance(decision.action, CreateTicket) else None
        head = self._sources.head(created or decision.action.about_ticket or "")
        return head if head is not None and decision.outcome.changed else None


_FOCUS: Sequence[tuple[FactKind, NoteKind]] = (
    (FactKind.IN_PROGRESS, NoteKind.OVERDUE),
    (FactKind.NEXT, NoteKind.OVERDUE),
    (FactKind.WAITING_FOR_ME, NoteKind.REVIEW_AWAITED),
    (FactKind.WAITING_FOR_ME, NoteKind.CHANGES_WANTED),
    (FactKind.WAITING_FOR_ME, NoteKind.READY_TO_MERGE),
    (FactKind.IN_PROGRESS, NoteKind.UNBLOCKS),
    (FactKind.NEXT, NoteKind.UNBLOCKS),
    (FactKind.IN_PROGRESS, NoteKind.URGENT),
    (FactKind.NEXT, NoteKind.URGENT),
    (FactKind.IN_PROGRESS, NoteKind.DUE),
    (FactKind.NEXT, NoteKind.DUE),
    (FactKind.IN_PROGRESS, NoteKind.CYCLE_ENDS),
)
"""What to begin with, most pressing first, and the note that is the reason."""


def focus(facts: Sequence[Fact], sources: Sources) -> Sequence[Fact]:
    """At most three things to begin with, each with its one reason; what is begun comes before what is not."""
    chosen: dict[tuple[str, ...], Fact] = {}
    for kind, reason in _FOCUS:
        for fact in facts:
            pressing = [note for note in fact.notes if note.kind is reason and _presses(note, sources)]
            if fact.kind is kind and pressing:
                chosen.setdefault(fact.about, _in_focus(fact, pressing[0]))
    for fact in facts:
        if fact.kind is FactKind.IN_PROGRESS:
            chosen.setdefault(fact.about, _in_focus(fact, Note(kind=NoteKind.UNDERWAY)))
    return list(chosen.values())[:MOST_IN_FOCUS]


def _in_focus(fact: Fact, reason: Note) -> Fact:
    return fact.model_copy(update={"kind": FactKind.FOCUS, "notes": (reason,)})


def _presses(note: Note, sources: Sources) -> bool:
    """Whether something is worth beginning with because of it: of reviews and due dates, not before their time."""
    if note.kind is NoteKind.REVIEW_AWAITED:
        return (note.hours or 0) >= HOURS_A_DAY
    if note.kind is NoteKind.DUE:
        return note.day is not None and note.day - sources.today <= SOON
    return True


def _question(decision: Decision) -> Note:
    action = decision.action
    undo = decision.state is not DecisionState.PROPOSED
    kind = NoteKind.UNDO_AWAITED if undo else NoteKind.ANSWER_AWAITED
    what = action.to.name if isinstance(action, MoveTicket) else ""
    return Note(kind=kind, at=decision.updated_at, what=what, asks=action.kind)
