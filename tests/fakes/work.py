"""What a team says and plans, and what we made of it, in memory."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Protocol

from pm_assistant.domain.decisions import BegunAct, Decision, Progress, Subject, reconcile_with_log, rests_on
from pm_assistant.domain.errors import Contention, NotFound
from pm_assistant.domain.history import (
    ConfirmedMatch,
    History,
    Keeping,
    PastConversation,
    after_confirming,
    after_hearing,
)
from pm_assistant.domain.index import TeamIndex, TicketHead, TicketIndex
from pm_assistant.domain.questions import ReportAnswers
from pm_assistant.domain.reports import Post, SentReport
from pm_assistant.domain.spending import ModelMonth
from pm_assistant.domain.suspension import KeptMessage
from pm_assistant.domain.tenants import TenantId
from pm_assistant.domain.word_counts import WordCounts
from pm_assistant.domain.work import Conversation, Message, Place, Ticket, burst_around, neighbours_of
from pm_assistant.language.retrieval import entry_of, table_of
from tests.fakes.connections import FakeConnections
from tests.fakes.tenancy import FakeDirectory


class FakeMessages:
    """Messages in a dict."""

    def __init__(self) -> None:
        self._messages: dict[tuple[TenantId, str, str, str], Message] = {}

    def record(self, tenant_id: TenantId, message: Message, *, keep_days: int) -> None:
        """Keep a message, for good."""
        key = (tenant_id, message.channel, message.root_ts, message.ts)
        known = self._messages.get(key)
        if known is None:
            self._messages[key] = message
        elif not known.deleted and (message.edited_ts or "") > (known.edited_ts or ""):
            received_at = known.received_at if message.text == known.text else message.received_at
            self._messages[key] = message.model_copy(update={"received_at": received_at})

    def delete(self, tenant_id: TenantId, channel: str, root_ts: str, ts: str, *, at: datetime) -> None:
        """Erase a message's text."""
        key = (tenant_id, channel, root_ts, ts)
        unseen = Message(channel=channel, ts=ts, root_ts=root_ts, author="", text="", received_at=at)
        known = self._messages.get(key, unseen)
        if not known.deleted:
            gone = {"text": "", "files": (), "deleted": True, "received_at": at}
            self._messages[key] = known.model_copy(update=gone)

    def thread(self, tenant_id: TenantId, channel: str, root_ts: str) -> Sequence[Message]:
        """A thread with its root."""
        return [m for m in self._all(tenant_id) if (m.channel, m.root_ts) == (channel, root_ts)]

    def some(self, tenant_id: TenantId, places: Collection[Place]) -> Sequence[Message]:
        """The ones that we have."""
        keys = {(tenant_id, *place) for place in places}
        return [message for key, message in self._messages.items() if key in keys]

    def at(self, tenant_id: TenantId, channel: str, ts: str) -> Message | None:
        """The one of that timestamp."""
        return next((m for m in self._all(tenant_id) if (m.channel, m.ts) == (channel, ts)), None)

    def burst(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages around `ts` that nobody answered."""
        said = [m for m in self._all(tenant_id) if m.channel == channel]
        answered = {m.root_ts for m in said if m.is_reply}
        return burst_around((m for m in said if m.ts not in answered), ts, gap_seconds=gap_seconds)

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Message]:
        """The threads whose roots lie in this stretch of a channel, deleted messages with them."""
        first, last = float(first_ts), float(last_ts)
        return [m for m in self._all(tenant_id) if m.channel == channel and first <= float(m.root_ts) <= last]

    def neighbours(self, tenant_id: TenantId, channel: str, ts: str, *, gap_seconds: float) -> Sequence[Message]:
        """The top-level messages right before and after `ts` that nobody answered."""
        said = [m for m in self._all(tenant_id) if m.channel == channel]
        answered = {m.root_ts for m in said if m.is_reply}
        return neighbours_of((m for m in said if m.ts not in answered), ts, gap_seconds=gap_seconds)

    def since(self, tenant_id: TenantId, since: datetime, *, latest: int | None = None) -> Sequence[Message]:
        """All messages said since then."""
        found = [m for m in self._all(tenant_id) if m.posted_at >= since]
        return found if latest is None else found[-latest:]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Message]]:
        """The next so many messages in the order of channels and threads."""
        mine = (("#".join(key[1:]), message) for key, message in self._messages.items() if key[0] == tenant_id)
        return sorted((place, m) for place, m in mine if place > (after or ""))[:limit]

    def _all(self, tenant_id: TenantId) -> list[Message]:
        mine = (message for key, message in self._messages.items() if key[0] == tenant_id)
        return sorted(mine, key=lambda message: float(message.ts))


class FakeConversations:
    """What was judged in a set, verdicts in a dict."""

    def __init__(self) -> None:
        self._judged: set[tuple[TenantId, str, str]] = set()
        self._verdicts: dict[tuple[TenantId, str, str], Sequence[Decision]] = {}

    def save_verdict(
        self, tenant_id: TenantId, conversation: Conversation, decisions: Sequence[Decision], *, at: datetime
    ) -> None:
        """Keep what was decided, unless something was before."""
        self._verdicts.setdefault((tenant_id, conversation.id, conversation.content_id), list(decisions))

    def progress(self, tenant_id: TenantId, conversation: Conversation) -> Progress:
        """How far this content has got."""
        key = (tenant_id, conversation.id, conversation.content_id)
        return Progress(judged=key in self._judged, verdict=self._verdicts.get(key))

    def forget_deleted(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete verdicts that rest on what was deleted."""
        deleted = conversation.deleted_ids
        self._verdicts = {
            key: decisions
            for key, decisions in self._verdicts.items()
            if key[0] != tenant_id or not rests_on(decisions, deleted)
        }

    def forget(self, tenant_id: TenantId, conversation: Conversation) -> None:
        """Delete every verdict on the conversation, and that it has been judged."""
        about = (tenant_id, conversation.id)
        self._verdicts = {key: decisions for key, decisions in self._verdicts.items() if key[:2] != about}
        self._judged = {key for key in self._judged if key[:2] != about}

    def mark_judged(self, tenant_id: TenantId, conversation: Conversation, *, at: datetime) -> None:
        """Record that this content needs no judging again."""
        self._judged.add((tenant_id, conversation.id, conversation.content_id))


class FakeConversationHistory:
    """What was heard, in a dict."""

    def __init__(self) -> None:
        self._heard: dict[tuple[TenantId, str], Sequence[PastConversation]] = {}
        self._confirmed: dict[TenantId, Sequence[ConfirmedMatch]] = {}
        self._words: dict[TenantId, WordCounts] = {}

    def read(self, tenant_id: TenantId, speakers: Collection[str]) -> History:
        """What these have taken part in, and what the team has confirmed."""
        mine = ((speaker, self._heard.get((tenant_id, speaker))) for speaker in speakers)
        recent = {speaker: heard for speaker, heard in mine if heard}
        words = self._words.get(tenant_id, WordCounts())
        return History(recent, self._confirmed.get(tenant_id, []), words)

    def keep(
        self, tenant_id: TenantId, conversation: Conversation, heard: Sequence[PastConversation], keeping: Keeping
    ) -> datetime | None:
        """Replace it with everybody who has it, or spoke."""
        self._keep_matches(tenant_id, lambda match: match.still_reads_so(conversation))
        replaced = [
            (speaker, past.at)
            for (owner, speaker), known in self._heard.items()
            for past in known
            if owner == tenant_id and past.rests_on(conversation)
        ]
        having = {speaker for speaker, _ in replaced}
        for speaker in having.union(*(each.authors for each in heard)):
            own = [each for each in heard if speaker in each.authors]
            after = after_hearing(self._heard.pop((tenant_id, speaker), ()), conversation, own, keeping)
            if after:
                self._heard[tenant_id, speaker] = after
        return max((at for _, at in replaced), default=None)

    def count(self, tenant_id: TenantId, words: Collection[str], keeping: Keeping) -> None:
        """Count them."""
        known = self._words.get(tenant_id, WordCounts())
        self._words[tenant_id] = known.after_saying(words, now=keeping.now, days=keeping.days)

    def forget_speaker(self, tenant_id: TenantId, speaker: str) -> None:
        """Delete what is kept with somebody."""
        self._heard.pop((tenant_id, speaker), None)
        self._keep_matches(tenant_id, lambda match: speaker not in match.authors)

    def confirm(
        self, tenant_id: TenantId, thread: Subject, matches: Sequence[ConfirmedMatch], keeping: Keeping
    ) -> None:
        """Replace what is kept of the thread."""
        known = self._confirmed.get(tenant_id, ())
        self._confirmed[tenant_id] = after_confirming(known, thread.id, matches, keeping)
        self._keep_matches(tenant_id, lambda _: True)

    def _keep_matches(self, tenant_id: TenantId, stays: Callable[[ConfirmedMatch], bool]) -> None:
        """Keep of a tenant's matches these; where there are none, nothing is kept."""
        matches = [match for match in self._confirmed.pop(tenant_id, ()) if stays(match)]
        if matches:
            self._confirmed[tenant_id] = matches


class FakeCards:
    """Where cards stand, in a dict."""

    def __init__(self) -> None:
        self._ts: dict[tuple[TenantId, str], str] = {}
        self._at: dict[tuple[TenantId, str], str] = {}

    def ts(self, tenant_id: TenantId, subject_id: str) -> str | None:
        """Where the subject's card stands."""
        return self._ts.get((tenant_id, subject_id))

    def subject_at(self, tenant_id: TenantId, ts: str) -> str | None:
        """Whose card stands there."""
        return self._at.get((tenant_id, ts))

    def put_ts(self, tenant_id: TenantId, subject_id: str, ts: str) -> None:
        """Remember where the card stands."""
        self._at[tenant_id, ts] = subject_id
        self._ts[tenant_id, subject_id] = ts


BROUGHT = datetime(1, 1, 1, tzinfo=UTC)


class FakeTickets:
    """Tickets in a dict, None for one that was removed."""

    def __init__(self) -> None:
        self._tickets: dict[tuple[TenantId, str], tuple[datetime, Ticket | None]] = {}

    def put(self, tenant_id: TenantId, ticket: Ticket, *, brought: bool = False) -> None:
        """Keep a ticket unless we know better."""
        version = BROUGHT if brought else ticket.updated_at
        at, known = self._tickets.get((tenant_id, ticket.id), (version, ticket))
        if at < version or (at == version and known is not None):
            self._tickets[tenant_id, ticket.id] = (version, ticket)

    def put_all(self, tenant_id: TenantId, tickets: Iterable[Ticket], *, brought: bool = False) -> None:
        """Keep tickets unless we know better."""
        for ticket in tickets:
            self.put(tenant_id, ticket, brought=brought)

    def remove(self, tenant_id: TenantId, ticket_id: str, *, at: datetime) -> None:
        """Forget a ticket."""
        known_at, _ = self._tickets.get((tenant_id, ticket_id), (at, None))
        if known_at <= at:
            self._tickets[tenant_id, ticket_id] = (at, None)

    def all(self, tenant_id: TenantId) -> Sequence[Ticket]:
        """Every ticket we know."""
        return [ticket for (owner, _), (_, ticket) in self._tickets.items() if owner == tenant_id and ticket]

    def some(self, tenant_id: TenantId, ticket_ids: Collection[str]) -> Sequence[Ticket]:
        """The ones of these that we know."""
        return [ticket for ticket in self.all(tenant_id) if ticket.id in ticket_ids]

    def whole(self, tenant_id: TenantId, heads: Collection[TicketHead]) -> Sequence[Ticket]:
        """The tickets of these heads."""
        return self.some(tenant_id, {head.id for head in heads})


class Holding(Protocol):
    """The stores that an index is made of."""

    tickets: FakeTickets
    directory: FakeDirectory
    connections: FakeConnections


class FakeIndex:
    """The index, made of what the others hold whenever it is asked for."""

    def __init__(self, stores: Holding) -> None:
        self._stores = stores

    def read(self, tenant_id: TenantId) -> TeamIndex:
        """As of now."""
        tickets, directory = self._stores.tickets, self._stores.directory
        index = TicketIndex(table_of(map(_entry_of, tickets.all(tenant_id))))
        base_urls = {each.provider: each.base_url for each in self._stores.connections.all(tenant_id)}
        return TeamIndex(index, directory.members(tenant_id), directory.teams(tenant_id), base_urls)

    def rebuild(self, tenant_id: TenantId) -> None:
        """There is nothing to make anew."""


_entry_of = lru_cache(maxsize=1_000)(entry_of)


class FakeDecisions:
    """The log in a dict."""

    def __init__(self) -> None:
        self._decisions: dict[tuple[TenantId, str], Decision] = {}
        self._begun: set[tuple[TenantId, str, BegunAct]] = set()

    def save(self, decision: Decision, *, seen: Mapping[str, Decision] | None = None) -> Decision:
        """Log a decision or renew it; here reading costs nothing."""
        key = (decision.tenant_id, decision.id)
        before = self._decisions.setdefault(key, decision)
        after = reconcile_with_log(before, decision)
        return before if after == before else self.replace(after, before=before)

    def get(self, tenant_id: TenantId, decision_id: str) -> Decision:
        """Read one."""
        if (tenant_id, decision_id) not in self._decisions:
            raise NotFound("no such decision")
        return self._decisions[tenant_id, decision_id]

    def replace(self, decision: Decision, *, before: Decision) -> Decision:
        """Store what has become of a decision."""
        key = (decision.tenant_id, decision.id)
        after, logged = decision.model_copy(update={"version": before.version + 1}), self._decisions.get(key)
        if logged is None or (logged != after and logged.version != before.version):
            raise Contention("the decision has moved on")
        if after.begun_in_run and not before.begun_in_run:
            after = after.model_copy(update={"begun_at": after.updated_at})
            act = BegunAct(_place(after), after.id, after.updated_at)
            self._begun.add((after.tenant_id, after.run or "", act))
        self._decisions[key] = after
        return after

    def between(self, tenant_id: TenantId, channel: str, first_ts: str, last_ts: str) -> Sequence[Decision]:
        """All decisions of a stretch of a channel."""
        within = (
            decision
            for decision in self._mine(tenant_id)
            if decision.subject.channel == channel and first_ts <= decision.subject.root_ts <= last_ts
        )
        return sorted(within, key=lambda decision: (decision.created_at, decision.id))

    def since(self, tenant_id: TenantId, since: datetime) -> Sequence[Decision]:
        """Decisions updated since then."""
        found = (d for d in self._mine(tenant_id) if d.updated_at >= since)
        return sorted(found, key=_place)

    def latest(self, tenant_id: TenantId, *, before: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """Decisions updated last first."""
        placed = sorted(((_place(decision), decision) for decision in self._mine(tenant_id)), reverse=True)
        return [(place, decision) for place, decision in placed if before is None or place < before][:limit]

    def begun_in_run(
        self, tenant_id: TenantId, run: str, *, before: str | None = None, limit: int
    ) -> Sequence[BegunAct]:
        """What was begun for a run, last first."""
        found = [act for owner, of, act in self._begun if (owner, of) == (tenant_id, run)]
        return sorted((act for act in found if before is None or act.place < before), reverse=True)[:limit]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Decision]]:
        """The next so many decisions in the order of their subjects."""
        placed = ((f"{decision.subject.id}#{decision.id}", decision) for decision in self._mine(tenant_id))
        return sorted((place, d) for place, d in placed if place > (after or ""))[:limit]

    def _mine(self, tenant_id: TenantId) -> list[Decision]:
        return [decision for (owner, _), decision in self._decisions.items() if owner == tenant_id]


