"""People connect vendors here: the page to begin at, the way out to the vendor and the way back."""

import hmac
import re
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.shared.cookies import Cookie

from pm_assistant.domain.connections import Callback, Connected, Departure, Onward, Question, Refusal
from pm_assistant.domain.errors import ProductError
from pm_assistant.domain.tenants import Provider
from pm_assistant.runtime import wiring
from pm_assistant.runtime.http import body, public_url
from pm_assistant.runtime.logs import logger
from pm_assistant.runtime.settings import ConnectSettings, load
from pm_assistant.web.cookies import Purpose, cookie
from pm_assistant.web.pages import connect_page, connected_page, fault_page, question_page, refusal_page, unknown_page
from pm_assistant.workflows.connections.connect import Desk, finish, start
from pm_assistant.workflows.connections.oauth_state import LIVES, browser_secret

app = APIGatewayHttpResolver()
settings = cache(lambda: load(ConnectSettings))


@app.get("/connect")
def on_page() -> Response[str]:
    """The page to begin at."""
    return connect_page()


@app.route("/oauth/<vendor>/start", method=["GET", "POST"])
def on_start(vendor: str) -> Response[str]:
    """Send a browser that has a link to the vendor; where it was not made, a person is asked, who posts the answer."""
    if vendor not in Provider:
        return unknown_page()
    provider, code = Provider(vendor), app.current_event.query_string_parameters.get("link", "")
    browser, agreed = _kept(Purpose.LINK, provider), _agreed(provider)
    outcome = start(provider, code, browser=browser, agreed=agreed, desk=_desk(provider))
    match outcome:
        case Departure(url=url, browser=secret):
            return _to(url, _cookie(Purpose.CONNECT, provider, secret))
        case Question():
            answer, _ = browser_secret()
            return question_page(outcome, provider, answer, _cookie(Purpose.QUESTION, provider, answer))
        case Refusal():
            return _refused(outcome, provider)


@app.get("/oauth/<vendor>/callback")
def on_callback(vendor: str) -> Response[str]:
    """Take a browser that the vendor sent back; its secret has then served its purpose."""
    if vendor not in Provider:
        return unknown_page()
    provider = Provider(vendor)
    done = _cookie(Purpose.CONNECT, provider, "", lives=timedelta())
    outcome = finish(provider, _callback(), browser=_kept(Purpose.CONNECT, provider), desk=_desk(provider))
    match outcome:
        case Connected(connection=connection):
            logger().info("connected", extra={"tenant": connection.tenant_id, "provider": provider})
            return connected_page(outcome, done)
        case Onward(url=url):
            return _to(url)
        case Refusal():
            return _refused(outcome, provider, done)


def on_error(error: ProductError) -> Response[str]:
    """Something of ours does not answer."""
    logger().error("connecting failed", extra={"path": app.current_event.path, "error": type(error).__name__})
    return fault_page()


def on_unknown(error: Exception) -> Response[str]:
    """There is no such page."""
    return unknown_page()


app.exception_handler(ProductError)(on_error)
app.not_found(on_unknown)


def _public_url() -> str:
    return settings().public_url or public_url(app.current_event.raw_event)


def _desk(provider: Provider) -> Desk:
    env, stores = settings(), wiring.stores(settings().table_name)
    return Desk(
        app=partial(wiring.oauth_app, provider, env),
        oauth_states=stores.oauth_states,
        accounts=stores.accounts,
        api_keys=stores.api_keys,
        tenants=stores.tenants,
        connections=stores.connections,
        vault=partial(wiring.vault, env.kms_key_id),
        audit=stores.audit,
        jobs=stores.jobs,
        jobs_queue=partial(wiring.queue, env.jobs_queue_url),
        public_url=_public_url(),
        request_id=app.current_event.raw_event["requestContext"]["requestId"],
        now=datetime.now(UTC),
    )


def _callback() -> Callback:
    query = app.current_event.query_string_parameters
    error = query.get("error")
    return Callback(
        state=query.get("state"),
        code=query.get("code"),
        # It goes into the log and the trail, and anybody can write it.
        error=error if error is None or re.fullmatch(r"[a-z_]{1,60}", error, re.ASCII) else "unreadable",
        installation_id=query.get("installation_id"),
        pending=query.get("setup_action") == "request",
    )


def _agreed(provider: Provider) -> bool:
    """Whether a person pressed the button of our question: what another site posts comes without the cookie."""
    asked = _kept(Purpose.QUESTION, provider) or ""
    given = parse_qs(body(app.current_event.raw_event).decode(errors="replace")).get("answer", [""])[0]
    return asked != "" and hmac.compare_digest(asked.encode(), given.encode())


def _cookie(purpose: Purpose, provider: Provider, secret: str, *, lives: timedelta = LIVES) -> Cookie:
    return cookie(purpose, provider, secret, public_url=_public_url(), lives=lives)


def _kept(purpose: Purpose, provider: Provider) -> str | None:
    return app.current_event.resolved_cookies_field.get(_cookie(purpose, provider, "").name)


def _to(url: str, *cookies: Cookie) -> Response[str]:
    headers: dict[str, str | list[str]] = {
        "Location": url,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    return Response(302, content_type="text/plain", body="", headers=headers, cookies=list(cookies))


def _refused(refusal: Refusal, provider: Provider, *cookies: Cookie) -> Response[str]:
    about = {"tenant": refusal.tenant_id, "provider": provider, "reason": refusal.reason, "detail": refusal.detail}
    logger().warning("connecting refused", extra=about)
    return refusal_page(refusal, provider, *cookies)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one HTTP API request."""
    return app.resolve(event, context)
