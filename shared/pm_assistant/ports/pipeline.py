"""What the pipeline keeps: messages, tickets, decisions, and which content is judged by whom."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pm_assistant.domain.decisions import BegunAct, Decision, Progress, Subject
from pm_assistant.domain.history import ConfirmedMatch, History, Keeping, PastConversation
from pm_assistant.domain.index import TeamIndex, TicketHead
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.work import Conversation, Message, Place, Ticket


class Messages(Protocol):
    """What was said, as it now reads."""

    def record(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        """Keep a message; a replay changes nothing, an older edit never wins, a deleted one stays deleted."""
        ...

    def delete(self, tenant_id: TenantId, channel: str, root_ts: str, ts: str, *, at: datetime) -> None:
        """Erase a message's text and remember that it is gone."""
        ...

    def thread(self, tenant_id: TenantId, channel: str, root_ts: str) -> Sequence[Message]:
        """A thread with its root (where we have it), oldest first, deleted ones included."""
        ...

    def some(self, tenant_id: TenantId, places: Collection[Place]) -> Sequence[Message]:
        """The ones that we have at these places (channel, `root_ts`, `ts`), deleted ones included, in no order."""
        ...

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Message]:
        """The threads whose roots lie in this stretch of a channel, both ends included, deleted messages with them."""
        ...

    def burst(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages around `ts` without a longer pause and without replies below them, oldest first."""
        ...

    def neighbours(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages without replies right before and after `ts`, if no longer a pause away."""
        ...

    def at(self, tenant_id: TenantId, channel: str, ts: str) -> Message | None:
        """The one of that timestamp, whatever thread it stands in; a reply of a moment ago may be missing."""
        ...

    def since(self, tenant_id: TenantId, since: datetime, *, latest: int | None = None) -> Sequence[Message]:
        """All messages said since then, oldest first; with `latest`, the last so many of them."""
        ...

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Message]]:
        """All messages, each with its place, in an order that never changes; so many from behind a place on."""
        ...


