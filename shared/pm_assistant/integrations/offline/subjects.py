"""Taking a conversation apart: which of its messages speak of the same thing, and of which ticket."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, Message, MessageId, Ticket
from pm_assistant.integrations.offline import cues, elsewhere
from pm_assistant.integrations.offline.acts import PROGRESS, SMALL_TALK, Act, Stance, acts, of_no_ticket
from pm_assistant.integrations.offline.matching import Fit, Matcher
from pm_assistant.integrations.offline.progress import Claim, claims
from pm_assistant.integrations.offline.reading import Query
from pm_assistant.language import text
from pm_assistant.language.lexicon import A_WORD, content
from pm_assistant.language.meaning import concepts, is_of_life, is_technical, subject_terms
from pm_assistant.language.ranking.mentions import keys_named_in

ROOT, REPLY = 1.0, 0.8
"""What a word counts in a thread's first message and below it."""

_SURE, _SURELY = 0.5, 0.95
"""From these probabilities on a message opens a subject of its own in a burst, and does so even amid small talk."""

_ANNOUNCED = 0.4
"""How far `bug:` or `feature request` counts as saying that there is no ticket yet."""

_SHORT = 2.0
"""Up to this much content a message says nothing of its own and goes with the one before."""

_ANSWER = 3.0
"""Up to this much content it may be an answer to what somebody else said."""

_LONG_ANSWER = 6.0
"""Likewise where it is likely one by what it does."""

_ANSWERS = (Act.REACTION, Act.KNOWN, Act.UNKNOWN, Act.QUESTION, Act.DETAIL)
_ANSWERED = 0.6
"""What answers do, and how likely it is that one does."""

_CHATS, _MAY_BE_WORK = 0.5, 0.4
"""From these probabilities on a message is small talk, and what follows such may be talk of work again."""

_EXPLAINED = 0.35
"""From this share of its words on a message speaks of a ticket that its author has just spoken of."""

_OWN_SUBJECT = 0.85
"""From this probability on a thread keeps its subject although another ticket is named in it by key."""


_ADDRESSED = re.compile(r"^(?:\s*<@\w+(?:\|[^>]*)?>[\s,:]*)+")


@dataclass(frozen=True)
class Utterance:
    """One message as we read it.

    Attributes:
        spoken: without what its author only quoted.
        topic: without what names a colleague.
        named: the keys of the candidates that it names, as they now are.
        chatter: how many of its words are of people's lives.
        software: how many are of software and its business.
    """

    message: Message
    name: str
    tracker_id: str | None
    plain: str
    spoken: str
    topic: str
    named: frozenset[str]
    content: float
    chatter: int
    software: int
    injected: bool
    acts: Mapping[Act, float] = field(compare=False)
    small_talk: float

    @property
    def is_small_talk(self) -> bool:
        """Whether all that it says is likely about lives or the running of work, or only an answer."""
        return self.small_talk >= _CHATS

    @classmethod
    def of(
        cls,
        message: Message,
        names: Mapping[str, str],
        tracker_ids: Mapping[str, str],
        current_keys: Mapping[str, str],
        ticketed: Set[str],
    ) -> "Utterance":
        """Read a message.

        Args:
            message: what was said.
            names: people's names by who they are in the chat.
            tracker_ids: who they are in the tracker, likewise.
            current_keys: the candidates' keys of now by each that they ever had.
            ticketed: what the candidates speak of, as concepts: of a restaurant's tickets `lunch` may be.
        """
        addressed = _ADDRESSED.sub("", message.text)
        plain = text.plain(addressed, names)
        words = text.terms(plain)
        spoken = text.plain(addressed, names, spoken=True)
        answers = spoken != plain and _answers(spoken)
        named = keys_named_in(message.text, current_keys.__contains__, quoted=answers)
        return cls(
            message=message,
            name=names.get(message.author, "Someone"),
            tracker_id=tracker_ids.get(message.author),
            plain=plain,
            spoken=spoken,
            topic="\n".join(each for each in text.sentences(plain) if not _names_any(each, names.values())),
            named=frozenset(current_keys[key] for key in named),
            content=content(words),
            chatter=sum(
                is_of_life(term) and ticketed.isdisjoint(concepts(term)) for term in {*words, *subject_terms(words)}
            ),
            software=sum(map(is_technical, set(words))),
            injected=cues.read(plain).injected,
            acts=acts(said := _without_greeting(text.plain(message.text, {}, spoken=True))),
            small_talk=_small_talk(said),
        )


def _without_greeting(said: str) -> str:
    """What is said behind a greeting, or the greeting where that is all."""
    found = elsewhere.GREETING.match(text.fold(said))
    # Folding may change how long a text is; only where the greeting stands in it as typed can it be cut off.
    if found is None or text.fold(said[: found.end()]) != found[0]:
        return said
    return said[found.end() :] or said


