"""A queue instance as general solvers can be told it, and their tours judged by Towline's evaluator.

They get seconds instead of milliseconds, and are run by benchmarks/queues_rival.py in an environment of their own. What
they leave, or give to a unit that may not have it, is inserted by Towline's first insertion before it is judged.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.cost import DRIVING, LATE, LATE_SQUARED, UNITS_PER_MINUTE
from engine.queues.instance import QueueInstance
from engine.queues.near import make_near
from engine.queues.search import LocalSearch
from graphs.search import INF

HOME = Path(__file__).parent.parent / ".venv-rivals" / "bin" / "python"
SCRIPT = Path(__file__).with_name("queues_rival.py")
RIVALS = ("vroom", "pyvrp", "ortools")
TWO_THREADS = frozenset({"vroom"})
#: Lateness is linear for OR-Tools: the slope of ours at so many minutes. Nothing lasts longer than FAR seconds.
SLOPE_AT, FAR = 30.0, 100_000
#: More seconds than its own limit before a rival is given up: building a model takes some of them long.
BUILDING = 240.0


def installed() -> bool:
    return HOME.exists()


def first_plan(instance: QueueInstance) -> LocalSearch:
    """Towline's insertion, before any search."""
    search = LocalSearch(instance.arrays, make_near(instance.arrays), 1)
    search.begin(None)
    return search


def judge(instance: QueueInstance, tours: Sequence[Sequence[int]]) -> int:
    """Milli-minutes that decisions can change."""
    search = LocalSearch(instance.arrays, make_near(instance.arrays), 1)
    search.begin(tours)
    return int(search.best.value[0]) - instance.constant


def told(instance: QueueInstance) -> dict[str, np.ndarray]:
    """What a rival is told.

    Windows are hard. In a storm (there are contractors) a deadline that the first plan misses is put off to when that
    plan begins its last job; without contractors every deadline can be met.
    """
    a, first = instance.arrays, first_plan(instance)
    state = first.best
    start = np.full(a.service.size, -1, np.int64)
    for unit in range(a.ready.size):
        for p in range(state.size[unit]):
            job = state.tour[unit, p]
            start[job] = state.time[unit, p + 1] - a.service[job]
    last = max(int(start.max()), int(a.due.max()))
    window = np.where(((start >= 0) & (start <= a.due)) | (a.crews.size == 0), a.due, last)
    drive = UNITS_PER_MINUTE * a.weights[DRIVING] / 60.0
    slope = UNITS_PER_MINUTE * (a.weights[LATE] + 2 * SLOPE_AT * a.weights[LATE_SQUARED]) / 60.0
    leave = a.unserved.copy()
    if a.crews.size:
        leave = np.minimum(leave, np.where(a.option >= 0, a.option, a.unserved).min(axis=0))
    greedy = np.where(np.arange(state.tour.shape[1])[None, :] < state.size[:, None], state.tour, -1)
    return {
        "first_s": _seconds(a.first), "between_s": _seconds(a.between), "able": a.fixed >= 0,
        "ready_s": _seconds(a.ready), "service_s": _seconds(a.service), "earliest_s": _seconds(a.earliest),
        "due_s": a.due // 1000, "window_s": np.minimum(FAR, window // 1000), "priority": a.priority,
        "max_jobs": np.array(a.max_jobs), "drive_cost": np.array(drive),
        "late_cost": np.maximum(1, np.rint(slope * a.priority)).astype(np.int64), "leave_cost": leave,
        "prize_s": np.minimum(1_000_000, leave / drive).astype(np.int64), "greedy": greedy,
    }  # fmt: skip


def _seconds(milliseconds: np.ndarray) -> np.ndarray:
    """Rounded up, so that no deadline is met on paper only."""
    return np.where(milliseconds >= INF, FAR, -(-milliseconds.astype(np.int64) // 1000))


def run_rival(name: str, instance: QueueInstance, seconds: float) -> int | None:
    """Cost of what it found in the time, None where it failed; model building is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.npz"), Path(folder, "out.json")
        np.savez(source, allow_pickle=False, **told(instance))
        command = [str(HOME), str(SCRIPT), name, str(source), str(seconds), str(target)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=seconds + BUILDING)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            print(f"{name} failed: {(error.stderr or b'').decode()[-300:]}")
            return None
        return judge(instance, json.loads(target.read_text("utf-8"))["tours"])
