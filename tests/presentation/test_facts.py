"""Facts in the reader's language: the sentences are ours, what people and vendors wrote stays as it is."""

from collections.abc import Sequence
from datetime import date
from itertools import product

import pytest

from pm_assistant.domain.accounts import Mail
from pm_assistant.domain.code import ReviewState
from pm_assistant.domain.facts import Fact, Note, NoteKind
from pm_assistant.domain.languages import Language
from pm_assistant.domain.reports import FactKind, Report, ReportKind
from pm_assistant.domain.tenants import ActionKind
from pm_assistant.presentation.facts import noted, section_of, sentence
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.report_mail import report_mail
from pm_assistant.workflows.reports.kinds import REPORTS

DAY = date(2026, 11, 20)
TITLE = "Nothing. {count} “Done”"
"""A title that is one of our messages, with a value's place and with quotation marks."""
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]


def fact(kind: FactKind, *notes: Note) -> Fact:
    """Something about one ticket."""
    return Fact(kind=kind, about=("1",), name="ENG-1", title=TITLE, url="https://linear.app/i/1", notes=notes)


MORNING = (
    fact(
        FactKind.IN_PROGRESS,
        Note(kind=NoteKind.MOVED, what="In Review"),
        Note(kind=NoteKind.COMMENTED, who=("Bob", "Cy"), count=2),
        Note(kind=NoteKind.DUE, day=date(2026, 11, 24)),
    ),
    fact(
        FactKind.BLOCKED,
        Note(kind=NoteKind.BLOCKED_BY, who=("Bob",)),
        Note(kind=NoteKind.REVIEW_LATE, what="acme/shop#7", hours=9),
    ),
    fact(
        FactKind.WAITING_FOR_ME,
        Note(kind=NoteKind.REVIEW_AWAITED, who=("Bob",), hours=1),
        Note(kind=NoteKind.ANSWER_AWAITED, asks=ActionKind.MOVE, what="Done"),
    ),
)


def morning(language: Language) -> Report:
    """A standup of these facts, as somebody reads it."""
    texts, standup = texts_in(language), REPORTS[ReportKind.STANDUP]
    return Report(
        id="r",
        kind=ReportKind.STANDUP,
        title=texts.gettext(standup.title, name="Ada", day=texts.day(DAY)),
        day=DAY,
        sections=standup.sections(MORNING, said_in=texts),
        language=language,
    )


@pytest.mark.parametrize(
    ("language", "subject", "told"),
    [
        (
            Language.ENGLISH,
            "Standup for Ada, Friday 20 November",
            [
                "moved to In Review; 2 comments by Bob, Cy; due on Tuesday 24 November",
                "blocked by a ticket of a private team, Bob; acme/shop#7 waits for review for 9 working hours",
                "review awaited for 1 working hour: Bob; shall I move it to Done?",
            ],
        ),
        (
            Language.GERMAN,
            "Standup für Ada, Freitag, 20. November",
            [
                "jetzt „In Review“; 2 Kommentare von Bob, Cy; fällig: Dienstag, 24. November",
                "blockiert durch ein Ticket eines privaten Teams, Bob; "
                "acme/shop#7 wartet seit 9 Arbeitsstunden auf Review",
                "Review seit 1 Arbeitsstunde erwartet: Bob; soll ich es auf „Done“ setzen?",
            ],
        ),
        (
            Language.SPANISH,
            "Standup de Ada, viernes, 20 de noviembre",
            [
                "pasó a «In Review»; 2 comentarios de Bob, Cy; vence: martes, 24 de noviembre",
                "bloqueado por un ticket de un equipo privado, Bob; "
                "acme/shop#7 espera revisión desde hace 9 horas laborables",
                "revisión pendiente desde hace 1 hora laborable: Bob; ¿lo paso a «Done»?",
            ],
        ),
        (
            Language.FRENCH,
            "Standup de Ada, vendredi 20 novembre",
            [
                "passé à « In Review »; 2 commentaires de Bob, Cy; prévu pour le mardi 24 novembre",
                "bloqué par un ticket d’une équipe privée, Bob; "
                "acme/shop#7 attend une relecture depuis 9 heures ouvrées",
                "relecture attendue depuis 1 heure ouvrée : Bob; dois-je le passer à « Done » ?",
            ],
        ),
        (
            Language.JAPANESE,
            "Ada さんのスタンドアップ、11月20日金曜日",
            [
                "「In Review」に移動; Bob, Cy さんのコメント 2 件; 期限: 11月24日火曜日",
                "非公開チームのチケットによりブロック, Bob; acme/shop#7 はレビュー待ち 9 営業時間",
                "レビュー待ち 1 営業時間: Bob; 「Done」に移動しますか？",
            ],
        ),
    ],
)
def test_a_morning_is_told_in_the_readers_language(language: Language, subject: str, told: Sequence[str]) -> None:
    """Sentences, plurals and dates, the subject with its date once; titles, names and keys stay as they are."""
    mail = report_mail(morning(language), to="ada@acme.test")

    assert subject == mail.subject
    assert [f"- ENG-1 {TITLE} ({notes})" for notes in told] == [
        line for line in mail.text.split("\n") if "ENG-1" in line
    ]
    assert f'<html lang="{language}">' in mail.html


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_mail_has_no_english_of_ours(language: Language) -> None:
    """Neither its headings, nor where there is nothing, nor what it leaves out, nor why it comes and how to end it."""
    own, english = (
        {*cut(each).text.replace(": https", "\nhttps").split("\n")} for each in (language, Language.ENGLISH)
    )

    assert {"", "-- ", "PM Assistant", "  https://linear.app/i/1", "https://pm.test/u"} == own & english


def cut(language: Language) -> Mail:
    """The morning as a mail that leaves something out."""
    report = morning(language)
    sections = tuple(section.model_copy(update={"hidden": 7}) for section in report.sections)
    shorter = report.model_copy(update={"sections": sections})
    return report_mail(shorter, to="ada@acme.test", unsubscribe_url="https://pm.test/u")


@pytest.mark.parametrize("language", Language)
def test_every_note_is_said_also_where_nobody_and_nothing_is_named(language: Language) -> None:
    """Only what the heading says already needs no words, and what is about nothing but a name without one."""
    texts, of_a_name = texts_in(language), {NoteKind.MOVED, NoteKind.LABELLED, NoteKind.UNBLOCKS}
    for kind in NoteKind:
        asked = ActionKind if kind is NoteKind.ANSWER_AWAITED else [None]
        states = [*ReviewState, "DISMISSED"] if kind is NoteKind.REVIEWED else ["{what}", ""]
        for asks, what, who in product(asked, states, [("Bob", "Cy"), ()]):
            words = noted(Note(kind=kind, what=what, who=who, day=DAY, hours=0, asks=asks), texts)

            silent = kind is NoteKind.UNPLANNED or (kind in of_a_name and not what)
            assert silent is (words == "")


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_note_is_left_in_english(language: Language) -> None:
    """Whatever it says."""
    for kind, asks in product(NoteKind, ActionKind):
        note = Note(kind=kind, day=DAY, hours=2, asks=asks)
        words, english = (noted(note, texts_in(each)) for each in (language, Language.ENGLISH))
        assert words != english or words in {"", "urgent"}


def test_what_a_section_leaves_out_is_told_in_its_heading() -> None:
    """As many as are read, of how many there are."""
    section = section_of(FactKind.IN_PROGRESS, MORNING[:1] * 13, texts=texts_in(Language.GERMAN))

    assert "In Arbeit (12 von 13)" == section.title
    assert sentence(MORNING[0], texts_in(Language.GERMAN)) == section.lines[0].text
