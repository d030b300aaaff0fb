"""Demand by H3 cell."""

from __future__ import annotations

from pathlib import Path

import h3
import pytest

from graphs.demand import read_demand
from graphs.errors import EmptyInputError, FileMissingError, InputError, MissingColumnError

CELL = h3.latlng_to_cell(-29.9, -71.25, 9)


def test_cells_and_weights_are_read(tmp_path: Path) -> None:
    """Columns may have other names; centres lie in their cells."""
    path = tmp_path / "d.csv"
    path.write_text(f"hex,calls\n{CELL},2.5\n")
    demand = read_demand(path, "hex", "calls")
    assert (demand.cells, demand.total) == ((CELL,), 2.5)
    lon, lat = demand.centres()
    assert h3.latlng_to_cell(lat[0], lon[0], 9) == CELL


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("", MissingColumnError, "no columns"),
        ("cell\n", MissingColumnError, "lacks population; it has cell"),
        ("cell,population\n", EmptyInputError, "no rows"),
        (f"cell,population\n{CELL},-1\n", InputError, "row 0"),
        (f"cell,population\n{CELL},1\nxyz,2\n", InputError, "row 1: 'xyz'"),
        (f"cell,population\n{CELL},nan\n", InputError, "row 0"),
        (f"cell,population\n{CELL},many\n", InputError, "row 0"),
    ],
)
def test_mistakes_name_their_row(tmp_path: Path, content: str, error: type[Exception], words: str) -> None:
    """Each mistake has its own error, with the row."""
    path = tmp_path / "d.csv"
    path.write_text(content)
    with pytest.raises(error, match=words):
        read_demand(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    """No file, no traceback."""
    with pytest.raises(FileMissingError):
        read_demand(tmp_path / "absent.csv")
