"""Reads the matrices of a problem."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.vroom.errors import UnsupportedProblemError, wrong
from engine.vroom.fields import MOST, Fields
from engine.vroom.model import Matrices
from graphs.network import Int64


def read_matrices(fields: Fields) -> dict[str, Matrices] | None:
    """By profile; None where the problem has none. The older key `matrix` is that of profile `car`."""
    if fields.has("matrix"):
        return {"car": Matrices(_matrix(fields.raw("matrix"), "matrix"))}
    if not fields.has("matrices"):
        return None
    found = {}
    profiles = Fields(fields.raw("matrices"), "matrices")
    for name in fields.raw("matrices"):
        path = f"matrices.{name}"
        inner = Fields(profiles.raw(name), path)
        if not inner.has("durations"):
            raise wrong(path, "has no durations")
        durations = _matrix(inner.raw("durations"), f"{path}.durations")
        distances = _matrix(inner.raw("distances"), f"{path}.distances") if inner.has("distances") else None
        if inner.has("costs") and not np.array_equal(_matrix(inner.raw("costs"), f"{path}.costs"), durations):
            raise UnsupportedProblemError(
                f"{path}.costs differs from the durations: Towline weighs time on the road; leave it out, or give "
                "per_hour and per_km costs of the vehicles",
                path=f"{path}.costs",
            )
        if distances is not None and distances.shape != durations.shape:
            raise wrong(f"{path}.distances", "has another size than the durations")
        found[name] = Matrices(durations, distances)
    return found


def _matrix(value: Any, path: str) -> Int64:
    if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
        raise wrong(path, "must be an array of rows of whole numbers, at least one")
    for at, row in enumerate(value):
        if len(row) != len(value):
            raise wrong(
                f"{path}[{at}]", f"has {len(row)} numbers; the matrix must be square, {len(value)} by {len(value)}"
            )
    try:
        found = np.array(value)
    except (ValueError, OverflowError):
        found = np.zeros(0)
    if found.dtype.kind not in "iu" or found.ndim != 2:
        at = next(((i, j) for i, row in enumerate(value) for j, x in enumerate(row) if not _is_whole(x)), (0, 0))
        raise wrong(f"{path}[{at[0]}][{at[1]}]", f"must be a whole number, not {value[at[0]][at[1]]!r}")
    bad = np.argwhere((found < 0) | (found > MOST))
    if bad.size:
        i, j = bad[0].tolist()
        raise wrong(f"{path}[{i}][{j}]", f"is {value[i][j]}; it must be 0 to {MOST}")
    return found.astype(np.int64)


def _is_whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST
