"""How many crews each provider has: many small ones, a few large."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.errors import OptionError

MOST_CREWS = 40


def draw_crews(rng: np.random.Generator, providers: int, units: int) -> npt.NDArray[np.int64]:
    """[providers] crews from 1 to 40 by a power law, summing exactly to ``units``.

    The law's exponent is chosen so that the mean comes out right; what chance leaves over is spread one by one.
    Raises OptionError when there are fewer units than providers or more than 40 each.
    """
    if providers < 1 or not providers <= units <= MOST_CREWS * providers:
        raise OptionError(
            f"{units} units cannot be shared among {providers} providers; each has 1 to {MOST_CREWS} crews",
            units=units,
            providers=providers,
        )
    sizes = np.arange(1, MOST_CREWS + 1)
    if units == providers or units == MOST_CREWS * providers:
        return np.full(providers, units // providers, np.int64)

    crews = rng.choice(sizes, providers, p=_power_law(sizes, units / providers)).astype(np.int64)
    while (short := units - int(crews.sum())) != 0:
        step = 1 if short > 0 else -1
        able = np.flatnonzero((crews < MOST_CREWS) if step > 0 else (crews > 1))
        chosen = rng.choice(able, min(abs(short), able.size), replace=False)
        crews[chosen] += step
    return crews


def _power_law(sizes: npt.NDArray[np.int64], mean: float) -> npt.NDArray[np.float64]:
    """[sizes] chances falling by a power of the size, with the given mean (found by halving)."""
    low, high = -200.0, 40.0
    for _ in range(60):
        exponent = (low + high) / 2
        weight = -exponent * np.log(sizes)
        chance = np.exp(weight - weight.max())
        chance /= chance.sum()
        low, high = (exponent, high) if float(chance @ sizes) > mean else (low, exponent)
    return chance
