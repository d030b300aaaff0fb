"""How many calls come in each hour, and how busy they keep crews."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from engine.errors import StaffingError
from engine.generate.curves import DAY_SHARE, SHAPE
from engine.model import Service
from graphs.metrics.hours import DAYS
from graphs.network import Float64

MOST_CALLS = 1e7


def hourly_calls(
    per_day: float, services: Mapping[Service, float], *, factor: float = 1.0, days: Mapping[str, float] | None = None
) -> Float64:
    """[24] calls in each hour of a day, or [168] of a week where ``days`` (mon ... sun) have factors of their own.

    Each service's share of the calls follows its shape over the day (`engine.generate.curves`: ROADSIDE is measured,
    the shapes of booked services are assumptions). ``factor`` is for the weather, or a year from now. StaffingError.
    """
    for name, value in (("calls_per_day", per_day), ("calls_factor", factor)):
        if not 0 <= value <= MOST_CALLS:
            raise StaffingError(f"{name} is {value}; give 0 to {MOST_CALLS:g}", field=name, value=value)
    shares = shares_of(services)
    day = per_day * factor * sum(share * SHAPE[service] for service, share in shares.items())
    if days is None:
        return np.asarray(day, np.float64)
    for name, value in days.items():
        if name not in DAYS or not 0 <= value <= MOST_CALLS:
            raise StaffingError(f"day {name} = {value}: days are {', '.join(DAYS)}, with factors from 0", field=name)
    return np.concatenate([day * days.get(name, 1.0) for name in DAYS])


def shares_of(services: Mapping[Service, float]) -> dict[Service, float]:
    """Shares that add up to 1; StaffingError for none, or for negative ones."""
    total = math.fsum(services.values())
    if not services or not total > 0 or any(not 0 <= share < math.inf for share in services.values()):
        raise StaffingError("no service is asked for; name some, with shares of the calls from 0", field="services")
    return {service: share / total for service, share in services.items()}


def usual_shares(services: tuple[Service, ...]) -> dict[Service, float]:
    """Services by their usual shares of a day's calls (`DAY_SHARE`, an assumption)."""
    return shares_of({service: DAY_SHARE[service] for service in services})


def load(calls_per_hour: float, minutes: float) -> float:
    """Crews that are at work on average (Erlang)."""
    return calls_per_hour * minutes / 60


def busy_share(erlangs: float, crews: int) -> float:
    """Share of the time that each of so many crews is busy with a load; 1 where it is more than they can do."""
    return min(1.0, erlangs / crews) if crews > 0 else 1.0


def all_busy(erlangs: float, crews: int) -> float:
    """Probability that a call finds no crew free and waits: Erlang's C (1917), M/M/c; 1 where the load is too much."""
    if erlangs <= 0:
        return 0.0 if crews > 0 else 1.0
    if crews <= erlangs:
        return 1.0
    blocked = 1.0
    for count in range(1, crews + 1):
        blocked = erlangs * blocked / (count + erlangs * blocked)
    return crews * blocked / (crews - erlangs * (1 - blocked))


def busy_together(erlangs: float, crews: int) -> Float64:
    """[crews + 1] probability that k given ones of so many crews are all at work, k = 0 ... crews; M/M/c, calls wait.

    sum over n of P(n at work) C(n, k) / C(c, k), for crews who are at work equally often: Larson's (1975) correction of
    independent crews, as in Batta, Dolan and Krishnamurthy (1989). k = 1: load over crews; k = c: Erlang's C. All 1
    where the load is too much. Convex and falling in k, so that shares are concave. O(crews^2).
    """
    if erlangs <= 0 or crews <= erlangs:
        out = np.ones(crews + 1)
        if erlangs <= 0:
            out[1:] = 0.0
        return out
    ratio = np.concatenate([[1.0], np.cumprod(erlangs / np.arange(1, crews + 1))])
    ratio[crews] *= crews / (crews - erlangs)  # all at work, whoever waits
    state = ratio / ratio.sum()
    number = np.arange(crews + 1, dtype=np.float64)
    out, chosen = np.empty(crews + 1), np.ones(crews + 1)  # chosen: C(n, k) / C(c, k) for every n
    for k in range(crews + 1):
        out[k] = float(state @ chosen)
        if k < crews:
            chosen = chosen * np.maximum(number - k, 0.0) / (crews - k)
    return out
