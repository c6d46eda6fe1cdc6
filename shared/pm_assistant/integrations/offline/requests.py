"""Whether a sentence asks its reader for something or states a plan, by a model trained on sentences of e-mails."""

import math
import re
from collections.abc import Iterator

from pm_assistant.integrations.offline.linear import Features, model

_TOKEN = re.compile(r"https?://\S+|\$link|\S+@\S+\.\S+|[a-z]+(?:'[a-z]+)?|\d+(?:[:.,]\d+)*|[^\w\s]")
_ADDRESS, _MAIL, _NUMBER = "URL", "MAIL", "0"
_GRAM = 4

_FLAGS = {
    "please": re.compile(r"\b(?:please|pls|plz|kindly)\b"),
    "can you": re.compile(r"\b(?:can|could|would|will) (?:you|u|we|some(?:one|body)|any(?:one|body))\b"),
    "let me know": re.compile(r"\blet (?:me|us) know\b"),
    "let us": re.compile(r"\blet'?s\b"),
    "I will": re.compile(r"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to)\b"),
    "need to": re.compile(r"\b(?:needs?|have|want(?:ed)?|like) (?:you )?to\b"),
    "would like": re.compile(r"\b(?:would|'d) (?:like|love|appreciate)\b"),
    "wonder": re.compile(r"\bwonder(?:ing)?\b"),
    "question": re.compile(r"\?"),
    "day": re.compile(
        r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|to(?:morrow|night|day)|next week|\d+ ?(?:am|pm))\b"
    ),
    "meeting": re.compile(r"\b(?:meet|meeting|call|lunch|dinner|conference|scheduled?)\b"),
    "asks what": re.compile(r"^(?:who|what|when|where|why|how|which)\b"),
    "asks whether": re.compile(r"^(?:do|does|did|is|are|was|were|have|has|can|could|will|would|should|may|shall)\b"),
}
_BEFORE_VERB = "please pls kindly also and so then just but ok okay or hi hey again thanks first second finally now"
_IMPERATIVES = """
send call let give check review look see take make get fix add update change remove create forward attach print contact
confirm advise provide submit complete sign reply respond note read tell ask help keep put bring come go click remember
ensure verify schedule arrange set find use try include email mail fax copy revise prepare discuss talk follow work meet
join plan stop start run open close pick draft write finalize delete be do feel consider plug register visit return
share show
"""
_OPENINGS, _VERBS = frozenset(_BEFORE_VERB.split()), frozenset(_IMPERATIVES.split())


def requested(sentence: str) -> float:
    """How likely it is that a sentence asks for an action or says that one is planned, 0 to 1; of English."""
    return model("requests").probability(features(sentence))


def features(sentence: str) -> Features:
    """Name what is in a sentence: its words and the pairs and triples they make, its spelling, and its kind.

    Each of the three makes a vector of a fixed length, so that a long sentence says no more than a short one.
    """
    tokens = _tokens(sentence)
    collected: dict[str, float] = {}
    for share, names in (
        (1.0, {*_phrases(tokens)}),
        (0.7, {*_grams(" ".join(tokens))}),
        (0.4, {*_kinds(tokens)}),
    ):
        collected |= dict.fromkeys(sorted(names), share / math.sqrt(max(1, len(names))))
    return collected


def _tokens(sentence: str) -> list[str]:
    return [_token(match[0]) for match in _TOKEN.finditer(sentence.lower().replace("\u2019", "'"))]


def _token(word: str) -> str:
    if word[0].isdigit():
        return _NUMBER
    if word.startswith(("http", "$link")) and len(word) > len("http"):
        return _ADDRESS
    return _MAIL if "@" in word[1:] else word


def _phrases(tokens: list[str]) -> Iterator[str]:
    framed = ["^", *tokens, "$"]
    for size in (1, 2, 3):
        for start in range(len(framed) - size + 1):
            yield " ".join(framed[start : start + size])
    for before, after in zip(framed, framed[2:], strict=False):
        yield f"{before} _ {after}"
    first = [token for token in tokens if token[0].isalnum()][:3]
    yield from (f"first {token}" for token in first)
    yield f"first {' '.join(first[:2])}"


def _grams(words: str) -> Iterator[str]:
    framed = f" {words} "
    for start in range(len(framed) - _GRAM + 1):
        yield f"~{framed[start : start + _GRAM]}"


def _kinds(tokens: list[str]) -> Iterator[str]:
    said = " ".join(tokens)
    yield from (f"!{name}" for name, pattern in _FLAGS.items() if pattern.search(said))
    words = [token for token in tokens if token[0].isalnum()]
    opening = next((word for word in words if word not in _OPENINGS), "")
    if opening in _VERBS:
        yield "!imperative"
    if len(tokens) > 2 and not tokens[1][0].isalnum() and tokens[2] in _VERBS:
        yield "!imperative to somebody"
    yield f"!length {min(7, len(words) // 4)}"
