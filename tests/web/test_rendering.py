"""Templates escape what is put into them, and do not leave out what they were not given."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, UndefinedError

from pm_assistant.web import rendering
from pm_assistant.web.build import compile_templates
from pm_assistant.web.rendering import TEMPLATES, render

EVERY_PAGE = {"gettext": str, "link": str, "asset": str, "viewer": None, "due": None, "language": "en"}
SOURCES = {path.name: path.read_text() for path in TEMPLATES.glob("*.html")}


@pytest.fixture(params=["texts", "compiled"], autouse=True)
def _templates(request: pytest.FixtureRequest, compiled: Path) -> Iterator[None]:
    """Templates as a checkout has them, and as the layer does, where none can be parsed."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "compiled":
            patch.setattr(rendering, "COMPILED", compiled)
            patch.setattr(Environment, "_parse", None)
        rendering._environment.cache_clear()
        yield
    rendering._environment.cache_clear()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All templates, compiled ahead."""
    folder = tmp_path_factory.mktemp("templates")
    compile_templates(folder)
    return folder


def test_every_template_is_compiled(compiled: Path) -> None:
    """Whatever a page is made of, so that a cold start parses nothing; styles and scripts are no pages."""
    assert len([*TEMPLATES.glob("*.html")]) == len([*compiled.glob("tmpl_*.py")])


def test_what_is_put_into_a_template_is_text() -> None:
    """In elements and in attributes alike, without the template having to say so."""
    evil = "<img src=x onerror='alert(1)'>"
    html = render("refusal.html", **EVERY_PAGE, title=evil, why=evil, what=evil, is_calendar=False)

    assert 4 == html.count("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;")
    assert "<img" not in html


def test_a_value_that_is_missing_is_an_error() -> None:
    """Not a page with a hole in it."""
    with pytest.raises(UndefinedError, match="what"):
        render("refusal.html", **EVERY_PAGE, title="", why="")


@pytest.mark.parametrize("name", SOURCES)
def test_only_our_own_style_and_script_are_not_escaped(name: str) -> None:
    """Those of the manual stand in its policy by their digests; no template turns the escaping off in another way."""
    unescaped = re.findall(r"\{\{-?\s*(\w+)\s*\|\s*safe\b", SOURCES[name])
    assert set(unescaped) <= {"style", "script"}
    assert len(unescaped) == SOURCES[name].count("safe")
    assert "autoescape" not in SOURCES[name]
