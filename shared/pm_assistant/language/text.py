"""Reading what people type: chat markup to plain text, plain text to terms that can be compared."""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from pm_assistant.language.lookalikes import without_invisible
from pm_assistant.language.scripts import MARKS, UNSPACED, is_unspaced, pieces

_FENCE = re.compile(r"```.*?```", re.S)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:&gt;|>).*$", re.M)
QUOTE_MARK = re.compile(r"^[ \t]*(?:&gt;|>)+[ \t]?", re.M)
_ANGLE = re.compile(r"<([^<>]+)>")
_EMOJI = re.compile(
    r"(?<![\w:])(?::[a-z0-9_+'-]*[a-z_+][a-z0-9_+'-]*:(?::skin-tone-\d:)?)+(?![\w:])|[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]"
)
STRUCK = re.compile(r"(?<![\w~])~(?=\S)[^~\n]*(?<=[^\s~])~(?![\w~])")
"""As the chat renders it: no space behind the first sign, nor before the second."""
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<!\w)_([^_\n]+)_(?!\w)")

_KEY = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]{0,9})-(\d{1,6})(?![A-Za-z0-9])")
_SPACED_KEY = re.compile(r"(?<![A-Za-z0-9])([A-Z][A-Z0-9]{1,9})[ _#](\d{1,6})(?![A-Za-z0-9])")
_URL = re.compile(r"(?:https?|mailto):\S+")
_LETTERS = rf"(?:(?![{UNSPACED}])[\w{MARKS}])+"
_CHUNK = re.compile(rf"[{UNSPACED}]+|{_LETTERS}(?:['\u2019-]{_LETTERS})*")
_ACCENTS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_'\u2019-]")
_ELIDED = re.compile(
    r"^(?:[cdjlmnst]|qu|(?:jus|lors|puis|quoi|quel)qu|(?:d|n|s)?all|d[ae]ll|[ns]ell|sull|quest|quell|un)['\u2019](?=\w{3})",
    re.IGNORECASE,
)
"""What French and Italian put before a word that begins with a vowel, so that `l'écran` is an `écran`."""
_PARTICLES = {"in", "out", "up", "off", "on", "down"}
_PHRASAL = {"log", "sign", "check", "time", "roll", "opt", "set", "back", "start", "shut", "hang", "drop"}
_PHRASAL_FORMS = {
    "logged": "log",
    "logging": "log",
    "signed": "sign",
    "signing": "sign",
    "logs": "log",
    "timed": "time",
}
_SENTENCE_END = re.compile(
    r"(?<!incl\.)(?<!excl\.)(?<!e\.g\.)(?<!i\.e\.)(?<!\bno\.)(?<!vs\.)(?<!approx\.)(?<!z\.B\.)(?<!\bart\.)(?<!\bca\.)(?<!\bst\.)(?<!\bnr\.)(?<=[.!?…])\s+|\n+|\s+[\u2013\u2014]\s+|;\s+"
)


READ_CHARS = 4_000
"""How much of one message is read: what it is about has been said by then, and a pasted log must not cost seconds."""


def plain(text: str, names: Mapping[str, str], *, spoken: bool = False) -> str:
    """Render chat markup as a person reads it.

    Args:
        text: a message in Slack's mrkdwn, see https://docs.slack.dev/messaging/formatting-message-text.
        names: people's names by chat user id; an unknown person becomes `someone`.
        spoken: leave out what the author did not say: quoted lines and code blocks.
    """
    text = without_invisible(text[:READ_CHARS])
    if spoken:
        text = _QUOTED_LINE.sub("", _FENCE.sub(" ", text))
    text = QUOTE_MARK.sub("", text.replace("```", " ").replace("`", ""))
    text = _EMOJI.sub(" ", _ANGLE.sub(lambda match: _reference(match[1], names), text))
    text = _EMPHASIS.sub(lambda match: match[1] or match[2], STRUCK.sub(" ", text))
    lines = (" ".join(line.split()) for line in html.unescape(text).splitlines())
    return "\n".join(line for line in lines if line)


class ShownNames(NamedTuple):
    """What those are called whom a message names by their ids.

    Attributes:
        people: by the chat's ids.
        channels: likewise, with their `#`.
        somebody: whoever is not among these.
        somewhere: likewise of channels.
    """

    people: Mapping[str, str]
    channels: Mapping[str, str]
    somebody: str
    somewhere: str


