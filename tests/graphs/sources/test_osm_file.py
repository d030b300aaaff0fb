"""OpenStreetMap files: splitting, directions, damage, and real extracts."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from graphs.assemble import assemble
from graphs.errors import CorruptFileError, EmptyInputError, FileMissingError, NetworkError, OsmIdError
from graphs.raw import RawNetwork
from graphs.sources.osm_file import read_osm
from graphs.speeds import load_profile
from graphs.vehicle import load_vehicle
from tests.graphs.sources.osm_xml import osm_xml, write_osm, write_pbf
from tests.graphs.towns import DATA

#: A cross of two streets (nodes 1-2-3 and 4-2-5), a roundabout 3-6-7, an inner bend 8 on the way 5 to 1.
PLACES = {
    1: (8.000, 49.000), 2: (8.010, 49.000), 3: (8.020, 49.000), 4: (8.010, 49.010), 5: (8.010, 48.990),
    6: (8.022, 49.001), 7: (8.022, 48.999), 8: (8.000, 48.990),
}  # fmt: skip
WAYS = [
    (10, [1, 2, 3], {"highway": "primary", "name": "Straße", "ref": "B 1", "maxspeed": "50"}),
    (11, [4, 2, 5], {"highway": "residential", "oneway": "-1"}),
    (12, [3, 6, 7, 3], {"highway": "tertiary", "junction": "roundabout", "maxspeed": "walk"}),
    (13, [5, 8, 1], {"highway": "service"}),
    (14, [1, 4], {"highway": "unclassified", "maxspeed": "30 mph"}),
    (15, [1, 5], {"highway": "footway"}),
    (16, [2, 8], {"highway": "service", "access": "private"}),
    (17, [2, 7], {"building": "yes"}),
]


def arcs(raw: RawNetwork) -> set[tuple[int, int, int]]:
    """(tail, head, way) by OSM ids."""
    ends = raw.node_id[raw.arc_tail].tolist(), raw.node_id[raw.arc_head].tolist()
    return set(zip(*ends, raw.arc_way.tolist(), strict=True))


def test_ways_are_split_at_junctions_and_driven_as_tagged(tmp_path: Path) -> None:
    """Inner nodes become shape, crossings become nodes; -1, roundabouts and two-way streets give the right arcs."""
    raw = read_osm(write_osm(tmp_path / "cross.osm", PLACES, WAYS))
    assert arcs(raw) == {
        (1, 2, 10), (2, 1, 10), (2, 3, 10), (3, 2, 10),
        (5, 2, 11), (2, 4, 11),
        (3, 3, 12),
        (1, 4, 14), (4, 1, 14),
        (2, 8, 16), (8, 2, 16), (5, 8, 13), (8, 5, 13), (8, 1, 13), (1, 8, 13),
    }  # fmt: skip
    assert raw.info.skipped == {"highway=footway": 1}
    assert raw.info.source == "cross.osm"
    assert set(raw.strings) == {"", "Straße", "B 1"}
    network, report = assemble(raw, load_profile())
    assert report.parts == 1
    assert (report.zones, report.zone_arcs) == (1, 2)  # the private road from 2 to 8
    speeds = {network.arc_way[i]: network.arc_speed_kph[i] for i in range(network.arc_count)}
    assert speeds[10] == 50
    assert speeds[12] == 7
    assert speeds[14] == pytest.approx(48.28, abs=0.01)
    ring = int(np.flatnonzero(network.arc_way == 12)[0])
    assert network.shape(ring).tolist() == [list(PLACES[i]) for i in (3, 6, 7, 3)]


def test_every_format_gives_the_same_network(tmp_path: Path) -> None:
    """.osm, .osm.gz and .osm.pbf of one content give equal arcs and shapes."""
    plain = read_osm(write_osm(tmp_path / "a.osm", PLACES, WAYS))
    zipped = tmp_path / "a.osm.gz"
    zipped.write_bytes(gzip.compress(osm_xml(PLACES, WAYS).encode()))
    for other in (read_osm(zipped), read_osm(write_pbf(tmp_path / "a.osm.pbf", PLACES, WAYS))):
        assert arcs(other) == arcs(plain)
        assert np.array_equal(other.shape_lonlat, plain.shape_lonlat)


def test_a_way_that_leaves_the_extract_is_cut_there(tmp_path: Path) -> None:
    """Nodes without a location are left out, the pieces on both sides stay."""
    ways = [(20, [1, 2, 99, 3, 6], {"highway": "primary"}), (21, [1, 99], {"highway": "primary"})]
    raw = read_osm(write_osm(tmp_path / "cut.osm", PLACES, ways))
    assert arcs(raw) == {(1, 2, 20), (2, 1, 20), (3, 6, 20), (6, 3, 20)}
    assert raw.info.skipped == {"cut at the extract's edge": 2}


def test_odd_ways_do_no_harm(tmp_path: Path) -> None:
    """A node that follows itself, a way of one node, and a way that comes back over itself: a loop."""
    ways = [
        (30, [1, 1, 2], {"highway": "primary"}),
        (31, [3], {"highway": "primary"}),
        (32, [2, 4, 5, 4, 1], {"highway": "primary"}),
    ]
    raw = read_osm(write_osm(tmp_path / "odd.osm", PLACES, ways))
    assert {(a, b) for a, b, _ in arcs(raw) if a <= b} == {(1, 2), (2, 4), (4, 4), (1, 4)}


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    """Missing, empty, foreign, cut and roadless files each give their own error."""
    whole = write_pbf(tmp_path / "whole.osm.pbf", {i: (8 + i * 1e-4, 49.0) for i in range(1, 20_000)}, WAYS)
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    foreign = tmp_path / "foreign.osm.pbf"
    foreign.write_bytes(b"hello world" * 100)
    broken = tmp_path / "broken.osm"
    broken.write_text(osm_xml(PLACES, WAYS)[:-200])
    (tmp_path / "empty.osm.pbf").touch()
    roadless = write_osm(tmp_path / "roadless.osm", PLACES, [WAYS[5], WAYS[7]])
    with pytest.raises(FileMissingError):
        read_osm(tmp_path / "absent.osm.pbf")
    with pytest.raises(EmptyInputError):
        read_osm(tmp_path / "empty.osm.pbf")
    for path in (cut, foreign, broken):
        with pytest.raises(CorruptFileError, match=path.name):
            read_osm(path)
    with pytest.raises(NetworkError, match="no way that a car may use"):
        read_osm(roadless)


def test_progress_ends_with_the_number_of_ways(tmp_path: Path) -> None:
    """The last report of progress says that all ways are read."""
    told: list[tuple[str, int, int]] = []
    read_osm(write_osm(tmp_path / "a.osm", PLACES, WAYS), progress=lambda *step: told.append(step))
    assert told[-1] == ("read", 7, 7)


@pytest.mark.parametrize(
    ("name", "nodes", "km", "tagged"),
    [
        ("heidelberg-2024.osm.pbf", 12_557, 2_158, 13_034),
        ("andorra-2013.osm.pbf", 1_713, 777, 555),
        ("liechtenstein-2015.osm.pbf", 3_414, 793, 1_413),
        ("north-bayreuth.osm.gz", 1_112, 384, 632),
    ],
)
def test_real_extracts_come_in_whole(name: str, nodes: int, km: float, tagged: int) -> None:
    """Whole small countries: expected size, every shape joins its nodes, lengths match shapes, twins mirror."""
    if not (DATA / name).exists():
        pytest.skip(f"{name} is not beside the repository")
    network, report = assemble(read_osm(DATA / name), load_profile())
    assert (network.node_count, round(report.km_kept), report.speeds_from_tags) == (nodes, km, tagged)
    assert report.nodes_kept > 0.85 * report.nodes_read
    for arc in range(0, network.arc_count, 29):
        shape, tail, head = network.shape(arc), network.arc_tail[arc], network.arc_head[arc]
        assert shape[0] == pytest.approx([network.node_lon[tail], network.node_lat[tail]], abs=1e-6)
        assert shape[-1] == pytest.approx([network.node_lon[head], network.node_lat[head]], abs=1e-6)
    two_way = np.flatnonzero(network.arc_twin >= 0)
    assert (network.arc_twin[network.arc_twin[two_way]] == two_way).all()
    assert (network.arc_head[network.arc_twin[two_way]] == network.arc_tail[two_way]).all()


def test_ferries_take_the_time_they_state(tmp_path: Path) -> None:
    """A ferry for cars is a road of its own class; its duration gives its speed, without one the profile does."""
    ways = [
        *WAYS[:3],
        (40, [4, 1], {"route": "ferry", "motor_vehicle": "yes", "duration": "00:30"}),
        (41, [1, 5], {"route": "ferry", "motorcar": "yes"}),
        (42, [4, 7], {"route": "ferry", "foot": "yes"}),
    ]
    network, _ = assemble(read_osm(write_osm(tmp_path / "ferry.osm", PLACES, ways)), load_profile())
    timed, untimed = network.arc_way == 40, network.arc_way == 41
    assert network.free_flow_ms[timed].tolist() == pytest.approx([1_800_000] * 2, rel=1e-5)
    assert set(network.arc_speed_kph[untimed].tolist()) == {load_profile().kph["ferry"]}
    assert 42 not in network.arc_way


def test_reversible_roads_are_closed_and_counted(tmp_path: Path) -> None:
    """Which way a reversible road is open is not known, so nobody is sent there."""
    ways = [*WAYS[:5], (50, [4, 5], {"highway": "primary", "oneway": "reversible"})]
    raw = read_osm(write_osm(tmp_path / "reversible.osm", PLACES, ways))
    assert raw.info.skipped == {"oneway=reversible": 1}


def test_a_file_whose_roads_are_all_closed_says_to_whom(tmp_path: Path) -> None:
    """Roads that exist but not for this vehicle give their own error."""
    ways = [(1, [1, 2, 3], {"highway": "residential", "motor_vehicle": "no"})]
    raw = read_osm(write_osm(tmp_path / "closed.osm", PLACES, ways))
    with pytest.raises(NetworkError, match="open to the vehicle 'car'"):
        assemble(raw, load_profile())


def test_what_changes_with_the_hour_is_counted(tmp_path: Path) -> None:
    """Conditional tags are not heeded; the report says how many there were."""
    ways = [*WAYS[:4], (51, [1, 4], {"highway": "residential", "access:conditional": "no @ (22:00-06:00)"})]
    _, report = assemble(read_osm(write_osm(tmp_path / "hours.osm", PLACES, ways)), load_profile())
    assert report.ignored == {"access:conditional": 1}
    assert any("access:conditional 1" in line for line in report.lines())


@pytest.mark.parametrize(("number", "words"), [(-3, "ids below 0"), (2**62, "ids beyond")])
@pytest.mark.parametrize("kind", ["node", "way"])
def test_ids_that_no_table_holds_say_what_to_do(tmp_path: Path, kind: str, number: int, words: str) -> None:
    """Drafts of an editor and enormous ids give their own error, which names the first one."""
    node, way = (number, 10) if kind == "node" else (3, number)
    places = {1: (8.0, 49.0), 2: (8.01, 49.0), node: (8.02, 49.0)}
    path = write_osm(tmp_path / "draft.osm", places, [(way, [1, 2, node], {"highway": "primary"})])
    with pytest.raises(OsmIdError, match=f"{kind} {number}: {words}"):
        read_osm(path)


def test_a_draft_beside_the_roads_does_no_harm(tmp_path: Path) -> None:
    """Ids that no road uses may be any."""
    node_tags = {-1: {"barrier": "gate"}, 2**62: {"highway": "crossing"}}
    places = {-1: (8.0, 49.0), **PLACES, 2**62: (8.0, 49.0)}
    raw = read_osm(write_osm(tmp_path / "draft.osm", places, WAYS, node_tags))
    assert raw.node_id.min() == 1


def test_a_ferry_for_lorries_is_none_for_cars(tmp_path: Path) -> None:
    """A ferry that names lorries alone carries them alone; a duration that nobody understands is counted."""
    ways = [*WAYS[:5], (40, [4, 1], {"route": "ferry", "hgv": "yes", "duration": "a while"})]
    raw = read_osm(write_osm(tmp_path / "ferry.osm", PLACES, ways))
    assert raw.info.ignored == {"duration=a while": 1}
    car, told = assemble(raw, load_profile())
    lorry, _ = assemble(raw, load_profile(), vehicle=load_vehicle("flat-bed"))
    assert (40 in car.arc_way, 40 in lorry.arc_way) == (False, True)
    assert told.closed_arcs == {"route=ferry without motorcar": 2}


def test_restrictions_that_are_for_nobody_here_are_counted(tmp_path: Path) -> None:
    """Restrictions of buses, at some hours only, or of no kind at all are told apart; other relations are not."""
    turn = [("way", 10, "from"), ("node", 2, "via"), ("way", 11, "to")]
    relations = [
        (turn, {"type": "restriction", "restriction:bus": "no_left_turn"}),
        (turn, {"type": "restriction", "restriction:hgv:conditional": "no_left_turn @ (Mo-Fr)"}),
        (turn, {"type": "restriction"}),
        (turn, {"type": "restriction", "except": "bicycle"}),
        (turn, {"type": "route", "route": "bus"}),
    ]
    raw = read_osm(write_osm(tmp_path / "turns.osm", PLACES, WAYS, relations=relations))
    assert raw.info.ignored == {
        "restriction: for other vehicles": 1,
        "restriction: conditional": 1,
        "restriction: says none": 2,
    }
    assert raw.tags is not None
    assert raw.tags.restrictions == ()


def test_a_way_given_twice_is_one_road(tmp_path: Path) -> None:
    """Extracts put together hold the ways and restrictions along their border twice: each counts once, and is told."""
    turn = (
        [("way", 10, "from"), ("node", 2, "via"), ("way", 11, "to")],
        {"type": "restriction", "restriction": "no_u_turn"},
    )
    once = read_osm(write_osm(tmp_path / "once.osm", PLACES, WAYS, relations=[turn]))
    twice = osm_xml(PLACES, [*WAYS, WAYS[0], WAYS[3]], relations=[turn, turn]).replace(
        '<relation id="2"', '<relation id="1"'
    )
    (tmp_path / "twice.osm").write_text(twice)
    raw = read_osm(tmp_path / "twice.osm")
    assert raw.arc_count == once.arc_count
    assert raw.info.skipped == {**once.info.skipped, "way given twice": 2}
    assert raw.tags is not None
    assert len(raw.tags.restrictions) == 1


@pytest.mark.parametrize("versions", [(2, 1), (1, 2)])
def test_of_two_versions_of_a_way_the_newer_counts(tmp_path: Path, versions: tuple[int, int]) -> None:
    """Whichever comes first in the file."""
    text = osm_xml(PLACES, [*WAYS[:5], WAYS[0]])
    first, second = (f'<way id="10" version="{version}">' for version in versions)
    head, middle, tail = text.split('<way id="10" version="1">')
    newer = 0 if versions[0] > versions[1] else 1
    parts = [middle, tail]
    parts[newer] = parts[newer].replace('v="50"', 'v="70"', 1)
    (tmp_path / "twice.osm").write_text(f"{head}{first}{parts[0]}{second}{parts[1]}")
    raw = read_osm(tmp_path / "twice.osm")
    assert raw.info.skipped["way given twice"] == 1
    network, _ = assemble(raw, load_profile())
    assert set(network.arc_speed_kph[network.arc_way == 10].tolist()) == {70.0}
