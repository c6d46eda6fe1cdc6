"""The offline analyst: who speaks of what, and what follows from it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import NO_ODDS, Judgement, Proposal, RunnerUp
from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, StateType, Team, Ticket, TicketState
from pm_assistant.integrations.offline import cues, wording
from pm_assistant.integrations.offline.progress import Claim, Progress, claims
from pm_assistant.integrations.offline.resolved import resolved
from pm_assistant.integrations.offline.subjects import Subject, Utterance, split
from pm_assistant.language import text
from pm_assistant.language.states import is_review

_NEXT_TO_NOTHING = 0.1
"""So probable is some ticket or other of most talk that is about none."""

_LIKELY = 0.5
"""From this probability on a ticket is the subject; below it the talk counts as having no ticket."""

_TOLD_LIKELY = 0.35
"""Likewise where it is told how the product behaves, or what was done: most of that is of a known ticket."""

_SETTLED = 0.8
"""From this probability on a question has been answered and leaves nothing to do."""

_SPECIFIC, _BROKEN = 3.0, 2.4
"""From this much content on what is asked for, or reported as broken, can be made a ticket of."""

_SMALL_TALK = 3
"""So many signs of chatter in one message outweigh whatever words it shares with a ticket."""

_ASKS = 0.56
"""How confident a comment on a ticket that may be the subject is: enough to ask a person, never to act."""

_CERTAIN, _UNCERTAIN = 0.93, 0.79
"""From this probability on a ticket is sure: of 98 that were as likely one was another, on told conversations of
teams that the weights were not fitted to. What is less is left below what acts by itself."""


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
    return not named and max((u.chatter for u in subject.utterances), default=0) >= _SMALL_TALK


def _is_others(subject: Subject) -> bool:
    """Whether it is told of what others track: a vendor's key is named, and none of ours."""
    named = subject.fit is not None and subject.fit.named
    return not named and cues.read(subject.plain).foreign


def _is_tracked(subject: Subject) -> bool:
    if _is_small_talk(subject) or _is_others(subject):
        return False
    return subject.fit is not None and subject.fit.probability >= _ASKS


def _may_be_tracked(subject: Subject) -> bool:
    """Rather ask about a near ticket than open a second one."""
    if subject.fit is None or subject.fit.probability < _TOLD_LIKELY or _is_others(subject):
        return False
    return subject.fit.probability >= _LIKELY or _is_told(subject)


def _is_told(subject: Subject) -> bool:
    """Whether it is told how the product behaves or what was done about it, and nothing is asked for."""
    signals = cues.read(subject.plain)
    return not (signals.ask or signals.untracked) and (bool(claims(subject.plain)) or _is_report(subject))


def _comment(subject: Subject) -> Proposal:
    fit = subject.fits[0]
    return _proposal(
        subject,
        Comment(ticket_id=fit.ticket.id, summary=wording.summary(subject.lines)),
        confidence=max(_confidence(fit.probability), _ASKS),
        reason=_why(subject),
    )


def _confidence(probability: float) -> float:
    return probability if probability >= _CERTAIN else min(probability, _UNCERTAIN)


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
    to = _target(claim.progress, team) if team is not None else None
    if team is None or to is None or not team.forwards(fit.ticket.state, to):
        return
    quote = wording.clip(claim.sentence, 160)
    yield _proposal(
        subject,
        MoveTicket(ticket_id=fit.ticket.id, to=to),
        confidence=min(_confidence(fit.probability), claim.certainty),
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
    claims_made = [(utterance, claim) for utterance in serious for claim in claims(utterance.spoken)]
    if not claims_made or claims_made[-1][1].progress is Progress.REOPENED:
        return None
    return claims_made[-1]


def _target(progress: Progress, team: Team) -> TicketState | None:
    review = [state for state in team.states if is_review(state)]
    started = [state for state in team.states if state.type is StateType.STARTED and state not in review]
    closed = {
        Progress.COMPLETED: StateType.COMPLETED,
        Progress.CANCELED: StateType.CANCELED,
    }
    if progress is Progress.REVIEW:
        return next(iter(review), None)
    if progress is Progress.STARTED:
        return next(iter(started), None)
    return next((state for state in team.states if state.type is closed.get(progress)), None)


def _create(subject: Subject) -> Proposal | None:
    signals = cues.read(subject.plain)
    title = wording.title(subject.lines)
    stated = signals.problem or signals.ask or signals.untracked
    if not title or not (stated or _is_report(subject)) or not _is_work(subject):
        return None
    if not signals.untracked and (_is_settled(subject) or signals.foreign or _is_in_hand(subject)):
        return None
    doubt = max(0.0, subject.fit.probability - _NEXT_TO_NOTHING) if subject.fit is not None else 0.0
    specific = sum(utterance.content for utterance in subject.utterances) >= 7
    score = 0.54 + 0.07 * (signals.problem + signals.ask + specific) + 0.05 * (signals.priority < 3)
    score += 0.14 * (signals.untracked or signals.announced)
    urgency = next((said for said in text.sentences(subject.plain) if cues.states_urgency(said)), "")
    finding = "A problem is reported" if signals.problem or not stated else "Something is asked for"
    return _proposal(
        subject,
        CreateTicket(
            title=title,
            description=wording.description(subject.lines),
            priority=cues.read(urgency).priority if urgency else 0,
            priority_because=urgency,
        ),
        confidence=max(min(score if stated else _ASKS, 0.78) * (1 - 0.4 * doubt), _ASKS * signals.ask),
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
    stated = stated or _is_report(subject)
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
