"""GitHub's GraphQL API on a part of its schema (`schema.graphql`).

Nearly everything comes with HTTP 200, refusals as well; what could be found stands beside the errors.
"""

import json
from functools import cache
from pathlib import Path

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
)
from graphql.execution.values import get_variable_values
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.sandbox.core import documents
from infra.sandbox.core.faults import Faults
from infra.sandbox.core.state import Clock, Fault, Json
from infra.sandbox.core.store import Store
from infra.sandbox.github.cost import Cost, cost_of
from infra.sandbox.github.gate import GitHubGate
from infra.sandbox.github.limits import GitHubLimits
from infra.sandbox.github.objects import moment
from infra.sandbox.github.resolvers import Resolvers
from infra.sandbox.github.state import GitHubWorld
from infra.sandbox.github.wire import Denied, read_time, refusal

SDL = Path(__file__).with_name("schema.graphql")
_BROKEN = "Something went wrong while executing your query. This may be the result of a timeout, or it could be a bug."


class GitHubGraph:
    """The endpoint."""

    def __init__(
        self, store: Store[GitHubWorld], gate: GitHubGate, limits: GitHubLimits, faults: Faults, clock: Clock
    ) -> None:
        self._store = store
        self._gate = gate
        self._limits = limits
        self._faults = faults
        faults.offer("github", _operations, documents=True)
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """Answer one document."""
        try:
            body = json.loads(await request.body())
            query, variables = str(body["query"]), body.get("variables") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return Denied(400, "Problems parsing JSON").answer
        if not isinstance(variables, dict):
            return Denied(400, "Variables must be an object").answer
        try:
            document = documents.read(query)
        except GraphQLError as error:
            return _errors({"message": str(error)})
        operation = get_operation_ast(document, body.get("operationName"))
        if operation is None or operation.operation is not OperationType.QUERY:
            return _errors({"message": "An operation must be named, and be a query."})
        names = _names(operation)
        self._store.count(f"github.graphql/{names[0]}")

        async def perform() -> Response:
            try:
                return self._performed(request, query, operation, variables)
            except Denied as denied:
                return denied.answer

        def refuse(fault: Fault) -> Response:
            return self._refused(request, fault)

        return await self._faults.answer(request, "github", [*names, "graphql"], perform=perform, refuse=refuse)

    def _performed(self, request: Request, query: str, operation: OperationDefinitionNode, variables: Json) -> Response:
        reach, who = self._gate.opened(request), self._gate.caller(request)
        if self._limits.is_over(who, "graphql"):
            response = _rate_limited(who)
            response.headers.update(self._limits.headers(who, "graphql"))
            return response
        built, document = schema(), documents.read(query)
        problems = [_shown(each) for each in documents.problems(built, query)]
        if problems:
            return _errors(*problems)
        values = get_variable_values(built, operation.variable_definitions or (), variables)
        if isinstance(values, list):
            return _errors(*map(_shown, values))
        cost = cost_of(built, document, operation, values)
        if cost.problems:
            return _errors(*cost.problems)
        in_time = self._store.world.config.github_nodes_in_time
        is_hopeless = cost.nodes > 2 * in_time
        # What runs out of time costs more than what is answered.
        self._limits.spend(who, "graphql", cost.points * (2 if is_hopeless else 1))
        if is_hopeless:
            response = JSONResponse({"data": None, "errors": [{"message": _BROKEN}]}, status_code=502)
        else:

            def limits() -> Json:
                return self._described(who, cost)

            result = execute_sync(
                built,
                document,
                root_value=Resolvers(self._store.world, reach, limits).root(),
                variable_values=variables,
                operation_name=operation.name.value if operation.name else None,
            )
            errors = [_shown(each) for each in result.errors or ()]
            if cost.nodes > in_time:
                _forget_half(result.data or {})
                errors.append(
                    {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}
                )
            response = JSONResponse({"data": result.data} | ({"errors": errors} if errors else {}))
        response.headers.update(self._limits.headers(who, "graphql"))
        return response

    def _described(self, who: str, cost: Cost) -> Json:
        budget = self._limits.budget(who, "graphql")
        left = self._limits.described(who, "graphql")
        del left["reset"]
        return left | {"cost": cost.points, "nodeCount": cost.nodes, "resetAt": budget.resets_at}

    def _refused(self, request: Request, fault: Fault) -> Response:
        refused = refusal(fault, self._clock())
        if fault.kind != "rate_limit" or fault.limit != "primary":
            return refused
        limited = _rate_limited(self._gate.caller(request))
        for name in ("x-ratelimit-remaining", "x-ratelimit-reset"):
            limited.headers[name] = refused.headers[name]
        return limited


@cache
def schema() -> GraphQLSchema:
    """The part of GitHub's schema the sandbox plays; it is read by who asks first."""
    built = build_schema(SDL.read_text())
    # graphql-core reads a scalar's functions from the instance when it was made with some; an SDL has none.
    vars(built.type_map["DateTime"]).update(parse_value=_time, serialize=moment)
    vars(built.type_map["BigInt"]).update(serialize=str)
    return built


def _time(value: object) -> object:
    try:
        return read_time(str(value))
    except ValueError as error:
        raise GraphQLError(f"Could not coerce value {value!r} to DateTime") from error


def _operations() -> list[str]:
    asked_for = schema().query_type
    return ["graphql", *(asked_for.fields if asked_for is not None else ())]


def _names(operation: OperationDefinitionNode) -> list[str]:
    """What a request is called in counts and faults: its own name first, then the root fields."""
    fields = [node.name.value for node in operation.selection_set.selections if isinstance(node, FieldNode)]
    return ([operation.name.value] if operation.name else []) + fields or ["anonymous"]


def _forget_half(data: Json) -> None:
    """Leave out every second node of the lists that stand nearest to the root."""
    for value in data.values():
        if not isinstance(value, dict):
            continue
        if "nodes" in value:
            value["nodes"] = [each if place % 2 == 0 else None for place, each in enumerate(value["nodes"] or ())]
        else:
            _forget_half(value)


def _rate_limited(who: str) -> Response:
    message = f"API rate limit already exceeded for {who}."
    return _errors({"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": message})


def _errors(*errors: Json) -> Response:
    return JSONResponse({"errors": list(errors)})


def _shown(error: GraphQLError) -> Json:
    shown: Json = dict(error.formatted)
    kind = (error.extensions or {}).get("type")
    shown.pop("extensions", None)
    if kind == "FORBIDDEN":
        shown["extensions"] = {"saml_failure": False}
    return ({"type": kind} if kind else {}) | shown
