"""Read what all sources say of some people's work: as many reads however much the team has, but for its log."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from pm_assistant.domain.actions import Comment, CreateTicket
from pm_assistant.domain.code import Commit, PullRequest
from pm_assistant.domain.decisions import Decision, DecisionState
from pm_assistant.domain.facts import Note, NoteKind, Person, Sources
from pm_assistant.domain.index import Known, TeamIndex, TicketHead
from pm_assistant.domain.planned import PACE_OF
from pm_assistant.domain.planning import RelationRole, TicketComment
from pm_assistant.domain.questions import Meaning, ReportAnswers
from pm_assistant.domain.tenants import Member, Standing, Tenant
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import StateType, own_link
from pm_assistant.domain.working_time import WorkingTime
from pm_assistant.language import text
from pm_assistant.language.blockers import says_held_up
from pm_assistant.language.excerpts import short_title
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.reports.said import answers_of, said_of_work
from pm_assistant.workflows.tenants.audience import open_to_all

MOST_OPEN = 50
"""Open tickets of one person that are looked at, the ones in progress first, and of these those changed last."""
MOST_FINISHED = 100
MOST_LOOKED_INTO = 25
"""Tickets of one person of which everything is read that hangs on them."""
MOST_COMMENTS, MOST_RELATIONS = 20, 50
"""Of one ticket."""
MOST_TALK = 50
"""Conversations without a ticket whose words are read, the latest."""
MOST_AMONG = 200
"""Rows of a kind, of whichever tickets, that are read at once: no dearer than to ask for each of those looked into."""


def person_of(member: Member, unit: Unit) -> Person:
    """Whose accounts are whose."""
    chat, accounts = unit.provider(Role.CHAT), member.accounts
    login = accounts.get(unit.provider(Role.CODE_HOST))
    return Person(
        name=member.name,
        tracker_id=accounts.get(unit.provider(Role.TRACKER)),
        login=login.casefold() if login else None,
        chat_id=accounts.get(chat),
        # Guests see a part of what the team may read, and who is not in the chat none.
        reads_all=member.standings.get(chat) is Standing.MEMBER,
        not_mine=frozenset(member.not_mine),
        id=member.id,
    )


@dataclass(frozen=True)
class Found:
    """What is read once, whoever is told.

    Attributes:
        log: reads the decisions since people were told last; once, however often it is asked.
        for_others: somebody else is to read it.
        is_untold: as of `Sources`.
    """

    tenant: Tenant
    index: TeamIndex
    log: Callable[[], Sequence[Decision]]
    since: datetime
    at: datetime
    for_others: bool = False
    is_untold: Callable[[ReportAnswers], bool] | None = None


def sources_of(
    people: Sequence[Person], found: Found, unit: Unit, *, working: WorkingTime, quoted: bool = True
) -> Sources:
    """Read everything that concerns the work of these people, who work when it is said.

    Where what they said is not `quoted`, it is read only if their team asks what holds them up or what comes next.
    """
    index, at = found.index, found.at
    stores, planning, tenant_id = unit.stores, unit.stores.planning, unit.tenant_id
    public = {team.id for team in open_to_all(index.teams)}
    own = (head for person in people for head in _heads(person, index, min(found.since, at - PACE_OF)))
    tickets = [*{head.id: head for head in own}.values()]
    looked_into = [head.id for person in people for head in _looked_into(person, tickets)]
    logins, today = [person.login for person in people if person.login], at.astimezone(working.zone).date()
    with unit.side_by_side() as reads:
        found_log = reads.submit(found.log)  # First, as it is the longest.
        found_relations = _of_all(
            reads,
            looked_into,
            partial(planning.relations_among, tenant_id, looked_into, limit=MOST_RELATIONS, most=MOST_AMONG),
            lambda id: planning.relations(tenant_id, id, limit=MOST_RELATIONS),
        )
        found_comments = _of_all(
            reads,
            looked_into,
            partial(planning.comments_among, tenant_id, looked_into, limit=MOST_COMMENTS, most=MOST_AMONG),
            lambda id: planning.comments(tenant_id, id, limit=MOST_COMMENTS),
        )
        found_linked = _of_all(
            reads,
            looked_into,
            partial(stores.code.pull_requests_among, tenant_id, looked_into, most=MOST_AMONG),
            lambda id: stores.code.pull_requests_of(tenant_id, id),
        )
        found_answers = reads.submit(answers_of, people if quoted or _asks_of_work(found.tenant) else (), today, unit)
        found_own = _each(reads, logins, lambda login: stores.code.pull_requests_with(tenant_id, login))
        decisions, relations, comments, linked = found_log.result(), found_relations(), found_comments(), found_linked()
        pull_requests = _distinct([*linked.values(), *found_own().values()])
        found_talk = reads.submit(_said_untracked, decisions, found, unit)
        # Most people's work has none, and then nobody asks where they are, or whether their checks pass.
        found_repositories = reads.submit(stores.code.repositories, tenant_id) if pull_requests else None
        commits: list[Commit] = [
            (pr.facts.repository_id, pr.facts.head) for pr in pull_requests if pr.facts and not pr.stage.over
        ]
        checks = stores.code.checks(tenant_id, commits) if commits else {}
        said_untracked = found_talk.result()
    repositories = found_repositories.result() if found_repositories else ()
    related = {id: [each.seen_from(id) for each in found] for id, found in relations.items()}
    answers, base_url = found_answers.result(), index.base_urls.get(unit.provider(Role.CHAT))
    said = said_of_work(answers, people, tickets, today)
    return Sources(
        now=at,
        since=found.since,
        working=working,
        tickets=tickets,
        head=index.tickets.get,
        blocked_by=_others(related, RelationRole.BLOCKED_BY, index),
        blocks=_others(related, RelationRole.BLOCKS, index),
        pull_requests=pull_requests,
        checks={commit: result for commit, of_commit in checks.items() if (result := of_commit.result)},
        repositories={repository.id: repository for repository in repositories},
        decisions=decisions,
        comments=comments,
        said_blocked={**_said_blocked(tickets, comments, decisions, base_url), **said.blocked},
        answers=answers,
        is_untold=found.is_untold,
        said_untracked=said_untracked,
        said_planned=said.planned,
        said_otherwise=said.otherwise,
        public=public,
        private_code=found.tenant.settings.private_code,
        names=_names(index, unit),
        base_url=base_url,
        for_others=found.for_others,
    )


def _asks_of_work(tenant: Tenant) -> bool:
    """Whether what people answer counts for their tickets, and is more than words for their team."""
    return any(question.meaning is not Meaning.FREE for question in tenant.settings.report_questions)


def _heads(person: Person, index: TeamIndex, since: datetime) -> Sequence[TicketHead]:
    """A person's open tickets, and those that tell how fast work goes."""
    if person.tracker_id is None:
        return ()
    own = [head for head in index.tickets.of_assignee(person.tracker_id) if head.id not in person.not_mine]
    order = [StateType.STARTED, StateType.UNSTARTED, StateType.OTHER, StateType.TRIAGE, StateType.BACKLOG]
    still_open = sorted((h for h in own if not h.state.type.closed), key=lambda head: order.index(head.state.type))
    finished = (head for head in own if head.completed_at is not None and head.completed_at >= since)
    return [*still_open[:MOST_OPEN], *islice(finished, MOST_FINISHED)]


