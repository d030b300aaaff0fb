"""Calls by hour, and how busy they keep crews."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from engine.errors import StaffingError
from engine.generate.curves import ROADSIDE
from engine.model import Service
from engine.staffing import all_busy, hourly_calls, usual_shares
from engine.staffing.calls import busy_share, busy_together


def test_a_day_has_its_calls() -> None:
    """They follow the shapes of the services by their shares, and the factor multiplies them."""
    towing = hourly_calls(240, {Service.TOWING: 1.0}, factor=1.5)
    assert towing == pytest.approx(360 * ROADSIDE)
    both = hourly_calls(100, {Service.TOWING: 1, Service.VEHICLE_BOOKING: 3})
    assert both.sum() == pytest.approx(100)
    assert both[2] == pytest.approx(25 * ROADSIDE[2])
    assert usual_shares((Service.TOWING, Service.BREAKDOWN_REPAIR))[Service.TOWING] == pytest.approx(0.24 / 0.86)


def test_a_week_has_its_days() -> None:
    """168 hours, Monday first; days without a factor are usual."""
    week = hourly_calls(100, {Service.TOWING: 1.0}, days={"sun": 0.5})
    assert week.reshape(7, 24).sum(axis=1).tolist() == pytest.approx([100.0] * 6 + [50.0])


@pytest.mark.parametrize("crews", range(1, 9))
@pytest.mark.parametrize("erlangs", [0.1, 0.9, 2.5, 6.0])
def test_erlang_c_as_its_formula_says(crews: int, erlangs: float) -> None:
    """The recursion equals a^c/c! c/(c-a) over the sum; 1 where the load is more than they can do."""
    if crews <= erlangs:
        assert all_busy(erlangs, crews) == 1.0
        return
    top = erlangs**crews / math.factorial(crews) * crews / (crews - erlangs)
    rest = sum(erlangs**k / math.factorial(k) for k in range(crews))
    assert all_busy(erlangs, crews) == pytest.approx(top / (rest + top))


@pytest.mark.parametrize(("erlangs", "crews"), [(0.5, 2), (3.0, 5), (18.4, 21), (0.0, 3), (4.0, 4)])
def test_crews_that_are_busy_together(erlangs: float, crews: int) -> None:
    """None at all: certain; one: load over crews; all: Erlang's C; convex in between; less with a crew more."""
    found, more = busy_together(erlangs, crews), busy_together(erlangs, crews + 1)
    assert found[0] == pytest.approx(1.0)
    assert found[1] == pytest.approx(busy_share(erlangs, crews))
    assert found[crews] == pytest.approx(all_busy(erlangs, crews))
    steps = -np.diff(found)
    assert (steps >= -1e-12).all()
    assert (np.diff(steps) <= 1e-12).all()
    assert (more[: crews + 1] <= found + 1e-12).all()


def test_busy_shares_at_the_ends() -> None:
    """Nobody on duty is always busy; nobody calling, never."""
    assert (busy_share(2.0, 0), busy_share(2.0, 1), busy_share(2.0, 4), busy_share(0.0, 3)) == (1.0, 1.0, 0.5, 0.0)
    assert (all_busy(0.0, 0), all_busy(0.0, 2)) == (1.0, 0.0)
    assert np.isfinite(all_busy(400.0, 500))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"per_day": -1.0}, "calls_per_day is -1.0"),
        ({"per_day": float("nan")}, "calls_per_day is nan"),
        ({"factor": -0.5}, "calls_factor is -0.5"),
        ({"services": {}}, "no service"),
        ({"services": {Service.TOWING: -1.0}}, "no service"),
        ({"days": {"today": 1.0}}, "day today"),
    ],
)
def test_what_cannot_be(arguments: dict, told: str) -> None:
    """Negative calls, no services, unknown days: StaffingError."""
    given: dict[str, Any] = {"per_day": 10.0, "services": {Service.TOWING: 1.0}, **arguments}
    with pytest.raises(StaffingError, match=told):
        hourly_calls(**given)
