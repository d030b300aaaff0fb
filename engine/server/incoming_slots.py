"""Slots asked about in a request."""

from __future__ import annotations

from datetime import datetime, timedelta

from towline.v1 import dispatch_service_pb2 as pb

from engine.bookings.slots import slots_between
from engine.server.wire_time import read_duration, read_time

#: Where a request leaves them out.
STEP, WINDOW = timedelta(minutes=30), timedelta(minutes=30)


def read_slots(request: pb.OfferSlotsRequest, now: datetime) -> list[tuple[datetime, datetime]]:
    """(earliest, latest) of each; TimeError, ValueRangeError."""
    since, until = read_time(request.since, now, "since"), read_time(request.until, now, "until")
    step = read_duration(request.step) if request.HasField("step") else STEP
    window = read_duration(request.window) if request.HasField("window") else WINDOW
    return slots_between(since, until, step, window)
