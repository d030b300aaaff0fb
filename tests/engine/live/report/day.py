"""A day of incidents told by hand: most promises kept, others broken for every cause."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from engine.live.records import LegState
from engine.model import Location, Service
from tests.engine.live.report.told import LAT, LON, Told

PLACES = ((0.0, 0.0, "Ruta 5"), (0.03, -0.04, ""), (-0.05, -0.06, "Ruta 43"), (0.08, 0.02, "Ruta 41"))
PROVIDERS = ("own", "own", "north", "south", "valle")


def day(told: Told, count: int, seed: int = 1) -> None:
    """So many incidents."""
    rng = random.Random(seed)
    for n in range(count):
        _incident(told, f"i{n:05}", rng, 24 * 60 * n / count)


def _incident(told: Told, key: str, rng: random.Random, start: float) -> None:
    east, north, road = rng.choices(PLACES, (5, 3, 2, 1))[0]
    place = Location(LON + east + rng.gauss(0, 0.004), LAT + north + rng.gauss(0, 0.004), road=road)
    unit = f"{rng.choice(PROVIDERS)}-{rng.randrange(1, 9)}"
    busy = 2.0 if 17 <= (start / 60 + 8) % 24 < 21 else 1.0
    filed = start + rng.expovariate(1 / 1.5)
    if rng.random() < 0.015 * busy:
        filed += rng.uniform(8, 22)
    service = rng.choices(list(Service)[:3], (6, 4, 1))[0]
    told.file(key, start, filed, location=place, service=service)
    clock = filed
    if rng.random() < 0.02 * busy:
        told.leg(key, clock, "nobody_found")
        clock += rng.uniform(10, 40)
        if rng.random() < 0.3:
            told.close(key, clock + 15, "incident_cancelled")
            return
    drive = rng.lognormvariate(2.3, 0.35) + (rng.uniform(15, 30) if rng.random() < 0.01 * busy else 0)
    told.assign(key, clock, clock + drive, unit)
    if not unit.startswith("own"):
        told.offer(key, clock)
        while rng.random() < 0.12 * busy:
            clock += rng.uniform(2, 5)
            told.answer(key, clock, rng.choice(["offer_declined", "offer_lapsed"]))
            drive += rng.uniform(1, 8)
            told.assign(key, clock, clock + drive, unit)
            told.offer(key, clock)
        clock += rng.uniform(0.2, 1.5)
        told.answer(key, clock, "offer_accepted")
    else:
        clock += 0.3
        told.leg(key, clock, "unit_accepted", state=LegState.ACCEPTED)
    clock += rng.uniform(0.5, 2) + (rng.uniform(8, 20) if rng.random() < 0.02 * busy else 0)
    told.set_off(key, clock)
    if rng.random() < 0.01:
        told.leg(key, clock + drive / 2, "wrong_location", arrives_at=_later(told, key, rng.uniform(8, 25)))
        clock += 15
    clock += (drive - 1) * rng.lognormvariate(0.02, 0.15 * busy)
    told.arrive(key, clock)
    told.close(key, clock + 20)


def _later(told: Told, key: str, minutes: float) -> datetime:
    arrives = told._records[key].legs[0].arrives_at
    assert arrives is not None
    return arrives + timedelta(minutes=minutes)
