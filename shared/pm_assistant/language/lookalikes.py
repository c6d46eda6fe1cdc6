"""What a text reads like, whatever it is made of: characters that nobody sees, and letters that look like others."""

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]|(?<=[\x00-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[\x00-\u024f])"
)
"""Directions, tags, fillers and spaces without width; joiners only beside letters that are not joined."""
_LIKE_LATIN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0432\u043a\u043c\u043d\u0442"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
    "\u03b1\u03b5\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d"
    "\u039f\u03a1\u03a4\u03a5\u03a7\u0131\u0261",
    "aeopcyxijshdqwbkmhtABEKMHOPCTXIJSaeiknoptuxABEZHIKMNOPTYXig",
)
_WORD = re.compile(r"\w+")


def without_invisible(text: str) -> str:
    """A text without characters that nobody sees."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def unmasked(text: str) -> str:
    """A text as a hasty reader takes it: in words that mix alphabets, each letter for the Latin one it looks like."""
    if text.isascii():
        return text
    shown = unicodedata.normalize("NFKC", without_invisible(text))
    return _WORD.sub(lambda match: match[0].translate(_LIKE_LATIN) if _mixes(match[0]) else match[0], shown)


def _mixes(word: str) -> bool:
    """Whether a word has Latin letters and such as only look like them."""
    return any("a" <= c.lower() <= "z" for c in word) and any(ord(c) in _LIKE_LATIN for c in word)
