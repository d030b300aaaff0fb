"""H3 cells as texts."""

from __future__ import annotations

import h3
import pytest

from graphs.cells import is_cell

CELL = h3.latlng_to_cell(-29.9, -71.25, 7)
NONE = {
    "a decimal": str(h3.str_to_int(CELL)),
    "too long": "8" * 17,
    "far too long": "f" * 40,
    "negative": "-1",
    "prefixed": f"0x{CELL}",
    "with a blank": f" {CELL}",
    "with a line end": f"{CELL}\n",
    "with a nought": f"0{CELL}",
    "with a line": f"{CELL[:4]}_{CELL[4:]}",
    "other digits": "\uff18\uff19",
    "nothing": "",
    "no index": "f" * 15,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_cell(text: str):
    """Also where `h3` reads one from it, or raises an error of its own."""
    assert not is_cell(text)


def test_every_resolution_is_a_cell():
    """In small letters and in large ones."""
    for resolution in range(16):
        cell = h3.latlng_to_cell(-29.9, -71.25, resolution)
        assert is_cell(cell)
        assert is_cell(cell.upper())
