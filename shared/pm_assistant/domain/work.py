"""What a team says and plans: messages, conversations, tickets."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NewType
from urllib.parse import quote, urlsplit

from pydantic import AwareDatetime, model_validator

from pm_assistant.domain.bounds import Line, Name, Names, Text
from pm_assistant.domain.model import Model

MessageId = NewType("MessageId", str)
type Place = tuple[str, str, str]
"""Where a message stands: channel, root of its thread, and its own timestamp."""
MOST_SHOWN = 80
"""Messages of one conversation that an analyst is shown."""
LONGEST_WORD = 64
"""Of a vendor's own vocabulary, as far as we keep it."""


class StateType(StrEnum):
    """The phases that a tracker's workflow states belong to, in Linear's words; `other` is one we have no name for."""

    TRIAGE = "triage"
    BACKLOG = "backlog"
    UNSTARTED = "unstarted"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELED = "canceled"
    DUPLICATE = "duplicate"
    OTHER = "other"

    @property
    def closed(self) -> bool:
        """Whether work in this phase is over."""
        return self in {StateType.COMPLETED, StateType.CANCELED, StateType.DUPLICATE}

    @property
    def rank(self) -> int:
        """Position on the way from idea to closed; a move to a lower rank is a step backwards."""
        return 4 if self.closed else _RANKS.get(self, _RANKS[StateType.STARTED])


_RANKS = {StateType.TRIAGE: 0, StateType.BACKLOG: 1, StateType.UNSTARTED: 2, StateType.STARTED: 3}
"""Of open work; what we have no name for counts as begun, so that it is never taken for a step backwards from there."""


class TicketState(Model):
    """One state of a tracker team's workflow.

    Attributes:
        other_type: the tracker's own word for the phase, where it is none of ours (`type` is then `other`).
    """

    id: str
    name: Name
    type: StateType
    other_type: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _keep_unknown_word(cls, raw: object) -> object:
        """The phases are the tracker's to name: one that we have not heard of is open work, and no error."""
        word = raw.get("type") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(word, str) or word in StateType:
            return raw
        return raw | {"type": StateType.OTHER, "other_type": word[:LONGEST_WORD]}


class GitEvent(StrEnum):
    """What happens to a pull request that trackers may move tickets at, in Linear's words."""

    DRAFT = "draft"
    START = "start"
    REVIEW = "review"
    MERGEABLE = "mergeable"
    MERGE = "merge"

    @property
    def ends_work(self) -> bool:
        """Whether the work is over by then."""
        return self is GitEvent.MERGE


class Team(Model):
    """A tracker team and the states its tickets pass through, in workflow order.

    Attributes:
        private: not everybody who uses the tracker may see it.
        closes_parents: whether the tracker itself closes a ticket once all of its sub-tickets are; None: not known.
        closes_children: whether it closes the sub-tickets of a ticket that is closed; None likewise.
        moves_at: when the tracker moves the team's tickets itself, as pull requests come along; None: not known.
    """

    id: str
    key: str
    name: Name
    states: tuple[TicketState, ...]
    private: bool = False
    closes_parents: bool | None = None
    closes_children: bool | None = None
    moves_at: tuple[GitEvent, ...] | None = None

    def first(self, phase: StateType) -> TicketState | None:
        """The first state of a phase, None if the team has none of it."""
        return next((state for state in self.states if state.type is phase), None)

    def moves_itself(self, *, work_is_over: bool) -> bool:
        """Whether the tracker itself moves tickets once work on them has begun, or is over; in doubt it does."""
        return self.moves_at is None or any(event.ends_work is work_is_over for event in self.moves_at)

    def forwards(self, before: TicketState, after: TicketState) -> bool:
        """Whether a move goes towards closed; within a phase the workflow's own order decides, closed is final."""
        if before.type.closed or before.type.rank > after.type.rank:
            return False
        if before.type.rank < after.type.rank:
            return True
        order = [state.id for state in self.states]
        return before.id in order and after.id in order and order.index(before.id) < order.index(after.id)


class Project(Model):
    """What a ticket is a part of; without a name where that was not told."""

    id: str
    name: Name | None = None


