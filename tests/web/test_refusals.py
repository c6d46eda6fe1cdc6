"""Why something was not done is said in the reader's language, whatever it is."""

import ast
from pathlib import Path

import pytest

from pm_assistant import web
from pm_assistant.domain.calendars import UnknownPerson
from pm_assistant.domain.errors import Conflict, RateLimited
from pm_assistant.domain.languages import Language
from pm_assistant.presentation.i18n import texts_in
from pm_assistant.runtime.http import STATUSES
from pm_assistant.web.refusals import WORDS, refusal

PAGES = sorted(Path(web.__file__).parent.rglob("*.py"))


def test_every_error_has_words() -> None:
    """Its own or those of the next above it, and never those of all errors."""
    assert [] == [kind for kind in STATUSES if not WORDS.keys() & set(kind.__mro__)]


def test_english_readers_read_the_errors_own_words_and_the_others_both() -> None:
    """The own words say most."""
    slow = RateLimited("Google asks us to slow down", retry_after=9)
    assert "no seat is left" == refusal(Conflict("no seat is left"), texts_in(Language.ENGLISH))
    german = texts_in(Language.GERMAN)
    assert "So, wie es steht, geht das nicht. (no seat is left)" == refusal(Conflict("no seat is left"), german)
    assert refusal(slow, german).startswith("Die Gegenseite antwortet nicht;")
    assert refusal(UnknownPerson("nobody"), german).startswith("Das Team kennt niemanden")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_shows_an_errors_english_words_alone(path: Path) -> None:
    """They go to the log as they are, and to people by `refusal`."""
    shown = [
        node.lineno
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"page", "_page", "_form"}
        for node in ast.walk(call)
        if isinstance(node, ast.Call) and ast.unparse(node) in {"str(error)", "str(refused)"}
    ]
    assert [] == shown
