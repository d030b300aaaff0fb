"""Levels of the rows of an edges table, from its columns ``layer``, ``bridge`` and ``tunnel``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphs.levels import level_of
from graphs.network import Int8
from graphs.sources.cells import distinct
from graphs.sources.columns import ColumnMapping

if TYPE_CHECKING:
    import pandas as pd


def row_levels(edges: pd.DataFrame, mapping: ColumnMapping) -> tuple[Int8 | None, int]:
    """([rows] `graphs.levels`, None where no road is over or under another; rows whose layer could not be read).

    Of several values in one cell, where OSMnx joined ways, that nearest the ground counts: part of the road is there.
    """
    cells, code, count = [], np.zeros(len(edges), np.int64), 1
    for column in (mapping.layer, mapping.bridge, mapping.tunnel):
        codes, values = distinct(edges[column]) if column in edges else (np.zeros(len(edges), np.int64), [()])
        cells.append(values)
        code, count = code * len(values) + codes, count * len(values)
    used, row = np.unique(code, return_inverse=True)
    level, unread = np.zeros(used.size, np.int8), np.zeros(used.size, bool)
    for i, at in enumerate(used.tolist()):
        at, tunnel = divmod(at, len(cells[2]))
        layer, bridge = divmod(at, len(cells[1]))
        found = [
            level_of(text, (cells[1][bridge] or (None,))[0], (cells[2][tunnel] or (None,))[0])
            for text in cells[0][layer] or (None,)
        ]
        level[i] = min((one for one, _ in found), key=abs)
        unread[i] = not all(readable for _, readable in found)
    return (level[row] if level.any() else None), int(unread[row].sum())
