"""Which tickets pull requests hang together with."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.code import (
    ChosenLink,
    CodeComment,
    PullRequest,
    PullRequestFacts,
    PullRequestId,
    ThreadMention,
    TicketLink,
    TicketLinks,
)
from pm_assistant.domain.index import TicketHead
from pm_assistant.domain.links import (
    LONGEST_BODY,
    LONGEST_EVIDENCE,
    Link,
    LinkEvidence,
    LinkKind,
    LinkMaker,
    LinkRules,
    LinkSource,
    PullRequestLinks,
    PullRequestText,
)
from pm_assistant.domain.planning import Attachment
from pm_assistant.domain.tenants import Tenant
from pm_assistant.domain.work import Ticket
from pm_assistant.language.links import is_silenced, read_links, read_mentions
from pm_assistant.language.statements import SURE_OF_NAME
from pm_assistant.language.tickets import keys_in
from pm_assistant.ports.unit import Unit
from pm_assistant.workflows.connections.duplicates import canonical_ids

MOST_LINKS = 100
"""Tickets that one pull request is linked to, the strongest links first: its row has to hold them."""
MOST_AWAITED = 100
"""Keys without a ticket that are kept of one pull request, those named first; what else reads like one is no key."""


class _Known(NamedTuple):
    """What links are found by.

    Attributes:
        tickets: of teams that we know, by the first of their keys: by that one a ticket goes whatever team it is in. A
            duplicate goes by that of the ticket with which people go on.
        aliases: these keys, by the others.
        keys: these keys, by the tracker's ids.
        default_branches: of repositories, by their ids.
        workspace: the tracker's name for the team in addresses.
    """

    team_keys: Set[str]
    tickets: Mapping[str, TicketHead]
    aliases: Mapping[str, str]
    keys: Mapping[str, str]
    default_branches: Mapping[str, str]
    workspace: str | None

    def has(self, name: str) -> bool:
        """Whether there is a ticket of that key or id, or one that had that key before it changed teams."""
        return self.key_of(name) is not None

    def key_of(self, name: str) -> str | None:
        """The first key of the ticket of that key or id."""
        return name if name in self.tickets else self.aliases.get(name, self.keys.get(name))


class _Said(NamedTuple):
    """What is said in and of a pull request, here and there; `at` is the moment by which all of that was told."""

    repository_id: str
    at: datetime
    text: PullRequestText
    comments: Sequence[CodeComment]
    attachments: Sequence[Attachment]
    mentions: Sequence[ThreadMention]
    chosen: Sequence[ChosenLink]

    @property
    def digest(self) -> str:
        """Changes with the words that links are found in, and with where these stand."""
        digest = hashlib.sha256(self.text.model_dump_json().encode())
        for comment in self.comments:
            digest.update(f"\n{comment.id} {comment.url} {comment.text}".encode())
        for part in (*self.attachments, *self.mentions, *self.chosen):
            digest.update(f"\n{part.model_dump_json()}".encode())
        return digest.hexdigest()[:16]


def link_to_tickets(id: PullRequestId, tenant: Tenant, unit: Unit) -> None:
    """Find out which tickets a pull request names now, unless it says what it said before; safe to repeat."""
    pull_request = unit.stores.code.pull_request(unit.tenant_id, id)
    if pull_request is None or pull_request.facts is None:
        return
    said = _said(pull_request, pull_request.facts, tenant, unit)
    if pull_request.ticket_links is None or pull_request.ticket_links.text_digest != said.digest:
        _link(pull_request, said, _known(unit), unit)


def link_awaiting(ticket: Ticket, unit: Unit) -> None:
    """Find out the same once more of those that name a ticket by a key that no ticket had; now one has it."""
    for key in (ticket.key, ticket.id, *ticket.former_keys):
        if awaiting := unit.stores.code.pull_requests_awaiting(unit.tenant_id, key):
            link_anew(awaiting, unit.stores.tenants.get(unit.tenant_id), unit)


def unlink(ticket_id: str, unit: Unit) -> None:
    """Find out the same once more of those that hang together with a ticket that is gone; should it return, they wait.

    Whether they were linked before it went or are read after it, they hang together with the same tickets.
    """
    if linked := unit.stores.code.pull_requests_of(unit.tenant_id, ticket_id):
        tenant, known = unit.stores.tenants.get(unit.tenant_id), _known(unit)
        for pull_request in linked:
            if pull_request.facts is not None:
                _link(pull_request, _said(pull_request, pull_request.facts, tenant, unit), known, unit)


def link_anew(pull_requests: Iterable[PullRequest], tenant: Tenant, unit: Unit) -> bool:
    """Find out the same once more of those that await a ticket that is there by now; False if there are none."""
    awaiting = [(pr, pr.facts) for pr in pull_requests if pr.facts is not None and pr.awaited_keys]
    if not awaiting:  # As mostly: then nothing needs to be read.
        return False
    known, found = _known(unit), False
    for pull_request, facts in awaiting:
        if any(map(known.has, pull_request.awaited_keys)):
            found = True
            _link(pull_request, _said(pull_request, facts, tenant, unit), known, unit)
    return found


def _known(unit: Unit) -> _Known:
    index = unit.stores.index.read(unit.tenant_id)
    repositories = unit.stores.code.repositories(unit.tenant_id)
    team_keys = {team.key for team in index.teams}
    current = {head.key: head for head in index.tickets if head.key.rpartition("-")[0] in team_keys}
    names: dict[str, Sequence[str]] = {}
    for key, head in current.items():
        # A former key may by now be another's.
        names[head.id] = [*(former for former in head.former_keys if current.get(former, head) is head), key]
    canonical = canonical_ids(current.values(), index, unit)
    merged = {id: other for id, other in canonical.items() if id in names and other in names}
    for id, other in merged.items():
        names[other] = [*names[other], *names.pop(id)]
    aliases = {other: first for first, *others in names.values() for other in others}
    return _Known(
        # A team that has given its tickets away may be gone; its keys have still been ours.
        team_keys=team_keys | {key.rpartition("-")[0] for keys in names.values() for key in keys},
        tickets={names[head.id][0]: head for head in current.values() if head.id in names},
        aliases=aliases,
        keys={id: names[merged.get(id, id)][0] for id in (*names, *merged)},
        default_branches={repository.id: repository.default_branch.lower() for repository in repositories},
        workspace=index.tickets.workspace,
    )


def _link(pull_request: PullRequest, said: _Said, known: _Known, unit: Unit) -> None:
    rules, default = LinkRules(), known.default_branches.get(said.repository_id)
    if default:
        rules = rules.model_copy(update={"final_branches": rules.final_branches | {default}})
    found = read_links(
        said.text,
        team_keys=known.team_keys,
        tickets=known.tickets.keys(),
        rules=rules,
        workspace=known.workspace,
        aliases=known.aliases,
    )
    named = {*(link.ticket for link in found.links), *found.contradicts}
    silenced = is_silenced(said.text, rules)
    beside = [] if silenced else [*_attached(said, known, found, rules), *_chosen(said, known, found, rules)]
    attached = {link.ticket: link for link in reversed(beside) if link.ticket not in named}.values()
    named |= {link.ticket for link in attached}
    said_elsewhere = [] if silenced else [*_in_comments(said.comments, known), *_in_threads(said.mentions, known)]
    mentions = {link.ticket: link for link in reversed(said_elsewhere) if link.ticket not in named}
    named_elsewhere = [mentions[ticket] for ticket in sorted(mentions)]
    stated = sorted((*found.links, *attached), key=lambda link: -link.kind.strength)
    links = TicketLinks(
        pull_request_id=pull_request.id,
        at=said.at,
        read=True,
        text_digest=said.digest,
        links=tuple(
            TicketLink(ticket_id=known.tickets[link.ticket].id, link=link)
            for link in (*stated, *named_elsewhere)[:MOST_LINKS]
        ),
        contradicts=tuple(known.tickets[key].id for key in found.contradicts[:MOST_LINKS]),
        awaits=tuple(islice((key for key in _keys_in(said) if not known.has(key)), MOST_AWAITED)),
        wants_ticket=found.wants_ticket,
    )
    if links != pull_request.ticket_links:
        unit.stores.code.record(unit.tenant_id, links, keep_days=0)


def _attached(said: _Said, known: _Known, found: PullRequestLinks, rules: LinkRules) -> Iterator[Link]:
    """The tickets that the tracker itself attaches the pull request to, as it says, or else to contribute.

    What its own words say of a ticket counts more, and what can close nothing by its words does not by this either.
    """
    limit = _most_by_others(said, found, rules)
    for attachment in said.attachments:
        if not attachment.removed and (key := known.keys.get(attachment.ticket_id)) is not None:
            words = attachment.title[:LONGEST_EVIDENCE]
            evidence = LinkEvidence(source=LinkSource.ATTACHMENT, words=words)
            kind = (attachment.link or LinkKind.CONTRIBUTES).at_most(limit)
            yield Link(ticket=key, kind=kind, evidence=evidence, confidence=SURE_OF_NAME, maker=LinkMaker.TRACKER)


def _chosen(said: _Said, known: _Known, found: PullRequestLinks, rules: LinkRules) -> Iterator[Link]:
    """The ticket that people say it is for, which it does not name itself."""
    for chosen in said.chosen:
        if chosen.link is not None and (key := known.keys.get(chosen.ticket_id)) is not None:
            kind = chosen.link.at_most(_most_by_others(said, found, rules))
            evidence = LinkEvidence(source=LinkSource.ANSWER, words="")
            yield Link(ticket=key, kind=kind, evidence=evidence, confidence=chosen.confidence, maker=chosen.maker)


def _most_by_others(said: _Said, found: PullRequestLinks, rules: LinkRules) -> LinkKind:
    """The most that anybody else can say that it does."""
    limit = LinkKind.CLOSES if found.wants_ticket else LinkKind.MENTIONS
    is_final = not said.text.base or said.text.base.lower() in rules.final_branches
    return limit if is_final else limit.at_most(LinkKind.CONTRIBUTES)


def _in_comments(comments: Iterable[CodeComment], known: _Known) -> Iterator[Link]:
    """The tickets that comments name: what is said beside the work only mentions."""
    for comment in comments:
        named = read_mentions(
            comment.text,
            team_keys=known.team_keys,
            tickets=known.tickets.keys(),
            workspace=known.workspace,
            aliases=known.aliases,
        )
        for ticket, words in named.items():
            evidence = LinkEvidence(source=LinkSource.COMMENT, words=words, url=comment.url)
            yield Link(ticket=ticket, kind=LinkKind.MENTIONS, evidence=evidence, confidence=SURE_OF_NAME)


def _in_threads(mentions: Iterable[ThreadMention], known: _Known) -> Iterator[Link]:
    """The tickets that were spoken of where the pull request was named."""
    for mention in mentions:
        for name in mention.tickets:
            if (key := known.key_of(name)) is not None:
                evidence = LinkEvidence(source=LinkSource.THREAD, words=key, url=mention.url)
                yield Link(ticket=key, kind=LinkKind.MENTIONS, evidence=evidence, confidence=SURE_OF_NAME)


def _said(pull_request: PullRequest, facts: PullRequestFacts, tenant: Tenant, unit: Unit) -> _Said:
    """What was deleted has no words, but moves the moment; what dependency bots say is of other projects."""
    chosen = [pull_request.chosen] if pull_request.chosen is not None else []
    mentions = sorted(pull_request.mentions.values(), key=lambda mention: float(mention.root_ts))
    attachments = unit.stores.planning.attached(unit.tenant_id, facts.pull_request_id, facts.url)
    comments = unit.stores.code.comments(unit.tenant_id, facts.repository_id, facts.number)
    bots = tenant.settings.bots
    return _Said(
        repository_id=facts.repository_id,
        at=max(part.at for part in (facts, *comments, *attachments, *mentions, *chosen)),
        text=_text(facts, unit.stores.code.description(unit.tenant_id, facts.pull_request_id), tenant),
        comments=[
            comment
            for comment in comments
            if not comment.deleted and bots.kind(comment.author) is not AuthorKind.DEPENDENCY_BOT
        ],
        attachments=attachments,
        mentions=mentions,
        chosen=chosen,
    )


def _keys_in(said: _Said) -> Iterable[str]:
    """What may be a ticket's key in all that is read for them, and the ids that others name, each once."""
    texts = (said.text.title, said.text.branch, said.text.body, *(comment.text for comment in said.comments))
    attached = (attachment.ticket_id for attachment in said.attachments if not attachment.removed)
    told = (*attached, *(each.ticket_id for each in said.chosen if each.link is not None))
    spoken = (name for mention in said.mentions for name in mention.tickets)
    return dict.fromkeys((*told, *spoken, *(key for text in texts for key in keys_in(text[:LONGEST_BODY]))))


def _text(facts: PullRequestFacts, description: str, tenant: Tenant) -> PullRequestText:
    return PullRequestText(
        title=facts.title,
        body=description,
        branch=facts.branch,
        base=facts.base,
        author_kind=tenant.settings.bots.kind(facts.author),
        labels=facts.labels,
    )
