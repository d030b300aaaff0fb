"""Compass directions in words."""

from __future__ import annotations

import pytest

from graphs.snapping.compass import bearing_of_words


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("north", 0.0), ("Northbound", 0.0), ("NB", 0.0), ("sentido norte", 0.0), ("北向", 0.0), ("往北", 0.0),
        ("EB", 90.0), ("Richtung Ost", 90.0), ("东行", 90.0), ("hacia el sur", 180.0),
        ("al sur", 180.0), ("往西方向", 270.0), ("东南行", 135.0),
        ("SW", 225.0), ("south west", 225.0), ("North-West", 315.0), ("noreste", 45.0),
        ("往东北方向", 45.0), ("西北向", 315.0), ("上行", None), ("往北京方向", None),
        ("Berlin", None), ("", None), ("  ", None),
        ("360", None),
    ],
)  # fmt: skip
def test_words_to_degrees(text: str, degrees: float | None) -> None:
    """English, Spanish, German and Chinese, with the points between; destinations are no compass words."""
    assert bearing_of_words(text) == degrees
