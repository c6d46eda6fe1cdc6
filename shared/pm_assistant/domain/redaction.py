"""Texts without what tells who somebody is, or opens a door: a name that stays the same stands for each such thing."""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cached_property

SHORTEST_NAME = 3
"""Letters of a part of a name that is replaced by itself: shorter ones are words of some language."""
_DIGITS = range(8, 16)
"""That a telephone number has (ITU-T E.164, and a little less for those within a country)."""
_SECRET = re.compile(
    r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)"
    r"|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}"
    r"|\b(?:gh[opusr]|github_pat)_\w{10,}"
    r"|\b(?:sk|pk|rk)[-_][\w-]{10,}"
    r"|\blin_(?:api|oauth)_\w{8,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}"
    r"|\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"
    r"|(?i:\bbearer )[\w.~+/-]{8,}=*"
    r"|(?i:\b(?:password|passwd|secret|token|api[-_ ]?key)\b\s*(?:is|=|:)\s*)[^\s,;]+"
    r"|(?<![\w/-])(?=[A-Za-z0-9+/_]*\d)(?=[A-Za-z0-9+/_]*[A-Za-z])[A-Za-z0-9+/_]{32,}={0,2}",
    re.DOTALL,
)
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>|]+", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s<>@:|,;()\[\]\"']+@[^\s<>@:|,;()\[\]\"']+\.[^\W\d_]{2,}")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_PHONE = re.compile(r"(?<![\w.\[])\+?\(?\d[\d ()/.\-\u2011]{6,}\d(?![\w])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4}|\d{9,11}\.\d{3,6}$")
_BEFORE_SECRET = re.compile(r"(?i)\b(?:password|passwd|secret|token|api[-_ ]?key)\b\s*(?:is|=|:)\s*")


class Redactor:
    """Replaces e-mail addresses, telephone numbers, links, secrets and people.

    Args:
        salt: of one file: the same thing has the same name all over it, and another elsewhere.
        names: what people are called, by what they are known by.
    """

    def __init__(self, salt: str, names: Iterable[tuple[str, str]] = ()) -> None:
        self._salt = salt
        self._names = [(name, id) for name, id in names if name.strip()]

    def text(self, written: str) -> str:
        """A text without any of them."""
        text = _SECRET.sub(lambda found: f"{_label_before(found[0])}[secret]", written)
        text = _LINK.sub(self._by("link"), text)
        text = _EMAIL.sub(self._by("email"), text)
        text = _MENTION.sub(lambda found: f"<@{self.person(found[1])}>", text)
        text = _PHONE.sub(self._phone, text)
        return self._people.sub(lambda found: self._called[found[0].casefold()], text) if self._called else text

    def person(self, id: str) -> str:
        """What somebody is called instead."""
        return f"P{self._digest(id)}"

    @cached_property
    def _called(self) -> dict[str, str]:
        """What is put in the place of each name, and of each part of one that is long enough."""
        parts = {
            part.casefold(): self.person(id)
            for name, id in self._names
            for part in name.split()
            if len(part) >= SHORTEST_NAME
        }
        return parts | {name.casefold(): self.person(id) for name, id in self._names}

    @cached_property
    def _people(self) -> re.Pattern[str]:
        longest_first = sorted(self._called, key=len, reverse=True)
        return re.compile("|".join(map(_whole, longest_first)), re.IGNORECASE)

    def _by(self, kind: str) -> Callable[[re.Match[str]], str]:
        return lambda found: f"[{kind} {self._digest(found[0].casefold())}]"

    def _phone(self, found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        told = len(digits) not in _DIGITS or _DATE.match(found[0]) is not None
        return found[0] if told else f"[phone {self._digest(digits)}]"

    def _digest(self, thing: str) -> str:
        return hashlib.blake2b(f"{self._salt}|{thing}".encode(), digest_size=4).hexdigest()


def _label_before(secret: str) -> str:
    found = _BEFORE_SECRET.match(secret)
    return found[0] if found else ""


def _whole(name: str) -> str:
    """A name as a word of its own, where its script parts words."""
    escaped = re.escape(name)
    return rf"(?<!\w){escaped}(?!\w)" if name[0].isascii() or name[0].islower() else escaped
