"""What a route knows of its request: who asks, with what right, and the unit of work that is there for it."""

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, cast

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from pm_assistant.domain.accounts import AuditEntry, Caller, Scope
from pm_assistant.domain.errors import Conflict, Forbidden
from pm_assistant.domain.jobs import APP
from pm_assistant.domain.tenants import Tenant, TenantId
from pm_assistant.ports.unit import Stores
from pm_assistant.runtime.settings import load
from pm_assistant.runtime.settings.api import ApiSettings
from pm_assistant.runtime.unit import AwsApplication, AwsUnit
from pm_assistant.workflows.accounts.audit import RequestOrigin
from pm_assistant.workflows.jobs import job_id_of
from pm_assistant.workflows.tenants.suspension import check_not_suspended

settings = cache(lambda: load(ApiSettings))

BEARER: list[dict[str, list[str]]] = [{"bearer": []}]
PROBLEMS = "x-problems"
"""Where a route keeps the statuses of its problems, until `openapi` makes documented responses of them."""


@dataclass(frozen=True)
class Write:
    """What a request changes, by the same name each time that it is tried under an idempotency key.

    What is made of it takes its id from here, so that a repetition finds what an attempt that failed had made.

    Attributes:
        id: 32 hexadecimal digits, of no other write.
        began_at: when it was tried first.
        again: an earlier attempt got no answer, and may have had its effect.
    """

    id: str
    began_at: datetime
    again: bool = False


@dataclass(frozen=True)
class RequestContext:
    """One request.

    Attributes:
        app: for work that is no tenant's yet.
        now: when it came in.
        write: names what it changes.
        origin: where it came from.
        known_caller: who asks; None on the routes that need nobody.
        known_tenant: whose; None on the same routes.
        by_operator: whether who asks is one of those who operate the service, beside what they are to their tenant.
    """

    env: ApiSettings
    app: AwsApplication
    now: datetime
    write: Write
    origin: RequestOrigin
    known_caller: Caller | None = None
    known_tenant: Tenant | None = None
    by_operator: bool = False

    @property
    def request_id(self) -> str:
        """Under which the log speaks of it."""
        return self.origin.request_id

    @property
    def stores(self) -> Stores:
        """All stores; each call takes the tenant from `tenant_id`."""
        return self.app.stores

    @cached_property
    def unit(self) -> AwsUnit:
        """For work of the caller's tenant."""
        return self.app.unit(self.tenant_id)

    @property
    def caller(self) -> Caller:
        """Who asks, on a route that needs somebody."""
        if self.known_caller is None:
            raise AssertionError("a route without needs() asked who is calling")
        return self.known_caller

    @property
    def tenant(self) -> Tenant:
        """The caller's tenant, as it was when the request came in."""
        if self.known_tenant is None:
            raise AssertionError("a route without needs() asked whose caller is calling")
        return self.known_tenant

    @property
    def tenant_id(self) -> TenantId:
        """The caller's tenant: the only one this request is about."""
        return self.caller.tenant_id

    @property
    def job_id(self) -> str:
        """Of the one job that this request may ask for."""
        return job_id_of(self.write.id, self.write.began_at)

    def note(self, action: str, target: str = "", **detail: str) -> None:
        """Add to the audit trail what the caller did, unless an earlier attempt has; the entry's id sorts by time."""
        self._add_to_trail(self.tenant_id, action, target, detail)

    def note_for_operators(self, action: str, target: str = "", **detail: str) -> None:
        """Add to the operators' own trail what one of them did, as above; no tenant sees it."""
        self._add_to_trail(APP, action, target, detail)

    def _add_to_trail(self, trail: TenantId, action: str, target: str, detail: dict[str, str]) -> None:
        entry = AuditEntry(
            id=f"{self.write.began_at:%Y%m%dT%H%M%S.%f}-{self.write.id}-{action}",
            at=self.write.began_at,
            actor=self.caller.actor,
            actor_name=self.caller.name,
            action=action,
            target=target,
            detail=detail,
            request_id=self.request_id,
        )
        with suppress(Conflict) if self.write.again else nullcontext():
            self.stores.audit.add(trail, entry)


def current_request(router: APIGatewayHttpRouter) -> RequestContext:
    """The request a router's route is answering."""
    return cast(RequestContext, router.context["request"])


def needs(
    scope: Scope, *statuses: int, tag: str, while_closing: bool = False, while_suspended: bool = False
) -> dict[str, Any]:
    """What a route of the API says of itself, to be spread into its decorator.

    Args:
        scope: what the caller must be allowed; checked before the route runs.
        statuses: problems the route itself may answer with, beside those that every route may.
        tag: the resource, for the documentation.
        while_closing: whether it may write although the tenant is closing; reading always may.
        while_suspended: the same of a tenant that is suspended; taking something away always may, too.
    """

    def allowed(app: Any, next_middleware: NextMiddleware) -> Response[Any]:
        request = cast(RequestContext, app.context["request"])
        caller, method = request.caller, app.current_event.http_method
        if not caller.scope.covers(scope):
            raise Forbidden(f"this needs the scope {scope}")
        if caller.closing and not while_closing and method != "GET":
            raise Conflict("the tenant is closing: it can be read, exported and restored, and nothing else")
        if not while_suspended and method not in {"GET", "DELETE"}:
            check_not_suspended(request.tenant)
        return next_middleware(app)

    return {
        "middlewares": [allowed],
        "security": BEARER,
        "tags": [tag],
        "openapi_extensions": {"x-scope": scope.value, PROBLEMS: [401, 403, 429, *statuses]},
    }


def needs_operator(*statuses: int) -> dict[str, Any]:
    """What a route says of itself that only those may use who operate the service; see `needs`.

    Every request is in the operators' trail before it is answered: who, when, and which tenant it is about.
    """

    def allowed(app: Any, next_middleware: NextMiddleware) -> Response[Any]:
        request = cast(RequestContext, app.context["request"])
        if not request.by_operator:
            raise Forbidden("this is for those who operate the service")
        asked = app.context["_route"].func.__name__
        request.note_for_operators(f"operator.{asked}", app.context["_route_args"].get("tenant_id", ""))
        return next_middleware(app)

    return {
        "middlewares": [allowed],
        "security": BEARER,
        "tags": ["operator"],
        "openapi_extensions": {"x-scope": "operator", PROBLEMS: [401, 403, 429, *statuses]},
    }


def needs_nobody(*statuses: int, tag: str) -> dict[str, Any]:
    """What a route says of itself that anybody may use; see `needs`."""
    return {"tags": [tag], "openapi_extensions": {PROBLEMS: list(statuses)}}
