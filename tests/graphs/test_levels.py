"""Levels of roads from their tags."""

from __future__ import annotations

import pytest

from graphs.levels import FARTHEST, level_of


@pytest.mark.parametrize(
    ("layer", "bridge", "tunnel", "level"),
    [
        ("1", None, None, 1),
        ("-1", "yes", None, -1),
        ("+2", None, None, 2),
        (" 3 ", None, None, 3),
        ("1.0", None, None, 1),
        ("0", "yes", None, 0),
        (None, "yes", None, 1),
        (None, "viaduct", None, 1),
        (None, None, "yes", -1),
        (None, "no", "no", 0),
        (None, None, "building_passage", 0),
        (None, "low_water_crossing", None, 0),
        ("", None, None, 0),
    ],
)
def test_layer_decides_and_else_bridge_or_tunnel(
    layer: str | None, bridge: str | None, tunnel: str | None, level: int
) -> None:
    """A bridge without a layer is above the ground, a tunnel below it."""
    assert level_of(layer, bridge, tunnel) == (level, True)


@pytest.mark.parametrize("layer", ["upper", "1;2", "0.5", "99", "-200", "nan", "1e3", "²"])
def test_nonsense_is_told_apart_and_the_default_holds(layer: str) -> None:
    """What is no level is reported as unread, and the bridge still is a bridge."""
    assert level_of(layer, "yes") == (1, False)
    assert level_of(layer) == (0, False)
    assert FARTHEST == 10
