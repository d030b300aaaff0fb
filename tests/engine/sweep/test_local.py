"""Sweeps on processes of this machine: the same rows as alone, whoever dies or gives up."""

from __future__ import annotations

import os
import signal
import threading
import time

import psutil
import pytest

from engine.errors import CancelledError, OptionError, ScenarioError
from engine.model import Service
from engine.processes import giving_up
from engine.scenario import DemandArea, DemandChange, RemoveProvider, Scenario, Sweep, When
from engine.sweep import SweepRow, SweepWorkersError, run_sweep
from engine.sweep import local as local_module
from graphs.region import Region

from .world import SERVICES, alone, dropped, world


def ended(pids: list[int]) -> bool:
    """Whether these processes are gone, but for those whose parent has not looked yet."""
    return not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)


def test_rows_are_those_of_each_variant_alone():
    """Bit for bit, in the variants' order, on processes and in this one; progress is told to the end."""
    planner, stands = world()
    expected = alone(dropped(9))
    assert len(expected) == 2 * 9 * len(SERVICES)
    told: list[tuple[int, int]] = []
    for workers in (0, 2):
        told.clear()
        run = run_sweep(planner, stands, dropped(9), workers=workers, progress=lambda *at: told.append(at))
        assert list(run) == expected
        assert told[0] == (0, 18)
        assert told[-1] == (18, 18)
        assert told == sorted(told)


def test_a_region_in_memory_is_stored_once(monkeypatch: pytest.MonkeyPatch):
    """Workers open a temporary file, which is gone afterwards; one opened from a file is used where it lies."""
    planner, stands = world()
    paths = []
    real = local_module.Shipment

    def watched(*given):
        paths.append(real(*given))
        return paths[-1]

    monkeypatch.setattr(local_module, "Shipment", watched)
    region = planner.region
    copy = Region(region.network, region.search_graph, region.hierarchy, region.metadata)
    monkeypatch.setattr(planner, "region", copy)
    with run_sweep(planner, stands, dropped(1), workers=1) as run:
        next(run)
        assert paths[0].region_path.parent == paths[0]._folder
        assert paths[0].world_path.exists()
    assert not paths[0]._folder.exists()


@pytest.mark.parametrize("victims", [1, 2])
def test_a_killed_worker_costs_only_time(victims: int):
    """Rows are the same when workers are killed while they work."""
    planner, stands = world()
    run = run_sweep(planner, stands, dropped(20), workers=2)
    rows = [next(run)]
    for pid in run.pids[:victims]:
        os.kill(pid, signal.SIGKILL)
    rows += list(run)
    assert rows == alone(dropped(20))


