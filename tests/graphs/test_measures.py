"""Lengths and weights on signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.measures import metres, tonnes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3.5", 3.5),
        ("3,5 m", 3.5),
        ("350 cm", 3.5),
        ("11'6\"", 3.5052),
        ("11 ft 6 in", 3.5052),
        ("10'", 3.048),
        ('6"', 0.1524),
    ],
)
def test_lengths_are_read_in_every_unit(text: str, expected: float) -> None:
    """Metres by default; feet and inches in all their spellings."""
    assert metres(text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [("7.5", 7.5), ("7,5t", 7.5), ("3500 kg", 3.5), ("8000 lbs", 3.62874), ("5 st", 4.53592)]
)
def test_weights_are_read_in_every_unit(text: str, expected: float) -> None:
    """Tonnes by default."""
    assert tonnes(text) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("text", ["", "default", "0", "-3", "3.5 @ night", "12 parsecs"])
def test_anything_else_is_no_measure(text: str) -> None:
    """Words, zero and negatives are none."""
    assert metres(text) is None
    assert tonnes(text) is None


@given(st.text())
def test_any_text_gives_a_positive_measure_or_none(text: str) -> None:
    """No text makes it fail."""
    for found in (metres(text), tonnes(text)):
        assert found is None or found > 0
