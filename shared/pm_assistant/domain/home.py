"""A person's own page in the chat, as any chat can show it."""

from pm_assistant.domain.forms import ReportForm, SettingsForm
from pm_assistant.domain.languages import Language
from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import CardEntry, Line, Section


class HomeButton(Model):
    """What opens a form."""

    label: str
    opens: SettingsForm | ReportForm


class HomeSection(Model):
    """What stands under one heading.

    Attributes:
        text: plain text, such as that there is nothing.
        entries: decisions, with what can be pressed.
        parts: facts under headings of their own.
        lines: facts, each with where to check it, or to mend it.
        more: how many more entries there are.
        buttons: what can be set, or said.
    """

    title: str
    text: str = ""
    entries: tuple[CardEntry, ...] = ()
    parts: tuple[Section, ...] = ()
    lines: tuple[Line, ...] = ()
    more: int = 0
    buttons: tuple[HomeButton, ...] = ()


class Home(Model):
    """The page; what comes first is shown where there is no room for all."""

    sections: tuple[HomeSection, ...]
    language: Language = Language.ENGLISH
