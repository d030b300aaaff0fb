"""Tours that put nobody due behind: whom each unit goes to next obeys the bound on deferment.

What a unit does after its next incident is decided anew before it begins, so the rule is held against first stops only;
somebody due is reached when his tour says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from engine.deferment import Deferment
from engine.processes import still_wanted
from engine.queues.limits import NONE
from engine.queues.plan import QueuePlan
from engine.situation import Situation
from engine.times import to_ms
from engine.tours.contractors import hired_stops, priced
from engine.tours.numbers import TourNumbers
from engine.tours.told import Stop, stops

#: Share of the seconds for the first plan when somebody is due, then for plans around what that settles; all who are
#: due choose in turn when these are over, or when more than so many would be overtaken.
FIRST_SHARE, AGAIN_SHARES, FEW = 0.5, (0.1, 0.1), 3

#: Plans an instance of these numbers from these tours of units, within a share of the seconds, and of what is left.
Plan = Callable[[TourNumbers, Sequence[Sequence[int]], float], QueuePlan | None]


def patient_plan(
    situation: Situation,
    every: TourNumbers,
    held: Mapping[int, int],
    start: Callable[[TourNumbers], Sequence[Sequence[int]]],
    plan: Plan,
) -> tuple[TourNumbers, QueuePlan] | None:
    """The plan of ``every`` unit and job, with those due settled where they would be overtaken; None without one.

    ``held`` maps incidents to the row that keeps them. The bound is that of all plans. Where a breach is left in the
    end, the answer is None, too: the assignment of one each breaks no rule.
    """
    numbers = priced(situation, every, held)
    rule = Deferment(situation, held, still_wanted)
    found = plan(numbers, start(numbers), FIRST_SHARE if rule.due else 1.0)
    if found is None or not rule.due:
        return None if found is None else (numbers, found)
    lower, settled = found.lower, dict(held)
    for share in (*AGAIN_SHARES, None):
        fresh = _settled(situation, rule, all_stops(situation, numbers, found))
        if not fresh:
            break
        last = share is None or len(fresh) > FEW
        if last:
            settled, fresh = dict(held), rule.in_turn(held.values(), announced=True)
        mine = set(fresh.values())
        settled = {i: row for i, row in settled.items() if row not in mine} | fresh
        before = [list(tour) for tour in found.tours]
        pinned = _pinned(every, {i: row for i, row in settled.items() if i not in held})
        again = priced(situation, pinned, settled)
        result = plan(again, _moved(numbers, again, before, settled), 1.0 if last or share is None else share)
        if result is None:
            return None
        numbers, found = again, result
        if last:
            if _settled(situation, rule, all_stops(situation, numbers, found)):
                return None
            break
    return numbers, replace(found, lower=min(lower, found.cost))


def all_stops(situation: Situation, numbers: TourNumbers, plan: QueuePlan) -> dict[int, Stop]:
    """By incident, who serves it as what, contractors included."""
    return stops(situation, numbers, plan) | hired_stops(situation, numbers, plan)


def _settled(situation: Situation, rule: Deferment, told: Mapping[int, Stop]) -> dict[int, int]:
    """For each who would be overtaken, the more urgent first, the unit of a later one that reaches him soonest."""
    next_of = {i: (stop.row, stop.travel_ms) for i, stop in told.items() if stop.position == 1}
    planned = {i: to_ms(stop.candidate.arrives_at) - situation.intake.now_ms for i, stop in told.items()}
    fresh: dict[int, int] = {}
    for _, breaches in groupby(rule.breaches(next_of, planned), key=lambda breach: breach.due):
        open_still = [breach for breach in breaches if breach.row not in fresh.values()]
        if open_still:
            soonest = min(open_still, key=lambda breach: breach.reach_ms)
            fresh[soonest.due] = soonest.row
    return fresh


def _pinned(every: TourNumbers, settled: Mapping[int, int]) -> TourNumbers:
    """The same, but each of these incidents is what its unit does next."""
    instance = every.instance
    at_of = {int(row): at for at, row in enumerate(every.rows)}
    job_of = {int(i): at for at, i in enumerate(every.incidents)}
    pin = instance.pins.copy()
    allowed = np.ones((instance.unit_count, instance.job_count), bool)
    if instance.allowed is not None:
        allowed = np.array(instance.allowed)
    for i, row in settled.items():
        at, job = at_of[row], job_of.get(i, NONE)
        if job != NONE and pin[at] == NONE:
            pin[at] = job
            allowed[:, job] = False
            allowed[at, job] = True
    return replace(every, instance=replace(instance, pin=pin, allowed=allowed))


def _moved(
    before: TourNumbers, after: TourNumbers, tours: Sequence[Sequence[int]], settled: Mapping[int, int]
) -> list[list[int]]:
    """The tours of one plan as the start of the next, with the settled in front of their units' tours."""
    job_of = {int(i): at for at, i in enumerate(after.incidents)}
    jobs = {job_of[i]: row for i, row in settled.items() if i in job_of}
    of_row = {int(row): [job for job in tour if job not in jobs] for row, tour in zip(before.rows, tours, strict=False)}
    for job, row in jobs.items():
        of_row.setdefault(row, []).insert(0, job)
    most = after.instance.max_jobs
    return [of_row.get(int(row), [])[:most] for row in after.rows]
