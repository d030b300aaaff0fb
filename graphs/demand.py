"""Demand: how many people or incidents to expect in each H3 cell."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import h3
import numpy as np

from graphs.cells import is_cell
from graphs.errors import EmptyInputError, FileMissingError, InputError, MissingColumnError
from graphs.network import Float64


class Demand(NamedTuple):
    """``k`` H3 cells and the weight of each (people, or expected incidents)."""

    cells: tuple[str, ...]
    weight: Float64  # [k] >= 0

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    def centres(self) -> tuple[Float64, Float64]:
        """([k] longitudes, [k] latitudes) of the cells' centres in degrees."""
        places = np.array([h3.cell_to_latlng(cell) for cell in self.cells]).reshape(-1, 2)
        return places[:, 1], places[:, 0]


def read_demand(path: str | Path, cell_column: str = "cell", weight_column: str = "population") -> Demand:
    """Demand from a CSV file; raises `InputError` naming the row of an invalid cell or weight."""
    path = Path(path)
    if not path.is_file():
        raise FileMissingError(f"There is no file at {path}; give a CSV file with H3 cells and weights.", path=path)
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        found = reader.fieldnames or []
        missing = [column for column in (cell_column, weight_column) if column not in found]
        if missing:
            raise MissingColumnError(
                f"{path.name} lacks {', '.join(missing)}; it has {', '.join(found) or 'no columns'}.",
                missing=", ".join(missing),
                found=", ".join(found),
            )
        rows = [(row[cell_column] or "", row[weight_column] or "") for row in reader]
    if not rows:
        raise EmptyInputError(f"{path.name} has a header but no rows.", path=path)
    weights = np.empty(len(rows))
    for index, (cell, weight) in enumerate(rows):
        try:
            weights[index] = float(weight)
        except ValueError:
            weights[index] = np.nan
        if not is_cell(cell) or not 0 <= weights[index] < np.inf:
            raise InputError(
                f"{path.name} row {index}: '{cell}' with weight '{weight}' is no H3 cell with a weight of at least 0.",
                row=index,
                cell=cell,
                weight=weight,
            )
    return Demand(tuple(cell for cell, _ in rows), weights)
