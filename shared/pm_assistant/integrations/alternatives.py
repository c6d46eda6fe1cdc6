"""What people are asked beside what is likeliest: other readings of the same words, of which one alone can be right."""

from collections.abc import Sequence

from pm_assistant.domain.decisions import Proposal

_LESS_SURE = 0.005
"""By at least so much less sure is what is asked beside something likelier."""


def asked_which(likeliest: Sequence[Proposal], others: Sequence[Proposal]) -> Sequence[Proposal]:
    """What is likeliest, and with it what else it may be: people are asked which; alone it is as it was.

    Args:
        likeliest: what becomes of the words by the likeliest reading: never empty.
        others: what becomes of the very same words by other readings.
    """
    if not others:
        return likeliest
    most = min(each.confidence for each in likeliest) - _LESS_SURE
    beside = [each.model_copy(update={"confidence": round(min(each.confidence, most), 3)}) for each in others]
    return [each.model_copy(update={"exclusive": True, "asks_first": True}) for each in (*likeliest, *beside)]
