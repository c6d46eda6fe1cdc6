"""Words of scripts that put no spaces between them, or whose letters Python does not take for letters.

What stands without spaces is cut into overlapping pieces, as search engines do where they know no dictionary: two
texts that use a word share its pieces, whatever stands around it.
"""

import re
from collections.abc import Iterator
from itertools import groupby

# Blocks of Unicode, https://www.unicode.org/Public/UCD/latest/ucd/Blocks.txt, by how many letters make a piece.
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
_SOUTH_EAST = "\u0e01-\u0e4e\u0e80-\u0ece\u1000-\u109f\u1780-\u17d3"
_BY_TWO, _BY_THREE = 2, 3
_LONGEST_PARTICLE = 3
"""Letters of hiragana beside other script that are taken for an ending or a particle."""

UNSPACED = f"{_HAN}{_KANA}{_HANGUL}{_SOUTH_EAST}"
"""Inside a regular expression's brackets: the letters of these scripts."""
# From Devanagari to Sinhala nearly all is letters, vowel signs and digits; the dandas end sentences.
MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0df3"
)
"""Inside a regular expression's brackets: vowel signs and other marks that are parts of a word."""

_STARTS_UNSPACED = re.compile(f"[{UNSPACED}]")
_CLUSTER = re.compile(
    rf"(?P<thai>[{_SOUTH_EAST}]"
    r"[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u1056-\u1059\u17b4-\u17d3]*)"
    r"|(?P<hiragana>[\u3041-\u309f])|(?P<katakana>[\u30a1-\u30ff\u31f0-\u31ff])|(?P<other>.)",
    re.DOTALL,
)


def is_unspaced(chunk: str) -> bool:
    """Whether this stretch of letters is of a script that puts no spaces between words."""
    return bool(_STARTS_UNSPACED.match(chunk))


def pieces(run: str) -> Iterator[str]:
    """Cut a run of letters without spaces into overlapping pieces, in order.

    Two letters each, of scripts with fewer signs for a word three; a single letter alone. Short stretches of hiragana
    between other letters are how Japanese inflects, and say nothing of what is meant.
    """
    for kind, clusters in groupby(_CLUSTER.finditer(run), key=lambda match: match.lastgroup):
        letters = [cluster[0] for cluster in clusters]
        if kind == "hiragana" and len(letters) <= _LONGEST_PARTICLE and len(letters) < len(run):
            continue
        size = min(_BY_THREE if kind == "thai" else _BY_TWO, len(letters))
        yield from ("".join(letters[start : start + size]) for start in range(len(letters) - size + 1))
