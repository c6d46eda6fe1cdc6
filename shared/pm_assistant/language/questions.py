"""What a person asks the assistant about the team's work: `data/questions.txt`, read once.

A question is a whole message that asks one of a few things and says nothing else; all else is talk, which is judged.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Literal

from pm_assistant.domain.model import Model
from pm_assistant.language import text as words
from pm_assistant.language.grammars import compiled, rules_in, with_parts

LONGEST_QUESTION = 300
"""Characters: who says more says something else as well."""
MOST_KEYS = 5
type Span = Literal["today", "yesterday", "week", "last_week"]


class Asks(StrEnum):
    """What can be asked."""

    STATE = "state"
    """How far tickets are, or whether there is one."""
    PEOPLE = "people"
    """Who works on them."""
    DOING = "doing"
    """What somebody works on."""
    WAITING = "waiting"
    """What waits for whoever asks."""
    DONE = "done"
    """What somebody has done."""
    UNTRACKED = "untracked"
    """What was talked about that has no ticket."""


class Question(Model):
    """One question.

    Attributes:
        keys: of the tickets that it is about.
        about: else the words for what it is about; empty where it is about what was said before.
        who: the chat account or the name of whom it is about; None for whoever asks.
    """

    asks: Asks
    keys: tuple[str, ...] = ()
    about: str = ""
    who: str | None = None
    span: Span = "week"


_MENTION = re.compile(r"<[@!]([^<>|\s]+)(?:\|[^<>]*)?>")
_LINK = re.compile(r"<(https?:[^<>|\s]+)(?:\|[^<>]*)?>")
_EDGE = " \t\r\n.,;!?:*_~\u00bf\u00a1\u3002\uff1f\uff01\u3001"
_THIS = re.compile(
    r"(?:it|this|that|these|those|here|(?:this|that|the) (?:one|thread|topic|ticket|issue|bug|problem|conversation)|"
    r"das|dies|hier|dafür|dazu|diesem thread|esto|eso|este hilo|ça|cela|ceci|ce fil|これ|この件|このスレッド)",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|our|der|die|das|el|la|los|las|le|les|l')[\s]+", re.IGNORECASE)
_SPANS: dict[Span, str] = {
    "today": "today|heute|hoy|aujourd'hui|今日",
    "yesterday": "yesterday|gestern|ayer|hier|昨日",
    "last_week": "last week|letzte woche|la semana pasada|la semaine dernière|先週",
}


def read_question(message: str, *, assistant: str = "") -> Question | None:
    """Read what a message asks; None where it is none of the questions that can be answered.

    Args:
        message: in the chat's markup.
        assistant: who we are in the chat; our name says nothing.
    """
    if len(message) > LONGEST_QUESTION or "```" in message:
        return None
    asked = _bare(message, assistant)
    for asks, pattern in _patterns():
        if (match := pattern.fullmatch(asked)) is not None:
            return _question(asks, {name.rstrip("23"): found for name, found in match.groupdict().items() if found})
    return None


def _question(asks: Asks, found: dict[str, str]) -> Question:
    about = _LINK.sub(r"\1", found.get("about", "")).strip(_EDGE)
    keys = tuple(sorted(words.keys(about)))[:MOST_KEYS]
    is_this = _THIS.fullmatch(about) is not None
    span = found.get("span", "").lower()
    return Question(
        asks=asks,
        keys=keys,
        about="" if keys or is_this else _ARTICLE.sub("", about, count=1),
        who=_person(found.get("who")),
        span=next((name for name, spellings in _SPANS.items() if span in spellings.split("|")), "week"),
    )


def _person(who: str | None) -> str | None:
    mention = _MENTION.fullmatch(who) if who else None
    name = mention[1] if mention else who
    return None if name is None or name.lower() in {"i", "we", "me"} else name


def _bare(message: str, assistant: str) -> str:
    """The question in one line, without our name, and without what is only polite."""

    def named(match: re.Match[str]) -> str:
        return " " if match[1] == assistant else match[0]

    said = unicodedata.normalize("NFC", _MENTION.sub(named, message)).replace("\u2019", "'")
    return _polite().sub("", " ".join(said.split()).strip(_EDGE), count=1).strip(_EDGE)


@cache
def _polite() -> re.Pattern[str]:
    return re.compile(_parts()["please"], re.IGNORECASE)


@cache
def _parts() -> Mapping[str, str]:
    return {name.removeprefix("part "): pattern for name, pattern in rules_in("questions") if name.startswith("part ")}


@cache
def _patterns() -> Sequence[tuple[Asks, re.Pattern[str]]]:
    rules = ((name, with_parts(pattern, _parts())) for name, pattern in rules_in("questions") if name in Asks)
    return [(Asks(name), compiled(pattern)) for name, pattern in rules]
