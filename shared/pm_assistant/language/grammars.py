"""Data files that tell how people word something: a regular expression a line, some of them named parts of others."""

import re
from collections.abc import Iterable, Iterator, Mapping

from pm_assistant.language.lexicon import DATA


def rules_in(name: str) -> Iterator[tuple[str, str]]:
    """The patterns of a data file in order, each behind what stands before its colon."""
    for line in (DATA / f"{name}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            what, _, pattern = line.partition(": ")
            yield what, pattern


def lists_in(name: str) -> Mapping[str, re.Pattern[str]]:
    """One pattern for each list in a data file: the lines of a name are its alternatives, in order.

    Those of `words NAME` match whole words. Those of `part NAME` make no list: they are what `{NAME}` stands for in the
    lines below them.
    """
    lines: dict[str, list[str]] = {}
    for what, pattern in rules_in(name):
        lines.setdefault(what, []).append(pattern)
    parts: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for what, alternatives in lines.items():
        kind, _, which = what.rpartition(" ")
        pattern = with_parts("|".join(alternatives), parts)
        if kind == "part":
            parts[which] = f"(?:{pattern})"
        else:
            lists.setdefault(which, []).append(rf"\b(?:{pattern})\b" if kind == "words" else pattern)
    return {which: re.compile("|".join(patterns)) for which, patterns in lists.items()}


def with_parts(pattern: str, parts: Mapping[str, str]) -> str:
    """A pattern in which each `{name}` is the part of that name."""
    return re.sub(r"\{([a-z_]+)\}", lambda name: parts[name[1]], pattern)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern in which no two groups have one name: the second `wrong` is called `wrong2`."""
    counts: dict[str, int] = {}

    def named(match: re.Match[str]) -> str:
        counts[match[1]] = counts.get(match[1], 0) + 1
        return f"(?P<{match[1]}{counts[match[1]] if counts[match[1]] > 1 else ''}>"

    return re.compile(re.sub(r"\(\?P<([a-z]+)>", named, pattern), re.IGNORECASE | re.DOTALL)


def any_of(names: Iterable[str]) -> str:
    """A pattern for one of these, to the letter: the longest that fits."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))
