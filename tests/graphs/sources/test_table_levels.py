"""Levels from tables and graphs, as OSMnx writes them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphs.assemble import assemble
from graphs.sources.columns import ColumnMapping
from graphs.sources.edges_table import edges_to_raw
from graphs.sources.table_levels import row_levels
from graphs.speeds import load_profile
from tests.graphs.towns import town_table


def levels(**columns: list[object]) -> tuple[list[int] | None, int]:
    found, unread = row_levels(pd.DataFrame(columns), ColumnMapping())
    return (None if found is None else found.tolist()), unread


def test_layer_bridge_and_tunnel_columns() -> None:
    """Numbers, texts, lists and lists written out; of several the one nearest the ground; nonsense is counted."""
    nan = float("nan")
    assert levels(layer=[1, nan, -2.0]) == ([1, 0, -2], 0)
    assert levels(layer=["1", None, ["2", "1"], "['-1', '0']"], bridge=[None, "yes", "yes", nan]) == ([1, 1, 1, 0], 0)
    assert levels(bridge=["yes", "no", None], tunnel=[None, "yes", "building_passage"]) == ([1, -1, 0], 0)
    assert levels(layer=["up", "1"], bridge=["yes", None]) == ([1, 1], 1)
    assert levels(layer=["0", None]) == (None, 0)
    assert levels(name=["a"]) == (None, 0)


def test_a_table_with_levels_gives_a_network_with_levels() -> None:
    """Both arcs of a two-way street have the level of its row; without such columns there are none."""
    table = town_table(3)
    assert assemble(edges_to_raw(table, directed=False), load_profile())[0].arc_layer.size == 0
    table["layer"] = np.arange(len(table)) % 3 - 1
    network, _ = assemble(edges_to_raw(table, directed=False), load_profile())
    wanted = dict(zip(table["osmid"], table["layer"], strict=True))
    assert [wanted[way] for way in network.arc_way] == network.arc_layer.tolist()
