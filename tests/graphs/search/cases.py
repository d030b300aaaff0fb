"""Random directed graphs of many shapes and a plain oracle for their shortest times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from graphs.search import INF, Seeds


@dataclass
class Case:
    """A weakly connected directed graph with asymmetric weights, and how to make it again."""

    name: str
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    node_count: int

    def __str__(self) -> str:
        return self.name


def all_pairs(case: Case, weights: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int64]:
    """[n, n] shortest times by Floyd and Warshall, INF when unreachable."""
    times = np.full((case.node_count, case.node_count), INF, np.int64)
    np.minimum.at(times, (case.tail, case.head), case.weights if weights is None else weights)
    np.fill_diagonal(times, 0)
    for k in range(case.node_count):
        np.minimum(times, times[:, k, None] + times[None, k, :], out=times)
    return np.minimum(times, INF)


def make(shape: str, seed: int) -> Case:
    """One graph of a shape: grid, geometric, tree, parallel, closed, zero or tiny."""
    rng = np.random.default_rng([seed, *shape.encode()])
    links, n = _LINKS[shape](rng)
    keep = rng.random(len(links)) < 0.8  # the rest are one-way
    back = links[keep][:, ::-1]
    flip = rng.random(len(links)) < 0.5
    arcs = np.concatenate(
        [np.where(flip[:, None], links[:, ::-1], links), np.where(flip[keep][:, None], back[:, ::-1], back)]
    )
    arcs = arcs[rng.permutation(len(arcs))] if len(arcs) else np.empty((0, 2), np.int64)
    weights = rng.integers(1, 10_000, len(arcs))
    if shape == "closed":
        weights[rng.random(len(arcs)) < 0.2] = INF
    if shape == "zero":
        weights = rng.integers(0, 3, len(arcs))
    tail, head = np.ascontiguousarray(arcs.T.astype(np.int32))
    return Case(f"{shape} seed={seed} n={n}", tail, head, weights.astype(np.int32), n)


def _grid(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    rows, columns = rng.integers(2, 10, 2)
    at = rng.permutation(rows * columns).reshape(rows, columns)
    across = np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1)
    along = np.stack([at[:-1].ravel(), at[1:].ravel()], 1)
    return np.concatenate([across, along]), int(rows * columns)


def _geometric(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    n = int(rng.integers(20, 80))
    place = rng.random((n, 2))
    gap = ((place[:, None] - place[None]) ** 2).sum(-1)
    u, v = np.nonzero(np.triu(gap < (1.8 / np.sqrt(n)) ** 2, 1))
    return np.concatenate([np.stack([u, v], 1), _chain(rng, n)]), n


def _tree(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    links = _chain(rng, int(rng.integers(2, 70)))
    n = len(links) + 1
    return np.concatenate([links, rng.integers(0, n, (n // 8, 2))]), n


def _chain(rng: np.random.Generator, n: int) -> npt.NDArray[np.int64]:
    """A random tree: every node but the first hangs on an earlier one."""
    at = rng.permutation(n)
    return np.array([(at[i], at[rng.integers(0, i)]) for i in range(1, n)]).reshape(-1, 2)


def _parallel(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    links, n = _grid(rng)
    loops = np.repeat(rng.integers(0, n, (4, 1)), 2, axis=1)
    return np.concatenate([links, links[rng.integers(0, len(links), len(links))], loops]), n


def _tiny(rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], int]:
    n = int(rng.integers(1, 4))
    return np.concatenate([_chain(rng, n), rng.integers(0, n, (rng.integers(0, 3), 2))]), n


_LINKS = {
    "grid": _grid,
    "geometric": _geometric,
    "tree": _tree,
    "parallel": _parallel,
    "closed": _geometric,
    "zero": _grid,
    "tiny": _tiny,
}
SHAPES = tuple(_LINKS)
SEEDS = range(6)
ALL = [(shape, seed) for shape in SHAPES for seed in SEEDS]


def large(node_count: int, seed: int) -> Case:
    """A planar-looking graph with one-way streets and dead ends, too large for the cubic oracle."""
    rng = np.random.default_rng(seed)
    side = int(np.sqrt(node_count))
    at = rng.permutation(side * side).reshape(side, side)
    links = np.concatenate(
        [np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1), np.stack([at[:-1].ravel(), at[1:].ravel()], 1)]
    )
    links = links[rng.random(len(links)) < 0.9]
    links = np.concatenate([links, np.stack([at.ravel()[:-1], at.ravel()[1:]], 1)])
    arcs = np.concatenate([links, links[rng.random(len(links)) < 0.85][:, ::-1]])
    weights = rng.integers(1, 100_000, len(arcs)).astype(np.int32)
    tail, head = np.ascontiguousarray(arcs.T.astype(np.int32))
    return Case(f"large n={side * side} seed={seed}", tail, head, weights, side * side)


def positions(case: Case, count: int, seed: int) -> Seeds:
    """Random positions: at nodes, inside arcs, some with one end closed."""
    rng = np.random.default_rng([seed, 99])
    node_a = rng.integers(0, case.node_count, count)
    node_b = np.full(count, -1)
    if case.tail.size:
        inside = rng.random(count) < 0.7
        arc = rng.integers(0, case.tail.size, count)
        node_a = np.where(inside, case.tail[arc], node_a)
        node_b = np.where(inside, case.head[arc], -1)
    cost_a, cost_b = rng.integers(0, 5000, (2, count))
    cost_b[rng.random(count) < 0.1] = INF
    cost_a[rng.random(count) < 0.05] = INF
    return Seeds(*(part.astype(np.int32) for part in (node_a, cost_a, node_b, cost_b)))


def entered(seeds: Seeds, times: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """[k, ...] times of positions, given the times [n, ...] of nodes: the better of the two ends, capped at INF."""
    a = seeds.cost_a.astype(np.int64)[:, None] + times[seeds.node_a]
    b = seeds.cost_b.astype(np.int64)[:, None] + times[seeds.node_b]
    return np.minimum(np.where(seeds.node_b[:, None] >= 0, np.minimum(a, b), a), INF)


def fastest(tail: npt.NDArray, head: npt.NDArray, weights: npt.NDArray, node_count: int) -> sparse.csr_matrix:
    """scipy's graph of the arcs; of parallel arcs the fastest (scipy would add them up)."""
    order = np.lexsort((weights, head, tail))
    first = np.append(True, (np.diff(tail[order]) != 0) | (np.diff(head[order]) != 0))
    kept = order[first]
    return sparse.csr_matrix((weights[kept], (tail[kept], head[kept])), shape=(node_count, node_count))
