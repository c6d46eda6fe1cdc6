"""The offline analyst: who speaks of what, and what follows from it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import assert_never

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import NO_ODDS, Judgement, Proposal, RunnerUp
from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, StateType, Team, Ticket, TicketState
from pm_assistant.integrations.offline import cues, wording
from pm_assistant.integrations.offline.acts import Act
from pm_assistant.integrations.offline.new_work import LIKELY as LIKELY_NEW
from pm_assistant.integrations.offline.new_work import is_new_work
from pm_assistant.integrations.offline.progress import Claim, Progress, asks_whether, claims
from pm_assistant.integrations.offline.resolved import resolved
from pm_assistant.integrations.offline.subjects import Subject, Utterance, split
from pm_assistant.language import text
from pm_assistant.language.states import is_handed_to_test, is_review, is_test, says_test

_LIKELY = 0.45
"""From this probability on a ticket is the subject; below it the talk counts as having no ticket."""

_TOLD_LIKELY = 0.35
"""Likewise where it is told how the product behaves, or what was done: most of that is of a known ticket."""

_SETTLED = 0.8
"""From this probability on a question has been answered and leaves nothing to do."""

_SPECIFIC, _BROKEN = 3.0, 2.4
"""From this much content on what is asked for, or reported as broken, is talk about work."""

_SMALL_TALK = 3
"""So many signs of chatter in one message outweigh whatever words it shares with a ticket."""

_ASKS = 0.56
"""How confident a comment on a ticket that may be the subject is: enough to ask a person, never to act."""

_CERTAIN, _UNCERTAIN = 0.93, 0.79
"""From this probability on a ticket is sure: of 98 that were as likely one was another, on told conversations of
teams that the weights were not fitted to. What is less is left below what acts by itself."""


_SMALL_TALKS = 0.75
"""From this probability on what opens a conversation is small talk, whatever words it shares with a ticket."""

_MAYBE_SMALL_TALK = 0.4
"""From this probability on what opens a conversation may be small talk with the words of a ticket."""

_UNSURE_NEW = 0.78
"""New work is never so sure that it is recorded unasked."""


class OfflineAnalyst:
    """Implements `ports.Analyst` with rules alone; the same input always gives the same proposals."""

    def judge(
        self,
        conversation: Conversation,
        *,
        candidates: Sequence[Ticket],
        teams: Sequence[Team],
        people: Sequence[Participant],
        now: datetime,
        language: str | None = None,
        odds: Mapping[str, float] = NO_ODDS,
    ) -> Judgement:
        """Propose at most one comment and one move per ticket, and one new ticket per conversation.

        Everything that was said is either evidence of a proposal or on record as ignored. It cannot translate: what
        people said stays in their language, whatever `language` is.
        """
        started = time.perf_counter()
        proposals = tuple(_proposals(split(conversation, candidates, people, odds), {team.id: team for team in teams}))
        elapsed_ms = round((time.perf_counter() - started) * 1000)
        return Judgement(proposals=proposals, model="offline", latency_ms=elapsed_ms)


def _proposals(subjects: Sequence[Subject], teams: Mapping[str, Team]) -> Iterator[Proposal]:
    remaining: list[Subject] = []
    chatty = any(utterance.chatter for subject in subjects for utterance in subject.utterances)
    covered: set[str] = set()
    for subject in sorted(subjects, key=lambda subject: not _is_tracked(subject)):
        tracked = _is_tracked(subject) or (not chatty and _may_be_tracked(subject))
        if tracked and subject.fits[0].ticket.id not in covered:
            covered.add(subject.fits[0].ticket.id)
            yield _comment(subject)
            yield from _move(subject, teams)
        else:
            remaining.append(subject)
    drafts = [draft for draft in (_create(subject) for subject in remaining) if draft is not None]
    drafted = max(drafts, key=lambda draft: draft.confidence, default=None)
    if drafted is not None:
        yield drafted
        remaining = [subject for subject in remaining if not set(drafted.evidence) & set(subject.evidence)]
    if remaining:
        yield _ignore(remaining)


def _is_small_talk(subject: Subject) -> bool:
    """Whether more than a passing word is about people's lives, and nobody named the ticket it seems to fit."""
    named = subject.fit is not None and subject.fit.named
    signs = max((utterance.chatter for utterance in subject.utterances), default=0)
    return not named and (signs >= _SMALL_TALK or subject.stance.small_talk >= _SMALL_TALKS)


def _is_others(subject: Subject) -> bool:
    """Whether it is told of what others track: a vendor's key is named, and none of ours."""
    named = subject.fit is not None and subject.fit.named
    return not named and cues.read(subject.plain).foreign


def _is_tracked(subject: Subject) -> bool:
    if _is_small_talk(subject) or _is_others(subject):
        return False
    return subject.fit is not None and subject.fit.probability >= _LIKELY


