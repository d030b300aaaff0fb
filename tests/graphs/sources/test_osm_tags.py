"""Tags of OSM ways and nodes, whoever drives."""

from __future__ import annotations

from collections import Counter

import pytest

from graphs.controls import CONTROLS
from graphs.sources.cells import BACKWARD, BOTH, FORWARD
from graphs.sources.osm_tags import (
    barrier_tags,
    conditional_tags,
    control_of,
    direction,
    road_class_of,
    tag_set,
    works_on,
)


@pytest.mark.parametrize(
    ("tags", "road_class", "expected"),
    [
        ({}, "primary", BOTH),
        ({"oneway": "yes"}, "primary", FORWARD),
        ({"oneway": "-1"}, "primary", BACKWARD),
        ({}, "motorway", FORWARD),
        ({"oneway": "no"}, "motorway", BOTH),
        ({}, "motorway_link", BOTH),
        ({"junction": "roundabout"}, "tertiary", FORWARD),
        ({"junction": "circular"}, "tertiary", FORWARD),
        ({"junction": "roundabout", "oneway": "no"}, "tertiary", BOTH),
        ({"oneway": "no", "oneway:motor_vehicle": "yes"}, "tertiary", FORWARD),
        ({"oneway": "reversible"}, "primary", None),
        ({"oneway": "alternating"}, "primary", None),
        ({"oneway": " Yes "}, "primary", FORWARD),
        ({"oneway": "on"}, "primary", FORWARD),
        ({"oneway": "-1 "}, "primary", BACKWARD),
        ({"oneway": "reverse"}, "primary", BACKWARD),
        ({"oneway": "0"}, "motorway", BOTH),
        ({"oneway": "False"}, "motorway", BOTH),
        ({"oneway:vehicle": "yes"}, "primary", FORWARD),
        ({"oneway:motorcar": "yes", "oneway": "no"}, "primary", FORWARD),
        ({"oneway:motorcar": "no", "oneway": "yes"}, "primary", FORWARD),
        ({"oneway": "foo"}, "primary", BOTH),
        ({"oneway": "foo"}, "motorway", FORWARD),
    ],
)
def test_one_ways_are_stated_or_implied(tags: dict[str, str], road_class: str, expected: int | None) -> None:
    """Motorways and roundabouts are one-way unless they say otherwise; lanes that change direction are closed."""
    assert direction(tags.get, road_class) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "primary"}, ("primary", "highway=primary")),
        ({"highway": "motorway_junction"}, ("motorway_link", "highway=motorway_junction")),
        ({"highway": "footway"}, (None, "highway=footway")),
        ({"highway": "service", "area": "yes"}, (None, "area=yes")),
        ({"route": "ferry", "motor_vehicle": "yes"}, ("ferry", "route=ferry")),
        ({"route": "ferry", "hgv": "yes"}, ("ferry", "route=ferry")),
        ({"route": "ferry", "motorcar": "no", "motor_vehicle": "yes"}, ("ferry", "route=ferry")),
        ({"route": "ferry", "motor_vehicle": "No"}, (None, "route=ferry without cars")),
        ({"route": "ferry"}, (None, "route=ferry without cars")),
        ({"route": "bicycle"}, (None, "")),
    ],
)
def test_roads_are_highways_and_ferries_that_take_cars(tags: dict[str, str], expected: tuple[str | None, str]) -> None:
    """Drivable classes and their aliases; a ferry must say that it takes motor vehicles."""
    assert road_class_of(tags.get) == expected


def test_one_ways_that_say_nothing_are_counted() -> None:
    """An unknown value is counted and the road is as if it said nothing; so is a freedom of cars alone."""
    ignored: Counter[str] = Counter()
    for tags in ({"oneway": "foo"}, {"oneway": "Foo "}, {"oneway": "yes", "oneway:motorcar": "no"}, {"oneway": "on"}):
        direction(tags.get, "primary", ignored)
    assert ignored == {"oneway=foo": 2, "oneway:motorcar=no": 1}


def test_works_on_open_roads_are_told() -> None:
    """A drivable road that is under construction or impassable stays open and is told; small works are not."""
    assert works_on({"highway": "primary", "construction": "primary"}) == [
        "highway=primary with construction=primary kept open"
    ]
    assert works_on({"highway": "track", "impassable": "yes"}) == ["highway=track with impassable=yes kept open"]
    assert works_on({"highway": "primary", "construction": "minor", "impassable": "no"}) == []


def test_only_tags_that_matter_make_a_tag_set() -> None:
    """Names and colours do not multiply tag sets; access, limits and surface do; conditions are told apart."""
    tags = {"name": "x", "maxweight": "3.5", "surface": "sett", "motor_vehicle:backward": "no", "lit": "yes"}
    assert tag_set(tags) == (("maxweight", "3.5"), ("motor_vehicle:backward", "no"), ("surface", "sett"))
    odd = {
        "access:conditional": "no @ (22:00-06:00)",
        "opening_hours:conditional": "x",
        "maxspeed:hgv:conditional": "y",
    }
    assert conditional_tags(odd) == ["access:conditional", "maxspeed:hgv:conditional"]


@pytest.mark.parametrize(
    ("tags", "kind", "facing"),
    [
        ({"highway": "traffic_signals"}, "traffic_signals", BOTH),
        ({"highway": "traffic_signals", "traffic_signals:direction": "forward"}, "traffic_signals", FORWARD),
        ({"highway": "crossing", "crossing": "traffic_signals"}, "crossing_signals", BOTH),
        ({"highway": "crossing", "crossing": "zebra"}, "crossing", BOTH),
        ({"highway": "stop", "direction": "backward"}, "stop", BACKWARD),
        ({"railway": "level_crossing"}, "level_crossing", BOTH),
        ({"barrier": "toll_booth"}, "toll_booth", BOTH),
        ({"barrier": "lift_gate"}, "gate", BOTH),
        ({"highway": "bus_stop"}, "", BOTH),
    ],
)
def test_controls_of_nodes(tags: dict[str, str], kind: str, facing: int) -> None:
    """Signals, signs, crossings and gates, and which direction of the way they are for."""
    assert control_of(tags) == (CONTROLS.index(kind), facing)


def test_barriers_keep_the_tags_that_decide() -> None:
    """An open gate is nothing; a bollard or a private gate is remembered with its access tags."""
    assert barrier_tags({"barrier": "gate", "material": "wood"}) == ()
    assert barrier_tags({"highway": "crossing"}) == ()
    assert barrier_tags({"barrier": "bollard"}) == (("barrier", "bollard"),)
    assert barrier_tags({"barrier": "gate", "access": "private"}) == (("access", "private"), ("barrier", "gate"))
