"""Sweeps on a Dask cluster: real schedulers and workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from engine.errors import CancelledError
from engine.scenario import Scenario, Sweep
from engine.sweep import SchedulerError, SweepWorkersError, WorkerVersionError, run_sweep

from .world import alone, dropped, world

distributed = pytest.importorskip("distributed")
cluster = pytest.importorskip("engine.sweep.cluster")

START_S = 60.0
#: Tasks that end their workers are given up sooner than usual.
FEW = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}


@contextmanager
def command(*args: str, **environment: str) -> Generator[subprocess.Popen]:
    """A Dask program, ended with all it began."""
    paths = os.pathsep.join(filter(None, sys.path))
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + args[0], *args[1:]],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()  # first: a nanny begins its worker again
        process.wait()
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def scheduler() -> Generator[str]:
    port = free_port()
    with command("dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show", **FEW):
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"tcp://127.0.0.1:{port}"


@contextmanager
def workers(address: str, folder: Path, count: int, **environment: str) -> Generator[list[subprocess.Popen]]:
    """So many, without a nanny that begins them again, with one thread each."""
    with ExitStack() as stack, distributed.Client(address, set_as_default=False) as client:
        options = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
        found = [stack.enter_context(command("dask_worker", address, *options, **environment)) for _ in range(count)]
        client.wait_for_workers(count, timeout=START_S)
        yield found


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with scheduler() as found:
        yield found


def files(folder: Path) -> list[str]:
    return sorted(path.suffix for path in folder.rglob("*.towline-*"))


def test_rows_are_those_of_this_machine(address: str, tmp_path: Path):
    """Bit for bit; the region is one file a worker, and all files are gone afterwards."""
    planner, stands = world()
    with workers(address, tmp_path, 2):
        with run_sweep(planner, stands, dropped(9), scheduler=address) as run:
            rows = [next(run)]
            assert files(tmp_path) == 2 * [".towline-region"] + 2 * [".towline-world"]
            rows += list(run)
        assert rows == alone(dropped(9))
        end = time.monotonic() + START_S
        while files(tmp_path) and time.monotonic() < end:
            time.sleep(0.05)
        assert not files(tmp_path)
        given = [Scenario("as it is"), Scenario("more", sweep=Sweep((("demand.factor", (1.0, 2.0)),)))]
        assert list(run_sweep(planner, stands, given, scheduler=address)) == list(
            run_sweep(planner, stands, given, workers=0)
        )


def test_a_killed_worker_costs_only_time(address: str, tmp_path: Path):
    """Rows are the same when one of two is killed while it works; one that comes later takes part."""
    planner, stands = world()
    with workers(address, tmp_path, 2) as found:
        run = run_sweep(planner, stands, dropped(20), scheduler=address)
        rows = [next(run)]
        found[0].send_signal(signal.SIGKILL)
        with workers(address, tmp_path / "late", 1):
            rows += list(run)
        assert rows == alone(dropped(20))


@pytest.mark.nightly
def test_a_variant_that_nobody_survives_is_named(address: str, tmp_path: Path):
    """Its row has the error, the others their figures, when workers are begun again."""
    planner, stands = world()
    deadly = stands.providers[1].id
    (tmp_path / "deadly.py").write_text(
        "import os\n"
        "import engine.sweep.desk as desk\n"
        "real = getattr(desk.evaluate, 'real', desk.evaluate)  # this is loaded twice\n"
        "def evaluate(world, task, check):\n"
        f"    if any(('remove', {deadly!r}) in item.values for item in task.items(world)):\n"
        "        os._exit(9)\n"
        "    return real(world, task, check)\n"
        "evaluate.real = real\n"
        "desk.evaluate = evaluate\n"
    )
    scenario = dropped(3).changed(sweep=Sweep(remove_each=tuple(p.id for p in stands.providers[:3])))
    options = ("--nthreads", "1", "--no-dashboard", "--preload", str(tmp_path / "deadly.py"))
    with command("dask_worker", address, *options, "--local-directory", str(tmp_path)):
        rows = list(run_sweep(planner, stands, scenario, scheduler=address))
    (bad,) = [row for row in rows if row.problem]
    assert bad.problem is not None
    assert (bad.number, bad.problem.reason) == (1, "SWEEP_VARIANT_FATAL")
    assert deadly in bad.problem.message
    assert [row for row in rows if not row.problem] == [row for row in alone(scenario) if row.number != 1]


def test_cancelling_leaves_the_cluster_as_it_was(address: str, tmp_path: Path):
    """Tasks and files are gone; the workers stay, and work for the next."""
    planner, stands = world()
    with workers(address, tmp_path, 1):
        asked = [False]
        run = run_sweep(planner, stands, dropped(20), scheduler=address, cancel=lambda: asked[0])
        next(run)
        asked[0] = True
        with pytest.raises(CancelledError):
            list(run)
        assert list(run_sweep(planner, stands, dropped(1), scheduler=address)) == alone(dropped(1))


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch):
    """An address without a scheduler, with something else, or that is none: said within the time it is given."""
    monkeypatch.setattr(cluster, "CONNECT_S", 1.0)
    planner, stands = world()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for wrong in (f"tcp://127.0.0.1:{free_port()}", f"tcp://127.0.0.1:{silent.getsockname()[1]}", "nowhere://x:1"):
            began = time.monotonic()
            with pytest.raises(SchedulerError, match="no Dask scheduler answers"):
                next(run_sweep(planner, stands, dropped(1), scheduler=wrong))
            assert time.monotonic() - began < 30  # a hang, not a measure


def test_nobody_works(address: str, monkeypatch: pytest.MonkeyPatch):
    """A scheduler without workers, and one whose workers have all gone."""
    planner, stands = world()
    monkeypatch.setattr(cluster, "FIRST_WORKER_S", 0.3)
    with pytest.raises(SchedulerError, match="has no worker"):
        next(run_sweep(planner, stands, dropped(1), scheduler=address))


def test_all_workers_go(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Nobody waits for ever."""
    planner, stands = world()
    monkeypatch.setattr(cluster, "ALONE_S", 1.0)
    monkeypatch.setattr(cluster, "ASK_S", 0.2)
    with workers(address, tmp_path, 1) as found:
        run = run_sweep(planner, stands, dropped(20), scheduler=address)
        next(run)
        found[0].kill()
        with pytest.raises(SchedulerError, match="have gone"):
            list(run)


