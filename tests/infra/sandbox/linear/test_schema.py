"""Our part of Linear's schema against the official one."""

import pytest
from graphql import GraphQLSchema, build_schema

from infra.sandbox.linear.api import SDL
from tests.infra.sandbox.running import contract
from tests.infra.sandbox.sdl import departures

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def official() -> GraphQLSchema:
    """Linear's own schema."""
    return build_schema(contract("linear/schema/schema.graphql").read_text(), assume_valid_sdl=True)


def test_our_schema_is_a_true_part_of_linears(official: GraphQLSchema) -> None:
    """Every type, field, argument, input field and value of ours exists there with the same type and nullability."""
    own = build_schema(SDL.read_text())

    assert [] == departures(own, official)


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
    assert departures(own, official)
