"""A fresh dashboard for each test."""

from collections.abc import Iterator

import pytest

from tests.web.browser import WebWorld, a_web_world


@pytest.fixture
def web() -> Iterator[WebWorld]:
    """The dashboard, its stores in memory."""
    with a_web_world() as world:
        yield world
