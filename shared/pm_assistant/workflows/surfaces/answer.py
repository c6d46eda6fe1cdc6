"""Answer what somebody did at a surface: one module each, loaded by what needs it."""

from typing import assert_never

from pm_assistant.domain.answers import Subject
from pm_assistant.domain.surfaces import (
    CommandTyped,
    DetailsWanted,
    HomeOpened,
    HomeOutdated,
    LinkShared,
    Mentioned,
    QuestionAsked,
    ReactionAdded,
    ReportSnoozed,
    ReportWordsAsked,
    ReportWordsGiven,
    SessionStopped,
    SettingsAsked,
    SettingsChosen,
    SurfaceRequest,
    TicketAsked,
    TicketDisowned,
    TicketWritten,
    TrackingAsked,
    TrackingChosen,
)
from pm_assistant.ports.unit import Unit


def answer(request: SurfaceRequest, unit: Unit) -> None:
    """Answer it; safe to repeat, for the queue may bring it twice.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    match request.asked:
        case HomeOpened() | HomeOutdated() as looked:
            from pm_assistant.workflows.surfaces.home import answer_look

            answer_look(looked, request, unit)
        case (
            Mentioned() | ReactionAdded() | LinkShared() | DetailsWanted() | QuestionAsked() | SessionStopped()
        ) as talk:
            _answer_talk(talk, request, unit)
        case CommandTyped() as typed:
            from pm_assistant.workflows.surfaces.commands import answer_command

            answer_command(typed, request, unit)
        case TrackingAsked() | TicketAsked() | TrackingChosen() | TicketWritten() as wanted:
            from pm_assistant.workflows.surfaces.shortcuts import answer_shortcut

            answer_shortcut(wanted, request, unit)
        case SettingsAsked() | SettingsChosen() as wanted:
            from pm_assistant.workflows.surfaces.settings import answer_settings

            answer_settings(wanted, request, unit)
        case ReportSnoozed() | TicketDisowned() as pressed:
            from pm_assistant.workflows.surfaces.reports import take_press

            take_press(pressed, request, unit)
        case ReportWordsAsked() | ReportWordsGiven() as wanted:
            from pm_assistant.workflows.surfaces.report_words import answer_words

            answer_words(wanted, request, unit)
        case _:
            assert_never(request.asked)


def _answer_talk(
    talk: Mentioned | ReactionAdded | LinkShared | DetailsWanted | QuestionAsked | SessionStopped,
    request: SurfaceRequest,
    unit: Unit,
) -> None:
    """Answer what was done with messages, and what was asked in them."""
    match talk:
        case Mentioned() as mentioned:
            from pm_assistant.workflows.surfaces.questions import answer_mention

            answer_mention(mentioned, request.user_id, unit)
        case ReactionAdded() as reaction:
            from pm_assistant.workflows.surfaces.reactions import take_reaction

            take_reaction(reaction, request.user_id, request.asked_at, unit)
        case LinkShared() as shared:
            from pm_assistant.workflows.surfaces.unfurls import unfurl_links

            unfurl_links(shared, request.user_id, unit)
        case DetailsWanted() as wanted:
            from pm_assistant.workflows.surfaces.unfurls import show_details

            show_details(wanted, request.user_id, unit)
        case QuestionAsked() as question:
            from pm_assistant.workflows.surfaces.sessions import answer_in_session

            answer_in_session(question, request.user_id, request.asked_at, unit)
        case SessionStopped() as stopped:
            from pm_assistant.workflows.surfaces.sessions import stop_session

            stop_session(stopped, unit)
        case _:
            assert_never(talk)


def give_up_answer(request: SurfaceRequest, unit: Unit) -> None:
    """Let nobody wait for an answer that does not come."""
    if isinstance(request.asked, QuestionAsked):
        from pm_assistant.workflows.surfaces.sessions import end_session

        end_session(Subject(channel=request.asked.channel, root_ts=request.asked.root_ts), unit)