class FakeDeliveries:
    """Runs in dicts."""

    def __init__(self) -> None:
        self._last: dict[tuple[TenantId, str, str], datetime] = {}
        self._delivered: set[tuple[TenantId, str]] = set()
        self._kept: dict[tuple[TenantId, str, str], SentReport] = {}
        self._posts: dict[tuple[TenantId, str, date], Post] = {}

    def last(self, tenant_id: TenantId, member_id: str, kind: str) -> datetime | None:
        """When the person's last report of that kind was delivered."""
        return self._last.get((tenant_id, member_id, kind))

    def delivered(self, tenant_id: TenantId, key: str) -> bool:
        """Whether the run of that key has been delivered."""
        return (tenant_id, key) in self._delivered

    def delivered_among(self, tenant_id: TenantId, keys: Iterable[str]) -> set[str]:
        """Which of these have been."""
        return {key for key in keys if (tenant_id, key) in self._delivered}

    def keep(self, tenant_id: TenantId, sent: SentReport, *, keep_days: int) -> None:
        """Remember what became of one."""
        self._kept[tenant_id, sent.reader, sent.key] = sent

    def kept(self, tenant_id: TenantId, reader: str, *, before: str | None = None, limit: int) -> list[SentReport]:
        """What became of a reader's, the last first."""
        mine = {key: sent for (owner, whose, key), sent in self._kept.items() if (owner, whose) == (tenant_id, reader)}
        return [mine[key] for key in sorted(mine, reverse=True) if before is None or key < before][:limit]

    def forget(self, tenant_id: TenantId, reader: str) -> int:
        """Forget what a reader was sent."""
        mine = [key for key in self._kept if key[0] == tenant_id and key[1].partition(".")[0] == reader]
        for key in mine:
            del self._kept[key]
        return len(mine)

    def keep_post(self, tenant_id: TenantId, post: Post) -> None:
        """Remember where one stands."""
        self._posts[tenant_id, post.subscription_id, post.day] = post

    def posts(self, tenant_id: TenantId, subscription_id: str | None = None) -> list[Post]:
        """Those of a tenant's, or of a subscription."""
        mine = {key[1:]: post for key, post in self._posts.items() if key[0] == tenant_id}
        return [post for key, post in sorted(mine.items()) if subscription_id in {None, key[0]}]

    def finish(self, tenant_id: TenantId, member_id: str, kind: str, key: str, *, at: datetime, once: bool) -> None:
        """Record a delivery; `last` never goes back."""
        if not once:
            person = (tenant_id, member_id, kind)
            self._last[person] = max(at, self._last.get(person, at))
        self._delivered.add((tenant_id, key))


