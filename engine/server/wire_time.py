"""Timestamps and durations of the contract: datetimes with UTC and timedeltas of the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.duration_pb2 import Duration  # ty: ignore[missing-module-member]  # made at run time
from google.protobuf.timestamp_pb2 import Timestamp  # ty: ignore[missing-module-member]  # made at run time

from engine.errors import RequiredFieldError, TimeError
from engine.times import require_near

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_NOW_FROM, _NOW_TO = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
#: No promise and no mobilisation is longer.
LONGEST, LONGEST_MOBILISATION = timedelta(days=366), timedelta(hours=24)


def read_now(message: Timestamp, given: bool, clock_now: datetime) -> datetime:
    """The request's ``now`` (years 1971 to 2199: old days can be replayed), or the server's clock when it is unset."""
    if not given:
        return clock_now
    now = _read(message, "now")
    if not _NOW_FROM <= now < _NOW_TO:
        raise TimeError(f"now {now.isoformat()} is absurd; check its year and unit (seconds)", field="now", value=now)
    return now


def read_time(message: Timestamp, now: datetime, field: str) -> datetime:
    """A time within a year of ``now``; TimeError otherwise."""
    return require_near(_read(message, field), now, field=field)


def read_any_time(message: Timestamp, field: str) -> datetime:
    """A time, however far away; TimeError when it is none."""
    return _read(message, field)


def read_duration(message: Duration, field: str, *, positive: bool = False, longest: timedelta = LONGEST) -> timedelta:
    """A duration of 0 (or, if ``positive``, 1 ns) to ``longest``, in whole milliseconds rounded up; else TimeError."""
    seconds, nanos = message.seconds, message.nanos
    if abs(nanos) >= 1_000_000_000 or (seconds > 0 > nanos) or (seconds < 0 < nanos):
        raise TimeError(
            f"{field} with {seconds} s and {nanos} ns is not a duration; nanos must be less than a second and have the "
            f"sign of seconds",
            field=field,
            seconds=seconds,
            nanos=nanos,
        )
    try:
        value = timedelta(seconds=seconds, milliseconds=-(-nanos // 1_000_000))
    except OverflowError:
        value = timedelta.max
    given = seconds * 1_000_000_000 + nanos
    if given < 0 or (positive and not given) or value > longest:
        least = "more than 0" if positive else "0 or more"
        value_s = f"{'-' if given < 0 else ''}{abs(seconds)}.{abs(nanos):09}".rstrip("0").rstrip(".")
        raise TimeError(
            f"{field} of {value_s} s cannot be; it must be {least} and at most {longest.total_seconds():g} s",
            field=field,
            value_s=value_s,
        )
    return value


def require(present: bool, field: str, what: str) -> None:
    """RequiredFieldError when a message field is not set."""
    if not present:
        raise RequiredFieldError(f"{field} is missing; set {what}", field=field)


def write_time(value: datetime) -> Timestamp:
    delta = value - _EPOCH
    return Timestamp(seconds=delta.days * 86_400 + delta.seconds, nanos=delta.microseconds * 1000)


def write_duration(value: timedelta) -> Duration:
    """Seconds and nanos of equal sign, as the contract of Duration demands."""
    micros = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    seconds, rest = divmod(abs(micros), 1_000_000)
    sign = -1 if micros < 0 else 1
    return Duration(seconds=sign * seconds, nanos=sign * rest * 1000)


def _read(message: Timestamp, field: str) -> datetime:
    try:
        if not 0 <= message.nanos < 1_000_000_000:
            raise OverflowError
        return _EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1000)
    except OverflowError:
        raise TimeError(
            f"{field} with {message.seconds} s and {message.nanos} ns is not a time; give seconds since 1970 and "
            f"nanos from 0 to 999,999,999",
            field=field,
            value_s=message.seconds,
        ) from None


def time_fields(value: datetime) -> dict[str, int]:
    """As `write_time`, for messages that are built from nested dicts, which is several times faster."""
    return {"seconds": (value - _EPOCH) // _SECOND, "nanos": value.microsecond * 1000}


def duration_fields(value: timedelta) -> dict[str, int]:
    """As `write_duration`, in the same form: both parts have the sign of the whole."""
    if value.days >= 0:
        return {"seconds": value.days * 86_400 + value.seconds, "nanos": value.microseconds * 1000}
    less = -value
    return {"seconds": -(less.days * 86_400 + less.seconds), "nanos": -less.microseconds * 1000}
