"""Random scenarios that are right by their form."""

from __future__ import annotations

import string
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from engine.model import Service
from engine.scenario import (
    AddProvider,
    Closure,
    DemandArea,
    DemandChange,
    MoveProvider,
    PromiseMinutes,
    RemoveProvider,
    ResizeProvider,
    Scenario,
    Shift,
    SpeedFactor,
    Sweep,
    When,
)
from graphs.classes import ROAD_CLASSES
from graphs.metrics import Direction, Weather
from graphs.metrics.hours import DAYS

NAMES = st.text(string.ascii_letters + "äé路 \"'\\[]#=-_.", min_size=1, max_size=8).filter(
    lambda text: bool(text.strip())
)
HOURS = st.integers(0, 23)
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)
MINUTES = st.none() | st.floats(0, 1440, exclude_min=True)
POSITIVE = st.floats(0, 3, exclude_min=True)


def some(values: Any, low: int = 1) -> Any:
    return st.none() | st.lists(st.sampled_from(list(values)), min_size=low, unique=True)


@st.composite
def rings(draw: st.DrawFn, west: int = 0) -> Any:
    """A square, perhaps with a hole, perhaps two of them, as nested lists."""

    def square(lon: float, lat: float, size: float) -> list[list[float]]:
        corners = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size]]
        return corners if draw(st.booleans()) else [*corners, corners[0]]

    lat = draw(st.integers(-80, 70))
    part = [square(west, lat, 2)]
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return part[0]
    if kind == 1:
        return part
    part.append(square(west + 0.5, lat + 0.25, 0.5))
    return part if kind == 2 else [part, [square(west + 2.5, lat, 1 / 3)]]


@st.composite
def hours(draw: st.DrawFn) -> dict[str, Any]:
    begin = draw(HOURS)
    end = draw(HOURS.filter(lambda hour: hour != begin or hour == 0))
    return {"from_hour": begin, "to_hour": end, "days": draw(some(DAYS))}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Any tables, in any number."""
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    changes: list[Any] = []
    for name in names[:4]:
        lon, lat, crews = draw(LON), draw(LAT), draw(st.integers(1, 40))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            changes.append(RemoveProvider(name))
        elif kind == 1:
            services = draw(some(Service))
            changes.append(
                AddProvider(name, lon, lat, crews, services, draw(st.floats(0, 60)), draw(st.integers(0, 9)))
            )
        if kind in (2, 3):
            changes.append(MoveProvider(name, lon, lat))
        if kind in (3, 4):
            changes.append(ResizeProvider(name, draw(st.integers(0, 40))))
    kept = [name for name in names if RemoveProvider(name) not in changes]
    shifts = [Shift(name, draw(st.integers(0, 9)), **draw(hours())) for name in kept]
    closures = [Closure(ways=draw(st.lists(st.integers(1, 2**63 - 1), min_size=1, max_size=3)), **draw(hours()))]
    closures += [Closure(polygon=draw(rings()), classes=draw(some(ROAD_CLASSES)), **draw(hours()))]
    closures += [Closure(ways=7, direction=draw(st.sampled_from(Direction)))]
    speeds = [SpeedFactor(draw(POSITIVE), draw(some(ROAD_CLASSES)), draw(st.none() | rings()), **draw(hours()))]
    areas = [DemandArea(draw(st.floats(0, 9)), draw(rings(10 * number))) for number in range(draw(st.integers(0, 2)))]
    when: dict[str, Any] = {"weather": draw(st.none() | st.sampled_from(Weather)), "services": draw(some(Service))}
    how = draw(st.integers(0, 3))
    if how == 0:
        when["at"] = draw(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
    else:
        when["weekday"] = draw(st.none() | st.sampled_from(DAYS))
        when |= [{}, {"hour": draw(HOURS)}, {"hours": draw(st.lists(HOURS, min_size=1))}][how - 1]
    values: dict[str, Any] = {"promise.urban_minutes": [20, 25.5]} if draw(st.booleans()) else {}
    if how == 1:
        values["when.hour"] = range(24)
    each = draw(st.none() | st.just("providers") | st.lists(NAMES, min_size=1, unique=True))
    return Scenario(
        draw(NAMES),
        When(**when),
        PromiseMinutes(draw(MINUTES), draw(MINUTES), draw(MINUTES)),
        changes,
        shifts,
        closures[: draw(st.integers(0, 3))],
        speeds[: draw(st.integers(0, 1))],
        DemandChange(draw(st.none() | NAMES), factor=draw(POSITIVE), areas=areas),
        Sweep(values, each) if values or each else None,
    )
