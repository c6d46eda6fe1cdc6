"""What talk came to: which tickets it was about and how much of it, how long reports took, what nobody answered.

Of what everybody could hear alone. It counts conversations and never people, and holds ids and moments, no words.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import AwareDatetime, Field

from pm_assistant.domain.model import Model
from pm_assistant.domain.spread import Spread, spread_of
from pm_assistant.domain.work import Conversation, Message, MessageId, Place

MOST_TOPICS = 10
MOST_UNANSWERED = 10
"""Questions that are named, the last ones; all are counted."""
PATIENCE = timedelta(days=1)
"""How long people may take to answer before it is said that nobody has."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEARBY = timedelta(hours=1)
"""What somebody else says in the channel within that, outside any thread, may have been the answer."""


class Topic(Model):
    """A ticket that was talked about, and how much."""

    ticket_id: str
    conversations: int
    messages: int


class Talk(Model):
    """What was said since then where everybody could hear it."""

    since: AwareDatetime
    conversations: int = 0
    messages: int = 0
    topics: tuple[Topic, ...] = Field(default=(), description="those that cost the most messages, most first")
    untracked_conversations: int = Field(default=0, description="about work that has no ticket")
    untracked_messages: int = 0
    unanswered: tuple[Place, ...] = Field(default=(), description="where questions stand, latest first")
    unanswered_count: int = 0
    ticket_hours: Spread | None = Field(
        default=None, description="from the first report to its ticket; none below five"
    )
    work_days: Spread | None = Field(default=None, description="from that ticket to done; none below five")
    report_days: Spread | None = Field(default=None, description="from the first report to done; none below five")


class Report(NamedTuple):
    """What was reported and became a ticket.

    Attributes:
        at: when the first of it was said.
        ticket_at: when its ticket was made.
        done_at: when that was done first; None as long as it is not.
    """

    at: datetime
    ticket_at: datetime
    done_at: datetime | None


class About(NamedTuple):
    """What the log says of messages.

    Attributes:
        tickets: that a message is about, by its id.
        untracked: messages about work that has no ticket.
    """

    tickets: Mapping[MessageId, Collection[str]]
    untracked: Set[MessageId]


def talk_of(
    conversations: Iterable[Conversation],
    about: About,
    *,
    reports: Iterable[Report] = (),
    asks: Callable[[str], bool],
    since: datetime,
    now: datetime,
) -> Talk:
    """What conversations came to; those that not everybody could hear are left out altogether.

    Args:
        conversations: all that were held since then, each message in one of them.
        about: what they are about.
        reports: what became tickets lately.
        asks: whether words ask something of people.
        since: when the first was held.
        now: until when people had time to answer.
    """
    heard = [each for each in conversations if each.undeleted_messages and not each.private and not each.outside]
    costs: dict[str, list[int]] = {}
    untracked: list[int] = []
    for conversation in heard:
        said = conversation.undeleted_messages
        tickets = {message.id: about.tickets.get(message.id, ()) for message in said}
        for ticket_id in {id for ids in tickets.values() for id in ids}:
            own = sum(ticket_id in ids for ids in tickets.values())
            costs.setdefault(ticket_id, []).append(len(said) if conversation.threaded else own)
        without = sum(message.id in about.untracked for message in said)
        if without:
            untracked.append(len(said) if conversation.threaded else without)
    topics = [Topic(ticket_id=id, conversations=len(each), messages=sum(each)) for id, each in costs.items()]
    became = list(reports)
    done = [(each, each.done_at) for each in became if each.done_at is not None]
    unanswered = unanswered_in(heard, asks=asks, now=now)
    return Talk(
        since=since,
        conversations=len(heard),
        messages=sum(len(each.undeleted_messages) for each in heard),
        topics=tuple(sorted(topics, key=lambda each: (-each.messages, each.ticket_id))[:MOST_TOPICS]),
        untracked_conversations=len(untracked),
        untracked_messages=sum(untracked),
        unanswered=tuple(message.place for message in unanswered[:MOST_UNANSWERED]),
        unanswered_count=len(unanswered),
        ticket_hours=spread_of(max((each.ticket_at - each.at) / HOUR, 0) for each in became),
        work_days=spread_of(max((done_at - each.ticket_at) / DAY, 0) for each, done_at in done),
        report_days=spread_of(max((done_at - each.at) / DAY, 0) for each, done_at in done),
    )


def unanswered_in(
    conversations: Sequence[Conversation], *, asks: Callable[[str], bool], now: datetime
) -> Sequence[Message]:
    """Questions after which nobody else said what might be the answer, latest first; one of each conversation."""
    top_level: dict[str, list[Message]] = {}
    for conversation in conversations:
        for message in conversation.undeleted_messages:
            if not message.is_reply:
                top_level.setdefault(message.channel, []).append(message)
    found = []
    for conversation in conversations:
        said = conversation.undeleted_messages
        asked = next((message for message in reversed(said) if asks(message.text)), None)
        if asked is None or now - asked.posted_at < PATIENCE:
            continue
        later = said[said.index(asked) + 1 :]
        nearby = () if conversation.threaded else top_level[asked.channel]
        answers = (
            *later,
            *(each for each in nearby if timedelta() < each.posted_at - asked.posted_at <= NEARBY),
        )
        if all(message.author == asked.author for message in answers):
            found.append(asked)
    return sorted(found, key=lambda message: float(message.ts), reverse=True)
