"""What playing a plan found: the queue of its calls and crews, hour by hour; numbers and names alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

#: A base's crews are idle where they are at work less than so much of the time that the others are.
IDLE = 0.5


@dataclass(frozen=True, slots=True)
class PlayedProvider:
    """Crews of one provider that are on duty."""

    provider: str
    crews: int
    busy: float  # share of the time that they are at work


@dataclass(frozen=True, slots=True)
class PlayedHour:
    """What busy crews keep in one hour."""

    share: float  # of the calls within promise
    plus_minus: float  # half of the 95 % interval of the share
    providers: tuple[PlayedProvider, ...]

    def below(self, target: float) -> bool:
        """By more than its interval."""
        return self.share + self.plus_minus < target


@dataclass(frozen=True, slots=True)
class IdleBase:
    """Crews that the others' calls do not reach."""

    provider: str
    crews: int
    of_crews: int  # on duty, those of all providers
    busy: float
    others_busy: float
    most: int  # crews that its own work needs


def idle_base(providers: Sequence[PlayedProvider]) -> IdleBase | None:
    """The provider most of whose crews stand idle while the others are at work at least twice as much; None: none."""
    crews = sum(each.crews for each in providers)
    work = sum(each.crews * each.busy for each in providers)
    found: list[tuple[float, IdleBase]] = []
    for each in providers:
        if each.crews == crews:
            continue
        others = (work - each.crews * each.busy) / (crews - each.crews)
        most = floor(each.crews * each.busy) + 1
        if each.busy < IDLE * others and most < each.crews:
            idle = IdleBase(each.provider, each.crews, crews, each.busy, others, most)
            found.append((each.crews * (others - each.busy), idle))
    return max(found, key=lambda each: each[0])[1] if found else None
