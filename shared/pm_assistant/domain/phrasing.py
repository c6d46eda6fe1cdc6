"""What a model makes of facts: it may word them, and nothing else. What adds something to a fact is dropped.

A model's sentence stands for one fact. It has to name what the fact is about, and may name no other thing, number, day
or person; what begins with a capital letter counts as a name, also at the beginning of a sentence. Where a language
does not show names so, none of its sentences can be checked, and all facts keep our own words.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from pm_assistant.domain.grounding import unfounded
from pm_assistant.domain.model import Model

LONGEST_SENTENCE = 300
_OPENERS: Mapping[str, str] = {
    "en": "the a an it its this that you your now today still since after before with for on in by",
    "es": "el la los las un una es se ya hoy aún desde tras para por con en su tu",
    "fr": "le la les un une c il elle ce cette déjà depuis après avant avec pour par en sur votre",
    "de": "der die das ein eine es ist sie nun heute noch seit nach vor mit für auf in von ihr",
}
"""What a sentence may begin with though nothing it rests on has it; in other languages nothing can be checked."""
_NUMERALS: Mapping[str, str] = {
    "en": "two three four five six seven eight nine ten eleven twelve dozen twenty thirty hundred thousand half twice",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce docena veinte treinta cien mil medio",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze douzaine vingt trente cent mille demi",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dutzend zwanzig dreißig hundert tausend halb",
}
_DAYS: Mapping[str, str] = {
    "en": "yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday",
    "es": "ayer mañana lunes martes miércoles jueves viernes sábado domingo",
    "fr": "hier demain lundi mardi mercredi jeudi vendredi samedi dimanche",
    "de": "gestern morgen montag dienstag mittwoch donnerstag freitag samstag sonntag",
}
_POINTS, _PUNCTUATION = re.compile(r"[./@:#_<>]"), '.,;:!?()"\u2026'
"""What there is in addresses, in names of files and of pull requests; and what may stand around these."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


class Sentence(Model):
    """What a model says of one fact, which is known by its number."""

    number: int
    text: str


class Phrasing(Model):
    """All that a model made of some facts, and what asking it came to."""

    sentences: tuple[Sentence, ...] = ()
    cost_microdollars: int = Field(default=0)


class Phrased(NamedTuple):
    """The facts' words as they can be told.

    Attributes:
        texts: a sentence for each fact, a model's where that says no more than ours.
        dropped: how many of a model's sentences could not be verified.
    """

    texts: Sequence[str]
    dropped: int


def verified(phrasing: Phrasing, own: Sequence[str], names: Sequence[str], *, language: str) -> Phrased:
    """Take of a model's sentences those that say nothing which our own words do not say.

    Args:
        phrasing: as the model has it.
        own: our own sentence for each fact.
        names: what each fact is about, which its sentence has to name; empty where that has no name.
        language: that all of it is written in.
    """
    texts, dropped, taken = list(own), 0, set[int]()
    for sentence in phrasing.sentences:
        known = sentence.number in range(len(own)) and sentence.number not in taken
        if known and _says_no_more(sentence.text, own[sentence.number], names[sentence.number], language):
            texts[sentence.number] = " ".join(sentence.text.split())
        else:
            dropped += 1
        taken.add(sentence.number)
    return Phrased(texts, dropped)


def can_be_verified(language: str) -> bool:
    """Whether names can be told from other words in a language."""
    return language in _OPENERS


def _says_no_more(text: str, own: str, name: str, language: str) -> bool:
    if not text.strip() or len(text) > LONGEST_SENTENCE or not can_be_verified(language) or not _has(name, text):
        return False
    found = unfounded(text, [own], language="")
    known = {word.casefold() for word in _WORD.findall(own)}
    counted = {*_NUMERALS[language].split(), *_DAYS[language].split()}
    words = _WORD.findall(text)
    capitals = {word.casefold() for word in words if word[0].isupper()} - {*_OPENERS[language].split()}
    invented = capitals | {word.casefold() for word in words if word.casefold() in counted}
    pointing = {token for each in text.split() if _POINTS.search(token := each.strip(_PUNCTUATION))}
    invented = {word for word in invented if word not in known}
    return not (found.pointers or found.statements or invented or any(each not in own for each in pointing))


def _has(name: str, text: str) -> bool:
    return name in text and not re.search(rf"(?<![\w-])(?!{re.escape(name)}){re.escape(name)}[\w-]", text)
