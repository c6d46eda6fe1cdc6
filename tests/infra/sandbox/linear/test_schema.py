"""Our part of Linear's schema against the official one."""

import pytest
from graphql import (
    GraphQLSchema,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import GraphQLEnumType, GraphQLInputObjectType, GraphQLNamedType, GraphQLObjectType

from infra.sandbox.linear.api import SDL
from tests.infra.sandbox.running import contract


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    """Linear's own schema."""
    return build_schema(contract("linear/schema/schema.graphql").read_text(), assume_valid_sdl=True)


def test_our_schema_is_a_true_part_of_linears(official: GraphQLSchema) -> None:
    """Every type, field, argument, input field and value of ours exists there with the same type and nullability."""
    own = build_schema(SDL.read_text())

    assert [] == [
        flaw for name in own.type_map if not name.startswith("__") for flaw in _departures(name, own, official)
    ]


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("  identifier: String!", "  identifier: String"),
        ("  teamId: String!\n", ""),
        ("  createdAt\n  updatedAt\n}", "  createdAt\n  deletedAt\n}"),
        ("  viewer: User!", "  viewer(id: ID): User!"),
        ("  branchName: String!", "  branch: String!"),
    ],
)
def test_a_departure_from_linears_schema_is_noticed(official: GraphQLSchema, line: str, changed: str) -> None:
    """The check above can fail."""
    text = SDL.read_text()
    own = build_schema(text.replace(line, changed, 1))

    assert line in text
    assert [flaw for name in own.type_map if not name.startswith("__") for flaw in _departures(name, own, official)]


def _departures(name: str, own: GraphQLSchema, official: GraphQLSchema) -> list[str]:
    mine, theirs = own.type_map[name], official.type_map.get(name)
    if theirs is None or type(mine) is not type(theirs):
        return [f"{name} is not what it is there"]
    if is_enum_type(mine):
        return _values(mine, theirs)
    if is_input_object_type(mine):
        return _inputs(mine, theirs)
    return _fields(mine, theirs)


def _values(mine: GraphQLNamedType, theirs: GraphQLNamedType) -> list[str]:
    assert isinstance(mine, GraphQLEnumType)
    assert isinstance(theirs, GraphQLEnumType)
    return [f"{mine.name}.{value}" for value in mine.values.keys() - theirs.values.keys()]


def _inputs(mine: GraphQLNamedType, theirs: GraphQLNamedType) -> list[str]:
    assert isinstance(mine, GraphQLInputObjectType)
    assert isinstance(theirs, GraphQLInputObjectType)
    there = {name: str(field.type) for name, field in theirs.fields.items()}
    needed = {name for name, field in theirs.fields.items() if is_required_input_field(field)}
    wrong = [name for name, field in mine.fields.items() if str(field.type) != there.get(name)]
    return [f"{mine.name}.{name}" for name in (*wrong, *(needed - mine.fields.keys()))]


def _fields(mine: GraphQLNamedType, theirs: GraphQLNamedType) -> list[str]:
    if not isinstance(mine, GraphQLObjectType) or not isinstance(theirs, GraphQLObjectType):
        return []
    wrong = []
    for name, field in mine.fields.items():
        other = theirs.fields.get(name)
        if other is None or str(field.type) != str(other.type):
            wrong.append(f"{mine.name}.{name}")
            continue
        there = {argument: str(each.type) for argument, each in other.args.items()}
        needed = {argument for argument, each in other.args.items() if is_required_argument(each)}
        wrong += [f"{mine.name}.{name}({a})" for a, each in field.args.items() if str(each.type) != there.get(a)]
        wrong += [f"{mine.name}.{name}({a})" for a in needed - field.args.keys()]
    return wrong
