"""What is written where a person has worded it: fields and bounds of what was proposed, and nothing of its place."""

from typing import assert_never

from pm_assistant.domain.actions import (
    Action,
    ChangeTicket,
    CloseTree,
    Comment,
    CreateTicket,
    Ignore,
    LinkPullRequest,
    MoveTicket,
)
from pm_assistant.domain.answers import Edited
from pm_assistant.domain.errors import InvalidRequest
from pm_assistant.domain.languages import Translatable


def edited_action(action: Action, edited: Edited) -> Comment | CreateTicket:
    """The action as somebody has worded it.

    Raises:
        InvalidRequest: it has no words to edit, no such field, or would be left without a title or text.
    """
    match action:
        case Comment(summary=summary):
            if edited.title is not None or edited.priority is not None:
                raise InvalidRequest(Translatable("a comment has no title or priority"))
            return action.model_copy(update={"summary": _worded(edited.text, summary, "text")})
        case CreateTicket(title=title):
            change: dict[str, object] = {"title": _worded(edited.title, title, "title")}
            if edited.text is not None:  # What is quoted stays: these are others' words.
                change["description"] = edited.text.strip()
            if edited.priority is not None and edited.priority != action.priority:
                change |= {"priority": edited.priority, "priority_because": ""}
            return action.model_copy(update=change)
        case MoveTicket() | ChangeTicket() | CloseTree() | LinkPullRequest() | Ignore():
            raise InvalidRequest(Translatable("it writes nothing that could be edited"))
        case _:
            assert_never(action)


def _worded(edited: str | None, proposed: str, field: str) -> str:
    if edited is None:
        return proposed
    if not edited.strip():
        raise InvalidRequest(Translatable("say what is to be written"), field=field)
    return edited.strip()
