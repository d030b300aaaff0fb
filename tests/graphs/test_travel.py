"""Pairs on one street, found in parts."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.position import Positions
from graphs.region import Region
from graphs.travel import same_street


@pytest.mark.parametrize("most", [1, 7, 10_000])
def test_pairs_are_those_of_looking_at_all(coquimbo: Region, most: int) -> None:
    """However few at a time, each pair on one street comes exactly once, and no other."""
    seed = 6
    rng = np.random.default_rng(seed)
    network = coquimbo.network
    twins = np.flatnonzero(network.arc_twin >= 0)[:5]
    streets = np.concatenate([twins, network.arc_twin[twins], np.flatnonzero(network.arc_twin < 0)[:3]])

    def drawn(count: int) -> Positions:
        zero = np.zeros(count)
        return Positions(rng.choice(streets, count).astype(np.int32), rng.random(count), zero, zero, zero)

    origins, targets = drawn(40), drawn(30)
    found = [
        (int(i), int(j)) for part in same_street(network, origins, targets, most) for i, j in zip(*part, strict=True)
    ]
    wanted = {
        (i, j)
        for i, a in enumerate(origins.arc)
        for j, b in enumerate(targets.arc)
        if b in (a, network.arc_twin[a]) and b >= 0
    }
    assert len(found) == len(set(found)), f"seed {seed}"
    assert set(found) == wanted, f"seed {seed}"
