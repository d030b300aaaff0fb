"""The benchmark of live traffic sends what a server takes, and reads its own figures."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.live_traffic import kinds, tables
from engine.server.incoming_traffic import read_entries
from graphs.bundled import load_coquimbo
from graphs.metrics import MetricStore, TrafficUpdate


def test_every_update_is_taken_and_changes_something():
    """Two of each kind: nothing is refused, and the second says something else than the first."""
    region = load_coquimbo()
    for name, make in kinds(region).items():
        store = MetricStore(region)
        for turn in range(2):
            read = read_entries(make(turn), "")
            done = store.update(TrafficUpdate(read.entries), datetime(2026, 3, 3, tzinfo=UTC))
            assert (read.refusals, done.refusals) == ([], ()), name
            assert done.arcs_changed, name


def test_tables_have_a_row_for_each_kind():
    """Latencies are compared with those without updates."""
    one = {"staleness": [10.0, 20.0, 90.0], "inside": [5.0, 6.0, 7.0], "latency": [2.0] * 100}
    found = {"title": "Town", "units": 8, "idle": [1.0] * 100, "kinds": {"one arc": one}}
    fresh, meanwhile = tables(found, 0.5)
    assert fresh.rows == (("one arc", "20", "90", "6.0"),)
    assert [row[:2] for row in meanwhile.rows] == [("no updates", "1.00"), ("one arc", "2.00")]
    assert meanwhile.rows[1][4] == "2.0"
