"""When each stop of a plan happens and what it costs, by the evaluator of the solvers, whatever rules are broken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.check.named import NamedStop
from engine.queues.limits import MOST_JOBS, NONE
from engine.queues.plan import QueuePlan, in_detail
from engine.situation import Situation
from engine.times import to_ms
from engine.tours.numbers import TourNumbers, tour_numbers
from engine.tours.told import Stop, stops
from graphs.search import INF

#: Incidents whose travel times are looked up together: the square of it is held.
CHUNK = 256


@dataclass(frozen=True, slots=True)
class TimedStop:
    """One stop that can be reached; times in ms from now."""

    row: int
    named: NamedStop
    first: bool  # of those the unit really makes
    last: bool
    arrival_ms: int
    start_ms: int
    end_ms: int
    told: Stop


@dataclass(frozen=True, slots=True)
class LostStop:
    """One that cannot: no road leads there, or on to where the job ends. The unit passes it over."""

    row: int
    named: NamedStop
    after: int  # the incident the unit comes from, NONE: its own place


def timed(situation: Situation, tours: dict[int, list[NamedStop]]) -> tuple[list[TimedStop], list[LostStop]]:
    """All stops, tour by tour. O(stops x units + stops x CHUNK)."""
    found: list[TimedStop] = []
    lost: list[LostStop] = []
    part: dict[int, list[NamedStop]] = {}
    size = 0
    for row in sorted(tours):
        if part and size + len(tours[row]) > CHUNK:
            _time(situation, part, found, lost)
            part, size = {}, 0
        part[row] = tours[row]
        size += len(tours[row])
    if part:
        _time(situation, part, found, lost)
    return found, lost


def _time(
    situation: Situation, tours: dict[int, list[NamedStop]], found: list[TimedStop], lost: list[LostStop]
) -> None:
    jobs = np.array(sorted(stop.index for stops in tours.values() for stop in stops), np.int64)
    job_at = {int(index): at for at, index in enumerate(jobs)}
    able = np.zeros((len(situation.state), jobs.size), bool)
    for row, named in tours.items():
        able[row, [job_at[stop.index] for stop in named]] = True
    numbers = tour_numbers(situation, jobs, able, {}, MOST_JOBS)
    made: list[list[NamedStop]] = []
    for at, row in enumerate(numbers.rows.tolist()):
        made.append([])
        before = NONE
        for stop in tours[row]:
            job, instance = job_at[stop.index], numbers.instance
            travel = instance.first_ms[at, job] if before == NONE else instance.between_ms[before, job]
            if travel >= INF or not situation.intake.jobs.reached[stop.index]:
                lost.append(LostStop(row, stop, NONE if before == NONE else int(jobs[before])))
                continue
            made[at].append(stop)
            before = job
    plan = _costed(numbers, [[job_at[stop.index] for stop in named] for named in made])
    told = stops(situation, numbers, plan)
    for at, row in enumerate(numbers.rows.tolist()):
        for number, stop in enumerate(made[at]):
            job = job_at[stop.index]
            start, each = int(plan.start_ms[job]), told[stop.index]
            arrival = to_ms(each.candidate.arrives_at) - situation.intake.now_ms
            found.append(
                TimedStop(
                    row=row,
                    named=stop,
                    first=number == 0,
                    last=number == len(made[at]) - 1,
                    arrival_ms=arrival,
                    start_ms=start,
                    end_ms=start + int(numbers.instance.service_ms[job]),
                    told=each,
                )
            )


def _costed(numbers: TourNumbers, tours: list[list[int]]) -> QueuePlan:
    """The tours with starts and parts, though some must not be: `in_detail` reckons on, and what it takes for the
    rest (quality, rotation, coverage) is put right."""
    instance = numbers.instance
    start, parts = in_detail(instance, tours)
    for unit, tour in enumerate(tours):
        parts["standing"][tour] = instance.standing[unit]
        if instance.extra_cost is not None:
            parts["standing"][tour] += instance.extra_cost[unit, tour]
    return QueuePlan(
        tours=tuple(tuple(tour) for tour in tours),
        contractor=np.full(instance.job_count, NONE, np.int32),
        start_ms=start,
        parts=parts,
        cost=int(sum(part.sum() for part in parts.values())),
        lower=0,
        constant=0,
        solver="by hand",
    )
