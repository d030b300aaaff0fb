"""Reader of the 9th DIMACS challenge's graph files (.gr, .co, plain or gzipped).

Format: http://www.diag.uniroma1.it/challenge9/format.shtml; nodes count from 1 in the files, from 0 here.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import FileMissingError, InputError


@dataclass(frozen=True)
class DimacsGraph:
    """Arcs ``tail[i] -> head[i]`` with an integer weight each."""

    node_count: int
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]


def read_graph(path: str | Path) -> DimacsGraph:
    """The arcs of a ``.gr`` file; raises `FileMissingError`, `InputError`."""
    lines = _read(path)
    problem = next((line.split() for line in lines.split(b"\n", 100) if line.startswith(b"p sp ")), None)
    arcs = _table(path, lines, b"a ", 3)
    if problem is None or len(problem) != 4 or int(problem[3]) != len(arcs):
        raise InputError(f"{path}: the problem line does not match the {len(arcs)} arcs in the file.", path=path)
    nodes, weights = arcs[:, :2] - 1, arcs[:, 2]
    count = int(problem[2])
    if len(arcs) and not (nodes.min() >= 0 and nodes.max() < count and weights.min() >= 0):
        raise InputError(f"{path}: arcs must join nodes 1 to {count} and have weights of at least 0.", path=path)
    tail, head = np.ascontiguousarray(nodes.T.astype(np.int32))
    return DimacsGraph(count, tail, head, weights.astype(np.int32))


def read_coordinates(path: str | Path) -> npt.NDArray[np.float64]:
    """[n, 2] lon, lat in degrees of a ``.co`` file; raises `FileMissingError`, `InputError`."""
    rows = _table(path, _read(path), b"v ", 3)
    if not np.array_equal(rows[:, 0], np.arange(1, len(rows) + 1)):
        raise InputError(f"{path}: coordinates must list nodes 1, 2, 3 ... in order.", path=path)
    return rows[:, 1:] / 1e6


def _read(path: str | Path) -> bytes:
    file = Path(path)
    if not file.exists():
        raise FileMissingError(f"{file} does not exist; give a DIMACS .gr or .co file.", path=file)
    raw = file.read_bytes()
    return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw


def _table(path: str | Path, lines: bytes, prefix: bytes, columns: int) -> npt.NDArray[np.int64]:
    """The numbers of all lines that start with `prefix`."""
    chosen = b" ".join(line[len(prefix) :] for line in lines.splitlines() if line.startswith(prefix))
    try:
        return np.array(chosen.split(), np.int64).reshape(-1, columns)
    except ValueError as error:
        raise InputError(
            f"{path}: expected {columns} whole numbers after each '{prefix.decode()}'.", path=path
        ) from error
