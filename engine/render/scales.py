"""Colour scales of cell layers: a few classes with round limits, which people can read back from a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.render.errors import MapError
from engine.render.styles import check_colour

# Light to dark with even steps in lightness, so that they also work in grey. Blue and orange are the two hues that
# every common kind of colour blindness keeps apart.
_SEQUENTIAL = ("#fdf3c4", "#a8dcb5", "#41a6c2", "#2261a8", "#172a63")
_WITHIN = ("#0b4f8a", "#4f94c8", "#bcdcf0")
_BEYOND = ("#fcd9ae", "#ea8b3a", "#983c04")


@dataclass(frozen=True)
class ColourScale:
    """``k`` rising limits make ``k + 1`` classes: at most the first, at most the second, …, above the last.

    Infinity belongs to the last class, minus infinity to the first, unless ``above`` or ``below`` gives it a class of
    its own: (colour, legend text).
    """

    limits: tuple[float, ...]
    colours: tuple[str, ...]
    #: Written after the limits in the legend, for example "min".
    unit: str = ""
    #: Legend texts of the ``k + 1`` classes, instead of the limits.
    names: tuple[str, ...] = ()
    #: Classes (above and below are ``k + 1`` and ``k + 2``) that are also hatched, so that grey paper tells them apart.
    hatched: tuple[int, ...] = ()
    above: tuple[str, str] | None = None
    below: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        limits = np.asarray(self.limits, np.float64)
        if not np.isfinite(limits).all() or (np.diff(limits) <= 0).any():
            raise MapError(f"limits {self.limits} of a colour scale must be finite and rise", limits=self.limits)
        if len(self.colours) != len(self.limits) + 1:
            raise MapError(
                f"{len(self.limits)} limits make {len(self.limits) + 1} classes, but there are "
                f"{len(self.colours)} colours",
                limits=self.limits,
                colours=self.colours,
            )
        if self.names and len(self.names) != len(self.colours):
            raise MapError(f"{len(self.colours)} classes but {len(self.names)} names", names=self.names)
        for colour in self.colours:
            check_colour(colour)
        for special in (self.above, self.below):
            if special:
                check_colour(special[0])

    @classmethod
    def sequential(cls, limits: Sequence[float], unit: str = "") -> ColourScale:
        """From light (low) to dark (high)."""
        return cls(tuple(limits), tuple(_blend(_SEQUENTIAL, len(limits) + 1)), unit)

    @classmethod
    def around(cls, pivot: float, limits: Sequence[float], unit: str = "") -> ColourScale:
        """Blue up to ``pivot`` (a promise, say), orange beyond; darker the farther from it. ``pivot`` is a limit."""
        if pivot not in limits:
            raise MapError(f"pivot {pivot} is not one of the limits {tuple(limits)}", pivot=pivot, limits=tuple(limits))
        within = sum(limit <= pivot for limit in limits)
        colours = _blend(_WITHIN, within) + _blend(_BEYOND, len(limits) + 1 - within)
        return cls(tuple(limits), tuple(colours), unit)

    def classes(self, values: np.ndarray) -> np.ndarray:
        """[n] class of each value; -1 where the value is NaN."""
        values = np.asarray(values, np.float64)
        found = np.where(np.isnan(values), -1, np.searchsorted(np.asarray(self.limits), values, side="left"))
        if self.above:
            found[values == np.inf] = len(self.colours)
        if self.below:
            found[values == -np.inf] = len(self.colours) + 1
        return found

    def looks(self) -> list[tuple[int, str, str]]:
        """(class, colour, legend text) of every class, below first and above last."""
        shown = list(zip(range(len(self.colours)), self.colours, self.labels(), strict=True))
        first = [(len(self.colours) + 1, *self.below)] if self.below else []
        last = [(len(self.colours), *self.above)] if self.above else []
        return [*first, *shown, *last]

    def labels(self) -> list[str]:
        """[k + 1] legend text of each class."""
        if self.names:
            return list(self.names)
        if not self.limits:
            return [self.unit]
        texts = [f"{limit:g}" for limit in self.limits]
        unit = f" {self.unit}" if self.unit else ""
        between = [f"{low}–{high}{unit}" for low, high in pairwise(texts)]
        return [f"≤ {texts[0]}{unit}", *between, f"> {texts[-1]}{unit}"]


def _blend(anchors: Sequence[str], count: int) -> list[str]:
    """``count`` colours spread evenly along ``anchors`` (``#rrggbb``), ends included."""
    rgb = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in anchors], np.float64)
    at = np.linspace(0, len(anchors) - 1, count) if count > 1 else np.full(count, (len(anchors) - 1) / 2)
    mixed = np.column_stack([np.interp(at, np.arange(len(anchors)), rgb[:, i]) for i in range(3)])
    return ["#{:02x}{:02x}{:02x}".format(*np.rint(row).astype(int).tolist()) for row in mixed]
