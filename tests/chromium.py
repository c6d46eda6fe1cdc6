"""A real browser for tests, and for those who look at pictures of pages."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.local import chromium

ALONE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""The browser neither calls its maker nor needs rights that a container lacks."""


def for_tests() -> Iterator[Browser]:
    """One for a module of tests: where the machine has none a developer does without, but CI brings one or fails."""
    if chromium.find() is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    with opened() as browser:
        yield browser


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser, brought where the machine has none.

    Raises:
        LocalError: it cannot be.
    """
    program = chromium.find() or chromium.bring()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ALONE)
        yield browser
        browser.close()
