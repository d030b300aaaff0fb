"""A plan played: its calls and crews in every hour as `towline coverage evaluate --calls-per-day` plays them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np

from engine.coverage.expected_hours import HOURS_BEFORE
from engine.coverage.expected_result import ExpectedMoment, moments_played
from engine.scenario.hours import DAY_HOURS
from engine.search_progress import step
from engine.staffing.plan import ShiftPlan
from engine.staffing.played import PlayedHour, PlayedProvider
from graphs.metrics.hours import DAYS

Tell = Callable[[str, int, int], object]  # stage, done, in all


def play_shifts(plan: ShiftPlan, tell: Tell | None = None, hours: Collection[int] | None = None) -> ShiftPlan:
    """The plan with `PlannedHour.played`, of the very calls that it was planned for.

    Hours with equal calls, roads and crews, those of the hours before among them, are played once.
    ``tell`` hears how many are done. ``hours``: the rows that are played; None: all.
    """
    world, scenario = plan.world, plan.scenario()
    first_of: dict[tuple, int] = {}
    wanted = set(range(len(plan.hours)) if hours is None else hours)
    same = {row: first_of.setdefault(key, row) for row, key in enumerate(_keys(plan)) if row in wanted}
    found: dict[int, PlayedHour] = {}
    for hour in first_of.values():
        if tell is not None:
            tell("Playing the plan", len(found), len(first_of))
        step()
        day = world.moments[hour].slot // DAY_HOURS
        when = replace(scenario.when, weekday=DAYS[day], hours=(hour % DAY_HOURS,))
        known = replace(world.known, scenario=scenario.changed(when=when))
        calls = _calls_per_day(plan, hour)
        (moment,) = moments_played(world.planner, world.given, known, calls, world.services)
        found[hour] = _told(moment)
    told = (replace(each, played=found[same[row]]) if row in same else each for row, each in enumerate(plan.hours))
    return replace(plan, hours=tuple(told))


def _calls_per_day(plan: ShiftPlan, hour: int) -> float:
    """Of the day that an hour is of; those of a scenario's demand are not counted."""
    rules = plan.world.rules
    factor = rules.days.get(DAYS[plan.world.moments[hour].slot // DAY_HOURS], 1.0) if rules.week else 1.0
    return rules.calls_per_day * rules.calls_factor * factor


def _keys(plan: ShiftPlan) -> list[tuple]:
    """Of each hour all that playing it depends on."""
    problem = plan.world.problem
    duty = problem.on_duty(plan.solved.plan)
    count, found = len(plan.hours), []
    for hour in range(count):
        window = (hour - HOURS_BEFORE + np.arange(HOURS_BEFORE + 1)) % count
        crews = duty[window].tobytes()
        found.append((hour % DAY_HOURS, _calls_per_day(plan, hour), int(problem.cover_of[hour]), crews))
    return found


def _told(moment: ExpectedMoment) -> PlayedHour:
    found = moment.found
    owner = found.streams.provider[found.world.stand]
    crews, names = np.bincount(owner, minlength=len(found.streams.providers)), found.streams.providers
    return PlayedHour(
        share=found.figures.share,
        plus_minus=found.figures.plus_minus,
        providers=tuple(
            PlayedProvider(names[row].id, int(crews[row]), float(found.busy_fraction[row]))
            for row in np.flatnonzero(crews).tolist()
        ),
    )
