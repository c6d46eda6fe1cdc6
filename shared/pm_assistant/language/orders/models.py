"""What can be ordered."""

from collections.abc import Collection
from typing import NamedTuple

from pm_assistant.domain.model import Model

MOST_KEYS = 10
"""Tickets that one order may be about."""
ME = "me"
"""Whoever gives the order."""


class Names(NamedTuple):
    """What is called how in a tenant, beside the words that everybody has.

    Attributes:
        teams: their names and keys.
        states: of all of their workflows.
        people: of the tracker, each as a whole.
        labels: of all of their tickets.
    """

    teams: Collection[str] = ()
    states: Collection[str] = ()
    people: Collection[str] = ()
    labels: Collection[str] = ()


class CreateOrder(Model):
    """Open a ticket; without a `title`, one for what was said before. Both texts are as the chat has them.

    Attributes:
        team: the name or the key of the team whose ticket it is to be.
        priority: on the tracker's scale.
        assignee: who is to have it: as the chat has it, or `ME`.
        labels: what they are called.
    """

    title: str | None = None
    description: str = ""
    team: str | None = None
    priority: int | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()


class MoveOrder(Model):
    """Put tickets into another state; without keys, the ticket that the thread is about.

    Attributes:
        called: what the one ticket is called, where no key says it.
        goal: `done`, `started`, `canceled` or `reopened`, or the words for a state.
        or_undo: its verb can as well mean to take back what was done about them.
    """

    keys: tuple[str, ...] = ()
    called: str | None = None
    goal: str
    or_undo: bool = False


class ChangeOrder(Model):
    """Give tickets one field anew; without keys, the ticket that the thread is about.

    Attributes:
        priority: on the tracker's scale.
        assignee: who is to have them: as the chat has it, by a whole name, or `ME`.
        labels: what they are to be called beside what they are.
    """

    keys: tuple[str, ...] = ()
    priority: int | None = None
    assignee: str | None = None
    labels: tuple[str, ...] = ()


class RelinkOrder(Model):
    """What was taken for another ticket's, or that of `wrong`, is `right`'s.

    Attributes:
        called: what the right ticket is called, where no key says it.
        wrong_called: likewise the wrong one.
    """

    wrong: str | None = None
    right: str | None = None
    called: str | None = None
    wrong_called: str | None = None


class UndoOrder(Model):
    """Take back what was done last, or what was done on these tickets."""

    keys: tuple[str, ...] = ()


class NoteOrder(Model):
    """Tell tickets what was said before, or just that `text`, as the chat has it.

    Attributes:
        called: what the one ticket is called, where no key says it.
    """

    keys: tuple[str, ...] = ()
    called: str | None = None
    text: str | None = None


class DismissOrder(Model):
    """Do not do what is asked or might be: nothing new, or no move of these tickets."""

    keys: tuple[str, ...] = ()


class UnclearOrder(Model):
    """Something is wanted that is none of these.

    Attributes:
        too_many: it names more tickets than `MOST_KEYS`: none of them is touched.
    """

    too_many: bool = False


Order = CreateOrder | MoveOrder | ChangeOrder | RelinkOrder | UndoOrder | NoteOrder | DismissOrder | UnclearOrder
