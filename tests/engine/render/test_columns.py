"""engine.render.columns: one geometry, one column an option, and no value that looks within a limit it exceeds."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

from engine.render import CellLayer, CellSeries, ColourScale, MapError, Option
from engine.render.codec import encode_values
from engine.render.columns import cell_columns

CELLS = ["8831aa5a49fffff", "8831aa5a4bfffff"]
SCALE = ColourScale.around(30, [15, 30, 60], "min")


def decode(text: str, decimals: int) -> list[float]:
    """Plain reading of a stream as encode_values describes it."""
    values, code, shift = [], 0, 0
    for byte in base64.b64decode(text):
        code |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            units = ((code - 3) >> 1) ^ -((code - 3) & 1)
            values.append([math.nan, math.inf, -math.inf][code] if code < 3 else units / 10**decimals)
            code = shift = 0
    return values


def test_random_values_survive_rounded_up() -> None:
    """Every value comes back at most one unit higher and never lower; the infinite ones and NaN as they were."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        decimals = int(random.integers(1, 5))
        values = random.normal(0, 10.0 ** random.integers(-1, 6), 50)
        values[:3] = np.nan, np.inf, -np.inf
        found = np.array(decode(encode_values(values, decimals), decimals))
        assert np.array_equal(found[:3], values[:3], equal_nan=True), f"seed {seed}"
        above = found[3:] - values[3:]
        assert (above > -1e-4).all(), f"seed {seed}"
        assert (above < 10.0**-decimals).all(), f"seed {seed}"


def test_a_class_is_that_of_the_exact_value() -> None:
    """What is stored falls into the same class as the value itself, just above and just at each limit."""
    values = np.array([15.0, 15.001, 30.0, 30.001, 59.999, 60.0, 60.0001])
    stored = np.array(decode(encode_values(values, 1), 1))
    assert SCALE.classes(stored).tolist() == SCALE.classes(values).tolist() == [0, 1, 1, 2, 2, 2, 3]


def test_equal_columns_and_scales_are_stored_once() -> None:
    """Before, after and their difference take two streams; an hour without a change takes none."""
    before, after = [1.0, 2.0], [1.0, 5.0]
    series = [
        CellSeries(before, SCALE, Option("Fleet", "Before")),
        CellSeries(after, SCALE, Option("Fleet", "After"), numbers={"Before": before}),
        CellSeries(after, ColourScale.sequential([0.0], "min"), Option("Fleet", "Difference"), minus=before),
        CellSeries(before, SCALE, Option("Fleet", "Before, an hour later")),
    ]
    columns = cell_columns(CellLayer("Arrival", CELLS, series=series))
    assert len(columns["streams"]) == len(columns["scales"]) == 2
    assert [each["values"] for each in columns["series"]] == [0, 1, 1, 0]
    assert columns["series"][2]["minus"] == 0
    assert columns["series"][1]["numbers"] == [["Before", 0]]


def test_limits_decide_the_decimals() -> None:
    """A limit of 0.125 keeps three decimals."""
    scale = ColourScale.sequential([0.125, 0.5])
    assert cell_columns(CellLayer("Share", CELLS, [0.1, 0.2], scale))["decimals"] == 3


def test_what_does_not_fit_is_refused() -> None:
    """Values beside series, neither of them, a short column and a measure of nothing are errors."""
    with pytest.raises(MapError, match="either values with their scale, or series"):
        CellLayer("Arrival", CELLS)
    with pytest.raises(MapError, match="either values with their scale, or series"):
        CellLayer("Arrival", CELLS, [1, 2], SCALE, series=[CellSeries([1, 2], SCALE)])
    for wrong in (
        CellSeries([1, 2], SCALE, minus=[1.0]),
        CellSeries([1, 2], SCALE, measure=[1.0]),
        CellSeries([1, 2], SCALE, numbers={"People": [1.0]}),
    ):
        with pytest.raises(MapError, match="2 features but 1"):
            CellLayer("Arrival", CELLS, series=[wrong])
    with pytest.raises(MapError, match="above 0"):
        CellSeries([1, 2], SCALE, measure=[1, 0])