def _answers(spoken: str) -> bool:
    """Whether somebody says anything themselves of what they quote, but whose words those are."""
    lines = (line for line in spoken.splitlines() if not line.endswith(":"))
    return any(content(text.terms(line)) >= A_WORD for line in lines)


def _is_answer(utterance: Utterance) -> bool:
    """Whether it says something to what somebody else has just said."""
    return math.fsum(utterance.acts[act] for act in _ANSWERS) >= _ANSWERED


def _chats_on(utterance: Utterance, latest: Sequence[Utterance]) -> bool:
    """Whether a message goes on with small talk: it is such itself, or short and reports, asks and states nothing.

    The ticket that it fits by its words is then only played with, as by `double, like the deposits`.
    """
    if not all(each.is_small_talk for each in latest):
        return False
    of_work = math.fsum(utterance.acts[act] for act in (Act.PROBLEM, Act.REQUEST, Act.DETAIL, *PROGRESS))
    return utterance.is_small_talk or (utterance.content <= _LONG_ANSWER and of_work < _MAY_BE_WORK)


def _small_talk(said: str) -> float:
    """How likely all that is said is small talk: a greeting before a problem makes none of it."""
    parts = [part for part in text.sentences(said) if content(text.terms(part)) >= A_WORD]
    return min(math.fsum(acts(part)[act] for act in SMALL_TALK) for part in parts or [said])


def _names_any(sentence: str, names: Iterable[str]) -> bool:
    said = {*text.terms(sentence)}
    return any(not said.isdisjoint(text.terms(name)) for name in names)


