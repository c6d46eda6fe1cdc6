"""The security review names tests that exist."""

import re

from tests.infra.test_template import ROOT, routes

PAGE = (ROOT / "infra" / "security.md").read_text()


def test_every_test_that_the_review_relies_on_exists() -> None:
    """A door without the test that holds it is open."""
    there = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text())
    }
    doors = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| door")]
    named = [set(re.findall(r"`(test_\w+)`", line)) for line in doors]
    assert all(named)
    assert set() == set().union(*named) - there


def test_every_route_is_a_door_of_the_review() -> None:
    """By its first part."""
    missing = [key for key in routes() if f"/{key.partition('/')[2].partition('/')[0]}" not in PAGE]
    assert [] == missing
