"""Kilometres as locations."""

from __future__ import annotations

import numpy as np
import pytest

from engine.kilometres import at_kilometre, bearing_at, kilometre
from engine.locating import locate
from graphs.errors import PostsMissingError, PostTextError
from graphs.posts import Posts, PostTable
from graphs.region import Region
from tests.graphs.posts.highway import carriageways, posts


@pytest.fixture(scope="module")
def kilometres(coquimbo: Region) -> Posts:
    table = PostTable.of(posts(coquimbo.network, *carriageways(coquimbo.network)))
    return Posts(coquimbo.network, coquimbo.snapper, table)


def test_snapping_finds_the_kilometre_again(coquimbo: Region, kilometres: Posts) -> None:
    """Every 130 m of both carriageways: the very arc and place, though only the location travels."""
    said = [f"Ruta 5 km {km:.3f} {way}" for way in ("northbound", "southbound") for km in np.arange(461.1, 474.0, 0.13)]
    wanted = [kilometres.locate(text).positions for text in said]
    located = locate(coquimbo.snapper, [at_kilometre(kilometres, text, "") for text in said], 500.0)
    assert not located.errors
    assert np.abs(located.positions.distance_m).max() < 0.1
    meant = np.array([int(one.arc[0]) for one in wanted])
    at_end = np.array([min(one.fraction[0], 1.0 - one.fraction[0]) < 1e-6 for one in wanted])  # the next arc is as good
    assert (located.positions.arc == meant)[~at_end].all()


def test_bearing_is_that_of_the_piece_of_road(coquimbo: Region) -> None:
    """Between the points of the arc's shape around the place."""
    network = coquimbo.network
    arc = int(np.argmax(np.diff(network.shape_offset)[np.abs(network.arc_shape)]))
    (lon_a, lat_a), (lon_b, lat_b) = network.shape(arc)[:2]
    east = (lon_b - lon_a) * np.cos(np.radians(lat_a))
    assert bearing_at(network, arc, 0.0) == pytest.approx(np.degrees(np.arctan2(east, lat_b - lat_a)) % 360, abs=0.5)


def test_what_is_no_kilometre(kilometres: Posts) -> None:
    """No posts, no road, no number, a text without end."""
    with pytest.raises(PostsMissingError, match="send lon and lat"):
        at_kilometre(None, "Ruta 5 km 470 norte", "send lon and lat")
    for road, km in (("", 4.0), ("-", 4.0), ("G2", float("nan")), ("G2", float("inf")), ("G2", -1.0), ("x" * 300, 4.0)):
        with pytest.raises(PostTextError):
            kilometre(road, km, "north")
    with pytest.raises(PostTextError):
        at_kilometre(kilometres, "Ruta 5 km 470 " + "norte " * 100, "")
