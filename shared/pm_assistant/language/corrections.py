"""Whether people take back in a later word that work is over."""

from collections.abc import Iterable

from pm_assistant.language import text
from pm_assistant.language.lexicon import patterns_in


def is_taken_back(said: Iterable[str]) -> bool:
    """Whether the last of these statements about work being over says that it is not.

    Args:
        said: plain texts, oldest first. Questions, conditions and plans are no statements.
    """
    stated = (statement for each in said for sentence in text.sentences(each) if (statement := _stated(sentence)))
    return next(iter([*stated][-1:]), None) == "back"


def _stated(sentence: str) -> str | None:
    folded = text.fold(sentence).replace("\u2019", "'").rstrip()
    if folded.endswith(("?", "\uff1f")):
        return None
    phrases = patterns_in("corrections")
    rest = folded
    for phrase in phrases["back"]:
        rest = phrase.sub(" ", rest)
    if any(phrase.search(rest) for phrase in phrases["over"]):
        return "over"
    if rest == folded or any(phrase.search(folded) for phrase in phrases["not_back"]):
        return None
    return "back"