def _may_be_tracked(subject: Subject) -> bool:
    """Rather ask about a near ticket than open a second one."""
    if subject.fit is None or subject.fit.probability < _TOLD_LIKELY or _is_others(subject):
        return False
    return subject.fit.probability >= _LIKELY or _is_told(subject) or _is_of_something(subject)


def _is_of_something(subject: Subject) -> bool:
    """Whether it is told how some work stands, which seldom has no ticket, or something that nothing is opened for."""
    stance = subject.stance
    if stance.small_talk >= _MAYBE_SMALL_TALK or stance.unknown >= _STATES:
        return False
    told = max(stance.wanted, stance.detail, stance.known) >= _STATES and is_new_work(subject) < LIKELY_NEW
    return stance.progress >= _STATES or told


def _is_told(subject: Subject) -> bool:
    """Whether it is told how the product behaves or what was done about it, and nothing is asked for."""
    signals = cues.read(subject.plain)
    return not (signals.ask or signals.untracked) and (bool(claims(subject.plain)) or _is_report(subject))


def _comment(subject: Subject) -> Proposal:
    fit = subject.fits[0]
    return _proposal(
        subject,
        Comment(ticket_id=fit.ticket.id, summary=wording.summary(subject.lines)),
        confidence=max(_confidence(subject), _ASKS),
        reason=_why(subject),
    )


def _confidence(subject: Subject) -> float:
    """How sure a ticket is: never what opens like small talk, or is said to be new, unless its key is named."""
    fit, stance = subject.fits[0], subject.stance
    certain = fit.probability >= _CERTAIN and stance.small_talk < _MAYBE_SMALL_TALK and stance.unknown < _LIKELY
    return fit.probability if certain or fit.named else min(fit.probability, _UNCERTAIN)


def _why(subject: Subject) -> str:
    fit = subject.fits[0]
    if fit.named:
        return f"{fit.ticket.key} is named in the conversation."
    said = set(text.terms(subject.plain))
    words = [word for word in fit.words if said.intersection(text.terms(word))]
    if not words:
        return f"What was said fits {fit.ticket.key} better than any other ticket, in other words."
    return f"These words of {fit.ticket.key} were said: {', '.join(words)}."


def _move(subject: Subject, teams: Mapping[str, Team]) -> Iterator[Proposal]:
    fit = subject.fits[0]
    stated = _latest_claim(subject)
    if stated is None or (cues.read(subject.plain).foreign and not fit.named):
        return
    speaker, claim = stated
    team = teams.get(fit.ticket.team_id)
    to = _target(claim, fit.ticket.state, team) if team is not None else None
    if team is None or to is None or not team.forwards(fit.ticket.state, to):
        return
    quote = wording.clip(claim.sentence, 160)
    yield _proposal(
        subject,
        MoveTicket(ticket_id=fit.ticket.id, to=to),
        confidence=max(min(_confidence(subject), claim.certainty), _ASKS * (claim.certainty >= _ASKS)),
        reason=f"{speaker.name} said so of {fit.ticket.key} ({_STATED[claim.progress]}): {quote}",
    )


_STATED = {
    Progress.STARTED: "work has begun",
    Progress.REVIEW: "up for review",
    Progress.COMPLETED: "done",
    Progress.CANCELED: "will not be done",
}


def _latest_claim(subject: Subject) -> tuple[Utterance, Claim] | None:
    serious = [utterance for utterance in subject.utterances if not cues.is_sarcastic(utterance.message.text)]
    latest: tuple[Utterance, Claim] | None = None
    for utterance in serious:
        for claim in _claims(utterance):
            if latest is None or not _takes_up(claim, latest[1]):
                latest = (utterance, claim)
    return None if latest is None or latest[1].progress is Progress.REOPENED else latest


def _takes_up(claim: Claim, before: Claim) -> bool:
    """Whether somebody says to be at it where it was put up for review or test: at looking at it."""
    return claim.progress is Progress.STARTED and before.progress in {Progress.REVIEW, Progress.COMPLETED}


def _claims(utterance: Utterance) -> Sequence[Claim]:
    """What a message states of the work by its phrases; else, if it is likely enough, by the model of acts."""
    if (worded := claims(utterance.spoken)) or not utterance.spoken or asks_whether(utterance.spoken):
        return worded
    act = max(_PROGRESS, key=lambda each: utterance.acts[each])
    likely = utterance.acts[act]
    return [Claim(_PROGRESS[act], likely, utterance.spoken)] if likely >= _STATES else ()


_PROGRESS = {
    Act.COMPLETED: Progress.COMPLETED,
    Act.REVIEW: Progress.REVIEW,
    Act.STARTED: Progress.STARTED,
    Act.CANCELED: Progress.CANCELED,
    Act.REOPENED: Progress.REOPENED,
}
_STATES = 0.5
"""From this probability on a message states how work stands."""


