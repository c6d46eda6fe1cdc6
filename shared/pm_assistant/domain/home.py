"""A person's own page in the chat, as any chat can show it."""

from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import CardEntry, Line


class HomeSection(Model):
    """What stands under one heading.

    Attributes:
        entries: decisions, with what can be pressed.
        lines: facts, each with where to check it.
        text: plain text, such as that there is nothing.
    """

    title: str
    entries: tuple[CardEntry, ...] = ()
    lines: tuple[Line, ...] = ()
    text: str = ""


class Home(Model):
    """The page; what comes first is shown where there is no room for all."""

    sections: tuple[HomeSection, ...]
