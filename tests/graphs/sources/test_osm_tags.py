"""Tags of OSM ways."""

from __future__ import annotations

import pytest

from graphs.sources.cells import BACKWARD, BOTH, FORWARD
from graphs.sources.osm_tags import closed_by, direction


@pytest.mark.parametrize(
    ("tags", "closed"),
    [
        ({}, None),
        ({"access": "private"}, "access=private"),
        ({"access": "no"}, "access=no"),
        ({"motor_vehicle": "no"}, "motor_vehicle=no"),
        ({"access": "no", "motor_vehicle": "yes"}, None),
        ({"access": "private", "motorcar": "permissive"}, None),
        ({"vehicle": "no", "access": "yes"}, "vehicle=no"),
        ({"access": "destination"}, None),
        ({"motor_vehicle": "agricultural;forestry"}, "motor_vehicle=agricultural;forestry"),
        ({"motor_vehicle": "agricultural;destination"}, None),
        ({"area": "yes"}, "area=yes"),
    ],
)
def test_the_most_specific_access_tag_decides(tags: dict[str, str], closed: str | None) -> None:
    """A closed way names the tag that closes it; destination-only roads stay open."""
    assert closed_by(tags.get) == closed


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
        ({"junction": "roundabout", "oneway": "no"}, "tertiary", BOTH),
        ({"oneway": "reversible"}, "primary", BOTH),
    ],
)
def test_one_ways_are_stated_or_implied(tags: dict[str, str], road_class: str, expected: int) -> None:
    """Motorways and roundabouts are one-way unless they say otherwise."""
    assert direction(tags.get, road_class) == expected
