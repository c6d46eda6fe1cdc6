"""The few terms that say best what was talked about."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from pm_assistant.domain.work import Message
from pm_assistant.language import text
from pm_assistant.language.lexicon import weight

MOST_TERMS = 24
LONGEST_TERM = 40
"""In characters; what is longer is no word."""
MOST_TIMES = 9
_MENTION = re.compile(r"<@[^<>]*>")


def key_terms(messages: Iterable[Message]) -> Mapping[str, int]:
    """How often each of the terms was said that tell most: those that carry a subject, most said first.

    Whom a message addresses is none of its words. Of terms that tell as much those said first are taken.
    """
    counts = Counter(
        term
        for message in messages
        for term in text.terms(text.plain(_MENTION.sub(" ", message.text[: text.READ_CHARS]), {}))
        if len(term) <= LONGEST_TERM and weight(term)
    )
    best = sorted(counts, key=lambda term: weight(term) * min(counts[term], MOST_TIMES), reverse=True)
    return {term: min(counts[term], MOST_TIMES) for term in best[:MOST_TERMS]}
