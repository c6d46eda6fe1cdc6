"""Pages for people, made of the templates next door; everything shown is escaped."""

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

TEMPLATES = Path(__file__).parents[1] / "templates"


class Pages:
    """Makes pages; `filters` are what a vendor's templates need on top."""

    def __init__(self, **filters: Callable[..., object]) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"hue": _hue, "initials": _initials, **filters}

    def page(self, template: str, *, status: int = 200, forms: str = "'none'", **shown: object) -> Response:
        """Fill in a template; `forms` says where its forms may lead, redirects included, as CSP words it."""
        content = self._templates.get_template(template).render(shown)
        # Nothing that people write may run here, whatever the escaping misses; nobody else may frame a consent page.
        policy = f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action {forms}"
        headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'", "cache-control": "no-store"}
        return HTMLResponse(content, status_code=status, headers=headers)


def problem(title: str, text: str = "", status: int = 400) -> Response:
    """A page that says what is wrong; it leads nowhere."""
    return PAGES.page("message.html", status=status, title=title, text=text)


def missing(thing: str) -> Response:
    """The page of what is not there."""
    return PAGES.page("missing.html", status=404, title="Not found", thing=thing)


def _initials(name: str) -> str:
    return "".join(word[0] for word in _words(name)[:2])


def _hue(name: str) -> int:
    return crc32(" ".join(_words(name)).encode()) // 7 % 12 * 30


def _words(name: str) -> list[str]:
    return name.upper().replace("-", " ").split()


PAGES = Pages()
"""For templates that need no filters of their own."""
