"""Pages that people see in a browser on their way to a vendor and back.

Each is whole in itself: the policy in its headers lets it load nothing from elsewhere, and of scripts and styles only
those of the very text that stands in it. What comes from outside is escaped here and nowhere else.
"""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie

from pm_assistant.domain.connections import ConfirmationRequired, Connected, Refusal
from pm_assistant.domain.tenants import Provider
from pm_assistant.web.pages.wording import GRANTED, NEXT, PAGES

BACK = "../../connect"
"""The connect page as seen from a vendor's callback, wherever the API lives."""


def connect_page() -> Response[str]:
    """Where a person registers, logs in and connects; the script talks to the API."""
    return _page(HTTPStatus.OK, "Connect your tools", _file("connect.html"), script=_file("connect.js"))


def connected_page(outcome: Connected, *cookies: Cookie) -> Response[str]:
    """What was granted, and what happens next."""
    connection, vendor = outcome.connection, outcome.connection.provider.label
    workspace, team = escape(connection.name or connection.external_id), escape(outcome.tenant_name)
    body = [
        f"<p><strong>{workspace}</strong> belongs to the team <strong>{team}</strong> now.</p>",
        _sheet("What was granted", _scopes(connection.scopes)),
        _sheet("What happens next", f"<p>{escape(NEXT[connection.provider])}</p>"),
    ]
    if outcome.missing:
        lack = f"{_scopes(outcome.missing)}<p>Something will not work without. Connect {vendor} again to grant it.</p>"
        body.insert(1, _sheet("What was not granted", lack, kind="warn"))
    return _titled(HTTPStatus.OK, f"{vendor} is connected", "".join(body), "Back to your connections", cookies)


def confirmation_page(
    confirmation: ConfirmationRequired, provider: Provider, answer: str, *cookies: Cookie
) -> Response[str]:
    """Whether a person knows whose link they have opened; going on posts `answer` to the address of the page."""
    vendor, team, asker = provider.label, escape(confirmation.tenant_name), escape(confirmation.asker.name)
    who = f"The program <strong>{asker}</strong>" if confirmation.asker.kind == "key" else f"<strong>{asker}</strong>"
    body = (
        f"<div class='sheet'><p>{who} asks you to connect {vendor} to the team <strong>{team}</strong>.</p>"
        f"<p>Your {vendor} workspace will belong to that team, whose people see what is read there. "
        "Only go on if you know them.</p><form method='post'>"
        f"<input type='hidden' name='answer' value='{escape(answer)}'>"
        f"<button>Continue to {vendor}</button></form></div>"
    )
    return _titled(HTTPStatus.OK, "Do you know this team?", body, "No, do not connect", cookies, posts=True)


def refusal_page(refusal: Refusal, provider: Provider, *cookies: Cookie) -> Response[str]:
    """Why nothing came of it, and what to do."""
    wording = PAGES[refusal.reason]
    title, *said = (escape(text.format(vendor=provider.label)) for text in (wording.title, wording.why, wording.what))
    body = f"<div class='sheet'>{''.join(f'<p>{text}</p>' for text in said)}</div>"
    return _titled(wording.status, title, body, "Go to your connections", cookies)


def fault_page() -> Response[str]:
    """Something of ours did not work."""
    body = (
        "<div class='sheet'><p>Something on our side did not answer.</p><p>Wait a minute, then look at your "
        "connections. If the one you wanted is not among them, connect it again.</p></div>"
    )
    title = "That did not work, and it is our fault"
    return _titled(HTTPStatus.SERVICE_UNAVAILABLE, title, body, "Go to your connections")


def unknown_page() -> Response[str]:
    """There is no such page."""
    return _titled(HTTPStatus.NOT_FOUND, "There is no such page", "", "Go to your connections")


def _sheet(heading: str, body: str, *, kind: str = "") -> str:
    return f"<div class='sheet'><h2 class='{kind}'>{heading}</h2>{body}</div>"


def _scopes(scopes: Sequence[str]) -> str:
    lines = (f"<li>{escape(GRANTED.get(scope, ''))} <code>{escape(scope)}</code></li>" for scope in scopes)
    return f"<ul>{''.join(lines)}</ul>"


def _titled(
    status: HTTPStatus, title: str, body: str, back: str, cookies: Sequence[Cookie] = (), *, posts: bool = False
) -> Response[str]:
    whole = f"<p class='name'>PM Assistant</p><h1>{title}</h1>{body}<p><a class='button' href='{BACK}'>{back}</a></p>"
    return _page(status, title, whole, cookies=cookies, posts=posts)


def _page(
    status: HTTPStatus, title: str, body: str, *, script: str = "", cookies: Sequence[Cookie] = (), posts: bool = False
) -> Response[str]:
    style = _file("style.css")
    scripted = f"<script>{script}</script>" if script else ""
    html = (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} · PM Assistant</title>"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'><style>{style}</style></head>"
        f"<body><main>{body}</main>{scripted}</body></html>"
    )
    policy = {
        "default-src": "'none'",
        "style-src": _digest(style),
        **({"script-src": _digest(script), "connect-src": "'self'"} if script else {}),
        "base-uri": "'none'",
        # Chrome applies it to where a posted form is redirected, and vendors redirect to hosts of their own.
        **({} if posts else {"form-action": "'none'"}),
        "frame-ancestors": "'none'",
    }
    headers: dict[str, str | list[str]] = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    kind = "text/html; charset=utf-8"
    return Response(status.value, content_type=kind, body=html, headers=headers, cookies=list(cookies))


@cache
def _file(name: str) -> str:
    return (Path(__file__).parent / name).read_text("utf-8")


def _digest(text: str) -> str:
    """How a policy names an inline script or style (CSP 3, hash source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
