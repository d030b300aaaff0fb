"""Dual carriageways: the right side when a heading is given, a question rather than a guess when none is."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.carriageways import WORDS, load_osm, moved
from benchmarks.dual_places import dual_locations, is_on
from graphs.network import RoadNetwork
from graphs.region import Region
from graphs.snap import Snapper
from graphs.snapping.query import LocationQuery, Side
from tests.graphs.jinan import load_jinan, needs_jinan
from tests.graphs.towns import DATA


def check(network: RoadNetwork, seed: int, least: int) -> None:
    rng = np.random.default_rng(seed)
    places = dual_locations(network, rng)
    assert places.lon.size >= least
    heading = (places.bearing + rng.uniform(-45.0, 45.0, places.lon.size)) % 360.0
    snapper = Snapper(network)
    told = snapper.locate(LocationQuery(places.lon, places.lat, heading=heading))
    right = is_on(places, told.positions.arc, told.bearing)
    assert right.all(), (seed, np.flatnonzero(~right))
    guessed = snapper.locate(LocationQuery(places.lon, places.lat))
    wrong = ~is_on(places, guessed.positions.arc, guessed.bearing)
    assert not (wrong & ~guessed.ambiguous).any(), (seed, np.flatnonzero(wrong & ~guessed.ambiguous))
    asked = np.flatnonzero(guessed.ambiguous)
    offered = np.mean([guessed.rivals(i).opposite for i in asked])
    assert offered > 0.9, seed  # the others lie nearer to other roads


@needs_jinan
@pytest.mark.parametrize("seed", [1, 2])
def test_jinan_with_headings_up_to_45_degrees_off(seed: int) -> None:
    """21,000 places up to the middle of the median: none on the wrong side; without heading none wrong in silence."""
    check(load_jinan(), seed, 20_000)


@pytest.mark.parametrize("seed", [1, 2])
def test_coquimbo_with_headings_up_to_45_degrees_off(coquimbo: Region, seed: int) -> None:
    """The same along Ruta 5 and the avenues of La Serena."""
    check(coquimbo.network, seed, 3_000)


@pytest.mark.parametrize("side", [Side.ANY, Side.RIGHT])
def test_poor_fixes_are_asked_about(coquimbo: Region, side: Side) -> None:
    """With normal errors as stated, one in a hundred at most is silently on the wrong side, told the side or not."""
    network, seed = coquimbo.network, 3
    rng = np.random.default_rng(seed)
    places = dual_locations(network, rng, noise_m=6.0, inward_m=-1.0)  # 1 to 6 m to the right of the line
    for radius in (5.0, 10.0, 20.0):
        lon, lat = moved(places, rng, radius)
        found = coquimbo.snapper.locate(LocationQuery(lon, lat, accuracy_m=radius, side=side))
        silent = ~is_on(places, found.positions.arc, found.bearing) & ~found.ambiguous
        assert silent.mean() < 0.01, (seed, radius)
        heading = (places.bearing + rng.uniform(-45.0, 45.0, lon.size)) % 360.0
        told = coquimbo.snapper.locate(LocationQuery(lon, lat, accuracy_m=radius, side=side, heading=heading))
        assert not (told.positions.arc == places.opposite).any(), (seed, radius)


def test_a_side_makes_good_fixes_surer(coquimbo: Region) -> None:
    """On the right shoulder with a fix of 5 m, fewer need to be asked; a word for the direction settles most."""
    rng = np.random.default_rng(seed := 4)
    places = dual_locations(coquimbo.network, rng, noise_m=8.0, inward_m=-3.0)
    lon, lat = moved(places, rng, 5.0)
    plain, told = (
        coquimbo.snapper.locate(LocationQuery(lon, lat, accuracy_m=5.0, side=s)) for s in (Side.ANY, Side.RIGHT)
    )
    assert told.ambiguous.mean() < 0.75 * plain.ambiguous.mean(), seed
    words = WORDS[np.round(places.bearing / 90.0).astype(int) % 4].tolist()
    worded = coquimbo.snapper.locate(LocationQuery(lon, lat, accuracy_m=5.0, direction=words))
    assert not (worded.positions.arc == places.opposite).any(), seed
    assert worded.ambiguous.mean() < 0.5 * plain.ambiguous.mean(), seed


@pytest.mark.skipif(not (DATA / "andorra-2013.osm.pbf").exists(), reason="andorra-2013.osm.pbf is not there")
def test_andorra_with_headings_up_to_45_degrees_off() -> None:
    """A country the rules were not tuned on."""
    check(load_osm("andorra-2013.osm.pbf"), 5, 400)
