"""The frame of every page."""

from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse, Response

from infra.local.sandbox.markup import STYLE

_PLACES = {"Sandbox": "/", "Slack": "/#slack", "Linear": "/#linear", "GitHub": "/#github", "JSON": "/_sandbox/state"}


def page(title: str, body: str, status: int = 200, *, forms: str = "'none'") -> Response:
    """Put a body into the frame; `forms` says where its forms may lead, redirects included, as CSP words it."""
    nav = "".join(f"<a href='{path}'>{name}</a>" for name, path in _PLACES.items())
    content = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<meta name='viewport' content='width=device-width'><style>{STYLE}</style></head>"
        f"<body><nav class='top' aria-label='Sandbox'>{nav}</nav><main>{body}</main></body></html>"
    )
    # Nothing that people write may run here, whatever the escaping misses; nobody else may frame a consent page.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action {forms}"
    headers = {"content-security-policy": f"{policy}; frame-ancestors 'none'", "cache-control": "no-store"}
    return HTMLResponse(content, status_code=status, headers=headers)


def problem(title: str, text: str, status: int = 400) -> Response:
    """A page that says what is wrong; it leads nowhere."""
    return page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>", status)


def missing(thing: str) -> Response:
    """The page of what is not there."""
    return page("Not found", f"<h1>There is no such {thing}</h1>", 404)


def rows(items: Iterable[str]) -> str:
    """A list; nothing if there are no items."""
    shown = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul class='list'>{shown}</ul>" if shown else ""
