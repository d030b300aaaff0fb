"""Memory of an import, against the size of the region it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.import_memory import compare

#: Peak memory of an import, less the interpreter's, is at most this many times the region's file.
MOST = 6.0


@pytest.mark.parametrize(
    "junctions", [20_000, pytest.param(1_000_000, marks=pytest.mark.nightly)], ids=["small", "country"]
)
def test_an_import_needs_a_small_multiple_of_the_region(tmp_path: Path, junctions: int) -> None:
    """A made-up country is read, built and saved in a process of its own within six times the size of its file."""
    figures = compare(junctions, 1, tmp_path)
    assert figures["nodes"] > 0.95 * junctions
    assert figures["ratio"] <= MOST, figures