class Cycle(Model):
    """The stretch of time that a ticket is planned for; what was not told of it is None."""

    id: str
    name: Name | None = None
    begins_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class Ticket(Model):
    """One ticket as our own index keeps it; `key` is what people say (`ENG-12`), `id` what the vendor wants.

    Attributes:
        former_keys: what it was called in former teams; people and old texts still say so.
        label_ids: the tracker's ids of `labels`, in the same order, where they were told.
        estimate: in points of its team's own scale.
    """

    id: str
    key: str
    title: Line
    description: Text = ""
    url: str
    state: TicketState
    team_id: str
    assignee_id: str | None = None
    assignee_name: Name | None = None
    creator_id: str | None = None
    parent_id: str | None = None
    former_keys: Names = ()
    project: Project | None = None
    cycle: Cycle | None = None
    labels: Names = ()
    label_ids: Names = ()
    priority: int = 0
    estimate: float | None = None
    due_date: date | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    started_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None

    def page(self, url: str) -> str:
        """Where on its page something of it stands, as `page_of` says."""
        return page_of(self.url, url)

    @property
    def text_digest(self) -> str:
        """Fingerprint of its title and description."""
        return hashlib.sha256(f"{self.id}|{self.title}|{self.description}".encode()).hexdigest()[:16]


def page_of(own_url: str, url: str) -> str:
    """Where on a ticket's page something of it stands, as an address was told that may be one of before.

    The page moves with the ticket's key and title, a place on it stays (RFC 3986, 3.5).

    Args:
        own_url: of the ticket, as it is now.
        url: where that stands, or relative to the ticket's own; anywhere else, which may have come with an archive,
            counts for nothing.
    """
    parts = urlsplit(url)
    is_own = parts[:2] in {("", ""), urlsplit(own_url)[:2]}
    return f"{own_url}#{parts.fragment}" if is_own and parts.fragment else own_url


class Message(Model):
    """One message as it now reads.

    Attributes:
        ts: the vendor's timestamp string; unique within its channel only.
        root_ts: `ts` of the thread's first message; equal to `ts` outside a thread.
        author: the vendor's user id.
        edited_ts: when the text last changed, by the vendor's clock; None if never.
        private: the channel is not open to the whole workspace, or not only to it.
        outside: people of other companies listen there.
        deleted: the text is gone; the row remains so that a late copy cannot bring it back.
        received_at: when this text reached us.
    """

    channel: str
    ts: str
    root_ts: str
    author: str
    text: Text
    edited_ts: str | None = None
    files: Names = ()
    private: bool = False
    outside: bool = False
    deleted: bool = False
    received_at: AwareDatetime

    def in_channel(self, channel: str, *, private: bool, outside: bool) -> "Message":
        """The same where its channel has that id, and is read by more, or fewer, people than when it was said."""
        change = {"private": self.private or private, "outside": self.outside or outside}
        return self.model_copy(update={"channel": channel, **change})

    @property
    def id(self) -> MessageId:
        """Identity within the tenant: channel and timestamp."""
        return MessageId(f"{self.channel}:{self.ts}")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.channel, self.root_ts, self.ts

    @property
    def text_digest(self) -> str:
        """Fingerprint of what it says."""
        return hashlib.sha256(f"{self.id}|{self.text}".encode()).hexdigest()[:16]

    @property
    def posted_at(self) -> datetime:
        """When it was said, read off the vendor's timestamp."""
        return datetime.fromtimestamp(float(self.ts), UTC)

    @property
    def is_reply(self) -> bool:
        """Whether it stands below another message."""
        return self.root_ts != self.ts


class Channel(Model):
    """A place where people talk, by the chat's id.

    Attributes:
        private: not open to the whole workspace, or not only to it.
        outside: people of other companies listen there.
    """

    id: str
    name: str = ""
    private: bool = False
    outside: bool = False


class ChannelPage(Model):
    """Some of the channels, and where the list goes on; the end without a `cursor`."""

    channels: tuple[Channel, ...] = ()
    cursor: str | None = None


class Listed(Model):
    """A message as a chat lists it, ours and programs' among them: what it no longer lists was deleted.

    Attributes:
        deleted: only a tombstone stands there, as below it the thread goes on.
        replies: how many there are below it.
        latest_reply: the `ts` of the last of these.
    """

    ts: str
    deleted: bool = False
    replies: int = 0
    latest_reply: str | None = None


