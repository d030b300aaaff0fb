"""Positions of many units at once, in columns: which can be used, and why the others cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from engine.dispatch import Dispatcher
from engine.errors import NotFoundError, StalePositionError, TimeError
from engine.fleet import FleetState
from engine.locating import positions_each
from engine.model import Location
from engine.server.names import ANY, MAX_ID, unit_name
from engine.times import ABSURD, from_us, to_us
from graphs.datum import Datum, to_wgs84
from graphs.errors import CoordinateError, HeadingError, OutsideRegionError, TowlineError
from graphs.geodesy import coordinate_error, coordinate_faults
from graphs.network import Float64, Int64
from graphs.position import Positions
from graphs.snapping.query import LocationQuery

#: Clocks of vehicles run ahead a little; farther in the future is a mistake.
CLOCK_SKEW = timedelta(minutes=5)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = np.iinfo(np.int64).min
#: Why a position is not used, in the order in which it is looked at; what each is to a caller.
_NO_PLACE, _NO_HEADING, _ABSURD, _UNKNOWN, _FUTURE, _STALE, _OFF_MAP = range(1, 8)
_KINDS: tuple[type[TowlineError], ...] = (
    TowlineError,
    CoordinateError,
    HeadingError,
    TimeError,
    NotFoundError,
    TimeError,
    StalePositionError,
    OutsideRegionError,
)


@dataclass(frozen=True, eq=False)
class PositionColumns:
    """``k`` positions as they were sent."""

    unit_ids: Sequence[str]
    lon: Float64  # [k] degrees in ``datum``
    lat: Float64  # [k]
    observed_ms: Int64 | None = None  # [k] since 1970; None: all now
    heading: Float64 | None = None  # [k] degrees clockwise from north; below 0 unknown; None: of all
    datum: Datum = Datum.WGS84

    def __len__(self) -> int:
        return len(self.unit_ids)


@dataclass(frozen=True, eq=False)
class Placed:
    """Positions on roads, in WGS-84, and what is wrong with each so far."""

    sent: PositionColumns
    lon: Float64  # [k] 0 where ``why`` is set
    lat: Float64
    heading: Float64 | None  # NaN unknown; None of all
    observed_us: Int64
    why: npt.NDArray[np.int8]  # [k] 0: nothing is wrong
    positions: Positions
    errors: Mapping[int, TowlineError]  # by index, of those that are off the map


@dataclass(frozen=True, eq=False)
class Seen:
    """What is used: rows of units, each once, ids, places, times and roads; and what is not."""

    rows: Int64
    units: list[str]
    places: list[Location]
    observed: list[datetime]
    positions: Positions
    refused: Counter[str]  # by reason
    listed: list[tuple[int, str, TowlineError]]  # index, name of the unit, why


def put_on_roads(sent: PositionColumns, dispatcher: Dispatcher, now: datetime) -> Placed:
    """What can be found out without the fleet."""
    why = np.zeros(len(sent), np.int8)
    now_us, absurd_us = to_us(now), ABSURD // _MICROSECOND
    if sent.observed_ms is None:
        observed_us = np.full(len(sent), now_us)
    else:
        observed_us = np.clip(sent.observed_ms, -(1 << 52), 1 << 52) * 1000
    _mark(why, coordinate_faults(sent.lon, sent.lat), _NO_PLACE)
    if sent.heading is not None:
        _mark(why, ~(sent.heading <= 360.0), _NO_HEADING)
    _mark(why, np.abs(observed_us - now_us) > absurd_us, _ABSURD)
    heading = None
    if sent.heading is not None and (known := (sent.heading >= 0.0) & (why == 0)).any():
        heading = np.where(known, sent.heading, np.nan)
    lon, lat = np.where(why == 0, sent.lon, 0.0), np.where(why == 0, sent.lat, 0.0)
    if sent.datum is not Datum.WGS84:
        lon, lat = to_wgs84(lon, lat, sent.datum)
    query = LocationQuery(lon, lat) if heading is None else LocationQuery(lon, lat, heading=heading)
    positions, errors = positions_each(dispatcher.region.snapper, query, dispatcher.policy.limits.max_snap_m)
    return Placed(sent, lon, lat, heading, observed_us, why, positions, errors)


def judge(
    placed: Placed,
    state: FleetState,
    known: Mapping[str, datetime],
    now: datetime,
    *,
    region: str,
    own: str | None,
    list_first: int,
    latest: datetime,
) -> Seen:
    """Which positions move the fleet; ``known``: by unit id, when it was seen last; ``latest``: nobody is later."""
    ids, why = placed.sent.unit_ids, placed.why.copy()
    rows = np.fromiter((state.row_of.get(key, -1) for key in ids), np.int64, len(ids))
    if own is not None:
        rows = np.where([row >= 0 and state.units[row].provider_id == own for row in rows.tolist()], rows, -1)
    _mark(why, rows < 0, _UNKNOWN)
    latest_us = to_us(latest)
    _mark(why, placed.observed_us > latest_us, _FUTURE)
    seen_us = np.fromiter((_NEVER if at is None else to_us(at) for at in map(known.get, ids)), np.int64, len(ids))
    _mark(why, (placed.observed_us < seen_us) & (seen_us <= latest_us), _STALE)
    off = np.zeros(len(ids), np.bool_)
    off[list(placed.errors)] = True
    _mark(why, off, _OFF_MAP)
    good = np.flatnonzero(why == 0)
    chosen = _latest(good, rows, placed.observed_us)
    overtaken = np.setdiff1d(good, chosen)
    why[overtaken] = _STALE
    bad = np.flatnonzero(why)
    refused: Counter[str] = Counter()
    for kind, count in zip(*np.unique(why[bad], return_counts=True), strict=True):
        refused[_KINDS[kind].reason] += int(count)
    than = {int(rows[k]): int(placed.observed_us[k]) for k in chosen} if overtaken.size and list_first else {}
    listed = []
    for k in bad[:list_first].tolist():
        name = _name(state, int(rows[k]), ids[k], region)
        known_us = max(int(seen_us[k]), than.get(int(rows[k]), _NEVER))
        listed.append((k, name, _error(placed, k, int(why[k]), name, now, known_us)))
    return Seen(
        rows[chosen],
        [ids[k] for k in chosen.tolist()],
        _places(placed, chosen),
        _times(placed, chosen, now),
        placed.positions.take(chosen),
        refused,
        listed,
    )


def latest_of(now: datetime, wall: datetime | None) -> datetime:
    """After which nobody can have been seen: the machine's clock may be ahead of live time, or behind it."""
    return (now if wall is None else max(now, wall)) + CLOCK_SKEW


