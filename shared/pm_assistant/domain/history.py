"""What was talked about before, and which ticket people said it was: what a judgement may learn from.

Of words only the most telling ones are kept, without their order, and no longer than the words themselves. It is a
memory, and no record: what it has forgotten makes a judgement less sure, and nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from pm_assistant.domain.events import ChannelChanged
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import Conversation, Message, burst_window

MOST_SPEAKERS = 5
"""Of a conversation that are asked after, and with whom it is kept: those who spoke first."""
MOST_CONVERSATIONS = 60
"""That are kept with one speaker."""
RECENT = timedelta(days=45)
"""How long what somebody took part in says what they are at."""
ROUNDING = 0.001
"""In seconds: a timestamp read as a number may come out a millionth earlier."""


class PastConversation(NamedTuple):
    """A conversation that was judged, or a stretch of it, by its most telling terms.

    Attributes:
        root_ts: of its first message.
        private: not everybody could listen there.
        authors: chat user ids of those who spoke first, in that order.
        at: when something was said in it last.
        ends_at: when the first of its words are not to be kept any more.
        terms: how often each was said, in the form of `language.text.terms`.
        threaded: a thread, which runs beside whatever else is said in the channel meanwhile.
    """

    channel: str
    root_ts: str
    private: bool
    authors: tuple[str, ...]
    at: datetime
    ends_at: datetime
    terms: Mapping[str, int]
    threaded: bool = False

    @property
    def conversation_id(self) -> str:
        """The conversation's identity within the tenant."""
        return f"{self.channel}:{self.root_ts}"

    def rests_on(self, conversation: Conversation) -> bool:
        """Whether any message of a conversation is in it, or was when it was heard.

        Bursts lose what is answered, and grow together. They never run beside each other, so whatever was heard
        meanwhile was a part of it, or it of that.
        """
        if self.channel != conversation.channel:
            return False
        said = conversation.messages
        if any(message.root_ts == self.root_ts for message in said):
            return True
        if self.threaded:
            return False
        begin, end = float(self.root_ts), self.at.timestamp() + ROUNDING
        if conversation.threaded:  # It may have stood in the burst before it was answered.
            changed = (m for m in said if not m.is_reply and (m.deleted or m.edited_ts is not None))
            return any(begin <= float(message.ts) <= end for message in changed)
        return begin <= float(said[-1].ts) and float(said[0].ts) <= end


class ConfirmedMatch(NamedTuple):
    """That what was said in a thread is about a ticket, by a person's word that stands.

    Attributes:
        root_ts: of the thread; a burst's is that of the first message that mattered.
        private: not everybody could listen there.
        authors: chat user ids of those whose words they are.
        cited: timestamps of the messages whose words they are.
        at: when the last of these words reached us.
        counts_from: from when on it is taken for confirmed: what was done unasked first has to stand for a while.
        ends_at: when its words are not to be kept any more.
        terms: how often each was said, in the form of `language.text.terms`.
    """

    ticket_id: str
    channel: str
    root_ts: str
    private: bool
    authors: tuple[str, ...]
    cited: tuple[str, ...]
    at: datetime
    counts_from: datetime
    ends_at: datetime
    terms: Mapping[str, int]

    @property
    def conversation_id(self) -> str:
        """The thread's identity within the tenant."""
        return f"{self.channel}:{self.root_ts}"

    def still_reads_so(self, conversation: Conversation) -> bool:
        """Whether none of its words were deleted or changed, as far as a conversation tells."""
        if self.channel != conversation.channel:
            return True
        cited = [message for message in conversation.messages if message.ts in self.cited]
        return not any(message.deleted or message.received_at > self.at for message in cited)


