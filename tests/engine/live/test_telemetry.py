"""The latest of every unit, to whoever watches."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import h3.api.basic_int as h3
import pytest

from engine.errors import StoppingError
from engine.live.records import IncidentRecord, Leg, LegState
from engine.live.telemetry import TelemetryBoard, UnitFilter, Work
from engine.live.telemetry_watch import TelemetryWatch
from engine.live.tracking import Arrival
from engine.model import Location, Service, Unit
from tests.engine.live.watch import NOW

LON, LAT = -71.25, -29.91


@dataclass
class Desk:
    """A fleet of ten units of three providers, its incidents, and a board that encodes to plain words."""

    units: dict[str, Unit] = field(
        default_factory=lambda: {
            f"u{k}": Unit(f"u{k}", f"p{k % 3}", Location(LON + 0.05 * k, LAT), frozenset({Service.TOWING}))
            for k in range(10)
        }
    )
    observed: dict[str, datetime] = field(default_factory=dict)
    records: list[IncidentRecord] = field(default_factory=list)
    now: datetime = NOW
    encoded: int = 0

    def __post_init__(self) -> None:
        self.board = TelemetryBoard(
            lambda: self, lambda: self.records, self._encode, lambda: self.now, timedelta(minutes=5)
        )

    def find(self, unit_id: str) -> Unit | None:
        return self.units.get(unit_id)

    def unit_ids(self, provider_id: str | None) -> list[str]:
        return [key for key, unit in self.units.items() if provider_id in (None, unit.provider_id)]

    def move(self, *unit_ids: str) -> None:
        for key in unit_ids:
            unit = self.units[key]
            self.units[key] = replace(unit, location=Location(unit.location.lon, unit.location.lat + 0.001))
            self.observed[key] = self.now
        self.board.moved(unit_ids)

    def _encode(self, unit: Unit, observed_at: datetime | None, work: Work | None, silent: bool) -> bytes:
        self.encoded += 1
        words = [unit.id, f"{unit.location.lat:.3f}", "seen" if observed_at else "", "silent" if silent else ""]
        if work is not None:
            words += [work.incident, work.state.value, f"{work.probability}"]
        return " ".join(word for word in words if word).encode()


def take(watch: TelemetryWatch) -> list[str]:
    return sorted(part.decode() for part in watch.take())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.live.telemetry.LOOK_S", 0.0)


def test_first_all_then_what_changed():
    """Everybody at first; then who moved, with the latest place, once."""
    desk = Desk()
    watch = desk.board.watch(interval_s=0.01)
    assert len(take(watch)) == 10
    desk.move("u3")
    desk.move("u3", "u4")
    assert take(watch) == ["u3 -29.908 seen", "u4 -29.909 seen"]


def test_a_watcher_waits_until_something_changes():
    """Nothing is sent while nothing changes, and it is not sent sooner than the interval."""
    desk = Desk()
    watch = desk.board.watch(interval_s=0.05)
    take(watch)
    timer = threading.Timer(0.2, desk.move, ("u1",))
    began = time.monotonic()
    timer.start()
    assert take(watch) == ["u1 -29.909 seen"]
    assert time.monotonic() - began >= 0.2
    timer.join()


def test_late_readers_get_the_latest():
    """What was overtaken while a watcher did not read is never sent."""
    desk = Desk()
    watch = desk.board.watch(interval_s=0.01)
    take(watch)
    for _ in range(50):
        desk.move("u5")
    assert take(watch) == ["u5 -29.860 seen"]


def test_each_unit_is_encoded_once_for_all():
    """However many watch."""
    desk = Desk()
    watches = [desk.board.watch(interval_s=0.01) for _ in range(5)]
    for watch in watches:
        take(watch)
    assert desk.encoded == 10
    desk.move("u1")
    assert [take(watch) for watch in watches] == [["u1 -29.909 seen"]] * 5
    assert desk.encoded == 11


def test_filters():
    """By provider, by cell of any resolution, by incident, and for a provider its own."""
    desk = Desk()
    desk.records.append(_working("i1", "u2", LegState.UNDER_WAY))
    cell = h3.latlng_to_cell(LAT, LON + 0.05 * 7, 6)
    for wanted, units in (
        (UnitFilter(providers=frozenset({"p1"})), ["u1", "u4", "u7"]),
        (UnitFilter(providers=frozenset({"p1"}), own="p2"), []),
        (UnitFilter(own="p2"), ["u2", "u5", "u8"]),
        (UnitFilter(cells={6: frozenset({cell})}), ["u7"]),
        (UnitFilter(incidents=frozenset({"i1", "i2"})), ["u2"]),
        (UnitFilter(incidents=frozenset({"i2"})), []),
    ):
        watch = desk.board.watch(wanted, 0.01)
        assert [line.split()[0] for line in take(watch)] == units, wanted
        watch.close()


def test_whoever_leaves_the_area_is_told_a_last_time():
    """A unit that drove out of a watched cell is not left standing there."""
    desk = Desk()
    cell = h3.latlng_to_cell(LAT, LON, 9)
    watch = desk.board.watch(UnitFilter(cells={9: frozenset({cell})}), 0.01)
    assert len(take(watch)) == 1
    desk.units["u0"] = replace(desk.units["u0"], location=Location(LON + 0.1, LAT + 0.1))
    desk.board.moved(["u0"])
    assert take(watch) == ["u0 -29.810"]
    desk.move("u0")
    desk.units["u1"] = replace(desk.units["u1"], location=Location(LON, LAT))
    desk.board.moved(["u1"])
    assert take(watch) == ["u1 -29.910"]


def test_work_and_arrivals():
    """A unit's incident, how far it is, and the chance as reckoned last; when it is done it has none."""
    desk = Desk()
    watch = desk.board.watch(interval_s=0.01)
    take(watch)
    desk.records = [_working("i1", "u2", LegState.ACCEPTED)]
    assert take(watch) == ["u2 -29.910 i1 accepted 0.5"]
    desk.board.arrivals([Arrival("i1", 0, "u2", LegState.ACCEPTED, NOW, 0.9, None)])
    assert take(watch) == ["u2 -29.910 i1 accepted 0.9"]
    desk.records = [_working("i1", "u2", LegState.ON_SCENE), _working("i2", "u2", LegState.ASSIGNED)]
    assert take(watch) == ["u2 -29.910 i1 on_scene 0.5"]
    desk.records = []
    assert take(watch) == ["u2 -29.910"]