class Conversations(Protocol):
    """Which content of a conversation has been judged, and what the judgement was.

    Content is known by `Conversation.content_id`.
    """

    def save_verdict(
        self, tenant_id: TenantId, conversation: Conversation, decisions: Sequence[Decision], *, at: datetime
    ) -> None:
        """Keep what was decided before any of it is logged: a retry must not ask again and decide otherwise.

        The first verdict on a content is the one that counts.
        """
        ...

    def progress(self, tenant_id: TenantId, conversation: Conversation) -> Progress:
        """How far this content has got."""
        ...

    def forget_deleted(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete every verdict that rests on a message of the conversation deleted since, also of one beside it."""
        ...

    def forget(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete every verdict on the conversation, as it reads or read before, and have it judged anew."""
        ...

    def mark_judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        ...


class ConversationHistory(Protocol):
    """What was talked about before, by its most telling terms, and what people said it was about."""

    def read(self, tenant_id: TenantId, speakers: Collection[str]) -> History:
        """What these have taken part in, and the team's matches, latest first; the last moment may be missing."""
        ...

    def keep(
        self, tenant_id: TenantId, conversation: Conversation, heard: Sequence[PastConversation], keeping: Keeping
    ) -> datetime | None:
        """Keep what was heard of a conversation with its authors, in place of all that was kept of it before.

        Matches with words of it that read otherwise by now, or not at all, are forgotten. Returns until when it had
        been heard before; None if it had not.

        Args:
            tenant_id: whose.
            conversation: as it now reads; what was kept of its messages goes with whoever has it.
            heard: what is kept.
            keeping: of the tenant.

        Raises:
            Conflict: others kept changing what is kept with a speaker; repeat.
        """
        ...

    def count(self, tenant_id: TenantId, words: Collection[str], keeping: Keeping) -> None:
        """Count one conversation more in which these were said; of many at the same moment one may be left out."""
        ...

    def confirm(
        self, tenant_id: TenantId, thread: Subject, matches: Sequence[ConfirmedMatch], keeping: Keeping
    ) -> None:
        """Keep by people's word what a thread is about, in place of all that was kept of it before.

        Raises:
            Conflict: others kept changing what is kept beside it; repeat.
        """
        ...

    def forget_speaker(self, tenant_id: TenantId, speaker: str) -> None:
        """Delete what is kept with somebody, and every match with words of theirs."""
        ...


class Cards(Protocol):
    """Where each subject's card stands."""

    def ts(self, tenant_id: TenantId, subject_id: str) -> str | None:
        """Where the subject's card stands, None before there is one."""
        ...

    def subject_at(self, tenant_id: TenantId, ts: str) -> str | None:
        """Whose card stands, or stood, there; None where that is none of ours."""
        ...

    def put_ts(self, tenant_id: TenantId, subject_id: str, ts: str) -> None:
        """Remember where the card stands."""
        ...


class Tickets(Protocol):
    """Our own copy of the tracker's tickets."""

    def put(self, tenant_id: TenantId, ticket: Ticket, *, brought: bool = False) -> None:
        """Keep a ticket unless we know a later version or its later removal.

        What was `brought` along in an archive is older than whatever the tracker says, or has said, of it.
        """
        ...

    def put_all(self, tenant_id: TenantId, tickets: Iterable[Ticket], *, brought: bool = False) -> None:
        """Keep tickets as `put` does, for less."""
        ...

    def remove(self, tenant_id: TenantId, ticket_id: str, *, at: datetime) -> None:
        """Forget a ticket and remember that it is gone."""
        ...

    def all(self, tenant_id: TenantId) -> Sequence[Ticket]:
        """Every ticket we know, which costs more the more there are; `Index` is for looking up."""
        ...

    def some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """The ones of these that we know, in no order."""
        ...

    def whole(self, tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
        """The tickets that the index tells of in these heads, as it told or as they are since, in no order."""
        ...


class Index(Protocol):
    """What a team's work is looked up in, for the same few reads however much of it there is."""

    def read(self, tenant_id: TenantId) -> TeamIndex:
        """The index as of now: what was kept before this was asked for is in it."""
        ...

    def rebuild(self, tenant_id: TenantId) -> None:
        """Make it anew from what is kept, where an earlier version of us has kept something without telling it."""
        ...


class Decisions(Protocol):
    """The decision log, which is also the ledger of what has been done."""

    def save(self, decision: Decision, *, seen: Mapping[str, Decision] | None = None) -> Decision:
        """Log a decision, or renew the one of that id (`reconcile_with_log`), and return what the log now holds.

        Args:
            decision: as it has been judged.
            seen: all that the log held of its subject a moment ago, by id: as long as it still does, nothing is read.
        """
        ...

    def get(self, tenant_id: TenantId, decision_id: str) -> Decision:
        """Read one.

        Raises:
            NotFound: no such decision in this tenant.
        """
        ...

    def replace(self, decision: Decision, *, before: Decision) -> Decision:
        """Store what has become of a decision, and return it as the log now has it; the same again is no conflict.

        Raises:
            Conflict: the log has changed it since it was `before`; read it again.
        """
        ...

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        """All decisions whose subject's root lies in this stretch of a channel, both ends included, oldest first."""
        ...

    def since(self, tenant_id: TenantId, since: datetime) -> Sequence[Decision]:
        """Decisions updated since then, oldest first."""
        ...

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """Decisions updated last first, each with its place; from before the decision at that place on.

        There are fewer than `limit` at the end alone.
        """
        ...

    def begun_in_run(
        self, tenant_id: TenantId, run: str, *, before: str | None = None, limit: int
    ) -> Sequence[BegunAct]:
        """What was begun to be carried out for a run, last first, from before a place on; as long as runs are kept.

        What was begun anew may be there several times; `begun_at` of a decision says which of them was the last.
        """
        ...

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """All decisions, each with its place, in an order that never changes; so many from behind a place on."""
        ...
