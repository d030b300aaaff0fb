"""Kernels of the matrix: each pair once, at the block of its lowest common ancestor.

Rows and columns are sorted in preorder, so all columns that share exactly c ancestors with a group of neighbouring rows
are at most two intervals. Rows form groups that share a low ancestor, columns form tiles of `WIDTH` stored transposed
(entry d of all columns of a tile side by side). A group and a tile share at least c ancestors: that prefix is a small
min-plus product over whole vectors; the few columns that share more are finished pair by pair. Min-plus products are
idempotent, so the last chunk of a prefix may overlap the one before it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .ancestry import common_length
from .arrays import INF
from .combining import label_time

WIDTH = 64
CHUNK = 8


@njit(nogil=True, cache=True)
def split_groups(common, size, first):
    """Cut rows into groups of at most `size` where neighbours share least; returns their number; O(k log k).

    `common` [k] is the common length with the row before; `first` [k + 1] receives the groups' first rows.
    """
    k = common.size
    stack = np.empty((k + 1, 2), np.int64)
    stack[0, 0] = 0
    stack[0, 1] = k
    top = 1
    count = 0
    while top > 0:
        top -= 1
        low = stack[top, 0]
        high = stack[top, 1]
        if high - low <= size:
            first[count] = low
            count += 1
            continue
        middle = (low + high) >> 1
        cut = low + 1
        for i in range(low + 2, high):
            nearer = abs(i - middle) < abs(cut - middle)
            if common[i] < common[cut] or (common[i] == common[cut] and nearer):
                cut = i
        stack[top, 0] = cut
        stack[top, 1] = high
        stack[top + 1, 0] = low
        stack[top + 1, 1] = cut
        top += 2
    first[count] = k
    return count


@njit(nogil=True, cache=True)
def fill_tiles(data, start, sequence, length, first, tiles):
    """Transpose the columns' rows: tile t holds `length[t]` lines of `WIDTH`; the last one repeats its last column."""
    for t in range(length.size):
        for c in range(WIDTH):
            column = sequence[min(t * WIDTH + c, sequence.size - 1)]
            begin = np.uint64(start[column])
            to = np.uint64(first[t] + c)
            for d in range(np.uint64(length[t])):
                tiles[to + d * np.uint64(WIDTH)] = data[begin + d]


@njit(nogil=True, cache=True)
def min_plus(data, start, sequence, i0, i1, tiles, tile, length, buffer, column, pitch):
    """buffer[i, column ..] = min(itself, row i (*) tile) over the first `length` entries, for rows i0 .. i1 - 1."""
    one = np.uint64(1)
    width = np.uint64(WIDTH)
    for i in range(i0, i1):
        begin = np.uint64(start[sequence[i]])
        out = np.uint64((i - i0) * pitch + column)
        d = np.uint64(0)
        if length < CHUNK:
            while d < np.uint64(length):
                step = data[begin + d]
                line = np.uint64(tile) + d * width
                for j in range(width):
                    buffer[out + j] = min(buffer[out + j], np.int32(step + tiles[line + j]))
                d += one
            continue
        last = np.uint64(length - CHUNK)
        while True:
            at = begin + d
            s0 = data[at]
            s1 = data[at + one]
            s2 = data[at + np.uint64(2)]
            s3 = data[at + np.uint64(3)]
            s4 = data[at + np.uint64(4)]
            s5 = data[at + np.uint64(5)]
            s6 = data[at + np.uint64(6)]
            s7 = data[at + np.uint64(7)]
            line = np.uint64(tile) + d * width
            for j in range(width):
                x = line + j
                a = min(np.int32(s0 + tiles[x]), np.int32(s1 + tiles[x + np.uint64(WIDTH)]))
                b = min(np.int32(s2 + tiles[x + np.uint64(2 * WIDTH)]), np.int32(s3 + tiles[x + np.uint64(3 * WIDTH)]))
                c = min(np.int32(s4 + tiles[x + np.uint64(4 * WIDTH)]), np.int32(s5 + tiles[x + np.uint64(5 * WIDTH)]))
                e = min(np.int32(s6 + tiles[x + np.uint64(6 * WIDTH)]), np.int32(s7 + tiles[x + np.uint64(7 * WIDTH)]))
                buffer[out + j] = min(buffer[out + j], min(min(a, b), min(c, e)))
            if d == last:
                break
            d = min(d + np.uint64(CHUNK), last)


