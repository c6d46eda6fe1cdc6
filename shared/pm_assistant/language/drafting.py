"""What people say of a ticket that is not there yet: who takes it, what it belongs to, how urgent it is."""

from collections.abc import Iterable, Iterator, Sequence

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
    return next(_sentences(said, "again", but="not_again"), None)


def is_begun(said: str) -> bool:
    """Whether whoever said this is at the work already, and not just going to be."""
    return any(map(_states, _sentences(said, "begun", but="not_take")))


def reopens(said: str) -> str | None:
    """The sentence which says that what was over, or was looked at by others, is opened again or worked on anew."""
    return next(filter(_states, _sentences(said, "reopened", but="not_reopened")), None)


def _sentences(said: str, kind: str, *, but: str) -> Iterator[str]:
    """The sentences in which a phrase of a kind stands, and none of another."""
    phrases = patterns_in("drafts")
    for sentence in text.sentences(said):
        folded = _folded(sentence)
        if any(phrase.search(folded) for phrase in phrases[kind]) and not any(
            phrase.search(folded) for phrase in phrases[but]
        ):
            yield sentence


def _states(sentence: str) -> bool:
    """Whether a sentence is no question."""
    return not _folded(sentence).endswith(("?", "\uff1f"))


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