def test_silence():
    """A unit of which nothing is heard for too long is told to be silent, and again when it is heard."""
    desk = Desk()
    desk.move("u6")
    watch = desk.board.watch(interval_s=0.01)
    take(watch)
    desk.now += timedelta(minutes=6)
    assert take(watch) == ["u6 -29.909 seen silent"]
    desk.move("u6")
    assert take(watch) == ["u6 -29.908 seen"]


def test_units_come_and_go():
    """New units are told of; those that are removed are told of no more."""
    desk = Desk()
    watch = desk.board.watch(interval_s=0.01)
    take(watch)
    gone = desk.units.pop("u1")
    desk.units["new"] = replace(gone, id="new")
    desk.board.moved(["u1", "new"])
    assert take(watch) == ["new -29.910"]
    desk.units["u1"] = gone
    desk.board.moved(["u1"])
    assert take(watch) == ["u1 -29.910"]


def test_nothing_is_done_while_nobody_watches():
    """Moves are not even noted; whoever comes next gets everybody as they are."""
    desk = Desk()
    desk.move("u1")
    assert desk.encoded == 0
    watch = desk.board.watch(interval_s=0.01)
    take(watch)
    watch.close()
    watch.close()
    assert desk.board.watchers == 0
    desk.move("u1")
    again = desk.board.watch(interval_s=0.01)
    assert take(again)[1] == "u1 -29.908 seen"


def test_an_end_wakes_who_waits():
    """Stopping does not wait for the next change."""
    desk = Desk()
    watch = desk.board.watch(interval_s=30.0)
    take(watch)
    timer = threading.Timer(0.05, watch.end, (StoppingError("stop"),))
    timer.start()
    with pytest.raises(StoppingError):
        watch.take()
    timer.join()


def test_cells_follow_units():
    """Of every resolution that is asked for, also of units that came later."""
    desk = Desk()
    cells = {res: frozenset({h3.latlng_to_cell(LAT + 0.3, LON, res)}) for res in (5, 9)}
    watches = [desk.board.watch(UnitFilter(cells={res: cell}), 0.01) for res, cell in cells.items()]
    assert [take(watch) for watch in watches] == [[], []]
    moved = Location(LON, LAT + 0.3)
    desk.units["u9"] = replace(desk.units["u9"], location=moved)
    desk.units["new"] = replace(desk.units["u1"], id="new", location=moved)
    desk.board.moved(["u9", "new"])
    assert [take(watch) for watch in watches] == [["new -29.610", "u9 -29.610"]] * 2


def _working(incident: str, unit: str, state: LegState) -> IncidentRecord:
    return IncidentRecord(incident, NOW, legs=(Leg(state, unit, "p", NOW, arrives_at=NOW, probability=0.5),))
