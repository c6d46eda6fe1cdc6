"""Pressing the buttons of vendors' pages, one answer at a time."""

from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from infra.local.client import Form

type Fields = list[tuple[str, str]]


def press(http: httpx.Client, url: str, button: str = "allow", *, more: Fields | None = None) -> httpx.Response:
    """Open a page and press the button of that value in its form.

    Args:
        http: the browser; keeps cookies and follows no redirect.
        url: the page.
        button: the button's value.
        more: what the person chose; replaces what stands in the form under the same names.

    Returns:
        The vendor's answer.
    """
    page = http.get(url)
    assert page.status_code == 200, page.text
    form = Form(page.text, button)
    [pressed, *_] = form.buttons
    chosen = {name for name, _ in more or []}
    fields = [each for each in form.fields.items() if each[0] not in chosen]
    body = httpx.QueryParams([*fields, *(more or []), pressed])
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return http.post(urljoin(str(page.url), form.action or str(page.url)), content=str(body), headers=headers)


def sent_back(answer: httpx.Response, to: str) -> dict[str, str]:
    """What the vendor sends the browser back to the app with, which must be where it belongs."""
    assert answer.status_code == 302, answer.text
    target = urlsplit(answer.headers["location"])
    assert to == f"{target.scheme}://{target.netloc}{target.path}"
    return dict(parse_qsl(target.query))