@njit(nogil=True, cache=True)
def shared_with_columns(
    depth, block_head, block_tail, block_table, block_level, node, limit, deep, sequence, common, shared
):  # fmt: skip
    """shared[j] = min(limit, common length of `node` and sorted column j), outwards from the node's place; O(l)."""
    low = np.int64(0)
    high = np.int64(deep.size)
    while low < high:
        middle = (low + high) >> 1
        if deep[sequence[middle]] < node:
            low = middle + 1
        else:
            high = middle
    if low < deep.size:
        there = deep[sequence[low]]
        least = min(limit, common_length(depth, block_head, block_tail, block_table, block_level, node, there))
        shared[low] = least
        for j in range(low + 1, deep.size):
            least = min(least, common[j])
            shared[j] = least
    if low > 0:
        there = deep[sequence[low - 1]]
        least = min(limit, common_length(depth, block_head, block_tail, block_table, block_level, node, there))
        shared[low - 1] = least
        for j in range(low - 2, -1, -1):
            least = min(least, common[j + 1])
            shared[j] = least


@njit(nogil=True, cache=True)
def group_times(
    depth, block_head, block_tail, block_table, block_level,
    row_data, row_start, row_deep, row_sequence, row_common, group_first, group_begin, group_end,
    data, start, deep, sequence, common, place, tile_first, tiles, buffer, pitch, row_step, column_step, out,
):  # fmt: skip
    """Times of all rows of some groups to all columns, written to out[row * row_step + column * column_step]."""
    columns = deep.size
    shared = np.empty(columns, np.int64)
    for g in range(group_begin, group_end):
        i0 = group_first[g]
        i1 = group_first[g + 1]
        node = row_deep[row_sequence[i0]]
        limit = np.int64(depth[node]) + 1  # ancestors all rows of the group share
        for i in range(i0 + 1, i1):
            limit = min(limit, row_common[i])
        shared_with_columns(
            depth, block_head, block_tail, block_table, block_level, node, limit, deep, sequence, common, shared
        )
        for j in range((i1 - i0) * pitch):
            buffer[np.uint64(j)] = np.int32(INF)
        for t in range(tile_first.size):
            j0 = t * WIDTH
            j1 = min(columns, j0 + WIDTH)
            least = shared[j0]
            most = shared[j0]
            for j in range(j0, j1):
                least = min(least, shared[j])
                most = max(most, shared[j])
            min_plus(row_data, row_start, row_sequence, i0, i1, tiles, tile_first[t], least, buffer, j0, pitch)
            if most == least and most < limit:
                continue
            for j in range(j0, j1):
                if shared[j] == least and least < limit:
                    continue
                column = sequence[j]
                for i in range(i0, i1):
                    row = row_sequence[i]
                    length = shared[j]
                    if length == limit:  # inside the group's own subtree each pair has its own ancestor
                        length = common_length(
                            depth, block_head, block_tail, block_table, block_level, row_deep[row], deep[column]
                        )
                    rest = label_time(row_data, row_start[row] + least, data, start[column] + least, length - least)
                    at = np.uint64((i - i0) * pitch + j)
                    buffer[at] = min(buffer[at], rest)
        for i in range(i0, i1):
            begin = np.uint64((i - i0) * pitch)
            to = np.uint64(row_sequence[i] * row_step)
            for j in range(np.uint64(columns)):
                out[to + j * np.uint64(column_step)] = buffer[begin + np.uint64(place[j])]
