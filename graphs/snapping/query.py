"""What is known of locations to be put on roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graphs.datum import Datum, to_wgs84
from graphs.errors import (
    AccuracyError,
    HeadingError,
    InputError,
    LengthError,
    TowlineError,
    UnknownDirectionError,
)
from graphs.geodesy import coordinate_error, coordinate_faults
from graphs.levels import FARTHEST, NO_LEVEL
from graphs.network import Float64
from graphs.snapping.compass import bearing_of_words
from graphs.snapping.weighing import SIDE_ANY, SIDE_LEFT, SIDE_RIGHT

#: Degrees around a heading within which an arc agrees with it, unless the caller says otherwise.
HEADING_TOLERANCE = 45.0
#: No heading is surer than this, degrees; a lesser tolerance counts as this.
LEAST_TOLERANCE = 1.0
#: Metres taken for the accuracy of a location that does not say: a phone in a street. Wide enough that a location
#: between two carriageways 50 m apart is ambiguous even where it touches a link between them.
ACCURACY_M = 20.0
#: A worse accuracy says nothing about the road; it counts as this.
WORST_ACCURACY_M = 500.0


class Side(IntEnum):
    """On which side of its road a location lies, facing the way the road is driven."""

    ANY = SIDE_ANY
    LEFT = SIDE_LEFT
    RIGHT = SIDE_RIGHT


@dataclass(frozen=True, eq=False)
class LocationQuery:
    """``k`` locations; every field but the coordinates may be one value for all, and unknown."""

    lon: npt.ArrayLike  # [k] degrees in ``datum``
    lat: npt.ArrayLike  # [k]
    heading: npt.ArrayLike = np.nan  # [k] degrees clockwise from north, 0 to 360; NaN unknown
    heading_tolerance: npt.ArrayLike = HEADING_TOLERANCE  # [k] degrees, over 0 to 180
    accuracy_m: npt.ArrayLike = np.nan  # [k] radius that holds the true place two times in three; NaN unknown
    road: str | Sequence[str] = ""  # [k] name or number; "" unknown
    direction: str | Sequence[str] = ""  # [k] compass words for the way the road leads; a heading says more; "" unknown
    level: npt.ArrayLike = NO_LEVEL  # [k] OSM's layer; NO_LEVEL unknown
    side: Side | Sequence[Side] = Side.ANY  # [k]
    datum: Datum | Sequence[Datum] = Datum.WGS84  # [k]

    def __len__(self) -> int:
        return int(np.atleast_1d(np.asarray(self.lon)).size)


@dataclass(frozen=True, eq=False)
class CheckedQuery:
    """A query as arrays, in WGS-84; what is refused has an error and harmless values.

    Every column but the coordinates has k values, or one for all.
    """

    lon: Float64  # [k] degrees, WGS-84, 0 where refused
    lat: Float64  # [k]
    heading: Float64  # below 360, NaN unknown
    tolerance: Float64
    accuracy_m: Float64  # a number
    road: tuple[str, ...]
    direction: Float64  # degrees, NaN unknown
    level: npt.NDArray[np.int16]
    side: npt.NDArray[np.uint8]
    errors: dict[int, TowlineError] = field(default_factory=dict)

    @classmethod
    def of(cls, query: LocationQuery) -> CheckedQuery:
        """Check every location on its own; raises `LengthError` only when a field has neither 1 nor k values."""
        k = len(query)
        lon, lat = _every(_column(query.lon, k, "lon"), k), _every(_column(query.lat, k, "lat"), k)
        heading = _column(query.heading, k, "heading")
        tolerance = _column(query.heading_tolerance, k, "heading_tolerance")
        accuracy, level = _column(query.accuracy_m, k, "accuracy_m"), _column(query.level, k, "level")
        errors: dict[int, TowlineError] = {}
        direction = _bearings(_texts(query.direction, k, "direction"), k, errors)
        level = _refuse_levels(level, k, errors)
        _refuse_accuracies(accuracy, k, errors)
        _refuse_headings(heading, tolerance, k, errors)
        for i in np.flatnonzero(coordinate_faults(lon, lat)):
            errors[int(i)] = coordinate_error(lon, lat, int(i), "Location")
        if errors:
            bad = np.zeros(k, np.bool_)
            bad[list(errors)] = True
            lon, lat, heading = np.where(bad, 0.0, lon), np.where(bad, 0.0, lat), np.where(bad, np.nan, heading)
            tolerance, accuracy = np.where(bad, HEADING_TOLERANCE, tolerance), np.where(bad, np.nan, accuracy)
        lon, lat = _in_wgs84(lon, lat, query.datum)
        return cls(
            lon,
            lat,
            np.where(heading == 360.0, 0.0, heading),
            np.maximum(tolerance, LEAST_TOLERANCE),
            np.minimum(np.where(np.isnan(accuracy), ACCURACY_M, accuracy), WORST_ACCURACY_M),
            _texts(query.road, k, "road"),
            direction,
            level.astype(np.int16),
            _column(query.side, k, "side").astype(np.uint8),
            errors,
        )


def _column(value: npt.ArrayLike | Sequence[Side], k: int, name: str) -> Float64:
    """[k] or [1] numbers."""
    array = np.atleast_1d(np.asarray(value, np.float64))
    if array.shape not in ((1,), (k,)):
        raise LengthError(f"{name} has {array.size} values for {k} locations; give one for each, or one for all.")
    return array


def _every(array: Float64, k: int) -> Float64:
    return array if array.size == k else np.full(k, array[0])


def _texts(value: str | Sequence[str], k: int, name: str) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else tuple(value)
    if len(texts) != k and not isinstance(value, str):
        raise LengthError(f"{name} has {len(texts)} values for {k} locations; give one for each, or one for all.")
    return texts


def _rows(wrong: npt.NDArray[np.bool_], k: int) -> list[int]:
    """Indices of the locations a column, or the one value for all, is wrong for."""
    return np.flatnonzero(np.broadcast_to(wrong, (k,))).tolist() if wrong.any() else []


def _bearings(texts: tuple[str, ...], k: int, errors: dict[int, TowlineError]) -> Float64:
    """Degrees of the directions, every distinct text read once; NaN for an empty one, an error for other words."""
    known = {text: bearing_of_words(text) if text.strip() else np.nan for text in set(texts)}
    for i in _rows(np.array([known[text] is None for text in texts], np.bool_), k) if None in known.values() else ():
        text = texts[i % len(texts)]
        errors[i] = UnknownDirectionError(
            f"Location {i}: '{text}' is no compass direction; write a word such as northbound, norte or 北向, "
            "or leave it out (destinations and 上行 or 下行 need kilometre posts).",
            index=i,
            direction=text,
        )
    return np.array([np.nan if known[text] is None else known[text] for text in texts], np.float64)


def _refuse_levels(level: Float64, k: int, errors: dict[int, TowlineError]) -> Float64:
    level = np.where(np.isnan(level), NO_LEVEL, level)
    wrong = (level != NO_LEVEL) & ~((np.abs(level) <= FARTHEST) & (level == np.floor(level)))
    for i in _rows(wrong, k):
        errors[i] = InputError(
            f"Location {i}: level {level[i % level.size]:g} is none; give OSM's layer, a whole number from -{FARTHEST} "
            f"to {FARTHEST} (0 on the ground), or nothing when unknown.",
            index=i,
            level=level[i % level.size],
        )
    return np.where(wrong, NO_LEVEL, level)


def _in_wgs84(lon: Float64, lat: Float64, datum: Datum | Sequence[Datum]) -> tuple[Float64, Float64]:
    if isinstance(datum, Datum):
        return to_wgs84(lon, lat, datum)
    if len(datum) != lon.size:
        raise LengthError(f"datum has {len(datum)} values for {lon.size} locations; give one for each, or one for all.")
    for kind in set(datum) - {Datum.WGS84}:
        at = np.array([one == kind for one in datum])
        lon[at], lat[at] = to_wgs84(lon[at], lat[at], kind)
    return lon, lat


def _refuse_headings(heading: Float64, tolerance: Float64, k: int, errors: dict[int, TowlineError]) -> None:
    wrong = ~np.isnan(heading) & ~((heading >= 0.0) & (heading <= 360.0))
    odd = ~((tolerance > 0.0) & (tolerance <= 180.0))
    for i in _rows(wrong | odd, k):
        here, wide = heading[i % heading.size], tolerance[i % tolerance.size]
        what = (
            f"heading {here:g} is no compass direction; give degrees from 0 to 360, or nothing when unknown"
            if wrong[i % wrong.size]
            else f"heading tolerance {wide:g} must lie over 0 and up to 180 degrees"
        )
        errors[i] = HeadingError(f"Location {i}: {what}.", index=i, heading=here, heading_tolerance=wide)


def _refuse_accuracies(accuracy: Float64, k: int, errors: dict[int, TowlineError]) -> None:
    for i in _rows(~np.isnan(accuracy) & ~((accuracy >= 0.0) & (accuracy < np.inf)), k):
        radius = accuracy[i % accuracy.size]
        errors[i] = AccuracyError(
            f"Location {i}: accuracy {radius:g} m is no radius; give metres, 0 or more, or nothing if unknown.",
            index=i,
            accuracy_m=radius,
        )
