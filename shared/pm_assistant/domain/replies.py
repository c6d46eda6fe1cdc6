"""What one person alone is told about what they asked for, as any chat can show it."""

from pm_assistant.domain.languages import Language
from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import Section


class Reply(Model):
    """An answer that nobody else sees; everything is plain text, every line with where to check it."""

    title: str
    text: str = ""
    sections: tuple[Section, ...] = ()
    language: Language = Language.ENGLISH
