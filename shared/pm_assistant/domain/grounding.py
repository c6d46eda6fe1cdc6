"""Whether what is to be written stands in what it rests on: nobody is told what nobody said.

A summary may use words of its own. What it names, it may only repeat: addresses, keys of tickets and the like, numbers,
names, and what it gives in quotation marks.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from typing import NamedTuple

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Proposal

MOST_READ = 8_000
"""Characters that an analyst may use for one text: more are never read by anybody, and take long to check."""
LED_ASTRAY = "it names an address, a key or a code that nobody named, or says more than anybody reads"

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>|]+|\bmailto:\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_HOST = re.compile(r"(?<![\w@.-])(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/[^\s<>|]*)?(?![\w.])", re.IGNORECASE)
_CODE = re.compile(
    r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9][\w-]{15,}"
    r"|(?<![\w-])[A-Z][A-Z0-9]{0,9}-\d{1,6}(?![\w-])"
)
"""What is long and has digits among its letters, as secrets and ids have, and the keys of tickets."""
_CALL = re.compile(r"<[!@#][^<>]*>|(?<![\w@])[@!](?:here|channel|everyone)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:[.,:\u00a0 ]\d+)*")
_QUOTED = re.compile(
    r"\"([^\"\n]+)\"|\u201c([^\u201d\n]+)\u201d|\u201e([^\u201c\u201d\n]+)[\u201c\u201d]"
    r"|\u00ab([^\u00bb\n]+)\u00bb|\u300c([^\u300d\n]+)\u300d"
)
_NAME = re.compile(r"(?<![^\W_])[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![^\W_])")
_SENTENCE_ENDS = frozenset('.!?:\u2026\n"\u201c\u201d\u00ab\u00bb(')
_NOUNS_ARE_CAPITALISED = frozenset({"de", "lb"})
_APART = re.compile(r"[^\w]+")


class Unfounded(NamedTuple):
    """What a text names that stands nowhere.

    Attributes:
        pointers: addresses, keys, long codes and calls to everybody: these lead somewhere, or wake somebody.
        statements: numbers, names, also of hosts and files, and quotations.
    """

    pointers: Set[str]
    statements: Set[str]


def grounded(proposal: Proposal, sources: Iterable[str]) -> Proposal | None:
    """A proposal as far as its words stand in what they rest on; None where they lead to what nobody named.

    What states a number, a name or a quotation that stands nowhere is never done without a person's word.

    Args:
        proposal: as an analyst has it.
        sources: all that its words may rest on.
    """
    texts = [text for text in _texts(proposal) if text]
    if any(len(text) > MOST_READ for text in texts):
        return None
    known = _Known.of(sources)
    found = [_unfounded(text, known, language=proposal.language) for text in texts]
    if any(each.pointers for each in found):
        return None
    return proposal.model_copy(update={"asks_first": True}) if any(each.statements for each in found) else proposal


def _texts(proposal: Proposal) -> Sequence[str]:
    """All that it would tell anybody."""
    action = proposal.action
    return action.title if isinstance(action, CreateTicket) else "", action.words or "", proposal.reason


def unfounded(text: str, sources: Iterable[str], *, language: str = "en") -> Unfounded:
    """Say what a text names that none of its sources has.

    Args:
        text: is to be written.
        sources: what it may rest on: what was said, by whom, and the tickets that are spoken of.
        language: of the text, by its code; where all nouns begin with a capital letter, that tells no name.
    """
    return _unfounded(text, _Known.of(sources), language=language)


class _Known(NamedTuple):
    """What stands in all sources together, read once for all that is to be written."""

    folded: str
    words: frozenset[str]
    passage: str
    numbers: Set[str]

    @classmethod
    def of(cls, sources: Iterable[str]) -> "_Known":
        text = _legible("\n".join(sources))
        words = _words(text)
        numbers = {_digits(match[0]) for match in _NUMBER.finditer(text)}
        return cls(text.casefold(), frozenset(words), " ".join(words), numbers)


def _unfounded(text: str, known: _Known, *, language: str) -> Unfounded:
    written = _legible(text)
    pointers, hosts = (
        {
            match[0]
            for pattern in patterns
            for match in pattern.finditer(written)
            if match[0].casefold().rstrip(".,;:!?)/") not in known.folded
        }
        for patterns in ((_ADDRESS, _CODE, _CALL), (_HOST,))
    )
    numbers = {match[0] for match in _NUMBER.finditer(written) if _digits(match[0]) not in known.numbers}
    quoted = {passage for match in _QUOTED.finditer(written) for passage in match.groups() if passage}
    invented = {passage for passage in quoted if " ".join(_words(passage)) not in known.passage}
    names = set() if language[:2] in _NOUNS_ARE_CAPITALISED else {*_names(written)}
    strangers = {name for name in names if not known.words.issuperset(_words(name))}
    return Unfounded(pointers, hosts | numbers | invented | strangers)


def _legible(text: str) -> str:
    """A text as it is read: without characters that are not seen, and each in its usual form."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C"))


def _words(text: str) -> list[str]:
    return [word for word in _APART.split(text.casefold()) if word]


def _digits(number: str) -> str:
    return "".join(str(unicodedata.digit(c, 0)) for c in number if c.isdigit())


def _names(text: str) -> Iterable[str]:
    """Words with a capital letter within a sentence: none that begins one."""
    for match in _NAME.finditer(text):
        before = text[: match.start()].rstrip(" \t*_'\u2019")
        if match[0][0].isupper() and len(match[0]) > 1 and before and before[-1] not in _SENTENCE_ENDS:
            yield match[0]
