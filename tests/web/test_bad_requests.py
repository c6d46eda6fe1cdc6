"""What no page of ours would send, and what does not answer us: survived, and said."""

import re
from urllib.parse import quote, urlencode

import pytest

from pm_assistant.domain.errors import UpstreamUnavailable
from tests.web.browser import Browser, WebWorld, a_web_world
from tests.web.test_dashboard import routes


def test_a_table_that_does_not_answer_is_told_on_a_page_that_needs_none(
    web: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where already who looks cannot be told."""
    browser = web.browser()

    def down(*_: object, **__: object) -> None:
        raise UpstreamUnavailable("the table does not answer")

    monkeypatch.setattr(web.api.stores.browser_sessions, "get", down)
    for path in ("/today", "/", "/login", "/no-such"):
        answer = browser.get(path)
        assert 503 == answer.status or (path == "/no-such" and 404 == answer.status), path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "the table" not in answer.text


@pytest.mark.parametrize("path", ["/decisions?before=", "/jobs?before=", "/reports/sent?before="])
@pytest.mark.parametrize("place", ["x" * 3_000, "%00", "~", "%F0%9F%A5%95", "%F0%9F%A5%95" * 500])
def test_a_place_in_a_list_that_no_page_gave_is_no_fault(path: str, place: str) -> None:
    """Whatever it is, and however long; asked of the real table."""
    with a_web_world("dynamodb") as web:
        assert 200 == web.browser().get(path + place).status


@pytest.mark.parametrize("start", ["9" * 5_000, "-1", "x", "", "\u0663"])
@pytest.mark.parametrize("path", ["/untracked", "/disagreements"])
def test_a_beginning_that_is_no_number_is_the_beginning(path: str, start: str, web: WebWorld) -> None:
    """And one behind the end shows nothing."""
    assert 200 == web.browser().get(f"{path}?from={start}").status


def test_an_address_with_very_many_parameters_is_read(web: WebWorld) -> None:
    """The gateway bounds its length."""
    assert 200 == web.browser().get("/decisions?" + "&".join(f"a{n}=1" for n in range(900))).status


@pytest.mark.parametrize("form", ["&".join(f"a{n}=1" for n in range(900)), "a=%ff%fe"])
def test_a_form_that_is_none_of_ours_is_refused_or_read_and_never_a_fault(form: str) -> None:
    """On pages that anybody may send to."""
    with a_web_world():
        headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        answers = [Browser().send("POST", path, form, headers=headers).status for path in ("/login", "/register")]
        assert {400, 401} >= set(answers), answers


NASTY = ("x" * 3_000, "../..", "%00", "<b>", "{0}", "\u202e", "1" * 5_000)
FIELDS = ("email", "password", "team_name", "invitation", "code", "revision", "back", "reason", "ticket", "mode")
MORE_FIELDS = ("threshold", "effect", "kind", "channel", "label", "note", "until", "time", "days", "delivery", "next")


@pytest.mark.parametrize("value", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize(("method", "path"), sorted(routes()))
def test_whatever_stands_in_an_address_or_a_form_is_no_fault_of_ours(
    method: str, path: str, value: str, web: WebWorld
) -> None:
    """On every page, in every part of its address and every field; what is refused is refused as the sender's."""
    browser = web.browser()
    address = re.sub(r"<\w+>", quote(value, safe=""), path)
    match method:
        case "GET":
            answer = browser.get(f"{address}?{urlencode(dict.fromkeys(('state', 'kind', 'before', 'from'), value))}")
        case _:
            answer = browser.post(address, dict.fromkeys((*FIELDS, *MORE_FIELDS), value))
    assert answer.status < 500, answer.text
