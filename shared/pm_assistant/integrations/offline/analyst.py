"""The offline analyst: who speaks of what, and what follows from it."""

import math
import re
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple, assert_never

from pm_assistant.domain.actions import Comment, CreateTicket, Ignore, MoveTicket
from pm_assistant.domain.decisions import NO_ODDS, Judgement, Proposal, RunnerUp
from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, StateType, Team, Ticket, TicketState
from pm_assistant.integrations.alternatives import asked_which
from pm_assistant.integrations.offline import cues, wording
from pm_assistant.integrations.offline.acts import Act, Stage, acts, stages
from pm_assistant.integrations.offline.outcomes import (
    Outcome,
    is_in_hand,
    is_report,
    is_settled,
    outcomes,
    preferred,
    weighed,
)
from pm_assistant.integrations.offline.progress import (
    Claim,
    Progress,
    asks_whether,
    claims,
    denies,
    in_own_words,
    may_state,
    said_of,
    says_something,
    unstated,
)
from pm_assistant.integrations.offline.subjects import Subject, Utterance, split
from pm_assistant.language import text
from pm_assistant.language.lexicon import content_terms
from pm_assistant.language.meaning import concepts, is_of_life, is_of_things, subject_terms
from pm_assistant.language.states import (
    first_in_work,
    is_handed_to_test,
    is_review,
    is_test,
    reviewed_in,
    says_test,
    tried_out_in,
)

_LIKELY = 0.45
"""From this probability on something is taken to be so."""

_SPECIFIC, _BROKEN = 3.0, 2.4
"""From this much content on what is asked for, or reported as broken, is talk about work."""

_ASKS = 0.56
"""How confident what is not sure is: enough to ask a person, never to act."""

_CERTAIN, _FITS, _FITS_REPORT, _UNCERTAIN = 0.93, 0.9, 0.97, 0.79
"""From these probabilities on, that talk is of a ticket and that this is the one, it is sure, on told conversations of
teams that the model of acts was not trained on; a report or a wish, which may be another one about the same thing, has
to fit better unless most of the title was said. What is less is left below what acts by itself."""
_MOST_OF_TITLE = 0.5
"""From this share of a title's weight on."""

_HARDLY_LESS, _NOT_MUCH_LESS = 0.5, 0.3
"""From these shares of what is likeliest on people are asked of another ticket, and of new work or a ticket, too: of
told conversations a quarter to a third of what is asked so is right, and what was likeliest then is not."""
_MAY_BE_TALK, _SURELY_TALK = 0.5, 0.8
"""From these probabilities on it may be small talk that plays with a ticket's words, and surely is small talk."""

_FRESHLY_CLOSED = timedelta(days=30)
"""So long after it was closed a ticket may be spoken of as surely as an open one."""

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


class _Judged(NamedTuple):
    """A subject, how likely each is that may become of it, and what does."""

    subject: Subject
    likely: Mapping[Outcome, float]
    outcome: Outcome


def _judged(subject: Subject) -> _Judged:
    likely = outcomes(subject)
    return _Judged(subject, likely, _outcome(subject, likely))


def _outcome(subject: Subject, likely: Mapping[Outcome, float]) -> Outcome:
    """What becomes of a subject: what names a ticket is of that.

    Nothing becomes of what orders us about, of what others track, and of links with hardly a word beside them, though
    they be from people who work on a ticket.
    """
    fit, signals = subject.fit, subject.signals
    if any(utterance.injected for utterance in subject.utterances):
        return Outcome.NEITHER
    if fit is not None and fit.named:
        return Outcome.TICKET
    if signals.foreign or not any(says_something(utterance.plain) for utterance in subject.utterances):
        return Outcome.NEITHER
    outcome = preferred(likely)
    match outcome:
        case Outcome.TICKET:
            return outcome if fit is not None else Outcome.NEITHER
        case Outcome.NEW:
            return Outcome.NEITHER if _is_over(subject) else outcome
        case Outcome.NEITHER:
            return outcome
        case _:
            assert_never(outcome)


def _is_over(subject: Subject) -> bool:
    """Whether what is said leaves nothing to do, so that it is no new work; not where people miss a ticket for it."""
    return (is_settled(subject) or is_in_hand(subject)) and not subject.signals.untracked


