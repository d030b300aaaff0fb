"""Generated incidents."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from engine.generate import generate_incidents
from engine.generate.curves import ROADSIDE, SHAPE, minutes_ago, service_mix
from engine.model import Service
from graphs.bundled import load_coquimbo_population
from graphs.classes import CLASS_INDEX
from graphs.region import Region

NOW = datetime.fromisoformat("2026-03-03T18:30:00-03:00")


def test_incidents_are_recent_unique_and_in_order_of_call(coquimbo: Region) -> None:
    """Received within the window, ordered, with unique ids; the same for the same seed."""
    demand = load_coquimbo_population()
    first, again = (generate_incidents(coquimbo, demand, seed=7, count=200, now=NOW) for _ in range(2))
    assert first == again
    assert len({incident.id for incident in first}) == 200
    received = [incident.received_at for incident in first]
    assert received == sorted(received)
    assert NOW - timedelta(minutes=10) <= received[0] <= received[-1] <= NOW


def test_a_share_stands_on_motorways_and_all_on_roads(coquimbo: Region) -> None:
    """About the share asked for is on motorways, none is off the road."""
    found = generate_incidents(coquimbo, None, seed=1, count=400, now=NOW, highway_share=0.3)
    snapped = coquimbo.snapper.snap_each([i.location.lon for i in found], [i.location.lat for i in found])
    assert not snapped.errors
    assert snapped.positions.distance_m.max() < 2.0
    motorway = np.isin(
        coquimbo.network.arc_class[snapped.positions.arc], [CLASS_INDEX["motorway"], CLASS_INDEX["motorway_link"]]
    )
    assert motorway.mean() == pytest.approx(0.3, abs=0.08)


def test_services_follow_the_hour_and_the_choice(coquimbo: Region) -> None:
    """Designated drivers are asked for at night; a choice of services is kept to."""
    night = NOW.replace(hour=23)
    drivers = [
        sum(
            i.service is Service.DESIGNATED_DRIVER
            for i in generate_incidents(coquimbo, None, seed=1, count=500, now=at)
        )
        for at in (NOW.replace(hour=9), night)
    ]
    assert drivers[0] < drivers[1] / 5
    towing = generate_incidents(coquimbo, None, seed=1, count=50, now=NOW, services=(Service.TOWING,))
    assert {incident.service for incident in towing} == {Service.TOWING}
    assert any(incident.requires for incident in towing)


def test_the_curves_are_shares() -> None:
    """Every curve sums to one, the mix of every hour too, and roadside help peaks in the afternoon."""
    for curve in SHAPE.values():
        assert curve.shape == (24,)
        assert curve.sum() == pytest.approx(1.0)
    for hour in range(24):
        assert service_mix(hour).sum() == pytest.approx(1.0)
    assert int(ROADSIDE.argmax()) == 17
    ages = minutes_ago(0.2, 1000, 30.0, np.random.default_rng(0))
    assert ages.min() >= 0
    assert ages.max() <= 30


def test_no_incidents_are_no_incidents(coquimbo: Region) -> None:
    """A count of zero gives an empty list."""
    assert generate_incidents(coquimbo, None, seed=1, count=0, now=NOW) == []
