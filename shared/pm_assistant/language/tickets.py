"""Which of our tickets a line names, by key or by address, among all that looks like one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple, assert_never
from urllib.parse import urlsplit

from pm_assistant.language.markdown import CODE, Token, TokenKind, single_line

_TEAM, _NUMBER = r"[a-z][a-z0-9]{0,9}", r"[0-9]{1,9}"
# Programs for text put other hyphens into a key, and a number sign's full form.
_KEY = re.compile(rf"({_TEAM})[-\u2010-\u2013\u2212\ufe63\uff0d]({_NUMBER})", re.IGNORECASE | re.ASCII)
_LIKE_A_KEY = re.compile(rf"({_TEAM})\\?[-\u2010-\u2013\u2212\ufe63\uff0d]({_NUMBER})", re.IGNORECASE | re.ASCII)
_IN_BRANCH = re.compile(rf"(?<![a-z0-9])({_TEAM})-({_NUMBER})(?![a-z0-9])(?!\.[0-9x])", re.IGNORECASE | re.ASCII)
_INFLECTED = re.compile(rf"({_KEY.pattern})['\u2019]([^\W\d]+)", re.IGNORECASE)
"""A key with its case behind an apostrophe: `ENG-1's`, and in other languages many more."""
_PARTING = re.compile(r"[/\u2013]")
_ISSUE = re.compile(r"[\w.-]+/[\w.-]+#[0-9]+")
_TRACKER = "linear.app"
_GLUE = frozenset("/@$=%&.-\\")
"""Marks that make what stands behind them part of something longer, such as a path or an option."""


def keys_in(text: str) -> Iterator[str]:
    """All that reads like the key of a ticket, whether there is such a team and such a ticket or not."""
    return (f"{match[1].upper()}-{match[2]}" for match in _LIKE_A_KEY.finditer(text))


class KnownTickets(NamedTuple):
    """The tickets there are.

    Attributes:
        team_keys: a key of any other team is none.
        keys: of the tickets.
        workspace: the tracker's name for the tenant in addresses; None lets any count.
        aliases: by further keys of tickets, as of former teams, the one of these that stands in `keys`.
    """

    team_keys: AbstractSet[str]
    keys: AbstractSet[str]
    workspace: str | None = None
    aliases: Mapping[str, str] = MappingProxyType({})

    def ticket(self, team: str, number: str) -> str | None:
        """The ticket of a team and a number as they are written, if there is one, by the key it goes by here."""
        key = f"{team.upper()}-{number}"
        if key in self.aliases:
            return self.aliases[key]
        return key if team.upper() in self.team_keys and key in self.keys else None

    def at(self, address: str) -> tuple[str | None, bool]:
        """The ticket that an address leads to, and whether to itself, rather than to a comment on it."""
        try:
            parts = urlsplit(address if "://" in address else f"https://{address}")
        except ValueError:
            return None, False
        steps = [step for step in parts.path.split("/") if step]
        if parts.scheme.lower() == "linear":
            steps = [parts.netloc, *steps]
        elif parts.netloc.lower() != _TRACKER:
            return None, False
        if len(steps) < 3 or steps[1] != "issue" or self.workspace not in (None, steps[0]):
            return None, False
        key = _KEY.fullmatch(steps[2])
        return (self.ticket(key[1], key[2]) if key else None), not parts.fragment

    def any_in(self, text: str) -> bool:
        """Whether a text may name any; most do not, and are not worth a closer look."""
        return any(self.ticket(match[1], match[2]) for match in _LIKE_A_KEY.finditer(text))

    def in_branch(self, branch: str) -> Iterator[str]:
        """The tickets in the name of a branch, where keys are parted from words by hyphens."""
        for match in _IN_BRANCH.finditer(branch):
            if ticket := self.ticket(match[1], match[2]):
                yield ticket

    def in_line(self, line: str) -> Iterator["Piece"]:
        """The tickets in a line that is no document."""
        for piece in pieces_of(single_line(line)[1], self):
            if piece.kind is PieceKind.KEY:
                yield piece


class PieceKind(Enum):
    """What a piece of a line is to somebody who looks for tickets."""

    WORD = auto()
    KEY = auto()
    OTHER_WORK = auto()
    """A ticket, issue or pull request that is none of our tickets."""
    MARK = auto()
    BREAK = auto()
    """Code, a path, a file: no word reaches across."""


class Piece(NamedTuple):
    """A piece of a line.

    Attributes:
        text: a word in lower case, the key of a ticket, or a mark.
        url: the ticket is named by its address.
        itself: and not a comment on it.
    """

    kind: PieceKind
    text: str
    start: int
    end: int
    struck: bool = False
    url: bool = False
    itself: bool = True


def pieces_of(tokens: Iterable[Token], known: KnownTickets) -> Iterator[Piece]:
    """Tell tickets from words."""
    previous = None
    for token in tokens:
        match token.kind:
            case TokenKind.RUN:
                yield from _run(token, known, previous)
            case TokenKind.ADDRESS:
                yield _address(token, known)
            case TokenKind.LINK:
                yield from _link(token, known)
            case TokenKind.MARK:
                yield _piece(token, PieceKind.BREAK if token.text.startswith(CODE) else PieceKind.MARK, token.text)
            case TokenKind.BREAK:
                yield _piece(token, PieceKind.MARK, ".")
            case _:
                assert_never(token.kind)
        previous = token


def _run(token: Token, known: KnownTickets, previous: Token | None) -> Iterator[Piece]:
    """What letters and digits that stand together are."""
    written = token.text.strip("_")
    before = previous.text if previous is not None and previous.end == token.start else ""
    inflected = _INFLECTED.fullmatch(written)
    if before in _GLUE and before:
        yield _piece(token, PieceKind.BREAK)
    elif (before == "#" and written.isdecimal()) or _ISSUE.fullmatch(written):
        yield _piece(token, PieceKind.OTHER_WORK)
    elif written.lower().startswith(f"{_TRACKER}/"):
        yield _address(token._replace(text=written), known)
    elif key := _KEY.fullmatch(inflected[1] if inflected else written):
        yield _key(token, key, known)
        if inflected:
            yield _piece(token, PieceKind.WORD, f"'{inflected[4].lower()}")
    else:
        yield from _words(token, written, known)


def _words(token: Token, written: str, known: KnownTickets) -> Iterator[Piece]:
    """A word, or several words or several keys with slashes between."""
    parts = _PARTING.split(written)
    keys = [_KEY.fullmatch(part) for part in parts]
    if len(parts) > 1 and (all(keys) or all(part.isalpha() for part in parts)):
        for index, (part, key) in enumerate(zip(parts, keys, strict=True)):
            if index:
                yield _piece(token, PieceKind.MARK, "/")
            yield _key(token, key, known) if key else _piece(token, PieceKind.WORD, part.lower())
        return
    word = written.lower().replace("\u2019", "'")
    letters = word.translate(_INSIDE_WORDS)
    yield _piece(token, PieceKind.WORD if letters.isalpha() or _NUMBER_OF.fullmatch(word) else PieceKind.BREAK, word)


_NUMBER_OF = re.compile(r"[0-9]+(?:/[0-9]{1,2})?")
_INSIDE_WORDS = str.maketrans("", "", "'-.")


def _key(token: Token, key: re.Match[str], known: KnownTickets) -> Piece:
    ticket = known.ticket(key[1], key[2])
    return _piece(token, PieceKind.KEY if ticket else PieceKind.OTHER_WORK, ticket or "")


def _address(token: Token, known: KnownTickets) -> Piece:
    ticket, itself = known.at(token.text)
    kind = PieceKind.KEY if ticket else PieceKind.OTHER_WORK
    return _piece(token, kind, ticket or "")._replace(url=True, itself=itself)


def _link(token: Token, known: KnownTickets) -> Iterator[Piece]:
    """A link is what it leads to; one that leads to another tracker's ticket of the same name is none of ours."""
    address, label = _address(token, known), list(pieces_of(token.label, known))
    if address.kind is PieceKind.KEY:
        by_key = next((at for at, piece in enumerate(label) if piece.text == address.text), 0)
        yield from (*label[:by_key], address)  # `[Fixes ENG-1](…)` says what is done; another label is a title
        return
    leads_to = token.text.upper()
    for piece in label:
        elsewhere = piece.kind is PieceKind.KEY and piece.text in leads_to
        yield _piece(token, PieceKind.OTHER_WORK) if elsewhere else piece


def _piece(token: Token, kind: PieceKind, text: str = "") -> Piece:
    return Piece(kind, text, token.start, token.end, token.struck)
