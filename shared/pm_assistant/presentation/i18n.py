"""What we write in the reader's language: messages by catalogue, dates, times and counts as people write them.

A message stands in the code in English, as an argument of `gettext` or `ngettext`, of `gettext_noop` where it is in
a table, or of `Translatable` where it is the words of an error. Its translations lie in `locales/<language>.po`, and a
test names whichever is missing. What people and vendors wrote is only ever a value of a message, never the message.

    texts = texts_in(member.language)
    texts.gettext("Standup for {name}, {day}", name=member.name, day=texts.day(today))
    texts.ngettext("{count} more", "{count} more", hidden)

A catalogue is read as it lies here when somebody reads its language for the first time, which takes a twentieth of a
second, so nothing has to be compiled; English has none.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from pm_assistant.domain.languages import Language, Translatable

LOCALES = Path(__file__).parent / "locales"


def gettext_noop(message: str) -> str:
    """Mark a message as one that is translated later, where it is shown."""
    return message


class Texts:
    """Writes in one language."""

    def __init__(self, language: Language, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def gettext(self, message: str, /, **values: str) -> str:
        """A message, with values in the place of its `{names}`."""
        return self._translations.gettext(message).format_map(values)

    def phrase(self, message: str) -> str:
        """A message of ours that is handed on as a reason; anything else, such as somebody's words, as it is."""
        return self._translations.gettext(message) if message else ""

    def said(self, words: str) -> str:
        """Words for people: ours in the reader's language, anybody else's, such as a vendor's, as they are."""
        if not isinstance(words, Translatable):
            return words
        return self.gettext(words.message, **{name: self.said(value) for name, value in words.values.items()})

    def ngettext(self, one: str, many: str, count: int, /, **values: str) -> str:
        """A message in the form that the count takes; `{count}` stands for the count."""
        from babel.numbers import format_decimal

        message = self._translations.ngettext(one, many, count)
        return message.format_map({"count": format_decimal(count, locale=self.language), **values})

    def day(self, day: date) -> str:
        """A day of about now, with its weekday and without its year."""
        from babel.dates import format_date

        return format_date(day, self.gettext("EEEE d MMMM"), locale=self.language)

    def month_day(self, day: date) -> str:
        """A day of about now, without its year."""
        from babel.dates import format_date

        return format_date(day, self.gettext("d MMMM"), locale=self.language)

    def month(self, month: date) -> str:
        """A month with its year, by any of its days."""
        from babel.dates import format_skeleton

        return format_skeleton("yMMMM", month, locale=self.language)

    def date(self, day: date) -> str:
        """A day with its year, short."""
        from babel.dates import format_date

        return format_date(day, self.gettext("d MMM y"), locale=self.language)

    def decimal(self, value: float) -> str:
        """A number with its decimal mark."""
        from babel.numbers import format_decimal

        return format_decimal(value, locale=self.language)

    def sum(self, amount: Decimal, currency: str) -> str:
        """A sum of money; the currency is given in three letters."""
        from babel.numbers import format_currency

        return format_currency(amount, currency.upper(), locale=self.language)

    def time(self, moment: datetime) -> str:
        """The time on the clock, in the zone that the moment is given in."""
        from babel.dates import format_time

        return format_time(moment, self.gettext("HH:mm"), moment.tzinfo, locale=self.language)

    def ago(self, passed: timedelta) -> str:
        """How long something is past, in its largest unit; nothing is less than a minute past."""
        from babel.dates import format_timedelta

        past = -max(passed, timedelta(minutes=1))
        return format_timedelta(past, threshold=1, add_direction=True, locale=self.language)

    def weekdays(self, *, short: bool = False) -> Sequence[str]:
        """What the days of a week are called, Monday first."""
        from babel.dates import get_day_names

        names = get_day_names("abbreviated" if short else "wide", "stand-alone", locale=self.language)
        return [names[number] for number in range(7)]


def texts_in(language: Language | None) -> Texts:
    """Whatever writes in a language; in English where none is known."""
    return _texts_in(language or Language.ENGLISH)


@cache
def _texts_in(language: Language) -> Texts:
    return Texts(language, NullTranslations() if language is Language.ENGLISH else _catalogue(language))


def _catalogue(language: Language) -> GNUTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)