def as_shown(text: str, names: ShownNames) -> str:
    """A message as the chat shows it: people, channels and links by their names, and all else to the letter."""
    pieces = _ANGLE.split(text)
    return "".join(_shown(piece, names) if at % 2 else _unescaped(piece) for at, piece in enumerate(pieces))


def _shown(reference: str, names: ShownNames) -> str:
    target, _, label = reference.partition("|")
    label = _unescaped(label)
    match target[:1]:
        case "@":
            return "@" + (names.people.get(target[1:]) or label.removeprefix("@") or names.somebody)
        case "#":
            return names.channels.get(target[1:]) or (f"#{label}" if label else names.somewhere)
        case "!":
            return label or "@" + target[1:].partition("^")[0]
        case _:
            return label or _unescaped(target).removeprefix("mailto:")


def _unescaped(text: str) -> str:
    """The three signs that the chat escapes."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _reference(reference: str, names: Mapping[str, str]) -> str:
    target, _, label = reference.partition("|")
    if target.startswith("@"):
        return names.get(target[1:], label or "someone")
    if target.startswith("#"):
        return f"#{label}" if label else "a channel"
    if target.startswith("!"):
        return label or "@" + target[1:].partition("^")[0]
    return label or target.removeprefix("mailto:")


def sentences(text: str) -> list[str]:
    """Cut plain text where one statement ends and the next begins."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]


def keys(text: str) -> frozenset[str]:
    """Find what looks like a ticket key (`ENG-12`, in any case, also inside an address), in upper case."""
    key_matches = [*_KEY.finditer(text), *_SPACED_KEY.finditer(text)]
    return frozenset(f"{match[1].upper()}-{int(match[2])}" for match in key_matches)


def fold(text: str) -> str:
    """Make lower case and drop accents and vowel points, so that `Déployé` equals `deploye`, and `ﾛｸﾞ` `ログ`.

    Marks of scripts in which they make another letter stay.
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def terms(text: str) -> list[str]:
    """Split plain text into stemmed terms in order; a compound identifier gives itself and then its parts.

    Scripts without spaces between words give the pieces of `scripts.pieces`.
    """
    return [stem(word) for word in _words(_URL.sub(" ", text))]


def spellings(text: str) -> dict[str, str]:
    """Tell for each term how the text first spelt it."""
    spelt: dict[str, str] = {}
    for chunk in _CHUNK.findall(_URL.sub(" ", text)):
        for term in terms(chunk):
            spelt.setdefault(term, chunk)
    return spelt


def _words(text: str) -> Iterator[str]:
    previous = ""
    for chunk in _CHUNK.findall(text):
        parts, words = _parts(chunk)
        yield from words
        if len(parts) == 1 and parts[0] in _PARTICLES:
            verb = _PHRASAL_FORMS.get(previous, previous)
            if verb in _PHRASAL:
                yield verb + parts[0]
        previous = parts[-1] if parts else ""


@lru_cache(maxsize=20_000)
def _parts(chunk: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Cut a compound into its parts, and tell which words it gives."""
    if is_unspaced(chunk):
        return (), tuple(pieces(fold(chunk)))
    parts = tuple(fold(part) for part in _HUMP.split(_ELIDED.sub("", chunk)) if part)
    compound = ("".join(parts),) if len(parts) > 1 else ()
    return parts, compound + (parts if len(parts) == 1 or all(len(part) > 1 for part in parts) else ())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Cut an English ending so that forms of a word meet; light on purpose, other languages mostly pass through."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    return _without_ending(_singular(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


_ENDINGS = (
    ("ifications", "ify"),
    ("ification", "ify"),
    ("ied", "y"),
    ("ments", ""),
    ("ment", ""),
    ("ations", "at"),
    ("ation", "at"),
    ("tion", "t"),
    ("sion", "s"),
    ("ings", ""),
    ("ing", ""),
    ("ed", ""),
    ("ly", ""),
)


def _without_ending(word: str) -> str:
    for ending, replacement in _ENDINGS:
        root = word.removesuffix(ending)
        if (
            root != word
            and len(root) >= 3
            and not (ending == "ed" and root.endswith("e"))
            and set(root) & set("aeiouy")
        ):
            word = root + replacement
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" and not replacement:
                word = word[:-1]
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def grams(text: str, size: int = 4) -> frozenset[str]:
    """Collect the character n-grams of each word, word edges included; near spellings and cognates share many."""
    return frozenset(
        gram
        for word in fold(_URL.sub(" ", text)).split()
        for padded in (f" {word.strip('.,;:!?()[]{}')} ",)
        for gram in (padded[i : i + size] for i in range(max(1, len(padded) - size + 1)))
    )