def _proposals(subjects: Sequence[Subject], teams: Mapping[str, Team]) -> Iterator[Proposal]:
    judged = [_judged(subject) for subject in subjects]
    remaining: list[_Judged] = []
    of_tickets: dict[str, _Judged] = {}
    for each in sorted(judged, key=lambda each: each.outcome is not Outcome.TICKET):
        if each.outcome is Outcome.TICKET and each.subject.fits[0].ticket.id not in of_tickets:
            of_tickets[each.subject.fits[0].ticket.id] = each
        else:
            remaining.append(each)
    drafts = [(draft, each) for each in remaining if each.outcome is Outcome.NEW and (draft := _create(each))]
    drafted, new = max(drafts, key=lambda found: found[0].confidence, default=(None, None))
    for each in of_tickets.values():
        others = [*_of_next_ticket(each, of_tickets, teams), *(_of_new_work(each) if drafted is None else ())]
        drafted = drafted or next((other for other in others if isinstance(other.action, CreateTicket)), None)
        yield from asked_which([*_of_ticket(each, teams)], others)
    if drafted is not None and new is not None:
        yield from asked_which([drafted], [*_of_near_ticket(new, of_tickets, teams)])
        remaining = [each for each in remaining if not set(drafted.evidence) & set(each.subject.evidence)]
    if remaining:
        yield _ignore([each.subject for each in remaining])


def _of_ticket(judged: _Judged, teams: Mapping[str, Team]) -> Iterator[Proposal]:
    """What becomes of talk of the ticket that fits best."""
    yield _comment(judged)
    yield from _move(judged, teams)


def _of_next_ticket(judged: _Judged, of_tickets: Container[str], teams: Mapping[str, Team]) -> Iterator[Proposal]:
    """The same of the ticket that fits second, where that one fits hardly less and nothing else is said of it."""
    best, *others = judged.subject.fits
    if _confidence(judged) <= _UNCERTAIN and others and not best.named:
        second, *rest = others
        if second.likelihood >= _HARDLY_LESS * best.likelihood and second.ticket.id not in of_tickets:
            subject = replace(judged.subject, fits=(second, best, *rest))
            yield from _of_ticket(judged._replace(subject=subject), teams)


def _of_new_work(judged: _Judged) -> Iterator[Proposal]:
    """A new ticket for talk that is taken to be of one that there is, where it may as well be of none."""
    is_sure = _confidence(judged) > _UNCERTAIN or judged.subject.fits[0].named
    if not is_sure and _may_be(Outcome.NEW, judged) and not _is_over(judged.subject):
        yield from filter(None, (_create(judged),))


def _of_near_ticket(judged: _Judged, of_tickets: Container[str], teams: Mapping[str, Team]) -> Iterator[Proposal]:
    """What becomes of talk that is taken to be of new work if it is of the ticket that fits best, and may well be."""
    fit = judged.subject.fit
    if fit is not None and fit.ticket.id not in of_tickets and _may_be(Outcome.TICKET, judged):
        yield from _of_ticket(judged, teams)


def _may_be(outcome: Outcome, judged: _Judged) -> bool:
    """Whether something else than what is taken may become of talk, and is not much less likely."""
    return weighed(judged.likely)[outcome] >= _NOT_MUCH_LESS * weighed(judged.likely)[judged.outcome]


def _comment(judged: _Judged) -> Proposal:
    subject = judged.subject
    return _proposal(
        subject,
        Comment(ticket_id=subject.fits[0].ticket.id, summary=wording.summary(subject.lines)),
        confidence=max(_confidence(judged), _ASKS),
        reason=_why(subject),
    )


def _confidence(judged: _Judged) -> float:
    """How sure a ticket is: where it fits, and all that is said makes it likely, and nothing is said to be new."""
    fit, likely = judged.subject.fits[0], judged.likely[Outcome.TICKET]
    if fit.named:
        naming = [each.small_talk for each in judged.subject.utterances if each.named]
        is_talk = min(naming, default=0.0) >= _SURELY_TALK and not judged.subject.stated
        return min(fit.probability, _UNCERTAIN) if is_talk else fit.probability
    is_likely = likely >= _CERTAIN and fit.likelihood >= _FITS
    doubts = (_may_be_another, _may_be_talk, _may_be_new, _was_closed)
    certain = is_likely and not any(doubted(judged.subject) for doubted in doubts)
    return likely if certain else min(likely, fit.probability, _UNCERTAIN)


