"""The time that live state goes by, when the machine's clock jumps, drifts or stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.live.steady import JUMP, SteadyClock
from tests.engine.live.world import NOW


class Wall:
    """A clock on the wall, and the machine's own count of seconds."""

    def __init__(self) -> None:
        self.wall, self.ticks, self.jumps = NOW, 0.0, list[timedelta]()

    def clock(self, **more: object) -> SteadyClock:
        return SteadyClock(lambda: self.wall, monotonic=lambda: self.ticks, on_jump=self.jumps.append, **more)  # ty: ignore[invalid-argument-type]

    def goes(self, seconds: float, ticks: float | None = None) -> None:
        self.wall += timedelta(seconds=seconds)
        self.ticks += seconds if ticks is None else ticks


def test_it_goes_with_the_wall() -> None:
    """As long as both agree."""
    wall = Wall()
    clock = wall.clock()
    for _ in range(10):
        wall.goes(7)
        assert clock() == wall.wall
    assert wall.jumps == []


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=-400)], ids=str)
def test_a_jump_is_told_once_and_not_followed(jump: timedelta) -> None:
    """An hour ahead breaks no hour's worth of promises, an hour back stops nothing: time goes on, a hundredth off."""
    wall = Wall()
    clock = wall.clock()
    wall.goes(10)
    before = clock()
    wall.wall += jump
    for _ in range(100):
        wall.goes(1)
        now = clock()
        assert timedelta(seconds=0.98) < now - before < timedelta(seconds=1.02)
        before = now
    assert len(wall.jumps) == 1
    assert abs(wall.jumps[0] - jump) < timedelta(seconds=2)


def test_drift_is_made_up_for_without_a_jump() -> None:
    """Two seconds off are gone after some minutes, and it never goes back."""
    wall = Wall()
    clock = wall.clock()
    wall.wall -= timedelta(seconds=2)
    before = clock()
    for _ in range(300):
        wall.goes(1)
        now = clock()
        assert now > before
        before = now
    assert now == wall.wall
    assert wall.jumps == []


def test_it_begins_no_earlier_than_the_last_event() -> None:
    """A restart with a clock set back goes on where the ledger ends."""
    wall = Wall()
    last = NOW + timedelta(hours=2)
    clock = wall.clock(not_before=last)
    wall.goes(1)
    assert clock() >= last
    assert len(wall.jumps) == 1


def test_each_jump_is_told() -> None:
    """There and back, and one upon the other, each by how far it went."""
    wall = Wall()
    clock = wall.clock()
    for factor in (2, -2, 3, 4, -7):
        wall.wall += factor * JUMP
        for _ in range(20):
            wall.goes(0.5)
            clock()
    assert [round(jump / JUMP) for jump in wall.jumps] == [2, -2, 3, 4, -7]


def test_time_never_goes_back_however_it_is_asked() -> None:
    """Also when nothing has gone by, with a wall far off."""
    wall = Wall()
    clock = wall.clock()
    wall.wall -= timedelta(days=1)
    assert clock() == clock() == NOW
