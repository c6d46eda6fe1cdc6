"""The training of the offline analyst's models: what they are made of can be made again."""

import os
from pathlib import Path

import pytest

from infra.train import RECIPES, Recipe, average_precision, minimum, rows_of, train, weights_of, written
from pm_assistant.integrations.offline.linear import BIAS, COMMENT, DATA, LinearModel

EVALS = Path(os.environ.get("PM_EVALS", Path(__file__).parents[3] / "shared" / "evals")) / "given"
MOST_BYTES = 5_000_000


def test_the_lowest_point_is_found() -> None:
    """Of Rosenbrock's valley, which is curved and flat."""

    def valley(at: list[float]) -> tuple[float, list[float]]:
        x, y = at
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2, [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]

    assert [1, 1] == pytest.approx(minimum(valley, [-1.2, 1.0]), abs=1e-4)


def test_what_speaks_for_the_label_weighs_more_than_nothing() -> None:
    """What stands in too few rows has no weight at all."""
    rows = [{"please": 1.0}, {"please": 1.0, "rare": 1.0}, {"done": 1.0}, {"done": 1.0}]
    weights = train(rows, [True, True, False, False], least=2, strength=10).weights
    assert weights["done"] < 0 < weights["please"]
    assert {BIAS, "please", "done"} == set(weights)


def test_what_tells_more_by_itself_is_drawn_less_to_nothing() -> None:
    """A feature that stands in rows of both kinds alike weighs less beside one that does not."""
    rows = [{"please": 1.0, "the": 1.0}, {"please": 1.0}, {"the": 1.0}, {"done": 1.0}]
    labels = [True, True, False, False]
    plain, told = (train(rows, labels, least=1, strength=1, scaled=telling).weights for telling in (False, True))
    assert told["please"] - abs(told["the"]) > plain["please"] - abs(plain["the"]) > 0


def test_average_precision_is_the_mean_precision_at_each_hit() -> None:
    """Two hits, at the first place and at the third."""
    assert (1 + 2 / 3) / 2 == pytest.approx(average_precision([(0.9, True), (0.8, False), (0.7, True), (0.1, False)]))


def test_a_file_says_where_its_weights_come_from() -> None:
    """First, and then a feature a line; a weight of nothing is left out."""
    assert f"{COMMENT} made up\n(bias)\t0\nplease\t2\n" == written(
        LinearModel({BIAS: 0, "please": 2, "gone": 0}), "made up"
    )


def test_the_weights_are_small_and_say_their_licence() -> None:
    """All of them together stay far below what a layer may grow by."""
    files = [DATA / f"{recipe.name}.tsv" for recipe in RECIPES]
    assert sum(file.stat().st_size for file in DATA.iterdir()) < MOST_BYTES
    assert ["MIT License" in file.read_text("utf-8") for file in files] == [True, False]
    assert all(recipe.note.splitlines()[0] in (DATA / f"{recipe.name}.tsv").read_text("utf-8") for recipe in RECIPES)


def test_talk_without_a_licence_gives_scalars_only() -> None:
    """No word of it ships: each weight is of a phrase or a shape that we have named, and there are few."""
    weights = [line for line in (DATA / "resolved.tsv").read_text("utf-8").splitlines() if line[:2] != COMMENT]
    assert 28 >= len(weights)


@pytest.mark.thorough
@pytest.mark.skipif(not EVALS.exists(), reason="the sets are not here: set PM_EVALS to their folder")
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_the_shipped_weights_are_what_the_sets_give(recipe: Recipe) -> None:
    """Byte for byte."""
    assert rows_of(recipe, EVALS)
    assert weights_of(recipe, EVALS) == (DATA / f"{recipe.name}.tsv").read_text("utf-8")