def stale_error(name: str, observed_at: datetime, known_at: datetime) -> StalePositionError:
    return StalePositionError(
        f"{name} was seen at {observed_at.isoformat()}, but a position of {known_at.isoformat()} is known already",
        unit=name,
        observed_at=observed_at.isoformat(),
        known_at=known_at.isoformat(),
    )


def future_error(name: str, observed_at: datetime) -> TimeError:
    when = observed_at.isoformat()
    return TimeError(f"observed_at {when} lies in the future; check the vehicle's clock", value=when, unit=name)


def _mark(why: npt.NDArray[np.int8], wrong: npt.NDArray[np.bool_], kind: int) -> None:
    why[wrong & (why == 0)] = kind


def _latest(good: Int64, rows: Int64, observed_us: Int64) -> Int64:
    """Of several positions of one unit the latest, of equals the last; ascending."""
    order = good[np.lexsort((good, observed_us[good], rows[good]))]
    last = np.append(rows[order][1:] != rows[order][:-1], np.ones(min(1, order.size), np.bool_))
    return np.sort(order[last])


def _places(placed: Placed, chosen: Int64) -> list[Location]:
    lon, lat = placed.lon[chosen].tolist(), placed.lat[chosen].tolist()
    if placed.heading is None:
        return [Location(x, y) for x, y in zip(lon, lat, strict=True)]
    heading = placed.heading[chosen].tolist()
    return [Location(x, y, None if h != h else h) for x, y, h in zip(lon, lat, heading, strict=True)]


def _times(placed: Placed, chosen: Int64, now: datetime) -> list[datetime]:
    if placed.sent.observed_ms is None:
        return [now] * chosen.size
    return [from_us(us) for us in placed.observed_us[chosen].tolist()]


def _name(state: FleetState, row: int, unit_id: str, region: str) -> str:
    return unit_name(region, state.units[row].provider_id if row >= 0 else ANY, unit_id[:MAX_ID])


def _error(placed: Placed, k: int, kind: int, name: str, now: datetime, known_us: int) -> TowlineError:
    """The error of one position, as `ReportPositions` has it."""
    sent = placed.sent
    if kind == _NO_PLACE:
        return coordinate_error(sent.lon, sent.lat, k, "Position")
    if kind == _NO_HEADING and sent.heading is not None:
        here = float(sent.heading[k])
        text = f"heading_deg[{k}] {here:g} is no compass direction; send degrees from 0 to 360, or -1 when unknown"
        return HeadingError(text, field=f"heading_deg[{k}]", heading=here)
    if kind == _UNKNOWN:
        return NotFoundError(f"there is no {name} on this server", name=name)
    if kind == _OFF_MAP:
        return placed.errors[k]
    if kind == _ABSURD:
        ms = int(sent.observed_ms[k]) if sent.observed_ms is not None else 0
        text = f"observed_at_ms[{k}] {ms} is more than a year from now ({now.isoformat()}); check its unit"
        return TimeError(text, field=f"observed_at_ms[{k}]", value=ms)
    observed = from_us(int(placed.observed_us[k]))
    return future_error(name, observed) if kind == _FUTURE else stale_error(name, observed, from_us(known_us))
