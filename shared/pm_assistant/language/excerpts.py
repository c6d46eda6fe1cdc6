"""What people said, told again where nobody has put it better: word for word, each under their name."""

from collections.abc import Iterable

from pm_assistant.language import text

LONGEST_TITLE, LONGEST_LINE, LONGEST = 80, 600, 4_000
_FEWEST_TERMS = 3
"""Words of a sentence that says what something is about."""

type Line = tuple[str, str]
"""A person's name and what that person said, in plain text."""


def short_title(said: str) -> str:
    """A title out of what somebody said: the first sentence that says something, within 80 characters."""
    sentences = text.sentences(said) or [said]
    telling = next((each for each in sentences if len(text.terms(each)) >= _FEWEST_TERMS), sentences[0])
    one_line = " ".join(telling.split()).strip(" .!,;:-\u2013\u2014\u3002")
    return _clipped(one_line[:1].upper() + one_line[1:], LONGEST_TITLE)


def excerpt(lines: Iterable[Line]) -> str:
    """A conversation as plain text, one line a person."""
    return _clipped_end("\n".join(f"{name}: {_clipped(said, LONGEST_LINE)}" for name, said in lines))


def _clipped(said: str, limit: int) -> str:
    """Shortened at a word's end, saying so."""
    one_line = " ".join(said.split())
    if len(one_line) <= limit:
        return one_line
    return (one_line[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:-\u2013\u2014(") or one_line[: limit - 1]) + "\u2026"


def _clipped_end(said: str) -> str:
    return said if len(said) <= LONGEST else said[: LONGEST - 1] + "\u2026"
