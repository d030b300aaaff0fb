"""engine.render.codec: what is encoded can be decoded, place by place."""

from __future__ import annotations

import base64
from itertools import pairwise

import numpy as np
import pytest

from engine.render.codec import checked_degrees, encode_lines, encode_points, quantise
from graphs.errors import CoordinateError


def decode(text: str) -> list[list[tuple[int, int]]]:
    """Plain reading of the stream as codec.py's docstring describes it."""
    data = iter(base64.b64decode(text))

    def varint() -> int:
        value, shift = 0, 0
        while True:
            byte = next(data)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def signed() -> int:
        value = varint()
        return (value >> 1) ^ -(value & 1)

    count, points = varint(), varint()
    lines, lon, lat = [], 0, 0
    for _ in range(count):
        line = []
        for _ in range(varint()):
            lon, lat = lon + signed(), lat + signed()
            line.append((lon, lat))
        lines.append(line)
    assert next(data, None) is None, "bytes left over"
    assert sum(map(len, lines)) == points
    return lines


def test_random_lines_survive() -> None:
    """Random lines anywhere on Earth come back exactly as quantised."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        counts = random.integers(0, 9, random.integers(0, 30))
        offset = np.concatenate(([0], np.cumsum(counts)))
        points = quantise(np.column_stack((random.uniform(-180, 180, offset[-1]), random.uniform(-90, 90, offset[-1]))))
        wanted = [[tuple(p) for p in points[a:b].tolist()] for a, b in pairwise(offset)]
        assert decode(encode_lines(points, offset)) == wanted, f"seed {seed}"


def test_points_are_one_line() -> None:
    """Places keep their order, also when they coincide."""
    points = quantise(np.array([[117.0, 36.0], [117.0, 36.0], [-70.5, -30.0]]))
    assert decode(encode_points(points)) == [[(11700000, 3600000), (11700000, 3600000), (-7050000, -3000000)]]


def test_nothing_is_little() -> None:
    """No lines and no places are valid streams."""
    assert decode(encode_lines(np.empty((0, 2), np.int64), np.array([0]))) == []
    assert decode(encode_points(np.empty((0, 2), np.int64))) == [[]]


@pytest.mark.parametrize(("lon", "lat"), [(np.nan, 0), (0, np.nan), (np.inf, 0), (36.0, 117.0), (180.1, 0)])
def test_nowhere_on_earth_is_refused(lon: float, lat: float) -> None:
    """NaN, infinite, swapped and out-of-range places are errors that name layer and row."""
    with pytest.raises(CoordinateError, match="Units: place 1") as caught:
        checked_degrees([0, lon], [0, lat], "Units")
    assert caught.value.metadata["row"] == "1"


def test_unequal_columns_are_refused() -> None:
    """A longitude without a latitude is an error."""
    with pytest.raises(CoordinateError, match="2 longitudes but 1 latitudes"):
        checked_degrees([1, 2], [1], "Units")
