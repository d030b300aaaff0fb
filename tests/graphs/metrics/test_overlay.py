"""Overlays put together."""

from __future__ import annotations

import numpy as np

from graphs.metrics.overlay import CLOSED, FACTOR, SPEED, Overlay


def overlay(*rows: tuple[int, int, float]) -> Overlay:
    """Of (arc, kind, value)."""
    arc, kind, value = zip(*rows, strict=True) if rows else ((), (), ())
    return Overlay.of(np.array(arc, np.int32), np.array(kind, np.uint8), np.array(value, np.float32))


def test_factors_multiply_whatever_is_said_of_an_arc() -> None:
    """A speed, a factor, both or nothing, each times the other's factor; what either closes is closed."""
    one = overlay((1, SPEED, 40), (2, FACTOR, 0.5), (3, SPEED, 30), (3, FACTOR, 0.8), (5, CLOSED, 0), (6, SPEED, 20))
    two = overlay(*((arc, FACTOR, 0.5) for arc in (1, 2, 3, 4, 5)), (6, CLOSED, 0), (7, CLOSED, 0))
    wanted = overlay(
        (1, SPEED, 20),
        (2, FACTOR, 0.25),
        (3, SPEED, 15),
        (3, FACTOR, 0.4),
        (4, FACTOR, 0.5),
        (5, FACTOR, 0.5),
        (5, CLOSED, 0),
        (6, SPEED, 20),
        (6, CLOSED, 0),
        (7, CLOSED, 0),
    )
    assert one.multiplied(two).digest == wanted.digest
    assert one.multiplied(overlay()).digest == one.digest
    assert overlay().multiplied(two).digest == two.digest
