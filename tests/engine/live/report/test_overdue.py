"""The figures of a day: the same from every database, adding up whatever they are grouped by."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from engine.live.report import Cause, by, overdue
from engine.live.report.figures import total
from engine.live.report.rows import promise_rows
from engine.model import Location
from tests.engine.live.report.day import day
from tests.engine.live.report.told import LAT, LON, Told, at
from tests.postgres import PostgresServer


def test_sqlite_and_postgresql_say_the_same(postgres: PostgresServer, tmp_path: Path):
    """Row for row."""
    found = []
    for where in (tmp_path / "ledger.db", postgres.database()):
        told = Told(where)
        day(told, 50, seed=3)
        with told.region.snapshot() as reading:
            found.append(overdue(reading, zone=UTC))
        told.ledger.close()
    assert promise_rows(found[0]) == promise_rows(found[1])
    assert found[0].counts == found[1].counts
    assert found[0].broken


def test_figures_by_hand(tmp_path: Path):
    """Ten promises, four broken by 2, 4, 6 and 20 minutes; mean 8, p90 20, one never reached."""
    told = Told(tmp_path / "ledger.db")
    for n in range(6):
        told.file(f"kept{n}", n)
        told.assign(f"kept{n}", n, n + 15, "own-1")
        told.arrive(f"kept{n}", n + 30)  # on the dot
    for n, late in enumerate((2, 4, 6)):
        told.file(f"late{n}", 60, location=Location(LON + 0.1, LAT, road="Ruta 41"))
        told.assign(f"late{n}", 60, 80, "north-1")
        told.arrive(f"late{n}", 90 + late)
    told.file("never", 0)
    told.leg("never", 0, "nobody_found")
    told.close("never", 50, "incident_cancelled")
    told.put("draft", 40, "incident_received")  # promised nothing
    with told.region.snapshot() as reading:
        found = overdue(reading, zone=UTC)
        later = overdue(reading, zone=UTC, since=at(30))
    told.ledger.close()
    whole = total(found)
    assert (whole.promises, whole.broken, whole.never, whole.cause) == (10, 4, 1, Cause.SLOWER)
    assert (whole.mean_late, whole.p90_late) == (timedelta(minutes=8), timedelta(minutes=20))
    assert [(each.key, each.promises, each.broken) for each in by(found, "provider")] == [
        ("north", 3, 3),
        ("nobody", 1, 1),
        ("own", 6, 0),
    ]
    assert [(each.key, each.broken) for each in by(found, "hour")] == [("08", 1), ("09", 3)]
    area = by(found, "area")[0]
    assert (area.broken, area.road) == (3, "Ruta 41")
    assert [(each.key, each.broken) for each in by(found, "cause")] == [("slower", 3), ("no_unit", 1)]
    assert later.promises == 3


@pytest.mark.parametrize("key", ["provider", "area", "hour", "service"])
def test_groups_add_up(tmp_path: Path, key: str):
    """Every promise is in one group."""
    told = Told(tmp_path / "ledger.db")
    day(told, 20)
    with told.region.snapshot() as reading:
        found = overdue(reading, zone=UTC)
    told.ledger.close()
    assert sum(each.promises for each in by(found, key)) == 20
    assert sum(each.broken for each in by(found, key)) == len(found.broken)
