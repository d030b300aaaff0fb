"""What is known of locations to be put on roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graphs.datum import Datum, to_wgs84
from graphs.errors import AccuracyError, HeadingError, LengthError, TowlineError, UnknownDirectionError
from graphs.geodesy import coordinate_error, coordinate_faults
from graphs.network import Float64
from graphs.snapping.compass import bearing_of_words
from graphs.snapping.weighing import NO_LEVEL, SIDE_ANY, SIDE_LEFT, SIDE_RIGHT

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
    """A query as arrays of equal length, in WGS-84; what is refused has an error and harmless values."""

    lon: Float64  # [k] degrees, WGS-84, 0 where refused
    lat: Float64
    heading: Float64  # [k] below 360, NaN unknown
    tolerance: Float64
    accuracy_m: Float64  # [k] a number
    road: tuple[str, ...]
    direction: Float64  # [k] degrees, NaN unknown
    level: npt.NDArray[np.int16]
    side: npt.NDArray[np.uint8]
    errors: dict[int, TowlineError] = field(default_factory=dict)

    @classmethod
    def of(cls, query: LocationQuery) -> CheckedQuery:
        """Check every location on its own; raises `LengthError` only when a field has neither 1 nor k values."""
        k = len(query)
        lon, lat = _spread(query.lon, k, "lon"), _spread(query.lat, k, "lat")
        heading = _spread(query.heading, k, "heading")
        tolerance = _spread(query.heading_tolerance, k, "heading_tolerance")
        accuracy = _spread(query.accuracy_m, k, "accuracy_m")
        errors: dict[int, TowlineError] = {}
        direction = _bearings(_texts(query.direction, k, "direction"), errors)
        _refuse_accuracies(accuracy, errors)
        _refuse_headings(heading, tolerance, errors)
        for i in np.flatnonzero(coordinate_faults(lon, lat)):
            errors[int(i)] = coordinate_error(lon, lat, int(i), "Location")
        bad = np.zeros(k, np.bool_)
        bad[list(errors)] = True
        lon, lat = _in_wgs84(np.where(bad, 0.0, lon), np.where(bad, 0.0, lat), query.datum)
        return cls(
            lon,
            lat,
            np.where(bad, np.nan, np.where(heading == 360.0, 0.0, heading)),
            np.maximum(np.where(bad, HEADING_TOLERANCE, tolerance), LEAST_TOLERANCE),
            np.minimum(np.where(bad | np.isnan(accuracy), ACCURACY_M, accuracy), WORST_ACCURACY_M),
            _texts(query.road, k, "road"),
            direction,
            _spread(query.level, k, "level").astype(np.int16),
            _spread(query.side, k, "side").astype(np.uint8),
            errors,
        )


def _spread(value: npt.ArrayLike | Sequence[Side], k: int, name: str) -> Float64:
    array = np.atleast_1d(np.asarray(value, np.float64))
    if array.shape not in ((1,), (k,)):
        raise LengthError(f"{name} has {array.size} values for {k} locations; give one for each, or one for all.")
    return np.array(np.broadcast_to(array, (k,)))


def _texts(value: str | Sequence[str], k: int, name: str) -> tuple[str, ...]:
    texts = (value,) * k if isinstance(value, str) else tuple(value)
    if len(texts) != k:
        raise LengthError(f"{name} has {len(texts)} values for {k} locations; give one for each, or one for all.")
    return texts


def _bearings(texts: tuple[str, ...], errors: dict[int, TowlineError]) -> Float64:
    """Degrees of the directions, every distinct text read once; NaN for an empty one, an error for other words."""
    known = {text: bearing_of_words(text) if text.strip() else np.nan for text in set(texts)}
    if None in known.values():
        for i in (i for i, text in enumerate(texts) if known[text] is None):
            errors[i] = UnknownDirectionError(
                f"Location {i}: '{texts[i]}' is no compass direction; write a word such as northbound, norte or 北向, "
                "or leave it out (destinations and 上行 or 下行 need kilometre posts).",
                index=i,
                direction=texts[i],
            )
    return np.array([np.nan if known[text] is None else known[text] for text in texts], np.float64)


def _in_wgs84(lon: Float64, lat: Float64, datum: Datum | Sequence[Datum]) -> tuple[Float64, Float64]:
    if isinstance(datum, Datum):
        return to_wgs84(lon, lat, datum)
    if len(datum) != lon.size:
        raise LengthError(f"datum has {len(datum)} values for {lon.size} locations; give one for each, or one for all.")
    for kind in set(datum) - {Datum.WGS84}:
        at = np.array([one == kind for one in datum])
        lon[at], lat[at] = to_wgs84(lon[at], lat[at], kind)
    return lon, lat


def _refuse_headings(heading: Float64, tolerance: Float64, errors: dict[int, TowlineError]) -> None:
    with np.errstate(invalid="ignore"):
        wrong = ~np.isnan(heading) & ~((heading >= 0.0) & (heading <= 360.0))
        odd = ~((tolerance > 0.0) & (tolerance <= 180.0))
    for i in np.flatnonzero(wrong | odd):
        what = (
            f"heading {heading[i]:g} is no compass direction; give degrees from 0 to 360, or nothing when unknown"
            if wrong[i]
            else f"heading tolerance {tolerance[i]:g} must lie over 0 and up to 180 degrees"
        )
        errors[int(i)] = HeadingError(
            f"Location {i}: {what}.", index=i, heading=heading[i], heading_tolerance=tolerance[i]
        )


def _refuse_accuracies(accuracy: Float64, errors: dict[int, TowlineError]) -> None:
    with np.errstate(invalid="ignore"):
        wrong = ~np.isnan(accuracy) & ~((accuracy >= 0.0) & (accuracy < np.inf))
    for i in np.flatnonzero(wrong):
        errors[int(i)] = AccuracyError(
            f"Location {i}: accuracy {accuracy[i]:g} m is no radius; give metres, 0 or more, or nothing if unknown.",
            index=i,
            accuracy_m=accuracy[i],
        )
