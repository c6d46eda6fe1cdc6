"""Whether a message says that its author has what they asked for, by a few scalars on phrases and shapes."""

import math
import re

from pm_assistant.integrations.offline.linear import Features, model

_THANKS = re.compile(r"\b(?:thanks?|thank you|thx|ty|cheers|(?:much )?appreciated?|grateful)\b")
_PHRASES = {
    "praise": re.compile(
        r"\b(?:great|perfect|awesome|nice|excellent|amazing|brilliant|wonderful|lovely|cool|neat|beautiful|fantastic"
        r"|super|sweet|good)\b"
    ),
    "surprise": re.compile(r"\b(?:aha|ah+|oh+|ooh+|d'?oh|wow|yay|hah)\b"),
    "insight": re.compile(
        r"\b(?:i see|makes? sense|got it|underst(?:and|ood)|of course|that explains|right|indeed|exactly|clear now"
        r"|my bad|stupid|silly|i missed|did(?:n'?t| not) know|i forgot)\b"
    ),
    "works": re.compile(
        r"\b(?:work(?:s|ed|ing)?|solve[ds]?|fix(?:es|ed)?|(?:does|did|do) (?:it|the (?:trick|job))|figured|compiles"
        r"|succe(?:ss|eded))\b"
    ),
    "helped": re.compile(
        r"\b(?:help(?:s|ed|ful)?|what i (?:needed|wanted|was looking for)|looking for|needed|saved)\b"
    ),
    "found": re.compile(r"\b(?:found|answer|solution|turns out)\b"),
    "just that": re.compile(
        r"\b(?:this is (?:exactly|just|what)|exactly what|that(?:'s| is| was)(?: \w+)? (?:it|the|what|exactly))\b"
    ),
    "done": re.compile(r"\b(?:done|resolved|closed?|finished|good to go|all set|merged|sorted)\b"),
    "looks back": re.compile(r"\b(?:was|were|had|thought|confused|mistake|typo|oops)\b"),
    "goes on": re.compile(r"\b(?:another|also|next|one more|follow.?up|more)\b"),
    "however": re.compile(r"\b(?:but|however|though|although|unfortunately|still|yet|except)\b"),
    "will try": re.compile(
        r"\b(?:i'?ll (?:try|look|check|have|see|read|give)|let me|i will|going to|try(?:ing)?|tried|i'?m)\b"
    ),
    "fails": re.compile(
        r"\b(?:(?:does|do|is|ca|wo)(?:n'?t| not)|cannot|not|error|fail\w*|wrong|stuck|problem|issue)\b"
    ),
    "asks what": re.compile(r"\b(?:how|why|what|where|which|is there|can i|should i|any|anyone)\b"),
    "wants": re.compile(r"\b(?:i (?:want|need|have|wonder)|i(?:'d| would) like|wondering|trying to|suppose)\b"),
    "question": re.compile(r"\?"),
    "exclamation": re.compile(r"!"),
    "smile": re.compile(r":[a-z_]+:|[\u263a-\U0001faff]|[:;]-?[)d]"),
    "thanks at the end": re.compile(r"\b(?:thanks?|thank you|thx)\b[^a-z]*(?:\w+[^a-z]*){0,4}$"),
}
_SHORT = 15


def resolved(said: str, *, previous: str = "", opens: bool = False) -> float:
    """How likely it is that a message ends what its author asked, 0 to 1; of English.

    Args:
        said: the message.
        previous: what was said before it.
        opens: it opens its thread: hardly ever does a first message end anything.
    """
    return model("resolved").probability(features(said, previous=previous, opens=opens))


def features(said: str, *, previous: str, opens: bool) -> Features:
    """Name what is in a message, and how it is shaped."""
    lower = said.lower().replace("\u2019", "'")
    words = len(lower.split())
    thanks, question = bool(_THANKS.search(lower)), "?" in lower
    named = {name: float(bool(pattern.search(lower))) for name, pattern in _PHRASES.items()}
    return named | {
        "thanks": float(thanks),
        "thanks, no question": float(thanks and not question),
        "ends with a question": float(lower.rstrip().endswith("?")),
        "opens the thread": float(opens),
        "thanks in a few words": float(thanks and words <= _SHORT),
        "lines, logarithm": math.log1p(lower.count("\n")),
        "answers a question": float("?" in previous),
        "words before, logarithm": math.log1p(len(previous.split())),
    }
