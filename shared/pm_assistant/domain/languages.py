"""The languages that we write to people in."""

from enum import StrEnum


class Language(StrEnum):
    """One of them, by its ISO 639-1 code."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"
    JAPANESE = "ja"


def language_of(locale: str | None) -> Language | None:
    """The language of a locale such as `de-AT`; None if there is none, or we do not write in it."""
    code = (locale or "").replace("_", "-").partition("-")[0].casefold()
    return next((language for language in Language if language == code), None)
