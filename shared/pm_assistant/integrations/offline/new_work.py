"""Whether talk that is about no known ticket is work that one should be opened for: a small linear model.

`infra/train_matching.py` finds its weights, on told conversations.
"""

from collections.abc import Mapping

from pm_assistant.integrations.offline import cues
from pm_assistant.integrations.offline.linear import model
from pm_assistant.integrations.offline.subjects import Subject, query_of

LIKELY = 0.35
"""From this probability on people are asked whether to open one: of 95 told conversations of small talk two were."""
_MOST_CONTENT = 15.0
"""More words do not make it any likelier."""
_MOST_CHATTER = 3


def is_new_work(subject: Subject) -> float:
    """How likely it is that a ticket should be opened, 0 to 1."""
    return model("new_work").probability(features(subject))


def features(subject: Subject) -> Mapping[str, float]:
    """What speaks for it and against it, by name."""
    signals, stance = cues.read(subject.plain), subject.stance
    content = sum(utterance.content for utterance in subject.utterances)
    return {
        **stance._asdict(),
        "problem": signals.problem,
        "ask": signals.ask,
        "untracked": signals.untracked,
        "announced": signals.announced,
        "near": subject.fit.probability if subject.fit is not None else 0.0,
        "content": min(content, _MOST_CONTENT) / 5,
        "technical": query_of(subject.utterances).context[3],
        "chatter": min(_MOST_CHATTER, sum(utterance.chatter for utterance in subject.utterances)),
    }
