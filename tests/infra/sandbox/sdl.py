"""Judging a part of a vendor's GraphQL schema by the whole."""

from graphql import GraphQLSchema, is_required_argument, is_required_input_field
from graphql.type import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
)


def departures(own: GraphQLSchema, official: GraphQLSchema) -> list[str]:
    """What is not in the whole schema with the same type and nullability."""
    names = [name for name in own.type_map if not name.startswith("__")]
    return [flaw for name in names for flaw in _of_type(own.type_map[name], official.type_map.get(name))]


def _of_type(mine: GraphQLNamedType, theirs: GraphQLNamedType | None) -> list[str]:
    match mine, theirs:
        case GraphQLEnumType(), GraphQLEnumType():
            return [f"{mine.name}.{value}" for value in mine.values.keys() - theirs.values.keys()]
        case GraphQLInputObjectType(), GraphQLInputObjectType():
            return _inputs(mine, theirs)
        case GraphQLObjectType(), GraphQLObjectType():
            return _fields(mine, theirs)
        case GraphQLInterfaceType(), GraphQLInterfaceType():
            return _fields(mine, theirs)
        case GraphQLUnionType(), GraphQLUnionType():
            others = {each.name for each in theirs.types}
            return [f"{mine.name} = {each.name}" for each in mine.types if each.name not in others]
        case _:
            return [] if type(mine) is type(theirs) else [f"{mine.name} is not what it is there"]


def _inputs(mine: GraphQLInputObjectType, theirs: GraphQLInputObjectType) -> list[str]:
    there = {name: str(field.type) for name, field in theirs.fields.items()}
    needed = {name for name, field in theirs.fields.items() if is_required_input_field(field)}
    wrong = [name for name, field in mine.fields.items() if str(field.type) != there.get(name)]
    return [f"{mine.name}.{name}" for name in (*wrong, *(needed - mine.fields.keys()))]


def _fields(
    mine: GraphQLObjectType | GraphQLInterfaceType, theirs: GraphQLObjectType | GraphQLInterfaceType
) -> list[str]:
    borne = {each.name for each in theirs.interfaces}
    wrong = [f"{mine.name} implements {each.name}" for each in mine.interfaces if each.name not in borne]
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
