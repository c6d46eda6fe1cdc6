"""How rare words are where people talk, whatever they talk about."""

import math

from pm_assistant.domain.word_counts import WordCounts

_SMOOTH, _LEAST = 50, 0.5
_UNHEARD = 0.6
"""As rare as what is said is on the average: .57 and .60 on two sets of talk."""


class ChatRarity:
    """How little a word is said, 0 to 1.

    Args:
        counts: in how many conversations of the team words were said.
    """

    def __init__(self, counts: WordCounts) -> None:
        self._counts, self._most = counts, math.log((counts.conversations + _SMOOTH) / _LEAST)

    def of(self, word: str) -> float:
        """How rare one is."""
        if not self._counts.conversations:
            return _UNHEARD
        said = self._counts.of(word)
        return max(0.0, math.log((self._counts.conversations + _SMOOTH) / (said + _LEAST)) / self._most)