def _looked_into(person: Person, heads: Iterable[TicketHead]) -> Sequence[TicketHead]:
    """Those of which everything is read: the open ones first."""
    own = [head for head in heads if head.assignee_id == person.tracker_id]
    return sorted(own, key=lambda head: head.state.type.closed)[:MOST_LOOKED_INTO]


def _of_all[T](
    reads: Executor,
    names: Collection[str],
    among: Callable[[], Mapping[str, T] | None],
    read: Callable[[str], T],
) -> Callable[[], Mapping[str, T]]:
    """Read something of all these at once; where that would be too much else besides, of each by itself."""
    at_once = reads.submit(among)

    def wait() -> Mapping[str, T]:
        found = at_once.result()
        return _each(reads, names, read)() if found is None else found

    return wait


def _each[T](reads: Executor, names: Collection[str], read: Callable[[str], T]) -> Callable[[], Mapping[str, T]]:
    """Read something for each of these at the same time; what is returned waits for it."""
    found = {name: reads.submit(read, name) for name in dict.fromkeys(names)}
    return lambda: {name: each.result() for name, each in found.items()}


def _distinct(found: Iterable[Iterable[PullRequest]]) -> Sequence[PullRequest]:
    by_id = {pull_request.id: pull_request for some in found for pull_request in some}
    return [by_id[id] for id in sorted(by_id)]


