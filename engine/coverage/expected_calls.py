"""Calls of many days, drawn; the same numbers for the same seed, whoever is there to serve them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.coverage.expected_world import World
from engine.errors import OptionError
from engine.policy_rules import Spread
from graphs.network import Float64, Int64

HOUR_MS = 3_600_000.0
#: A day without anything else said: so many hours at one rate, the first of which are left out of all figures.
DAY_HOURS, WARM_HOURS = 24, 4


@dataclass(frozen=True, eq=False)
class Course:
    """How calls come from when all crews come on duty, at their bases; figures are of the hours after ``warm``."""

    factor: Float64  # [k, h] by which a stream's calls an hour are multiplied in each hour
    warm: int

    def __post_init__(self) -> None:
        known = self.factor.ndim == 2 and np.isfinite(self.factor).all() and (self.factor >= 0).all()
        if not known or not 0 <= self.warm < self.factor.shape[1]:
            raise OptionError(
                "a course needs a factor of 0 or more for each stream and hour, and an hour after those that are warm",
                option="course",
            )

    @staticmethod
    def steady(streams: int, hours: int = DAY_HOURS, warm: int = WARM_HOURS) -> Course:
        """The same rate all the time."""
        return Course(np.ones((streams, hours)), warm)

    @property
    def hours(self) -> int:
        """Of a day."""
        return self.factor.shape[1]

    @property
    def counted_ms(self) -> tuple[float, float]:
        """The part of a day that figures are of."""
        return self.warm * HOUR_MS, self.hours * HOUR_MS


@dataclass(frozen=True, eq=False)
class Calls:
    """``n`` calls of ``d`` days, in order of day and call. Times in ms from the begin of the day."""

    first: Int64  # [d + 1] of each day
    day: Int64
    called: Float64
    stream: Int64
    place: Int64  # of the world's
    within: Float64
    work: Float64  # from arrival until the crew is free
    factor: Float64  # of the drive to the call
    delay: Float64  # what it takes on top
    end: Int64  # location

    @staticmethod
    def draw(world: World, course: Course, days: int, rng: np.random.Generator) -> Calls:
        """Poisson arrivals; work lognormal, drives as the policy's prior has them. O(n log n)."""
        streams = world.streams.streams
        rate = np.array([stream.calls_per_hour for stream in streams])[:, None] * course.factor
        count = rng.poisson(rate, (days, *rate.shape)).reshape(-1)
        of = np.repeat(np.arange(count.size), count)
        day, stream, hour = np.unravel_index(of, (days, *rate.shape))
        called = (hour + rng.random(of.size)) * HOUR_MS
        place = world.first[stream] + rng.integers(world.sample, size=of.size)
        normal = rng.standard_normal((5, of.size))
        travel, sigma, delay, spread = world.streams.prior
        work = world.carry_ms[stream, place] * travel * np.exp(sigma * normal[4])
        for k, each in enumerate(streams):
            mine = stream == k
            for part, drawn in zip(each.parts_of_work(world.streams.policy), normal[:2], strict=False):
                work[mine] += lognormal(part, drawn[mine])
        order = np.lexsort((called, day))
        return Calls(
            first=np.searchsorted(day[order], np.arange(days + 1)).astype(np.int64),
            day=day[order],
            called=called[order],
            stream=stream[order],
            place=place[order],
            within=world.within_ms[stream, place][order],
            work=work[order],
            factor=(travel * np.exp(sigma * normal[2]))[order],
            delay=np.maximum(0.0, delay + spread * normal[3])[order],
            end=world.end[stream, place][order],
        )


def lognormal(spread: Spread, normal: Float64) -> Float64:
    """ms of that mean and standard deviation in minutes."""
    mean, deviation = spread
    variance = np.log1p((deviation / mean) ** 2)
    return 60_000 * mean * np.exp(np.sqrt(variance) * normal - variance / 2)
