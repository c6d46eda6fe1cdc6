"""What tickets are to each other is known as the tracker lists it, stretch by stretch."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from pm_assistant.domain.planning import Relation, RelationList, RelationType
from pm_assistant.workflows.connections.relations import keep_relations
from tests.builders import ACME, NOW
from tests.fakes.unit import FakeUnit

RELATIONS = st.builds(
    Relation,
    id=st.integers(0, 5).map(str),
    ticket_id=st.just("ticket-1"),
    other_id=st.just("ticket-2"),
    type=st.sampled_from(RelationType),
    at=st.integers(0, 9).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)


def listings(relations: Sequence[Relation], cuts: Sequence[int]) -> list[RelationList]:
    """The list in pages that end at some moments, newest first."""
    bounds = [None, *(NOW + timedelta(seconds=cut) for cut in sorted(set(cuts), reverse=True)), None]
    return [
        RelationList(
            relations=tuple(
                r for r in relations if (since is None or r.at > since) and (until is None or r.at <= until)
            ),
            since=since,
            until=until,
        )
        for until, since in pairwise(bounds)
    ]


@given(
    before=st.lists(RELATIONS, unique_by=lambda relation: relation.id),
    after=st.lists(RELATIONS, unique_by=lambda relation: relation.id),
    cuts=st.lists(st.integers(0, 9)),
)
def test_what_is_known_after_a_reading_is_what_there_is(
    before: list[Relation], after: list[Relation], cuts: list[int]
) -> None:
    """Whatever was known before, and wherever its pages end."""
    unit = FakeUnit()
    for relations in (before, after):
        for listed in listings(relations, cuts):
            keep_relations(listed, unit)

    assert {*after} == {*unit.stores.planning.relations_between(ACME)}


def test_what_has_not_changed_is_not_written() -> None:
    """A reading without news costs one read."""
    unit = FakeUnit()
    relation = Relation(id="1", ticket_id="ticket-1", other_id="ticket-2", type=RelationType.RELATED, at=NOW)
    keep_relations(RelationList(relations=(relation,)), unit)
    with patch.object(unit.stores.planning, "relate") as relate, patch.object(unit.stores.planning, "unrelate") as part:
        keep_relations(RelationList(relations=(relation,)), unit)

    assert (0, 0) == (relate.call_count, part.call_count)
