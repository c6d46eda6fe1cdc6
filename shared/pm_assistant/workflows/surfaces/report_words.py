"""Let people answer their team's questions, and add a word to its report, where they read their own."""

from collections.abc import Mapping
from contextlib import suppress
from typing import assert_never

from pm_assistant.domain.errors import AccessRevoked, InvalidRequest, NotConnected, NotFound
from pm_assistant.domain.surfaces import ReportWordsAsked, ReportWordsGiven, SurfaceRequest
from pm_assistant.domain.tenants import Member
from pm_assistant.ports.unit import Unit
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.presentation.report_words import kept_words, nobody_reads, report_words_form, too_long
from pm_assistant.workflows.reports.answers import questionnaire_for, say_for_report, speaks
from pm_assistant.workflows.surfaces.replying import tell_directly, whisper
from pm_assistant.workflows.surfaces.viewers import viewer_of


def answer_words(wanted: ReportWordsAsked | ReportWordsGiven, request: SurfaceRequest, unit: Unit) -> None:
    """Show what somebody may say, or keep what they have said; of who may not nothing is taken, and nothing told.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    speaker = viewer_of(request.user_id, unit.stores.directory.members(unit.tenant_id), unit)
    if speaker is None or not speaks(speaker, unit):
        return
    match wanted:
        case ReportWordsAsked():
            open_words(wanted, speaker, request, unit)
        case ReportWordsGiven():
            keep_words(wanted, speaker, request, unit)
        case _:
            assert_never(wanted)


def open_words(asked: ReportWordsAsked, speaker: Member, request: SurfaceRequest, unit: Unit) -> None:
    """Show a person what the team asks, and what they have said today; where nobody would read it, say so instead."""
    texts, questionnaire = texts_in(speaker.language), questionnaire_for(speaker, unit)
    if not questionnaire.questions and not _is_posted(unit):
        _say(nobody_reads(texts), asked, request, speaker, unit)
        return
    form = report_words_form(questionnaire.questions, questionnaire.answers, asked.pressed_in, texts)
    with suppress(NotConnected, AccessRevoked, NotFound), unit.noticing_loss():
        unit.chat.open_form(asked.trigger_id, form)


def keep_words(given: ReportWordsGiven, speaker: Member, request: SurfaceRequest, unit: Unit) -> None:
    """Keep what a person said for today, in place of what was said before, and tell them what became of it."""
    asked = {question.text for question in questionnaire_for(speaker, unit).questions} | {""}
    kept = {question: words for question, words in given.words.items() if question in asked}
    texts = texts_in(speaker.language)
    try:
        questionnaire = say_for_report(speaker, kept, unit)
        said = kept_words(questionnaire.day, _answered(given.words, asked), texts)
    except InvalidRequest:
        said = too_long(texts)
    _say(said, given, request, speaker, unit)


def _answered(words: Mapping[str, str], asked: set[str]) -> list[tuple[str, str]]:
    return [(question, text.strip()) for question, text in words.items() if question not in asked and text.strip()]


def _is_posted(unit: Unit) -> bool:
    """Whether the team has a report in a channel."""
    return any(wish.channel_id is not None for wish in unit.stores.subscriptions.all(unit.tenant_id))


def _say(
    text: str, asked: ReportWordsAsked | ReportWordsGiven, request: SurfaceRequest, speaker: Member, unit: Unit
) -> None:
    """Say it to the person alone: below their report, or else by direct message."""
    if asked.pressed_in is not None:
        whisper(asked.pressed_in, request, text, unit)
        return
    title = texts_in(speaker.language).gettext("Tell the team")
    with suppress(NotConnected, AccessRevoked), unit.noticing_loss():
        tell_directly("words", title, text, request, unit)
