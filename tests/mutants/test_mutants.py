"""The mutants are made of all the rules of trust, and meet the tests that state them."""

from pathlib import Path

import pytest

from tests.mutants.__main__ import MODULES, ROOT, TESTS, found

MUTATED = found(ROOT / "shared" / "pm_assistant", MODULES)
ASKED = found(ROOT / "tests", TESTS)


def test_all_that_says_what_we_may_do_is_mutated() -> None:
    """The policy, what a decision becomes, and each step on the way from a delivery to the tracker."""
    assert {"policy", "decisions", "actions", "receive", "analyze", "judge", "act"} == {path.stem for path in MUTATED}


@pytest.mark.parametrize("module", MUTATED, ids=lambda path: path.stem)
def test_the_tests_of_a_mutated_module_are_asked(module: Path) -> None:
    """Else its mutants would be counted as survivors whatever is tested."""
    assert any(test.stem == f"test_{module.stem}" and test.parent.name == module.parent.name for test in ASKED)


def test_what_matches_nothing_is_named() -> None:
    """A module that was renamed is not left out silently."""
    with pytest.raises(SystemExit, match="there is no domain/trust in tests"):
        found(ROOT / "tests", ("domain/trust",))