class FakeHomes:
    """Since when people look at their pages, in a dict; with it whether these are true."""

    def __init__(self) -> None:
        self._looks: dict[tuple[TenantId, str], tuple[datetime, bool]] = {}

    def look(self, tenant_id: TenantId, account: str, *, since: datetime) -> None:
        """Note that somebody looks at their page."""
        self._looks[tenant_id, account] = (since, True)

    def outdate(self, tenant_id: TenantId, *, since: datetime) -> Sequence[tuple[str, datetime]]:
        """Note that those opened since then are not true any more."""
        looks = [(key, at) for key, (at, true) in self._looks.items() if key[0] == tenant_id and true and at >= since]
        self._looks |= {key: (at, False) for key, at in looks}
        return [(account, at) for (_, account), at in looks]


class FakeKeptMessages:
    """What waits for tenants to be resumed, in a dict."""

    def __init__(self) -> None:
        self._kept: dict[tuple[TenantId, str], KeptMessage] = {}

    def keep(self, tenant_id: TenantId, message: KeptMessage, *, until: datetime) -> None:
        """Keep one."""
        self._kept[tenant_id, message.id] = message

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[KeptMessage]:
        """The next so many."""
        kept = sorted(id for owner, id in self._kept if owner == tenant_id and id > (after or ""))
        return [self._kept[tenant_id, id] for id in kept[:limit]]

    def drop(self, tenant_id: TenantId, message: KeptMessage) -> None:
        """Forget one."""
        self._kept.pop((tenant_id, message.id), None)


