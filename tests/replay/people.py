"""The people of the company, what they may turn to, and by what chance."""

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from infra.sandbox.linear.state import Issue
from tests.replay.vendors import Vendors

type Acts = Mapping[Callable[[], str | None], int]
"""What somebody may do, and how likely that is; each says what it was, None where there is nothing to do it to."""


class People:
    """What all that they do has in common."""

    def __init__(self, seed: int, vendors: Vendors) -> None:
        self._vendors = vendors
        self._random = random.Random(seed)  # noqa: S311 - a week like any other
        self._numbers = count(1)
        # What people say of a ticket is said of one that others do not move meanwhile, and once: whether we hear of the
        # one or of the other first would decide what we do, and rightly so.
        old_tickets = sorted(vendors.world.issues)
        self._talked_of, self._moved = old_tickets[::2], old_tickets[1::4]
        self._claimed: set[str] = set()
        self._away: set[str] = set()

    def _ticket(self) -> Issue:
        issues = self._vendors.world.issues.values()
        issue: Issue = self._any([each for each in issues if not each.trashed])
        return issue

    def _key(self, issue: Issue) -> str:
        return self._vendors.world.identifier(issue)

    def _any(self, choices: Sequence[Any]) -> Any:
        return choices[self._random.randrange(len(choices))]

    def _some(self, choices: Sequence[Any]) -> list[Any]:
        return [each for each in choices if self._random.random() < 0.5]
