"""Templates escape what is put into them, and do not leave out what they were not given."""

import re

import pytest
from jinja2 import UndefinedError

from pm_assistant.web.rendering import TEMPLATES, render

SOURCES = {path.name: path.read_text() for path in TEMPLATES.glob("*.html")}


def test_what_is_put_into_a_template_is_text() -> None:
    """In elements and in attributes alike, without the template having to say so."""
    evil = "<img src=x onerror='alert(1)'>"
    html = render("refusal.html", style="", script="", back=evil, title=evil, why=evil, what=evil)

    assert 5 == html.count("&lt;img src=x onerror=&#39;alert(1)&#39;&gt;")
    assert "<img" not in html


def test_a_value_that_is_missing_is_an_error() -> None:
    """Not a page with a hole in it."""
    with pytest.raises(UndefinedError, match="what"):
        render("refusal.html", style="", script="", back="", title="", why="")


@pytest.mark.parametrize("name", SOURCES)
def test_only_our_own_style_and_script_are_not_escaped(name: str) -> None:
    """Both stand in the policy by their digests; no template turns the escaping off in another way."""
    unescaped = re.findall(r"\{\{-?\s*(\w+)\s*\|\s*safe\b", SOURCES[name])
    assert set(unescaped) <= {"style", "script"}
    assert len(unescaped) == SOURCES[name].count("safe")
    assert "autoescape" not in SOURCES[name]
