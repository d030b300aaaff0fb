"""Which territories each place may be served from, as bits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.fleet.territory import Members, Territories
from graphs.network import Int32, Int64
from graphs.search.arrays import frozen

if TYPE_CHECKING:
    from engine.coverage.places import Places

Bits = npt.NDArray[np.uint64]


def unrestricted(territories: Territories) -> bool:
    """Whether everybody may serve everywhere."""
    return territories.count == 1


def allowed_bits(places: Places, territories: Territories) -> Bits:
    """[p, words] bit t of a row is set where territory t may serve the place: `Territories.holding`, for many places.

    O(places x words + cells of all territories).
    """
    out = np.zeros((len(places), territories.count // 64 + 1), np.uint64)
    for number in territories.everywhere:
        _set(out, slice(None), number)
    for rows, number in _held(places, territories.members):
        _set(out, rows, number)
    own = np.zeros_like(out)
    for rows, number in _held(places, territories.exclusive_cells):
        _set(own, rows, number)
    if territories.exclusive_ways:
        ways = places.region.network.arc_way[places.positions.arc]
        for way, numbers in territories.exclusive_ways.items():
            rows = np.flatnonzero(ways == way) if way else np.empty(0, np.int64)
            for number in numbers:
                _set(own, rows, number)
    taken = own.any(axis=1)
    out[taken] = own[taken]
    return frozen(out, np.uint64)


def may_serve(bits: Bits, territory: Int32) -> npt.NDArray[np.bool_]:
    """[s, p] whether those with each territory may serve each place whose bits are given."""
    word, bit = territory >> 6, np.uint64(1) << (territory & 63).astype(np.uint64)
    return (bits[:, word].T & bit[:, None]) != 0


def _held(places: Places, members: Members) -> Iterable[tuple[Int64, int]]:
    """(places, territory) for every cell of the territories."""
    for resolution, cells in members.items():
        of_place = places.cells_at(resolution)
        order = np.argsort(of_place, kind="stable")
        wanted = np.array(list(cells), np.int64)
        first = np.searchsorted(of_place, wanted, "left", order)
        last = np.searchsorted(of_place, wanted, "right", order)
        for numbers, begin, end in zip(cells.values(), first.tolist(), last.tolist(), strict=True):
            if begin < end:
                for number in numbers:
                    yield order[begin:end], number


def _set(bits: Bits, rows: Int64 | slice, number: int) -> None:
    bits[rows, number >> 6] |= np.uint64(1 << (number & 63))
