"""Which tickets a pull request names, and what it says it does for them.

Words decide where there are any: a closing word that is tied to a ticket closes it, unless it is denied, made to depend
on something, asked, or told of the past or of somebody else's work. Where it is not certain that people meant to close,
nothing is closed: a ticket that stays open is noticed, one that is closed by mistake is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import MappingProxyType

from pm_assistant.domain.links import (
    LONGEST_BODY,
    Link,
    LinkEvidence,
    LinkKind,
    LinkRules,
    LinkSource,
    PullRequestLinks,
    PullRequestText,
)
from pm_assistant.language.markdown import Document, Line, Token, single_line
from pm_assistant.language.phrases import Found, shortened
from pm_assistant.language.pull_requests import LONGEST_TITLE, is_unfinished, is_weak, nature_of, normal_label
from pm_assistant.language.statements import SURE_OF_NAME, Statements
from pm_assistant.language.tickets import KnownTickets
from pm_assistant.language.wording import CLOSES, NAMED, UNCLEAR, Meaning


def read_links(
    text: PullRequestText,
    *,
    team_keys: AbstractSet[str],
    tickets: AbstractSet[str],
    rules: LinkRules | None = None,
    workspace: str | None = None,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> PullRequestLinks:
    """Find the tickets that a pull request names.

    Args:
        text: what it says of itself.
        team_keys: of the tracker's teams; a key of any other is no ticket.
        tickets: keys of the tickets there are; any other number is no ticket.
        rules: the tenant's.
        workspace: the tracker's name for the tenant in addresses; None lets any count.
        aliases: by further keys of tickets, as of former teams, the one of these that stands in `tickets`.
    """
    rules = rules or LinkRules()
    known = KnownTickets(team_keys, tickets, workspace, aliases)
    if is_silenced(text, rules):
        return PullRequestLinks(wants_ticket=False)
    title, document = single_line(text.title[:LONGEST_TITLE]), Document(text.body[:LONGEST_BODY])
    nature = nature_of(text, title[0].text, [line.text for line, _ in document.lines], known, rules)
    found = [*_in_title(text.title, title, known, rules), *_in_branch(text.branch, known, rules)]
    if not nature.foreign:
        body, limit = _in_body(text.body, document, known, retold=nature.retells)
        if is_unfinished(title[0].text):
            limit = limit.at_most(LinkKind.CONTRIBUTES)
        if limit is not LinkKind.CLOSES:
            found = [_said_less(each, limit) for each in found]
        found += [*body, *_in_commits(text.commits, known)]
    by_ticket: dict[str, list[Found]] = {}
    for each in found:
        by_ticket.setdefault(each.ticket, []).append(each)
    links = [_strongest(each, nature.limit) for each in by_ticket.values()]
    return PullRequestLinks(
        links=tuple(sorted(links, key=lambda link: (-link.kind.strength, _order(link.ticket)))),
        contradicts=tuple(sorted(set(nature.contradicts), key=_order)),
        wants_ticket=nature.limit is not LinkKind.MENTIONS,
    )


def read_mentions(
    text: str,
    *,
    team_keys: AbstractSet[str],
    tickets: AbstractSet[str],
    workspace: str | None = None,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Mapping[str, str]:
    """Find the tickets that a comment or message names, by key or address, each with the words that name it first."""
    known = KnownTickets(team_keys, tickets, workspace, aliases)
    found, _ = _in_body(text, Document(text[:LONGEST_BODY]), known, retold=False)
    return {each.ticket: each.words for each in reversed(found)}


def is_silenced(text: PullRequestText, rules: LinkRules) -> bool:
    """Whether people have labelled a pull request as none that has to do with tickets."""
    return bool(rules.silencing_labels & {normal_label(label) for label in text.labels})


def _strongest(found: Sequence[Found], limit: LinkKind) -> Link:
    """The strongest counts, but no rule closes against what people say, or may say."""
    said = [each.meaning for each in found if each.meaning.spoken]
    if said and CLOSES not in said:
        found = [each for each in found if each.meaning.spoken or each.kind is not LinkKind.CLOSES]
    elif UNCLEAR in (each.meaning for each in found) and not said:
        found = [_said_less(each, LinkKind.CONTRIBUTES) for each in found]
    best = max(found, key=lambda each: (each.kind.strength, each.sure))
    return Link(
        ticket=best.ticket,
        kind=best.kind.at_most(limit),
        evidence=LinkEvidence(source=best.source, words=best.words),
        confidence=best.sure,
    )


def _order(ticket: str) -> tuple[str, int]:
    team, _, number = ticket.rpartition("-")
    return team, int(number)


def _in_body(body: str, document: Document, known: KnownTickets, *, retold: bool) -> tuple[list[Found], LinkKind]:
    """What a body says, and the most that it lets the names in title and branch do."""
    statements = Statements(body, LinkSource.BODY, known, retold=retold)
    for line, tokens in document.lines:
        statements.read(line, tokens)
    return statements.found, statements.names_do


def _said_less(found: Found, limit: LinkKind) -> Found:
    """What a name stands for where words say that this is not all of it."""
    return replace(found, meaning=Meaning(found.kind.at_most(limit))) if found.kind is LinkKind.CLOSES else found


def _in_title(title: str, read: tuple[Line, Sequence[Token]], known: KnownTickets, rules: LinkRules) -> Iterator[Found]:
    """A title is the name of a piece of work: of what it says it closes it may be a part."""
    statements = Statements(title, LinkSource.TITLE, known)
    statements.read(*read)
    for found in statements.found:
        if (found.meaning.spoken and found.kind is not LinkKind.CLOSES) or not found.meaning.clear:
            yield found
        if rules.title is not None and not (found.meaning.spoken and found.kind is not LinkKind.CLOSES):
            yield Found(found.ticket, Meaning(rules.title, spoken=False), found.source, found.words, SURE_OF_NAME)


def _in_branch(branch: str, known: KnownTickets, rules: LinkRules) -> Iterator[Found]:
    if rules.branch is None:
        return
    kind = LinkKind.MENTIONS if is_weak(branch) else rules.branch
    for ticket in known.in_branch(branch):
        yield Found(ticket, Meaning(kind, spoken=False), LinkSource.BRANCH, shortened(branch), SURE_OF_NAME)


def _in_commits(commits: Iterable[str], known: KnownTickets) -> Iterator[Found]:
    """What a commit says was true of a part of the work when it was written."""
    for line in (line for message in commits if known.any_in(message) for line in message.splitlines()):
        for piece in known.in_line(line):
            words = shortened(line[piece.start : piece.end])
            yield Found(piece.text, NAMED, LinkSource.COMMIT, words, SURE_OF_NAME)
