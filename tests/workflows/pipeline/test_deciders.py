"""Whoever has answered is called as the team calls them."""

import pytest

from pm_assistant.workflows.pipeline.deciders import names_of
from tests.builders import ACME, a_member, an_account
from tests.fakes.unit import FakeUnit


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        ("U0ADA", "Ada"),
        ("U0NOBODY", "somebody of the team"),
        ("account:account-ada", "Ada"),
        ("account:gone", "somebody of the team"),
        ("key:k-1", "a program of the team's"),
        ("pm:root", "root, who operates this"),
    ],
)
def test_whoever_answered_has_a_name(actor: str, name: str) -> None:
    """However the answer came; an address or an id is told to nobody."""
    unit = FakeUnit()
    unit.stores.directory.put_members(ACME, [a_member()])
    unit.stores.accounts.put(an_account())

    assert {actor: name} == names_of([actor], unit)


def test_nobody_is_looked_up_where_nobody_has_answered() -> None:
    """Most cards ask."""
    assert {} == names_of([], FakeUnit())
