"""Common random numbers."""

from __future__ import annotations

import math
import statistics

from engine.simulate.draws import Draws


def test_a_draw_hangs_on_its_identity_and_not_on_the_order() -> None:
    """Two generators of one seed agree whatever they drew before; other identities and other seeds differ."""
    one, other = Draws(7), Draws(7)
    for number in range(100):
        other.uniform("noise", number)
    assert one.uniform("travel", "I1", "U1") == other.uniform("travel", "I1", "U1")
    assert one.uniform("travel", "I1", "U1") != one.uniform("travel", "I1", "U2")
    assert one.uniform("travel", "I1", "U1") != Draws(8).uniform("travel", "I1", "U1")
    assert one.uniform("ab", "c") != one.uniform("a", "bc")
    assert (one.generator("x").random(3) == other.generator("x").random(3)).all()


def test_draws_follow_their_distributions() -> None:
    """10,000 draws have the mean, median and spread asked for; chances of 0 and 1 are certain."""
    draws = Draws(1)
    uniform = [draws.uniform("u", number) for number in range(10_000)]
    assert 0 < min(uniform) < max(uniform) < 1
    assert abs(statistics.mean(uniform) - 0.5) < 0.01
    logs = [math.log(draws.lognormal(30.0, 0.4, "l", number)) for number in range(10_000)]
    assert abs(statistics.median(logs) - math.log(30.0)) < 0.02
    assert abs(statistics.stdev(logs) - 0.4) < 0.01
    assert not any(draws.chance(0.0, number) for number in range(100))
    assert all(draws.chance(1.0, number) for number in range(100))
