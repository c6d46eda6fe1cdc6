"""How alike a pull request and a ticket are, by the words that both use."""

import math
import re

from pm_assistant.language import text
from pm_assistant.language.lexicon import content_terms

LONGEST = 4_000
"""Characters of a text that are read: what it is about has been said by then."""
_COMMON = 2
"""Terms that two titles and what stands below them share at least: one is chance."""
_IN_BRANCH = re.compile(r"[/_.-]+")


def subject_of(title: str, *, branch: str = "") -> frozenset[str]:
    """What a title is about, and the name of a branch, whose words hyphens part; numbers are about nothing."""
    terms = content_terms(text.terms(f"{title} {_IN_BRANCH.sub(' ', branch)}"[:LONGEST]))
    return frozenset(term for term in terms if not term.isdecimal())


def likeness(work: frozenset[str], work_text: str, ticket: frozenset[str], ticket_text: str) -> float:
    """How much of either subject the other one has, its text included; from 0 to 1.

    Args:
        work: the subject of a pull request.
        work_text: what it says.
        ticket: the subject of a ticket.
        ticket_text: what that says.
    """
    in_work = ticket & (work | subject_of(work_text))
    in_ticket = work & (ticket | subject_of(ticket_text))
    if len(in_work | in_ticket) < _COMMON:
        return 0.0
    return math.sqrt(len(in_work) / len(ticket) * len(in_ticket) / len(work)) if ticket and work else 0.0