def _others(
    related: Mapping[str, Sequence[tuple[RelationRole, str]]], role: RelationRole, index: TeamIndex
) -> Mapping[str, Sequence[TicketHead]]:
    """The open tickets that each of these has in a role, by key."""
    heads = {id: {index.tickets.get(other) for each, other in pairs if each is role} for id, pairs in related.items()}
    still_open = {id: [h for h in found if h is not None and not h.state.type.closed] for id, found in heads.items()}
    return {id: sorted(found, key=lambda head: head.key) for id, found in still_open.items() if found}


def _names(index: TeamIndex, unit: Unit) -> Mapping[str, str]:
    host = unit.provider(Role.CODE_HOST)
    return {member.accounts[host].casefold(): member.name for member in index.people if host in member.accounts}


def _said_untracked(decisions: Sequence[Decision], found: Found, unit: Unit) -> Mapping[str, str]:
    """What talk without a ticket began with, as short as a title; of what everybody may read and still stands."""
    reads = found.tenant.settings.channels.reads
    talk = [
        each
        for each in sorted(decisions, key=lambda each: each.as_of, reverse=True)
        if each.untracked and not isinstance(each.action, CreateTicket) and not (each.private or each.outside)
    ]
    cited = {each.id: each.places_of(each.evidence[0]) for each in talk[:MOST_TALK] if reads(each.subject.channel)}
    if not cited:
        return {}
    chat = unit.provider(Role.CHAT)
    names = {member.accounts[chat]: member.name for member in found.index.people if chat in member.accounts}
    messages = unit.stores.messages.some(unit.tenant_id, {place for places in cited.values() for place in places})
    public = (message for message in messages if not (message.deleted or message.private))
    said = {message.place: text.plain(message.text, names) for message in public}
    words = {id: next((said[place] for place in places if said.get(place)), "") for id, places in cited.items()}
    return {id: short_title(first) for id, first in words.items() if first}


def _said_blocked(
    tickets: Iterable[Known],
    comments: Mapping[str, Sequence[TicketComment]],
    decisions: Sequence[Decision],
    base_url: str | None,
) -> Mapping[str, Note]:
    """What was said last of each of these about whether it can go on, where that is that it cannot."""
    by_ticket = {ticket.id: ticket for ticket in tickets if not ticket.state.type.closed}
    last: dict[str, Note | None] = {}
    at: dict[str, datetime] = {}

    def hear(ticket: Known, words: str, note: Note, said_at: datetime) -> None:
        held_up = says_held_up(words)
        if held_up is not None and said_at >= at.get(ticket.id, said_at):
            last[ticket.id], at[ticket.id] = (note if held_up else None), said_at

    for id, said in comments.items():
        for comment in said if id in by_ticket else ():
            who = (comment.author_name,) if comment.author_name else ()
            url = by_ticket[id].page(comment.url or "")
            note = Note(kind=NoteKind.SAID_BLOCKED, at=comment.created_at, who=who, url=url)
            hear(by_ticket[id], comment.text, note, comment.created_at)
    for decision in decisions:
        ticket = by_ticket.get(decision.action.about_ticket or "")
        if ticket and not decision.private and decision.state not in {DecisionState.DISMISSED, DecisionState.UNDONE}:
            words = decision.action.summary if isinstance(decision.action, Comment) else decision.reason
            url = own_link(decision.evidence[-1].url, base_url) or ""
            hear(ticket, words, Note(kind=NoteKind.SAID_BLOCKED, at=decision.as_of, url=url), decision.as_of)
    return {id: note for id, note in last.items() if note is not None}
