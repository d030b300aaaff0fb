"""engine.coverage.view: series that do not fit together are refused by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.coverage.page import CoverageSeries, CoverageView, Stage
from engine.coverage.view import minutes
from engine.render import MapError
from graphs.search.arrays import INF

CELLS = ["8831aa5a49fffff", "8831aa5a4bfffff"]
SERIES = CoverageSeries("Towing", "03", Stage.AFTER, [60_000, INF], [1.0, 2.0], 0.5)


def test_never_is_infinite() -> None:
    """INF is never; anything below is minutes."""
    assert minutes(np.array([0, 90_000, INF - 1, INF])).tolist() == [0.0, 1.5, (INF - 1) / 60_000, np.inf]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"arrival_ms": [1]}, r"arrival_ms has shape \(1,\), but there are 2 cells"),
        ({"demand": [1.0, -1.0]}, "demand of cell 1 is -1.0"),
        ({"demand": [np.nan, 1.0]}, "demand of cell 0 is nan"),
        ({"third_ms": [1, -5]}, "third_ms of cell 1"),
        ({"share_within": 1.5}, "must be 0 to 1"),
    ],
)
def test_columns_must_fit(change: dict, message: str) -> None:
    """A column of another length, negative or NaN, and a share beyond 1 name the series and the cell."""
    with pytest.raises(MapError, match=message) as caught:
        CoverageView("x", 30, CELLS, [replace(SERIES, **change)])
    assert "Towing 03 After" in str(caught.value)


def test_every_service_needs_every_hour() -> None:
    """Nothing to show, a hole among services, hours and fleets, or one series twice is an error."""
    for series in ([], [SERIES, SERIES], [SERIES, replace(SERIES, service="Repair", hour="08")]):
        with pytest.raises(MapError):
            CoverageView("x", 30, CELLS, series)
    for promise in (0, np.nan, [30, 60, 90], [30, -1]):
        with pytest.raises(MapError, match="the promise must be minutes above 0"):
            CoverageView("x", promise, CELLS, [SERIES])
