"""Access tags, barriers and limits, by vehicle."""

from __future__ import annotations

from collections import Counter

import pytest

from graphs.access import CLOSED, ENDS_ONLY, OPEN, barrier_access, way_access
from graphs.vehicle import load_vehicle

CAR, WRECKER = load_vehicle("car"), load_vehicle("heavy-wrecker")


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ({}, OPEN),
        ({"access": "private"}, ENDS_ONLY),
        ({"access": "no"}, CLOSED),
        ({"access": " No "}, CLOSED),
        ({"motor_vehicle": "Destination"}, ENDS_ONLY),
        ({"motor_vehicle": "no"}, CLOSED),
        ({"access": "no", "motor_vehicle": "yes"}, OPEN),
        ({"access": "private", "motorcar": "permissive"}, OPEN),
        ({"vehicle": "no", "access": "yes"}, CLOSED),
        ({"access": "destination"}, ENDS_ONLY),
        ({"motor_vehicle": "delivery"}, ENDS_ONLY),
        ({"access": "customers"}, ENDS_ONLY),
        ({"motor_vehicle": "agricultural;forestry"}, CLOSED),
        ({"motor_vehicle": "agricultural; destination"}, ENDS_ONLY),
        ({"hgv": "no"}, OPEN),
        ({"service": "emergency_access"}, CLOSED),
        ({"service": "emergency_access", "access": "yes"}, OPEN),
    ],
)
def test_the_most_specific_access_tag_decides(tags: dict[str, str], level: int) -> None:
    """For a car: a closed way names its tag, private and destination roads are for the ends of a trip."""
    found, reason = way_access(tags, CAR, forward=True)
    assert found == level
    assert bool(reason) == (level != OPEN) or found == OPEN


def test_a_lorry_heeds_its_own_signs() -> None:
    """hgv is more specific than motor_vehicle for a wrecker, and means nothing to a car."""
    assert way_access({"hgv": "no"}, WRECKER, forward=True) == (CLOSED, "hgv=no")
    assert way_access({"motor_vehicle": "no", "hgv": "destination"}, WRECKER, forward=True)[0] == ENDS_ONLY
    assert way_access({"motorcar": "no"}, WRECKER, forward=True)[0] == OPEN


def test_a_direction_may_have_its_own_access() -> None:
    """vehicle:backward closes one direction only."""
    tags = {"vehicle:backward": "no", "access": "yes"}
    assert way_access(tags, CAR, forward=True)[0] == OPEN
    assert way_access(tags, CAR, forward=False) == (CLOSED, "vehicle:backward=no")


@pytest.mark.parametrize(
    ("tags", "car", "wrecker"),
    [
        ({"maxheight": "2.1"}, OPEN, CLOSED),
        ({"maxheight": "1.7 m"}, CLOSED, CLOSED),
        ({"maxheight": "13'6\""}, OPEN, OPEN),
        ({"maxheight": "10'"}, OPEN, CLOSED),
        ({"maxheight": "default"}, OPEN, OPEN),
        ({"maxheight:physical": "3.2"}, OPEN, CLOSED),
        ({"maxweight": "7.5"}, OPEN, CLOSED),
        ({"maxweight": "1500 kg"}, CLOSED, CLOSED),
        ({"maxweight:hgv": "7.5"}, OPEN, CLOSED),
        ({"maxwidth": "2"}, OPEN, CLOSED),
        ({"maxlength": "10"}, OPEN, CLOSED),
        ({"maxaxleload": "8 t"}, OPEN, CLOSED),
    ],
)
def test_limits_close_a_way_to_what_does_not_fit(tags: dict[str, str], car: int, wrecker: int) -> None:
    """Heights, widths, lengths and weights in all units, against the vehicle's own."""
    assert way_access(tags, CAR, forward=True)[0] == car
    assert way_access(tags, WRECKER, forward=True)[0] == wrecker


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        ({"barrier": "gate"}, OPEN),
        ({"barrier": "gate", "access": "private"}, ENDS_ONLY),
        ({"barrier": "gate", "access": "no"}, CLOSED),
        ({"barrier": "bollard"}, CLOSED),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, OPEN),
        ({"barrier": "bollard", "bicycle": "yes"}, CLOSED),
        ({"barrier": "height_restrictor", "maxheight": "1.5"}, CLOSED),
        ({"barrier": "garage door"}, CLOSED),
    ],
)
def test_barriers(tags: dict[str, str], level: int) -> None:
    """Bollards and unknown barriers stop cars; gates do as their tags say."""
    assert barrier_access(tags, CAR)[0] == level


def test_what_is_not_understood_is_counted_and_keeps_nobody_out() -> None:
    """Odd values leave the road open and are named."""
    unread: Counter[str] = Counter()
    assert way_access({"access": "perhaps", "maxheight": "low"}, CAR, forward=True, unread=unread)[0] == OPEN
    assert unread == {"access=perhaps": 1, "maxheight=low": 1}