class FakeReportAnswers:
    """What people say for their team's report, in a dict."""

    def __init__(self) -> None:
        self._said: dict[tuple[TenantId, str], ReportAnswers] = {}

    def put(self, tenant_id: TenantId, said: ReportAnswers, *, keep_days: int) -> None:
        """Keep what a person said on a day; nothing goes."""
        self._said.pop((tenant_id, said.key), None)
        if said.answers:
            self._said[tenant_id, said.key] = said

    def some(self, tenant_id: TenantId, wanted: Iterable[tuple[date, str]]) -> Sequence[ReportAnswers]:
        """What was said on these days by these people."""
        keys = {f"{day.isoformat()}#{member_id}" for day, member_id in wanted}
        return [self._said[tenant_id, key] for key in sorted(keys) if (tenant_id, key) in self._said]

    def page(self, tenant_id: TenantId, *, after: str | None = None, limit: int) -> Sequence[ReportAnswers]:
        """The next so many."""
        keys = sorted(key for owner, key in self._said if owner == tenant_id and key > (after or ""))
        return [self._said[tenant_id, key] for key in keys[:limit]]


class FakeOutbox:
    """When attempts began, in a dict."""

    def __init__(self) -> None:
        self._began: dict[tuple[TenantId, str], datetime] = {}

    def pending_since(self, tenant_id: TenantId, key: str) -> datetime | None:
        """When the last attempt began of which we do not know how it ended."""
        return self._began.get((tenant_id, key))

    def begin(self, tenant_id: TenantId, key: str, *, at: datetime) -> None:
        """Note that an attempt begins."""
        self._began[tenant_id, key] = at

    def settle(self, tenant_id: TenantId, key: str) -> None:
        """Note that we know how the last attempt ended."""
        self._began.pop((tenant_id, key), None)


class FakeModelMonths:
    """Counts in a dict."""

    def __init__(self) -> None:
        self._months: dict[tuple[TenantId, str], ModelMonth] = {}

    def get(self, tenant_id: TenantId, month: str) -> ModelMonth:
        """How it stands."""
        return self._months.get((tenant_id, month), ModelMonth())

    def add(self, tenant_id: TenantId, month: str, *, microdollars: int) -> ModelMonth:
        """Count one more."""
        before = self.get(tenant_id, month)
        after = ModelMonth(microdollars=before.microdollars + microdollars, judgements=before.judgements + 1)
        self._months[tenant_id, month] = after
        return after

    def unanswered(self, tenant_id: TenantId, month: str, *, at: datetime) -> datetime:
        """Note the first time."""
        before = self.get(tenant_id, month)
        since = before.unanswered_since or at
        self._months[tenant_id, month] = before.model_copy(update={"unanswered_since": since})
        return since


def _place(decision: Decision) -> str:
    return f"{decision.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}#{decision.id}"