def test_a_variant_that_nobody_survives_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Its row has the error, all the others their figures."""
    planner, stands = world()
    deadly = stands.providers[3].id
    child = tmp_path / "child.py"
    child.write_text(
        "import os, sys\n"
        "import engine.sweep.child as child\n"
        "import engine.sweep.desk as desk\n"
        "real = desk.evaluate\n"
        "def evaluate(world, task, check):\n"
        f"    if any(('remove', {deadly!r}) in item.values for item in task.items(world)):\n"
        "        os._exit(9)\n"
        "    return real(world, task, check)\n"
        "desk.evaluate = evaluate\n"
        "child.main(int(sys.argv[1]))\n"
    )
    monkeypatch.setattr(local_module, "CHILD", child)
    scenario = replace_weather(dropped(6))
    rows = list(run_sweep(planner, stands, scenario, workers=1))
    (bad,) = [row for row in rows if row.problem]
    assert bad.problem is not None
    assert (bad.number, bad.problem.reason) == (3, "SWEEP_VARIANT_FATAL")
    assert bad.problem.metadata["variant"] == f"remove {deadly}"
    assert [row for row in rows if not row.problem] == [row for row in alone(scenario) if row.number != 3]


def replace_weather(scenario: Scenario) -> Scenario:
    """The same sweep of providers alone."""
    assert scenario.sweep is not None
    return scenario.changed(sweep=Sweep(remove_each=scenario.sweep.remove_each))


def test_workers_that_do_nothing_but_end(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """They are not begun again for every variant."""
    planner, stands = world()
    child = tmp_path / "child.py"
    child.write_text("raise SystemExit(1)\n")
    monkeypatch.setattr(local_module, "CHILD", child)
    with pytest.raises(SweepWorkersError, match="ended before"):
        list(run_sweep(planner, stands, dropped(9), workers=2))


def test_cancelling_ends_all_processes():
    """At once, while they work; so does whoever asks in a context of giving up, and closing."""
    planner, stands = world()
    stop = threading.Event()
    run = run_sweep(planner, stands, dropped(20), workers=2, cancel=stop.is_set)
    next(run)
    pids = run.pids
    assert len(pids) == 2
    stop.set()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        list(run)
    assert time.monotonic() - began < 30  # a hang, not a measure
    assert ended(pids)

    def give_up() -> None:
        raise CancelledError("nobody waits")

    run = run_sweep(planner, stands, dropped(20), workers=1)
    next(run)
    pids = run.pids
    with giving_up(give_up), pytest.raises(CancelledError, match="nobody waits"):
        list(run)
    assert ended(pids)
    run = run_sweep(planner, stands, dropped(20), workers=1)
    next(run)
    pids = run.pids
    run.close()
    assert ended(pids)


def test_ctrl_c_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch):
    """What interrupts the caller ends the processes."""
    planner, stands = world()
    run = run_sweep(planner, stands, dropped(20), workers=2)
    next(run)
    pids = run.pids

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "_check", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(run)
    assert ended(pids)


def test_a_scenario_that_cannot_be_has_its_error_in_its_row():
    """Of several scenarios, one that names nobody; the others are evaluated, and sweeps among them."""
    planner, stands = world()
    ids = [provider.id for provider in stands.providers]
    when = When(services=(Service.TOWING,), hours=(3, 8))
    given = [
        Scenario("one goes", when=when, providers=(RemoveProvider(ids[0]),)),
        Scenario("nobody", when=when, providers=(RemoveProvider("nobody"),)),
        Scenario("two", when=When(services=(Service.TOWING,)), sweep=Sweep(remove_each=tuple(ids[:2]))),
    ]
    for workers in (0, 1):
        rows = list(run_sweep(planner, stands, given, workers=workers))
        assert [(row.number, row.moment) for row in rows] == [
            (0, "tue-03"),
            (0, "tue-08"),
            (1, ""),
            (2, "tue-12"),
            (3, "tue-12"),
        ]
        problem = rows[2].problem
        assert problem is not None
        assert problem.reason == "INVALID_SCENARIO"
        assert "nobody" in problem.message
        figures = [each.coverage.figures for each in planner.evaluate(stands, given[0]).evaluations]
        assert [row.figures for row in rows[:2]] == figures
        assert [row.variant for row in rows[::3]] == ["one goes", f"remove {ids[0]}"]


def test_demand_that_a_variant_leaves_none_of():
    """A mistake that shows only when a variant is evaluated is told in its row."""
    planner, stands = world()
    west, south, east, north = planner.region.bounds
    box = ((west - 1, south - 1), (east + 1, south - 1), (east + 1, north + 1), (west - 1, north + 1))
    empty = DemandChange(areas=(DemandArea(0.0, ((box,),)),))
    rows = list(
        run_sweep(planner, stands, [Scenario("none", demand=empty), Scenario("all")], [Service.TOWING], workers=1)
    )
    assert rows[0].problem is not None
    assert rows[0].problem.reason == "INVALID_DEMAND"
    assert isinstance(rows[1], SweepRow)
    assert rows[1].figures is not None


def test_what_cannot_be_swept():
    """Too many variants, no scenario, a wrong number of workers: said before anything is begun."""
    planner, stands = world()
    with pytest.raises(ScenarioError, match="more than 10"):
        run_sweep(planner, stands, dropped(9), most=10)
    with pytest.raises(ScenarioError, match="more than 3"):
        run_sweep(planner, stands, [dropped(2)], most=3)
    with pytest.raises(ScenarioError, match="nothing to evaluate"):
        run_sweep(planner, stands, [])
    with pytest.raises(OptionError, match="workers"):
        run_sweep(planner, stands, dropped(2), workers=-1)
