"""What is surely no work: small talk that no model need be paid for."""

from collections.abc import Mapping, Sequence

from pm_assistant.domain.people import Participant
from pm_assistant.domain.work import Conversation, Ticket
from pm_assistant.integrations.offline import cues
from pm_assistant.integrations.offline.progress import claims
from pm_assistant.integrations.offline.subjects import Subject, split
from pm_assistant.language import text

FITS = 0.3
"""From this probability on a ticket may be meant, whatever else is said."""
SAYS_LITTLE = 3.0
"""Up to this much content nothing is said that could be of any ticket."""
SHOWN_BY_A_SIGN = 4.5
"""So much content one sign of chatter shows to be that: beside more, as in a refund of the weekend's, it is a word of
work. What both cost is measured by tests/bench/cost.py."""


def is_surely_nothing(
    conversation: Conversation,
    *,
    candidates: Sequence[Ticket],
    people: Sequence[Participant],
    odds: Mapping[str, float],
) -> bool:
    """Say whether all of a conversation is chatter, or next to nothing: no ticket fits, and nothing is wrong or wanted.

    It would rather have a model asked in vain than not asked: people's lives have words of their own, work may be
    spoken of in any.
    """
    subjects = split(conversation, candidates, people, odds)
    if any(_is_of_work(subject) for subject in subjects):
        return False
    utterances = {utterance for subject in subjects for utterance in subject.utterances}
    shown = SHOWN_BY_A_SIGN * sum(utterance.chatter for utterance in utterances)
    return sum(utterance.content for utterance in utterances) <= max(SAYS_LITTLE, shown)


def _is_of_work(subject: Subject) -> bool:
    signals = cues.read(subject.plain)
    stated = signals.problem or signals.ask or signals.untracked or signals.announced or bool(claims(subject.plain))
    near = subject.fit is not None and (subject.fit.named or subject.fit.probability >= FITS)
    attached = any(utterance.message.files for utterance in subject.utterances)
    return stated or near or attached or any(text.keys(utterance.message.text) for utterance in subject.utterances)
