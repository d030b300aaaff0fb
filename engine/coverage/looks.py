"""Colours of coverage: the promise is the hinge of the scale, and no meaning rests on colour alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.render.scales import ColourScale
from engine.render.styles import BLACK, GREEN, Style

#: Shares of the promise at which arrival is no longer well inside, no longer inside, no longer in time.
_STEPS = (0.5, 0.8, 1.0)
# Blue is within, yellow at the edge, orange and hatched beyond: lightness rises towards the edge on both sides.
_ARRIVAL = ("#4f94c8", "#b5d6ee", "#fff0a3", "#f28c3c")
_NEVER = "#8a8f98"
_CHANGE = ("#0b5c9e", "#5ba3d4", "#c2e0f2", "#f4f4f1", "#fcd6a6", "#ee9144", "#a8480b")
#: Minutes of a change at which its class changes.
_CHANGES = (-10.0, -5.0, -1.0, 1.0, 5.0, 10.0)

SITE_STYLES = {
    "site": Style("Provider", "#00543f", "square", 4.0),
    "site_added": Style("Provider added", "#a3307f", "star", 8.5),
    "site_removed": Style("Provider removed", BLACK, "cross", 6.0),
    "site_moved": Style("Provider moved here", GREEN, "diamond", 6.5),
    "site_resized": Style("Provider with other crews", "#a3307f", "square", 4.5),
    "move": Style("Where it moved from", "#00543f", width=2.0, dashed=True),
}
GAP_STYLES = {"gap": Style("As numbered in the table", BLACK, "circle", 8.0)}


def is_uniform(promise_minutes: npt.ArrayLike) -> bool:
    """Whether all cells have one promise."""
    promise = np.asarray(promise_minutes, np.float64)
    return bool(promise.size and (promise == promise.flat[0]).all())


def arrival_scale(promise_minutes: npt.ArrayLike) -> ColourScale:
    """Classes of the arrival: in minutes where all cells have one promise, else in shares of their promise.

    Values are given in minutes in both cases; the second one divides them by the cell's promise.
    """
    if is_uniform(promise_minutes):
        promise = float(np.asarray(promise_minutes, np.float64).flat[0])
        limits = tuple(round(step * promise, 2) for step in _STEPS)
        half, most, whole = (f"{limit:g}" for limit in limits)
        texts = (
            f"Well inside: up to {half} min",
            f"Inside: {half}–{most} min",
            f"At the edge: {most}–{whole} min",
            f"Beyond the promise: over {whole} min",
        )
    else:
        limits = _STEPS
        texts = (
            "Well inside: up to half of the promise",
            "Inside: up to 80 % of it",
            "At the edge: up to the promise",
            "Beyond the promise",
        )
    return ColourScale(limits, _ARRIVAL, "min", texts, hatched=(3, 4), above=(_NEVER, "Not reached"))


def change_scale() -> ColourScale:
    """Classes of a difference of arrivals in minutes: blue is sooner, orange and hatched later."""
    return ColourScale(
        _CHANGES,
        _CHANGE,
        "min",
        names=(
            "10 min sooner or more",
            "5–10 min sooner",
            "1–5 min sooner",
            "Within a minute of before",
            "1–5 min later",
            "5–10 min later",
            "Over 10 min later",
        ),
        hatched=(4, 5, 6, 7),
        above=("#6b7079", "No longer reached"),
        below=("#0f8a60", "Reached only now"),
    )