@dataclass(frozen=True)
class Subject:
    """Messages that speak of one thing, the ticket they fit best, and the tickets that came next."""

    utterances: tuple[Utterance, ...]
    fits: tuple[Fit, ...] = ()

    @property
    def fit(self) -> Fit | None:
        """The best fit, if there was any candidate."""
        return self.fits[0] if self.fits else None

    @property
    def evidence(self) -> tuple[MessageId, ...]:
        """The messages, oldest first."""
        return tuple(utterance.message.id for utterance in self.utterances)

    @cached_property
    def query(self) -> Query:
        """What its messages say, read together."""
        return query_of(self.utterances)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Who said what."""
        return [(utterance.name, utterance.plain) for utterance in self.utterances]

    @cached_property
    def stance(self) -> Stance:
        """What its messages likely do."""
        return stance_of(self.utterances)

    @cached_property
    def signals(self) -> cues.Cues:
        """What all that was said does besides, by its phrases."""
        return cues.read(self.plain)

    @cached_property
    def stated(self) -> Sequence[Claim]:
        """What all that was said states of how work stands, by its phrases."""
        return claims(self.plain)

    @cached_property
    def plain(self) -> str:
        """All that was said."""
        return "\n".join(utterance.plain for utterance in self.utterances)


def split(
    conversation: Conversation,
    candidates: Sequence[Ticket],
    people: Sequence[Participant],
    odds: Mapping[str, float],
) -> list[Subject]:
    """Sort the standing messages into subjects; each message belongs to exactly one.

    A thread is one subject, except for messages that name another ticket. Text that tries to give us orders is a
    subject without ticket, wherever it stands.
    """
    names = {person.chat_id: person.name for person in people if person.chat_id}
    tracker_ids = {person.chat_id: person.tracker_id for person in people if person.chat_id and person.tracker_id}
    current_keys = {key.upper(): each.key.upper() for each in candidates for key in (*each.former_keys, each.key)}
    messages = conversation.undeleted_messages
    matcher = Matcher(candidates, odds)
    utterances = [Utterance.of(m, names, tracker_ids, current_keys, matcher.concepts) for m in messages]
    genuine = [utterance for utterance in utterances if not utterance.injected]
    injected = tuple(utterance for utterance in utterances if utterance.injected)
    subjects = _Splitter(candidates, matcher).split(genuine, thread=any(m.is_reply for m in conversation.messages))
    return [*subjects, Subject(injected)] if injected else subjects


class _Splitter:
    def __init__(self, candidates: Sequence[Ticket], matcher: Matcher) -> None:
        self._matcher = matcher
        self._by_key = {ticket.key.upper(): ticket for ticket in candidates}

    def split(self, utterances: Sequence[Utterance], *, thread: bool) -> list[Subject]:
        if not utterances:
            return []
        return self._thread(utterances) if thread else self._burst(utterances)

    def _thread(self, utterances: Sequence[Utterance]) -> list[Subject]:
        by_words = self._subject(utterances, by_key=False)
        named_keys = [key for utterance in utterances for key in sorted(utterance.named)]
        if not named_keys:
            return [by_words]
        main_key = named_keys[0]
        named_first = bool(utterances[0].named)
        if by_words.fit is not None and not named_first and by_words.fit.probability >= _OWN_SUBJECT:
            main_key = by_words.fit.ticket.key.upper()
        groups: dict[str, list[Utterance]] = {main_key: []}
        for utterance in utterances:
            for key in sorted(utterance.named) or [main_key]:
                groups.setdefault(key, []).append(utterance)
        return [self._subject(group, ticket_key=key) for key, group in groups.items() if group]

    def _burst(self, utterances: Sequence[Utterance]) -> list[Subject]:
        groups: list[tuple[str | None, list[Utterance]]] = []
        for utterance in utterances:
            keys: list[str | None] = [*sorted(utterance.named)]
            found = self._subject([utterance]).fit if not keys else None
            is_surely_found = found is not None and found.probability >= _SURELY
            if not keys and groups and not is_surely_found and _chats_on(utterance, groups[-1][1]):
                groups[-1][1].append(utterance)
                continue
            if found is not None and found.probability >= _SURE:
                keys.append(found.ticket.key.upper())
            for key in keys or [None]:
                home = self._home(utterance, key, groups)
                if home is None:
                    groups.append((key, [utterance]))
                else:
                    home.append(utterance)
        return self._merged(self._subject(group, ticket_key=key) for key, group in groups)

    def _home(
        self, utterance: Utterance, key: str | None, groups: Sequence[tuple[str | None, list[Utterance]]]
    ) -> list[Utterance] | None:
        if key is not None:
            return next((group for group_key, group in groups if group_key == key), None)
        if utterance.chatter or not groups or cues.changes_subject(utterance.plain):
            return None
        latest_key, latest = groups[-1]
        is_short = utterance.content <= _SHORT
        if latest[-1].message.author == utterance.message.author and not latest[-1].chatter:
            return latest if is_short or self._goes_on(utterance, latest_key, latest) else None
        answers = utterance.content <= _ANSWER and cues.leans_on_context(utterance.plain)
        return latest if answers or (utterance.content <= _LONG_ANSWER and _is_answer(utterance)) else None

    def _goes_on(self, utterance: Utterance, ticket_key: str | None, latest: Sequence[Utterance]) -> bool:
        """Whether a message with a content of its own still speaks of what its author spoke of just before."""
        if ticket_key is not None:
            evidence = self._matcher.evidence(self._by_key[ticket_key], query_of([utterance]), frozenset())
            return evidence.explained >= _EXPLAINED
        combined = self._subject([*latest, utterance])
        return combined.fit is not None and combined.fit.probability >= _SURE

    def _merged(self, subjects: Iterable[Subject]) -> list[Subject]:
        """Join subjects that turn out to be about the same ticket once all their messages are read together."""
        merged: dict[object, Subject] = {}
        for subject in subjects:
            is_sure = subject.fit is not None and subject.fit.probability >= _SURE
            merge_key: object = subject.fit.ticket.id if subject.fit is not None and is_sure else object()
            if merge_key in merged and subject.fit is not None:
                group = sorted({*merged[merge_key].utterances, *subject.utterances}, key=lambda u: float(u.message.ts))
                merged[merge_key] = self._subject(
                    group, ticket_key=subject.fit.ticket.key.upper() if subject.fit.named else None
                )
            else:
                merged[merge_key] = subject
        return list(merged.values())

    def _subject(self, group: Sequence[Utterance], *, ticket_key: str | None = None, by_key: bool = True) -> Subject:
        keys = frozenset(key for utterance in group for key in utterance.named) if by_key else frozenset()
        named_keys = keys & {ticket_key} if ticket_key is not None else keys
        speakers = frozenset(utterance.tracker_id for utterance in group if utterance.tracker_id)
        return Subject(tuple(group), tuple(self._matcher.rank(query_of(group), named=named_keys, speakers=speakers)))


def stance_of(group: Sequence[Utterance]) -> Stance:
    """What some messages likely do; the first that says something opens them, whoever has greeted before."""
    opening = next((utterance for utterance in group if utterance.content >= _SHORT), group[0])
    return Stance.of([utterance.acts for utterance in group], small_talk=opening.small_talk)


def query_of(group: Sequence[Utterance]) -> Query:
    """Read the messages of one subject together; what opened a thread counts most."""
    return Query.of(
        ((u.plain, REPLY if u.message.is_reply and position else ROOT) for position, u in enumerate(group)),
        chatter=min(3.0, sum(utterance.chatter for utterance in group)),
        untracked=max(_untracked_degree(cues.read(utterance.plain)) for utterance in group),
        stance=stance_of(group),
        acts=[(utterance.tracker_id, utterance.acts) for utterance in group],
        reads_as=of_no_ticket("\n".join(utterance.plain for utterance in group)),
    )


def _untracked_degree(signals: cues.Cues) -> float:
    """How plainly something is said to have no ticket; who announces a bug or a wish may still mean a known one."""
    return 1.0 if signals.untracked else _ANNOUNCED * signals.announced
