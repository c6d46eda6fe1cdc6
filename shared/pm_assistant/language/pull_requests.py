"""What kind of work a pull request is: work, its reversal, a copy of it, or a bot's news of other projects."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from pm_assistant.domain.bots import AuthorKind
from pm_assistant.domain.links import LinkKind, LinkRules, PullRequestText
from pm_assistant.language.tickets import KnownTickets, Piece

LONGEST_TITLE = 1_000
"""Characters of a title that are read; GitHub lets it have 256."""

_PORT = r"(?:(?:back|forward)-?port|cherry[-_ ]?pick)"
_WORK = r"""\s*+(?:[:(\#"\u201c'\u00ab] | [\w.-]++/[\w.-]++\# | https?: | [A-Z][A-Z0-9]{0,9}-[0-9]
    | (?:prs?|pull|commits?|merge)\b | [0-9a-f]{7,40}\b)"""
"""What a verb that is also another thing's name has behind it where it is about work."""

_NAMED_SO = "to|back|button|icon|action|dialog|menu|option|link|command|endpoint|flow"
"""What stands behind `revert` where that is something of the product's."""

_WEAK_BRANCH = re.compile(
    rf"""(?:^|/)(?:revert(?![-/](?:{_NAMED_SO})\b) | (?:auto-)?{_PORT} | bp/ | dependabot | renovate
    | releases?(?![a-z]) | changeset-release | mergify | snyk-)""",
    re.IGNORECASE | re.VERBOSE,
)
_BOTS_BRANCH = re.compile(r"(?:dependabot|renovate)/", re.IGNORECASE)
_RELEASE_BOTS_BRANCH = re.compile(r"(?:release-please--|changeset-release/)", re.IGNORECASE)
"""Of programs that write a changelog of what was merged."""
_PART_OF_SEVERAL = re.compile(
    r"""\b(?:part|step|phase|pr)\s\#?(?P<part>[0-9]{1,2})\s?(?:/|of|out\sof)\s?(?P<parts>[0-9]{1,2})\b
    | [\[(](?P<nth>[0-9]{1,2})(?:/|\sof\s)(?P<all>[0-9]{1,2})[\])]
    | \b(?P<first>first|second)\s(?:pr|pull\srequest|part|step)?\s?(?:of|in\sa\s(?:series|stack)\sof)\s
      (?:two|three|four|five|several|many|a\sfew|[2-9])\b
    | \bin\s(?:two|three|four|several|multiple)\s(?:prs|pull\srequests|parts|steps|stages)\b
    | \b(?:rest|remainder|remaining\s[a-z]+|more|others)\s(?:of\s(?:it|this|the\s[a-z]+)\s)?(?:will\s)?
      (?:follows?|comes?|to\s(?:come|follow))\b
    | \b(?:this\sis|only)\s(?:just\s|only\s)?(?:the\s(?:first|second)\s(?:part|half|step)|part\s[0-9])\b
    | [(,]\s?part\s[0-9]\)?$
    | \b(?:back-?end|front-?end|server|client|api|ui)\s(?:part\s)?only\b
    | \bsecond\shalf\s(?:will|follows|comes)\b
    | \bnot\s(?:(?:done|finished|complete)\syet|yet\s(?:done|finished|complete))\b
    | \bstill\s(?:missing|to\sdo|todo)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_RELEASE_IN_TITLE = re.compile(
    r"\W*+(?:(?:chore|build|ci)(?:\([^()]{0,40}+\))?:\s*+)?(?:(?:prepare|draft|cut)\s)?(?:release|deploy|rc)\b[\s:]*+(?:v?[0-9]|$|candidate|to\b)",
    re.IGNORECASE,
)
_RELEASE_IN_BRANCH = re.compile(r"releases?[-/]", re.IGNORECASE)
_LONG_LIVED_BRANCH = re.compile(r"(?:release|hotfix|support)s?[-/]", re.IGNORECASE)

# Before the verb may stand a ticket, a scope in brackets, a conventional commit's type and any marks.
_REVERT_IN_TITLE = re.compile(
    rf"""(?:\s++ | \[[^\[\]]{{0,80}}+\] | \([^()]{{0,80}}+\) | [A-Z][A-Z0-9]{{0,9}}-[0-9]{{1,9}}+
        | (?!re)[a-z]{{2,12}}+(?:\([^()]{{0,80}}+\))?!?: | [^\w\s\[("\u201c'])*+
    (?:revert\b(?!\s+(?:{_NAMED_SO})\b)
        | (?:reverts | reverting | reverted | roll(?:s|ing)?\s?back | back(?:s|ing)?\sout | undo)\b(?={_WORK})
        | (?P<again>reappl(?:y|ies))\b(?={_WORK}))""",
    re.IGNORECASE | re.VERBOSE,
)
_NESTED_REVERT = re.compile(r"[\s\"\u201c'\u00ab:]*+(?:revert|(?P<again>reapply))\b", re.IGNORECASE)
_REVERT_IN_BRANCH = re.compile(rf"(?:^|/)(?P<marks>(?:revert[-/](?!(?:{_NAMED_SO})\b)(?:[0-9]+-)?)+)", re.IGNORECASE)
_REVERT_IN_BODY = re.compile(
    rf"(?:this\s(?:(?:pr|pull\srequest|change|commit)\s)?)?revert(?:s|ed|ing)?\b(?!\s*+:){_WORK}",
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE = re.compile(r"(?<=[.!])\s")
_CAUSE = re.compile(r"\b(?:because|due\sto|since|until|for\sbreaking)\b", re.IGNORECASE)
"""Behind it stands why something is taken back."""
_COPY_IN_TITLE = re.compile(
    rf"^\W*+{_PORT} | [:,]\s*{_PORT}\b.*\s(?:to|from|of)\s | \U0001f352 | [\[(](?:[^\[\]()]{{0,40}}[\s/:])?{_PORT}",
    re.IGNORECASE | re.VERBOSE,
)
_COPY_IN_BRANCH = re.compile(
    rf"(?:^|/)(?:auto-)?(?:{_PORT}|bp/)|[-_]{_PORT}(?:$|[-_/](?:to[-_])?(?:v?[0-9]|release|stable))", re.IGNORECASE
)
_COPY_IN_BODY = re.compile(
    rf"(?:[#*]+\s*+)?(?:this\sis\san?\s(?:automat(?:ic|ed)\s)?)?{_PORT}(?:s|ed|ing)?(?:\s+(?:of|from)\b|\s*$|{_WORK})",
    re.IGNORECASE | re.VERBOSE,
)
_PICKED = "cherry picked from commit"
"""What git writes beneath the message of a copy."""
_COPY_LABELS = frozenset({"backport", "backports", "cherry-pick", "cherrypick"})
"""Of a copy; `needs-backport`, `release/backport` and `backport-2.3` ask for one and stand on the original."""
_KIND_OF_LABEL = re.compile(r"^(?:type|kind|pr)[:/]-?")
_MERGE_IN_TITLE = re.compile(r"\W*+(?:back[- ]?)?(?:merge|sync)\b", re.IGNORECASE)


_DETERMINED = r"(?:it\b|(?:the|this|that)\s(?:[a-z]+\s)?(?:issue|ticket|task|story|card|bug|problem|cause)\b)"
_LEFT_OPEN = re.compile(
    rf"""(?:^|\b(?:this|pr|pull\srequest|change|commit|patch|branch|it|we|i|and|but|so|please|alone|own)\s|[(,;.:\u2013\u2014-]\s?)
        (?:do(?:es)?\snot | (?:do|does|wo|ca|should)n['\u2019]t | (?:will|must|should)\snot | cannot | not)\s
        (?:(?:yet|fully|completely|entirely|actually|automatically|really|meant\sto|intended\sto|supposed\sto)\s)*
        (?:clos|fix|resolv|complet|implement|finish|solv)(?:e|es|ing)?\s{_DETERMINED}
      | \b(?:keep|keeps|keeping|leave|leaves|leaving)\s{_DETERMINED}\sopen
      | \b(?:the|this)\s(?:[a-z]+\s)?(?:issue|ticket|task|story|card)\s(?:itself\s)?
        (?:stays|remains|should\sstay|must\sstay)\sopen""",
    re.IGNORECASE | re.VERBOSE,
)


_DISOWNED = re.compile(
    r"""\b(?:wrong|misleading|incorrect|ignore|disregard|despite)\b[^.]{0,30}\bbranch
      | \bbranch(?:'s)?\s(?:name\s)?(?:is|was)\s(?:wrong|misnamed|misleading|incorrect|stale)""",
    re.IGNORECASE | re.VERBOSE,
)


class Nature(NamedTuple):
    """What kind of work a pull request is.

    Attributes:
        limit: the most that it does for any ticket.
        contradicts: the tickets whose work it takes back.
        foreign: its body and commits tell of other projects.
        retells: it is a release, whose lists tell of other pull requests.
    """

    limit: LinkKind = LinkKind.CLOSES
    contradicts: tuple[str, ...] = ()
    foreign: bool = False
    retells: bool = False


def nature_of(text: PullRequestText, title: str, body: Sequence[str], known: KnownTickets, rules: LinkRules) -> Nature:
    """Tell work from what takes it back, copies it, stacks on it or merges it once more.

    What has been reverted twice is as it was: it restores the work, and is work like any other.

    Args:
        text: the pull request's.
        title: what its title says, without what is shown or struck out there.
        body: the lines that its body says, likewise.
        known: our tickets.
        rules: the tenant's.
    """
    if text.author_kind is AuthorKind.DEPENDENCY_BOT or _BOTS_BRANCH.match(text.branch):
        return Nature(LinkKind.MENTIONS, foreign=True)
    labels = {normal_label(label) for label in text.labels}
    opening = next((line for line in body if any(map(str.isalnum, line))), "")[:LONGEST_TITLE].lstrip()
    if _turns(title, text.branch, opening, labels) % 2:
        return Nature(LinkKind.MENTIONS, tuple(_taken_back(title, text.branch, opening, known)))
    if (
        _RELEASE_BOTS_BRANCH.match(text.branch)
        or _copies(text, title, opening, labels)
        or any(_PICKED in line for line in body)
        or _merges(text.branch, title, rules)
    ):
        return Nature(LinkKind.MENTIONS)
    base = text.base.removeprefix("refs/heads/").removeprefix("origin/").lower()
    return Nature(
        LinkKind.CLOSES if not base or base in rules.final_branches else LinkKind.CONTRIBUTES,
        tuple(_reverted_beside(body, known)),
        retells=bool(_RELEASE_IN_TITLE.match(title) or _RELEASE_IN_BRANCH.match(text.branch)),
    )


def is_unfinished(text: str) -> bool:
    """Whether it is said to be one of several parts, and not the last."""
    match = _PART_OF_SEVERAL.search(text)
    if match is None:
        return False
    nth, parts = match["part"] or match["nth"], match["parts"] or match["all"]
    return nth is None or int(nth) < int(parts)


def leaves_open(line: str) -> bool:
    """Whether a line says that this work does not finish `it`, or `the ticket`."""
    return bool(_LEFT_OPEN.search(line))


def disowns_branch(line: str) -> bool:
    """Whether a line says that the branch has another ticket's name."""
    return bool(_DISOWNED.search(line))


def is_weak(branch: str) -> bool:
    """Whether a branch is named by a program after work that was done elsewhere."""
    return bool(_WEAK_BRANCH.search(branch))


def normal_label(label: str) -> str:
    """A label as it is compared."""
    return label.strip().lower().replace("_", "-").replace(" ", "-")


def _turns(title: str, branch: str, opening: str, labels: AbstractSet[str]) -> int:
    """How often the work has been turned around."""
    if verb := _REVERT_IN_TITLE.match(title):
        turns, end = 2 if verb["again"] else 1, verb.end()
        while nested := _NESTED_REVERT.match(title, end):
            turns, end = turns + (2 if nested["again"] else 1), nested.end()
        return turns
    if marks := _REVERT_IN_BRANCH.search(branch):
        return marks["marks"].lower().count("revert")
    return int(bool(_REVERT_IN_BODY.match(opening)) or "revert" in labels)


def _taken_back(title: str, branch: str, opening: str, known: KnownTickets) -> Iterator[str]:
    """The tickets of what is reverted; that of the reverting stands before the verb, or in a branch of its own."""
    verb = _REVERT_IN_TITLE.match(title)
    named = [*known.in_line(title[verb.end() if verb else 0 :])] or [*known.in_line(title)]
    if _REVERT_IN_BODY.match(opening):
        named += _reverted_in(_SENTENCE.split(opening, maxsplit=1)[0], known)
    yield from (piece.text for piece in named)
    if not named or _REVERT_IN_BRANCH.search(branch):
        yield from known.in_branch(branch)


def _reverted_in(sentence: str, known: KnownTickets) -> Iterator[Piece]:
    """The tickets of what a sentence says is reverted."""
    return known.in_line(_CAUSE.split(sentence, maxsplit=1)[0])


def _reverted_beside(body: Sequence[str], known: KnownTickets) -> Iterator[str]:
    """The tickets that work which is more than a revert says it reverts, in a sentence of their own."""
    for sentence in (sentence for line in body for sentence in _SENTENCE.split(line)):
        if _REVERT_IN_BODY.match(sentence.lstrip("-*# ")):
            yield from (piece.text for piece in _reverted_in(sentence, known))


def _copies(text: PullRequestText, title: str, opening: str, labels: AbstractSet[str]) -> bool:
    """Whether it brings the work of another pull request to another branch."""
    picked = bool(text.commits) and all(_PICKED in message for message in text.commits)
    return bool(
        picked
        or _COPY_LABELS & {_KIND_OF_LABEL.sub("", label) for label in labels}
        or _COPY_IN_TITLE.search(title)
        or _COPY_IN_BRANCH.search(text.branch)
        or _COPY_IN_BODY.match(opening)
    )


def _merges(branch: str, title: str, rules: LinkRules) -> bool:
    """Whether it brings what was merged into one long-lived branch to another."""
    long_lived = branch.lower() in rules.final_branches or bool(_LONG_LIVED_BRANCH.match(branch))
    return long_lived and bool(_MERGE_IN_TITLE.match(title))
