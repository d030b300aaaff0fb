"""What is known of a location decides its arc: heading, road, side, accuracy, datum; bad values are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.datum import Datum, from_wgs84
from graphs.errors import LengthError
from graphs.network import SHAPE_SCALE, RoadNetwork
from graphs.posts.walking import place_at
from graphs.region import Region
from graphs.snap import Snapper
from graphs.snapping.located import RivalKind, RoadMatch
from graphs.snapping.query import LocationQuery, Side
from graphs.speeds import load_profile
from tests.graphs.towns import town


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return assemble(town(5), load_profile())[0]


def two_way(network: RoadNetwork) -> list[int]:
    """Arcs along their shapes that have a twin."""
    return np.flatnonzero((network.arc_twin >= 0) & (network.arc_shape >= 0)).tolist()


def test_heading_picks_the_arc_or_its_twin(network: RoadNetwork) -> None:
    """On every two-way street, 40 degrees off, with fractions that mirror each other."""
    snapper = Snapper(network)
    for arc in two_way(network):
        lon, lat = place_at(network, arc, 0.3)
        bearing = float(snapper.locate(LocationQuery([lon], [lat])).bearing[0])
        along = snapper.locate(
            LocationQuery([lon, lon], [lat, lat], heading=[(bearing + 40) % 360, (bearing + 220) % 360])
        )
        assert set(along.positions.arc.tolist()) == {arc, int(network.arc_twin[arc])}
        assert along.positions.fraction.sum() == pytest.approx(1.0)


def test_side_picks_the_arc_or_its_twin(network: RoadNetwork) -> None:
    """A car on the shoulder is on the right of its own direction; the answer says the side it lies on."""
    snapper = Snapper(network)
    arc = two_way(network)[3]
    lon, lat = place_at(network, arc, 0.4)
    query = {side: snapper.locate(LocationQuery([lon + 4e-5], [lat + 4e-5], side=side)) for side in Side}
    assert query[Side.RIGHT].positions.arc[0] == network.arc_twin[query[Side.LEFT].positions.arc[0]]
    assert query[Side.RIGHT].side_of(0) is Side.RIGHT
    assert query[Side.LEFT].side_of(0) is Side.LEFT


def test_without_hints_it_is_the_nearest_road(coquimbo: Region) -> None:
    """`locate` and `snap` agree on the distance."""
    rng = np.random.default_rng(3)
    node = rng.integers(0, coquimbo.network.node_count, 2000)
    lon = coquimbo.network.node_lon[node] + rng.normal(0, 3e-4, node.size)
    lat = coquimbo.network.node_lat[node] + rng.normal(0, 3e-4, node.size)
    located = coquimbo.snapper.locate(LocationQuery(lon, lat))
    nearest = coquimbo.snapper.snap(lon, lat)
    assert np.abs(located.positions.distance_m - nearest.distance_m).max() < 1e-6
    assert located.accepted.all()
    assert ((located.confidence > 0) & (located.confidence <= 1)).all()
    for i in range(0, 2000, 50):
        rivals = located.rivals(i)
        assert (np.diff(rivals.confidence) <= 1e-12).all()
        assert (rivals.confidence <= located.confidence[i] + 1e-12).all()
        assert located.confidence[i] + rivals.confidence.sum() <= 1.0 + 1e-9
        enough = np.where(rivals.kind == RivalKind.OPPOSITE_CARRIAGEWAY, 1.0 / 20.0, 1.0 / 5.0)
        assert (rivals.confidence >= located.confidence[i] * enough - 1e-12).any() == located.ambiguous[i]


def test_a_road_name_wins_over_a_nearer_road(network: RoadNetwork) -> None:
    """Whatever its case and spaces; the answer says how the arc fits the name."""
    arc, other = two_way(network)[2], two_way(network)[9]
    (a, b), (c, d) = place_at(network, arc, 0.5), place_at(network, other, 0.5)
    lon, lat = a + (c - a) * 0.1, b + (d - b) * 0.1
    name = network.strings[network.arc_name[arc]]
    snapper = Snapper(network)
    told = snapper.locate(LocationQuery([lon], [lat], road=f"  {name.upper().replace(' ', '')} ", accuracy_m=60.0))
    assert network.strings[network.arc_name[told.positions.arc[0]]] == name
    assert told.road_match[0] == RoadMatch.EXACT
    wrong = snapper.locate(LocationQuery([lon], [lat], road="G2"))
    assert wrong.road_match[0] == RoadMatch.OTHER
    assert wrong.confidence[0] < snapper.locate(LocationQuery([lon], [lat])).confidence[0]
    assert snapper.locate(LocationQuery([lon], [lat])).road_match[0] == RoadMatch.NOT_ASKED


def test_levels_count_where_the_network_has_them(network: RoadNetwork) -> None:
    """A network without levels ignores them."""
    lon, lat = place_at(network, 0, 0.5)
    plain, level = (Snapper(network).locate(LocationQuery([lon], [lat], level=level)) for level in (-128, 1))
    assert plain.positions.arc[0] == level.positions.arc[0]


def test_accuracy_decides_how_sure_it_is(network: RoadNetwork) -> None:
    """The same place is surer with a better fix, and ambiguous with a poor one."""
    lon, lat = place_at(network, two_way(network)[0], 0.5)
    found = Snapper(network).locate(LocationQuery([lon] * 3, [lat] * 3, accuracy_m=[3.0, 60.0, 300.0]))
    assert found.confidence[0] > found.confidence[1] > found.confidence[2]
    assert not found.ambiguous[0]
    assert found.ambiguous[2]


def test_a_datum_is_taken_off_first(network: RoadNetwork) -> None:
    """Mixed datums in one call; a town in Germany is not moved, Jinan would be by half a kilometre."""
    move = np.array([117.0 - 8.6, 36.6 - 49.4])
    shapes = network.shape_lonlat + np.rint(move * SHAPE_SCALE).astype(np.int32)
    china = replace(
        network, node_lon=network.node_lon + move[0], node_lat=network.node_lat + move[1], shape_lonlat=shapes
    )
    lon, lat = place_at(china, 4, 0.5)
    spots = [from_wgs84(lon, lat, datum) for datum in Datum]
    found = Snapper(china).locate(
        LocationQuery([float(s[0]) for s in spots], [float(s[1]) for s in spots], datum=list(Datum))
    )
    assert found.positions.distance_m.max() < 0.01
    assert not Snapper(china).locate(LocationQuery([spots[1][0]], [spots[1][1]])).positions.distance_m[0] < 50.0


def test_each_bad_value_has_its_error(network: RoadNetwork) -> None:
    """361, -5 and endless headings, odd tolerances and accuracies, NaN places; good rows are answered."""
    lon, lat = place_at(network, 0, 0.5)
    nan = np.nan
    query = LocationQuery(
        [lon] * 7 + [nan],
        [lat] * 8,
        heading=[nan, 361.0, -5.0, 360.0, 0.0, np.inf, 10.0, 10.0],
        heading_tolerance=[45.0] * 6 + [0.0, 45.0],
        accuracy_m=[10.0, 10.0, 10.0, 10.0, -1.0, 10.0, 10.0, 10.0],
    )
    found = Snapper(network).locate(query)
    reasons = {i: error.reason for i, error in found.errors.items()}
    assert reasons == {
        1: "INVALID_HEADING", 2: "INVALID_HEADING", 4: "INVALID_ACCURACY", 5: "INVALID_HEADING",
        6: "INVALID_HEADING", 7: "INVALID_COORDINATES",
    }  # fmt: skip
    assert found.accepted.tolist() == [True, False, False, True, False, False, False, False]
    assert "0 to 360" in found.errors[1].message
    assert (found.confidence[~found.accepted] == 0.0).all()
    with pytest.raises(LengthError):
        Snapper(network).locate(LocationQuery([lon] * 3, [lat] * 3, heading=[1.0, 2.0]))


def test_no_locations_and_far_locations(network: RoadNetwork) -> None:
    """An empty query has an empty answer; a far location an error with its distance."""
    assert len(Snapper(network).locate(LocationQuery([], []))) == 0
    found = Snapper(network).locate(LocationQuery([8.9], [49.4], road="Street 1", heading=10.0))
    assert found.errors[0].reason == "LOCATION_OUTSIDE_REGION"
    assert found.positions.arc[0] == -1


@pytest.mark.parametrize("off", [0.0, 3e-5, 3e-4])
def test_mere_places_are_where_the_plain_search_puts_them(coquimbo: Region, off: float) -> None:
    """At junctions, where several streets are as near, beside them and away from roads; alone or among others."""
    rng = np.random.default_rng(3)
    network, snapper = coquimbo.network, coquimbo.snapper
    node = rng.integers(0, network.node_count, 2000)
    lon, lat = (column[node] + off * rng.normal(0, 1, 2000) for column in (network.node_lon, network.node_lat))
    plain = snapper.snap_each(lon, lat, 500).positions
    heading = np.where(np.arange(2000) % 5 == 0, 90.0, np.nan)
    for query, rows in (
        (LocationQuery(lon, lat), np.arange(2000)),
        (LocationQuery(lon, lat, heading=heading), np.flatnonzero(np.isnan(heading))),
    ):
        located = snapper.locate(query, 500).positions
        assert (located.arc[rows] == plain.arc[rows]).all(), off
        np.testing.assert_allclose(located.fraction[rows], plain.fraction[rows], atol=1e-9)
