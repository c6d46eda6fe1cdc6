"""Every page and form of the dashboard, as its routers have them: what is added there is tested without being named."""

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import NamedTuple
from urllib.parse import quote

from pm_assistant.web.app import MODULES


class PageRoute(NamedTuple):
    """A page, or what a form of one is posted to.

    Attributes:
        scope: what its viewer must be allowed, or `operator`; None where nobody has to be logged in.
    """

    method: str
    path: str
    scope: object


def address(path: str, ids: Mapping[str, str]) -> str:
    """The address of a page, with these in place of the names of ids.

    Raises:
        KeyError: one of them is not given.
    """
    return re.sub(r"<(\w+)>", lambda name: quote(ids[name[1]], safe=""), path)


def page_routes() -> Sequence[PageRoute]:
    """All of them, but those of static files."""
    found = []
    for module in sorted(set(MODULES.values()) - {"static"}):
        for route in import_module(f"pm_assistant.web.pages.{module}").router.routes:
            found.append(PageRoute(route.method, route.path, route.scope))
    return sorted(found, key=str)
