"""The DIMACS reader on small files."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from graphs.dimacs import read_coordinates, read_graph
from graphs.errors import FileMissingError, InputError

GRAPH = b"c three nodes\np sp 3 2\na 1 2 70\na 3 1 5\n"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_arcs_count_from_zero(tmp_path: Path, pack) -> None:
    """Plain and gzipped files give the same arcs, nodes counted from 0."""
    path = tmp_path / "small.gr"
    path.write_bytes(pack(GRAPH))
    graph = read_graph(path)
    assert graph.node_count == 3
    assert np.array_equal(graph.tail, [0, 2])
    assert np.array_equal(graph.head, [1, 0])
    assert np.array_equal(graph.weights, [70, 5])


def test_coordinates_are_degrees(tmp_path: Path) -> None:
    """Micro-degrees become longitude and latitude in degrees."""
    path = tmp_path / "small.co"
    path.write_bytes(b"p aux sp co 1\nv 1 -73530767 41085396\n")
    assert np.allclose(read_coordinates(path), [[-73.530767, 41.085396]])


@pytest.mark.parametrize("text", [GRAPH + b"a 1 3 1\n", b"p sp 3 1\na 1 4 1\n", b"p sp 3 1\na 1 x 1\n", b"a 1 2 3\n"])
def test_damaged_files_are_refused(tmp_path: Path, text: bytes) -> None:
    """Wrong counts, unknown nodes, words for numbers and a missing problem line are input errors."""
    path = tmp_path / "bad.gr"
    path.write_bytes(text)
    with pytest.raises(InputError):
        read_graph(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A file that does not exist has its own error."""
    with pytest.raises(FileMissingError):
        read_graph(tmp_path / "none.gr")
