"""Reading maxspeed tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.maxspeed import HIGHEST_KPH, parse_maxspeed


@pytest.mark.parametrize(
    ("tag", "kph"),
    [("50", 50), (" 50 ", 50), ("50 km/h", 50), ("50kmh", 50), ("30 mph", 48.28032), ("30MPH", 48.28032), ("7.5", 7.5)],
)
def test_numbers_with_and_without_units_are_read(tag: str, kph: float) -> None:
    """Plain numbers are km/h; mph is converted."""
    assert parse_maxspeed(tag) == pytest.approx(kph)


@pytest.mark.parametrize("tag", ["", "none", "walk", "RO:urban", "50;70", "-5", "0", "500", "nan", "inf", "1e3"])
def test_anything_else_states_no_speed(tag: str) -> None:
    """What cannot be driven or is not understood leaves the road its class's speed."""
    assert parse_maxspeed(tag) is None


@given(st.text())
def test_any_text_gives_a_drivable_speed_or_none(tag: str) -> None:
    """No tag makes it fail or yields a speed outside (0, 200]."""
    kph = parse_maxspeed(tag)
    assert kph is None or 0 < kph <= HIGHEST_KPH