class MessagePage(Model):
    """Some of what was said, and where reading goes on; the end without a `cursor`.

    Attributes:
        listed: all that the chat lists there, whenever it was said; None where it has nothing to do with us any more.
        threads: roots of threads in which something was said since the reading begins, and which are still to be read.
        whole: of these the ones to be read from their beginning.
        oldest: what was said later is behind the reading of a channel; None where nothing is on the page.
        rationed: the chat gives so little away at once that it wants to be asked rarely.
    """

    messages: tuple[Message, ...] = ()
    listed: tuple[Listed, ...] | None = None
    threads: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    oldest: AwareDatetime | None = None
    rationed: bool = False
    cursor: str | None = None


class Conversation(Model):
    """The unit of judgement: a thread, or a burst of top-level messages in one channel, oldest first."""

    channel: str
    messages: tuple[Message, ...]

    @property
    def id(self) -> str:
        """Channel and root of the first message; stable while the conversation grows."""
        return f"{self.channel}:{self.messages[0].root_ts}"

    @property
    def private(self) -> bool:
        """Whether any of it was said where not everyone listens."""
        return any(message.private for message in self.messages)

    @property
    def outside(self) -> bool:
        """Whether people of other companies listen there."""
        return any(message.outside for message in self.messages)

    @property
    def latest(self) -> Message:
        """The message whose text reached us last."""
        return max(self.messages, key=lambda message: (message.received_at, message.ts))

    @property
    def digest(self) -> str:
        """Fingerprint of everything judged: changes when a message is added, edited or deleted, and only then."""
        parts = (f"{m.ts}\x1f{m.author}\x1f{m.text}\x1f{m.deleted}" for m in self.messages)
        return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()

    @property
    def content_id(self) -> str:
        """Name of this content at this time: text that was changed back to what it was is judged again."""
        return f"{self.digest}@{self.latest.received_at.astimezone(UTC).isoformat()}"

    def until(self, moment: datetime) -> "Conversation":
        """It, as far as it had got by then."""
        return self.model_copy(update={"messages": tuple(m for m in self.messages if m.posted_at <= moment)})

    @property
    def threaded(self) -> bool:
        """Whether it is a thread, whose messages belong together for good; a burst may still lose and gain some."""
        return any(message.is_reply for message in self.messages)

    @property
    def undeleted_messages(self) -> tuple[Message, ...]:
        """The messages that have not been deleted."""
        return tuple(message for message in self.messages if not message.deleted)

    @property
    def shown_messages(self) -> tuple[Message, ...]:
        """What an analyst is shown: where a conversation is too long, its beginning and its end."""
        undeleted = self.undeleted_messages
        return undeleted if len(undeleted) <= MOST_SHOWN else undeleted[:1] + undeleted[1 - MOST_SHOWN :]

    @property
    def deleted_ids(self) -> frozenset[MessageId]:
        """The messages that have been deleted."""
        return frozenset(message.id for message in self.messages if message.deleted)


def permalink(base_url: str, message: Message) -> str:
    """Build the address of a message, as Slack's own `chat.getPermalink` forms it.

    Args:
        base_url: the workspace's address with trailing slash, as `auth.test` returns it in `url`.
        message: the message to point at.
    """
    link = f"{base_url}archives/{message.channel}/p{message.ts.replace('.', '')}"
    return f"{link}?thread_ts={message.root_ts}&cid={message.channel}" if message.is_reply else link


def permalink_in(address: str, before: str, now: str) -> str:
    """The address of a message whose channel has another id now."""
    return address.replace(f"/archives/{before}/", f"/archives/{now}/").replace(f"cid={before}", f"cid={now}")


def place_of(address: str) -> Place | None:
    """The place of the message that an address leads to; None if it is no message's."""
    found = _PERMALINK.search(address)
    if found is None:
        return None
    ts = f"{found['seconds']}.{found['fraction']}"
    return found["channel"], found["root_ts"] or ts, ts


_PERMALINK = re.compile(
    r"/archives/(?P<channel>[^/?]+)/p(?P<seconds>\d+)(?P<fraction>\d{6})(?:\?thread_ts=(?P<root_ts>[\d.]+)&\S*)?$"
)


