"""Finding the two directions of one street in a directed table."""

from __future__ import annotations

import numpy as np
import pytest

from graphs.sources.pairing import pair_directions


def paired(ends: list[tuple[int, int]], shapes: list[list[tuple[int, int]]]) -> list[int]:
    offset = np.concatenate(([0], np.cumsum([len(shape) for shape in shapes])))
    points = np.array([point for shape in shapes for point in shape], np.int32)
    tail, head = np.array(ends, np.int32).T
    return pair_directions(tail, head, offset, points).tolist()


def test_mutually_reversed_shapes_are_shared() -> None:
    """(u, v) and (v, u) along the same points become one shape; a parallel street of other points does not."""
    line, bend = [(0, 0), (5, 9), (9, 1)], [(0, 0), (4, -9), (9, 1)]
    found = paired([(1, 2), (2, 1), (2, 1)], [line, line[::-1], bend[::-1]])
    assert sorted(found) in ([~0, 0, 2], [~1, 1, 2])
    assert found[2] == 2


def test_equal_shapes_in_the_same_direction_stay_apart() -> None:
    """Two identical one-way rows are parallel arcs, not a two-way street."""
    line = [(0, 0), (9, 1)]
    assert paired([(1, 2), (1, 2)], [line, line]) == [0, 1]


def test_every_shape_serves_at_most_one_arc_each_way() -> None:
    """Of two rows one way and one back, exactly one pair is made."""
    line = [(0, 0), (9, 1)]
    found = paired([(1, 2), (1, 2), (2, 1)], [line, line, line[::-1]])
    assert sum(shape < 0 for shape in found) == 1
    assert len(set(found)) == 3


def test_closed_streets_pair_by_their_inner_points() -> None:
    """A loop and its reverse share a shape; a loop that reads the same both ways is left alone."""
    loop, flat = [(0, 0), (5, 1), (1, 5), (0, 0)], [(0, 0), (5, 1), (0, 0)]
    assert sum(shape < 0 for shape in paired([(1, 1), (1, 1)], [loop, loop[::-1]])) == 1
    assert paired([(1, 1), (1, 1)], [flat, flat[::-1]]) == [0, 1]


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_two_way_streets_all_find_each_other(seed: int) -> None:
    """Random streets listed both ways in random order: each pair shares one shape, one-way streets keep theirs."""
    rng = np.random.default_rng(seed)
    streets = [rng.integers(-(10**9), 10**9, (int(rng.integers(2, 7)), 2)).tolist() for _ in range(60)]
    rows = [((2 * i, 2 * i + 1), shape) for i, shape in enumerate(streets)]
    rows += [((2 * i + 1, 2 * i), shape[::-1]) for i, shape in enumerate(streets) if i % 3]
    rows = [rows[i] for i in rng.permutation(len(rows))]
    found = paired([ends for ends, _ in rows], [shape for _, shape in rows])
    for i, shape in enumerate(found):
        if shape < 0:
            partner = found[~shape]
            assert partner == ~shape, seed
            assert rows[i][0] == rows[partner][0][::-1], seed
    assert sum(shape < 0 for shape in found) == sum(1 for i in range(60) if i % 3), seed


def test_no_rows_are_no_error() -> None:
    """An empty table has no pairs."""
    assert (
        pair_directions(
            np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(1, np.int64), np.zeros((0, 2), np.int32)
        ).size
        == 0
    )
