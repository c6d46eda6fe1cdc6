"""What is shown of a decision where somebody shares its page."""

from pm_assistant.domain.languages import Language
from pm_assistant.domain.model import Model
from pm_assistant.domain.reports import CardEntry


class Fact(Model):
    """One thing that is known of it; `url` is where to check that, empty where there is nothing to see."""

    label: str
    text: str
    url: str = ""


class Preview(Model):
    """A decision as it is shown beside its address.

    Attributes:
        url: of its page.
        entry: what it is, in a line; nothing of it can be pressed.
        status: where it stands.
    """

    decision_id: str
    url: str
    entry: CardEntry
    status: str
    facts: tuple[Fact, ...] = ()
    language: Language = Language.ENGLISH