def _may_be_another(subject: Subject) -> bool:
    """Whether a fault or a wish that is told may be another one about the same thing."""
    fit = subject.fits[0]
    is_told = subject.stance.wanted >= _LIKELY or _is_not_well(subject)
    return is_told and fit.likelihood < _FITS_REPORT and fit.evidence.coverage < _MOST_OF_TITLE


def _may_be_talk(subject: Subject) -> bool:
    """Whether people may play with a ticket's words: they tell of their lives, laugh, or likely just talk."""
    opening = subject.utterances[0]
    laughs = any(map(_is_of_life_alone, _parts(opening)))
    return opening.chatter > 1 or laughs or _likely_talks(subject)


def _likely_talks(subject: Subject) -> bool:
    """Whether what is said likely is small talk: it opens so, and nobody goes on with more than that."""
    goes_on = any(each.small_talk < _LIKELY and each.content >= _SPECIFIC for each in subject.utterances)
    return subject.stance.small_talk >= _MAY_BE_TALK and not goes_on


def _is_of_life_alone(part: str) -> bool:
    """Whether a part of a sentence tells of people's lives and of nothing that is worked on, as `haha`."""
    words = text.terms(part)
    said = {*words, *subject_terms(words)}
    return any(map(is_of_life, said)) and not any(map(is_of_things, said))


def _may_be_new(subject: Subject) -> bool:
    """Whether any part of a sentence may say that there is no ticket."""
    return any(acts(part)[Act.UNKNOWN] >= _LIKELY for each in subject.utterances for part in _parts(each))


def _was_closed(subject: Subject) -> bool:
    """Whether its ticket had been closed for long: what is like it now may as well be new."""
    ticket = subject.fits[0].ticket
    said_at = datetime.fromtimestamp(float(subject.utterances[-1].message.ts), UTC)
    return ticket.state.type.closed and said_at - (ticket.completed_at or ticket.updated_at) > _FRESHLY_CLOSED


def _parts(utterance: Utterance) -> Iterator[str]:
    return (part for part in _PARTS.split(utterance.spoken) if part.strip())


_PARTS = re.compile(r"[,;:.!?\n\u2013\u2014\u3001\u3002\uff0c\uff01\uff1f]+")


def _why(subject: Subject) -> str:
    fit = subject.fits[0]
    if fit.named:
        return f"{fit.ticket.key} is named in the conversation."
    said = set(text.terms(subject.plain))
    words = [word for word in fit.evidence.words if said.intersection(text.terms(word))]
    if not words:
        return f"What was said fits {fit.ticket.key} better than any other ticket, in other words."
    return f"These words of {fit.ticket.key} were said: {', '.join(words)}."


def _move(judged: _Judged, teams: Mapping[str, Team]) -> Iterator[Proposal]:
    subject, fit = judged.subject, judged.subject.fits[0]
    stated = _latest_claim(subject)
    if stated is None:
        return
    speaker, claim = stated
    team = teams.get(fit.ticket.team_id)
    to = _target(claim, fit.ticket.state, team) if team is not None else None
    if team is None or to is None:
        return
    is_back = claim.progress is Progress.REOPENED or (claim.progress is Progress.STARTED and _is_not_well(subject))
    back = is_back and team.forwards(to, fit.ticket.state)
    if not back and not team.forwards(fit.ticket.state, to):
        return
    is_plain = _is_named_so(to, claim) and not back
    certainty = claim.certainty if is_plain else min(claim.certainty, _UNCERTAIN)
    quote = wording.clip(claim.sentence, 160)
    stands = "being tried out" if claim.is_trial else _STATED[claim.progress]
    yield _proposal(
        subject,
        MoveTicket(ticket_id=fit.ticket.id, to=to, backwards=back),
        confidence=max(min(_confidence(judged), certainty), _ASKS * (certainty >= _ASKS)),
        reason=f"{speaker.name} said so of {fit.ticket.key} ({stands}): {quote}",
    )


def _is_not_well(subject: Subject) -> bool:
    """Whether something is said to be wrong, or not to be as it was stated."""
    wrong = (Act.PROBLEM, Act.REOPENED)
    return max(math.fsum(each.acts[act] for act in wrong) for each in subject.utterances) >= _LIKELY


def _is_named_so(to: TicketState, claim: Claim) -> bool:
    """Whether the name of a state says that it is for what is stated, and not only its place among the others."""
    return not (claim.is_trial or claim.progress is Progress.REVIEW) or is_review(to) or is_test(to)


