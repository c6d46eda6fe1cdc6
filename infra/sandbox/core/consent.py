"""The page on which a person lets the app in or does not; all vendors ask in the same way.

Pressing a button posts what the app asked for together with the answer, and the vendor sends the browser back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from infra.sandbox.core.config import Config
from infra.sandbox.core.pages import PAGES
from infra.sandbox.core.state import Person, Vendor

type OAuthParams = dict[str, str]


@dataclass(frozen=True)
class Question:
    """What the page says.

    Attributes:
        template: says in its heading who wants to be let in where.
        points: what the app could then do, all or nothing.
        refusable: likewise by the vendor's words for it, each of which people may leave out.
        people: who may be sitting there; the first one is, unless another is chosen.
        shown: what the heading and the vendor's own fields name.
        choice: the name in the page's address by which a place to be let in to is chosen.
        place: what stands there for the place that is asked about.
        others: likewise for all other places, by their labels.
    """

    template: str
    title: str
    points: Iterable[str]
    people: Iterable[Person]
    shown: Mapping[str, object]
    choice: str
    place: str
    others: Mapping[str, str]
    allow: str = "Allow"
    refusable: Mapping[str, str] = field(default_factory=dict)


async def params_of(request: Request) -> OAuthParams:
    """What the app asked for, from the address it sent the browser to, or from the form of the page there."""
    if request.method == "GET":
        return dict(request.query_params)
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


async def left_out(request: Request) -> set[str]:
    """What a person has left out of all that the app asked for."""
    return set(parse_qs((await request.body()).decode(errors="replace")).get("without", ()))


def flaw(params: Mapping[str, str], config: Config, vendor: Vendor, client_id: str) -> str:
    """Why nobody can be asked: a stranger, or one who wants people sent elsewhere; empty if all is well."""
    if not client_id or params.get("client_id") != client_id:
        return f"No app has the client id {params.get('client_id', '')!r}."
    registered = config.callback(vendor)
    if not registered or params.get("redirect_uri", registered) != registered:
        return f"The redirect address {params.get('redirect_uri', '')!r} is not one that the app has registered."
    return ""


def ask(question: Question, params: OAuthParams, config: Config) -> Response:
    """The page; the answer is about the place that it shows."""
    return PAGES.page(
        question.template,
        # Browsers also judge where the answer to a form redirects to.
        forms=f"'self' {origin(config)}",
        title=question.title,
        question=question,
        params=params | {question.choice: question.place},
        others={label: f"?{urlencode(params | {question.choice: it})}" for label, it in question.others.items()},
        origin=origin(config),
    )


def origin(config: Config) -> str:
    """Where the app is."""
    parts = urlsplit(config.app_url)
    return f"{parts.scheme}://{parts.netloc}"


def back(params: OAuthParams, config: Config, vendor: Vendor, **said: str) -> Response:
    """Send the browser back to the app with what there is to say, and with the app's own state."""
    said |= {"state": params["state"]} if "state" in params else {}
    return RedirectResponse(f"{config.callback(vendor)}?{urlencode(said)}", 302)
