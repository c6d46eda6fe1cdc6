"""What was talked about before, and which ticket people said it was: what a judgement may learn from.

Of words only the most telling ones are kept, without their order, and no longer than the words themselves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple


class HeardConversation(NamedTuple):
    """A conversation that was judged, by its most telling terms.

    Attributes:
        private: not everybody could listen there.
        authors: chat user ids of those who spoke, in the order in which they began to.
        at: when something was said in it last.
        ends_at: when the first of its words are not to be kept any more.
        terms: how often each was said, in the form of `language.text.terms`.
        threaded: a thread, which runs beside whatever else is said in the channel meanwhile.
    """

    conversation_id: str
    channel: str
    private: bool
    authors: tuple[str, ...]
    at: datetime
    ends_at: datetime
    terms: Mapping[str, int]
    threaded: bool = False


class ConfirmedMatch(NamedTuple):
    """That what was said in a thread is about a ticket, by a person's word that stands.

    Attributes:
        root_ts: of the thread; a burst's is that of the first message that mattered.
        private: not everybody could listen there.
        at: when what was said reached us.
        ends_at: when its words are not to be kept any more.
        terms: how often each was said, in the form of `language.text.terms`.
    """

    ticket_id: str
    channel: str
    root_ts: str
    private: bool
    at: datetime
    ends_at: datetime
    terms: Mapping[str, int]

    @property
    def conversation_id(self) -> str:
        """The thread's identity within the tenant."""
        return f"{self.channel}:{self.root_ts}"


class History(NamedTuple):
    """What came before a conversation.

    Attributes:
        recent: what each of its speakers has taken part in lately, by chat user id, latest first.
        confirmed: matches of all the team, latest first; also of this very thread.
    """

    recent: Mapping[str, Sequence[HeardConversation]] = MappingProxyType({})
    confirmed: Sequence[ConfirmedMatch] = ()

    def as_known_in(self, channel: str) -> "History":
        """What those who listen in a channel may know: all that was public, and what was said in the channel itself."""
        return History(
            recent={
                speaker: [heard for heard in conversations if not heard.private or heard.channel == channel]
                for speaker, conversations in self.recent.items()
            },
            confirmed=[match for match in self.confirmed if not match.private or match.channel == channel],
        )
