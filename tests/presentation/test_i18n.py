"""What we write in the reader's language: whole catalogues, and dates, times and counts as people there write them."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from pm_assistant.domain.languages import Language, language_of
from pm_assistant.presentation.i18n import LOCALES, texts_in

type Forms = tuple[str, ...]

CODE = LOCALES.parents[1]
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "gettext_noop": None, "Translatable": None}
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]


@cache
def messages() -> frozenset[Forms]:
    """Every message in the code, with its plural where it has one."""
    found: set[Forms] = set()
    for method, pattern in (("python", "*.py"), ("jinja2", "*.html")):
        for file in CODE.rglob(pattern):
            if any(keyword in file.read_text() for keyword in KEYWORDS):
                with file.open("rb") as source:
                    options = {"silent": "false", "trimmed": "false"}
                    extracted = extract(method, source, keywords=KEYWORDS, options=options)
                    found |= {_forms(message) for _, message, _, _ in extracted}
    return frozenset(found)


@cache
def catalogue(language: Language) -> Catalog:
    """A language's catalogue, as translators see it."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def entries(language: Language) -> dict[Forms, Forms]:
    """What each message of a catalogue is in the language."""
    return {_forms(entry.id): _forms(entry.string) for entry in catalogue(language) if entry.id and not entry.fuzzy}


def _forms(text: str | Forms | list[str] | None) -> Forms:
    return (text,) if isinstance(text, str) else tuple(text or ())


def names(text: str) -> set[str]:
    """What has values in a message."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue_for_every_language_and_none_for_another() -> None:
    """English stands in the code."""
    assert {f"{language}.po" for language in TRANSLATED} == {file.name for file in LOCALES.iterdir()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_nothing_else(language: Language) -> None:
    """What is missing, empty or unsure is named here; what the code no longer says goes."""
    translated = {message for message, forms in entries(language).items() if all(form.strip() for form in forms)}

    assert set() == messages() - translated
    assert set() == set(entries(language)) - messages()
    assert len(messages()) > 5


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_values_of_its_message(language: Language) -> None:
    """A name that the message does not give would fail when somebody reads it; a form for one may say the count."""
    for message, forms in entries(language).items():
        for form in forms:
            assert names(message[-1]) - {"count"} <= names(form) <= names(message[-1]), form
        assert names(message[-1]) == names(forms[-1])


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_have_the_forms_of_their_language(language: Language) -> None:
    """As many as it has, chosen by its own rule."""
    plural = get_plural(language)

    assert (plural.num_plurals, plural.plural_expr) == (
        catalogue(language).num_plurals,
        catalogue(language).plural_expr,
    )
    for message, forms in entries(language).items():
        assert (1 if len(message) == 1 else plural.num_plurals) == len(forms), message


@pytest.mark.parametrize(
    ("language", "day", "time"),
    [
        (Language.ENGLISH, "Friday 20 November", "09:05"),
        (Language.GERMAN, "Freitag, 20. November", "09:05"),
        (Language.SPANISH, "viernes, 20 de noviembre", "9:05"),
        (Language.FRENCH, "vendredi 20 novembre", "09:05"),
        (Language.JAPANESE, "11月20日金曜日", "9:05"),
        (None, "Friday 20 November", "09:05"),
    ],
)
def test_dates_times_and_counts_are_written_as_the_readers_write_them(
    language: Language | None, day: str, time: str
) -> None:
    """In the zone that is asked about; whoever's language is not known reads English."""
    texts = texts_in(language)

    assert day == texts.day(date(2026, 11, 20))
    assert time == texts.time(datetime(2026, 11, 20, 8, 5, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")))


@pytest.mark.parametrize(
    ("language", "hours", "minute"),
    [
        (Language.ENGLISH, "3 hours ago", "1 minute ago"),
        (Language.GERMAN, "vor 3 Stunden", "vor 1 Minute"),
        (Language.SPANISH, "hace 3 horas", "hace 1 minuto"),
        (Language.FRENCH, "il y a 3 heures", "il y a 1 minute"),
        (Language.JAPANESE, "3 時間前", "1 分前"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_unit(language: Language, hours: str, minute: str) -> None:
    """As people say it; nothing is less than a minute past."""
    passed = (timedelta(hours=3, minutes=10), timedelta())
    assert [hours, minute] == [texts_in(language).ago(each).replace("\u00a0", " ") for each in passed]


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        (Language.ENGLISH, "1 more line in the thread", "1,234 more lines in the thread"),
        (Language.GERMAN, "1 weitere Zeile im Thread", "1.234 weitere Zeilen im Thread"),
        (Language.SPANISH, "1 línea más en el hilo", "1.234 líneas más en el hilo"),
        (Language.FRENCH, "1 ligne de plus dans le fil", "1 234 lignes de plus dans le fil"),
        (Language.JAPANESE, "スレッドにあと 1 行", "スレッドにあと 1,234 行"),
    ],
)
def test_one_is_not_several(language: Language, one: str, many: str) -> None:
    """Where the language tells them apart; numbers are grouped as people there group them."""
    counted = [
        texts_in(language).ngettext("{count} more line in the thread", "{count} more lines in the thread", count)
        for count in (1, 1234)
    ]

    assert [one, many] == [words.replace("\u202f", " ") for words in counted]


def test_what_people_wrote_is_never_a_message() -> None:
    """Braces in it are braces, and words that we have translations for stay as they are."""
    written = texts_in(Language.GERMAN).gettext("Standup for {name}, {day}", name="{day} Nothing.", day="heute")

    assert "Standup für {day} Nothing., heute" == written


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("de-AT", Language.GERMAN),
        ("es_419", Language.SPANISH),
        ("EN", Language.ENGLISH),
        ("ja-JP", Language.JAPANESE),
        ("nl-NL", None),
        ("", None),
        (None, None),
    ],
)
def test_a_locale_has_the_language_before_its_country(locale: str | None, language: Language | None) -> None:
    """And none of ours where we do not write in it."""
    assert language is language_of(locale)


def test_who_reads_english_waits_for_no_catalogue() -> None:
    """Nobody's function loads what reads them before somebody reads another language."""
    asked = "import sys; from pm_assistant.presentation.i18n import texts_in; "
    told = 'texts_in(None).gettext("Nothing."); print("babel" in sys.modules)'
    done = subprocess.run(
        [sys.executable, "-c", asked + told],
        env={"PYTHONPATH": str(Path(CODE).parent)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "False" == done.stdout.strip()


def test_a_reason_that_bears_somebodys_words_stays_as_it_is() -> None:
    """Braces in it are no places for values, and nothing is no header of a catalogue."""
    german = texts_in(Language.GERMAN)
    for said in ("{key} is no team that I know", ""):
        assert said == german.phrase(said)
    assert "Ihr Konto ist deaktiviert" == german.phrase("your account is deactivated")
