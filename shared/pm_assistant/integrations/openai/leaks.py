"""Our own instructions are nobody's business: what a model repeats of them is taken for no answer."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pm_assistant.domain.actions import CreateTicket
from pm_assistant.domain.decisions import Proposal

RUN = 8
"""So many of our words in a row are no coincidence."""
_WORD = re.compile(r"\w+")


def without_leaks(proposals: Iterable[Proposal], instructions: str) -> tuple[Proposal, ...]:
    """The proposals that repeat nothing of what we told the model to do."""
    ours = {*_runs(instructions)}
    return tuple(p for p in proposals if ours.isdisjoint(run for text in _texts(p) for run in _runs(text)))


def _texts(proposal: Proposal) -> Sequence[str]:
    title = proposal.action.title if isinstance(proposal.action, CreateTicket) else ""
    return title, proposal.action.words or "", proposal.reason


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return zip(*(words[start:] for start in range(RUN)), strict=False)
