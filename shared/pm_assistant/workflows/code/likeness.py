"""Find the ticket that a pull request is for which names none, ask whether it is, and link the two where it is."""

from collections.abc import Iterator, Sequence

from pm_assistant.domain.actions import LinkPullRequest
from pm_assistant.domain.answers import LIKE, Subject
from pm_assistant.domain.code import ChosenLink, PullRequest, PullRequestFacts, PullRequestId
from pm_assistant.domain.decisions import Decision, DecisionState, Evidence, Outcome, decision_id
from pm_assistant.domain.disagreements import Picture
from pm_assistant.domain.errors import Gone, UpstreamRejected
from pm_assistant.domain.index import TeamIndex
from pm_assistant.domain.languages import Translatable
from pm_assistant.domain.links import LinkKind, LinkMaker, LinkRules
from pm_assistant.domain.policy import POLICY_VERSION, ruled
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.trees import closed_at
from pm_assistant.domain.vendors import Role
from pm_assistant.domain.work import Conversation, Message, MessageId, Ticket
from pm_assistant.language.likeness import likeness, subject_of
from pm_assistant.language.pull_requests import is_unfinished
from pm_assistant.language.retrieval import Ranking
from pm_assistant.language.statements import SURE_OF_NAME
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.code.asking import log_and_ask, replace_and_show
from pm_assistant.workflows.code.linking import link_to_tickets
from pm_assistant.workflows.tenants.audience import open_to_all

LIKELY, CLEARLY = 0.6, 0.2
"""How alike the two have to be, and by how much more than any other ticket."""
MOST_SURE = 0.75
"""However alike they are: words alone show what both are about, and not that the one is for the other."""
MOST_COMPARED = 50
"""Pull requests that are compared in one look, the latest ones."""
AGREED = "the pull request names a ticket, came to nothing, or is like none any more"
REASON = "Both are about the same, and no other ticket is"
JUDGED_BY = "rules"
LINKED = '{"operation": "link"}'
"""What takes a link back is known by the action."""


def look_for_tickets(picture: Picture, tenant: Tenant, unit: Unit) -> None:
    """Ask once of each pull request without a ticket whether it is for the one that it is clearly like.

    What was asked stays as it is until its words change; it is withdrawn where the pull request has a ticket by now or
    came to nothing, and what people have refused is not asked again.

    Raises:
        Conflict: a decision was changed at that very moment; repeat.
    """
    logged = {decision.id: decision for decision in unit.stores.decisions.between(tenant.id, LIKE, "", "~")}
    by_subject = {decision.subject: decision for decision in logged.values()}
    unlinked = sorted(picture.unlinked, key=lambda each: each[1].at, reverse=True)[:MOST_COMPARED]
    unchanged: list[Decision] = []
    compared: list[tuple[PullRequest, PullRequestFacts]] = []
    for pull_request, facts in unlinked:
        before = by_subject.get(Subject.alike(pull_request.id))
        if before is None or _is_withdrawn(before) or _says_something_else(before, pull_request):
            compared.append((pull_request, facts))
        else:
            unchanged.append(before)
    called_for = log_and_ask([*unchanged, *_proposals(compared, picture, tenant, unit)], logged, unit)
    for id in logged.keys() - {decision.id for decision in called_for}:
        if logged[id].state is DecisionState.PROPOSED:
            replace_and_show(logged[id].withdrawn(AGREED, at=unit.now()), logged[id], unit)


def planned_link(action: LinkPullRequest, unit: Unit) -> Outcome:
    """What the link is going to leave.

    Raises:
        Gone: the ticket is not there any more.
        UpstreamRejected: the pull request is not.
    """
    known = unit.stores.code.pull_request(unit.tenant_id, PullRequestId(action.pull_request_id))
    if known is None or known.facts is None:
        raise UpstreamRejected(Translatable("the pull request is not known any more"))
    if not unit.stores.tickets.some(unit.tenant_id, [action.ticket_id]):
        raise Gone(Translatable("the ticket is not there any more"))
    return Outcome(external_id=action.pull_request_id, url=known.facts.url, inverse=LINKED)


def choose_link(action: LinkPullRequest, decision: Decision, unit: Unit) -> Outcome:
    """Link a pull request with the ticket that it was said to be for; safe to repeat.

    Raises:
        Gone: the ticket is not there any more.
        UpstreamRejected: the pull request is not.
    """
    outcome, by_person = planned_link(action, unit), decision.decided_by is not None
    maker, confidence = (LinkMaker.PERSON, SURE_OF_NAME) if by_person else (LinkMaker.ANALYST, decision.confidence)
    _choose(action, unit, link=action.link, maker=maker, confidence=confidence)
    return outcome


def take_back_link(action: LinkPullRequest, unit: Unit) -> None:
    """Link the two no more; what the pull request says itself stays."""
    _choose(action, unit, link=None)


def _choose(action: LinkPullRequest, unit: Unit, *, link: LinkKind | None, **how: object) -> None:
    id = PullRequestId(action.pull_request_id)
    fields = {"pull_request_id": id, "ticket_id": action.ticket_id, "at": unit.now(), "read": True, "link": link}
    unit.stores.code.record(unit.tenant_id, ChosenLink.model_validate(fields | how), keep_days=0)
    link_to_tickets(id, unit.stores.tenants.get(unit.tenant_id), unit)