_STATED = {
    Progress.STARTED: "work has begun",
    Progress.REVIEW: "up for review",
    Progress.COMPLETED: "done",
    Progress.CANCELED: "will not be done",
    Progress.REOPENED: "back to work",
}


def _latest_claim(subject: Subject) -> tuple[Utterance, Claim] | None:
    """What is stated last of how its ticket stands; doubted where what is said after that leaves it open."""
    serious = [utterance for utterance in subject.utterances if not cues.is_sarcastic(utterance.message.text)]
    latest: tuple[Utterance, Claim] | None = None
    for utterance in serious:
        for claim in _claims(utterance, subject.fits[0].ticket):
            if latest is None or _replaces(claim, latest[1]):
                latest = (utterance, claim)
    if latest is None:
        return None
    stated_by, claim = latest
    later = subject.utterances[subject.utterances.index(stated_by) + 1 :]
    return stated_by, _doubted(claim) if any(_leaves_open(each, stated_by) for each in later) else claim


def _leaves_open(later: Utterance, stated_by: Utterance) -> bool:
    """Whether a message may take back what was stated before: its author goes on, or it tells of more than talk."""
    if denies(later.spoken) or cues.read(later.plain).problem:
        return True
    if not says_something(later.spoken):
        return False
    goes_on = later.message.author == stated_by.message.author and later.small_talk < _SURELY_TALK
    return goes_on or math.fsum(later.acts[each] for each in _DOUBTS) >= _MAY_DOUBT


_DOUBTS = (Act.UNFINISHED, Act.REOPENED, Act.PROBLEM, Act.UNKNOWN, Act.DETAIL, Act.REQUEST)
_AGREES, _ONLY_SOUNDS, _AGAINST = 0.35, 0.75, 0.25
"""From these probabilities on the model confirms what a phrase states, takes it for what only sounds so, and doubts
it."""
_FIRM = 0.9
"""So certain is what leaves no doubt by its words."""
_READS_OTHERWISE = 0.6
"""From this probability on it is believed rather than a phrase."""
_MAY_DOUBT = 0.3
"""From this probability on a message may say that it is not as was stated."""


def _replaces(claim: Claim, before: Claim) -> bool:
    """Whether what is stated later holds instead of what was stated before.

    Who says to be at what was put up for review is at looking at it; what is closed once it was given up is not done;
    and what only the model of acts reads replaces no phrase: `thanks for testing` after `deployed`.
    """
    if claim.progress is Progress.STARTED and before.progress in {Progress.REVIEW, Progress.COMPLETED}:
        return False
    if claim.progress is Progress.COMPLETED and before.progress is Progress.CANCELED:
        return False
    return claim.worded or not before.worded or claim.progress is Progress.REOPENED


def _claims(utterance: Utterance, ticket: Ticket) -> Sequence[Claim]:
    """What a message states of a ticket by its phrases, or else, if that is likely enough, by the model of acts.

    Phrases alone are doubted, unless nothing else is said: the model has to agree that such is stated. Where it reads
    that it only sounds so, as of a hope, nothing is; where it reads something else of the work, that is asked about.
    """
    own = {key.upper() for key in (ticket.key, *ticket.former_keys)}
    teams = {key.partition("-")[0] for key in own | utterance.named}
    others = {key for key in text.keys(utterance.spoken) - own if key.partition("-")[0] in teams}
    spoken = said_of(utterance.spoken, own, others)
    if worded := claims(spoken):
        meant = (claim for claim in worded if claim.alone or not _only_sounds(claim, utterance))
        return [_as_staged(_as_read(claim, utterance, ticket)) for claim in meant]
    if not spoken or asks_whether(spoken):
        return ()
    said, spoken = spoken, in_own_words(spoken)
    does = utterance.acts if spoken == utterance.spoken else acts(spoken)
    act = max(_PROGRESS, key=lambda each: does[each])
    progress, likely = _PROGRESS[act], does[act]
    is_own = ticket.assignee_id is not None and utterance.tracker_id == ticket.assignee_id
    is_likeliest = likely >= _STATES_OWN and likely == max(does.values())
    # Who puts words into quotation marks may mean none of them.
    is_theirs = is_likeliest and spoken == said and (is_own or own & utterance.named)
    staged = _staged(spoken)
    is_tried_out = staged is not None and staged.is_trial and progress in {Progress.REVIEW, Progress.COMPLETED}
    is_clear = likely >= _STATES or is_theirs or is_tried_out
    is_trial = False
    if staged is not None and staged.likely >= likely:
        progress, likely, is_trial, is_clear = *staged, True
    is_likely = likely >= _LIKELY_STATES
    may = any(may_state(sentence, is_likely=is_likely) for sentence in text.sentences(spoken))
    if not is_clear or (progress is not Progress.REOPENED and not may):
        return ()
    certainty = min(max(likely, _ASKS), _UNCERTAIN)
    return [_as_staged(Claim(progress, certainty, spoken, worded=False, is_trial=is_trial))]


