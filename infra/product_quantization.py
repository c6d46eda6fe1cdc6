"""Rows of numbers as codes of a few bits a number; see `pm_assistant.language.tables`, and where it says of whom."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pm_assistant.language.tables import CODES, Band, Quantized, width_of

Matrix = Any
"""Of numpy, which nothing else in the project asks for."""
ROUNDS, SAMPLE = 20, 40_000
"""Of k-means (Lloyd, "Least squares quantization in PCM", 1982), and how many runs it looks at."""
MOST = 127
"""The numbers of a codebook are signed bytes."""


def quantized(rows: Matrix, bands: Sequence[Band]) -> Quantized:
    """Codes and codebooks by which rows are about what they were."""
    if rows.shape[1] != width_of(bands):
        message = f"bands of {width_of(bands)} numbers do not fit rows of {rows.shape[1]}"
        raise ValueError(message)
    chance = np.random.default_rng(0)
    codes, centers = list[Matrix](), list[Matrix]()
    start = 0
    for length, count in bands:
        runs = np.ascontiguousarray(rows[:, start : start + length * count]).reshape(-1, length)
        centers.append(_centers(runs, chance))
        codes.append(_nearest(runs, centers[-1]).reshape(len(rows), count))
        start += length * count
    step = max(float(np.abs(each).max()) for each in centers) / MOST
    codebooks = [[tuple(run) for run in np.rint(each / step).astype(int).tolist()] for each in centers]
    return Quantized(np.hstack(codes).astype(np.uint8).tobytes(), codebooks, step)


def _centers(runs: Matrix, chance: Matrix) -> Matrix:
    few = runs[chance.choice(len(runs), min(len(runs), SAMPLE), replace=False)]
    centers = few[chance.choice(len(few), CODES, replace=len(few) < CODES)].copy()
    for _ in range(ROUNDS):
        nearest = _nearest(few, centers)
        for code in range(CODES):
            own = few[nearest == code]
            centers[code] = own.mean(0) if len(own) else few[chance.integers(len(few))]
    return centers


def _nearest(runs: Matrix, centers: Matrix) -> Matrix:
    squares = (centers * centers).sum(1)
    portions = (runs[start : start + SAMPLE] for start in range(0, len(runs), SAMPLE))
    return np.concatenate([(squares - 2 * few @ centers.T).argmin(1) for few in portions])
