"""A real browser's view of the dashboard in this process: what the browser asks for never leaves it."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from aws_lambda_powertools.utilities.typing import LambdaContext
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from pm_assistant.api.app import handler as api
from pm_assistant.web.app import handler as dashboard
from pm_assistant.web.connect import handler as connect
from tests.api.conftest import PUBLIC_URL, event
from tests.web.browser import HOST, WebWorld
from tests.web.pictures import STILLS, Picture, Viewer, browser_of
from tests.web.routes import address

type Theme = Literal["light", "dark"]

FUNCTIONS = {"v1": api, "auth": api, "oauth": connect, "unsubscribe": connect}
"""By the first part of a path; all other paths are the dashboard's."""
STILL = "/stills/"
SERIOUS = {"serious", "critical"}


@dataclass(frozen=True)
class Window:
    """A window of a browser in which the product's pages open.

    Attributes:
        ids: what stands for the names in addresses.
        troubles: what the console said, and what was asked for elsewhere.
        logins: the cookies of who has logged in: each does so once, for more would be too many attempts.
    """

    page: Page
    web: WebWorld
    ids: Mapping[str, str] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    logins: dict[Viewer, Mapping[str, str]] = field(default_factory=dict)

    def open(self, picture: Picture) -> Page:
        """Go to a page, as its viewer.

        Raises:
            AssertionError: something of ours did not work.
        """
        context = self.page.context
        context.clear_cookies()
        if picture.viewer is not None:
            cookies = self.logins.get(picture.viewer) or browser_of(picture.viewer, self.web).cookies
            self.logins[picture.viewer] = cookies
            context.add_cookies([{"name": name, "value": value, "url": PUBLIC_URL} for name, value in cookies.items()])
        answer = self.page.goto(f"{PUBLIC_URL}{address(picture.path, self.ids)}")
        assert answer is not None
        assert 500 > answer.status, picture.path
        return self.page


@contextmanager
def window(
    chromium: Browser,
    web: WebWorld,
    ids: Mapping[str, str],
    *,
    width: int = 1280,
    theme: Theme = "light",
    language: str = "en-GB",
    bypass_csp: bool = False,
) -> Iterator[Window]:
    """Open one; only what looks at a page from within it may do so past its policy."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, locale=language, bypass_csp=bypass_csp
    )
    context.set_default_timeout(30_000)
    shown = Window(context.new_page(), web, ids)
    shown.page.on("console", lambda message: shown.troubles.append(f"{message.type}: {message.text}"))
    shown.page.on("pageerror", lambda error: shown.troubles.append(str(error)))

    def on_request(route: Route) -> None:
        if urlsplit(route.request.url).netloc != HOST:
            shown.troubles.append(f"a request to {route.request.url}")
            route.abort()
        else:
            _answer(route, context)

    context.route("**/*", on_request)
    yield shown
    context.close()


def _answer(route: Route, context: BrowserContext) -> None:
    request = route.request
    target = request.url.removeprefix(PUBLIC_URL)
    path = urlsplit(request.url).path
    if path.startswith(STILL):
        still = STILLS[path.removeprefix(STILL)]()
        headers = {name: str(value) for name, value in still.headers.items()}
        route.fulfill(status=200, headers=headers | {"content-type": "text/html; charset=utf-8"}, body=still.body)
        return
    answer = _ask(request.method, target, request.post_data, request, context)
    while answer["statusCode"] == HTTPStatus.SEE_OTHER:
        # The browser would follow past us, to where nobody is.
        answer = _ask("GET", answer["headers"]["Location"], None, request, context)
    body = answer.get("body") or ""
    headers = {name: str(value) for name, value in answer["headers"].items()}
    if answer.get("cookies"):
        headers["Set-Cookie"] = "\n".join(answer["cookies"])
    content = b64decode(body) if answer.get("isBase64Encoded") else body
    route.fulfill(status=answer["statusCode"], headers=headers, body=content)


def _ask(method: str, target: str, form: str | None, request: Request, context: BrowserContext) -> dict[str, Any]:
    asked = event(method, target, form, headers=request.headers)
    asked["requestContext"]["domainName"] = HOST
    asked["cookies"] = [f"{each['name']}={each['value']}" for each in context.cookies(request.url)]
    function: Any = FUNCTIONS.get(target.strip("/").partition("/")[0], dashboard)
    answer: dict[str, Any] = function(asked, cast(LambdaContext, None))
    return answer


def serious(page: Page) -> list[str]:
    """What axe finds serious on a page in light and in dark; needs a window past the policy."""
    # In the dark nothing but colours is different.
    in_light, in_dark = _serious(page, "light"), _serious(page, "dark", "color-contrast")
    page.emulate_media(color_scheme="light")
    return in_light + in_dark


def _serious(page: Page, theme: Theme, *rules: str) -> list[str]:
    page.emulate_media(color_scheme=theme)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    return [
        f"{found['id']}: {node['target']}: {node['failureSummary']}"
        for found in Axe().run(page, options=options).response["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]