class _Staged(NamedTuple):
    """How work stands by the model of stages, and how likely; where it is only tried out, it is done but for that."""

    progress: Progress
    likely: float
    is_trial: bool


def _staged(said: str) -> _Staged | None:
    """Whether work is tried out by what is said, or goes back to whoever works on it."""
    likely = stages(said)
    stage = max((Stage.TESTING, Stage.BACK), key=lambda each: likely[each])
    if likely[stage] < _STAGED:
        return None
    is_trial = stage is Stage.TESTING
    return _Staged(Progress.COMPLETED if is_trial else Progress.REOPENED, likely[stage], is_trial)


def _as_staged(claim: Claim) -> Claim:
    """A statement that something is done or up for review, or that it is tried out, where that is what is said."""
    if claim.progress not in {Progress.REVIEW, Progress.COMPLETED}:
        return claim
    says_so = says_test if claim.progress is Progress.REVIEW else is_handed_to_test
    if says_so(claim.sentence):
        return replace(claim, is_trial=True)
    likely = stages(claim.sentence)
    is_tried_out = likely[Stage.TESTING] >= _TRIED_OUT * math.fsum(likely[each] for each in _OUT_OF_WORK)
    return replace(_doubted(claim), is_trial=True) if is_tried_out else claim


def _only_sounds(claim: Claim, utterance: Utterance) -> bool:
    """Whether the model of acts takes a sentence, and the message that it stands in, for what only sounds so.

    What is stated as firmly as `deployed to production` is asked about.
    """
    sounds = min(acts(said)[Act.UNFINISHED] for said in (claim.sentence, utterance.spoken))
    return claim.certainty < _FIRM and sounds >= _ONLY_SOUNDS


def _as_read(claim: Claim, utterance: Utterance, ticket: Ticket) -> Claim:
    """A statement as the model of acts confirms it, or doubts it; or what it reads of the work instead, if it is sure.

    What says nothing else needs no confirmation. What speaks of things of which its ticket does not is doubted.
    """
    act = next(act for act, progress in _PROGRESS.items() if progress is claim.progress)
    read = max(_PROGRESS, key=lambda act: utterance.acts[act])
    is_otherwise = read is not act and utterance.acts[read] >= _READS_OTHERWISE
    if is_otherwise and not claim.alone and not (read is Act.COMPLETED and _is_up_for_review(claim)):
        return replace(_doubted(claim), progress=_PROGRESS[read], worded=False)
    by_itself = acts(claim.sentence)
    agrees = max(utterance.acts[act], by_itself[act]) >= _AGREES
    is_contradicted = utterance.acts[Act.UNFINISHED] >= _ONLY_SOUNDS or any(
        utterance.acts[other] >= _AGAINST for other in (Act.PROBLEM, Act.REOPENED) if other is not act
    )
    is_confirmed = claim.alone or (agrees and not is_contradicted)
    return claim if is_confirmed and not _is_of_another(claim, ticket) else _doubted(claim)


def _is_up_for_review(claim: Claim) -> bool:
    """Whether a part of a sentence says so by itself; what was done for that is told beside it."""
    said_so = (acts(part)[Act.REVIEW] for part in _PARTS.split(claim.sentence) if part.strip())
    return claim.progress is Progress.REVIEW and max(said_so, default=0.0) >= _READS_OTHERWISE


def _is_of_another(claim: Claim, ticket: Ticket) -> bool:
    """Whether a statement speaks of things and its ticket of none of them: `the login is live`.

    Not where it names the ticket, or says `this`; and words of any delivery, as `the fix`, tell nothing.
    """
    if text.keys(claim.sentence) & {ticket.key, *ticket.former_keys} or _THIS.search(text.fold(claim.sentence)):
        return False
    said = {term for term in content_terms(text.terms(unstated(claim.sentence))) if is_of_things(term)}
    said = {term for term in said if _of_any_delivery().isdisjoint(concepts(term))}
    ticketed = {*text.terms(f"{ticket.title} {ticket.description}")}
    senses = {sense for term in ticketed for sense in concepts(term)}
    return bool(said) and said.isdisjoint(ticketed) and all(senses.isdisjoint(concepts(term)) for term in said)


