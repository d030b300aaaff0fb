"""H3 cells as texts, wherever people write them."""

from __future__ import annotations

import re

import h3

_HEX = re.compile("[0-9a-fA-F]{15}")


def is_cell(text: str) -> bool:
    """Whether it is a cell, written as `h3` writes them.

    `h3` alone would also read one with blanks or a prefix, and raises OverflowError of a longer or a negative number.
    """
    return _HEX.fullmatch(text) is not None and h3.is_valid_cell(text)
