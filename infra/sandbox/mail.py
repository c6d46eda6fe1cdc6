"""The mailbox: every mail that was sent, as programs show it that people read mail with.

What was sent is asked of whoever sends the app's mail here (`Config.mail_url`), each time that somebody looks.
"""

import re
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.sandbox.core.pages import PAGES, missing, problem
from infra.sandbox.core.state import Model
from infra.sandbox.core.store import Store
from infra.sandbox.world import SandboxWorld

LOOKS = {
    "light": ("light", "640px"),
    "dark": ("dark", "640px"),
    "phone": ("light", "360px"),
    "dark-phone": ("dark", "360px"),
}
"""How a mail is shown: the reader's theme, and how wide the window is."""
_FREEDOMS = "allow-popups allow-popups-to-escape-sandbox"
_HARMLESS = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox {_FREEDOMS}"
"""What a mail may do: be seen, and open its links elsewhere."""
_IN_THE_DARK = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)")


class SentMail(Model):
    """A mail that the product has sent, as its mailbox keeps it."""

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


class Mailbox:
    """The pages."""

    def __init__(self, store: Store[SandboxWorld]) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/mail", self.index),
            Route("/mail/{id}", self.show),
            Route("/mail/{id}/text", self.text),
            Route("/mail/{id}/html", self.html),
        ]

    async def index(self, _: Request) -> Response:
        """All mails, newest first."""
        try:
            return PAGES.page("mail.html", title="Mailbox", mails=await self._sent())
        except httpx.HTTPError:
            return problem("Mailbox", "Whoever sends the app's mail does not answer.", 502)

    async def show(self, request: Request) -> Response:
        """One mail with its headers, in the look that was chosen."""
        look = request.query_params.get("look", "light")
        mail = await self._find(request)
        if mail is None or look not in LOOKS:
            return missing("mail")
        theme, width = LOOKS[look]
        page = PAGES.page(
            "mail_one.html", title=mail.subject, mail=mail, looks=LOOKS, look=look, theme=theme, width=width
        )
        page.headers["content-security-policy"] += "; frame-src 'self'"
        return page

    async def text(self, request: Request) -> Response:
        """What programs show that know no HTML."""
        mail = await self._find(request)
        if mail is None:
            return missing("mail")
        return PAGES.page("mail_text.html", title=mail.subject, mail=mail)

    async def html(self, request: Request) -> Response:
        """The mail itself in a theme, whatever the browser's own is; its links open elsewhere."""
        mail = await self._find(request)
        if mail is None:
            return missing("mail")
        applies = "all" if request.query_params.get("theme") == "dark" else "not all"
        content = _IN_THE_DARK.sub(applies, mail.html.replace("<head>", "<head><base target='_blank'>", 1))
        return HTMLResponse(content, headers={"content-security-policy": _HARMLESS, "cache-control": "no-store"})

    async def _find(self, request: Request) -> SentMail | None:
        return next((mail for mail in await self._sent() if mail.id == request.path_params["id"]), None)

    async def _sent(self) -> list[SentMail]:
        if not self._store.world.config.mail_url:
            return []
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.get(self._store.world.config.mail_url)
        kept = answer.raise_for_status().json()["messages"]
        mails = [_read(mail) for account in kept.values() for mail in account]
        return sorted(mails, key=lambda mail: mail.at, reverse=True)


def _read(mail: dict[str, Any]) -> SentMail:
    """A mail as the sender has kept it."""
    return SentMail(
        id=mail["MessageId"].partition("@")[0],
        at=datetime.fromtimestamp(mail["Timestamp"], UTC),
        sender=mail["Source"],
        to=", ".join(mail["To"]),
        subject=mail["Subject"],
        text=mail.get("BodyText") or "",
        html=mail.get("BodyHtml") or "",
        headers=tuple((header["Name"], header["Value"]) for header in mail.get("Headers", [])),
    )
