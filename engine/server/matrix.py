"""Matrices on the wire: little-endian int32, row-major, whole or in blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.dispatch import Dispatcher
from engine.errors import TooLargeError
from engine.server.budget import Budget
from engine.server.options import ServerOptions
from graphs.errors import TowlineError
from graphs.position import Positions
from graphs.snapping.query import LocationQuery


@dataclass(frozen=True, slots=True)
class Rows:
    """Consecutive rows of a matrix."""

    first: int
    count: int
    durations_ms: bytes


def whole(dispatcher: Dispatcher, origins: LocationQuery, destinations: LocationQuery, options: ServerOptions) -> bytes:
    """The matrix; TooLargeError beyond the limit of a single answer."""
    count, width = len(origins), len(destinations)
    _limit(count, width, options.max_matrix_cells, "one answer; use StreamMatrix")
    return _encode(
        dispatcher.durations(_snap(dispatcher, origins, "origins"), _snap(dispatcher, destinations, "destinations"))
    )


def in_blocks(
    dispatcher: Dispatcher, origins: LocationQuery, destinations: LocationQuery, options: ServerOptions, budget: Budget
) -> Iterator[Rows]:
    """The matrix a few rows at a time; computed in larger blocks, because each one labels the destinations anew."""
    count, width = len(origins), len(destinations)
    _limit(count, width, options.max_stream_cells, "one stream; ask for fewer origins at a time")
    sources, targets = _snap(dispatcher, origins, "origins"), _snap(dispatcher, destinations, "destinations")
    block = max(1, options.stream_block_cells // width)
    step = max(1, options.stream_message_cells // width)
    for start in range(0, count, block):
        budget.check()
        durations = dispatcher.durations(sources.take(np.arange(start, min(start + block, count))), targets)
        for row in range(0, len(durations), step):
            rows = durations[row : row + step]
            yield Rows(start + row, len(rows), _encode(rows))


def _limit(count: int, width: int, most: int, remedy: str) -> None:
    cells = count * width
    if cells > most:
        raise TooLargeError(
            f"{count} x {width} are {cells} cells, more than the {most} of {remedy}", cells=cells, max_cells=most
        )


def _snap(dispatcher: Dispatcher, places: LocationQuery, field: str) -> Positions:
    """All places on roads before any time is computed, so that a bad one fails the whole request."""
    try:
        return dispatcher.positions(places)
    except TowlineError as error:
        error.metadata["field"] = f"{field}[{error.metadata['index']}]"
        raise


def _encode(durations: npt.NDArray[np.int32]) -> bytes:
    return np.ascontiguousarray(durations, "<i4").tobytes()
