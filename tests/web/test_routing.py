"""The router of pages."""

from base64 import b64decode

import pytest

from pm_assistant.domain.errors import Forbidden
from pm_assistant.runtime.settings import StoreSettings
from pm_assistant.web.request import PageRequest, current_request
from pm_assistant.web.routing import Response, Router
from tests.api.conftest import event


def asked(path: str, method: str = "GET") -> PageRequest:
    """A request for a page."""
    return PageRequest.of(event(method, path), StoreSettings(table_name="t"))


def text(body: str) -> Response[str]:
    """A page that says this."""
    return Response(200, content_type="text/plain", body=body)


@pytest.fixture
def router() -> Router:
    """Has a page of one thing, one beside it, and a form."""
    router = Router()
    router.get("/things/<thing_id>")(lambda thing_id: text(f"thing {thing_id}"))
    router.get("/things/new")(lambda: text("new"))
    router.post("/things/<thing_id>/parts/<part_id>")(lambda thing_id, part_id: text(f"{part_id} of {thing_id}"))
    return router


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/things/7", "thing 7"),
        ("GET", "/things/a.b:c-d@e f+ü", "thing a.b:c-d@e f+ü"),
        ("GET", "/things/new", "new"),
        ("POST", "/things/7/parts/8", "8 of 7"),
        ("POST", "/things/new/parts/new", "new of new"),
    ],
)
def test_a_path_leads_to_its_page(router: Router, method: str, path: str, body: str) -> None:
    """The ids that stand in it are handed over; one that has none goes first, wherever it was added."""
    response = router.respond(asked(path, method))

    assert response is not None
    assert body == response.body


@pytest.mark.parametrize(
    "path",
    ["/", "/things", "/things/", "/things/7/", "/things//", "/things/7/8", "/thing/7", "/things/a#b", "/things/a\n"],
)
def test_no_other_path_does(router: Router, path: str) -> None:
    """An id is never empty, and never parts a path or the key of a row."""
    assert router.respond(asked(path)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_a_page_has_its_own_method(router: Router, method: str) -> None:
    """What is to be read takes no form."""
    assert router.respond(asked("/things/7", method)) is None


def test_what_is_asked_first_may_refuse() -> None:
    """A page is not shown, nor anything of it done, to whoever its check refuses; it knows the route and the ids."""
    router, shown, checked = Router(), [], []

    def check(request: PageRequest, route: object, ids: object) -> None:
        checked.append((request.method, route, ids))
        raise Forbidden("no")

    @router.get("/things/<thing_id>", scope="admin", check=check)
    def show(thing_id: str) -> Response[str]:
        shown.append(thing_id)
        return text("")

    with pytest.raises(Forbidden):
        router.respond(asked("/things/7"))

    assert [] == shown
    assert [("GET", router.routes[0], {"thing_id": "7"})] == checked
    assert ("admin", show) == (router.routes[0].scope, router.routes[0].show)


def test_a_request_is_known_while_it_is_answered_and_no_longer() -> None:
    """The next one is somebody else's; it is forgotten as well where the page fails."""
    router, request = Router(), asked("/")

    @router.get("/")
    def show() -> Response[str]:
        assert request is current_request(router)
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        router.respond(request)
    with pytest.raises(AssertionError):
        current_request(router)


def test_an_answer_is_as_api_gateway_takes_it() -> None:
    """Bytes come in base64; headers, their type and cookies in their places."""
    page = Response(200, content_type="text/html", body="ü", headers={"Vary": "Cookie"}, cookies=["a=1; Path=/"])
    file = Response(200, content_type="font/woff2", body=b"\0").answer()

    expected = {
        "statusCode": 200,
        "headers": {"Vary": "Cookie", "Content-Type": "text/html"},
        "cookies": ["a=1; Path=/"],
        "body": "ü",
        "isBase64Encoded": False,
    }
    assert expected == page.answer()
    assert (True, b"\0") == (file["isBase64Encoded"], b64decode(file["body"]))
