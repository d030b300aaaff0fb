"""Windows, drop-offs, shifts, tariffs and concessions as tables: there and back, and every mistake by its row."""

from __future__ import annotations

from datetime import UTC, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.errors import TableError
from engine.model import Break, Capability, Fleet, Garage, Incident, Location, NightTariff, Provider, Service, Unit
from engine.tables.inputs import save_case
from engine.tables.load import load_batch
from tests.engine.tables.conftest import NOW

HERE, THERE, HOUR = Location(-71.25, -29.91), Location(-71.2, -29.9), timedelta(hours=1)
AT = NOW.astimezone(UTC)
PROVIDER = Provider(
    "p",
    "P",
    per_km_price=2.5,
    night=NightTariff(1.5, time(21, 30), time(5)),
    exclusive_cells=frozenset({"88b2c27a3dfffff"}),
    exclusive_ways=frozenset({7, 42}),
    acceptance=0.8,
    quality=0.9,
    recent_share=0.25,
)
UNIT = Unit(
    "u",
    "p",
    HERE,
    frozenset(Service),
    shift_start=AT - HOUR,
    shift_end=AT + 8 * HOUR,
    overtime_price=90.0,
    breaks=(Break(AT + HOUR, AT + 2 * HOUR), Break(AT + 5 * HOUR, AT + 6 * HOUR)),
)
TOW = Incident(
    "tow",
    HERE,
    Service.TOWING,
    received_at=AT,
    garages=(Garage(THERE, price=80.0), Garage(HERE)),
    units_needed=2,
    unit_requires=(frozenset({Capability.WINCH}), frozenset({Capability.FLATBED, Capability.HEAVY})),
    service_time=timedelta(minutes=42),
    revenue=500.0,
)
BOOKING = Incident(
    "booking", HERE, Service.AIRPORT_TRANSFER, received_at=AT, drop_off=THERE, earliest=AT + HOUR, latest=AT + 2 * HOUR
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every optional part comes back; a case that has none is written without their columns."""
    save_case(tmp_path, "x", Fleet((PROVIDER,), (UNIT,)), [TOW, BOOKING])
    files = [tmp_path / f"x-{kind}.csv" for kind in ("incidents", "units", "providers")]
    batch = load_batch(*files, now=NOW)
    assert batch.incidents == (TOW, BOOKING)
    assert batch.fleet == Fleet((PROVIDER,), (UNIT,))
    plain = Fleet((Provider("p"),), (Unit("u", "p", HERE, frozenset(Service)),))
    save_case(tmp_path, "y", plain, [Incident("i", HERE, Service.TOWING, received_at=AT)])
    assert "earliest" not in (tmp_path / "y-incidents.csv").read_text()
    assert "shift_end" not in (tmp_path / "y-units.csv").read_text()
    assert "acceptance" not in (tmp_path / "y-providers.csv").read_text()


GOOD: dict[str, dict[str, Any]] = {
    "incidents": {"incident_id": "i", "lon": -71.25, "lat": -29.91, "service": "towing", "received_at": AT.isoformat()},
    "units": {"unit_id": "u", "lon": -71.25, "lat": -29.91, "provider_id": "p"},
    "providers": {"provider_id": "p"},
}


@pytest.mark.parametrize(
    ("kind", "cells", "column", "reason", "words"),
    [
        ("incidents", {"drop_lon": "-71"}, "drop_lat", "INVALID_COORDINATES", "give both or none"),
        ("incidents", {"garages": "1 2 3 4"}, "garages", "INVALID_COORDINATES", "lon lat price"),
        ("incidents", {"garages": "-71 -29 -5"}, "garages", "INVALID_INPUT", "price must be 0"),
        ("incidents", {"units_needed": "0"}, "units_needed", "INVALID_INPUT", "from 1 to 20"),
        ("incidents", {"units_needed": "1.5"}, "units_needed", "INVALID_INPUT", "whole"),
        ("incidents", {"unit_requires": "winch|heavy"}, "unit_requires", "INVALID_INPUT", "about 2 units"),
        ("incidents", {"unit_requires": "rope"}, "unit_requires", "UNKNOWN_CAPABILITY", "rope"),
        ("incidents", {"earliest": "noon"}, "earliest", "INVALID_TIME", "not a time"),
        (
            "incidents",
            {"earliest": (AT + 2 * HOUR).isoformat(), "latest": (AT + HOUR).isoformat()},
            "latest",
            "CONTRADICTORY_TIMES",
            "before earliest",
        ),
        ("incidents", {"latest": (AT - HOUR).isoformat()}, "latest", "CONTRADICTORY_TIMES", "before received_at"),
        (
            "incidents",
            {"earliest": (AT + 2 * HOUR).isoformat(), "due_at": (AT + HOUR).isoformat()},
            "due_at",
            "CONTRADICTORY_TIMES",
            "before earliest",
        ),
        ("incidents", {"service_minutes": "0"}, "service_minutes", "INVALID_INPUT", "above 0"),
        ("incidents", {"revenue": "-1"}, "revenue", "INVALID_INPUT", "from 0"),
        ("incidents", {"revenue": "inf"}, "revenue", "INVALID_INPUT", "not a number"),
        (
            "units",
            {"shift_start": AT.isoformat(), "shift_end": (AT - HOUR).isoformat()},
            "shift_end",
            "CONTRADICTORY_TIMES",
            "next day",
        ),
        ("units", {"overtime_price": "nan"}, "overtime_price", "INVALID_INPUT", "not a number"),
        ("units", {"breaks": "12:00"}, "breaks", "INVALID_TIME", "start/end"),
        ("units", {"breaks": f"{AT.isoformat()}/{AT.isoformat()}"}, "breaks", "CONTRADICTORY_TIMES", "ends before"),
        ("providers", {"acceptance": "1.5"}, "acceptance", "INVALID_INPUT", "at most 1"),
        ("providers", {"acceptance": "0"}, "acceptance", "INVALID_INPUT", "above 0"),
        ("providers", {"quality": "-0.1"}, "quality", "INVALID_INPUT", "from 0 to 1"),
        ("providers", {"recent_share": "2"}, "recent_share", "INVALID_INPUT", "from 0 to 1"),
        ("providers", {"per_km_price": "-2"}, "per_km_price", "INVALID_INPUT", "from 0"),
        ("providers", {"night_factor": "0.5"}, "night_factor", "INVALID_INPUT", "from 1 to 10"),
        ("providers", {"night_factor": "2", "night_start": "25:00"}, "night_start", "INVALID_TIME", "22:00"),
        ("providers", {"exclusive_cells": "x"}, "exclusive_cells", "INVALID_INPUT", "no H3 cell"),
        ("providers", {"exclusive_ways": "G2"}, "exclusive_ways", "INVALID_INPUT", "no OSM way id"),
    ],
)
def test_mistakes_name_their_row_and_column(
    tmp_path: Path, kind: str, cells: dict[str, str], column: str, reason: str, words: str
) -> None:
    """The wrong second row is found, whatever the table."""
    for name, row in GOOD.items():
        key = next(iter(row))
        rows = [row, row | {key: "second" if name != "providers" else "q"} | cells] if name == kind else [row]
        columns = list(rows[-1])
        lines = [",".join(columns), *(",".join(str(each.get(c, "")) for c in columns) for each in rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError) as caught:
        load_batch(tmp_path / "incidents.csv", tmp_path / "units.csv", tmp_path / "providers.csv", now=NOW)
    problem = caught.value.problems[0]
    assert (problem.row, problem.column, problem.reason) == (3, column, reason)
    assert words in problem.message
