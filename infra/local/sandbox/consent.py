"""The page on which a person lets the app in or does not; all vendors ask in the same way.

Pressing a button posts what the app asked for together with the answer, and the vendor sends the browser back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from infra.local.sandbox.config import Config
from infra.local.sandbox.layout import page
from infra.local.sandbox.state import Person, Vendor

type Asked = dict[str, str]


@dataclass(frozen=True)
class Question:
    """What the page says.

    Attributes:
        heading: who wants to be let in where; HTML.
        points: what the app could then do.
        people: who may be sitting there; the first one is, unless another is chosen.
        choices: further fields of the form; HTML.
    """

    title: str
    heading: str
    points: Iterable[str]
    people: Iterable[Person]
    choices: str = ""
    allow: str = "Allow"


async def asked_of(request: Request) -> Asked:
    """What the app asked for, from the address it sent the browser to, or from the form of the page there."""
    if request.method == "GET":
        return dict(request.query_params)
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


def flaw(asked: Mapping[str, str], config: Config, vendor: Vendor, client_id: str) -> str:
    """Why nobody can be asked: a stranger, or one who wants people sent elsewhere; empty if all is well."""
    if not client_id or asked.get("client_id") != client_id:
        return f"No app has the client id {asked.get('client_id', '')!r}."
    registered = config.callback(vendor)
    if not registered or asked.get("redirect_uri", registered) != registered:
        return f"The redirect address {asked.get('redirect_uri', '')!r} is not one that the app has registered."
    return ""


def ask(question: Question, asked: Asked, config: Config) -> Response:
    """The page."""
    hidden = "".join(f"<input type='hidden' name='{escape(name)}' value='{escape(asked[name])}'>" for name in asked)
    people = "".join(f"<option value='{each.handle}'>{escape(each.name)}</option>" for each in question.people)
    points = "".join(f"<li>{escape(point)}</li>" for point in question.points)
    body = (
        f"<form class='consent' method='post'><h1>{question.heading}</h1>{hidden}"
        f"<p>This will allow it to:</p><ul>{points}</ul>{question.choices}"
        f"<p><label>Signed in as <select name='person'>{people}</select></label></p>"
        f"<p><button class='primary' name='answer' value='allow'>{question.allow}</button>"
        "<button name='answer' value='cancel'>Cancel</button></p>"
        f"<p class='quiet'>You will be sent to {escape(origin(config))}.</p></form>"
    )
    # Browsers also judge where the answer to a form redirects to.
    return page(question.title, body, forms=f"'self' {origin(config)}")


def origin(config: Config) -> str:
    """Where the app is."""
    parts = urlsplit(config.app_url)
    return f"{parts.scheme}://{parts.netloc}"


def back(asked: Asked, config: Config, vendor: Vendor, **said: str) -> Response:
    """Send the browser back to the app with what there is to say, and with the app's own state."""
    said |= {"state": asked["state"]} if "state" in asked else {}
    return RedirectResponse(f"{config.callback(vendor)}?{urlencode(said)}", 302)
