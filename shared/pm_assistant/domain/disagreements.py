"""Where what a team says, plans and builds does not agree.

Each disagreement names what it rests on, and is found from what the sources say now: nothing is remembered of it, and
it is gone as soon as they agree. What they will put right by themselves within moments is none.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from pydantic import AwareDatetime, Field

from pm_assistant.domain.actions import MoveTicket
from pm_assistant.domain.bots import AuthorKind, Bots
from pm_assistant.domain.code import PullRequest, PullRequestFacts
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.index import Known
from pm_assistant.domain.model import Model
from pm_assistant.domain.tenants import PrivateCode
from pm_assistant.domain.trees import MOST_SHOWN, Forest, closed_at
from pm_assistant.domain.work import StateType

MOMENTS = timedelta(minutes=15)
"""Within which the tracker's own automation is not late, nor whoever puts right what a merge or a move has left."""
A_DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=14)
"""How old work without a ticket may be that is still worth telling."""


class DisagreementKind(StrEnum):
    """What does not agree."""

    MERGED_BUT_OPEN = "merged_but_open"
    """Everything that was to close a ticket is merged or closed, and the ticket is open."""
    DONE_BUT_BUILDING = "done_but_building"
    """A ticket is done, and a pull request that is to close it is open."""
    REVERTED_BUT_DONE = "reverted_but_done"
    """A ticket is done, and its work was taken back since."""
    SAID_DONE_BUT_OPEN = "said_done_but_open"
    """People said that a ticket is done, and it stands where it stood."""
    CHILDREN_DONE_BUT_OPEN = "children_done_but_open"
    """All that is below a ticket is closed, some of it done, and the ticket is open."""
    CLOSED_BUT_CHILDREN_OPEN = "closed_but_children_open"
    """A ticket is closed, and what was below it then is open."""
    STALLED = "stalled"
    """A ticket is in progress, and for days nobody has said or built anything for it."""
    WORK_WITHOUT_TICKET = "work_without_ticket"
    """People build what no ticket is about."""


class Receipt(Model):
    """What a disagreement rests on: one thing that can be looked at."""

    text: str = Field(description="what it is called")
    url: str


class Disagreement(Model):
    """One of them.

    Attributes:
        id: the same as long as it is about the same things.
    """

    id: str
    kind: DisagreementKind = Field(description="what does not agree")
    since: AwareDatetime = Field(description="since when they disagree")
    ticket_id: str | None = Field(default=None, description="the tracker's id of the ticket that it is about, if any")
    pull_request_id: str | None = Field(default=None, description="the pull request that it is about, if any")
    receipts: tuple[Receipt, ...] = Field(description="what it rests on")


@dataclass(frozen=True)
class Picture:
    """What the sources say at one moment.

    Attributes:
        tickets: those that are open, and those that were done lately.
        pull_requests: those that are open, and those that were merged or closed lately.
        decisions: those of late.
        bots: which accounts at the code host are programs.
        repository_names: of the repositories that we may read, by id.
        private: ids of those that are not for everybody.
        private_code: how much of those everybody sees.
        forest: all tickets, also those that not everybody may read, as they hang together.
        stalls_after: how long a ticket in progress may be silent.
    """

    now: datetime
    tickets: Sequence[Known]
    pull_requests: Sequence[PullRequest]
    decisions: Sequence[Decision] = ()
    bots: Bots = field(default_factory=Bots)
    repository_names: Mapping[str, str] = field(default_factory=dict)
    private: Set[str] = frozenset()
    private_code: PrivateCode = PrivateCode.LINKS
    stalls_after: timedelta = timedelta(days=7)
    forest: Forest = field(default_factory=lambda: Forest(tickets=(), teams={}))

    def shows(self, facts: PullRequestFacts) -> bool:
        """Whether everybody may know of a pull request; it counts all the same."""
        return self.private_code is not PrivateCode.NOTHING or facts.repository_id not in self.private

    def shows_words(self, facts: PullRequestFacts) -> bool:
        """Whether everybody may read it."""
        return self.private_code is PrivateCode.EVERYTHING or facts.repository_id not in self.private

    def may_disagree(self, ticket: Known) -> bool:
        """Whether there is anything to look at: of most of a large team's tickets nobody says anything else."""
        return (
            ticket.id in self.linked
            or ticket.id in self.decided
            or ticket.id in self.forest.below
            or (ticket.state.type is StateType.STARTED and self.now - ticket.updated_at >= self.stalls_after)
        )

    def waits(self, ticket: Known, *, work_is_over: bool) -> timedelta:
        """How long the tracker may take to move a ticket itself; no time where its team does not have that done."""
        team = self.forest.teams.get(ticket.team_id)
        return MOMENTS if team is None or team.moves_itself(work_is_over=work_is_over) else timedelta(0)

    @cached_property
    def readable(self) -> Sequence[tuple[PullRequest, PullRequestFacts]]:
        """The pull requests that are known, in repositories that we may read."""
        known = ((pull_request, pull_request.facts) for pull_request in self.pull_requests if pull_request.facts)
        return [(pr, facts) for pr, facts in known if facts.repository_id in self.repository_names]

    @property
    def unlinked(self) -> Iterator[tuple[PullRequest, PullRequestFacts]]:
        """What people and their agents build lately, and what no ticket is about.

        What was closed unmerged came to nothing, and drafts may yet name one.
        """
        for pr, facts in self.readable:
            links, lasting = pr.ticket_links, facts.merged_at or not (facts.closed_at or facts.draft)
            if (
                links is not None
                and links.wants_ticket
                and not pr.ticket_ids
                and self.bots.kind(facts.author) in {AuthorKind.HUMAN, AuthorKind.CODING_AGENT}
                and lasting
                and self.now - (facts.merged_at or facts.created_at) <= LOOKED_BACK
                and self.shows(facts)
            ):
                yield pr, facts

    @cached_property
    def linked(self) -> Mapping[str, Sequence[tuple[PullRequest, PullRequestFacts]]]:
        """Those of them that each ticket hangs together with, by the ticket's id."""
        linked: dict[str, list[tuple[PullRequest, PullRequestFacts]]] = defaultdict(list)
        for pull_request, facts in self.readable:
            for ticket_id in pull_request.ticket_ids:
                linked[ticket_id].append((pull_request, facts))
        return dict(linked)

    @cached_property
    def decided(self) -> Mapping[str, Sequence[Decision]]:
        """The decisions about each ticket, by its id."""
        decided: dict[str, list[Decision]] = defaultdict(list)
        for decision in self.decisions:
            if decision.action.about_ticket is not None:
                decided[decision.action.about_ticket].append(decision)
        return dict(decided)


