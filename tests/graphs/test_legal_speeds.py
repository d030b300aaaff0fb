"""Speed limits from tags and the law of a country."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphs.region import Region, build_region
from graphs.sources.osm_file import read_osm
from graphs.vehicle import load_vehicle
from tests.graphs.sources.osm_xml import write_osm

PLACES = {i: (8.0 + 0.01 * i, 49.0 + 0.01 * (i % 2)) for i in range(1, 12)}


def built(folder: Path, *tags: dict[str, str], country: str | None = None, vehicle: str = "car") -> Region:
    """A ring of residential streets with way i + 1 tagged as given."""
    ways = [(i + 1, [i + 1, i + 2], {"highway": "residential", **own}) for i, own in enumerate(tags)]
    ways.append((99, [len(tags) + 1, 11, 1], {"highway": "residential"}))
    raw = read_osm(write_osm(folder / "x.osm", PLACES, ways))
    return build_region(raw, name="x", timezone="Asia/Shanghai", country=country, vehicle=load_vehicle(vehicle))


def speeds(region: Region) -> dict[int, float]:
    network = region.network
    return {int(way): float(kph) for way, kph in zip(network.arc_way, network.arc_speed_kph, strict=True)}


def test_tags_that_imply_a_limit_count_after_the_limit_itself(tmp_path: Path) -> None:
    """maxspeed, then its type, then zones; one of them that states nothing leaves the word to the next."""
    found = speeds(
        built(
            tmp_path,
            {"maxspeed": "60", "zone:maxspeed": "DE:30"},
            {"maxspeed:type": "DE:rural"},
            {"maxspeed": "signals", "source:maxspeed": "DE:urban"},
            {"zone:traffic": "DE:urban"},
            {"maxspeed": "50;40"},
            {"maxspeed": "20 mph"},
        )
    )
    assert [found[way] for way in range(1, 7)] == pytest.approx([60, 100, 50, 50, 40, 32.19], abs=0.01)


def test_nonsense_is_counted_and_the_class_speed_counts(tmp_path: Path) -> None:
    """Zero, negative, far too fast, words: every one is in the report."""
    odd = ["0", "-50", "10000", "fast", "50 @ wet"]
    region = built(tmp_path, *({"maxspeed": value} for value in odd))
    assert set(speeds(region).values()) == {30}
    assert region.metadata.report.unread_maxspeeds == dict.fromkeys(odd, 2)
    assert region.metadata.report.speeds_from_tags == 0


def test_a_country_states_limits_where_no_tag_does(tmp_path: Path) -> None:
    """An untagged Chinese motorway is driven at 120, a German one at the profile's speed; metadata names the law."""
    motorway = {"highway": "motorway", "oneway": "no"}
    china = built(tmp_path, motorway, {"maxspeed": "urban"}, country="CN")
    assert (speeds(china)[1], speeds(china)[2]) == (120, 50)
    assert china.metadata.country == "CN"
    assert speeds(built(tmp_path, motorway))[1] == 100
    assert speeds(built(tmp_path, motorway, {"maxspeed": "rural"}, country="CH"))[2] == 80


def test_lorries_have_their_own_limits(tmp_path: Path) -> None:
    """maxspeed:hgv and the vehicle's own top speed are for the wrecker only."""
    tags = ({"maxspeed": "100", "maxspeed:hgv": "60"}, {"maxspeed": "120"})
    assert speeds(built(tmp_path, *tags))[1] == 100
    wrecker = built(tmp_path, *tags, vehicle="heavy-wrecker")
    assert (speeds(wrecker)[1], speeds(wrecker)[2]) == (60, 80)
    assert wrecker.metadata.vehicle_name == "heavy-wrecker"
