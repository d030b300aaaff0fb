"""Distances, the Mercator plane, impossible coordinates."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.errors import CoordinateError
from graphs.geodesy import (
    check_coordinates,
    distance_in_words,
    extent,
    from_mercator,
    great_circle_m,
    shape_lengths_m,
    to_mercator,
)


def test_a_degree_of_latitude_is_a_360th_of_the_circumference() -> None:
    """The great-circle distance of one degree along a meridian, and over the date line."""
    assert great_circle_m(5, 50, 5, 51) == pytest.approx(2 * np.pi * 6_371_008.8 / 360)
    assert great_circle_m(179.5, 0, -179.5, 0) == pytest.approx(2 * np.pi * 6_371_008.8 / 360)


def test_mercator_and_back_is_the_same_place() -> None:
    """The projection is undone to a hundredth of a millimetre."""
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-180, 180, 1000), rng.uniform(-85, 85, 1000)
    back_lon, back_lat = from_mercator(*to_mercator(lon, lat))
    assert np.abs(back_lon - lon).max() < 1e-10
    assert np.abs(back_lat - lat).max() < 1e-10


def test_shape_lengths_add_up_their_legs() -> None:
    """Lengths of several shapes in one array, including one of a single point."""
    lon, lat = np.array([0, 0, 0, 9, 1, 1.0]), np.array([0, 1, 3, 9, 0, 2.0])
    found = shape_lengths_m(np.array([0, 3, 4, 6]), lon, lat)
    degree = float(great_circle_m(0, 0, 0, 1))
    assert found == pytest.approx([3 * degree, 0, 2 * degree])


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        (np.nan, 1.0, "NaN"),
        (34.0, 120.0, "swapped"),
        (5e5, 4e6, "projected"),
        (200.0, 10.0, "-180..180"),
        (np.inf, 0.0, "projected"),
    ],
)
def test_impossible_places_say_what_is_wrong(lon: float, lat: float, words: str) -> None:
    """NaN, swapped, projected and out-of-range coordinates are told apart, with the row."""
    with pytest.raises(CoordinateError, match=words) as caught:
        check_coordinates(np.array([0.0, lon]), np.array([0.0, lat]), "Row")
    assert caught.value.metadata["index"] == "1"


def test_an_extent_across_the_antimeridian_is_small() -> None:
    """West is then greater than east; one place, and places all around the Earth, have an extent, too."""
    lat = np.array([-17.0, -16.0, -18.0])
    assert extent(np.array([179.9, -179.8, 178.0]), lat) == (178.0, -18.0, -179.8, -16.0)
    assert extent(np.array([-71.3, -71.2, -71.25]), lat) == (-71.3, -18.0, -71.2, -16.0)
    assert extent(np.array([-170.0, 0.0, 170.0]), lat) == (-170.0, -18.0, 170.0, -16.0)
    assert extent(np.array([5.0]), np.array([50.0])) == (5.0, 50.0, 5.0, 50.0)


def test_long_distances_are_kilometres() -> None:
    """From 10 km on; nobody reads 5,123,456 m."""
    assert [distance_in_words(m) for m in (12.3, 9_999.0, 10_000.0, 5_123_456.0)] == [
        "12 m",
        "9,999 m",
        "10.0 km",
        "5,123.5 km",
    ]