def _is_withdrawn(decision: Decision) -> bool:
    return decision.state is DecisionState.DISMISSED and decision.decided_by is None and not decision.expired


def _says_something_else(decision: Decision, pull_request: PullRequest) -> bool:
    links, asked = pull_request.ticket_links, {DecisionState.PROPOSED, DecisionState.LOGGED}
    is_asked = decision.state in asked or decision.expired
    return is_asked and links is not None and links.text_digest != decision.revision


def _proposals(
    unlinked: Sequence[tuple[PullRequest, PullRequestFacts]], picture: Picture, tenant: Tenant, unit: Unit
) -> Iterator[Decision]:
    if not unlinked:
        return
    comparing = _Comparing(unit.stores.index.read(tenant.id), unit)
    bases = {r.id: r.default_branch.lower() for r in unit.stores.code.repositories(tenant.id)}
    for pull_request, facts in unlinked:
        found = comparing.clearly_like(facts, unit.stores.code.description(tenant.id, pull_request.id))
        if found is not None:
            is_final = facts.base.lower() in LinkRules().final_branches | {bases.get(facts.repository_id, "")}
            closes = is_final and not is_unfinished(facts.title)
            yield _decision(pull_request, facts, found, picture, tenant, closes=closes)


class _Comparing:
    """Holds pull requests against the tickets that everybody may read."""

    def __init__(self, index: TeamIndex, unit: Unit) -> None:
        self._unit = unit
        self._teams = {team.id for team in open_to_all(index.teams)}
        people = [member.accounts for member in index.people]
        host, tracker = unit.provider(Role.CODE_HOST), unit.provider(Role.TRACKER)
        self._ranking = Ranking(
            index.tickets,
            now=unit.now(),
            authors={person[host]: person[tracker] for person in people if {host, tracker} <= person.keys()},
            readable=lambda head: head.team_id in self._teams,
        )

    def clearly_like(self, facts: PullRequestFacts, description: str) -> tuple[Ticket, float] | None:
        """The one ticket that a pull request is clearly like, and how much so."""
        subject = subject_of(facts.title, branch=facts.branch.rpartition("/")[2])
        heads = [each.head for each in self._ranking.shortlist(_as_talk(facts, description)).candidates]
        whole = self._unit.stores.tickets.whole(self._unit.tenant_id, heads) if heads else ()
        scored = sorted(
            (
                (likeness(subject, description, subject_of(ticket.title), ticket.description), ticket)
                for ticket in whole
                if ticket.team_id in self._teams and _is_in_time(ticket, facts)
            ),
            key=lambda each: (-each[0], each[1].id),
        )
        if not scored:
            return None
        (best, ticket), runner_up = scored[0], scored[1][0] if len(scored) > 1 else 0.0
        is_clear = best >= LIKELY and best - runner_up >= CLEARLY
        return (ticket, min(best, MOST_SURE)) if is_clear else None


def _is_in_time(ticket: Ticket, facts: PullRequestFacts) -> bool:
    """Whether a ticket was open when the work began."""
    return not ticket.state.type.closed or closed_at(ticket) >= facts.created_at


def _as_talk(facts: PullRequestFacts, description: str) -> Conversation:
    """A pull request as if its author had said it."""
    channel, author = LIKE, facts.author.login if facts.author else ""
    said = (f"{facts.title}\n{facts.branch.rpartition('/')[2].replace('-', ' ')}", description)
    messages = [
        Message(channel=channel, ts=f"{n}.0", root_ts="1.0", author=author, text=text, received_at=facts.at)
        for n, text in enumerate(said, 1)
    ]
    return Conversation(channel=channel, messages=tuple(messages))


def _decision(
    pull_request: PullRequest,
    facts: PullRequestFacts,
    found: tuple[Ticket, float],
    picture: Picture,
    tenant: Tenant,
    *,
    closes: bool,
) -> Decision:
    ticket, confidence = found
    subject = Subject.alike(pull_request.id)
    action = LinkPullRequest(
        pull_request_id=pull_request.id,
        name=f"{picture.repository_names[facts.repository_id]}#{facts.number}",
        ticket_id=ticket.id,
        link=LinkKind.CLOSES if closes else LinkKind.CONTRIBUTES,
    )
    decision = Decision(
        id=decision_id(tenant.id, subject, action),
        tenant_id=tenant.id,
        subject=subject,
        action=action,
        confidence=confidence,
        reason=REASON,
        evidence=(Evidence(message_id=MessageId(f"{LIKE}:{pull_request.id}"), url=facts.url),),
        model=JUDGED_BY,
        policy=POLICY_VERSION,
        state=DecisionState.LOGGED,
        revision=pull_request.ticket_links.text_digest if pull_request.ticket_links else "",
        as_of=picture.now,
        created_at=picture.now,
        updated_at=picture.now,
        keep_days=tenant.settings.retention_days,
    )
    return ruled(decision, tenant=tenant, private=False)