class History(NamedTuple):
    """What came before a conversation.

    Attributes:
        recent: what each of its speakers has taken part in lately, by chat user id, latest first.
        confirmed: matches of all the team, latest first; also of this very thread.
        words: how often all the team says what in public.
    """

    recent: Mapping[str, Sequence[PastConversation]] = MappingProxyType({})
    confirmed: Sequence[ConfirmedMatch] = ()
    words: WordCounts = WordCounts()

    def as_known_in(self, channel: str, *, at: datetime) -> "History":
        """What those who listen in a channel may know: all that was public, and what was said in the channel itself.

        Nothing that is to be forgotten by then is in it, and nothing that is yet to come.
        """
        return self._replace(
            recent={
                speaker: [heard for heard in conversations if _is_known(heard, channel, at) and at - heard.at <= RECENT]
                for speaker, conversations in self.recent.items()
            },
            confirmed=[m for m in self.confirmed if _is_known(m, channel, at) and m.counts_from <= at],
        )


def _is_known(past: PastConversation | ConfirmedMatch, channel: str, at: datetime) -> bool:
    return past.at <= at < past.ends_at and (not past.private or past.channel == channel)


class Keeping(NamedTuple):
    """For how long words may be kept, as of a moment.

    What is kept together ends together, with the first of it. So that this is not always tomorrow, what has lived
    through most of its time is left out whenever something is added.
    """

    now: datetime
    days: int

    @property
    def since(self) -> datetime:
        """What reached us before is left out by now."""
        return self.now - timedelta(days=self.days) * 2 / 3

    def end_of(self, received_at: datetime) -> datetime:
        """When something is not to be kept any more."""
        return received_at + timedelta(days=self.days)

    def holds[Past: (PastConversation, ConfirmedMatch)](self, past: Past) -> bool:
        """Whether it stays when something is added."""
        return past.ends_at >= self.end_of(self.since)


def speakers_of(said: Iterable[Message]) -> tuple[str, ...]:
    """With whom it is kept what was said, also if all that they have said is deleted: those who spoke first."""
    return tuple(dict.fromkeys(message.author for message in said if message.author))[:MOST_SPEAKERS]


def stretches(conversation: Conversation) -> Sequence[Sequence[Message]]:
    """What is kept by itself of a conversation: of a burst what any other burst would hold that it may become."""
    if conversation.threaded:
        return (conversation.messages,)
    by_window: dict[int, list[Message]] = {}
    for message in conversation.messages:
        by_window.setdefault(burst_window(message), []).append(message)
    return list(by_window.values())


def after_hearing(
    known: Iterable[PastConversation],
    conversation: Conversation,
    heard: Collection[PastConversation],
    keeping: Keeping,
) -> list[PastConversation]:
    """What is kept with one speaker once a conversation has been heard, latest first.

    Args:
        known: what was.
        conversation: as it now reads; whatever was kept of its messages goes.
        heard: what is kept of it with this speaker.
        keeping: of the tenant.
    """
    stay = [past for past in known if not past.rests_on(conversation) and keeping.now - past.at <= RECENT]
    kept = [past for past in (*stay, *heard) if keeping.holds(past)]
    return sorted(kept, key=lambda past: past.at, reverse=True)[:MOST_CONVERSATIONS]


def after_confirming(
    known: Iterable[ConfirmedMatch], thread: str, matches: Iterable[ConfirmedMatch], keeping: Keeping
) -> list[ConfirmedMatch]:
    """What is kept once people have said what a thread is about, latest first.

    Args:
        known: what was.
        thread: its identity; whatever was kept of it goes.
        matches: what is kept of it.
        keeping: of the tenant.
    """
    stay = [match for match in known if match.conversation_id != thread]
    kept = [match for match in (*stay, *matches) if keeping.holds(match)]
    return latest_first(kept)


def latest_first(matches: Iterable[ConfirmedMatch]) -> list[ConfirmedMatch]:
    """Matches in the order in which what they rest on was said last; the same ones always in the same."""
    return sorted(matches, key=lambda match: (match.at, match.conversation_id, match.ticket_id), reverse=True)


def followed[Past: (PastConversation, ConfirmedMatch)](known: Iterable[Past], change: ChannelChanged) -> list[Past]:
    """The same where a channel has another id, or others read there than before."""
    return [
        past._replace(channel=change.now or past.channel, private=past.private or change.private)
        if past.channel == change.channel
        else past
        for past in known
    ]