def _target(claim: Claim, now: TicketState, team: Team) -> TicketState | None:
    tested = [state for state in team.states if is_test(state)]
    review = [state for state in team.states if is_review(state) and state not in tested]
    started = [state for state in team.states if state.type is StateType.STARTED and state not in (*review, *tested)]
    match claim.progress:
        case Progress.REVIEW if says_test(claim.sentence):
            return next((state for state in (*tested, *review) if team.forwards(now, state)), None)
        case Progress.REVIEW:
            return next(iter((*review, *tested)), None)
        case Progress.STARTED:
            return next(iter(started), None)
        case Progress.COMPLETED if is_handed_to_test(claim.sentence):
            return next((state for state in tested if team.forwards(now, state)), None)
        case Progress.COMPLETED:
            return team.first(StateType.COMPLETED)
        case Progress.CANCELED:
            return team.first(StateType.CANCELED)
        case Progress.REOPENED:
            return None
        case _:
            assert_never(claim.progress)


def _create(subject: Subject) -> Proposal | None:
    signals = cues.read(subject.plain)
    title = wording.title(subject.lines)
    likely = is_new_work(subject)
    if not title or likely < LIKELY_NEW or any(utterance.injected for utterance in subject.utterances):
        return None
    if not signals.untracked and (_is_settled(subject) or signals.foreign or _is_in_hand(subject)):
        return None
    urgency = next((said for said in text.sentences(subject.plain) if cues.states_urgency(said)), "")
    asked, reported = (max(u.acts[act] for u in subject.utterances) for act in (Act.REQUEST, Act.PROBLEM))
    finding = "A problem is reported" if signals.problem or reported >= asked else "Something is asked for"
    return _proposal(
        subject,
        CreateTicket(
            title=title,
            description=wording.description(subject.lines),
            priority=cues.read(urgency).priority if urgency else 0,
            priority_because=urgency,
        ),
        confidence=max(_ASKS, min(likely, _UNSURE_NEW)),
        reason=f"{finding} and no known ticket fits well.",
    )


def _is_chat(subject: Subject) -> bool:
    """Whether people speak of their lives; one word of that, as `desk`, is no sign of it where they miss a ticket."""
    signs = sum(utterance.chatter for utterance in subject.utterances)
    return signs > 1 or (signs == 1 and not cues.read(subject.plain).untracked)


def _is_report(subject: Subject) -> bool:
    """Whether a conversation opens with how the product behaves, though no word says that this is wrong."""
    opening = subject.utterances[0]
    return not claims(subject.plain) and cues.reports(opening.plain, technical=opening.software)


def _is_in_hand(subject: Subject) -> bool:
    """Whether who began tells of work that somebody does or did: it was planned somewhere."""
    opening = subject.utterances[0]
    stated = {claim.progress for claim in claims(opening.spoken)} - {Progress.REOPENED}
    return bool(stated - {Progress.COMPLETED}) or (bool(stated) and not cues.read(opening.plain).problem)


def _is_settled(subject: Subject) -> bool:
    """Whether who began has had what they asked for, by the last that they said."""
    opening, *later = subject.utterances
    own = [utterance for utterance in later if utterance.message.author == opening.message.author]
    return bool(own) and resolved(own[-1].spoken) >= _SETTLED


_ABOUT_WORK = "Talk about work, but neither a known ticket nor a clear request."
_NOT_WORK = "Nothing here is about the team's work."


def _ignore(subjects: Sequence[Subject]) -> Proposal:
    work = any(_is_work(subject) for subject in subjects)
    utterances = sorted({u for s in subjects for u in s.utterances}, key=lambda u: float(u.message.ts))
    joined = Subject(tuple(utterances), subjects[0].fits)
    likeliest = max((s.fits[0].probability for s in subjects if s.fits), default=0.0)
    return _proposal(
        joined,
        Ignore(work=work),
        confidence=round(1 - likeliest, 3),
        reason=_ABOUT_WORK if work else _NOT_WORK,
    )


def _is_work(subject: Subject) -> bool:
    if any(utterance.injected for utterance in subject.utterances) or _is_chat(subject):
        return False
    signals = cues.read(subject.plain)
    stated = signals.problem or signals.ask or signals.blocked or signals.untracked or bool(claims(subject.plain))
    stated = stated or _is_report(subject) or subject.stance.wanted >= _LIKELY
    is_near = subject.fit is not None and subject.fit.probability >= _LIKELY
    least = _BROKEN if signals.problem else _SPECIFIC
    return is_near or (stated and sum(utterance.content for utterance in subject.utterances) >= least)


def _proposal(
    subject: Subject,
    action: Comment | CreateTicket | MoveTicket | Ignore,
    *,
    confidence: float,
    reason: str,
) -> Proposal:
    next_best = subject.fits[1:4] if isinstance(action, Comment | MoveTicket) else subject.fits[:3]
    return Proposal(
        action=action,
        confidence=round(confidence, 3),
        reason=reason,
        evidence=subject.evidence,
        runners_up=tuple(RunnerUp(ticket_id=fit.ticket.id, score=round(fit.probability, 3)) for fit in next_best),
        language=wording.language(subject.plain),
        sentiment=wording.sentiment("\n".join(utterance.topic for utterance in subject.utterances)),
    )
