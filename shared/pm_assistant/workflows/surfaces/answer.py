"""Answer what somebody did at a surface: one module each, loaded by what needs it."""

from typing import assert_never

from pm_assistant.domain.surfaces import (
    HomeOpened,
    HomeOutdated,
    Mentioned,
    ReactionAdded,
    SettingsAsked,
    SettingsChosen,
    SurfaceRequest,
)
from pm_assistant.ports.unit import Unit


def answer(request: SurfaceRequest, unit: Unit) -> None:
    """Answer it; safe to repeat, for the queue may bring it twice.

    Raises:
        UpstreamUnavailable: the chat did not answer; repeat.
    """
    match request.asked:
        case HomeOpened(shown=shown):
            from pm_assistant.workflows.surfaces.home import show_home

            show_home(request.user_id, unit, since=request.asked_at, over=shown)
        case HomeOutdated(since=since):
            from pm_assistant.workflows.surfaces.home import show_home

            show_home(request.user_id, unit, since=since)
        case Mentioned() as mentioned:
            from pm_assistant.workflows.surfaces.questions import answer_mention

            answer_mention(mentioned, request.user_id, unit)
        case ReactionAdded() as reaction:
            from pm_assistant.workflows.surfaces.reactions import take_reaction

            take_reaction(reaction, request.user_id, request.asked_at, unit)
        case SettingsAsked() as asked:
            from pm_assistant.workflows.surfaces.settings import open_settings

            open_settings(asked, request, unit)
        case SettingsChosen() as chosen:
            from pm_assistant.workflows.surfaces.settings import apply_settings

            apply_settings(chosen, request, unit)
        case _:
            assert_never(request.asked)