def disagreements(picture: Picture) -> Sequence[Disagreement]:
    """Every disagreement, that which has lasted longest first; at most one of a kind about a thing."""
    found = list(_without_ticket(picture))
    for ticket in filter(picture.may_disagree, picture.tickets):
        look = _closed if ticket.state.type.closed else _open_ticket
        found += look(ticket, picture.linked.get(ticket.id, ()), picture)
    return sorted(found, key=lambda each: (each.since, each.id))


type _Linked = Sequence[tuple[PullRequest, PullRequestFacts]]


def _open_ticket(ticket: Known, linked: _Linked, picture: Picture) -> Iterator[Disagreement]:
    """At most one: what was merged, or else what was said, or else what was done below it, or else that nothing was."""
    closing = [(pr, facts) for pr, facts in linked if pr.closes(ticket.id)]
    if any(facts.merged_at for _, facts in closing) and all(pr.stage.over for pr, _ in closing):
        yield from _merged_but_open(ticket, closing, linked, picture)
    elif said := _said_done(ticket, picture):
        yield said
    elif below := picture.forest.finished(ticket):
        yield from _among_tickets(DisagreementKind.CHILDREN_DONE_BUT_OPEN, ticket, below, picture)
    elif all(pr.stage.over for pr, _ in linked):
        yield from _stalled(ticket, linked, picture)


def _merged_but_open(ticket: Known, closing: _Linked, linked: _Linked, picture: Picture) -> Iterator[Disagreement]:
    """Unless the work was taken back since."""
    merged = [(pr, facts) for pr, facts in closing if facts.merged_at]
    last_merge = max(facts.merged_at for _, facts in merged if facts.merged_at)
    taken_back = any(at > last_merge for at, _, _ in _merged_reverts(ticket, linked))
    since = max(facts.closed_at or facts.at for _, facts in closing)
    if not taken_back and picture.now - since >= picture.waits(ticket, work_is_over=True):
        yield from _shown(DisagreementKind.MERGED_BUT_OPEN, ticket, since, merged, picture)


def _merged_reverts(ticket: Known, linked: _Linked) -> Sequence[tuple[datetime, PullRequest, PullRequestFacts]]:
    """What took the ticket's work back, and when."""
    return [
        (facts.merged_at, pr, facts)
        for pr, facts in linked
        if facts.merged_at and pr.ticket_links and ticket.id in pr.ticket_links.contradicts
    ]


def _said_done(ticket: Known, picture: Picture) -> Disagreement | None:
    """By the first of those who said so and were not contradicted: what was dismissed was no such word."""
    standing = {DecisionState.PROPOSED, DecisionState.LOGGED, DecisionState.FAILED}
    said = [
        decision
        for decision in picture.decided.get(ticket.id, ())
        if isinstance(decision.action, MoveTicket)
        and decision.action.to.type is StateType.COMPLETED
        and decision.state in standing
        and not decision.private
        and picture.now - decision.created_at >= A_DAY
    ]
    if not said:
        return None
    first = min(said, key=lambda decision: (decision.created_at, decision.id))
    receipts = [_receipt(ticket), *(Receipt(text="what was said", url=each.url) for each in first.evidence)]
    kind = DisagreementKind.SAID_DONE_BUT_OPEN
    return Disagreement(
        id=_id(kind, ticket.id), kind=kind, since=first.created_at, ticket_id=ticket.id, receipts=tuple(receipts)
    )


