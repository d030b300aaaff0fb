"""Datums: an established implementation as oracle, round trips, the edges of China."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.datum import (
    Datum,
    bd_to_gcj,
    bd_to_wgs,
    from_wgs84,
    gcj_to_bd,
    gcj_to_wgs,
    in_china,
    to_wgs84,
    wgs_to_bd,
    wgs_to_gcj,
)
from graphs.errors import DatumError
from graphs.geodesy import great_circle_m
from graphs.network import Float64

prcoords = pytest.importorskip("prcoords")


def places(seed: int, count: int = 500) -> tuple[Float64, Float64]:
    """Longitudes and latitudes in China, away from the edge of the box."""
    rng = np.random.default_rng(seed)
    return rng.uniform(72.1, 137.8, count), rng.uniform(0.9, 55.8, count)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(wgs_to_gcj, prcoords.wgs_gcj), (gcj_to_bd, prcoords.gcj_bd), (wgs_to_bd, prcoords.wgs_bd)]
)
def test_the_shift_is_that_of_prcoords(ours, theirs) -> None:
    """Within a millimetre at 500 places."""
    seed = 1
    lon, lat = places(seed)
    got_lon, got_lat = ours(lon, lat)
    told = np.array([theirs(prcoords.Coords(b, a)) for a, b in zip(lon, lat, strict=True)])
    assert great_circle_m(got_lon, got_lat, told[:, 1], told[:, 0]).max() < 1e-3, seed


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_there_and_back_is_less_than_a_millimetre(datum: Datum) -> None:
    """Both ways round, also where China's outline is far away."""
    seed = 2
    lon, lat = places(seed, 5000)
    there = from_wgs84(lon, lat, datum)
    assert great_circle_m(*there, lon, lat).min() > 5.0, seed  # it does move them
    assert great_circle_m(*there, lon, lat).max() < 3000.0, seed
    assert great_circle_m(*to_wgs84(*there, datum), lon, lat).max() < 1e-3, seed
    again = from_wgs84(*to_wgs84(lon, lat, datum), datum)
    assert great_circle_m(*again, lon, lat).max() < 1e-3, seed


def test_each_step_back_undoes_its_step() -> None:
    """GCJ-02 to BD-09 and back alone."""
    lon, lat = places(3)
    assert great_circle_m(*bd_to_gcj(*gcj_to_bd(lon, lat)), lon, lat).max() < 1e-3
    assert great_circle_m(*bd_to_wgs(*wgs_to_bd(lon, lat)), lon, lat).max() < 1e-3


def test_outside_china_nothing_moves() -> None:
    """Chile, Heidelberg, the poles, the antimeridian and NaN are returned as they are."""
    lon, lat = np.array([-71.3, 8.7, 0.0, 180.0, -180.0, np.nan]), np.array([-29.9, 49.4, 90.0, 10.0, 35.0, 30.0])
    for datum in Datum:
        for convert in (to_wgs84, from_wgs84):
            got = convert(lon, lat, datum)
            np.testing.assert_array_equal(got[0], lon)
            np.testing.assert_array_equal(got[1], lat)


def test_at_the_edge_what_is_inside_comes_back() -> None:
    """A place just inside the box may be moved out of it, and is still found again."""
    lon = np.array([72.00401, 137.83469, 100.0, 100.0])
    lat = np.array([30.0, 40.0, 0.82931, 55.82709])
    assert in_china(lon, lat).all()
    assert great_circle_m(*gcj_to_wgs(*wgs_to_gcj(lon, lat)), lon, lat).max() < 1e-3


def test_a_published_value() -> None:
    """Tiananmen, as prcoords and the maps have it: 500 to 600 m east by north-east of its GPS place."""
    lon, lat = wgs_to_gcj(116.3912, 39.9073)
    assert great_circle_m(lon, lat, 116.3912, 39.9073) == pytest.approx(550.0, abs=60.0)
    assert lon > 116.3912
    assert lat > 39.9073


@pytest.mark.parametrize(
    ("text", "datum"),
    [("GCJ-02", Datum.GCJ02), ("wgs 84", Datum.WGS84), ("EPSG:4326", Datum.WGS84), ("BD09LL", Datum.BD09)],
)
def test_datums_by_name(text: str, datum: Datum) -> None:
    """In the usual spellings."""
    assert Datum.parse(text) is datum


def test_an_unknown_datum_is_refused() -> None:
    """With those there are."""
    with pytest.raises(DatumError, match=r"'ED50' is no datum Towline knows; give WGS-84, GCJ-02 or BD-09"):
        Datum.parse("ED50")
