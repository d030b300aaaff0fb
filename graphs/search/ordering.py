"""The elimination order: nested dissection by METIS (George 1973; Karypis and Kumar 1998; Delling et al. 2011)."""

from __future__ import annotations

import numpy as np
import pymetis
from scipy import sparse

from .arrays import Int32


def undirected(tail: Int32, head: Int32, node_count: int) -> tuple[Int32, Int32]:
    """The simple undirected graph of the arcs as CSR ``(first[n + 1], neighbour)``, sorted; no loops, no doubles."""
    proper = tail != head
    ones = np.ones(int(proper.sum()), np.int8)
    shape = (node_count, node_count)
    matrix = sparse.coo_matrix((ones, (tail[proper], head[proper])), shape=shape).tocsr()
    matrix = (matrix.astype(bool) + matrix.T.astype(bool)).tocsr()
    matrix.sort_indices()
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)


def dissect(first: Int32, neighbour: Int32) -> Int32:
    """[n] the nodes in order of elimination, the last one becomes the root; the same graph gives the same order.

    METIS answers ``(perm, iperm)``. The *first* is the order: row i of the permuted matrix is row ``perm[i]`` of the
    original. The second is a permutation too and would stay correct, with a thousand times the work.
    """
    node_count = first.size - 1
    if node_count <= 2 or neighbour.size == 0:
        return np.arange(node_count, dtype=np.int32)
    order, _inverse = pymetis.nested_dissection(pymetis.CSRAdjacency(first, neighbour))
    return np.asarray(order, np.int32)
