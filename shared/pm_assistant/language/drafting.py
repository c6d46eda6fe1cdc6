"""What people say of a ticket that is not there yet: who takes it, what it belongs to, how urgent it is."""

from collections.abc import Iterable, Sequence

from pm_assistant.language import text
from pm_assistant.language.lexicon import content_terms, patterns_in, weight

_ENOUGH_SHARED = 2.0
"""Weight of the words that two texts share which are about the same part of the product."""


def takes(said: str) -> str | None:
    """The sentence in which whoever said this takes the work upon them; None if there is none."""
    phrases = patterns_in("drafts")
    for sentence in reversed(text.sentences(said)):
        folded = _folded(sentence)
        if any(phrase.match(folded) for phrase in phrases["take"]) and not folded.endswith("?"):
            return None if any(phrase.search(folded) for phrase in phrases["not_take"]) else sentence
    return None


def fails_again(said: str) -> str | None:
    """The sentence which says that what was over is not; None if there is none."""
    phrases = patterns_in("drafts")

    def says(sentence: str, name: str) -> bool:
        return any(phrase.search(_folded(sentence)) for phrase in phrases[name])

    found = (each for each in text.sentences(said) if says(each, "again") and not says(each, "not_again"))
    return next(found, None)


def is_begun(said: str) -> bool:
    """Whether whoever said this is at the work already, and not just going to be."""
    return _stated(said, "begun") is not None


def reopens(said: str) -> str | None:
    """The sentence which says that what was over, or was looked at by others, is opened again or worked on anew."""
    return _stated(said, "reopened")


def _stated(said: str, name: str) -> str | None:
    """The sentence that states what a kind of phrases does; what asks, denies or supposes it does not."""
    phrases = patterns_in("drafts")

    def says(folded: str, name: str) -> bool:
        return any(phrase.search(folded) for phrase in phrases[name])

    folded = ((each, _folded(each)) for each in text.sentences(said))
    stated = (each for each, words in folded if not words.endswith(("?", "\uff1f")) and says(words, name))
    return next((each for each in stated if not says(_folded(each), f"not_{name}")), None)


def same_title(one: str, other: str) -> bool:
    """Whether two titles say the same with the same words, in whatever order."""
    words = [{*content_terms(text.terms(title))} for title in (one, other)]
    return bool(words[0]) and words[0] == words[1]


def parent_named(said: str) -> str | None:
    """The key of the ticket of which something is said to be a part."""
    folded = _folded(said)
    found = (match for phrase in patterns_in("drafts")["below"] if (match := phrase.search(folded)))
    return next((match["key"].upper() for match in found), None)


def quoted_in(words: str, said: Iterable[str]) -> bool:
    """Whether words stand in one of the texts, as they are."""
    wanted = " ".join(words.split())
    return bool(wanted) and any(wanted in " ".join(each.split()) for each in said)


def is_retold(description: str, said: Sequence[str]) -> bool:
    """Whether a text says nothing that is not said word for word in one of the others, line by line, under a name."""
    lines = (line.partition(": ")[2] or line for line in description.splitlines())
    return all(quoted_in(line.removesuffix("\u2026"), said) for line in lines if line.strip())


def shares_subject(one: str, other: str) -> bool:
    """Whether two texts have more than a passing word in common."""
    return sum(map(weight, {*text.terms(one)} & {*text.terms(other)})) >= _ENOUGH_SHARED


def is_said(name: str, said: str) -> bool:
    """Whether all words of a name are said."""
    terms = {*text.terms(name)}
    return bool(terms) and terms <= {*text.terms(said)}


def _folded(said: str) -> str:
    return text.fold(" ".join(said.split())).replace("\u2019", "'")
