"""What the app can ask about the events that it was told of, and how it gets one again."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.sandbox.core.state import Delivery, Json
from infra.sandbox.github.gate import GitHubGate
from infra.sandbox.github.objects import moment
from infra.sandbox.github.webhooks import GitHubWebhooks
from infra.sandbox.github.wire import Denied, one_of, page_size

_ERRORS = {"http_timeout": ("timed out", 504), "connection_failed": ("failed to connect to host", 502)}
"""What GitHub says of deliveries that got no answer."""


class GitHubHooks:
    """The operations."""

    def __init__(self, gate: GitHubGate, news: GitHubWebhooks) -> None:
        self._gate = gate
        self._news = news

    def routes(self) -> list[Route]:
        """Where they are, relative to `/github/api`."""
        here, one = "/app/hook/deliveries", "/app/hook/deliveries/{delivery_id:int}"
        return [
            self._gate.route(here, "apps/list-webhook-deliveries", self._proven(self._list)),
            self._gate.route(one, "apps/get-webhook-delivery", self._proven(self._get)),
            self._gate.route(f"{one}/attempts", "apps/redeliver-webhook-delivery", self._proven(self._again), "POST"),
        ]

    def _proven(self, handle: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def proven(request: Request) -> Response:
            self._gate.prove(request)
            return handle(request)

        return proven

    def _list(self, request: Request) -> Response:
        wanted = one_of(request, "status", "", "success", "failure")
        outcome = {"success": "delivered", "failure": "failed"}.get(wanted)
        chosen = [each for each in self._news.past() if outcome in {None, each.outcome}]
        if cursor := request.query_params.get("cursor", ""):
            numbers = [f"v1_{each.number}" for each in self._news.past()]
            if cursor not in numbers:
                raise Denied(400, "Invalid cursor")
            beyond = {each.number for each in self._news.past()[: numbers.index(cursor) + 1]}
            chosen = [each for each in chosen if each.number not in beyond]
        size = page_size(request)
        shown, headers = chosen[:size], {}
        if len(chosen) > size:
            following = request.url.include_query_params(cursor=f"v1_{shown[-1].number}")
            headers = {"link": f'<{following}>; rel="next"'}
        return JSONResponse([_item(each) for each in shown], headers=headers)

    def _get(self, request: Request) -> Response:
        found = self._named(request)
        whole = {
            "url": "",
            "request": {"headers": {"X-GitHub-Delivery": found.id}, "payload": found.body or {}},
            "response": {"headers": {}, "payload": ""},
        }
        return JSONResponse(_item(found) | whole)

    def _again(self, request: Request) -> Response:
        """Whatever has arrived is not kept here, and so cannot be sent again, as it could at GitHub."""
        found = self._named(request)
        if found.body is None:
            raise Denied(422, "The delivery has arrived, and is no longer at hand.")
        self._news.redeliver(found)
        return JSONResponse({}, status_code=202)

    def _named(self, request: Request) -> Delivery:
        number = request.path_params["delivery_id"]
        found = next((each for each in self._news.past() if each.number == number), None)
        if found is None:
            raise Denied(404, "Not Found")
        return found


def _item(of: Delivery) -> Json:
    event, _, action = of.kind.partition(".")
    answered = ("OK" if of.outcome == "delivered" else f"Invalid HTTP Response: {of.status}", of.status or 0)
    said, code = _ERRORS.get(of.error, answered)
    return {
        "id": of.number,
        "guid": of.id,
        "delivered_at": moment(of.attempted_at),
        "redelivery": of.redelivery,
        "duration": 10.0 if of.error == "http_timeout" else 0.1,
        "status": said,
        "status_code": code,
        "event": event,
        "action": action or None,
        "installation_id": of.installation_id,
        "repository_id": of.repository_id,
        "throttled_at": None,
    }