def _stalled(ticket: Known, linked: _Linked, picture: Picture) -> Iterator[Disagreement]:
    """Nothing open is built for it: what was last heard of it, anywhere, is long ago."""
    if ticket.state.type is not StateType.STARTED:
        return
    heard = [ticket.updated_at, *(facts.at for _, facts in linked)]
    heard += [decision.updated_at for decision in picture.decided.get(ticket.id, ())]
    if picture.now - max(heard) >= picture.stalls_after:
        yield _about(DisagreementKind.STALLED, ticket, max(heard), [], picture)


def _closed(ticket: Known, linked: _Linked, picture: Picture) -> Iterator[Disagreement]:
    if left_open := picture.forest.left_open(ticket):
        yield from _among_tickets(DisagreementKind.CLOSED_BUT_CHILDREN_OPEN, ticket, left_open, picture)
    yield from _done(ticket, linked, picture)


def _among_tickets(
    kind: DisagreementKind, ticket: Known, below: Sequence[Known], picture: Picture
) -> Iterator[Disagreement]:
    """With what is below as its receipts: since the last of it was closed, or else since the ticket itself was."""
    since = max((closed_at(each) for each in below if each.state.type.closed), default=closed_at(ticket))
    if picture.now - since >= MOMENTS:
        receipts = tuple(_receipt(each) for each in (ticket, *below[:MOST_SHOWN]))
        yield Disagreement(id=_id(kind, ticket.id), kind=kind, since=since, ticket_id=ticket.id, receipts=receipts)


def _done(ticket: Known, linked: _Linked, picture: Picture) -> Iterator[Disagreement]:
    done_at = ticket.completed_at
    if ticket.state.type is not StateType.COMPLETED or done_at is None:
        return
    closing = [(pr, facts) for pr, facts in linked if pr.closes(ticket.id)]
    building = [(pr, facts) for pr, facts in closing if not pr.stage.over and not facts.draft]
    merges = [facts.merged_at for _, facts in closing if facts.merged_at]
    standing = [
        revert
        for revert in _merged_reverts(ticket, linked)
        if revert[0] > done_at and not any(merged_at > revert[0] for merged_at in merges)
    ]
    if building:
        since = max(done_at, min(facts.created_at for _, facts in building))
        if picture.now - since >= MOMENTS:
            yield from _shown(DisagreementKind.DONE_BUT_BUILDING, ticket, since, building, picture)
    elif standing and picture.now - (since := min(at for at, _, _ in standing)) >= MOMENTS:
        reverts = [(pr, facts) for _, pr, facts in standing]
        yield from _shown(DisagreementKind.REVERTED_BUT_DONE, ticket, since, reverts, picture)


def _without_ticket(picture: Picture) -> Iterator[Disagreement]:
    """Whoever built it had a day to name one."""
    for pr, facts in picture.unlinked:
        if picture.now - facts.created_at >= A_DAY:
            kind = DisagreementKind.WORK_WITHOUT_TICKET
            yield Disagreement(
                id=_id(kind, pr.id),
                kind=kind,
                since=facts.created_at,
                pull_request_id=pr.id,
                receipts=(_pull_request_receipt(facts, picture),),
            )


def _shown(
    kind: DisagreementKind, ticket: Known, since: datetime, pull_requests: _Linked, picture: Picture
) -> Iterator[Disagreement]:
    """By those that everybody may know of; where it rests on others alone, nothing is told."""
    if shown := [(pr, facts) for pr, facts in pull_requests if picture.shows(facts)]:
        yield _about(kind, ticket, since, shown, picture)


def _about(
    kind: DisagreementKind, ticket: Known, since: datetime, pull_requests: _Linked, picture: Picture
) -> Disagreement:
    receipts = [_receipt(ticket), *(_pull_request_receipt(facts, picture) for _, facts in pull_requests)]
    return Disagreement(id=_id(kind, ticket.id), kind=kind, since=since, ticket_id=ticket.id, receipts=tuple(receipts))


def _receipt(ticket: Known) -> Receipt:
    return Receipt(text=f"{ticket.key} {ticket.title}", url=ticket.url)


def _pull_request_receipt(facts: PullRequestFacts, picture: Picture) -> Receipt:
    name = f"{picture.repository_names[facts.repository_id]}#{facts.number}"
    return Receipt(text=f"{name} {facts.title}" if picture.shows_words(facts) else name, url=facts.url)


def _id(kind: DisagreementKind, about: str) -> str:
    return hashlib.sha256(f"{kind}|{about}".encode()).hexdigest()[:16]