_THIS = re.compile(
    text.fold(
        r"\b(?:this|it|that|these|das|dies\w*|es|dran|daran|ca|cela|ceci|dessus|esto|eso|lo|isso|isto|nisso|questo|ci"
        r"|это|этим|tym|tego)\b|これ|それ|この件|这|它|이거|이건|이것|यह|इसे|इस"
    )
)
"""What stands for whatever is spoken of."""


@cache
def _of_any_delivery() -> frozenset[str]:
    words = text.terms(
        "fix bug patch release branch version build production update change code pull request review morning today"
        " yesterday noon week customer user team work ticket commit merge staging server environment deploy"
    )
    return frozenset(sense for word in words for sense in concepts(word))


def _doubted(claim: Claim) -> Claim:
    """A statement that is asked about, and not acted on."""
    return replace(claim, certainty=min(claim.certainty, _UNCERTAIN))


_PROGRESS = {
    Act.COMPLETED: Progress.COMPLETED,
    Act.REVIEW: Progress.REVIEW,
    Act.STARTED: Progress.STARTED,
    Act.CANCELED: Progress.CANCELED,
    Act.REOPENED: Progress.REOPENED,
}
_OUT_OF_WORK = (Stage.TESTING, Stage.REVIEW, Stage.DONE)
_STAGED, _TRIED_OUT = 0.35, 0.5
"""From this probability on it is believed that work stands so; and from this share of these stages on that it is tried
out rather than looked at or done: of what is held back seven in ten of the first, and one in fourteen of the others."""
_STATES, _STATES_OWN, _LIKELY_STATES = 0.6, 0.25, 0.85
"""From these probabilities on a message states how work stands, of who does the work or names its key what is
likeliest, and whatever words stand beside that could leave it open: `before it ships`."""


def _target(claim: Claim, now: TicketState, team: Team) -> TicketState | None:
    tested, review = tried_out_in(team), reviewed_in(team)
    match claim.progress:
        case Progress.REVIEW | Progress.COMPLETED if claim.is_trial:
            places = (*tested, *review) if claim.progress is Progress.REVIEW else tested
            return next((state for state in places if team.forwards(now, state)), None)
        case Progress.REVIEW:
            return next(iter((*review, *tested)), None)
        case Progress.STARTED:
            return first_in_work(team)
        case Progress.COMPLETED:
            return team.first(StateType.COMPLETED)
        case Progress.CANCELED:
            return team.first(StateType.CANCELED)
        case Progress.REOPENED:  # What was done is reopened by what is found of it (ADR 52).
            return first_in_work(team) if now.type is StateType.STARTED else None
        case _:
            assert_never(claim.progress)


def _create(judged: _Judged) -> Proposal | None:
    subject = judged.subject
    title = wording.title(subject.lines)
    if not title:
        return None
    urgency = next((said for said in text.sentences(subject.plain) if cues.states_urgency(said)), "")
    asked, reported = (max(u.acts[act] for u in subject.utterances) for act in (Act.REQUEST, Act.PROBLEM))
    is_problem = subject.signals.problem or reported >= asked
    finding = "A problem is reported" if is_problem else "Something is asked for"
    return _proposal(
        subject,
        CreateTicket(
            title=title,
            description=wording.description(subject.lines),
            priority=cues.read(urgency).priority if urgency else 0,
            priority_because=urgency,
        ),
        confidence=max(_ASKS, min(judged.likely[Outcome.NEW], _UNSURE_NEW)),
        reason=f"{finding} and no known ticket fits well.",
    )


def _is_chat(subject: Subject) -> bool:
    """Whether people speak of their lives; one word of that, as `desk`, is no sign of it where they miss a ticket."""
    signs = sum(utterance.chatter for utterance in subject.utterances)
    return signs > 1 or (signs == 1 and not subject.signals.untracked)


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
    signals = subject.signals
    stated = signals.problem or signals.ask or signals.blocked or signals.untracked or bool(subject.stated)
    stated = stated or is_report(subject) or subject.stance.wanted >= _LIKELY
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
