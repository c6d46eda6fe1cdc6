"""How rare words are where people talk, whatever they talk about."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from pm_assistant.domain.history import HeardConversation

_SMOOTH, _LEAST = 50, 0.5
_UNHEARD = 0.7


class ChatRarity:
    """How little a word is said, 0 to 1.

    Args:
        frequencies: in how many conversations each word was said.
        total: of how many.
    """

    def __init__(self, frequencies: Mapping[str, float], total: float) -> None:
        self._frequencies, self._total = frequencies, total
        self._most = math.log((total + _SMOOTH) / _LEAST)

    @classmethod
    def heard(cls, recent: Mapping[str, Sequence[HeardConversation]]) -> "ChatRarity":
        """Of what somebody has taken part in."""
        conversations = {each.conversation_id: each for heard in recent.values() for each in heard}
        return cls(Counter(word for each in conversations.values() for word in each.terms), len(conversations))

    def of(self, word: str) -> float:
        """How rare one is."""
        if not self._total:
            return _UNHEARD
        heard = self._frequencies.get(word, 0.0)
        return max(0.0, math.log((self._total + _SMOOTH) / (heard + _LEAST)) / self._most)