def own_link(url: str, base_url: str | None) -> str | None:
    """An address that leads into the workspace at `base_url`, spelt so that no markup can end it; None for any other.

    What is kept may have come with an archive, and only our own receipts are worth a link.
    """
    if not base_url or not url.startswith(f"{base_url.rstrip('/')}/"):
        return None
    return quote(url, safe=LINK_CHARACTERS)


LINK_CHARACTERS = "/:?=&%#._~-"
"""What an address of a message needs; everything else is percent-encoded (RFC 3986, 2.1)."""

LONGEST_BURST_SECONDS = 900.0
"""A channel that never falls silent is cut into bursts of this length, so that it is judged all the same."""


def burst_window(message: Message) -> int:
    """Which of the stretches of time a message is in that a channel is cut into if it never falls silent."""
    return int(float(message.ts) // LONGEST_BURST_SECONDS)


def run_around(messages: Iterable[Message], ts: str, *, gap_seconds: float) -> Sequence[Message]:
    """Cut out of a channel's top-level messages all that hang together with `ts` by pauses no longer than the gap."""
    ordered = sorted((m for m in messages if not m.is_reply), key=lambda m: float(m.ts))
    position = next((i for i, m in enumerate(ordered) if m.ts == ts), None)
    if position is None:
        return ()
    first = last = position
    while first > 0 and float(ordered[first].ts) - float(ordered[first - 1].ts) <= gap_seconds:
        first -= 1
    while last + 1 < len(ordered) and float(ordered[last + 1].ts) - float(ordered[last].ts) <= gap_seconds:
        last += 1
    return ordered[first : last + 1]


def burst_of(run: Sequence[Message], ts: str) -> Sequence[Message]:
    """Take the burst that holds `ts` out of a run: all of it, or its share if the run goes on for too long.

    Shares are cut by the clock. Who sees no more of a run than a burst's length around `ts` sees the same share, so a
    channel that never falls silent is never read further.
    """
    if not run or float(run[-1].ts) - float(run[0].ts) <= LONGEST_BURST_SECONDS:
        return run
    window = next(burst_window(message) for message in run if message.ts == ts)
    return [message for message in run if burst_window(message) == window]


def neighbours_of(messages: Iterable[Message], ts: str, *, gap_seconds: float) -> Sequence[Message]:
    """The top-level messages right before and right after a moment, if they are no longer a pause away."""
    moment = float(ts)
    near = [m for m in messages if not m.is_reply and 0 < abs(float(m.ts) - moment) <= gap_seconds]
    before = max((m for m in near if float(m.ts) < moment), key=lambda m: float(m.ts), default=None)
    after = min((m for m in near if float(m.ts) > moment), key=lambda m: float(m.ts), default=None)
    return [m for m in (before, after) if m is not None]


def burst_around(messages: Iterable[Message], ts: str, *, gap_seconds: float) -> Sequence[Message]:
    """Find the burst that a top-level message belongs to."""
    return burst_of(run_around(messages, ts, gap_seconds=gap_seconds), ts)


def conversations_in(messages: Iterable[Message], *, gap_seconds: float) -> Sequence[Conversation]:
    """Sort messages into threads and bursts, oldest conversation first; each message is in exactly one."""
    threads: dict[tuple[str, str], list[Message]] = {}
    for message in messages:
        threads.setdefault((message.channel, message.root_ts), []).append(message)
    groups: list[list[Message]] = []
    unthreaded_by_channel: dict[str, list[Message]] = {}
    for (channel, _), thread in threads.items():
        if len(thread) > 1 or thread[0].is_reply:
            groups.append(sorted(thread, key=lambda m: float(m.ts)))
        else:
            unthreaded_by_channel.setdefault(channel, []).extend(thread)
    for unthreaded in unthreaded_by_channel.values():
        remaining = {message.ts for message in unthreaded}
        while remaining:
            burst = burst_around(unthreaded, min(remaining, key=float), gap_seconds=gap_seconds)
            groups.append(list(burst))
            remaining -= {message.ts for message in burst}
    conversations = (Conversation(channel=group[0].channel, messages=tuple(group)) for group in groups)
    return sorted(conversations, key=lambda c: float(c.messages[0].ts))
