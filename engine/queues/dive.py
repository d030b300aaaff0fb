"""From fractions to a plan: fix the tours the master takes most of, price anew for the rest, and so on.

Source: Sadykov, Vanderbeck, Pessoa, Tahiri and Uchoa, "Primal heuristics for branch and price", 2019.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.queues.colgen import WORTH, ColumnGeneration
from engine.queues.columns import pick
from engine.queues.completion import TOP
from engine.queues.contractors import hire
from engine.queues.state import State, append, clear

#: Shares from which on a tour is as good as taken; share of the free units fixed at least in each step.
NEARLY, EACH = 0.9, 0.15
TINY = 1e-6


def dive(generation: ColumnGeneration, state: State, time_left: Callable[[], float], each: float = EACH) -> None:
    """Write a plan into `state`; jobs may be left over. Ends early, with what is fixed, when no time is left."""
    a, master, room = generation.a, generation.master, generation.room
    units = a.ready.size
    free, covered = np.ones(units, np.bool_), np.zeros(a.service.size, np.bool_)
    least = generation.least.copy()
    tours: list[int] = []
    options: list[int] = []
    fixed: list[int] = []
    if not master.solve(max(0.0, time_left())):
        return
    master.diving(True)
    while True:
        rows, share, prices = master.rows, master.share, master.job_prices.copy()
        before = len(tours) + len(options)
        spare = max(1, int(each * (free.sum())))
        for index in np.argsort(-share, kind="stable").tolist():
            if share[index] < TINY:
                break
            unit, jobs = int(room.unit[rows[index]]), room.jobs[rows[index], : room.size[rows[index]]]
            if not free[unit] or covered[jobs].any():
                continue
            if share[index] < NEARLY:
                if spare == 0:
                    break
                spare -= 1
            free[unit], covered[jobs] = False, True
            tours.append(int(rows[index]))
            fixed.append(index)
            master.fix_tour(index, 1.0)
        for index in np.flatnonzero(master.option_share >= NEARLY).tolist():
            job = master.options[index][1]
            if not covered[job]:
                covered[job] = True
                options.append(index)
                master.fix_option(index, 1.0)
        if len(tours) + len(options) == before or not free.any() or covered.all() or time_left() <= 0:
            break
        least[covered] = TOP
        prices[covered] = 0
        rest = np.flatnonzero(free)
        generation.price(rest, prices, least)
        rows = pick(room, room.count[0], prices, master.unit_prices, master.inside, 4, WORTH, units)
        master.add(rows[free[room.unit[rows]]])
        generation.add_options(prices)
        if not master.solve(time_left()):
            break
    master.diving(False)
    for index in fixed:
        master.fix_tour(index, None)
    for index in options:
        master.fix_option(index, None)
    _write(generation, state, tours, options)


def _write(generation: ColumnGeneration, state: State, tours: list[int], options: list[int]) -> None:
    a, room, master = generation.a, generation.room, generation.master
    clear(a, state)
    for row in tours:
        unit = int(room.unit[row])
        for job in room.jobs[row, : room.size[row]].tolist():
            if state.where[job] < 0:
                append(a, state, unit, job)
    for index in options:
        hire(a, state, *master.options[index])
