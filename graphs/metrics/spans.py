"""Departures by metric: one each while few do, beyond that spans of them with a fastest and a slowest metric."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphs.metrics.arc_times import ArcTimes
from graphs.metrics.feed import Feed
from graphs.metrics.overlay import CLOSED, Overlay
from graphs.metrics.weather import Weather
from graphs.network import Int32, Int64

if TYPE_CHECKING:
    from graphs.metrics.snapshot import MetricKey


@dataclass(frozen=True, slots=True)
class Run:
    """Departures in the traffic of one hour and one weather, from one moment to another.

    The moments are ms since 1970, both included; the first is when what holds at the first departure began.
    """

    slot: int
    weather: Weather
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class Span:
    """Departures looked at together.

    With a ``key`` all of them have its metric. Otherwise two metrics bound theirs: every arc at the fastest and at the
    slowest that it is at any moment of the runs. Where both give one travel time, that is the departure's own.
    """

    name: str
    key: MetricKey | None
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, eq=False)
class Bound:
    """Weights of all road arcs at the fastest and at the slowest of a span; equal content, equal digests."""

    fastest: Int32
    slowest: Int32
    digests: tuple[bytes, bytes]


def bound_weights(times: ArcTimes, feed: Feed, runs: Sequence[Run]) -> Bound:
    """The bounds of some runs. O(runs x arcs)."""
    parts = [_of_run(times, feed, run) for run in runs]

    def digest(which: int) -> bytes:
        return hashlib.blake2b(b"".join(part.digests[which] for part in parts), digest_size=16).digest()

    return Bound(
        np.minimum.reduce([part.fastest for part in parts]),
        np.maximum.reduce([part.slowest for part in parts]),
        (digest(0), digest(1)),
    )


def _of_run(times: ArcTimes, feed: Feed, run: Run) -> Bound:
    """What holds at a moment is a set of rows with all that hold throughout and some that hold for a part.

    The slowest row of the set counts, a closure beats all, and without any row the usual weight holds. So an arc is at
    its fastest with those that hold throughout alone; without such, with none at all or with its fastest row alone. It
    is at its slowest with all of them; without one that holds throughout, maybe with none.
    """
    sometimes, always = feed.holding(run.first_ms, run.last_ms)
    throughout = Overlay.of(feed.arc[always], feed.kind[always], feed.value[always])
    everything = Overlay.of(feed.arc[sometimes], feed.kind[sometimes], feed.value[sometimes])
    open_rows = sometimes & (feed.kind != CLOSED)
    best = Overlay.of(feed.arc[open_rows], feed.kind[open_rows], -feed.value[open_rows])  # least of these: greatest
    slot, weather = run.slot, run.weather
    usual = times.weights(slot, weather)
    fastest, slowest = usual.copy(), usual.copy()
    arcs = everything.arc
    if arcs.size:
        held = np.isin(arcs, throughout.arc)
        slow = times.weights_under(slot, weather, arcs, everything)
        slowest[arcs] = np.where(held, slow, np.maximum(slow, usual[arcs]))
        fast = [times.weights_under(slot, weather, arcs, each) for each in _alone(best)]
        fastest[arcs] = np.where(
            held, times.weights_under(slot, weather, arcs, throughout), np.minimum.reduce([usual[arcs], *fast])
        )
    said = f"{slot}/{weather}".encode() + throughout.digest + everything.digest + best.digest
    return Bound(fastest, slowest, (b"fastest" + said, b"slowest" + said))


def _alone(best: Overlay) -> list[Overlay]:
    """The greatest speeds alone, and the greatest factors alone."""
    nothing, opened = np.full(best.arc.size, np.inf, np.float32), np.zeros(best.arc.size, np.uint8)
    return [
        Overlay(best.arc, np.abs(best.speed_kph), nothing, opened, b""),
        Overlay(best.arc, nothing, np.abs(best.factor), opened, b""),
    ]


def numbered(bins: Int64, size: int) -> tuple[Int64, Int64]:
    """([bins in use] first place of each, [k] number of each one's bin among those in use)."""
    first = np.full(size, -1, np.int64)
    first[bins[::-1]] = np.arange(bins.size - 1, -1, -1)
    used = first >= 0
    return first[used], (np.cumsum(used) - 1)[bins]
