"""engine.render.scales: classes, their limits and their colours."""

from __future__ import annotations

import numpy as np
import pytest

from engine.render import ColourScale, MapError


def test_a_limit_belongs_to_the_class_below() -> None:
    """Exactly 30 minutes still keeps a promise of 30; NaN has no class."""
    scale = ColourScale.around(30, [15, 30, 60], "min")
    assert scale.classes(np.array([0, 15, 15.1, 30, 30.1, 61, np.nan, np.inf])).tolist() == [0, 0, 1, 1, 2, 3, -1, 3]
    assert scale.labels() == ["≤ 15 min", "15–30 min", "30–60 min", "> 60 min"]


def test_around_is_blue_within_and_orange_beyond() -> None:
    """Up to the pivot blue outweighs red, beyond it red outweighs blue."""
    scale = ColourScale.around(30, [10, 20, 30, 45], "min")
    reddish = [int(colour[1:3], 16) > int(colour[5:7], 16) for colour in scale.colours]
    assert reddish == [False, False, False, True, True]


@pytest.mark.parametrize("count", range(9))
def test_sequential_gets_darker(count: int) -> None:
    """Any number of limits gives one colour more, each darker than the one before."""
    colours = ColourScale.sequential(range(count)).colours
    light = [0.3 * int(c[1:3], 16) + 0.6 * int(c[3:5], 16) + 0.1 * int(c[5:7], 16) for c in colours]
    assert len(colours) == count + 1
    assert light == sorted(light, reverse=True)


def test_nonsense_is_refused() -> None:
    """Limits that fall, NaN limits, too few colours and a pivot between limits are errors."""
    for limits, colours in (((2.0, 1.0), ("#000000",) * 3), ((float("nan"),), ("#000000",) * 2), ((1.0,), ())):
        with pytest.raises(MapError):
            ColourScale(limits, colours)
    with pytest.raises(MapError, match="pivot"):
        ColourScale.around(25, [10, 30])


def test_infinity_has_a_class_of_its_own_where_named() -> None:
    """With `above` and `below` the infinite values leave the last and the first class, and the legend says so."""
    scale = ColourScale((0.0,), ("#111111", "#222222"), above=("#333333", "never"), below=("#444444", "only now"))
    assert scale.classes(np.array([-np.inf, 0.0, 1.0, np.inf, np.nan])).tolist() == [3, 0, 1, 2, -1]
    assert [text for _, _, text in scale.looks()] == ["only now", "≤ 0", "> 0", "never"]
    with pytest.raises(MapError, match="2 classes but 1 names"):
        ColourScale((0.0,), ("#111111", "#222222"), names=("one",))
    with pytest.raises(MapError, match="not of the form"):
        ColourScale((0.0,), ("#111111", "#222222"), above=("red", "never"))