def test_the_scheduler_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its going is told, too."""
    planner, stands = world()
    monkeypatch.setattr(cluster, "ALONE_S", 1.0)
    monkeypatch.setattr(cluster, "ASK_S", 0.2)
    with ExitStack() as stack:
        address = stack.enter_context(scheduler())
        stack.enter_context(workers(address, tmp_path, 1))
        run = run_sweep(planner, stands, dropped(20), scheduler=address)
        next(run)
        port = int(address.rsplit(":", 1)[1])
        for each in psutil.process_iter(["cmdline"]):
            if str(port) in (each.info["cmdline"] or []) and each.is_running():
                os.kill(each.pid, signal.SIGKILL)
        with pytest.raises(SchedulerError, match="have gone"):
            list(run)


@pytest.mark.parametrize(("its", "told"), [("0.0.9", "Towline 0.0.9"), (None, "no Towline")])
def test_workers_of_another_version(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, its, told: str):
    """Said before any work, with the workers' addresses and both versions."""
    planner, stands = world()
    real = cluster._probe

    def lying():
        probe = real()
        here = probe()

        def other():
            import os

            return probe() if os.environ.get("TOWLINE_TEST_HERE") else {**here, "towline": its}

        return other

    monkeypatch.setenv("TOWLINE_TEST_HERE", "1")
    monkeypatch.setattr(cluster, "_probe", lying)
    with (
        workers(address, tmp_path, 1, TOWLINE_TEST_HERE=""),
        pytest.raises(WorkerVersionError, match=told) as error,
    ):
        next(run_sweep(planner, stands, dropped(1), scheduler=address))
    assert "tcp://127.0.0.1" in error.value.message


def test_workers_that_cannot_keep_the_region(address: str, tmp_path: Path):
    """A worker whose folder cannot be written says so."""
    planner, stands = world()
    with workers(address, tmp_path, 1), distributed.Client(address, set_as_default=False) as client:
        client.run(_lose_folder)
        with pytest.raises(SweepWorkersError, match="cannot take the region"):
            next(run_sweep(planner, stands, dropped(1), scheduler=address))


def _lose_folder(dask_worker) -> None:
    dask_worker.local_directory = "/proc/nowhere"
