"""Plain words for people: summaries, titles, reasons; and what language and mood a text has."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from pm_assistant.integrations.offline import cues
from pm_assistant.integrations.offline.progress import claims
from pm_assistant.language import text
from pm_assistant.language.lexicon import weight

_MARKERS = {
    "en": "the is and to of in it that for on with this are was not have we you be at can if but they",
    "de": "der die das und ist nicht ich wir ein eine mit auf fur es den dem zu von wird noch auch bei aber hat sind",
    "fr": "le la les et est pas nous vous je un une des du que qui pour sur avec dans ne il ce au plus sont c'est j'ai",
    "es": "el la los las y es no que un una de en por para con se lo esta pero como al del mas hay cuando ya nos",
}
_GLAD = """
great nice awesome thanks thank love loved perfect excellent happy glad super finally works yay amazing good kudos
danke prima toll merci parfait gracias genial perfecto
"""
_SAD = """
broken fail fails failed failing error errors crash crashes angry furious annoyed annoying bad terrible awful slow
stuck worse worst blocked complain complains complained complaining lost wrong sorry bug outage urgent
kaputt fehler panne roto
"""
_CUSTOMER = re.compile(r"\b(?:customers?|clients?|users?|kund\w+|nutzer\w*|client[es]s?|usuari\w+|utilisat\w+)\b")
_OPENERS = """
hey hi hello folks team all guys everyone morning so ok okay hm hmm also and but btw fyi well oh other topic quick
please pls uff ugh argh bug
"""
_SUMMARY_CHARS = 320
_TITLE_CHARS = 80

Line = tuple[str, str]
"""A person's name and what that person said, in plain text."""


def summary(lines: Sequence[Line]) -> str:
    """Tell in at most two sentences what was said: the opening, and the statement that adds most to it."""
    spoken = [(name, sentence) for name, said in lines for sentence in text.sentences(said.replace("\n", ". "))]
    if not spoken:
        return ""
    opening = max(range(len(spoken)), key=lambda i: (_content(spoken[i][1]) >= 2.0, -i))
    rest = [i for i in range(len(spoken)) if i != opening]
    chosen = [opening]
    if rest:
        further = max(rest, key=lambda i: (_gain(spoken[i][1]), i))
        if _gain(spoken[further][1]) >= 0.75:
            chosen.append(further)
    first, *second = sorted(chosen)
    result = f"{spoken[first][0]}: {_clipped(spoken[first][1])}"
    for i in second:
        result += (
            f" {_clipped(spoken[i][1])}"
            if spoken[i][0] == spoken[first][0]
            else f" {spoken[i][0]}: {_clipped(spoken[i][1])}"
        )
    return result


def _clipped(sentence: str) -> str:
    short = clip(sentence.strip(" -\u2013\u2014:,"), _SUMMARY_CHARS // 2)
    end = "" if short.endswith((".", "!", "?", "…")) else "."
    return f"{short}{end}"


def _content(sentence: str) -> float:
    return sum(weight(term) for term in set(text.terms(sentence)))


def _gain(sentence: str) -> float:
    signals = cues.read(sentence)
    gain = 2.0 * bool(claims(sentence)) + 1.5 * signals.blocked + 1.2 * signals.decided + 0.5 * signals.problem
    return gain + 0.25 * min(_content(sentence), 6.0) - 0.6 * signals.question


def clip(said: str, limit: int) -> str:
    """Shorten at a word's end, saying so with an ellipsis."""
    one_line = " ".join(said.split())
    if len(one_line) <= limit:
        return one_line
    shortened = one_line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-\u2013\u2014(")
    return f"{shortened or one_line[: limit - 1]}…"


def title(lines: Sequence[Line]) -> str:
    """Make a ticket's title out of the sentence that says most, without greeting and within 80 characters."""
    parts = [sentence for _, said in lines for sentence in text.sentences(said)]
    if not parts:
        return ""
    opening = len(text.sentences(lines[0][1]))
    best = max(range(len(parts)), key=lambda i: (_headline(parts[i]) + (i < opening), -i))
    words = parts[best].split()
    while len(words) > 2 and (text.fold(words[0].strip(",.!:")) in _OPENERS.split() or words[0].startswith("@")):
        words = words[1:]
    one_line = " ".join(words).strip(" .!,;:-\u2013\u2014?")
    return clip(one_line[:1].upper() + one_line[1:], _TITLE_CHARS) or clip(parts[best], _TITLE_CHARS)


def _headline(sentence: str) -> float:
    signals = cues.read(sentence)
    # That there is no ticket yet, or that somebody is to file one, is not what it is about.
    says = 1.5 * signals.problem + 1.5 * signals.ask - 2.5 * signals.untracked
    return says + 0.5 * min(_content(sentence), 5.0) - 0.5 * signals.question


def language(said: str) -> str:
    """Guess among English, German, French and Spanish by the small words; English when in doubt."""
    words = Counter(text.fold(said).replace("\u2019", "'").split())
    counts = {code: sum(words[marker] for marker in markers.split()) for code, markers in _MARKERS.items()}
    best = max(counts, key=lambda code: (counts[code], code == "en"))
    return best if counts[best] >= 2 else "en"


def sentiment(said: str) -> Literal["positive", "neutral", "negative"]:
    """Weigh glad words against sad ones, where how the product does is spoken of, or customers are."""
    reports = (sentence for sentence in text.sentences(said) if _is_report(sentence))
    words = text.fold(" ".join(reports)).replace(",", " ").replace("!", " ").replace(".", " ").split()
    balance = sum(word in _GLAD.split() for word in words) - sum(word in _SAD.split() for word in words)
    return "positive" if balance > 0 else "negative" if balance < 0 else "neutral"


def _is_report(sentence: str) -> bool:
    signals = cues.read(sentence)
    return signals.problem or signals.ask or _CUSTOMER.search(text.fold(sentence)) is not None


def description(lines: Sequence[Line]) -> str:
    """Retell a conversation for a new ticket, one line a person, as plain text."""
    return "\n".join(f"{name}: {clip(said, 600)}" for name, said in lines if said)[:4_000]
