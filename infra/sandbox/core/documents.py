"""GraphQL documents as they are asked for over and over: each is read and checked once."""

from functools import lru_cache

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate

MOST = 256
"""Documents that are remembered; a client has a few dozen."""


@lru_cache(MOST)
def read(text: str) -> DocumentNode:
    """Read a document.

    Raises:
        GraphQLError: it is none.
    """
    return parse(text)


@lru_cache(MOST)
def problems(schema: GraphQLSchema, text: str) -> tuple[GraphQLError, ...]:
    """What is wrong with a document that can be read, by a schema."""
    return tuple(validate(schema, read(text)))
