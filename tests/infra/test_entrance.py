"""The address that signs the demo's owner in: it opens once, soon, by its secret, and on the local stack alone."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.emulator.entrance import FILE, PATH, Answer, Entrance, digest
from infra.local.entrance import entrance
from infra.local.stack import Stack
from infra.local.tools import LocalError, write_private
from infra.processed import processed
from tests.api.conftest import PUBLIC_URL
from tests.web.browser import PASSWORD, Browser, WebWorld, a_web_world

OPENED = {"digest": digest("secret"), "ends_at": 100.0, "cookie": "pm-session=s; Path=/; HttpOnly", "url": "http://a/b"}


def ask(directory: Path, path: str, *, at: float = 50.0, method: str = "GET") -> Answer | None:
    """What the emulator answers at a moment, whose own answer to anything else is a teapot."""

    async def original(*request: Any) -> Answer:
        return 418, {}, b""

    entered = Entrance(directory / FILE, lambda: at).beside(original)
    return asyncio.run(entered(method, path, {}, {}))  # type: ignore[arg-type]


def status(directory: Path, path: str, **how: Any) -> int:
    """Of that answer."""
    answer = ask(directory, path, **how)
    assert answer is not None
    return answer[0]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Of a stack that has been told of a way in."""
    write_private(tmp_path / FILE, OPENED)
    return tmp_path


def test_the_first_browser_gets_the_login_and_the_second_none(directory: Path) -> None:
    """The file is gone with the first."""
    answer = ask(directory, f"{PATH}secret")
    assert answer is not None
    assert (303, OPENED["cookie"], OPENED["url"]) == (answer[0], answer[1]["Set-Cookie"], answer[1]["Location"])
    second = ask(directory, f"{PATH}secret")
    assert second is not None
    assert (410, False) == (second[0], "Set-Cookie" in second[1])


@pytest.mark.parametrize("secret", ["", "x", "secret/", "secre", OPENED["digest"]])
def test_no_other_secret_opens_it_or_closes_it(directory: Path, secret: str) -> None:
    """Least of all what is kept of it."""
    assert 410 == status(directory, f"{PATH}{secret}")
    assert 303 == status(directory, f"{PATH}secret")


def test_it_opens_soon_or_not_at_all(directory: Path) -> None:
    """And not later, when the clock is put back."""
    assert 410 == status(directory, f"{PATH}secret", at=100.0)
    assert 410 == status(directory, f"{PATH}secret", at=50.0)


def test_everything_else_goes_the_emulators_way(directory: Path) -> None:
    """Other paths, and whatever is posted there."""
    assert [418, 418] == [status(directory, "/_pm"), status(directory, f"{PATH}secret", method="POST")]


def test_nothing_that_is_deployed_has_it() -> None:
    """No route of any stage is called so, and the dashboard says of it what it says of any page that is not there."""
    for stage in ("local", "dev", "prod"):
        paths = processed(Stage=stage)["Resources"]["Api"]["Properties"]["Body"]["paths"]
        assert [] == [path for path in paths if re.search(r"_pm|enter", path)]
    with a_web_world():
        assert 404 == Browser().get(f"{PATH}secret").status


def test_what_is_printed_logs_in_who_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the login that everybody uses; of the secret a digest alone is written, where nobody else reads."""
    with a_web_world() as web:
        local = a_stack(tmp_path, web, monkeypatch)
        url = entrance(local)
        kept = tmp_path / FILE
        secret = url.rpartition("/")[2]
        assert (0o600, False) == (kept.stat().st_mode & 0o777, secret in kept.read_text())
        answer = ask(tmp_path, f"{PATH}{secret}", at=0.0)
        assert answer is not None
        browser = Browser()
        browser._keep({"cookies": [answer[1]["Set-Cookie"]]})
        assert 200 == browser.get("/today").status


def test_an_owner_who_cannot_log_in_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of an address that leads nowhere."""
    with a_web_world() as web:
        local = a_stack(tmp_path, web, monkeypatch, password="another one altogether")
        with pytest.raises(LocalError, match="cannot log in"):
            entrance(local)


def a_stack(directory: Path, web: WebWorld, patch: pytest.MonkeyPatch, *, password: str = PASSWORD) -> Stack:
    """A stack whose dashboard is in this process."""
    demo = {"email": web.account().email, "password": password}
    local = Stack(directory)
    local.file.write_text(json.dumps({"public_url": PUBLIC_URL, "demo": demo}))

    def post(url: str, *, data: dict[str, str], headers: dict[str, str], **_: object) -> httpx.Response:
        browser = Browser()
        answer = browser.post(url.removeprefix(PUBLIC_URL), data, sec_fetch_site="", origin=headers["Origin"])
        cookie = "".join(f"{name}={value}; Path=/" for name, value in browser.cookies.items())
        return httpx.Response(answer.status, headers={"Set-Cookie": cookie})

    patch.setattr("infra.local.entrance.httpx.post", post)
    return local
