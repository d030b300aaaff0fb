"""Traffic as messages: results of updates, what is in force, and the entries themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import shapely
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time
from towline.v1 import traffic_pb2

from engine.server import enums
from engine.server.names import traffic_name
from engine.server.region_traffic import RegionTraffic
from engine.server.wire_time import write_duration, write_time
from engine.times import from_ms, to_ms
from graphs.metrics import (
    Arcs,
    Area,
    EntryState,
    MetricStore,
    MetricView,
    Refusal,
    TrafficEntry,
    UpdateResult,
    Ways,
    WeatherSpell,
)

#: Ignored entries, and unknown ways, that one answer names; it counts all of them.
NAMED = 100


def version_at(view: MetricView, now: datetime) -> str:
    """The metric of a departure now, as answers quote it; nothing is made for it."""
    return str(view.snapshot.key_at(to_ms(now)))


def result(
    done: UpdateResult, version: str, unreadable: Sequence[Refusal], index: Sequence[int], reading: timedelta
) -> traffic_pb2.TrafficResult:
    """`unreadable`: what never reached the store; `index`: of each entry that did, its place in the request."""
    ignored = [*unreadable, *(_at_place(refusal, index) for refusal in done.refusals)]
    counts: dict[str, int] = {}
    for refusal in ignored:
        counts[refusal.code.name] = counts.get(refusal.code.name, 0) + 1
    return traffic_pb2.TrafficResult(
        epoch=done.epoch,
        metric_version=version,
        accepted_count=done.accepted,
        waiting_count=done.waiting,
        removed_count=done.removed,
        expired_count=done.expired,
        entry_count=done.in_force,
        changed_arc_count=done.arcs_changed,
        ignored_counts=counts,
        ignored=[
            traffic_pb2.IgnoredTraffic(index=each.index, id=each.id, reason=each.code.name, message=each.message)
            for each in sorted(ignored, key=lambda each: each.index)[:NAMED]
        ],
        unknown_way_ids=done.unknown_ways[:NAMED],
        unknown_way_count=len(done.unknown_ways),
        checking=write_duration(reading + done.checking),
        preparing=write_duration(done.preparing),
    )


def _at_place(refusal: Refusal, index: Sequence[int]) -> Refusal:
    """The same with its place in the request; removals are all read, and keep theirs."""
    if refusal.removal:
        return refusal
    return Refusal(refusal.id, refusal.code, refusal.message, index[refusal.index])


def traffic(region: str, store: MetricStore, live: RegionTraffic, now: datetime) -> traffic_pb2.Traffic:
    """What is in force, and how fresh it is."""
    view = store.view()
    snapshot, now_ms = view.snapshot, to_ms(now)
    feed, overlay = snapshot.feed, snapshot.overlay(snapshot.key_at(now_ms))
    change = snapshot.next_change_ms(now_ms)
    return traffic_pb2.Traffic(
        name=traffic_name(region),
        epoch=view.epoch,
        metric_version=version_at(view, now),
        profile=store.times.profile.name,
        profile_version=store.times.profile.digest,
        entry_count=len(feed.entries),
        in_force_count=int(((feed.start_ms <= now_ms) & (now_ms < feed.end_ms)).sum()),
        arc_count=overlay.arc.size,
        closed_arc_count=int(np.count_nonzero(overlay.closed)),
        weather=[spell(item) for item in snapshot.spells],
        next_change_at=None if change is None else write_time(from_ms(change)),
        warm_metric_versions=[str(key) for key in store.warm_keys() if key.epoch == view.epoch],
        last_update_at=_time(live.updated_at),
        feed_file_read_at=_time(live.feed.read_at if live.feed else None),
        feed_file_reason=live.feed.reason if live.feed else "",
    )


def _time(value: datetime | None) -> Timestamp | None:
    return None if value is None else write_time(value)


def spell(value: WeatherSpell) -> traffic_pb2.WeatherSpell:
    return traffic_pb2.WeatherSpell(
        weather=enums.WEATHER.write(value.weather),
        start=write_time(value.start) if value.start else None,
        end=write_time(value.end) if value.end else None,
    )


def entry(value: TrafficEntry, now: datetime, arc_count: int) -> traffic_pb2.TrafficEntry:
    message = traffic_pb2.TrafficEntry(
        id=value.id,
        start=write_time(value.start) if value.start else None,
        end=write_time(value.end) if value.end else None,
        state=enums.TRAFFIC_STATE.write(_state(value, now)),
        arc_count=arc_count,
    )
    match value.where:
        case Ways(ids, direction):
            message.ways.way_ids.extend(np.atleast_1d(np.asarray(ids)).tolist())
            message.ways.direction = enums.WAY_DIRECTION.write(direction)
        case Arcs(indices):
            message.arcs.arc_ids.extend(np.atleast_1d(np.asarray(indices)).tolist())
        case Area(polygon, classes):
            _write_area(message.area, polygon, classes)
    if value.closed:
        message.closed = True
    elif value.speed_kph is not None:
        _write_numbers(message, "speed_kph", "speeds_kph", value.speed_kph)
    else:
        _write_numbers(message, "factor", "factors", value.factor)
    return message


def _state(value: TrafficEntry, now: datetime) -> EntryState:
    if value.end is not None and value.end <= now:
        return EntryState.ENDED
    return EntryState.WAITING if value.start is not None and value.start > now else EntryState.IN_FORCE


def _write_numbers(message: traffic_pb2.TrafficEntry, one: str, many: str, value: object) -> None:
    numbers = np.asarray(value, np.float64)
    if numbers.ndim:
        getattr(message, many).values.extend(numbers.tolist())
    else:
        setattr(message, one, float(numbers))


def _write_area(message: traffic_pb2.TrafficArea, polygon: object, classes: frozenset[str] | None) -> None:
    message.road_classes.extend(sorted(classes or ()))
    for part in shapely.get_parts(polygon):
        added = message.polygons.add()
        _write_ring(added.outer, part.exterior)
        for hole in part.interiors:
            _write_ring(added.holes.add(), hole)


def _write_ring(message: traffic_pb2.TrafficRing, ring: shapely.LinearRing) -> None:
    lonlat = shapely.get_coordinates(ring)[:-1]
    message.lon.extend(lonlat[:, 0].tolist())
    message.lat.extend(lonlat[:, 1].tolist())
