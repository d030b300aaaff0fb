"""Damaged sources: whatever is wrong with a file, the answer is a network or a typed error, never a crash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphs.errors import TowlineError
from graphs.sources.reading import read_source
from tests.graphs.sources.osm_xml import write_osm, write_pbf
from tests.graphs.sources.test_osm_file import PLACES, WAYS
from tests.graphs.towns import town_table


def written(folder: Path, name: str) -> Path:
    path = folder / name
    if name.endswith(".csv"):
        town_table(1).to_csv(path, index=False)
    elif name.endswith(".parquet"):
        town_table(1).to_parquet(path)
    else:
        (write_pbf if name.endswith(".pbf") else write_osm)(path, PLACES, WAYS)
    return path


def spoiled(content: bytes, rng: np.random.Generator) -> bytes:
    """A few bytes changed, cut out or put in."""
    found = bytearray(content)
    for _ in range(int(rng.integers(1, 4))):
        place, kind = int(rng.integers(len(found))), int(rng.integers(4))
        if kind == 0:
            found[place] = int(rng.integers(256))
        elif kind == 1:
            del found[place : place + int(rng.integers(1, 30))]
        elif kind == 2:
            found[place:place] = bytes(rng.choice(list(b"0123456789,.-\"'()nN <>"), int(rng.integers(1, 5))).tolist())
        else:
            found[place] ^= 1 << int(rng.integers(8))
    return bytes(found)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.osm", "a.osm.pbf"])
def test_a_spoiled_file_gives_a_network_or_a_typed_error(tmp_path: Path, name: str) -> None:
    """Random damage to every kind of file."""
    seed = 2024
    rng = np.random.default_rng(seed)
    content = written(tmp_path, name).read_bytes()
    path, refused = tmp_path / f"spoiled-{name}", 0
    for turn in range(80):
        path.write_bytes(spoiled(content, rng))
        try:
            read_source(path, directed=False if name.endswith((".csv", ".parquet")) else None)
        except TowlineError:
            refused += 1
        except Exception as error:  # what this test is about
            pytest.fail(f"{name}, seed {seed}, turn {turn}: {error!r}")
    assert refused > 20
