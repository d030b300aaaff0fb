"""engine.render.layers and page: what does not fit together is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from engine.render import CellLayer, ColourScale, Figure, LineLayer, MapError, MapPage, Mark, PointLayer, Style, Table
from engine.render.payload import payload
from graphs.errors import CoordinateError

SCALE = ColourScale.sequential([10, 20], "min")


def test_columns_must_match() -> None:
    """A column that is too short is an error naming layer and column."""
    with pytest.raises(MapError, match=r"Units: 2 features but 1 names"):
        PointLayer("Units", [1, 2], [1, 2], names=["only one"])
    with pytest.raises(MapError, match=r"2 features but 0 field 'Provider'"):
        PointLayer("Units", [1, 2], [1, 2], fields={"Provider": []})
    with pytest.raises(MapError, match=r"1 features but 2 roles"):
        PointLayer("Units", [1], [1], roles=["unit", "unit"])
    with pytest.raises(MapError, match=r"1 features but 2 values"):
        CellLayer("Cells", ["8831aa5a49fffff"], [1, 2], SCALE)
    with pytest.raises(MapError, match=r"1 rows but 2 keys"):
        Table("Promises", ["Incident"], [["I1"]], ["I1", "I2"])
    with pytest.raises(MapError, match=r"row 0 has 1 cells, but there are 2 columns"):
        Table("Promises", ["Incident", "Due"], [["I1"]])


def test_unknown_roles_are_refused_unless_styled() -> None:
    """A role needs a style, the renderer's or the layer's own."""
    with pytest.raises(MapError, match="unknown role 'heli'"):
        PointLayer("Units", [1], [1], roles="heli")
    PointLayer("Units", [1], [1], roles="heli", styles={"heli": Style("Helicopter", "#112233", "star")})
    for make in (lambda: Mark("heli", "x"), lambda: Figure("a", "b", role="heli")):
        with pytest.raises(MapError, match="unknown role 'heli'"):
            make()


def test_places_must_be_on_earth() -> None:
    """NaN in points, lines or bounds is a CoordinateError."""
    with pytest.raises(CoordinateError):
        PointLayer("Units", [np.nan], [1])
    with pytest.raises(CoordinateError, match="Routes, line 1"):
        LineLayer("Routes", [[[1, 1], [2, 2]], [[1, 1], [np.nan, 2]]])
    with pytest.raises(CoordinateError, match="bounds"):
        payload(MapPage("x", bounds=(0, 0, np.nan, 1)))


def test_lines_need_two_points() -> None:
    """A line of one point, or of triples, is refused."""
    for path in ([[1, 1]], [[1, 1, 1], [2, 2, 2]], []):
        with pytest.raises(MapError, match="line 0"):
            LineLayer("Routes", [path])
    with pytest.raises(MapError, match="1 starts but 2 ends"):
        LineLayer.between("Assignments", [1], [1], [1, 2], [1, 2])


def test_cells_must_be_cells() -> None:
    """H3 cells may be strings or integers; anything else is refused."""
    as_text, as_number = (
        CellLayer("a", ["8831aa5a49fffff"], [1], SCALE),
        CellLayer("a", [0x8831AA5A49FFFFF], [1], SCALE),
    )
    assert payload(MapPage("x", layers=[as_text])) == payload(MapPage("x", layers=[as_number]))
    with pytest.raises(MapError, match="not an H3 cell"):
        payload(MapPage("x", layers=[CellLayer("a", ["nonsense"], [1], SCALE)]))


def test_colours_cannot_carry_style_sheets() -> None:
    """A colour is #rrggbb and nothing else; a shape is a known one."""
    with pytest.raises(MapError, match="not of the form"):
        Style("x", "red}body{display:none")
    with pytest.raises(MapError, match="unknown shape"):
        Style("x", shape="blob")
    with pytest.raises(MapError, match="no words for language 'xx'"):
        payload(MapPage("x", language="xx"))
