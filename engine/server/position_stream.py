"""A stream of positions in columns: each batch is taken when it has been read, and stays taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, cast

import numpy as np
from towline.v1 import fleet_service_pb2 as pb

from engine.server import enums
from engine.server.hosted import HostedRegion
from engine.server.leading import LedRegions
from engine.server.names import ids, require_region
from engine.server.options import ServerOptions
from engine.server.positions import PositionColumns
from engine.server.wire_time import require
from graphs.datum import Datum
from graphs.errors import InputError, TowlineError

#: So many of the positions that are not taken are spelt out; the rest is counted.
LISTED = 100


def take_all(
    batches: Iterable[pb.StreamPositionsRequest], regions: LedRegions, options: ServerOptions, own: str | None
) -> pb.StreamPositionsResponse:
    """Every batch in turn; the first that is malformed as a whole raises its error, those before stand.

    ``own``: units of other providers do not exist for this caller.
    """
    region: HostedRegion | None = None
    taken = sent = 0
    refused: Counter[str] = Counter()
    listed: list[pb.RejectedPosition] = []
    for batch in batches:
        if region is None:
            require(bool(batch.parent), "parent", "the region in the first message of the stream")
            region = regions.named(batch.parent, "parent")
        elif batch.parent:
            require_region(ids(batch.parent)[0], region.id, batch.parent, "parent")
        region.leading.check()
        columns = columns_of(batch)
        room = LISTED - len(listed)
        seen = region.store.see(columns, region.live.now(), own, list_first=room, wall=options.clock())
        listed += [_rejected(sent + index, name, error) for index, name, error in seen.listed]
        refused.update(seen.refused)
        taken += len(seen.units)
        sent += len(columns)
    if region is None:
        require(False, "parent", "the region in the first message of the stream")
    return pb.StreamPositionsResponse(accepted_count=taken, rejected_counts=refused, rejected_positions=listed)


def columns_of(message: pb.StreamPositionsRequest) -> PositionColumns:
    """One batch as arrays; InputError when its columns differ in length."""
    k = len(message.unit_ids)
    for name, optional in (("lon", False), ("lat", False), ("observed_at_ms", True), ("heading_deg", True)):
        count = len(getattr(message, name))
        if count != k and not (optional and count == 0):
            raise InputError(
                f"{name} has {count} values for {k} unit_ids; send one for each{', or none' if optional else ''}",
                field=name,
                count=count,
                expected=k,
            )
    datum = enums.DATUM.read(message.datum) if message.datum else Datum.WGS84
    return PositionColumns(
        list(message.unit_ids),
        _column(message.lon, np.float64),
        _column(message.lat, np.float64),
        _column(message.observed_at_ms, np.int64) if message.observed_at_ms else None,
        _column(message.heading_deg, np.float64) if message.heading_deg else None,
        cast(Datum, datum),
    )


def _column(values: Any, dtype: type) -> np.ndarray:
    return np.fromiter(values, dtype, len(values))


def _rejected(index: int, name: str, error: TowlineError) -> pb.RejectedPosition:
    return pb.RejectedPosition(
        index=index, unit=name, reason=error.reason, message=error.message, metadata=error.metadata
    )
