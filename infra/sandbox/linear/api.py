"""Linear's GraphQL API on a part of its schema (`schema.graphql`).

Documents and variables that do not fit get HTTP 400, as do requests over the rate limit (`RATELIMITED`, never 429);
what goes wrong while executing is reported with HTTP 200.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_ast_schema,
    execute_sync,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import documents
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.grants import Token
from infra.sandbox.core.state import Clock, Fault, Json
from infra.sandbox.core.store import Store
from infra.sandbox.core.tokens import Tokens
from infra.sandbox.linear.resolvers import Resolvers
from infra.sandbox.linear.state import LinearWorld
from infra.sandbox.linear.webhooks import moment

SDL = Path(__file__).with_name("schema.graphql")
REQUESTS_PER_HOUR = 5000
COMPLEXITY_PER_HOUR = 3_000_000
_DURATION = re.compile(r"^(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


class LinearApi:
    """The endpoint."""

    def __init__(
        self,
        store: Store[LinearWorld],
        tokens: Tokens,
        resolvers: Resolvers,
        faults: Faults,
        clock: Clock,
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._resolvers = resolvers
        self._faults = faults
        faults.offer("linear", self._operations, documents=True)
        self._clock = clock
        self._schema = schema(clock)
        self._asked: list[datetime] = []

    async def answer(self, request: Request) -> Response:
        """Answer one document."""
        try:
            body = json.loads(await request.body())
            document = documents.read(body["query"])
            operation = get_operation_ast(document, body.get("operationName"))
        except (ValueError, KeyError, TypeError, GraphQLError) as error:
            return _errors(400, "GRAPHQL_PARSE_FAILED", f"Could not read the document: {error}")
        if operation is None:
            return _errors(400, "GRAPHQL_VALIDATION_FAILED", "The document must name the operation to execute.")
        names = _names(operation)
        self._store.count(f"linear.{names[0]}")
        scheme, _, access_token = request.headers.get("authorization", "").partition(" ")

        async def perform() -> Response:
            token = self._tokens.live("linear", access_token)
            if scheme != "Bearer" or token is None:
                return _unauthenticated()
            if operation.operation is OperationType.MUTATION and not _may_write(token, operation):
                return _errors(403, "FORBIDDEN", "Invalid scope: `write` required")
            return self._execute(body["query"], operation, body.get("variables") or {})

        def refuse(fault: Fault) -> Response:
            return _refusal(fault, self._clock())

        response = await self._faults.answer(request, "linear", names, perform=perform, refuse=refuse)
        for name, value in self._limits().items():
            response.headers.setdefault(name, value)
        return response

    def _execute(self, query: str, operation: OperationDefinitionNode, variables: Json) -> Response:
        problems: Sequence[GraphQLError] = documents.problems(self._schema, query)
        if not problems:
            values = get_variable_values(self._schema, operation.variable_definitions or (), variables)
            problems = values if isinstance(values, list) else ()
        if problems:
            return _errors(400, "GRAPHQL_VALIDATION_FAILED", *(problem.message for problem in problems))
        result = execute_sync(
            self._schema,
            documents.read(query),
            root_value=self._resolvers.root(),
            variable_values=variables,
            operation_name=operation.name.value if operation.name else None,
        )
        self._store.changed()
        return JSONResponse(result.formatted)

    def _operations(self) -> list[str]:
        roots = (self._schema.query_type, self._schema.mutation_type)
        return [name for root in roots if root is not None for name in root.fields]

    def _limits(self) -> dict[str, str]:
        now = self._clock()
        self._asked = [at for at in self._asked if at > now - timedelta(hours=1)] + [now]
        reset = _milliseconds(self._asked[0] + timedelta(hours=1))
        return {
            "x-ratelimit-requests-limit": str(REQUESTS_PER_HOUR),
            "x-ratelimit-requests-remaining": str(max(0, REQUESTS_PER_HOUR - len(self._asked))),
            "x-ratelimit-requests-reset": reset,
            "x-ratelimit-complexity-limit": str(COMPLEXITY_PER_HOUR),
            "x-ratelimit-complexity-remaining": str(COMPLEXITY_PER_HOUR - len(self._asked)),
            "x-ratelimit-complexity-reset": reset,
        }


def schema(clock: Clock) -> GraphQLSchema:
    """The part of Linear's schema the sandbox plays; relative times count from `clock`."""
    built = build_ast_schema(documents.read(SDL.read_text()))

    def read_time(value: object) -> datetime:
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError as error:
            raise GraphQLError(f"DateTime cannot represent {value!r}") from error
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def read_time_or_duration(value: object) -> datetime:
        match = _DURATION.match(str(value))
        if match is None or str(value).strip("-") in {"P", "PT"}:
            return read_time(value)
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return clock() + (-span if match.group(1) else span)

    for name, read in (("DateTime", read_time), ("DateTimeOrDuration", read_time_or_duration)):
        # graphql-core reads a scalar's functions from the instance when it was made with some; an SDL has none.
        vars(built.type_map[name]).update(parse_value=read, serialize=moment)
    return built


def _names(operation: OperationDefinitionNode) -> list[str]:
    """What a request is called in counts and faults: its own name first, then the root fields."""
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return ([operation.name.value] if operation.name else []) + fields or ["anonymous"]


def _may_write(token: Token, operation: OperationDefinitionNode) -> bool:
    """Whether the token's scopes allow every field of a mutation."""
    narrow = {"issueCreate": "issues:create", "commentCreate": "comments:create"}
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    scopes = token.scopes
    return scopes is None or "write" in scopes or all(narrow.get(field) in scopes for field in fields)


def _errors(status: int, code: str, *messages: str, presentable: str = "") -> Response:
    extensions: Json = {"code": code, "userError": True, "statusCode": status}
    if presentable:
        extensions["userPresentableMessage"] = presentable
    errors = [{"message": message, "extensions": extensions} for message in messages]
    return JSONResponse({"errors": errors}, status_code=status)


def _unauthenticated() -> Response:
    text = "Authentication required, not authenticated"
    return _errors(401, "AUTHENTICATION_ERROR", text, presentable="You need to authenticate to access this operation.")


def _refusal(fault: Fault, now: datetime) -> Response:
    match fault.kind:
        case "rate_limit":
            reset = now + timedelta(seconds=1 if fault.retry_after is None else fault.retry_after)
            extensions = {"code": "RATELIMITED", "statusCode": 429, "userError": True, "type": "ratelimited"}
            body = {"errors": [{"message": "Rate limit exceeded", "extensions": extensions}]}
            limit = f"x-ratelimit-{fault.limit}"
            headers = {f"{limit}-remaining": "0", f"{limit}-reset": _milliseconds(reset)}
            return JSONResponse(body, status_code=400, headers=headers)
        case "revoked":
            return _unauthenticated()
        case "server_error" | "timeout" | "slow" | "page" | "cut" | "reset" | "hallucinate":
            return _errors(503, "INTERNAL_SERVER_ERROR", "Service unavailable")


def _milliseconds(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
