"""Colours of coverage: the promise is the hinge of the scale, and no meaning rests on colour alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.render.scales import ColourScale
from engine.render.styles import BLACK, GREEN, Style
from engine.texts.page_words import ENGLISH, PageWords

#: Shares of the promise at which arrival is no longer well inside, no longer inside, no longer in time.
_STEPS = (0.5, 0.8, 1.0)
# Blue is within, yellow at the edge, orange and hatched beyond: lightness rises towards the edge on both sides.
_ARRIVAL = ("#4f94c8", "#b5d6ee", "#fff0a3", "#f28c3c")
_NEVER = "#8a8f98"
_CHANGE = ("#0b5c9e", "#5ba3d4", "#c2e0f2", "#f4f4f1", "#fcd6a6", "#ee9144", "#a8480b")
#: Minutes of a change at which its class changes.
_CHANGES = (-10.0, -5.0, -1.0, 1.0, 5.0, 10.0)


def site_styles(words: PageWords = ENGLISH) -> dict[str, Style]:
    """How providers look, by what a scenario does to them."""
    return {
        "site": Style(words("site"), "#00543f", "square", 4.0),
        "site_added": Style(words("site_added"), "#a3307f", "star", 8.5),
        "site_removed": Style(words("site_removed"), BLACK, "cross", 6.0),
        "site_moved": Style(words("site_moved"), GREEN, "diamond", 6.5),
        "site_resized": Style(words("site_resized"), "#a3307f", "square", 4.5),
        "move": Style(words("move"), "#00543f", width=2.0, dashed=True),
    }


def gap_styles(words: PageWords = ENGLISH) -> dict[str, Style]:
    """The numbers on the map."""
    return {"gap": Style(words("gap"), BLACK, "circle", 8.0)}


def is_uniform(promise_minutes: npt.ArrayLike) -> bool:
    """Whether all cells have one promise."""
    promise = np.asarray(promise_minutes, np.float64)
    return bool(promise.size and (promise == promise.flat[0]).all())


def arrival_scale(promise_minutes: npt.ArrayLike, words: PageWords = ENGLISH) -> ColourScale:
    """Classes of the arrival: in minutes where all cells have one promise, else in shares of their promise.

    Values are given in minutes in both cases; the second one divides them by the cell's promise.
    """
    if is_uniform(promise_minutes):
        promise = float(np.asarray(promise_minutes, np.float64).flat[0])
        limits = tuple(round(step * promise, 2) for step in _STEPS)
        half, most, whole = (f"{limit:g}" for limit in limits)
        texts = (
            words("well_inside", most=half),
            words("inside", least=half, most=most),
            words("edge", least=most, most=whole),
            words("beyond", least=whole),
        )
    else:
        limits = _STEPS
        texts = (
            words("well_inside.share"),
            words("inside.share"),
            words("edge.share"),
            words("beyond.share"),
        )
    never = (_NEVER, words("not_reached"))
    return ColourScale(limits, _ARRIVAL, words("minutes_unit"), texts, hatched=(3, 4), above=never)


def change_scale(words: PageWords = ENGLISH) -> ColourScale:
    """Classes of a difference of arrivals in minutes: blue is sooner, orange and hatched later."""
    return ColourScale(
        _CHANGES,
        _CHANGE,
        words("minutes_unit"),
        names=tuple(
            words(key) for key in ("sooner_10", "sooner_5", "sooner_1", "same", "later_1", "later_5", "later_10")
        ),
        hatched=(4, 5, 6, 7),
        above=("#6b7079", words("no_longer")),
        below=("#0f8a60", words("only_now")),
    )
