"""What a document costs before it is answered (docs.github.com, "Rate limits and query limits for the GraphQL API").

Every connection asks once for each thing that it hangs on, and brings as many nodes as its page is long. A hundred such
requests are a point.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import get_argument_values
from graphql.type import GraphQLInterfaceType, GraphQLObjectType

from infra.sandbox.core.state import Json

MOST_ON_A_PAGE = 100
MOST_NODES = 500_000


@dataclass
class Cost:
    """What a document asks for; `problems` are what GitHub would not answer, as it says them."""

    requests: int = 0
    nodes: int = 0
    problems: list[Json] = field(default_factory=list)

    @property
    def points(self) -> int:
        """What it takes from the budget."""
        return max(1, round(self.requests / 100))


def cost_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, values: Json) -> Cost:
    """What an operation costs with these variables; the document has to be valid."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    reckoning = _Reckoning(schema, fragments, values)
    if schema.query_type is not None:
        reckoning.count(operation.selection_set, schema.query_type, 1, ["query"])
    cost = reckoning.cost
    if cost.nodes > MOST_NODES:
        text = f"This query requests up to {cost.nodes:,} possible nodes which exceeds the maximum limit of 500,000."
        cost.problems.append({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": text})
    return cost


class _Reckoning:
    def __init__(self, schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], values: Json) -> None:
        self._schema = schema
        self._fragments = fragments
        self._values = values
        self.cost = Cost()

    def count(self, selected: SelectionSetNode, under: GraphQLNamedType, times: int, path: list[str]) -> None:
        for node, kind in self._fields(selected, under):
            definition = kind.fields.get(node.name.value)
            if definition is None:
                continue
            named, here, many = get_named_type(definition.type), [*path, node.name.value], times
            if named.name.endswith("Connection"):
                arguments = get_argument_values(definition, node, self._values)
                size = self._size(node, arguments, here)
                self.cost.requests += times
                self.cost.nodes += times * size
                many = times * size
            if node.selection_set is not None:
                self.count(node.selection_set, named, many, here)

    def _size(self, node: FieldNode, arguments: Json, path: list[str]) -> int:
        asked = {name: arguments[name] for name in ("first", "last") if arguments.get(name) is not None}
        name = node.name.value
        if not asked:
            text = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            self._problem("MISSING_PAGINATION_BOUNDARIES", text, node, path)
        for end, size in asked.items():
            if not 0 <= size <= MOST_ON_A_PAGE:
                text = f"Requesting {size} records on the `{name}` connection exceeds the `{end}` limit of 100 records."
                self._problem("EXCESSIVE_PAGINATION", text, node, path)
        return min(asked.values(), default=0)

    def _problem(self, kind: str, text: str, node: FieldNode, path: list[str]) -> None:
        place = node.loc
        line = [] if place is None else [place.start_token.line, place.start_token.column]
        where = [{"line": line[0], "column": line[1]}] if line else []
        self.cost.problems.append({"type": kind, "path": path, "locations": where, "message": text})

    def _fields(
        self, selected: SelectionSetNode, under: GraphQLNamedType
    ) -> Iterator[tuple[FieldNode, GraphQLObjectType | GraphQLInterfaceType]]:
        for node in selected.selections:
            match node:
                case FieldNode():
                    if isinstance(under, GraphQLObjectType | GraphQLInterfaceType):
                        yield node, under
                case InlineFragmentNode(type_condition=None):
                    yield from self._fields(node.selection_set, under)
                case InlineFragmentNode(type_condition=condition) if condition is not None:
                    yield from self._fields(node.selection_set, self._schema.type_map[condition.name.value])
                case FragmentSpreadNode():
                    fragment = self._fragments[node.name.value]
                    yield from self._fields(
                        fragment.selection_set, self._schema.type_map[fragment.type_condition.name.value]
                    )
