"""An overlay: what all entries in force at one moment say, arc by arc."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from graphs.network import Float32, Int32, UInt8
from graphs.search import frozen

#: Kinds of effect, as the rows of a feed hold them (read by kernels).
SPEED, FACTOR, CLOSED = 0, 1, 2


@njit(nogil=True, cache=True)
def combine(order, arc, kind, value, out_arc, out_speed, out_factor, out_closed):
    """Rows sorted by arc into one entry an arc: least speed, least factor, closed if any says so. O(rows)."""
    count = 0
    for i in order:
        if count == 0 or out_arc[count - 1] != arc[i]:
            out_arc[count] = arc[i]
            out_speed[count] = np.inf
            out_factor[count] = np.inf
            out_closed[count] = 0
            count += 1
        at = count - 1
        if kind[i] == SPEED:
            out_speed[at] = min(out_speed[at], value[i])
        elif kind[i] == FACTOR:
            out_factor[at] = min(out_factor[at], value[i])
        else:
            out_closed[at] = 1
    return count


@dataclass(frozen=True, eq=False)
class Overlay:
    """``k`` arcs, ascending; infinite speed or factor where none is stated. The slowest wins, a closure beats both."""

    arc: Int32  # [k]
    speed_kph: Float32  # [k]
    factor: Float32  # [k]
    closed: UInt8  # [k]
    digest: bytes  # equal content, equal digest

    @staticmethod
    def of(arc: Int32, kind: UInt8, value: Float32) -> Overlay:
        """The overlay of rows (arc, kind, value), in any order, arcs repeated at will."""
        order = np.argsort(arc, kind="stable")
        parts = [np.empty(arc.size, dtype) for dtype in (np.int32, np.float32, np.float32, np.uint8)]
        count = combine(order, frozen(arc, np.int32), frozen(kind, np.uint8), frozen(value, np.float32), *parts)
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            digest.update(part[:count].data)
        arcs, speed, factor, closed = parts
        return Overlay(
            frozen(arcs[:count], np.int32),
            frozen(speed[:count], np.float32),
            frozen(factor[:count], np.float32),
            frozen(closed[:count], np.uint8),
            digest.digest(),
        )

    def at(self, arcs: npt.NDArray[np.integer]) -> tuple[Float32, Float32, UInt8]:
        """(speed, factor, closed) of any arcs; nothing is stated of those it does not hold. O(k log)."""
        speed, factor = (np.full(arcs.size, np.inf, np.float32) for _ in range(2))
        closed = np.zeros(arcs.size, np.uint8)
        if self.arc.size:
            place = np.minimum(np.searchsorted(self.arc, arcs), self.arc.size - 1)
            held = self.arc[place] == arcs
            place = place[held]
            speed[held], factor[held], closed[held] = self.speed_kph[place], self.factor[place], self.closed[place]
        return speed, factor, closed

    def multiplied(self, other: Overlay) -> Overlay:
        """What this one says, its speeds multiplied by the factors of another, and closed what either closes."""
        arcs = np.union1d(self.arc, other.arc).astype(np.int32)
        (speed, factor, closed), (_, more, also) = self.at(arcs), other.at(arcs)
        times = np.where(np.isinf(more), np.float32(1), more)
        unsaid = np.isinf(speed) & np.isinf(factor)
        rows = [
            (arcs[np.isfinite(speed)], SPEED, (speed * times)[np.isfinite(speed)]),
            (arcs[np.isfinite(factor)], FACTOR, (factor * times)[np.isfinite(factor)]),
            (arcs[unsaid & np.isfinite(more)], FACTOR, more[unsaid & np.isfinite(more)]),
            (arcs[(closed | also) > 0], CLOSED, np.zeros(np.count_nonzero(closed | also), np.float32)),
        ]
        return Overlay.of(
            np.concatenate([arc for arc, _, _ in rows]),
            np.concatenate([np.full(arc.size, kind, np.uint8) for arc, kind, _ in rows]),
            np.concatenate([value for _, _, value in rows]),
        )

    def changed(self, before: Overlay) -> Int32:
        """Arcs about which two overlays differ, ascending."""
        if self.digest == before.digest:
            return np.empty(0, np.int32)
        arcs = np.union1d(self.arc, before.arc).astype(np.int32)
        pairs = zip(self.at(arcs), before.at(arcs), strict=True)
        return arcs[np.logical_or.reduce([one != other for one, other in pairs])]
