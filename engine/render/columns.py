"""The columns of values of a cell layer, as the page's script reads them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.render.codec import encode_values
from engine.render.layers import CellLayer
from engine.render.options import each_option
from engine.render.scales import ColourScale

#: Decimals kept at least, and at most.
_LEAST, _MOST = 1, 6


def cell_columns(layer: CellLayer) -> dict[str, Any]:
    """Scales, value streams and which series uses which: equal scales and equal streams once."""
    decimals = max((_decimals(each.scale) for each in layer.series), default=_LEAST)
    streams: dict[str, int] = {}
    scales: dict[ColourScale, int] = {}

    def stored(column: npt.ArrayLike | None) -> int | None:
        if column is None:
            return None
        return streams.setdefault(encode_values(np.asarray(column), decimals), len(streams))

    series = [
        {
            "options": [[option.choice, option.name] for option in each_option(each.option)],
            "scale": scales.setdefault(each.scale, len(scales)),
            "values": stored(each.values),
            "minus": stored(each.minus),
            "measure": stored(each.measure),
            "valueLabel": each.value_label or layer.value_label or layer.label,
            "numbers": [[name, stored(column)] for name, column in each.numbers.items()],
        }
        for each in layer.series
    ]
    return {
        "series": series,
        "decimals": decimals,
        "streams": list(streams),
        "scales": [_scale(scale) for scale in scales],
    }


def _scale(scale: ColourScale) -> dict[str, Any]:
    count = len(scale.colours)
    return {
        "unit": scale.unit,
        "limits": list(scale.limits),
        "classes": [list(look) for look in scale.looks()],
        "above": count if scale.above else count - 1,
        "below": count + 1 if scale.below else 0,
        "hatched": list(scale.hatched),
    }


def _decimals(scale: ColourScale) -> int:
    """Decimals that write every limit exactly; limits that need more than six are held to six."""
    return max((_of(limit) for limit in scale.limits), default=_LEAST)


def _of(limit: float) -> int:
    found = (d for d in range(_LEAST, _MOST) if math.isclose(round(limit, d), limit, rel_tol=0, abs_tol=1e-9))
    return next(found, _MOST)
