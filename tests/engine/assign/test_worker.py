"""Flows in processes of their own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine import processes
from engine.assign import worker
from engine.assign.problem import NO_CUTOFF, SparseProblem
from engine.assign.solve import flow_here, solve_batch
from engine.assign.worker import FlowWorkers
from engine.errors import CancelledError
from engine.processes import giving_up

WAIT_S = 60


def problem(seed: int, incidents: int = 40, units: int = 30, listed: int = 12) -> SparseProblem:
    rng = np.random.default_rng(seed)
    rows = [np.sort(rng.choice(units, listed, replace=False)).astype(np.int32) for _ in range(incidents)]
    return SparseProblem(
        first=listed * np.arange(incidents + 1, dtype=np.int64),
        unit=np.concatenate(rows),
        cost=rng.integers(0, 10**9, incidents * listed),
        unserved=rng.integers(0, 10**9, incidents),
        cutoff=np.full(incidents, NO_CUTOFF),
    )


@pytest.fixture
def workers() -> Iterator[FlowWorkers]:
    with FlowWorkers(smallest=0) as made:
        yield made


def hold(workers: FlowWorkers) -> int:
    """Stop the one process, once it is ready: it neither answers nor ends."""
    assert workers(problem(0), None) is not None
    os.kill(workers.pids[0], signal.SIGSTOP)
    return workers.pids[0]


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("seed", range(5))
def test_same_answers_as_here(workers: FlowWorkers, seed: int):
    """Another process finds the same optimum."""
    case = problem(seed)
    chosen, wanted = workers(case, None), flow_here(case, None)
    assert chosen is not None, seed
    assert wanted is not None, seed
    assert chosen.dtype == np.int32
    assert case.cost_of(chosen) == case.cost_of(wanted), seed


def test_nobody_and_nothing(workers: FlowWorkers):
    """Incidents without candidates stay unserved."""
    case = problem(1, incidents=3, listed=0)
    chosen = workers(case, WAIT_S)
    assert chosen is not None
    assert chosen.tolist() == [-1, -1, -1]


def test_it_is_a_flow_for_batches(workers: FlowWorkers):
    """`solve_batch` proves the optimum with it."""
    case = problem(7)
    found = solve_batch(lambda _: case, case.incident_count, flow=workers)
    assert (found.gap, found.solver) == (0, "min-cost flow")


def test_small_problems_stay_here():
    """Below the threshold no process is asked."""
    with FlowWorkers(smallest=481) as workers:
        os.kill(workers.pids[0], signal.SIGSTOP)
        assert workers(problem(1), None) is not None


def test_time_runs_out(workers: FlowWorkers):
    """None, the process is killed, and its successor answers."""
    pid = hold(workers)
    assert workers(problem(1), 0.1) is None
    assert workers.pids != [pid]
    assert not is_alive(pid)
    assert workers(problem(1), None) is not None


def test_time_runs_out_before_anything_is_sent(workers: FlowWorkers):
    """Also with a problem larger than what fits between the two."""
    hold(workers)
    assert workers(problem(1, incidents=20_000, listed=30), 0.1) is None


def test_nobody_waits_any_more(workers: FlowWorkers):
    """What the check raises comes through, and the process is killed at once."""
    pid = hold(workers)

    def gone() -> None:
        raise CancelledError("gone")

    with giving_up(gone), pytest.raises(CancelledError):
        workers(problem(1), None)
    assert not is_alive(pid)
    assert workers(problem(1), None) is not None


def test_a_killed_process_is_replaced(workers: FlowWorkers):
    """Whether it dies idle or at work: the flow is solved by its successor."""
    assert workers(problem(1), None) is not None
    os.kill(workers.pids[0], signal.SIGKILL)
    assert workers(problem(1), None) is not None
    pid = hold(workers)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(workers(problem(2), None)))
    thread.start()
    os.kill(pid, signal.SIGKILL)
    thread.join(WAIT_S)
    assert len(answers) == 1
    assert answers[0] is not None


def test_processes_that_cannot_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """None after two attempts, not an endless loop."""
    broken = tmp_path / "child.py"
    broken.write_text("raise SystemExit(1)")
    monkeypatch.setattr(worker, "CHILD", broken)
    with FlowWorkers(smallest=0) as workers:
        assert workers(problem(1), None) is None
    monkeypatch.setattr(processes.sys, "executable", str(tmp_path / "nothing"))
    with FlowWorkers(smallest=0) as workers:
        assert workers(problem(1), None) is None


def test_two_processes_for_two_at_once():
    """Each flow has its own; a third waits for one of them."""
    with FlowWorkers(2, smallest=0) as workers:
        answers: list[object] = []
        threads = [threading.Thread(target=lambda k=k: answers.append(workers(problem(k), None))) for k in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
        assert len(answers) == 6
        assert all(answer is not None for answer in answers)


def test_nothing_is_left_after_closing():
    """Processes end, also one at work, whose flow comes back with None; a flow after that is solved here."""
    workers = FlowWorkers(2, smallest=0)
    assert workers(problem(1), None) is not None
    pids = workers.pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    answers: list[object] = []
    thread = threading.Thread(target=lambda: answers.append(workers(problem(2), None)))
    thread.start()
    workers.close()
    thread.join(WAIT_S)
    assert not any(is_alive(pid) for pid in (*pids, *workers.pids))
    assert workers(problem(1), None) is not None


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_the_process_holds_little(workers: FlowWorkers):
    """Neither numba's compiler nor gRPC."""
    assert workers(problem(1), None) is not None
    maps = Path(f"/proc/{workers.pids[0]}/maps").read_text()
    assert "ortools" in maps
    assert "llvmlite" not in maps
    assert "grpc" not in maps
