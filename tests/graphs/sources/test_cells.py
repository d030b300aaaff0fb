"""Cells of tables, in all the ways OSMnx, CSV and Parquet write them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graphs.classes import ROAD_CLASSES
from graphs.errors import InputError
from graphs.sources import cells


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("residential", ("residential",)),
        (" a ", ("a",)),
        ("['residential', 'service']", ("residential", "service")),
        (["50", "80"], ("50", "80")),
        (np.array([1, 2]), ("1", "2")),
        ("[broken", ("[broken",)),
        ("[broken]", ("[broken]",)),
        (50, ("50",)),
        (50.0, ("50",)),
        (None, ()),
        (float("nan"), ()),
        (pd.NA, ()),
        ("", ()),
        ([], ()),
    ],
)
def test_a_cell_holds_none_one_or_several_values(cell: object, values: tuple[str, ...]) -> None:
    """Lists may be real or written out; empty cells of every kind hold nothing."""
    assert cells.values_of(cell) == values


def test_of_several_road_classes_the_slowest_counts() -> None:
    """Lists, unknown and undrivable classes, and empty cells, each counted where it belongs."""
    column = pd.Series(["primary", ["residential", "primary"], "['footway', 'service']", "footway", "moonway", None])
    found, skipped, unknown = cells.road_classes(column)
    names = [None if index == cells.SKIPPED else ROAD_CLASSES[index] for index in found]
    assert names == ["primary", "residential", "service", None, "road", None]
    assert skipped == {"highway=footway": 1, "without highway": 1}
    assert unknown == {"moonway": 1}


def test_maxspeeds_come_as_numbers_texts_and_lists() -> None:
    """Of several the lowest counts; what is not understood is counted by value."""
    kph, unread = cells.maxspeeds(pd.Series(["50", "20 mph", ["80", "60"], "fast", "fast", None, "['30', 'none']"]))
    assert kph == pytest.approx([50, 32.18688, 60, np.nan, np.nan, np.nan, 30], nan_ok=True)
    assert unread == {"fast": 2}
    kph, unread = cells.maxspeeds(pd.Series([50.0, np.nan, 0.0, 900.0]))
    assert kph == pytest.approx([50, np.nan, np.nan, np.nan], nan_ok=True)
    assert unread == {"0": 1, "900": 1}


def test_one_way_is_understood_in_every_spelling() -> None:
    """Booleans, words and numbers; against the drawing; anything else is refused by value."""
    assert cells.directions(pd.Series([True, False])).tolist() == [1, 0]
    spelled = pd.Series(["yes", "True", 1, 1.0, "no", "False", 0, None, "-1", -1, "reverse"])
    assert cells.directions(spelled).tolist() == [1, 1, 1, 1, 0, 0, 0, 0, -1, -1, -1]
    with pytest.raises(InputError, match="'perhaps'"):
        cells.directions(pd.Series(["yes", "perhaps"]))


def test_node_keys_are_integers_where_they_can_be_and_texts_otherwise() -> None:
    """64-bit ids survive as text; other names are numbered; an empty one is refused."""
    big = 2**53 + 1
    (u, v), ids = cells.node_keys([pd.Series([str(big), "2"]), pd.Series([2, big])], "Table")
    assert ids[u].tolist() == [big, 2]
    assert ids[v].tolist() == [2, big]
    (u, v), ids = cells.node_keys([pd.Series(["a", "b"]), pd.Series(["b", "c"])], "Table")
    assert (u.tolist(), v.tolist(), ids.size) == ([0, 1], [1, 2], 3)
    with pytest.raises(InputError, match="empty"):
        cells.node_keys([pd.Series(["a", None])], "Table")


def test_identifiers_fall_back_to_zero() -> None:
    """An OSM way id may be missing, a list, or no number at all."""
    assert cells.identifiers(pd.Series(["12", "[3, 4]", None, "x", str(2**70)])).tolist() == [12, 3, 0, 0, 0]
    assert cells.identifiers(pd.Series([1, 2])).tolist() == [1, 2]


def test_a_cell_that_is_no_number_names_its_row() -> None:
    """Text among lengths is refused with column and row."""
    assert cells.numbers(pd.Series(["1.5", None]), "length") == pytest.approx([1.5, np.nan], nan_ok=True)
    with pytest.raises(InputError, match="'length', row 1: 'long'"):
        cells.numbers(pd.Series(["1.5", "long"]), "length")
