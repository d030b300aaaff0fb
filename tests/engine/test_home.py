"""One core for threads that take turns, in processes of their own: what they may run on is theirs to change."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from engine.home import Home, better

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
several = pytest.mark.skipif(CORES < 2, reason="has one core, or no say in it")

PREFACE = """
import os, subprocess, sys, threading
from engine.home import home
def cores(): return os.sched_getaffinity(0)
def here(do):
    found = []
    thread = threading.Thread(target=lambda: found.append(do()))
    thread.start(); thread.join()
    return found[0]
everywhere = cores() if hasattr(os, "sched_setaffinity") else set()
"""


def run(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", PREFACE + program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@several
def test_threads_settle_and_roam():
    """Those there are and those they start are on the one core, out of it while they roam, however deep."""
    run("""
go, seen = threading.Event(), []
def work():
    go.wait()
    seen.append(cores())
    seen.append(here(cores))
    with home.roaming():
        seen.append(cores())
        with home.roaming():
            pass
        seen.append(cores())
    seen.append(cores())
thread = threading.Thread(target=work)
thread.start()
core = home.settle()
go.set()
thread.join()
assert core in everywhere
assert seen == [{core}, {core}, everywhere, everywhere, {core}], seen
assert cores() == everywhere, "the main thread only waits"
with home.roaming():
    pass
assert cores() == everywhere
""")


@several
def test_processes_started_by_those_who_settled_may_be_anywhere():
    """Solvers are started within `roaming`."""
    run("""
core = home.settle()
from engine.tours.solver import TourWorkers
def begin():
    os.sched_setaffinity(0, {core})
    workers = TourWorkers()
    workers.begin()
    found = [os.sched_getaffinity(pid) for pid in workers.pids]
    workers.close()
    return found
found = here(begin)
assert found and all(each == everywhere for each in found), found
""")


def test_one_core_is_nothing_to_choose_from():
    """Nothing is settled, and nobody moved."""
    run("""
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(everywhere)})
assert home.settle() is None
with home.roaming():
    assert here(lambda: 1) == 1
""")


@several
def test_a_crowded_core_is_left():
    """All threads but the main one and those that roam go to the core that has room; sooner or later, as chance has
    it."""
    run("""
begin, go, out, seen = threading.Event(), threading.Event(), threading.Event(), []
def work():
    go.wait()
    seen.append(cores())
def far():
    begin.wait()
    with home.roaming():
        out.set()
        go.wait()
        seen.append(cores())
    seen.append(cores())
first, second = threading.Thread(target=work), threading.Thread(target=far)
first.start(), second.start()
core = home.settle()
begin.set()
out.wait()
before = {each: (0.0, 0.0) for each in everywhere}
crowded = {each: (5.0, 0.0) if each == core else (0.0, 5.0) for each in everywhere}
for _ in range(200):
    if home.reconsider(before, crowded, 1.0):
        break
assert home.core != core
go.set()
first.join(), second.join()
assert sorted(map(len, seen)) == [1, 1, len(everywhere)], seen
assert all(core not in each for each in seen if len(each) == 1), seen
""")


def test_a_crowded_core_is_left_when_others_that_are_not_ours_are_idler():
    """The machine has cores that this process may not use: it looks among its own."""
    home = Home()
    home._everywhere, home._core = {0, 1}, 0
    home._move_to = lambda core: setattr(home, "_core", core)
    before = dict.fromkeys(range(4), (0.0, 0.0))
    now = {0: (5.0, 0.0), 1: (0.5, 4.5), 2: (0.0, 5.0), 3: (0.0, 5.0)}
    found = [core for _ in range(200) if (core := home.reconsider(before, now, 0.5)) is not None]
    assert found == [1]
    home._core = 0
    assert not any(home.reconsider(before, now | {1: (4.0, 1.0)}, 0.5) for _ in range(200)), "no room on either"


@several
def test_what_threads_use_elsewhere_is_not_their_core_s():
    """CPU seconds of those that roam do not count, neither while they do nor afterwards; those at home count."""
    run("""
import time
def burn():
    until = time.thread_time() + 0.3
    while time.thread_time() < until:
        pass
def used(do):
    before = home.own_s()
    do()
    return home.own_s() - before
def work():
    seen.append(used(burn))
    with home.roaming():
        seen.append(used(burn))
    def far():
        with home.roaming():
            burn()
    seen.append(used(far))
seen = []
home.settle()
here(work)
at_home, out, back = seen
assert at_home >= 0.3 and out < 0.15 and back < 0.15, seen
""")


@pytest.mark.parametrize(
    ("busy", "own_s", "found"),
    [
        ([10.0, 0.0, 5.0], 2.0, 1),  # others take eight seconds of ten
        ([10.0, 0.0, 5.0], 9.5, None),  # it is we who are busy
        ([10.0, 8.0, 7.0], 2.0, None),  # nobody has room
        ([2.0, 0.0, 0.0], 2.0, None),
    ],
)
def test_which_core_is_better(busy: list[float], own_s: float, found: int | None):
    """One with room, where others take much of ours."""
    before = dict.fromkeys(range(3), (100.0, 50.0))
    now = {core: (100.0 + busy[core], 50.0 + 10.0 - busy[core]) for core in range(3)}
    assert better(before, now, 0, own_s) == found


def test_a_core_that_is_not_listed_is_kept():
    """In a container the list may be another's."""
    assert better({7: (0.0, 0.0)}, {7: (1.0, 9.0)}, 0, 1.0) is None
