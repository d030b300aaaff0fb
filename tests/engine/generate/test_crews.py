"""How many crews providers have."""

from __future__ import annotations

import numpy as np
import pytest

from engine.errors import OptionError
from engine.generate.crews import draw_crews


@pytest.mark.parametrize(
    ("providers", "units"), [(3000, 8000), (24, 60), (1, 1), (1, 40), (10, 10), (10, 400), (10, 399), (7, 250)]
)
def test_crews_sum_exactly_and_stay_in_bounds(providers: int, units: int) -> None:
    """Every provider has 1 to 40 crews and together they are exactly as many as asked."""
    for seed in range(5):
        crews = draw_crews(np.random.default_rng(seed), providers, units)
        assert crews.size == providers, f"seed {seed}"
        assert crews.sum() == units, f"seed {seed}"
        assert crews.min() >= 1, f"seed {seed}"
        assert crews.max() <= 40, f"seed {seed}"


def test_the_standard_fleet_has_a_heavy_tail() -> None:
    """Most providers are one or two crews; a few hold a large share."""
    crews = np.sort(draw_crews(np.random.default_rng(0), 3000, 8000))
    assert np.mean(crews <= 2) > 0.6
    assert crews[-1] >= 30
    assert crews[-300:].sum() > 0.35 * 8000


@pytest.mark.parametrize(("providers", "units"), [(0, 0), (0, 5), (5, 4), (5, 201)])
def test_impossible_sizes_are_refused(providers: int, units: int) -> None:
    """Fewer units than providers, or more than 40 each, cannot be."""
    with pytest.raises(OptionError, match="cannot be shared"):
        draw_crews(np.random.default_rng(0), providers, units)
