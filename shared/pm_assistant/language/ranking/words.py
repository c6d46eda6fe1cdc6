"""The words that tickets and conversations are compared by."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from pm_assistant.domain.index import use_of
from pm_assistant.language import text
from pm_assistant.language.lexicon import content_terms

BODY_CHARS = 2_000
"""How much of a description counts: what follows is mostly logs and lists."""
WHOLE = "`"
"""First character of a whole identifier among words: it counts for no length, and no word begins with it."""

_URL = re.compile(r"(?:https?|mailto):\S+")
_IDENTIFIER = re.compile(
    r"`([^`\s]{4,80})`|(?<![\w./@`])((?:[A-Za-z_]\w*[./])+[A-Za-z_]\w+|\w+_\w+|[A-Za-z]*[a-z][A-Z]\w*)(?![\w@])"
)
_SHORTEST_IDENTIFIER = 4


def terms(plain: str) -> list[str]:
    """The stemmed terms of a plain text that carry a subject, in order."""
    return [term for term in content_terms(text.terms(plain)) if len(term) > 1 or not term.isascii()]


def identifiers(said: str) -> frozenset[str]:
    """Names of things in programs, each whole and in lower case: `a.b`, `a_b`, `aB`, and what stands in backticks."""
    names = (match[1] or match[2] for match in _IDENTIFIER.finditer(_URL.sub(" ", said)))
    return frozenset(f"{WHOLE}{name.lower()}" for name in names if len(name) >= _SHORTEST_IDENTIFIER)


def uses(title: str, body: str) -> Mapping[str, int]:
    """How often title and body use each term, and the identifiers that they have (`use_of`)."""
    body = body[:BODY_CHARS]
    in_title, in_body = Counter(terms(title)), Counter(terms(body))
    counted = {term: use_of(in_title[term], in_body[term]) for term in in_title | in_body}
    return counted | dict.fromkeys(sorted(identifiers(f"{title}\n{body}")), 0)


def pairs(ordered: list[str]) -> Iterator[tuple[str, str]]:
    """Terms that stand beside each other."""
    return pairwise(ordered)
