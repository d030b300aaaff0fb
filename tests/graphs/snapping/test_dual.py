"""Dual carriageways: the right side when a heading is given, a question rather than a guess when none is."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.network import RoadNetwork
from graphs.region import Region
from graphs.snap import Snapper
from graphs.snapping.query import LocationQuery
from tests.graphs.carriageways import dual_locations, is_on
from tests.graphs.jinan import load_jinan, needs_jinan


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
