"""Errors a user of road networks can cause.

Every class carries a ``reason`` (UPPER_SNAKE, the API's ``ErrorInfo.reason``) and ``metadata`` (the variables of
the message). Anything that is not a `TowlineError` is a bug.
"""

from __future__ import annotations

from typing import Any, ClassVar


class TowlineError(Exception):
    """Base of every error a user can cause: a message that says what to do, a reason, the variables in it."""

    reason: ClassVar[str] = "TOWLINE"
    #: gRPC status name and CLI exit code that this error maps to.
    status: ClassVar[str] = "INVALID_ARGUMENT"
    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, **metadata: Any) -> None:
        super().__init__(message)
        self.message = message
        self.metadata: dict[str, str] = {key: str(value) for key, value in metadata.items()}

    def about(self, whose: str, **metadata: Any) -> TowlineError:
        """The same error, saying whose it is: `whose` before the message, `metadata` added."""
        return type(self)(f"{whose}: {self.message}", **{**self.metadata, **metadata})


class InputError(TowlineError):
    """A file, row or value that cannot be used as it is."""

    reason = "INVALID_INPUT"


class FileMissingError(InputError):
    """The named file does not exist."""

    reason = "FILE_MISSING"


class EmptyInputError(InputError):
    """A file or table without a single usable row."""

    reason = "EMPTY_INPUT"


class MissingColumnError(InputError):
    """A table lacks a required column."""

    reason = "MISSING_COLUMN"


class CoordinateError(InputError):
    """A longitude or latitude that is not a place on Earth (NaN, out of range, most likely swapped)."""

    reason = "INVALID_COORDINATES"


class OutsideRegionError(TowlineError):
    """A location outside the region or farther from any road than allowed; ``distance_m`` is in the metadata."""

    reason = "LOCATION_OUTSIDE_REGION"


class HeadingError(InputError):
    """A heading that is no compass direction, or a tolerance no heading can have."""

    reason = "INVALID_HEADING"


class AccuracyError(InputError):
    """An accuracy radius that is not a positive number of metres."""

    reason = "INVALID_ACCURACY"


class DatumError(InputError):
    """A datum that is none of those Towline converts."""

    reason = "UNKNOWN_DATUM"


class PostTextError(InputError):
    """A text that is not a kilometre on a road, such as ``G2 K123+400 northbound``."""

    reason = "INVALID_KILOMETRE"


class UnknownRoadError(TowlineError):
    """A road without kilometre posts."""

    reason = "UNKNOWN_ROAD"
    status = "NOT_FOUND"


class UnknownDirectionError(InputError):
    """A direction that a road's posts do not have, none where there are several, or words that are no direction."""

    reason = "UNKNOWN_DIRECTION"


class KilometreRangeError(InputError):
    """A kilometre before the first or past the last post of its road."""

    reason = "KILOMETRE_OUT_OF_RANGE"


class PostsMissingError(TowlineError):
    """A kilometre was given, but nobody loaded a table of kilometre posts."""

    reason = "POSTS_NOT_CONFIGURED"
    status = "FAILED_PRECONDITION"


class PostConflictError(InputError):
    """Kilometre posts that contradict each other or the road they stand on."""

    reason = "CONTRADICTORY_POSTS"


class DuplicateIdError(InputError):
    """The same identifier names two different rows of one table."""

    reason = "DUPLICATE_ID"


class LengthError(InputError):
    """A road length that cannot be: not positive, endless, or at odds with the coordinates of its road."""

    reason = "INVALID_LENGTH"


class GeometryError(InputError):
    """A geometry that cannot be read or is not one line."""

    reason = "INVALID_GEOMETRY"


class CorruptFileError(InputError):
    """A source file that breaks off or is not what its name says."""

    reason = "FILE_CORRUPT"


class OsmIdError(InputError):
    """An OpenStreetMap file whose ids are negative (a draft) or too large for any table."""

    reason = "INVALID_OSM_ID"


class SourceError(InputError):
    """A source that is none of those Towline reads, or an option that does not fit it."""

    reason = "UNKNOWN_SOURCE"


class TravelTimeError(InputError):
    """A travel time of an edge that cannot be: not positive, endless, or no number."""

    reason = "INVALID_TRAVEL_TIME"


class RestrictionsError(InputError):
    """A table of turn restrictions that cannot be read."""

    reason = "INVALID_RESTRICTIONS"


class PlaceError(TowlineError):
    """A place whose roads could not be fetched: OpenStreetMap's servers cannot be reached or do not answer."""

    reason = "PLACE_UNAVAILABLE"
    status = "UNAVAILABLE"


class UnknownPlaceError(PlaceError):
    """A place name that OpenStreetMap's search does not find as an area."""

    reason = "UNKNOWN_PLACE"
    status = "NOT_FOUND"


class MapServerBusyError(PlaceError):
    """OpenStreetMap's servers have no time for us, and had none after waiting."""

    reason = "MAP_SERVER_BUSY"


class MapServerError(PlaceError):
    """OpenStreetMap's servers refused the question or answered something that cannot be used."""

    reason = "MAP_SERVER_FAILED"


class AreaError(InputError):
    """An area that is none: a box without extent, a radius that is not positive, too large to be asked for."""

    reason = "INVALID_AREA"


class TimeZoneError(InputError):
    """A time zone that is not in the IANA database."""

    reason = "INVALID_TIME_ZONE"


class SpeedProfileError(InputError):
    """A speed profile that cannot be read or holds an impossible speed."""

    reason = "INVALID_SPEED_PROFILE"


class TrafficProfileError(InputError):
    """A traffic profile that cannot be read or holds an impossible factor."""

    reason = "INVALID_TRAFFIC_PROFILE"


class TrafficError(InputError):
    """A traffic update that cannot be taken as a whole; entries that are merely refused are counted instead."""

    reason = "INVALID_TRAFFIC_UPDATE"


class VehicleError(InputError):
    """A vehicle that is unknown, or a vehicle profile that cannot be read or holds an impossible measure."""

    reason = "INVALID_VEHICLE"


class CountryError(InputError):
    """A country of which no default speeds are known."""

    reason = "UNKNOWN_COUNTRY"


class NetworkError(TowlineError):
    """A road network that cannot be prepared: no roads, no strongly connected part, impossible lengths."""

    reason = "INVALID_NETWORK"


class RegionFileError(TowlineError):
    """A region file that cannot be opened."""

    reason = "REGION_FILE_UNREADABLE"
    status = "FAILED_PRECONDITION"
    exit_code = 3


class RegionNotFoundError(RegionFileError):
    """No region of that name or path."""

    reason = "REGION_NOT_FOUND"
    status = "NOT_FOUND"


class ForeignFileError(RegionFileError):
    """The file is not a Towline region."""

    reason = "REGION_FILE_FOREIGN"


class TruncatedFileError(RegionFileError):
    """The region file ends too early or its checksum does not match."""

    reason = "REGION_FILE_DAMAGED"


class RegionVersionError(RegionFileError):
    """The region file was written by another version of the format."""

    reason = "REGION_FILE_VERSION"


class NoRouteError(TowlineError):
    """No open road leads from one place to the other."""

    reason = "NO_ROUTE"
    status = "NOT_FOUND"
