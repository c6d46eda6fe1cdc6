"""The languages that we write to people in."""

from enum import StrEnum


class Language(StrEnum):
    """One of them, by its ISO 639-1 code."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"
    JAPANESE = "ja"


class Translatable(str):
    """Words of ours for people, in English; the catalogues have them, for whoever reads another language.

    Only literals are made translatable, as an argument of it: that is how their translations are missed where there are
    none. What people and vendors wrote is only ever a value, in the place of a `{name}`; a value that is translatable
    itself is what we call something.

    Attributes:
        message: what the catalogues know it by.
        values: what stands in it.
    """

    def __new__(cls, message: str, /, **values: str) -> "Translatable":
        """Say it in English."""
        words = super().__new__(cls, message.format_map(values))
        words.message, words.values = message, values
        return words

    message: str
    values: dict[str, str]

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """What a copy is made of: what stands in it may have braces of its own."""
        return (self.message,), self.values


def language_of(locale: str | None) -> Language | None:
    """The language of a locale such as `de-AT`; None if there is none, or we do not write in it."""
    code = (locale or "").replace("_", "-").partition("-")[0].casefold()
    return next((language for language in Language if language == code), None)
