"""The two cases of `towline demo`: the standard fleet, for speed; the scarce hour, for what the choice is worth."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.baseline import nearest_in_order
from engine.decision import Plan, Recommendation
from engine.dispatch import Dispatcher
from engine.generate import Case, generate_fleet, generate_incidents, scarce_hour
from engine.generate.places import Population
from engine.model import Fleet, Incident

#: The standard fleet of tests and figures.
PROVIDERS, UNITS, INCIDENTS = 3000, 8000, 300
#: A Tuesday, in the evening rush.
HOUR = datetime(2026, 3, 3, 18, 30)
#: Recommendations timed for the median.
QUESTIONS = 50
RUNNERS_UP = 5


@dataclass(frozen=True)
class StandardAnswer:
    """The standard fleet's figures; durations are of this run on this machine."""

    fleet: Fleet
    incidents: tuple[Incident, ...]
    now: datetime
    recommendation: Recommendation  # for the first incident
    plan: Plan
    prepare: timedelta
    recommend: timedelta  # median over QUESTIONS incidents
    optimise: timedelta


@dataclass(frozen=True)
class ScarceAnswer:
    """Both answers to the scarce hour, judged by the same clock and the same cost."""

    case: Case
    nearest: Plan
    towline: Plan


def warm_up(dispatcher: Dispatcher, demand: Population | None, *, seed: int) -> None:
    """Do once, untimed, what `standard_case` times: kernels are compiled or read from disk on their first call."""
    region = dispatcher.region
    now = HOUR.replace(tzinfo=region.timezone)
    fleet = generate_fleet(region, demand, seed=seed, now=now, providers=PROVIDERS, units=UNITS)
    incidents = generate_incidents(region, demand, seed=seed, count=QUESTIONS, now=now)
    state = dispatcher.prepare(fleet)
    dispatcher.recommend(incidents[0], state, now, RUNNERS_UP)
    dispatcher.optimize(incidents, state, now)


def standard_case(dispatcher: Dispatcher, demand: Population | None, *, seed: int) -> StandardAnswer:
    """3,000 providers and 8,000 units; one recommendation, and 300 incidents in one batch."""
    region = dispatcher.region
    now = HOUR.replace(tzinfo=region.timezone)
    fleet = generate_fleet(region, demand, seed=seed, now=now, providers=PROVIDERS, units=UNITS)
    incidents = tuple(generate_incidents(region, demand, seed=seed, count=INCIDENTS, now=now))
    started = time.perf_counter()
    state = dispatcher.prepare(fleet)
    prepared = time.perf_counter()
    answers, durations = _timed(incidents[:QUESTIONS], lambda one: dispatcher.recommend(one, state, now, RUNNERS_UP))
    asked = time.perf_counter()
    plan = dispatcher.optimize(incidents, state, now)
    optimised = time.perf_counter()
    return StandardAnswer(
        fleet=fleet,
        incidents=incidents,
        now=now,
        recommendation=answers[0],
        plan=plan,
        prepare=timedelta(seconds=prepared - started),
        recommend=timedelta(seconds=statistics.median(durations)),
        optimise=timedelta(seconds=optimised - asked),
    )


def scarce_case(dispatcher: Dispatcher, demand: Population | None, *, seed: int) -> ScarceAnswer:
    """The scarce hour, answered by the nearest in order of call and by Towline."""
    case = scarce_hour(dispatcher.region, demand, seed=seed)
    state = dispatcher.prepare(case.fleet)
    return ScarceAnswer(
        case=case,
        nearest=nearest_in_order(dispatcher, case.incidents, state, case.now),
        towline=dispatcher.optimize(case.incidents, state, case.now),
    )


def _timed(incidents: Sequence[Incident], ask) -> tuple[list[Recommendation], list[float]]:
    answers, durations = [], []
    for incident in incidents:
        started = time.perf_counter()
        answers.append(ask(incident))
        durations.append(time.perf_counter() - started)
    return answers, durations
