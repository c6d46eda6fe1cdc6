"""What is asked for and what was done, in words: before the name of what it is about."""

from collections.abc import Callable, Mapping, Sequence
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
    TicketField,
)
from pm_assistant.domain.links import LinkKind
from pm_assistant.presentation.i18n import Texts, gettext_noop

PRIORITIES = (
    gettext_noop("no priority"),
    gettext_noop("priority urgent"),
    gettext_noop("priority high"),
    gettext_noop("priority medium"),
    gettext_noop("priority low"),
)
_ASKED, _DONE, _WAS_SO = range(3)
_CHANGES: Mapping[TicketField, Sequence[str]] = {
    TicketField.ASSIGNEE: (
        gettext_noop("Assign to {name}:"),
        gettext_noop("Assigned to {name}:"),
        gettext_noop("Was assigned to {name} already:"),
    ),
    TicketField.PRIORITY: (
        gettext_noop("Change to {priority}:"),
        gettext_noop("Changed to {priority}:"),
        gettext_noop("Had {priority} already:"),
    ),
    TicketField.LABEL: (
        gettext_noop("Label {name}:"),
        gettext_noop("Labelled {name}:"),
        gettext_noop("Was labelled {name} already:"),
    ),
}
"""What is said of a change of a field: when it is asked for, when it was done, and where it was so before."""
_LINKS = (
    gettext_noop("Link {name}, which names no ticket, as work for:"),
    gettext_noop("Link {name}, which names no ticket, as what closes:"),
)
_LINKED = (
    gettext_noop("Linked {name}, which names no ticket, as work for:"),
    gettext_noop("Linked {name}, which names no ticket, as what closes:"),
)


def imperative(action: Action, texts: Texts, *, again: bool = False) -> str:
    """What is asked for; `again` if it has been done before. Nothing is asked where nothing is to be done."""
    match action:
        case Comment():
            return texts.gettext("Update the comment on") if again else texts.gettext("Comment on")
        case CreateTicket():
            return texts.gettext("Create a ticket:")
        case MoveTicket(to=to):
            return texts.gettext("Move to {state}:", state=to.name)
        case ChangeTicket():
            return _change(action, texts, _ASKED)
        case CloseTree():
            return _close(action, texts)
        case LinkPullRequest():
            return texts.gettext(_LINKS[action.link is LinkKind.CLOSES], name=action.name)
        case Ignore():
            return ""
        case _:
            assert_never(action)


def past(action: Action, texts: Texts, *, changed: bool) -> str:
    """What was done; `changed` unless it had been so already."""
    match action:
        case Comment():
            return texts.gettext("Commented on")
        case CreateTicket():
            return texts.gettext("Created")
        case MoveTicket(to=to):
            moved = gettext_noop("Moved to {state}:") if changed else gettext_noop("Was at {state} or further already:")
            return texts.gettext(moved, state=to.name)
        case ChangeTicket():
            return _change(action, texts, _DONE if changed else _WAS_SO)
        case CloseTree():
            return _closed(action, texts) if changed else _was_closed(action, texts)
        case LinkPullRequest():
            return texts.gettext(_LINKED[action.link is LinkKind.CLOSES], name=action.name)
        case Ignore():
            return ""
        case _:
            assert_never(action)


def _change(action: ChangeTicket, texts: Texts, form: int) -> str:
    """A change in one of the forms of `_CHANGES`."""
    is_priority = action.field is TicketField.PRIORITY
    priority = texts.gettext(PRIORITIES[int(action.to.id)]) if is_priority else ""
    return texts.gettext(_CHANGES[action.field][form], name=action.to.name, priority=priority)


def _close(action: CloseTree, texts: Texts) -> str:
    return _of_tree(
        action,
        below=lambda count: texts.ngettext(
            "Close the sub-ticket left open below:", "Close the {count} sub-tickets left open below:", count
        ),
        others=lambda count: texts.ngettext("Close, with {count} below it:", "Close, with {count} below it:", count),
        alone=texts.gettext("Close:"),
    )


def _closed(action: CloseTree, texts: Texts) -> str:
    return _of_tree(
        action,
        below=lambda count: texts.ngettext(
            "Closed the sub-ticket left open below:", "Closed the {count} sub-tickets left open below:", count
        ),
        others=lambda count: texts.ngettext("Closed, with {count} below it:", "Closed, with {count} below it:", count),
        alone=texts.gettext("Closed:"),
    )


def _was_closed(action: CloseTree, texts: Texts) -> str:
    return _of_tree(
        action,
        below=lambda count: texts.ngettext(
            "Was closed already, the sub-ticket left open below:",
            "Were closed already, the {count} sub-tickets left open below:",
            count,
        ),
        others=lambda count: texts.ngettext(
            "Was closed already, with {count} below it:", "Was closed already, with {count} below it:", count
        ),
        alone=texts.gettext("Was closed already:"),
    )


def _of_tree(action: CloseTree, *, below: Callable[[int], str], others: Callable[[int], str], alone: str) -> str:
    """In the words for what was left `below`, for a ticket with so many `others` below it, or for it `alone`."""
    count = len(action.closings)
    if action.downwards:
        return below(count)
    return others(count - 1) if count > 1 else alone
