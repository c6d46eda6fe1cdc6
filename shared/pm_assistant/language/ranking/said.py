"""A conversation as it is compared with tickets."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pm_assistant.domain.work import Message
from pm_assistant.language import text
from pm_assistant.language.meaning import subject_terms
from pm_assistant.language.ranking import words

_MENTION = re.compile(r"<@([^>|]+)(?:\|[^>]*)?>")
_QUESTION_MARKS = "?\N{FULLWIDTH QUESTION MARK}\N{ARABIC QUESTION MARK}"
_CODE = re.compile(r"`[^`\n]+`")
_WORK = re.compile(
    r"\b(?:prs?|pull requests?|tickets?|issues?|tasks?|bugs?|fix(?:e[sd])?|merg\w*|review\w*|branch\w*|commits?"
    r"|deploy\w*|releas\w*|ci|builds?)\b"
)
_ASKS_REVIEW = re.compile(
    r"\b(?:review\w*|(?:take|have|has) a look|look at|ready|feedback|comments?|thoughts?|opinions?|approv\w*|merge)\b"
)


class Line(NamedTuple):
    """One message, read.

    Attributes:
        counts: how often each word is said that is compared with those of tickets.
        subjects: what it speaks of, with what pairs of words mean only together, as `get in`.
    """

    counts: Mapping[str, int]
    subjects: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    grams: frozenset[str]
    identifiers: frozenset[str]
    mentioned: frozenset[str]
    asks: bool
    code: int
    work: int
    asks_review: int


def words_said(messages: Iterable[Message]) -> frozenset[str]:
    """The words of messages that are compared with tickets, each once."""
    return frozenset(term for message in messages for term in words.terms(_plain(message.text)))


def line(said: str) -> Line:
    """Read a message's text."""
    plain = _plain(said)
    ordered = words.terms(plain)
    folded = text.fold(plain)
    return Line(
        counts=Counter(ordered),
        subjects=frozenset(subject_terms(text.terms(plain))),
        pairs=frozenset(words.pairs(ordered)),
        grams=frozenset(text.grams(plain)),
        identifiers=words.identifiers(_unmentioning(said)[: text.READ_CHARS]),
        mentioned=frozenset(match[1] for match in _MENTION.finditer(said)),
        asks=any(mark in plain for mark in _QUESTION_MARKS),
        code=len(_CODE.findall(said)),
        work=len(_WORK.findall(folded)),
        asks_review=len(_ASKS_REVIEW.findall(folded)),
    )


def _unmentioning(said: str) -> str:
    return _MENTION.sub(" ", said)


def _plain(said: str) -> str:
    return text.plain(_unmentioning(said), {})


@dataclass(frozen=True)
class Said:
    """What was said by whom.

    Attributes:
        speakers: in the order in which they began to speak, by chat id, with how many of the messages are theirs.
    """

    lines: Sequence[Line]
    counts: Mapping[str, int]
    speakers: Mapping[str, int]

    @classmethod
    def of(cls, messages: Sequence[Message], lines: Sequence[Line]) -> "Said":
        """Messages together, each as it was read."""
        counts: Counter[str] = Counter()
        for each in lines:
            counts.update(each.counts)
        return cls(lines, counts, Counter(message.author for message in messages))

    @property
    def mentioned(self) -> frozenset[str]:
        """Who is called, by chat id."""
        return frozenset[str]().union(*(each.mentioned for each in self.lines))

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Which terms stand beside each other."""
        return frozenset[tuple[str, str]]().union(*(each.pairs for each in self.lines))

    @property
    def grams(self) -> frozenset[str]:
        """What it is spelt with."""
        return frozenset[str]().union(*(each.grams for each in self.lines))

    @property
    def identifiers(self) -> frozenset[str]:
        """Which things of programs are named."""
        return frozenset[str]().union(*(each.identifiers for each in self.lines))

    def amount(self, what: str) -> float:
        """How much there is of something, by the name of a line's count, with less and less weight."""
        return math.log1p(sum(getattr(each, what) for each in self.lines))
