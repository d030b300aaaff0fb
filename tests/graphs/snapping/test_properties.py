"""Whatever is asked, every location gets an answer that holds or an error of its own."""

from __future__ import annotations

from dataclasses import replace
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphs.assemble import assemble
from graphs.errors import (
    AccuracyError,
    CoordinateError,
    HeadingError,
    InputError,
    OutsideRegionError,
    UnknownDirectionError,
)
from graphs.geodesy import great_circle_m
from graphs.network import SHAPE_SCALE, Float64, RoadNetwork
from graphs.snap import Snapper
from graphs.snapping.query import LocationQuery, Side
from graphs.speeds import load_profile
from tests.graphs.towns import town

ODD = st.sampled_from([nan, inf, -inf, -0.0, 0.0, 90.0, -90.0, 180.0, -180.0, 360.0, 361.0, 1e308, -1e308, 5e-324])
NEAR_LON, NEAR_LAT = st.floats(8.598, 8.612), st.floats(49.398, 49.41)
ROW = st.fixed_dictionaries(
    {
        "lon": NEAR_LON | NEAR_LON | ODD | st.floats(),
        "lat": NEAR_LAT | NEAR_LAT | ODD | st.floats(),
        "heading": st.just(nan) | st.floats(0.0, 360.0) | ODD | st.floats(),
        "heading_tolerance": st.just(45.0) | st.floats(1e-9, 180.0) | ODD | st.floats(),
        "accuracy_m": st.just(nan) | st.floats(0.0, 600.0) | ODD | st.floats(),
        "level": st.just(nan) | st.integers(-12, 12).map(float) | ODD,
        "road": st.sampled_from(["", "Street 3", "street", "G2;", "  ", "\x00", "京沪高速", "Street 3 Street 4"]),
        "direction": st.sampled_from(["", "north", "SB", "往东", "somewhere", "上行"]),
        "side": st.sampled_from(list(Side)),
    }
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return assemble(town(5), load_profile())[0]


@pytest.fixture(scope="module")
def snapper(network: RoadNetwork) -> Snapper:
    return Snapper(network)


def query_of(rows: list[dict]) -> LocationQuery:
    return LocationQuery(**{key: [row[key] for row in rows] for key in rows[0]})


def expected(row: dict) -> tuple[type[InputError], ...]:
    """The errors a row may have, of what is wrong with it."""
    kinds: list[type[InputError]] = []
    if not (abs(row["lon"]) <= 180.0 and abs(row["lat"]) <= 90.0):
        kinds.append(CoordinateError)
    compass = isnan(row["heading"]) or 0.0 <= row["heading"] <= 360.0
    if not (compass and 0.0 < row["heading_tolerance"] <= 180.0):
        kinds.append(HeadingError)
    if not isnan(row["accuracy_m"]) and not 0.0 <= row["accuracy_m"] < inf:
        kinds.append(AccuracyError)
    if row["direction"] in ("somewhere", "上行"):
        kinds.append(UnknownDirectionError)
    if not isnan(row["level"]) and not (abs(row["level"]) <= 10.0 and row["level"] == int(row["level"])):
        kinds.append(InputError)
    return tuple(kinds)


@QUICK
@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_row_is_answered_or_refused_for_its_own_fault(snapper: Snapper, rows: list[dict]) -> None:
    """Refused exactly when something is wrong with it or no road is near; what is answered lies on its arc."""
    found = snapper.locate(query_of(rows))
    for i, row in enumerate(rows):
        faults = expected(row)
        error = found.errors.get(i)
        if faults:
            assert type(error) in faults
            assert error is not None
            assert error.metadata["index"] == str(i)
        elif error is not None:  # elsewhere; swapped ones are told so
            assert isinstance(error, OutsideRegionError | CoordinateError)
        assert found.accepted[i] == (error is None)
        if error is None:
            place = found.positions
            assert 0.0 <= place.fraction[i] <= 1.0
            assert 0.0 < found.confidence[i] <= 1.0
            assert place.distance_m[i] <= 500.0
            apart = great_circle_m(row["lon"], row["lat"], place.lon[i], place.lat[i])
            assert place.distance_m[i] == pytest.approx(float(apart), abs=1e-5)
            assert 0.0 <= found.bearing[i] < 360.0
        else:
            assert found.confidence[i] == 0.0
            assert isnan(found.bearing[i])
            assert len(found.rivals(i)) == 0


@QUICK
@given(st.lists(ROW, min_size=2, max_size=8))
def test_rows_do_not_mind_each_other(snapper: Snapper, rows: list[dict]) -> None:
    """Each row's answer is the one it gets alone."""
    found = snapper.locate(query_of(rows))
    for i, row in enumerate(rows):
        alone = snapper.locate(query_of([row]))
        assert alone.positions.arc[0] == found.positions.arc[i]
        assert alone.confidence[0] == found.confidence[i]
        assert alone.ambiguous[0] == found.ambiguous[i]
        assert alone.rivals(0).positions.arc.tolist() == found.rivals(i).positions.arc.tolist()
        assert {type(error) for error in alone.errors.values()} == {
            type(error) for at, error in found.errors.items() if at == i
        }


@QUICK
@given(ROW)
def test_one_value_for_all_is_that_value_for_each(snapper: Snapper, row: dict) -> None:
    """A scalar field and a list of it give the same answers and errors."""
    once = {key: value for key, value in row.items() if key not in ("lon", "lat")}
    lon, lat = [8.603, 8.607, row["lon"]], [49.403, 49.404, row["lat"]]
    listed = snapper.locate(LocationQuery(lon, lat, **{key: [value] * 3 for key, value in once.items()}))
    given_once = snapper.locate(LocationQuery(lon, lat, **once))
    assert np.array_equal(listed.positions.arc, given_once.positions.arc)
    assert np.array_equal(listed.confidence, given_once.confidence)
    assert {i: (e.reason, e.message) for i, e in listed.errors.items()} == {
        i: (e.reason, e.message) for i, e in given_once.errors.items()
    }


def wrapped(lon: Float64, move: float) -> Float64:
    return (lon + move + 180.0) % 360.0 - 180.0


@pytest.mark.parametrize("north", [0.0, 30.0, 39.0])
def test_across_the_antimeridian_nothing_changes(network: RoadNetwork, north: float) -> None:
    """The same town laid over longitude 180, up to 88 degrees north: the same arcs, headings and rivals."""
    move = 180.0 - round(float(network.node_lon.mean()), 7)
    points = network.shape_lonlat / SHAPE_SCALE + [0.0, north]
    here = replace(
        network, node_lat=network.node_lat + north, shape_lonlat=np.rint(points * SHAPE_SCALE).astype(np.int32)
    )
    moved = np.column_stack((wrapped(points[:, 0], move), points[:, 1]))
    there = replace(
        here,
        node_lon=wrapped(network.node_lon, move),
        shape_lonlat=np.rint(moved * SHAPE_SCALE).astype(np.int32),
    )
    rng = np.random.default_rng(seed := 6)
    at = rng.integers(0, points.shape[0], 300)
    lon = points[at, 0] + rng.normal(0, 1e-4, 300)
    lat = points[at, 1] + rng.normal(0, 1e-4, 300)
    heading = rng.uniform(0.0, 360.0, 300)
    one = Snapper(here).locate(LocationQuery(lon, lat, heading=heading))
    two = Snapper(there).locate(LocationQuery(wrapped(lon, move), lat, heading=heading))
    assert one.accepted.all(), seed
    assert (one.positions.arc == two.positions.arc).mean() > 0.98, seed  # places in the middle of a corner may differ
    same = one.positions.arc == two.positions.arc
    assert np.abs(one.positions.distance_m - two.positions.distance_m)[same].max() < 0.05, seed
    assert np.abs(one.confidence - two.confidence)[same].max() < 0.05, seed
    assert (np.abs(two.positions.lon) <= 180.0).all()


@pytest.mark.parametrize("lat", [89.5, -89.5, 90.0, -90.0])
def test_at_the_poles_there_is_no_answer_but_an_error(snapper: Snapper, lat: float) -> None:
    """With and without hints, however far one allows."""
    found = snapper.locate(LocationQuery([0.0, 8.6], [lat] * 2, heading=[0.0, nan], accuracy_m=500.0), 1e9)
    assert [found.errors[i].reason for i in range(2)] == ["LOCATION_OUTSIDE_REGION"] * 2
    assert "pole" in found.errors[0].message
    assert snapper.snap_each([0.0], [lat], 1e9).errors[0].reason == "LOCATION_OUTSIDE_REGION"
