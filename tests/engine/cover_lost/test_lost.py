"""Cover lost by hand: five places in a row, half an hour's drive reaches the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from engine.cover_lost.lost import cover_lost, last_worths
from engine.model import Break, Fleet, Provider, Unit, UnitStatus
from engine.policy_rules import CoverageRules
from engine.times import to_ms
from graphs.region import Region
from tests.engine.cover_lost.toy import dispatcher_of, unit_at
from tests.engine.fleets import NOW

MINUTE = timedelta(minutes=1)
DEMAND = {"p0": 1.0, "p2": 2.0, "p4": 1.0}


def lost(region: Region, units: list[Unit], kept: tuple[int, ...] = (), **provider) -> list[int]:
    """Of each unit, with 20 minutes for all demand and units away a quarter of the time."""
    state = dispatcher_of(region, 20.0, **DEMAND).prepare(Fleet((Provider("p", **provider),), tuple(units)))
    return cover_lost(state, to_ms(NOW), np.array(kept, np.int64)).tolist()


def test_two_units_by_hand(row: Region) -> None:
    """Each alone at one end (1/4 x 3/4), both in the middle (1/2 x 3/4 x 1/4): 20 minutes x 0.28125 each."""
    assert lost(row, [unit_at("a", 1), unit_at("b", 3)]) == [5625, 5625]


def test_a_third_unit_takes_some_of_it(row: Region) -> None:
    """Beside the first one: the end is covered twice (3/64), the middle three times (3/128)."""
    first, second, third = lost(row, [unit_at("a", 1), unit_at("b", 3), unit_at("c", 1)])
    assert first == third == round(20_000 * (0.25 * 0.75 * 0.25 + 0.5 * 0.75 * 0.0625))
    assert second == round(20_000 * (0.25 * 0.75 + 0.5 * 0.75 * 0.0625))


def test_only_who_could_leave_now_is_cover(row: Region) -> None:
    """Busy, off duty, resting, before or after the shift, pinned: no cover, no cost; a shift begun is."""
    a, b = unit_at("a", 1), unit_at("b", 3)
    alone = [0, round(20_000 * 0.75 * 0.75)]
    for fields in (
        {"status": UnitStatus.BUSY, "free_at": NOW + MINUTE},
        {"status": UnitStatus.BUSY},
        {"status": UnitStatus.OFF_DUTY},
        {"breaks": (Break(NOW - MINUTE, NOW + MINUTE),)},
        {"shift_start": NOW + MINUTE},
        {"shift_end": NOW},
    ):
        assert lost(row, [replace(a, **fields), b]) == alone, fields
    assert lost(row, [a, b], kept=(0,)) == alone
    back = replace(a, status=UnitStatus.BUSY, free_at=NOW - MINUTE, shift_start=NOW - MINUTE)
    assert lost(row, [back, b]) == [5625, 5625]


def test_mobilisation_and_territory_count(row: Region) -> None:
    """Ten minutes to get going and nobody reaches the next place; nobody covers where he may not serve."""
    assert lost(row, [unit_at("a", 1, mobilisation=10 * MINUTE), unit_at("b", 1)]) == [0, round(20_000 * 0.75 * 0.75)]
    import h3.api.basic_str as h3

    only = frozenset({h3.latlng_to_cell(0.0, 10.0, 7)})  # place 0
    assert lost(row, [unit_at("a", 1), unit_at("b", 3)], territory=only) == [round(20_000 * 0.25 * 0.75), 0]


@pytest.mark.parametrize("q", [0.0, 0.3, 0.99])
def test_all_that_units_lose_is_never_more_than_the_weight(q: float) -> None:
    """The last unit of every place together lose at most weight x (1 - q), which the policy's check counts on."""
    rules = CoverageRules(weight=1.0, busy_fraction=q)
    share = np.full(500, 1 / 500)
    for covers in (0, 1, 2, 7):
        whole = int(last_worths(share, np.full(500, covers), rules).sum())
        assert whole <= 10**12 * (1 - q) + 500
        assert (whole > 0) == (covers == 1 or (covers > 1 and q > 0))
